"""`loanbook compare`: several scenarios with the same luck, and each figure's difference with its standard error."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simulator.cli.engine import asked_folder, asked_workers, engine_options, kept_option
from simulator.cli.options import Asked
from simulator.cli.run import shown_path
from simulator.cli.screen import paragraph, progress, say, table
from simulator.errors import EnsembleError, ScenarioError

if TYPE_CHECKING:
    from simulator.ensemble import Comparison
    from simulator.scenario import Scenario

SHOWN = (
    "mean_overdue_30_rate",
    "default_rate",
    "charge_off_rate",
    "net_loss",
    "profit",
    "cost_to_borrowers",
    "months_in_arrears",
    "defaults",
)


@dataclass(frozen=True)
class Wanted:
    """What was asked for on the command line."""

    base: Asked
    others: tuple[Asked, ...]
    seeds: int
    workers: int | None
    engine: str
    address: str | None
    kept: str | None
    out: str | None
    quiet: bool


@click.command(short_help="Several scenarios with the same luck: differences and how sure they are.")
@click.argument("base")
@click.argument("others", nargs=-1, required=True, metavar="OTHER...")
@click.option("--seeds", type=int, default=8, show_default=True, metavar="N", help="Runs of each scenario, at least 2.")
@engine_options
@kept_option
@click.option("--out", metavar="DIR", help="Where the answer goes; without it runs/compare_<base's name>.")
@click.option("--seed", type=int, metavar="N", help="The first seed; without it the base's own.")
@click.option("--borrowers", type=int, metavar="N", help="How many borrowers, in every scenario.")
@click.option("--months", type=int, metavar="N", help="How many months to simulate, in every scenario.")
@click.option(
    "--set",
    "sets",
    multiple=True,
    metavar="KEY.PATH=VALUE",
    help="Change one value in every scenario; may be given again.",
)
@click.option("--quiet", is_flag=True, help="Show nothing but errors.")
def compare(
    base: str,
    others: tuple[str, ...],
    seeds: int,
    workers: int | None,
    engine: str,
    address: str | None,
    kept: str | None,
    out: str | None,
    seed: int | None,
    borrowers: int | None,
    months: int | None,
    sets: tuple[str, ...],
    quiet: bool,
) -> None:
    """Let BASE and every OTHER scenario live with the same luck, and tell what differs and how sure it is.

    Each is a YAML file or the name of a shipped scenario, and any may be the base. Every one runs with the same
    seeds, from the base's upward; the differences are taken seed by seed, with their standard error, for the whole
    book and each fifth of income. The answer does not depend on the number of workers. Finished runs are kept: the
    same command after a stop goes on where it was.

    \b
    Examples:
      loanbook compare cn_platform cn_unemployment --seeds 8
      loanbook compare cn_platform mine.yaml yours.yaml --seeds 16 --workers 4 --out runs/mine
      loanbook compare cn_platform mine.yaml --seeds 64 --engine dask --address tcp://10.0.0.5:8786
    """
    asked = [Asked(name, seed, borrowers, months, sets) for name in (base, *others)]
    lay_side_by_side(Wanted(asked[0], tuple(asked[1:]), seeds, workers, engine, address, kept, out, quiet))


def lay_side_by_side(wanted: Wanted) -> None:
    """Load, check, run, write the answer, and show it in short."""
    if wanted.seeds < 2:
        raise EnsembleError(f"--seeds {wanted.seeds}: a standard error needs at least 2 seeds")
    with progress(not wanted.quiet) as told:
        told("reading the scenarios", 0, 0)
        from simulator.ensemble import compare as live
        from simulator.ensemble.engines import at_most, here
        from simulator.report import check_out, write_comparison

        asked = asked_workers(wanted.workers, wanted.engine, wanted.address)
        base, *others = _loaded((wanted.base, *wanted.others))
        must_differ(base, others)
        where = wanted.out if wanted.out is not None else default_out(base)
        check_out(where)
        workers = at_most(asked, wanted.seeds * (1 + len(others)))
        must_fit_together([base, *others], here(workers))
        folder = asked_folder(wanted.kept)
        found = live(base, others, seeds=wanted.seeds, workers=workers, progress=told, kept=folder)
        told("writing the report", 0, 0)
        target = write_comparison(found, where)
    if not wanted.quiet:
        show(found, target)


def _loaded(asked: tuple[Asked, ...]) -> list[Scenario]:
    """Every scenario; the mistakes of all of them are told at once."""
    scenarios, wrong = [], []
    for each in asked:
        try:
            scenarios.append(each.load())
        except ScenarioError as error:
            wrong.append(str(error))
    if wrong:
        raise ScenarioError("\n".join(dict.fromkeys(wrong)))
    return scenarios


def default_out(base: Scenario) -> str:
    """runs/compare_<base's name>."""
    from simulator.cli.run import default_out as of_run

    place = Path(of_run(base))
    return str(place.with_name(f"compare_{place.name}"))


def must_differ(base: Scenario, others: list[Scenario]) -> None:
    """ScenarioError when an other scenario is the base again: there is nothing to compare."""
    from simulator.scenario import fingerprint

    for other in others:
        if fingerprint(other.model_copy(update={"seed": base.seed})) == fingerprint(base):
            same = "is the base itself" if other.name == base.name else f"is the same as the base, {base.name}"
            raise ScenarioError(f"{other.name} {same}: every difference would be nought")


def must_fit_together(scenarios: list[Scenario], workers: int) -> None:
    """ScenarioError when so many runs at the same time would not fit in this machine's memory; none: all elsewhere."""
    if not workers:
        return
    from simulator.cli.size import SPARE, megabytes, memory_needed, must_fit

    largest = max(scenarios, key=memory_needed)
    needed, free = must_fit(largest)
    if workers * needed > SPARE * free:
        raise ScenarioError(
            f"{workers} runs of {largest.name} at a time need about {megabytes(workers * needed)} of memory "
            f"and {megabytes(free)} are free here; --workers {max(int(SPARE * free // needed), 1)} would fit"
        )


def show(found: Comparison, target: Path) -> None:
    """In what each differs, what that changes, and where the report is."""
    from simulator.ensemble import FIGURES
    from simulator.report.compared import answer_of, pairing_sentence, seeds_in_words, summary_row

    currency = found.base.lender.currency
    metrics = {metric.name: metric for metric in FIGURES}
    say()
    say(f"Compared with {found.base_name}", bold=True)
    say(
        paragraph(f"{seeds_in_words(found)}, {found.base.book.borrowers:,} borrowers, {found.base.span.months} months.")
    )
    for other in found.others:
        say()
        say(other.name, bold=True)
        for difference in other.differences:
            say(paragraph(f"- {difference.words}"))
        for warning in other.warnings:
            say(paragraph(f"! {warning}"))
        say()
        rows = [summary_row(other.figures["all", name], metrics[name], "") for name in SHOWN]
        heads = (currency, "base", "here", "difference", "std. error", "95% interval", "pairing")
        table(rows, heads, right=(1, 2, 3, 4, 5, 6))
        say()
        say(paragraph(answer_of(found, other)))
    say()
    say(paragraph(pairing_sentence(found)))
    say(f"Report: {shown_path(target / 'comparison.html')}")
