"""`loanbook backtest`: a scenario through history, beside what was observed and two plain regressions."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simulator.cli.backtest_screen import show
from simulator.cli.compare import must_fit_together
from simulator.cli.options import Asked
from simulator.cli.screen import Told, progress
from simulator.errors import EnsembleError

if TYPE_CHECKING:
    from simulator.calibration.backtest import Backtest
    from simulator.scenario import Scenario


@dataclass(frozen=True)
class Wanted:
    """What was asked for on the command line."""

    asked: Asked
    target: str
    measure: str
    first: str
    last: str
    seeds: int
    draws: int
    workers: int | None
    skip: tuple[str, ...]
    history: str | None
    out: str | None
    json: bool
    quiet: bool


@click.command(short_help="Through history on given inputs: how near it came to what was observed.")
@click.argument("scenario")
@click.option("--target", required=True, metavar="FILE.csv", help="What was observed: two columns, date and value.")
@click.option(
    "--measure",
    default="charge_off_rate",
    show_default=True,
    metavar="NAME",
    help="What of the book stands beside it: a rate, a column of the panel, or a / b of two.",
)
@click.option("--from", "first", required=True, metavar="MONTH", help="First month of the window, as 2007-01.")
@click.option("--to", "last", required=True, metavar="MONTH", help="Last month of the window, as 2013-12.")
@click.option(
    "--seeds", type=int, default=4, show_default=True, metavar="N", help="Runs; their mean is the prediction."
)
@click.option(
    "--draws",
    type=int,
    default=4,
    show_default=True,
    metavar="N",
    help="More runs with parameters drawn from the scenario's fit, for the band.",
)
@click.option("--workers", type=int, metavar="W", help="Runs at the same time; without it one for each core.")
@click.option(
    "--skip",
    multiple=True,
    metavar="DATES",
    help="Quarters left out of every score, openly, as 2005-10,2006-01; may be given again.",
)
@click.option("--history", metavar="FILE.csv", help="Earlier values for the regressions, where the target has none.")
@click.option("--seed", type=int, metavar="N", help="The first seed; without it the scenario's own.")
@click.option("--borrowers", type=int, metavar="N", help="How many borrowers.")
@click.option("--set", "sets", multiple=True, metavar="KEY.PATH=VALUE", help="Change one value; may be given again.")
@click.option("--out", metavar="DIR", help="Where the answer goes; without it runs/backtest_<scenario>_<measure>.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON and nothing else.")
@click.option("--quiet", is_flag=True, help="Show nothing but errors.")
def backtest(
    scenario: str,
    target: str,
    measure: str,
    first: str,
    last: str,
    seeds: int,
    draws: int,
    workers: int | None,
    skip: tuple[str, ...],
    history: str | None,
    seed: int | None,
    borrowers: int | None,
    sets: tuple[str, ...],
    out: str | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Run SCENARIO through history on its given inputs and tell how near it came to what was observed.

    It runs from the start of its span to the end of the window with several seeds; the prediction is their mean, told
    with its sampling noise. Beside it stand two regressions on the same inputs: on unemployment and its change over a
    year, and the same with card debt against income a year before; each fitted before the window, a fair forecast,
    and within it, a floor that no forecast gets. The 90% band is made of the seeds, of parameters drawn from the
    scenario's fit and of the fit's model error, as far as it has them.

    The target is a CSV file by quarter or by month, as it is downloaded from FRED. A measure is charge_off_rate (net
    of recoveries, percent a year), gross_charge_off_rate, overdue_30_rate, overdue_60_rate, overdue_90_rate (percent
    of balance), any column of the panel in the panel's own unit, a / b of two columns, or a number times one of
    these, as "100 * unemployment_rate". Dates stand for the quarter in which they lie.

    With --json nothing is written unless --out is given.

    \b
    Examples:
      loanbook backtest us_cards_history --target CORCCACBS.csv --from 2000-01 --to 2006-12 --skip 2005-10,2006-01
      loanbook backtest mine.yaml --target late.csv --measure overdue_30_rate --from 2007-01 --to 2013-12 --json
      loanbook backtest us_cards_history --target CORCCACBS.csv --from 2007-01 --to 2013-12 --borrowers 50000 --seeds 8
    """
    asked = Asked(scenario, seed, borrowers, None, sets)
    parts = tuple(part.strip() for given in skip for part in given.split(",") if part.strip())
    lay_beside_history(
        Wanted(asked, target, measure, first, last, seeds, draws, workers, parts, history, out, as_json, quiet)
    )


def lay_beside_history(wanted: Wanted) -> None:
    """Load, check everything that can be checked before, run, write the answer, and show it."""
    if wanted.workers is not None and wanted.workers < 1:
        raise EnsembleError(f"--workers {wanted.workers}: at least 1 is wanted")
    with progress(not wanted.quiet and not wanted.json) as told:
        told("reading the scenario", 0, 0)
        from simulator.report import check_out, write_backtest

        scenario = wanted.asked.load()
        where = wanted.out
        if where is None and not wanted.json:
            where = default_out(scenario, wanted.measure)
        if where is not None:
            check_out(where)
        found = _found(wanted, scenario, told)
        target = None
        if where is not None:
            told("writing the report", 0, 0)
            target = write_backtest(found, where)
    if wanted.json:
        from simulator.calibration.backtest_summary import summary_of
        from simulator.report.write import json_text

        click.echo(json_text(summary_of(found)), nl=False)
    elif not wanted.quiet and target is not None:
        show(found, target)


def _found(wanted: Wanted, scenario: Scenario, told: Told) -> Backtest:
    """Read the files, see that the runs fit in memory, and live through history."""
    from simulator.calibration.backtest import backtest as live
    from simulator.calibration.backtest import prepared
    from simulator.calibration.measures import measure_of
    from simulator.calibration.past import shortened
    from simulator.calibration.series import observed
    from simulator.calibration.window import window_of

    measure_of(wanted.measure)
    target = observed(wanted.target)
    history = observed(wanted.history) if wanted.history is not None else None
    window = window_of(wanted.first, wanted.last, target.frequency, wanted.skip)
    runs = wanted.seeds + (wanted.draws if scenario.fit is not None else 0)
    workers = min(wanted.workers or os.cpu_count() or 1, max(runs, 1))
    prepared(scenario, target, window, wanted.seeds, wanted.draws, workers)
    must_fit_together([shortened(scenario, window)], workers)
    return live(
        scenario,
        target,
        wanted.measure,
        wanted.first,
        wanted.last,
        seeds=wanted.seeds,
        draws=wanted.draws,
        workers=workers,
        skip=wanted.skip,
        history=history,
        progress=told,
    )


def default_out(scenario: Scenario, measure: str) -> str:
    """runs/backtest_<scenario>_<measure>, with such signs only as any file system takes."""
    from simulator.cli.run import default_out as of_run

    place = Path(of_run(scenario))
    named = re.sub(r"[^\w.-]+", "_", measure).strip("._") or "measure"
    return str(place.with_name(f"backtest_{place.name}_{named}"))
