"""Living a scenario with its allowance measured at every month's end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from simulator.allowance.measure import Measure, Measured
from simulator.allowance.prices import Pricing
from simulator.expectations import Bands, Expectations, layouts_of, warmed_up
from simulator.panel import Panel
from simulator.reserves.provisioning import Provisioning
from simulator.run import _live
from simulator.scenario import Scenario
from simulator.setting import Setting


@dataclass
class Measuring:
    """One life with what was measured in it."""

    measured: Measured
    panel: Panel
    pricing: Pricing


def terms_of(scenario: Scenario) -> Provisioning:
    """What the scenario says of reserves, or the usual."""
    return scenario.lender.provisioning or Provisioning()


def pricing_of(setting: Setting, terms: Provisioning, expectations: Expectations) -> Pricing:
    """The views of a scenario along its own path of unemployment."""
    paths, clock = setting.paths(shocked=True), setting.clock
    path = 100.0 * np.asarray(paths.jobs.unemployment[clock.warm_up :], np.float64)
    return Pricing(terms, expectations, path, clock)


def measure(
    scenario: Scenario,
    seed: int,
    expectations: Expectations,
    *,
    bands: Bands,
    books: str | None = None,
    keep: frozenset[int] = frozenset(),
    told: Callable[[int], None] | None = None,
) -> Measuring:
    """Live a scenario once, measuring the allowance by every rule at each month's end."""
    setting = Setting.of(scenario, seed)
    state = warmed_up(setting, books)
    pricing = pricing_of(setting, terms_of(scenario), expectations)
    look = Measure(setting, state, layouts_of(scenario, bands), pricing, keep, told)
    look.begin()
    _live(setting, state, setting.paths(shocked=True), 0, setting.clock.months, False, False, look.close)
    return Measuring(look.measured, state.panel, pricing)
