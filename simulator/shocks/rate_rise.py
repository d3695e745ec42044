"""A rate rise: money gets dearer, and contracts with a floating rate follow."""

from __future__ import annotations

import dataclasses
from typing import ClassVar, Literal

import numpy as np
from pydantic import field_validator
from pydantic_core import PydanticCustomError

from simulator.block import Block
from simulator.cycle import Cycle, Weather
from simulator.draws import Rows
from simulator.params import param
from simulator.shocks.base import Shock
from simulator.target import Target


class RateRise(Shock):
    """The policy rate is higher by `severity` percentage points at full strength, on top of the economy's path.

    Contracts follow as far as their product's `floating` says. It reaches everybody with such a contract and
    strikes nobody by name.
    """

    writes: ClassVar[tuple[str, ...]] = ()
    strikes: ClassVar[bool] = False
    kind: Literal["rate_rise"] = "rate_rise"
    severity: float = param(
        1.0, "percentage points added to the policy rate at full strength", unit="points", ge=0, le=60
    )

    @field_validator("where")
    @classmethod
    def _for_everybody(cls, where: Target | None) -> Target | None:
        given = [name for name in type(where).model_fields if getattr(where, name) is not None] if where else []
        if given:
            raise PydanticCustomError(
                "where",
                "{name} cannot aim a rate rise: it reaches everybody whose contract floats",
                {"name": given[0]},
            )
        return where

    def turn(self, weather: Weather, strength: float) -> Weather:
        """The month's policy rate with so many points more."""
        if strength <= 0.0:
            return weather
        return dataclasses.replace(weather, policy_rate=weather.policy_rate + strength / 100.0)

    def bound(self, cycle: Cycle) -> float:
        """Nobody is struck by name."""
        return 0.0

    def begin(self, name: str, block: Block, rows: Rows, cycle: Cycle) -> None:
        """Nothing: the contract rates do it."""

    def strike(self, name: str, block: Block, cycle: Cycle) -> Rows:
        """Nobody is struck by name."""
        return np.empty(0, np.intp)
