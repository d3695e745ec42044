"""`loanbook calibrate`: fit the free parameters of a scenario to figures of the past."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simulator.cli.options import Asked
from simulator.cli.run import shown_path
from simulator.cli.screen import complain, paragraph, progress, say, table

if TYPE_CHECKING:
    from simulator.calibration import Calibration
    from simulator.scenario import Scenario


@dataclass(frozen=True)
class Wanted:
    """What was asked for on the command line."""

    asked: Asked
    targets: str
    out: str | None
    seeds: int
    workers: int | None
    evaluations: int
    fresh: bool
    variant: str
    log: str | None
    json: bool
    quiet: bool


@click.command(short_help="Fit parameters of a scenario to figures of the past.")
@click.argument("scenario")
@click.option("--targets", required=True, metavar="FILE", help="What is free, with what prior, and what is to be met.")
@click.option("--out", metavar="DIR", help="Where the answer goes; without it runs/fit_<scenario's name>.")
@click.option("--seeds", type=int, default=2, show_default=True, metavar="N", help="Runs of each evaluation.")
@click.option("--workers", type=int, metavar="W", help="Runs at the same time; without it one for each core.")
@click.option(
    "--evaluations", type=int, default=250, show_default=True, metavar="N", help="Points to evaluate, at most."
)
@click.option("--seed", type=int, metavar="N", help="The first seed; without it the scenario's own.")
@click.option("--borrowers", type=int, metavar="N", help="How many borrowers.")
@click.option(
    "--set",
    "sets",
    multiple=True,
    metavar="KEY.PATH=VALUE",
    help="Change one value of the scenario, and of the fitted one; may be given again.",
)
@click.option(
    "--resume/--fresh",
    "resume",
    default=True,
    help="Go on from the evaluations kept in DIR, or drop them; the answer is the same.",
)
@click.option("--variant", default="", metavar="NAME", help="What this attempt is called in the log of variants.")
@click.option("--log", metavar="FILE.csv", help="A log of variants that several calibrations share.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON and nothing else.")
@click.option("--quiet", is_flag=True, help="Show nothing but errors.")
def calibrate(
    scenario: str,
    targets: str,
    out: str | None,
    seeds: int,
    workers: int | None,
    evaluations: int,
    seed: int | None,
    borrowers: int | None,
    sets: tuple[str, ...],
    resume: bool,
    variant: str,
    log: str | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Fit the free parameters of SCENARIO to the figures of the past that a file of targets names.

    The file says which keys are free, each with a prior (the name of a published figure, or [low, high] with its
    source), and what is to be met: series from CSV files, roll rates, vintage curves, single figures. Written are a
    scenario that extends SCENARIO with the fitted values (fitted.yaml), every estimate with its interval and whether
    the data or the prior set it (estimates.csv), a page with the fit (fit.html), and a log of the variants tried
    (variants.csv). Every run is kept as it ends: the same command goes on where one was stopped.

    \b
    A file of targets:
      parameters:
        world.shocks.expense.incidence: {prior: [0.3, 0.7], source: a guess}
        world.shocks.income_cut.incidence: {prior: us.shock.income_cut_annual, transform: log}
      targets:
        losses: {kind: series, file: charge_offs.csv, measure: charge_off_rate, from: 1985-01, to: 2006-12}
      hold_out: {from: 2000-01, to: 2006-12}

    \b
    Examples:
      loanbook calibrate us_cards_history --targets targets.yaml --out runs/fit --borrowers 50000
      loanbook calibrate mine.yaml --targets targets.yaml --variant "no leverage" --log variants.csv
    """
    asked = Asked(scenario, seed, borrowers, None, sets)
    wanted = Wanted(
        asked, targets, out, seeds, workers, evaluations, not resume, variant, log, as_json, quiet or as_json
    )
    fit(wanted)


def fit(wanted: Wanted) -> None:
    """Load, check, search, write the answer, and show it in short."""
    with progress(not wanted.quiet) as told:
        told("reading the scenario", 0, 0)
        from simulator.calibration import calibrate as search
        from simulator.calibration.targets import read_targets
        from simulator.calibration.variants import logged
        from simulator.cli.compare import must_fit_together
        from simulator.report import begin_fit, write_fit

        scenario = wanted.asked.load()
        file = read_targets(wanted.targets)
        where = wanted.out if wanted.out is not None else default_out(scenario)
        if wanted.log is not None:
            logged(wanted.log)
        workers = wanted.workers if wanted.workers is not None else os.cpu_count() or 1
        must_fit_together([scenario], max(workers, 1))
        made = not Path(where).exists()
        place = begin_fit(where, fresh=wanted.fresh)
        try:
            found = search(
                scenario,
                file,
                seeds=wanted.seeds,
                workers=workers,
                evaluations=wanted.evaluations,
                keep_in=place,
                progress=told,
            )
        except BaseException as error:
            kept = _leave(place, made)
            if kept and isinstance(error, KeyboardInterrupt):
                complain(f"stopped; {kept:,} runs are kept in {shown_path(place)}: the same command goes on from there")
                raise click.exceptions.Exit(130) from None
            raise
        told("writing the report", 0, 0)
        target = write_fit(
            found, where, extends=wanted.asked.scenario, sets=wanted.asked.sets, variant=wanted.variant, log=wanted.log
        )
    if wanted.json:
        from simulator.calibration.tables import as_json

        click.echo(json.dumps(as_json(found), indent=2, ensure_ascii=False, allow_nan=False))
    elif not wanted.quiet:
        show(found, target)


def default_out(scenario: Scenario) -> str:
    """runs/fit_<scenario's name>."""
    from simulator.cli.run import default_out as of_run

    place = Path(of_run(scenario))
    return str(place.with_name(f"fit_{place.name}"))


def _leave(place: Path, made: bool) -> int:
    """How many runs are kept of a calibration that did not end; a directory made for it that holds none goes."""
    import shutil

    from simulator.calibration.evaluations import NAME

    kept = place / NAME
    if kept.is_file() and kept.stat().st_size:
        with kept.open(encoding="utf-8") as stream:
            return sum(1 for _ in stream)
    if made:
        shutil.rmtree(place, ignore_errors=True)
    return 0


def show(found: Calibration, target: Path) -> None:
    """The estimates, how near the fit comes, what to mind, where the time went, and where the page is."""
    from simulator.report.calibrated import ESTIMATE_HEADS, answer_of, estimate_row, time_words

    first, last = found.window
    say()
    say(f"{found.scenario.name} fitted to {found.file.name}", bold=True)
    say(
        paragraph(
            f"{first:%Y-%m} to {last:%Y-%m}, {len(found.seeds)} seeds, {found.scenario.book.borrowers:,} borrowers."
        )
    )
    say()
    table([estimate_row(one) for one in found.estimates.each], ESTIMATE_HEADS, right=(1, 2, 5, 6))
    say()
    say(paragraph(answer_of(found)))
    for warning in found.warnings:
        say(paragraph(f"! {warning}"))
    for text in found.estimates.words:
        say(paragraph(f"- {text}"))
    say()
    for text in (found.noise_at_start.words, found.noise_at_best.words, *time_words(found)):
        say(paragraph(text))
    say(f"Fitted scenario: {shown_path(target / 'fitted.yaml')}")
    say(f"Report: {shown_path(target / 'fit.html')}")
