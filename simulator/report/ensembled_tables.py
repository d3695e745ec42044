"""The tables of an ensemble's page: how sure each figure is, what moves it, the months, the worlds, the parameters."""

from __future__ import annotations

import math
import textwrap
from typing import Any

import numpy as np
import pandas as pd

from simulator.params import TimePath
from simulator.report.ensembled_fan import lines_of, quantile_lines
from simulator.report.ensembled_numbers import (
    BY_NAME,
    HEADLINE,
    LEAST_DRAWS,
    LOSS,
    PRECISIONS,
    SOURCE_WORDS,
    Numbers,
    moved_by,
    seeds_wanted,
)
from simulator.report.ensembled_words import MINUS, NONE, error_words, interval_words, value_words, with_error
from simulator.report.tables import Table

MOST_MONTHS = 60  # rows of the table of months; longer spans are told by quarter, or by year
MOST_ROWS = 40  # of worlds and draws; all of them are in the workbook
BUCKETS = {
    "overdue_1_29_rate": "1 to 29 days",
    "overdue_30_59_rate": "30 to 59 days",
    "overdue_60_89_rate": "60 to 89 days",
    "overdue_90_plus_rate": "90 days and more",
    "overdue_30_rate": "30 days and more, together",
    "charge_off_rate": "Charged off, a year",
}
ENDS = (0.05, 0.5, 0.95)


def sure_table(numbers: Numbers) -> Table:
    """Each headline figure: mean, median, values at risk and expected shortfall with errors, and seeds needed."""
    seeds = len(numbers.found.seeds)
    headings = ["Figure", "Mean", "VaR 95%", "VaR 99%", "ES 95%", "Seeds for 1, 2, 5%"]
    rows = []
    for each in numbers.headlines:
        wanted = seeds_wanted(each.mean, seeds).values()
        rows.append(
            [
                each.metric.label,
                with_error(each.mean, each.metric),
                *(with_error(each.at_risk[level], each.metric) for level in (0.95, 0.99)),
                with_error(each.beyond[0.95], each.metric),
                seeds_cells(list(wanted)),
            ]
        )
    currency = numbers.found.scenario.lender.currency or "currency units"
    note = (
        f"± one standard error; money in {currency}. Seeds for 1, 2, 5%: so many bring half the 95% interval of the "
        f"mean to that share of it; {seeds:,} were lived."
    )
    if any("none" in row[-1] for row in rows):
        note += " None: no number of seeds does, since worlds or draws are too few."
    if not rows:
        note = "No headline figure can be formed in every run."
    return Table("How sure we are", headings, rows, note)


def seeds_cells(counts: list[int | None]) -> str:
    """Numbers of seeds side by side, or one word for all."""
    cells = [seeds_cell(count) for count in counts]
    return cells[0] if len(set(cells)) == 1 and not counts[0] else " · ".join(cells)


def seeds_cell(count: int | None) -> str:
    """A number of seeds, `none` where no number will do, `?` where the runs cannot tell."""
    return "?" if count is None else f"{count:,}" if count else "none"


def intervals_table(numbers: Numbers) -> Table:
    """Mean, value at risk and expected shortfall of each headline figure with 95% intervals and seeds needed."""
    seeds, rows = len(numbers.found.seeds), []
    for each in numbers.headlines:
        told = [("mean", each.mean), ("median", each.median)]
        told += [(f"value at risk {100 * level:g}%", found) for level, found in each.at_risk.items()]
        told += [(f"expected shortfall {100 * level:g}%", found) for level, found in each.beyond.items()]
        for place, (words, found) in enumerate(told):
            wanted = seeds_wanted(found, seeds).values()
            rows.append(
                [
                    "" if place else each.metric.label,
                    words,
                    value_words(found.value, each.metric),
                    error_words(found.standard_error, found.value, each.metric),
                    interval_words(found, each.metric),
                    *(seeds_cell(count) for count in wanted),
                ]
            )
    headings = ["Figure", "Statistic", "Value", "Standard error", "95% interval"]
    headings += [f"Seeds for {100 * size:g}%" for size in PRECISIONS]
    note = (
        "Standard errors in the unit and scale of the value, percentage points where it is a percentage. A question "
        "mark: so few runs cannot tell. None: no number of seeds does, since worlds or draws are too few."
    )
    return Table("Every statistic with its interval", headings, rows, note)


def shares_table(numbers: Numbers) -> Table | None:
    """The share of the variance that each source brings, with its error; nothing where one source alone varies."""
    if len(numbers.varied) < 2:
        return None
    shown = [each for each in numbers.headlines if each.shares]
    if not shown:
        return None
    sources = [share.source for share in shown[0].shares]
    rows = []
    for each in shown:
        parts = {share.source: share for share in each.shares}
        cells = [f"{_percent(parts[name].share)} ± {_percent(parts[name].standard_error)}" for name in sources]
        cells += [error_words(parts[name].deviation, each.mean.value, each.metric) for name in sources]
        rows.append([each.metric.label, *cells])
    headings = ["Figure", *(f"Share of {SOURCE_WORDS[name]}" for name in sources)]
    headings += [f"Standard deviation by {SOURCE_WORDS[name]}" for name in sources]
    note = "Shares of the variance over the runs, ± standard error; standard deviations in the scale of the figure."
    return Table("What moves the figures", headings, rows, note)


def _percent(share: float) -> str:
    return NONE if math.isnan(share) else f"{100 * share:.0f}%".replace("-", MINUS)


def months_table(numbers: Numbers) -> Table:
    """5%, 50% and 95% quantiles of each bucket by month, by quarter's or year's last month where the span is long."""
    found = numbers.found
    places = shown_months(found.months)
    columns = []
    for name in BUCKETS:
        columns += quantile_lines(lines_of(found, name)[:, places], ENDS, found.member_weights)
    rows = []
    for row, place in enumerate(places):
        cells = [NONE if math.isnan(column[row]) else f"{100 * column[row]:.2f}" for column in columns]
        rows.append([f"{pd.Timestamp(found.months[place]):%b %Y}", *cells])
    headings = ["Month", *(f"{100 * end:g}%" for _ in BUCKETS for end in ENDS)]
    skipped = (
        "" if len(places) == len(found.months) else f" {_step_words(found.months)}; all months are in the workbook."
    )
    note = f"Quantiles over the runs of that month, in % of balance (charged off: of balance per year).{skipped}"
    return Table("Buckets by month", headings, rows, note)


def shown_months(months: Any) -> list[int]:
    """Which months the page tells: all, or the last of each quarter or year where there are many, and the last."""
    every = list(range(len(months)))
    if len(every) <= MOST_MONTHS:
        return every
    step = 3 if len(every) <= 3 * MOST_MONTHS else 12
    numbers = [pd.Timestamp(month).month for month in months]
    return [place for place in every if numbers[place] % step == 0 or place == every[-1]]


def _step_words(months: Any) -> str:
    return "The last month of each quarter" if len(months) <= 3 * MOST_MONTHS else "The last month of each year"


def worlds_table(numbers: Numbers) -> Table | None:
    """Each world with its weight, what it sets, and what comes of it; nothing for a single world."""
    found = numbers.found
    if len(found.worlds) < 2:
        return None
    shown = _columns(numbers, (LOSS, "peak_overdue_30_rate", "peak_charge_off_rate", "peak_unemployment_rate"))
    rows = []
    for place in _largest(found.weights, MOST_ROWS):
        world = found.worlds[place]
        cells = [value_words(float(found.figures[name][place].mean()), BY_NAME[name]) for name in shown]
        given = "drawn" if world.drawn else "named"
        rows.append([world.name, f"{100 * found.weights[place]:.1f}%", given, *cells, settings_words(world.values)])
    headings = [
        "World",
        "Weight",
        "Named or drawn",
        *(f"{BY_NAME[name].label}, mean" for name in shown),
        "What it sets",
    ]
    return Table("Worlds", headings, rows, _rest(len(found.worlds)) + "Means over seeds and parameter draws.")


def draws_table(numbers: Numbers) -> Table | None:
    """Each parameter draw and what comes of it; nothing for a single draw."""
    found = numbers.found
    if len(found.draws) < 2:
        return None
    shown = _columns(numbers, (LOSS, "peak_overdue_30_rate", "peak_charge_off_rate"))
    means = {name: np.tensordot(found.weights, found.figures[name], axes=1).mean(axis=1) for name in shown}
    rows = []
    for place, draw in enumerate(found.draws[:MOST_ROWS]):
        cells = [value_words(float(means[name][place]), BY_NAME[name]) for name in shown]
        rows.append([draw.name, *cells, settings_words(draw.values)])
    headings = ["Draw", *(f"{BY_NAME[name].label}, mean" for name in shown), "What it sets"]
    return Table("Parameter draws", headings, rows, _rest(len(found.draws)) + "Means over seeds and worlds by weight.")


def moved_table(numbers: Numbers) -> Table | None:
    """Each uncertain parameter: its range over the draws, and how the mean loss goes with it."""
    found = numbers.found
    name = LOSS if numbers.loss is not None else next((each.metric.name for each in numbers.headlines), "")
    if len(found.draws) < 2 or not name or not any(draw.values for draw in found.draws):
        return None
    metric, rows = BY_NAME[name], []
    for row in moved_by(found, name):
        known = math.isfinite(row.rank_correlation)
        moved = value_words(row.per_deviation, metric)
        rows.append(
            [
                row.path,
                *(f"{value:.4g}".replace("-", MINUS) for value in (row.low, row.middle, row.high)),
                f"{row.rank_correlation:+.2f}".replace("-", MINUS) if known else NONE,
                (moved if moved.startswith(MINUS) else f"+{moved}") if known else NONE,
            ]
        )
    what = metric.label.lower()
    headings = ["Parameter", "Lowest", "Median", "Highest", "Rank correlation", f"Change of {what}"]
    if len(found.draws) < LEAST_DRAWS:
        note = f"{len(found.draws)} draws are too few to say which parameter moves what; {LEAST_DRAWS} are the least."
    else:
        error = 1 / math.sqrt(len(found.draws) - 1)
        note = (
            f"How the mean {what} of a draw goes with each parameter over {len(found.draws)} draws; chance alone gives "
            f"rank correlations of about ±{error:.2f}. Change: by a line through the draws, for one standard deviation "
            "of the parameter; parameters drawn together share what they move."
        )
    return Table("What each parameter moves", headings, rows, note)


def settings_words(values: dict[str, Any]) -> str:
    """What a world or a draw lays over the scenario, shortened."""
    if not values:
        return "as given"
    parts = []
    for path, value in values.items():
        if isinstance(value, float):
            told = f"{value:.4g}"
        elif isinstance(value, TimePath) and len(value.values) > 1:
            told = f"{value.values[0]:.3g} at first, {max(value.values):.3g} at most, {value.values[-1]:.3g} at last"
        else:
            told = textwrap.shorten(str(value), 60)
        parts.append(f"{path.split('.')[-1].replace('_', ' ')} {told}")
    more = f" and {len(parts) - 4} more" if len(parts) > 4 else ""
    return "; ".join(parts[:4]) + more


def _columns(numbers: Numbers, names: tuple[str, ...]) -> list[str]:
    there = {*HEADLINE, "peak_unemployment_rate"} & set(numbers.found.figures)
    return [name for name in names if name in there]


def _largest(weights: Any, most: int) -> list[int]:
    """The places of the heaviest worlds, in their own order."""
    if len(weights) <= most:
        return list(range(len(weights)))
    return sorted(int(place) for place in np.argsort(-np.asarray(weights), kind="stable")[:most])


def _rest(count: int) -> str:
    return f"{MOST_ROWS} of {count}; all are in the workbook. " if count > MOST_ROWS else ""
