"""What is shown on the screen: text that any console can print, tables, and how far the work has come."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TextIO

import click

Told = Callable[[str, int, int], None]  # what is being done, how much of it is done, how much there is (0: unknown)

_PLAIN = str.maketrans({"−": "-", "–": "-", "—": "-", "…": "...", "×": "x", "≥": ">=", "≤": "<=", "’": "'", "·": "."})


def say(text: str = "", *, bold: bool = False) -> None:
    """One piece of text to the standard output."""
    text = printable(text, sys.stdout)
    click.echo(click.style(text, bold=True) if bold else text, color=False if "NO_COLOR" in os.environ else None)


def complain(text: str) -> None:
    """One piece of text to the standard error."""
    click.echo(printable(text, sys.stderr), err=True, color=False)


def printable(text: str, stream: TextIO) -> str:
    """The text without control characters, and with only such signs as the stream can show."""
    text = "".join(sign if sign.isprintable() or sign in "\n" else "?" for sign in text.expandtabs())
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(_PLAIN).encode(encoding, "replace").decode(encoding)
    return text


def on_terminal() -> bool:
    """Whether a person is looking: both streams go to a terminal."""
    return sys.stdout.isatty() and sys.stderr.isatty()


def width() -> int:
    """Columns to fill: the terminal's, at most 120; without a terminal lines are as long as they are."""
    return min(shutil.get_terminal_size().columns, 120) if sys.stdout.isatty() else 100_000


def paragraph(text: str) -> str:
    """Text on one line, broken at the width of the terminal."""
    return textwrap.fill(" ".join(text.split()), width(), break_on_hyphens=False)


def table(rows: Sequence[Sequence[str]], heads: Sequence[str] = (), right: Sequence[int] = ()) -> None:
    """Columns side by side; those in `right` are flush right, the last is broken at the terminal's width."""
    everything = [heads, *rows] if heads else list(rows)
    widths = [max((len(row[column]) for row in everything), default=0) for column in range(len(everything[0]))]
    before = sum(widths[:-1]) + 2 * len(widths[:-1])
    room = max(width() - before - 1, 24)
    for number, row in enumerate(everything):
        cells = [
            cell.rjust(size) if column in right else cell.ljust(size)
            for column, (cell, size) in enumerate(zip(row, widths, strict=True))
        ]
        last = cells[-1].rstrip()
        broken = [last] if len(last) <= room else textwrap.wrap(row[-1], room, break_on_hyphens=False)
        lines = ["  ".join([*cells[:-1], broken[0]]).rstrip(), *(" " * before + line for line in broken[1:])]
        say("\n".join(lines), bold=bool(heads) and number == 0)


@contextmanager
def progress(wanted: bool) -> Iterator[Told]:
    """A bar with the time left on a terminal; silent when it is not wanted or nobody is looking."""
    if not (wanted and on_terminal()):
        yield lambda what, done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description:<24}", markup=False),
        BarColumn(),
        TextColumn("{task.fields[share]:>4}", markup=False),
        TimeRemainingColumn(compact=True),
        TextColumn("{task.fields[left]}", markup=False),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=None, share="", left="")

        def told(what: str, done: int, total: int) -> None:
            nonlocal task
            if (bar.tasks[0].total or 0) != total:  # another kind of work: a bar of its own
                bar.remove_task(task)
                task = bar.add_task(what, total=total or None, share="", left="")
            share, left = (f"{100 * done // total}%", "left") if total else ("", "")
            bar.update(task, description=what, completed=done, share=share, left=left)

        yield told
