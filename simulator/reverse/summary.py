"""A reverse stress for a machine: one plain dict, and a table of the places that were tried."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from simulator.reverse.answer import Reversed
from simulator.reverse.history import Severity
from simulator.reverse.plausible import Known, Unemployment
from simulator.reverse.search import Point
from simulator.reverse.words import answer_words, plausibility_words, shape_words, sure_words

if TYPE_CHECKING:
    import pandas as pd


def summary_of(found: Reversed) -> dict[str, Any]:
    """Everything that a reverse stress found, as plain values; `answer` is null where the limit is never broken."""
    limit, searched = found.limit, found.search
    said = (answer_words(found), sure_words(found), shape_words(found), *plausibility_words(found))
    return {
        "scenario": found.base.name,
        "until": limit.text,
        "metric": {
            "name": limit.metric.name,
            "label": limit.metric.label,
            "unit": limit.metric.unit_in(found.base.lender.currency),
        },
        "find": [
            {"key": move.key, "from": move.start, "to": move.end, "unit": move.unit, "kind": move.kind}
            for move in found.dial.moves
        ],
        "seeds": list(found.seeds),
        "borrowers": found.base.book.borrowers if found.base.book.tape is None else None,
        "months": found.base.span.months,
        "tolerance": found.tolerance,
        "outcome": searched.outcome,
        "answer": None if searched.outcome == "not broken" else _place(found, found.point),
        "crossing": _crossing(found),
        "ends": [_place(found, searched.grid[0]), _place(found, searched.grid[-1])],
        "one_way": searched.one_way,
        "steps": [
            {
                "from": step.first,
                "to": step.last,
                "towards_the_limit": step.towards,
                "standard_error": step.standard_error,
                "backwards": step.backwards,
            }
            for step in searched.steps
        ],
        "passes_the_limit_between": [list(span) for span in searched.changes],
        "unemployment": None if found.unemployment is None else _unemployment(found.unemployment),
        "values": [_known(known) for known in found.known],
        "notes": list(found.dial.notes),
        "words": [text for text in said if text],
    }


def _place(found: Reversed, point: Point) -> dict[str, Any]:
    return {
        "dial": point.dial,
        "values": found.dial.numbers(point.dial),
        "mean": point.mean,
        "standard_error": _plain(point.standard_error),
        "share_of_seeds_that_break": point.share_broken,
        "broken": point.broken,
    }


def _crossing(found: Reversed) -> dict[str, Any] | None:
    """The last bracket, the root between its ends with its error, and where each seed by itself crosses."""
    crossing = found.search.crossing
    if crossing is None:
        return None

    def exact(dial: float) -> dict[str, float]:
        return {move.key: move.exact(dial) for move in found.dial.moves}

    sure = not math.isnan(crossing.standard_error)
    return {
        "holds": _place(found, crossing.holds),
        "breaks": _place(found, crossing.breaks),
        "root": {
            "dial": crossing.root,
            "values": exact(crossing.root),
            "standard_error": _plain(crossing.standard_error),
            "low": _plain(crossing.low),
            "high": _plain(crossing.high),
            "values_low": exact(crossing.low) if sure else None,
            "values_high": exact(crossing.high) if sure else None,
            "slope": crossing.slope,
        },
        "seeds": [
            {"seed": seed, "dial": own, "values": None if own is None else exact(own)}
            for seed, own in zip(found.seeds, crossing.own, strict=True)
        ],
    }


def _unemployment(seen: Unemployment) -> dict[str, Any]:
    history = seen.history
    return {
        "peak": seen.peak,
        "largest_rise_in_12_months": seen.rise,
        "path": [round(float(value), 4) for value in seen.economy],
        "history": None
        if history is None
        else {"source": history.source, "from": f"{history.first:%Y-%m}", "to": f"{history.last:%Y-%m}"},
        "rise_seen": None if seen.rise_seen is None else _severity(seen.rise_seen),
        "peak_seen": None if seen.peak_seen is None else _severity(seen.peak_seen),
    }


def _severity(seen: Severity) -> dict[str, Any]:
    return {
        "value": seen.value,
        "windows_at_least_so_severe": seen.times,
        "windows": seen.windows,
        "windows_apart": seen.apart,
        "share": seen.share,
        "percentile": seen.percentile,
        "episodes": [[f"{first:%Y-%m}", f"{last:%Y-%m}"] for first, last in seen.episodes],
        "largest": seen.largest,
        "largest_month": f"{seen.largest_month:%Y-%m}",
    }


def _known(known: Known) -> dict[str, Any]:
    return {
        "key": known.move.key,
        "value": known.value,
        "published": [
            {
                "fact": each.fact.name,
                "low": each.fact.low,
                "high": each.fact.high,
                "position": each.position,
                "source": each.fact.citation,
            }
            for each in known.ranges
        ],
    }


def _plain(value: float) -> float | None:
    return None if math.isnan(value) else value


def points_frame(found: Reversed) -> pd.DataFrame:
    """One row for each place tried, in the order of the dial; a column for each key and for each seed's figure."""
    import pandas as pd

    rows = []
    for point in found.search.points:
        own = {f"seed_{seed}": float(value) for seed, value in zip(found.seeds, point.figures, strict=True)}
        rows.append(
            {
                "dial": point.dial,
                **found.dial.numbers(point.dial),
                "mean": point.mean,
                "standard_error": point.standard_error,
                "share_of_seeds_that_break": point.share_broken,
                "broken": point.broken,
                "on_grid": point.on_grid,
                **own,
            }
        )
    return pd.DataFrame(rows)
