"""What reserves cost on top of a run: `python -m tests.bench.reserve` lives a book with and without measuring them.

Both live the same months, warm-up and span, one after the other in one process; the study and the futures, which are
runs of their own, are not in it.
"""

from __future__ import annotations

import argparse
import time

from simulator import load, run
from simulator.allowance.lives import measure
from simulator.allowance.reserve import study
from simulator.expectations import Bands

ROUNDS = 3


def timed(name: str, borrowers: int) -> tuple[float, float]:
    """Processor time without and with reserves, the best of some rounds."""
    known = study(load(name, borrowers=3_000), 2, Bands(), None, 1)
    book, plain, measured = load(name, borrowers=borrowers), [], []
    for _ in range(ROUNDS):
        started = time.process_time()
        run(book, 1, unshocked=False)
        between = time.process_time()
        measure(book, 1, known, bands=Bands())
        plain.append(between - started)
        measured.append(time.process_time() - between)
    return min(plain), min(measured)


def table(borrowers: int = 100_000) -> str:
    """Both books without and with reserves."""
    rows = []
    for name in ("us_cards_severe_2026", "cn_unemployment"):
        plain, measured = timed(name, borrowers)
        rows.append(f"| `{name}` | {borrowers:,} | {plain:.2f} | {measured:.2f} | {measured / plain:.2f} |")
    head = "| what | borrowers | seconds | with reserves | times the run without |\n|---|--:|--:|--:|--:|"
    return "\n".join([head, *rows])


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--borrowers", type=int, default=100_000)
    print(table(parser.parse_args().borrowers))


if __name__ == "__main__":
    main()
