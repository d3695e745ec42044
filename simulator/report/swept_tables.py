"""The tables of a sweep: what was varied, what each key does, and every point."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from simulator.report.compared import gap, level
from simulator.report.swept_words import capital, interval_in_words
from simulator.report.tables import Table
from simulator.sweeps import Effect, Index, short_names, shown_value

if TYPE_CHECKING:
    from simulator.metrics import Metric
    from simulator.sweeps import Sweep

MOST_ROWS = 64  # points in the page's table; every one is in points.csv
EFFECT_HEADS = ["Key", "At its low end", "At its high end", "Difference", "Std. error", "95% interval"]
INDEX_HEADS = {
    "first_order": "Alone",
    "total_order": "In all",
    "rank_regression": "Rank regression",
    "rank_correlation": "Rank correlation",
}


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
        usual = shown_value(key.usual) if key.usual is not None else "not there" if key.absent else "several values"
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
    heads = ["Point", *(capital(names[key.path]) for key in found.design.keys), *(m.label for m in found.metrics)]
    more = f" The first {MOST_ROWS} of {len(frame):,}; all are in points.csv." if len(frame) > MOST_ROWS else ""
    note = f"Mean over the seeds ± standard error (of shares in percentage points).{more}"
    return Table("Every point", heads, rows, note)
