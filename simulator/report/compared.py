"""A comparison for readers: gains of each side a year and borrower, numbers in print, sentences, and the page."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.ensemble import BORROWERS, FIGURES, LENDER, QUINTILES, Against, Comparison, Paired
from simulator.metrics import Metric
from simulator.money import printed
from simulator.report import compared_plots
from simulator.report.compared_gains import FIFTH_GAINS, GAINS, Gain, gain_of
from simulator.report.drawing import worded
from simulator.report.page import filled, paragraphs, provenance_text
from simulator.report.tables import Table

BY_NAME = {metric.name: metric for metric in FIGURES}
NOT_IN_THE_PAGE = ("workers", "duration_seconds")  # the page is the same however it was made
HEADINGS = ["Figure", "Base", "Here", "Difference", "Standard error", "95% interval", "Independent seeds", "Pairing"]


def comparison_page(comparison: Comparison) -> str:
    """The whole page as HTML: one document that needs no network."""
    base = comparison.base
    clock = base.clock
    months = base.span.months
    first, last = clock.month_end_date(0), clock.month_end_date(months - 1)
    return filled(
        "compared.html.jinja",
        {
            "base": worded(comparison.base_name),
            "question": paragraphs(base.question),
            "under": f"{first:%B %Y} to {last:%B %Y} ({months} months), {seeds_in_words(comparison)}",
            "others": [_other(comparison, other) for other in comparison.others],
            "pictures": {picture.name: picture for picture in compared_plots.pictures_of(comparison)},
            "pairing": pairing_sentence(comparison),
            "provenance": [
                (worded(key), provenance_text(value))
                for key, value in comparison.provenance.items()
                if key not in NOT_IN_THE_PAGE
            ],
        },
    )


@dataclass(frozen=True)
class Other:
    """One scenario's part of the page."""

    name: str
    question: str
    differences: list[str]
    warnings: list[str]
    answer: str
    lender: Table
    borrowers: Table
    fifths: Table | None
    everything: Table


def _other(comparison: Comparison, other: Against) -> Other:
    same = other.scenario.question == comparison.base.question
    question = [] if same else paragraphs(other.scenario.question)
    return Other(
        worded(other.name),
        question[0] if question else "",
        [difference.words for difference in other.differences],
        other.warnings,
        answer_of(comparison, other),
        _table("The lender", (BY_NAME[name] for name in LENDER), comparison, other),
        _table("The borrowers", (BY_NAME[name] for name in BORROWERS), comparison, other),
        _fifths(comparison, other),
        _table("Every figure", FIGURES, comparison, other),
    )


# Numbers in print ----------------------------------------------------------------------------------------


def level(value: float, metric: Metric, currency: str) -> str:
    """A value: shares as percent, money rounded, means of counts with a decimal where they are small."""
    if math.isnan(value):
        return "none"
    if metric.unit.startswith("share"):
        return f"{value * 100:.2f}%"
    text = printed(value, currency) if metric.unit == "currency" else _count(value)
    return text.replace("-", "−", 1) if value < 0 else text


def gap(value: float, metric: Metric, currency: str, *, signed: bool = True) -> str:
    """A difference, or an error with `signed` off: of shares in percentage points."""
    if math.isnan(value):
        return "none"
    if metric.unit.startswith("share"):
        text = f"{abs(value) * 100:.3f}"
    else:
        text = printed(abs(value), currency) if metric.unit == "currency" else _count(abs(value))
    points = " points" if metric.unit.startswith("share") else ""
    if not signed or not set(text) & set("123456789"):
        return text + points
    return f"{'+' if value > 0 else '−'}{text}{points}"


def _count(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.1f}"


def interval(found: Paired, metric: Metric) -> str:
    """The 95% interval, in the unit of the difference."""
    if math.isnan(found.low):
        return "none"
    return " to ".join(gap(end, metric, "").removesuffix(" points") for end in (found.low, found.high))


def times(ratio: float) -> str:
    """How many times pairing cut the standard error."""
    if math.isnan(ratio):
        return ""
    return f"{ratio:,.0f} times" if ratio >= 10 else f"{ratio:.1f} times"


def row_of(metric: Metric, found: Paired, currency: str) -> list[str]:
    """One figure as printed cells, in the order of HEADINGS."""
    return [
        metric.label,
        level(found.base, metric, currency),
        level(found.other, metric, currency),
        gap(found.difference, metric, currency),
        gap(found.standard_error, metric, "", signed=False),
        interval(found, metric),
        gap(found.standard_error_independent, metric, "", signed=False),
        times(found.ratio),
    ]


def _table(title: str, metrics: Iterable[Metric], comparison: Comparison, other: Against) -> Table:
    """Figures of the whole book; those that are nought in both are left out."""
    rows = []
    for metric in metrics:
        found = other.figures["all", metric.name]
        if found.base or found.other:
            rows.append(row_of(metric, found, ""))
    return Table(title, HEADINGS, rows, f"Money in {comparison.base.lender.currency}, sums over the span.")


def _fifths(comparison: Comparison, other: Against) -> Table | None:
    """What each fifth of income gains a year, with standard errors."""
    there = [segment for segment in QUINTILES if segment in other.segments]
    if not there:
        return None
    currency = comparison.base.lender.currency
    rows = []
    for segment in there:
        cells = [_with_error(gain_of(comparison, other, gain, segment), gain.digits) for gain in FIFTH_GAINS]
        rows.append([segment.removeprefix("income_quintile="), *cells])
    headings = ["Income fifth", *(gain.label(currency) for gain in FIFTH_GAINS)]
    note = f"1 is the fifth with the lowest income; ± standard error.{compared_plots.gifts_left_out([other])}"
    return Table("By fifth of income", headings, rows, note)


def _with_error(found: Paired, digits: int) -> str:
    if math.isnan(found.difference):
        return "none"
    text = f"{abs(found.difference):,.{digits}f}"
    sign = "" if not set(text) & set("123456789") else ("+" if found.difference > 0 else "−")
    return f"{sign}{text} ± {found.standard_error:,.{digits}f}"


# Sentences -----------------------------------------------------------------------------------------------


def seeds_in_words(comparison: Comparison) -> str:
    """`8 seeds (1 to 8)`."""
    seeds = comparison.seeds
    return f"{len(seeds)} seeds ({seeds[0]} to {seeds[-1]})"


def answer_of(comparison: Comparison, other: Against) -> str:
    """What the lender and the borrowers gain, each with its 95% interval, in two or three sentences."""
    told = [_gained(comparison, other, gain) for gain in GAINS]
    return f"Each year, {'; '.join(told)}.{_lending(other)}"


def _gained(comparison: Comparison, other: Against, gain: Gain) -> str:
    currency = comparison.base.lender.currency
    found = gain_of(comparison, other, gain)
    if found.difference == found.standard_error == 0 or math.isnan(found.difference):
        return f"{gain.who} {gain.same}"
    size = f"{abs(found.difference):,.{gain.digits}f}"
    verb = gain.more if found.difference > 0 else gain.less
    low, high = (found.low, found.high) if found.difference > 0 else (-found.high, -found.low)
    ends = " to ".join(f"{'−' if end < 0 else ''}{abs(end):,.{gain.digits}f}" for end in (low, high))
    unsure = ", so it may be chance" if found.low <= 0 <= found.high else ""
    return f"{gain.who} {verb.format(size=size, currency=currency)} (95% interval {ends}{unsure})"


def _lending(other: Against) -> str:
    """A word of warning where less or more is lent: interest follows by itself."""
    found = other.figures["all", "new_lending"]
    if not found.base or found.low <= 0 <= found.high or abs(found.difference) < 0.005 * found.base:
        return ""
    share = abs(found.difference / found.base) * 100
    more = "more" if found.difference > 0 else "less"
    return f" {share:.1f}% {more} is lent, which by itself moves interest and losses."


def pairing_sentence(comparison: Comparison) -> str:
    """How many times the same luck cut the standard errors, as measured in these runs."""
    parts = []
    for other in comparison.others:
        whole = [figure for (segment, _), figure in other.figures.items() if segment == "all"]
        found = [figure.ratio for figure in whole if figure.base and figure.other]  # both there, so that they can pair
        ratios = np.array([ratio for ratio in found if ratio > 0])
        if ratios.size:
            span = f"{times(float(ratios.min()))} at least, {times(float(ratios.max()))} at most"
            parts.append(f"{worded(other.name)} {times(float(np.median(ratios)))} (median of {ratios.size}; {span})")
    if not parts:
        return "No figure varied between the pairs, so there is no standard error to cut."
    return f"Pairing cut the standard error, against independent seeds: {'; '.join(parts)}."


def summary_row(found: Paired, metric: Metric, currency: str) -> list[Any]:
    """The cells that the screen shows: without the error of independent seeds."""
    cells = row_of(metric, found, currency)
    return [*cells[:6], cells[7]]
