"""The engine keeps time: one SimPy process for each block's billing cycle, one for applications, one for closes.

A `yield` is time passing; every other line is array work. No other room imports simpy.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

import numpy as np
import simpy

from simulator.behaviour import answer, bankrupt, hold_back, put_by, strain
from simulator.block import UNEMPLOYED, Block
from simulator.clock import Hour
from simulator.cycle import Cycle
from simulator.draws import Rows
from simulator.engine.close import close_month, write_off
from simulator.engine.desk import Collections
from simulator.engine.life import Life
from simulator.engine.observer import Observer
from simulator.habits import Plan
from simulator.kernels import chosen
from simulator.opacity import costs
from simulator.products import Card
from simulator.shocks import find_jobs, lose_jobs, pay_lost

Events = Generator[simpy.Event, Any, None]


class Engine:
    """One lender living through one world, from one month to another."""

    def __init__(
        self,
        life: Life,
        *,
        reverse_blocks: bool = False,
        progress: Callable[[int], None] | None = None,
        observer: Observer | None = None,
    ) -> None:
        self.life, self.progress, self.observer = life, progress, observer
        self.blocks = list(reversed(life.book.blocks)) if reverse_blocks else life.book.blocks
        self.collections = Collections(life, self.blocks) if life.rules.desk is not None else None

    def run(self, first: int, last: int) -> None:
        """Live through the months from `first` to `last` (not included); month 0 is the first of the span."""
        clock = self.life.clock
        env = simpy.Environment(initial_time=clock.at(clock.month_start(first), Hour.APPLICATIONS))
        env.process(self._open_months(env, first, last))
        for block in self.blocks:
            env.process(self._cycles(env, block, first, last))
        if self.collections is not None:
            env.process(self.collections.run(env, first, last))
        env.process(self._close_months(env, first, last))
        env.run()

    def _until(self, env: simpy.Environment, day: int, hour: Hour) -> simpy.Timeout:
        return env.timeout(self.life.clock.at(day, hour) - env.now)

    def _open_months(self, env: simpy.Environment, first: int, last: int) -> Events:
        """On the first of each month: the weather turns, policies start and stop, people apply."""
        life = self.life
        for month in range(first, last):
            yield self._until(env, life.clock.month_start(month), Hour.APPLICATIONS)
            if self.observer is not None:
                self.observer.today(life.clock.month_start(month))
            life.open_month(month)
            life.lending.month(life.book, life.ledger, life.panel, life.paths, month)

    def _cycles(self, env: simpy.Environment, block: Block, first: int, last: int) -> Events:
        """A block's months: shocks befall in the morning, bills are stated, borrowers answer in the evening."""
        life, policies = self.life, self.life.rules.policies
        for month in range(first, last):
            day = life.clock.due_day(month, block.due_day)
            yield self._until(env, day, Hour.WORLD)
            cycle = self._cycle(block, month, day)
            self._befall(block, cycle)
            if policies.turning("act"):
                yield self._until(env, day, Hour.POLICIES)
                policies.act(life.products, block, cycle, life.ledger)
            yield self._until(env, day, Hour.BILLS)
            opacity = life.rules.opacity
            before = {} if opacity is None else costs(block)
            plans = self._plans(block, cycle)
            bills = {
                name: product.bill(name, block, block.accounts[name], cycle, life.ledger)
                for name, product in life.products.items()
            }
            for name, plan in plans.items():
                plan.intend(block.accounts[name], bills[name], cycle)
            yield self._until(env, day, Hour.PAYMENTS)
            if self.collections is not None:
                self.collections.hand_over(block)
            if opacity is not None:
                life.complain(month, opacity.called(block, cycle))
            if self.observer is not None:
                self.observer.billed(block, cycle, bills)
            reply = answer(life.rules.behaviour, block, bills, cycle, life.ledger, policies.attention, life.desk)
            for name, bill in bills.items():
                accounts = block.accounts[name]
                life.products[name].settle(name, block, accounts, bill, reply.paid[name], cycle, life.ledger)
                if name in plans:
                    plans[name].note(name, block, accounts, reply.paid[name])
            if opacity is not None:
                life.complain(month, opacity.charged(block, cycle, before))
            strain(block, reply.short)
            self._go_bankrupt(block, bankrupt(life.rules.behaviour, block, reply.short, cycle), month)
            if self.observer is not None:
                self.observer.answered(block, cycle, bills, reply)

    def _close_months(self, env: simpy.Environment, first: int, last: int) -> Events:
        """On the last evening: days past due, defaults, charge-offs; the ledger proves itself; the panel remembers."""
        for month in range(first, last):
            yield self._until(env, self.life.clock.month_end(month), Hour.CLOSE)
            if self.observer is not None:
                self.observer.today(self.life.clock.month_end(month))
            close_month(self.life, month)
            if self.progress is not None:
                self.progress(month)

    def _cycle(self, block: Block, month: int, day: int) -> Cycle:
        life = self.life
        assert life.weather is not None
        days = day - life.clock.due_day(month - 1, block.due_day)
        first, last = life.clock.date(day - days + 1), life.clock.date(day)
        strength = {
            name: shock.mean_strength(first, last) if shock.starts is None or not life.baseline else 0.0
            for name, shock in life.rules.shocks.items()
        }
        change = np.zeros(block.size, np.int64)
        return Cycle(month, day, days, life.weather, life.draws, life.book.labels, strength, change, first, last)

    def _plans(self, block: Block, cycle: Cycle) -> dict[str, Plan]:
        """Where each card is heading this month, where habits are followed."""
        life, habits = self.life, self.life.rules.habits
        if habits is None:
            return {}
        return {
            name: habits.plan(name, product, block, block.accounts[name], cycle, life.ledger)
            for name, product in life.products.items()
            if isinstance(product, Card)
        }

    def _befall(self, block: Block, cycle: Cycle) -> None:
        """Jobs are lost and found, shocks strike, the cycle's pay is counted, and policies bring what they bring."""
        life, observer = self.life, self.observer
        weather, labour = cycle.weather, life.labour
        if weather.prices != 1.0 or weather.wages != 1.0:
            dearer = block.income * (weather.wages - 1.0) - block.essential * (weather.prices - 1.0)
            cycle.change += np.rint(dearer).astype(np.int64)
        if weather.debts != 1.0:
            cycle.change -= np.rint(block.outside * (weather.debts - 1.0)).astype(np.int64)
        if observer is not None:
            observer.befell("prices", block, cycle)
        out = chosen().having(block.spells, UNEMPLOYED)
        risks = (shock.jobs_at_risk(cycle.strength[name]) for name, shock in life.rules.shocks.items())
        lose_jobs(block, cycle, labour, [risk for risk in risks if risk is not None])
        found, days_out = find_jobs(block, out, cycle, labour)
        for name, shock in life.rules.shocks.items():
            shock.go_on(name, block, cycle)
            shock.strike(name, block, cycle)
            if observer is not None:
                observer.befell(name, block, cycle)
        pay_lost(block, cycle, labour, found, days_out)
        if life.rules.bureau is not None:
            life.rules.bureau.dearer(block, cycle)
        if observer is not None:
            observer.befell("pay", block, cycle)
        opacity = life.rules.opacity
        if opacity is not None:
            rows = opacity.surprised(block, cycle)
            complaints = opacity.complaints("surprised", opacity.complains_surprised, block, rows, cycle)
            life.complain(cycle.month, complaints)
        if weather.restraint > 0.0:
            hold_back(block, weather.restraint)
        if observer is not None:
            observer.befell("habits", block, cycle)
        windfall = life.rules.policies.cash(block, cycle)
        if windfall is not None:
            put_by(life.rules.behaviour, block, windfall)
        if observer is not None:
            observer.befell("policies", block, cycle)

    def _go_bankrupt(self, block: Block, rows: Rows, month: int) -> None:
        for name in self.life.panel.products:
            own = rows[block.accounts[name].balance[rows] > 0]
            if own.size:
                self.life.count(name, "bankruptcies", block, own, month)
                write_off(self.life, name, block, own, month, bankrupt=True)
