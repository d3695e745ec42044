"""The collections desk day by day in plain Python: the list, the sheets in their queue, and what each call brings."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.clock import Hour
from tests.twin.debts import OPEN, Account
from tests.twin.person import Borrower, House

REMINDER, CALL, PROMISE, FIELD = 1, 2, 4, 8  # what has been tried
COUNTS = ("calls", "reached", "promises", "promises_kept", "harsh_calls", "reminders", "field_visits")
SPOKEN_TO, WILL_KEEP, HARSHLY = 1, 2, 3


@dataclass
class Case:
    """An account on the day's list."""

    person: Borrower
    account: Account
    late: int
    place: int  # of the account among the person's
    since: int = 0  # day of the run on which it came on the list
    called: bool = False

    @property
    def order(self) -> tuple[int, int, int, int]:
        """The worst first."""
        return -self.late, -self.account.overdue, self.person.id, self.place


@dataclass
class Call:
    """A call at the time its sheet is done."""

    time: float
    case: Case
    hit: bool


class Today:
    """One working day, planned in the morning; calls are told to the accounts when they have been made."""

    def __init__(self, people: Iterable[Borrower], month: int, day: int, house: House) -> None:
        self.house, self.month, self.day = house, month, day
        self.desk: Any = house.desk
        self.number = day - house.clock.month_start(-house.clock.warm_up) + 1
        self.calls: list[Call] = []
        self.list = self.on_the_list(people)
        self.serve()

    def on_the_list(self, people: Iterable[Borrower]) -> list[Case]:
        """Reminders go out, some are visited, and the others who are late enough and rested are to be called."""
        desk, tally = self.desk, self.house.tally
        free = []
        for person in people:
            for place, account in enumerate(person.accounts):
                if account.status != OPEN or not account.unpaid:
                    continue
                due = self.house.clock.due_day(account.unpaid[0][0], person.due_day)
                case = Case(person, account, self.day - due, place)
                if desk.reminder and case.late >= desk.reminder and not account.tried & REMINDER:
                    account.tried |= REMINDER
                    tally["", "reminders"] += 1
                if not account.contact and not account.on_holiday(self.month):
                    free.append(case)
        free.sort(key=lambda case: case.order)
        left = desk.field_visits
        listed = []
        for case in free:
            far = desk.field_from is not None and case.late >= desk.field_from
            if far and left and not case.account.tried & FIELD:
                left -= 1
                self.visit(case)
            elif case.late >= desk.first_call and self.rested(case.account):
                case.since = case.account.listed = case.account.listed or self.number
                listed.append(case)
        return listed

    def rested(self, account: Account) -> bool:
        """Not called of late."""
        return not account.called or self.number - account.called >= self.desk.pause

    def visit(self, case: Case) -> None:
        """Somebody goes there."""
        works = case.person.luck("desk.visit", self.day) < self.desk.field_effect
        case.account.contact = WILL_KEEP if works else SPOKEN_TO
        case.account.tried |= FIELD
        self.house.tally["", "field_visits"] += 1

    def serve(self) -> None:
        """The worst, as far as seats could reach, in sheets, each for the seat that is free first."""
        desk, clock = self.desk, self.house.clock
        capacity = desk.seats * (desk.closes - desk.opens) * 60.0 / desk.minutes_per_call
        most = capacity
        if desk.memoryless:
            sheets = capacity / max(desk.seats, 1) / desk.calls_per_sheet
            most = capacity + desk.seats * desk.calls_per_sheet * (2.0 * math.sqrt(sheets) + 2.0)
        chosen = self.list[: int(most)]
        now = float(clock.at(self.day, Hour.LISTS)) + (desk.opens + 1.0 / 128.0 - Hour.LISTS)
        closes = now + (desk.closes - desk.opens)
        if not chosen or not desk.seats:
            return
        times = min(max(math.floor(capacity / len(chosen)), 1), desk.most_calls_day)
        each = math.ceil(len(chosen) / desk.seats)
        size = math.ceil(each / math.ceil(each / desk.calls_per_sheet))
        seats = [now] * desk.seats
        for first in range(0, len(chosen), size):
            start = heapq.heappop(seats)
            heapq.heappush(seats, self.one_sheet(chosen[first : first + size], times, start, closes))

    def one_sheet(self, cases: list[Case], times: int, start: float, closes: float) -> float:
        """Everybody is called once, then once more who was not reached; returns when it is done."""
        desk = self.desk
        calls: list[tuple[Case, bool]] = []
        left = cases
        for number in range(times):
            made = [(case, case.person.luck(f"desk.contact.{number}", self.day) < desk.contact_rate) for case in left]
            left = [case for case, hit in made if not hit]
            calls += made
        hours = len(calls) * desk.minutes_per_call / 60.0
        if desk.memoryless:
            hours *= -float(np.log(cases[0].person.luck("desk.handling", self.day)))
        rest = max(closes - start, 0.0)
        if hours > rest:
            calls, hours = calls[: int(len(calls) * rest / hours)], rest
        for case, hit in calls:
            case.called = True
            self.calls.append(Call(start + hours, case, hit))
        return start + hours

    def tell(self, person: Borrower | None = None) -> None:
        """What has come of the calls up to the hour of payments, to one person; in the evening the rest, to all."""
        until = self.house.clock.at(self.day, Hour.PAYMENTS)
        due = [call for call in self.calls if person is None or (call.case.person is person and call.time < until)]
        for call in due:
            self.calls.remove(call)
            self.outcome(call)

    def outcome(self, call: Call) -> None:
        """One call; it is for nothing if the account has caught up since the morning."""
        desk, tally, account, luck = self.desk, self.house.tally, call.case.account, call.case.person.luck
        contact, tried = 0, CALL
        tally["", "calls"] += 1
        if call.hit:
            tally["", "reached"] += 1
            harsh = luck("desk.harsh", self.day) < desk.pressure
            promised = not harsh and luck("desk.promise", self.day) < desk.promise
            kept = promised and luck("desk.kept", self.day) < desk.kept
            contact = HARSHLY if harsh else WILL_KEEP if kept else SPOKEN_TO
            tried |= PROMISE if promised else 0
            for what, happened in (("harsh_calls", harsh), ("promises", promised), ("promises_kept", kept)):
                tally["", what] += happened
        if account.behind:
            account.contact = max(account.contact, contact)
            account.tried |= tried
            account.called = self.number
            account.listed = 0

    def evening(self) -> None:
        """The rest of the day's calls; who was not called waits."""
        tally = self.house.tally
        self.tell()
        tally["", "desk_days"] += 1
        tally["", "waiting"] += sum(not case.called for case in self.list)
        tally["", "waits_over"] += sum(case.called for case in self.list)
        tally["", "days_waited"] += sum(self.number - case.since for case in self.list if case.called)


def figures(house: House) -> dict[str, float]:
    """What the lender's panel should say of the desk in a month."""
    desk: Any = house.desk
    tally = house.tally
    number = {what: tally["", what] for what in COUNTS}
    seats = desk.cost_seat * desk.seats
    moved = desk.cost_reminder * number["reminders"] + desk.cost_call * number["calls"]
    return {
        **number,
        "collection_cost": round(100.0 * (seats + (moved + desk.cost_visit * number["field_visits"]))),
        "waiting_accounts": tally["", "waiting"] / tally["", "desk_days"],
        "mean_wait_days": tally["", "days_waited"] / max(tally["", "waits_over"], 1),
    }


def deals(account: Account, chance: float, desk: Any) -> float:
    """The chance to deal with the debt, from the usual one and what the desk did since the last due day."""
    if account.contact == 0:
        return chance * desk.alone
    if account.contact == HARSHLY:
        return max(1.0 - (1.0 - chance) * (1.0 + desk.backfire), 0.0)
    return 1.0 if account.contact == WILL_KEEP else chance


def heard(borrower: Borrower, day: int, desk: Any) -> bool:
    """Whether the desk has spoken to a person, or a reminder is taken notice of."""
    reminded = any(account.behind and account.tried & REMINDER for account in borrower.accounts)
    spoken = any(account.behind and account.contact for account in borrower.accounts)
    return spoken or (reminded and borrower.luck("desk.notice", day) < desk.notice)
