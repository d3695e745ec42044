"""How sure an answer shall be: a figure, which statistic of it, and how wide its 95% interval may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Statistic = Literal["mean", "quantile", "shortfall"]


@dataclass(frozen=True)
class Precision:
    """A wanted precision: half the width of the 95% interval of one statistic of one figure.

    `level` is the level of a quantile or an expected shortfall, 0..1; `size` is a share of the value where `relative`
    is true (0.02 for 2%), or else in the figure's own unit.
    """

    metric: str
    statistic: Statistic
    level: float
    size: float
    relative: bool
    text: str


@dataclass(frozen=True)
class Round:
    """One round of seeds: how many there were by its end, the value, half its 95% interval, and what is needed."""

    seeds: int
    value: float
    half_width: float
    wanted: float
    needed: int
