"""Tables that the page and the workbook share, each worked out once from a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator import metrics
from simulator.report.answer import Answer

if TYPE_CHECKING:
    import pandas as pd

FROM_BUCKETS = ("current", "1_29", "30_59", "60_89", "90_plus")
TO_BUCKETS = (*FROM_BUCKETS, "charged_off", "closed")
INFLOWS = ("lent", "purchases", "interest", "penalty", "fees")
OUTFLOWS = ("paid", "charged_off", "written_down", "sold")
RARE = ("written_down", "sold")  # told only where they happened


@dataclass(frozen=True)
class Table:
    """A table for the page: headings, rows of printed cells, and the words over and under it."""

    title: str
    headings: list[str]
    rows: list[list[str]]
    note: str = ""


def scaled(largest: float, currency: str) -> tuple[str, float, int]:
    """In what unit to print sums of this size: its words, what to divide by, and how many decimals."""
    for bound, divisor, word, digits in (
        (1e10, 1e6, "millions", 1), (1e8, 1e3, "thousands", 0), (1e6, 1e3, "thousands", 1),
    ):  # fmt: skip
        if largest >= bound:
            return f"{word} of {currency or 'currency units'}", divisor, digits
    return currency or "currency units", 1.0, 2


def year_words(year: int, months: int) -> str:
    """A year for a reader, with how many months of it if it is not whole."""
    return str(year) if months == 12 else f"{year} ({months} month{'s' if months > 1 else ''})"


def profit_of(rows: pd.DataFrame) -> pd.DataFrame:
    """Profit and loss of one segment by year, the whole span in the last row (its year is 0); currency units.

    `return` is profit a year over the average balance, as a share; NaN where nothing was owed.
    """
    import pandas as pd

    costs = ["funding_cost", "operating_cost", "collection_cost", "policy_cost"]
    table = rows[["interest", "recoveries", "charge_offs", "written_down", *costs, "profit"]].copy()
    table.insert(1, "penalty_and_fees", rows["penalty"] + rows["fees"])
    table["average_balance"] = metrics.average_balances(rows)
    table["year"], table["months"] = pd.to_datetime(rows["month"]).dt.year, 1
    parts = []
    for one in (table, table.assign(year=0)):
        grouped = one.groupby("year", sort=True)
        sums = grouped.sum()
        sums["average_balance"] = grouped["average_balance"].mean()
        parts.append(sums.reset_index())
    whole = pd.concat(parts, ignore_index=True)
    held = whole["average_balance"].where(whole["average_balance"] > 0)
    whole["return"] = 12.0 * whole["profit"] / whole["months"] / held
    return whole


def with_rates(answer: Answer) -> pd.DataFrame:
    """The whole book month by month, with its rates and those of the same book unshocked beside it."""
    rows = metrics.segment_rows(answer.panel)
    rates = _rates(rows)
    table = rows.assign(**{name: rates[name] for name in rates})
    if answer.unshocked is not None:
        beside = _rates(metrics.segment_rows(answer.unshocked))
        table = table.assign(**{f"unshocked_{name}": beside[name].reindex(table.index) for name in beside})
    return table


def _rates(rows: pd.DataFrame) -> dict[str, pd.Series[float]]:
    return {
        "overdue_30_rate": metrics.overdue_rate(rows, 30),
        "overdue_60_rate": metrics.overdue_rate(rows, 60),
        "overdue_90_rate": metrics.overdue_rate(rows, 90),
        "overdue_30_account_rate": metrics.overdue_account_rate(rows, 30),
        "charge_off_rate": metrics.monthly_charge_off_rate(rows),
    }


def by_product(panel: pd.DataFrame) -> list[tuple[str, dict[str, float]]]:
    """The metrics of each product, where the panel has product segments."""
    names = sorted({str(name) for name in panel["segment"].unique() if str(name).startswith("product=")})
    return [(name.removeprefix("product="), metrics.measure(panel, name)) for name in names]


def flows_by_year(flows: pd.DataFrame) -> pd.DataFrame:
    """The money identity by year and product: opening + in - out = closing.

    `left_over` is what does not add up, in currency units; it is zero in every valid run.
    """
    import pandas as pd

    table = flows.assign(month=pd.to_datetime(flows["month"])).sort_values("month")
    table["year"] = table["month"].dt.year
    table = table.assign(**{name: 0.0 for name in RARE if name not in table})
    grouped = table.groupby(["product", "year"], sort=True, observed=True)
    yearly = grouped[[*INFLOWS, *OUTFLOWS]].sum()
    yearly.insert(0, "opening", grouped["opening"].first())
    yearly["closing"] = grouped["closing"].last()
    yearly.insert(0, "months", grouped["month"].nunique())
    came = yearly[["opening", *INFLOWS]].sum(axis=1) - yearly[list(OUTFLOWS)].sum(axis=1)
    yearly["left_over"] = (came - yearly["closing"]).round(2) + 0.0
    return yearly.reset_index()


def profit_by_year(panel: pd.DataFrame) -> pd.DataFrame:
    """Profit and loss by year, of the whole book and of each product; the unit is the lender's currency."""
    import pandas as pd

    segments = ["all", *sorted({str(name) for name in panel["segment"] if str(name).startswith("product=")})]
    parts = []
    for segment in segments:
        years = profit_of(metrics.segment_rows(panel, segment)).iloc[:-1]
        years.insert(0, "segment", segment)
        parts.append(years.rename(columns={"return": "return_rate"}))
    return pd.concat(parts, ignore_index=True)


def mean_roll_rates(roll_rates: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Per product, the share of the balance of each bucket that a month later stands in each other bucket.

    Averaged over the span with balances as weights; a bucket that was always empty is NaN.
    """
    found: dict[str, pd.DataFrame] = {}
    for product, rows in roll_rates.groupby("product", sort=True, observed=True):
        moved = rows.pivot_table(
            index="from_bucket",
            columns="to_bucket",
            values="balance",
            aggfunc="sum",
            fill_value=0.0,
            observed=True,
        )
        moved = moved.reindex(index=list(FROM_BUCKETS), columns=list(TO_BUCKETS), fill_value=0.0)
        total = moved.sum(axis=1)
        found[str(product)] = moved.div(total.where(total > 0), axis=0)
    return found


def vintage_curves(vintages: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Per product, the cumulative charge-off rate (rows: months on book) of each year or half-year opened.

    A line goes only as far as its youngest vintage has come, so that every point of it is about the same
    accounts. Of a product that lends at opening it is money charged off over money lent; of a card, which has nothing
    lent at opening, accounts charged off over accounts opened.
    """
    import pandas as pd

    if vintages.empty:
        return {}
    opened = pd.to_datetime(vintages["vintage"])
    half_years = (opened.max() - opened.min()).days < 4 * 366
    label = opened.dt.year.astype(str)
    if half_years:
        label = label + opened.dt.month.le(6).map({True: " first half", False: " second half"})
    table = vintages.assign(group=label, opened=opened)
    by_money = table["lent"].groupby(table["product"]).transform("sum") > 0
    weight = table["lent"].where(by_money, table["accounts"])
    rate = table["cumulative_charge_off_rate"].where(by_money, table["cumulative_charge_off_account_rate"])
    table = table.assign(weight=weight, lost=weight * rate)
    return {str(product): _curves_of(rows) for product, rows in table.groupby("product", sort=True, observed=True)}


def _curves_of(rows: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    lines = {}
    for group, part in rows.groupby("group", sort=True):
        reach = part.groupby("opened")["months_on_book"].max().min()
        sums = part[part["months_on_book"] <= reach].groupby("months_on_book")[["lost", "weight"]].sum()
        line = sums["lost"] / sums["weight"].where(sums["weight"] > 0)
        if len(line) > 1:
            lines[str(group)] = line
    return pd.DataFrame(lines)
