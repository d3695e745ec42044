"""A sweep for readers: the page, and the answer for a machine."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulator.report import swept_plots
from simulator.report.drawing import Picture, worded
from simulator.report.page import filled, paragraphs, provenance_text
from simulator.report.swept_tables import effects_table, keys_table, points_table
from simulator.report.swept_words import DESIGNS, answer_of, holes, loose_of, luck_of, moved, reading, size_in_words
from simulator.report.tables import Table
from simulator.sweeps import Effect, Estimate, Key

if TYPE_CHECKING:
    from simulator.metrics import Metric
    from simulator.sweeps import Sweep

NOT_IN_THE_PAGE = ("workers", "duration_seconds", "runs_kept_before")  # the page is the same however it was made


@dataclass(frozen=True)
class Told:
    """One figure's part of the page."""

    label: str
    answer: str
    luck: str
    tornado: Picture
    table: Table


def sweep_page(found: Sweep) -> str:
    """The whole page as HTML: one document that needs no network."""
    first = found.metrics[0]
    span, clock = found.scenario.span, found.scenario.clock
    months = f"{clock.month_end_date(0):%B %Y} to {clock.month_end_date(span.months - 1):%B %Y}"
    figures = [_told(found, metric) for metric in found.metrics]
    return filled(
        "swept.html.jinja",
        {
            "title": f"What moves {worded(found.scenario.name or 'the scenario')}",
            "under": f"{months} ({span.months} months), {size_in_words(found)}",
            "design": DESIGNS[found.design.kind],
            "question": paragraphs(found.scenario.question),
            "warnings": [*found.warnings, *found.design.notes, *holes(found)],
            "figures": figures,
            "heat": swept_plots.heat_map(found, first),
            "curves": swept_plots.curves(found, first),
            "keys": keys_table(found),
            "reading": reading(found),
            "points": points_table(found),
            "provenance": [
                (worded(key), provenance_text(value))
                for key, value in found.provenance.items()
                if key not in NOT_IN_THE_PAGE
            ],
        },
    )


def _told(found: Sweep, metric: Metric) -> Told:
    return Told(
        metric.label,
        moved(found, metric),
        f"{luck_of(found, metric)} {loose_of(found, metric)}".strip(),
        swept_plots.tornado(found, metric),
        effects_table(found, metric),
    )


def summary(found: Sweep) -> dict[str, Any]:
    """The answer for a machine: what was varied, and for each metric effects, indices and noise."""
    currency = found.scenario.lender.currency
    return {
        "scenario": found.scenario.name,
        "design": found.design.kind,
        "points": len(found.design.points),
        "seeds": list(found.seeds),
        "keys": [_key(key) for key in found.design.keys],
        "metrics": {
            metric.name: {
                "label": metric.label,
                "unit": metric.unit_in(currency),
                "answer": answer_of(found, metric),
                "noise": {name: _number(value) for name, value in vars(found.noise[metric.name]).items()},
                "effects": [_effect(found, metric.name, one) for one in found.effects[metric.name]],
            }
            for metric in found.metrics
        },
        "warnings": [*found.warnings, *found.design.notes, *holes(found)],
    }


def _key(key: Key) -> dict[str, Any]:
    over = {"low": key.low, "high": key.high} if key.is_range else {"values": list(key.values)}
    return {"key": key.path, **over, "unit": key.unit, "in_the_scenario": key.usual, "source": key.source}


def _effect(found: Sweep, metric: str, one: Effect) -> dict[str, Any]:
    mine = [each for each in found.indices[metric] if each.path == one.key.path]
    return {
        "key": one.key.path,
        "reference": _number(one.reference),
        "at_low_end": {"value": one.first.value, "difference": _estimate(one.first.difference)},
        "at_high_end": {"value": one.last.value, "difference": _estimate(one.last.difference)},
        "swing": _estimate(one.swing),
        "surely_not_nought": one.swing.sure,
        **{each.name: _estimate(each.estimate) for each in mine},
    }


def _estimate(found: Estimate) -> dict[str, float | None]:
    return {name: _number(value) for name, value in vars(found).items()}


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value
