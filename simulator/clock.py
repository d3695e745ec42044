"""The calendar: days since the span begins, month ends, due days, and the named hours of a day.

The list of hours is the order of the day. Each kind of event has its own hour, so nothing depends on who was
scheduled first.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import IntEnum
from functools import cache

DAY = 24
DUE_DAYS = tuple(range(1, 29))


class Hour(IntEnum):
    """The order of the day, in hours after midnight."""

    APPLICATIONS = 5  # new borrowers come in
    WORLD = 6  # shocks befall
    LISTS = 7  # the collections desk lists whom to call; it opens an hour later or more
    POLICIES = 8  # the lender's and the state's policies start and stop
    BILLS = 9  # what is due is stated
    PAYMENTS = 18  # borrowers answer
    CLOSE = 23  # the month is closed


@dataclass(frozen=True)
class Clock:
    """A run's calendar: `start` is the first day of the span, warm-up months lie before it (negative numbers)."""

    start: dt.date
    months: int
    warm_up: int = 0

    @cache  # noqa: B019 - a calendar is small, frozen and lives as long as its run
    def month_start(self, month: int) -> int:
        """The day number on which a month begins; month 0 is the first of the span."""
        return (self.month_date(month) - self.start).days

    def month_date(self, month: int) -> dt.date:
        """The first calendar day of a month."""
        years, index = divmod(self.start.year * 12 + self.start.month - 1 + month, 12)
        return dt.date(years, index + 1, 1)

    def month_end(self, month: int) -> int:
        """The day number of a month's last day."""
        return self.month_start(month + 1) - 1

    def month_end_date(self, month: int) -> dt.date:
        """The calendar date of a month's last day."""
        return self.month_date(month + 1) - dt.timedelta(days=1)

    def due_day(self, month: int, day_of_month: int) -> int:
        """The day number of a month's due day (1 to 28)."""
        return self.month_start(month) + day_of_month - 1

    def at(self, day: int, hour: Hour) -> int:
        """Hours since the run's first midnight (the first day of the warm-up)."""
        return (day - self.month_start(-self.warm_up)) * DAY + int(hour)

    def date(self, day: int) -> dt.date:
        """The calendar date of a day number."""
        return self.start + dt.timedelta(days=day)

    def day(self, date: dt.date) -> int:
        """The day number of a calendar date."""
        return (date - self.start).days

    def days_late_by_missed(self, month: int, day_of_month: int, most: int) -> tuple[int, ...]:
        """Days past due at the end of a month for 0, 1, ... `most` unpaid bills."""
        return tuple(self.days_late(month, day_of_month, missed) for missed in range(most + 1))

    def days_late(self, month: int, day_of_month: int, missed: int) -> int:
        """Days past due at the end of `month` when `missed` bills are unpaid, the last due in that month."""
        if missed <= 0:
            return 0
        return self.month_end(month) - self.due_day(month - missed + 1, day_of_month)
