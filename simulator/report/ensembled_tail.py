"""The tail of an ensemble: how the loss is spread, value at risk and expected shortfall with their errors, and sources.

Money on the axes is in a unit that keeps its figures short; the same axis above is a share of the opening balance.
"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter

from simulator.report.drawing import GREY, INK, Picture, drawn, percent
from simulator.report.ensembled_numbers import SOURCE_WORDS, Numbers

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from simulator.ensemble.statistics import Estimated
    from simulator.report.ensembled_numbers import Headline

Floats = npt.NDArray[np.float64]
BAR, MEAN, TAIL = "#a9bccf", INK, "#b4532a"
PARTS = {  # of the variance: shade and hatch, to be told apart in grey
    "sampling": ("#dbe4ee", ""),
    "world": ("#24384f", ""),
    "parameters": ("#6885a3", "///"),
    "together": ("#f1f3f5", "...."),
}


def scale_of(largest: float) -> tuple[str, float]:
    """Words for money of this size and what to divide by."""
    for bound, divisor, word in ((2e9, 1e9, "billions"), (2e6, 1e6, "millions"), (2e4, 1e3, "thousands")):
        if largest >= bound:
            return f"{word} of ", divisor
    return "", 1.0


def tail(numbers: Numbers) -> Picture:
    """A histogram of the loss, under it each statistic with its 95% interval, beside it the chance of a larger loss."""
    name, title = "tail", "The tail: how large the loss may be"
    loss = numbers.loss
    caption = (
        "Net loss: charged off less recovered over the span. Below: mean, value at risk (VaR: that share of the runs "
        "loses no more), expected shortfall (ES: mean of the runs beyond), each with its 95% interval; open marks: so "
        "few runs cannot tell both its ends. Right: how many runs lose more, on a log scale."
    )
    if loss is None:
        return Picture(name, title, caption, nothing="Net loss cannot be formed in every run.")
    values, weights = numbers.found.flat(loss.metric.name), numbers.found.member_weights
    if np.ptp(values) == 0.0:
        size = "nought" if values[0] == 0.0 else f"{values[0]:,.2f} {numbers.found.scenario.lender.currency}"
        return Picture(name, title, caption, nothing=f"The net loss is {size} in every run: there is no tail.")
    words, divisor = scale_of(float(np.abs(values).max()))
    unit = f"net loss, {words}{numbers.found.scenario.lender.currency or 'currency units'}"

    def draw(figure: Figure) -> None:
        grid = figure.add_gridspec(2, 2, width_ratios=(2, 1), height_ratios=(1, 1))
        upper = figure.add_subplot(grid[0, 0])
        lower = figure.add_subplot(grid[1, 0], sharex=upper)
        right = figure.add_subplot(grid[:, 1])
        _histogram(upper, values / divisor, weights)
        _share_above(upper, numbers, divisor)
        _statistics(lower, loss, divisor)
        lower.set_xlabel(unit)
        _exceedance(right, values / divisor, weights, loss, divisor)
        right.set_xlabel(unit.replace(", ", ",\n"))

    return Picture(name, title, caption, drawn(name, draw, 2.65))


def _histogram(axes: Axes, values: Floats, weights: Floats) -> None:
    """Bars as many as the runs can fill, with the mean and the values at risk marked below."""
    count = int(np.clip(round(2 * len(values) ** (1 / 3) * 1.6), 5, 30))
    axes.hist(values, bins=count, weights=100 * weights, color=BAR, edgecolor="white", linewidth=0.6)
    percent(axes)
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.set_ylabel("% of runs")
    axes.tick_params(axis="x", labelbottom=False)


def _share_above(axes: Axes, numbers: Numbers, divisor: float) -> None:
    """The same axis as a share of the opening balance, on top."""
    opening = numbers.opening / divisor
    if not opening > 0:
        return
    above = axes.secondary_xaxis(
        "top", functions=(partial(np.multiply, 100 / opening), partial(np.multiply, opening / 100))
    )
    above.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
    above.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.3g}%".replace("-", "−")))
    above.set_xlabel("% of opening balance")
    above.spines["top"].set_visible(True)
    above.spines["top"].set_color(GREY)


def statistics_of(loss: Headline) -> list[tuple[str, Estimated, str]]:
    """Label, estimate and marker of each statistic that the tail shows, from the mean outward."""
    rows = [("mean", loss.mean, "o")]
    rows += [(f"VaR {100 * level:g}%", found, "s") for level, found in loss.at_risk.items()]
    rows += [(f"ES {100 * level:g}%", found, "D") for level, found in loss.beyond.items()]
    return rows


def _statistics(axes: Axes, loss: Headline, divisor: float) -> None:
    rows = statistics_of(loss)
    for place, (_, found, marker) in enumerate(rows):
        colour = TAIL if marker == "D" else INK
        known = math.isfinite(found.low) and math.isfinite(found.high)
        style: dict[str, Any] = {"color": colour, "ms": 4.5, "ls": ""}
        ends = [end if math.isfinite(end) else found.value for end in (found.low, found.high)]
        axes.plot([ends[0] / divisor, ends[1] / divisor], [place, place], color=colour, lw=1.6, solid_capstyle="butt")
        axes.plot(found.value / divisor, place, marker=marker, mfc=colour if known else "white", **style)
    axes.set_yticks(range(len(rows)), [label for label, _, _ in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")
    axes.tick_params(axis="y", length=0, labelsize=7.5)
    axes.xaxis.set_major_locator(MaxNLocator(6))


def _exceedance(axes: Axes, values: Floats, weights: Floats, loss: Headline, divisor: float) -> None:
    """The share of the runs that lose more than so much, in percent, down to the last run."""
    order = np.argsort(values, kind="stable")
    ordered, reached = values[order], np.cumsum(weights[order])
    share = 100 * np.clip(1.0 - reached, 0.0, None)
    heights = np.r_[100.0, share[:-1], share[-2:-1]]
    axes.step(np.r_[ordered[0], ordered], heights, where="post", color=INK, lw=1.4)
    axes.set_yscale("log")
    lowest = max(100 * float(weights[weights > 0].min()), 1e-3)
    axes.set_ylim(0.7 * lowest, 130)
    ticks = [tick for tick in (100, 50, 20, 10, 5, 2, 1, 0.5, 0.1, 0.01, 0.001) if tick >= 0.7 * lowest]
    axes.set_yticks(ticks, [f"{tick:g}%" for tick in ticks])
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.tick_params(axis="y", which="minor", length=0)
    for level, found in loss.at_risk.items():
        if 100 * (1 - level) >= 0.999 * lowest:
            axes.plot(found.value / divisor, 100 * (1 - level), marker="s", color=INK, ms=4, ls="")
    axes.set_ylabel("% of runs that lose more")
    axes.xaxis.set_major_locator(MaxNLocator(4))


def sources(numbers: Numbers) -> Picture:
    """The variance of each headline figure as a bar, shared out among luck, world, parameters and acting together."""
    name, title = "sources", "What moves the figures"
    caption = (
        "Each bar is the variance of one figure over the runs, shared out: luck is the seed, world the paths of the "
        "economy, parameters their draws, acting together what two of them do beyond each alone. Shares too small to "
        "be told from nought are drawn as nought; the table below has them with their errors."
    )
    if len(numbers.varied) < 2:
        return Picture(name, title, caption, nothing=varied_alone(numbers))
    shown = [each for each in numbers.headlines if each.shares]
    if not shown:
        return Picture(name, title, caption, nothing="No figure varies between the runs.")

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        labelled = set()
        for place, each in enumerate(shown):
            parts = {share.source: max(share.share, 0.0) for share in each.shares}
            whole, start = sum(parts.values()), 0.0
            for source, part in parts.items():
                shade, hatch = PARTS[source]
                width = 100 * part / whole
                style: dict[str, Any] = {"color": shade, "hatch": hatch, "edgecolor": "white", "linewidth": 0.6}
                if source == "together":
                    style["edgecolor"] = GREY
                label = None if source in labelled else SOURCE_WORDS[source]
                axes.barh(place, width, 0.72, left=start, label=label, **style)
                labelled.add(source)
                if width >= 7:
                    ink = "white" if source in ("world", "parameters") else INK
                    words = axes.text(start + width / 2, place, f"{width:.0f}%", ha="center", va="center", color=ink)
                    words.set_fontsize(8)
                    if hatch:
                        words.set_bbox({"facecolor": shade, "edgecolor": "none", "pad": 0.6})
                start += width
        axes.set_yticks(range(len(shown)), [each.metric.label for each in shown])
        axes.invert_yaxis()
        axes.set_xlim(0, 100)
        axes.grid(visible=False)
        axes.tick_params(axis="y", length=0)
        percent(axes, "x")
        axes.set_xlabel("% of the variance over the runs")
        figure.legend(loc="outside upper left", ncols=4, handlelength=1.6)

    return Picture(name, title, caption, drawn(name, draw, 0.95 + 0.21 * len(shown)))


def varied_alone(numbers: Numbers) -> str:
    """A sentence on what differs between the runs, and what is not in the band."""
    words = {"sampling": "luck (the seed)", "world": "the world", "parameters": "the parameters"}
    varied = [words[source] for source in ("sampling", "world", "parameters") if source in numbers.varied]
    fixed = [words[source] for source in ("sampling", "world", "parameters") if source not in numbers.varied]
    if not varied:
        return "Nothing differs between the runs."
    if len(varied) == 1:
        told = f"Only {varied[0]} {'differ' if varied == [words['parameters']] else 'differs'} between the runs"
    else:
        told = f"{listed(varied)[:1].upper()}{listed(varied)[1:]} differ between the runs"
    if not fixed:
        return f"{told}: all three kinds of uncertainty are in the bands."
    many = len(fixed) > 1 or fixed == [words["parameters"]]
    held = f"{listed(fixed)} {'are' if many else 'is'} held as given"
    return f"{told}: {held}, so what is uncertain about {'them' if many else 'it'} is not in the bands."


def listed(parts: list[str]) -> str:
    """`a, b and c`."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else parts[0]
