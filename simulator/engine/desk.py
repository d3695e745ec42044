"""The collections desk at work: a list in the morning, call sheets that wait for a seat, results handed over.

On the list stands every account late enough that was not spoken to since its last due day and not called of late,
worst first. Sheets of it are served in that order; what is not called by closing time waits for the next day's list.
What came of the calls reaches the accounts before their holders answer a bill, and when the desk closes.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import simpy

from simulator.arrears import TRIED_CALL, TRIED_FIELD, TRIED_PROMISE
from simulator.block import Block
from simulator.clock import Hour
from simulator.desk import HARSHLY, SPOKEN_TO, WILL_KEEP, Desk
from simulator.draws import Draws, Floats, Rows
from simulator.engine.call_list import CallList, Flags, Numbers, Table, worst
from simulator.engine.life import Life

Events = Generator[simpy.Event, Any, None]
LATE_CLOCK = 1.0 / 128.0  # hours: the desk's clock runs half a minute late, so nothing of it falls on a named hour
SUMS = ("calls", "reached", "promises", "promises_kept", "harsh_calls", "reminders", "field_visits", "collection_cost")


def serve(
    env: simpy.Environment, seats: simpy.Resource, begin: Callable[[float], float], done: Callable[[], None]
) -> Events:
    """A sheet waits for a seat, first come first served, and holds it for as long as `begin` says on sitting down."""
    with seats.request() as turn:
        yield turn
        yield env.timeout(begin(float(env.now)))
        done()


@dataclass
class Month:
    """What the desk did in a month so far."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SUMS, 0))
    days: int = 0
    waiting: int = 0  # accounts left waiting, summed over the evenings
    ended: int = 0  # waits that ended with a call
    waited: int = 0  # days of these waits
    busy: float = 0.0  # hours of all seats
    open: float = 0.0

    def figures(self) -> dict[str, float]:
        """As the panel keeps them; the cost in cents."""
        return {
            **{name: float(number) for name, number in self.counts.items()},
            "waiting_accounts": self.waiting / max(self.days, 1),
            "mean_wait_days": self.waited / max(self.ended, 1),
            "seats_used": self.busy / self.open if self.open else 0.0,
        }


class Day:
    """One day of the desk: the list as it was made in the morning, and what its calls have brought so far."""

    def __init__(self, desk: Desk, tables: list[Table], draws: Draws, day: int, number: int) -> None:
        self.desk, self.tables, self.draws = desk, tables, draws
        self.day, self.number = day, number  # of the span, and of the run from 1
        self.counts = dict.fromkeys(SUMS, 0)
        self.busy = 0.0
        self.list = CallList()
        self.waiting = 0

    def open(self, month: int) -> None:
        """The morning: reminders, visits, the list, and as much of it as seats could possibly reach."""
        desk, tables = self.desk, self.tables
        if desk.reminder:
            self.counts["reminders"] = sum(table.remind(desk.reminder) for table in tables)
        if desk.field_from is not None:
            self._visit([table.to_visit(desk.field_from, month) for table in tables])
        places = [table.to_call(desk, month, self.number) for table in tables]
        self.waiting = sum(part.size for part in places)
        self.list = worst(tables, places, desk.most_accounts())

    def _visit(self, places: list[Rows]) -> None:
        """The worst of those far behind are visited, or a court is asked, once; nobody calls them this month."""
        chosen = worst(self.tables, places, self.desk.field_visits)
        luck = self.draws.uniform("desk.visit", self.day, chosen.mixed)
        contact = np.where(luck < self.desk.field_effect, WILL_KEEP, SPOKEN_TO)
        for number, of in chosen.by_table(np.arange(len(chosen))):
            arrears = self.tables[number].accounts.arrears
            arrears.tried[chosen.place[of]] |= TRIED_FIELD
            arrears.contact[chosen.place[of]] = contact[of]
        self.counts["field_visits"] = len(chosen)

    def sheets(self) -> list[Sheet]:
        """The list cut into sheets, evenly over the seats.

        Who is not reached is called again from the same sheet, as often as the day allows for the whole list.
        """
        desk, size = self.desk, len(self.list)
        self.reached, self.called = np.zeros(size, np.bool_), np.zeros(size, np.bool_)
        self.told = np.zeros(size, np.bool_)  # what came of it is handed over
        if not size:
            return []
        calls = np.full(size, desk.calls_each(size))
        hit = np.zeros(size, np.bool_)
        for number in reversed(range(int(calls[0]))):
            now = self._luck(f"desk.contact.{number}") < desk.contact_rate
            calls[now] = number + 1
            hit |= now
        firsts = np.arange(0, size, desk.sheet_of(size))
        pace = self._luck("desk.handling", firsts) if desk.memoryless else np.full(firsts.size, 0.5)
        cuts = [*firsts.tolist(), size]
        sums = np.add.reduceat(calls, firsts).tolist()
        parts = zip(cuts, cuts[1:], sums, pace.tolist(), strict=False)
        return [Sheet(self, slice(first, end), calls, hit, number, luck) for first, end, number, luck in parts]

    def hand_over(self, block: Block | None = None) -> None:
        """What calls have brought since the last time reaches the accounts (of one block), as far as still behind."""
        which = np.flatnonzero(self.called & ~self.told)
        if not which.size:
            return
        if block is not None:
            own = [number for number, table in enumerate(self.tables) if table.block is block]
            which = which[np.isin(self.list.table[which], own)]
        contact, tried = self._outcomes(which)
        self.told[which] = True
        for number, of in self.list.by_table(which):
            table = self.tables[number]
            at, there = table.still_there(self.list.place[of])
            arrears, still = table.accounts.arrears, of[there]
            arrears.tried[at] |= tried[still]
            arrears.contact[at] = np.maximum(arrears.contact[at], contact[still])
            arrears.called[at] = self.number
            arrears.listed[at] = 0

    def _outcomes(self, which: Rows) -> tuple[Numbers, Numbers]:
        """What came of these calls: contact and what was tried, of all on the list."""
        desk = self.desk
        contact, tried = np.zeros(len(self.list), np.int64), np.full(len(self.list), TRIED_CALL)
        hit = which[self.reached[which]]
        harsh = self._luck("desk.harsh", hit) < desk.pressure
        promised = ~harsh & (self._luck("desk.promise", hit) < desk.promise)
        kept = promised & (self._luck("desk.kept", hit) < desk.kept)
        contact[hit] = np.where(harsh, HARSHLY, np.where(kept, WILL_KEEP, SPOKEN_TO))
        tried[hit[promised]] |= TRIED_PROMISE
        for name, flags in (("harsh_calls", harsh), ("promises", promised), ("promises_kept", kept)):
            self.counts[name] += int(np.count_nonzero(flags))
        return contact, tried

    def close(self, month: Month) -> None:
        """The evening: everything is handed over; who was on the list and not called is counted as waiting."""
        self.hand_over()
        for name, number in self.counts.items():
            month.counts[name] += number
        self.waiting -= int(np.count_nonzero(self.called))
        month.days += 1
        month.waiting += self.waiting
        month.ended += int(np.count_nonzero(self.called))
        month.waited += int((self.number - self.list.since[self.called]).sum())
        month.busy += self.busy
        month.open += self.desk.seats * (self.desk.closes - self.desk.opens)

    def _luck(self, purpose: str, which: Rows | slice = slice(None)) -> Floats:
        return self.draws.uniform(purpose, self.day, self.list.mixed[which])


class Collections:
    """The desk through the months: open on its working days, at the terms that are in force."""

    def __init__(self, life: Life, blocks: list[Block]) -> None:
        self.life = life
        self.today: Day | None = None
        self.tables = [Table(block, accounts) for block in blocks for accounts in block.accounts.values()]

    def run(self, env: simpy.Environment, first: int, last: int) -> Events:
        """Each working day a list is made, its sheets queue for the seats, and the evening takes stock."""
        clock, life = self.life.clock, self.life
        for month in range(first, last):
            done = Month()
            for day in range(clock.month_start(month), clock.month_end(month) + 1):
                yield env.timeout(clock.at(day, Hour.LISTS) - env.now)
                assert life.desk is not None
                if clock.date(day).weekday() < life.desk.weekdays:
                    yield from self._day(env, life.desk, month, day, done)
            assert life.desk is not None
            desk, counts = life.desk, done.counts
            counts["collection_cost"] = desk.cost(counts["reminders"], counts["calls"], counts["field_visits"])
            for what, amount in done.figures().items():
                life.panel.note_lender(what, month, amount)
            life.panel.weigh("mean_wait_days", month, done.ended)
            life.panel.weigh("seats_used", month, done.open)

    def hand_over(self, block: Block) -> None:
        """Before a block's holders answer: what today's calls have brought so far."""
        if self.today is not None:
            self.today.hand_over(block)

    def _day(self, env: simpy.Environment, desk: Desk, month: int, day: int, done: Month) -> Events:
        life, clock = self.life, self.life.clock
        number = day - clock.month_start(-clock.warm_up) + 1
        self.today = today = Day(desk, self._tables(month, day), life.draws, day, number)
        today.open(month)
        yield env.timeout(desk.opens + LATE_CLOCK - Hour.LISTS)
        closes = float(env.now) + (desk.closes - desk.opens)
        sheets = today.sheets()
        if sheets:
            seats = simpy.Resource(env, desk.seats)
            served = [serve(env, seats, partial(sheet.begin, closes=closes), sheet.done) for sheet in sheets]
            yield simpy.AllOf(env, [env.process(sheet) for sheet in served])
        today.close(done)
        self.today = None

    def _tables(self, month: int, day: int) -> list[Table]:
        """The accounts in arrears of each block and product, and how late they are this morning."""
        clock, there = self.life.clock, []
        for table in self.tables:
            due_day = table.block.due_day
            if table.accounts.arrears.rows.size:
                table.morning(day, month if day > clock.due_day(month, due_day) else month - 1, clock)
                there.append(table)
        return there


class Sheet:
    """Some accounts of the list, called one after the other from one seat, and once more who was not reached."""

    def __init__(self, day: Day, part: slice, calls: Numbers, hit: Flags, number: int, luck: float) -> None:
        self.day, self.part, self.number, self.luck = day, part, number, luck
        self.calls, self.hit = calls[part], hit[part]

    def begin(self, now: float, closes: float) -> float:
        """How many hours it takes; what cannot be done before closing time is cut off."""
        hours, rest = self.day.desk.handling(self.number, self.luck), max(closes - now, 0.0)
        if hours > rest:
            self._cut_off(int(self.number * rest / hours))
            hours = rest
        self.day.busy += hours
        return hours

    def _cut_off(self, most: int) -> None:
        """Only so many calls are made: everybody's first comes before anybody's second."""
        left, made = most, np.zeros_like(self.calls)
        while left:
            again = np.flatnonzero(self.calls > made)[:left]
            made[again] += 1
            left -= again.size
        self.hit = self.hit & (made == self.calls)
        self.calls, self.number = made, most

    def done(self) -> None:
        """Whom its calls reached."""
        day = self.day
        day.reached[self.part] = self.hit
        day.called[self.part] = self.calls > 0
        day.counts["calls"] += self.number
        day.counts["reached"] += int(np.count_nonzero(self.hit))
