"""The page: one self-contained HTML document that a risk committee can read on a screen or on A4 paper."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping
from importlib import resources
from typing import Any

import pandas as pd
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from simulator.metrics import METRICS, segment_rows
from simulator.money import printed
from simulator.report import patterns, plots
from simulator.report.answer import (
    Answer,
    currency_of,
    key_figures,
    name_of,
    question_of,
    sentences,
    shown,
)
from simulator.report.assumptions import assumptions, grouped
from simulator.report.drawing import Picture, worded
from simulator.report.profit import earnings_of
from simulator.report.tables import INFLOWS, OUTFLOWS, RARE, Table, by_product, flows_by_year, scaled, year_words
from simulator.report.why import why_of

PICTURES = ("overdue", "weighting", "charge-offs", "unemployment", "roll-rates", "vintages", "hit")
_PRODUCT_FIGURES = (
    "peak_overdue_30_rate", "peak_overdue_90_rate", "default_rate", "charge_off_rate", "net_loss",
    "final_balance",
)  # fmt: skip


def page(answer: Answer) -> str:
    """The whole page as HTML; everything in it is escaped except the drawings made here."""
    return filled("page.html.jinja", _contents(answer))


def filled(template: str, contents: Mapping[str, Any]) -> str:
    """A template of this room with its contents, escaped, in the house's style."""
    room = resources.files("simulator.report")
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["svg"] = Markup
    style = Markup(room.joinpath("page.css").read_text(encoding="utf-8"))
    return environment.from_string(room.joinpath(template).read_text(encoding="utf-8")).render(style=style, **contents)


def _contents(answer: Answer) -> dict[str, Any]:
    rows = segment_rows(answer.panel)
    return {
        "name": name_of(answer),
        "title": worded(name_of(answer)),
        "question": paragraphs(question_of(answer)),
        "sentences": sentences(answer),
        "standing": standing(answer),
        "unshocked": answer.unshocked is not None,
        "figures": [dataclasses.replace(figure, currency="") for figure in key_figures(answer)],
        "currency": currency_of(answer),
        "products": product_table(answer),
        "pictures": pictures_of(answer),
        "why": why_of(answer),
        "earnings": earnings_of(answer),
        "flows": flow_tables(answer.flows, currency_of(answer)),
        "parts": grouped(assumptions(answer.scenario)),
        "counted": counted_table(answer),
        "provenance": provenance_rows(answer),
        "span": " to ".join(dict.fromkeys(f"{month:%B %Y}" for month in rows["month"].iloc[[0, -1]])),
        "months": len(rows),
    }


def paragraphs(comment: str) -> list[str]:
    """A comment's paragraphs, its lines joined; a line that opens with a dash stays on its own."""
    lines = [line.strip() for line in comment.splitlines()]
    text = "".join(f"\n{line}" if not line or line.startswith("- ") else f" {line}" for line in lines)
    return [part.strip() for part in text.split("\n") if part.strip()]


def pictures_of(answer: Answer) -> dict[str, Picture]:
    """Every picture of the page, by name."""
    drawn = (
        plots.overdue_by_bucket(answer.panel),
        plots.balance_and_accounts(answer.panel, answer.unshocked),
        plots.charge_offs(answer.panel, answer.unshocked),
        plots.unemployment(answer.panel),
        patterns.roll_rates(answer.roll_rates),
        patterns.vintages(answer.vintages),
        patterns.who_was_hit(answer.hit, answer.unshocked),
    )
    return dict(zip(PICTURES, drawn, strict=True))


def standing(answer: Answer) -> str:
    """How much weight the figures bear: one run, one luck, and what the comparison is with."""
    rows = segment_rows(answer.panel)
    luck = (
        f"One run with one seed, {float(rows['borrowers'].mean()):,.0f} borrowers in the book on average: "
        "the figures carry sampling noise and have no error band."
    )
    if answer.unshocked is None:
        if answer.scenario.book.warm_up_world == "path":
            return f"{luck} The warm-up lived through the years before, so there is no quiet world to compare with."
        if not _differs(answer):
            return f"{luck} Nothing in this scenario differs from its baseline world, so there is nothing to compare."
        return f"{luck} The same book unshocked was not run, so nothing here says what the scenario adds."
    if all(figure.difference in (0.0, None) for figure in key_figures(answer)):
        return f"{luck} Nothing befalls the book in this scenario: it is the same as unshocked."
    return (
        f"{luck} “Unshocked” is the same borrowers with the same luck in the baseline world, "
        "so the differences carry less noise than the levels."
    )


def _differs(answer: Answer) -> bool:
    """Whether anything in the scenario differs from its baseline world."""
    from simulator.scenario import has_shocks

    return has_shocks(answer.scenario)


def product_table(answer: Answer) -> Table | None:
    """A few figures of each product, where there is more than one."""
    products = by_product(answer.panel)
    if len(products) < 2:
        return None
    chosen = [metric for metric in METRICS if metric.name in _PRODUCT_FIGURES]
    currency = currency_of(answer)
    rows = [
        [worded(product), *(shown(found[metric.name], metric.unit, currency) for metric in chosen)]
        for product, found in products
    ]
    return Table("By product", ["Product", *(metric.label for metric in chosen)], rows)


def flow_tables(flows: pd.DataFrame, currency: str) -> list[Table]:
    """The money identity by year, one table per product."""
    if flows.empty:
        return []
    yearly = flows_by_year(flows)
    outflows = [name for name in OUTFLOWS if name not in RARE or yearly[name].any()]
    columns = ["opening", *INFLOWS, *outflows, "closing"]
    unit, divisor, digits = scaled(float(yearly[columns].abs().to_numpy().max()), currency)
    signs = ("", *"+" * len(INFLOWS), *"−" * len(outflows), "=")
    headings = ["Year"]
    headings += [f"{sign}\N{NO-BREAK SPACE}{worded(name)}".strip() for sign, name in zip(signs, columns, strict=True)]
    tables = []
    for product, rows in yearly.groupby("product", sort=True, observed=True):
        cells = [
            [year_words(row["year"], row["months"]), *(f"{row[name] / divisor:,.{digits}f}" for name in columns)]
            for row in rows.to_dict("records")
        ]
        left = float(rows["left_over"].abs().sum())
        proof = "Adds up to the cent" if left == 0 else f"DOES NOT ADD UP: {left:,.2f} {currency} left over"
        note = f"In {unit}. {proof}; printed figures are rounded, so their last digit may not add."
        title = "Whole book" if product == "all" else worded(str(product))
        tables.append(Table(title, headings, cells, note))
    return tables


def counted_table(answer: Answer) -> Table | None:
    """What was rejected, clipped or defaulted: how many, how much money, and why."""
    if not answer.counted:
        return None
    currency = currency_of(answer)
    rows = [
        [worded(str(row["what"])), f"{row['number']:,}", _money(row.get("money"), currency), str(row.get("why", ""))]
        for row in answer.counted
    ]
    return Table("Counted", ["What", "Number", "Money", "Why"], rows)


def _money(amount: Any, currency: str) -> str:
    if amount is None or (isinstance(amount, float) and math.isnan(amount)):
        return "not known"
    return printed(float(amount), currency)


def provenance_rows(answer: Answer) -> list[tuple[str, str]]:
    """What it takes to make the same run again, and what it cost, in a reader's units."""
    rows = []
    for key, value in answer.provenance.items():
        if key.endswith("_bytes"):
            rows.append((worded(key.removesuffix("_bytes")), f"{value / 1e6:,.0f} MB"))
        elif key.endswith("_seconds"):
            rows.append((worded(key.removesuffix("_seconds")), f"{value:,.1f} seconds"))
        elif key == "seed":
            rows.append((key, str(value)))
        elif key != "question":
            rows.append((worded(key), provenance_text(value)))
    return rows


def provenance_text(value: Any) -> str:
    """A value of the provenance for a reader."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {provenance_text(item)}" for key, item in value.items())
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10_000:
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ", ".join(provenance_text(item) for item in value)
    return str(value)
