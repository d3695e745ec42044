"""CECL by five methods side by side, on the accounts of one month's end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from simulator.allowance.prices import Pricing
from simulator.expectations import YEAR, Layout, Standing
from simulator.panel import STATES, Panel
from simulator.reserves.cecl import remaining_life, roll_rate, vintage

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]
OLDEST = 36  # months on book at which a vintage's curve is read to its end, at most


def methods(
    pricing: Pricing, layouts: dict[str, Layout], accounts: dict[str, Standing], month: int, panel: Panel
) -> pd.DataFrame:
    """Allowance by method and product, currency units, with what each rests on; `panel` has the months before.

    The loss-rate, vintage and roll-rate methods read what the book itself has lost up to this month; a method that
    cannot be used says why. None of the three looks ahead.
    """
    import pandas as pd

    rows: list[dict[str, object]] = []
    for name, layout in layouts.items():
        price, held = pricing.at(month)[name], accounts[name]
        basis, cells = layout.basis(held) / 100.0, layout.of(held, month)
        simulated = float(basis @ price.cecl[cells])
        expected = pricing.expectations.products[name]
        net = 1.0 - expected.recovered
        worth = float(basis @ expected.terms.life("discounted")[cells]) * (1.0 - expected.recovered_worth)
        plain = float(basis @ expected.terms.life("loss")[cells]) * net
        balance = float(held.balance.sum()) / 100.0
        lasts = _years(pricing, layout, held)
        rate = _yearly_rate(panel, name, month) * net
        rows.append(_row(name, "simulated", simulated, "mean of simulated futures, with the views"))
        told = "the same at today's value, at the accounts' own rates"
        rows.append(_row(name, "discounted_cash_flow", simulated * worth / plain if plain > 0 else 0.0, told))
        told = f"{rate:.2%} lost a year (the last twelve months), over {lasts:.2f} years"
        rows.append(_row(name, "loss_rate", remaining_life(balance, rate, lasts), told))
        rows.append(_roll_rate(name, panel, month, net, max(round(12 * lasts), 1)))
        rows.append(_vintage(name, panel, month, net))
    return pd.DataFrame(rows)


def _row(product: str, method: str, allowance: float, rests_on: str) -> dict[str, object]:
    return {"product": product, "method": method, "allowance": allowance, "rests_on": rests_on}


def _years(pricing: Pricing, layout: Layout, accounts: Standing) -> float:
    """How long today's balance lasts on average: half the instalments left, or half the months of a card's life."""
    if layout.revolving:
        return pricing.terms.cecl.card_months / 24.0
    weights = accounts.balance / max(int(accounts.balance.sum()), 1)
    return float(weights @ (accounts.remaining + 1.0)) / 24.0


def _yearly_rate(panel: Panel, product: str, month: int) -> float:
    """Gross charge-offs of the last twelve months over the mean balance."""
    last = panel.row(month) + 1
    rows = slice(max(last - YEAR, 0), last)
    cells = panel.cells[product]
    lost, held = cells["charged_off"][rows].sum(), cells["balance"][rows].sum()
    months = max(len(range(*rows.indices(last))), 1)
    return float(lost) / max(float(held) / months, 1.0) * YEAR / months


def _roll_rate(product: str, panel: Panel, month: int, net: float, periods: int) -> dict[str, object]:
    """Balances rolled on for as long as they last, with last year's roll rates."""
    last = panel.row(month) + 1
    moved = panel.rolls[product]["balance"][max(last - YEAR, 0) : last].sum(axis=0).astype(np.float64)
    cells = panel.cells[product]
    buckets = [float(cells[f"balance_{name}"][last - 1].sum()) / 100.0 for name in STATES[:-1]]
    stayed = cells["balance_current"][max(last - YEAR - 1, 0) : last - 1].sum()
    moved[0, 0] = max(float(stayed) - moved[0, 1:].sum(), 0.0)
    rows = moved.sum(axis=1, keepdims=True)
    matrix = np.divide(moved, rows, out=np.zeros_like(moved), where=rows > 0)
    matrix[-1] = np.eye(len(STATES))[-1]
    told = f"balances rolled on over {periods} months with the roll rates of the last twelve"
    return _row(product, "roll_rate", roll_rate([*buckets, 0.0], matrix, periods) * net, told)


def _vintage(product: str, panel: Panel, month: int, net: float) -> dict[str, object]:
    """What younger vintages have still to lose, by the curve of the oldest that was seen from its first month on."""
    table = panel.vintages[product]
    lent = table["lent"][:-1].astype(np.float64)
    here = panel.row(month)
    cohorts = np.flatnonzero(lent[: here + 1] > 0)
    if cohorts.size == 0:
        return _row(product, "vintage", float("nan"), "not for this product: a card's vintage has no amount lent")
    ages = np.minimum(here - cohorts + 1, OLDEST)
    most = int(ages.max())
    curves = np.cumsum(table["charge_offs"][cohorts][:, :most], axis=1) / lent[cohorts][:, None]
    young = here - cohorts < most
    curves = _smoothed(curves[young], ages[young], lent[cohorts][young])
    told = f"vintages of the last {most} months, by the mean curve of those that have come so far"
    return _row(product, "vintage", vintage(lent[cohorts][young] / 100.0, curves, ages[young]) * net, told)


def _smoothed(curves: Floats, ages: npt.NDArray[np.intp], lent: Floats) -> Floats:
    """Every vintage on the mean curve: at each age that of the vintages that have come so far, by what was lent."""
    reached = ages[:, None] > np.arange(curves.shape[1])
    weights = lent[:, None] * reached
    mean = (curves * weights).sum(axis=0) / weights.sum(axis=0)
    return np.broadcast_to(mean, curves.shape)
