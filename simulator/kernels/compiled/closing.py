"""The last evening of a month, as `plain.closing`: row by row."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from simulator.columns import DISABLED, UNEMPLOYED
from simulator.kernels.compiled.build import compiled

Column = npt.NDArray[Any]
Cents = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.intp]


@compiled
def late_accounts(rows: Rows, missed: Column, days: Cents) -> tuple[Rows, Cents]:
    late, found, count = np.empty(rows.size, np.intp), np.empty(rows.size, np.int64), 0
    for row in rows:
        if missed[row] > 0:
            late[count], found[count] = row, days[missed[row]]
            count += 1
    return late[:count].copy(), found[:count].copy()


@compiled
def cure(default: Column, missed: Column, own: Column, usual: int) -> None:
    for row in range(default.size):
        if default[row] != 0:
            stage = int(default[row]) + 1 if missed[row] == 0 else 1
            probation = usual
            if own.size > 0 and own[row] > 0:
                probation = int(own[row])
            default[row] = 0 if stage > 1 + probation else stage


@compiled
def move_buckets(bucket: Column, late: Rows, now: Rows) -> tuple[Rows, Column, Rows]:
    cured = 0
    origin = np.empty(late.size, bucket.dtype)
    for place in range(late.size):
        origin[place] = bucket[late[place]]
        bucket[late[place]] = 0
    for row in range(bucket.size):
        cured += bucket[row] != 0
    whole = late.size + cured
    moved, origins, to = np.empty(whole, np.intp), np.empty(whole, bucket.dtype), np.zeros(whole, np.intp)
    moved[: late.size], origins[: late.size], to[: late.size] = late, origin, now
    count = late.size
    if cured > 0:
        for row in range(bucket.size):
            if bucket[row] != 0:
                moved[count], origins[count] = row, bucket[row]
                bucket[row] = 0
                count += 1
    for place in range(late.size):
        bucket[late[place]] = now[place]
    return moved, origins, to


@compiled
def count_flags(sums: Cents, segment: Column, flags: Flags) -> None:
    if sums.size == 1:
        count = 0
        for row in range(flags.size):
            count += flags[row]
        sums[0] += count
    else:
        for row in range(flags.size):
            sums[segment[row]] += flags[row]


@compiled
def count_people(
    borrowers: Cents, labour_force: Cents, unemployed: Cents, months: Cents, segment: Column, owing: Flags,
    here: Flags, spells: Column, months_out: Column,
) -> None:  # fmt: skip
    count_flags(borrowers, segment, owing)
    count_flags(labour_force, segment, here)
    single = unemployed.size == 1
    for row in range(spells.size):
        if spells[row] & UNEMPLOYED:
            months[months_out[row]] += 1
            unemployed[0 if single else segment[row]] += 1
        if spells[row] & DISABLED:
            labour_force[0 if single else segment[row]] -= 1


@compiled
def places_of(rows: Rows, wanted: Rows, size: int) -> Rows:
    place = np.zeros(size, np.int32)
    for number in range(rows.size):
        place[rows[number]] = number + 1
    found = np.empty(wanted.size, np.intp)
    for number in range(wanted.size):
        found[number] = int(place[wanted[number]]) - 1
    return found
