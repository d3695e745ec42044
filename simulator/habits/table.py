"""Chances from status to status by kind of payer and month, as read from a file of habits."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from simulator.params import month_date

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
STATES = ("-2", "-1", "0", "2", "3", "4", "5")  # of the chances; 5 stands for four unpaid bills and more
HEADER = ["kind", "month", "from", "to", "weight"]
UNLIKELY = 1e-6  # the chance of a step that the habits do not know, where a past has to be read


@dataclass(frozen=True)
class Table:
    """Habits as numbers. The chance of a step is its kind's weight times the month's factor, over their sum by row.

    `weights` (kinds, from, to) sum to one by row; `factors` by month (year x 12 + month - 1), each (from, to), one
    where a month says nothing; `shares` (from, kinds), how many of each kind show a status, sum to one by row.
    """

    weights: Floats
    shares: Floats
    factors: dict[int, Floats]

    def chances(self, month: int) -> Floats:
        """Chances of a month by kind, status before and status after; outside the fitted months the usual ones."""
        steps = self.weights * self.factors.get(month, 1.0)
        return np.asarray(steps / steps.sum(axis=2, keepdims=True))

    def kinds(self, past: Whole, months: list[int]) -> Floats:
        """How likely each kind is, given statuses month by month, the oldest first; shape (accounts, kinds).

        `past` holds places in STATES, -1 unknown, shape (accounts, months). By Bayes from the shares of the first.
        """
        everybody = self.shares.mean(axis=0)
        likely = np.where(past[:, :1] >= 0, self.shares[np.maximum(past[:, 0], 0)], everybody)
        for place, month in enumerate(months[1:], start=1):
            before, after = past[:, place - 1], past[:, place]
            step = np.maximum(self.chances(month)[:, before, after].T, UNLIKELY)
            likely = likely * np.where(((before >= 0) & (after >= 0))[:, None], step, 1.0)
        return np.asarray(likely / likely.sum(axis=1, keepdims=True))

    def written(self) -> str:
        """The table as the text of a file."""
        lines = [",".join(HEADER)]
        for kind, (weights, shares) in enumerate(zip(self.weights, self.shares.T, strict=True), start=1):
            lines += [f"{kind},,{STATES[state]},,{share:.5f}" for state, share in enumerate(shares)]
            for state, to in zip(*np.nonzero(weights), strict=True):
                lines.append(f"{kind},,{STATES[state]},{STATES[to]},{weights[state, to]:.6g}")
        for month, factors in sorted(self.factors.items()):
            date = f"{month // 12}-{month % 12 + 1:02d}"
            for state, to in zip(*np.nonzero(factors != 1.0), strict=True):
                lines.append(f",{date},{STATES[state]},{STATES[to]},{factors[state, to]:.6g}")
        return "\n".join(lines) + "\n"


@lru_cache(maxsize=16)
def read_table(file: str) -> Table:
    """A file of habits; ValueError with the file and line that cannot be used.

    Rows with a kind, a status before and one after are weights; with a kind and a status before only, the share of
    that kind among accounts which show that status; with a month instead of a kind, factors of that month.
    """
    try:
        lines = Path(file).read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{file} cannot be read: {error}") from None
    if not lines or [cell.strip() for cell in lines[0].split(",")] != HEADER:
        raise ValueError(f"{file}:1: the first line must be {','.join(HEADER)}")
    cells: dict[tuple[int, int, int], float] = {}  # kind, from, to; to is -1 for a share
    factors: dict[int, Floats] = {}
    for number, line in enumerate(lines[1:], start=2):
        if not line.strip():
            continue
        try:
            kind, month, before, after, weight = _row(line)
        except ValueError as error:
            raise ValueError(f"{file}:{number}: {error}") from None
        if month is not None:
            factors.setdefault(month, np.ones((len(STATES), len(STATES))))[before, after] = weight
        else:
            cells[kind, before, after] = weight
    return _whole(file, cells, factors)


def _row(line: str) -> tuple[int, int | None, int, int, float]:
    """Kind (from 0), month, status before, status after (-1 none), weight."""
    parts = [cell.strip() for cell in line.split(",")]
    if len(parts) != len(HEADER):
        raise ValueError(f"{','.join(HEADER)} is wanted, {line!r} was given")
    kind, month, before, after, weight = parts
    if (kind == "") == (month == ""):
        raise ValueError("either a kind or a month is wanted")
    if kind and not (kind.isdigit() and 1 <= int(kind) <= 20):
        raise ValueError(f"kind {kind!r}; a number from 1 to 20 is wanted")
    for status in (before, after):
        if status not in STATES and (status or not kind or status is before):
            raise ValueError(f"status {status!r}; one of {', '.join(STATES)} is wanted")
    value = float(weight)
    if not (math.isfinite(value) and value >= 0.0):
        raise ValueError(f"weight {weight!r}; a number of nought or more is wanted")
    date = month_date(month) if month else None
    place = STATES.index(after) if after else -1
    number = None if date is None else date.year * 12 + date.month - 1
    return int(kind or 1) - 1, number, STATES.index(before), place, value


def _whole(file: str, cells: dict[tuple[int, int, int], float], factors: dict[int, Floats]) -> Table:
    """The table made of the rows, each row of chances and shares summing to one."""
    if not cells:
        raise ValueError(f"{file} holds no kinds of payers")
    kinds = max(kind for kind, _, _ in cells) + 1
    weights, shares = np.zeros((kinds, len(STATES), len(STATES))), np.zeros((len(STATES), kinds))
    for (kind, before, after), weight in cells.items():
        if after < 0:
            shares[before, kind] = weight
        else:
            weights[kind, before, after] = weight
    for kind, state in zip(*np.nonzero(weights.sum(axis=2) == 0), strict=True):
        raise ValueError(f"{file}: kind {kind + 1} has no weights from status {STATES[state]}")
    for state in np.flatnonzero(shares.sum(axis=1) == 0):
        raise ValueError(f"{file}: no kind has a share of those with status {STATES[state]}")
    for month, factor in factors.items():
        if ((weights * factor).sum(axis=2) == 0).any():
            raise ValueError(
                f"{file}: the factors of {month // 12}-{month % 12 + 1:02d} leave a status no way to go on"
            )
    return Table(weights / weights.sum(axis=2, keepdims=True), shares / shares.sum(axis=1, keepdims=True), factors)
