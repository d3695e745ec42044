"""Runs that are crossed and not independent: every world with every parameter draw and every seed.

The runs of one seed share its luck in every world, those of one world its path under every seed. What a mean over all
of them is worth, and which source moves the runs how much, follows from products of runs that share some sources and
not others: with y the value of a run, the mean of y y' over pairs of runs that have the sources u in common and differ
in all others estimates E[E[y|u]^2] without bias. With equal weights this gives the estimates by expected mean squares
of the random-effects analysis of variance (Searle, Casella and McCulloch 1992, Variance Components, chapter 4), and
with unequal weights of the worlds it still holds.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
SOURCES = ("world", "parameters", "sampling")  # the axes of a table of runs: worlds, parameter draws, seeds
_Pairs = Literal["same", "distinct"]


@dataclass(frozen=True)
class Axis:
    """The levels of one source: their weights, shape (levels,), summing to one, and which of them were drawn.

    A level that was not drawn but named, with a weight that is known, adds no luck of its own.
    """

    weights: Floats
    drawn: npt.NDArray[np.bool_]

    @classmethod
    def even(cls, levels: int) -> Axis:
        """So many levels, all drawn, of equal weight."""
        return cls(np.full(levels, 1.0 / levels), np.ones(levels, np.bool_))

    @classmethod
    def of(cls, weights: npt.ArrayLike, drawn: npt.ArrayLike) -> Axis:
        """Levels with weights in any measure."""
        given = np.asarray(weights, np.float64)
        return cls(given / given.sum(), np.asarray(drawn, np.bool_))

    @property
    def levels(self) -> int:
        """How many."""
        return int(self.weights.size)

    @property
    def varies(self) -> bool:
        """Whether there are at least two drawn levels, so that their luck can be seen."""
        return int(self.drawn.sum()) > 1

    @property
    def effective(self) -> float:
        """As many drawn levels of equal weight tell as much: 1 / sum of squared weights (Kish 1965)."""
        if not self.drawn.any():
            return 0.0
        own = self.weights[self.drawn] / self.weights[self.drawn].sum()
        return float(1.0 / np.square(own).sum())

    @property
    def plain(self) -> bool:
        """All drawn and of equal weight."""
        return bool(self.drawn.all() and np.allclose(self.weights, 1.0 / self.levels, rtol=1e-9, atol=0.0))

    def without(self, levels: npt.NDArray[np.intp]) -> Axis:
        """The axis without some levels."""
        kept = np.delete(self.weights, levels)
        return Axis(kept / kept.sum(), np.delete(self.drawn, levels))


Design = tuple[Axis, Axis, Axis]  # in the order of SOURCES


def design_of(shape: Sequence[int], weights: npt.ArrayLike | None = None, drawn: npt.ArrayLike | None = None) -> Design:
    """The design of a table of runs of shape (worlds, draws, seeds); `weights` and `drawn` are those of the worlds."""
    worlds, draws, seeds = shape
    first = Axis.of(
        np.ones(worlds) if weights is None else weights, np.ones(worlds, np.bool_) if drawn is None else drawn
    )
    return first, Axis.even(draws), Axis.even(seeds)


def member_weights(design: Design) -> Floats:
    """The weight of each run, shape (worlds, draws, seeds), summing to one."""
    worlds, draws, seeds = (axis.weights for axis in design)
    return np.asarray(worlds[:, None, None] * draws[None, :, None] * seeds[None, None, :])


def weighted_mean(values: Floats, design: Design) -> float:
    """The mean of a table of runs."""
    worlds, draws, seeds = (axis.weights for axis in design)
    return float(worlds @ (values @ seeds @ draws))


def error_variances(values: Floats, design: Design) -> tuple[float, dict[str, float]]:
    """How uncertain the mean of a table is: the variance of its error, all sources together, and each alone.

    A source alone is what drawing its levels anew would change; what sources do together is in the share of each, and
    only once in the whole. A source with fewer than two drawn levels is left out: the mean is then one for these
    levels. The whole is at least the largest of its sources (Searle and others; the unbiased estimate can be smaller).
    """
    centred = values - weighted_mean(values, design)
    alone = {}
    for number, source in enumerate(SOURCES):
        if design[number].varies:  # any two levels of the others: the mean over them
            level = _over_others(centred, design, number)
            alone[source] = max(-float(level @ _paired(level, design[number], "distinct")), 0.0)
    whole = -_product(centred, design, ["distinct"] * 3)
    return max(whole, *alone.values(), 0.0) if alone else 0.0, alone


def error_skewness(values: Floats, design: Design, variance: float) -> float:
    """How lopsided the error of the mean of a table is, given its variance: third moments of the sources added up."""
    centred = values - weighted_mean(values, design)
    third = 0.0
    for number, axis in enumerate(design):
        if axis.varies:
            level = _over_others(centred, design, number)
            third += float(np.power(axis.weights * level, 3)[axis.drawn].sum())
    return third / variance**1.5 if variance > 0.0 else 0.0


def components(values: Floats, design: Design) -> dict[tuple[str, ...], float]:
    """Variance components of a table of runs: for each set of sources what they do together beyond fewer of them.

    Unbiased, so that a small one may come out below nought. Sources with one level are left out.
    """
    centred = values - weighted_mean(values, design)
    there = [number for number, axis in enumerate(design) if axis.levels > 1]
    shared: dict[tuple[int, ...], float] = {}
    found: dict[tuple[str, ...], float] = {}
    for size in range(len(there) + 1):
        for together in itertools.combinations(there, size):
            pairs: list[_Pairs] = ["same" if number in together else "distinct" for number in range(3)]
            shared[together] = _product(centred, design, pairs)
            if size:
                fewer = (part for count in range(size + 1) for part in itertools.combinations(together, count))
                value = sum((-1) ** (size - len(part)) * shared[part] for part in fewer)
                found[tuple(SOURCES[number] for number in together)] = float(value)
    return found


def _over_others(values: Floats, design: Design, number: int) -> Floats:
    """The mean of each level of one axis over the other two axes."""
    others = [axis.weights for place, axis in enumerate(design) if place != number]
    return np.asarray(np.moveaxis(values, number, 0) @ others[1] @ others[0])


def _product(values: Floats, design: Design, pairs: Sequence[_Pairs]) -> float:
    """The weighted mean of y y' over pairs of runs: on each axis with the same level, or with two distinct ones.

    A named level may be paired with itself: its weight is known, and there is no luck in it.
    """
    other = values
    for number, (axis, kind) in enumerate(zip(design, pairs, strict=True)):
        if axis.levels == 1:
            continue
        other = np.moveaxis(_paired(np.moveaxis(other, number, 0), axis, kind), 0, number)
    return float((values * other).sum())


def _paired(values: Floats, axis: Axis, kind: _Pairs) -> Floats:
    """For each level the weighted sum over the levels it may be paired with; levels first."""
    weights = axis.weights.reshape(-1, *[1] * (values.ndim - 1))
    if kind == "same":
        return np.asarray(weights * values)
    found = np.asarray(weights * (weights * values).sum(axis=0))
    if not axis.varies:
        return found
    drawn, share = axis.drawn, float(axis.weights[axis.drawn].sum())
    own = weights[drawn] / share
    among = (own * values[drawn]).sum(axis=0)
    widen = 1.0 / (1.0 - float(np.square(own).sum()))
    found[drawn] += share**2 * ((widen - 1.0) * own * among - widen * own**2 * values[drawn])
    return found
