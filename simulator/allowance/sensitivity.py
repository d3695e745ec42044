"""Sensitivity: what the allowance of a month would be with one thing changed, on the same accounts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.allowance.assess import assess
from simulator.allowance.overlays import overlays_of
from simulator.allowance.prices import Pricing, at_origination
from simulator.expectations import Layout, Standing
from simulator.reserves.provisioning import RULES, Provisioning

if TYPE_CHECKING:
    import pandas as pd


def sensitivity(
    pricing: Pricing, layouts: dict[str, Layout], standings: dict[int, dict[str, Standing]]
) -> pd.DataFrame:
    """A row for each change, month and rule: allowance as it is, as it would be, and the difference; currency units."""
    import pandas as pd

    rows = []
    for month, accounts in standings.items():
        as_is = allowances(pricing, layouts, accounts, month)
        for what, value, terms in changes(pricing.terms):
            changed = allowances(replace(pricing, terms=terms), layouts, accounts, month)
            rows += [
                {
                    "month": pricing.clock.month_end_date(month),
                    "changed": what,
                    "to": value,
                    "rule": rule,
                    "allowance": as_is[rule],
                    "would_be": changed[rule],
                    "change": changed[rule] - as_is[rule],
                }
                for rule in RULES
            ]
    frame = pd.DataFrame(rows)
    frame["month"] = pd.to_datetime(frame["month"])
    return frame


def allowances(
    pricing: Pricing, layouts: dict[str, Layout], accounts: dict[str, Standing], month: int
) -> dict[str, float]:
    """The allowance by rule on given accounts, overlays in; currency units.

    Probation after a default is left out here, since it depends on earlier months.
    """
    prices = pricing.at(month)
    found: dict[str, float] = dict.fromkeys(RULES, 0.0)
    for name, layout in layouts.items():
        nobody = np.zeros(len(accounts[name]), np.bool_)
        origination = at_origination(pricing.expectations.products[name])
        assessed = assess(
            accounts[name], month, layout, prices[name], origination, pricing.terms, probation=nobody, technical=nobody
        )
        for rule, each in assessed.items():
            found[rule] += float(each.amount.sum()) / 100.0
    date = pricing.clock.month_end_date(month)
    return {rule: total + sum(overlays_of(pricing.terms, rule, date, total).values()) for rule, total in found.items()}


def changes(terms: Provisioning) -> Iterator[tuple[str, str, Provisioning]]:
    """One thing after the other: what, to which value, and the terms with it."""
    for name in terms.views:
        views = {each: view.model_copy(update={"weight": float(each == name)}) for each, view in terms.views.items()}
        yield "views", f"{name} alone", terms.model_copy(update={"views": views})
    discount = terms.ifrs9.discount
    for rate in (0.0, 0.05, 0.30):
        if rate != discount:
            yield "discount rate", f"{rate:.0%}", _with(terms, "ifrs9", discount=rate)
    for relative in (1.5, 3.0):
        yield "increase in risk: relative bound", f"{relative:g} times", _with(terms, "ifrs9", relative=relative)
    for absolute in (0.2, 0.3):
        yield "increase in risk: absolute bound", f"{100 * absolute:g} points", _with(terms, "ifrs9", absolute=absolute)
    yield "backstop", "10 days", _with(terms, "ifrs9", backstop_days=10)
    yield "watch list", "also out of work", _with(terms, "ifrs9", watch_list=("relief", "restructured", "out_of_work"))
    yield "reasonable and supportable period", "12 months", _with(terms, "cecl", reasonable_months=12)
    yield "reversion", "at once", _with(terms, "cecl", reversion="immediate", reasonable_months=0)
    table = "bank_cards_2011" if terms.five_classes.table != "bank_cards_2011" else "loans_2023"
    yield "table of classes", table, _with(terms, "five_classes", table=table)
    if terms.overlays:
        yield "overlays", "none", terms.model_copy(update={"overlays": {}})


def _with(terms: Provisioning, part: str, **values: Any) -> Provisioning:
    return terms.model_copy(update={part: getattr(terms, part).model_copy(update=values)})
