"""How fast, beside what: `python -m tests.bench` prints a table and writes bench.json.

Every figure is the median of several runs in one process each, in processor time: a run is one thread, and others on
the machine disturb it less than the clock on the wall. Ratios are taken between runs of the same call, one after the
other, so that a machine that is slow today is slow for both sides.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).resolve().parent
LB60 = HERE / "lb60_like.yaml"
CARDS = "us_cards"
PLATFORM = "cn_platform_full"  # its last policy begins in the thirteenth month


def engine(name: str, borrowers: int, months: int | None = None, warm_up: int | None = None) -> dict[str, float]:
    """One run of the engine in this process: build apart from the months lived; memory above the imports.

    A small run goes before it, so that nothing is compiled or read while the clock runs.
    """
    import resource

    from simulator import load
    from simulator.draws import Draws
    from tests.bench.lived import lived

    sets = [] if warm_up is None else [f"book.warm_up={warm_up}"]
    scenario = load(name, borrowers=borrowers, months=months, sets=tuple(sets))
    lived(load(name, borrowers=400, months=months or 2, sets=("book.warm_up=1",)), Draws(1))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    build, seconds, borrower_months = lived(scenario, Draws(scenario.seed))
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "build_seconds": build,
        "seconds": seconds,
        "nanoseconds": seconds / borrower_months * 1e9,
        "bytes": (after - before) * (1 if sys.platform == "darwin" else 1024) / borrowers,
    }


def processes(borrowers: int) -> dict[str, float]:
    """The yardstick: the slow twin with a SimPy process for each borrower, one event a month."""
    from simulator import load
    from tests.twin.processes import run_process_per_borrower

    scenario = load(str(LB60), borrowers=borrowers)
    started = time.process_time()
    run_process_per_borrower(scenario, borrowers, scenario.span.months)
    seconds = time.process_time() - started
    return {"seconds": seconds, "nanoseconds": seconds / borrowers / scenario.span.months * 1e9}


CASES: dict[str, tuple[str, dict[str, object]]] = {
    "yardstick": ("SimPy process per borrower, LB60-like", {"borrowers": 5_000}),
    "lb60_100k": ("engine, LB60-like", {"name": str(LB60), "borrowers": 100_000}),
    "lb60_1m": ("engine, LB60-like", {"name": str(LB60), "borrowers": 1_000_000}),
    "cards_100k": ("engine, full card scenario", {"name": CARDS, "borrowers": 100_000, "months": 24, "warm_up": 12}),
    "cards_1m": ("engine, full card scenario", {"name": CARDS, "borrowers": 1_000_000, "months": 24, "warm_up": 12}),
    "platform_1m": (
        "engine, platform with everything on",
        {"name": PLATFORM, "borrowers": 1_000_000, "months": 14, "warm_up": 12},
    ),
}


def measured(case: str) -> dict[str, float]:
    """A case in a fresh process, so that memory and caches of one do not touch another.

    The yardstick takes the plain kernels, which are no slower for one borrower at a time.
    """
    command = [sys.executable, "-m", "tests.bench", "--case", case]
    more = {"LOANBOOK_COMPILED": "0"} if case == "yardstick" else {}
    where = HERE.parents[1]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=where, env={**os.environ, **more})
    if done.returncode:
        raise SystemExit(f"{case} failed:\n{done.stderr}")
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def table(results: dict[str, list[dict[str, float]]]) -> list[dict[str, object]]:
    """Medians over the rounds, and how many times faster than the yardstick, pair by pair."""
    rows: list[dict[str, object]] = []
    yardstick = [run["nanoseconds"] for run in results.get("yardstick", [])]
    for case, runs in results.items():
        what, settings = CASES[case]
        each = [run["nanoseconds"] for run in runs]
        faster = [slow / fast for slow, fast in zip(yardstick, each, strict=False)] if "lb60" in case else []
        rows.append(
            {
                "case": case,
                "what": what,
                "borrowers": settings["borrowers"],
                "nanoseconds_per_borrower_month": round(statistics.median(each), 1),
                "least": round(min(each), 1),
                "most": round(max(each), 1),
                "bytes_per_borrower": round(statistics.median(run.get("bytes", float("nan")) for run in runs))
                if "bytes" in runs[0]
                else None,
                "times_faster_than_yardstick": round(statistics.median(faster), 1) if faster else None,
            }
        )
    return rows


def printed(rows: list[dict[str, object]]) -> str:
    """The table as Markdown."""
    lines = [
        "| what | borrowers | ns per borrower-month (least to most) | bytes per borrower | times the first's speed |",
        "|---|--:|--:|--:|--:|",
    ]
    for row in rows:
        spread = f"{row['nanoseconds_per_borrower_month']:,} ({row['least']:,} to {row['most']:,})"
        size = "" if row["bytes_per_borrower"] is None else f"{row['bytes_per_borrower']:,}"
        faster = "" if row["times_faster_than_yardstick"] is None else f"{row['times_faster_than_yardstick']:,}"
        lines.append(f"| {row['what']} | {row['borrowers']:,} | {spread} | {size} | {faster} |")
    return "\n".join(lines)


def main() -> None:
    """Run the rounds and write the table and the JSON."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="rounds of every case, one after the other (default 3)")
    parser.add_argument("--only", nargs="*", choices=list(CASES), help="only these cases")
    parser.add_argument("--out", type=Path, default=Path("bench.json"), help="where the JSON goes (default bench.json)")
    parser.add_argument("--case", choices=list(CASES), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.case:
        settings = CASES[options.case][1]
        one = processes(**settings) if options.case == "yardstick" else engine(**settings)  # type: ignore[arg-type]
        print(json.dumps(one))
        return
    cases = options.only or list(CASES)
    results: dict[str, list[dict[str, float]]] = {case: [] for case in cases}
    for number in range(options.rounds):
        for case in cases:
            print(f"round {number + 1} of {options.rounds}: {case}", file=sys.stderr)
            results[case].append(measured(case))
    from simulator.provenance import program

    rows = table(results)
    print(printed(rows))
    machine = {"platform": platform.platform(), "python": platform.python_version(), "kernels": program()["kernels"]}
    machine.update({name: version(name) for name in ("numpy", "simpy", "scipy")})
    options.out.write_text(json.dumps({"machine": machine, "rounds": options.rounds, "rows": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
