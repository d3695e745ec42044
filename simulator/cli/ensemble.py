"""`loanbook ensemble`: a scenario lived many times, and the distribution of what may come of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simulator.cli.engine import asked_folder, asked_workers, engine_options, kept_option
from simulator.cli.options import Asked, scenario_options
from simulator.cli.run import default_out as out_of_run
from simulator.cli.screen import complain, progress
from simulator.errors import EnsembleError

if TYPE_CHECKING:
    from simulator.ensemble.engines import Workers
    from simulator.ensemble.plan import Plan
    from simulator.scenario import Scenario

SEEDS = 100  # where nobody says how many, nor how sure
BYTES_PER_RUN = 400  # a run's figures; the series of the fan come on top, eight bytes a measure and month
COPIES = 4  # as they come home, as they are gathered, and while they are written


@dataclass(frozen=True)
class Wanted:
    """What was asked for on the command line."""

    asked: Asked
    seeds: int | None
    precision: str | None
    least: int | None
    most: int | None
    worlds: int
    draws: int
    draws_from: str | None
    workers: int | None
    engine: str
    address: str | None
    kept: str | None
    out: str | None
    json: bool
    quiet: bool


@click.command(short_help="Many lives of one scenario: the distribution of what may come, and how sure it is.")
@scenario_options
@click.option(
    "--seeds", type=int, metavar="N", help=f"Seeds in every world and draw, from the scenario's own: {SEEDS}."
)
@click.option(
    "--precision",
    metavar="WANTED",
    help="Live until half the 95% interval is this small: 'METRIC 2%', 'METRIC 0.001' in its own unit, 'METRIC q95 3%' "
    "for a quantile, 'METRIC var99 5%' for a value at risk, 'METRIC es95 5%' for an expected shortfall.",
)
@click.option("--least", type=int, metavar="N", help="With --precision: seeds of the first round, at least: 20.")
@click.option("--most", type=int, metavar="N", help="With --precision: stop at this many seeds in any case: 1,000.")
@click.option("--worlds", type=int, default=1, show_default=True, metavar="N", help="Worlds around the scenario's own.")
@click.option("--draws", type=int, default=1, show_default=True, metavar="N", help="Draws of uncertain parameters.")
@click.option(
    "--draws-from",
    type=click.Choice(("fit", "priors")),
    help="Where the parameters' uncertainty is from: the scenario's fit, or published ranges; without it the fit, "
    "if there is one.",
)
@engine_options
@kept_option
@click.option("--out", metavar="DIR", help="Where the answer goes; without it runs/ensemble_<scenario's name>.")
@click.option("--json", is_flag=True, help="Print the answer as JSON and nothing else.")
@click.option("--quiet", is_flag=True, help="Show nothing but errors.")
def ensemble(
    scenario: str,
    seed: int | None,
    borrowers: int | None,
    months: int | None,
    sets: tuple[str, ...],
    tape: str | None,
    seeds: int | None,
    precision: str | None,
    least: int | None,
    most: int | None,
    worlds: int,
    draws: int,
    draws_from: str | None,
    workers: int | None,
    engine: str,
    address: str | None,
    kept: str | None,
    out: str | None,
    json: bool,
    quiet: bool,
) -> None:
    """Live SCENARIO with many seeds, worlds and parameter draws: what may come of it, how likely, and how sure.

    Three kinds of uncertainty are kept apart: the luck of the borrowers (seeds), the world (paths of unemployment
    around the scenario's), and the parameters. Every seed lives in every world with every draw. Finished runs are
    kept: the same command after a stop goes on where it was. The answer is the same for any number of workers.

    \b
    Examples:
      loanbook ensemble us_cards_severe_2026 --borrowers 20000 --seeds 200
      loanbook ensemble us_cards_severe_2026 --borrowers 20000 --precision "peak_overdue_30_rate 2%"
      loanbook ensemble cn_platform --worlds 20 --draws 10 --seeds 20 --workers 4 --out runs/mine
      loanbook ensemble mine.yaml --precision "net_loss es95 5%" --most 2000
    """
    asked = Asked(scenario, seed, borrowers, months, sets, tape)
    live_through(
        Wanted(
            asked, seeds, precision, least, most, worlds, draws, draws_from,
            workers, engine, address, kept, out, json, quiet or json,
        )
    )  # fmt: skip


def live_through(wanted: Wanted) -> None:
    """Load, check, say how much it is, live it, write the answer, and show it in short."""
    _must_go_together(wanted)
    with progress(not wanted.quiet) as told:
        told("reading the scenario", 0, 0)
        from simulator.ensemble import distribution
        from simulator.ensemble.live import must_make_sense
        from simulator.ensemble.plan import planned
        from simulator.ensemble.precision import LEAST, MOST, precision_of
        from simulator.report import check_out, write_ensemble

        precision = None if wanted.precision is None else precision_of(wanted.precision)
        scenario = wanted.asked.load()
        where = wanted.out if wanted.out is not None else default_out(scenario)
        check_out(where)
        workers = asked_workers(wanted.workers, wanted.engine, wanted.address)
        plan = planned(scenario, wanted.worlds, wanted.draws, wanted.draws_from)
        least, most = wanted.least or min(LEAST, wanted.most or MOST), wanted.most or MOST
        seeds = None if precision is not None else wanted.seeds or SEEDS
        must_make_sense(seeds, precision, least, most, plan.combinations)
        workers = must_fit_all(scenario, workers, plan.combinations * (seeds or most))
        folder = asked_folder(wanted.kept)
        if not wanted.quiet:
            complain(_how_much(plan, workers, seeds, least, most))
        found = distribution(
            scenario,
            seeds=seeds,
            precision=precision,
            worlds=wanted.worlds,
            draws=wanted.draws,
            draws_from=wanted.draws_from,
            workers=workers,
            kept=folder,
            least=least,
            most=most,
            progress=told,
        )
        told("writing the report", 0, 0)
        target = write_ensemble(found, where)
    if wanted.json:
        click.echo((target / "ensemble.json").read_text(encoding="utf-8"), nl=False)
    elif not wanted.quiet:
        from simulator.cli.ensemble_screen import show

        show(found, target)


def _must_go_together(wanted: Wanted) -> None:
    """EnsembleError for numbers that make no sense and options that do not go together."""
    for name, value, lowest in (
        ("seeds", wanted.seeds, 2),
        ("least", wanted.least, 2),
        ("most", wanted.most, 2),
        ("worlds", wanted.worlds, 1),
        ("draws", wanted.draws, 1),
    ):
        if value is not None and value < lowest:
            raise EnsembleError(f"--{name} {value}: at least {lowest} is wanted")
    if wanted.seeds is not None and wanted.precision is not None:
        raise EnsembleError("--seeds and --precision: either a number of seeds or a precision is wanted, not both")
    if wanted.precision is None and (wanted.least is not None or wanted.most is not None):
        raise EnsembleError("--least and --most belong to --precision; without it --seeds says how many")
    if wanted.draws_from is not None and wanted.draws == 1:
        raise EnsembleError(
            f"--draws-from {wanted.draws_from}: with one draw the parameters are as given; add --draws N"
        )


def default_out(scenario: Scenario) -> str:
    """runs/ensemble_<scenario's name>."""
    place = Path(out_of_run(scenario))
    return str(place.with_name(f"ensemble_{place.name}"))


def must_fit_all(scenario: Scenario, workers: Workers, runs: int) -> Workers:
    """ScenarioError when the runs at a time, and what is kept of all of them, would not fit in the memory here."""
    from simulator.cli.compare import must_fit_together
    from simulator.cli.size import SPARE, megabytes, memory_free
    from simulator.ensemble.engines import at_most, here

    workers = at_most(workers, runs)
    needed, free = memory_of_answer(scenario, runs), memory_free()
    if needed > SPARE * free:
        raise EnsembleError(
            f"{runs:,} runs of {scenario.span.months} months need about {megabytes(needed)} for their figures alone "
            f"and {megabytes(free)} are free here; take fewer seeds, worlds or draws"
        )
    if at_a_time := here(workers):
        must_fit_together([scenario], at_a_time)
    return workers


def memory_of_answer(scenario: Scenario, runs: int) -> int:
    """An estimate of the memory for what is kept of so many runs, in bytes."""
    from simulator.ensemble import FAN

    return COPIES * runs * (BYTES_PER_RUN + 8 * len(FAN) * scenario.span.months)


def _how_much(plan: Plan, workers: Workers, seeds: int | None, least: int, most: int) -> str:
    """`20 worlds x 100 seeds: 2,000 runs of 20,000 borrowers, 2 at a time; at most about 600 MB of memory here`."""
    from simulator.cli.size import megabytes, memory_needed
    from simulator.ensemble.engines import here

    scenario, combinations = plan.scenario, plan.combinations
    parts = [f"{len(each):,} {name}s" for each, name in ((plan.worlds, "world"), (plan.draws, "draw")) if len(each) > 1]
    parts.append(f"{seeds:,} seeds" if seeds is not None else f"{least:,} to {most:,} seeds")
    runs = f"{combinations * seeds:,}" if seeds is not None else f"{combinations * least:,} to {combinations * most:,}"
    memory = here(workers) * memory_needed(scenario) + memory_of_answer(scenario, combinations * (seeds or most))
    told = "".join(f"\n{words}" for words in (plan.worlds_told, plan.draws_told) if words)
    return (
        f"{' x '.join(parts)}: {runs} runs of {scenario.book.borrowers:,} borrowers, "
        f"{here(workers) or 'many'} at a time; at most about {megabytes(memory)} of memory here{told}"
    )
