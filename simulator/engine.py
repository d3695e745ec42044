"""The engine keeps time: one SimPy process for each block's billing cycle, one for applications, one for closes.

A `yield` is time passing; every other line is array work. No other file imports simpy.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import simpy

from simulator.behaviour import Behaviour, answer, bankrupt, strain
from simulator.block import CHARGED_OFF, DISABLED, FOR_EVER, OPEN, UNEMPLOYED, Block
from simulator.book import Book
from simulator.clock import Clock, Hour
from simulator.cycle import Cycle, Weather
from simulator.draws import Draws, Rows, rows_where
from simulator.economy import Labour, Paths
from simulator.ledger import Ledger
from simulator.lending import Lending
from simulator.panel import EDGES, STATES, Panel
from simulator.policies import InForce
from simulator.products import Product
from simulator.reserves import Reserve
from simulator.shocks import Shock, find_jobs, lose_jobs, pay_lost

Events = Generator[simpy.Event, Any, None]
Flags = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.intp]


@dataclass
class Rules:
    """What stays the same through a run: the lender's products and rules, the borrowers' behaviour, the shocks."""

    products: dict[str, Product]
    policies: InForce
    behaviour: Behaviour
    reserve: Reserve
    labour: Labour
    shocks: dict[str, Shock]


class Engine:
    """One lender living through one world, from one month to another."""

    def __init__(
        self,
        rules: Rules,
        book: Book,
        ledger: Ledger,
        panel: Panel,
        paths: Paths,
        draws: Draws,
        clock: Clock,
        lending: Lending,
        *,
        baseline: bool,
        reverse_blocks: bool = False,
        progress: Callable[[int], None] | None = None,
    ) -> None:
        self.rules, self.book, self.ledger, self.panel = rules, book, ledger, panel
        self.paths, self.draws, self.clock, self.lending = paths, draws, clock, lending
        self.baseline, self.progress = baseline, progress
        self.blocks = list(reversed(book.blocks)) if reverse_blocks else book.blocks
        self.weather: Weather | None = None
        self.moves: dict[str, list[tuple[Any, ...]]] = {name: [] for name in panel.products}

    def run(self, first: int, last: int) -> None:
        """Live through the months from `first` to `last` (not included); month 0 is the first of the span."""
        env = simpy.Environment(initial_time=self.clock.at(self.clock.month_start(first), Hour.APPLICATIONS))
        env.process(self._open_months(env, first, last))
        for block in self.blocks:
            env.process(self._cycles(env, block, first, last))
        env.process(self._close_months(env, first, last))
        env.run()

    def _until(self, env: simpy.Environment, day: int, hour: Hour) -> simpy.Timeout:
        return env.timeout(self.clock.at(day, hour) - env.now)

    def _open_months(self, env: simpy.Environment, first: int, last: int) -> Events:
        """On the first of each month: the weather turns, policies start and stop, people apply."""
        for month in range(first, last):
            yield self._until(env, self.clock.month_start(month), Hour.APPLICATIONS)
            self.weather = self._weather(month)
            self.rules.policies.set_date(self.clock.month_date(month), baseline=self.baseline)
            self.lending.month(self.book, self.ledger, self.panel, self.paths, month)

    def _cycles(self, env: simpy.Environment, block: Block, first: int, last: int) -> Events:
        """A block's months: shocks befall in the morning, bills are stated, borrowers answer in the evening."""
        for month in range(first, last):
            day = self.clock.due_day(month, block.due_day)
            yield self._until(env, day, Hour.WORLD)
            cycle = self._cycle(block, month, day)
            self._befall(block, cycle)
            yield self._until(env, day, Hour.BILLS)
            bills = {
                name: self._product(name).bill(name, block, block.accounts[name], cycle, self.ledger)
                for name in self.panel.products
            }
            yield self._until(env, day, Hour.PAYMENTS)
            attention = self.rules.policies.attention
            reply = answer(self.rules.behaviour, block, bills, cycle, self.ledger, attention)
            for name, bill in bills.items():
                self._product(name).settle(
                    name, block, block.accounts[name], bill, reply.paid[name], cycle, self.ledger
                )
            strain(block, reply.short)
            self._go_bankrupt(block, bankrupt(self.rules.behaviour, block, reply.short, cycle), month)

    def _close_months(self, env: simpy.Environment, first: int, last: int) -> Events:
        """On the last evening: days past due, defaults, charge-offs; the ledger proves itself; the panel remembers."""
        for month in range(first, last):
            yield self._until(env, self.clock.month_end(month), Hour.CLOSE)
            for block in self.book.blocks:
                self._close_block(block, month)
            for name, moves in self.moves.items():
                self.panel.note_moves(name, month, *(np.concatenate(column) for column in zip(*moves, strict=True)))
                moves.clear()
            self._close_ledger(month)
            if self.progress is not None:
                self.progress(month)

    def _product(self, name: str) -> Product:
        return self.rules.products[name]

    def _weather(self, month: int) -> Weather:
        row = self.paths.row(month)
        jobs = self.paths.jobs
        return Weather(
            jobs.separation[row],
            jobs.finding[row],
            float(jobs.layoffs[row]),
            float(jobs.unemployment[row] / jobs.unemployment[0]),
            float(self.paths.prices[row]),
            float(self.paths.wages[row]),
            float(self.paths.policy_rate[row]),
        )

    def _cycle(self, block: Block, month: int, day: int) -> Cycle:
        assert self.weather is not None
        days = day - self.clock.due_day(month - 1, block.due_day)
        first, last = self.clock.date(day - days + 1), self.clock.date(day)
        strength = {
            name: shock.mean_strength(first, last) if shock.starts is None or not self.baseline else 0.0
            for name, shock in self.rules.shocks.items()
        }
        change = np.zeros(block.size, np.int64)
        return Cycle(month, day, days, self.weather, self.draws, self.book.labels, strength, change)

    def _befall(self, block: Block, cycle: Cycle) -> None:
        """Jobs are lost and found, shocks strike, and the cycle's pay is counted."""
        weather, labour = cycle.weather, self.rules.labour
        if weather.prices != 1.0 or weather.wages != 1.0:
            dearer = block.income * (weather.wages - 1.0) - block.essential * (weather.prices - 1.0)
            cycle.change += np.rint(dearer).astype(np.int64)
        struck = rows_where(block.spells != 0)
        out = struck[(block.spells[struck] & UNEMPLOYED) != 0]
        lose_jobs(block, cycle, labour)
        found, days_out = find_jobs(block, out, cycle, labour)
        for name, shock in self.rules.shocks.items():
            shock.strike(name, block, cycle)
        pay_lost(block, cycle, labour, found, days_out)

    def _go_bankrupt(self, block: Block, rows: Rows, month: int) -> None:
        for name in self.panel.products:
            own = rows[block.accounts[name].balance[rows] > 0]
            if own.size:
                self._count(name, "bankruptcies", block, own, month)
                self._write_off(name, block, own, month)

    def _write_off(self, name: str, block: Block, rows: Rows, month: int) -> None:
        """Charge off: the debt is gone from the book, recoveries are expected, the person is followed for a while."""
        accounts, product, panel = block.accounts[name], self._product(name), self.panel
        fresh = accounts.default[rows] == 0
        opened = accounts.opened[rows]
        bucket = accounts.bucket[rows].astype(np.intp)
        amount = self.ledger.charge_off(name, block, accounts, rows)
        self._count(name, "charge_off_accounts", block, rows, month)
        self._count(name, "defaults", block, rows[fresh], month)
        panel.note_charge_offs(name, month, opened, fresh, amount)
        panel.note_rolls(name, month, bucket, np.full(rows.size, len(STATES) - 1), amount)
        self.ledger.expect(name, block, rows, np.rint(amount * product.recoveries.share).astype(np.int64))
        gone = np.zeros(block.size, np.bool_)
        gone[rows] = True
        accounts.arrears.keep(~gone[accounts.arrears.rows])
        accounts.close(rows)
        accounts.status[rows] = CHARGED_OFF

    def _count(self, name: str, what: str, block: Block, rows: Rows, month: int) -> None:
        if not rows.size:
            return
        cells = self.panel.cells[name][what][self.panel.row(month)]
        if cells.size == 1:
            cells[0] += rows.size
        else:
            cells += np.bincount(block.segment[rows], minlength=cells.size)

    def _close_block(self, block: Block, month: int) -> None:
        whole = np.bincount(block.segment, minlength=self.book.segments) if self.book.segments > 1 else None
        owing = np.zeros(block.size, np.bool_)
        for name, accounts in block.accounts.items():
            self._classify(name, block, month)
            is_open = accounts.status == OPEN
            self.panel.cells[name]["accounts"][self.panel.row(month)] += by_segment(block, is_open, whole)
            owing |= is_open
        there = block.here
        self._count_people(block, owing, there, whole, month)
        self._let_go(block, owing, there, self.clock.month_end(month))

    def _classify(self, name: str, block: Block, month: int) -> None:
        """Days past due from the oldest unpaid bill; default, charge-off, buckets and transitions."""
        accounts, product, panel = block.accounts[name], self._product(name), self.panel
        days = np.array(self.clock.days_late_by_missed(month, block.due_day, product.depth))
        late = accounts.arrears.rows[accounts.missed[accounts.arrears.rows] > 0]
        days_late = days[accounts.missed[late]]
        self._cure(accounts)
        fresh = late[(days_late >= product.default_days) & (accounts.default[late] == 0)]
        accounts.default[fresh] = 1
        self._count(name, "defaults", block, fresh, month)
        panel.note_defaults(name, month, accounts.opened[fresh])
        given_up = days_late >= product.charge_off_days
        if given_up.any():
            self._write_off(name, block, late[given_up], month)
            late, days_late = late[~given_up], days_late[~given_up]
        bucket = np.searchsorted(EDGES, days_late, side="right")
        self._note_buckets(name, block, late, bucket)

    def _cure(self, accounts: Any) -> None:
        """A defaulted account that has caught up is cured after three months of probation."""
        rows = rows_where(accounts.default != 0)
        if rows.size:
            caught_up = accounts.missed[rows] == 0
            stage = np.where(caught_up, accounts.default[rows] + 1, 1)
            accounts.default[rows] = np.where(stage > 4, 0, stage)

    def _note_buckets(self, name: str, block: Block, late: Rows, bucket: npt.NDArray[np.intp]) -> None:
        """Put accounts into their buckets and note where from; those back to current are told apart."""
        accounts = block.accounts[name]
        before = rows_where(accounts.bucket != 0)
        origin = accounts.bucket[late]
        accounts.bucket[late] = 0
        cured = before[accounts.bucket[before] != 0]
        moved = np.concatenate([late, cured])
        origins = np.concatenate([origin, accounts.bucket[cured]])
        now = np.concatenate([bucket, np.zeros(cured.size, np.intp)])
        accounts.bucket[cured] = 0
        accounts.bucket[late] = bucket
        self.moves[name].append((block.segment[moved], origins, now, accounts.balance[moved]))

    def _count_people(self, block: Block, owing: Flags, there: Flags, whole: Counts | None, month: int) -> None:
        panel, size = self.panel, self.book.segments
        row = panel.row(month)
        struck = rows_where(block.spells != 0)
        bits = block.spells[struck]
        out, unfit = struck[(bits & UNEMPLOYED) != 0], struck[(bits & DISABLED) != 0]
        panel.spells[row] += np.bincount(block.months_out[out], minlength=101)
        panel.people["borrowers"][row] += by_segment(block, owing, whole)
        panel.people["labour_force"][row] += by_segment(block, there, whole)
        if size == 1:
            panel.people["unemployed"][row] += out.size
            panel.people["labour_force"][row] -= unfit.size
        else:
            panel.people["unemployed"][row] += np.bincount(block.segment[out], minlength=size)
            panel.people["labour_force"][row] -= np.bincount(block.segment[unfit], minlength=size)

    def _let_go(self, block: Block, owing: Flags, there: Flags, day: int) -> None:
        """Who owes nothing leaves; who was charged off is followed a while, since the job market has not let go."""
        if self.lending.idle_days:
            back = rows_where(owing & (block.leaves != FOR_EVER))
            block.leaves[back] = FOR_EVER
        idle = rows_where(there > owing)
        if not idle.size:
            return
        empty = block.size - int(np.count_nonzero(there))
        gone = self._due_to_leave(block, idle, day) if self.lending.idle_days or self.book.follow_months else idle
        block.leave(gone)
        if not self.lending.open_book and (empty + gone.size) * 5 > block.size:
            block.compact()

    def _due_to_leave(self, block: Block, idle: Rows, day: int) -> Rows:
        """Those of the idle whose time is up; who is idle since this month is given a day."""
        leaves = block.leaves[idle]
        fresh = leaves == FOR_EVER
        if fresh.any():
            marked = idle[fresh]
            stay = np.full(marked.size, self.lending.idle_days)
            for accounts in block.accounts.values():
                stay[accounts.status[marked] == CHARGED_OFF] = int(self.book.follow_months * 30.4375)
            leaves[fresh] = day + stay
            block.leaves[marked] = day + stay
        return np.asarray(idle[leaves <= day])

    def _close_ledger(self, month: int) -> None:
        panel, row = self.panel, self.panel.row(month)
        when = self.clock.month_date(month).strftime("%B %Y")
        panel.economy[row] = self.paths.jobs.unemployment[row]
        for name in self.panel.products:
            balance = sum(int(block.accounts[name].balance.sum()) for block in self.book.blocks)
            month_tally, closing = self.ledger.close(name, balance, when)
            cells = panel.cells[name]
            for what, amount in month_tally.flows.items():
                cells[what][row] = amount
            cells["balance"][row] = closing
            curve = self._product(name).recoveries.curve()
            cells["recoveries"][row] = self.ledger.spread_recoveries(name, row, curve)
            late = sum(cells[f"balance_{label}"][row] for label in ("1_29", "30_59", "60_89", "90_plus"))
            cells["balance_current"][row] = cells["balance"][row] - late
            counted = sum(cells[f"accounts_{label}"][row] for label in ("1_29", "30_59", "60_89", "90_plus"))
            cells["accounts_current"][row] = cells["accounts"][row] - counted
            buckets = np.stack(
                [cells[f"balance_{label}"][row] for label in ("current", "1_29", "30_59", "60_89", "90_plus")]
            )
            cells["allowance"][row] = self.rules.reserve.allowance(buckets)


def by_segment(block: Block, mask: Flags, whole: Counts | None) -> Counts | int:
    """How many rows of a mask fall in each segment; `whole` are the counts of all rows, None with one segment.

    Most rows are in the mask as a rule, so the few that are not are taken off the whole.
    """
    if whole is None:
        return int(np.count_nonzero(mask))
    others = rows_where(~mask)
    if others.size * 2 > block.size:
        return np.bincount(block.segment[mask], minlength=whole.size)
    return whole - np.bincount(block.segment[others], minlength=whole.size)
