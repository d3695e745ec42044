"""The morning of a collections desk, as `plain.desk`: account by account."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from simulator.columns import CALLED, CONTACT, LISTED
from simulator.kernels.compiled.build import compiled

Column = npt.NDArray[Any]
Cents = npt.NDArray[np.int64]
Rows = npt.NDArray[np.intp]


@compiled
def to_call(
    held: Cents, rows: Rows, since: Cents, day: int, first: int, pause: int, today: int, month: int, relievable: bool,
    relief: Column, until: Column, due: Column,
) -> Rows:  # fmt: skip
    there, count = np.empty(rows.size, np.intp), 0
    latest, rested = day - first, today - pause
    contact, called, listed = held[CONTACT], held[CALLED], held[LISTED]
    for place in range(rows.size):
        if since[place] > latest or contact[place] != 0 or (called[place] != 0 and called[place] > rested):
            continue
        if relievable:
            row = rows[place]
            if relief[row] != 0 and until[row] > month and due[row] == 0:
                continue
        there[count] = place
        count += 1
        if listed[place] == 0:
            listed[place] = today
    return there[:count].copy()
