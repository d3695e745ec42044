"""From a file or a dict to a Scenario: read, extend, set, validate; every mistake at once."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from simulator.errors import Problem, ScenarioError
from simulator.scenario.by_history import expand_history
from simulator.scenario.checks import Parts, cross_check, place_of
from simulator.scenario.covering import covering
from simulator.scenario.explain import explain, in_file_order
from simulator.scenario.merge import (
    Merged,
    merged_dict,
    read_merged,
    shipped_scenarios,
    show_path,
)
from simulator.scenario.model import Scenario
from simulator.scenario.options import put_value, set_value
from simulator.scenario.shape import complete
from simulator.scenario.tree import Leaf, Mark, plain
from simulator.scenario.varied_checks import varied_wrong
from simulator.scenario.words import did_you_mean, suggestion

_OVERRIDES = {
    "seed": ("seed",),
    "borrowers": ("book", "borrowers"),
    "months": ("span", "months"),
    "tape": ("book", "tape", "file"),
}


def load(path: str | os.PathLike[str], sets: Sequence[str] = (), **overrides: Any) -> Scenario:
    """Read a scenario file (or a shipped scenario by name), lay `sets` and overrides over it, and check it.

    `sets` are texts `key.path=value`; overrides are seed, borrowers, months and tape. Raises ScenarioError
    with every mistake of the file, of the files it extends and of the options.
    """
    file = Path(path)
    shown = str(path)
    bare = file.parent == Path() and file.name.removesuffix(".yaml") in shipped_scenarios()
    if bare and not _is_file(file):  # a directory of that name is not what is meant
        file = shipped_scenarios()[file.name.removesuffix(".yaml")]
        shown = show_path(file)
    elif not _exists(file):
        meant = did_you_mean(file.stem, shipped_scenarios()) if file.parent == Path() else ""
        raise ScenarioError.of([Problem(shown, "", f"the file does not exist{meant}")])
    return checked(read_merged(file, shown), sets, overrides)


def from_dict(
    data: Mapping[str, Any],
    sets: Sequence[str] = (),
    *,
    name: str = "",
    folder: str | os.PathLike[str] = ".",
    **overrides: Any,
) -> Scenario:
    """A scenario from a dict of the same shape as a file; relative file names are looked for in `folder`."""
    merged = merged_dict(data, name, Path(folder).absolute())
    merged.name = name
    return checked(merged, sets, overrides)


def _is_file(file: Path) -> bool:
    try:
        return file.is_file()
    except (OSError, ValueError):
        return False


def _exists(file: Path) -> bool:
    try:
        return file.exists()
    except (OSError, ValueError):
        return False


def checked(merged: Merged, sets: Sequence[str] = (), overrides: Mapping[str, Any] | None = None) -> Scenario:
    """The scenario of a tree, with `sets` and overrides laid over it. Raises ScenarioError with every mistake."""
    root, problems = merged.root, list(merged.problems)
    for text in sets:
        problems += set_value(root, text)
    for name, value in (overrides or {}).items():
        if value is None:
            continue
        if name not in _OVERRIDES:
            problems.append(Problem("", name, f"unknown option{suggestion(name, _OVERRIDES, 'options')}"))
            continue
        mark = Mark(f"--{name}")
        leaf = Leaf(os.fspath(value) if isinstance(value, os.PathLike) else value, mark)
        problems += put_value(root, list(_OVERRIDES[name]), leaf, mark)
    problems += expand_history(root)
    complete(root, Scenario, "", problems)
    start = Mark(root.mark.file, 1, 1) if root.mark.line else root.mark
    for key, value in (("name", merged.name), ("question", merged.question)):
        if key not in root.entries and value:
            root.put(key, start, Leaf(value, start))
    scenario = _validated(merged, problems)
    wrong = [Problem(place_of(root, keys, ""), ".".join(keys), told) for keys, told in varied_wrong(scenario, checked)]
    if wrong:
        raise ScenarioError.of(in_file_order(wrong, merged.files))
    return covering(scenario)


def _validated(merged: Merged, problems: list[Problem]) -> Scenario:
    root = merged.root
    scenario: Scenario | None = None
    try:
        scenario = Scenario.model_validate(plain(root))
        parts = Parts.of(scenario)
    except ValidationError as error:
        told = {problem.key for problem in problems}
        problems += [problem for problem in explain(error, root, Scenario) if problem.key not in told]
        parts = Parts.usable(root)
    for keys, message in cross_check(parts):
        problems.append(Problem(place_of(root, keys, message), ".".join(keys), message))
    if problems or scenario is None:
        raise ScenarioError.of(in_file_order(problems, merged.files))
    return scenario
