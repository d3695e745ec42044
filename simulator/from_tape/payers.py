"""What a tape's past payment statuses say of the kind of payer each borrower is."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from simulator.draws import Draws, Mixed
from simulator.habits import LABELS, PLACE, Habits, drawn_kind, read_table, states_of
from simulator.tape import Tape


def payers(tape: Tape, habits: Habits | None, draws: Draws, mixed: Mixed) -> dict[str, npt.NDArray[np.int8]] | None:
    """The habits' own columns for each account of the tape; None where the tape or the scenario has none to go by.

    A kind is drawn for each as likely as the statuses of all the tape's months make it (Bayes' rule). The status the
    book starts from is that of the last of these months; where it is unknown, both are left to the first bill.
    """
    if habits is None or not tape.paying_months:
        return None
    numbers = np.array([[PLACE.get(label, 0) for label in row] for row in tape.paying.tolist()], np.int8)
    numbers = numbers.reshape(tape.paying.shape)
    past = np.where(numbers > 0, states_of(numbers), -1)
    months = [day.year * 12 + day.month - 1 for day in tape.paying_months]
    likely = read_table(habits.file).kinds(past, months)
    kind = drawn_kind(likely, draws.uniform(f"{tape.product}.kind", 0, mixed))
    now = numbers[:, -1]
    assert now.max(initial=0) < len(LABELS)
    return {
        "kind": np.where(now > 0, kind, 0).astype(np.int8),
        "paying": now,
        "paying_before": now,
        "paying_first": now,
    }
