"""A span laid over the loans of a tape: from the first of them until the last has run out."""

from __future__ import annotations

import datetime as dt

import numpy as np

from simulator import tape as tapes
from simulator.errors import TapeError
from simulator.scenario.model import Scenario

MONTH = 30.4375  # days
LONGEST = 600  # months


def covering(scenario: Scenario) -> Scenario:
    """The scenario with a span that covers its tape, where `book.tape.cover` asks for that.

    It begins no later than the month of the first loan, and ends no earlier than the last term, and the days past due
    until charge-off, have run out. A tape that cannot be read is left to the run, which says what is wrong with it.
    """
    plan = scenario.book.tape
    if plan is None or not plan.cover:
        return scenario
    try:
        tape = tapes.read(plan.model_copy(update={"scorecard": None, "lend_only": {}}))
    except TapeError:
        return scenario
    opened, term = tape.accounts["opened"], tape.accounts["term"]
    known = ~np.isnat(opened) & (term > 0)
    if not known.any():
        return scenario
    months = opened[known].astype("datetime64[M]").astype(np.int64) + 1970 * 12
    late = max(product.charge_off_days for product in scenario.lender.products.values())
    span = scenario.span
    given = span.start.year * 12 + span.start.month - 1
    first = min(given, int(months.min()))
    last = max(given + span.months, int((months + term[known]).max()) + int(late / MONTH) + 3)
    update = {"start": dt.date(first // 12, first % 12 + 1, 1), "months": min(last - first, LONGEST)}
    return scenario.model_copy(update={"span": span.model_copy(update=update)})
