"""Who lives: the borrower with the household behind, and what is the same for all borrowers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from simulator.clock import Clock
from simulator.desk import Desk
from simulator.engine import Rules
from tests.twin.debts import Account, Tally
from tests.twin.luck import Luck

MONTH = 30.4375  # days


@dataclass
class Borrower:
    """A person and the household behind; money in cents, days counted from the start of the span."""

    id: int
    luck: Luck
    due_day: int
    income: int
    essential: int
    savings: int
    target: int
    earner_share: float
    forgets: int  # in 2^-16
    score: int
    quintile: int
    age: int
    group: int  # of the labour market
    accounts: list[Account]  # in the order in which they are paid
    lost: int = 0  # points of score lost and not yet healed
    prone: float = 0.0  # how much more often than others blows strike
    outside: int = 0  # paid each month on debts elsewhere
    literacy: int = 0  # in 255ths
    unwilling: bool = False
    misread: bool = False  # has not understood what the loan costs
    own: dict[str, float] = field(default_factory=dict)  # what a single shock remembers of the person, by NAME.what
    struck: set[str] = field(default_factory=set)  # names of the causes that have struck
    unemployed: bool = False
    covered: bool = False
    ill: bool = False
    pay_cut: bool = False
    lower_pay: bool = False
    disabled: bool = False
    months_out: int = 0
    out_since: int = 0
    until_ill: int = 0
    until_cut: int = 0
    until_lower: int = 0
    ill_loss: float = 0.0
    cut: float = 0.0
    lower: float = 0.0
    leaves: int | None = None
    lost_job: int = -32768  # month in which the job was last lost; this one: never

    @property
    def spells(self) -> tuple[bool, ...]:
        """What the person is living through, in the order of the engine's bits."""
        return (self.unemployed, self.covered, self.ill, self.pay_cut, self.lower_pay, self.disabled)


@dataclass
class House:
    """What is the same for all: the rules, the calendar, names of regions and the like, and the lender's tally."""

    rules: Rules
    clock: Clock
    labels: dict[str, tuple[str, ...]]
    idle_days: int
    follow_months: int
    tally: Tally = field(default_factory=Tally)
    strengths: dict[tuple[str, int, int], float] = field(default_factory=dict)  # of a shock over the days to a due day
    wages: float = 1.0  # index of this month
    trust: float = 1.0  # in the lender, in this month
    defaults: list[tuple[Any, ...]] = field(default_factory=list)  # of the span, each with what led to it
    desk: Desk | None = None  # at the terms of the month
    baseline: bool = False  # in the warm-up: dated shocks are not there
