"""Designs: which points are lived. A grid, one key at a time, or points that fill the space of the keys evenly."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from simulator.draws import Draws
from simulator.errors import EnsembleError
from simulator.sweeps.keys import Key

Floats = npt.NDArray[np.float64]
Kind = Literal["grid", "one-at-a-time", "latin", "sobol"]
KINDS: tuple[str, ...] = get_args(Kind)
FILE = "file"
GRID_LEVELS = 5  # of a range on a grid
ENDS = 2  # values of a range, one key at a time
LATIN_POINTS = 10  # for each key, and at least twice as many
SOBOL_POINTS = 32  # base points, for lack of a better number: errors say whether they were enough
FEWEST = 4  # base points of a Sobol design
MOST_POINTS = 100_000


@dataclass(frozen=True)
class Design:
    """The points of a sweep, in order: each maps key paths to values; a key left out stays as the scenario has it.

    `base` counts the base points of a Sobol design: points are A, B, then for each key A with that key from B.
    """

    kind: str
    keys: tuple[Key, ...]
    points: tuple[dict[str, Any], ...]
    base: int = 0
    notes: tuple[str, ...] = ()

    @property
    def fills(self) -> bool:
        """Whether the points fill the space, so that effects must be fitted rather than read off."""
        return self.kind in ("latin", "sobol", FILE)

    def column(self, key: Key) -> list[Any]:
        """The key's value in each point; where it stays as the scenario has it, that."""
        return [point.get(key.path, key.usual) for point in self.points]

    def places(self) -> Floats:
        """Where each point stands along each key, from 0 to 1; shape (points, keys)."""
        columns = [[key.place(point[key.path]) for point in self.points] for key in self.keys]
        return np.array(columns, np.float64).T


def default_kind(keys: Sequence[Key]) -> str:
    """A grid for lists of values and for one or two ranges, otherwise one key at a time."""
    return "grid" if len(keys) <= 2 or not any(key.is_range for key in keys) else "one-at-a-time"


def points_in(kind: str, keys: Sequence[Key], points: int | None) -> int:
    """How many points a design has, before it is made."""
    count = _count(kind, keys, points)
    if kind == "grid":
        return math.prod(len(key.levels(count)) for key in keys)
    if kind == "one-at-a-time":
        return 1 + sum(len(key.levels(count)) for key in keys)
    return count * (len(keys) + 2) if kind == "sobol" else count


def design(keys: Sequence[Key], kind: str | None = None, points: int | None = None, seed: int = 1) -> Design:
    """The points to live; `points` is levels of a range, points of a Latin hypercube, or base points of Sobol's.

    Everything random in it belongs to the seed. Raises EnsembleError where no such design can be made. Methods:
    Latin hypercube and scrambled Sobol sequence of scipy.stats.qmc; for Sobol's indices the design of Saltelli et
    al., "Variance based sensitivity analysis of model output", Computer Physics Communications 181 (2010).
    """
    kind = kind or default_kind(keys)
    if kind not in KINDS:
        raise EnsembleError(f"there is no design {kind!r}; there are {', '.join(KINDS)}")
    least = len(keys) + 3 if kind == "latin" else 2
    if points is not None and points < least:
        what = "levels of a range" if kind in ("grid", "one-at-a-time") else f"points of {len(keys)} keys"
        raise EnsembleError(f"{points} points: at least {least} {what} are wanted in the design {kind}")
    if (number := points_in(kind, keys, points)) > MOST_POINTS:
        raise EnsembleError(
            f"the design has {number:,} points; at most {MOST_POINTS:,} are taken: fewer values or keys"
        )
    count = _count(kind, keys, points)
    if kind == "grid":
        made = itertools.product(*(key.levels(count) for key in keys))
        return Design(kind, tuple(keys), tuple(_point(keys, values) for values in made))
    if kind == "one-at-a-time":
        alone = [{key.path: value} for key in keys for value in key.levels(count)]
        return Design(kind, tuple(keys), ({}, *alone))
    from scipy.stats import qmc

    chance = int(Draws(seed).key(f"sweep.{kind}", 0))
    if kind == "latin":
        cube = qmc.LatinHypercube(len(keys), rng=chance).random(count)
        return Design(kind, tuple(keys), tuple(_placed(keys, row) for row in cube))
    notes = [f"{points} points became {count}, the next power of two, which Sobol's points need"]
    first, second = np.split(qmc.Sobol(2 * len(keys), bits=62, rng=chance).random(count), 2, axis=1)
    blocks = [first, second, *(_with_column(first, second, axis) for axis in range(len(keys)))]
    made_of = tuple(_placed(keys, row) for row in np.concatenate(blocks))
    return Design(kind, tuple(keys), made_of, count, tuple(notes if points not in (None, count) else ()))


def _count(kind: str, keys: Sequence[Key], points: int | None) -> int:
    """What `points` means in a design, or what is usual there."""
    if kind == "sobol":
        return max(1 << ((points or SOBOL_POINTS) - 1).bit_length(), FEWEST)
    usual = {"grid": GRID_LEVELS, "one-at-a-time": ENDS, "latin": LATIN_POINTS * max(len(keys), 2)}
    return points or usual[kind]


def _point(keys: Sequence[Key], values: Sequence[Any]) -> dict[str, Any]:
    return {key.path: value for key, value in zip(keys, values, strict=True)}


def _placed(keys: Sequence[Key], row: Floats) -> dict[str, Any]:
    return _point(keys, [key.at(float(share)) for key, share in zip(keys, row, strict=True)])


def _with_column(first: Floats, second: Floats, axis: int) -> Floats:
    """The first points with one key's values taken from the second."""
    mixed = first.copy()
    mixed[:, axis] = second[:, axis]
    return mixed
