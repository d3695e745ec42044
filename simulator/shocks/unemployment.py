"""Unemployment: jobs are lost and found month by month, following the economy; benefits, and pay afterwards."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np
from pydantic import field_validator
from pydantic_core import PydanticCustomError

from simulator.block import Block
from simulator.cycle import Cycle
from simulator.draws import Floats, Rows
from simulator.economy import Labour
from simulator.kernels import chosen
from simulator.params import param
from simulator.shocks.base import JobsAtRisk, Shock
from simulator.target import Target

JOB_LOSS = "job_loss"  # its name among the causes


class Unemployment(Shock):
    """More unemployment than the economy's path: `severity` is in percentage points of the labour force.

    With `where` (regions, sectors or education) the additional jobs are lost there. Those who are hit are found by
    the labour market below, so this shock strikes nobody itself.
    """

    writes: ClassVar[tuple[str, ...]] = ()
    strikes: ClassVar[bool] = False
    kind: Literal["unemployment"] = "unemployment"
    severity: float = param(1.0, "percentage points added to unemployment at full strength", unit="points", ge=0, le=60)

    @field_validator("where")
    @classmethod
    def _where_there_is_work(cls, where: Target | None) -> Target | None:
        others = ("income_quintile", "youngest", "oldest", "score_below")
        wrong = [name for name in others if where is not None and getattr(where, name) is not None]
        if wrong:
            raise PydanticCustomError(
                "where",
                "{name} cannot aim unemployment: jobs are lost by region, sector and education",
                {"name": wrong[0]},
            )
        return where

    def bound(self, cycle: Cycle) -> float:
        """Nobody is struck directly."""
        return 0.0

    def begin(self, name: str, block: Block, rows: Rows, cycle: Cycle) -> None:
        """Nothing: the labour market does it."""

    def strike(self, name: str, block: Block, cycle: Cycle) -> Rows:
        """Nobody is struck directly."""
        return np.empty(0, np.intp)


def find_jobs(block: Block, out: Rows, cycle: Cycle, labour: Labour) -> tuple[Rows, Floats]:
    """Some of those out of work (`out`) find a job; returns their rows and the days of the cycle still without.

    Pay afterwards: with `lower_pay_share` it is lower by a loss uniform up to `lower_pay_most`
    (more in a slack market), for a while.
    """
    if not out.size:
        return out, np.empty(0)
    most = min(labour.lower_pay_most * cycle.weather.slack**labour.lower_pay_elasticity, 0.95)
    found: tuple[Rows, Floats] = chosen().find(
        *(block.spells, block.months_out, block.lower, block.until_lower, block.mixed, out, cycle.weather.finding),
        *(cycle.draws.key("labour.find", cycle.day), cycle.draws.key("labour.pay", cycle.day), cycle.days),
        *(float(labour.lower_pay_share), labour.lower_pay_from, float(most)),
        cycle.day + int(labour.lower_pay_months * 30.4375),
    )
    return found


def lose_jobs(block: Block, cycle: Cycle, labour: Labour, at_risk: Sequence[JobsAtRisk] = ()) -> Rows:
    """Some of the employed lose their job, on a day of this cycle; a share of them is covered by benefits.

    People `at_risk` lose it more often and the others less, so that as many jobs are lost in all as the path says.
    Where blows strike some borrowers more often than others (a tape's scorecard says so), the path is that of the whole
    labour force, and they lose their jobs so many times as often.
    """
    separation = cycle.weather.separation
    states, usual = _states(at_risk)
    most = float(separation.max()) / usual * math.prod(max(times, 1.0) for times in states.values())
    if block.most_prone is not None:
        most *= block.most_prone
    rows, luck = cycle.draws.hits("labour.lose", cycle.day, block.mixed, min(most, 1.0))
    rows = chosen().lose(
        *(rows, luck, block.group, block.spells, block.here, block.prone, block.out_since, block.months_out),
        *(block.mixed, separation, np.array(list(states), np.uint8), np.array(list(states.values()), np.float64)),
        *(usual, block.most_prone is not None, cycle.draws.key("labour.lost", cycle.day), cycle.day, cycle.days),
        float(labour.benefits.take_up),
    )
    block.remember(JOB_LOSS, rows, cycle.month)
    return np.asarray(rows)


def _states(at_risk: Sequence[JobsAtRisk]) -> tuple[dict[np.uint8, float], float]:
    """How many times as likely in each state, and the mean over all people; of two causes of one state the worse."""
    states: dict[np.uint8, float] = {}
    shares: dict[np.uint8, float] = {}
    for entry in at_risk:
        states[entry.spells] = max(states.get(entry.spells, 0.0), entry.times)
        shares[entry.spells] = min(shares.get(entry.spells, 0.0) + entry.share, 1.0)
    usual = 1.0
    for spells, times in states.items():
        usual *= 1.0 + shares[spells] * (times - 1.0)
    return states, usual
