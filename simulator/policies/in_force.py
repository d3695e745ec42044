"""All policies in force, as one: each dial goes through every policy in the order of their names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TypeVar

import numpy as np

from simulator.block import Block
from simulator.cycle import Cycle, News
from simulator.desk import Desk
from simulator.draws import Floats, Rows
from simulator.economy import Benefits
from simulator.ledger import Ledger
from simulator.money import Cents
from simulator.params import Frozen
from simulator.policies.application import Application, Flags
from simulator.policies.base import Counter, Policy, Tally, turned
from simulator.shard import WHOLE, Shard

Terms = TypeVar("Terms", bound=Frozen)


class InForce:
    """The policies of a run and which of them are in force now; what each has done in the month.

    In a shard what belongs to the lender as a whole is divided: seats of the desk, and what a policy costs a month.
    """

    def __init__(self, policies: Mapping[str, Policy], shard: Shard = WHOLE) -> None:
        self.policies, self.shard = dict(policies), shard
        self.now: dict[str, Policy] = {}
        self.news = News()
        self.tally = {name: Tally() for name in self.policies}
        self.numbers = {name: number for number, name in enumerate(self.policies, start=1)}

    def set_date(self, date: dt.date, *, baseline: bool, news: News | None = None) -> None:
        """Start and stop policies; in the baseline world only those that are always there."""
        self.now = {
            name: policy
            for name, policy in self.policies.items()
            if policy.in_force(date) and not (baseline and policy.starts is not None)
        }
        self.news = news or News()
        self._turning = {
            dial: [(name, policy) for name, policy in self.now.items() if turned(policy, dial)]
            for dial in ("misreading", "attention", "cash", "act", "sale_price")
        }
        for name, policy in self.now.items():
            self.tally[name].cost += self.shard.part(round(100.0 * policy.cost_monthly))

    def turning(self, dial: str) -> list[tuple[str, Policy]]:
        """The policies in force that turn a dial."""
        return self._turning[dial]

    def approve(self, application: Application) -> Flags:
        """Who is approved by all, from what the lender sees."""
        for name, policy in self.now.items():
            application = policy.sees(name, application, self.news, self.tally[name])
        approved = np.ones(len(application), np.bool_)
        for name, policy in self.now.items():
            approved = policy.approve(name, application, approved, self.news)
        return approved

    def terms(self, product: Terms) -> Terms:
        """A product's terms after all policies."""
        for policy in self.now.values():
            product = policy.terms(product)
        return product

    def desk(self, desk: Desk) -> Desk:
        """The collections desk after all policies, with the seats they add; of a shard its part."""
        for policy in self.now.values():
            desk = policy.desk(desk)
        return desk.divided(self.shard)

    def benefits(self, benefits: Benefits) -> Benefits:
        """Unemployment benefit after all policies."""
        for policy in self.now.values():
            benefits = policy.benefits(benefits)
        return benefits

    def attention(self, block: Block, rows: Rows, cycle: Cycle) -> Floats | None:
        """Of those who would forget, the chance that they still do; None where nothing changes it."""
        chance: Floats | None = None
        for name, policy in self.turning("attention"):
            chance = (1.0 if chance is None else chance) * (
                np.ones(rows.size) * policy.attention(name, block, rows, cycle)
            )
        return chance

    def misreading(self, block: Block, rows: Rows, counter: Counter) -> Floats | None:
        """Of those opening accounts who would misread the terms, the chance that they still do; None as above."""
        chance: Floats | None = None
        for name, policy in self.turning("misreading"):
            still = policy.misreading(name, block, rows, counter, self.tally[name])
            chance = (1.0 if chance is None else chance) * (np.ones(rows.size) * still)
        return chance

    def cash(self, block: Block, cycle: Cycle) -> Cents | None:
        """Money that policies bring to households in this cycle.

        As far as it makes good what the cycle has cost a household it goes into `cycle.change`; what is beyond is a
        windfall, given back apart (cents, one a row; None where no policy brings money).
        """
        bringing = self.turning("cash")
        if not bringing:
            return None
        before = np.maximum(cycle.change, 0)
        for name, policy in bringing:
            policy.cash(name, block, cycle, self.tally[name])
        windfall: Cents = np.maximum(np.maximum(cycle.change, 0) - before, 0)
        cycle.change -= windfall
        return windfall

    def act(self, products: Mapping[str, Frozen], block: Block, cycle: Cycle, ledger: Ledger) -> None:
        """What policies do to accounts in the morning of the due day."""
        for name, policy in self.turning("act"):
            for product, terms in products.items():
                policy.act(name, self.numbers[name], product, terms, block, cycle, ledger, self.tally[name])

    def sale_price(self, days_late: Rows) -> Floats:
        """What a debt is sold for, as a share of it; the best price of all policies, nought where it is kept."""
        price = np.zeros(days_late.size)
        for name, policy in self.turning("sale_price"):
            offered = policy.sale_price(days_late)
            if offered is not None:
                self.tally[name].note(int(np.count_nonzero(offered > price)))
                np.maximum(price, offered, out=price)
        return price

    def done(self) -> dict[str, Tally]:
        """What each policy did since this was last asked."""
        done, self.tally = self.tally, {name: Tally() for name in self.policies}
        return done
