"""`loanbook sweep`: a scenario with other values of some keys; what each moves, how far, and how surely."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simulator.cli.engine import asked_folder, asked_workers, engine_options, kept_option
from simulator.cli.options import Asked, scenario_options
from simulator.cli.run import default_out as out_of_run
from simulator.cli.run import shown_path
from simulator.cli.screen import complain, paragraph, progress, say, table
from simulator.errors import EnsembleError

if TYPE_CHECKING:
    from simulator.cli.screen import Told
    from simulator.scenario import Scenario
    from simulator.sweeps import Plan, Sweep


@dataclass(frozen=True)
class Wanted:
    """What was asked for on the command line."""

    asked: Asked
    vary: tuple[str, ...]
    from_file: str | None
    design: str | None
    points: int | None
    seeds: int | None
    metrics: tuple[str, ...]
    most_runs: int | None
    workers: int | None
    engine: str
    address: str | None
    kept: str | None
    out: str | None
    json: bool
    quiet: bool


@click.command(short_help="Vary keys of a scenario: what moves each figure, how far, how surely.")
@scenario_options
@click.option(
    "--vary",
    multiple=True,
    metavar="KEY=LOW:HIGH",
    help="Vary this key over a range, or over values as KEY=2,4,8 or KEY=on,off, or over the published range of the "
    "parameter as KEY=published; give it again for further keys.",
)
@click.option("--from-file", metavar="FILE", help="Take the points from a CSV: keys in the first line, a point a line.")
@click.option(
    "--design",
    metavar="DESIGN",
    help="grid, one-at-a-time, latin or sobol; without it a grid for values and for one or two ranges, otherwise "
    "one key at a time.",
)
@click.option(
    "--points",
    type=int,
    metavar="N",
    help="Levels of a range (grid: 5; one at a time: its 2 ends), points of a latin design (10 a key), or base points "
    "of Sobol's (32: times keys + 2).",
)
@click.option("--seeds", type=int, metavar="N", help="Runs of each point, with the same luck in every one: 4, or 2.")
@click.option("--metric", "metrics", multiple=True, metavar="NAME", help="A figure to explain; may be given again.")
@click.option("--most-runs", type=int, metavar="N", help="Refuse a sweep of more runs than this: 10,000.")
@engine_options
@kept_option
@click.option("--out", metavar="DIR", help="Where the answer goes; without it runs/sweep_<scenario's name>.")
@click.option("--json", is_flag=True, help="Print the answer as JSON and nothing else.")
@click.option("--quiet", is_flag=True, help="Show nothing but errors.")
def sweep(
    scenario: str,
    seed: int | None,
    borrowers: int | None,
    months: int | None,
    sets: tuple[str, ...],
    tape: str | None,
    vary: tuple[str, ...],
    from_file: str | None,
    design: str | None,
    points: int | None,
    seeds: int | None,
    metrics: tuple[str, ...],
    most_runs: int | None,
    workers: int | None,
    engine: str,
    address: str | None,
    kept: str | None,
    out: str | None,
    json: bool,
    quiet: bool,
) -> None:
    """Live SCENARIO with other values of some keys, and tell what moves each figure, how far, and how surely.

    A grid gives a tornado, a heat map and exact shares of the variance; one-at-a-time a tornado around the scenario
    as it stands; latin rank coefficients; sobol the share of the variance each key has alone and in all. Every point
    lives with the same seeds (the same luck), and how much of the variance is luck is told. Finished runs are kept:
    a sweep that was stopped goes on where it was, and a finer one takes what it can from the one before.

    \b
    Examples:
      loanbook sweep us_cards_severe_2026 --vary lender.products.card.rate=0.15:0.30 --vary world.shocks.illness=on,off
      loanbook sweep cn_platform --vary world.shocks.unemployment.severity=2,4,6,8 --vary lender.desk.seats=5:40
      loanbook sweep us_cards --design sobol --points 64 --vary world.economy.unemployment=4:12 \\
        --vary lender.products.card.rate=published --vary world.shocks.illness.incidence=published --borrowers 5000
      loanbook sweep mine.yaml --from-file points.csv --metric net_loss --metric profit --seeds 8
    """
    asked = Asked(scenario, seed, borrowers, months, sets, tape)
    vary_all(
        Wanted(
            asked, vary, from_file, design, points, seeds, metrics, most_runs,
            workers, engine, address, kept, out, json, quiet or json,
        )
    )  # fmt: skip


def vary_all(wanted: Wanted) -> None:
    """Load, check every point, say how much it is, live it, write the answer, and show it in short."""
    if wanted.from_file is not None and (wanted.vary or wanted.design or wanted.points):
        raise EnsembleError("--from-file holds the points itself; leave --vary, --design and --points out")
    with progress(not wanted.quiet) as told:
        told("reading the scenario", 0, 0)
        from simulator.cli.compare import must_fit_together
        from simulator.ensemble.engines import at_a_time, at_most, here
        from simulator.report import check_out, write_sweep
        from simulator.sweeps import live

        workers = asked_workers(wanted.workers, wanted.engine, wanted.address)
        scenario = wanted.asked.load()
        where = wanted.out if wanted.out is not None else default_out(scenario)
        check_out(where)
        planned = _planned(wanted, scenario, told)
        workers = at_most(workers, planned.runs)
        if here(workers):
            must_fit_together([_largest(planned)], here(workers))
        folder = asked_folder(wanted.kept)
        if not wanted.quiet:
            complain(_how_much(planned, at_a_time(workers)))
        found = live(planned, workers=workers, kept=folder, progress=told)
        told("writing the report", 0, 0)
        target = write_sweep(found, where)
    if wanted.json:
        click.echo((target / "sweep.json").read_text(encoding="utf-8"), nl=False)
    elif not wanted.quiet:
        show(found, target)


def _planned(wanted: Wanted, scenario: Scenario, told: Told) -> Plan:
    """Every point, checked."""
    from simulator.sweeps import MOST_RUNS, design_of_file, plan

    return plan(
        scenario,
        design_of_file(scenario, wanted.from_file) if wanted.from_file is not None else wanted.vary,
        kind=wanted.design,
        points=wanted.points,
        seeds=wanted.seeds,
        metrics=wanted.metrics,
        most_runs=wanted.most_runs if wanted.most_runs is not None else MOST_RUNS,
        option="--vary",
        progress=told,
    )


def _largest(planned: Plan) -> Scenario:
    """The scenario of the point that needs the most memory, where a key changes how large the book is."""
    from simulator.cli.size import memory_needed
    from simulator.scenario import variant

    points = [point for point in planned.design.points if any(path.startswith(("book", "span")) for path in point)]
    return max([planned.scenario, *(variant(planned.scenario, point) for point in points)], key=memory_needed)


def _how_much(planned: Plan, workers: int) -> str:
    """`25 points x 4 seeds: 100 runs, about 3 minutes on 2 workers`."""
    from simulator.sweeps import duration

    points, seeds = len(planned.design.points), len(planned.seeds)
    again = points * seeds - planned.runs
    same = f" ({again} of the same scenario lived once)" if again else ""
    notes = "".join(f"; {note}" for note in planned.design.notes)
    where = f"{workers} worker{'s' if workers > 1 else ''}"
    return (
        f"{points:,} points x {seeds} seed{'s' if seeds > 1 else ''}: {planned.runs:,} runs{same}, about "
        f"{duration(planned.seconds(workers))} on {where} where none is kept{notes}"
    )


def default_out(scenario: Scenario) -> str:
    """runs/sweep_<scenario's name>."""
    place = Path(out_of_run(scenario))
    return str(place.with_name(f"sweep_{place.name}"))


def show(found: Sweep, target: Path) -> None:
    """What moves each figure, how much of it is luck, and where the report is."""
    from simulator.report.swept_tables import effects_table
    from simulator.report.swept_words import answer_of, holes, loose_of, luck_of, size_in_words

    say()
    say(f"What moves {found.scenario.name}", bold=True)
    say(paragraph(f"{size_in_words(found)}, {found.scenario.span.months} months."))
    for words in (*found.warnings, *holes(found)):
        say(paragraph(f"! {words}"))
    for metric in found.metrics:
        say()
        say(paragraph(answer_of(found, metric)))
        say()
        told = effects_table(found, metric)
        table(told.rows, tuple(told.headings), right=tuple(range(1, len(told.headings))))
        if words := f"{luck_of(found, metric)} {loose_of(found, metric)}".strip():
            say(paragraph(words))
    say()
    say(f"Report: {shown_path(target / 'sweep.html')}")
