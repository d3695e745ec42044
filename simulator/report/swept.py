"""A sweep for readers: what moves each figure and how surely, in words and tables, and the page."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulator.report import swept_plots
from simulator.report.compared import gap, level
from simulator.report.drawing import Picture, worded
from simulator.report.page import filled, paragraphs, provenance_text
from simulator.report.tables import Table
from simulator.sweeps import Effect, Estimate, Index, short_names, shown_value, value_with_unit

if TYPE_CHECKING:
    from simulator.metrics import Metric
    from simulator.sweeps import Sweep

NOT_IN_THE_PAGE = ("workers", "duration_seconds", "runs_kept_before")  # the page is the same however it was made
MOST_ROWS = 64  # points in the page's table; every one is in points.csv
DESIGNS = {
    "grid": "a grid, every value of each key with every value of the others",
    "one-at-a-time": "one key at a time, the others as the scenario has them",
    "latin": "a Latin hypercube, which fills the space of the keys evenly",
    "sobol": "a Sobol design, which splits the variance between the keys",
    "file": "points from a file",
}
EFFECT_HEADS = ["Key", "At its low end", "At its high end", "Difference", "Std. error", "95% interval"]
INDEX_HEADS = {
    "first_order": "Alone",
    "total_order": "In all",
    "rank_regression": "Rank regression",
    "rank_correlation": "Rank correlation",
}
LUCK_SMALL, LUCK_LARGE = 0.05, 0.25
LOOSE = 0.25  # how wide a share of the variance may be to either side before more points are asked for


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
        _moved(found, metric),
        f"{luck_of(found, metric)} {loose_of(found, metric)}".strip(),
        swept_plots.tornado(found, metric),
        effects_table(found, metric),
    )


def size_in_words(found: Sweep) -> str:
    """`25 points, 4 seeds (1 to 4), 20,000 borrowers`."""
    seeds = found.seeds
    luck = f"{len(seeds)} seeds ({seeds[0]} to {seeds[-1]})" if len(seeds) > 1 else f"one seed ({seeds[0]})"
    tape = found.scenario.book.tape
    book = f"{found.scenario.book.borrowers:,} borrowers" if tape is None else "the tape's borrowers"
    return f"{len(found.design.points):,} points, {luck} in each, {book}"


# Sentences -----------------------------------------------------------------------------------------------


def answer_of(found: Sweep, metric: Metric) -> str:
    """The figure's label, and what moves it most and least, with errors, in a few sentences."""
    return f"{metric.label}. {_moved(found, metric)}"


def _moved(found: Sweep, metric: Metric) -> str:
    names, currency = short_names(found.design.keys), found.scenario.lender.currency
    effects = found.effects[metric.name]
    known = [one for one in effects if not math.isnan(one.swing.value)]
    if not known:
        return "It cannot be formed in every point, so nothing is said about it."
    moved = [one for one in known if one.swing.sure or (len(found.seeds) == 1 and one.swing.value)]
    still = [one for one in known if one not in moved]
    told = []
    for place, one in enumerate(moved[:3]):
        least, most = (level(one.reference + end.difference.value, metric, currency) for end in (one.first, one.last))
        swing = gap(one.swing.value, metric, currency)
        opening = "moves it most" if place == 0 else "follows" if place == 1 else "comes third"
        first, last = (value_with_unit(one.key, end.value) for end in (one.first, one.last))
        told.append(
            f"{_capital(names[one.key.path])} {opening}: {least} at {first}, {most} at {last}, "
            f"a difference of {swing}{_sure(one, metric)}."
        )
        if one.bends is not None:
            told.append(f"It does not go one way: furthest from both ends is {value_with_unit(one.key, one.bends)}.")
    if len(moved) > 3:
        told.append(f"Less moves it: {_listed([names[one.key.path] for one in moved[3:]])}.")
    if still:
        dead = [names[one.key.path] for one in still if one.swing.value == 0.0 == one.swing.standard_error]
        luck = [names[one.key.path] for one in still if names[one.key.path] not in dead]
        told += [f"Cannot be told from luck: {_listed(luck)}."] if luck else []
        told += [f"Without any effect on it: {_listed(dead)}."] if dead else []
    return " ".join(told)


def _sure(one: Effect, metric: Metric) -> str:
    words = interval_in_words(one.swing, metric)
    return f" (95% interval {words})" if words else ""


def interval_in_words(found: Estimate, metric: Metric) -> str:
    """The 95% interval in the unit of a difference; empty where none is known."""
    if math.isnan(found.low):
        return ""
    return " to ".join(gap(end, metric, "").removesuffix(" points") for end in (found.low, found.high))


def luck_of(found: Sweep, metric: Metric) -> str:
    """How much of the variance between points is sampling noise, and what follows from it."""
    seeds, noise = len(found.seeds), found.noise[metric.name]
    if seeds < 2:
        return "With one seed nothing says how much of this is luck; with two or more it is told."
    if math.isnan(noise.share):
        return ""
    share = f"{noise.share:.1%}" if noise.share >= 0.001 else "less than 0.1%"
    told = (
        f"Of the variance between points, {share} is sampling noise: the luck that is left in a mean over {seeds} seeds"
    )
    if found.design.kind == "sobol":
        told += f", which may lift an index “in all” by as much as {noise.share:.2f}"
    if noise.share > LUCK_LARGE:
        return f"{told}. That is much: more seeds or more borrowers are wanted before these figures are used."
    return f"{told}." if noise.share < LUCK_SMALL else f"{told}. More seeds would make small effects clearer."


def loose_of(found: Sweep, metric: Metric) -> str:
    """A sentence where the shares of the variance are loosely known, with the next number of points."""
    if found.design.kind != "sobol":
        return ""
    reach = [
        max(one.estimate.high - one.estimate.value, one.estimate.value - one.estimate.low)
        for one in found.indices[metric.name]
    ]
    if not reach or max(reach) <= LOOSE:
        return ""
    return (
        f"The shares are known to ± {max(reach):.2f} only: --points {2 * found.design.base} or more would narrow them."
    )


def holes(found: Sweep) -> list[str]:
    """A sentence for each metric that could not be formed in some run."""
    told = []
    for metric in found.metrics:
        values = found.figures[metric.name]
        if missing := int((values != values).sum()):
            told.append(
                f"{metric.label} cannot be formed in {missing:,} of {values.size:,} runs (what it divides by is nought "
                "there, or the scenario does not follow it)."
            )
    return told


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def reading(found: Sweep) -> list[str]:
    """How the numbers were worked out, for this design."""
    told = [
        f"Design: {DESIGNS[found.design.kind]}. Every point lives with the same seeds, so that the same borrowers "
        "have the same luck in each; differences are taken seed by seed."
    ]
    if found.design.fills:
        told.append(
            "Differences from end to end are slopes of a plane through all points by least squares, with standard "
            "errors that hold also where the plane does not fit (White, HC3) and count the seeds. The points in the "
            "curves are means over a fifth of the range, after the plane’s part for the other keys is taken away."
        )
    else:
        told.append(
            "The standard error is the standard deviation of the differences of the seeds over the root of their "
            "number; the 95% interval follows Student's t. Of words the widest pair is shown, and its interval is "
            "widened for having been chosen (Bonferroni)."
        )
    if found.design.kind in ("grid", "sobol"):
        told.append(
            "“Alone” is the share of the variance between points that a key explains by itself (first-order index), "
            "“in all” the share in which it has a part (total index); where the second is larger, the key works "
            "together with others. Every value of a key counts as equally likely."
            + (
                " Estimates of Saltelli and others (2010) by scipy; the intervals resample the points."
                if found.design.kind == "sobol"
                else " On a grid both are exact for its own values; the errors leave out one seed at a time."
            )
        )
    elif found.design.fills:
        told.append(
            "Rank regression and partial rank correlation run from −1 to 1: how much a figure rises with a key, "
            "all others held, whatever the form as long as it goes one way. Words stand in the order they were given."
        )
    return told


# Tables --------------------------------------------------------------------------------------------------


def effects_table(found: Sweep, metric: Metric) -> Table:
    """One row a key: the figure at both ends, the difference with its error, and what the design tells beside."""
    names, currency = short_names(found.design.keys), found.scenario.lender.currency
    there = [name for name in INDEX_HEADS if any(each.name == name for each in found.indices[metric.name])]
    rows = [effect_row(one, names[one.key.path], metric) for one in found.effects[metric.name]]
    for row, one in zip(rows, found.effects[metric.name], strict=True):
        row += [index_in_words(found.index(metric.name, one.key.path, name)) for name in there]
    note = f"Money in {currency}. " if metric.unit == "currency" else ""
    note += "± is the 95% interval’s wider side." if there else ""
    return Table(metric.label, [*EFFECT_HEADS, *(INDEX_HEADS[name] for name in there)], rows, note.strip())


def effect_row(one: Effect, name: str, metric: Metric) -> list[str]:
    """One key's effect as printed cells, in the order of EFFECT_HEADS."""
    ends = [
        f"{level(one.reference + end.difference.value, metric, '')} at {shown_value(end.value)}"
        for end in (one.first, one.last)
    ]
    return [
        name,
        *ends,
        gap(one.swing.value, metric, ""),
        gap(one.swing.standard_error, metric, "", signed=False),
        interval_in_words(one.swing, metric) or "none",
    ]


def index_in_words(found: Index | None) -> str:
    """`0.42 ± 0.05`."""
    if found is None:
        return ""
    it = found.estimate
    reach = max(it.high - it.value, it.value - it.low)
    text = f"{it.value:.2f}" if math.isnan(reach) else f"{it.value:.2f} ± {reach:.2f}"
    return text.replace("-", "−")


def keys_table(found: Sweep) -> Table:
    """What was varied, over what, in what unit, and what the scenario itself has."""
    rows = []
    for key in found.design.keys:
        over = f"{key.low:,.6g} to {key.high:,.6g}" if key.is_range else ", ".join(map(shown_value, key.values[:12]))
        over += f" and {len(key.values) - 12} more" if len(key.values) > 12 else ""
        usual = "more than one value" if key.usual is None else shown_value(key.usual)
        rows.append([key.path, over, key.unit, usual, key.source])
    heads = ["Key", "Varied over", "Unit", "In the scenario", "Where the range comes from"]
    if not any(row[-1] for row in rows):
        heads, rows = heads[:-1], [row[:-1] for row in rows]
    return Table("What was varied", heads, rows)


def points_table(found: Sweep) -> Table:
    """The points with the metrics' means and standard errors; a long list is cut short."""
    names, currency = short_names(found.design.keys), ""
    frame = found.points
    rows = []
    for row in frame.head(MOST_ROWS).to_dict("records"):
        cells = [str(row["point"]), *(shown_value(row[key.path]) for key in found.design.keys)]
        for metric in found.metrics:
            error = row[f"{metric.name}_standard_error"]
            told = level(row[metric.name], metric, currency)
            cells.append(told if math.isnan(error) else f"{told} ± {gap(error, metric, '', signed=False)}")
        rows.append([cell.replace(" points", "") for cell in cells])
    heads = ["Point", *(_capital(names[key.path]) for key in found.design.keys), *(m.label for m in found.metrics)]
    more = f" The first {MOST_ROWS} of {len(frame):,}; all are in points.csv." if len(frame) > MOST_ROWS else ""
    note = f"Mean over the seeds ± standard error (of shares in percentage points).{more}"
    return Table("Every point", heads, rows, note)


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


def _key(key: Any) -> dict[str, Any]:
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
