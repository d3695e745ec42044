"""Where runs are lived and where they are kept: the options of every command that makes many runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from simulator.ensemble.engines import Workers

Command = TypeVar("Command", bound=Callable[..., Any])


def engine_options(command: Command) -> Command:
    """--workers, --engine and --address; read with `asked_workers`."""
    for option in reversed(
        (
            click.option(
                "--workers", type=int, metavar="W", help="Runs at the same time; without it one for each core."
            ),
            click.option(
                "--engine",
                type=click.Choice(("processes", "dask")),
                default="processes",
                show_default=True,
                help="Processes of this machine, or a Dask cluster; the answer is the same.",
            ),
            click.option(
                "--address",
                metavar="tcp://HOST:PORT",
                help="The scheduler of a Dask cluster that is there; without it one is begun here and ended.",
            ),
        )
    ):
        command = option(command)
    return command


def kept_option(command: Command) -> Command:
    """--kept DIR; read with `asked_folder`."""
    return click.option(
        "--kept",
        metavar="DIR",
        help="Where finished runs are kept and found again; without it $LOANBOOK_KEPT, or .loanbook here.",
    )(command)


def asked_workers(workers: int | None, engine: str, address: str | None) -> Workers:
    """The workers asked for; EnsembleError for what does not go together, and where Dask is wanted and not there."""
    from simulator.ensemble.engines import workers_of

    return workers_of(workers, engine, address)


def asked_folder(kept: str | None) -> str:
    """The folder for finished runs; KeptError where nothing can be kept there, told before long work begins."""
    from simulator.kept import Store, kept_folder

    folder = kept_folder(kept)
    Store(folder).check()
    return folder
