"""The morning of a collections desk: whom to call of one table of arrears; see `simulator.engine.call_list`."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from simulator.columns import CALLED, CONTACT, LISTED

Column = npt.NDArray[Any]
Cents = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.intp]


def on_holiday(rows: Rows, month: int, relief: Column, until: Column, due: Column) -> Flags:
    """Which of these rows are on a holiday in a month, one a row; the columns are those of relief."""
    return np.asarray((relief[rows] != 0) & (until[rows] > month) & (due[rows] == 0))


def to_call(
    held: Cents, rows: Rows, since: Cents, day: int, first: int, pause: int, today: int, month: int, relievable: bool,
    relief: Column, until: Column, due: Column,
) -> Rows:  # fmt: skip
    """Places of those late enough, not spoken to since the last due day and not called of late; none on a holiday.

    `since` is the day on which the oldest unpaid bill was due. Who is on the list for the first time since the last
    call waits from today.
    """
    count = rows.size
    called = held[CALLED, :count]
    free = (day - since >= first) & (held[CONTACT, :count] == 0) & ((called == 0) | (called <= today - pause))
    if relievable:
        free &= ~on_holiday(rows, month, relief, until, due)
    there = np.flatnonzero(free)
    held[LISTED, there[held[LISTED, there] == 0]] = today
    return there
