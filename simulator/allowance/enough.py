"""Would it have been enough: how often the allowance of the eve covers what its accounts then lose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from simulator.allowance.futures import Future
from simulator.reserves.provisioning import RULES

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]
LEVELS = (0.5, 0.9, 0.95, 0.99)


def enough(found: Sequence[Sequence[Future]], weights: Sequence[float]) -> pd.DataFrame:
    """By rule and horizon: the share of paths that the allowance covers, its error, and what would have been needed.

    `found` by world and seed, `weights` of the worlds. The standard error counts worlds as drawn and seeds as crossed
    with them: of the means by world, and of the means by seed, added up. `needed_95` and so on is the reserve that
    covers the losses of so many of the weighted paths.
    """
    import pandas as pd

    held = np.asarray(weights, np.float64) / np.sum(weights)
    rows = []
    for rule in RULES:
        aside = np.array([[future.allowance[rule] for future in world] for world in found])
        for horizon in ("year", "life"):
            lost = np.array([[getattr(future, horizon) for future in world] for world in found])
            covered = (aside >= lost).astype(np.float64)
            share = float(held @ covered.mean(axis=1))
            spread = np.repeat(held / lost.shape[1], lost.shape[1])
            rows.append(
                {
                    "rule": rule,
                    "horizon": "12 months" if horizon == "year" else "life",
                    "paths": lost.size,
                    "allowance": float(held @ aside.mean(axis=1)),
                    "mean_loss": float(held @ lost.mean(axis=1)),
                    "covered": share,
                    "covered_standard_error": _error(covered, held),
                    **{f"needed_{round(100 * level)}": quantile(lost.reshape(-1), spread, level) for level in LEVELS},
                }
            )
    return pd.DataFrame(rows)


def quantile(values: Floats, weights: Floats, level: float) -> float:
    """The least value that is not gone beyond by more than the rest of the weight."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    place = min(int(np.searchsorted(reached, level - 1e-12)), values.size - 1)
    return float(values[order][place])


def _error(values: Floats, weights: Floats) -> float:
    worlds, seeds = values.shape
    by_world, by_seed = values.mean(axis=1), weights @ values
    middle = float(weights @ by_world)
    variance = 0.0
    if worlds > 1:
        variance += float((weights**2 * (by_world - middle) ** 2).sum()) * worlds / (worlds - 1)
    if seeds > 1:
        variance += float(by_seed.var(ddof=1)) / seeds
    return float(np.sqrt(variance))
