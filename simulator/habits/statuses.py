"""Payment statuses of a card, month by month, coded as the Taiwanese tape codes them from April to August 2005.

    -2   nothing was owed, or all of it was paid, and the card rests
    -1   nothing was owed, or all of it was paid, and the card is in use
     0   the minimum was paid, not all: the rest is carried
     2   one bill is unpaid (the first missed bill is coded 2)
     k   k - 1 bills are unpaid, counted from the oldest; 8 stands for seven and more

The status of a month is that after the payment of the month, when nothing that falls due later has been missed.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

LABELS = ("new", "-2", "-1", "0", "2", "3", "4", "5", "6", "7", "8", "charged_off")
NONE = 0  # no account yet, or one whose first bill is still to come
RESTS, IN_FULL, CARRIES = 1, 2, 3  # one bill unpaid is CARRIES + 1, and so on
WORST = 10
DEEPEST = 6  # place of the last status that habits tell apart
CHARGED_OFF = 11
PLACE = {label: place for place, label in enumerate(LABELS)}

Flags = npt.NDArray[np.bool_]


def states_of(status: npt.NDArray[np.int8]) -> npt.NDArray[np.int64]:
    """Places among the statuses that habits tell apart (table.STATES) of places in LABELS."""
    return np.minimum(status.astype(np.int64) - 1, DEEPEST)


def status_of(missed: npt.NDArray[np.int8], in_full: Flags, rests: Flags) -> npt.NDArray[np.int8]:
    """Places in LABELS from unpaid bills, whether all that was owed was paid, and whether the card rests."""
    paid = np.where(in_full, np.where(rests, RESTS, IN_FULL), CARRIES)
    return np.where(missed > 0, np.minimum(CARRIES + missed.astype(np.int64), WORST), paid).astype(np.int8)
