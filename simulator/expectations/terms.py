"""Term structures: by cell and months ahead, the chance of default and the loss of accounts as they stand now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator.expectations.cells import Layout
from simulator.expectations.tagging import MEASURES, Followed

Floats = npt.NDArray[np.float64]
LEAST = 150.0  # tagged accounts without which a cell is not read by itself
YEAR = 12


@dataclass(frozen=True)
class Terms:
    """Of one product: for each cell and month ahead, shares of the accounts or of the basis; shape (cells, horizon).

    `defaults` first defaults over accounts; `exposure` balance at default over basis; `loss` gross charge-offs over
    basis, `discounted` the same at the accounts' own rates, `capped` no more than was owed at the tag. `level` says how
    each cell was read: 0 by itself, 1 with all scores together, 2 with all stages of life too. Errors are over seeds,
    of the sums of 12 months and life.
    """

    layout: Layout
    defaults: Floats
    exposure: Floats
    loss: Floats
    discounted: Floats
    capped: Floats
    level: npt.NDArray[np.int8]
    accounts: Floats  # tagged, by cell
    errors: dict[str, Floats]  # (cells, 2) standard error of 12 months and of life, by measure

    def twelve_months(self, measure: str) -> Floats:
        """The sum of the first twelve months, by cell."""
        return np.asarray(getattr(self, measure)[:, :YEAR].sum(axis=1))

    def life(self, measure: str) -> Floats:
        """The sum over the whole life, by cell: all months ahead."""
        return np.asarray(getattr(self, measure).sum(axis=1))


def terms_of(layout: Layout, lives: Sequence[Followed]) -> Terms:
    """Read the cells of one product from lives of the study, the same tags in each.

    Each month ahead is read from the tags that could see it: sums over sums. Errors by the jackknife over lives.
    """
    whole, level = _rates(layout, lives)
    errors = {name: np.full((layout.count, 2), np.nan) for name in MEASURES}
    if len(lives) > 1:
        left = [_rates(layout, [*lives[:out], *lives[out + 1 :]], level)[0] for out in range(len(lives))]
        for name in MEASURES:
            sums = np.stack(
                [np.stack([one[name][:, :YEAR].sum(axis=1), one[name].sum(axis=1)], axis=1) for one in left]
            )
            spread = ((sums - sums.mean(axis=0)) ** 2).sum(axis=0)
            errors[name] = np.sqrt(spread * (len(lives) - 1) / len(lives))
    accounts = sum((life.accounts.sum(axis=0) for life in lives), start=np.zeros(layout.count))
    return Terms(
        layout,
        whole["defaults"],
        whole["exposure"],
        whole["loss"],
        whole["discounted"],
        whole["capped"],
        level,
        accounts,
        errors,
    )


def _rates(
    layout: Layout, lives: Sequence[Followed], level: npt.NDArray[np.int8] | None = None
) -> tuple[dict[str, Floats], npt.NDArray[np.int8]]:
    """Shares by cell and month ahead, and how each cell was read."""
    horizon = lives[0].seen["loss"].shape[2]
    reach = np.array([[life.horizon(tag) for tag in range(len(life.months))] for life in lives])
    sees = reach[:, :, None] > np.arange(horizon)  # (lives, tags, ahead)
    shape = (*layout.shape, horizon)
    counted, held = np.zeros((layout.count, horizon)), np.zeros((layout.count, horizon))
    sums = {name: np.zeros((layout.count, horizon)) for name in MEASURES}
    for number, life in enumerate(lives):
        counted += np.einsum("tc,ta->ca", life.accounts, sees[number])
        held += np.einsum("tc,ta->ca", life.basis, sees[number])
        for name in MEASURES:
            sums[name] += np.einsum("tca,ta->ca", life.seen[name], sees[number])
    found_level = _levels(layout, counted[:, 0]) if level is None else level
    rates = {}
    for name in MEASURES:
        below = counted if name == "defaults" else held
        rates[name] = _read(sums[name].reshape(shape), below.reshape(shape), found_level.reshape(layout.shape))
    return {name: rate.reshape(layout.count, horizon) for name, rate in rates.items()}, found_level


def _levels(layout: Layout, counted: Floats) -> npt.NDArray[np.int8]:
    """How each cell is to be read: by itself where it is well filled, else with others."""
    by_cell = counted.reshape(layout.shape)
    by_life = np.broadcast_to(by_cell.sum(axis=2, keepdims=True), layout.shape)
    level = np.where(by_cell >= LEAST, 0, np.where(by_life >= LEAST, 1, 2))
    return level.reshape(-1).astype(np.int8)


def _read(above: Floats, below: Floats, level: npt.NDArray[np.int8]) -> Floats:
    """Shares at the level at which each cell is read; nought where nothing was seen."""

    def share(axes: tuple[int, ...]) -> Floats:
        top = above.sum(axis=axes, keepdims=True) if axes else above
        under = below.sum(axis=axes, keepdims=True) if axes else below
        return np.broadcast_to(np.divide(top, under, out=np.zeros_like(top), where=under > 0), above.shape)

    at = level[..., None]
    return np.where(at == 0, share(()), np.where(at == 1, share((2,)), share((1, 2))))
