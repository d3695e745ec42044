"""What the rooms of the overdue story cost beside the same book without them: `python -m tests.bench.rooms`.

Processor time of runs in one process, one after the other, the best of some; ratios only, so that a slow machine is
slow for both sides. A few minutes and some 2 GB at the full size.
"""

from __future__ import annotations

import argparse
import time

from simulator import load, run

DESKS = {"an overloaded desk of 5 seats": "{seats: 5}", "30 slow seats": "{seats: 30, minutes_per_call: 30}"}


def seconds(name: str, borrowers: int, months: int, sets: tuple[str, ...], rounds: int) -> float:
    """Processor time of a run with as many months of warm-up as of span, the best of some rounds."""
    scenario = load(name, borrowers=borrowers, months=months, sets=(f"book.warm_up={months}", *sets))
    taken = []
    for _ in range(rounds):
        started = time.process_time()
        run(scenario, 1, unshocked=False)
        taken.append(time.process_time() - started)
    return min(taken)


def main() -> None:
    """Print the table as it is measured."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--rounds", type=int, default=2)
    options.add_argument("--borrowers", type=int, default=1_000_000, help="of the books with a desk")
    asked = options.parse_args()
    print("| what | borrowers | seconds | times the run without |\n|---|--:|--:|--:|")
    for borrowers in (20_000, 100_000):
        bare = seconds("cn_platform", borrowers, 24, (), asked.rounds)
        full = seconds("cn_platform_full", borrowers, 24, (), asked.rounds)
        print(f"| cn_platform, everything on | {borrowers:,} | {full:.2f} | {full / bare:.2f} |", flush=True)
    for name in ("cn_platform", "us_cards"):
        bare = seconds(name, asked.borrowers, 12, (), asked.rounds)
        for what, desk in DESKS.items():
            taken = seconds(name, asked.borrowers, 12, (f"lender.desk={desk}",), asked.rounds)
            print(f"| {name}, {what} | {asked.borrowers:,} | {taken:.2f} | {taken / bare:.2f} |", flush=True)


if __name__ == "__main__":
    main()
