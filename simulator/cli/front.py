"""The front of the command: what was probably meant, and how each kind of error leaves the house."""

from __future__ import annotations

import difflib
import errno
import os
from collections.abc import Iterable
from typing import Any

import click

from simulator.cli.screen import complain
from simulator.errors import SimulatorError

MOST_NAMES = 50  # of a long list, as many are named


def closest(given: str, known: Iterable[str]) -> str:
    """The known word closest to what was given; empty when none is close."""
    close = difflib.get_close_matches(given.lower().replace("-", "_"), list(known), n=1, cutoff=0.6)
    return close[0] if close else ""


def not_found(given: str, known: Iterable[str], what: str) -> str:
    """`'ilness' is not a shock; did you mean 'illness'? Here are: ...`."""
    names = sorted(known)
    meant = closest(given, names)
    hint = f"; did you mean {meant!r}?" if meant else "."
    told = ", ".join(names[:MOST_NAMES]) + (f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else "")
    return f"{given!r} is not {what}{hint} There are: {told}."


class Front(click.Group):
    """The group of commands; errors end in a plain message and an exit code, never in a traceback."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that was named; a mistyped one is told which was probably meant."""
        given = args[0]
        if self.get_command(ctx, given) is None and not given.startswith("-") and not ctx.resilient_parsing:
            ctx.fail(not_found(given, self.commands, "a command"))
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; 2 for what the user can put right, 130 when stopped, 1 for a defect of ours."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except SimulatorError as error:
            complain(str(error))
            code = 2
        except KeyboardInterrupt:
            complain("stopped; nothing was written")
            code = 130
        except MemoryError:
            complain("the memory of this machine is used up; take fewer --borrowers")
            code = 2
        except Exception as error:
            if isinstance(error, OSError) and error.errno == errno.EPIPE:
                raise  # the reader of a pipe has gone: click leaves quietly
            _defect(error)
            code = 1
        raise click.exceptions.Exit(code)


def _defect(error: Exception) -> None:
    """Something that should not have happened: one line, or the whole traceback when it is asked for."""
    if os.environ.get("LOANBOOK_TRACEBACK"):
        import traceback

        complain("".join(traceback.format_exception(error)).rstrip())
        return
    what = " ".join(f"{type(error).__name__}: {error}".split())
    complain(f"this is a defect of loanbook: {what} (set LOANBOOK_TRACEBACK=1 and run again to see where)")
