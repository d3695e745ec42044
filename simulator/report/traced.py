"""One borrower's life for readers: the page with story, picture and tables."""

from __future__ import annotations

from dataclasses import replace

from simulator.report.drawing import worded
from simulator.report.page import filled
from simulator.report.traced_plots import picture_of
from simulator.trace import Beside, Sheet, letters, sheets_of, story_of


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
        "stories": [(worded(each.scenario.name), story_of(each)) for each in found.lives],
        "sheets": [_shown(sheet) for sheet in sheets_of(found)],
        "letters": letters(found),
        "picture": picture_of(found),
    }
    return filled("trace.html.jinja", contents)


def _shown(sheet: Sheet) -> Sheet:
    """With true minus signs, and headings as a page has them."""
    rows = [
        [cell.replace("-", "\N{MINUS SIGN}") if place in sheet.numbers else cell for place, cell in enumerate(row)]
        for row in sheet.rows
    ]
    return replace(sheet, rows=rows, heads=[head[:1].upper() + head[1:] for head in sheet.heads])
