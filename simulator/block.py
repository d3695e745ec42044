"""A block: everybody who pays on the same day of the month, as columns; and what they owe, by product.

Rows are persons. A product's account stands in the same row as its holder. A row whose person has left is empty
and is taken by the next who comes in; luck belongs to the borrower's number, so rows may be used again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from simulator.arrears import Arrears
from simulator.columns import COVERED as COVERED
from simulator.columns import DISABLED as DISABLED
from simulator.columns import ILL as ILL
from simulator.columns import LOWER_PAY as LOWER_PAY
from simulator.columns import PAY_CUT as PAY_CUT
from simulator.columns import UNEMPLOYED as UNEMPLOYED
from simulator.columns import UNWILLING as UNWILLING
from simulator.draws import Rows

# bits of the column `traits`: what a person is like, from entry on
MISREAD = np.uint8(1)  # has not understood what the loan costs

# account status
NONE, OPEN, CHARGED_OFF = np.int8(0), np.int8(1), np.int8(2)

PERSON_COLUMNS: dict[str, tuple[type[np.generic], str]] = {
    "id": (np.int64, "the borrower's number; -1 where the row is empty"),
    "mixed": (np.uint64, "the number, stirred: where all luck comes from"),
    "income": (np.int64, "usual take-home household income, cents a month"),
    "essential": (np.int64, "rent, food and outside debts, cents a month"),
    "savings": (np.int64, "liquid savings, cents; below nought are bills owed elsewhere"),
    "target": (np.int64, "the buffer the household rebuilds to, cents"),
    "earner_share": (np.float32, "share of household income lost with the job"),
    "forgets": (np.uint16, "chance to forget a due date, a month, in 2^-16; nought on autopay"),
    "score": (np.int16, "credit score at entry"),
    "lost": (np.int16, "points of score lost by lateness and not yet healed"),
    "literacy": (np.uint8, "financial literacy, in 255ths"),
    "traits": (np.uint8, "bits: what a person is like, from entry on"),
    "outside": (np.int64, "what is paid each month on debts elsewhere, part of `essential`, cents"),
    "prone": (np.float32, "how much more often than others blows strike, share of the usual chance; 0 as others"),
    "group": (np.int16, "labour-market group: sector, region and education"),
    "segment": (np.int16, "reporting segment"),
    "quintile": (np.int8, "fifth of income at entry, 0 is the poorest"),
    "age": (np.int8, "years at entry"),
    "here": (np.bool_, "whether the row holds a person"),
    "spells": (np.uint8, "bits: unemployed, covered by benefits, ill, pay cut, lower pay, disabled, unwilling"),
    "months_out": (np.int8, "months out of work, capped"),
    "out_since": (np.int32, "day the job was lost"),
    "until_ill": (np.int32, "day the illness passes"),
    "until_cut": (np.int32, "day the pay cut ends"),
    "until_lower": (np.int32, "day pay has caught up after re-employment"),
    "ill_loss": (np.float32, "share of the earner's pay lost while ill"),
    "cut": (np.float32, "share of the earner's pay cut"),
    "lower": (np.float32, "share of the earner's pay lost after re-employment"),
    "leaves": (
        np.int32,
        "day from which nothing is owed or followed up any more; far ahead while anything is",
    ),
}
FOR_EVER = np.int32(2**31 - 1)
QUIET_COLUMNS = (
    "here",
    "income",
    "essential",
    "savings",
    "target",
    "forgets",
    "spells",
    "months_out",
    "lost",
)  # nought in empty rows

ACCOUNT_COLUMNS: dict[str, tuple[type[np.generic], str]] = {
    "status": (np.int8, "none, open or charged off"),
    "balance": (np.int64, "everything owed, cents"),
    "rate": (np.float64, "contract rate, share a year"),
    "due": (np.int64, "equal instalment, or the minimum of the last statement, cents"),
    "limit": (np.int64, "amount lent, or credit limit, cents"),
    "desired": (np.int64, "card: balance the holder tends to, cents"),
    "pay_share": (np.int64, "card: share of the statement paid, in 2^-20; 2^20 pays in full"),
    "remaining": (np.int16, "loan: instalments still to come"),
    "opened": (np.int16, "month in which it was opened (0 is the first of the span)"),
    "missed": (np.int8, "due dates since the oldest unpaid bill, that one included; it sets days past due"),
    "bucket": (np.int8, "bucket at the last month close"),
    "default": (np.int8, "0 not in default, else 1 + months of probation since it was caught up"),
    "reaged": (np.int16, "month of the last re-ageing"),
}
RELIEF_COLUMNS: dict[str, tuple[type[np.generic], str]] = {  # only where a policy of the scenario gives relief
    "relief": (np.int8, "number of the policy that gives relief, 0 none"),
    "relief_until": (np.int16, "first month after the relief"),
    "relief_due": (np.int32, "share of the bill asked for meanwhile, in 2^-20"),
    "relief_wanted": (np.int32, "share of the bill the holder means to pay meanwhile, in 2^-20"),
    "relieved": (np.int16, "month in which relief last began"),
    "probation": (np.int8, "months for which a default that is caught up still counts; 0 as usual"),
}
ALL_ACCOUNT_COLUMNS = {**ACCOUNT_COLUMNS, **RELIEF_COLUMNS}
NEVER = np.int16(-32768)
STARTS_AT_NEVER = ("reaged", "relieved")


class Accounts:
    """One product's accounts in a block; columns of the block's length, and the few that are in arrears."""

    status: npt.NDArray[np.int8]
    balance: npt.NDArray[np.int64]
    rate: npt.NDArray[np.float64]
    due: npt.NDArray[np.int64]
    limit: npt.NDArray[np.int64]
    desired: npt.NDArray[np.int64]
    pay_share: npt.NDArray[np.int64]
    remaining: npt.NDArray[np.int16]
    opened: npt.NDArray[np.int16]
    missed: npt.NDArray[np.int8]
    bucket: npt.NDArray[np.int8]
    default: npt.NDArray[np.int8]
    reaged: npt.NDArray[np.int16]
    relief: npt.NDArray[np.int8]
    relief_until: npt.NDArray[np.int16]
    relief_due: npt.NDArray[np.int32]
    relief_wanted: npt.NDArray[np.int32]
    relieved: npt.NDArray[np.int16]
    probation: npt.NDArray[np.int8]

    def __init__(self, size: int, depth: int, columns: Iterable[str] = tuple(ACCOUNT_COLUMNS), causes: int = 0) -> None:
        self.names = tuple(columns)
        for name in self.names:
            fill = NEVER if name in STARTS_AT_NEVER else 0
            setattr(self, name, np.full(size, fill, ALL_ACCOUNT_COLUMNS[name][0]))
        self.arrears = Arrears(depth, causes)

    @property
    def relievable(self) -> bool:
        """Whether the accounts have the columns that hold relief."""
        return "relief" in self.names

    def put(self, rows: Rows, values: Accounts, take: Rows | slice = slice(None)) -> None:
        """Accounts of newcomers (or their part `take`) into these rows; what is not given starts afresh."""
        for name in self.names:
            if name in values.names:
                getattr(self, name)[rows] = getattr(values, name)[take]
            else:
                getattr(self, name)[rows] = NEVER if name in STARTS_AT_NEVER else 0

    def close(self, rows: Rows) -> None:
        """Empty these accounts."""
        if not rows.size:
            return
        for name in self.names:
            getattr(self, name)[rows] = NEVER if name in STARTS_AT_NEVER else 0


@dataclass
class Block:
    """Everyone who pays on one day of the month. Columns are described in PERSON_COLUMNS."""

    due_day: int
    size: int = 0
    accounts: dict[str, Accounts] = field(default_factory=dict)
    own: dict[str, npt.NDArray[Any]] = field(init=False)  # columns of a single shock or policy, by name
    causes: tuple[str, ...] = field(init=False)
    struck: npt.NDArray[np.int16] = field(init=False)
    most_prone: float | None = None  # most `times_struck` of anybody; None: blows strike all alike

    id: npt.NDArray[np.int64] = field(init=False)
    mixed: npt.NDArray[np.uint64] = field(init=False)
    income: npt.NDArray[np.int64] = field(init=False)
    essential: npt.NDArray[np.int64] = field(init=False)
    savings: npt.NDArray[np.int64] = field(init=False)
    target: npt.NDArray[np.int64] = field(init=False)
    earner_share: npt.NDArray[np.float32] = field(init=False)
    forgets: npt.NDArray[np.uint16] = field(init=False)
    score: npt.NDArray[np.int16] = field(init=False)
    lost: npt.NDArray[np.int16] = field(init=False)
    literacy: npt.NDArray[np.uint8] = field(init=False)
    traits: npt.NDArray[np.uint8] = field(init=False)
    outside: npt.NDArray[np.int64] = field(init=False)
    prone: npt.NDArray[np.float32] = field(init=False)
    group: npt.NDArray[np.int16] = field(init=False)
    segment: npt.NDArray[np.int16] = field(init=False)
    quintile: npt.NDArray[np.int8] = field(init=False)
    age: npt.NDArray[np.int8] = field(init=False)
    here: npt.NDArray[np.bool_] = field(init=False)
    spells: npt.NDArray[np.uint8] = field(init=False)
    months_out: npt.NDArray[np.int8] = field(init=False)
    out_since: npt.NDArray[np.int32] = field(init=False)
    until_ill: npt.NDArray[np.int32] = field(init=False)
    until_cut: npt.NDArray[np.int32] = field(init=False)
    until_lower: npt.NDArray[np.int32] = field(init=False)
    ill_loss: npt.NDArray[np.float32] = field(init=False)
    cut: npt.NDArray[np.float32] = field(init=False)
    lower: npt.NDArray[np.float32] = field(init=False)
    leaves: npt.NDArray[np.int32] = field(init=False)

    def __post_init__(self) -> None:
        for name, (dtype, _) in PERSON_COLUMNS.items():
            setattr(self, name, np.zeros(self.size, dtype))
        self.id[:] = -1
        self.leaves[:] = FOR_EVER
        self.furnish({}, ())

    @property
    def there(self) -> npt.NDArray[np.bool_]:
        """Rows that hold a person."""
        return self.here

    @property
    def empty_rows(self) -> Rows:
        """Rows that hold nobody."""
        return np.flatnonzero(self.id < 0)

    def furnish(self, own: dict[str, type[np.generic]], causes: tuple[str, ...]) -> None:
        """Add columns that a scenario's shocks or policies keep for themselves, and the memory of blows by cause.

        `struck` holds, for each cause, the month in which it last struck each person; shape (causes, size).
        """
        self.own = {name: np.zeros(self.size, dtype) for name, dtype in own.items()}
        self.causes = causes
        self.struck = np.full((len(causes), self.size), NEVER, np.int16)

    def remember(self, cause: str, rows: Rows, month: int) -> None:
        """These rows were struck by a cause in a month (causes that the run does not follow are let pass)."""
        if cause in self.causes:
            self.struck[self.causes.index(cause), rows] = month

    def rows_for(self, count: int) -> Rows:
        """Rows for newcomers: empty ones first, then new ones at the end."""
        free = self.empty_rows
        if free.size < count:
            self._grow(max(count - free.size, self.size // 16 + 1))
            free = self.empty_rows
        return free[:count]

    def leave(self, rows: Rows) -> None:
        """These persons have left: nothing is owed, nothing more is expected, and nothing can befall the row."""
        self.id[rows] = -1
        for name in QUIET_COLUMNS:
            getattr(self, name)[rows] = 0
        for column in self.own.values():
            column[rows] = 0
        self.leaves[rows] = FOR_EVER
        for accounts in self.accounts.values():
            accounts.close(rows[accounts.status[rows] != NONE])

    def enter(self, rows: Rows, columns: dict[str, npt.NDArray[np.generic]], take: Rows) -> None:
        """Newcomers (their part `take`) in these rows; what is not given starts at nought."""
        for name, (dtype, _) in PERSON_COLUMNS.items():
            given = columns.get(name)
            getattr(self, name)[rows] = np.zeros(1, dtype) if given is None else given[take]
        self.leaves[rows] = FOR_EVER
        self.struck[:, rows] = NEVER
        self.here[rows] = True
        if "prone" in columns:
            self.most_prone = max(self.most_prone or 1.0, float(self.times_struck(rows).max(initial=1.0)))

    def times_struck(self, rows: Rows) -> npt.NDArray[np.float64]:
        """How often blows strike these people, as a multiple of the usual chance."""
        return 1.0 + self.prone[rows].astype(np.float64)

    def compact(self) -> None:
        """Drop the empty rows (a run-off book gets smaller)."""
        kept = np.flatnonzero(self.id >= 0)
        place = np.cumsum(self.id >= 0) - 1
        for name in PERSON_COLUMNS:
            setattr(self, name, getattr(self, name).take(kept))
        self.own = {name: column.take(kept) for name, column in self.own.items()}
        self.struck = self.struck.take(kept, axis=1)
        for accounts in self.accounts.values():
            for name in accounts.names:
                setattr(accounts, name, getattr(accounts, name).take(kept))
            accounts.arrears.rows = place[accounts.arrears.rows]
        self.size = int(kept.size)

    def copy(self) -> Block:
        """An independent copy: the same book for another scenario."""
        twin = Block(self.due_day, 0)
        twin.size = self.size
        for name in PERSON_COLUMNS:
            setattr(twin, name, getattr(self, name).copy())
        twin.own = {name: column.copy() for name, column in self.own.items()}
        twin.causes, twin.struck, twin.most_prone = self.causes, self.struck.copy(), self.most_prone
        for product, accounts in self.accounts.items():
            other = Accounts(0, accounts.arrears.depth, accounts.names)
            for name in accounts.names:
                setattr(other, name, getattr(accounts, name).copy())
            other.arrears = accounts.arrears.copy()
            twin.accounts[product] = other
        return twin

    def _grow(self, more: int) -> None:
        for name, (dtype, _) in PERSON_COLUMNS.items():
            setattr(self, name, np.concatenate([getattr(self, name), np.zeros(more, dtype)]))
        self.id[self.size :] = -1
        self.leaves[self.size :] = FOR_EVER
        self.own = {name: np.concatenate([old, np.zeros(more, old.dtype)]) for name, old in self.own.items()}
        self.struck = np.concatenate([self.struck, np.full((self.struck.shape[0], more), NEVER, np.int16)], axis=1)
        for accounts in self.accounts.values():
            for name in accounts.names:
                old = getattr(accounts, name)
                fill = NEVER if name in STARTS_AT_NEVER else 0
                setattr(accounts, name, np.concatenate([old, np.full(more, fill, old.dtype)]))
        self.size += more
