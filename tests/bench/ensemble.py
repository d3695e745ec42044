"""How much a second worker is worth: `python -m tests.bench.ensemble` lives 16 runs of 200,000 with one and with two.

Nothing is kept, so that every run is lived. The rounds go to and fro between the numbers of workers, so that a machine
that is slow today is slow for both. The processor's time tells apart what a busy machine and what the workers' sharing
of memory cost. What the answer of all rounds is must be the same.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import time
from functools import partial

from simulator import load
from simulator.ensemble.kept_runs import lived_and_measured
from simulator.ensemble.tasks import Figures, Parcel, Task, figures_of, tasks_of
from simulator.ensemble.workers import live_all


def processor() -> float:
    """Seconds of processor time of this process and of the workers that have ended."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def seconds(parcel: Parcel, runs: int, workers: int) -> tuple[tuple[float, float], dict[Task, Figures]]:
    """By the wall clock, with the workers begun and ended, and by the processors; and every figure of every run."""
    live = partial(lived_and_measured, folder=None, measure=figures_of)
    started, used = time.perf_counter(), processor()
    found = live_all([parcel], tasks_of(1, range(1, runs + 1)), workers, None, live)
    return (time.perf_counter() - started, processor() - used), found


def main() -> None:
    """Measure and print a table."""
    options = argparse.ArgumentParser(prog="python -m tests.bench.ensemble")
    options.add_argument("--scenario", default="us_cards_severe_2026")
    options.add_argument("--borrowers", type=int, default=200_000)
    options.add_argument("--months", type=int, default=39)
    options.add_argument("--warm-up", type=int, default=12)
    options.add_argument("--runs", type=int, default=16)
    options.add_argument("--rounds", type=int, default=1)
    options.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    asked = options.parse_args()
    scenario = load(asked.scenario, [f"book.warm_up={asked.warm_up}"], borrowers=asked.borrowers, months=asked.months)
    parcel, took, answers = Parcel.of(scenario), dict[int, list[tuple[float, float]]](), list[dict[Task, Figures]]()
    for _ in range(asked.rounds):
        for workers in asked.workers:
            spent, found = seconds(parcel, asked.runs, workers)
            took.setdefault(workers, []).append(spent)
            answers.append(found)
    same = all(repr(answer) == repr(answers[0]) for answer in answers)
    book = f"{asked.borrowers:,} borrowers, {asked.scenario}, {asked.warm_up} + {asked.months} months"
    answer = f"the answers are {'the same' if same else 'NOT THE SAME'}"
    print(f"{asked.runs} runs of {book}, {os.cpu_count()} cores, median of {asked.rounds}; {answer}")
    print(f"{'workers':>7}  {'seconds':>8}  {'a run':>8}  {'processor a run':>15}  {'times one worker':>16}")
    first = took[asked.workers[0]]
    for workers, times in took.items():
        gain = statistics.median(one[0] / many[0] for one, many in zip(first, times, strict=True))
        clock, used = (statistics.median(each[part] for each in times) for part in (0, 1))
        print(f"{workers:>7}  {clock:>8.1f}  {clock / asked.runs:>8.2f}  {used / asked.runs:>15.2f}  {gain:>16.2f}")


if __name__ == "__main__":
    main()
