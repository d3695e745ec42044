"""One billing cycle of one block: the days since the last due date, what the world did, and what is billed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from simulator.draws import Draws
from simulator.money import Cents

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class News:
    """What is known at the start of a month of how the lender's book and the world stand, against the baseline."""

    overdue: float = 1.0  # balances 30 days overdue or more, as a share of all, against the warm-up's
    defaults: float = 1.0  # defaults of the last three months against the warm-up's
    charge_offs: float = 1.0  # charge-offs of the last three months against the warm-up's
    unemployment: float = 0.0  # unemployment less its baseline, share of the labour force
    trust: float = 1.0  # in the lender, 1 as in quiet times


@dataclass(frozen=True)
class Weather:
    """What the world is like in one month, for everybody."""

    separation: Floats  # chance to lose the job, by labour-market group
    finding: Floats  # chance to find one, by months out of work
    layoffs: float  # claims for unemployment insurance, where they are given, or separations against the baseline's
    slack: float  # unemployment against the baseline's
    prices: float  # index, 1 in the baseline
    wages: float
    policy_rate: float  # change from the baseline, share a year
    news: News = field(default_factory=News)
    debts: float = 1.0  # what is paid on debts elsewhere against what was usual when they were drawn
    restraint: float = 0.0  # share of usual spending that is held back


@dataclass
class Cycle:
    """The days from the last due date to this one; `change` gathers what this cycle did to a household's cash."""

    month: int
    day: int  # the due day
    days: int  # days since the last due day
    weather: Weather
    draws: Draws
    labels: dict[str, tuple[str, ...]]
    strength: dict[str, float]  # of each shock by name, over the days of the cycle; 0 when it is not there
    change: Cents = field(default_factory=lambda: np.empty(0, np.int64))  # income and bills against the usual, cents
    first_date: dt.date = dt.date.min  # the first day after the last due day
    last_date: dt.date = dt.date.max  # the due day

    @property
    def previous_day(self) -> int:
        """The last due day."""
        return self.day - self.days


@dataclass
class Bill:
    """What one product asks of a block on the due day; dense arrays of cents, one per row."""

    due: Cents  # what must be paid to owe nothing overdue: arrears, penalty, fees and this bill
    wanted: Cents  # what the holder means to pay; at least `due`, unless paying less is a habit
    current: Cents  # this bill alone: instalment or minimum payment
    interest: Cents  # loan: interest of the cycle, part of `current`; card: nought until the statement
    purchases: Cents | None = None  # card: spending of the cycle, on the next statement
    line: Cents | None = None  # card: credit still open after the purchases
    habitual: bool = False  # `wanted` follows habits by status, forgotten due dates among them
