"""`loanbook reverse`: the least severe scenario that breaks a limit, how sure that is, and how plausible."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simulator.cli.compare import must_fit_together
from simulator.cli.engine import asked_folder, asked_workers, engine_options, kept_option
from simulator.cli.options import Asked, scenario_options
from simulator.cli.run import shown_path
from simulator.cli.screen import paragraph, progress, say, table

if TYPE_CHECKING:
    from simulator.reverse import Reversed
    from simulator.scenario import Scenario


@dataclass(frozen=True)
class Wanted:
    """What was asked for on the command line."""

    asked: Asked
    find: tuple[str, ...]
    until: str
    seeds: int
    tolerance: float
    grid: int
    workers: int | None
    engine: str
    address: str | None
    history: str | None
    out: str | None
    kept: str | None
    json: bool
    quiet: bool


@click.command(short_help="The least severe scenario that breaks a limit.")
@scenario_options
@click.option(
    "--find",
    multiple=True,
    required=True,
    metavar="KEY[=FROM:TO]",
    help="The key that is moved, from its value in the scenario to the largest accepted, or from FROM to TO; "
    "given again: a direction, all keys move together.",
)
@click.option("--until", required=True, metavar="LIMIT", help='The limit: "METRIC >= VALUE", or >, <=, <; 0.1 or 10%.')
@click.option(
    "--seeds", type=int, default=8, show_default=True, metavar="N", help="Runs at every place, at least 2; same luck."
)
@click.option(
    "--tolerance",
    type=float,
    default=0.001,
    show_default=True,
    metavar="SHARE",
    help="Width of the last bracket, as a share of the range.",
)
@click.option(
    "--grid", type=int, default=9, show_default=True, metavar="N", help="Places of the coarse grid, both ends counted."
)
@engine_options
@click.option(
    "--history",
    metavar="FILE.csv",
    help="Unemployment of the past, percent: columns date and value, as from FRED.",
)
@click.option("--out", metavar="DIR", help="Where the answer goes; without it runs/reverse_<scenario's name>.")
@kept_option
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON and nothing else.")
@click.option("--quiet", is_flag=True, help="Show nothing but errors.")
def reverse(
    scenario: str,
    seed: int | None,
    borrowers: int | None,
    months: int | None,
    sets: tuple[str, ...],
    tape: str | None,
    find: tuple[str, ...],
    until: str,
    seeds: int,
    tolerance: float,
    grid: int,
    workers: int | None,
    engine: str,
    address: str | None,
    history: str | None,
    out: str | None,
    kept: str | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Find the least severe form of SCENARIO that breaks a limit, and say how plausible it is.

    A key of the scenario is moved from its mild end to its hard end; several keys move together, each from its mild
    to its hard end. Of a path over time the range is in multiples of its departure from its baseline: 0:2 goes from
    its baseline all along to twice as far from it. FROM may be above TO, where less is harder (job_finding, say).
    The severity of a shock that SCENARIO does not have is moved from nought: it then begins with the span and stays.

    Every place is lived with the same seeds, so that the luck is the same; the limit counts as broken where the mean
    over the seeds breaks it. A coarse grid comes first and tells whether the figure moves one way; then Brent's
    method closes in on the first crossing from the mild end. Finished runs are kept, so that asking again, or for
    another limit on the same dial, lives little or nothing again.

    Unemployment is laid beside its history: --history, or else UNRATE.csv of the folder that the scenario reads
    (world.economy.history), or else, for lenders in USD, the series quoted in the scenario lendingclub. Other values
    are laid beside the published range that their source names.

    An answer is no error: where the limit is broken already at the mild end, or not even at the hard end, that is
    said with the figures there, and the exit code is 0. With --json nothing is written unless --out is given.

    \b
    Examples:
      loanbook reverse cn_unemployment --find world.shocks.slump.severity=0:12 --until "peak_overdue_30_rate >= 10%"
      loanbook reverse us_cards_severe_2026 --find world.economy.unemployment=0:2 --until "peak_charge_off_rate > 8%"
      loanbook reverse cn_unemployment --find world.shocks.slump.severity=0:10
          --find world.shocks.illness.severity=1:3 --until "profit < 0" --seeds 16 --out runs/limit
    """
    asked = Asked(scenario, seed, borrowers, months, sets, tape)
    where = (workers, engine, address)
    look_for(Wanted(asked, find, until, seeds, tolerance, grid, *where, history, out, kept, as_json, quiet))


def look_for(wanted: Wanted) -> None:
    """Load, check everything that can be checked before, search, write the answer, and show it."""
    with progress(not wanted.quiet and not wanted.json) as told:
        told("reading the scenario", 0, 0)
        from simulator.ensemble.engines import at_most, here
        from simulator.report import check_out, write_reversed
        from simulator.reverse import checked
        from simulator.reverse import reverse as live

        scenario = wanted.asked.load()
        where = wanted.out
        if where is None and not wanted.json:
            where = default_out(scenario)
        if where is not None:
            check_out(where)
        asked = asked_workers(wanted.workers, wanted.engine, wanted.address)
        workers = at_most(asked, max(wanted.seeds * wanted.grid, 1))
        checked(
            scenario, wanted.find, wanted.until, wanted.seeds, workers, wanted.tolerance, wanted.grid, wanted.history
        )
        must_fit_together([scenario], here(workers))
        folder = asked_folder(wanted.kept)
        found = live(
            scenario,
            wanted.find,
            wanted.until,
            seeds=wanted.seeds,
            workers=workers,
            tolerance=wanted.tolerance,
            grid=wanted.grid,
            history=wanted.history,
            kept=folder,
            progress=told,
        )
        target = None
        if where is not None:
            told("writing the report", 0, 0)
            target = write_reversed(found, where, wanted.asked.scenario)
    if wanted.json:
        from simulator.report.write import json_text
        from simulator.reverse.summary import summary_of

        click.echo(json_text(summary_of(found)), nl=False)
    elif not wanted.quiet and target is not None:
        show(found, target)


def default_out(scenario: Scenario) -> str:
    """runs/reverse_<scenario's name>."""
    from simulator.cli.run import default_out as of_run

    place = Path(of_run(scenario))
    return str(place.with_name(f"reverse_{place.name}"))


def show(found: Reversed, target: Path) -> None:
    """The answer, the grid, how sure and how plausible it is, and where the report is."""
    from simulator.report.reversed import points_table, title_of
    from simulator.reverse.words import answer_words, plausibility_words, shape_words, sure_words

    say()
    say(title_of(found), bold=True)
    say(paragraph(answer_words(found)))
    say()
    shown = points_table(found)
    on_grid = [row for row, point in zip(shown.rows, found.search.points, strict=True) if point.on_grid]
    table([row[:-1] for row in on_grid], shown.headings[:-1], right=range(len(shown.headings) - 2))
    say()
    for note in found.dial.notes:
        say(paragraph(f"! {note}"))
    for text in (shape_words(found), sure_words(found), *plausibility_words(found)):
        if text:
            say(paragraph(text))
    if (target / "found.yaml").exists():
        say(f"The scenario found: {shown_path(target / 'found.yaml')}")
    say(f"Report: {shown_path(target / 'reverse.html')}")
