"""The commands as one, and the entry point."""

from __future__ import annotations

import signal
import sys
from types import FrameType
from typing import NoReturn

import click

from simulator.cli.backtest import backtest
from simulator.cli.calibrate import calibrate
from simulator.cli.check import check
from simulator.cli.compare import compare
from simulator.cli.demo import demo
from simulator.cli.ensemble import ensemble
from simulator.cli.front import Front
from simulator.cli.listing import list_
from simulator.cli.reserve import reserve
from simulator.cli.reverse import reverse
from simulator.cli.run import run
from simulator.cli.runs import runs
from simulator.cli.schema import schema
from simulator.cli.sweep import sweep
from simulator.cli.trace import trace


def _version(ctx: click.Context, option: click.Parameter, wanted: bool) -> None:
    if not wanted or ctx.resilient_parsing:
        return
    import importlib.metadata

    try:
        version = importlib.metadata.version("loanbook-simulator")
    except importlib.metadata.PackageNotFoundError:
        version = "(run from its source)"
    click.echo(f"loanbook {version}")
    ctx.exit()


@click.group(cls=Front, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_version, help="Show the version and leave."
)
def loanbook() -> None:
    """A flight simulator for a loan book.

    Describe the book, the world and the lender in a short YAML file; see who falls overdue, why, how far, and
    what it costs.

    \b
    First steps:
      loanbook demo                          a small run with its report, in seconds
      loanbook list scenarios                what is shipped
      loanbook run us_cards_severe_2026      a full run
    """


COMMANDS = (
    run,
    compare,
    ensemble,
    sweep,
    reverse,
    reserve,
    calibrate,
    backtest,
    runs,
    trace,
    check,
    list_,
    schema,
    demo,
)
for command in COMMANDS:
    loanbook.add_command(command)


def main() -> None:
    """The entry point: 0 when all went well, 2 for something the user can put right, 130 when stopped, 1 a defect."""
    signal.signal(signal.SIGTERM, _terminated)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # an old console shows a question mark rather than fail
            stream.reconfigure(errors="replace")
    loanbook(prog_name="loanbook")


def _terminated(number: int, frame: FrameType | None) -> NoReturn:
    """Leave as on Ctrl-C, so that nothing half-written is left behind."""
    raise SystemExit(128 + number)
