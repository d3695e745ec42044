"""Whether what an ensemble varies is in order: each alternative and each end of a range must be a scenario itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from simulator.economy import deviations
from simulator.errors import ScenarioError
from simulator.params import TimePath
from simulator.scenario.bounds import Wrong
from simulator.scenario.merge import Merged, merged_dict
from simulator.scenario.model import Scenario
from simulator.scenario.options import put_path
from simulator.scenario.tree import Mark
from simulator.scenario.varied import UNEMPLOYMENT, Bootstrap
from simulator.scenario.walk import children

Check = Callable[[Merged], Scenario]
WORLDS = ("ensemble", "worlds")
RANGES = ("ensemble", "parameters", "ranges")


def varied_wrong(scenario: Scenario, check: Check) -> Iterator[Wrong]:
    """Every mistake in the section `ensemble`: the keys it stands under, and what is wrong."""
    plan = scenario.ensemble
    if plan is None:
        return
    plain = scenario.model_copy(update={"ensemble": None, "fit": None})
    for name, alternative in plan.worlds.alternatives.items():
        place = (*WORLDS, "alternatives", name)
        for path, value in alternative.values.items():
            for told in _refused(plain, {path: value}, check):
                yield (*place, "values", path), told
        if alternative.unemployment is not None:
            for told in _refused(plain, {UNEMPLOYMENT: alternative.unemployment}, check):
                yield (*place, "unemployment"), told
    for path, (low, high) in plan.parameters.ranges.items():
        if not is_number(plain, path):
            yield (*RANGES, path), "there is no single number under this key path, and only numbers are drawn"
            continue
        for end in (low, high):
            for told in _refused(plain, {path: end}, check):
                yield (*RANGES, path), told
    if isinstance(plan.worlds, Bootstrap):
        try:
            deviations.fitted(history_of(scenario, plan.worlds))
        except ValueError as error:
            yield (*WORLDS, "history"), str(error)


def history_of(scenario: Scenario, worlds: Bootstrap) -> deviations.Floats:
    """The history whose surprises are drawn, in steps, percent. Raises ValueError where there is none or too little."""
    if worlds.history is not None:
        return deviations.read_history(worlds.history, worlds.months)
    start = scenario.span.start
    found = deviations.in_steps(scenario.world.economy.unemployment, worlds.months, start.year * 12 + start.month - 1)
    if found.size < deviations.LEAST_STEPS:
        raise ValueError(
            f"the scenario's own path of unemployment has {found.size} steps before the span, and "
            f"{deviations.LEAST_STEPS} are wanted; name a CSV file date,value or a folder with UNRATE.csv as history"
        )
    return found


def is_number(scenario: Scenario, path: str) -> bool:
    """Whether a single number, whole or not, stands under a key path (a path over time that never changes is one)."""
    node: Any = scenario
    for key in path.split("."):
        node = children(node).get(key)
    if isinstance(node, TimePath):
        return not node.dates
    return isinstance(node, (int, float)) and not isinstance(node, bool)


def _refused(scenario: Scenario, values: Mapping[str, Any], check: Check) -> list[str]:
    """What is said of the scenario with other values, each message with its key; none where it is accepted."""
    merged = merged_dict(scenario.resolved(), "", Path.cwd())
    for path, value in values.items():
        merged.problems += put_path(merged.root, path, value, Mark(""))
    try:
        check(merged)
    except ScenarioError as error:
        return [f"{each.key}: {each.message}" if each.key not in values else each.message for each in error.problems]
    return []
