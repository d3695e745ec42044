"""A tape's fields filled from its columns: identity first, then each field in our unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from simulator.errors import TapeError
from simulator.tape import cells
from simulator.tape.fields import FIELDS, WORDS
from simulator.tape.file import Table
from simulator.tape.plan import ColumnPlan
from simulator.tape.rules import Rows
from simulator.tape.words import meant

if TYPE_CHECKING:
    import pandas as pd

Values = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]


def identify(rows: Rows, table: Table) -> None:
    """Who each account is: the tape's number, or the row's number where the tape has no whole numbers."""
    parts = rows.settled.columns.get("id")
    if not parts:
        rows.names = np.array([str(row) for row in table.rows], dtype=object)
        rows.note("accounts numbered by their row", rows.everyone, "the tape gives them no id")
        return
    column = parts[0].column
    names = cells.texts(table.columns[column])
    blank = names == ""
    if blank.all():
        rows.names = np.array([str(row) for row in table.rows], dtype=object)
        rows.note("accounts numbered by their row", rows.everyone, "the tape's column of ids is empty")
        return
    rows.faults.add(blank, column, table.columns[column], "no id")
    rows.names = names
    whole = np.array([name.isascii() and name.isdigit() and len(name) <= 18 for name in names], dtype=bool)
    if (whole | blank).all():
        rows.ids[whole] = names[whole].astype(np.int64)
        rows.ids[blank] = -table.rows[blank]  # nobody's, and nobody's twin
        keys: npt.NDArray[Any] = rows.ids
    else:
        rows.note("accounts numbered by their row", rows.everyone, "their ids are not whole numbers")
        keys = names
    import pandas as pd

    again = pd.Series(keys).duplicated().to_numpy() & ~blank
    if again.any():
        first = pd.Series(table.rows).groupby(keys).transform("min").to_numpy()
        reasons = np.full(again.size, "", dtype=object)
        reasons[again] = [f"the id was in row {row} already" for row in first[again]]
        rows.faults.add(again, column, table.columns[column], reasons)


def fill(rows: Rows, table: Table, name: str, parts: tuple[ColumnPlan, ...]) -> None:
    """One field from its columns; the first that holds a value counts. What cannot be read is a fault."""
    field = FIELDS[name]
    if field.kind == "label":
        found: npt.NDArray[Any] = np.full(table.rows.size, "", dtype=object)
    elif field.kind == "date":
        found = np.full(table.rows.size, "NaT", dtype="datetime64[D]")
    else:
        found = np.full(table.rows.size, np.nan)
    empty = np.ones(table.rows.size, dtype=bool)
    for part in parts:
        value, unknown = _part(rows, table, name, part)
        new = empty & ~unknown
        found[new] = value[new]
        empty &= unknown
    rows.values[name] = found
    rows.empty[name] = empty
    rows.cells[name] = table.columns[parts[0].column]
    if name in rows.settled.required:
        rows.faults.add(empty, parts[0].column, table.columns[parts[0].column], f"{name} is required and not given")


def _part(rows: Rows, table: Table, name: str, part: ColumnPlan) -> tuple[Values, Mask]:
    """One column's values in our unit, and where there are none; faults are noted on the way."""
    column = table.columns[part.column]
    if FIELDS[name].kind == "date":
        if rows.settled.date_format is None and not cells.dated(column):
            raise TapeError(
                f"{rows.plan.file}: date_format: must be given as %Y-%m-%d: column {part.column!r} holds text"
            )
        days, unreadable = cells.dates(column, rows.settled.date_format)
        why = f"not a date from 1950 to 2099 written as {rows.settled.date_format}"
        rows.faults.add(unreadable, part.column, column, why)
        return days, np.isnat(days)
    if part.values is not None:
        return _codes(rows, column, name, part)
    if FIELDS[name].kind == "label":
        labels = cells.texts(column)
        return labels, labels == ""
    values = _numbers(rows, table, name, part)
    return values, np.isnan(values)


def _codes(rows: Rows, column: pd.Series[Any], name: str, part: ColumnPlan) -> tuple[Values, Mask]:
    """What the codes of a column stand for; a status may say that the account is closed."""
    codes = part.values or {}
    meanings, unmapped = cells.coded(column, codes)
    rows.faults.add(unmapped, part.column, column, f"not a known code{meant('', codes)}")
    unknown = np.array([meaning is None for meaning in meanings], dtype=bool)
    if FIELDS[name].kind == "label":
        return np.where(unknown, "", meanings), unknown
    if name == "status":
        for word, why in WORDS.items():
            rows.faults.add(meanings == word, part.column, column, why, aside=True)
        meanings = np.where(np.isin(meanings.astype(str), list(WORDS)), 0.0, meanings)
    return np.where(unknown, np.nan, meanings).astype(np.float64), unknown


def _numbers(rows: Rows, table: Table, name: str, part: ColumnPlan) -> npt.NDArray[np.float64]:
    """A column's numbers in our unit, NaN where there are none; the impossible are faults."""
    column, field = table.columns[part.column], FIELDS[name]
    unit = part.unit or next(iter(field.units), "")
    ending = "%" if "percent" in unit else unit if unit in ("months", "years", "days") else ""
    read = cells.numbers(column, thousands=part.thousands, ending=ending)
    rows.faults.add(read.unreadable, part.column, column, f"not a number; {field.wanted} is wanted")
    size = field.units.get(unit, 1.0)
    known = read.values[~np.isnan(read.values)]
    if unit == "share_or_percent" and known.size and np.median(known) > 1:
        size = 0.01
    values = read.values * size * part.scale
    if part.over is not None:
        below = cells.numbers(table.columns[part.over])
        rows.faults.add(below.unreadable, part.over, table.columns[part.over], "not a number")
        values = np.divide(values, below.values, out=np.full(values.size, np.nan), where=below.values > 0)
    if unit.startswith("gross"):
        values = values * rows.plan.take_home if field.kind == "money" else values / rows.plan.take_home
    if unit == "days" and name == "missed":
        values = np.ceil(values)
    if field.kind in ("whole", "status"):
        uneven = ~np.isnan(values) & (values != np.rint(values))
        rows.faults.add(uneven, part.column, column, f"not a whole number; {field.wanted} is wanted")
    impossible = (values < field.low) | (values > field.high)
    hint = ""
    if name == "rate" and unit == "share" and impossible.sum() > impossible.size / 2:
        hint = "; is the column in percent? then say unit: percent"
    rows.faults.add(impossible, part.column, column, f"impossible; {field.wanted} is wanted{hint}")
    return values
