"""Known parameters recovered: books are simulated with parameters drawn from the prior, and fitted from elsewhere.

`python -m tests.recovery` prints the table: for each of ten truths the fitted values with their 90% intervals, and how
many of the intervals hold the truth.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from simulator.calibration import Calibration, calibrate, measured
from simulator.draws import Draws, mix
from simulator.run import run
from simulator.scenario import Scenario, from_dict

EXPENSE, CUT = "world.shocks.expense.incidence", "world.shocks.income_cut.incidence"
PRIORS = {EXPENSE: (0.2, 0.9), CUT: (0.06, 0.3)}
MEASURES = {"losses": "100 * charge_off_accounts / accounts", "late": "100 * accounts_30_59 / accounts"}
TIMES_AS_LARGE = 4  # the book that is observed, against the one that is fitted
REACH = 1.6448536


def world(borrowers: int, seed: int, months: int = 72, **values: float) -> Scenario:
    """A small book of cards through a mild and a deep recession, with other values of the two parameters."""
    unemployment = {"baseline": 5.0, "2001-01": 7.0, "2002-07": 5.0, "2004-01": 9.0, "2005-01": 6.0}
    body: dict[str, Any] = {
        "seed": seed,
        "span": {"start": "2000-01", "months": months},
        "book": {"recipe": "us", "borrowers": borrowers, "warm_up": 18, "due_days": [15], "segments": []},
        "world": {
            "economy": {"unemployment": unemployment},
            "shocks": {
                "expense": {"incidence": values.get(EXPENSE, 0.5)},
                "income_cut": {"incidence": values.get(CUT, 0.15)},
            },
        },
        "lender": {"products": {"card": {}}, "policies": {"approval": {}}},
    }
    return from_dict(body)


def truth(number: int) -> dict[str, float]:
    """Values drawn from the prior: normal numbers whose 90% interval the prior is."""
    found = {}
    for place, (path, (low, high)) in enumerate(PRIORS.items()):
        normal = float(Draws(number).normal("recovery.truth", place, mix_of(place)).item())
        found[path] = round(max(0.5 * (low + high) + normal * (high - low) / (2 * REACH), 0.02), 6)
    return found


def mix_of(place: int) -> Any:
    """One id, for one number."""
    import numpy as np

    return mix(np.array([place], dtype=np.int64))


def write_targets(folder: Path, observed: Scenario) -> Path:
    """The series of a book that lived with the truth, and the file of targets that names them."""
    panel = run(observed, unshocked=False).panel
    lines = ["stands_for: a simulated book", f"borrowers: {observed.book.borrowers}", "parameters:"]
    lines += [f"  {path}: {{prior: [{low}, {high}], source: a guess}}" for path, (low, high) in PRIORS.items()]
    lines.append("targets:")
    for name, measure in MEASURES.items():
        measured(panel, measure).rename("value").rename_axis("date").to_csv(folder / f"{name}.csv")
        lines.append(f"  {name}: {{kind: series, file: {name}.csv, measure: {measure}}}")
    file = folder / "targets.yaml"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


@dataclass(frozen=True)
class Recovered:
    """One truth and what was found."""

    number: int
    truth: dict[str, float]
    found: Calibration

    @property
    def held(self) -> dict[str, bool]:
        """Whether each 90% interval holds the truth."""
        return {
            one.parameter.path: one.low <= self.truth[one.parameter.path] <= one.high
            for one in self.found.estimates.each
        }


def recovered(numbers: range, borrowers: int, workers: int = 1, seeds: int = 2) -> Iterator[Recovered]:
    """For each number a truth, a book that lived with it under a seed of its own, and the fit of another book."""
    for number in numbers:
        with TemporaryDirectory() as folder:
            values = truth(number)
            file = write_targets(Path(folder), world(TIMES_AS_LARGE * borrowers, 1000 + number, **values))
            found = calibrate(world(borrowers, 100 * number), file, seeds=seeds, workers=workers, evaluations=80)
        yield Recovered(number, values, found)


def table(found: list[Recovered]) -> str:
    """For the README."""
    lines = ["| truth | " + " | ".join(f"{path}: true | fitted (90% interval)" for path in PRIORS) + " |"]
    lines.append("|---" * (1 + 2 * len(PRIORS)) + "|")
    for one in found:
        cells = []
        for each in one.found.estimates.each:
            path = each.parameter.path
            sign = "" if one.held[path] else " outside"
            cells.append(f"{one.truth[path]:.3f} | {each.value:.3f} ({each.low:.3f} to {each.high:.3f}){sign}")
        lines.append(f"| {one.number} | " + " | ".join(cells) + " |")
    held = sum(sum(one.held.values()) for one in found)
    lines.append(f"\n{held} of {len(found) * len(PRIORS)} intervals of 90% hold the truth.")
    return "\n".join(lines)


if __name__ == "__main__":
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 16_000
    print(table(list(recovered(range(1, 11), size, workers=2))))
