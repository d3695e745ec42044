"""A book of ten million borrowers by sixty months in ten shards: `python -m tests.bench.shards`.

Lived by two workers, with the wall clock and the largest memory of each process, the waiting one's too. `--one` lives
the same borrowers in one book as well and lays the two side by side (where there is memory for it); `--gain` compares
two scenarios without and with kept warmed-up books instead. Half an hour and 2 GB at the full size; `--borrowers
1000000` takes a tenth.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from simulator import load, run
from simulator.ensemble import compare
from simulator.ensemble.shards import run_shards
from simulator.kept import Store
from simulator.provenance import peak_memory
from simulator.result import Result
from simulator.scenario import Scenario

LB60 = Path(__file__).parent / "lb60_like.yaml"
SHOWN = ("borrowers", "balance", "overdue_30_59", "overdue_90_plus", "defaults", "charge_offs", "new_loans")


def wanted(asked: argparse.Namespace, shards: int) -> Scenario:
    """The scenario at this size."""
    sets = [f"shards={shards}", *([] if asked.warm_up is None else [f"book.warm_up={asked.warm_up}"])]
    return load(asked.scenario, borrowers=asked.borrowers, months=asked.months, sets=sets)


def sharded(asked: argparse.Namespace) -> Result:
    """Live the book in shards and print what it took."""
    scenario = wanted(asked, asked.shards)
    warm_up = scenario.book.warm_up
    started = time.perf_counter()
    result = run_shards(scenario, 1, asked.workers, unshocked=False)
    seconds = time.perf_counter() - started
    lived = asked.borrowers * (asked.months + warm_up)
    each = result.provenance.get("worker_peak_memory_bytes", 0)
    print("| what | figure |\n|---|--:|")
    print(f"| scenario | {scenario.name} |")
    print(f"| borrowers, in shards | {asked.borrowers:,}, {asked.shards} |")
    print(f"| months of warm-up, and of the span | {warm_up}, {asked.months} |")
    print(f"| workers | {asked.workers} |")
    print(f"| minutes | {seconds / 60.0:.1f} |")
    print(f"| wall-clock nanoseconds a borrower-month | {1e9 * seconds / lived:.0f} |")
    print(f"| largest memory of a worker, GB | {each / 1e9:.2f} |")
    print(f"| largest memory of the process that waits for them, GB | {peak_memory() / 1e9:.2f} |")
    print(f"| defaults written down one by one | {sum(part.shape[1] for part in result.record.defaults.parts):,} |")
    return result


def beside_one_book(asked: argparse.Namespace, result: Result) -> None:
    """The means of some figures over the span, in shards and in one book, with the same seed."""
    one = run(wanted(asked, 1), 1, unshocked=False)
    print("\n| mean of the months | one book | in shards | difference |\n|---|--:|--:|--:|")
    here, there = (each.panel[each.panel["segment"] == "all"] for each in (one, result))
    for name in SHOWN:
        before, after = float(here[name].mean()), float(there[name].mean())
        share = f"{after / before - 1.0:+.3%}" if before else ""
        print(f"| {name} | {before:,.1f} | {after:,.1f} | {share} |")
    first, second = (set(each.record.defaults.table()["borrower"].tolist()) for each in (one, result))
    both = len(first & second) / max(len(first), 1)
    print(f"\nOf {len(first):,} who default in one book {both:.1%} do in shards too.")


def gain(asked: argparse.Namespace) -> None:
    """What kept books save where two scenarios start from the same."""
    names = ("us_cards", "us_cards_severe_2026")
    base, other = (load(name, borrowers=asked.borrowers) for name in names)
    print(f"| {asked.seeds} seeds of {names[0]} and {names[1]}, {asked.borrowers:,} borrowers | processor seconds |")
    print("|---|--:|")
    with tempfile.TemporaryDirectory() as folder:
        for what, books in (
            ("without", None),
            ("books kept on the way", Store(folder)),
            ("books there", Store(folder)),
        ):
            started = time.process_time()
            compare(base, [other], seeds=asked.seeds, workers=1, books=books)
            print(f"| {what} | {time.process_time() - started:.1f} |", flush=True)
        size = sum(entry.size for entry in Store(folder).entries("books"))
        print(f"\nA kept book takes {size / asked.seeds / 1e6:.1f} MB, the panel of its warm-up with it.")


def main() -> None:
    """Print the tables as they are measured."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--scenario", default=str(LB60), help="a file or a shipped scenario, as us_cards")
    options.add_argument("--borrowers", type=int, help="10,000,000; 20,000 with --gain")
    options.add_argument("--months", type=int, default=60)
    options.add_argument("--warm-up", type=int, help="months; without it the scenario's own")
    options.add_argument("--shards", type=int, default=10)
    options.add_argument("--workers", type=int, default=2)
    options.add_argument("--seeds", type=int, default=4, help="with --gain")
    options.add_argument("--one", action="store_true", help="the same borrowers in one book too")
    options.add_argument("--gain", action="store_true", help="what kept books save, instead")
    asked = options.parse_args()
    asked.borrowers = asked.borrowers or (20_000 if asked.gain else 10_000_000)
    if asked.gain:
        gain(asked)
        return
    result = sharded(asked)
    if asked.one:
        beside_one_book(asked, result)


if __name__ == "__main__":
    main()
