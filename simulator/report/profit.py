"""The section "Profit and loss" of the page: what the lender earned and lost, by month, year and product, and what its
policies and the state's did and cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulator.metrics import segment_rows
from simulator.money import printed
from simulator.policies import POLICIES, Offer
from simulator.report.answer import Answer, currency_of, shown
from simulator.report.drawing import Picture, worded
from simulator.report.profit_plots import profit_and_loss
from simulator.report.tables import Table, profit_of, scaled, year_words

if TYPE_CHECKING:
    import pandas as pd

# line of a statement of profit: its column, its sign, its words; those that are seldom there only where they are
LINES = (
    ("interest", "+", "interest"),
    ("penalty_and_fees", "+", "penalty and fees"),
    ("recoveries", "+", "recoveries"),
    ("charge_offs", "−", "charge-offs"),
    ("written_down", "−", "debt waived"),
    ("funding_cost", "−", "funding"),
    ("operating_cost", "−", "accounts and new lending"),
    ("collection_cost", "−", "collecting"),
    ("policy_cost", "−", "the lender's policies"),
    ("profit", "=", "profit"),
)
SELDOM = ("written_down", "collection_cost", "policy_cost")
NOTE = (
    "Interest, penalty and fees count when they are charged; what of them is never paid is part of a later charge-off. "
    "A loss counts when it is charged off or waived; the allowance is not part of it. What money, accounts and new "
    "lending cost stands under “lender: costs” in the assumptions."
)


@dataclass(frozen=True)
class Earnings:
    """What the section shows."""

    lead: str
    picture: Picture
    tables: list[Table]
    policies: Table | None
    note: str = NOTE


def earnings_of(answer: Answer) -> Earnings | None:
    """The section, or None for an answer whose panel has no profit."""
    if "profit" not in answer.panel:
        return None
    return Earnings(
        lead(answer),
        profit_and_loss(answer.panel, answer.unshocked, currency_of(answer)),
        [by_year(answer), *by_segment(answer)],
        policies_table(answer),
    )


def lead(answer: Answer) -> str:
    """Profit of the span in a sentence or two."""
    currency, rows = currency_of(answer), segment_rows(answer.panel)
    found: Any = profit_of(rows).iloc[-1].to_dict()
    word = "earns" if found["profit"] >= 0 else "loses"
    text = f"The lender {word} {printed(abs(found['profit']), currency)} over the span"
    if found["return"] == found["return"]:
        text += f", {shown(abs(found['return']), 'share')} of the average balance a year"
    if answer.unshocked is not None:
        beside: Any = profit_of(segment_rows(answer.unshocked)).iloc[-1].to_dict()
        text += f" (the same book unshocked: {_minus(printed(beside['profit'], currency))}"
        text += f", {_minus(shown(beside['return'], 'share'))})" if beside["return"] == beside["return"] else ")"
    earned = found["interest"] + found["penalty_and_fees"] + found["recoveries"]
    lost = found["charge_offs"] + found["written_down"]
    spent = earned - lost - found["profit"]
    return (
        f"{text}: {printed(earned, currency)} of interest, penalty, fees and recoveries, less "
        f"{printed(lost, currency)} charged off or waived and {printed(spent, currency)} of costs."
    )


def by_year(answer: Answer) -> Table:
    """Profit and loss of the whole book, a column for each year, beside the same book unshocked."""
    found = profit_of(segment_rows(answer.panel))
    names = [year_words(row["year"], row["months"]) for row in found.iloc[:-1].to_dict("records")]
    if len(names) == 1:
        found = found.iloc[:-1]
    else:
        names.append("all the span")
    beside = None if answer.unshocked is None else profit_of(segment_rows(answer.unshocked)).iloc[: len(found)]
    return _statement("By year", names, found, beside, currency_of(answer))


def by_segment(answer: Answer) -> list[Table]:
    """Profit and loss of the span by product and by fifth of income, where there is more than one."""
    tables = []
    for cut, title in (("product", "By product"), ("income_quintile", "By fifth of income")):
        segments = sorted({str(name) for name in answer.panel["segment"] if str(name).startswith(f"{cut}=")})
        if len(segments) < 2:
            continue
        names = [worded(segment.removeprefix(f"{cut}=")) for segment in segments]
        if cut == "income_quintile":
            names[0], names[-1] = f"{names[0]} (poorest)", f"{names[-1]} (richest)"
        segments.append("all")
        found = _spans(answer.panel, segments)
        beside = None if answer.unshocked is None else _spans(answer.unshocked, segments)
        tables.append(_statement(title, [*names, "all"], found, beside, currency_of(answer)))
    return tables


def _spans(panel: pd.DataFrame, segments: list[str]) -> pd.DataFrame:
    """The whole span of each segment, a row each."""
    import pandas as pd

    return pd.concat([profit_of(segment_rows(panel, segment)).iloc[-1:] for segment in segments])


def _statement(title: str, names: list[str], found: pd.DataFrame, beside: pd.DataFrame | None, currency: str) -> Table:
    """Lines of profit and loss down, years or parts of the book across."""
    lines = [line for line in LINES if line[0] not in SELDOM or found[line[0]].any()]
    unit, divisor, digits = scaled(float(found[[name for name, _, _ in lines]].abs().to_numpy().max()), currency)

    def cells(values: Any) -> list[str]:
        return [_minus(f"{value / divisor:,.{digits}f}") for value in values]

    rows = [[f"{sign}\N{NO-BREAK SPACE}{words}", *cells(found[name])] for name, sign, words in lines]
    rows.append(["return on the book", *_rates(found["return"])])
    if beside is not None:
        gap = found["profit"].to_numpy() - beside["profit"].to_numpy()
        rows.append(["profit, same book unshocked", *cells(beside["profit"])])
        rows.append(["difference", *cells(gap)])
    note = f"In {unit}. Return on the book is profit a year over the average balance. Printed figures are rounded."
    return Table(title, ["", *names], rows, note)


def _rates(returns: Any) -> list[str]:
    return ["none" if value != value else _minus(f"{100 * value:.2f}%") for value in returns]


def _minus(text: str) -> str:
    """A number with a proper minus, and none before a nought."""
    bare = text.removeprefix("-")
    return f"−{bare}" if bare != text and set(bare) & set("123456789") else bare


def policies_table(answer: Answer) -> Table | None:
    """The policies that were in force at some time of the span: whom they reached, and what they cost whom."""
    table: pd.DataFrame | None = getattr(answer, "policies", None)
    if table is None or not table["in_force"].any():
        return None
    counted = {policy.model_fields["kind"].default for policy in POLICIES if issubclass(policy, Offer)}
    currency, rows = currency_of(answer), []
    for name, months in table.groupby("policy", sort=True, observed=True):
        held = months[months["in_force"]]
        if held.empty:
            continue
        first, last = held["month"].iloc[0], held["month"].iloc[-1]
        when = f"{first:%b %Y}" if len(held) == 1 else f"{first:%b %Y} to {last:%b %Y}"
        when = "all the span" if len(held) == len(months) else when
        kind, number = str(months["kind"].iloc[0]), int(months["number"].sum())
        label = worded(str(name)) if kind == name else f"{worded(str(name))} ({worded(kind)})"
        reached = f"{number:,}" if number or kind in counted else "not counted"
        sums = [float(months[what].sum()) for what in ("cost", "given")]
        money = [printed(amount, currency) if amount else "none" for amount in sums]
        rows.append([label, f"the {months['by'].iloc[0]}", when, reached, *money])
    headings = ["Policy", "Chosen by", "In force", "Reached", "Cost to whoever chose it", "Given to households"]
    note = (
        "Reached counts people or accounts, each month anew. Cost is beside what a policy does to interest, payments "
        "and losses, which stands in the other figures; only the cost of the lender's own policies enters its profit."
    )
    return Table("Policies", headings, rows, note)
