"""A sweep in sentences: what moves each figure, how surely, how much of it is luck, and how it was worked out."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from simulator.report.compared import gap, level
from simulator.sweeps import Effect, Estimate, short_names, value_with_unit

if TYPE_CHECKING:
    from simulator.metrics import Metric
    from simulator.sweeps import Sweep

DESIGNS = {
    "grid": "a grid, every value of each key with every value of the others",
    "one-at-a-time": "one key at a time, the others as the scenario has them",
    "latin": "a Latin hypercube, which fills the space of the keys evenly",
    "sobol": "a Sobol design, which splits the variance between the keys",
    "file": "points from a file",
}
LUCK_SMALL, LUCK_LARGE = 0.05, 0.25
LOOSE = 0.25  # how wide a share of the variance may be to either side before more points are asked for


def size_in_words(found: Sweep) -> str:
    """`25 points, 4 seeds (1 to 4), 20,000 borrowers`."""
    seeds = found.seeds
    luck = f"{len(seeds)} seeds ({seeds[0]} to {seeds[-1]})" if len(seeds) > 1 else f"one seed ({seeds[0]})"
    tape = found.scenario.book.tape
    book = f"{found.scenario.book.borrowers:,} borrowers" if tape is None else "the tape's borrowers"
    return f"{len(found.design.points):,} points, {luck} in each, {book}"


def answer_of(found: Sweep, metric: Metric) -> str:
    """The figure's label, and what moves it most and least, with errors, in a few sentences."""
    return f"{metric.label}. {moved(found, metric)}"


def moved(found: Sweep, metric: Metric) -> str:
    """What moves a figure most and least, with errors, in a few sentences."""
    names, currency = short_names(found.design.keys), found.scenario.lender.currency
    effects = found.effects[metric.name]
    known = [one for one in effects if not math.isnan(one.swing.value)]
    if not known:
        return "It cannot be formed in every point, so nothing is said about it."
    moved = [one for one in known if one.swing.sure or (len(found.seeds) == 1 and one.swing.value)]
    still = [one for one in known if one not in moved]
    told = []
    for place, one in enumerate(moved[:3]):
        least, most = (level(one.reference + end.difference.value, metric, currency) for end in (one.first, one.last))
        swing = gap(one.swing.value, metric, currency)
        opening = "moves it most" if place == 0 else "follows" if place == 1 else "comes third"
        first, last = (value_with_unit(one.key, end.value) for end in (one.first, one.last))
        told.append(
            f"{capital(names[one.key.path])} {opening}: {least} at {first}, {most} at {last}, "
            f"a difference of {swing}{_sure(one, metric)}."
        )
        if one.bends is not None:
            told.append(f"It does not go one way: furthest from both ends is {value_with_unit(one.key, one.bends)}.")
    if len(moved) > 3:
        told.append(f"Less moves it: {_listed([names[one.key.path] for one in moved[3:]])}.")
    if still:
        dead = [names[one.key.path] for one in still if one.swing.value == 0.0 and not one.swing.standard_error > 0]
        luck = [names[one.key.path] for one in still if names[one.key.path] not in dead]
        told += [f"Cannot be told from luck: {_listed(luck)}."] if luck else []
        told += [f"Without any effect on it: {_listed(dead)}."] if dead else []
    return " ".join(told)


def _sure(one: Effect, metric: Metric) -> str:
    words = interval_in_words(one.swing, metric)
    return f" (95% interval {words})" if words else ""


def interval_in_words(found: Estimate, metric: Metric) -> str:
    """The 95% interval in the unit of a difference; empty where none is known."""
    if math.isnan(found.low):
        return ""
    return " to ".join(gap(end, metric, "").removesuffix(" points") for end in (found.low, found.high))


def luck_of(found: Sweep, metric: Metric) -> str:
    """How much of the variance between points is sampling noise, and what follows from it."""
    seeds, noise = len(found.seeds), found.noise[metric.name]
    if seeds < 2:
        return "With one seed nothing says how much of this is luck; with two or more it is told."
    if math.isnan(noise.share):
        return ""
    share = f"{noise.share:.1%}" if noise.share >= 0.001 else "less than 0.1%"
    told = (
        f"Of the variance between points, {share} is sampling noise: the luck that is left in a mean over {seeds} seeds"
    )
    if found.design.kind == "sobol":
        told += f", which may lift an index “in all” by as much as {noise.share:.2f}"
    if noise.share > LUCK_LARGE:
        return f"{told}. That is much: more seeds or more borrowers are wanted before these figures are used."
    return f"{told}." if noise.share < LUCK_SMALL else f"{told}. More seeds would make small effects clearer."


def loose_of(found: Sweep, metric: Metric) -> str:
    """A sentence where the shares of the variance are loosely known, with the next number of points."""
    if found.design.kind != "sobol":
        return ""
    reach = [
        max(one.estimate.high - one.estimate.value, one.estimate.value - one.estimate.low)
        for one in found.indices[metric.name]
    ]
    if not reach or max(reach) <= LOOSE:
        return ""
    return (
        f"The shares are known to ± {max(reach):.2f} only: --points {2 * found.design.base} or more would narrow them."
    )


def holes(found: Sweep) -> list[str]:
    """What is missing: errors where there is one seed, and metrics that could not be formed in some run."""
    told = [] if len(found.seeds) > 1 else ["One seed: nothing says how much of what follows is luck."]
    for metric in found.metrics:
        values = found.figures[metric.name]
        if missing := int((values != values).sum()):
            told.append(
                f"{metric.label} cannot be formed in {missing:,} of {values.size:,} runs (what it divides by is nought "
                "there, or the scenario does not follow it)."
            )
    return told


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def reading(found: Sweep) -> list[str]:
    """How the numbers were worked out, for this design."""
    told = [
        f"Design: {DESIGNS[found.design.kind]}. Every point lives with the same seeds, so that the same borrowers "
        "have the same luck in each; differences are taken seed by seed."
    ]
    if found.design.fills:
        told.append(
            "Differences from end to end are slopes of a plane through all points by least squares, with standard "
            "errors that hold also where the plane does not fit (White, HC3) and count the seeds. The points in the "
            "curves are means over a fifth of the range, after the plane’s part for the other keys is taken away."
        )
    else:
        told.append(
            "The standard error is the standard deviation of the differences of the seeds over the root of their "
            "number; the 95% interval follows Student's t. Of words the widest pair is shown, and its interval is "
            "widened for having been chosen (Bonferroni)."
        )
    if found.design.kind in ("grid", "sobol"):
        told.append(
            "“Alone” is the share of the variance between points that a key explains by itself (first-order index), "
            "“in all” the share in which it has a part (total index); where the second is larger, the key works "
            "together with others. Every value of a key counts as equally likely."
            + (
                " Estimates of Saltelli and others (2010) by scipy; the intervals resample the points."
                if found.design.kind == "sobol"
                else " On a grid both are exact for its own values; the errors leave out one seed at a time."
            )
        )
    elif found.design.fills:
        told.append(
            "Rank regression and partial rank correlation run from −1 to 1: how much a figure rises with a key, "
            "all others held, whatever the form as long as it goes one way. Words stand in the order they were given."
        )
    return told
