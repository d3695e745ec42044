"""How plausible a found scenario is: its unemployment beside history, its other values beside published ranges."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from simulator.facts import Fact, facts, named
from simulator.reverse.dial import Dial, Move
from simulator.reverse.history import YEAR, History, Severity, largest_rise, peak_in, rise_in
from simulator.reverse.lives import Life
from simulator.scenario import Scenario
from simulator.shocks import Unemployment as UnemploymentShock

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Unemployment:
    """The unemployment of a place of the dial: month by month, its peak, its largest rise over twelve months.

    In percent and points. `before` are the twelve months before the span. With a history, how often the past was as
    severe.
    """

    before: Floats
    economy: Floats
    borrowers: Floats  # as lived, mean over the seeds
    history: History | None
    peak_seen: Severity | None
    rise_seen: Severity | None

    @property
    def peak(self) -> float:
        """The highest month."""
        return float(self.economy.max())

    @property
    def rise(self) -> float:
        """The largest rise over twelve months."""
        return largest_rise(self.before, self.economy)


@dataclass(frozen=True)
class InRange:
    """A value beside a published figure: its range, and where in it the value lies (0 its low end, 1 its high end)."""

    value: float
    fact: Fact

    @property
    def position(self) -> float:
        """0 at the low end, 1 at the high end, below or above where the value lies outside."""
        return (self.value - self.fact.low) / (self.fact.high - self.fact.low)


@dataclass(frozen=True)
class Known:
    """What is known about one key's value: published ranges, or nothing."""

    move: Move
    value: float
    ranges: tuple[InRange, ...]


def unemployment_of(scenario: Scenario, lives: Sequence[Life], history: History | None) -> Unemployment:
    """The unemployment of a scenario as its seeds lived it, beside history."""
    borrowers = np.mean([life.borrowers for life in lives], axis=0)
    bare = Unemployment(before_of(scenario), lives[0].economy, borrowers, history, None, None)
    if history is None:
        return bare
    return replace(bare, peak_seen=peak_in(history, bare.peak), rise_seen=rise_in(history, bare.rise))


def before_of(scenario: Scenario) -> Floats:
    """Unemployment in the twelve months before the span, percent: the baseline's, or the past's where it is lived."""
    path, start = scenario.world.economy.unemployment, scenario.span.start
    lived = scenario.book.warm_up_world == "path"
    months = path.at_months(start.replace(year=start.year - 1), YEAR) if lived else np.full(YEAR, path.baseline)
    for shock in scenario.world.shocks.values():
        if isinstance(shock, UnemploymentShock) and shock.starts is None:
            months = months + shock.strength(start - dt.timedelta(days=1))
    return np.asarray(months, np.float64)


def known_of(dial: Dial, place: float) -> tuple[Known, ...]:
    """What is known about each key's value at a place of the dial."""
    return tuple(Known(move, move.number(place), _ranges(move, move.number(place))) for move in dial.moves)


def _ranges(move: Move, value: float) -> tuple[InRange, ...]:
    """The published figures that a parameter's source names, where its default lies in their range.

    Where it does not, the figure is counted in another unit, or the parameter was derived from it.
    """
    if move.path is not None or move.usual is None:
        return ()
    there = [facts()[name] for name in named(move.source) if name in facts()]
    return tuple(InRange(value, fact) for fact in there if fact.low <= move.usual <= fact.high and fact.low < fact.high)
