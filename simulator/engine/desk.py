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
import numpy.typing as npt
import simpy

from simulator.arrears import TRIED_CALL, TRIED_FIELD, TRIED_PROMISE, TRIED_REMINDER
from simulator.block import Accounts, Block
from simulator.clock import Hour
from simulator.desk import HARSHLY, SPOKEN_TO, WILL_KEEP, Desk
from simulator.draws import Draws, Floats, Rows
from simulator.engine.life import Life

Events = Generator[simpy.Event, Any, None]
Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]
LATE_CLOCK = 1.0 / 128.0  # hours: the desk's clock runs half a minute late, so nothing of it falls on a named hour
TABLE, PLACE, ROW, ID, LATE, OVERDUE, TRIED, LISTED, CALLED = range(9)  # rows of the list
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


@dataclass
class Table:
    """The accounts in arrears of one product in one block; `days_late` by unpaid bills."""

    block: Block
    accounts: Accounts
    days_late: Numbers

    def due(self, desk: Desk, month: int, place: int) -> Numbers | None:
        """Those who were not spoken to since their last due day, and are late enough; columns of the list."""
        arrears = self.accounts.arrears
        rows = arrears.rows
        late = self.days_late[self.accounts.missed[rows]]
        first = desk.first_call if desk.field_from is None else min(desk.first_call, desk.field_from)
        free = (late >= first) & (arrears.contact == 0)
        if self.accounts.relievable:
            accounts = self.accounts
            helped = (accounts.relief[rows] != 0) & (accounts.relief_until[rows] > month)
            free &= ~(helped & (accounts.relief_due[rows] == 0))
        there = np.flatnonzero(free)
        if not there.size:
            return None
        found = np.empty((9, there.size), np.int64)
        found[TABLE], found[PLACE], found[ROW], found[LATE] = place, there, rows[there], late[there]
        found[ID] = self.block.id[found[ROW]]
        for number, column in ((OVERDUE, arrears.overdue), (TRIED, arrears.tried)):
            found[number] = column[there]
        found[LISTED], found[CALLED] = arrears.listed[there], arrears.called[there]
        return found

    def remind(self, reminder: int) -> int:
        """Reminders to those late enough who have had none; returns how many."""
        arrears = self.accounts.arrears
        late = self.days_late[self.accounts.missed[arrears.rows]]
        fresh = (late >= reminder) & ((arrears.tried & TRIED_REMINDER) == 0)
        arrears.tried[fresh] |= TRIED_REMINDER
        return int(np.count_nonzero(fresh))

    def still_there(self, rows: Rows) -> tuple[Rows, Flags]:
        """Where these rows stand in the table of arrears now, and which of them are still in it."""
        place = np.full(self.block.size, -1, np.intp)
        place[self.accounts.arrears.rows] = np.arange(self.accounts.arrears.rows.size)
        at = place[rows]
        return at[at >= 0], at >= 0


class Day:
    """One day of the desk: the list as it was made in the morning, and what its calls have brought so far."""

    def __init__(self, desk: Desk, tables: list[Table], draws: Draws, day: int, number: int) -> None:
        self.desk, self.tables, self.draws = desk, tables, draws
        self.day, self.number = day, number  # of the span, and of the run from 1
        self.counts = dict.fromkeys(SUMS, 0)
        self.busy = 0.0
        self.list = np.empty((9, 0), np.int64)
        self.waiting = self.ended = self.waited = 0

    def open(self, month: int) -> None:
        """The morning: reminders, visits, the list, and as many entries of it as seats could possibly reach."""
        parts = []
        for place, table in enumerate(self.tables):
            if not table.accounts.arrears.rows.size:
                continue
            if self.desk.reminder:
                self.counts["reminders"] += table.remind(self.desk.reminder)
            found = table.due(self.desk, month, place)
            if found is not None:
                parts.append(found)
        found = np.concatenate(parts, axis=1) if parts else self.list
        found = self._visit(found)
        rested = (found[CALLED] == 0) | (self.number - found[CALLED] >= self.desk.pause)
        found = found[:, rested & (found[LATE] >= self.desk.first_call)]
        self._put_on_the_list(found)
        self.waiting = found.shape[1]
        most = self.desk.most_sheets() * self.desk.calls_per_sheet
        self.list = found[:, worst(found, most)]

    def _visit(self, found: Numbers) -> Numbers:
        """The worst of those far behind are visited, or a court is asked, once; the rest may be called."""
        desk = self.desk
        if desk.field_from is None or not found.shape[1]:
            return found
        never = np.flatnonzero((found[LATE] >= desk.field_from) & ((found[TRIED] & TRIED_FIELD) == 0))
        chosen = never[worst(found[:, never], desk.field_visits)]
        if not chosen.size:
            return found
        luck = self._luck("desk.visit", found[:, chosen])
        contact = np.where(luck < desk.field_effect, WILL_KEEP, SPOKEN_TO)
        for table, of in self._by_table(found[:, chosen]):
            arrears, places = table.accounts.arrears, found[PLACE, chosen[of]]
            arrears.tried[places] |= TRIED_FIELD
            arrears.contact[places] = contact[of]
        self.counts["field_visits"] += chosen.size
        return np.delete(found, chosen, axis=1)

    def _put_on_the_list(self, found: Numbers) -> None:
        """Who is on the list for the first time since the last call waits from today."""
        fresh = found[:, found[LISTED] == 0]
        found[LISTED, found[LISTED] == 0] = self.number
        for table, of in self._by_table(fresh):
            table.accounts.arrears.listed[fresh[PLACE, of]] = self.number

    def sheets(self) -> list[Sheet]:
        """The list cut into sheets, a short one evenly over the seats.

        Who is not reached is called again from the same sheet, as often as the day allows for the whole list.
        """
        desk, size = self.desk, self.list.shape[1]
        self.reached, self.called = np.zeros(size, np.bool_), np.zeros(size, np.bool_)
        self.told = np.zeros(size, np.bool_)  # what came of it is handed over
        if not size:
            return []
        calls = np.full(size, desk.calls_each(size))
        hit = np.zeros(size, np.bool_)
        for number in reversed(range(int(calls[0]))):
            now = self._luck(f"desk.contact.{number}", self.list) < desk.contact_rate
            calls[now] = number + 1
            hit |= now
        firsts = np.arange(0, size, min(desk.calls_per_sheet, -(-size // desk.seats)))
        pace = self._luck("desk.handling", self.list[:, firsts]) if desk.memoryless else np.full(firsts.size, 0.5)
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
            own = [place for place, table in enumerate(self.tables) if table.block is block]
            which = which[np.isin(self.list[TABLE, which], own)]
        listed = self.list[:, which]
        contact, tried = self._outcomes(listed, self.reached[which])
        self.told[which] = True
        for table, of in self._by_table(listed):
            at, there = table.still_there(listed[ROW, of])
            arrears = table.accounts.arrears
            arrears.tried[at] |= tried[of[there]]
            arrears.contact[at] = np.maximum(arrears.contact[at], contact[of[there]])
            arrears.called[at] = self.number
            arrears.listed[at] = 0

    def _outcomes(self, listed: Numbers, reached: Flags) -> tuple[Numbers, Numbers]:
        """What came of the calls: contact and what was tried, of those reached by one."""
        desk = self.desk
        contact, tried = np.zeros(reached.size, np.int64), np.full(reached.size, TRIED_CALL)
        hit = np.flatnonzero(reached)
        if not hit.size:
            return contact, tried
        spoken = listed[:, hit]
        harsh = self._luck("desk.harsh", spoken) < desk.pressure
        promised = ~harsh & (self._luck("desk.promise", spoken) < desk.promise)
        kept = promised & (self._luck("desk.kept", spoken) < desk.kept)
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
        month.waited += int((self.number - self.list[LISTED, self.called]).sum())
        month.busy += self.busy
        month.open += self.desk.seats * (self.desk.closes - self.desk.opens)

    def _luck(self, purpose: str, listed: Numbers) -> Floats:
        mixed = np.empty(listed.shape[1], np.uint64)
        for table, of in self._by_table(listed):
            mixed[of] = table.block.mixed[listed[ROW, of]]
        return self.draws.uniform(purpose, self.day, mixed)

    def _by_table(self, listed: Numbers) -> list[tuple[Table, Rows]]:
        """Each table with the places of its accounts in a list."""
        if not listed.shape[1]:
            return []
        order = np.argsort(listed[TABLE], kind="stable")
        numbers, starts = np.unique(listed[TABLE, order], return_index=True)
        parts = np.split(order, starts[1:])
        return [(self.tables[number], part) for number, part in zip(numbers.tolist(), parts, strict=True)]


class Collections:
    """The desk through the months: open on its working days, at the terms that are in force."""

    def __init__(self, life: Life, blocks: list[Block]) -> None:
        self.life, self.blocks = life, blocks
        self.today: Day | None = None

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
        """The accounts in arrears of each block and product, and how late they are this morning by unpaid bills."""
        clock, tables = self.life.clock, []
        for block in self.blocks:
            last = month if day > clock.due_day(month, block.due_day) else month - 1
            for accounts in block.accounts.values():
                bills = range(1, accounts.arrears.depth + 1)
                since = [day - clock.due_day(last - missed + 1, block.due_day) for missed in bills]
                tables.append(Table(block, accounts, np.array([0, *since])))
        return tables


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


def worst(found: Numbers, most: int) -> Rows:
    """Places of the worst accounts in a list: by days late, then by what is overdue, then by the borrower's number."""
    if most <= 0:
        return np.empty(0, np.intp)
    key = (found[LATE] << 44) + np.minimum(found[OVERDUE], (1 << 44) - 1)
    places = np.arange(key.size)
    if key.size > most:
        places = np.flatnonzero(key >= np.partition(key, key.size - most)[key.size - most])
    order = np.lexsort((found[TABLE, places], found[ID, places], -key[places]))
    return np.asarray(places[order[:most]])
