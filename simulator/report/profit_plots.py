"""The picture of profit and loss: what came in and what went out, and the return on the book beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from simulator.metrics import average_balances, segment_rows
from simulator.report.drawing import GREY, INK, Picture, dated, drawn, mark, percent
from simulator.report.tables import scaled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# label, columns added up, shade, hatch; from nought outwards
EARNED = (
    ("interest", ("interest",), "#c3d3bd", ""),
    ("penalty and fees", ("penalty", "fees"), "#7f9c78", "////"),
    ("recoveries", ("recoveries",), "#e4ece1", "...."),
)
SPENT = (
    ("charged off, waived", ("charge_offs", "written_down"), "#3d5873", "////"),
    ("funding", ("funding_cost",), "#8aa3bb", ""),
    ("operating", ("operating_cost",), "#bccada", "...."),
    ("collecting, policies", ("collection_cost", "policy_cost"), "#dfe7ef", ""),
)
_PERIODS = ((72, "M", "a month"), (216, "Q", "a quarter"), (10_000, "Y", "a year"))


def profit_and_loss(panel: pd.DataFrame, unshocked: pd.DataFrame | None, currency: str) -> Picture:
    """Income and losses stacked by month (quarter, year in a long span), and the return on the book under them."""
    rows = segment_rows(panel)
    freq, words = next((freq, words) for most, freq, words in _PERIODS if len(rows) <= most)
    name, title = "profit", "Profit and loss, and the return on the book"
    if not rows["balance"].any():
        return Picture(name, title, "", nothing="Nothing was owed in the span, so nothing was earned.")
    beside = "; the dashed line is the same book unshocked" if unshocked is not None else ""
    caption = (
        "Above nought what the lender earned, below nought what it lost and spent; the heavy line is what is left, the "
        f"profit. The lower picture shows it as a yearly rate of the average balance{beside}. Interest comes in "
        "evenly, charge-offs in waves that follow arrears: read off when the lender earns nothing, and for how long."
    )
    table = _by_period(rows, freq)
    if freq != "M" and len(rows) % (3 if freq == "Q" else 12):
        caption += " A bar at the ends may hold fewer months than the others."
    base = None if unshocked is None else _by_period(segment_rows(unshocked), freq)

    def draw(figure: Figure) -> None:
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[2.1, 1.0])
        _stacks(upper, table, currency, words)
        _returns(lower, table, base)
        if len(rows) == 1:
            lower.set_xlim(table["date"].iloc[0] - 40, table["date"].iloc[0] + 40)
        dated(lower, rows["month"])
        upper.tick_params(labelbottom=False)
        handles, labels = (a + b for a, b in zip(*map(_labelled, (upper, lower)), strict=True))
        figure.legend(handles, labels, loc="outside upper left", ncols=4)

    return Picture(name, title, caption, drawn(name, draw, 4.3))


def _labelled(axes: Axes) -> tuple[list[Any], list[Any]]:
    handles, labels = axes.get_legend_handles_labels()
    return handles, labels


def _by_period(rows: pd.DataFrame, freq: str) -> pd.DataFrame:
    """Sums by period and the return a year on the average balance; `date` is the place on the axis, `days` the room."""
    period = pd.PeriodIndex(pd.to_datetime(rows["month"]), freq=freq)
    parts = sorted({column for _, columns, _, _ in (*EARNED, *SPENT) for column in columns})
    table = rows[[*parts, "profit"]].groupby(period).sum()
    months = rows["profit"].groupby(period).size()
    held = average_balances(rows).groupby(period).mean()
    table["return"] = 1200.0 * table["profit"] / months / held.where(held > 0)
    start = pd.PeriodIndex(table.index).start_time
    end = pd.PeriodIndex(table.index).end_time
    days = ((end - start).days + 1).to_numpy(float)
    table["date"] = (start - pd.Timestamp(0)).days.to_numpy(float) + np.where(days > 31, days / 2.0 - 15.0, 0.0)
    table["days"] = days
    return table


def _stacks(axes: Axes, table: pd.DataFrame, currency: str, words: str) -> None:
    unit, divisor, _ = scaled(float(table[["interest", "charge_offs"]].abs().to_numpy().max()), currency)
    for parts, sign in ((EARNED, 1.0), (SPENT, -1.0)):
        base = np.zeros(len(table))
        for label, columns, shade, hatch in parts:
            band = sign * table[list(columns)].sum(axis=1).to_numpy() / divisor
            if not band.any():
                continue
            style: dict[str, Any] = {"facecolor": shade, "hatch": hatch, "edgecolor": "#ffffff", "linewidth": 0.3}
            axes.bar(table["date"], band, 0.86 * table["days"], bottom=base, label=label, **style)
            base = base + band
    profit = table["profit"] / divisor
    axes.plot(table["date"], profit, color="#ffffff", lw=4.0, zorder=4)
    axes.plot(
        table["date"], profit, color=INK, lw=2.0, zorder=5, label="profit", marker=mark(len(table)), ms=5, mec="#ffffff"
    )
    axes.axhline(0.0, color=INK, lw=0.8, zorder=3)
    axes.yaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}".replace("-", "−")))
    axes.set_ylabel(f"{unit}\n{words}")


def _returns(axes: Axes, table: pd.DataFrame, base: pd.DataFrame | None) -> None:
    if base is not None:
        axes.plot(
            base["date"],
            base["return"],
            color=GREY,
            ls="--",
            lw=1.4,
            label="same book unshocked",
            marker=mark(len(base)),
            ms=4,
        )
    axes.plot(table["date"], table["return"], color=INK, lw=2.0, marker=mark(len(table)), ms=4)
    axes.axhline(0.0, color=INK, lw=0.8)
    axes.set_ylabel("return,\n% of balance\nper year")
    percent(axes)
