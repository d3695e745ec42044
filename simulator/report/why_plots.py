"""The pictures of the causes: over time, by cause with savings, what vanishes without each, where two were needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from simulator.causes import AFTER, UNKNOWN, by_quarter, cause_shares
from simulator.report.drawing import GREY, INK, Picture, drawn, percent, worded

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

COLOURS = ("#24384f", "#c9803f", "#6f93b7", "#7d9a5c", "#9c6a8d", "#d9b65a", "#4f8f8b", "#b4564c")
OTHERS, REST = "other causes", "#c8ced5"
MOST = len(COLOURS)  # causes that are told apart; smaller ones are drawn as one


def coloured(causes: pd.DataFrame) -> dict[str, str]:
    """A colour for each main cause, the same in every picture; the smallest share one, and what is left is grey."""
    names = [str(name) for name in cause_shares(causes)["main_cause"] if name not in (AFTER, UNKNOWN)]
    return {**dict(zip(names[:MOST], COLOURS, strict=False)), AFTER: "#e3e7eb", UNKNOWN: "#f3f4f6", OTHERS: REST}


def over_time(causes: pd.DataFrame) -> Picture:
    """The share of each main cause in the defaults of each quarter."""
    name, title = "why-time", "Main causes over time"
    counts = causes.groupby(causes["month"].dt.to_period("Q")).size()
    caption = (
        "Each bar is the defaults of one quarter, divided by their main cause; the number above it says how many they "
        "are. A band that widens is a cause that brings more of the defaults than before."
    )
    shares, colours = by_quarter(causes), coloured(causes)
    known = [column for column in shares.columns if column in colours]
    drawn_shares = shares[known].copy()
    if len(known) < len(shares.columns):
        drawn_shares[OTHERS] = shares.drop(columns=known).sum(axis=1)

    def draw(figure: Figure) -> None:
        axes, places = figure.add_subplot(), np.arange(len(shares))
        base = np.zeros(len(shares))
        for column in drawn_shares.columns:
            height = 100 * drawn_shares[column].to_numpy()
            axes.bar(places, height, 0.86, bottom=base, color=colours[column], edgecolor="white", linewidth=0.5)
            base = base + height
        for place, period in enumerate(shares.index):
            if len(shares) <= 24 and int(counts.get(period, 0)):
                axes.text(place, 101, f"{int(counts[period]):,}", ha="center", va="bottom", fontsize=7.5, color=GREY)
        _labels_beside(axes, drawn_shares, colours, len(shares) - 0.45)
        step = 1 if len(shares) <= 10 else 2 if len(shares) <= 20 else 4
        axes.set_xticks(places[::step], [f"Q{period.quarter}\n{period.year}" for period in shares.index[::step]])
        axes.set_ylim(0, 107)
        axes.set_xlim(-0.6, len(shares) - 0.4)
        axes.set_ylabel("defaults of the quarter,\n% by main cause")
        percent(axes)
        axes.set_yticks([0, 25, 50, 75, 100])

    return Picture(name, title, caption, drawn(name, draw, 3.0))


def _labels_beside(axes: Axes, shares: pd.DataFrame, colours: dict[str, str], x: float) -> None:
    """The name of each band beside the last bar, moved apart where bands are thin."""
    last = 100 * shares.iloc[-1].to_numpy()
    middle = np.cumsum(last) - last / 2
    least = 6.6  # percent of the height that one line of text takes
    places = middle.copy()
    for number in range(1, places.size):
        places[number] = max(places[number], places[number - 1] + least)
    top = max(104.0 - least / 2, least * (places.size - 0.5))
    for number in range(places.size - 1, -1, -1):
        limit = top if number == places.size - 1 else places[number + 1] - least
        places[number] = min(places[number], limit)
    for column, place, at in zip(shares.columns, places, middle, strict=True):
        axes.plot([x, x + 0.012 * len(shares)], [at, place], color=GREY, lw=0.6, clip_on=False)
        style: Any = {"facecolor": colours[column], "edgecolor": GREY, "linewidth": 0.4}
        axes.annotate(
            worded(column),
            (x, place),
            xytext=(14, 0),
            textcoords="offset points",
            va="center",
            annotation_clip=False,
            fontsize=8.5,
        )
        axes.annotate(
            "  ", (x, place), xytext=(6, 0), textcoords="offset points", va="center", annotation_clip=False,
            fontsize=5, bbox={"boxstyle": "square,pad=0.15", **style},
        )  # fmt: skip


def by_cause(causes: pd.DataFrame) -> Picture:
    """Shares of the main causes with counts, and what was in hand at the first missed payment."""
    name, title = "why-shares", "Main causes of the span, and savings when the first payment was missed"
    caption = (
        "Left: the share of all defaults of the span with each main cause, and how many they are; the shares add to "
        "100%. Right: savings at the first missed payment in months of income; the line reaches from the lower to the "
        "upper quartile, the dot is the median. Below nought are bills left unpaid elsewhere."
    )
    shares, colours = cause_shares(causes), coloured(causes)
    held = causes.groupby("main_cause")["savings_months"].quantile(np.array([0.25, 0.5, 0.75])).unstack()

    def draw(figure: Figure) -> None:
        left, right = figure.subplots(1, 2, sharey=True, width_ratios=(3, 2))
        places, share = np.arange(len(shares)), 100 * shares["share"].to_numpy()
        names = [str(cause) for cause in shares["main_cause"]]
        left.barh(places, share, 0.7, color=[colours.get(cause, REST) for cause in names])
        for place, size, count in zip(places, share, shares["defaults"], strict=True):
            left.text(size + share.max() * 0.015, place, f"{size:.1f}% ({count:,})", va="center")
        left.set_yticks(places, [worded(cause) for cause in names])
        left.set_xlim(0, share.max() * 1.32)
        left.set_xlabel("% of defaults (number)")
        percent(left, "x")
        low, middle, high = held.loc[names].to_numpy().T
        right.hlines(places, low, high, color="#8ba3ba", lw=4)
        right.plot(middle, places, "o", color=INK, ms=4.5)
        right.axvline(0, color=GREY, lw=0.8)
        right.set_xlabel("savings, months of income")
        right.xaxis.set_major_locator(MaxNLocator(5))
        for axes in (left, right):
            axes.grid(visible=False)
            axes.tick_params(axis="y", length=0)
        right.spines["left"].set_visible(False)
        left.invert_yaxis()

    return Picture(name, title, caption, drawn(name, draw, 0.75 + 0.27 * len(shares)))


def vanished(table: pd.DataFrame) -> Picture:
    """How many defaults vanish without each cause, and how many only without it."""
    name, title = "why-vanished", "Defaults that vanish when a cause is switched off"
    caption = (
        "The whole bar is the share of defaults that do not happen when the span is lived again without the cause; its "
        "dark part vanishes in no other rerun. The number of defaults is beside it, with those that appear instead."
    )
    rows = table.sort_values("vanished", ascending=False, kind="stable")

    def draw(figure: Figure) -> None:
        axes, places = figure.add_subplot(), np.arange(len(rows))
        whole = 100 * rows["vanished"].to_numpy() / np.maximum(rows["defaults"].to_numpy(), 1)
        alone = 100 * rows["alone"].to_numpy() / np.maximum(rows["defaults"].to_numpy(), 1)
        top = max(float(whole.max()), 1e-9)
        axes.barh(places, whole, 0.7, color="#a9bccf", label="vanishes in other reruns too")
        axes.barh(places, alone, 0.7, color="#24384f", label="vanishes in no other rerun")
        for place, (size, count, more) in enumerate(zip(whole, rows["vanished"], rows["appeared"], strict=True)):
            text = f"{size:.1f}% ({count:,}{f', {more:,} appear' if more else ''})"
            axes.text(size + top * 0.012, place, text, va="center")
        axes.set_yticks(places, [worded(str(what)) for what in rows["what"]])
        axes.set_xlim(0, top * 1.42)
        axes.set_xlabel("% of the defaults of the span")
        axes.grid(visible=False)
        axes.tick_params(axis="y", length=0)
        axes.invert_yaxis()
        percent(axes, "x")
        figure.legend(loc="outside upper left", ncols=2)

    return Picture(name, title, caption, drawn(name, draw, 0.95 + 0.27 * len(rows)))


def overlap(table: pd.DataFrame) -> Picture:
    """For each pair of causes, how many defaults needed both."""
    name, title = "why-overlap", "Defaults that needed two causes"
    caption = (
        "How many defaults vanish without the cause of the row and also without the cause of the column: both were "
        "needed. On the diagonal stand all that vanish without the cause. The darker, the larger a part of the row."
    )
    kept = table[table["vanished"] > 0].sort_values("vanished", ascending=False, kind="stable")
    if len(kept) < 2:
        return Picture(name, title, caption, nothing="Fewer than two causes made any default vanish.")
    names = [str(cause) for cause in kept["cause"]]
    counts = kept[[f"both_{cause}" for cause in names]].to_numpy()

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        shares = counts / counts.diagonal()[:, None]
        axes.grid(visible=False)
        axes.pcolormesh(shares, cmap="Blues", vmin=0, vmax=1.2, edgecolors="white", linewidth=1)
        for (row, column), count in np.ndenumerate(counts):
            if count:
                colour = "white" if shares[row, column] > 0.55 else INK
                axes.text(column + 0.5, row + 0.5, f"{count:,}", ha="center", va="center", color=colour)
        words = [worded(cause) for cause in names]
        axes.set_xticks(
            np.arange(len(names)) + 0.5,
            [word.replace(" ", "\n") for word in words],
            fontsize=8 if len(names) < 8 else 7,
        )
        axes.set_yticks(np.arange(len(names)) + 0.5, words)
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        axes.invert_yaxis()

    return Picture(name, title, caption, drawn(name, draw, 0.9 + 0.28 * len(names)))
