"""The workbook: the tables behind the page, with number formats, frozen headings and native charts."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from simulator.causes import cause_shares
from simulator.report.answer import Answer, currency_of, key_figures, question_of, sentences
from simulator.report.assumptions import assumptions
from simulator.report.tables import flows_by_year, mean_roll_rates, profit_by_year, with_rates

_FIXED = dt.datetime(2000, 1, 1)  # the workbook's date when the run gives none, so that bytes repeat
_MONEY = "#,##0.00;[Red]-#,##0.00"
_COUNTS = frozenset(
    (
        "borrowers", "accounts", "new_loans", "defaults", "charge_off_accounts", "bankruptcies", "number",
        "months_on_book", "months", "without", "vanished", "appeared", "alone",
    )
)  # fmt: skip
_LAST_ROW, CHART_SIZE = 1_048_575, {"width": 760, "height": 320}


class Book:
    """An open workbook with the formats of the house."""

    def __init__(self, path: Path, created: dt.datetime, title: str = "Loan book report") -> None:
        self.file = xlsxwriter.Workbook(str(path), {"nan_inf_to_errors": False})
        self.file.set_properties({"title": title, "created": created})
        add = self.file.add_format
        self.heading = add({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "bg_color": "#EEF1F4"})
        self.title = add({"bold": True, "font_size": 14})
        self.right = add({"bold": True, "bottom": 1, "valign": "top", "align": "right", "bg_color": "#EEF1F4"})
        self.whole = add({"num_format": "#,##0"})
        self.beside = add({"indent": 1})
        self.wrapped = add({"text_wrap": True, "valign": "top"})
        self.formats = {
            "money": add({"num_format": _MONEY}),
            "count": add({"num_format": "#,##0"}),
            "share": add({"num_format": "0.00%"}),
            "month": add({"num_format": "mmm yyyy", "align": "left"}),
            "year": add({"num_format": "0", "align": "left"}),
            "text": add({}),
        }
        self.change = add({"num_format": "+#,##0;-#,##0;0"})
        self.points = add({"num_format": '+0.00" points";-0.00" points";0.00" points"'})


def write_workbook(answer: Answer, path: Path) -> None:
    """Write tables.xlsx; every figure in it is the run's own, unrounded."""
    book = Book(path, created_of(answer.provenance))
    book.file.add_worksheet("Summary")
    months = with_rates(answer)
    segments = answer.panel[answer.panel["segment"] != "all"]
    counted = pd.DataFrame([dict(row) for row in answer.counted], columns=["what", "number", "money", "why"])
    sheets = {
        "Panel": months,
        "Segments": segments,
        "Vintages": answer.vintages,
        "Roll rates": _roll_rate_rows(answer.roll_rates),
        "Money flows": flows_by_year(answer.flows) if len(answer.flows) else answer.flows,
        **_profit_sheets(answer),
        "Who was hit": answer.hit,
        **_cause_sheets(answer),
        "Assumptions": pd.DataFrame(
            [vars(row) for row in assumptions(answer.scenario)],
            columns=["part", "name", "value", "unit", "meaning", "source"],
        ),
        "Counted": counted,
    }
    for name, table in sheets.items():
        write_table(book, name, table)
    _write_summary(book, answer, months)
    book.file.close()


def _profit_sheets(answer: Answer) -> dict[str, pd.DataFrame]:
    """Profit and loss by year, and what each policy did by month; nothing for an answer without them."""
    sheets = {"Profit and loss": profit_by_year(answer.panel)} if "profit" in answer.panel else {}
    policies: pd.DataFrame | None = getattr(answer, "policies", None)
    if policies is not None:
        told = policies["in_force"].map({True: "yes", False: "no"})
        sheets["Policies"] = policies.assign(in_force=told)
    return sheets


def _cause_sheets(answer: Answer) -> dict[str, pd.DataFrame]:
    """Main causes, and after reruns what vanishes without each; nothing for an answer without a record of defaults."""
    causes, found = getattr(answer, "causes", None), getattr(answer, "counterfactual", None)
    sheets = {} if causes is None else {"Causes": cause_shares(causes).rename(columns={"share": "defaults_share"})}
    if found is not None:
        sheets["Counterfactual"] = found.table
    return sheets


def created_of(provenance: Mapping[str, Any]) -> dt.datetime:
    """When an answer was made, as its provenance says; a fixed day where it does not."""
    given = provenance.get("created")
    try:
        return dt.datetime.fromisoformat(str(given)).replace(tzinfo=None)
    except ValueError:
        return _FIXED


def _kind(name: str, column: pd.Series[Any]) -> str:
    """How a column is shown, by its name and type."""
    if name in ("month", "vintage") or pd.api.types.is_datetime64_any_dtype(column):
        return "month"
    if not pd.api.types.is_numeric_dtype(column):
        return "text"
    if name == "year":
        return "year"
    if name.endswith(("_rate", "_share")) or name.startswith("to "):
        return "share"
    if name in _COUNTS or name.startswith(("accounts_", "both_")):
        return "count"
    return "money"


def write_table(book: Book, name: str, table: pd.DataFrame) -> None:
    """A table as a sheet of its own: frozen headings, number formats by the names of the columns, a filter."""
    sheet = book.file.add_worksheet(name)
    sheet.freeze_panes(1, 2 if name in ("Panel", "Segments", "Vintages", "Money flows") else 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    if len(table) > _LAST_ROW:
        sheet.write(0, 0, f"{len(table):,} rows are more than a sheet can hold; read the Parquet file.")
        return
    for place, column in enumerate(table.columns):
        kind = _kind(str(column), table[column])
        sheet.write_string(0, place, str(column).replace("_", " "), book.heading)
        shape = book.wrapped if name == "Assumptions" else book.formats[kind]
        sheet.set_column(place, place, _width(name, str(column), kind), shape)
        values = pd.to_datetime(table[column]) if kind == "month" else table[column]
        for row, value in enumerate(values, start=1):
            write_cell(sheet, row, place, value, book.formats[kind] if shape is not book.wrapped else shape)
    if len(table):
        sheet.autofilter(0, 0, len(table), len(table.columns) - 1)


def _width(sheet: str, column: str, kind: str) -> float:
    if kind == "text":
        wide = {
            "meaning": 60,
            "source": 45,
            "value": 34,
            "why": 45,
            "what": 34,
            "segment": 24,
            "name": 26,
            "part": 30,
        }
        return wide.get(column, 16)
    return {"money": 16, "month": 11, "year": 8}.get(kind, max(11.0, min(18.0, len(column) * 0.8)))


def write_cell(sheet: Any, row: int, place: int, value: Any, shape: Any) -> None:
    """A value as it is; what is missing is an empty cell, not an error and not a nought."""
    if value is None or value is pd.NaT or (isinstance(value, float) and not math.isfinite(value)):
        sheet.write_blank(row, place, None, shape)
    elif isinstance(value, (dt.date, pd.Timestamp)):
        sheet.write_datetime(row, place, value, shape)
    elif isinstance(value, str):
        sheet.write_string(row, place, value, shape)
    else:
        sheet.write_number(row, place, value, shape)


def _roll_rate_rows(roll_rates: pd.DataFrame) -> pd.DataFrame:
    rows = [
        {
            "product": product,
            "from": source,
            **{f"to {str(bucket).replace('_', ' ')}": share for bucket, share in row.items()},
        }
        for product, matrix in (mean_roll_rates(roll_rates) if len(roll_rates) else {}).items()
        for source, row in matrix.to_dict("index").items()
    ]
    return pd.DataFrame(rows)


def _write_summary(book: Book, answer: Answer, months: pd.DataFrame) -> None:
    sheet = book.file.get_worksheet_by_name("Summary")
    sheet.set_column(0, 0, 38)
    sheet.set_column(1, 1, 26)
    sheet.set_column(2, 4, 20)
    sheet.set_column(5, 5, 10)
    sheet.write_string(0, 0, "Loan book report", book.title)
    for row, text in enumerate((question_of(answer), *sentences(answer)), start=1):
        sheet.merge_range(row, 0, row, 5, text, book.wrapped)
        sheet.set_row(row, 15.0 * max(1, 1 + len(text) // 120 + text.count("\n")))
    top = 5
    for place, heading in enumerate(("Figure", "Unit", "This scenario", "Same book unshocked", "Difference", "")):
        sheet.write_string(top, place, heading, book.right if 2 <= place <= 4 else book.heading)
    figures = key_figures(answer)
    for row, figure in enumerate(figures, start=top + 1):
        share = figure.metric.unit.startswith("share")
        shape = book.formats["share"] if share else book.whole
        sheet.write_string(row, 0, figure.metric.label)
        sheet.write_string(row, 1, figure.metric.unit_in(currency_of(answer)).replace("share of", "% of"))
        write_cell(sheet, row, 2, figure.value, shape)
        write_cell(sheet, row, 3, figure.unshocked, shape)
        gap = figure.difference
        write_cell(
            sheet,
            row,
            4,
            100 * gap if share and gap is not None else gap,
            book.points if share else book.change,
        )
        sheet.write_string(row, 5, figure.judged, book.beside)
    sheet.freeze_panes(top + 1, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    below = top + len(figures) + 3
    sheet.set_h_pagebreaks([below - 1])
    late = [("overdue_30_rate", "30+ days"), ("overdue_60_rate", "60+ days"), ("overdue_90_rate", "90+ days")]
    late.append(("unshocked_overdue_30_rate", "30+ days, unshocked"))
    lost = [("charge_off_rate", "This scenario"), ("unshocked_charge_off_rate", "Same book unshocked")]
    _line_chart(book, sheet, below, months, late, "Overdue, % of balance")
    _line_chart(book, sheet, below + 18, months, lost, "Charge-off rate by month, % of balance per year")


def _line_chart(
    book: Book, sheet: Any, row: int, months: pd.DataFrame, lines: list[tuple[str, str]], title: str
) -> None:
    """A native line chart of columns of the Panel sheet, told apart by shade and dash."""
    chart = book.file.add_chart({"type": "line"})
    styles = [("#1F2D3D", "solid"), ("#5B7FA3", "dash"), ("#5B7FA3", "round_dot"), ("#7B8794", "long_dash")]
    names = list(months.columns)
    if any(name.startswith("unshocked") for name, _ in lines[:2]):
        styles = [styles[0], styles[3]]
    for (column, label), (colour, dash) in zip(lines, styles, strict=False):
        if column not in names:
            continue
        place = names.index(column)
        chart.add_series(
            {
                "name": label,
                "categories": ["Panel", 1, names.index("month"), len(months), names.index("month")],
                "values": ["Panel", 1, place, len(months), place],
                "line": {"color": colour, "dash_type": dash, "width": 2},
            }
        )
    chart.set_title({"name": title, "name_font": {"size": 11}, "overlay": False})
    step = 1 if len(months) <= 9 else 3 if len(months) <= 30 else 6 if len(months) <= 61 else 12
    dates = {"date_axis": True, "num_format": "mmm yyyy", "major_unit": step, "major_unit_type": "months"}
    chart.set_x_axis({**dates, "name": "month", "num_font": {"rotation": 0}})
    grid = {"visible": True, "line": {"color": "#E6EAEE", "width": 0.75}}
    chart.set_y_axis({"num_format": "0.0%", "name": title.split(", ")[-1], "min": 0, "major_gridlines": grid})
    chart.set_legend({"position": "bottom"})
    chart.set_size(CHART_SIZE)
    sheet.insert_chart(row, 0, chart, {"description": title})
