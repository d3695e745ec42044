"""The pictures of the report: one function each, from tables to a drawing with its caption.

Where there is nothing to draw, the picture says so in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator

from simulator import metrics
from simulator.metrics import BUCKET_LABELS, BUCKETS, segment_rows
from simulator.report.drawing import (
    BUCKET_HATCHES,
    BUCKET_SHADES,
    GREY,
    INK,
    LINES,
    MOST_BARS,
    Picture,
    dated,
    dates_of,
    day_numbers,
    drawn,
    mark,
    percent,
    worded,
)
from simulator.report.tables import FROM_BUCKETS, TO_BUCKETS, mean_roll_rates, vintage_curves

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def overdue_by_bucket(panel: pd.DataFrame) -> Picture:
    """How much of the balance is overdue, by how long, month by month."""
    rows = segment_rows(panel)
    name, title = "overdue", "Overdue by days past due"
    caption = (
        "The height of all bands together is the share of balance that is overdue at all; the darkest band "
        "is 90 days and more. Read off how far arrears rise, and how many months later they reach that band."
    )
    total = rows["balance"].astype(float).where(rows["balance"] > 0)
    bands = [(100 * rows[f"overdue_{bucket}"] / total).fillna(0.0).to_numpy() for bucket in BUCKETS]
    if not sum(band.sum() for band in bands):
        return Picture(name, title, caption, nothing="Nothing was overdue in the span.")

    def draw(figure: Figure) -> None:
        axes, dates = figure.add_subplot(), dates_of(rows["month"])
        order = list(zip(BUCKETS, bands, BUCKET_SHADES, BUCKET_HATCHES, strict=True))[::-1]
        base = np.zeros(len(rows))
        for bucket, band, shade, hatch in order:
            style: dict[str, Any] = {
                "facecolor": shade, "hatch": hatch, "edgecolor": "#ffffff", "label": BUCKET_LABELS[bucket],
            }  # fmt: skip
            if len(rows) == 1:
                axes.bar(dates, band, 12, bottom=base, linewidth=0.6, **style)
                axes.set_xlim(dates[0] - 40, dates[0] + 40)
            else:
                axes.fill_between(dates, base, base + band, linewidth=0.6, **style)
                axes.set_xlim(dates[0], dates[-1])
            base = base + band
        axes.set_ylim(0, base.max() * 1.08)
        axes.set_ylabel("overdue,\n% of balance")
        percent(axes)
        dated(axes, rows["month"])
        handles, labels = axes.get_legend_handles_labels()
        figure.legend(handles[::-1], labels[::-1], loc="outside upper left", ncols=4)

    return Picture(name, title, caption, drawn(name, draw, 2.8))


Line = tuple[str, Any, Any, str, Any, float]  # label, dates, values in percent, colour, style, width


def _lines(name: str, lines: Sequence[Line], unit: str, months: pd.Series[Any]) -> str:
    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        for label, dates, values, colour, style, width in lines:
            axes.plot(
                dates, values, color=colour, ls=style, lw=width, label=label, marker=mark(len(dates)), ms=4
            )
        top = max((float(value) for line in lines for value in line[2] if np.isfinite(value)), default=0.0)
        axes.set_ylim(0, 1.08 * top or 1.0)
        if len(months) == 1:
            axes.set_xlim(lines[0][1][0] - 40, lines[0][1][0] + 40)
        axes.set_ylabel(unit)
        percent(axes)
        dated(axes, months)
        figure.legend(loc="outside upper left", ncols=min(4, len(lines)))

    return drawn(name, draw, 2.45)


def balance_and_accounts(panel: pd.DataFrame, unshocked: pd.DataFrame | None) -> Picture:
    """The 30+ rate by balance and by account, beside the same book unshocked."""
    rows = segment_rows(panel)
    name, title = "weighting", "30+ days overdue: by balance and by account"
    caption = (
        "The solid line counts money, the dotted line counts accounts. Where the solid line lies above, "
        "the larger accounts are the worse ones, and a count of accounts understates the money at risk."
    )
    dates = dates_of(rows["month"])
    lines: list[Line] = [
        ("by balance", dates, 100 * metrics.overdue_rate(rows, 30), INK, "-", 2.0),
        ("by account", dates, 100 * metrics.overdue_account_rate(rows, 30), INK, (0, (1, 1.2)), 2.0),
    ]
    if unshocked is not None:
        base = segment_rows(unshocked)
        rate = 100 * metrics.overdue_rate(base, 30)
        lines.append(("by balance, same book unshocked", dates_of(base["month"]), rate, GREY, "--", 1.4))
    if not any(line[2].notna().any() for line in lines):
        return Picture(name, title, caption, nothing="Nothing was owed in the span.")
    unit = "30+ days overdue,\n% of the total"
    return Picture(name, title, caption, _lines(name, lines, unit, rows["month"]))


def charge_offs(panel: pd.DataFrame, unshocked: pd.DataFrame | None) -> Picture:
    """The annualised charge-off rate, beside the same book unshocked."""
    rows = segment_rows(panel)
    name, title = "charge-offs", "Charge-off rate"
    base = None if unshocked is None else segment_rows(unshocked)
    lost = float(rows["charge_offs"].sum()) + (0.0 if base is None else float(base["charge_offs"].sum()))
    if lost == 0:
        return Picture(name, title, "", nothing="There was no charge-off in the span.")
    by_quarter = len(metrics.quarterly_charge_off_rate(rows)) > 1
    caption = (
        "Gross charge-offs over the average balance, as a rate per year, by "
        f"{'whole quarter' if by_quarter else 'month'}. The gap between the heavy lines is what the scenario "
        "adds. Charge-offs follow arrears: an account is charged off months after its first missed payment."
    )
    lines: list[Line] = []
    if by_quarter:
        monthly = 100 * metrics.monthly_charge_off_rate(rows)
        lines.append(("by month", dates_of(rows["month"]), monthly, "#b3bcc6", "-", 0.8))
    for label, table, colour, style, width in (
        ("this scenario", rows, INK, "-", 2.0), ("same book unshocked", base, GREY, "--", 1.6),
    ):  # fmt: skip
        if table is not None:
            dates, values = _by_quarter(table) if by_quarter else _by_month(table)
            lines.append((label, dates, values, colour, style, width))
    return Picture(
        name, title, caption, _lines(name, lines, "charged off,\n% of balance per year", rows["month"])
    )


def _by_quarter(rows: pd.DataFrame) -> tuple[Any, Any]:
    rate = 100 * metrics.quarterly_charge_off_rate(rows)
    return day_numbers(pd.PeriodIndex(rate.index), days=31), rate.to_numpy()


def _by_month(rows: pd.DataFrame) -> tuple[Any, Any]:
    return dates_of(rows["month"]), 100 * metrics.monthly_charge_off_rate(rows)


def unemployment(panel: pd.DataFrame) -> Picture:
    """Unemployment of the borrowers as simulated, against the path the scenario gives."""
    rows = segment_rows(panel)
    gap = (rows["unemployment_rate"] - rows["economy_unemployment_rate"]).abs().max()
    caption = (
        "The solid line is the share of the borrowers' labour force out of work in the simulation, the "
        "dashed line the path that the scenario gives. At any month-end they are at most "
        f"{100 * gap:.2f} points apart."
    )
    dates = dates_of(rows["month"])
    lines: list[Line] = [
        ("given", dates, 100 * rows["economy_unemployment_rate"], GREY, "--", 1.6),
        ("simulated, of borrowers", dates, 100 * rows["unemployment_rate"], INK, "-", 1.6),
    ]
    svg = _lines("unemployment", lines, "out of work,\n% of labour force", rows["month"])
    return Picture("unemployment", "Unemployment: simulated and given", caption, svg)


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
    axes.pcolormesh(
        np.sqrt(np.nan_to_num(shares)), cmap="Blues", vmin=0, vmax=1.15, edgecolors="white", linewidth=1
    )
    for (row, column), share in np.ndenumerate(shares):
        if np.isnan(share):
            text = "–"
        elif share == 0:
            continue
        else:
            text = f"{100 * share:.1f}" if share >= 0.0005 else "<0.1"
        dark = not np.isnan(share) and share > 0.4
        axes.text(column + 0.5, row + 0.5, text, ha="center", va="center", color="white" if dark else INK)
    axes.set_xticks(np.arange(len(TO_BUCKETS)) + 0.5, [_short(bucket) for bucket in TO_BUCKETS])
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
        "line that climbs faster than those of earlier periods means that newer lending does worse, whatever "
        "growth does to the ratios of the whole book."
    )
    curves = {product: lines for product, lines in vintage_curves(table).items() if lines.size}
    if not curves:
        return Picture(name, title, caption, nothing="No account was old enough to draw a vintage curve.")
    if not any(float(np.nansum(lines.to_numpy())) for lines in curves.values()):
        return Picture(name, title, caption, nothing="There was no charge-off of any vintage in the span.")
    across = min(3, len(curves))
    down = -(-len(curves) // across)

    def draw(figure: Figure) -> None:
        for place, (product, lines) in enumerate(curves.items()):
            axes = figure.add_subplot(down, across, place + 1)
            _vintage_lines(axes, lines, product)
            if place % across == 0:
                axes.set_ylabel("charged off so far,\n% of money lent or card limit")

    return Picture(name, title, caption, drawn(name, draw, 3.2 * down))


def _vintage_lines(axes: Axes, lines: pd.DataFrame, product: str) -> None:
    shown = list(lines.columns)[-len(LINES) :]
    for label, (colour, style) in zip(shown, LINES, strict=False):
        line = lines[label].dropna()
        axes.plot(line.index, 100 * line, color=colour, ls=style, lw=1.5, label=label)
    axes.set_ylim(bottom=0)
    axes.set_xlim(left=0)
    axes.xaxis.set_major_locator(MultipleLocator(6 if len(lines) <= 48 else 12))
    percent(axes)
    axes.set_xlabel("months on book")
    axes.set_title(worded(product))
    axes.legend(loc="upper left", handlelength=2.6)


def who_was_hit(table: pd.DataFrame) -> Picture:
    """The annualised charge-off rate of each group of borrowers."""
    name, title = "hit", "Who was hit"
    caption = (
        "Charge-offs a year as a percentage of the group's mean balance. A long bar is a group whose risk "
        "is high, not one whose loss is large; sizes and sums are in the workbook, sheet “Who was hit”."
    )
    if table.empty:
        return Picture(name, title, caption, nothing="The run was not split into groups of borrowers.")
    if not float(table["charge_offs"].sum()):
        return Picture(name, title, caption, nothing="There was no charge-off in the span, in any group.")
    groups = [(dimension, _worst(rows)) for dimension, rows in table.groupby("dimension", sort=False)]
    sizes = [len(rows) for _, rows in groups]
    if sum(sizes) < len(table):
        caption += f" Of a division with more than {MOST_BARS} groups only those hit hardest are drawn."
    top = 100 * float(table["charge_off_rate"].max())

    def draw(figure: Figure) -> None:
        plots = figure.subplots(len(groups), 1, squeeze=False, sharex=True, height_ratios=sizes)[:, 0]
        for axes, (dimension, rows) in zip(plots, groups, strict=True):
            _bars(axes, rows, worded(str(dimension)), top)
        plots[-1].set_xlabel("charged off, % of the group's mean balance per year")

    return Picture(name, title, caption, drawn(name, draw, 0.6 + 0.5 * len(groups) + 0.23 * sum(sizes)))


def _worst(rows: pd.DataFrame) -> pd.DataFrame:
    return rows if len(rows) <= MOST_BARS else rows.nlargest(MOST_BARS, "charge_off_rate")


def _bars(axes: Axes, rows: pd.DataFrame, dimension: str, top: float) -> None:
    places = np.arange(len(rows))
    rates = 100 * rows["charge_off_rate"].fillna(0.0).to_numpy()
    axes.barh(places, rates, 0.68, color="#6885a3")
    for place, rate, missing in zip(places, rates, rows["charge_off_rate"].isna(), strict=True):
        axes.text(rate + top * 0.01, float(place), "no balance" if missing else f"{rate:.1f}%", va="center")
    axes.set_yticks(places, [worded(str(group)) for group in rows["group"]])
    axes.set_xlim(0, top * 1.1)
    axes.invert_yaxis()
    axes.grid(visible=False)
    axes.tick_params(axis="y", length=0)
    axes.set_title(f"by {dimension}")
    percent(axes, "x")
