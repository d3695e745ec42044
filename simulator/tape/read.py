"""A real loan tape into accounts: every row is used or named with the reason why not; the money adds up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from simulator.errors import TapeError
from simulator.money import CENTS, cents
from simulator.tape import cells
from simulator.tape.fields import ACCOUNT_MONEY, FIELDS, LABELS, PERSON_NUMBERS, UNKNOWN
from simulator.tape.file import Source, Table, opened
from simulator.tape.fill import fill, identify
from simulator.tape.plan import TapePlan
from simulator.tape.presets import TAIWAN_PAYING, Layout, layout
from simulator.tape.rejected import refusal, rejected_frame, write_frame
from simulator.tape.rules import Rows, apply_rules
from simulator.tape.scored import granted, scored
from simulator.tape.words import meant

if TYPE_CHECKING:
    import pandas as pd

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Tape:
    """The opening book as the tape gives it.

    `accounts`, each of length rows_used: id, row (number in the file), balance, limit, amount, instalment
    (int64 cents), term, remaining, missed (int64), rate (a year, share), opened (datetime64[D]). Where the
    tape does not say: -1 in whole numbers, NaN in rates, NaT in dates. `known`, float64 with NaN for unknown,
    those that the tape holds: age (years), income (cents a month, take-home), debt_service (share of
    take-home), score, pay_share, desired_use (balance over limit, cards). `labels`: education, region, grade
    as texts, "" for unknown. `paying`: payment statuses as texts, "" for unknown, shape (rows_used, months), the
    oldest month first, with the months' last days in `paying_months`; no months where the tape has none. `kept`: the
    columns of `plan.keep`, as they stand in the file.
    """

    file: str
    fingerprint: str
    kind: str
    product: str
    currency: str
    as_of: dt.date | None
    accounts: dict[str, npt.NDArray[Any]]
    known: dict[str, npt.NDArray[np.float64]]
    labels: dict[str, npt.NDArray[Any]]
    paying: npt.NDArray[Any]
    paying_months: tuple[dt.date, ...]
    kept: pd.DataFrame
    rejected: pd.DataFrame
    counted: list[dict[str, Any]]
    plan: TapePlan
    proneness: npt.NDArray[np.float64] | None  # how often blows strike, as a multiple, where the plan has a scorecard
    granted: npt.NDArray[np.bool_]  # loans that the plan's rule lets be lent
    rows_read: int
    rows_used: int
    money_read: float  # balances as given in the rows where they can be read
    money_used: float
    money_rejected: float
    money_credit: float  # credit balances set to zero (below zero): read = used + rejected + credit

    def part(self, rows: slice) -> Tape:
        """The same tape with these of its used rows only (a shard's); what was read and refused stays that of all."""
        return replace(
            self,
            accounts={name: column[rows] for name, column in self.accounts.items()},
            known={name: column[rows] for name, column in self.known.items()},
            labels={name: column[rows] for name, column in self.labels.items()},
            paying=self.paying[rows],
            kept=self.kept.iloc[rows],
            proneness=None if self.proneness is None else self.proneness[rows],
            granted=self.granted[rows],
            rows_used=len(range(self.rows_used)[rows]),
            money_used=float(self.accounts["balance"][rows].sum()) / CENTS,
        )

    def known_for(self, labels: Mapping[str, Sequence[str]]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """`known` with education and region as numbers of the recipe's labels, and what could not be matched.

        `labels` maps a field to the recipe's labels in their order; a label the recipe does not have is
        unknown and is drawn, counted with its money.
        """
        known: dict[str, Any] = dict(self.known)
        unmatched = []
        for name, names in labels.items():
            if name not in self.labels or name == "grade":
                continue
            number = {label: float(code) for code, label in enumerate(names)}
            given = self.labels[name]
            known[name] = np.array([number.get(label, np.nan) for label in given])
            strange = np.isnan(known[name]) & (given != "")
            if strange.any():
                shown = ", ".join(sorted(set(given[strange]))[:5])
                unmatched.append(
                    {
                        "what": f"{name} drawn",
                        "number": int(strange.sum()),
                        "money": float(self.accounts["balance"][strange].sum()) / CENTS,
                        "why": f"the recipe has no such label: {shown}; it has {', '.join(names)}",
                    }
                )
        return known, unmatched


def read(plan: TapePlan, *, progress: Progress | None = None) -> Tape:
    """The tape a plan describes; TapeError (all mistakes at once) when it cannot be used."""
    tell = progress or (lambda text, share: None)
    tell("opening the tape", 0.0)
    source = opened(plan)
    settled = layout(plan, source.header)
    wrong = header_faults(plan, source, settled)
    if wrong:
        raise TapeError("\n".join(f"{plan.file}: {line}" for line in wrong))
    tell("reading the tape", 0.1)
    table = source.table(settled.names)
    tell("checking the tape", 0.5)
    rows = Rows(plan, settled, table.rows)
    identify(rows, table)
    for name, parts in settled.columns.items():
        if name != "id":
            fill(rows, table, name, parts)
    given = _given_money(rows)
    apply_rules(rows)
    tape = _finished(rows, table, source, given)
    _refuse(tape, plan)
    tell("tape read", 1.0)
    return tape


def problems(plan: TapePlan) -> list[str]:
    """What the tape's header says against a plan, all at once; empty when it can be read."""
    try:
        source = opened(plan)
    except TapeError as error:
        return str(error).splitlines()
    wrong = header_faults(plan, source, layout(plan, source.header))
    return [f"{plan.file}: {line}" for line in wrong]


def header_faults(plan: TapePlan, source: Source, settled: Layout) -> list[str]:
    """What is wrong before any row is read: columns missing or there twice, dates without a format."""
    wrong = []
    uses: dict[str, str] = {}
    for name, parts in settled.columns.items():
        if not parts:
            wrong.append(f"values: {name} is not mapped to a column")
        for part in parts:
            uses.setdefault(part.column, name)
            uses.setdefault(part.over or part.column, name)
    for column in settled.names:
        place = f"columns.{uses[column]}" if column in uses else "keep"
        if column not in source.header:
            hint = meant(column, source.header) or f"; the file has {len(source.header)} columns"
            wrong.append(f"{place}: the file has no column {column!r}{hint}")
        elif source.header.count(column) > 1:
            wrong.append(f"{place}: the file has {source.header.count(column)} columns named {column!r}")
    wrong += [f"required: {name} is not mapped to a column" for name in settled.required if name not in settled.columns]
    if settled.date_format is None and "opened" in settled.columns and not source.parquet:
        wrong.append("date_format: must be given when opened is mapped, as %Y-%m-%d")
    return wrong


def write_rejected(tape: Tape, path: str | Path) -> None:
    """rejected_rows.csv: every row that is not in the book, with the value, the reason and the money."""
    write_frame(tape.rejected, Path(path))


def _given_money(rows: Rows) -> npt.NDArray[np.float64]:
    """The balances as given, NaN where they cannot be read or cannot be money."""
    given = rows.values["balance"].astype(np.float64).copy()
    given[~(np.abs(given) <= FIELDS["balance"].high)] = np.nan
    return given


def _finished(rows: Rows, table: Table, source: Source, given: npt.NDArray[np.float64]) -> Tape:
    import pandas as pd

    used = ~rows.faults.out
    in_cents = cents(np.nan_to_num(given))
    accounts: dict[str, npt.NDArray[Any]] = {"id": rows.ids[used], "row": table.rows[used]}
    for name in ACCOUNT_MONEY:
        value = rows.values.get(name, rows.nothing)[used]
        accounts[name] = np.where(np.isnan(value), UNKNOWN, cents(np.nan_to_num(value)))
    for name in ("term", "remaining", "missed"):
        value = rows.values.get(name, rows.nothing)[used]
        accounts[name] = np.where(np.isnan(value), UNKNOWN, np.rint(np.nan_to_num(value))).astype(np.int64)
    accounts["rate"] = rows.values.get("rate", rows.nothing)[used].astype(np.float64)
    accounts["opened"] = rows.values.get("opened", np.full(used.size, "NaT", dtype="datetime64[D]"))[used]
    known = {}
    for name in (*PERSON_NUMBERS, "desired_use"):
        value = rows.values.get(name, rows.nothing)[used].astype(np.float64)
        if not np.isnan(value).all():
            known[name] = np.rint(value * CENTS) if name == "income" else value
    frame = rejected_frame(
        rows.faults, table.rows, rows.names, np.where(np.isnan(given), np.nan, in_cents / CENTS), table.broken
    )
    credit = np.minimum(in_cents[used], 0).sum()
    proneness, allowed = scored(rows, table), granted(rows, table)
    return Tape(
        file=rows.plan.file,
        fingerprint=source.fingerprint,
        kind=rows.settled.kind,
        product=rows.settled.product,
        currency=rows.settled.currency,
        as_of=rows.settled.as_of,
        accounts=accounts,
        known=known,
        labels={name: rows.values[name][used] for name in LABELS if name in rows.values},
        paying=_paying(rows, table)[used],
        paying_months=tuple(day for _, day in rows.settled.paying),
        kept=pd.DataFrame({name: table.columns[name][used].to_numpy() for name in rows.plan.keep}),
        rejected=frame,
        counted=rows.counted(),
        plan=rows.plan,
        proneness=None if proneness is None else proneness[used],
        granted=allowed[used],
        rows_read=len(table.rows) + len(table.broken),
        rows_used=int(used.sum()),
        money_read=float(in_cents.sum()) / CENTS,
        money_used=float(accounts["balance"].sum()) / CENTS,
        money_rejected=float(in_cents[~used].sum()) / CENTS,
        money_credit=float(credit) / CENTS,
    )


def _paying(rows: Rows, table: Table) -> npt.NDArray[Any]:
    """Payment statuses month by month; what is not a known code is unknown."""
    known = [cells.texts(table.columns[column]) for column, _ in rows.settled.paying]
    shown = [[TAIWAN_PAYING.get(code, "") for code in codes] for codes in known]
    return np.array(shown, dtype=object).reshape(len(shown), table.rows.size).T


def _refuse(tape: Tape, plan: TapePlan) -> None:
    bad = int((tape.rejected["kind"] == "bad").sum())
    if bad > plan.max_rejected * tape.rows_read:
        raise TapeError(refusal(tape.rejected, tape.rows_read, plan.max_rejected, plan.file, tape.currency))
    if tape.rows_used == 0:
        raise TapeError(f"{plan.file}: no row of the tape can be used: every account is closed or rejected")
