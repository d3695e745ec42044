"""The movement schedule: how a rule's allowance came from its opening to its closing amount, period by period."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from simulator.allowance.result import ReserveResult
from simulator.allowance.tables import between
from simulator.report.reserved_numbers import ENDS, ITEM_WORDS

BY_QUARTERS = 15  # months of a span up to which quarters are told instead of years


def span_of(found: ReserveResult) -> tuple[pd.Timestamp, pd.Timestamp]:
    """The eve and the last day."""
    months = found.months["month"]
    return pd.Timestamp(str(months.min())), pd.Timestamp(str(months.max()))


def span_walk(found: ReserveResult) -> pd.DataFrame:
    """The walk of every segment and rule from the eve to the last day."""
    return between(found.walk, *span_of(found))


def own_walk(found: ReserveResult, rule: str, segment: str = "all") -> pd.DataFrame:
    """The walk of one rule and segment, month by month."""
    return found.walk[(found.walk["rule"] == rule) & (found.walk["segment"] == segment)]


def periods(found: ReserveResult, kind: str | None = None) -> list[tuple[str, Any, Any]]:
    """Label, month end before, and last month end of each year or quarter (or "M" month), then of the whole span."""
    eve, last = span_of(found)
    ends = pd.Series(pd.to_datetime(sorted(found.walk["month"].unique())))
    kind = kind or ("Q" if len(ends) <= BY_QUARTERS else "Y")
    rows, before = [], eve
    for period, mine in ends.groupby(ends.dt.to_period(kind)):
        label = {"Y": f"{period.year}", "Q": f"{period.year} Q{period.quarter}", "M": f"{mine.iloc[0]:%b %Y}"}[kind]
        if len(mine) < {"Y": 12, "Q": 3, "M": 1}[kind]:
            label += f" ({len(mine)} mo.)"
        rows.append((label, before, mine.iloc[-1]))
        before = mine.iloc[-1]
    return rows if len(rows) == 1 else [*rows, ("whole span", eve, last)]


def movement(found: ReserveResult, rule: str, kind: str | None = None) -> pd.DataFrame:
    """Items down (opening first, closing last), periods across; currency units, each column sums to the cent."""
    walk = own_walk(found, rule)
    cents = (walk.pivot(index="month", columns="item", values="amount") * 100).round()
    items = [item for item in ITEM_WORDS if item in cents]
    columns = {}
    for label, first, last in periods(found, kind):
        months = cents[(cents.index > first) & (cents.index <= last)]
        ends = {"opening": months["opening"].iloc[0], "closing": months["closing"].iloc[-1]}
        columns[label] = [float(ends.get(item, months[item].sum())) / 100 for item in items]
    return pd.DataFrame(columns, index=pd.Index(items))


def happened(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of a movement schedule in which something happened, and both ends."""
    return table[(table != 0).any(axis=1) | table.index.isin(ENDS)]


def left_over(table: pd.DataFrame) -> float:
    """What does not add up in a movement schedule, currency units; nought in every valid one."""
    cents = (table * 100).round()
    return float(np.abs(cents.drop("closing").sum().to_numpy() - cents.loc["closing"].to_numpy()).sum()) / 100
