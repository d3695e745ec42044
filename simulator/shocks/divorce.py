"""Divorce or separation: lawyers and a second flat, and one household becomes two."""

from __future__ import annotations

from typing import Literal

from simulator.cycle import Cycle
from simulator.params import param
from simulator.shocks.base import yearly_to_monthly
from simulator.shocks.parting import Parting


class Divorce(Parting):
    """A couple parts: a bill at once, and the partner's pay is missing until a new household has found its feet."""

    kind: Literal["divorce"] = "divorce"
    incidence: float = param(
        0.028,
        "chance a year",
        unit="probability per year",
        source="FACTS us.shock.divorce_widow_annual .03, less us.death.hazard_30_44 .0022",
        ge=0,
        le=1,
    )
    bill: float = param(
        1.0,
        "lawyer, court, move and deposit",
        unit="months of income",
        source="a guess: twice FACTS us.shock.size_median_months_income .5",
        ge=0,
        le=24,
    )
    partner: float = param(
        1.0,
        "share that is lost of what the household earns besides the borrower's own pay",
        unit="share",
        source="a guess: all of it, with nothing paid between the two",
        ge=0,
        le=1,
    )
    months_shortest: float = param(12.0, "shortest time on one pay", unit="months", source="a guess", ge=0, le=600)
    months_longest: float = param(60.0, "longest time on one pay", unit="months", source="a guess", ge=0, le=600)

    def bound(self, cycle: Cycle) -> float:
        """The same chance for all."""
        return yearly_to_monthly(self.incidence)
