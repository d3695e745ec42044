"""A reverse stress for readers: tables of what was tried, and the page."""

from __future__ import annotations

from simulator.report import reversed_plots
from simulator.report.drawing import worded
from simulator.report.page import filled, paragraphs, provenance_text
from simulator.report.tables import Table
from simulator.reverse import Reversed
from simulator.reverse.search import Point
from simulator.reverse.words import (
    answer_words,
    figure,
    gap,
    limit_words,
    number,
    plausibility_words,
    range_words,
    shape_words,
    sure_words,
)

NOT_IN_THE_PAGE = (
    "workers",
    "duration_seconds",
    "runs_lived",
    "runs_kept_before",
)  # the same however it was made


def reversed_page(found: Reversed) -> str:
    """The whole page as HTML: one document that needs no network."""
    span = found.base.clock
    first, last = span.month_end_date(0), span.month_end_date(found.base.span.months - 1)
    seeds = f"{len(found.seeds)} seeds ({found.seeds[0]} to {found.seeds[-1]})"
    shape = shape_words(found)
    who = f"{found.base.book.borrowers:,} borrowers" if found.base.book.tape is None else "the loans of a tape"
    return filled(
        "reversed.html.jinja",
        {
            "title": title_of(found),
            "question": paragraphs(found.base.question),
            "under": f"{who}, {first:%B %Y} to {last:%B %Y}, {seeds}; the same luck at every place",
            "asked": f"What is the least severe scenario with {limit_words(found)}? Moved: {range_words(found)}.",
            "answer": answer_words(found),
            "sentences": [text for text in (sure_words(found), shape if found.search.one_way else "") if text],
            "warnings": [*found.dial.notes, *([] if found.search.one_way else [shape])],
            "plausible": plausibility_words(found),
            "pictures": reversed_plots.pictures_of(found),
            "points": points_table(found),
            "seeds": seeds_table(found),
            "provenance": [
                (worded(key), provenance_text(value))
                for key, value in found.provenance.items()
                if key not in NOT_IN_THE_PAGE
            ],
        },
    )


def title_of(found: Reversed) -> str:
    """What breaks the limit?"""
    return f"{worded(found.base.name) or 'A scenario'}: what breaks the limit?"


def points_table(found: Reversed) -> Table:
    """Every place that was tried, in the order of the dial."""
    metric = found.limit.metric
    keys = [move.key for move in found.dial.moves]
    dial = ["Dial"] if len(keys) > 1 else []
    headings = [*dial, *keys, metric.label, "Standard error", "Seeds that break it", "The mean", "Tried for"]
    rows = [_point_row(found, point, bool(dial)) for point in found.search.points]
    note = "The standard error is that of the mean over the seeds; seeds are the same at every place."
    return Table("Every place that was tried", headings, rows, note)


def _point_row(found: Reversed, point: Point, dial: bool) -> list[str]:
    metric, currency = found.limit.metric, found.base.lender.currency
    return [
        *([f"{100 * point.dial:.2f}%"] if dial else []),
        *(number(move, move.number(point.dial)) for move in found.dial.moves),
        figure(point.mean, metric, currency),
        gap(point.standard_error, metric, currency),
        f"{round(point.share_broken * point.figures.size)} of {point.figures.size}",
        "breaks it" if point.broken else "holds",
        "the grid" if point.on_grid else "the crossing",
    ]


def seeds_table(found: Reversed) -> Table | None:
    """Where each seed by itself first breaks the limit."""
    crossing = found.search.crossing
    if crossing is None:
        return None
    metric, currency = found.limit.metric, found.base.lender.currency
    keys = [move.key for move in found.dial.moves]
    rows = []
    for seed, own, value in zip(found.seeds, crossing.own, crossing.breaks.figures, strict=True):
        numbers = ["never" if own is None else number(move, move.exact(own)) for move in found.dial.moves]
        rows.append([str(seed), *numbers, figure(float(value), metric, currency)])
    note = "In a straight line between the places tried; the last column is the seed's own figure at the answer."
    return Table("Each seed by itself", ["Seed", *keys, f"{metric.label} at the answer"], rows, note)
