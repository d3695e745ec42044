"""Runs of each way, and its gain: how many times fewer runs give the same standard error, at equal cost.

With v the variance of a figure over seeds, and w the variance of the figure made the other way at the same number of
runs, the gain is v / w. A gain below one is a loss.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator.draws import Draws
from simulator.economy.deviations import by_month, laid_over
from simulator.ensemble.parameter_draws import draws_of
from simulator.ensemble.worlds import deviations_of, plan_of
from simulator.metrics import METRICS
from simulator.run import run
from simulator.scenario import Scenario, load, variant
from simulator.scenario.varied import UNEMPLOYMENT, Autoregressive
from tests.gains.luck import Lattice, Mirrored, drawn_by

Floats = npt.NDArray[np.float64]
Told = Callable[[str, int, int], None]
SCENARIOS = ("us_cards_severe_2026", "cn_unemployment")
FIGURES = ("charge_off_rate", "default_rate", "mean_overdue_30_rate", "peak_overdue_30_rate")
OF = {metric.name: metric.of for metric in METRICS}
DRAWS = 8  # parameter draws whose mean is taken


@dataclass(frozen=True)
class Gain:
    """How many times fewer runs are needed for the same standard error, and the standard error of that."""

    value: float
    error: float

    def __str__(self) -> str:
        return f"{self.value:.2f} ± {self.error:.2f}" if self.value < 9.95 else f"{self.value:.0f} ± {self.error:.0f}"


def lived(scenario: Scenario, seed: int, kind: type[Draws] = Draws) -> list[float]:
    """The figures of one run."""
    with drawn_by(kind):
        panel = run(scenario, seed, unshocked=False).panel
    rows = panel[panel["segment"] == "all"]
    return [float(OF[name](rows)) for name in FIGURES]


def of_variances(plain: Floats, other: Floats) -> Gain:
    """Of samples drawn independently, one value a run each; the error by the normal law of a variance's logarithm."""
    gain = float(plain.var(ddof=1) / other.var(ddof=1))
    return Gain(gain, gain * math.sqrt(2.0 / (plain.size - 1) + 2.0 / (other.size - 1)))


def of_pairs(one: Floats, other: Floats) -> Gain:
    """Of the mean of two runs that belong together, against that of two that do not: 1 / (1 + correlation)."""
    together = float(np.corrcoef(one, other)[0, 1])
    return Gain(1.0 / (1.0 + together), (1.0 - together) / (1.0 + together) / math.sqrt(one.size - 1))


def of_differences(one: Floats, other: Floats) -> Gain:
    """Of the difference of two runs with the same luck, against that of two with luck of their own; by jackknife."""

    def gain(rows: npt.NDArray[np.intp]) -> float:
        here, there = one[rows], other[rows]
        return float((here.var(ddof=1) + there.var(ddof=1)) / (here - there).var(ddof=1))

    every = np.arange(one.size)
    left_out = np.log([gain(np.delete(every, row)) for row in every])
    value = gain(every)
    return Gain(value, value * math.sqrt((one.size - 1) / one.size * ((left_out - left_out.mean()) ** 2).sum()))


def of_means(means: Floats, single: Floats, size: int) -> Gain:
    """Of means of `size` values that belong together, against those of as many independent ones (`single`)."""
    gain = float(single.var(ddof=1) / size / means.var(ddof=1))
    return Gain(gain, gain * math.sqrt(2.0 / (means.size - 1)))


def measured(name: str, borrowers: int, seeds: int, told: Told) -> dict[str, list[Gain]]:
    """Each way with its gain on each of FIGURES, for one scenario."""
    scenario = load(name, ["book.due_days=[3, 10, 17, 24]"], borrowers=borrowers)  # fewer days, faster runs
    base = quiet(scenario)
    numbers = range(1, seeds + 1)
    done, all_ = 0, 6 * seeds + seeds // 3 * DRAWS

    def each(todo: Sequence[tuple[Scenario, int]], kind: type[Draws] = Draws) -> Floats:
        nonlocal done
        found = []
        for one, seed in todo:
            told(f"living {name}", done, all_)
            found.append(lived(one, seed, kind))
            done += 1
        return np.array(found)

    plain = each([(scenario, seed) for seed in numbers])
    calm = each([(base, seed) for seed in numbers])
    lattice = each([(scenario, seed) for seed in numbers], Lattice)
    turned = each([(scenario, seed) for seed in numbers], Mirrored)
    paths = mirrored_worlds(scenario, seeds)
    up, down = (each([(world, 1) for world in side]) for side in paths)
    sets = [draws_of(scenario.model_copy(update={"seed": seed}), DRAWS, "priors") for seed in range(1, seeds // 3 + 1)]
    spread = each([(variant(scenario, dict(draw.values)), 1) for draws in sets for draw in draws])
    columns = range(len(FIGURES))
    groups = spread.reshape(len(sets), DRAWS, len(FIGURES)).mean(axis=1)
    return {
        "same luck in both of two scenarios": [of_differences(plain[:, n], calm[:, n]) for n in columns],
        f"{DRAWS} parameter draws spread evenly": [of_means(groups[:, n], spread[:, n], DRAWS) for n in columns],
        "worlds in pairs, upside down": [of_pairs(up[:, n], down[:, n]) for n in columns],
        "luck in pairs, upside down": [of_pairs(plain[:, n], turned[:, n]) for n in columns],
        "people spread evenly": [of_variances(plain[:, n], lattice[:, n]) for n in columns],
    }


def quiet(scenario: Scenario) -> Scenario:
    """The scenario whose economy stays as it is in usual times, and whose shocks that begin on a day are left out."""
    economy = scenario.world.economy.unemployment
    values: dict[str, object] = {UNEMPLOYMENT: economy.baseline}
    for name, shock in scenario.world.shocks.items():
        if shock.starts is not None:
            values[f"world.shocks.{name}"] = False
    return variant(scenario, values)


def mirrored_worlds(scenario: Scenario, count: int) -> tuple[list[Scenario], list[Scenario]]:
    """So many worlds as an ensemble draws them, and each upside down."""
    plan = plan_of(scenario)
    assert isinstance(plan, Autoregressive)
    span, own = scenario.span, scenario.world.economy.unemployment
    away = by_month(deviations_of(scenario, plan, count), plan.months, span.months)
    rates = own.at_months(span.start, span.months)
    first = span.start.year * 12 + span.start.month - 1
    months = [f"{number // 12}-{number % 12 + 1:02d}" for number in range(first, first + span.months)]
    sides: list[list[Scenario]] = []
    for side in (away, -away):
        paths = laid_over(rates, side, plan.floor).tolist()
        dated = [{"baseline": own.baseline, **dict(zip(months, path, strict=True))} for path in paths]
        sides.append([variant(scenario, {UNEMPLOYMENT: path}) for path in dated])
    return sides[0], sides[1]
