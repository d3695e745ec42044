"""One row for each default, in words and units that a reader can use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from simulator.arrears import TRIED_CALL, TRIED_FIELD, TRIED_PROMISE, TRIED_RELIEF, TRIED_REMINDER
from simulator.block import (
    COVERED,
    DISABLED,
    ILL,
    LOWER_PAY,
    MISREAD,
    NEVER,
    PAY_CUT,
    UNEMPLOYED,
    UNWILLING,
)
from simulator.causes.rule import FORGETTING, RECENT, Story, main_cause
from simulator.panel import Panel
from simulator.shocks import JOB_LOSS

if TYPE_CHECKING:
    import pandas as pd

    from simulator.scenario import Scenario

Whole = npt.NDArray[np.int64]
Words = npt.NDArray[np.object_]
LIVING = (
    (UNEMPLOYED, "out of work"),
    (COVERED, "on benefit"),
    (ILL, "ill"),
    (PAY_CUT, "pay cut"),
    (LOWER_PAY, "lower pay"),
    (DISABLED, "unfit for work"),
    (UNWILLING, "unwilling"),
)
TRIED = (
    (TRIED_REMINDER, "reminder"),
    (TRIED_CALL, "call"),
    (TRIED_PROMISE, "promise"),
    (TRIED_FIELD, "field or legal"),
    (TRIED_RELIEF, "relief"),
)


def causes_frame(panel: Panel, scenario: Scenario) -> pd.DataFrame:
    """The defaults of the span, one row each, in the order of months, products and borrowers.

    Money in currency units; `savings_months` and `debt_service` against usual income, at the first missed payment (at
    the default where none was missed); `before_NAME` months from the last time a cause struck to that payment, -32768
    where it never did. `seen` says how much of the twelve months before it lies in the run: whole, part, or none
    (a tape's account that was behind already: what led to it is not known).
    """
    import pandas as pd

    table = panel.defaults.table()
    order = np.lexsort((table["borrower"], table["product"], table["month"]))
    told: dict[str, Any] = {name: np.asarray(column)[..., order] for name, column in table.items()}
    causes, clock, size = panel.defaults.causes, panel.clock, order.size
    missed = told["began"] != NEVER
    first = np.where(missed, told["began"], told["month"])
    income = np.maximum(told["income"], 1)
    story = Story(
        first,
        told["before"],
        told["last"],
        told["living"],
        told["living_now"],
        (told["strained"] != 0) | (told["bankrupt"] != 0),
        first >= -clock.warm_up,
        told["service"] / income,
        dearer(panel, told, first),
        told["traits"],
    )
    kinds: dict[str, str] = {name: shock.kind for name, shock in scenario.world.shocks.items()}
    main = main_cause(story, causes, kinds)
    columns: dict[str, Any] = {
        "borrower": told["borrower"],
        "product": np.array(panel.products, dtype=object)[told["product"]],
        **_segments(panel, told["segment"]),
        "month": pd.to_datetime([clock.month_end_date(int(month)) for month in told["month"]]),
        "opened": _dates(panel, told["opened"], np.ones(size, np.bool_)),
        "first_missed": _dates(panel, first, missed),
        "oldest_unpaid": _dates(panel, told["oldest"], told["oldest"] != NEVER),
        "months_to_default": (told["month"] - first).astype(np.int16),
        "bankrupt": told["bankrupt"] != 0,
        "balance": told["balance"] / 100.0,
        "penalty_and_fees": told["cost"] / 100.0,
        "savings_months": told["buffer"] / income,
        "money_failed": story.strained,
        "living": words_of(told["living"], LIVING),
        "debt_service": story.debt_service,
        "dearer": story.dearer,
        "literacy": told["literacy"] / 255.0,
        "misread": (told["traits"] & int(MISREAD)) != 0,
        "tried": words_of(told["tried"], TRIED),
    }
    for number, name in enumerate(causes):
        struck = told["before"][number] != NEVER
        since = np.where(struck, first - told["before"][number], NEVER)
        columns[f"before_{name}"] = since.astype(np.int16)
    columns["struck_since"] = _struck_since(causes, told, first)
    columns["seen"] = _seen(first, -clock.warm_up)
    columns["main_cause"] = main
    columns["chain"] = chain(panel, told, first, missed, main)
    return pd.DataFrame(columns)


def dearer(panel: Panel, told: dict[str, Any], first: Whole) -> npt.NDArray[np.float64]:
    """What prices less wages, and the rates that float, took at the first missed payment; share of usual income."""
    rows = first + panel.clock.warm_up
    weather = panel.weather[np.clip(rows, 0, len(panel.weather) - 1)]
    prices, wages, rate = weather.T
    income = np.maximum(told["income"], 1)
    took = told["essential"] * (prices - 1.0) - income * (wages - 1.0) + told["floating"] * rate / 12.0
    return np.where(rows >= 0, took / income, 0.0)


def words_of(bits: Whole, names: tuple[tuple[Any, str], ...]) -> Words:
    """The names of the bits that are set, with commas between; shape as given."""
    found = np.full(bits.size, "", dtype=object)
    for bit, name in names:
        has = (bits & int(bit)) != 0
        found[has] = np.where(found[has] == "", name, found[has] + ", " + name)
    return found


def _segments(panel: Panel, segment: Whole) -> dict[str, Words]:
    """The labels of each cut of the book, from the mixed-radix segment."""
    found: dict[str, Words] = {}
    rest = segment
    for cut in reversed(panel.cuts):
        labels = np.array(panel.labels[cut], dtype=object)
        rest, code = np.divmod(rest, labels.size)
        found[cut] = labels[code]
    return dict(reversed(found.items()))


def _dates(panel: Panel, months: Whole, known: npt.NDArray[np.bool_]) -> Any:
    """The first days of months, not a time where unknown."""
    start = panel.clock.start
    base = np.datetime64(f"{start.year:04d}-{start.month:02d}", "M")
    dates = (base + np.where(known, months, 0)).astype("datetime64[ns]")
    dates[~known] = np.datetime64("NaT")
    return dates


def _struck_since(causes: tuple[str, ...], told: dict[str, Any], first: Whole) -> Words:
    """What struck between the first missed payment and the default."""
    found = np.full(first.size, "", dtype=object)
    for number, name in enumerate(causes):
        has = told["last"][number] > first
        found[has] = np.where(found[has] == "", said(name), found[has] + ", " + said(name))
    return found


def _seen(first: Whole, begin: int) -> Words:
    whole, part = first - RECENT >= begin, first >= begin
    return np.where(whole, "whole", np.where(part, "part", "none")).astype(object)


def said(name: str) -> str:
    """A cause in words."""
    return name.replace("_", " ")


def chain(panel: Panel, told: dict[str, Any], first: Whole, missed: npt.NDArray[np.bool_], main: Words) -> Words:
    """The story of each default on one line: blows in their order, savings, the first missed payment, the default."""
    causes, clock = panel.defaults.causes, panel.clock
    earliest = int(min(told["before"][told["before"] != NEVER].min(initial=0), first.min(initial=0)))
    months = range(earliest, clock.months)
    names = np.array([f"{clock.month_date(month):%b %Y}" for month in months], dtype=object)

    def when(month: Whole) -> Words:
        return np.asarray(names[np.clip(month - earliest, 0, names.size - 1)])

    text = np.full(first.size, "", dtype=object)
    if causes:
        since = first - told["before"]
        recent = (since >= 0) & (since <= RECENT)
        order = np.argsort(np.where(recent, told["before"], 1 << 40), axis=0, kind="stable")
        labels = np.array([said(name) for name in causes], dtype=object)
        for place in order:
            month = np.take_along_axis(told["before"], place[None], axis=0)[0]
            there = np.take_along_axis(recent, place[None], axis=0)[0]
            text[there] += labels[place[there]] + " " + when(month[there]) + " > "
    if JOB_LOSS in causes:  # who lost the job earlier, or came into the book without one
        lately = recent[causes.index(JOB_LOSS)]
        text[((told["living"] & int(UNEMPLOYED)) != 0) & ~lately] += "out of work > "
    for bit, words in ((LOWER_PAY, "lower pay"), (DISABLED, "unfit for work")):
        text[(told["living"] & int(bit)) != 0] += words + " > "
    forgot = main == FORGETTING
    text[forgot] += "a due date forgotten > "
    shares = np.round(told["buffer"] / np.maximum(told["income"], 1), 1) + 0.0
    savings = np.array([f"{share:.1f}" for share in shares], dtype=object)
    text += "savings " + savings + " months > "
    text += np.where(missed, "first missed " + when(first), "no payment missed") + " > "
    return np.asarray(text + np.where(told["bankrupt"] != 0, "written off ", "default ") + when(told["month"]))
