"""Reserves: what is set aside. A new rule is a file here and a line in this register."""

from typing import Annotated

from pydantic import Field

from simulator.reserves.base import BUCKETS, Reserve
from simulator.reserves.days_late import DaysLate, NoReserve
from simulator.reserves.provisioning import Provisioning

RESERVES: tuple[type[Reserve], ...] = (DaysLate, NoReserve)
AnyReserve = Annotated[DaysLate | NoReserve, Field(discriminator="kind")]

__all__ = ["BUCKETS", "RESERVES", "AnyReserve", "DaysLate", "NoReserve", "Provisioning", "Reserve"]
