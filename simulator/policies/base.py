"""What every policy is: dated, aimed, at a cost, and a turn of one or two dials; the others stay where they were."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

import numpy as np
import numpy.typing as npt

from simulator.block import Block
from simulator.cycle import Cycle, News
from simulator.draws import Draws, Floats, Rows
from simulator.economy import Benefits
from simulator.ledger import Ledger
from simulator.params import DateOf, Frozen, param
from simulator.policies.application import Application, Flags
from simulator.target import Target

Terms = TypeVar("Terms", bound=Frozen)  # a product, or the desk: what a policy may rewrite


@dataclass(frozen=True)
class Counter:
    """Where accounts are opened: the luck of the run, and the names of regions and the like."""

    draws: Draws
    labels: dict[str, tuple[str, ...]]


class Policy(Frozen):
    """Something the lender or the state chooses. Every dial returns what it was given unless the policy turns it."""

    state: ClassVar[bool] = False  # whether the state does it, not the lender: it stands under `world`
    relieves: ClassVar[bool] = False  # whether accounts need the columns that hold relief
    own: ClassVar[dict[str, type[np.generic]]] = {}  # columns it keeps for itself, by name
    kind: str
    starts: DateOf | None = param(None, "first day; left out: always in force, in the baseline too")
    ends: DateOf | None = param(None, "last day; left out: it stays")
    cost_monthly: float = param(
        0.0,
        "what it costs whoever chose it in a month in which it is in force",
        unit="currency per month",
        source="a guess: none but for each person",
        ge=0,
    )

    def in_force(self, date: dt.date) -> bool:
        """Whether it is in force on a date."""
        return (self.starts is None or self.starts <= date) and (self.ends is None or date <= self.ends)

    def sees(self, name: str, application: Application, news: News, tally: Tally) -> Application:
        """What the lender knows of those who apply, and how strict it is with them."""
        return application

    def approve(self, name: str, application: Application, approved: Flags, news: News) -> Flags:
        """Who gets a loan or a card among those who apply."""
        return approved

    def terms(self, product: Terms) -> Terms:
        """A product's terms."""
        return product

    def desk(self, desk: Terms) -> Terms:
        """The collections desk."""
        return desk

    def benefits(self, benefits: Benefits) -> Benefits:
        """Unemployment benefit."""
        return benefits

    def attention(self, name: str, block: Block, rows: Rows, cycle: Cycle) -> Floats | float:
        """Of those who would forget a due date, the chance that they still do."""
        return 1.0

    def misreading(self, name: str, block: Block, rows: Rows, counter: Counter, tally: Tally) -> Floats | float:
        """Of those opening accounts who would misread the terms, the chance that they still do."""
        return 1.0

    def cash(self, name: str, block: Block, cycle: Cycle, tally: Tally) -> None:
        """Money that reaches or leaves a household in this cycle: written into `cycle.change`."""

    def act(
        self, name: str, number: int, product: str, terms: Any, block: Block, cycle: Cycle, ledger: Ledger, tally: Tally
    ) -> None:
        """What is done to the accounts of one product, in the morning of the due day; `number` is the policy's."""

    def sale_price(self, days_late: npt.NDArray[np.int64]) -> Floats | None:
        """What a debt so many days late is sold for, as a share of it, nought where it is kept."""
        return None


class Offer(Policy):
    """A policy that reaches some people and not others, at a cost for each."""

    where: Target | None = param(None, "whom it is meant for; left out: everybody")
    reach: float = param(1.0, "share of those meant who take it up", unit="share", source="a guess", ge=0, le=1)
    cost_each: float = param(
        0.0, "what it costs whoever chose it for each person or account", unit="currency", source="a guess", ge=0
    )

    def reached(self, name: str, block: Block, rows: Rows, cycle: Cycle | Counter) -> Flags:
        """Which of these rows it is meant for and reaches: the same people every month."""
        mask = np.ones(rows.size, np.bool_) if self.where is None else self.where.picks(block, rows, cycle.labels)
        if self.reach < 1.0:
            mask &= cycle.draws.uniform(f"policy.{name}.reach", 0, block.mixed[rows]) < self.reach
        return np.asarray(mask)


class Tally:
    """What one policy did in one month: how many it reached, what it cost, what it gave to households; cents."""

    def __init__(self) -> None:
        self.number = 0
        self.cost = 0
        self.given = 0

    def note(self, number: int, cost_each: float = 0.0, given: int = 0) -> None:
        """Count people or accounts, at a cost for each in currency units, and money given to them in cents."""
        self.number += int(number)
        self.cost += round(100.0 * cost_each * int(number))
        self.given += int(given)


def turned(policy: Policy, dial: str) -> bool:
    """Whether a policy turns a dial at all."""
    return getattr(type(policy), dial) is not getattr(Policy, dial)


__all__ = ["Application", "Counter", "Flags", "Offer", "Policy", "Tally", "Target", "turned"]
