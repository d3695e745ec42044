"""The pictures of a sweep: a tornado for each figure, a heat map of two keys, and a curve for each key."""

from __future__ import annotations

import itertools
import math
import textwrap
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from simulator.report.drawing import GREY, INK, Picture, drawn, percent
from simulator.sweeps import Effect, Key, short_names, shown_value

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from simulator.metrics import Metric
    from simulator.sweeps import Sweep

Floats = npt.NDArray[np.float64]
LOW_SHADE, HIGH_SHADE = "#a9bccf", "#24384f"
HEAT = LinearSegmentedColormap.from_list("heat", ["#f2f5f8", "#a9bccf", "#5b7fa3", "#24384f"])
BINS = 5
MOST_KEYS, MOST_CELLS = 12, 12
WRAP = 26


def unit_of(metric: Metric, largest: float, currency: str) -> tuple[float, str]:
    """What to divide a figure by for an axis, and the axis's label."""
    if metric.unit.startswith("share"):
        return 0.01, f"{metric.label}, % {metric.unit.removeprefix('share ')}"
    if metric.unit == "currency":
        for bound, divisor, words in (
            (2e9, 1e9, "billions of "),
            (2e6, 1e6, "millions of "),
            (1e4, 1e3, "thousands of "),
        ):
            if abs(largest) >= bound:
                return divisor, f"{metric.label}, {words}{currency}"
        return 1.0, f"{metric.label}, {currency}"
    return 1.0, f"{metric.label}, {metric.unit}"


def tornado(found: Sweep, metric: Metric) -> Picture:
    """Each key a bar from the figure at its low end to that at its high end, the widest on top."""
    name, title = f"tornado-{metric.name.replace('_', '-')}", f"What moves it: {metric.label.lower()}"
    middle = "the scenario as it stands" if found.design.kind == "one-at-a-time" else "the mean of all points"
    caption = (
        f"Each key from its low end (light) to its high end (dark), the values beside the bars; the upright line is "
        f"{middle}. The thin lines are 95% intervals of the difference from it"
        + ("; one that leaves the picture goes on." if len(found.seeds) > 1 else ", where they are known.")
    )
    effects = [one for one in found.effects[metric.name] if not math.isnan(one.swing.value)]
    if not effects:
        return Picture(name, title, caption, nothing="The figure cannot be formed in every point.")
    shown, names = effects[:MOST_KEYS], short_names(found.design.keys)
    if len(effects) > len(shown):
        caption += f" The {len(shown)} widest of {len(effects)} keys."
    ends = [one.reference + end.difference.value for one in shown for end in (one.first, one.last)]
    divisor, label = unit_of(metric, max(map(abs, ends)), found.scenario.lender.currency)

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        reference = shown[0].reference / divisor
        room = _room(np.array(ends) / divisor, reference)
        for row, one in enumerate(shown):
            _bar(axes, row, one, divisor, room)
        axes.axvline(reference, color=INK, lw=1.0)
        axes.set_yticks(range(len(shown)), ["\n".join(textwrap.wrap(names[one.key.path], WRAP)) for one in shown])
        axes.set_ylim(len(shown) - 0.4, -0.6)
        _narrow(axes, room)
        _numbers(axes, metric, "x")
        axes.grid(visible=True, axis="x")
        axes.grid(visible=False, axis="y")
        axes.tick_params(axis="y", length=0)
        axes.set_xlabel(label)

    return Picture(name, title, caption, drawn(name, draw, 0.9 + 0.5 * len(shown)))


def _bar(axes: Axes, row: int, one: Effect, divisor: float, room: tuple[float, float]) -> None:
    """One key: two bars from the reference, the longer below, values at their ends, and the intervals."""
    ends = [(one.first, LOW_SHADE, -1), (one.last, HIGH_SHADE, 1)]
    same_side = one.first.difference.value * one.last.difference.value > 0
    for end, shade, _ in sorted(ends, key=lambda each: -abs(each[0].difference.value)):
        axes.barh(row, end.difference.value / divisor, 0.5, one.reference / divisor, color=shade, edgecolor="white")
    outer = max(ends, key=lambda each: abs(each[0].difference.value))[0]
    for end, shade, usual in ends:
        there = end.difference
        at = (one.reference + there.value) / divisor
        reach = [0.0, 0.0]
        if not math.isnan(there.low):
            reach = [(there.value - there.low) / divisor, (there.high - there.value) / divisor]
            axes.errorbar(
                at, row + 0.09 * usual, xerr=[[reach[0]], [reach[1]]], color="#b4532a", elinewidth=1.1, capsize=2.5
            )
        away = 1 if there.value > 0 else -1 if there.value < 0 else usual
        inside = same_side and end is not outer
        text = shown_value(end.value)
        shift = min(reach[1], room[1] - at) if away > 0 else -min(reach[0], at - room[0])
        axes.annotate(
            text if len(text) <= WRAP else f"{text[:WRAP]}...",
            (at + (0 if inside else shift), row + (0.42 if inside else 0.0)),
            (0 if inside else 4 * away, 0),
            textcoords="offset points", va="center", ha="center" if inside else "left" if away > 0 else "right",
            color=GREY if shade == LOW_SHADE else INK, fontsize=8, annotation_clip=True,
        )  # fmt: skip


def _room(ends: Floats, reference: float) -> tuple[float, float]:
    """How far intervals are drawn: so far that they do not squeeze the bars."""
    low, high = min(float(ends.min()), reference), max(float(ends.max()), reference)
    wide = (high - low) or abs(reference) or 1.0
    return low - 0.6 * wide, high + 0.6 * wide


def _narrow(axes: Axes, room: tuple[float, float]) -> None:
    """Room for bars, intervals, and the values beside them."""
    low, high = axes.get_xlim()
    beside = 0.09 * (min(high, room[1]) - max(low, room[0]))
    axes.set_xlim(max(low, room[0]) - beside, min(high, room[1]) + beside)


def _numbers(axes: Axes, metric: Metric, which: str) -> None:
    if metric.unit.startswith("share"):
        percent(axes, which)
    else:
        axis = axes.xaxis if which == "x" else axes.yaxis
        axis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}".replace("-", "−")))


# The heat map --------------------------------------------------------------------------------------------


def heat_map(found: Sweep, metric: Metric) -> Picture | None:
    """The figure over two keys: those that move it most, or the only two; None where no two vary together."""
    name, title = "heat-map", f"Two keys together: {metric.label.lower()}"
    if found.design.kind == "one-at-a-time" or len(found.design.keys) < 2:
        return None
    pair = [one.key for one in found.effects[metric.name][:2]]
    across, up = (key for key in found.design.keys if key in pair)
    cells, right, upward = _cells(found, metric, across, up)
    if np.isnan(cells).all() or max(cells.shape) > MOST_CELLS:
        why = "The figure cannot be formed." if np.isnan(cells).all() else f"More than {MOST_CELLS} values of a key."
        return Picture(name, title, "", nothing=why)
    names = short_names(found.design.keys)
    others = len(found.design.keys) - 2
    divisor, label = unit_of(metric, float(np.nanmax(np.abs(cells))), found.scenario.lender.currency)
    caption = "Each cell is the mean over the seeds" + (" and over the values of the other keys." if others else ".")
    if found.design.fills:
        caption = (
            f"Each cell is the mean of the points in it, each axis cut in {BINS}; a cell without a number is empty."
        )

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        shown = np.ma.masked_invalid(cells / divisor)
        picture = axes.imshow(shown, cmap=HEAT, origin="lower", aspect="auto")
        axes.grid(visible=False)
        middle = (float(shown.min()) + float(shown.max())) / 2
        written = _writer(metric, float(shown.max() - shown.min()), float(np.abs(shown).max()))
        for (row, column), value in np.ndenumerate(shown.filled(np.nan)):
            if not math.isnan(value):
                shade = "white" if value > middle else INK
                axes.text(column, row, written(value), ha="center", va="center", color=shade, fontsize=8.5)
        axes.set_xticks(range(len(right)), right)
        axes.set_yticks(range(len(upward)), upward)
        axes.set_xlabel(axis_label(across, names))
        axes.set_ylabel(axis_label(up, names))
        axes.tick_params(length=0)
        bar = figure.colorbar(picture, ax=axes, label="\n".join(textwrap.wrap(label, 34)), shrink=0.9)
        bar.outline.set_visible(False)

    return Picture(name, title, caption, drawn(name, draw, 1.4 + 0.42 * max(cells.shape[0], 4)))


def axis_label(key: Key, names: dict[str, str]) -> str:
    """The key's short name with its unit."""
    return f"{names[key.path]}, {key.unit}" if key.unit else names[key.path]


def _writer(metric: Metric, spread: float, largest: float) -> Callable[[float], str]:
    """How a cell's value is written: so many decimals that neighbours differ."""
    decimals = 1 if spread <= 0 else min(max(1 - math.floor(math.log10(spread)), 0), 4)
    if largest >= 100:
        decimals = min(decimals, 1)
    sign = "%" if metric.unit.startswith("share") else ""
    return lambda value: f"{value:,.{decimals}f}{sign}".replace("-", "−")


def _cells(found: Sweep, metric: Metric, across: Key, up: Key) -> tuple[Floats, list[str], list[str]]:
    """The mean in every cell, shape (up, across), and the labels of both axes."""
    means = found.figures[metric.name].mean(axis=1)
    columns, right = _places(found, across)
    rows, upward = _places(found, up)
    cells = np.full((len(upward), len(right)), np.nan)
    for row, column in {(int(a), int(b)) for a, b in zip(rows, columns, strict=True)}:
        cells[row, column] = means[(rows == row) & (columns == column)].mean()
    return cells, right, upward


def _places(found: Sweep, key: Key) -> tuple[npt.NDArray[np.int64], list[str]]:
    """In which place along an axis each point stands, and the labels of the places."""
    there = found.design.column(key)
    if found.design.fills and key.is_number and (key.is_range or len(key.values) > BINS):
        place = np.minimum((np.array([key.place(value) for value in there]) * BINS).astype(np.int64), BINS - 1)
        edges = [key.low + (key.high - key.low) * number / BINS for number in range(BINS + 1)]
        return place, [f"{low:,.4g} to {high:,.4g}" for low, high in itertools.pairwise(edges)]
    known: list[Any] = []
    for value in there if key.is_range else key.values:
        if value not in known:
            known.append(value)
    known = sorted(known) if key.is_number else known
    labels = ["\n".join(textwrap.wrap(shown_value(value), 18)) for value in known]
    return np.array([known.index(value) for value in there], np.int64), labels


# The curves ----------------------------------------------------------------------------------------------


def curves(found: Sweep, metric: Metric) -> Picture:
    """How the figure goes along each key."""
    name, title = "curves", f"Along each key: {metric.label.lower()}"
    if found.design.fills:
        caption = (
            "Small dots are the points (means over the seeds) without what the fitted plane says of the other keys; "
        )
        caption += "the line joins their means in each fifth of a range, with 95% intervals."
    else:
        caption = "Means over the seeds; the bars are 95% intervals of the difference from the reference (dashed line)."
    effects = [one for one in found.effects[metric.name] if one.curve][:MOST_KEYS]
    names = short_names(found.design.keys)
    levels = [abs(at.level.value) for one in effects for at in one.curve if not math.isnan(at.level.value)]
    if not levels:
        return Picture(name, title, caption, nothing="The figure cannot be formed.")
    divisor, label = unit_of(metric, max(levels), found.scenario.lender.currency)
    columns = min(3, len(effects))
    rows = -(-len(effects) // columns)

    def draw(figure: Figure) -> None:
        grid = figure.subplots(rows, columns, sharey=True, squeeze=False)
        for place, axes in enumerate(grid.flat):
            if place >= len(effects):
                axes.set_visible(False)
                continue
            _curve(axes, found, metric, effects[place], divisor)
            axes.set_xlabel("\n".join(textwrap.wrap(axis_label(effects[place].key, names), 30)))
            _numbers(axes, metric, "y")
        figure.supylabel("\n".join(textwrap.wrap(label, 40)), fontsize=9)

    return Picture(name, title, caption, drawn(name, draw, 0.5 + 2.1 * rows))


def _curve(axes: Axes, found: Sweep, metric: Metric, one: Effect, divisor: float) -> None:
    key = one.key
    if found.design.fills:
        means = np.array(one.dots or found.figures[metric.name].mean(axis=1)) / divisor
        there = found.design.column(key)
        across = there if key.is_number else [key.values.index(value) for value in there]
        axes.plot(across, means, ".", color="#b7c3cf", ms=3.5)
    else:
        axes.axhline(one.reference / divisor, color=GREY, lw=0.9, ls="--")
    places = [at.value if key.is_number else key.values.index(at.value) for at in one.curve]
    heights = np.array([at.level.value for at in one.curve]) / divisor
    reach = np.array([at.difference.high - at.difference.value for at in one.curve]) / divisor
    style = "-" if key.is_number else ""
    axes.errorbar(
        places, heights, yerr=np.nan_to_num(reach), color=INK, ecolor="#b4532a", marker="o", ms=4, ls=style,
        elinewidth=1.1, capsize=2.5,
    )  # fmt: skip
    if not key.is_number:
        axes.set_xticks(range(len(key.values)), [shown_value(value)[:14] for value in key.values])
        axes.set_xlim(-0.5, len(key.values) - 0.5)
