"""The workbook of a reserve as planners know it: summary, movement schedule, stages, classes, enough, capital."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from xlsxwriter.utility import xl_col_to_name

from simulator.report.reserved_movement import happened, movement
from simulator.report.reserved_numbers import ENDS, ITEM_WORDS, LEVELS, RULE_WORDS, Numbers, capital_first, figure
from simulator.report.reserved_tables import sum_of_charge
from simulator.report.reserved_words import answer_of, under_of
from simulator.report.workbook import CHART_SIZE, Book, created_of, write_cell, write_table

if TYPE_CHECKING:
    from simulator.allowance import ReserveResult

STYLES = (("#1F2D3D", "solid"), ("#5B7FA3", "dash"), ("#7B8794", "round_dot"))
YEAR, HALF = 12, 130  # months of a year; letters of a line of the summary
TIMING = "Timing"


def write_reserve_workbook(found: ReserveResult, path: Path, provenance: Mapping[str, Any]) -> None:
    """Write reserve.xlsx; every figure in it is the answer's own, unrounded."""
    numbers = Numbers(found)
    book = Book(path, created_of(provenance), "Reserves and capital")
    first = book.file.add_worksheet("Summary")
    _movement(book, numbers)
    write_table(book, "Stages", by_label(numbers, "ifrs9"))
    write_table(book, "Five classes", by_label(numbers, "five_classes"))
    write_table(book, TIMING, timing_sheet(numbers))
    write_table(book, "Enough", found.enough.rename(columns=_as_shares("covered", "covered_standard_error")))
    write_table(book, "Capital", capital_sheet(numbers))
    write_table(book, "Losses", losses_sheet(numbers))
    write_table(book, "CECL methods", found.methods)
    write_table(book, "Sensitivity", found.sensitivity)
    write_table(book, "Views", found.nested.rename(columns=_as_shares("weight")))
    write_table(book, "Term structures", term_structures_sheet(numbers))
    write_table(book, "Overlays", overlays_sheet(numbers))
    if found.beside is not None:
        write_table(book, "Beside", found.beside)
    _summary(book, first, numbers)
    book.file.close()


# Movement schedule -------------------------------------------------------------------------------------------


def _movement(book: Book, numbers: Numbers) -> None:
    """The schedule of every rule: items down, months across, the whole span last; closing and span are formulas."""
    sheet = book.file.add_worksheet("Movement schedule")
    sheet.set_column(0, 0, 30)
    sheet.freeze_panes(0, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_print_scale(55)
    sheet.repeat_columns(0)
    money, row = book.formats["money"], 0
    bold = book.file.add_format({"bold": True, "num_format": "#,##0.00;[Red]-#,##0.00", "top": 1})
    for rule in numbers.rules:
        table = movement(numbers.found, rule, "M")
        single = table.shape[1] == 1
        sheet.set_column(1, table.shape[1], 15)
        sheet.write_string(
            row, 0, f"{capital_first(RULE_WORDS[rule])}, {numbers.currency or 'currency units'}", book.title
        )
        sheet.write_string(row + 1, 0, "Step, in this order", book.heading)
        items = list(table.index)
        top, bottom = row + 2, row + 1 + len(items)
        months = table.shape[1] - (not single)
        for place, (label, column) in enumerate(table.items(), start=1):
            sheet.write_string(row + 1, place, str(label), book.right)
            name = xl_col_to_name(place)
            for down, item in enumerate(items):
                value, at = float(column[item]), top + down
                if item == "closing":
                    formula = f"=ROUND(SUM({name}{top + 1}:{name}{bottom}),2)"
                    sheet.write_formula(at, place, formula, bold, value)
                elif item == "opening" and place > 1:
                    source = f"={xl_col_to_name(place - 1)}{bottom + 1}" if place <= months else f"=B{top + 1}"
                    sheet.write_formula(at, place, source, money, value)
                elif place > months:
                    summed = f"=SUM(B{at + 1}:{xl_col_to_name(months)}{at + 1})"
                    sheet.write_formula(at, place, summed, money, value)
                else:
                    write_cell(sheet, at, place, value, money)
        for down, item in enumerate(items):
            sheet.write_string(
                top + down, 0, ITEM_WORDS[str(item)], bold if item == "closing" else book.formats["text"]
            )
        row = bottom + 3


# Tables ------------------------------------------------------------------------------------------------------


def by_label(numbers: Numbers, rule: str) -> pd.DataFrame:
    """A rule's stock by month and stage or class, whole book and products."""
    held = numbers.found.months
    mine = held[(held["rule"] == rule) & ((held["segment"] == "all") | held["segment"].str.startswith("product="))]
    name = "class" if rule == "five_classes" else "stage"
    table = mine.drop(columns="rule").rename(columns={"label": name, "coverage": "coverage_rate"})
    if rule != "five_classes":
        return table
    own = numbers.found.ratios[numbers.found.ratios["allowance_by"] == rule]
    ratios = own[["month", "npl_ratio", "coverage_ratio", "loans_ratio"]].rename(
        columns={
            "npl_ratio": "substandard_or_worse_rate",
            "coverage_ratio": "coverage_ratio_rate",
            "loans_ratio": "loans_rate",
        }
    )
    whole = table[(table["segment"] == "all") & (table[name] == "all")][["month", "segment", name]]
    return table.merge(whole.merge(ratios, on="month"), on=["month", "segment", name], how="left")


def timing_sheet(numbers: Numbers) -> pd.DataFrame:
    """By month: coverage by rule, charge by rule, charge-offs and unemployment."""
    table = pd.DataFrame({f"{rule}_coverage_rate": numbers.stock(rule)["coverage"] for rule in numbers.rules})
    table = table.join(numbers.book[["charge_off_rate", "unemployment_rate"]])
    charge = numbers.found.charge
    whole = charge[charge["segment"] == "all"].pivot(index="month", columns="rule", values="charge")
    return table.join(whole.add_suffix("_charge")[[f"{rule}_charge" for rule in numbers.rules]]).reset_index()


def capital_sheet(numbers: Numbers) -> pd.DataFrame:
    """What the capital rule asks for by month and product, beside what there is."""
    table = numbers.found.capital.rename(columns=_as_shares("default_probability", "loss_given_default"))
    return table.assign(held=numbers.terms.capital.held if numbers.terms.capital.held is not None else math.nan)


def losses_sheet(numbers: Numbers) -> pd.DataFrame:
    """Losses of twelve months at some chances, by the one-factor closed form and simulated."""
    fitted = numbers.one_factor
    rows = [
        {
            "chance_rate": level,
            "one_factor": fitted.loss(level) if fitted else math.nan,
            "one_factor_at_the_rules_correlation": (
                fitted.loss(level, numbers.rule_correlation) if fitted else math.nan
            ),
            "simulated": numbers.lost_at(level),
            "paths_can_tell": "yes" if numbers.tells(level) else "no, at least this",
        }
        for level in LEVELS
    ]
    return pd.DataFrame(rows)


def term_structures_sheet(numbers: Numbers) -> pd.DataFrame:
    """By cell: chances of default and losses of twelve months and of life, with errors, in quiet times."""
    frame = numbers.found.expectations.frame()
    keys = ["product", "state", "stage_of_life", "score"]
    ahead = frame["months_ahead"] <= YEAR
    sums = frame.groupby(keys, sort=False)[["default_probability", "loss_rate", "loss_rate_discounted"]].sum()
    year = frame[ahead].groupby(keys, sort=False)[["default_probability", "loss_rate"]].sum()
    errors = ["default_12m_standard_error", "loss_12m_standard_error", "loss_life_standard_error"]
    first = frame.groupby(keys, sort=False)[["accounts_seen", "read_with", "loss_given_default", *errors]].first()
    table = pd.DataFrame(
        {
            "accounts_seen": first["accounts_seen"],
            "read_with": first["read_with"],
            "default_12m_rate": year["default_probability"],
            "default_life_rate": sums["default_probability"],
            "loss_12m_rate": year["loss_rate"],
            "loss_life_rate": sums["loss_rate"],
            "loss_life_discounted_rate": sums["loss_rate_discounted"],
            "loss_given_default_rate": first["loss_given_default"],
            **{name.replace("_standard_error", "_error_rate"): first[name] for name in errors},
        }
    )
    return table.reset_index()


def overlays_sheet(numbers: Numbers) -> pd.DataFrame:
    """Every overlay with its owner and dates, and what it came to by month and rule."""
    lines = numbers.terms.overlays
    table = numbers.found.overlays.copy()
    for column, of in (("owner", "owner"), ("from", "starts"), ("until", "until"), ("why", "why")):
        table[column] = [str(getattr(lines[name], of)) for name in table["name"]]
    return table


def _as_shares(*names: str) -> dict[str, str]:
    """So that a sheet shows these columns in percent."""
    return {name: f"{name}_share" for name in names}


# Summary -----------------------------------------------------------------------------------------------------


def _summary(book: Book, sheet: Any, numbers: Numbers) -> None:
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 9, 16)
    sheet.write_string(0, 0, f"{numbers.found.scenario.name.replace('_', ' ')}: reserves and capital", book.title)
    texts = [under_of(numbers), *answer_of(numbers)]
    for row, text in enumerate(texts, start=1):
        sheet.merge_range(row, 0, row, 8, text, book.wrapped)
        sheet.set_row(row, 15.0 * (1 + len(text) // HALF))
    row = _by_rule(book, sheet, numbers, len(texts) + 2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_h_pagebreaks([row])
    _timing_chart(book, sheet, numbers, row + 1)
    _walk_chart(book, sheet, numbers, row + 18)


def _by_rule(book: Book, sheet: Any, numbers: Numbers, top: int) -> int:
    """Allowance and coverage on the days told, charge, and how often it covers; gives the row after."""
    share, money = book.formats["share"], book.whole
    headings = [f"Rule, {numbers.unit}"]
    for name in numbers.days:
        headings += [capital_first(name), "of balance"]
    headings += ["Charged over the span", "Covers 12 months", "Standard error"]
    right = book.file.add_format(
        {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "align": "right", "bg_color": "#EEF1F4"}
    )
    for place, heading in enumerate(headings):
        sheet.write_string(top, place, heading, book.heading if place == 0 else right)
    sheet.set_row(top, 30)
    for row, rule in enumerate(numbers.rules, start=top + 1):
        sheet.write_string(row, 0, capital_first(RULE_WORDS[rule]))
        held, place = numbers.stock(rule), 1
        for day in numbers.days.values():
            write_cell(sheet, row, place, figure(held, day, "allowance"), money)
            write_cell(sheet, row, place + 1, figure(held, day, "coverage"), share)
            place += 2
        write_cell(sheet, row, place, sum_of_charge(numbers, rule), money)
        year = numbers.enough(rule)
        write_cell(sheet, row, place + 1, float(year["covered"]), share)
        write_cell(sheet, row, place + 2, float(year["covered_standard_error"]), share)
    return top + len(numbers.rules) + 2


def _timing_chart(book: Book, sheet: Any, numbers: Numbers, row: int) -> None:
    """A native line chart of coverage by rule, told apart by shade and dash."""
    chart, last = book.file.add_chart({"type": "line"}), len(numbers.stock(numbers.found.rule))
    for place, (rule, (colour, dash)) in enumerate(zip(numbers.rules, STYLES, strict=True), start=1):
        chart.add_series(
            {
                "name": RULE_WORDS[rule],
                "categories": [TIMING, 1, 0, last, 0],
                "values": [TIMING, 1, place, last, place],
                "line": {"color": colour, "dash_type": dash, "width": 2},
            }
        )
    step = 1 if last <= 9 else 3 if last <= 30 else 6 if last <= 61 else 12
    dates = {"date_axis": True, "num_format": "mmm yyyy", "major_unit": step, "major_unit_type": "months"}
    chart.set_x_axis({**dates, "name": "month", "num_font": {"rotation": 0}})
    _finish(
        chart, sheet, row, "Allowance by rule, % of balance", {"num_format": "0.0%", "name": "% of balance", "min": 0}
    )


def _walk_chart(book: Book, sheet: Any, numbers: Numbers, row: int) -> None:
    """A native waterfall of the chosen rule over the span: stacked columns on an unseen base, from sheet Walk.

    What lies above nought and what lies below are columns of their own, since they are stacked apart.
    """
    rule = numbers.found.rule
    walk = happened(movement(numbers.found, rule).iloc[:, [-1]]).iloc[:, 0]
    data = book.file.add_worksheet("Walk")
    parts = {"base": None, "adds": "#24384F", "adds, below nought": "#24384F"}
    parts |= {"takes": "#A9BCCF", "takes, below nought": "#A9BCCF", "ends": "#6885A3"}
    for place, heading in enumerate(("Step", "Amount", *parts)):
        data.write_string(0, place, heading, book.heading if place == 0 else book.right)
    data.set_column(0, 0, 28)
    data.set_column(1, 1 + len(parts), 16)
    at, money = 0.0, book.formats["money"]
    for line, (item, amount) in enumerate(walk.items(), start=1):
        start = 0.0 if item in ENDS else at
        at = start + float(amount)
        data.write_string(line, 0, ITEM_WORDS[str(item)])
        for place, value in enumerate((float(amount), *_stacked(start, at, item in ENDS)), start=1):
            write_cell(data, line, place, value, money)
    chart, last = book.file.add_chart({"type": "column", "subtype": "stacked"}), len(walk)
    for place, (name, colour) in enumerate(parts.items(), start=2):
        chart.add_series(
            {
                "name": name,
                "categories": ["Walk", 1, 0, last, 0],
                "values": ["Walk", 1, place, last, place],
                "fill": {"none": True} if colour is None else {"color": colour},
                "border": {"none": True},
                "gap": 40,
            }
        )
    chart.set_x_axis({"num_font": {"size": 8, "rotation": -45}, "label_position": "low"})
    title = f"Why it moved: the walk of the {RULE_WORDS[rule]} allowance, {numbers.currency}"
    _finish(chart, sheet, row, title, {"num_format": "#,##0"}, unnamed=[0, 2, 4])


def _stacked(start: float, end: float, whole: bool) -> tuple[float, ...]:
    """Unseen base, what is added above and below nought, what is taken above and below, and the bar of an end."""
    if whole:
        return (0.0, 0.0, 0.0, 0.0, 0.0, end)
    low, high = min(start, end), max(start, end)
    base = low if low > 0.0 else min(high, 0.0)
    above, below = max(high, 0.0) - max(low, 0.0), min(low, 0.0) - min(high, 0.0)
    return (base, above, below, 0.0, 0.0, 0.0) if end >= start else (base, 0.0, 0.0, above, below, 0.0)


def _finish(chart: Any, sheet: Any, row: int, title: str, axis: dict[str, Any], unnamed: Sequence[int] = ()) -> None:
    grid = {"visible": True, "line": {"color": "#E6EAEE", "width": 0.75}}
    chart.set_title({"name": title, "name_font": {"size": 11}, "overlay": False})
    chart.set_y_axis({**axis, "major_gridlines": grid})
    chart.set_legend({"position": "bottom", **({"delete_series": list(unnamed)} if unnamed else {})})
    chart.set_size(CHART_SIZE)
    sheet.insert_chart(row, 0, chart, {"description": title})
