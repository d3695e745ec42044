"""What each key does to a figure: from its low to its high end, and along the way, with errors."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from simulator.sweeps.design import Design
from simulator.sweeps.estimate import NOTHING, Estimate, over_seeds, with_error
from simulator.sweeps.keys import Key

Floats = npt.NDArray[np.float64]
FIFTHS = 5


@dataclass(frozen=True)
class End:
    """One end of a key: its value, and how far the figure stands there from the reference."""

    value: Any
    difference: Estimate


@dataclass(frozen=True)
class At:
    """The figure at one value of a key (the others as the design has them), and how far from the reference.

    Of points that fill the space: the mean of those in a fifth of the range, around its middle, without what the
    plane says of the other keys; errors by scatter.
    """

    value: Any
    level: Estimate
    difference: Estimate


@dataclass(frozen=True)
class Effect:
    """What a key does to a figure over its values.

    `first` and `last` are the key's low and high ends, or for words the values with the lowest and the highest mean;
    `swing` is the figure at the last less that at the first. The `reference` is the scenario as it stands (one key at
    a time) or the mean of all points. `bends` is the value in between where the figure goes beyond both ends, if any.
    `dots`, where points fill the space, are the figure of each point without what the plane says of the other keys.
    """

    key: Key
    reference: float
    first: End
    last: End
    swing: Estimate
    curve: tuple[At, ...]
    bends: Any = None
    dots: tuple[float, ...] = ()


def effect(design: Design, number: int, values: Floats) -> Effect:
    """The effect of one key on a figure; `values` has the shape (points, seeds)."""
    if design.fills:
        return _fitted(design, number, values)
    key = design.keys[number]
    levels, reference = _levels(design, key, values)
    return _read_off(key, levels, reference)


def _levels(design: Design, key: Key, values: Floats) -> tuple[list[tuple[Any, Floats]], Floats]:
    """The figure at each value of a key, seed by seed, and the reference; shapes (seeds,)."""
    if design.kind == "grid":
        column = design.column(key)
        chosen = list(dict.fromkeys(column)) if _hashable(column) else key.values
        groups = [(value, [place for place, there in enumerate(column) if there == value]) for value in chosen]
        return [(value, values[rows].mean(axis=0)) for value, rows in groups], values.mean(axis=0)
    alone = [(point[key.path], values[place]) for place, point in enumerate(design.points) if key.path in point]
    inside = key.is_number and isinstance(key.usual, (int, float)) and key.low < key.usual < key.high
    if inside and key.usual not in [value for value, _ in alone]:
        alone.append((key.usual, values[0]))
    return alone, values[0]


def _hashable(column: list[Any]) -> bool:
    return all(isinstance(value, (bool, int, float, str)) for value in column)


def _read_off(key: Key, levels: list[tuple[Any, Floats]], reference: Floats) -> Effect:
    """From the figure at each value, seed by seed."""
    means = [float(figures.mean()) for _, figures in levels]
    pairs = 1
    if key.is_number:
        levels = sorted(levels, key=lambda level: float(level[0]))
        means = [float(figures.mean()) for _, figures in levels]
        low, high = 0, len(levels) - 1
    else:
        low, high = int(np.argmin(means)), int(np.argmax(means))
        pairs = max(len(levels) * (len(levels) - 1) // 2, 1)
    first, last = levels[low], levels[high]
    start, finish = (End(value, over_seeds(figures - reference)) for value, figures in (first, last))
    curve = tuple(At(value, over_seeds(figures), over_seeds(figures - reference)) for value, figures in levels)
    bends = _beyond(levels, low, high) if key.is_number else None
    return Effect(key, float(reference.mean()), start, finish, over_seeds(last[1] - first[1], pairs), curve, bends)


def _beyond(levels: list[tuple[Any, Floats]], low: int, high: int) -> Any:
    """The value in between at which the figure goes furthest beyond both ends, surely; None where there is none."""
    furthest, found = 0.0, None
    pairs = max(len(levels) - 2, 1) * 2
    for value, figures in levels:
        sides = [over_seeds(figures - levels[end][1], pairs) for end in (low, high)]
        if all(side.sure for side in sides) and sides[0].value * sides[1].value > 0:
            least = min(abs(side.value) for side in sides)
            if least > furthest:
                furthest, found = least, value
    return found


def _fitted(design: Design, number: int, values: Floats) -> Effect:
    """From a plane through all points: the slope along the key, all other keys held.

    Least squares on the mean over seeds. The standard error joins that of the points (White's, HC3: right also where
    the plane does not fit well) with that of the slope between seeds, where there are several.
    """
    key = design.keys[number]
    means = values.mean(axis=1)
    columns, owner = _regressors(design)
    if np.isnan(means).any() or len(means) <= columns.shape[1]:
        curve = _binned(design, key, means)
        return Effect(key, float(means.mean()), End(key.at(0.0), NOTHING), End(key.at(1.0), NOTHING), NOTHING, curve)
    solved = np.asarray(np.linalg.pinv(columns), np.float64)
    slopes = solved @ values
    spread = _points_error(columns, solved, means)
    if values.shape[1] > 1:
        spread = spread + np.cov(slopes).reshape(spread.shape) / values.shape[1]
    freedom = len(means) - columns.shape[1]
    mine = [place for place, name in enumerate(owner) if name == key.path]
    low, high, labels = _ends(key, mine, slopes.mean(axis=1), columns)
    centre = columns.mean(axis=0)
    others = [place for place in range(1, columns.shape[1]) if place not in mine]
    dots = means - (columns[:, others] - centre[others]) @ slopes.mean(axis=1)[others]
    found = []
    for weights in (low - centre, high - centre, high - low):
        only = np.zeros_like(centre)
        only[mine] = weights[mine]
        error = math.sqrt(max(float(only @ spread @ only), 0.0))
        found.append(with_error(float(only @ slopes.mean(axis=1)), error, freedom))
    start, finish = End(labels[0], found[0]), End(labels[1], found[1])
    curve = _binned(design, key, dots)
    return Effect(key, float(means.mean()), start, finish, found[2], curve, None, tuple(dots.tolist()))


def _regressors(design: Design) -> tuple[Floats, list[str]]:
    """A column of ones, each number's place from 0 to 1, a column for each word but the first; and whose they are."""
    columns, owner = [np.ones(len(design.points))], [""]
    for key in design.keys:
        there = design.column(key)
        if key.is_number:
            columns.append(np.array([key.place(value) for value in there]))
            owner.append(key.path)
        else:
            columns += [np.array([float(value == word) for value in there]) for word in key.values[1:]]
            owner += [key.path] * (len(key.values) - 1)
    return np.column_stack(columns), owner


def _points_error(columns: Floats, solved: Floats, means: Floats) -> Floats:
    """The covariance of the coefficients by the scatter of the points, White's HC3."""
    left = means - columns @ (solved @ means)
    leverage = np.einsum("ij,ji->i", columns, solved)
    weights = solved * (left / np.maximum(1.0 - leverage, 1e-9))
    return np.asarray(weights @ weights.T)


def _ends(key: Key, mine: list[int], slopes: Floats, columns: Floats) -> tuple[Floats, Floats, tuple[Any, Any]]:
    """The rows of the regressors at the key's ends, and the values there; words: lowest and highest."""
    low, high = np.zeros(columns.shape[1]), np.zeros(columns.shape[1])
    if key.is_number:
        high[mine] = 1.0
        return low, high, (key.low, key.high)
    heights = [0.0, *(float(slopes[place]) for place in mine)]
    least, most = int(np.argmin(heights)), int(np.argmax(heights))
    for row, word in ((low, least), (high, most)):
        if word:
            row[mine[word - 1]] = 1.0
    return low, high, (key.values[least], key.values[most])


def _binned(design: Design, key: Key, means: Floats) -> tuple[At, ...]:
    """The mean of the points in each fifth of a range, or at each value; the error is their scatter."""
    there = design.column(key)
    if not key.is_range:
        groups = [(value, np.array([one == value for one in there])) for value in key.values]
    else:
        fifth = np.minimum((np.array([key.place(value) for value in there]) * FIFTHS).astype(int), FIFTHS - 1)
        groups = [(key.low + (key.high - key.low) * (bin + 0.5) / FIFTHS, fifth == bin) for bin in range(FIFTHS)]
    middle = means.mean()
    return tuple(
        At(value, over_seeds(means[rows]), over_seeds(means[rows] - middle)) for value, rows in groups if rows.any()
    )
