"""The credit cycle: lenders loosen in good times and tighten once there are losses, and so sow the next ones."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from simulator.cycle import News
from simulator.params import param
from simulator.policies.application import Application
from simulator.policies.base import Policy, Tally


class CreditCycle(Policy):
    """The cut-off follows the times: up with unemployment and the lender's own charge-offs, down in a boom.

    It moves the cut-off of the approval around its usual place. Times are told against those of the warm-up, which
    must be a year long; in the warm-up and without news the cut-off stays where it is.
    """

    kind: Literal["credit_cycle"] = "credit_cycle"
    per_unemployment: float = param(
        20.0,
        "points by which the cut-off rises for each point of unemployment above its baseline",
        unit="points",
        source="a guess",
        ge=0,
        le=1000,
    )
    per_charge_offs: float = param(
        40.0,
        "points by which it rises when charge-offs have doubled against the warm-up's",
        unit="points",
        source="a guess",
        ge=0,
        le=1000,
    )
    most: float = param(
        60.0, "most points by which it moves, up or down", unit="points", source="a guess", ge=0, le=1000
    )

    def sees(self, name: str, application: Application, news: News, tally: Tally) -> Application:
        """Every approval of the lender works with the cut-off of the times."""
        points = self.per_unemployment * 100.0 * news.unemployment + self.per_charge_offs * (news.charge_offs - 1.0)
        return replace(application, points=application.points + min(max(points, -self.most), self.most))
