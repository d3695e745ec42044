"""`loanbook check`: is the scenario in order, what will happen, and how large is it?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from simulator.cli.options import Asked, scenario_options
from simulator.cli.screen import paragraph, say, table

if TYPE_CHECKING:
    from simulator.scenario import Scenario


@click.command(short_help="Check a scenario and print the calendar of what will happen.")
@scenario_options
def check(
    scenario: str,
    seed: int | None,
    borrowers: int | None,
    months: int | None,
    sets: tuple[str, ...],
    tape: str | None,
) -> None:
    """Check SCENARIO and print the calendar of what will happen; nothing is run or written.

    Every mistake is named at once, with file, line, column and key; the exit code is then 2.

    \b
    Examples:
      loanbook check us_cards_severe_2026
      loanbook check mine.yaml --set world.economy.unemployment=6
    """
    from simulator.cli.size import must_fit
    from simulator.scenario import calendar

    checked = Asked(scenario, seed, borrowers, months, sets, tape).load()
    needed, free = must_fit(checked)
    say(f"{checked.name} is in order.", bold=True)
    if checked.question:
        say(paragraph(checked.question))
    say()
    say("What will happen", bold=True)
    table([(date.isoformat(), told) for date, told in calendar(checked)])
    say()
    if checked.ensemble is not None:
        say("What an ensemble varies", bold=True)
        table(varied_rows(checked))
        say()
    say("The size of the run", bold=True)
    table(size_rows(checked, needed, free))


def varied_rows(scenario: Scenario) -> list[tuple[str, str]]:
    """What the section `ensemble` varies beside the seeds, for a reader."""
    plan = scenario.ensemble
    if plan is None:
        return []
    worlds = plan.worlds
    held = {name: getattr(worlds, name) for name in type(worlds).model_fields if name not in ("kind", "alternatives")}
    rows = [("own world", f"weight {worlds.rest:g}, with those around it")]
    if held:
        rows.append((worlds.kind, ", ".join(f"{name} {value}" for name, value in held.items() if value is not None)))
    for name, each in worlds.alternatives.items():
        told = [f"{path} {value}" for path, value in each.values.items()]
        told += [] if each.unemployment is None else ["another path of unemployment"]
        rows.append((f"world {name}", f"weight {each.weight:g}: {', '.join(told)}"))
    rows += [(path, f"from {low:g} to {high:g}") for path, (low, high) in plan.parameters.ranges.items()]
    return rows


def size_rows(scenario: Scenario, needed: int, free: int) -> list[tuple[str, str]]:
    """Borrowers, months, seed and memory, for a reader."""
    from simulator.cli.size import megabytes, memory_needed, workers_that_fit

    book, span = scenario.book, scenario.span
    who = f"the rows of {book.tape.file}" if book.tape else f"{book.borrowers:,}"
    parted, at_once = scenario.shards > 1, workers_that_fit(scenario, None)
    more = f"; {megabytes(memory_needed(scenario, at_once))} with {at_once} shards at a time" if at_once > 1 else ""
    warm_up = "" if book.tape or not book.warm_up else f"{book.warm_up} of warm-up, then "
    return [
        ("borrowers", who),
        ("months", f"{warm_up}{span.months}, and the same {span.months} unshocked if anything differs"),
        ("products", ", ".join(scenario.lender.products)),
        ("seed", f"{scenario.seed}"),
        *([("shards", f"{scenario.shards}, one after the other or --workers W at a time")] if parted else []),
        ("memory", f"about {megabytes(needed)} ({megabytes(free)} are free){more}"),
    ]
