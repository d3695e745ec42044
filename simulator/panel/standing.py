"""How the lender stands in the eyes of its customers: the last three months of the panel against its warm-up."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from simulator.panel.record import BUCKETS, Panel
from simulator.trust import Standing

Floats = npt.NDArray[np.float64]
WARM_UP, LATELY = 24, 3  # months


def standing(panel: Panel, row: int) -> Standing:
    """Complaints, penalties, calls and defaults before this row, each against the mean of the warm-up's last two years.

    What never happened in the warm-up has nothing to be compared with and counts as usual.
    """
    past, late = slice(max(panel.clock.warm_up - WARM_UP, 0), panel.clock.warm_up), slice(max(row - LATELY, 0), row)

    def against(part: Floats, whole: Floats) -> float:
        usual = float(part[past].sum()) / max(float(whole[past].sum()), 1.0)
        lately = float(part[late].sum()) / max(float(whole[late].sum()), 1.0)
        return lately / usual if usual > 0.0 else 1.0

    accounts, behind = _total(panel, "accounts"), _total(panel, *(f"accounts_{bucket}" for bucket in BUCKETS[1:]))
    nothing = np.zeros(accounts.size)
    return Standing(
        against(panel.lender.get("complaints", nothing), accounts),
        against(_total(panel, "penalty", "fees"), _total(panel, "balance")),
        against(panel.lender.get("calls", nothing), behind),
        against(_total(panel, "defaults"), accounts),
    )


def net_charge_off_rate(panel: Panel, row: int) -> float:
    """Net charge-offs of the twelve months before this row as a share of their mean balance; nought without a past."""
    year = slice(max(row - 12, 0), row)
    lost = _total(panel, "charged_off")[year].sum() - _total(panel, "recoveries")[year].sum()
    held = _total(panel, "balance")[year]
    return float(lost / held.mean()) if held.sum() > 0.0 else 0.0


def _total(panel: Panel, *measures: str) -> Floats:
    """The sum of some measures over products and segments; shape (months,)."""
    totals = [panel.total(name, measure) for name in panel.products for measure in measures]
    return np.asarray(np.sum(totals, axis=0, dtype=np.float64))
