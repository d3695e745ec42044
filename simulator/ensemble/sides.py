"""What a run means to each side: figures of the lender and of the borrowers, beside the metrics of every run.

Money is in currency units over the span. A column that a run does not have (it has no desk, say) counts as nought.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.metrics import BUCKETS, METRICS, Metric

if TYPE_CHECKING:
    import pandas as pd

QUINTILES = tuple(f"income_quintile={number}" for number in range(1, 6))


def measured_segments(panel: pd.DataFrame) -> tuple[str, ...]:
    """The whole book, and the fifths of income where the book reports them."""
    there = set(panel["segment"])
    return ("all", *(segment for segment in QUINTILES if segment in there))


def _sum(rows: pd.DataFrame, column: str) -> float:
    return float(rows[column].fillna(0.0).sum()) if column in rows else 0.0


# The lender ----------------------------------------------------------------------------------------------


def interest_charged(rows: pd.DataFrame) -> float:
    """Contract interest charged over the span, whether or not it was paid."""
    return _sum(rows, "interest")


def penalty_charged(rows: pd.DataFrame) -> float:
    """Penalty interest charged over the span, whether or not it was paid."""
    return _sum(rows, "penalty")


def fees_charged(rows: pd.DataFrame) -> float:
    """Late and other fees charged over the span, whether or not they were paid."""
    return _sum(rows, "fees")


def funding_cost(rows: pd.DataFrame) -> float:
    """What the money lent costs the lender over the span."""
    return _sum(rows, "funding_cost")


def operating_cost(rows: pd.DataFrame) -> float:
    """What lending and keeping accounts costs over the span."""
    return _sum(rows, "operating_cost")


def collection_cost(rows: pd.DataFrame) -> float:
    """What collecting costs over the span."""
    return _sum(rows, "collection_cost")


def policy_cost(rows: pd.DataFrame) -> float:
    """What the lender's policies cost it over the span."""
    return _sum(rows, "policy_cost")


def profit(rows: pd.DataFrame) -> float:
    """Interest, penalty and fees charged, less charge-offs net of recoveries, less all costs, over the span."""
    if "profit" in rows:
        return _sum(rows, "profit")
    earned = interest_charged(rows) + penalty_charged(rows) + fees_charged(rows)
    lost = _sum(rows, "charge_offs") - _sum(rows, "recoveries") + _sum(rows, "written_down")
    return earned - lost - funding_cost(rows) - operating_cost(rows) - collection_cost(rows) - policy_cost(rows)


# The borrowers -------------------------------------------------------------------------------------------


def borrowers(rows: pd.DataFrame) -> float:
    """Borrowers in the book, mean of the month-ends."""
    return float(rows["borrowers"].mean())


def money_given(rows: pd.DataFrame) -> float:
    """Money that policies gave to households over the span."""
    return _sum(rows, "money_given")


def written_down(rows: pd.DataFrame) -> float:
    """Debt that the lender forgave over the span, charge-offs apart."""
    return _sum(rows, "written_down")


def cost_to_borrowers(rows: pd.DataFrame) -> float:
    """Interest, penalty and fees charged over the span, less debt forgiven and money given to households."""
    charged = interest_charged(rows) + penalty_charged(rows) + fees_charged(rows)
    return charged - written_down(rows) - money_given(rows)


def months_in_arrears(rows: pd.DataFrame) -> float:
    """Accounts late by a day or more at a month-end, summed over the months."""
    return sum(_sum(rows, f"accounts_{bucket}") for bucket in BUCKETS)


_OWN = (
    Metric(interest_charged, "Interest charged", "currency", "neither"),
    Metric(penalty_charged, "Penalty interest charged", "currency", "neither"),
    Metric(fees_charged, "Fees charged", "currency", "neither"),
    Metric(funding_cost, "Cost of funds", "currency", "low"),
    Metric(operating_cost, "Operating cost", "currency", "low"),
    Metric(collection_cost, "Cost of collecting", "currency", "low"),
    Metric(policy_cost, "Cost of policies to the lender", "currency", "low"),
    Metric(profit, "Profit", "currency", "high"),
    Metric(borrowers, "Borrowers, on average", "borrowers", "neither"),
    Metric(money_given, "Money given to households", "currency", "high"),
    Metric(written_down, "Debt forgiven", "currency", "neither"),
    Metric(cost_to_borrowers, "Net cost of credit to borrowers", "currency", "low"),
    Metric(months_in_arrears, "Months in arrears", "account-months", "low"),
)
_KNOWN = {metric.name for metric in METRICS}
FIGURES: list[Metric] = [*METRICS, *(metric for metric in _OWN if metric.name not in _KNOWN)]

LENDER = (
    "interest_charged",
    "penalty_charged",
    "fees_charged",
    "net_loss",
    "written_down",
    "funding_cost",
    "operating_cost",
    "collection_cost",
    "policy_cost",
    "profit",
)
BORROWERS = (
    "interest_charged",
    "penalty_charged",
    "fees_charged",
    "written_down",
    "money_given",
    "cost_to_borrowers",
    "collected",
    "new_lending",
    "months_in_arrears",
    "defaults",
)
