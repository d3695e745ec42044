"""The drawing board of the report: house style, SVG fit to stand in a page, dates and percent on the axes.

No pyplot and no global state; the same drawing gives the same bytes.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import matplotlib
import pandas as pd
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK, GREY = "#1f2d3d", "#7b8794"
BUCKET_SHADES = ("#dbe4ee", "#a9bccf", "#6885a3", "#24384f")
BUCKET_HATCHES = ("", "....", "", "///")
LINES = (
    (INK, "-"), (INK, "--"), (INK, ":"), ("#5b7fa3", "-"), ("#5b7fa3", "--"),
    ("#5b7fa3", ":"), ("#a3acb6", "-"), ("#a3acb6", "--"), ("#a3acb6", ":"),
)  # fmt: skip
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "loanbook",
    "font.family": ["DejaVu Sans"],
    "font.size": 9.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.labelsize": 9.0,
    "axes.titlesize": 9.5,
    "axes.titlelocation": "left",
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": "#e6eaee",
    "grid.linewidth": 0.7,
    "xtick.color": INK,
    "ytick.color": INK,
    "hatch.linewidth": 0.5,
    "hatch.color": "#ffffff",
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "text.color": INK,
    "legend.labelcolor": INK,
}
MOST_BARS = 15
WIDTH = 7.4  # inches; the text width of an A4 page


@dataclass(frozen=True)
class Picture:
    """A drawing with the words that go with it; `nothing` stands in its place if nothing can be drawn."""

    name: str
    title: str
    caption: str
    svg: str = ""
    nothing: str = ""


def drawn(name: str, draw: Callable[[Figure], None], height: float) -> str:
    """Draw on a fresh figure in the house style and give the SVG element alone, fit to stand in a page."""
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        FigureCanvasSVG(figure)
        draw(figure)
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    return _for_page(text.getvalue(), name)


def _numbered(svg: str) -> str:
    """The marks by which a picture names its parts, in the order in which they come.

    As they are drawn they are digests of places, whose last bits hang on where in memory the layout was worked out.
    """
    known: dict[str, str] = {}
    return re.sub(
        r'(id="|href="#|url\(#)([A-Za-z][0-9a-f]{10})(?=["\)])',
        lambda mark: mark[1] + known.setdefault(mark[2], f"{mark[2][0]}{len(known) + 1}"),
        svg,
    )


def _for_page(svg: str, name: str) -> str:
    """Without XML prolog, style and namespaces (a page needs none), with ids that no other picture has."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<style.*?</style>", "", svg, flags=re.S)
    svg = re.sub(r' xmlns(:xlink)?="[^"]*"', "", svg)
    svg = _numbered(svg)
    svg = re.sub(r'\b(id="|href="#|url\(#)', rf"\g<1>{name}-", svg)
    svg = svg.replace("'DejaVu Sans'", "'DejaVu Sans', Verdana, sans-serif")
    svg = re.sub(r'<svg width="[^"]*" height="[^"]*"', '<svg aria-hidden="true" focusable="false"', svg, count=1)
    return svg.strip()


def percent(axes: Axes, which: str = "y") -> None:
    axis = axes.yaxis if which == "y" else axes.xaxis
    axis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.3g}%".replace("-", "−")))


def dated(axes: Axes, months: pd.Series[Any]) -> None:
    """Months on the axis, the year under each January and under the first."""
    count = len(months)
    step = next((step for step, longest in ((1, 9), (3, 30), (6, 61)) if count <= longest), 12)
    step *= 1 + count // 180
    span = pd.period_range(months.iloc[0], periods=count, freq="M")
    ticks = [m for m in span if (m.year * 12 + m.month - 1) % step == 0] or [span[0]]
    labels = [f"{m:%b}\n{m:%Y}" if m.month == 1 or m == ticks[0] else f"{m:%b}" for m in ticks]
    axes.set_xticks(day_numbers(pd.PeriodIndex(ticks)), labels)
    axes.set_xlabel("month")


def dates_of(months: pd.Series[Any]) -> Any:
    """Each month's place on the axis: its first day, where its tick is."""
    return day_numbers(pd.PeriodIndex(pd.to_datetime(months), freq="M"))


def day_numbers(periods: pd.PeriodIndex, days: int = 0) -> Any:
    """The first day of each period (or some days later) as matplotlib counts days: from 1970-01-01."""
    return (periods.start_time + pd.Timedelta(days=days) - pd.Timestamp(0)).days.to_numpy(float)


def mark(count: int) -> str:
    return "o" if count < 3 else ""


def worded(name: str) -> str:
    """A name from a file as words for a reader."""
    return name.replace("_", " ")
