"""The scenario with other values at some key paths, checked like any other; and the value at a key path."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from simulator.errors import Problem, ScenarioError
from simulator.scenario.fit import Fit
from simulator.scenario.loading import checked
from simulator.scenario.merge import merged_dict
from simulator.scenario.model import Scenario
from simulator.scenario.options import put_path
from simulator.scenario.tree import Mark
from simulator.scenario.walk import children
from simulator.scenario.words import suggestion


def variant(scenario: Scenario, values: Mapping[str, Any], where: str = "") -> Scenario:
    """The same scenario with other values: {"world.shocks.unemployment.severity": 6}.

    A value may be whatever a file may hold there: a number, text, a list, a path over time, a map (whose keys are laid
    over those that are there), or False, which takes an entry away. An item of a list is named by its place from 0.
    Changing a kind or a preset drops the fields of the old one. An estimate of `fit:` at a path that is set no longer
    holds and is left out. `where` says in messages where the values come from. Raises ScenarioError with every
    mistake, each with its path and what was given.
    """
    apart = not any(path.partition(".")[0] == "ensemble" for path in values)  # what is not set need not be checked
    known = scenario.model_copy(update={"ensemble": None}) if apart else scenario
    merged = merged_dict(_unfitted(known, values).resolved(), scenario.name, Path.cwd())
    mark = Mark(where)
    for path, value in values.items():
        merged.problems += put_path(merged.root, path, value, mark)
    changed = checked(merged)
    return changed.model_copy(update={"ensemble": scenario.ensemble}) if apart else changed


def value_at(scenario: Scenario, path: str) -> Any:
    """What the scenario holds at a key path: a number, a path over time, a section. Raises ScenarioError."""
    node: Any = scenario
    keys = path.split(".")
    for number, key in enumerate(keys):
        under = children(node)
        if key not in under:
            here = ".".join(keys[:number]) or "the scenario"
            told = f"{here} has no {key!r}{suggestion(key, under, 'accepted here')}"
            raise ScenarioError.of([Problem("", path, told)])
        node = under[key]
    return node


def _unfitted(scenario: Scenario, values: Mapping[str, Any]) -> Scenario:
    """The scenario without the estimates of what is set."""
    fit = scenario.fit
    if fit is None:
        return scenario
    left = {path: each for path, each in fit.parameters.items() if not any(_touches(path, key) for key in values)}
    if len(left) == len(fit.parameters):
        return scenario
    pairs = {pair: value for pair, value in fit.correlations.items() if all(one in left for one in pair.split(" / "))}
    kept: Fit | None = fit.model_copy(update={"parameters": left, "correlations": pairs}) if left else None
    return scenario.model_copy(update={"fit": kept})


def _touches(path: str, key: str) -> bool:
    return path == key or path.startswith(f"{key}.")
