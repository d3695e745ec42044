"""Pictures of a reserve: when each rule sees the storm coming, the walk, losses beside what was set aside, capital."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from simulator.report.drawing import GREY, INK, Picture, dated, dates_of, drawn, mark, percent
from simulator.report.ensembled_tail import scale_of
from simulator.report.reserved_movement import happened, movement
from simulator.report.reserved_numbers import ENDS, ITEM_WORDS, RULE_WORDS, Numbers, capital_first

if TYPE_CHECKING:
    from matplotlib.axes import Axes

RULE_LINES = {"ifrs9": (INK, "-"), "cecl": ("#5b7fa3", "--"), "five_classes": (GREY, (0, (1, 1.2)))}
STORM, UP, DOWN, ENDS_SHADE = "#b4532a", "#24384f", "#a9bccf", "#dbe4ee"
PLAIN = {"facecolor": "white", "edgecolor": "none", "pad": 1.0}
MOST_BARS = 40
FAR = 3.0  # ranges of the losses from their ends, beyond which a line is told at the edge


def timing(numbers: Numbers) -> Picture:
    """Coverage by the three rules, with charge-offs and unemployment below, and the peak of charge-offs marked."""
    caption = (
        "Above: allowance as a share of the balance, by rule; a dot marks the month in which a rule is half-way from "
        "its first to its highest coverage. Below: charged off in the month as a share of the balance, at a yearly "
        "rate (thin: the month, thick: three months' mean), and unemployment of the book's borrowers. The upright line "
        "is the peak of charge-offs: a rule that has risen long before it saw the storm coming; one that rises with it "
        "takes its charge when things are worst."
    )

    def draw(figure: Figure) -> None:
        grid = figure.add_gridspec(3, 1, height_ratios=(2.3, 1, 1))
        upper = figure.add_subplot(grid[0])
        middle, lower = (figure.add_subplot(grid[place], sharex=upper) for place in (1, 2))
        months = pd.Series(numbers.stock(numbers.found.rule).index)
        peak = float(dates_of(pd.Series([numbers.timing(numbers.found.rule)["charge_offs_peak_in"]]))[0])
        for axes in (upper, middle, lower):
            axes.axvline(peak, color=STORM, lw=1.1, ls=(0, (4, 2)))
        for rule in numbers.rules:
            _coverage(upper, numbers, rule, months)
        percent(upper)
        upper.set_ylim(bottom=0)
        upper.set_ylabel("allowance,\n% of balance")
        words = upper.text(peak, 1.01, "charge-offs peak", color=STORM, fontsize=8, ha="center", va="bottom")
        words.set_transform(upper.get_xaxis_transform())
        _book(middle, lower, numbers)
        dated(lower, months)
        for axes in (upper, middle):
            axes.tick_params(axis="x", labelbottom=False)
            axes.set_xlabel("")
        figure.legend(*upper.get_legend_handles_labels(), loc="outside upper left", ncols=3)

    title = "How early each rule sees the storm coming"
    return Picture("timing", title, caption, drawn("timing", draw, 4.9))


def _coverage(axes: Axes, numbers: Numbers, rule: str, months: pd.Series[pd.Timestamp]) -> None:
    colour, dash = RULE_LINES[rule]
    held = numbers.stock(rule)["coverage"]
    values = 100 * held.to_numpy()
    axes.plot(dates_of(months), values, color=colour, ls=dash, lw=1.7, label=RULE_WORDS[rule], marker=mark(len(months)))
    if numbers.rises(rule):
        half = pd.Timestamp(str(numbers.timing(rule)["half_way_in"]))
        axes.plot(dates_of(pd.Series([half])), [100 * held[half]], "o", color=colour, ms=5)


def _book(middle: Axes, lower: Axes, numbers: Numbers) -> None:
    book = numbers.book
    places = dates_of(pd.Series(book.index))
    lost = 100 * book["charge_off_rate"]
    middle.plot(places, lost.to_numpy(), color=DOWN, lw=1)
    middle.plot(places, lost.rolling(3, min_periods=1).mean().to_numpy(), color=INK, lw=1.5, marker=mark(len(book)))
    percent(middle)
    middle.yaxis.set_major_locator(MaxNLocator(4))
    middle.set_ylim(bottom=0)
    middle.set_ylabel("charged off,\n% a year", fontsize=8)
    lower.plot(places, 100 * book["unemployment_rate"].to_numpy(), color=INK, lw=1.5, marker=mark(len(book)))
    percent(lower)
    lower.yaxis.set_major_locator(MaxNLocator(4))
    lower.set_ylabel("unemployed,\n% of borr.", fontsize=8)


def walk(numbers: Numbers) -> Picture:
    """The walk of the chosen rule over the span as a waterfall, from opening at the top to closing at the bottom."""
    rule = numbers.found.rule
    table = happened(movement(numbers.found, rule).iloc[:, [-1]]).iloc[:, 0]
    words, divisor, digits = _fine(float(np.abs(table).max()))
    caption = (
        f"The {RULE_WORDS[rule]} allowance from the first day to the last: each bar begins where the one above it "
        "ends, dark adds to the allowance and light takes from it. The order is that of the schedule below, and it "
        "sums to the cent."
    )

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        at, low, high = 0.0, 0.0, 0.0
        for place, (item, amount) in enumerate(table.items()):
            size = float(amount) / divisor
            start, end = (0.0, size) if item in ENDS else (at, at + size)
            shade = ENDS_SHADE if item in ENDS else UP if size > 0 else DOWN
            edge = GREY if item in ENDS else "white"
            axes.barh(place, end - start, 0.68, left=start, color=shade, edgecolor=edge, linewidth=0.7)
            told = f"{size:,.{digits}f}" if item in ENDS else f"{size:+,.{digits}f}"
            right = max(start, end)
            axes.text(right, place, f" {told}".replace("-", "−"), va="center", fontsize=8)
            low, high = min(low, start, end), max(high, right)
            if item != "closing":
                axes.plot([end, end], [place + 0.34, place + 0.66], color=GREY, lw=0.7)
            at = end
        axes.set_yticks(range(len(table)), [ITEM_WORDS[str(item)] for item in table.index])
        axes.invert_yaxis()
        axes.set_xlim(low - 0.02 * (high - low), high + 0.12 * (high - low))
        axes.tick_params(axis="y", length=0)
        axes.grid(visible=True, axis="x")
        axes.grid(visible=False, axis="y")
        axes.axvline(0, color=GREY, lw=0.8)
        axes.xaxis.set_major_formatter(FuncFormatter(_plain))
        axes.set_xlabel(f"{words}{numbers.currency}")

    title = f"Why it moved: the walk of the {RULE_WORDS[rule]} allowance"
    return Picture("walk", title, caption, drawn("walk", draw, 0.8 + 0.23 * len(table)))


def _fine(largest: float) -> tuple[str, float, int]:
    """A unit in which small steps still show: its words, what to divide by, and decimals."""
    for bound, divisor, word, digits in ((2e7, 1e6, "millions of ", 2), (2e4, 1e3, "thousands of ", 0)):
        if largest >= bound:
            return word, divisor, digits
    return "", 1.0, 0


def losses(numbers: Numbers) -> Picture:
    """Losses of twelve months over the paths, each rule's allowance as a line; beside it the one-factor closed form."""
    title = "Would it have been enough?"
    caption = (
        f"Left: what the accounts of the first day lose in the next 12 months, net of what comes back, over "
        f"{numbers.paths:,} simulated paths by weight; upright lines are what each rule sets aside (told at the edge "
        f"where it is far off), marks on the axis "
        "the loss that 50%, 90%, 95% and 99% of the weight stay within. Right: the share of paths that lose no more, "
        "simulated (steps) and by the one-factor closed form with the same mean and deviation (line)."
    )
    if np.ptp(numbers.losses) == 0.0:
        return Picture("losses", title, caption, nothing="Every path loses the same: there is no distribution to draw.")
    asides = {rule: float(numbers.enough(rule)["allowance"]) for rule in numbers.rules}
    words, divisor = scale_of(max(float(numbers.losses.max()), *asides.values()))
    unit = f"net loss in 12 months, {words}{numbers.currency or 'currency units'}"

    def draw(figure: Figure) -> None:
        left, right = figure.subplots(1, 2, width_ratios=(1.5, 1))
        bins = int(np.clip(round(2.5 * numbers.paths ** (1 / 3)), 4, MOST_BARS))
        weights = 100 * numbers.weights
        left.hist(numbers.losses / divisor, bins=bins, weights=weights, color=DOWN, edgecolor="white", linewidth=0.6)
        far = [rule for rule, aside in asides.items() if _is_far(numbers, aside)]
        for line, rule in enumerate(far):
            arrow = "← {}" if asides[rule] < numbers.losses.min() else "{} →"
            told = arrow.format(f"{RULE_WORDS[rule]} {asides[rule] / divisor:,.3g}")
            side = {"ha": "left", "x": 0.01} if arrow.startswith("←") else {"ha": "right", "x": 0.99}
            left.text(y=0.93 - 0.09 * line, s=told, transform=left.transAxes, fontsize=8, bbox=PLAIN, **side)
        for rule in (rule for rule in asides if rule not in far):
            aside, (colour, dash) = asides[rule], RULE_LINES[rule]
            left.axvline(aside / divisor, color=colour, ls=dash, lw=1.8, label=f"set aside by {RULE_WORDS[rule]}")
        for level, marker in zip((0.5, 0.9, 0.95, 0.99), "osD^", strict=True):
            place, label = numbers.lost_at(level) / divisor, f"{100 * level:g}% lose no more"
            left.plot(place, 0, marker, color=STORM, ms=6, clip_on=False, label=label, ls="", zorder=5)
        percent(left)
        left.set_ylabel("% of the paths, by weight")
        left.set_xlabel(unit)
        left.xaxis.set_major_locator(MaxNLocator(6))
        _cumulative(right, numbers, divisor)
        right.set_xlabel(unit.replace(", ", ",\n"))
        figure.legend(*left.get_legend_handles_labels(), loc="outside upper left", ncols=4, handlelength=1.8)

    return Picture("losses", title, caption, drawn("losses", draw, 3.2))


def _is_far(numbers: Numbers, aside: float) -> bool:
    """Whether drawing it to scale would leave no room for the losses."""
    low, high = float(numbers.losses.min()), float(numbers.losses.max())
    reach = FAR * (high - low)
    return not low - reach <= aside <= high + reach


def _cumulative(axes: Axes, numbers: Numbers, divisor: float) -> None:
    order = np.argsort(numbers.losses, kind="stable")
    ordered, reached = numbers.losses[order] / divisor, 100 * np.cumsum(numbers.weights[order])
    axes.step(np.r_[ordered[0], ordered], np.r_[0.0, reached], where="post", color=INK, lw=1.4)
    fitted = numbers.one_factor
    if fitted is not None and np.isfinite(fitted.correlation):
        levels = np.linspace(0.002, 0.998, 250)
        axes.plot([fitted.loss(float(level)) / divisor for level in levels], 100 * levels, color="#5b7fa3", lw=1.4)
    percent(axes)
    axes.set_ylim(0, 101)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.set_ylabel("% of the paths that lose no more")


def capital(numbers: Numbers) -> Picture:
    """What the rule asks for by month and product, beside the capital that there is."""
    held = numbers.terms.capital.held
    table = numbers.found.capital.pivot(index="month", columns="product", values="requirement")
    largest = max(float(table.sum(axis=1).max()), held or 0.0)
    words, divisor = scale_of(largest)
    approach = {"irb": "internal ratings", "standardised": "the standardised table"}[numbers.terms.capital.approach]
    caption = (
        f"Capital that the Basel rule asks for by {approach} at each month's end, 8% of the risk-weighted amount"
        + (", and the capital that there is." if held is not None else "; no capital is given to set it against.")
        + " Chances of default are those at normal unemployment, so it moves with the state of the accounts alone."
    )

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        months = pd.Series(table.index)
        shades = ("#6885a3", "#dbe4ee", "#a9bccf", "#24384f")
        at = np.zeros(len(table))
        for place, product in enumerate(table.columns):
            top = at + table[product].to_numpy() / divisor
            shade = shades[place % len(shades)]
            label = f"asked for {str(product).replace('_', ' ')}"
            axes.fill_between(dates_of(months), at, top, color=shade, label=label, lw=0.5, edgecolor="white")
            at = top
        if held is not None:
            axes.axhline(held / divisor, color=STORM, lw=1.6, ls="--", label="there is")
        axes.yaxis.set_major_formatter(FuncFormatter(_plain))
        axes.set_ylabel(f"{words}{numbers.currency}")
        axes.set_ylim(bottom=0)
        axes.margins(x=0.01)
        dated(axes, months)
        figure.legend(*axes.get_legend_handles_labels(), loc="outside upper left", ncols=4)

    return Picture("capital", capital_first("capital, month by month"), caption, drawn("capital", draw, 2.4))


def _plain(value: float, _: int) -> str:
    text = f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"
    return text.replace("-", "−")
