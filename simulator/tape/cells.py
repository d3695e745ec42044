"""One column of a tape turned into numbers, codes or dates, the unreadable marked, never guessed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from simulator.tape.words import BLANK

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Days = npt.NDArray[np.datetime64]


@dataclass(frozen=True)
class Numbers:
    """Numbers of a column, NaN where there is none; `unreadable`: something stands there that is none."""

    values: Floats
    unreadable: Mask


def texts(cells: pd.Series[Any]) -> npt.NDArray[Any]:
    """The cells as texts, trimmed; whole numbers without a decimal point; "" where nothing stands."""
    return _by_distinct(cells, _text)


def _text(cell: Any) -> str:
    if isinstance(cell, float | np.floating):
        if np.isnan(cell):
            return ""
        return str(int(cell)) if cell.is_integer() else repr(float(cell))
    text = str(cell).strip()
    return "" if text in BLANK else text


def _by_distinct(cells: pd.Series[Any], read: Callable[[Any], Any]) -> npt.NDArray[Any]:
    """Each distinct cell read once."""
    import pandas as pd

    codes, distinct = pd.factorize(cells, use_na_sentinel=False)
    found = np.empty(len(distinct), dtype=object)
    found[:] = [read(cell) for cell in distinct]
    return found[codes]


def numbers(cells: pd.Series[Any], *, thousands: str | None = None, ending: str = "") -> Numbers:
    """The cells as finite numbers; `ending` (a % sign, "months") may stand behind the number."""
    import pandas as pd

    if pd.api.types.is_numeric_dtype(cells):
        values = cells.to_numpy(dtype=np.float64, copy=True)
        return _finite(values, np.isnan(values))
    if dated(cells):
        return Numbers(np.full(len(cells), np.nan), cells.notna().to_numpy())
    values = np.array(pd.to_numeric(cells.to_numpy(dtype=object), errors="coerce"), dtype=np.float64)
    odd = np.flatnonzero(np.isnan(values))
    blank = np.zeros(values.size, dtype=bool)
    for row in odd.tolist():
        text = _text(cells.iat[row])
        blank[row] = text == ""
        if text and (thousands or ending):
            values[row] = _number(text, thousands, ending)
    return _finite(values, blank)


def _finite(values: Floats, blank: Mask) -> Numbers:
    unreadable = ~np.isfinite(values) & ~blank
    values[unreadable] = np.nan
    return Numbers(values, unreadable)


def _number(text: str, thousands: str | None, ending: str) -> float:
    text = text.removesuffix(ending).strip() if ending else text
    if thousands:
        whole, point, rest = text.partition(".")
        head, *groups = whole.split(thousands)
        if any(len(group) != 3 for group in groups):  # 1,23 is not a number with thousands
            return float("nan")
        text = head + "".join(groups) + point + rest
    try:
        return float(text) if "_" not in text else float("nan")
    except ValueError:
        return float("nan")


def coded(cells: pd.Series[Any], codes: Mapping[str, Any]) -> tuple[npt.NDArray[Any], Mask]:
    """What each code stands for (None: unknown), and which codes are not in the map."""
    shown = texts(cells)
    missing = object()
    meanings = _by_distinct_text(shown, lambda text: None if text == "" else codes.get(text, missing))
    unmapped = np.array([meaning is missing for meaning in meanings], dtype=bool)
    meanings[unmapped] = None
    return meanings, unmapped


def _by_distinct_text(shown: npt.NDArray[Any], read: Callable[[str], Any]) -> npt.NDArray[Any]:
    import pandas as pd

    return _by_distinct(pd.Series(shown, dtype=object), read)


def dated(cells: pd.Series[Any]) -> bool:
    """Whether the file itself says that the cells are dates."""
    import pandas as pd

    return pd.api.types.is_datetime64_any_dtype(cells)


def dates(cells: pd.Series[Any], date_format: str | None) -> tuple[Days, Mask]:
    """The cells as days (NaT where there is none), and which are not dates of this format."""
    import pandas as pd

    if dated(cells):
        return cells.to_numpy().astype("datetime64[D]"), np.zeros(len(cells), dtype=bool)
    shown = pd.Series(texts(cells), dtype=object)
    codes, distinct = pd.factorize(shown)
    read = pd.Series(np.full(len(distinct), "NaT", dtype="datetime64[ns]"))
    for one in (date_format or "").split("|"):  # the first format that fits counts
        read = read.fillna(pd.to_datetime(pd.Series(distinct, dtype=object), format=one or None, errors="coerce"))
    days = read.to_numpy().astype("datetime64[D]")[codes]
    outside = ~np.isnat(days) & ((days < np.datetime64("1950-01-01")) | (days >= np.datetime64("2100-01-01")))
    unreadable = (np.isnat(days) | outside) & (shown != "").to_numpy()
    days[unreadable] = np.datetime64("NaT")
    return days, unreadable
