"""Stricter underwriting: while it is in force the cut-off is higher and the cap on debt service lower."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from simulator.cycle import News
from simulator.params import param
from simulator.policies.application import Application
from simulator.policies.base import Policy, Tally


class StricterUnderwriting(Policy):
    """Fewer of those who apply pass; nobody passes who would not have passed before."""

    kind: Literal["stricter_underwriting"] = "stricter_underwriting"
    points: float = param(
        40.0, "points of score by which the cut-off is raised", unit="points", source="a guess", ge=0, le=1000
    )
    cap_cut: float = param(
        0.10,
        "share of income by which the cap on debt service is lowered",
        unit="share of income",
        source="a guess",
        ge=0,
        le=5,
    )

    def sees(self, name: str, application: Application, news: News, tally: Tally) -> Application:
        """Every approval of the lender works with the stricter rules."""
        return replace(
            application, points=application.points + self.points, narrower=application.narrower + self.cap_cut
        )
