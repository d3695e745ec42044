"""A reserve for readers: the page, and the answer for a machine."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from simulator.report import reserved_capital as capital
from simulator.report import reserved_plots as plots
from simulator.report import reserved_tables as tables
from simulator.report.drawing import worded
from simulator.report.page import filled, paragraphs, provenance_text
from simulator.report.reserved_movement import span_walk
from simulator.report.reserved_numbers import RULE_WORDS, Numbers, capital_first, figure
from simulator.report.reserved_words import answer_of, method_notes, under_of, warnings_of

if TYPE_CHECKING:
    from simulator.allowance import ReserveResult

NOT_IN_THE_PAGE = ("seconds", "workers")  # the page is the same however it was made


def reserve_page(found: ReserveResult, provenance: dict[str, Any]) -> str:
    """The whole page as HTML: one document that needs no network."""
    numbers = Numbers(found)
    pictures = (plots.timing(numbers), plots.walk(numbers), plots.losses(numbers), plots.capital(numbers))
    schedules = [tables.movement_table(numbers, rule) for rule in numbers.rules]
    kept = [table for table in (tables.overlays_table(numbers), tables.beside_table(numbers)) if table is not None]
    return filled(
        "reserve.html.jinja",
        {
            "title": worded(found.scenario.name or "the scenario"),
            "under": under_of(numbers),
            "question": paragraphs(found.scenario.question),
            "answer": answer_of(numbers),
            "by_rule": tables.first_table(numbers),
            "pictures": {picture.name: picture for picture in pictures},
            "rule": capital_first(RULE_WORDS[found.rule]),
            "schedule": schedules[0],
            "schedules": schedules[1:],
            "stock": [tables.stock_table(numbers, rule) for rule in ("ifrs9", "five_classes")],
            "segments": tables.segments_table(numbers),
            "enough": tables.enough_table(numbers),
            "one_factor": capital.one_factor_table(numbers),
            "absorption": capital.absorption_table(numbers),
            "capital": capital.capital_table(numbers),
            "ratios": tables.ratios_table(numbers),
            "methods": tables.methods_table(numbers),
            "views": tables.views_table(numbers),
            "sensitivity": [tables.sensitivity_table(numbers, day) for day in sensitive_days(found)],
            "nested": tables.nested_table(numbers),
            "more": kept,
            "notes": warnings_of(numbers),
            "method": method_notes(numbers),
            "provenance": [
                (worded(key), provenance_text(value)) for key, value in provenance.items() if key not in NOT_IN_THE_PAGE
            ],
        },
    )


def sensitive_days(found: ReserveResult) -> list[pd.Timestamp]:
    """The days of which sensitivities are known, in order."""
    return [pd.Timestamp(str(day)) for day in sorted(found.sensitivity["month"].unique())]


def summary(found: ReserveResult) -> dict[str, Any]:
    """The answer for a machine: allowance by rule, how often it is enough, timing, the walk of the span, capital."""
    numbers = Numbers(found)
    walk = span_walk(found)
    whole = walk[walk["segment"] == "all"]
    factor = numbers.one_factor
    answer: dict[str, Any] = plain(
        {
            "scenario": found.scenario.name,
            "rule": found.rule,
            "currency": numbers.currency,
            "months": found.scenario.span.months,
            "paths": numbers.paths,
            "answer": answer_of(numbers),
            "allowance": {
                rule: {
                    name: {"month": f"{day:%Y-%m-%d}", **_at(numbers, rule, day)} for name, day in numbers.days.items()
                }
                for rule in numbers.rules
            },
            "charge": {rule: tables.sum_of_charge(numbers, rule) for rule in numbers.rules},
            "enough": found.enough.to_dict("records"),
            "timing": [
                {key: f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else value for key, value in row.items()}
                for row in found.timing.to_dict("records")
            ],
            "walk": {
                str(rule): dict(zip(held["item"], held["amount"], strict=True))
                for rule, held in whole.groupby("rule", sort=False)
            },
            "capital": {
                "requirement_on_the_first_day": numbers.capital["requirement"].iloc[0],
                "largest_requirement": numbers.capital["requirement"].max(),
                "held": numbers.terms.capital.held,
                "one_factor_correlation": factor.correlation if factor else None,
            },
            "notes": warnings_of(numbers),
        }
    )
    return answer


def _at(numbers: Numbers, rule: str, day: pd.Timestamp) -> dict[str, float]:
    held = numbers.stock(rule)
    return {name: figure(held, day, name) for name in ("balance", "allowance", "coverage")}


def plain(value: Any) -> Any:
    """Values as JSON has them: what is not finite is null."""
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
