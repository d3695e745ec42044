"""Main causes counted: over the span, and quarter by quarter."""

from __future__ import annotations

import pandas as pd


def cause_shares(causes: pd.DataFrame) -> pd.DataFrame:
    """Defaults by main cause, the most frequent first; `share` adds to one, savings are medians in months of income."""
    grouped = causes.groupby("main_cause", sort=True, observed=True)
    table = pd.DataFrame(
        {
            "defaults": grouped.size(),
            "share": grouped.size() / max(len(causes), 1),
            "balance": grouped["balance"].sum(),
            "penalty_and_fees": grouped["penalty_and_fees"].sum(),
            "savings_months": grouped["savings_months"].median(),
            "months_to_default": grouped["months_to_default"].median(),
        }
    )
    ordered = table.sort_values(["defaults", "balance"], ascending=False, kind="stable")
    return ordered.reset_index().rename(columns={"index": "main_cause"})


def by_quarter(causes: pd.DataFrame) -> pd.DataFrame:
    """The share of each main cause in the defaults of each quarter; rows are quarters, columns causes as above."""
    if causes.empty:
        return pd.DataFrame()
    quarter = pd.PeriodIndex(pd.to_datetime(causes["month"]), freq="Q")
    counts = pd.crosstab(quarter, causes["main_cause"].to_numpy())
    every = pd.period_range(counts.index.min(), counts.index.max(), freq="Q")
    counts = counts.reindex(every, fill_value=0)[cause_shares(causes)["main_cause"].tolist()]
    return counts.div(counts.sum(axis=1).where(lambda total: total > 0), axis=0).fillna(0.0)
