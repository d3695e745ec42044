"""The workbook of an ensemble: summary, fan, tail, members, worlds and draws, unrounded, with native charts."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from simulator.ensemble.measures import FAN
from simulator.ensemble.result import Ensemble
from simulator.ensemble.sides import FIGURES
from simulator.ensemble.summary import LEVELS
from simulator.report.ensembled_fan import lines_of, mean_line, quantile_lines
from simulator.report.ensembled_numbers import PRECISIONS, SOURCE_WORDS, Headline, Numbers, seeds_wanted
from simulator.report.ensembled_words import answer_of, is_share, stopping_sentence, under_of
from simulator.report.workbook import CHART_SIZE, Book, created_of, write_cell, write_table

SHADES = ("#7B8794", "#A9BCCF", "#5B7FA3", "#1F2D3D", "#5B7FA3", "#A9BCCF", "#7B8794")
DASHES = ("round_dot", "dash", "solid", "solid", "solid", "dash", "round_dot")
CHARTED = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
MOST_LETTERS = 32_000  # that a cell can hold
HEADINGS = ("Figure", "Unit", "Statistic", "Value", "Standard error", "95% from", "95% to")


def write_ensemble_workbook(found: Ensemble, path: Path) -> None:
    """Write ensemble.xlsx."""
    numbers = Numbers(found)
    book = Book(path, created_of(found.provenance), "Loan book ensemble")
    sheet = book.file.add_worksheet("Summary")
    fan = fan_sheet(found)
    tail = tail_sheet(numbers)
    write_table(book, "Fan", fan)
    write_table(book, "Tail", tail)
    write_table(book, "Members", members_sheet(found))
    write_table(book, "Worlds", worlds_sheet(found))
    write_table(book, "Draws", draws_sheet(found))
    _summary(book, sheet, numbers, fan, tail)
    book.file.close()


# Tables --------------------------------------------------------------------------------------------------


def fan_sheet(found: Ensemble) -> pd.DataFrame:
    """A row a month: mean and quantiles of every measure, over the runs that have a value."""
    columns: dict[str, Any] = {"month": pd.to_datetime(found.months)}
    for measure in FAN:
        kind = "" if measure.unit == "currency" or measure.name == "default_count" else "_rate"
        lines = lines_of(found, measure.name)
        columns[f"{measure.name.removesuffix('_rate')}_mean{kind}"] = mean_line(lines, found.member_weights)
        for level, values in zip(LEVELS, quantile_lines(lines, LEVELS, found.member_weights), strict=True):
            columns[quantile_name(measure.name, level, kind)] = values
    return pd.DataFrame(columns)


def quantile_name(measure: str, level: float, kind: str = "_rate") -> str:
    """`overdue_30_q95_rate`."""
    return f"{measure.removesuffix('_rate')}_q{100 * level:g}{kind}"


def tail_sheet(numbers: Numbers) -> pd.DataFrame:
    """The runs by their loss, from the least: how large a share of them loses more."""
    found, loss = numbers.found, numbers.loss
    names = ["loss", "of_opening_balance_rate", "weight_share", "lose_more_share"]
    if loss is None:
        return pd.DataFrame(columns=names)
    values, weights = found.flat(loss.metric.name), found.member_weights
    order = np.argsort(values, kind="stable")
    above = np.clip(1.0 - np.cumsum(weights[order]), 0.0, None)
    above[above < 1e-12] = 0.0
    opening = numbers.opening if numbers.opening > 0 else math.nan
    parts = (values[order], values[order] / opening, weights[order], above)
    return pd.DataFrame(dict(zip(names, parts, strict=True)))


def members_sheet(found: Ensemble) -> pd.DataFrame:
    """A row a run: its world, draw and seed, its weight, and every figure that some run has."""
    worlds, draws, seeds = found.shape
    table: dict[str, Any] = {
        "world": np.repeat([world.name for world in found.worlds], draws * seeds),
        "draw": np.tile(np.repeat([draw.name for draw in found.draws], seeds), worlds),
        "seed": [str(seed) for seed in np.tile(found.seeds, worlds * draws)],
        "weight_share": found.member_weights,
    }
    for metric in FIGURES:
        if metric.name in found.figures and np.isfinite(found.figures[metric.name]).any():
            name = f"{metric.name}_rate" if is_share(metric) and not metric.name.endswith("_rate") else metric.name
            table[name] = found.flat(metric.name)
    return pd.DataFrame(table)


def worlds_sheet(found: Ensemble) -> pd.DataFrame:
    """A row a world: its weight, what it sets, and the mean of some figures."""
    rows = [
        {
            "world": world.name,
            "weight_share": found.weights[place],
            "named_or_drawn": "drawn" if world.drawn else "named",
            **_means({name: found.figures[name][place] for name in _told(found)}),
            "value": "; ".join(f"{path} = {value}" for path, value in world.values.items())[:MOST_LETTERS]
            or "as given",
        }
        for place, world in enumerate(found.worlds)
    ]
    return pd.DataFrame(rows)


def draws_sheet(found: Ensemble) -> pd.DataFrame:
    """A row a parameter draw: the value of each parameter and the mean of some figures, worlds by their weights."""
    rows = []
    for place, draw in enumerate(found.draws):
        means = {name: np.tensordot(found.weights, found.figures[name], axes=1)[place] for name in _told(found)}
        rows.append({"draw": draw.name, **_means(means), **draw.values})
    return pd.DataFrame(rows)


def _told(found: Ensemble) -> list[str]:
    names = ("net_loss", "peak_overdue_30_rate", "peak_charge_off_rate", "peak_unemployment_rate")
    return [name for name in names if name in found.figures]


def _means(figures: dict[str, Any]) -> dict[str, float]:
    return {name: float(np.mean(values)) for name, values in figures.items()}


# The summary ---------------------------------------------------------------------------------------------


def _summary(book: Book, sheet: Any, numbers: Numbers, fan: pd.DataFrame, tail: pd.DataFrame) -> None:
    found = numbers.found
    for place, width in enumerate((34, 24, 26, 16, 16, 16, 16, *(12 for _ in PRECISIONS))):
        sheet.set_column(place, place, width)
    sheet.write_string(0, 0, f"{found.scenario.name.replace('_', ' ')}: ensemble", book.title)
    texts = [under_of(found), *answer_of(numbers), stopping_sentence(found)]
    for row, text in enumerate(texts, start=1):
        sheet.merge_range(row, 0, row, 6, text, book.wrapped)
        sheet.set_row(row, 15.0 * (1 + len(text) // 130))
    top = len(texts) + 2
    row = _statistics(book, sheet, numbers, top)
    row = _shares(book, sheet, numbers, row + 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_h_pagebreaks([row])
    _fan_chart(book, sheet, row + 1, fan, "overdue_30_rate", "Balance 30+ days overdue, % of balance")
    _fan_chart(book, sheet, row + 18, fan, "charge_off_rate", "Charged off, % of balance per year")
    if len(tail):
        _tail_chart(book, sheet, row + 35, len(tail), f"Net loss, {found.scenario.lender.currency or 'currency units'}")


def _statistics(book: Book, sheet: Any, numbers: Numbers, top: int) -> int:
    """Every statistic of the headline figures; gives the row after."""
    headings = [*HEADINGS, *(f"Seeds for {100 * size:g}%" for size in PRECISIONS)]
    for place, heading in enumerate(headings):
        sheet.write_string(top, place, heading, book.heading if place < 3 else book.right)
    row, currency = top + 1, numbers.found.scenario.lender.currency
    for each in numbers.headlines:
        share = is_share(each.metric)
        shape = book.formats["share" if share else "money"]
        for words, found in _named(each):
            sheet.write_string(row, 0, each.metric.label)
            sheet.write_string(row, 1, each.metric.unit_in(currency).replace("share of", "% of"))
            sheet.write_string(row, 2, words)
            for place, value in enumerate((found.value, found.standard_error, found.low, found.high), start=3):
                write_cell(sheet, row, place, value, shape)
            wanted = seeds_wanted(found, len(numbers.found.seeds)).values()
            for place, count in enumerate(wanted, start=7):
                write_cell(sheet, row, place, count or None, book.whole)
            row += 1
    return row


def _named(each: Headline) -> list[tuple[str, Any]]:
    told = [("mean", each.mean), ("median", each.median)]
    told += [(f"value at risk {100 * level:g}%", found) for level, found in each.at_risk.items()]
    return told + [(f"expected shortfall {100 * level:g}%", found) for level, found in each.beyond.items()]


def _shares(book: Book, sheet: Any, numbers: Numbers, top: int) -> int:
    """Shares of the variance, where more than one source differs; gives the row after."""
    shown = [each for each in numbers.headlines if len(each.shares) > 1]
    if not shown:
        return top
    for place, heading in enumerate(("Figure", "", "Source", "Share of variance", "Standard error")):
        sheet.write_string(top, place, heading, book.heading if place < 3 else book.right)
    row = top + 1
    for each in shown:
        for share in each.shares:
            sheet.write_string(row, 0, each.metric.label)
            sheet.write_string(row, 2, SOURCE_WORDS[share.source])
            write_cell(sheet, row, 3, share.share, book.formats["share"])
            write_cell(sheet, row, 4, share.standard_error, book.formats["share"])
            row += 1
    return row + 1


def _fan_chart(book: Book, sheet: Any, row: int, fan: pd.DataFrame, measure: str, title: str) -> None:
    """A native line chart of the quantiles of a measure, told apart by shade and dash."""
    chart, names, last = book.file.add_chart({"type": "line"}), list(fan.columns), len(fan)
    for level, colour, dash in zip(CHARTED, SHADES, DASHES, strict=True):
        place = names.index(quantile_name(measure, level))
        chart.add_series(
            {
                "name": "median" if level == 0.5 else f"{100 * level:g}%",
                "categories": ["Fan", 1, 0, last, 0],
                "values": ["Fan", 1, place, last, place],
                "line": {"color": colour, "dash_type": dash, "width": 2.25 if level == 0.5 else 1.25},
            }
        )
    step = 1 if last <= 9 else 3 if last <= 30 else 6 if last <= 61 else 12
    dates = {"date_axis": True, "num_format": "mmm yyyy", "major_unit": step, "major_unit_type": "months"}
    chart.set_x_axis({**dates, "name": "month", "num_font": {"rotation": 0}})
    _finish(chart, sheet, row, title, {"num_format": "0.0%", "name": title.split(", ")[-1], "min": 0})


def _tail_chart(book: Book, sheet: Any, row: int, runs: int, title: str) -> None:
    """A native chart of the share of runs that lose more than so much."""
    chart = book.file.add_chart({"type": "scatter", "subtype": "straight"})
    chart.add_series(
        {
            "name": "share of runs that lose more",
            "categories": ["Tail", 1, 0, runs, 0],
            "values": ["Tail", 1, 3, runs, 3],
            "line": {"color": "#1F2D3D", "width": 2},
        }
    )
    chart.set_x_axis({"name": title, "num_format": "#,##0"})
    _finish(chart, sheet, row, "How many runs lose more", {"num_format": "0%", "name": "% of runs", "min": 0, "max": 1})


def _finish(chart: Any, sheet: Any, row: int, title: str, axis: dict[str, Any]) -> None:
    grid = {"visible": True, "line": {"color": "#E6EAEE", "width": 0.75}}
    chart.set_title({"name": title, "name_font": {"size": 11}, "overlay": False})
    chart.set_y_axis({**axis, "major_gridlines": grid})
    chart.set_legend({"position": "bottom"})
    chart.set_size(CHART_SIZE)
    sheet.insert_chart(row, 0, chart, {"description": title})
