"""The pictures across the book: roll rates, vintages, who was hit; from tables to a drawing with its caption.

Where there is nothing to draw, the picture says so in words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator

from simulator import metrics
from simulator.report.drawing import (
    INK,
    LINES,
    MOST_BARS,
    Picture,
    drawn,
    percent,
    worded,
)
from simulator.report.tables import FROM_BUCKETS, TO_BUCKETS, mean_roll_rates, vintage_curves

if TYPE_CHECKING:
    from matplotlib.axes import Axes


MOST_VINTAGES = 6  # lines that can be told apart in black and white


def roll_rates(table: pd.DataFrame) -> Picture:
    """Where the balance of each bucket stands one month later, mean of the span, per product."""
    name, title = "roll-rates", "Roll rates"
    caption = (
        "Each row is a bucket at one month-end; its cells say where its balance stood a month later, in "
        "percent (mean of the span by balance at the later month-end, or at charge-off; a row sums to 100). "
        "Left of the diagonal are cures, right of it is the flow towards charge-off. Empty cells are zero."
    )
    matrices = mean_roll_rates(table) if len(table) else {}
    if not matrices:
        return Picture(name, title, caption, nothing="No balance moved between two month-ends in the span.")

    def draw(figure: Figure) -> None:
        plots = figure.subplots(len(matrices), 1, squeeze=False)[:, 0]
        for axes, (product, matrix) in zip(plots, matrices.items(), strict=True):
            _heat_map(axes, matrix.to_numpy(), product)
        plots[-1].set_xlabel("bucket one month later, % of the row's balance")

    return Picture(name, title, caption, drawn(name, draw, 0.7 + 1.95 * len(matrices)))


def _heat_map(axes: Axes, shares: Any, product: str) -> None:
    axes.grid(visible=False)
    if not np.nansum(shares[:, -1]):
        shares = shares[:, :-1]  # accounts close with nothing owed: by balance the column is empty
    axes.pcolormesh(np.sqrt(np.nan_to_num(shares)), cmap="Blues", vmin=0, vmax=1.15, edgecolors="white", linewidth=1)
    for (row, column), share in np.ndenumerate(shares):
        if np.isnan(share):
            text = "–"
        elif share == 0:
            continue
        else:
            text = f"{100 * share:.1f}" if share >= 0.0005 else "<0.1"
        dark = not np.isnan(share) and share > 0.4
        axes.text(column + 0.5, row + 0.5, text, ha="center", va="center", color="white" if dark else INK)
    width = shares.shape[1]
    axes.set_xticks(np.arange(width) + 0.5, [_short(bucket) for bucket in TO_BUCKETS[:width]])
    axes.set_yticks(np.arange(len(FROM_BUCKETS)) + 0.5, [_short(bucket) for bucket in FROM_BUCKETS])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.invert_yaxis()
    axes.set_ylabel("bucket, days late")
    axes.set_title(worded(product))


def _short(bucket: str) -> str:
    return {"90_plus": "90+", "charged_off": "charged off"}.get(bucket, bucket.replace("_", " to "))


def vintages(table: pd.DataFrame) -> Picture:
    """Cumulative charge-offs by months on book, one line for each year or half-year of opening."""
    name, title = "vintages", "Vintages: cumulative charge-off by months on book"
    caption = (
        "Each line follows the accounts opened in one period, as far as the youngest of them has come. A "
        "line that climbs faster than those of earlier periods means that newer lending does worse, or that hard "
        "times met it younger; growth hides both in the ratios of the whole book."
    )
    curves = {product: lines for product, lines in vintage_curves(table).items() if lines.size}
    if not curves:
        words = "No account opened in the run could be followed; those opened before it are no vintage of it."
        return Picture(name, title, caption, nothing=words)
    if not any(float(np.nansum(lines.to_numpy())) for lines in curves.values()):
        return Picture(name, title, caption, nothing="There was no charge-off of any vintage in the span.")
    every = sorted({label for lines in curves.values() for label in lines.columns})
    periods = every[-MOST_VINTAGES:]
    if len(every) > len(periods):
        caption += f" The {len(every) - len(periods)} earlier periods are in the workbook only."
    lends = set(table.loc[table["lent"] > 0, "product"].astype(str))
    styles = dict(zip(periods, LINES, strict=False))
    across = min(3, len(curves))
    down = -(-len(curves) // across)

    def draw(figure: Figure) -> None:
        for place, (product, lines) in enumerate(curves.items()):
            axes = figure.add_subplot(down, across, place + 1)
            _vintage_lines(axes, lines, product, styles)
            axes.set_ylabel(f"charged off so far,\n% of {'money lent' if product in lends else 'accounts opened'}")
        lines_drawn = {label: line for axes in figure.axes for line, label in _legend_of(axes)}
        handles = [lines_drawn[period] for period in periods]
        figure.legend(handles, periods, loc="outside upper left", ncols=len(periods), handlelength=2.6)

    return Picture(name, title, caption, drawn(name, draw, 0.4 + 2.9 * down))


def _legend_of(axes: Axes) -> list[tuple[Any, str]]:
    handles, labels = axes.get_legend_handles_labels()
    return list(zip(handles, labels, strict=True))


def _vintage_lines(axes: Axes, lines: pd.DataFrame, product: str, styles: dict[str, tuple[str, str]]) -> None:
    for label in lines.columns.intersection(list(styles), sort=False):
        line, (colour, style) = lines[label].dropna(), styles[label]
        axes.plot(line.index, 100 * line, color=colour, ls=style, lw=1.5, label=label)
    axes.set_ylim(bottom=0)
    axes.set_xlim(left=0)
    axes.xaxis.set_major_locator(MultipleLocator(6 if len(lines) <= 48 else 12))
    percent(axes)
    axes.set_xlabel("months on book")
    axes.set_title(worded(product))


def who_was_hit(table: pd.DataFrame, unshocked: pd.DataFrame | None = None) -> Picture:
    """The annualised charge-off rate of each group of borrowers, beside that of the same book unshocked."""
    name, title = "hit", "Who was hit"
    caption = (
        "Charge-offs a year as a percentage of the group's average balance. A long bar is a group whose risk "
        "is high, not one whose loss is large; sizes and sums are in the workbook, sheet “Who was hit”. Small "
        "differences between groups can be chance."
    )
    if unshocked is not None:
        caption += " From the tick to the end of the bar is what the scenario adds to the group."
    if table.empty:
        return Picture(name, title, caption, nothing="The run was not split into groups of borrowers.")
    if not float(table["charge_offs"].sum()):
        return Picture(name, title, caption, nothing="There was no charge-off in the span, in any group.")
    here = table[table["charge_off_rate"].notna()]
    here = here[(here["dimension"] != "product") | ((here["dimension"] == "product").sum() > 1)]
    if len(here) == 0:
        return Picture(name, title, caption, nothing="The run was not split into groups of borrowers.")
    if table["charge_off_rate"].isna().any():
        caption += " Groups that never owed anything are left out."
    groups = [(dimension, _worst(rows)) for dimension, rows in here.groupby("dimension", sort=False)]
    sizes = [len(rows) for _, rows in groups]
    if "income_quintile" in here["dimension"].to_numpy():
        caption += " Income quintile 1 is the fifth of borrowers with the lowest income."
    if sum(sizes) < len(here):
        caption += f" Of a division with more than {MOST_BARS} groups only those hit hardest are drawn."
    calm = _unshocked_rates(here, unshocked)
    top = 100 * float(max(here["charge_off_rate"].max(), calm.max() if calm.notna().any() else 0.0))

    def draw(figure: Figure) -> None:
        plots = figure.subplots(len(groups), 1, squeeze=False, sharex=True, height_ratios=sizes)[:, 0]
        for axes, (dimension, rows) in zip(plots, groups, strict=True):
            _bars(axes, rows, worded(str(dimension)), top, calm.loc[rows.index])
        plots[-1].set_xlabel("charged off, % of the group's average balance per year")
        if calm.notna().any():
            handles, labels = plots[0].get_legend_handles_labels()
            figure.legend(handles[::-1], labels[::-1], loc="outside upper left", ncols=2)

    return Picture(name, title, caption, drawn(name, draw, 0.6 + 0.5 * len(groups) + 0.23 * sum(sizes)))


def _worst(rows: pd.DataFrame) -> pd.DataFrame:
    return rows if len(rows) <= MOST_BARS else rows.nlargest(MOST_BARS, "charge_off_rate")


def _unshocked_rates(rows: pd.DataFrame, unshocked: pd.DataFrame | None) -> pd.Series[float]:
    """The charge-off rate of each group in the same book unshocked; NaN where that was not run."""
    names = rows["dimension"].astype(str) + "=" + rows["group"].astype(str)
    known = set() if unshocked is None else set(unshocked["segment"])
    found = [
        metrics.charge_off_rate(metrics.segment_rows(unshocked, name))
        if unshocked is not None and name in known
        else np.nan
        for name in names
    ]
    return pd.Series(found, index=rows.index, dtype=float)


def _bars(axes: Axes, rows: pd.DataFrame, dimension: str, top: float, calm: pd.Series[float]) -> None:
    places = np.arange(len(rows))
    rates, before = 100 * rows["charge_off_rate"].to_numpy(), 100 * calm.to_numpy()
    axes.barh(places, rates, 0.68, color="#8ba3ba", label="this scenario")
    style: dict[str, Any] = {"marker": "|", "ms": 13, "mew": 2.2, "ls": "", "color": INK}
    axes.plot(before, places, label="same book unshocked", **style)
    for place, rate, other in zip(places, rates, before, strict=True):
        axes.text(np.nanmax([rate, other]) + top * 0.012, float(place), f"{rate:.1f}%", va="center")
    axes.set_yticks(places, [worded(str(group)) for group in rows["group"]])
    axes.set_xlim(0, top * 1.1)
    axes.invert_yaxis()
    axes.grid(visible=False)
    axes.tick_params(axis="y", length=0)
    axes.set_title(f"by {dimension}")
    percent(axes, "x")
