"""`loanbook demo`: the main job, small, in seconds."""

from __future__ import annotations

import click

from simulator.cli.options import Asked
from simulator.cli.run import fly

SCENARIO = "us_cards_severe_2026"
BORROWERS = 5_000
SMALL = ("book.warm_up=24", "book.due_days=[5, 20]")


@click.command(short_help="A small run with its report, in seconds.")
@click.option("--out", default="runs/demo", show_default=True, metavar="DIR", help="Where the answer goes.")
@click.option("--quiet", is_flag=True, help="Show nothing but errors.")
def demo(out: str, quiet: bool) -> None:
    """A small demonstration: a card book in the 2026 severe scenario, with its report, in seconds.

    It is a small book with a short warm-up, so its figures are rough. For figures to rely on, run the whole
    scenario:

    \b
    Examples:
      loanbook demo
      loanbook run us_cards_severe_2026
    """
    note = (
        f"A small demonstration: {BORROWERS:,} borrowers, two due days and a short warm-up, so the figures are "
        f"rough. For figures to rely on: loanbook run {SCENARIO}"
    )
    fly(Asked(SCENARIO, borrowers=BORROWERS, sets=SMALL, shipped=True), out, quiet=quiet, note=note)
