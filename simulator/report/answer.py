"""What the report needs of a run, and the answer in two sentences."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from simulator import metrics
from simulator.metrics import METRICS, WHERE_THERE, Metric, measure, segment_rows
from simulator.money import printed

if TYPE_CHECKING:
    import pandas as pd


class Answer(Protocol):
    """What a run gives to the report: the scenario, and tables in currency units and shares."""

    @property
    def scenario(self) -> Any: ...
    @property
    def panel(self) -> pd.DataFrame: ...
    @property
    def unshocked(self) -> pd.DataFrame | None: ...
    @property
    def vintages(self) -> pd.DataFrame: ...
    @property
    def roll_rates(self) -> pd.DataFrame: ...
    @property
    def flows(self) -> pd.DataFrame: ...
    @property
    def hit(self) -> pd.DataFrame: ...
    @property
    def counted(self) -> Sequence[Mapping[str, Any]]: ...
    @property
    def provenance(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True)
class KeyFigure:
    """One metric of a run beside the same book unshocked."""

    metric: Metric
    value: float
    unshocked: float | None
    currency: str

    @property
    def difference(self) -> float | None:
        """This scenario less the same book unshocked."""
        return None if self.unshocked is None else self.value - self.unshocked

    @property
    def shown(self) -> str:
        return shown(self.value, self.metric.unit, self.currency)

    @property
    def shown_unshocked(self) -> str:
        return "" if self.unshocked is None else shown(self.unshocked, self.metric.unit, self.currency)

    @property
    def shown_difference(self) -> str:
        """The difference with its sign; of shares in percentage points."""
        gap = self.difference
        if gap is None or math.isnan(gap):
            return ""
        if self.metric.unit.startswith("share"):
            return f"{_signed(gap * 100, 2)} points"
        text = shown(abs(gap), self.metric.unit, self.currency)
        return text if gap == 0 else f"{'+' if gap > 0 else '−'}{text}"

    @property
    def judged(self) -> str:
        """Whether the scenario is better or worse here than the same book unshocked."""
        gap = self.difference
        if gap is None or math.isnan(gap) or self.metric.good == "neither":
            return ""
        if not set(self.shown_difference) & set("123456789"):  # a difference too small to be printed is none
            return ""
        return "better" if (gap < 0) == (self.metric.good == "low") else "worse"


def _signed(number: float, digits: int) -> str:
    text = f"{abs(number):.{digits}f}"
    sign = "" if float(text) == 0 else ("+" if number > 0 else "−")
    return sign + text


def shown(value: float, unit: str, currency: str = "") -> str:
    """A number for a reader, by its unit: shares as percent, money rounded, counts whole."""
    if value is None or math.isnan(value):
        return "none"
    if unit.startswith("share"):
        return f"{value * 100:.2f}%"
    if unit == "currency":
        return printed(value, currency)
    return f"{value:,.0f}"


def currency_of(answer: Answer) -> str:
    """The lender's currency."""
    return str(getattr(getattr(answer.scenario, "lender", None), "currency", "") or "")


def question_of(answer: Answer) -> str:
    """The question the scenario asks: the comment its file opens with."""
    given = answer.provenance.get("question") or getattr(answer.scenario, "question", "")
    return str(given or "").strip()


def name_of(answer: Answer) -> str:
    """The scenario's name, as a reader knows it."""
    given = answer.provenance.get("scenario") or getattr(answer.scenario, "name", "")
    return str(given or "scenario")


def key_figures(answer: Answer) -> list[KeyFigure]:
    """Every metric of what the run follows, beside the same book unshocked where that was run too."""
    here = measure(answer.panel)
    there = None if answer.unshocked is None else measure(answer.unshocked)
    currency = currency_of(answer)
    known = [m for m in METRICS if WHERE_THERE.get(m.name, "month") in answer.panel]
    return [KeyFigure(m, here[m.name], None if there is None else there[m.name], currency) for m in known]


def sentences(answer: Answer) -> tuple[str, str]:
    """The answer in two sentences: how much falls overdue and when, and what it costs."""
    figures = {figure.metric.name: figure for figure in key_figures(answer)}
    return _overdue_sentence(answer, figures), _loss_sentence(answer, figures)


def _against(figure: KeyFigure, words: str) -> str:
    return "" if figure.unshocked is None else f" ({words} {figure.shown_unshocked})"


def _overdue_sentence(answer: Answer, figures: Mapping[str, KeyFigure]) -> str:
    rows = segment_rows(answer.panel)
    rate = metrics.overdue_rate(rows, 30)
    if rate.dropna().empty:
        return "Nothing was owed in the span, so nothing was overdue."
    month = rows["month"].iloc[int(rate.fillna(-1.0).to_numpy().argmax())]
    at_most = ""
    thirty, ninety = figures["peak_overdue_30_rate"], figures["peak_overdue_90_rate"]
    when = f"peaks at {thirty.shown} in {month:%B %Y}" if len(rows) > 1 else f"is {thirty.shown}"
    if len(rows) > 1 and month == rows["month"].iloc[0]:  # the book began worse than it became: the mean says more
        at_most = f", at most {thirty.shown}, in {month:%B %Y}, its first month"
        thirty = figures["mean_overdue_30_rate"]
        when = f"is {thirty.shown} on average"
    return (
        f"The balance 30 days overdue or more {when}{_against(thirty, 'the same book unshocked:')}{at_most}, "
        f"the balance 90 days overdue or more reaches {ninety.shown}{_against(ninety, 'unshocked')}, and "
        f"{figures['defaults'].shown} accounts newly default{_against(figures['defaults'], 'unshocked')}."
    )


def _loss_sentence(answer: Answer, figures: Mapping[str, KeyFigure]) -> str:
    rows = segment_rows(answer.panel)
    rate, net = figures["charge_off_rate"], figures["net_loss"]
    if figures["charged_off"].value == 0:
        return f"There was no charge-off in the span{_against(figures['charged_off'], 'unshocked')}."
    quarters = metrics.quarterly_charge_off_rate(rows).dropna()
    peak = ""
    if len(quarters) > 1:
        quarter: Any = quarters.idxmax()
        top = figures["peak_charge_off_rate"]
        peak = f", at the highest {top.shown} in the {_quarter(quarter)}{_against(top, 'unshocked')}"
    gap = net.difference
    more = ""
    if gap is not None and abs(gap) >= 0.005:
        more = f", {printed(abs(gap), net.currency)} {'more' if gap > 0 else 'less'} than unshocked"
    return (
        f"Charge-offs run at {rate.shown} of balances a year{_against(rate, 'unshocked')}{peak}; "
        f"the net loss of the span, after recoveries, is {net.shown}{more}."
    )


def _quarter(quarter: Any) -> str:
    order = ("first", "second", "third", "fourth")[quarter.quarter - 1]
    return f"{order} quarter of {quarter.year}"
