"""`loanbook run`: live through a scenario and write the report."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simulator.cli.engine import kept_option
from simulator.cli.options import Asked, scenario_options
from simulator.cli.screen import paragraph, progress, say, table
from simulator.errors import EnsembleError, TapeError

if TYPE_CHECKING:
    from simulator.run import Result
    from simulator.scenario import Scenario

MOST_LIVES = 10_000
SHOWN = (
    "peak_overdue_30_rate",
    "peak_overdue_60_rate",
    "peak_overdue_90_rate",
    "defaults",
    "default_rate",
    "charged_off",
    "charge_off_rate",
    "peak_charge_off_rate",
    "net_loss",
    "peak_unemployment_rate",
)


@click.command(short_help="Live through a scenario and write the report.")
@scenario_options
@click.option("--out", metavar="DIR", help="Where the answer goes; without it runs/<scenario's name>.")
@click.option("--counterfactual", is_flag=True, help="Live the span again without each cause; count what vanishes.")
@click.option(
    "--lives",
    type=int,
    metavar="N",
    help="Live the tape N times, for accounts.parquet and payment_statuses.parquet (20 unasked, see above); 0: not.",
)
@click.option(
    "--workers",
    type=int,
    metavar="W",
    help="Shards, and such lives, at the same time; without it one for each core, and no more than the memory holds.",
)
@kept_option
@click.option("--no-kept", is_flag=True, help="Live the warm-up anew, and keep no warmed-up book for other runs.")
@click.option("--quiet", is_flag=True, help="Show nothing but errors.")
def run(
    scenario: str,
    seed: int | None,
    borrowers: int | None,
    months: int | None,
    sets: tuple[str, ...],
    tape: str | None,
    out: str | None,
    counterfactual: bool,
    lives: int | None,
    workers: int | None,
    kept: str | None,
    no_kept: bool,
    quiet: bool,
) -> None:
    """Live through SCENARIO and write the report.

    SCENARIO is a YAML file or the name of a shipped scenario (see `loanbook list scenarios`). The same scenario
    and seed give the same answer to the last digit. An earlier run in the same directory is replaced; anything
    else found there is left alone, and the run refuses.

    With --counterfactual the span is lived again without each cause (lost jobs, each shock, penalty, forgetting...)
    with the same luck, one more run of the span for each; the report then says which defaults vanish.

    With --lives N (or book.tape.lives in the scenario) every loan of the tape is lived N times, with the seeds from
    the scenario's own upward; accounts.parquet then holds one row a loan: the probability of its charge-off over life,
    when, the expected loss, and the standard error.

    Where payment habits are followed, payment_statuses.parquet holds the mean over N lives of the span, with the
    same seeds. Unasked, N is 20, fewer in proportion where accounts x months are more than 20,000 x 24; with
    --lives 0 or 1 the statuses are those of this run alone.

    A book in shards (`shards: 10` in the scenario) is lived as so many runs, --workers of them at a time, each with
    the memory of one; the answer is the same however many.

    The warmed-up book at the start of the span is kept, and taken from there by every run that starts from the same
    (other shocks and policies of the span, another length); --no-kept does without, and the answer is the same.

    \b
    Examples:
      loanbook run us_cards_severe_2026
      loanbook run mine.yaml --out runs/mine --borrowers 100000 --seed 7
      loanbook run us_cards --set world.economy.unemployment=6 --months 24
      loanbook run cn_epidemic --counterfactual --borrowers 5000
      loanbook run us_cards --borrowers 5000000 --set shards=10 --workers 2
      loanbook run lendingclub --tape loans_2011.csv.gz --out runs/loans_2011 --lives 100
      loanbook run taiwan_cards_2005 --set book.tape.status_from=PAY_6 --set span.start=2005-06 --months 4 --lives 50
    """
    asked = Asked(scenario, seed, borrowers, months, sets, tape)
    from simulator.kept import kept_folder

    books = None if no_kept else kept_folder(kept)
    fly(asked, out, quiet=quiet, counterfactual=counterfactual, lives=lives, workers=workers, books=books)


def fly(
    asked: Asked,
    out: str | None,
    *,
    quiet: bool,
    note: str = "",
    counterfactual: bool = False,
    lives: int | None = None,
    workers: int | None = None,
    books: str | None = None,
) -> None:
    """Load, check that there is room, run, write the answer, and show it in short."""
    with progress(not quiet) as told:
        told("reading the scenario", 0, 0)
        from simulator.cli.size import must_fit, workers_that_fit
        from simulator.kept import Store
        from simulator.report import check_out, write_run
        from simulator.run import run as live

        scenario = asked.load()
        where = out if out is not None else default_out(scenario)
        check_out(where)
        number = _lives(scenario, lives, workers)
        at_once = workers_that_fit(scenario, workers)
        needed, free = must_fit(scenario, at_once)
        if scenario.shards > 1 and not quiet:
            say(paragraph(size_told(scenario, at_once, needed, free)))
        unasked = lives is None and number == 0
        told("reading the tape" if scenario.book.tape else "drawing the borrowers", 0, 0)
        store = Store(books) if books is not None else None
        if min(at_once, scenario.shards) > 1:
            from simulator.ensemble.shards import run_shards

            result = run_shards(scenario, workers=at_once, told=told, books=store)
        else:
            result = live(scenario, progress=told, books=store)
        if counterfactual:
            from simulator.counterfactual import counterfactual as without

            result.counterfactual = without(scenario, progress=told)
        if number and scenario.book.tape is not None:
            from simulator.loans import accounts

            result.accounts = accounts(scenario, number, workers=workers, progress=told)
        if number > 1 or unasked:
            from simulator.ensemble.statuses import follows_habits, payment_statuses

            if follows_habits(scenario):
                result.mean_statuses = payment_statuses(scenario, number or None, workers=workers, progress=told)
        told("writing the report", 0, 0)
        target = write_run(result, where)
    if not quiet:
        show(result, target, note)


def _lives(scenario: Scenario, asked: int | None, workers: int | None) -> int:
    """How often loans or accounts are to be lived, as asked; TapeError where there are none, EnsembleError else."""
    tape = scenario.book.tape
    if asked is not None and tape is None and scenario.lender.behaviour.habits is None:
        raise TapeError("--lives: the scenario has no tape whose loans could be lived one by one, nor payment habits")
    if asked is not None and not 0 <= asked <= MOST_LIVES:
        raise EnsembleError(f"--lives {asked}: from 0 to {MOST_LIVES:,} are wanted")
    if workers is not None and workers < 1:
        raise EnsembleError(f"--workers {workers}: at least 1 is wanted")
    return asked if asked is not None else 0 if tape is None else tape.lives


def size_told(scenario: Scenario, workers: int, needed: int, free: int) -> str:
    """What a book in shards will need, before it is lived."""
    from simulator.cli.size import megabytes

    at_once = min(workers, scenario.shards)
    return (
        f"{scenario.shards:,} shards of {-(-scenario.book.borrowers // scenario.shards):,} borrowers, {at_once} at a "
        f"time: about {megabytes(needed)} of memory ({megabytes(free)} are free)."
    )


def default_out(scenario: Scenario) -> str:
    """runs/<scenario's name>, with such signs only as any file system takes."""
    name = re.sub(r"[^\w.-]+", "_", scenario.name).strip("._") or "scenario"
    return str(Path("runs") / name[:100])


def show(result: Result, target: Path, note: str = "") -> None:
    """What was asked, the figures beside the same book unshocked, and where the report is."""
    from simulator.report.answer import key_figures, name_of, question_of

    known = result.provenance
    months = f"{known['warm_up_months']} months of warm-up, " if known["warm_up_months"] else ""
    say()
    say(name_of(result), bold=True)
    if question := question_of(result):
        say(paragraph(question))
    say(paragraph(f"{known['borrowers']:,} borrowers, {months}{known['months']} months, seed {known['seed']}."))
    if note:
        say(paragraph(note))
    say()
    figures = {figure.metric.name: figure for figure in key_figures(result)}
    chosen = [figures[name] for name in SHOWN]
    if result.unshocked is None:
        table([(figure.metric.label, figure.shown) for figure in chosen], ("", "this scenario"), right=(1,))
        lived = result.scenario.book.warm_up_world == "path"
        why = "The warm-up lived through the years before" if lived else "Nothing differs from the baseline world"
        say(paragraph(f"{why}, so there is no unshocked book beside it."))
    else:
        rows = [(fig.metric.label, fig.shown, fig.shown_unshocked, fig.shown_difference) for fig in chosen]
        table(rows, ("", "this scenario", "unshocked", "difference"), right=(1, 2, 3))
    say()
    if result.counterfactual is not None:
        for sentence in result.counterfactual.sentences:
            say(paragraph(sentence))
    if result.rejected is not None and len(result.rejected):
        say(paragraph(f"{len(result.rejected):,} rows of the tape are not in the book: see rejected_rows.csv."))
    if result.counted:
        parts = [f"{entry['what']} ({entry['number']:,})" for entry in result.counted]
        told = ", ".join(parts[:3]) + (f" and {len(parts) - 3} more" if len(parts) > 3 else "")
        say(paragraph(f"Clipped, drawn or left out: {told}; the report names each with its reason."))
    if result.accounts is not None:
        told = f"{len(result.accounts):,} loans foreseen one by one, {int(result.accounts['lives'].iloc[0])} lives each"
        mean = result.accounts["probability_of_charge_off"].mean()
        say(paragraph(f"{told}: {mean:.1%} are expected to be charged off; see accounts.parquet."))
    if result.mean_statuses is not None and len(result.mean_statuses):
        told = f"Payment statuses: the mean over {int(result.mean_statuses['lives'].iloc[0])} lives"
        say(paragraph(f"{told}; see payment_statuses.parquet."))
    say(f"Report: {shown_path(target / 'report.html')}")


def shown_path(path: Path) -> str:
    """The path as seen from the working directory, if it lies below it."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
