"""The luck in a fit: how far simulated values and the objective vary from seed to seed, and its part of the misfit."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator.calibration.objective import Objective

Floats = npt.NDArray[np.float64]
MOST = 0.25  # share of the misfit above which noise is warned of


def noise_of(objective: Objective, by_seed: Floats) -> Floats:
    """The variance of one run's value, mean over the values of each block; `by_seed` has shape (seeds, values)."""
    own = by_seed.var(axis=0, ddof=1)
    return np.array([float(own[part].mean()) for part in objective.slices])


@dataclass(frozen=True)
class Noise:
    """The luck of the seeds at one point: what it adds to the misfit, and how far it moves it."""

    where: str
    misfit: float
    added: float  # what the noise of the mean over the seeds adds to the misfit on average
    spread: float  # standard deviation of the misfit, had other seeds been used
    by_block: dict[str, float]  # standard deviation over seeds of one value, in its unit
    seeds: int

    @classmethod
    def of(cls, where: str, objective: Objective, by_seed: Floats, errors: Floats, seeds: int) -> Noise:
        """From values by seed, shape (seeds, values), for a mean over `seeds` of them; the spread by the jackknife."""
        variances = noise_of(objective, by_seed)
        spread_rows = [
            np.square(objective.rows(block)).sum(axis=1) * variance
            for block, variance in zip(objective.blocks, variances, strict=True)
        ]
        added = float((np.concatenate(spread_rows) / np.square(errors)).sum()) / seeds
        count = len(by_seed)
        misfit = objective.misfit(by_seed[:seeds].mean(axis=0), errors)
        left_out = [np.delete(by_seed, each, 0).mean(axis=0) for each in range(count)]
        without = np.array([objective.misfit(mean, errors) for mean in left_out])
        spread = math.sqrt((count - 1) / seeds * float(np.square(without - without.mean()).sum()))
        by_block = {
            block.name: math.sqrt(variance) for block, variance in zip(objective.blocks, variances, strict=True)
        }
        return cls(where, misfit, added, spread, by_block, seeds)

    @property
    def share(self) -> float:
        """What of the misfit the noise makes up."""
        return self.added / self.misfit if self.misfit > 0 else math.nan

    @property
    def words(self) -> str:
        """In a sentence."""
        several = "" if self.seeds == 1 else "s"
        return (
            f"At the {self.where} the misfit is {self.misfit:,.1f}, give or take {self.spread:,.1f} by the luck of the "
            f"seeds; sampling noise of {self.seeds} seed{several} makes up {self.added:,.1f} of it ({self.share:.0%})."
        )

    @property
    def warnings(self) -> list[str]:
        """A warning where noise makes up more than a quarter of the misfit."""
        if not self.share > MOST:
            return []
        return [
            f"At the {self.where} sampling noise makes up {self.share:.0%} of the misfit (more than {MOST:.0%}): "
            "take more borrowers or more seeds."
        ]
