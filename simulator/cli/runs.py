"""`loanbook runs`: the finished runs that are kept: which there are, how two of them differ, and clearing them away."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from simulator.cli.engine import kept_option
from simulator.cli.front import Front
from simulator.cli.screen import paragraph, say, table
from simulator.errors import KeptError

if TYPE_CHECKING:
    from simulator.ensemble.kept_list import Beside, Chosen, KeptRun
    from simulator.kept import Store


@click.group(cls=Front, short_help="The finished runs that are kept: list, compare, prune.")
def runs() -> None:
    """List, compare and prune the finished runs that are kept.

    Commands that make many runs keep each of them as it ends, under its scenario (with what is in every file that it
    reads), its seed and the program, and never live one twice. A run of another version of the program is not taken.

    \b
    Examples:
      loanbook runs list
      loanbook runs compare 3f09 a71c
      loanbook runs prune --other-versions --yes
    """


@runs.command("list", short_help="Which runs are kept, and what they take.")
@click.option("--scenario", metavar="NAME", help="Runs of this scenario only.")
@click.option("--seed", type=int, metavar="N", help="Runs of this seed only.")
@kept_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
def list_(scenario: str | None, seed: int | None, kept: str | None, as_json: bool) -> None:
    """Show every kept run: scenario, seed, borrowers, months, when it was lived, its size and its key.

    A run marked `other` was made by another version of the program and is not taken by this one.

    \b
    Examples:
      loanbook runs list
      loanbook runs list --scenario us_cards_severe_2026 --json
    """
    from simulator.ensemble.kept_list import kept_runs

    store = _store(kept)
    found, unread = kept_runs(store)
    shown = [run for run in found if scenario in (None, run.scenario) and seed in (None, run.seed)]
    if as_json:
        body = {"folder": str(store.folder), "runs": [run.told for run in shown], "damaged": len(unread)}
        click.echo(json.dumps(body, indent=2, ensure_ascii=False))
        return
    if shown:
        table([_row(run) for run in shown], _HEADS, right=(1, 2, 3, 5))
        say()
    say(paragraph(_total(shown, len(found), len(unread), str(store.folder))))


_HEADS = ("scenario", "seed", "borrowers", "months", "when", "size", "program", "key")


def _row(run: KeptRun) -> tuple[str, ...]:
    when = run.when[:16].replace("T", " ")
    program = "this" if run.of_this_program else "other"
    size = _size(run.size)
    return run.scenario, str(run.seed), f"{run.borrowers:,}", str(run.months), when, size, program, run.key[:12]


def _total(shown: list[KeptRun], found: int, unread: int, folder: str) -> str:
    if not found and not unread:
        return f"No runs are kept in {folder}."
    other = sum(not run.of_this_program for run in shown)
    words = f"{_count(len(shown), 'run')} of {found:,}, {_size(sum(run.size for run in shown))}, in {folder}."
    words += f" {other:,} of another version of the program." if other else ""
    return words + (f" {_count(unread, 'damaged file')}, made again when asked for." if unread else "")


@runs.command("compare", short_help="In what two kept runs differ: scenario and figures.")
@click.argument("base")
@click.argument("other")
@kept_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
def compare(base: str, other: str, kept: str | None, as_json: bool) -> None:
    """Lay the kept run OTHER beside the kept run BASE: in what their scenarios differ, and every figure.

    Each is named by its key or as much of its beginning as no other has (see `loanbook runs list`). One run against
    one holds for one luck only; `loanbook compare` gives differences with their standard error.

    \b
    Examples:
      loanbook runs compare 3f09 a71c
      loanbook runs compare 3f0911 a71c02 --json
    """
    from simulator.ensemble.kept_list import beside, by_key, kept_runs

    store = _store(kept)
    found, _ = kept_runs(store)
    told = beside(store, by_key(found, base), by_key(found, other))
    if as_json:
        click.echo(json.dumps(_plain(told), indent=2, ensure_ascii=False, allow_nan=False))
    else:
        _show(told)


def _show(told: Beside) -> None:
    from simulator.report.compared import gap, level

    for name, run in (("base", told.base), ("other", told.other)):
        book = f"{run.borrowers:,} borrowers, {run.months} months, seed {run.seed}"
        say(f"{name}: {run.scenario}, {book}, key {run.key[:12]}", bold=True)
    say()
    for difference in told.differences:
        say(paragraph(f"- {difference.words}"))
    if not told.differences:
        say("The scenarios are the same.")
    for warning in told.warnings:
        say(paragraph(f"! {warning}"))
    say()
    rows = [
        (metric.label, level(here, metric, ""), level(there, metric, ""), gap(there - here, metric, ""))
        for metric, here, there in told.figures
        if here == here or there == there  # NaN on both sides: there is nothing of the kind
    ]
    table(rows, (told.currency, "base", "other", "difference"), right=(1, 2, 3))


def _plain(told: Beside) -> dict[str, object]:
    def number(value: float) -> float | None:
        return value if value - value == 0 else None

    return {
        "base": told.base.told,
        "other": told.other.told,
        "differences": [{"key": each.key, "words": each.words} for each in told.differences],
        "warnings": told.warnings,
        "figures": {
            metric.name: {
                "label": metric.label,
                "unit": metric.unit_in(told.currency),
                "base": number(here),
                "other": number(there),
                "difference": number(there - here),
            }
            for metric, here, there in told.figures
        },
    }


@runs.command("prune", short_help="Clear kept runs away; without --yes only say which.")
@click.option("--older-than", type=float, metavar="DAYS", help="What was kept longer ago than so many days.")
@click.option(
    "--other-versions", is_flag=True, help="Runs that this version of the program does not take, and damaged."
)
@click.option("--scenario", metavar="NAME", help="Runs of this scenario.")
@click.option("--all", "everything", is_flag=True, help="Everything that is kept.")
@click.option("--yes", is_flag=True, help="Do it; without this it is only said what would go.")
@kept_option
def prune(
    older_than: float | None,
    other_versions: bool,
    scenario: str | None,
    everything: bool,
    yes: bool,
    kept: str | None,
) -> None:
    """Clear kept runs away that fit every condition given; nothing goes without --yes.

    Warmed-up books, kept beside the runs, go with --all and with --older-than alone. What is cleared away is made
    again when it is asked for.

    \b
    Examples:
      loanbook runs prune --other-versions
      loanbook runs prune --older-than 30 --yes
      loanbook runs prune --scenario cn_platform --older-than 7 --yes
      loanbook runs prune --all --yes
    """
    from simulator.ensemble.kept_list import chosen, clear

    if not (everything or other_versions or older_than is not None or scenario is not None):
        raise click.UsageError("say what is to go: --older-than DAYS, --other-versions, --scenario NAME, or --all")
    if everything and (other_versions or older_than is not None or scenario is not None):
        raise click.UsageError("--all is everything; leave it out, or the other conditions")
    if older_than is not None and not 0 <= older_than < 1e6:
        raise KeptError(f"--older-than {older_than:g}: a number of days from 0 is wanted")
    store = _store(kept)
    away = chosen(store, everything=everything, older_days=older_than, other_versions=other_versions, scenario=scenario)
    what = _what(away)
    if not yes:
        say(paragraph(f"Would go: {what}, {_size(away.size)}, in {store.folder}. Add --yes to do it."))
        return
    say(paragraph(f"Gone: {what}; {_size(clear(store, away))} freed in {store.folder}."))


def _what(away: Chosen) -> str:
    kinds: dict[str, int] = {}
    for kind, _ in away.entries:
        name = {"runs": "damaged file", "books": "warmed-up book"}.get(kind, "other file")
        kinds[name] = kinds.get(name, 0) + 1
    return ", ".join([_count(len(away.runs), "run"), *(_count(number, name) for name, number in kinds.items())])


def _store(kept: str | None) -> Store:
    """The folder, to look at; KeptError where something else stands there."""
    from simulator.kept import Store, kept_folder

    store = Store(kept_folder(kept))
    if store.folder.exists() and not store.folder.is_dir():
        raise KeptError(f"{store.folder} is a file; a folder of kept runs is wanted")
    return store


def _size(number: int) -> str:
    for unit, worth in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if number >= worth:
            return f"{number / worth:,.1f} {unit}"
    return f"{number} B"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
