"""Cells: accounts that are alike for a reserve, by lateness, stage of life and score."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from simulator.expectations.standing import Standing
from simulator.params import Frozen, param

Cells = npt.NDArray[np.int16]

STATES = ("no balance", "current", "1-29", "30-59", "60-89", "90 and more", "on probation")
NO_BALANCE, CURRENT, PROBATION = 0, 1, 6
PROBABILITY_STATES = 5  # of the first of them default is still a chance
DAYS = (1, 30, 60, 90)
GROUPS = (0, 0, 1, 2, 2, 3, 3)  # which states answer alike to unemployment
GROUP_NAMES = ("current", "1-29", "30-89", "in default")


class Bands(Frozen):
    """Where stages of life and scores are cut."""

    age: tuple[int, ...] = param((6, 12, 24, 48), "cards: months on book at which a new band begins", unit="months")
    remaining: tuple[int, ...] = param((2, 4, 7, 13, 25), "loans: instalments left at which a new band begins")
    score: tuple[int, ...] = param((660, 720), "scores at which a new band begins")


@dataclass(frozen=True)
class Layout:
    """The cells of one product: states x bands of life x bands of score, numbered in that order."""

    product: str
    revolving: bool
    bands: Bands

    @property
    def life(self) -> tuple[int, ...]:
        """Where a new stage of life begins."""
        return self.bands.age if self.revolving else self.bands.remaining

    @property
    def shape(self) -> tuple[int, int, int]:
        """States, stages of life, bands of score."""
        return len(STATES), len(self.life) + 1, len(self.bands.score) + 1

    @property
    def count(self) -> int:
        """How many cells there are."""
        return int(np.prod(self.shape))

    def of(self, accounts: Standing, month: int) -> Cells:
        """The cell of each account at the close of a month."""
        state = banded(DAYS, accounts.days) + np.int16(CURRENT)
        state[accounts.balance <= 0] = NO_BALANCE
        state[accounts.defaulted & (accounts.days == 0)] = PROBATION
        lived = np.int16(month) - accounts.opened if self.revolving else accounts.remaining
        _, lives, scores = self.shape
        state *= np.int16(lives)
        state += banded(self.life, lived)
        state *= np.int16(scores)
        state += banded(self.bands.score, accounts.score)
        return state

    def basis(self, accounts: Standing) -> npt.NDArray[np.int64]:
        """What a cell's loss rate is a share of: the balance, or the limit where there is none; cents."""
        return np.where(accounts.balance > 0, accounts.balance, accounts.limit)

    def undrawn(self, accounts: Standing) -> npt.NDArray[np.int64]:
        """What could still be drawn on a card, cents; nought for a loan."""
        free = np.maximum(accounts.limit - accounts.balance, 0)
        return free if self.revolving else np.zeros_like(free)

    def states(self) -> npt.NDArray[np.intp]:
        """The state of each cell."""
        return np.arange(self.count) // (self.shape[1] * self.shape[2])

    def groups(self) -> npt.NDArray[np.intp]:
        """Of each cell, which states answer alike to unemployment."""
        return _groups(self)

    def named(self) -> list[tuple[str, str, str]]:
        """State, stage of life and score of each cell, in words."""
        life = _ranges(self.life, "months on book" if self.revolving else "instalments left")
        score = _ranges(self.bands.score, "score")
        return [(state, one, other) for state in STATES for one in life for other in score]


def banded(edges: tuple[int, ...], values: npt.NDArray[np.signedinteger[Any]]) -> npt.NDArray[np.int16]:
    """Into which band each whole number falls: how many edges it has reached."""
    table = _bands(edges)
    return np.asarray(table[np.clip(values, 0, table.size - 1)])


@lru_cache(maxsize=64)
def _bands(edges: tuple[int, ...]) -> npt.NDArray[np.int16]:
    return np.searchsorted(edges, np.arange(edges[-1] + 1), side="right").astype(np.int16)


@lru_cache(maxsize=64)
def _groups(layout: Layout) -> npt.NDArray[np.intp]:
    return np.array(GROUPS, np.intp)[layout.states()]


def _ranges(edges: tuple[int, ...], what: str) -> list[str]:
    starts: list[int | None] = [None, *edges]
    ends: list[int | None] = [*edges, None]
    return [
        f"{what} under {end}"
        if start is None
        else f"{what} {start} and more"
        if end is None
        else f"{what} {start}-{end - 1}"
        for start, end in zip(starts, ends, strict=True)
    ]
