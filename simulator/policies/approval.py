"""Approval: a score cut-off and a cap on debt service against income, applied with some error."""

from __future__ import annotations

from typing import Literal

import numpy as np

from simulator.cycle import News
from simulator.params import param
from simulator.policies.application import Application, Flags
from simulator.policies.base import Policy


class Approval(Policy):
    """Who may borrow. It sees the score and the stated debts and income; it does not see whether a job was lost."""

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

    def approve(self, name: str, application: Application, approved: Flags, news: News) -> Flags:
        """Both must hold."""
        passes = (application.score >= self.score_cut_off) & (application.debt_service <= self.debt_service_cap)
        return np.asarray(approved & passes)
