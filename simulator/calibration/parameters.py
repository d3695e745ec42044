"""The free parameters: their priors as normal numbers, their hard bounds, and a scenario with other values of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from simulator.calibration.targets import Free, TargetsFile
from simulator.errors import Problem, ScenarioError
from simulator.facts import facts
from simulator.params import TimePath, by_key
from simulator.scenario import Scenario, variant
from simulator.scenario.fit import REACH
from simulator.scenario.walk import children
from simulator.scenario.words import did_you_mean

Floats = npt.NDArray[np.float64]
Transform = Literal["none", "log", "logit"]

MARGIN = 1e-6  # of the prior's range: how near a bound that may not be met itself a value may come
DIGITS = 9  # significant digits of a value that is tried, so that a file holds it exactly
GUESS = "a guess"


@dataclass(frozen=True)
class Parameter:
    """A free parameter: a key path, and its prior, a normal number on the scale of its transform.

    z is the distance from the prior's middle in prior standard deviations; every search happens in z.
    """

    path: str
    transform: Transform
    prior_low: float
    prior_high: float
    lower: float  # hard bounds, in its own unit
    upper: float
    start: float
    source: str

    @property
    def centre(self) -> float:
        """The prior's middle, transformed."""
        return 0.5 * (self._there(self.prior_low) + self._there(self.prior_high))

    @property
    def spread(self) -> float:
        """The prior's standard deviation, transformed."""
        return (self._there(self.prior_high) - self._there(self.prior_low)) / (2.0 * REACH)

    def z(self, value: float) -> float:
        """A value as prior standard deviations from the prior's middle."""
        return (self._there(value) - self.centre) / self.spread

    def value(self, z: float) -> float:
        """The value that stands z prior standard deviations from the prior's middle, within the hard bounds."""
        within = min(max(self._back(self.centre + self.spread * z), self.lower), self.upper)
        return float(f"{within:.{DIGITS}g}")

    def slope(self, z: float, step: float = 1e-4) -> float:
        """How fast the value changes with z."""
        up, down = (self._back(self.centre + self.spread * (z + side * step)) for side in (1, -1))
        return abs(up - down) / (2.0 * step)

    @property
    def reach(self) -> tuple[float, float]:
        """The hard bounds as z; infinite where there is none."""
        return self._bound(self.lower), self._bound(self.upper)

    def _bound(self, value: float) -> float:
        if not math.isfinite(value):
            return value
        if self.transform == "log" and value <= 0:
            return -math.inf
        if self.transform == "logit" and not 0 < value < 1:
            return -math.inf if value <= 0 else math.inf
        return self.z(value)

    def _there(self, value: float) -> float:
        if self.transform == "log":
            return math.log(value)
        return math.log(value / (1.0 - value)) if self.transform == "logit" else value

    def _back(self, moved: float) -> float:
        if self.transform == "log":
            return math.exp(min(moved, 700.0))
        return 1.0 / (1.0 + math.exp(min(-moved, 700.0))) if self.transform == "logit" else moved


def parameters_of(file: TargetsFile, scenario: Scenario) -> list[Parameter]:
    """Every free parameter of a file of targets, as the scenario holds it. Raises ScenarioError with all mistakes."""
    found: list[Parameter] = []
    problems: list[Problem] = []
    for path, free in file.body.parameters.items():
        try:
            found.append(_parameter(path, free, scenario))
        except _WrongError as wrong:
            problems.append(file.problem(("parameters", path, *wrong.keys), wrong.message))
    if problems:
        raise ScenarioError.of(problems)
    return found


class _WrongError(Exception):
    """A mistake under a key of a free parameter."""

    def __init__(self, message: str, *keys: str) -> None:
        super().__init__(message)
        self.message, self.keys = message, keys


def _parameter(path: str, free: Free, scenario: Scenario) -> Parameter:
    lower, upper = _hard_bounds(path, scenario)
    prior, usual, source = _prior(free)
    low, high = prior
    if not low < high:
        raise _WrongError(
            f"from {low:g} to {high:g}; the lower end comes first, and the upper one is above it", "prior"
        )
    if (free.transform == "log" and low <= 0) or (free.transform == "logit" and not 0 < low < high < 1):
        wanted = "a prior above 0" if free.transform == "log" else "a prior between 0 and 1"
        raise _WrongError(f"{free.transform} wants {wanted}; it runs from {low:g} to {high:g}", "transform")
    if free.bounds is not None:
        if not free.bounds[0] < free.bounds[1]:
            raise _WrongError("the lower bound comes first", "bounds")
        lower, upper = max(lower, free.bounds[0]), min(upper, free.bounds[1])
    if low < lower or high > upper:
        raise _WrongError(f"the prior runs from {low:g} to {high:g}; the key accepts {lower:g} to {upper:g}", "prior")
    room = MARGIN * (high - low)
    parameter = Parameter(path, free.transform, low, high, lower + room, upper - room, 0.0, source)
    start = free.start if free.start is not None else usual
    start = parameter.value(0.0) if start is None else start
    if not parameter.lower <= start <= parameter.upper:
        raise _WrongError(f"{start:g} was given; from {lower:g} to {upper:g} is wanted", "start")
    return Parameter(path, free.transform, low, high, parameter.lower, parameter.upper, start, source)


def _prior(free: Free) -> tuple[tuple[float, float], float | None, str]:
    """The prior's 90% interval, the usual value if one is published, and the source."""
    if isinstance(free.prior, str):
        known = facts()
        if free.prior not in known:
            meant = did_you_mean(free.prior, known)
            raise _WrongError(
                f"there is no published figure {free.prior!r} in facts.csv{meant}; or give [low, high]", "prior"
            )
        fact = known[free.prior]
        usual = fact.default if fact.low < fact.default < fact.high else None
        return (fact.low, fact.high), usual, free.source or f"FACTS {fact.name}"
    if not free.source:
        raise _WrongError(f"source is missing: where does a prior by hand come from? A guess says {GUESS!r}")
    return (free.prior[0], free.prior[1]), None, free.source


def _hard_bounds(path: str, scenario: Scenario) -> tuple[float, float]:
    """What the key itself accepts; raises where there is no number under it."""
    node: Any = scenario
    field: FieldInfo | None = None
    keys = path.split(".")
    for number, key in enumerate(keys):
        known = children(node)
        if key not in known:
            here = ".".join(keys[:number]) or "the scenario"
            raise _WrongError(
                f"{here} has no {key!r}{did_you_mean(key, known)}; the scenario must hold every fitted key"
            )
        field = by_key(type(node))[key] if isinstance(node, BaseModel) else None
        node = known[key]
    if isinstance(node, TimePath) and not node.dates:
        node = node.baseline
    if isinstance(node, bool) or not isinstance(node, (int, float)):
        raise _WrongError("there is no single number under this key, and only numbers can be fitted")
    if field is not None and field.annotation is int:
        raise _WrongError("a whole number cannot be fitted; only what can change by little")
    return _limit(field, ("ge", "gt"), -math.inf), _limit(field, ("le", "lt"), math.inf)


def _limit(field: FieldInfo | None, names: tuple[str, str], none: float) -> float:
    for rule in field.metadata if field is not None else ():
        for name in names:
            limit = getattr(rule, name, None)
            if limit is not None:
                return float(limit)
    return none


@dataclass(frozen=True)
class Trials:
    """A scenario of which some values change from trial to trial."""

    fitted: Scenario  # without an earlier fit, which changes no run
    parameters: tuple[Parameter, ...]

    @classmethod
    def of(cls, scenario: Scenario, parameters: Sequence[Parameter]) -> Trials:
        """The scenario without an earlier fit, and what changes."""
        return cls(scenario.model_copy(update={"fit": None}), tuple(parameters))

    def values(self, z: Floats) -> dict[str, float]:
        """The values of the parameters at a point, by key path."""
        return {each.path: each.value(float(at)) for each, at in zip(self.parameters, z, strict=True)}

    def scenario(self, z: Floats) -> Scenario:
        """The scenario with the parameters at a point; raises ScenarioError where that is no scenario."""
        values = self.values(z)
        try:
            return variant(self.fitted, values)
        except ScenarioError as error:
            tried = ", ".join(f"{path} {value:g}" for path, value in values.items())
            raise ScenarioError(f"with {tried}: {error}; bounds in the targets keep the search away") from error


def own_key(node: Any, key: str) -> Any:
    """The key as the map or list has it: a table's keys are numbers."""
    if isinstance(node, list):
        return int(key)
    return next((name for name in node if str(name) == key), key)
