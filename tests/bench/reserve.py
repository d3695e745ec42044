"""What reserves cost on top of a run: `python -m tests.bench.reserve` lives a book with and without measuring them.

A run is what `loanbook run` lives: warm-up, span, and the same book unshocked. What reserves add is the difference
between the same months with and without measuring; the study and the futures, runs of their own, are not in it.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

from simulator import load, run
from simulator.allowance.lives import measure
from simulator.allowance.reserve import study
from simulator.expectations import Bands

ROUNDS = 3


def timed(name: str, borrowers: int) -> tuple[float, float]:
    """Processor time of a run, and what reserves add to it; the best of some rounds each."""
    known = study(load(name, borrowers=3_000), 2, Bands(), None, 1)
    book = load(name, borrowers=borrowers)
    whole, plain, measured = [], [], []
    for _ in range(ROUNDS):
        whole.append(seconds(lambda: run(book, 1)))
        plain.append(seconds(lambda: run(book, 1, unshocked=False)))
        measured.append(seconds(lambda: measure(book, 1, known, bands=Bands())))
    return min(whole), min(measured) - min(plain)


def seconds(work: Callable[[], object]) -> float:
    """Processor time of this process."""
    started = time.process_time()
    work()
    return time.process_time() - started


def table(borrowers: int = 100_000) -> str:
    """Both books without and with reserves."""
    rows = []
    for name in ("us_cards_severe_2026", "cn_unemployment"):
        whole, more = timed(name, borrowers)
        rows.append(f"| `{name}` | {borrowers:,} | {whole:.2f} | {more:.2f} | {1 + more / whole:.2f} |")
    head = "| what | borrowers | seconds of a run | reserves add | times the run without |\n|---|--:|--:|--:|--:|"
    return "\n".join([head, *rows])


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--borrowers", type=int, default=100_000)
    print(table(parser.parse_args().borrowers))


if __name__ == "__main__":
    main()
