"""How much more is lost when unemployment is high: learnt from cohorts that lived through other worlds.

For a cohort tagged at a month's end, losses over the next twelve months (or over life) are compared with what the cells
of the baseline world expected of the same accounts: log(ratio) = now x (gap at the tag) + ahead x (mean gap over the
next twelve months), gaps of unemployment from normal in points. Quasi-Poisson regression without a constant, since at
normal unemployment the cells hold as they are; errors are clustered by life (Liang and Zeger, Biometrika 73, 1986).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator.expectations.cells import GROUP_NAMES
from simulator.expectations.study import Life
from simulator.expectations.terms import YEAR, Terms

Floats = npt.NDArray[np.float64]
STEPS = 50
MOST = 3.0  # the log of the largest factor that is believed, either way; twenty times


@dataclass(frozen=True)
class Answer:
    """By group of states: effect on the log of losses (or defaults) of a point of unemployment; (groups, 2) each.

    Columns: the gap now, the mean gap over the next twelve months.
    """

    effects: Floats
    errors: Floats
    cohorts: int

    def factor(self, now: float, ahead: float) -> Floats:
        """By how much each group's rates are multiplied, with unemployment so far from normal; (groups,)."""
        return np.asarray(np.exp(np.clip(self.effects @ np.array([now, ahead]), -MOST, MOST)))


NONE = Answer(np.zeros((len(GROUP_NAMES), 2)), np.full((len(GROUP_NAMES), 2), np.nan), 0)


@dataclass(frozen=True)
class Cohorts:
    """What cohorts lost, what their cells expected, and how unemployment stood; one entry a cohort and group."""

    realised: Floats
    expected: Floats
    gaps: Floats  # (cohorts, 2) now and ahead, points
    group: npt.NDArray[np.intp]
    life: npt.NDArray[np.intp]  # which life, for the errors


def answer_of(terms: Terms, lives: Sequence[Life], measure: str) -> Answer:
    """The answer of one product to unemployment, of its "loss" or "defaults" over twelve months."""
    cohorts = _cohorts(terms, lives, measure)
    groups = len(GROUP_NAMES)
    effects, errors = np.zeros((groups, 2)), np.full((groups, 2), np.nan)
    for group in range(groups):
        own = (cohorts.group == group) & (cohorts.expected > 0)
        if own.sum() >= 4 and cohorts.realised[own].sum() > 0:
            own_gaps = cohorts.gaps[own]
            effects[group], errors[group] = fitted(
                cohorts.realised[own], cohorts.expected[own], own_gaps, cohorts.life[own]
            )
    return Answer(effects, errors, int((cohorts.group == 0).sum()))


def fitted(realised: Floats, expected: Floats, gaps: Floats, life: npt.NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Effects and their clustered standard errors, by iterated weighted least squares; (2,) each.

    A small ridge keeps the two effects apart where the worlds do not.
    """
    effects = np.zeros(gaps.shape[1])
    scale = realised.sum() / expected.size
    ridge = 1e-3 * scale * np.eye(gaps.shape[1])
    for _ in range(STEPS):
        mean = expected * np.exp(np.clip(gaps @ effects, -MOST, MOST))
        bread = gaps.T @ (mean[:, None] * gaps) + ridge
        step = np.linalg.solve(bread, gaps.T @ (realised - mean) - ridge @ effects)
        effects = effects + np.clip(step, -1.0, 1.0)
        if np.abs(step).max() < 1e-10:
            break
    mean = expected * np.exp(np.clip(gaps @ effects, -MOST, MOST))
    scores = gaps * (realised - mean)[:, None]
    sums = np.stack([scores[life == one].sum(axis=0) for one in np.unique(life)])
    inverse = np.linalg.inv(gaps.T @ (mean[:, None] * gaps) + ridge)
    spread = inverse @ (sums.T @ sums) @ inverse
    return effects, np.sqrt(np.maximum(np.diag(spread), 0.0))


def _cohorts(terms: Terms, lives: Sequence[Life], measure: str) -> Cohorts:
    """Twelve months of each tag of each life, by group of states."""
    product, groups = terms.layout.product, terms.layout.groups()
    year, rows = terms.twelve_months(measure), []
    for number, life in enumerate(lives):
        followed = life.followed[product]
        for tag, month in enumerate(followed.months):
            if followed.horizon(tag) < YEAR:
                continue
            held = followed.accounts[tag] if measure == "defaults" else followed.basis[tag]
            seen = followed.seen[measure][tag, :, :YEAR].sum(axis=1)
            path = life.unemployment - life.normal
            now = path[month] if month >= 0 else path[0]
            ahead = path[month + 1 : month + 1 + YEAR].mean()
            for group in range(len(GROUP_NAMES)):
                own = groups == group
                rows.append((seen[own].sum(), (held[own] * year[own]).sum(), now, ahead, group, number))
    table = np.array(rows, np.float64).reshape(-1, 6)
    whole = table[:, 4:].astype(np.intp)
    return Cohorts(table[:, 0], table[:, 1], table[:, 2:4], whole[:, 0], whole[:, 1])
