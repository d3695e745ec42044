"""The worlds that may come: unemployment that strays from the scenario's path by chance, and worlds given by name.

Number n is the same world whatever the count, so that more worlds can be asked for and the runs of the old ones kept.
A world differs from the scenario's own from the first month of the span on, so that all start from the same book.
Where the scenario gives a path of job finding, it moves with unemployment as the labour market says it does (by
`world.labour.finding_elasticity`); otherwise it is derived from unemployment anyway. Claims, prices and rates stay.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np

from simulator.draws import Draws, mix
from simulator.economy import deviations
from simulator.ensemble.result import World
from simulator.errors import EnsembleError, ScenarioError
from simulator.params import TimePath
from simulator.scenario import Scenario
from simulator.scenario.bounds import PATHS
from simulator.scenario.varied import UNEMPLOYMENT, AnyWorlds, Autoregressive, Bootstrap, EnsemblePlan, Given
from simulator.scenario.varied_checks import history_of

Floats = deviations.Floats
OWN = "as given"
FINDING = "world.economy.job_finding"
DIGITS = 4  # digits after the point of a rate in percent


def worlds_of(scenario: Scenario, count: int) -> tuple[World, ...]:
    """The alternatives of the scenario's section `ensemble`, and `count` worlds around its own path.

    With a count of 1 the scenario's own world is the one; from 2 on so many are drawn around it (it is not among
    them), which share evenly the weight that the alternatives leave. Without the section they stray as the defaults of
    kind autoregressive say. Raises ScenarioError or EnsembleError where none can be drawn though it was asked for.
    """
    if count < 1:
        raise EnsembleError(f"{count} worlds; at least 1 is wanted")
    plan = plan_of(scenario)
    given = tuple(
        World(name, each.weight, _values(each.values, each.unemployment), drawn=False)
        for name, each in plan.alternatives.items()
    )
    rest = plan.rest
    if count == 1:
        own = (World(OWN, rest, {}, drawn=False),) if rest > 0.0 else ()
        return (*own, *given)
    if isinstance(plan, Given):
        raise EnsembleError(f"{count} worlds were asked for, but ensemble.worlds is of kind given: none is drawn")
    if rest == 0.0:
        raise EnsembleError(
            f"{count} worlds were asked for, but the alternatives take the whole weight: none is left for drawn ones"
        )
    return (*_drawn(scenario, plan, count, rest), *given)


def plan_of(scenario: Scenario) -> AnyWorlds:
    """What the scenario's section says of worlds, or what holds without it."""
    plan: AnyWorlds = (scenario.ensemble or EnsemblePlan()).worlds
    return plan


def told_of(scenario: Scenario, worlds: tuple[World, ...]) -> str:
    """How the worlds came about, in a sentence for a report, with how often unemployment had to be held at a bound."""
    plan = plan_of(scenario)
    drawn = [world for world in worlds if world.drawn]
    if not drawn or isinstance(plan, Given):
        return ""
    months = scenario.span.months
    paths = np.array([world.values[UNEMPLOYMENT].at_months(scenario.span.start, months) for world in drawn])
    own = scenario.world.economy.unemployment.at_months(scenario.span.start, months)
    held = int(((paths <= plan.floor) & (own > plan.floor)).sum() + (paths >= deviations.MOST_RATE).sum())
    if isinstance(plan, Bootstrap):
        process, _ = _history(scenario, plan)
        told = f"surprises of {plan.history or 'the path before the span'} in blocks of {plan.block} {plan.step}s"
    else:
        process = deviations.Process(plan.persistence, plan.momentum, plan.innovation)
        told = "the defaults, of UNRATE 1968-2019" if scenario.ensemble is None else "an autoregression"
    clipped = f"; held at a bound in {held:,} of {paths.size:,} months" if held else ""
    return (
        f"{len(drawn)} paths of unemployment around the scenario's own by {told} (innovation {process.innovation:.3g} "
        f"points a {plan.step}, persistence {process.persistence:.3g}, momentum {process.momentum:.3g}, in the long "
        f"run {process.stationary:.2g} points){clipped}"
    )


def _values(values: dict[str, Any], unemployment: TimePath | None) -> dict[str, Any]:
    return dict(values) if unemployment is None else {**values, UNEMPLOYMENT: unemployment}


def _drawn(scenario: Scenario, plan: Autoregressive | Bootstrap, count: int, weight: float) -> list[World]:
    economy, span = scenario.world.economy, scenario.span
    own = economy.unemployment.at_months(span.start, span.months)
    steps = deviations_of(scenario, plan, count)
    rates = np.round(
        deviations.laid_over(own, deviations.by_month(steps, plan.months, span.months), plan.floor), DIGITS
    )
    worlds = []
    for number, path in enumerate(rates, start=1):
        values: dict[str, Any] = {UNEMPLOYMENT: _from_start(economy.unemployment, span.start, path)}
        if economy.job_finding is not None:
            least, most, _ = PATHS["job_finding"]
            times = (path / own) ** scenario.world.labour.finding_elasticity
            found = np.clip(economy.job_finding.at_months(span.start, span.months) * times, least, most)
            values[FINDING] = _from_start(economy.job_finding, span.start, np.round(found, 6))
        worlds.append(World(f"path {number}", weight / count, values))
    return worlds


def deviations_of(scenario: Scenario, plan: Autoregressive | Bootstrap, count: int) -> Floats:
    """The deviations of so many worlds at the ends of the steps, points, nought first: (worlds, steps + 1)."""
    steps = -(-(scenario.span.months - 1) // plan.months)
    ids = mix(np.arange(1, count + 1, dtype=np.int64))
    draws = Draws(scenario.seed)
    if isinstance(plan, Autoregressive):
        process = deviations.Process(plan.persistence, plan.momentum, plan.innovation)
        luck = [draws.normal("world.surprise", step, ids) for step in range(steps)]
        return process.follow(process.innovation * np.array(luck).reshape(steps, count).T)
    process, surprises = _history(scenario, plan)
    blocks = -(-steps // plan.block)
    lucks = [draws.uniform("world.block", number, ids) for number in range(blocks)]
    first = (np.array(lucks).reshape(blocks, count).T * surprises.size).astype(np.int64)
    places = (first[:, :, None] + np.arange(plan.block)) % surprises.size  # in a circle (Politis and Romano 1992)
    return process.follow(surprises[places.reshape(count, -1)[:, :steps]])


def _history(scenario: Scenario, plan: Bootstrap) -> tuple[deviations.Process, Floats]:
    try:
        return deviations.fitted(history_of(scenario, plan))
    except ValueError as error:
        raise ScenarioError(f"ensemble.worlds.history: {error}") from None


def _from_start(path: TimePath, start: dt.date, values: Floats) -> TimePath:
    """The path as it was before the span, its baseline with it, and month by month these values from the start on."""
    before = [(date, value) for date, value in zip(path.dates, path.values, strict=True) if date < start]
    first = start.year * 12 + start.month - 1
    months = [dt.date((first + n) // 12, (first + n) % 12 + 1, 1) for n in range(values.size)]
    dates = (*(date for date, _ in before), *months)
    return TimePath(dates, (*(value for _, value in before), *map(float, values)), path.baseline)
