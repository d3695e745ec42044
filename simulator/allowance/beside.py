"""From one scenario's allowance to another's on the last day, account by account, since people are the same in both."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.allowance.assess import amounts, assess, rates_of
from simulator.allowance.lives import Measuring
from simulator.allowance.prices import at_origination
from simulator.allowance.tables import overlay_cents
from simulator.expectations import Layout
from simulator.reserves.provisioning import RULES

if TYPE_CHECKING:
    import pandas as pd

ITEMS = (
    "accounts_only_there",
    "accounts_only_here",
    "balances",
    "stage_or_state",
    "parameters_and_views",
    "probation_and_impaired_from_the_start",
    "overlays",
)


def beside(there: Measuring, here: Measuring, layouts: dict[str, Layout]) -> pd.DataFrame:
    """A row for each rule and item: opening is the allowance there, closing the allowance here; currency units.

    The order: accounts that only one of them has, then for those in both their balances at the rates there, their
    states, and parameters with views; it sums to the cent.
    """
    import pandas as pd

    rows = []
    for rule in RULES:
        cents = dict.fromkeys(ITEMS, 0)
        for name, layout in layouts.items():
            _of_product(rule, name, layout, there, here, cents)
        added = [int(overlay_cents(life, rule)[-1]) for life in (there, here)]
        cents["overlays"] = added[1] - added[0]
        opening, closing = (life.measured.total(rule, -1) + add for life, add in zip((there, here), added, strict=True))
        cents["probation_and_impaired_from_the_start"] = closing - opening - sum(cents.values())
        items = {"opening": opening, **cents, "closing": closing}
        rows += [{"rule": rule, "item": item, "amount": amount / 100.0} for item, amount in items.items()]
    return pd.DataFrame(rows)


def _of_product(rule: str, name: str, layout: Layout, there: Measuring, here: Measuring, cents: dict[str, int]) -> None:
    sides, rates = [], []
    for life in (there, here):
        month = life.pricing.clock.months - 1
        accounts = life.measured.standings[month][name]
        prices = life.pricing.at(month)[name]
        nobody = np.zeros(len(accounts), np.bool_)
        origination = at_origination(life.pricing.expectations.products[name])
        terms = life.pricing.terms
        found = assess(accounts, month, layout, prices, origination, terms, probation=nobody, technical=nobody)[rule]
        sides.append((accounts, found))
        rates.append(rates_of(rule, prices, terms))
    (old, before), (new, now) = sides
    key_old, key_new = (each.borrower * 4096 + each.opened.astype(np.int64) + 2048 for each in (old, new))
    _, in_old, in_new = np.intersect1d(key_old, key_new, return_indices=True)
    cents["accounts_only_there"] -= int(before.amount.sum() - before.amount[in_old].sum())
    cents["accounts_only_here"] += int(now.amount.sum() - now.amount[in_new].sum())
    moved = amounts(now.basis[in_new], rates[0], before.position[in_old])
    other = amounts(now.basis[in_new], rates[0], now.position[in_new])
    cents["balances"] += int((moved - before.amount[in_old]).sum())
    cents["stage_or_state"] += int((other - moved).sum())
    cents["parameters_and_views"] += int((now.amount[in_new] - other).sum())
