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
from simulator.scenario.options import put_value
from simulator.scenario.tree import Branch, Leaf, Mark, Node, Row
from simulator.scenario.values import node_of
from simulator.scenario.walk import children
from simulator.scenario.words import suggestion

_TAGS = ("kind", "preset")


def variant(scenario: Scenario, values: Mapping[str, Any], where: str = "") -> Scenario:
    """The same scenario with other values: {"world.shocks.unemployment.severity": 6}.

    A value may be whatever a file may hold there: a number, text, a list, a path over time, a map (whose keys are laid
    over those that are there), or False, which takes an entry away. An item of a list is named by its place from 0.
    Changing a kind or a preset drops the fields of the old one. An estimate of `fit:` at a path that is set no longer
    holds and is left out. `where` says in messages where the values come from. Raises ScenarioError with every
    mistake, each with its path and what was given.
    """
    merged = merged_dict(_unfitted(scenario, values).resolved(), scenario.name, Path.cwd())
    mark = Mark(where)
    for path, value in values.items():
        merged.problems += _put(merged.root, path, value, mark)
    return checked(merged)


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


def _put(root: Branch, path: str, value: Any, mark: Mark) -> list[Problem]:
    """Lay one value over the tree; an item of a list is set in its place."""
    problems: list[Problem] = []
    keys = path.split(".")
    if not all(keys):
        return [Problem(str(mark), path, "a key path is wanted, as world.economy.unemployment")]
    node = node_of(value, mark, path, 1, problems)
    if len(keys) > 1 and keys[-1] in _TAGS and isinstance(node, Leaf):
        tagged = Branch(mark)
        tagged.put(keys[-1], mark, node)
        keys, node = keys[:-1], tagged
    if problems or _placed(root, keys, node):
        return problems
    return put_value(root, keys, node, mark)


def _placed(root: Branch, keys: list[str], node: Node) -> bool:
    """Whether the path leads to an item of a list; if so it is set."""
    at: Node | None = root
    for number, key in enumerate(keys):
        if isinstance(at, Row):
            if not key.isdigit() or int(key) >= len(at.items):
                return False
            if number == len(keys) - 1:
                at.items[int(key)] = node
                return True
            at = at.items[int(key)]
        else:
            at = at.entries.get(key) if isinstance(at, Branch) else None
    return False
