"""Profit and loss of the lender by product and segment, in whole cents, worked out from the panel after the run.

    profit = interest + penalty + fees - charged off - written down + recoveries - funding - operating - collecting
             - policies

Interest, penalty and fees count when they are charged; what of them is never paid is part of what is charged off
later, so over the life of the book nothing counts twice. Debt that is sold leaves the book at its price (the flow
`sold`), and the rest of it, which is the loss on the sale, is charged off: the price is cash for as much debt and no
income. So, with the money identity of the ledger, the profit before costs is

    paid + sold + recoveries - lent - purchases + closing - opening.

The allowance for losses to come is not part of it: a loss counts in the month it is charged off or waived.

Each cost is rounded once, for the lender as a whole, and then shared out over products and segments: each part is
the rise of the rounded running share, so parts add up to the cent in every cut of the book.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from simulator.ledger import IN, OUT
from simulator.money import Cents
from simulator.panel.record import BUCKETS, Panel

Floats = npt.NDArray[np.float64]
COSTS = ("funding_cost", "operating_cost", "collection_cost", "policy_cost")
EARNED = ("interest", "penalty", "fees", "recoveries")
LOST = ("charged_off", "written_down")


def profit_cells(panel: Panel) -> dict[str, dict[str, Cents]]:
    """Costs and profit of each product, cents; product -> measure -> (months, segments), warm-up first."""
    cost = _shared_out(panel)
    found = {}
    for place, name in enumerate(panel.products):
        cells = panel.cells[name]
        own = {measure: whole[:, place] for measure, whole in cost.items()}
        earned: Cents = sum((cells[measure] for measure in EARNED), np.zeros_like(cells["balance"]))
        lost: Cents = sum((cells[measure] for measure in LOST), np.zeros_like(earned))
        found[name] = {**own, "profit": earned - lost - sum(own.values())}
    return found


def shared(total: Cents, weights: Floats) -> Cents:
    """Shares totals out by weights, to the cent; `total` (months,), weights and result (months, parts).

    Where all weights are nought the parts are equal.
    """
    weights = np.where(weights.sum(axis=1, keepdims=True) > 0, weights, 1.0)
    running = np.cumsum(weights, axis=1)
    edges = np.rint(total[:, None] * (running / running[:, -1:])).astype(np.int64)
    return np.diff(edges, axis=1, prepend=0)


def funding_rate(panel: Panel) -> Floats:
    """What the lender pays for money, share a year, month by month: policy rate and spread, never less than nothing."""
    return np.maximum(panel.policy_rate + panel.weather[:, 2] + panel.costs.funding_spread, 0.0)


def _shared_out(panel: Panel) -> dict[str, Cents]:
    """Each cost over products and segments; measure -> (months, products, segments)."""
    accounts, opened = _stacked(panel, "accounts"), _stacked(panel, "new_loans")
    closing = _stacked(panel, "balance")
    opening = closing - sum(_stacked(panel, flow) for flow in IN) + sum(_stacked(panel, flow) for flow in OUT)
    average = np.maximum((opening + closing) / 2.0, 0.0)
    late = np.sum([_stacked(panel, f"balance_{bucket}") for bucket in BUCKETS[1:]], axis=0)
    months, parts = len(accounts), accounts[0].size

    def parted(total: Floats, weights: Cents | Floats) -> Cents:
        whole = np.rint(total).astype(np.int64)
        return shared(whole, weights.reshape(months, parts).astype(np.float64)).reshape(accounts.shape)

    collecting = panel.lender.get("collection_cost", np.zeros(months))
    keeping = parted(100.0 * panel.costs.account_monthly * accounts.sum(axis=(1, 2)), accounts)
    winning = parted(100.0 * panel.costs.origination * opened.sum(axis=(1, 2)), opened)
    return {
        "funding_cost": parted(funding_rate(panel) / 12.0 * average.sum(axis=(1, 2)), average),
        "operating_cost": keeping + winning,
        "collection_cost": parted(collecting, late),
        "policy_cost": parted(policy_costs(panel), accounts),
    }


def policy_costs(panel: Panel) -> Floats:
    """What the lender's own policies cost it, cents; shape (months,)."""
    own = [deeds.months[:, 2] for deeds in panel.deeds.values() if not deeds.state]
    return np.sum(own, axis=0, dtype=np.float64) if own else np.zeros(len(panel.economy))


def _stacked(panel: Panel, measure: str) -> Cents:
    """A measure of all products; shape (months, products, segments)."""
    return np.stack([panel.cells[name][measure] for name in panel.products], axis=1)
