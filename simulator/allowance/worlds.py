"""Worlds for the study, for the views, and for asking whether a reserve would have been enough."""

from __future__ import annotations

import datetime as dt

import numpy as np

from simulator.allowance.prices import Pricing
from simulator.ensemble.result import World
from simulator.ensemble.worlds import worlds_of
from simulator.params import TimePath
from simulator.scenario import Scenario, variant

UNEMPLOYMENT = "world.economy.unemployment"
STUDIED = {  # peaks above the baseline, points, and when, as a share of the span
    "soon and mild": (3.0, 0.1),
    "late and deep": (6.0, 0.3),
    "better times": (-1.5, 0.1),
}
LEAST = 1.0  # percent: no lower unemployment is studied


def studied(scenario: Scenario) -> dict[str, Scenario]:
    """The scenario's own world and three others, from which the answer to unemployment is learnt."""
    base = scenario.world.economy.unemployment.baseline
    found = {"as given": scenario}
    for name, (peak, when) in STUDIED.items():
        rise, half, back = (_month(scenario, round(scenario.span.months * share)) for share in (when, when + 0.3, 0.9))
        path = {"baseline": base, rise: max(base + peak, LEAST), half: max(base + peak / 2, LEAST), back: base}
        found[name] = variant(scenario, {UNEMPLOYMENT: path})
    return found


def quiet(scenario: Scenario) -> Scenario:
    """The scenario as in its baseline world: every path at its baseline, no shock and no policy that has a date."""
    world, lender, economy = scenario.world, scenario.lender, scenario.world.economy
    paths = {name: getattr(economy, name) for name in type(economy).model_fields}
    still = {
        name: TimePath.constant(path.baseline)
        for name, path in paths.items()
        if isinstance(path, TimePath) and path.dates
    }
    shocks = {name: shock for name, shock in world.shocks.items() if shock.starts is None}
    chosen, public = (
        {name: policy for name, policy in policies.items() if policy.starts is None}
        for policies in (lender.policies, world.policies)
    )
    calm = {"economy": economy.model_copy(update=still), "shocks": shocks, "policies": public}
    lent = lender.model_copy(update={"policies": chosen})
    return scenario.model_copy(update={"world": world.model_copy(update=calm), "lender": lent})


def viewed(scenario: Scenario, pricing: Pricing) -> dict[str, Scenario]:
    """A world for each view: unemployment goes as that view has it on the eve of the span, all else is quiet.

    What befalls the scenario itself is left out: a view knows nothing of it but through unemployment.
    """
    base, found, still = scenario.world.economy.unemployment.baseline, {}, quiet(scenario)
    for name, view in pricing.terms.views.items():
        gaps = pricing.gaps(view, -1, scenario.span.months)[1:]
        levels = np.maximum(pricing.expectations.normal + gaps, LEAST).round(4)
        path = {"baseline": base, **{_month(scenario, number): float(level) for number, level in enumerate(levels)}}
        found[name] = variant(still, {UNEMPLOYMENT: path})
    return found


def possible(scenario: Scenario, count: int) -> list[tuple[World, Scenario]]:
    """Worlds round the scenario's, with their weights."""
    return [
        (world, variant(scenario, world.values) if world.values else scenario) for world in worlds_of(scenario, count)
    ]


def _month(scenario: Scenario, number: int) -> str:
    start: dt.date = scenario.span.start
    years, index = divmod(start.year * 12 + start.month - 1 + number, 12)
    return f"{years}-{index + 1:02d}"
