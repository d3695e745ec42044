"""The pictures over time: overdue, charge-offs, unemployment; from tables to a drawing with its caption.

Where there is nothing to draw, the picture says so in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from simulator import metrics
from simulator.metrics import BUCKET_LABELS, BUCKETS, segment_rows
from simulator.report.drawing import (
    BUCKET_HATCHES,
    BUCKET_SHADES,
    GREY,
    INK,
    Picture,
    dated,
    dates_of,
    day_numbers,
    drawn,
    mark,
    percent,
)

if TYPE_CHECKING:
    pass


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
            shape: dict[str, Any] = {"color": colour, "ls": style, "lw": width, "zorder": 2 + width}
            axes.plot(dates, values, label=label, marker=mark(len(dates)), ms=4, **shape)
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
        f"{'whole quarter' if by_quarter else 'month'}. "
        f"{'The gap between the heavy lines is what the scenario adds. ' if base is not None else ''}"
        "Charge-offs follow arrears: an account is charged off months after its first missed payment."
    )
    lines: list[Line] = []
    for label, table, colour, style, width in (
        ("this scenario", rows, INK, "-", 2.0), ("same book unshocked", base, GREY, "--", 1.6),
    ):  # fmt: skip
        if table is not None:
            dates, values = _by_quarter(table) if by_quarter else _by_month(table)
            lines.append((label, dates, values, colour, style, width))
    if by_quarter:
        monthly = 100 * metrics.monthly_charge_off_rate(rows)
        lines.append(("this scenario by month", dates_of(rows["month"]), monthly, "#b3bcc6", "-", 0.8))
    return Picture(name, title, caption, _lines(name, lines, "charged off,\n% of balance per year", rows["month"]))


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
        "dashed line the path that the scenario gives."
    )
    if gap == gap:  # not so where nobody was in the labour force
        caption += f" At any month-end they are at most {100 * gap:.2f} points apart."
    if gap > 0.005:
        caption += " The borrowers of this book need not be out of work as often as the whole labour force is."
    dates = dates_of(rows["month"])
    lines: list[Line] = [
        ("given", dates, 100 * rows["economy_unemployment_rate"], GREY, "--", 1.6),
        ("simulated, of borrowers", dates, 100 * rows["unemployment_rate"], INK, "-", 1.6),
    ]
    svg = _lines("unemployment", lines, "out of work,\n% of labour force", rows["month"])
    return Picture("unemployment", "Unemployment: simulated and given", caption, svg)
