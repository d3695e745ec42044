"""Illness: a bill at once, pay lost while it lasts, and for a few for good."""

from __future__ import annotations

import math
from typing import ClassVar, Literal

import numpy as np
from scipy.special import ndtri

from simulator.block import DISABLED, ILL, UNEMPLOYED, Block
from simulator.cycle import Cycle
from simulator.draws import Floats, Rows
from simulator.money import rounded
from simulator.params import param
from simulator.shocks.base import JobsAtRisk, Shock, yearly_to_monthly


class Illness(Shock):
    """An illness or accident that costs money: a hospital visit, days without pay, sometimes the end of work."""

    writes: ClassVar[tuple[str, ...]] = ("spells", "until_ill", "ill_loss")
    kind: Literal["illness"] = "illness"
    incidence: float = param(
        0.24,
        "chance a year at age 40",
        unit="probability per year",
        source="FACTS us.ill.household_hospital_event_annual",
        ge=0,
        le=1,
    )
    age_slope: float = param(
        0.02,
        "rise of the chance per year of age above 40",
        unit="per year",
        source="a guess: doubles over some 35 years",
        ge=0,
        le=0.1,
    )
    bill_median: float = param(
        0.09,
        "median bill of one's own, in months of household income",
        unit="months of income",
        source="FACTS us.med.oop_lognormal_mu: e^5.62 = $276 a person in 2012; scaled to a hospital event",
        ge=0,
        le=24,
    )
    bill_sigma: float = param(
        1.35, "spread of the bill (log-normal)", source="FACTS us.med.oop_lognormal_sigma", ge=0, le=3
    )
    off_work: float = param(
        0.23,
        "share who cannot work for a while",
        unit="share",
        source="FACTS us.ill.worklimiting_spell_annual .055 over household events .24",
        ge=0,
        le=1,
    )
    days_median: float = param(
        34.0,
        "median days off work; log-normal with sigma .75, mean 45",
        unit="days",
        source="FACTS us.ill.std_duration_days",
        gt=0,
        le=2000,
    )
    sick_pay: float = param(
        0.6,
        "share of pay that goes on while ill",
        unit="share",
        source="a guess; FACTS cn.sick.pay_floor_share_minwage is of another base",
        ge=0,
        le=1,
    )
    permanent: float = param(
        0.025,
        "share who never work again",
        unit="share",
        source="FACTS us.ill.perm_disab_hazard_annual .006 over .24",
        ge=0,
        le=1,
    )

    job_loss: float = param(
        1.0,
        "how many times as likely to lose the job while off work ill; 1 is as likely as others",
        unit="times",
        source="a guess: no effect of its own; 2 to 3 where nothing protects the sick",
        ge=0,
        le=50,
    )

    def jobs_at_risk(self, strength: float) -> JobsAtRisk | None:
        """The ill lose their job more often; expected share ill = chance x share off work x mean days / 365.

        From the parameters alone, at age 40 and at the strength of the day, so that it needs no count of the book.
        """
        if self.job_loss == 1.0 or strength <= 0.0:
            return None
        days = self.days_median * math.exp(0.75**2 / 2.0)
        spells_a_year = 12.0 * yearly_to_monthly(self.incidence) * strength
        return JobsAtRisk(ILL, self.job_loss, min(spells_a_year * self.off_work * days / 365.0, 1.0))

    def bound(self, cycle: Cycle) -> float:
        """The chance of the oldest."""
        return min(yearly_to_monthly(self.incidence) * (1.0 + self.age_slope * 45.0), 1.0)

    def chance(self, block: Block, rows: Rows, cycle: Cycle) -> Floats:
        """Rises with age."""
        factor = np.clip(
            1.0 + self.age_slope * (block.age[rows].astype(np.float64) - 40.0),
            0.2,
            1.0 + self.age_slope * 45.0,
        )
        return np.minimum(yearly_to_monthly(self.incidence) * factor, 1.0)

    def begin(self, name: str, block: Block, rows: Rows, cycle: Cycle) -> None:
        """The bill falls at once; some stay off work until a day, a few for good."""
        luck, kind = self.pair(name, "bill", block, rows, cycle)
        size = self.bill_median * np.exp(self.bill_sigma * ndtri(luck))
        cycle.change[rows] -= rounded(block.income[rows] * cycle.weather.wages * size)
        working = (block.spells[rows] & (UNEMPLOYED | DISABLED)) == 0
        never = rows[(kind < self.permanent) & ((block.spells[rows] & DISABLED) == 0)]
        block.spells[never] &= ~UNEMPLOYED
        block.spells[never] |= DISABLED
        off = rows[(kind >= self.permanent) & (kind < self.permanent + self.off_work) & working]
        luck, when = self.pair(name, "days", block, off, cycle)
        length = self.days_median * np.exp(0.75 * ndtri(luck))
        onset = np.floor(when * cycle.days)
        until = (cycle.day - onset + np.minimum(length, 5000.0)).astype(np.int32)
        already = (block.spells[off] & ILL) != 0
        block.until_ill[off] = np.where(already, np.maximum(block.until_ill[off], until), until)
        block.spells[off] |= ILL
        block.ill_loss[off] = 1.0 - self.sick_pay
