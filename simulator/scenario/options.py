"""`--set key.path=value`: one value laid over a scenario, with the option named wherever it is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from simulator.errors import Problem, ScenarioError
from simulator.scenario.merge import DATED, anchor_files, expand_short_forms, is_dated, lay_over
from simulator.scenario.source import read_value
from simulator.scenario.tree import Branch, Leaf, Mark, Node, Row
from simulator.scenario.values import node_of

_TAGS = ("kind", "preset")


def set_value(root: Branch, text: str) -> list[Problem]:
    """Apply one `--set key.path=value`; returns what is wrong with it."""
    path, equals, written = text.partition("=")
    path = path.strip()
    shown = f"--set {path}"
    keys = path.split(".")
    if not equals or not all(keys):
        told = "key.path=value is wanted, as in --set world.economy.unemployment=6"
        return [Problem(f"--set {text}", "", told)]
    try:
        value = read_value(written, shown)
    except ScenarioError as error:
        return [Problem(problem.where, path, problem.message) for problem in error.problems]
    return put_value(root, keys, value, Mark(shown))


def put_value(root: Branch, keys: list[str], value: Node, mark: Mark) -> list[Problem]:
    """Lay a value at a key path over the tree; relative file names in it belong to the working folder."""
    node = root
    for number, key in enumerate(keys[:-1]):
        child = node.entries.get(key)
        if isinstance(child, Leaf) and child.value not in (None, True, False):
            if not (DATED.match(keys[number + 1]) and isinstance(child.value, (int, float))):
                held = ".".join(keys[: number + 1])
                told = f"{held} is {child.value!r}, which has no {keys[number + 1]!r} in it"
                return [Problem(str(mark), ".".join(keys), told)]
            path = Branch(child.mark)
            path.put("baseline", child.mark, child)
            child = path
        if isinstance(child, Row):
            told = f"{'.'.join(keys[: number + 1])} is a list; set it whole"
            return [Problem(str(mark), ".".join(keys), told)]
        if not isinstance(child, Branch):
            child = Branch(mark)
        node.put(key, node.keys.get(key, mark), child)
        node = child
    over = Branch(mark)
    over.put(keys[-1], mark, anchor_files(value, Path.cwd(), keys[-1]))
    if DATED.match(keys[-1]) and is_dated(node):
        for same in [key for key in node.entries if key != keys[-1] and _order(key) == _order(keys[-1])]:
            del node.entries[same], node.keys[same]  # the same date, written 2026-04 and 2026-04-01
        node.put(keys[-1], mark, over.entries[keys[-1]])
        _sort_dates(node)
    else:
        lay_over(node, over)
    expand_short_forms(root)
    return []


def put_path(root: Branch, path: str, value: Any, mark: Mark) -> list[Problem]:
    """Lay a plain value at a key path over the tree, as an option does; an item of a list is set in its place.

    A kind or preset that changes takes the fields of the old one with it. Returns what is wrong.
    """
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


def _sort_dates(path: Branch) -> None:
    path.entries = {key: path.entries[key] for key in sorted(path.entries, key=_order)}


def _order(key: str) -> tuple[int, ...]:
    """A date's place in time, however it is written; the baseline stands first."""
    if not DATED.match(key) or key == "baseline":
        return (0,)
    parts = tuple(int(part) for part in key.split("-"))
    return parts if len(parts) == 3 else (*parts, 1)
