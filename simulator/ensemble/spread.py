"""Points that cover a cube evenly with few of them, and that stay where they are when more are added.

In every dimension the first 2, 4, 8, 16 ... points are a Latin hypercube: one lies in each half, quarter, eighth of
the range (McKay, Beckman and Conover 1979; nested as by Qian 2009). Each doubling fills the empty cells in an order of
its own for each dimension, so that dimensions have nothing to do with one another. In between, no cell holds two.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from simulator.draws import Draws, mix

Floats = npt.NDArray[np.float64]


def spread(names: Sequence[str], count: int, seed: int) -> Floats:
    """So many points in the open unit cube, (count, dimensions); point n of a named dimension is always the same."""
    draws = Draws(seed)
    columns = [_column(name, count, draws) for name in names]
    return np.array(columns, np.float64).reshape(len(names), count).T


def _column(name: str, count: int, draws: Draws) -> Floats:
    points = draws.uniform(f"parameters.{name}", 0, mix(np.zeros(1, np.int64)))
    while points.size < count:
        cells = 2 * points.size
        full = np.zeros(cells, np.bool_)
        full[(points * cells).astype(np.int64)] = True
        empty = np.flatnonzero(~full)
        ids = mix(empty.astype(np.int64))
        order = np.argsort(draws.uniform(f"parameters.{name}.order", cells, ids), kind="stable")
        fresh = (empty + draws.uniform(f"parameters.{name}", cells, ids)) / cells
        points = np.concatenate([points, fresh[order]])
    return points[:count]
