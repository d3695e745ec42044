"""Income check: pay slips or bank statements are asked for, and what is stated gives way to what is found."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from simulator.cycle import News
from simulator.params import param
from simulator.policies.application import Application
from simulator.policies.approval import off_by
from simulator.policies.base import Policy, Tally


class IncomeCheck(Policy):
    """A share of applications is checked; the approval then goes by the income found."""

    kind: Literal["income_check"] = "income_check"
    reach: float = param(1.0, "share of applications checked", unit="share", source="a guess", ge=0, le=1)
    error: float = param(
        0.05,
        "what the check is still off by: standard deviation of the logarithm",
        source="a guess: pay differs from month to month",
        ge=0,
        le=2,
    )
    cost_each: float = param(5.0, "what it costs for each application", unit="currency", source="a guess", ge=0)

    def sees(self, name: str, application: Application, news: News, tally: Tally) -> Application:
        """Where it is checked the income found counts, whatever was stated."""
        hit = (application.luck(f"policy.{name}.checked") < self.reach) & np.isnan(application.checked)
        tally.note(int(np.count_nonzero(hit)), self.cost_each)
        found = off_by(application, f"policy.{name}.found", application.day, self.error)
        return replace(application, checked=np.where(hit, found, application.checked))
