"""Payment habits fitted on a tape: kinds of payers, each with its own roll rates, moved alike by the months.

A single matrix of roll rates does not say who stays where for months: seen four months ahead it fails. A few kinds of
payers do (a mixed Markov chain, of which the mover-stayer model is the first; Frydman 1984): the chance of a step is
the kind's weight times the month's factor, over their sum. Fitted by expectation and maximisation; the maximisation
is a log-linear fit by proportional scaling to two margins, transitions by kind and transitions by month.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator.draws import Draws, mix
from simulator.habits import STATES, Table
from simulator.tape import Tape

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
SIZE = len(STATES)
ROUNDS, TRIAL = 600, 100  # of expectation and maximisation, and of a search that is given up for a better one
STARTS = 8  # searches
LEAST = 4  # steps seen fewer times than this over all months are taken as not possible
SMOOTH = 1.0  # accounts spread over a row as over the whole book, added to each kind's and each month's row


@dataclass(frozen=True)
class Fitted:
    """Kinds of payers and how well they fit."""

    table: Table
    likelihood: float  # log, of the accounts' paths
    parameters: int

    def information(self, accounts: int) -> float:
        """The Bayesian information criterion, lower is better."""
        return float(self.parameters * np.log(accounts) - 2.0 * self.likelihood)


def paths_of(tape: Tape) -> tuple[Whole, list[int]]:
    """Statuses month by month as places in STATES (-1 unknown), shape (accounts, months), and the months' numbers."""
    place = {label: number for number, label in enumerate(STATES)}
    deep = {str(code): SIZE - 1 for code in range(int(STATES[-1]), 10)}
    places = [[{**place, **deep}.get(label, -1) for label in row] for row in tape.paying.tolist()]
    months = [day.year * 12 + day.month - 1 for day in tape.paying_months]
    return np.array(places, np.int64).reshape(tape.paying.shape), months


def likeliest(paths: Whole, months: list[int], kinds: int, starts: int = STARTS) -> Fitted:
    """The likeliest kinds of payers of several searches, each begun elsewhere: one alone may end on a lower hill."""
    tried = [fit_payers(paths, months, kinds, seed, TRIAL).likelihood for seed in range(starts)]
    return fit_payers(paths, months, kinds, int(np.argmax(tried)))


def fit_payers(paths: Whole, months: list[int], kinds: int, seed: int = 0, rounds: int = ROUNDS) -> Fitted:
    """Kinds of payers from accounts' statuses month by month, by one search; the same seed gives the same kinds.

    `paths` has shape (accounts, months) with places in STATES; accounts with an unknown status are left out.
    """
    whole: npt.NDArray[np.bool_] = np.all(paths >= 0, axis=1)
    known = paths[whole]
    ways, counts = np.unique(known, axis=0, return_counts=True)
    steps = len(months) - 1
    seen = np.zeros((SIZE, SIZE))
    for step in range(steps):
        np.add.at(seen, (ways[:, step], ways[:, step + 1]), counts)
    possible = seen >= LEAST
    possible |= np.eye(SIZE, dtype=bool) & ~np.any(possible, axis=1)[:, None]
    usual = (seen + 1e-9) * possible
    usual /= usual.sum(axis=1, keepdims=True)
    likely = _begun(ways, kinds, seed)
    weights, factors = np.repeat(usual[None], kinds, axis=0), np.ones((steps, SIZE, SIZE))
    score = -np.inf
    for _ in range(rounds):
        share = likely * counts[:, None]
        moved = np.zeros((kinds, steps, SIZE, SIZE))
        for step in range(steps):
            for kind in range(kinds):
                np.add.at(moved[kind, step], (ways[:, step], ways[:, step + 1]), share[:, kind])
        moved *= possible
        weights, factors = _scaled(moved, usual, possible, weights, factors)
        shares = np.zeros((SIZE, kinds))
        np.add.at(shares, ways[:, 0], share)
        shares = (shares + SMOOTH * share.sum(axis=0) / share.sum()) / (shares.sum(axis=1, keepdims=True) + SMOOTH)
        chances = _chances(weights, factors)
        log = np.log(shares[ways[:, 0]])
        for step in range(steps):
            log = log + np.log(np.maximum(chances[:, step][:, ways[:, step], ways[:, step + 1]].T, 1e-12))
        most = log.max(axis=1, keepdims=True)
        likely = np.exp(log - most)
        score = float((counts * (most[:, 0] + np.log(likely.sum(axis=1)))).sum())
        likely /= likely.sum(axis=1, keepdims=True)
    free = int(possible.sum()) - SIZE
    by_month = {month: factors[step] for step, month in enumerate(months[1:])}
    parameters = kinds * free + (steps - 1) * free + SIZE * (kinds - 1)
    return Fitted(Table(weights, shares, by_month), score, parameters)


def _begun(ways: Whole, kinds: int, seed: int) -> Floats:
    """Where the search begins: each path belongs to each kind by chance."""
    ids = mix(np.arange(len(ways) * kinds, dtype=np.int64))
    luck = -np.log(Draws(seed).uniform("calibration.payers", 0, ids)).reshape(len(ways), kinds)
    return np.asarray(luck / luck.sum(axis=1, keepdims=True))


def _chances(weights: Floats, factors: Floats) -> Floats:
    """Chances by kind, month, from and to."""
    steps = weights[:, None] * factors[None]
    return np.asarray(steps / steps.sum(axis=3, keepdims=True))


def _scaled(
    moved: Floats, usual: Floats, possible: npt.NDArray[np.bool_], weights: Floats, factors: Floats
) -> tuple[Floats, Floats]:
    """Weights and factors nearer to the transitions by kind and by month, each with a little of the usual added."""
    rows = moved.sum(axis=3, keepdims=True)
    by_kind, by_month = moved.sum(axis=1) + SMOOTH * usual, moved.sum(axis=0) + SMOOTH * usual
    for _ in range(5):
        expected = (_chances(weights, factors) * rows).sum(axis=1) + SMOOTH * usual
        weights = weights * np.divide(by_kind, expected, out=np.zeros_like(by_kind), where=expected > 0)
        weights /= weights.sum(axis=2, keepdims=True)
        expected = (_chances(weights, factors) * rows).sum(axis=0) + SMOOTH * usual
        factors = factors * np.divide(by_month, expected, out=np.ones_like(by_month), where=expected > 0)
        weights, factors = centred(weights, np.where(possible, factors, 1.0))
    return weights, factors


def centred(weights: Floats, factors: Floats) -> tuple[Floats, Floats]:
    """The same chances, with factors that are one on average over the months: weights are those of a usual month."""
    usual = weights.mean(axis=0)
    factors = factors / (usual * factors).sum(axis=2, keepdims=True)
    centre = factors.mean(axis=0)
    centre = np.where(centre > 0, centre, 1.0)
    weights = weights * centre
    return weights / weights.sum(axis=2, keepdims=True), factors / centre
