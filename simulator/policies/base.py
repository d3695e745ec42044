"""What every policy is: dated, and a turn of one or two dials; a dial that is not turned stays where it was."""

from __future__ import annotations

import datetime as dt

import numpy as np
import numpy.typing as npt

from simulator.params import DateOf, Frozen, param
from simulator.population import People

Flags = npt.NDArray[np.bool_]
Chances = npt.NDArray[np.uint16]  # in 2^-16


class Policy(Frozen):
    """Something the lender chooses. Every dial returns what it was given unless the policy turns it."""

    kind: str
    starts: DateOf | None = param(None, "first day; left out: always in force, in the baseline too")
    ends: DateOf | None = param(None, "last day; left out: it stays")

    def in_force(self, date: dt.date) -> bool:
        """Whether it is in force on a date."""
        return (self.starts is None or self.starts <= date) and (self.ends is None or date <= self.ends)

    def approve(self, people: People, approved: Flags) -> Flags:
        """Who gets a loan or a card among those who apply."""
        return approved

    def attention(self, forgets: Chances) -> Chances:
        """The chance to forget a due date, a month, in 2^-16."""
        return forgets


class InForce:
    """All policies in force, as one: each dial goes through every policy in the order they are written."""

    def __init__(self, policies: dict[str, Policy]) -> None:
        self.policies = policies
        self.now: dict[str, Policy] = {}

    def set_date(self, date: dt.date, *, baseline: bool) -> None:
        """Start and stop policies; in the baseline world only those that are always there."""
        self.now = {
            name: policy
            for name, policy in self.policies.items()
            if policy.in_force(date) and not (baseline and policy.starts is not None)
        }

    def approve(self, people: People) -> Flags:
        """Who is approved by all."""
        approved = np.ones(len(people), np.bool_)
        for policy in self.now.values():
            approved = policy.approve(people, approved)
        return approved

    def attention(self, forgets: Chances) -> Chances:
        """The chance to forget, after all policies."""
        for policy in self.now.values():
            forgets = policy.attention(forgets)
        return forgets
