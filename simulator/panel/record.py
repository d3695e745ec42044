"""The panel: months x segments x measures, and the cohorts and transitions beside it; the run's memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from simulator.clock import Clock
from simulator.costs import Costs
from simulator.cycle import News
from simulator.habits import LABELS
from simulator.ledger import MEASURES
from simulator.money import Cents
from simulator.panel.deeds import Deeds
from simulator.panel.defaults import Defaults
from simulator.panel.written_off import WrittenOff
from simulator.policies import Policy, Tally

if TYPE_CHECKING:
    import pandas as pd

BUCKETS = ("current", "1_29", "30_59", "60_89", "90_plus")
EDGES = np.array([1, 30, 60, 90])
Flags = npt.NDArray[np.bool_]
STATES = (*BUCKETS, "charged_off")
COUNTS = (
    "accounts",
    "new_loans",
    "defaults",
    "charge_off_accounts",
    "bankruptcies",
    "in_relief",
    "redefaults",
    *(f"accounts_{bucket}" for bucket in BUCKETS),
)
MONEY = (*MEASURES, "balance", "recoveries", "allowance", "penalty_owed", *(f"balance_{bucket}" for bucket in BUCKETS))
PEOPLE = ("borrowers", "labour_force", "unemployed")


@dataclass
class Panel:
    """What each month left behind, by product and reporting segment; rows are the engine's months, warm-up first."""

    clock: Clock
    products: tuple[str, ...]
    cuts: tuple[str, ...]
    labels: dict[str, tuple[str, ...]]
    segments: int
    costs: Costs = field(default_factory=Costs)
    policy_rate: float = 0.0  # of the baseline world, share a year
    cells: dict[str, dict[str, Cents]] = field(init=False)  # product, measure -> (months, segments)
    people: dict[str, Cents] = field(init=False)  # measure -> (months, segments)
    rolls: dict[str, dict[str, Cents]] = field(init=False)  # product -> balance/accounts (months, from, to)
    vintages: dict[str, dict[str, Cents]] = field(init=False)  # product -> measure (cohort, months on book)
    statuses: dict[str, Cents] = field(default_factory=dict)  # product -> (months, eve, before, now) accounts
    economy: npt.NDArray[np.float64] = field(init=False)
    spells: Cents = field(init=False)  # (months, 101) persons by months out of work
    lender: dict[str, npt.NDArray[np.float64]] = field(default_factory=dict)  # of the lender as a whole -> (months,)
    weights: dict[str, npt.NDArray[np.float64]] = field(default_factory=dict)  # of those that are means
    defaults: Defaults = field(default_factory=Defaults)  # of the span, one by one
    deeds: dict[str, Deeds] = field(default_factory=dict)  # by policy
    written_off: WrittenOff | None = None  # one by one, where somebody asks
    weather: npt.NDArray[np.float64] = field(init=False)  # (months, 3) prices, wages, change of the policy rate

    def __post_init__(self) -> None:
        months = self.clock.warm_up + self.clock.months
        shape = (months, self.segments)
        self.cells = {
            product: {name: np.zeros(shape, np.int64) for name in (*COUNTS, *MONEY)} for product in self.products
        }
        self.people = {name: np.zeros(shape, np.int64) for name in PEOPLE}
        sides = (months, len(STATES), len(STATES))
        self.rolls = {
            product: {name: np.zeros(sides, np.int64) for name in ("balance", "accounts")} for product in self.products
        }
        triangle = (months + 1, months + 1)
        names = ("accounts", "lent", "defaults", "charge_off_accounts", "charge_offs")
        self.vintages = {
            product: {
                name: np.zeros(months + 1 if name in ("accounts", "lent") else triangle, np.int64) for name in names
            }
            for product in self.products
        }
        self.economy = np.zeros(months)
        self.weather = np.zeros((months, 3))
        self.spells = np.zeros((months, 101), np.int64)

    def row(self, month: int) -> int:
        """Where a month stands."""
        return month + self.clock.warm_up

    def _place(self, month: int, opened: npt.NDArray[np.int16]) -> npt.NDArray[np.int64]:
        """Where accounts stand in a vintage triangle, by the month they were opened and their age in months.

        What was opened before the run began shares the last row.
        """
        last = self.clock.warm_up + self.clock.months
        cohort = opened.astype(np.int64) + self.clock.warm_up
        age = np.minimum(month - opened.astype(np.int64), last)
        cohort[cohort < 0] = last
        return np.asarray(cohort * (last + 1) + age)

    def note_defaults(self, product: str, month: int, opened: npt.NDArray[np.int16]) -> None:
        """Count defaults by vintage."""
        if opened.size:
            np.add.at(self.vintages[product]["defaults"].reshape(-1), self._place(month, opened), 1)

    def note_charge_offs(
        self, product: str, month: int, opened: npt.NDArray[np.int16], fresh: Flags, amount: Cents
    ) -> None:
        """Count charge-offs and their money by vintage; those who were not in default before (`fresh`) are now."""
        place, table = self._place(month, opened), self.vintages[product]
        np.add.at(table["charge_off_accounts"].reshape(-1), place, 1)
        np.add.at(table["charge_offs"].reshape(-1), place, amount)
        np.add.at(table["defaults"].reshape(-1), place[fresh], 1)

    def note_moves(
        self,
        product: str,
        month: int,
        segment: npt.NDArray[np.int16],
        origin: npt.NDArray[np.int8],
        to: npt.NDArray[np.intp],
        balance: Cents,
    ) -> None:
        """Count accounts and balances that are late or were: by segment, bucket at the last close, bucket now."""
        shape = (self.segments, len(STATES), len(STATES))
        code = (segment.astype(np.intp) * shape[1] + origin) * shape[2] + to
        counts = np.bincount(code, minlength=int(np.prod(shape))).reshape(shape)
        sums = np.bincount(code, weights=balance, minlength=int(np.prod(shape))).reshape(shape).astype(np.int64)
        row = self.row(month)
        self.rolls[product]["accounts"][row] += counts.sum(axis=0)
        self.rolls[product]["balance"][row] += sums.sum(axis=0)
        cells = self.cells[product]
        for number, label in enumerate(BUCKETS[1:], start=1):
            cells[f"accounts_{label}"][row] += counts[:, :, number].sum(axis=1)
            cells[f"balance_{label}"][row] += sums[:, :, number].sum(axis=1)

    def note_rolls(
        self, product: str, month: int, origin: npt.NDArray[np.intp], to: npt.NDArray[np.intp], balance: Cents
    ) -> None:
        """Count accounts and balances that went from one bucket to another in a month."""
        if not origin.size:
            return
        sides = (len(STATES), len(STATES))
        code = origin * len(STATES) + to
        row = self.row(month)
        counts = np.bincount(code, minlength=sides[0] * sides[1]).reshape(sides)
        sums = np.bincount(code, weights=balance, minlength=sides[0] * sides[1]).reshape(sides)
        self.rolls[product]["accounts"][row] += counts
        self.rolls[product]["balance"][row] += sums.astype(np.int64)

    def note_statuses(
        self,
        product: str,
        month: int,
        first: npt.NDArray[np.int8],
        before: npt.NDArray[np.int8],
        now: npt.NDArray[np.int8],
    ) -> None:
        """Count accounts by payment status on the eve of the span, at the last close and now (places in LABELS)."""
        sides = (len(LABELS), len(LABELS), len(LABELS))
        if product not in self.statuses:
            self.statuses[product] = np.zeros((self.clock.warm_up + self.clock.months, *sides), np.int64)
        code = (first.astype(np.int64) * sides[1] + before) * sides[2] + now
        counts = np.bincount(code, minlength=sides[0] * sides[1] * sides[2])
        self.statuses[product][self.row(month)] += counts.reshape(sides)

    def note_lender(self, what: str, month: int, amount: float) -> None:
        """Add to a figure of the lender as a whole, which no segment has (calls, trust, a cost); money in cents."""
        if what not in self.lender:
            self.lender[what] = np.zeros(self.clock.warm_up + self.clock.months)
        self.lender[what][self.row(month)] += amount

    def weigh(self, what: str, month: int, weight: float) -> None:
        """How much a figure of the lender that is a mean counts for, where those of several shards become one."""
        if what not in self.weights:
            self.weights[what] = np.zeros(self.clock.warm_up + self.clock.months)
        self.weights[what][self.row(month)] = weight

    def note_policy(self, name: str, policy: Policy, month: int, tally: Tally, *, in_force: bool) -> None:
        """Write down what a policy did in a month."""
        if name not in self.deeds:
            self.deeds[name] = Deeds.of(policy, self.clock.warm_up + self.clock.months)
        self.deeds[name].note(self.row(month), tally, in_force=in_force)

    def news(self, row: int, unemployment: float) -> News:
        """How the book stood before this row against its warm-up: rates of the last months over those of the past."""
        past, late = slice(max(self.clock.warm_up - 24, 0), self.clock.warm_up), slice(max(row - 3, 0), row)

        def rate(measure: str, rows: slice) -> float:
            held = sum(int(self.cells[name]["balance"][rows].sum()) for name in self.products)
            there = sum(int(self.cells[name]["accounts"][rows].sum()) for name in self.products)
            part = sum(int(self.cells[name][what][rows].sum()) for name in self.products for what in measure.split("+"))
            return part / max(there if measure == "defaults" else held, 1)

        def against(measure: str) -> float:
            usual = rate(measure, past)
            return rate(measure, late) / usual if usual > 0 else 1.0

        overdue = "+".join(f"balance_{bucket}" for bucket in BUCKETS[2:])
        return News(against(overdue), against("defaults"), against("charged_off"), unemployment)

    def total(self, product: str, name: str) -> Cents:
        """A measure of one product over all segments, all months; shape (months,)."""
        return np.asarray(self.cells[product][name].sum(axis=1))

    def frame(self) -> pd.DataFrame:
        """The panel of the span, one row a month and segment, money in currency units."""
        from simulator.panel.tables import panel_frame

        return panel_frame(self)

    def copy(self) -> Panel:
        """An independent copy."""
        import copy

        return copy.deepcopy(self)
