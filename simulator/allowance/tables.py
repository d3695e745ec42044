"""Tables of what was measured: stock, walk and charge by month, segment and rule; money in currency units."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from simulator.allowance.assess import LABELS
from simulator.allowance.lives import Measuring
from simulator.allowance.measure import STOCKS
from simulator.allowance.overlays import overlays_of
from simulator.allowance.walk import ITEMS, NOT_CHARGED
from simulator.panel.tables import segment_masks
from simulator.reserves.five_classes import coverage_ratio, loans_ratio

if TYPE_CHECKING:
    import pandas as pd

Whole = npt.NDArray[np.int64]


def segments_of(life: Measuring) -> Iterator[tuple[str, tuple[str, ...], npt.NDArray[np.bool_]]]:
    """Segment, products in it, and which of the panel's segments belong to it; as the panel has them."""
    everybody = np.ones(life.panel.segments, np.bool_)
    products = life.measured.products
    yield "all", products, everybody
    if len(products) > 1:
        for name in products:
            yield f"product={name}", (name,), everybody
    for cut, label, mask in segment_masks(life.panel):
        yield f"{cut}={label}", products, mask


def overlay_cents(life: Measuring, rule: str) -> Whole:
    """What overlays add to a rule's allowance at each month's end, the eve first; cents."""
    return np.array([sum(lines.values()) for lines in _overlay_lines(life, rule)], np.int64)


def _overlay_lines(life: Measuring, rule: str) -> list[dict[str, int]]:
    clock, terms = life.pricing.clock, life.pricing.terms
    found = []
    for row in range(clock.months + 1):
        models = life.measured.total(rule, row) / 100.0
        lines = overlays_of(terms, rule, clock.month_end_date(row - 1), models)
        found.append({name: round(100.0 * amount) for name, amount in lines.items()})
    return found


def stock_frame(life: Measuring) -> pd.DataFrame:
    """A row for each month, segment, rule and stage or class, and one for all of them together."""
    import pandas as pd

    parts, dates = [], _dates(life)
    for rule, labels in LABELS.items():
        added = overlay_cents(life, rule)
        for segment, products, mask in segments_of(life):
            held = sum(life.measured.stock[rule][name][..., mask].sum(axis=3) for name in products)
            table = np.asarray(held)  # (months + 1, STOCKS, labels)
            rows = [(label, table[:, :, place]) for place, label in enumerate(labels)] if len(labels) > 1 else []
            whole = table.sum(axis=2)
            whole[:, STOCKS.index("allowance")] += added if segment == "all" else 0
            for label, figures in (*rows, ("all", whole)):
                parts.append(_stock_rows(dates, segment, rule, label, figures))
    return pd.concat(parts, ignore_index=True)


def _stock_rows(dates: Any, segment: str, rule: str, label: str, figures: Whole) -> pd.DataFrame:
    import pandas as pd

    money = {name: figures[:, STOCKS.index(name)] / 100.0 for name in STOCKS[1:]}
    balance, allowance = money["balance"], money["allowance"]
    coverage = np.divide(allowance, balance, out=np.full(balance.size, np.nan), where=balance > 0)
    words = {"month": dates, "segment": segment, "rule": rule, "label": label, "accounts": figures[:, 0]}
    return pd.DataFrame({**words, **money, "coverage": coverage})


def walk_cents(life: Measuring) -> Iterator[tuple[str, str, dict[str, Whole]]]:
    """By segment and rule: opening, every item and closing by month, cents, overlays in; it sums by construction.

    Raises AssertionError if it does not.
    """
    for rule in LABELS:
        added = overlay_cents(life, rule)
        for segment, products, mask in segments_of(life):
            measured = life.measured
            table = np.asarray(sum(measured.walk[rule][name][..., mask].sum(axis=2) for name in products))
            place = STOCKS.index("allowance")
            stock = np.asarray(
                sum(measured.stock[rule][name][:, place][..., mask].sum(axis=(1, 2)) for name in products)
            )
            if segment == "all":
                table[:, ITEMS.index("overlays")] += np.diff(added)
                stock = stock + added
            if (stock[:-1] + table.sum(axis=1) != stock[1:]).any():
                raise AssertionError(f"the walk of {rule}, {segment}, does not sum")
            items = {item: table[:, number] for number, item in enumerate(ITEMS)}
            yield segment, rule, {"opening": stock[:-1], **items, "closing": stock[1:]}


def walk_frames(life: Measuring) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The walk, a row for each month, segment, rule and item; and the charge to profit and loss."""
    import pandas as pd

    dates = _dates(life)[1:]
    walks, charges = [], []
    for segment, rule, items in walk_cents(life):
        words = {"month": dates, "segment": segment, "rule": rule}
        walks += [pd.DataFrame({**words, "item": item, "amount": cents / 100.0}) for item, cents in items.items()]
        charged = np.asarray(sum(cents for item, cents in items.items() if item in ITEMS and item not in NOT_CHARGED))
        charges.append(pd.DataFrame({**words, "charge": charged / 100.0}))
    return pd.concat(walks, ignore_index=True), pd.concat(charges, ignore_index=True)


def between(walk: pd.DataFrame, first: Any, last: Any) -> pd.DataFrame:
    """The walk between two month ends: the sum of its months, opening at the first and closing at the last.

    Columns segment, rule, item, amount. Raises ValueError where no month lies between.
    """
    import pandas as pd

    months = walk[(walk["month"] > first) & (walk["month"] <= last)]
    if months.empty:
        raise ValueError(f"no month of the walk lies after {first} and until {last}")
    keys = ["segment", "rule", "item"]
    opening = months[(months["item"] == "opening") & (months["month"] == months["month"].min())]
    closing = months[(months["item"] == "closing") & (months["month"] == months["month"].max())]
    steps = months[~months["item"].isin(["opening", "closing"])].copy()
    steps["amount"] = (steps["amount"] * 100).round()
    items = (steps.groupby(keys, sort=False)["amount"].sum() / 100).reset_index()
    parts: list[pd.DataFrame] = [opening[[*keys, "amount"]], items, closing[[*keys, "amount"]]]
    return pd.concat(parts, ignore_index=True)


def overlays_frame(life: Measuring) -> pd.DataFrame:
    """Every overlay in force, by month and rule."""
    import pandas as pd

    dates = _dates(life)
    rows = [
        {"month": dates[row], "rule": rule, "name": name, "amount": cents / 100.0}
        for rule in LABELS
        for row, lines in enumerate(_overlay_lines(life, rule))
        for name, cents in lines.items()
    ]
    return pd.DataFrame(rows, columns=["month", "rule", "name", "amount"])


def ratios_frame(life: Measuring, rule: str) -> pd.DataFrame:
    """The five classes' ratios against their floors, with the allowance of the minimum, and with that of a rule."""
    import pandas as pd

    terms = life.pricing.terms.five_classes
    measured, rows = life.measured, []
    for row, date in enumerate(_dates(life)):
        stock = sum(held[row].sum(axis=2) for held in measured.stock["five_classes"].values())
        balances = np.asarray(stock)[STOCKS.index("balance")] / 100.0
        for whose in dict.fromkeys(("five_classes", rule)):
            aside = (measured.total(whose, row) + int(overlay_cents(life, whose)[row])) / 100.0
            coverage, loans = coverage_ratio(aside, balances), loans_ratio(aside, balances)
            rows.append(
                {
                    "month": date,
                    "allowance_by": whose,
                    "npl_ratio": float(balances[2:].sum() / balances.sum()) if balances.sum() > 0 else 0.0,
                    "coverage_ratio": coverage,
                    "coverage_floor": terms.coverage_floor,
                    "loans_ratio": loans,
                    "loans_floor": terms.loans_floor,
                    "floors_hold": coverage >= terms.coverage_floor and loans >= terms.loans_floor,
                }
            )
    return pd.DataFrame(rows)


def _dates(life: Measuring) -> Any:
    import pandas as pd

    clock = life.pricing.clock
    return pd.to_datetime([clock.month_end_date(row - 1) for row in range(clock.months + 1)])
