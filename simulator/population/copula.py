"""How the qualities of a person go together: correlations of their normal scores (a Gaussian copula)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

Floats = npt.NDArray[np.float64]
SWEEPS = 3  # rounds in which shared values settle on a score; more change nothing that can be seen

LATENTS = (
    "income",
    "savings",
    "age",
    "education",
    "debt_service",
    "literacy",
    "score",
    "pay_share",
    "desired_use",
    "desired_loan",
    "forgets",
)


def in_order(given: Mapping[Any, Any]) -> dict[str, Any]:
    """Correlations with their two names in the order of LATENTS: score/savings replaces savings/score."""
    ordered: dict[str, Any] = {}
    for pair, value in given.items():
        names = [part.strip() for part in str(pair).split("/")]
        if len(names) != 2 or names[0] == names[1] or any(name not in LATENTS for name in names):
            raise ValueError(f"correlations: {pair!r} is no pair; write first/second with two of {', '.join(LATENTS)}")
        if set(names) == {"income", "savings"}:
            raise ValueError(
                "correlations: savings is the rank among people of like income, so it has no correlation "
                "with income; change savings_months instead"
            )
        key = "/".join(sorted(names, key=LATENTS.index))
        if key in ordered:
            raise ValueError(f"correlations: {key} is given twice")
        ordered[key] = value
    return ordered


def matrix(correlations: Mapping[str, float]) -> Floats:
    """The correlation matrix over LATENTS; raises ValueError with names when no such people can exist."""
    full = np.eye(len(LATENTS))
    for pair, value in correlations.items():
        if not -1.0 < value < 1.0:
            raise ValueError(f"correlations: {pair} is {value:g}; it must lie between -1 and 1, without the ends")
        first, second = (LATENTS.index(name) for name in pair.split("/"))
        full[first, second] = full[second, first] = value
    sizes, directions = np.linalg.eigh(full)
    if sizes[0] < 1e-4:
        weights = np.abs(directions[:, 0])
        worst = [LATENTS[number] for number in np.argsort(-weights)[:4] if weights[number] > 0.1]
        raise ValueError(
            "correlations: these cannot all hold at once (the matrix is not positive definite, least "
            f"eigenvalue {sizes[0]:.3f}); the conflict lies between {', '.join(worst)}: bring some nearer 0"
        )
    return full


class Copula:
    """Draws normal scores with given correlations; arrays have a row for each of LATENTS, a column a person.

    All sums are written out, not left to a matrix product, whose last digits depend on how many it holds.
    """

    def __init__(self, correlations: Mapping[str, float]) -> None:
        self.matrix = matrix(correlations)
        self.factors: dict[tuple[int, ...], tuple[list[int], Floats]] = {}

    def scores(self, noise: Floats, given: Floats) -> Floats:
        """Scores with the right correlations; those `given` (not NaN) are kept and shift the others."""
        scores = np.empty_like(noise)
        for known, rows in _patterns(given):
            scores[:, rows] = self._joint(noise[:, rows], given[:, rows], known)
        return scores

    def unconditional(self, noise: Floats) -> Floats:
        """Scores of people of whom nothing is known."""
        return self._joint(noise, noise, ())

    def settle(self, low: Floats, high: Floats, luck: Callable[[int, int], Floats]) -> Floats:
        """One score within each person's range low..high (NaN: not known), as the other known scores suggest.

        Gibbs sampling of the truncated normal law: each range in turn, given the others. `luck` gives
        everybody a uniform number, by number of the score and sweep.
        """
        scores = low.copy()
        wide = [number for number in range(len(LATENTS)) if (high[number] - low[number] > 1e-9).any()]
        for number in wide:
            scores[number] = _within(low[number], high[number], 0.0, 1.0, luck(number, 0))
        if wide:
            lucks = {(number, n): luck(number, n) for n in range(1, SWEEPS + 1) for number in wide}
            for known, rows in _patterns(low):
                if len(known) > 1:
                    self._sweep(scores, low, high, known, rows, lucks)
        return scores

    def _sweep(
        self,
        scores: Floats,
        low: Floats,
        high: Floats,
        known: tuple[int, ...],
        rows: npt.NDArray[np.intp],
        lucks: Mapping[tuple[int, int], Floats],
    ) -> None:
        precision = np.linalg.inv(self.matrix[np.ix_(known, known)])
        for (number, _), luck in sorted(lucks.items(), key=lambda entry: entry[0][::-1]):
            if number not in known:
                continue
            own = known.index(number)
            mean = np.zeros(rows.size)
            for place, other in enumerate(known):
                if other != number:
                    mean -= precision[own, place] / precision[own, own] * scores[other, rows]
            spread = float(precision[own, own] ** -0.5)
            scores[number, rows] = _within(low[number, rows], high[number, rows], mean, spread, luck[rows])

    def _joint(self, noise: Floats, given: Floats, known: tuple[int, ...]) -> Floats:
        """Known scores first, the others after them: a triangular factor, applied term by term.

        With z = L e and the known z first, their e follow by forward substitution, and the rest have exactly
        the conditional normal law.
        """
        if known not in self.factors:
            order = [*known, *(number for number in range(len(LATENTS)) if number not in known)]
            factor = np.linalg.cholesky(self.matrix[np.ix_(order, order)])
            self.factors[known] = order, np.asarray(factor, np.float64)
        order, factor = self.factors[known]
        scores, luck = np.empty_like(noise), noise.copy() if known else noise
        term = np.empty(noise.shape[1])
        for place, number in enumerate(order):
            total = scores[number]
            total[:] = 0.0
            for before in range(place):
                np.multiply(luck[order[before]], factor[place, before], out=term)
                total += term
            if number in known:
                luck[number] = (given[number] - total) / factor[place, place]
                total[:] = given[number]
            else:
                np.multiply(luck[number], factor[place, place], out=term)
                total += term
        return scores


def _patterns(given: Floats) -> list[tuple[tuple[int, ...], npt.NDArray[np.intp]]]:
    """Which scores are given, and for whom: people with the same ones given are worked on together."""
    bits = 1 << np.arange(len(LATENTS))
    codes = (~np.isnan(given) * bits[:, None]).sum(axis=0)
    return [
        (tuple(number for number in range(len(LATENTS)) if code >> number & 1), np.flatnonzero(codes == code))
        for code in np.unique(codes).tolist()
    ]


def _within(low: Floats, high: Floats, mean: Floats | float, spread: float, luck: Floats) -> Floats:
    """Normal numbers between low and high by the inverse function; mirrored where the upper tail is meant."""
    below, above = (low - mean) / spread, (high - mean) / spread
    side = np.where(below > 0.0, -1.0, 1.0)
    first, last = ndtr(np.where(side > 0, below, -above)), ndtr(np.where(side > 0, above, -below))
    score = mean + spread * side * ndtri(first + luck * (last - first))
    return np.asarray(np.clip(score, low, high), np.float64)
