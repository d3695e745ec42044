"""What it can and what it cannot, measured: `python -m tests.limits [--small | --again]` writes README's table.

All variants of history are lived through once a seed (about half an hour at full size) and kept in results.json, from
which --again writes the table without a run. --small is for a look: few borrowers, one seed, printed and not written.
"""

from __future__ import annotations

import argparse
import re

from simulator.cli.screen import progress
from simulator.scenario import Scenario
from tests.limits.lines import lines, table
from tests.limits.lived import BORROWERS, MACRO, ROOT, SEEDS, SMALL, VARIANTS, Pasts, keep, kept, pasts


def made(borrowers: int) -> dict[str, Scenario]:
    """Every variant's scenario."""
    return {name: variant.made(borrowers) for name, variant in VARIANTS.items()}


def written(text: str, found: str) -> str:
    """README with the table between its marks; ValueError where it has none."""
    mark = re.compile(r"(<!-- figures: limits -->\n).*?(<!-- end -->)", re.DOTALL)
    if not mark.search(text):
        raise ValueError("README has no marks <!-- figures: limits --> and <!-- end -->")
    return mark.sub(lambda place: f"{place[1]}{found}\n{place[2]}", text)


def main() -> None:
    """Live through every variant, or read what was kept, and write the table."""
    ask = argparse.ArgumentParser(prog="python -m tests.limits", description=__doc__)
    ask.add_argument("--small", action="store_true", help="few borrowers, one seed; printed, nothing is written")
    ask.add_argument("--again", action="store_true", help="write the table from the runs kept last")
    ask.add_argument("--workers", type=int, default=2, help="processes that share the runs")
    asked = ask.parse_args()
    if not MACRO.is_dir():
        ask.exit(2, f"the published series are not here: {MACRO} is absent\n")
    runs: Pasts
    if asked.again:
        runs, borrowers = kept()
    else:
        borrowers, seeds = (SMALL, SEEDS[:1]) if asked.small else (BORROWERS, SEEDS)
        with progress(True) as told:
            runs = pasts(borrowers, seeds, asked.workers, told)
        if not asked.small:
            keep(runs, borrowers)
    found = table(lines(made(borrowers), runs, borrowers), borrowers, len(runs["history"]))
    if asked.small:
        print(found)
        return
    readme = ROOT / "README.md"
    readme.write_text(written(readme.read_text(encoding="utf-8"), found), encoding="utf-8")


if __name__ == "__main__":
    main()
