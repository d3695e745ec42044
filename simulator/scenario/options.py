"""`--set key.path=value`: one value laid over a scenario, with the option named wherever it is wrong."""

from __future__ import annotations

from pathlib import Path

from simulator.errors import Problem, ScenarioError
from simulator.scenario.merge import DATED, anchor_files, expand_short_forms, is_dated, lay_over
from simulator.scenario.source import read_value
from simulator.scenario.tree import Branch, Leaf, Mark, Node, Row


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
        node.put(keys[-1], mark, over.entries[keys[-1]])
        _sort_dates(node)
    else:
        lay_over(node, over)
    expand_short_forms(root)
    return []


def _sort_dates(path: Branch) -> None:
    def order(key: str) -> tuple[int, ...]:
        return tuple(int(part) for part in key.split("-")) if DATED.match(key) and key != "baseline" else (0,)

    path.entries = {key: path.entries[key] for key in sorted(path.entries, key=order)}
