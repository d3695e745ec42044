"""Payment statuses as a table: from the eve of the span and from the last month close to this one."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from simulator.clock import Clock
from simulator.habits import LABELS
from simulator.money import Cents
from simulator.panel.record import Panel


def statuses_frame(panel: Panel) -> pd.DataFrame:
    """Accounts by payment status, one row a month, product and path; only paths that some account has taken.

    Columns: `month` (its last day), `product`, `start_status` (on the eve of the span), `from_status` (at the last
    month close), `to_status` (at this one), `accounts`, `lives` (1: one run). Statuses are coded as the Taiwanese tape
    codes April to August 2005: -2 nothing owed or all paid and the card at rest, -1 the same with the card in use, 0
    paid in part, k from 2 on k - 1 bills unpaid (8 for more); `new` had no status yet, `charged_off` has been written
    off. Texts, so that the shares of a row are `accounts` over their sum by `from_status` (a month ahead) or by
    `start_status` (any number of months ahead). Accounts that were closed are left out from then on.
    """
    first = panel.clock.warm_up
    return mean_frame(panel.clock, {name: counts[first:] for name, counts in panel.statuses.items()}, 1)


def mean_frame(clock: Clock, summed: Mapping[str, Cents], lives: int) -> pd.DataFrame:
    """The same from transitions summed over `lives`: `accounts` is their mean (float), `lives` how many they are.

    `summed` holds accounts by product, shape (months of the span, eve, before, now).
    """
    parts = []
    dates = pd.to_datetime([clock.month_end_date(number) for number in range(clock.months)])
    labels = np.array(LABELS, dtype=object)
    for name, counts in summed.items():
        month, start, before, now = np.nonzero(counts)
        columns = {
            "month": dates[month],
            "product": name,
            "start_status": labels[start],
            "from_status": labels[before],
            "to_status": labels[now],
            "accounts": counts[month, start, before, now] / lives,
            "lives": lives,
        }
        parts.append(pd.DataFrame(columns))
    return pd.concat(parts, ignore_index=True)
