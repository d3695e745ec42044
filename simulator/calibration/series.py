"""Observed series: read from a file of dates and values, quarterly or monthly, with every mistake told."""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import os
import re
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from simulator.calibration.measures import PERIODS_A_YEAR, Frequency, Measure, measure_of, measured
from simulator.errors import SeriesError
from simulator.params import month_date

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PERIODS_A_YEAR", "Frequency", "Measure", "Observed", "measure_of", "measured", "observed"]

BLANK = ("", ".", "na", "n/a", "#n/a", "nan", "null")  # a value that was not published
MOST_TOLD = 12  # mistakes of a file that are written out
_QUARTER = re.compile(r"^(\d{4})[\s-]?[Qq]([1-4])$")


@dataclass(frozen=True)
class Observed:
    """A series as it was observed: the first day of each period, and its value; periods without a value left out."""

    dates: tuple[dt.date, ...]
    values: npt.NDArray[np.float64]
    frequency: Frequency
    name: str = ""
    file: str = ""
    blank: tuple[dt.date, ...] = field(default=())  # periods named in the file without a value

    @property
    def series(self) -> pd.Series[float]:
        """The values indexed by the period's first day."""
        import pandas as pd

        return pd.Series(self.values, index=pd.DatetimeIndex(self.dates), name=self.name, dtype=float)


def period_start(date: dt.date, frequency: Frequency) -> dt.date:
    """The first day of the quarter or month in which a date lies."""
    months = 12 // PERIODS_A_YEAR[frequency]
    return dt.date(date.year, (date.month - 1) // months * months + 1, 1)


def observed(path: str | os.PathLike[str]) -> Observed:
    """An observed series from a CSV file of two columns, the date and the value, whatever they are called.

    Monthly or quarterly is found from the dates; a quarter may be dated by any of its days (2007-01-01, 2007-03-31)
    or written 2007Q1. The rows may be in any order; a value left blank, or written . or NA, is a period without a
    value. Raises SeriesError with every mistake at once: file, line, what was given, what is accepted.
    """
    shown = os.fspath(path)
    rows, name, wrong = _rows(_text(Path(path), shown), shown)
    if wrong:
        more = [f"and {len(wrong) - MOST_TOLD} more of the kind"] if len(wrong) > MOST_TOLD else []
        raise SeriesError("\n".join([*wrong[:MOST_TOLD], *more]))
    frequency = _frequency([row.date for row in rows], shown)
    _must_be_distinct(rows, frequency, shown)
    there = sorted((period_start(row.date, frequency), row.value) for row in rows)
    values = [(date, value) for date, value in there if not math.isnan(value)]
    if not values:
        raise SeriesError(f"{shown} holds no values")
    blank = tuple(date for date, value in there if math.isnan(value))
    return Observed(
        tuple(date for date, _ in values), np.array([value for _, value in values]), frequency, name, shown, blank
    )


@dataclass(frozen=True)
class _Row:
    line: int
    date: dt.date
    value: float


def _text(path: Path, shown: str) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise SeriesError(f"the file {shown} does not exist") from None
    except UnicodeDecodeError:
        raise SeriesError(f"{shown} is not text in UTF-8; save it as CSV in UTF-8") from None
    except (OSError, ValueError) as error:
        raise SeriesError(f"{shown} cannot be read: {getattr(error, 'strerror', None) or error}") from None


def _rows(text: str, shown: str) -> tuple[list[_Row], str, list[str]]:
    """The rows, the name of the value's column, and what is wrong; the header's mistakes stop the reading."""
    reader = csv.reader(io.StringIO(text.replace("\0", "\ufffd"), newline=""), skipinitialspace=True)
    rows: list[_Row] = []
    name, wrong = "", list[str]()
    try:
        for given in reader:
            cells = [cell.strip() for cell in given]
            if not any(cells):
                continue
            if not name:
                name = _value_column(cells, f"{shown}:{reader.line_num}")
                continue
            try:
                rows.append(_row(cells, reader.line_num))
            except ValueError as error:
                wrong.append(f"{shown}:{reader.line_num}: {error}")
    except csv.Error as error:
        wrong.append(f"{shown}:{reader.line_num}: {error}")
    if not name:
        raise SeriesError(f"{shown} is empty; a first line date,value and rows of dates and values are wanted")
    if not rows and not wrong:
        raise SeriesError(f"{shown} holds no rows below its first line")
    return rows, name, wrong


def _value_column(cells: list[str], place: str) -> str:
    if len(cells) == 1:
        hint = next((f"; this one has {sign!r} between them" for sign in ";\t|" if sign in cells[0]), "")
        raise SeriesError(f"{place}: two columns with a comma between are wanted, date,value{hint}")
    if len(cells) > 2:
        extra = ", ".join(repr(cell) for cell in cells[2:])
        raise SeriesError(f"{place}: two columns are wanted, the date and the value; take out {extra}")
    try:
        date_of(cells[0])
    except ValueError:
        return cells[1] or "value"
    raise SeriesError(f"{place}: the first line must name the columns, as date,value; a row of data was given")


def _row(cells: list[str], line: int) -> _Row:
    """One row; ValueError with what was given and what is wanted."""
    if len(cells) != 2:
        raise ValueError(f"a date and a value are wanted, {','.join(cells)!r} was given")
    date, text = date_of(cells[0]), cells[1]
    if text.lower() in BLANK:
        return _Row(line, date, math.nan)
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f"the value {text!r} is not a number; leave it blank where there is none") from None
    if not math.isfinite(value):
        raise ValueError(f"the value {text!r} is not a finite number")
    return _Row(line, date, value)


def date_of(text: str) -> dt.date:
    """A date written 2007-01-01, 2007-01 or 2007Q1; raises ValueError with what is accepted."""
    if found := _QUARTER.match(text):
        return dt.date(int(found[1]), 3 * int(found[2]) - 2, 1)
    try:
        return month_date(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a date; write 2007-01-01, 2007-01 or 2007Q1") from None


def _frequency(dates: list[dt.date], shown: str) -> Frequency:
    """Monthly where neighbouring months stand in the file, quarterly where all are whole quarters apart."""
    months = sorted({date.year * 12 + date.month for date in dates})
    gaps = {later - earlier for earlier, later in pairwise(months)}
    if 1 in gaps:
        return "month"
    if not gaps:
        raise SeriesError(f"{shown} holds one period; at least two are wanted, to tell months from quarters")
    if all(gap % 12 == 0 for gap in gaps):
        raise SeriesError(f"{shown}: the dates are whole years apart; a monthly or a quarterly series is wanted")
    if all(gap % 3 == 0 for gap in gaps):
        return "quarter"
    raise SeriesError(
        f"{shown}: the dates are {', '.join(str(gap) for gap in sorted(gaps)[:4])} months apart; "
        "a monthly or a quarterly series is wanted"
    )


def _must_be_distinct(rows: list[_Row], frequency: Frequency, shown: str) -> None:
    """SeriesError where two rows fall into the same month or quarter."""
    first: dict[dt.date, _Row] = {}
    wrong = []
    for row in rows:
        before = first.setdefault(period_start(row.date, frequency), row)
        if before is not row:
            same = "is there twice" if row.date == before.date else f"lies in the same {frequency} as {before.date}"
            wrong.append(f"{shown}:{row.line}: {row.date} {same} (line {before.line})")
    if wrong:
        more = [f"and {len(wrong) - MOST_TOLD} more of the kind"] if len(wrong) > MOST_TOLD else []
        raise SeriesError("\n".join([*wrong[:MOST_TOLD], *more]))
