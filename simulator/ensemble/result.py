"""The answer of an ensemble: every figure and every month of every run, by world, parameter draw and seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from simulator.ensemble.measures import FAN
from simulator.errors import EnsembleError

if TYPE_CHECKING:
    from simulator.ensemble.precision import Precision, Round
    from simulator.scenario import Scenario

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class World:
    """One world that may come: its name, how likely it is held to be, and the values it lays over the scenario.

    `values` maps key paths ("world.economy.unemployment") to values; empty, it is the scenario's own world.
    """

    name: str
    weight: float = 1.0
    values: dict[str, Any] = field(default_factory=dict)
    drawn: bool = True  # False: named by the user, so that its weight is known and no luck of a draw


@dataclass(frozen=True)
class ParameterDraw:
    """One draw of the uncertain parameters: its name, and a value for each key path; empty, they are as given."""

    name: str
    values: dict[str, float] = field(default_factory=dict)


@dataclass
class Ensemble:
    """What an ensemble gives: every world with every parameter draw and every seed.

    `figures` maps each name of `ensemble.FIGURES` to an array of shape (worlds, draws, seeds); `paths` maps each
    measure of `ensemble.FAN` to one of shape (worlds, draws, seeds, months); `months` are the month ends. The seeds
    are the same in every world and draw (the same luck), so the three are crossed. Money is in currency units.
    """

    scenario: Scenario
    seeds: tuple[int, ...]
    worlds: tuple[World, ...]
    draws: tuple[ParameterDraw, ...]
    months: npt.NDArray[np.datetime64]
    figures: dict[str, Floats]
    paths: dict[str, Floats]
    asked: Precision | None = None  # the precision that was asked for
    rounds: tuple[Round, ...] = ()  # how it was reached, round by round
    most: int = 0  # seeds at most, where a precision was asked for
    seconds: float = 0.0  # by the wall clock
    kept: int = 0  # runs that were not lived again: they had been kept
    provenance: dict[str, Any] = field(default_factory=dict)

    @property
    def shape(self) -> tuple[int, int, int]:
        """How many worlds, parameter draws and seeds."""
        return len(self.worlds), len(self.draws), len(self.seeds)

    @property
    def runs(self) -> int:
        """How many runs in all."""
        worlds, draws, seeds = self.shape
        return worlds * draws * seeds

    @property
    def weights(self) -> Floats:
        """The weights of the worlds, shape (worlds,), summing to one."""
        given = np.array([world.weight for world in self.worlds], np.float64)
        return np.asarray(given / given.sum())

    @property
    def member_weights(self) -> Floats:
        """The weight of every run, shape (worlds x draws x seeds,), in the order of `flat`; they sum to one."""
        _, draws, seeds = self.shape
        return np.asarray(np.repeat(self.weights / (draws * seeds), draws * seeds))

    def flat(self, name: str) -> Floats:
        """A figure of every run, shape (worlds x draws x seeds,): seeds within draws within worlds."""
        return self.figures[name].reshape(-1)


def of_arrays(
    scenario: Scenario,
    months: npt.NDArray[np.datetime64],
    figures: Mapping[str, npt.ArrayLike],
    paths: Mapping[str, npt.ArrayLike],
    *,
    worlds: Sequence[World] = (World("as given"),),
    draws: Sequence[ParameterDraw] = (ParameterDraw("as given"),),
    seeds: Sequence[int] | None = None,
    **told: Any,
) -> Ensemble:
    """An ensemble of arrays that are there already; `told` are its other fields. Raises EnsembleError.

    A figure has the shape (worlds, draws, seeds), a path of a measure of FAN (worlds, draws, seeds, months). Without
    `seeds` they are numbered from the scenario's own.
    """
    values = {name: np.asarray(value, np.float64) for name, value in figures.items()}
    series = {name: np.asarray(value, np.float64) for name, value in paths.items()}
    known = [*values.values(), *series.values()]
    if not known:
        raise EnsembleError("an ensemble of no figures")
    count = known[0].shape[2]
    used = tuple(range(scenario.seed, scenario.seed + count) if seeds is None else seeds)
    shape = (len(worlds), len(draws), len(used))
    for name, value in values.items():
        if value.shape != shape:
            raise EnsembleError(f"{name} has the shape {value.shape}; {shape} is wanted: worlds, draws, seeds")
    for name, value in series.items():
        if value.shape != (*shape, len(months)):
            raise EnsembleError(f"{name} has the shape {value.shape}; {(*shape, len(months))} is wanted")
        if name not in {measure.name for measure in FAN}:
            raise EnsembleError(f"{name} is not a measure of the fan")
    return Ensemble(
        scenario, used, tuple(worlds), tuple(draws), np.asarray(months, "datetime64[D]"), values, series, **told
    )
