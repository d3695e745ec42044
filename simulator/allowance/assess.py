"""Assessing accounts: stage, class and what each rule sets aside for every one of them, in whole cents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from simulator.allowance.prices import Prices
from simulator.expectations import Layout, Standing
from simulator.expectations.cells import Cells, banded
from simulator.reserves.five_classes import classes
from simulator.reserves.ifrs9 import Ifrs9, increased_risk, stages
from simulator.reserves.provisioning import RULES, Provisioning

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
LABELS: dict[str, tuple[str, ...]] = {
    "ifrs9": ("stage 1", "stage 2", "stage 3"),
    "cecl": ("all",),
    "five_classes": ("normal", "special mention", "substandard", "doubtful", "loss"),
}


@dataclass(frozen=True)
class Assessed:
    """Accounts under one rule: what the rate is a share of, where in the table of rates it stands, stage or class."""

    basis: Whole  # cents
    position: npt.NDArray[np.int32]
    label: npt.NDArray[np.int8]
    amount: Whole  # cents


def rates_of(rule: str, prices: Prices, terms: Provisioning) -> Floats:
    """The table of rates into which positions point."""
    if rule == "ifrs9":
        return np.concatenate([prices.year, prices.life])
    return prices.cecl if rule == "cecl" else terms.five_classes.minimum.shares


def amounts(basis: Whole, rates: Floats, position: npt.NDArray[np.signedinteger[Any]]) -> Whole:
    """Shares of the basis in whole cents, account by account."""
    return np.asarray(np.rint(basis * rates[position]).astype(np.int64))


def assess(
    accounts: Standing,
    month: int,
    layout: Layout,
    prices: Prices,
    origination: Floats,
    terms: Provisioning,
    *,
    probation: Flags,
    technical: Flags,
) -> dict[str, Assessed]:
    """Every account under every rule.

    `origination` as `at_origination` gives it; `probation` who is still held in stage 3 after a default; `technical`
    whose delay is a mere operational or technical one.
    """
    cells = layout.of(accounts, month)
    stage = _stages(accounts, cells, layout, prices, origination, terms.ifrs9, probation)
    basis = layout.basis(accounts)
    impaired = stage == 3
    found: dict[str, Assessed] = {}
    for rule in RULES:
        label = np.zeros(len(accounts), np.int8)
        position = cells.astype(np.int32)
        own = basis
        if rule == "ifrs9":
            label = stage - np.int8(1)
            position = position + np.where(label > 0, layout.count, 0).astype(np.int32)
        elif rule == "five_classes":
            own = accounts.balance
            label = classes(
                accounts.days,
                terms.five_classes,
                technical=technical,
                impaired=impaired,
                restructured=accounts.restructured,
            )
            position = label.astype(np.int32)
        found[rule] = Assessed(own, position, label, amounts(own, rates_of(rule, prices, terms), position))
    return found


def _stages(
    accounts: Standing,
    cells: Cells,
    layout: Layout,
    prices: Prices,
    origination: Floats,
    terms: Ifrs9,
    probation: Flags,
) -> npt.NDArray[np.int8]:
    _, lives, scores = layout.shape
    first = np.arange(layout.count) // scores % lives * scores  # where the stage of life of each cell begins
    expected = origination.reshape(-1)[first[cells] + banded(layout.bands.score, accounts.entry_score)]
    increased = increased_risk(prices.default_life[cells], expected, terms)
    watched = np.zeros(len(accounts), np.bool_)
    for name in terms.watch_list:
        watched |= getattr(accounts, name)
    return stages(accounts.days, accounts.defaulted | probation, increased, watched, terms)
