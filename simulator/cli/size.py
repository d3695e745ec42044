"""How large a run is, and whether it fits in this machine's memory."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from simulator.errors import ScenarioError

if TYPE_CHECKING:
    from simulator.scenario import Scenario

# Rows of a book for each borrower in it: who was charged off is followed, who repaid may come again. Measured in
# us_cards_severe_2026 and, where loans are made again, in cn_platform_full two years after its crisis.
ROWS = {True: 2.3, False: 1.2}
ARREARS = 30  # bytes a row, measured in the same
HEAP = 1.3  # what the process holds over what its columns take, measured at 500,000 and 1,000,000 borrowers
BYTES_PER_FIGURE = 2 * 40 * 8  # one month of one segment: some forty figures, here and unshocked
PROGRAM_BYTES = 250_000_000  # the program with its libraries, and the report
WORKER_BYTES = 120_000_000  # a worker: the program without the libraries of a report; measured at 50,000 and 150,000
BYTES_PER_DEFAULT = 250  # what is written down of each default while the run goes on
BYTES_PER_DEFAULT_TOLD = 1_900  # and when it is told in the report; measured at 100,000 and 400,000 over 60 months
DEFAULTS_A_YEAR = 0.05  # a guess: of all borrowers; us_cards_severe_2026 has 0.045
TAPE_FACTOR = {True: 25, False: 5}  # a guess: memory to read a tape over its size, packed and not
SPARE = 0.9  # of the memory that is free
SHARDS = (2, 5, 10, 20, 50, 100, 200, 500, 1000)  # what is proposed where one book is too large


def memory_needed(scenario: Scenario, workers: int = 1) -> int:
    """An estimate of a run's memory at its peak, in bytes, with so many of its shards lived at a time.

    A shard is lived with its unshocked twin and is then forgotten but for its panel and its defaults; these are told
    when all shards are done. With several workers this process waits for them, and each holds a shard.
    """
    book, workers = scenario.book, min(workers, scenario.shards)
    segments = 1 + 12 * len(book.segments)
    months = book.warm_up + 2 * scenario.span.months
    largest = -(-book.borrowers // scenario.shards)
    panel = months * segments * BYTES_PER_FIGURE
    shard = int(largest * _bytes_per_borrower(scenario)) + panel
    if book.tape is not None:
        packed = book.tape.file.lower().endswith((".gz", ".parquet", ".pq"))
        shard += os.path.getsize(book.tape.file) * TAPE_FACTOR[packed]
    defaults = book.borrowers * DEFAULTS_A_YEAR * scenario.span.months / 12.0
    kept = (scenario.shards - 1) * panel + (int(defaults * BYTES_PER_DEFAULT) if scenario.shards > 1 else 0)
    lived = PROGRAM_BYTES + kept + (shard if workers == 1 else workers * (WORKER_BYTES + shard))
    return max(lived, PROGRAM_BYTES + panel + int(defaults * BYTES_PER_DEFAULT_TOLD))


def _bytes_per_borrower(scenario: Scenario) -> float:
    """The book, and its unshocked twin where there is one, for each borrower."""
    from simulator.scenario import has_shocks
    from simulator.setting import bytes_a_row

    again = any(getattr(product, "again", 0.0) > 0 for product in scenario.lender.products.values())
    return ROWS[again] * (bytes_a_row(scenario) + ARREARS) * HEAP * (2 if has_shocks(scenario) else 1)


def memory_free() -> int:
    """Memory that can be had now without swapping, in bytes."""
    import psutil

    return int(psutil.virtual_memory().available)


def workers_that_fit(scenario: Scenario, most: int | None) -> int:
    """How many of a run's shards to live at a time: as many as were asked for, else one a core while memory lasts."""
    if most is not None:
        return most
    room, number = SPARE * memory_free(), min(os.cpu_count() or 1, scenario.shards)
    while number > 1 and memory_needed(scenario, number) > room:
        number -= 1
    return number


def must_fit(scenario: Scenario, workers: int = 1) -> tuple[int, int]:
    """Needed and free memory in bytes, so many shards at a time; ScenarioError when the run cannot fit."""
    needed, free = memory_needed(scenario, workers), memory_free()
    if needed > SPARE * free:
        book = scenario.book
        what = f"{book.borrowers:,} borrowers" if book.tape is None else f"the tape {book.tape.file} and its book"
        what += f" in {scenario.shards:,} shards" if scenario.shards > 1 else ""
        what += f", {workers} at a time," if min(workers, scenario.shards) > 1 else ""
        room = ", or ".join(_would_fit(scenario, workers, int(SPARE * free)))
        raise ScenarioError(
            f"{scenario.name}: {what} need about {megabytes(needed)} of memory and {megabytes(free)} are free here; "
            + (f"{room} would fit" if room else "close other programs, or take less")
        )
    return needed, free


def _would_fit(scenario: Scenario, workers: int, room: int) -> list[str]:
    """What to write on the command line so that the run fits, the mildest first."""
    fewer = next((number for number in range(workers - 1, 0, -1) if memory_needed(scenario, number) <= room), 0)
    if fewer:
        return [f"--workers {fewer}"]
    if scenario.book.tape is not None:
        return []

    def with_borrowers(number: int) -> Scenario:
        return scenario.model_copy(update={"book": scenario.book.model_copy(update={"borrowers": number})})

    found = []
    for number in SHARDS:
        parted = scenario.model_copy(update={"shards": number})
        if scenario.shards < number <= scenario.book.borrowers and memory_needed(parted, workers) <= room:
            found.append(f"--set shards={number}")
            break
    fits, too_many = 0, scenario.book.borrowers // 1000 + 1  # thousands
    while too_many - fits > 1:
        middle = (fits + too_many) // 2
        within = memory_needed(with_borrowers(middle * 1000), workers) <= room
        fits, too_many = (middle, too_many) if within else (fits, middle)
    return [*found, *([f"--borrowers {fits * 1000}"] if fits else [])]


def megabytes(number: int) -> str:
    """Bytes for a reader."""
    return f"{number / 1e9:,.1f} GB" if number >= 1e9 else f"{number / 1e6:,.0f} MB"
