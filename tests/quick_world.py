"""A stand-in for a run that answers at once: two parameters move two series, with luck of the kind that runs have.

The luck of a seed lasts (a level of its own and a persistent part), is shared by both series, and steps: it changes a
little as soon as a parameter does, as thresholds make it.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from simulator.calibration.moments import Asked, Lived, SeriesAsked
from simulator.draws import Draws, mix
from simulator.ensemble.tasks import Parcel
from simulator.scenario import Scenario, from_dict

Floats = npt.NDArray[np.float64]
EXPENSE, CUT = "world.shocks.expense.incidence", "world.shocks.income_cut.incidence"
UNSEEN = "world.shocks.illness.incidence"
QUARTERS = 24
DATES = [dt.date(2000 + number // 4, 3 * (number % 4) + 1, 1) for number in range(QUARTERS)]
SHAPE = np.array([1.0, 1.0, 1.1, 1.3, 1.8, 2.0, 1.9, 1.6, 1.3, 1.1, 1.0, 0.9] * 2)
PRIORS = {EXPENSE: (0.2, 0.9), CUT: (0.06, 0.3)}
SEEDS_LUCK, STEPS = 0.08, 0.02


def scenario(seed: int = 1, **changes: float) -> Scenario:
    """A scenario that the stand-in understands."""
    values = {EXPENSE: 0.5, CUT: 0.15, UNSEEN: 0.03, **changes}
    shocks = {path.split(".")[2]: {"incidence": value} for path, value in values.items()}
    body: dict[str, Any] = {
        "name": "quick",
        "seed": seed,
        "span": {"start": "2000-01", "months": 3 * QUARTERS},
        "book": {"borrowers": 1000, "warm_up": 12},
        "world": {"economy": {"unemployment": {"baseline": 5.0, "2001-01": 7.0}}, "shocks": shocks},
        "lender": {"products": {"card": {}}},
    }
    return from_dict(body)


def expected(expense: float, cut: float) -> dict[str, Floats]:
    """Both series without luck: bends a little, as the real one does."""
    return {
        "charge_off_rate": 1.0 + 3.0 * expense**0.9 + 8.0 * cut * SHAPE,
        "overdue_30_rate": 2.0 + 2.0 * expense + 2.0 * cut**0.9 * SHAPE,
    }


def luck(seed: int, purpose: str, size: int = QUARTERS) -> Floats:
    """Standard normal numbers that belong to a seed and a purpose."""
    return Draws(seed).normal(purpose, 0, mix(np.arange(size, dtype=np.int64)))


def values_of(seed: int, expense: float, cut: float, size: float = SEEDS_LUCK) -> dict[str, Floats]:
    """Both series of one run."""
    found = expected(expense, cut)
    own = luck(seed, f"steps {expense:.9g} {cut:.9g}")
    shared = luck(seed, "shared")
    for place, name in enumerate(found):
        lasting = luck(seed, name)
        for number in range(1, QUARTERS):
            lasting[number] = 0.6 * lasting[number - 1] + 0.8 * lasting[number]
        level = luck(seed, "level", 2)[place]
        found[name] = found[name] + size * (lasting + level + 0.5 * shared) + STEPS * own * size / SEEDS_LUCK
    return found


def quick(parcel: Parcel, seed: int, asked: Sequence[tuple[str, Asked]]) -> Lived:
    """In the place of a run."""
    shocks = json.loads(parcel.text)["world"]["shocks"]
    found = values_of(seed, shocks["expense"]["incidence"], shocks["income_cut"]["incidence"])
    values: list[float] = []
    for _, question in asked:
        assert isinstance(question, SeriesAsked)
        values += [float(found[question.measure][DATES.index(date)]) for date in question.dates]
    return Lived(tuple(values), 0.01)


def write_targets(folder: Path, seen: dict[str, Floats], more: str = "", below: str = "") -> Path:
    """A file of targets and the series beside it."""
    lines = ["stands_for: a stand-in", "parameters:"]
    lines += [f"  {path}: {{prior: [{low}, {high}], source: a guess}}" for path, (low, high) in PRIORS.items()]
    lines += [more] if more else []
    lines.append("targets:")
    for name, values in seen.items():
        rows = [f"{date},{float(value)!r}" for date, value in zip(DATES, values, strict=True)]
        (folder / f"{name}.csv").write_text("\n".join(["date,value", *rows]) + "\n", encoding="utf-8")
        lines.append(f"  {name}: {{kind: series, file: {name}.csv, measure: {name}}}")
    lines += [below] if below else []
    file = folder / "targets.yaml"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file
