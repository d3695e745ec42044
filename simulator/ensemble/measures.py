"""What an ensemble remembers of every month of every run: the series of its fan charts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from simulator.metrics import monthly_charge_off_rate, opening_balances, overdue_rate

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]
_SHARE = "share of balance"


@dataclass(frozen=True)
class Measure:
    """One series over the months of a run: its name, label and unit, and how it is taken from a panel's rows."""

    name: str
    label: str
    unit: str
    of: Callable[[pd.DataFrame], pd.Series[float]]

    def unit_in(self, currency: str) -> str:
        """The unit, with the lender's currency where the series is money."""
        return currency if self.unit == "currency" and currency else self.unit


def _bucket(name: str) -> Callable[[pd.DataFrame], pd.Series[float]]:
    def rate(rows: pd.DataFrame) -> pd.Series[float]:
        held = rows["balance"].astype(float)
        return rows[f"overdue_{name}"] / held.where(held > 0)

    return rate


def _cumulative_charge_off_rate(rows: pd.DataFrame) -> pd.Series[float]:
    held = float(opening_balances(rows).iloc[0])
    return rows["charge_offs"].cumsum() / (held if held > 0 else np.nan)


FAN: tuple[Measure, ...] = (
    Measure("overdue_1_29_rate", "Balance 1 to 29 days overdue", _SHARE, _bucket("1_29")),
    Measure("overdue_30_59_rate", "Balance 30 to 59 days overdue", _SHARE, _bucket("30_59")),
    Measure("overdue_60_89_rate", "Balance 60 to 89 days overdue", _SHARE, _bucket("60_89")),
    Measure("overdue_90_plus_rate", "Balance 90 days and more overdue", _SHARE, _bucket("90_plus")),
    Measure("overdue_30_rate", "Balance 30 days and more overdue", _SHARE, lambda rows: overdue_rate(rows, 30)),
    Measure("charge_off_rate", "Charge-offs of the month, annualised", f"{_SHARE} per year", monthly_charge_off_rate),
    Measure(
        "cumulative_charge_off_rate",
        "Charge-offs so far",
        "share of opening balance",
        _cumulative_charge_off_rate,
    ),
    Measure(
        "cumulative_net_loss",
        "Net loss so far",
        "currency",
        lambda rows: (rows["charge_offs"] - rows["recoveries"]).cumsum(),
    ),
    Measure(
        "unemployment_rate",
        "Unemployment of borrowers",
        "share of labour force",
        lambda rows: rows["unemployment_rate"],
    ),
    Measure("default_count", "Accounts newly in default", "accounts", lambda rows: rows["defaults"]),
)


def series(rows: pd.DataFrame) -> Floats:
    """Every measure of FAN month by month, from a panel's rows of the whole book; shape (measures, months)."""
    return np.stack([np.asarray(measure.of(rows), np.float64) for measure in FAN])
