"""`loanbook trace`: one borrower's life, month by month and line by line, and the same person in another scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from simulator.cli.options import Asked, scenario_options
from simulator.cli.run import shown_path
from simulator.cli.screen import paragraph, progress, say, table

if TYPE_CHECKING:
    from simulator.trace import Beside, Life


@click.command(short_help="One borrower's life: income, bills, shocks, every ledger line.")
@scenario_options
@click.option("--borrower", type=int, metavar="ID", help="Whose life, by number.")
@click.option("--like", "kind", metavar="KIND", help="Find somebody of this kind rather than name a number.")
@click.option("--beside", "other", metavar="OTHER", help="The same person in this scenario too, with the same luck.")
@click.option("--out", metavar="DIR", help="Also write trace.html, life.csv and ledger.csv here.")
def trace(
    scenario: str,
    seed: int | None,
    borrowers: int | None,
    months: int | None,
    sets: tuple[str, ...],
    tape: str | None,
    borrower: int | None,
    kind: str | None,
    other: str | None,
    out: str | None,
) -> None:
    """Tell the life of one borrower of SCENARIO: what came in, what struck, what was billed and paid, and how it ended.

    Either --borrower names a number, or --like finds somebody: failure, success, penalty-spiral, forgetful, job-loss,
    or a cause of default by name, as income_cut. The run is the same as without anybody looking on. Options as --set
    hold for both scenarios. Without --out nothing is written.

    \b
    Examples:
      loanbook trace cn_platform --like failure --borrowers 5000
      loanbook trace cn_platform_full --like job-loss --beside remedy_restructuring --out runs/one
      loanbook trace us_cards --borrower 1234
    """
    if (borrower is None) == (kind is None):
        raise click.UsageError("either --borrower ID or --like KIND is wanted, not both and not neither")
    with progress(True) as told:
        told("reading the scenario", 0, 0)
        from simulator.cli.size import must_fit
        from simulator.report import check_out, write_trace
        from simulator.trace import beside

        base = Asked(scenario, seed, borrowers, months, sets, tape).load()
        there = Asked(other, base.seed, borrowers, months, sets, tape).load() if other else None
        if out is not None:
            check_out(out)
        must_fit(base)
        found = beside(base, there, borrower, kind, told)
        target = write_trace(found, out) if out is not None else None
    show(found)
    if target is not None:
        say(f"Written: {shown_path(target / 'trace.html')}")


def show(found: Beside) -> None:
    """The story, and then month by month and line by line, of each life."""
    from simulator.trace import story_of

    if found.why:
        say(paragraph(f"Chosen: {found.why}."))
    for life in found.lives:
        say()
        say(heading(life), bold=True)
        say(paragraph(" ".join(story_of(life))))
    for life in found.lives:
        if found.other is not None:
            say()
            say(heading(life), bold=True)
        _events(life)
        _household(life)
        for product in life.setting.products:
            _product(life, product)
        _lines(life)
    say()


def heading(life: Life) -> str:
    """Who, and in which scenario."""
    return f"Borrower {life.borrower} in {life.scenario.name.replace('_', ' ')}"


def _events(life: Life) -> None:
    from simulator.trace import events_of

    say()
    say("What happened", bold=True)
    rows = [(life.date(event.day).isoformat(), event.kind, event.words) for event in events_of(life)]
    table(rows or [("", "", "nothing of note")], ("date", "kind", "what"))


def _household(life: Life) -> None:
    from simulator.trace import life_frame

    say()
    say(f"The household, {life.scenario.lender.currency}, by due date", bold=True)
    rows = [
        (
            row["due_date"].isoformat(),
            *(f"{row[name]:,.2f}" for name in ("received", "blows", "given", "essential", "savings")),
            str(row["score"]),
            row["living"],
        )
        for row in life_frame(life).to_dict("records")
    ]
    heads = ("due date", "income received", "shocks took", "given", "essentials", "savings after", "score", "living")
    table(rows, heads, right=(1, 2, 3, 4, 5, 6))


def _product(life: Life, product: str) -> None:
    from simulator.trace import life_frame

    frame = life_frame(life)
    frame = frame[frame[f"{product}_status"] != "none"]
    if frame.empty:
        return
    say()
    say(f"{product.replace('_', ' ').capitalize()}, {life.scenario.lender.currency}", bold=True)
    rows = [
        (
            row["due_date"].isoformat(),
            *(f"{row[f'{product}_{name}']:,.2f}" for name in ("asked", "paid", "balance", "overdue")),
            str(row[f"{product}_days_late"]),
            row[f"{product}_relief"],
            row[f"{product}_status"],
        )
        for row in frame.to_dict("records")
    ]
    heads = ("due date", "asked", "paid", "balance", "overdue", "days late", "relief", "status")
    table(rows, heads, right=(1, 2, 3, 4, 5))


def _lines(life: Life) -> None:
    from simulator.trace import ledger_frame

    say()
    say(f"Every line of the ledger, {life.scenario.lender.currency}", bold=True)
    rows = [
        (row["date"].isoformat(), row["product"], f"{row['amount']:+,.2f}", f"{row['balance']:,.2f}", row["what"])
        for row in ledger_frame(life).to_dict("records")
    ]
    table(
        rows or [("", "", "", "", "nothing was owed")], ("date", "product", "amount", "balance", "what"), right=(2, 3)
    )
