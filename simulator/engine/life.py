"""What a run's events act upon: the rules that stay, and the book, ledger and panel that change."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from simulator.behaviour import Behaviour
from simulator.block import Block
from simulator.book import Book
from simulator.bureau import Bureau
from simulator.clock import Clock
from simulator.cycle import News, Weather
from simulator.desk import Desk
from simulator.draws import Draws, Rows
from simulator.economy import Labour, Paths
from simulator.habits import Living
from simulator.ledger import Ledger
from simulator.lending import Lending
from simulator.opacity import Opacity
from simulator.panel import Panel, standing
from simulator.policies import InForce
from simulator.products import Product
from simulator.reserves import Reserve
from simulator.shocks import Shock
from simulator.trust import Trust

LEAST_PAST = 12  # months of warm-up without which nothing can be said to be more or less than usual


@dataclass
class Rules:
    """What stays the same through a run: the lender's products and rules, the borrowers' behaviour, the shocks."""

    products: dict[str, Product]
    policies: InForce
    behaviour: Behaviour
    reserve: Reserve
    labour: Labour
    shocks: dict[str, Shock]
    desk: Desk | None = None
    trust: Trust | None = None
    opacity: Opacity | None = None
    bureau: Bureau | None = None
    habits: Living | None = None


@dataclass
class Life:
    """One lender in one world, between one month's end and the next; the engine's events change it."""

    rules: Rules
    book: Book
    ledger: Ledger
    panel: Panel
    paths: Paths
    draws: Draws
    clock: Clock
    lending: Lending
    baseline: bool
    products: dict[str, Product] = field(init=False)  # with the terms now in force
    labour: Labour = field(init=False)  # with the benefits now in force
    desk: Desk | None = field(init=False)  # with the terms now in force
    weather: Weather | None = None
    moves: dict[str, list[tuple[Any, ...]]] = field(init=False)

    def __post_init__(self) -> None:
        self.products, self.labour, self.desk = self.rules.products, self.rules.labour, self.rules.desk
        self.moves = {name: [] for name in self.panel.products}

    def count(self, name: str, what: str, block: Block, rows: Rows, month: int) -> None:
        """Count accounts under a name in the panel, by the holders' segments."""
        if not rows.size:
            return
        cells = self.panel.cells[name][what][self.panel.row(month)]
        if cells.size == 1:
            cells[0] += rows.size
        else:
            cells += np.bincount(block.segment[rows], minlength=cells.size)

    def complain(self, month: int, number: tuple[int, int]) -> None:
        """Count complaints and those of them that are left open, where the scenario follows them."""
        if self.rules.opacity is not None:
            self.panel.note_lender("complaints", month, number[0])
            self.panel.note_lender("complaints_open", month, number[1])

    def open_month(self, month: int) -> None:
        """The weather turns, policies start and stop, the terms in force are written anew."""
        policies = self.rules.policies
        news = self.news(month)
        policies.set_date(self.clock.month_date(month), baseline=self.baseline, news=news)
        self.products = {name: policies.terms(product) for name, product in self.rules.products.items()}
        if self.rules.trust is not None:
            self._feel(self.rules.trust, news.trust, month)
        if self.rules.desk is not None:
            self.desk = policies.desk(self.rules.desk)
        benefits = policies.benefits(self.rules.labour.benefits)
        if benefits is not self.rules.labour.benefits:
            self.labour = self.rules.labour.model_copy(update={"benefits": benefits})
        else:
            self.labour = self.rules.labour
        self.complain(month, (0, 0))
        self.lending.products = self.products
        self.lending.reach_out(self.paths, self.panel, month)
        self.weather = self._weather(month, news)

    def news(self, month: int) -> News:
        """How the book stands against its own warm-up; in the baseline world, or without a past, as ever."""
        row, warm_up = self.panel.row(month), self.clock.warm_up
        if self.baseline or warm_up < LEAST_PAST or row <= warm_up:
            return News()
        news = self.panel.news(row, float(self.paths.jobs.unemployment[row] - self.paths.jobs.normal))
        if self.rules.trust is None:
            return news
        before = float(self.panel.lender["trust"][row - 1])
        return replace(news, trust=self.rules.trust.index(before, standing(self.panel, row)))

    def _feel(self, trust: Trust, index: float, month: int) -> None:
        """What follows from trust in a month: fewer come, more leave, fewer come back."""
        self.panel.note_lender("trust", month, index)
        self.lending.coming = trust.coming(index)
        if index == 1.0:
            return
        for name, product in self.products.items():
            update = {"leaving": trust.leaving(product.leaving, index)}
            if "again" in type(product).model_fields:
                update["again"] = trust.again(getattr(product, "again", 0.0), index)
            self.products[name] = product.model_copy(update=update)

    def _weather(self, month: int, news: News) -> Weather:
        row, jobs = self.paths.row(month), self.paths.jobs
        weather = Weather(
            jobs.separation[row],
            jobs.finding[row],
            float(self.paths.layoffs[row]),
            float(jobs.unemployment[row] / jobs.normal),
            float(self.paths.prices[row]),
            float(self.paths.wages[row]),
            float(self.paths.policy_rate[row]),
            news,
            self.lending.elsewhere,
            float(self.paths.restraint[row]),
        )
        first, last = self.clock.month_date(month), self.clock.month_end_date(month)
        for shock in self.rules.shocks.values():
            if shock.starts is None or not self.baseline:
                weather = shock.turn(weather, shock.mean_strength(first, last))
        return weather
