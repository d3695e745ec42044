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
      loanbook trace cn_unemployment --like job-loss --beside remedy_restructuring --out runs/one
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
    """The story of each life, then what happened, month by month, and line by line; two lives side by side."""
    from simulator.trace import letters, sheets_of, story_of

    if found.why:
        say(paragraph(f"Chosen: {found.why}."))
    for life in found.lives:
        say()
        say(heading(life), bold=True)
        say(paragraph(" ".join(story_of(life))))
    if found.other is not None:
        say()
        say(paragraph(f"Side by side: {letters(found)}."))
    for sheet in sheets_of(found):
        say()
        say(sheet.title, bold=True)
        table(sheet.rows, sheet.heads, right=sheet.numbers)
    say()


def heading(life: Life) -> str:
    """Who, and in which scenario."""
    return f"Borrower {life.borrower} in {life.scenario.name.replace('_', ' ')}"
