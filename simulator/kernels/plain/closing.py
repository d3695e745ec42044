"""The last evening of a month: who is late, who is cured, who stands where; see `simulator.engine.close`."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from simulator.columns import DISABLED, UNEMPLOYED
from simulator.kernels.plain.pay import having

Column = npt.NDArray[Any]
Cents = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.intp]


def late_accounts(rows: Rows, missed: Column, days: Cents) -> tuple[Rows, Cents]:
    """Of the accounts in arrears those with a bill unpaid, and the days late that go with so many missed bills."""
    late = rows[missed[rows] > 0]
    return late, days[missed[late]]


def cure(default: Column, missed: Column, own: Column, usual: int) -> None:
    """A default that is caught up is over after its months of probation; one that is not stays or begins anew.

    `own` months of probation where they are more than nought (one a row, or none at all), else the usual ones.
    """
    rows = (default != 0).nonzero()[0]
    stage = np.where(missed[rows] == 0, default[rows] + 1, 1)
    probation: Any = np.where(own[rows] > 0, own[rows], usual) if own.size else usual
    default[rows] = np.where(stage > 1 + probation, 0, stage)


def move_buckets(bucket: Column, late: Rows, now: Rows) -> tuple[Rows, Column, Rows]:
    """Late accounts into their buckets, all others back to current: who was or is late, where they were, where now."""
    before = (bucket != 0).nonzero()[0]
    origin = bucket[late]
    bucket[late] = 0
    cured = before[bucket[before] != 0]
    moved = np.concatenate([late, cured])
    origins = np.concatenate([origin, bucket[cured]])
    bucket[cured] = 0
    bucket[late] = now
    return moved, origins, np.concatenate([now, np.zeros(cured.size, np.intp)])


def count_flags(sums: Cents, segment: Column, flags: Flags) -> None:
    """How many rows of a mask fall in each segment, onto the sums."""
    if sums.size == 1:
        sums[0] += np.count_nonzero(flags)
    else:
        sums += np.bincount(segment[flags], minlength=sums.size)


def count_people(
    borrowers: Cents, labour_force: Cents, unemployed: Cents, months: Cents, segment: Column, owing: Flags,
    here: Flags, spells: Column, months_out: Column,
) -> None:  # fmt: skip
    """People by segment, and those out of work by months; the disabled are not in the labour force."""
    count_flags(borrowers, segment, owing)
    count_flags(labour_force, segment, here)
    struck = (spells != 0).nonzero()[0]
    out, unfit = struck[having(spells[struck], UNEMPLOYED)], struck[having(spells[struck], DISABLED)]
    months += np.bincount(months_out[out], minlength=months.size)
    if unemployed.size == 1:
        unemployed[0] += out.size
        labour_force[0] -= unfit.size
    else:
        unemployed += np.bincount(segment[out], minlength=unemployed.size)
        labour_force -= np.bincount(segment[unfit], minlength=labour_force.size)


def places_of(rows: Rows, wanted: Rows, size: int) -> Rows:
    """Where each of the wanted rows stands among `rows`, -1 where it does not; `size` is the block's."""
    place = np.full(size, -1, np.intp)
    place[rows] = np.arange(rows.size)
    return place[wanted]
