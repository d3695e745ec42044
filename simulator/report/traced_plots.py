"""The picture of a life: what happened above; income, savings, bills, debt, days late and score below, by date."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from simulator.report.drawing import GREY, INK, Picture, dated, drawn, worded
from simulator.trace import Beside, Life, events_of, life_frame, spans_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

OTHER, HARM = "#c07a3e", "#b4532a"
COLOURS = (INK, OTHER)
SHADES = (0.75, 0.35, 0.15)  # of what is paid, by product
MARKER = {"blow": "v", "work": "^", "desk": "|", "default": "X", "relief": "o"}
ROW = 0.19  # inches for a row of what happened
PANELS = (
    ("income received", "{} a cycle", 1.05),
    ("savings after the payments", "{}", 1.05),
    ("bills and payments", "{}", 1.35),
    ("owed at the month's end", "{}", 1.05),
    ("days late at the month's end", "days", 1.05),
    ("credit score", "points", 0.75),
)


def picture_of(found: Beside) -> Picture:
    """The whole life, or both on the same axes."""
    title = "The life by date"
    caption = (
        "Above, what happened: bars for what lasted, marks for what struck (in the month up to the due date) and for "
        "calls and letters of the lender, crosses for default and write-off. Below, point by point on the due dates: "
        "income received in the cycle, savings after the payments, what was asked to owe nothing overdue (steps) and "
        "what was paid (bars, by product); what was owed and the days late at the month's end; and the score. Shaded "
        "behind them are the times of the dark bars above."
    )
    if found.other is not None:
        caption += (
            f" Dark: {worded(found.life.scenario.name)}. Light, dashed: {worded(found.other.scenario.name)}, the same "
            "person with the same luck."
        )
    rows = [row for number, life in enumerate(found.lives) for row in _happened(life, number)]
    heights = [max(len(rows), 1) * ROW + 0.15, *(height for _, _, height in PANELS)]

    def draw(figure: Figure) -> None:
        plots = figure.subplots(len(heights), 1, sharex=True, height_ratios=heights)
        _lanes(plots[0], rows, found)
        currency = found.life.scenario.lender.currency
        for axes, (name, unit, _) in zip(plots[1:], PANELS, strict=True):
            axes.set_title(name)
            axes.set_ylabel(unit.format(currency))
            axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
            axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}".replace("-", "−")))
        for number, life in enumerate(found.lives):
            _lines(plots[1:], life, number, len(found.lives))
        _guides(plots[5])
        _shaded(plots[1:], found.life)
        products = len(found.life.setting.products)
        if products > 1:
            place: dict[str, Any] = {"loc": "lower right", "bbox_to_anchor": (1.0, 0.97), "borderaxespad": 0.0}
            plots[3].legend(ncols=products, handlelength=1.0, **place)
        first = max((life.setting.clock for life in found.lives), key=lambda clock: clock.months)
        months = pd.Series(pd.date_range(first.start, periods=first.months, freq="MS"))
        dated(plots[-1], months)
        plots[0].tick_params(axis="x", length=0)
        plots[-1].set_xlim(_place(first.start) - 5, _place(first.month_end_date(first.months - 1)) + 5)
        figure.align_ylabels(plots[1:])

    return Picture("life", title, caption, drawn("life", draw, sum(heights) + 0.38 * len(heights) + 0.3))


def _place(date: dt.date) -> float:
    """A date on the axis: days since 1970."""
    return float((date - dt.date(1970, 1, 1)).days)


def _happened(life: Life, number: int) -> list[tuple[str, str, int, list[tuple[float, float]]]]:
    """Rows of what happened: label, kind, number of the life, and (from, to) of each bar; marks have no length."""
    rows: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for span in spans_of(life):
        at = (_place(life.date(span.first)), _place(life.date(span.last)))
        rows.setdefault((worded(span.what), span.kind), []).append((at[0], max(at[1], at[0] + 8)))
    start = life.setting.clock.month_start(0)
    for event in events_of(life):
        label = {"desk": "lender calls or writes", "default": "default, write-off"}.get(event.kind, event.what)
        if event.kind in ("blow", "desk", "default") and event.day >= start:
            rows.setdefault((worded(label), event.kind), []).append((_place(life.date(event.day)),) * 2)
    order = ("blow", "relief", "desk", "default")
    return [
        (label, kind, number, bars)
        for (label, kind), bars in sorted(rows.items(), key=lambda row: (order.index(row[0][1]), row[1][0]))
    ]


def _lanes(axes: Axes, rows: list[tuple[str, str, int, list[tuple[float, float]]]], found: Beside) -> None:
    for place, (_, kind, number, bars) in enumerate(rows):
        colour = HARM if kind == "default" else COLOURS[number]
        for first, last in bars:
            if last > first:
                alpha = 0.45 if kind == "relief" else 1.0
                axes.barh(place, last - first, 0.55, left=first, color=colour, lw=0, alpha=alpha)
            else:
                axes.plot([first], [place], MARKER.get(kind, "o"), color=colour, ms=5, mew=1.2)
    axes.set_yticks(range(len(rows)), [label for label, *_ in rows], fontsize=8)
    for text, (_, _, number, _) in zip(axes.get_yticklabels(), rows, strict=True):
        text.set_color(COLOURS[number])
    axes.set_ylim(max(len(rows), 1) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=True, axis="x")
    axes.spines["left"].set_visible(False)
    names = [worded(life.scenario.name) for life in found.lives]
    axes.set_title("what happened" + (f": {names[0]} dark, {names[1]} light" if len(names) > 1 else ""))


def _lines(plots: Any, life: Life, number: int, lives: int) -> None:
    """The curves of one life."""
    frame = life_frame(life)
    products = tuple(life.setting.products)
    at = [_place(date) for date in frame["due_date"]]
    style: dict[str, Any] = {"color": COLOURS[number], "ls": "--" if number else "-", "lw": 1.5}
    income, savings, bills, owed, late, score = plots
    income.plot(at, frame["received"], **style)
    savings.plot(at, frame["savings"], **style)
    savings.axhline(0, color=GREY, lw=0.7)
    asked, balance = (sum(frame[f"{name}_{what}"] for name in products) for what in ("asked", "balance"))
    bills.step(at, asked, where="mid", **{**style, "lw": 1.1})
    wide = 18 / lives
    places, base = [x + (number - (lives - 1) / 2) * wide for x in at], pd.Series(0.0, frame.index)
    for shade, name in enumerate(products):
        paid = frame[f"{name}_paid"]
        look: dict[str, Any] = {"color": COLOURS[number], "alpha": SHADES[shade % len(SHADES)], "lw": 0}
        bills.bar(places, paid, wide, bottom=base, label=None if number else f"paid on {worded(name)}", **look)
        base = base + paid
    ends = [_place(date) for date in frame["month"]]
    owed.plot(ends, balance, **style)
    late.step(ends, frame[[f"{name}_days_late" for name in products]].max(axis=1), where="pre", **style)
    score.plot(at, frame["score"], **style)
    for axes in (income, bills, owed, late):
        axes.set_ylim(0, max(1.0, 1.08 * axes.dataLim.y1))


def _shaded(plots: Any, life: Life) -> None:
    """The times of trouble behind every panel."""
    for span in spans_of(life):
        if span.kind == "blow":
            first, last = _place(life.date(span.first)), _place(life.date(span.last))
            for axes in plots:
                axes.axvspan(first, max(last, first + 8), color=INK, alpha=0.05, lw=0, zorder=0)


def _guides(axes: Axes) -> None:
    """Thirty and ninety days, where the lateness comes that far."""
    for days in (30, 90):
        if axes.get_ylim()[1] >= days:
            axes.axhline(days, color=GREY, lw=0.8, ls=":")
