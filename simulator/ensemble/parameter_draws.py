"""Draws of the parameters that nobody knows for sure: from a fit, from published ranges, or from ranges of one's own.

- `fit`: the estimates of the scenario's section `fit` that are still in force. Normal, with the fit's correlations,
  stretched on each side so that the 90% interval is the stated one, no further out than 2.5 standard deviations.
- `priors`: every parameter that stands at a published figure with a range (see `published`). Triangular between the
  ends of the range with its peak at the usual value; uniform where the figure is a judgement or doubtfully recalled.
  The figures state ranges and no law: the shapes are a guess.
- `ensemble.parameters.ranges` of the scenario are drawn beside either and stand before both: uniform.

What the worlds of the section tell apart is not drawn.

Draw n is the same whatever the count (see `spread`). A draw that the scenario does not accept is brought half-way back
to the scenario's own values until it is, and its name says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator.draws import normal_of
from simulator.ensemble.published import Uncertain, published
from simulator.ensemble.result import ParameterDraw
from simulator.ensemble.spread import spread
from simulator.errors import EnsembleError, ScenarioError
from simulator.params import TimePath
from simulator.scenario import Scenario, value_at, variant
from simulator.scenario.fit import REACH, Estimate, Fit
from simulator.scenario.varied import overlaps

Floats = npt.NDArray[np.float64]
SOURCES = ("fit", "priors")
FURTHEST = 2.5  # standard deviations; a draw is not taken further out
HALVES = 6  # times a draw is brought half-way back before it is given up
BACK = ", brought half-way back"


@dataclass(frozen=True)
class Drawing:
    """The draws, and what they are drawn from."""

    draws: tuple[ParameterDraw, ...]
    estimates: dict[str, Estimate]
    ranges: tuple[Uncertain, ...]

    @property
    def told(self) -> str:
        """What is drawn and how, in a sentence for a report."""
        own = [each for each in self.ranges if not each.fact]
        parts = []
        if self.estimates:
            parts.append(f"{len(self.estimates)} fitted parameters from their estimates (normal, correlated)")
        if len(own) < len(self.ranges):
            parts.append(
                f"{len(self.ranges) - len(own)} parameters from the ranges of the published figures at which they "
                "stand (triangular, uniform where the figure is a judgement; the shapes are a guess)"
            )
        if own:
            parts.append(f"{len(own)} parameters from the scenario's own ranges (uniform)")
        back = sum(BACK in draw.name for draw in self.draws)
        refused = f"; {back} were brought back towards the scenario's values, which it refused" if back else ""
        return f"{len(self.draws)} draws of {' and '.join(parts)}{refused}"


def draws_of(scenario: Scenario, count: int, source: str) -> tuple[ParameterDraw, ...]:
    """So many draws of the uncertain parameters, `source` being "fit" or "priors". Raises EnsembleError.

    The values of a draw are by key path; a scenario with them is `variant(scenario, draw.values)`.
    """
    return drawing_of(scenario, count, source).draws


def drawing_of(scenario: Scenario, count: int, source: str) -> Drawing:
    """The same with what they are drawn from. Raises EnsembleError where nothing is uncertain."""
    if count < 1:
        raise EnsembleError(f"{count} parameter draws; at least 1 is wanted")
    if source not in SOURCES:
        raise EnsembleError(f"parameters from {source!r}; one of {', '.join(SOURCES)} is wanted")
    own = _own_ranges(scenario)
    given = {each.path for each in own} | (set() if scenario.ensemble is None else scenario.ensemble.told_apart)
    estimates: dict[str, Estimate] = {}
    ranges = own
    if source == "fit":
        fit = scenario.fit
        estimates = {} if fit is None else fit.in_force(scenario)
        estimates = {path: each for path, each in estimates.items() if not overlaps(path, given)}
    else:
        ranges = [*own, *(each for each in published(scenario) if not overlaps(each.path, given))]
    if not estimates and not ranges:
        raise EnsembleError(_nothing(scenario, source))
    return Drawing(_drawn(scenario, count, estimates, ranges), estimates, tuple(ranges))


def _nothing(scenario: Scenario, source: str) -> str:
    held = "no fitted parameter is still in force" if scenario.fit is not None else "the scenario has no section fit"
    what = held if source == "fit" else "no parameter stands at a published figure with a range"
    other = "take them from published ranges (priors), or " if source == "fit" else ""
    return f"parameter draws from {source}: {what}; {other}give ranges under ensemble.parameters.ranges"


def _own_ranges(scenario: Scenario) -> list[Uncertain]:
    plan = scenario.ensemble
    found = []
    for path, (low, high) in (plan.parameters.ranges if plan is not None else {}).items():
        found.append(Uncertain(path, low, high, None, isinstance(value_at(scenario, path), int), ""))
    return found


def _drawn(
    scenario: Scenario, count: int, estimates: Mapping[str, Estimate], ranges: Sequence[Uncertain]
) -> tuple[ParameterDraw, ...]:
    sets: list[dict[str, float]] = [{} for _ in range(count)]
    if estimates:
        assert scenario.fit is not None
        directions = normal_of(spread(list(estimates), count, scenario.seed))
        sets = fitted_values(scenario.fit, estimates, directions)
    keys = list(dict.fromkeys(each.fact or each.path for each in ranges))
    points = spread(keys, count, scenario.seed)
    for values, point in zip(sets, points, strict=True):
        values.update({each.path: each.at(float(point[keys.index(each.fact or each.path)])) for each in ranges})
    centre = {path: _number(scenario, path) for path in sets[0]}
    found = []
    for number, values in enumerate(sets, start=1):
        _, accepted, halves = brought_back(scenario, values, centre)
        name = f"draw {number}" + (f"{BACK} {halves} times" if halves else "")
        found.append(ParameterDraw(name, accepted))
    return tuple(found)


def _number(scenario: Scenario, path: str) -> float:
    value = value_at(scenario, path)
    return float(value.baseline if isinstance(value, TimePath) else value)


def fitted_values(fit: Fit, estimates: Mapping[str, Estimate], directions: Floats) -> list[dict[str, float]]:
    """Sets of parameters from the estimates: `directions` (draws, parameters) are standard normal numbers."""
    paths = list(estimates)
    together = np.array([[fit.correlation(one, other) for other in paths] for one in paths])
    sizes, axes = np.linalg.eigh(together)
    root = axes * np.sqrt(np.maximum(sizes, 0.0))  # a matrix that is no correlation by rounding is mended
    points = np.clip(directions @ root.T, -FURTHEST, FURTHEST)
    return [
        {path: _stretched(estimates[path], float(at)) for path, at in zip(paths, point, strict=True)}
        for point in points
    ]


def _stretched(estimate: Estimate, z: float) -> float:
    """The value z standard deviations away, by the interval's own side."""
    side = estimate.high - estimate.value if z > 0 else estimate.value - estimate.low
    reach = side / REACH if side > 0 else estimate.standard_error
    return estimate.value + z * reach


def brought_back(
    scenario: Scenario, values: Mapping[str, float], centre: Mapping[str, float]
) -> tuple[Scenario, dict[str, float], int]:
    """The scenario with these values, or with values half-way back to the `centre` if it does not accept them.

    Returns the scenario without its fit, the values it has, and how often they were brought back, up to six times; then
    raises ScenarioError.
    """
    plain = scenario.model_copy(update={"fit": None})
    problem: ScenarioError | None = None
    for halves in range(HALVES):
        nearer = {path: _between(centre[path], value, 0.5**halves) for path, value in values.items()}
        try:
            return variant(plain, nearer), nearer, halves
        except ScenarioError as error:
            problem = error
    tried = ", ".join(f"{path} {value:g}" for path, value in values.items())
    raise ScenarioError(f"with the parameters drawn, {tried}: {problem}")


def _between(centre: float, value: float, share: float) -> float:
    """So much of the way from the centre to the value; whole where both are."""
    if share == 1.0:
        return value
    nearer = centre + (value - centre) * share
    return float(round(nearer)) if centre.is_integer() and value.is_integer() else nearer
