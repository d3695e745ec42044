"""Measuring the allowance month by month while a book is lived: stock by stage or class, and the walk between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from simulator.allowance.assess import LABELS, Assessed, assess, rates_of
from simulator.allowance.prices import Prices, Pricing, at_origination
from simulator.allowance.walk import ITEMS, Arrived, Memory, remember, walked
from simulator.draws import mix
from simulator.expectations import Gone, Layout, Standing, standing
from simulator.expectations.gone import NOTHING
from simulator.setting import Setting
from simulator.state import State

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
STOCKS = ("accounts", "balance", "undrawn", "allowance")


@dataclass
class Measured:
    """What was measured in one life: by rule and product, months first (row 0 is the eve of the span); cents.

    `stock[rule][product]` (months + 1, STOCKS, labels, segments); `walk[rule][product]` (months, ITEMS, segments).
    `cells[product]` (months + 1, 3, cells): balance, undrawn and balance in default by cell, for capital.
    """

    products: tuple[str, ...]
    stock: dict[str, dict[str, Whole]]
    walk: dict[str, dict[str, Whole]]
    cells: dict[str, Whole]
    standings: dict[int, dict[str, Standing]] = field(default_factory=dict)  # of the months that were asked for

    def total(self, rule: str, row: int) -> int:
        """The models' allowance by a rule, all products and segments; cents."""
        return int(sum(held[row, STOCKS.index("allowance")].sum() for held in self.stock[rule].values()))


@dataclass
class Measure:
    """Looks at a book at each month's end; give `close` to the run as what it tells its months to."""

    setting: Setting
    state: State
    layouts: dict[str, Layout]
    pricing: Pricing
    keep: frozenset[int] = frozenset()  # months whose accounts are kept as they stand
    also: Callable[[int], None] | None = None
    gone: Gone = field(default_factory=Gone)
    memories: dict[str, Memory] = field(init=False)
    before: dict[str, Prices] = field(init=False)
    origination: dict[str, Floats] = field(init=False)
    measured: Measured = field(init=False)

    def __post_init__(self) -> None:
        self.state.panel.written_off = self.gone
        self.memories = {name: Memory() for name in self.layouts}
        expected = self.pricing.expectations.products
        self.origination = {name: at_origination(expected[name]) for name in self.layouts}
        months, segments = self.setting.clock.months, self.state.book.segments
        self.measured = Measured(
            tuple(self.layouts),
            {
                rule: {
                    name: np.zeros((months + 1, len(STOCKS), len(labels), segments), np.int64) for name in self.layouts
                }
                for rule, labels in LABELS.items()
            },
            {
                rule: {name: np.zeros((months, len(ITEMS), segments), np.int64) for name in self.layouts}
                for rule in LABELS
            },
            {name: np.zeros((months + 1, 3, layout.count), np.int64) for name, layout in self.layouts.items()},
        )

    def begin(self) -> None:
        """The book on the eve of the span."""
        self._close(-1)

    def close(self, month: int) -> None:
        """A month's end."""
        self._close(month)
        if self.also is not None:
            self.also(month)

    def _close(self, month: int) -> None:
        prices = self.pricing.at(month)
        for name, layout in self.layouts.items():
            accounts = standing(self.state, self.setting.clock, name, month)
            if month in self.keep:
                self.measured.standings.setdefault(month, {})[name] = accounts
            self._of_product(name, layout, accounts, prices[name], month)
        self.before = prices

    def _of_product(self, name: str, layout: Layout, accounts: Standing, prices: Prices, month: int) -> None:
        memory, terms = self.memories[name], self.pricing.terms
        lost = self.gone.taken(name) if month >= 0 else NOTHING
        arrived = Arrived.of(memory, accounts, lost)
        probation = self._probation(memory, accounts, arrived)
        assessed = assess(
            accounts,
            month,
            layout,
            prices,
            self.origination[name],
            terms,
            probation=probation,
            technical=self._technical(accounts, month),
        )
        adjusted = self._adjusted(memory, accounts, assessed, arrived)
        for rule, now in assessed.items():
            self._stock(rule, name, layout, accounts, now, adjusted.get(rule), month + 1)
            if month >= 0:
                rates = rates_of(rule, self.before[name], terms)
                table = walked(
                    rule,
                    memory,
                    accounts,
                    now,
                    adjusted.get(rule),
                    rates,
                    arrived,
                    self.state.book.segments,
                )
                self._recoveries(name, table, month)
                self.measured.walk[rule][name][month] = table
        remember(memory, accounts, assessed, adjusted)
        self._by_cell(name, layout, accounts, assessed["ifrs9"], month + 1)

    def _probation(self, memory: Memory, accounts: Standing, arrived: Arrived) -> npt.NDArray[np.bool_]:
        """Who was in default and has not been without arrears for as long as the terms ask."""
        months = self.pricing.terms.ifrs9.probation_months
        left = np.zeros(len(accounts), np.int64)
        if memory.held.size:
            left[arrived.same] = memory.held[arrived.was]
        bad = accounts.days >= self.pricing.terms.ifrs9.default_days
        again = (accounts.days > 0) & (left > 0)
        left = np.maximum(np.where(bad | again, months + 1, left) - 1, 0)
        memory.held = left
        return np.asarray((left > 0) & ~bad)

    def _technical(self, accounts: Standing, month: int) -> npt.NDArray[np.bool_]:
        """Whose short delay is a mere operational or technical one."""
        terms = self.pricing.terms.five_classes
        found = np.zeros(len(accounts), np.bool_)
        late = np.flatnonzero((accounts.days > 0) & (accounts.days <= terms.technical_days))
        if terms.technical_share > 0.0 and late.size:
            day = self.setting.clock.month_end(month)
            luck = self.setting.draws.uniform("reserve.technical", day, mix(accounts.borrower[late]))
            found[late] = luck < terms.technical_share
        return found

    def _adjusted(
        self, memory: Memory, accounts: Standing, assessed: dict[str, Assessed], arrived: Arrived
    ) -> dict[str, Whole]:
        """What is taken off for accounts that count as originated impaired: their losses expected at that time."""
        if not self.pricing.terms.ifrs9.originated_impaired:
            return {}
        start = np.full(len(accounts), -1, np.int64)
        if memory.start.size:
            start[arrived.same] = memory.start[arrived.was]
        fresh = accounts.restructured & accounts.defaulted & (start < 0)
        memory.start = np.where(fresh, assessed["ifrs9"].amount, start)
        return {"ifrs9": np.where(memory.start >= 0, -memory.start, 0)}

    def _stock(
        self, rule: str, name: str, layout: Layout, accounts: Standing, now: Assessed, adjusted: Whole | None, row: int
    ) -> None:
        table = self.measured.stock[rule][name][row]
        labels, segments = table.shape[1:]
        place = now.label.astype(np.int64) * segments + accounts.segment
        amount = now.amount if adjusted is None else now.amount + adjusted
        for number, cents in enumerate((None, accounts.balance, layout.undrawn(accounts), amount)):
            sums = np.bincount(place, cents, minlength=labels * segments)
            table[number] = np.rint(sums).astype(np.int64).reshape(labels, segments)

    def _recoveries(self, name: str, table: Whole, month: int) -> None:
        """What comes back of earlier charge-offs, and its credit to profit and loss."""
        came = self.state.panel.cells[name]["recoveries"][self.state.panel.row(month)]
        table[ITEMS.index("recoveries")] += came
        table[ITEMS.index("recoveries_credited")] -= came

    def _by_cell(self, name: str, layout: Layout, accounts: Standing, now: Assessed, row: int) -> None:
        cells = now.position % layout.count  # of IFRS 9: the cell, once for each of the two tables of rates
        bad = np.where(now.label == 2, accounts.balance, 0)
        for number, cents in enumerate((accounts.balance, layout.undrawn(accounts), bad)):
            self.measured.cells[name][row, number] = np.rint(np.bincount(cells, cents, minlength=layout.count))
