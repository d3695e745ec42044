"""What each way to bring down the noise gains: `python -m tests.gains` writes README's table (about ten minutes).

--small is for a look: fewer borrowers and seeds, printed and not written.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from simulator.cli.screen import progress
from simulator.metrics import METRICS
from tests.gains.measured import FIGURES, SCENARIOS, Gain, measured

README = Path(__file__).resolve().parents[2] / "README.md"
BORROWERS, SEEDS = 2_000, 40
LABELS = {metric.name: metric.label for metric in METRICS}


def table(found: dict[str, dict[str, list[Gain]]], borrowers: int, seeds: int) -> str:
    """A row for each way and scenario."""
    lines = [
        f"{borrowers:,} borrowers on four due days, {seeds} seeds or pairs (`python -m tests.gains`); how many times "
        "fewer runs give the same standard error:",
        "",
        f"| | | {' | '.join(LABELS[name].lower() for name in FIGURES)} |",
        f"|---|---|{'---|' * len(FIGURES)}",
    ]
    ways = next(iter(found.values()))
    for way in ways:
        for name, gains in found.items():
            lines.append(f"| {way} | {name} | {' | '.join(map(str, gains[way]))} |")
    return "\n".join(lines)


def written(text: str, found: str) -> str:
    """README with the table between its marks; ValueError where it has none."""
    mark = re.compile(r"(<!-- figures: gains -->\n).*?(<!-- end -->)", re.DOTALL)
    if not mark.search(text):
        raise ValueError("README has no marks <!-- figures: gains --> and <!-- end -->")
    return mark.sub(lambda place: f"{place[1]}{found}\n{place[2]}", text)


def main() -> None:
    """Live all of it and write, or print, the table."""
    ask = argparse.ArgumentParser(prog="python -m tests.gains", description=__doc__)
    ask.add_argument("--small", action="store_true", help="300 borrowers, 6 seeds; printed, nothing is written")
    ask.add_argument("--print", action="store_true", help="print the table and write nothing")
    asked = ask.parse_args()
    borrowers, seeds = (300, 6) if asked.small else (BORROWERS, SEEDS)
    with progress(True) as told:
        found = {name: measured(name, borrowers, seeds, told) for name in SCENARIOS}
    text = table(found, borrowers, seeds)
    if asked.small or asked.print:
        print(text)
    else:
        README.write_text(written(README.read_text(encoding="utf-8"), text), encoding="utf-8")


if __name__ == "__main__":
    main()
