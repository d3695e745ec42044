"""Shocks: what may befall borrowers. A new one is a file here and a line in this register."""

from typing import Annotated

from pydantic import Field

from simulator.shocks.base import JobsAtRisk, Shock, yearly_to_monthly
from simulator.shocks.cost_of_living import CostOfLiving
from simulator.shocks.death import Death
from simulator.shocks.disaster import Disaster
from simulator.shocks.divorce import Divorce
from simulator.shocks.expense import Expense
from simulator.shocks.illness import Illness
from simulator.shocks.income_cut import IncomeCut
from simulator.shocks.late_wages import LateWages
from simulator.shocks.over_borrowing import OverBorrowing
from simulator.shocks.pay import pay_lost
from simulator.shocks.rate_rise import RateRise
from simulator.shocks.short_time_work import ShortTimeWork
from simulator.shocks.strategic_default import StrategicDefault
from simulator.shocks.unemployment import JOB_LOSS, Unemployment, find_jobs, lose_jobs

SHOCKS: tuple[type[Shock], ...] = (
    Unemployment,
    IncomeCut,
    Illness,
    Expense,
    ShortTimeWork,
    Divorce,
    Death,
    CostOfLiving,
    RateRise,
    Disaster,
    LateWages,
    StrategicDefault,
    OverBorrowing,
)
AnyShock = Annotated[
    Unemployment
    | IncomeCut
    | Illness
    | Expense
    | ShortTimeWork
    | Divorce
    | Death
    | CostOfLiving
    | RateRise
    | Disaster
    | LateWages
    | StrategicDefault
    | OverBorrowing,
    Field(discriminator="kind"),
]

__all__ = [
    "JOB_LOSS",
    "SHOCKS",
    "AnyShock",
    "CostOfLiving",
    "Death",
    "Disaster",
    "Divorce",
    "Expense",
    "Illness",
    "IncomeCut",
    "JobsAtRisk",
    "LateWages",
    "OverBorrowing",
    "RateRise",
    "Shock",
    "ShortTimeWork",
    "StrategicDefault",
    "Unemployment",
    "find_jobs",
    "lose_jobs",
    "pay_lost",
    "yearly_to_monthly",
]
