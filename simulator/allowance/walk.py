"""The walk: how an allowance came from its opening to its closing amount, account by account, to the cent.

The order, each step with what the steps before have already changed: accounts that are new; accounts repaid or closed;
payments and drawings (the basis, at the old rate); moves between stages or classes (old parameters); the rest of what
an account's state has changed; parameters and views; of that remainder the unwinding of the discount; charge-offs with
what they needed beyond the account's allowance; what originated impaired changes; overlays; recoveries, credited.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from simulator.allowance.assess import Assessed, amounts
from simulator.expectations import Lost, Standing

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
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
NOT_CHARGED = ("unwind_of_discount", "charge_offs", "recoveries")  # the others make up the charge to profit and loss


@dataclass
class Memory:
    """What is remembered of one product's accounts from one month's end to the next, in the order they stood in."""

    place: npt.NDArray[np.int32] = field(default_factory=lambda: np.full(0, -1, np.int32))  # by borrower; -1 nowhere
    borrower: Whole = field(default_factory=lambda: np.zeros(0, np.int64))
    opened: npt.NDArray[np.int16] = field(default_factory=lambda: np.zeros(0, np.int16))
    segment: npt.NDArray[np.int16] = field(default_factory=lambda: np.zeros(0, np.int16))
    held: Whole = field(default_factory=lambda: np.zeros(0, np.int64))  # months for which stage 3 still lasts
    start: Whole = field(default_factory=lambda: np.full(0, -1, np.int64))  # originated impaired: losses then expected
    rules: dict[str, Assessed] = field(default_factory=dict)
    adjusted: dict[str, Whole] = field(default_factory=dict)

    def where(self, borrower: Whole, opened: Whole | npt.NDArray[np.int16]) -> Whole:
        """Where these accounts stood; -1 for one that was not there, or of whom another account was."""
        more = int(borrower.max(initial=-1)) + 1 - self.place.size
        if more > 0:
            self.place = np.pad(self.place, (0, more + self.place.size // 8), constant_values=-1)
        at = self.place[borrower].astype(np.int64)
        there = np.flatnonzero(at >= 0)
        at[there[self.opened[at[there]] != opened[there]]] = -1
        return at


@dataclass(frozen=True)
class Arrived:
    """Which accounts are the same as a month ago, which of those remembered have left, and which were charged off."""

    same: Whole  # places among the accounts now
    was: Whole  # where these stood
    new: Whole  # places among the accounts now
    repaid: Whole  # where they stood
    charged: Whole
    lost: Lost  # of the month

    @classmethod
    def of(cls, memory: Memory, accounts: Standing, lost: Lost) -> Arrived:
        """An account is the same where its holder and its opening are."""
        at = memory.where(accounts.borrower, accounts.opened)
        gone = memory.where(lost.borrower, lost.opened)
        left = np.ones(memory.borrower.size, np.bool_)
        same = np.flatnonzero(at >= 0)
        left[at[same]] = False
        charged = np.unique(gone[gone >= 0])
        left[charged] = False
        return cls(same, at[same], np.flatnonzero(at < 0), np.flatnonzero(left), charged, lost)


def walked(
    rule: str,
    memory: Memory,
    accounts: Standing,
    now: Assessed,
    adjusted: Whole | None,
    before: Floats,
    arrived: Arrived,
    segments: int,
) -> Whole:
    """The items of one product and rule in one month, by reporting segment, cents; shape (ITEMS, segments).

    `before` is the table of rates of a month ago, `adjusted` what is added to each account now for having been impaired
    from the start, None where nothing is.
    """
    table = np.zeros((len(ITEMS), segments), np.int64)
    then = memory.rules[rule]

    def add(item: str, segment: npt.NDArray[Any], cents: Whole) -> None:
        table[ITEMS.index(item)] += summed(segment, cents, segments)

    same, was, place = arrived.same, arrived.was, accounts.segment[arrived.same]
    used = arrived.charged
    add("new_lending", accounts.segment[arrived.new], now.amount[arrived.new])
    add("repaid", memory.segment[arrived.repaid], -then.amount[arrived.repaid])
    new, repaid = table[ITEMS.index("new_lending")], table[ITEMS.index("repaid")]
    gone = summed(memory.segment[used], then.amount[used], segments)
    opening = summed(memory.segment, then.amount, segments) + repaid - gone  # of those who are still here
    closing = summed(accounts.segment, now.amount, segments) - new
    old, position, basis = then.position[was], now.position[same], now.basis[same]
    paid = amounts(basis, before, old)
    table[ITEMS.index("payments_and_drawings")] = summed(place, paid, segments) - opening
    moves = np.flatnonzero(position != old)
    to, where = position[moves], place[moves]
    moved = amounts(basis[moves], before, to)
    step = moved - paid[moves]
    label, other = now.label[same[moves]], then.label[was[moves]] != now.label[same[moves]]
    for stage, item in enumerate(("to_stage_1", "to_stage_2", "to_stage_3")):
        into = other & (label == stage) & (rule == "ifrs9")
        add(item, where[into], step[into])
    if rule == "five_classes":
        add("to_other_class", where[other], step[other])
    add("within_stage", where[~other], step[~other])
    if rule == "ifrs9":
        unwound = np.rint(then.amount[was] * accounts.rate[same] / 12.0).astype(np.int64)
        add("unwind_of_discount", place, unwound)
        add("within_stage", place, -unwound)
    paid[moves] = moved
    table[ITEMS.index("parameters_and_views")] = closing - summed(place, paid, segments)
    _impaired(rule, memory, accounts, adjusted, add)
    lost = arrived.lost
    add("charge_offs", lost.segment, -lost.amount)
    add("shortfall_at_charge_off", lost.segment, lost.amount)
    table[ITEMS.index("shortfall_at_charge_off")] -= gone
    return table


def _impaired(
    rule: str,
    memory: Memory,
    accounts: Standing,
    adjusted: Whole | None,
    add: Callable[[str, npt.NDArray[Any], Whole], None],
) -> None:
    if adjusted is not None:
        add("originated_impaired", accounts.segment, adjusted)
    if rule in memory.adjusted:
        add("originated_impaired", memory.segment, -memory.adjusted[rule])


def remember(memory: Memory, accounts: Standing, assessed: dict[str, Assessed], adjusted: dict[str, Whole]) -> None:
    """How things stand now, for the next month's end."""
    memory.place[memory.borrower] = -1
    memory.place[accounts.borrower] = np.arange(len(accounts), dtype=np.int32)
    memory.borrower, memory.opened, memory.segment = accounts.borrower, accounts.opened, accounts.segment
    memory.rules, memory.adjusted = assessed, adjusted


def summed(segment: npt.NDArray[Any], cents: Whole, segments: int) -> Whole:
    """Cents by segment: whole numbers, which stay exact in a sum of doubles."""
    if segments == 1:
        return np.asarray([cents.sum()], np.int64)
    return np.rint(np.bincount(segment, cents, minlength=segments)).astype(np.int64)
