"""Capital month by month: what the rule asks of the book as it stands, with what was learnt of default and loss."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from simulator.allowance.measure import Measured
from simulator.allowance.prices import Pricing
from simulator.capital import capital_requirement, expected_loss, standardised_weight
from simulator.capital.irb import FLOORS, PER_CAPITAL
from simulator.expectations import Layout

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]
MINIMUM = 1.0 / PER_CAPITAL  # 8% of the risk-weighted amount
MOST = 0.999


def capital(pricing: Pricing, layouts: dict[str, Layout], measured: Measured) -> pd.DataFrame:
    """By month and product: exposure, mean chance of default and loss given default, risk-weighted amount, requirement.

    Chances of default are those of the cells at normal unemployment, through the cycle, as Basel CRE36.63 asks for
    long-run averages. Defaulted exposure needs none beyond its allowance. Currency units.
    """
    import pandas as pd

    rows = []
    terms = pricing.terms.capital
    for name, layout in layouts.items():
        expected = pricing.expectations.products[name]
        rates = expected.rates(np.zeros(expected.terms.loss.shape[1] + 1))
        kind = terms.exposure_class or ("qrre" if layout.revolving else "other_retail")
        chance = np.clip(rates.default_year, FLOORS[kind], MOST)
        given = 1.0 - expected.recovered_worth
        for row, cells in enumerate(measured.cells[name]):
            balance, undrawn, bad = (each / 100.0 for each in cells)
            sound = np.maximum(balance - bad, 0.0)
            if terms.approach == "irb":
                exposure = sound * _drawn_at_default(expected.terms.exposure, expected.terms.defaults)
                needed = exposure * capital_requirement(chance, given, kind)
                weighted = float(needed.sum()) * PER_CAPITAL
            else:
                exposure = sound + terms.conversion * undrawn
                weighted = float(exposure.sum()) * standardised_weight("regulatory_retail")
                weighted += float(bad.sum()) * standardised_weight("regulatory_retail", in_default=True)
            whole = float(exposure.sum())
            rows.append(
                {
                    "month": pricing.clock.month_end_date(row - 1),
                    "product": name,
                    "exposure": whole,
                    "defaulted": float(bad.sum()),
                    "default_probability": float(exposure @ chance) / whole if whole > 0 else float("nan"),
                    "loss_given_default": given,
                    "risk_weighted": weighted,
                    "requirement": weighted * MINIMUM,
                    "expected_loss": float((exposure * expected_loss(chance, given)).sum()),
                }
            )
    frame = pd.DataFrame(rows)
    frame["month"] = pd.to_datetime(frame["month"])
    return frame


def _drawn_at_default(exposure: Floats, defaults: Floats) -> Floats:
    """Balance at default over balance now, by cell, of those who default within a year; at least 1 (CRE36.89)."""
    owed, chance = exposure[:, :12].sum(axis=1), defaults[:, :12].sum(axis=1)
    return np.asarray(np.maximum(np.divide(owed, chance, out=np.ones_like(owed), where=chance > 0), 1.0))
