"""A death in the household: a funeral, and one pay less, as a rule for good."""

from __future__ import annotations

from typing import Literal

import numpy as np

from simulator.block import Block
from simulator.cycle import Cycle
from simulator.draws import Floats, Rows
from simulator.params import param
from simulator.shocks.base import yearly_to_monthly
from simulator.shocks.parting import Parting

USUAL_AGE, OLDEST = 37.0, 85.0  # years: the middle of 30 to 44, and beyond which the chance rises no more


class Death(Parting):
    """The partner dies: a funeral at once, and the partner's pay is missing, less what survivors are paid.

    The borrower's own death is part of `bankruptcy_late` and `bankruptcy_short`.
    """

    kind: Literal["death"] = "death"
    incidence: float = param(
        0.0022,
        "chance a year at ages 30 to 44",
        unit="probability per year",
        source="FACTS us.death.hazard_30_44, of a partner of the same age",
        ge=0,
        le=1,
    )
    age_doubles: float = param(
        9.0,
        "years of age in which the chance doubles",
        unit="years",
        source="a guess: between 8 and 10 in life tables (recalled, not looked up)",
        gt=0,
        le=1000,
    )
    bill: float = param(1.5, "funeral", unit="months of income", source="a guess", ge=0, le=24)
    partner: float = param(
        0.7,
        "share that is lost of what the household earns besides the borrower's own pay",
        unit="share",
        source="a guess: a pension or insurance for survivors makes good a part",
        ge=0,
        le=1,
    )
    months_shortest: float = param(36.0, "shortest time on one pay", unit="months", source="a guess", ge=0, le=600)
    months_longest: float = param(240.0, "longest time on one pay", unit="months", source="a guess", ge=0, le=600)

    def bound(self, cycle: Cycle) -> float:
        """The chance of the oldest."""
        return float(min(yearly_to_monthly(self.incidence) * 2.0 ** ((OLDEST - USUAL_AGE) / self.age_doubles), 1.0))

    def chance(self, block: Block, rows: Rows, cycle: Cycle) -> Floats:
        """Doubles with every so many years of age."""
        years = np.minimum(block.age[rows].astype(np.float64), OLDEST) - USUAL_AGE
        return np.minimum(yearly_to_monthly(self.incidence) * np.exp2(years / self.age_doubles), 1.0)
