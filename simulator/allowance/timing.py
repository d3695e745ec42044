"""Timing: how early each rule sees a storm, against the month in which charge-offs are highest."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def timing(months: pd.DataFrame, panel: pd.DataFrame) -> pd.DataFrame:
    """By rule: coverage on the eve and at its highest, when it is half-way up, and months from there to the peak of
    charge-offs (three months' mean); more months is earlier. `procyclicality` is the highest three-month charge of the
    span over its mean: how much of the cost falls together.
    """
    import pandas as pd

    book = panel[panel["segment"] == "all"].set_index("month")
    lost = (book["charge_offs"] / book["balance"]).rolling(3, min_periods=1).mean()
    peak = pd.Timestamp(str(lost.idxmax()))
    rows = []
    whole = months[(months["segment"] == "all") & (months["label"] == "all")]
    for rule, held in whole.groupby("rule", sort=False):
        coverage = held.set_index("month")["coverage"]
        eve, top = coverage.iloc[0], coverage.max()
        until = coverage[: coverage.idxmax()]
        half = pd.Timestamp(str(until[until >= eve + (top - eve) / 2].index[0]))
        rows.append(
            {
                "rule": rule,
                "coverage_on_the_eve": eve,
                "highest_coverage": top,
                "highest_in": coverage.idxmax(),
                "half_way_in": half,
                "charge_offs_peak_in": peak,
                "months_ahead": (peak.year - half.year) * 12 + peak.month - half.month,
            }
        )
    return pd.DataFrame(rows)
