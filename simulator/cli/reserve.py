"""`loanbook reserve`: what to set aside, by three rule books, why it moved, and how often it is enough."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simulator.cli.engine import asked_folder, kept_option
from simulator.cli.options import Asked, scenario_options
from simulator.cli.run import default_out as out_of_run
from simulator.cli.run import shown_path
from simulator.cli.screen import paragraph, progress, say, table
from simulator.errors import EnsembleError

if TYPE_CHECKING:
    from simulator.allowance import ReserveResult
    from simulator.scenario import Scenario


@dataclass(frozen=True)
class Wanted:
    """What was asked for on the command line."""

    asked: Asked
    beside: str | None
    rule: str | None
    study_seeds: int
    worlds: int
    seeds: int
    workers: int | None
    kept: str | None
    out: str | None
    json: bool
    quiet: bool


@click.command(short_help="What to set aside, why it moved, and how often it is enough.")
@scenario_options
@click.option("--beside", metavar="OTHER", help="Walk from this scenario's allowance on the last day to SCENARIO's.")
@click.option("--rule", metavar="RULE", help="ifrs9, cecl or five_classes: whose allowance the panel shows.")
@click.option(
    "--study-seeds",
    type=int,
    default=3,
    show_default=True,
    metavar="N",
    help="Lives of the book from which expectations are learnt, in quiet times; fewer in other times.",
)
@click.option(
    "--worlds",
    type=int,
    default=10,
    show_default=True,
    metavar="N",
    help="Worlds round the scenario's through which the book of the eve is lived, to see whether it is enough.",
)
@click.option("--seeds", type=int, default=3, show_default=True, metavar="N", help="Lives in each of these worlds.")
@click.option("--workers", type=int, metavar="W", help="Lives at the same time; without it one for each core.")
@kept_option
@click.option("--out", metavar="DIR", help="Where the answer goes; without it runs/reserve_<scenario's name>.")
@click.option("--json", is_flag=True, help="Print the answer as JSON and nothing else.")
@click.option("--quiet", is_flag=True, help="Show nothing but errors.")
def reserve(
    scenario: str,
    seed: int | None,
    borrowers: int | None,
    months: int | None,
    sets: tuple[str, ...],
    tape: str | None,
    beside: str | None,
    rule: str | None,
    study_seeds: int,
    worlds: int,
    seeds: int,
    workers: int | None,
    kept: str | None,
    out: str | None,
    json: bool,
    quiet: bool,
) -> None:
    """Reserves of SCENARIO by IFRS 9, CECL and China's five classes, from simulated lives.

    What is expected of accounts is learnt from lives of the book; the scenario is then lived once and its allowance
    measured at every month's end, with the walk from each to the next; and the accounts of the first day are followed
    through many worlds, to see how often what was set aside is enough. Views, weights, rule books, overlays and
    capital stand under lender.provisioning; `loanbook list reserves` shows every term.

    \b
    Examples:
      loanbook reserve planner_2026
      loanbook reserve us_cards_severe_2026 --borrowers 20000 --rule cecl --worlds 20 --seeds 5
      loanbook reserve cn_unemployment --beside cn_platform --set lender.provisioning.rule=five_classes
    """
    asked = Asked(scenario, seed, borrowers, months, sets, tape)
    set_aside(Wanted(asked, beside, rule, study_seeds, worlds, seeds, workers, kept, out, json, quiet or json))


def set_aside(wanted: Wanted) -> None:
    """Load, check, live, write the answer, and show it in short."""
    for option, number, least in (
        ("--study-seeds", wanted.study_seeds, 2),
        ("--worlds", wanted.worlds, 1),
        ("--seeds", wanted.seeds, 2),
        ("--workers", wanted.workers, 1),
    ):
        if number is not None and number < least:
            raise EnsembleError(f"{option} {number}: at least {least} is wanted")
    with progress(not wanted.quiet) as told:
        told("reading the scenario", 0, 0)
        from simulator.allowance import Effort, checked
        from simulator.allowance import reserve as work_out
        from simulator.cli.compare import must_fit_together
        from simulator.report import check_out, write_reserve

        scenario = checked(wanted.asked.load(), wanted.rule)
        other = None
        if wanted.beside is not None:
            same = wanted.asked
            other = checked(Asked(wanted.beside, same.seed, same.borrowers, same.months, same.sets).load(), wanted.rule)
        where = wanted.out if wanted.out is not None else default_out(scenario)
        check_out(where)
        workers = wanted.workers or os.cpu_count() or 1
        must_fit_together([scenario], workers)
        found = work_out(
            scenario,
            effort=Effort(wanted.study_seeds, wanted.worlds, wanted.seeds),
            workers=workers,
            other=other,
            books=asked_folder(wanted.kept),
            told=told,
        )
        told("writing the report", 0, 0)
        target = write_reserve(found, where)
    if wanted.json:
        click.echo((target / "summary.json").read_text(encoding="utf-8"), nl=False)
    elif not wanted.quiet:
        show(found, target)


def default_out(scenario: Scenario) -> str:
    """runs/reserve_<scenario's name>."""
    place = Path(out_of_run(scenario))
    return str(place.with_name(f"reserve_{place.name}"))


def show(found: ReserveResult, target: Path) -> None:
    """The allowance by rule on the first and the last day, how often it is enough, and where the report is."""
    currency = found.scenario.lender.currency
    say()
    say(f"Reserves of {found.scenario.name}", bold=True)
    say()
    rows = []
    whole = found.months[(found.months["segment"] == "all") & (found.months["label"] == "all")]
    for rule, held in whole.groupby("rule", sort=False):
        year = found.enough[(found.enough["rule"] == rule) & (found.enough["horizon"] == "12 months")].iloc[0]
        first, last = held.iloc[0], held.iloc[-1]
        rows.append(
            [
                str(rule).replace("_", " "),
                f"{first['allowance']:,.0f}",
                f"{first['coverage']:.2%}",
                f"{last['allowance']:,.0f}",
                f"{held['coverage'].max():.2%}",
                f"{year['covered']:.0%} ± {year['covered_standard_error']:.0%}",
            ]
        )
    heads = (currency, "first day", "of balance", "last day", "highest share", "covers 12 months")
    table(rows, heads, right=(1, 2, 3, 4, 5))
    say()
    for note in found.notes:
        say(paragraph(f"! {note}"))
    say(f"Report: {shown_path(target / 'reserve.html')}")
