"""Everything that changes in a run: the book, the ledger, the panel and the lender's counter."""

from __future__ import annotations

import copy
from dataclasses import dataclass

from simulator.book import Book
from simulator.ledger import Ledger
from simulator.lending import Lending, furnish
from simulator.panel import Panel
from simulator.setting import Setting


@dataclass
class State:
    """Everything that changes in a run; only arrays, so that it can be copied at a month's end."""

    book: Book
    ledger: Ledger
    panel: Panel
    lending: Lending

    @classmethod
    def empty(cls, setting: Setting, borrowers: int) -> State:
        """Nobody there yet, and nothing remembered: room for so many borrowers of the setting's shard."""
        scenario, clock, plan = setting.scenario, setting.clock, setting.scenario.book
        cuts = tuple(cut for cut in plan.segments if cut != "product")
        book = Book.empty(plan.due_days, borrowers, setting.labels, cuts, plan.follow_months, setting.shard)
        for block in book.blocks:
            furnish(block, setting.products, setting.own, setting.causes, relief=setting.relief)
        afterwards = max(product.recoveries.last_month for product in setting.products.values())
        ledger = Ledger(tuple(setting.products), book.segments, clock.warm_up + clock.months + afterwards)
        rate = scenario.world.economy.policy_rate.baseline / 100.0
        costs = scenario.lender.costs
        panel = Panel(clock, tuple(setting.products), cuts, setting.labels, book.segments, costs, rate)
        policies = setting.rules().policies
        policies.set_date(clock.month_date(-clock.warm_up), baseline=True)
        lending = Lending(
            plan.recipe,
            setting.products,
            policies,
            scenario.world.labour,
            setting.draws,
            clock,
            borrowers,
            plan.growth,
            open_book=not plan.closed,
            behaviour=scenario.lender.behaviour,
            opacity=scenario.lender.opacity,
            bureau=scenario.world.bureau,
            reach=scenario.lender.reach,
        )
        return cls(book, ledger, panel, lending)

    def copy(self) -> State:
        """The same book, ready for another world."""
        return State(self.book.copy(), copy.deepcopy(self.ledger), self.panel.copy(), copy.copy(self.lending))
