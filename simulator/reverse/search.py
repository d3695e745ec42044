"""The first place on a dial at which a limit is broken, and how sure it is: a pure search over a function of the dial.

A coarse grid shows the shape and whether the figure moves one way; between the last grid point that holds and the first
that breaks, Brent's method closes in. The function gives the figure of each seed, the same seeds at every place, so
that differences between places are paired.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import stdtrit

from simulator.errors import ReverseError
from simulator.reverse.limit import Limit

Floats = npt.NDArray[np.float64]
Figures = Callable[[Sequence[float]], Sequence[Floats]]  # places of the dial -> the figure of each seed at each
Outcome = Literal["found", "broken at the mild end", "not broken"]
SURE = 0.95
NEAR = 1e-12  # of the figures' size: stands for a figure that lies on the limit, whose side is then told


@dataclass(frozen=True)
class Point:
    """One place of the dial: the figure of each seed, shape (seeds,), and whether their mean breaks the limit."""

    dial: float
    figures: Floats
    on_grid: bool
    broken: bool
    share_broken: float

    @property
    def mean(self) -> float:
        """The mean over the seeds."""
        return float(self.figures.mean())

    @property
    def standard_error(self) -> float:
        """Of the mean; NaN with one seed."""
        count = self.figures.size
        return float(self.figures.std(ddof=1)) / math.sqrt(count) if count > 1 else math.nan


@dataclass(frozen=True)
class Step:
    """From one grid point to the next: how far the figure moves towards the limit, by paired seeds."""

    first: float
    last: float
    towards: float
    standard_error: float
    backwards: bool  # moves away from the limit by more than its 95% interval


@dataclass(frozen=True)
class Crossing:
    """The first crossing of the limit: the last bracket, and where the mean crosses within it.

    `holds` and `breaks` are the ends of the last bracket: the limit holds at the one and is broken at the other.
    `root` lies between them, in a straight line. `standard_error`, `low` and `high` are the root's, by the delta
    method: that of the mean figure over the slope of the figure; `slope` is per unit of the dial, towards the limit.
    """

    holds: Point
    breaks: Point
    root: float
    slope: float
    standard_error: float
    low: float
    high: float
    own: tuple[float | None, ...]  # where each seed by itself first crosses; None where it never does


@dataclass(frozen=True)
class Found:
    """What a search found: the outcome, every place tried in the order of the dial, and how the figure moves."""

    outcome: Outcome
    points: tuple[Point, ...]
    steps: tuple[Step, ...]
    changes: tuple[tuple[float, float], ...]  # grid intervals in which the mean passes the limit, either way
    crossing: Crossing | None

    @property
    def grid(self) -> tuple[Point, ...]:
        """The places of the grid."""
        return tuple(point for point in self.points if point.on_grid)

    @property
    def backwards(self) -> tuple[Step, ...]:
        """The steps in which the figure moves away from the limit by more than luck."""
        return tuple(step for step in self.steps if step.backwards)

    @property
    def one_way(self) -> bool:
        """Whether the figure moves one way, as far as the grid can tell."""
        return not self.backwards and len(self.changes) <= 1


def search(figures: Figures, limit: Limit, *, grid: int = 9, tolerance: float = 0.001) -> Found:
    """The first place on the dial, from the mild end (0) on, at which the mean over the seeds breaks the limit.

    `figures` is asked for many places at a time on the grid and for one at a time afterwards. The last bracket is at
    most `tolerance` wide. Raises ReverseError where a figure cannot be formed.
    """
    tried: dict[float, Point] = {}

    def ask(places: Sequence[float], on_grid: bool) -> None:
        for place, found in zip(places, figures(places), strict=True):
            tried[place] = _point(place, np.asarray(found, np.float64), limit, on_grid)

    ask([float(place) for place in np.linspace(0.0, 1.0, grid)], True)
    known = [tried[place] for place in sorted(tried)]
    steps = tuple(_step(first, last, limit) for first, last in pairwise(known))
    changes = tuple((first.dial, last.dial) for first, last in pairwise(known) if first.broken != last.broken)
    crossing: Crossing | None = None
    outcome: Outcome = "broken at the mild end" if known[0].broken else "found" if changes else "not broken"
    if outcome == "found":
        _close_in(lambda place: ask([place], False), tried, changes[0], limit, tolerance)
        crossing = _crossing(tried, changes[0], limit)
    return Found(outcome, tuple(tried[place] for place in sorted(tried)), steps, changes, crossing)


def _point(place: float, found: Floats, limit: Limit, on_grid: bool) -> Point:
    if not np.isfinite(found).all():
        raise ReverseError(
            f"{limit.metric.name} cannot be formed at {place:g} of the dial for {int((~np.isfinite(found)).sum())} of "
            f"{found.size} seeds (nothing was lent, nobody was there, or the scenario does not follow it)"
        )
    share = float(np.mean([limit.broken(float(figure)) for figure in found]))
    return Point(place, found, on_grid, limit.broken(float(found.mean())), share)


def _step(first: Point, last: Point, limit: Limit) -> Step:
    """Paired: the same seeds at both places."""
    gaps = limit.harder * (last.figures - first.figures)
    towards, count = float(gaps.mean()), gaps.size
    error = float(gaps.std(ddof=1)) / math.sqrt(count) if count > 1 else 0.0
    return Step(first.dial, last.dial, towards, error, towards < 0 and towards < -_reach(count) * error)


def _reach(count: int) -> float:
    """Standard errors to the end of the 95% interval, by Student's t."""
    return float(stdtrit(count - 1, 0.5 + SURE / 2)) if count > 1 else 0.0


def _close_in(
    ask: Callable[[float], None], tried: dict[float, Point], span: tuple[float, float], limit: Limit, tolerance: float
) -> None:
    """Brent's method on the mean; a mean on the limit itself counts a hair to its side, so that the search goes on."""
    hair = NEAR * max(abs(limit.value), *(abs(limit.beyond(tried[end].mean)) for end in span), 1e-300)

    def beyond(place: float) -> float:
        place = float(place)
        if place not in tried:
            ask(place)
        point = tried[place]
        size = max(abs(limit.beyond(point.mean)), hair)
        return size if point.broken else -size

    brentq(beyond, *span, xtol=tolerance / 2, rtol=4 * np.finfo(float).eps, maxiter=200)
    while (bracket := _bracket(tried, span))[1] - bracket[0] > tolerance:  # Brent may stop at one end of it
        beyond(0.5 * (bracket[0] + bracket[1]))


def _bracket(tried: dict[float, Point], span: tuple[float, float]) -> tuple[float, float]:
    """The first two neighbours among the places tried of which the limit holds at the one and breaks at the other."""
    places = sorted(place for place in tried if span[0] <= place <= span[1])
    return next((a, b) for a, b in pairwise(places) if not tried[a].broken and tried[b].broken)


def _crossing(tried: dict[float, Point], span: tuple[float, float], limit: Limit) -> Crossing:
    holds, breaks = (tried[place] for place in _bracket(tried, span))
    root = _between(holds.dial, breaks.dial, limit.beyond(holds.mean), limit.beyond(breaks.mean))
    slope = (limit.beyond(tried[span[1]].mean) - limit.beyond(tried[span[0]].mean)) / (span[1] - span[0])
    count = breaks.figures.size
    error = breaks.standard_error / slope if slope > 0 and count > 1 else math.nan
    reach = _reach(count) * error
    places = [tried[place] for place in sorted(tried)]
    own = tuple(_own(places, seed, limit) for seed in range(count))
    return Crossing(holds, breaks, root, slope, error, root - reach, root + reach, own)


def _own(places: Sequence[Point], seed: int, limit: Limit) -> float | None:
    """Where one seed first crosses, in a straight line between the places tried; 0 where it begins beyond."""
    beyond = [limit.beyond(float(point.figures[seed])) for point in places]
    broken = [limit.broken(float(point.figures[seed])) for point in places]
    if broken[0]:
        return 0.0
    at = next((number for number, each in enumerate(broken) if each), None)
    if at is None:
        return None
    return _between(places[at - 1].dial, places[at].dial, beyond[at - 1], beyond[at])


def _between(first: float, last: float, before: float, after: float) -> float:
    """Where a straight line from (first, before <= 0) to (last, after >= 0) is nought."""
    return last if after <= before else first + (last - first) * -before / (after - before)
