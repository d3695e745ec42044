"""How large a run is, and whether it fits in this machine's memory."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from simulator.errors import ScenarioError

if TYPE_CHECKING:
    from simulator.scenario import Scenario

BYTES_PER_BORROWER = 640  # measured at 100,000 and 300,000: the book, its unshocked twin, and what a month needs
BYTES_PER_FIGURE = 2 * 40 * 8  # one month of one segment: some forty figures, here and unshocked
PROGRAM_BYTES = 250_000_000  # the program with its libraries, and the report
TAPE_FACTOR = {True: 25, False: 5}  # a guess: memory to read a tape over its size, packed and not
SPARE = 0.9  # of the memory that is free


def memory_needed(scenario: Scenario) -> int:
    """An estimate of a run's memory at its peak, in bytes."""
    book = scenario.book
    segments = 1 + 12 * len(book.segments)
    months = book.warm_up + 2 * scenario.span.months
    bytes_needed = PROGRAM_BYTES + book.borrowers * BYTES_PER_BORROWER + months * segments * BYTES_PER_FIGURE
    if book.tape is not None:
        packed = book.tape.file.lower().endswith((".gz", ".parquet", ".pq"))
        bytes_needed += os.path.getsize(book.tape.file) * TAPE_FACTOR[packed]
    return bytes_needed


def memory_free() -> int:
    """Memory that can be had now without swapping, in bytes."""
    import psutil

    return int(psutil.virtual_memory().available)


def must_fit(scenario: Scenario) -> tuple[int, int]:
    """Needed and free memory in bytes; ScenarioError when the run cannot fit."""
    needed, free = memory_needed(scenario), memory_free()
    if needed > SPARE * free:
        book = scenario.book
        fixed = needed - book.borrowers * BYTES_PER_BORROWER
        fits = max(int((SPARE * free - fixed) / BYTES_PER_BORROWER), 0) // 1000 * 1000
        room = f"--borrowers {fits} would fit" if fits and book.tape is None else "close other programs, or take less"
        what = f"{book.borrowers:,} borrowers" if book.tape is None else f"the tape {book.tape.file} and its book"
        raise ScenarioError(
            f"{scenario.name}: {what} need about {megabytes(needed)} of memory "
            f"and {megabytes(free)} are free here; {room}"
        )
    return needed, free


def megabytes(number: int) -> str:
    """Bytes for a reader."""
    return f"{number / 1e9:,.1f} GB" if number >= 1e9 else f"{number / 1e6:,.0f} MB"
