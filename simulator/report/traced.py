"""One borrower's life for readers: the page with story, picture and tables."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.report.drawing import worded
from simulator.report.page import filled
from simulator.report.tables import Table
from simulator.report.traced_plots import picture_of
from simulator.trace import Beside, Life, events_of, ledger_frame, life_frame, story_of


@dataclass(frozen=True)
class Part:
    """One scenario's part of the page."""

    name: str
    story: list[str]
    events: Table
    household: Table
    products: list[Table]
    lines: Table


def trace_page(found: Beside) -> str:
    """The whole page as HTML: one document that needs no network."""
    life = found.life
    clock = life.setting.clock
    first, last = clock.month_end_date(0), clock.month_end_date(clock.months - 1)
    under = f"{first:%B %Y} to {last:%B %Y} ({clock.months} months), seed {life.setting.draws.seed}"
    if found.other is not None:
        under += "; beside it the same person with the same luck in another scenario"
    contents = {
        "borrower": life.borrower,
        "base": worded(life.scenario.name),
        "under": under,
        "why": found.why,
        "parts": [_part(each) for each in found.lives],
        "picture": picture_of(found),
        "currency": life.scenario.lender.currency,
    }
    return filled("trace.html.jinja", contents)


def _part(life: Life) -> Part:
    products = [table for name in life.setting.products if (table := _product(life, name)) is not None]
    return Part(worded(life.scenario.name), story_of(life), _events(life), _household(life), products, _lines(life))


def _events(life: Life) -> Table:
    rows = [[life.date(event.day).isoformat(), event.kind, event.words] for event in events_of(life)]
    return Table("What happened", ["Date", "Kind", "What"], rows)


def _money(amount: float) -> str:
    return f"{amount:,.2f}".replace("-", "−")


def _household(life: Life) -> Table:
    heads = ["Due date", "Income received", "Shocks took", "Given", "Essentials", "Savings after", "Score", "Living"]
    rows = [
        [
            row["due_date"].isoformat(),
            *(_money(row[name]) for name in ("received", "blows", "given", "essential", "savings")),
            str(row["score"]),
            row["living"],
        ]
        for row in life_frame(life).to_dict("records")
    ]
    return Table(f"The household, {life.scenario.lender.currency}", heads, rows)


def _product(life: Life, product: str) -> Table | None:
    """The account month by month; None where there was none."""
    frame = life_frame(life)
    frame = frame[frame[f"{product}_status"] != "none"]
    if frame.empty:
        return None
    heads = ["Due date", "Asked", "Paid", "Balance", "Overdue", "Days late", "Relief", "Status"]
    rows = [
        [
            row["due_date"].isoformat(),
            *(_money(row[f"{product}_{name}"]) for name in ("asked", "paid", "balance", "overdue")),
            str(row[f"{product}_days_late"]),
            worded(row[f"{product}_relief"]),
            row[f"{product}_status"],
        ]
        for row in frame.to_dict("records")
    ]
    return Table(f"{worded(product).capitalize()}, {life.scenario.lender.currency}", heads, rows)


def _lines(life: Life) -> Table:
    rows = [
        [row["date"].isoformat(), worded(row["product"]), row["what"], _signed(row["amount"]), _money(row["balance"])]
        for row in ledger_frame(life).to_dict("records")
    ]
    note = "What the borrower owes more (+) or less (−) by each line, and what is then owed; they add up to the cent."
    return Table(f"Every line of the ledger, {life.scenario.lender.currency}", _LINE_HEADS, rows, note)


_LINE_HEADS = ["Date", "Product", "What", "Amount", "Balance"]


def _signed(amount: float) -> str:
    return f"{amount:+,.2f}".replace("-", "−")
