"""Small named figures of a panel: each with a label, a unit and which way is good.

A metric takes the rows of one segment of a panel, sorted by month, and gives one number. Money is in
currency units, shares are 0..1. A figure that cannot be formed (nothing was lent, nobody was there) is NaN,
never a guess.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd

BUCKETS = ("1_29", "30_59", "60_89", "90_plus")
BUCKET_LABELS = {
    "current": "current",
    "1_29": "1 to 29 days",
    "30_59": "30 to 59 days",
    "60_89": "60 to 89 days",
    "90_plus": "90 days and more",
    "charged_off": "charged off",
    "closed": "closed",
}
_FROM_DAYS = {30: BUCKETS[1:], 60: BUCKETS[2:], 90: BUCKETS[3:]}

Good = Literal["low", "high", "neither"]


@dataclass(frozen=True)
class Metric:
    """One figure of a run: what it is called, in what unit, which way is good, and how it is worked out."""

    of: Callable[[pd.DataFrame], float]
    label: str
    unit: str
    good: Good

    @property
    def name(self) -> str:
        """The name in summary.json and in comparisons."""
        return str(getattr(self.of, "__name__", self.label))

    @property
    def meaning(self) -> str:
        """What is divided by what."""
        return (self.of.__doc__ or "").strip().splitlines()[0]

    def unit_in(self, currency: str) -> str:
        """The unit, with the lender's currency where the figure is money."""
        return currency if self.unit == "currency" and currency else self.unit


# Series over the span, shared with the report ------------------------------------------------------------


def segment_rows(panel: pd.DataFrame, segment: str = "all") -> pd.DataFrame:
    """The rows of one segment, in order of month."""
    rows = panel[panel["segment"] == segment].sort_values("month").reset_index(drop=True)
    if rows.empty:
        known = ", ".join(sorted(map(str, panel["segment"].unique())))
        raise KeyError(f"the panel has no segment {segment!r}; it has {known}")
    return rows


def overdue_rate(rows: pd.DataFrame, days: Literal[30, 60, 90]) -> pd.Series[float]:
    """Balance that many days overdue or more, as a share of all balance, month by month."""
    overdue = sum(rows[f"overdue_{bucket}"] for bucket in _FROM_DAYS[days])
    return _share(overdue, rows["balance"])


def overdue_account_rate(rows: pd.DataFrame, days: Literal[30, 60, 90]) -> pd.Series[float]:
    """Accounts that many days overdue or more, as a share of all accounts, month by month."""
    overdue = sum(rows[f"accounts_{bucket}"] for bucket in _FROM_DAYS[days])
    return _share(overdue, rows["accounts"])


def opening_balances(rows: pd.DataFrame) -> pd.Series[float]:
    """The balance each month began with: the close of the month before, and for the first month
    closing - lent - purchases - interest - penalty - fees + paid + charged off + written down + sold."""
    opening = rows["balance"].astype(float).shift(1)
    first = rows.iloc[0]
    came = sum(float(first[name]) for name in ("lent", "purchases", "interest", "penalty", "fees"))
    went = sum(float(first[name]) for name in ("paid", "charge_offs", "written_down", "sold") if name in first)
    opening.iloc[0] = round(float(first["balance"]) - came + went, 2)
    return opening


def average_balances(rows: pd.DataFrame) -> pd.Series[float]:
    """The mean of each month's opening and closing balance."""
    return (opening_balances(rows) + rows["balance"]) / 2.0


def monthly_charge_off_rate(rows: pd.DataFrame) -> pd.Series[float]:
    """Each month's charge-offs over its average balance, times twelve."""
    return 12.0 * _share(rows["charge_offs"], average_balances(rows))


def quarterly_charge_off_rate(rows: pd.DataFrame) -> pd.Series[float]:
    """Each whole calendar quarter's charge-offs over its average balance, times four; indexed by quarter.

    This is how the Federal Reserve publishes card charge-offs (annualised, by quarter). Quarters of which
    the span holds only a part are left out.
    """
    import pandas as pd

    quarter = pd.PeriodIndex(pd.to_datetime(rows["month"]), freq="Q")
    frame = pd.DataFrame({"lost": rows["charge_offs"].to_numpy(), "held": average_balances(rows).to_numpy()})
    grouped = frame.groupby(quarter)
    whole = grouped.size() == 3
    return 4.0 * _share(grouped["lost"].sum(), grouped["held"].mean())[whole]


def _share(part: pd.Series[float] | int, whole: pd.Series[float]) -> pd.Series[float]:
    """Part over whole; NaN where there is no whole."""
    return part / whole.astype(float).where(whole > 0)


def _ratio(part: float, whole: float) -> float:
    return float(part) / float(whole) if whole > 0 else math.nan


# The figures ---------------------------------------------------------------------------------------------


def peak_overdue_30_rate(rows: pd.DataFrame) -> float:
    """Highest month-end share of balance 30 days overdue or more."""
    return float(overdue_rate(rows, 30).max())


def peak_overdue_60_rate(rows: pd.DataFrame) -> float:
    """Highest month-end share of balance 60 days overdue or more."""
    return float(overdue_rate(rows, 60).max())


def peak_overdue_90_rate(rows: pd.DataFrame) -> float:
    """Highest month-end share of balance 90 days overdue or more."""
    return float(overdue_rate(rows, 90).max())


def mean_overdue_30_rate(rows: pd.DataFrame) -> float:
    """Share of balance 30 days overdue or more, mean of the month-ends."""
    return float(overdue_rate(rows, 30).mean())


def peak_overdue_30_account_rate(rows: pd.DataFrame) -> float:
    """Highest month-end share of accounts 30 days overdue or more."""
    return float(overdue_account_rate(rows, 30).max())


def default_rate(rows: pd.DataFrame) -> float:
    """Accounts newly 90 days overdue, over the accounts there in the first month plus those opened later."""
    first = float(rows["accounts"].iloc[0]) + float(rows["charge_off_accounts"].iloc[0])
    return _ratio(rows["defaults"].sum(), first + float(rows["new_loans"].iloc[1:].sum()))


def charge_off_rate(rows: pd.DataFrame) -> float:
    """Gross charge-offs a year over the average balance."""
    return 12.0 * _ratio(rows["charge_offs"].mean(), average_balances(rows).mean())


def net_charge_off_rate(rows: pd.DataFrame) -> float:
    """Charge-offs less recoveries, a year, over the average balance."""
    net = rows["charge_offs"].mean() - rows["recoveries"].mean()
    return 12.0 * _ratio(net, average_balances(rows).mean())


def peak_charge_off_rate(rows: pd.DataFrame) -> float:
    """Highest annualised charge-off rate of a whole calendar quarter (of the span, if it holds none)."""
    quarters = quarterly_charge_off_rate(rows)
    return float(quarters.max()) if len(quarters) else charge_off_rate(rows)


def cumulative_charge_off_rate(rows: pd.DataFrame) -> float:
    """All charge-offs of the span over the balance it began with."""
    return _ratio(rows["charge_offs"].sum(), float(opening_balances(rows).iloc[0]))


def net_loss(rows: pd.DataFrame) -> float:
    """Charged off less recovered, over the span."""
    return float(rows["charge_offs"].sum() - rows["recoveries"].sum())


def charged_off(rows: pd.DataFrame) -> float:
    """Balances charged off over the span."""
    return float(rows["charge_offs"].sum())


def recovered(rows: pd.DataFrame) -> float:
    """Recovered over the span on balances charged off, whenever they were charged off."""
    return float(rows["recoveries"].sum())


def collected(rows: pd.DataFrame) -> float:
    """Paid by borrowers over the span, recoveries apart."""
    return float(rows["paid"].sum())


def income(rows: pd.DataFrame) -> float:
    """Interest, penalty interest and fees charged over the span, whether or not they were paid."""
    return float(rows["interest"].sum() + rows["penalty"].sum() + rows["fees"].sum())


def profit(rows: pd.DataFrame) -> float:
    """Interest, penalty, fees and recoveries, less charge-offs, debt written down, and the lender's costs."""
    return float(rows["profit"].sum())


def return_on_book(rows: pd.DataFrame) -> float:
    """Profit a year over the average balance."""
    return 12.0 * _ratio(rows["profit"].mean(), average_balances(rows).mean())


def penalty_share_of_overdue(rows: pd.DataFrame) -> float:
    """Penalty interest and late fees, as a share of all that accounts overdue at the month-ends owe."""
    return _ratio(rows["penalty_owed"].sum(), sum(rows[f"overdue_{bucket}"].sum() for bucket in BUCKETS))


def collection_cost(rows: pd.DataFrame) -> float:
    """What reminders, calls, seats and visits of the collections desk cost over the span."""
    return float(rows["collection_cost"].sum()) if "collection_cost" in rows else math.nan


def mean_wait_days(rows: pd.DataFrame) -> float:
    """Days that accounts waited on the desk's list before a call, mean of all calls; NaN without calls."""
    if "calls" not in rows:
        return math.nan
    calls = rows["calls"].fillna(0.0)
    return _ratio((rows["mean_wait_days"] * calls).sum(), calls.sum())


def mean_waiting_accounts(rows: pd.DataFrame) -> float:
    """Accounts still waiting for a call when the collections desk closes, mean of its days; NaN without a desk."""
    return float(rows["waiting_accounts"].mean()) if "waiting_accounts" in rows else math.nan


def applicants(rows: pd.DataFrame) -> float:
    """People who applied for the first time over the span."""
    return float(rows["applicants"].sum(min_count=1)) if "applicants" in rows else math.nan


def early_repayment_rate(rows: pd.DataFrame) -> float:
    """What good customers repaid early or closed cards with, over the average balance, times twelve."""
    if "repaid_early" not in rows:
        return math.nan
    return 12.0 * _ratio(rows["repaid_early"].sum(), average_balances(rows).sum())


def complaints(rows: pd.DataFrame) -> float:
    """Complaints over the span; NaN where the scenario does not follow them."""
    return float(rows["complaints"].sum(min_count=1)) if "complaints" in rows else math.nan


def mean_trust(rows: pd.DataFrame) -> float:
    """Trust in the lender, mean of the months, 1 as in quiet times; NaN where the scenario does not follow it."""
    return float(rows["trust"].mean()) if "trust" in rows else math.nan


def new_lending(rows: pd.DataFrame) -> float:
    """Lent over the span: loans paid out and card purchases."""
    return float(rows["lent"].sum() + rows["purchases"].sum())


def final_balance(rows: pd.DataFrame) -> float:
    """Balance at the end of the span."""
    return float(rows["balance"].iloc[-1])


def defaults(rows: pd.DataFrame) -> float:
    """Accounts newly 90 days overdue over the span."""
    return float(rows["defaults"].sum())


def charge_off_accounts(rows: pd.DataFrame) -> float:
    """Accounts charged off over the span."""
    return float(rows["charge_off_accounts"].sum())


def bankruptcies(rows: pd.DataFrame) -> float:
    """Borrowers who left by bankruptcy over the span."""
    return float(rows["bankruptcies"].sum())


def peak_unemployment_rate(rows: pd.DataFrame) -> float:
    """Highest month-end share of the borrowers' labour force out of work."""
    return float(rows["unemployment_rate"].max())


def mean_unemployment_rate(rows: pd.DataFrame) -> float:
    """Share of the borrowers' labour force out of work, mean of the month-ends."""
    return float(rows["unemployment_rate"].mean())


METRICS: list[Metric] = [
    Metric(peak_overdue_30_rate, "Peak balance 30+ days overdue", "share of balance", "low"),
    Metric(peak_overdue_60_rate, "Peak balance 60+ days overdue", "share of balance", "low"),
    Metric(peak_overdue_90_rate, "Peak balance 90+ days overdue", "share of balance", "low"),
    Metric(mean_overdue_30_rate, "Mean balance 30+ days overdue", "share of balance", "low"),
    Metric(peak_overdue_30_account_rate, "Peak accounts 30+ days overdue", "share of accounts", "low"),
    Metric(default_rate, "Default rate over the span", "share of accounts", "low"),
    Metric(charge_off_rate, "Charge-off rate, annualised", "share of balance per year", "low"),
    Metric(net_charge_off_rate, "Net charge-off rate, annualised", "share of balance per year", "low"),
    Metric(peak_charge_off_rate, "Peak quarterly charge-off rate", "share of balance per year", "low"),
    Metric(cumulative_charge_off_rate, "Charge-offs over the span", "share of opening balance", "low"),
    Metric(net_loss, "Net loss", "currency", "low"),
    Metric(charged_off, "Charged off", "currency", "low"),
    Metric(recovered, "Recovered", "currency", "neither"),
    Metric(collected, "Paid by borrowers", "currency", "high"),
    Metric(income, "Interest, penalty and fees charged", "currency", "neither"),
    Metric(profit, "Profit", "currency", "high"),
    Metric(return_on_book, "Return on the book", "share of balance per year", "high"),
    Metric(penalty_share_of_overdue, "Penalty and late fees in what is overdue", "share of overdue balance", "low"),
    Metric(collection_cost, "Cost of collecting", "currency", "low"),
    Metric(mean_wait_days, "Wait for a call", "days", "low"),
    Metric(mean_waiting_accounts, "Accounts waiting for a call", "accounts", "low"),
    Metric(applicants, "Applicants", "people", "high"),
    Metric(early_repayment_rate, "Repaid early by good customers", "share of balance per year", "neither"),
    Metric(complaints, "Complaints", "complaints", "low"),
    Metric(mean_trust, "Trust in the lender", "index", "high"),
    Metric(new_lending, "Loans paid out and card purchases", "currency", "neither"),
    Metric(final_balance, "Balance at the end", "currency", "neither"),
    Metric(defaults, "Accounts newly in default", "accounts", "low"),
    Metric(charge_off_accounts, "Accounts charged off", "accounts", "low"),
    Metric(bankruptcies, "Bankruptcies", "borrowers", "low"),
    Metric(peak_unemployment_rate, "Peak unemployment of borrowers", "share of labour force", "low"),
    Metric(mean_unemployment_rate, "Mean unemployment of borrowers", "share of labour force", "low"),
]

WHERE_THERE = {  # metrics of what not every scenario follows: the column that the panel then has
    "mean_wait_days": "waiting_accounts",
    "mean_waiting_accounts": "waiting_accounts",
    "applicants": "applicants",
    "early_repayment_rate": "repaid_early",
    "complaints": "complaints",
    "mean_trust": "trust",
}


def measure(panel: pd.DataFrame, segment: str = "all") -> dict[str, float]:
    """Every metric of one segment of a panel, by name."""
    rows = segment_rows(panel, segment)
    return {metric.name: metric.of(rows) for metric in METRICS}
