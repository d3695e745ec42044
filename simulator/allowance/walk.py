"""The walk: how an allowance came from its opening to its closing amount, account by account, to the cent.

The order, each step with what the steps before have already changed: accounts that are new; accounts repaid or closed;
payments and drawings (the basis, at the old rate); moves between stages or classes (old parameters); the rest of what
an account's state has changed; parameters and views; of that remainder the unwinding of the discount; charge-offs with
what they needed beyond the account's allowance; what originated impaired changes; overlays; recoveries, credited.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from simulator.allowance.assess import LABELS, Assessed, amounts
from simulator.expectations import Lost, Standing

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
ITEMS = (
    "new_lending",
    "repaid",
    "payments_and_drawings",
    "to_stage_1",
    "to_stage_2",
    "to_stage_3",
    "to_other_class",
    "within_stage",
    "parameters_and_views",
    "unwind_of_discount",
    "charge_offs",
    "shortfall_at_charge_off",
    "originated_impaired",
    "overlays",
    "recoveries",
    "recoveries_credited",
)
COLUMNS = ("position", "label", "amount", "adjusted")  # remembered of each account and rule
NOT_CHARGED = ("unwind_of_discount", "charge_offs", "recoveries")  # the others make up the charge to profit and loss


@dataclass
class Memory:
    """What is remembered of one product's accounts from one month's end to the next, by the borrower's number."""

    here: Flags = field(default_factory=lambda: np.zeros(0, np.bool_))
    opened: Whole = field(default_factory=lambda: np.zeros(0, np.int64))
    segment: Whole = field(default_factory=lambda: np.zeros(0, np.int64))
    held: Whole = field(default_factory=lambda: np.zeros(0, np.int64))  # months for which stage 3 still lasts
    start: Whole = field(default_factory=lambda: np.full(0, -1, np.int64))  # originated impaired: losses then expected
    rules: dict[str, dict[str, Whole]] = field(
        default_factory=lambda: {rule: {name: np.zeros(0, np.int64) for name in COLUMNS} for rule in LABELS}
    )

    def make_room(self, borrowers: int) -> None:
        """Room for borrowers up to this number."""
        more = borrowers - self.here.size
        if more <= 0:
            return
        more += borrowers // 8
        for name in ("here", "opened", "segment", "held"):
            setattr(self, name, np.pad(getattr(self, name), (0, more)))
        self.start = np.pad(self.start, (0, more), constant_values=-1)
        for columns in self.rules.values():
            for name in COLUMNS:
                columns[name] = np.pad(columns[name], (0, more))


@dataclass(frozen=True)
class Arrived:
    """Which accounts are the same as a month ago, and which of those remembered have left."""

    same: Flags  # of the accounts now
    left: Whole  # borrowers' numbers
    lost: Lost  # of the month

    @classmethod
    def of(cls, memory: Memory, accounts: Standing, lost: Lost) -> Arrived:
        """An account is the same where its holder and its opening are."""
        memory.make_room(int(max(accounts.borrower.max(initial=-1), lost.borrower.max(initial=-1))) + 1)
        same = memory.here[accounts.borrower] & (memory.opened[accounts.borrower] == accounts.opened)
        stays = np.zeros(memory.here.size, np.bool_)
        stays[accounts.borrower[same]] = True
        return cls(same, np.flatnonzero(memory.here & ~stays), lost)


def walked(
    rule: str,
    memory: Memory,
    accounts: Standing,
    now: Assessed,
    adjusted: Whole,
    before: Floats,
    arrived: Arrived,
    segments: int,
    segment_of: Whole,
) -> Whole:
    """The items of one product and rule in one month, by reporting segment, cents; shape (ITEMS, segments).

    `before` is the table of rates of a month ago, `adjusted` what is added to each account now for having been impaired
    from the start, `segment_of` the segment of every borrower seen.
    """
    table = np.zeros((len(ITEMS), segments), np.int64)
    own = memory.rules[rule]

    def add(item: str, segment: npt.NDArray[Any], cents: Whole) -> None:
        table[ITEMS.index(item)] += np.rint(np.bincount(segment, cents, minlength=segments)).astype(np.int64)

    same, who = arrived.same, accounts.borrower[arrived.same]
    place, new = accounts.segment[same], ~same
    add("new_lending", accounts.segment[new], now.amount[new])
    left = arrived.left
    charged = _charged(memory, arrived)
    gone = left[~charged[left]]
    add("repaid", memory.segment[gone], -own["amount"][gone])
    opening, old, basis = own["amount"][who], own["position"][who], now.basis[same]
    paid = amounts(basis, before, old)
    add("payments_and_drawings", place, paid - opening)
    moved = amounts(basis, before, now.position[same])
    other = own["label"][who] != now.label[same]
    for stage, item in enumerate(("to_stage_1", "to_stage_2", "to_stage_3")):
        into = other & (now.label[same] == stage) & (rule == "ifrs9")
        add(item, place[into], (moved - paid)[into])
    if rule == "five_classes":
        add("to_other_class", place[other], (moved - paid)[other])
    unwound = np.zeros_like(opening)
    if rule == "ifrs9":
        unwound = np.rint(opening * accounts.rate[same] / 12.0).astype(np.int64)
    add("unwind_of_discount", place, unwound)
    add("within_stage", place, np.where(other, 0, moved - paid) - unwound)
    add("parameters_and_views", place, now.amount[same] - moved)
    add("originated_impaired", accounts.segment, adjusted)
    add("originated_impaired", memory.segment[memory.here], -own["adjusted"][memory.here])
    lost = arrived.lost
    add("charge_offs", segment_of[lost.borrower], -lost.amount)
    add("shortfall_at_charge_off", segment_of[lost.borrower], lost.amount)
    used = left[charged[left]]
    add("shortfall_at_charge_off", memory.segment[used], -own["amount"][used])
    return table


def remember(memory: Memory, accounts: Standing, assessed: dict[str, Assessed], adjusted: dict[str, Whole]) -> None:
    """How things stand now, for the next month's end."""
    who = accounts.borrower
    memory.here[:] = False
    memory.here[who] = True
    memory.opened[who], memory.segment[who] = accounts.opened, accounts.segment
    for rule, now in assessed.items():
        own = memory.rules[rule]
        own["position"][who], own["label"][who] = now.position, now.label
        own["amount"][who], own["adjusted"][who] = now.amount, adjusted[rule]


def _charged(memory: Memory, arrived: Arrived) -> Flags:
    """Which borrowers' remembered accounts were charged off."""
    charged = np.zeros(memory.here.size, np.bool_)
    lost = arrived.lost
    remembered = memory.here[lost.borrower] & (memory.opened[lost.borrower] == lost.opened)
    charged[lost.borrower[remembered]] = True
    return charged
