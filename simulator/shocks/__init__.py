"""Shocks: what may befall borrowers. A new one is a file here and a line in this register."""

from typing import Annotated

from pydantic import Field

from simulator.shocks.base import Shock, yearly_to_monthly
from simulator.shocks.expense import Expense
from simulator.shocks.illness import Illness
from simulator.shocks.income_cut import IncomeCut
from simulator.shocks.pay import pay_lost
from simulator.shocks.unemployment import JOB_LOSS, Unemployment, find_jobs, lose_jobs

SHOCKS: tuple[type[Shock], ...] = (Unemployment, IncomeCut, Illness, Expense)
AnyShock = Annotated[Unemployment | IncomeCut | Illness | Expense, Field(discriminator="kind")]

__all__ = [
    "JOB_LOSS",
    "SHOCKS",
    "AnyShock",
    "Expense",
    "Illness",
    "IncomeCut",
    "Shock",
    "Unemployment",
    "find_jobs",
    "lose_jobs",
    "pay_lost",
    "yearly_to_monthly",
]
