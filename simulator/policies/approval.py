"""Approval: a score cut-off and a cap on debt service against income, on what is stated and shown, with some error."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from simulator.cycle import News
from simulator.draws import Floats
from simulator.params import param
from simulator.policies.application import Application, Flags
from simulator.policies.base import Policy, Tally

EACH, MOST = 0.10, 12  # debt service with one lender, a share of income, and most lenders of a person; both a guess


class Approval(Policy):
    """Who may borrow. It sees the score, the stated income and the debts that the bureau shows; not a job lost.

    Who overstates income, by how much, and which lenders the bureau knows stays the same for a person. A slip at the
    counter belongs to the single application.
    """

    kind: Literal["approval"] = "approval"
    score_cut_off: int = param(
        600,
        "least credit score",
        unit="points",
        source="a guess: near-prime and better, some subprime",
        ge=0,
        le=1000,
    )
    debt_service_cap: float = param(
        0.45,
        "most debt service against income",
        unit="share of income",
        source="FACTS us.uw.dti_cap (.35 to .50)",
        ge=0,
        le=5,
    )
    income_overstatement: float = param(
        0.0,
        "by how much stated income is above true income, on average",
        unit="share of income",
        source="a guess: none",
        ge=0,
        le=5,
    )
    income_error: float = param(
        0.0,
        "spread of stated income around that: standard deviation of its logarithm",
        source="a guess: none",
        ge=0,
        le=2,
    )
    bureau_coverage: float = param(
        1.0, "share of outside lenders that the bureau shows", unit="share", source="a guess: all", ge=0, le=1
    )
    leak_rate: float = param(
        0.0,
        "share of those who fail the rules who are approved all the same",
        unit="share",
        source="a guess: none",
        ge=0,
        le=1,
    )
    false_decline_rate: float = param(
        0.0, "share of those who pass the rules who are refused", unit="share", source="a guess: none", ge=0, le=1
    )

    def sees(self, name: str, application: Application, news: News, tally: Tally) -> Application:
        """Income as stated, and debts as far as the bureau shows them."""
        if self.income_overstatement > 0.0 or self.income_error > 0.0:
            stated = (1.0 + self.income_overstatement) * off_by(application, "income.stated", 0, self.income_error)
            application = replace(application, stated=stated)
        if self.bureau_coverage < 1.0:
            application = replace(application, shown=shown(application, self.bureau_coverage))
        return application

    def approve(self, name: str, application: Application, approved: Flags, news: News) -> Flags:
        """Both rules must hold; then slips of the counter: a laxer rule, and more leaks, only add people."""
        cap = max(self.debt_service_cap - application.narrower, 0.0)
        passes = application.score >= self.score_cut_off + application.points
        passes &= application.debt_service <= cap
        if self.leak_rate > 0.0 or self.false_decline_rate > 0.0:
            chance = np.where(passes, 1.0 - self.false_decline_rate, self.leak_rate)
            passes = application.luck(f"policy.{name}.slip") < chance
        return np.asarray(approved & passes)


def off_by(application: Application, purpose: str, day: int, spread: float) -> Floats:
    """Factors of mean one whose logarithm is normal with this standard deviation."""
    score = application.draws.normal(purpose, day, application.mixed)
    factor: Floats = np.exp(spread * score - spread**2 / 2.0)
    return factor


def lenders(application: Application) -> npt.NDArray[np.int64]:
    """How many lenders a person owes elsewhere: none without debts, else about one for each tenth of income paid.

    Whole steps of EACH, and one more with the chance that is left of a step; at least one, at most MOST.
    """
    service = application.people.debt_service
    number = np.floor(service / EACH + application.trait("outside.lenders")).astype(np.int64)
    return np.where(service > 0.0, np.clip(number, 1, MOST), 0)


def shown(application: Application, coverage: float) -> Floats:
    """The share of a person's debt service that the bureau shows: each lender has an equal part, and a chance."""
    number = lenders(application)
    seen = np.zeros(number.size)
    for lender in range(int(number.max(initial=0))):
        seen += (lender < number) & (application.trait(f"outside.lender.{lender + 1}") < coverage)
    return seen / np.maximum(number, 1)
