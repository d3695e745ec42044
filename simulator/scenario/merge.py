"""`extends:`: maps merge, values replace, `off` removes, and every value keeps its place in its file.

Three kinds of map replace instead of merging: a path over time (its keys are dates), a table (its keys are
numbers), and an entry whose `kind` (or `preset`) changes: the fields of one kind mean nothing to another.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simulator.errors import Problem, ScenarioError
from simulator.scenario.source import Source, read_file
from simulator.scenario.tree import Branch, Leaf, Mark, Node, Row
from simulator.scenario.values import node_of
from simulator.scenario.words import did_you_mean

LONGEST_CHAIN = 20  # files that extend one another
DATED = re.compile(r"^(\d{4}-\d{1,2}(-\d{1,2})?|baseline)$")
_NUMBER = re.compile(r"^[-+]?(\d+\.?\d*|\.\d+)$")
_FILE = re.compile(r"\.(csv|tsv|parquet|zip|gz|xlsx?)$", re.IGNORECASE)
_SHORT_FORMS = {("book", "recipe"): "preset", ("lender", "reserve"): "kind"}  # `recipe: us` is {preset: us}


@dataclass
class Merged:
    """A scenario with everything it extends: one tree, the question, and the files as met."""

    root: Branch
    question: str = ""
    name: str = ""
    files: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def shipped_scenarios() -> dict[str, Path]:
    """The scenarios that come with the program, by name: beside the package, or inside it when installed."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "_scenarios"
    folder = installed if installed.is_dir() else package.parent / "scenarios"
    return {file.stem: file for file in sorted(folder.glob("*.yaml"))}


def read_merged(path: Path, shown: str) -> Merged:
    """Read a scenario file and all it extends. Raises ScenarioError when the file itself cannot be read."""
    source = read_file(path, shown)
    merged = Merged(source.root, source.question, path.stem, [shown])
    merged.root = _extended(source, [(_identity(path), shown)], merged)
    return merged


def merged_dict(data: Mapping[str, Any], shown: str, folder: Path) -> Merged:
    """The same for a scenario given as a Python dict; relative file names are looked for in `folder`."""
    merged = Merged(Branch(Mark(shown)), files=[shown])
    root = node_of(data, Mark(shown), "", 1, merged.problems)
    if not isinstance(root, Branch):
        raise ScenarioError.of([Problem(shown, "", "a dict with span, book, world and lender is wanted")])
    source = Source(root, "", folder / "dict", shown)
    merged.root = _extended(source, [("", shown or "the dict")], merged)
    return merged


def _extended(source: Source, chain: list[tuple[str, str]], merged: Merged) -> Branch:
    """The source's tree laid over the tree of the file it extends, and so on down."""
    root = source.root
    assert source.path is not None
    folder = source.path.parent
    expand_short_forms(root)
    anchor_files(root, folder)
    node = root.entries.get("extends")
    if node is None:
        return root
    key_mark = root.keys["extends"]
    root.drop("extends")
    if isinstance(node, Leaf) and (node.value is False or node.value is None):
        return root
    if not isinstance(node, Leaf) or not isinstance(node.value, str):
        merged.problems.append(
            Problem(str(node.mark), "extends", "one file name is wanted, or the name of a shipped scenario")
        )
        return root
    found = _find(node.value, folder, source.shown)
    if found is None:
        merged.problems.append(Problem(str(node.mark), "extends", _not_found(node.value)))
        return root
    path, shown = found
    names = [name for _, name in chain]
    if _identity(path) in [identity for identity, _ in chain]:
        circle = " -> ".join([*names, shown])
        told = f"the files extend one another in a circle: {circle}"
        merged.problems.append(Problem(str(key_mark), "extends", told))
        return root
    if len(chain) >= LONGEST_CHAIN:
        told = f"a chain of more than {LONGEST_CHAIN} files"
        merged.problems.append(Problem(str(key_mark), "extends", told))
        return root
    merged.files.append(shown)
    try:
        base = read_file(path, shown)
    except ScenarioError as error:
        merged.problems.extend(error.problems)
        return root
    return lay_over(_extended(base, [*chain, (_identity(path), shown)], merged), root)


def _identity(path: Path) -> str:
    return os.path.realpath(path)


def _find(name: str, folder: Path, shown: str) -> tuple[Path, str] | None:
    """The file a name means: a file beside the one that names it, otherwise a shipped scenario."""
    beside = os.path.dirname(shown)
    for candidate in (name, f"{name}.yaml"):
        try:
            if (folder / candidate).is_file():
                return folder / candidate, os.path.join(beside, candidate)
        except (OSError, ValueError):
            return None
    shipped = shipped_scenarios().get(name.removesuffix(".yaml"))
    return (shipped, show_path(shipped)) if shipped else None


def _not_found(name: str) -> str:
    names = sorted(shipped_scenarios())
    listed = f"; shipped scenarios: {', '.join(names)}" if names else ""
    return f"{name!r} is neither a file here nor a shipped scenario{did_you_mean(name, names)}{listed}"


def show_path(path: Path) -> str:
    """A path as messages show it: relative to the working folder when it lies below it."""
    try:
        return str(path.relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)


# --- merging --------------------------------------------------------------------------------------


def lay_over(base: Branch, over: Branch) -> Branch:
    """`over` laid on `base`, which is changed and returned."""
    for key, node in over.entries.items():
        mark = over.keys[key]
        below = base.entries.get(key)
        if isinstance(node, Leaf) and node.value is False and _removable(below):
            base.drop(key)
        elif isinstance(node, Leaf) and node.value is None and isinstance(below, Branch):
            continue  # a key with everything under it commented out says nothing
        elif isinstance(below, Branch) and isinstance(node, Branch) and _same_sort(key, below, node):
            lay_over(below, node)
        else:
            base.put(key, mark, node)
    return base


def _removable(below: Node | None) -> bool:
    return below is not None and not (isinstance(below, Leaf) and isinstance(below.value, bool))


def _same_sort(key: str, below: Branch, over: Branch) -> bool:
    """Whether two maps describe the same thing, so that their fields may be mixed."""
    if any(is_dated(branch) or is_table(branch) for branch in (below, over)):
        return False
    for tag in ("kind", "preset"):
        new = over.entries.get(tag)
        if isinstance(new, Leaf):
            old = below.entries.get(tag)
            if new.value != (old.value if isinstance(old, Leaf) else key):
                return False
    return True


def is_dated(branch: Branch) -> bool:
    """Whether a map is a path over time: its keys are dates or `baseline`."""
    return any(DATED.match(key) for key in branch.entries)


def is_table(branch: Branch) -> bool:
    """Whether a map is a table: its keys are numbers (quantiles, codes)."""
    return bool(branch.entries) and all(_NUMBER.match(key) for key in branch.entries)


def expand_short_forms(root: Branch) -> None:
    """`recipe: us` means {preset: us}, `reserve: none` means {kind: none}: written out to merge."""
    for (section, key), inner in _SHORT_FORMS.items():
        part = root.entries.get(section)
        node = part.entries.get(key) if isinstance(part, Branch) else None
        if isinstance(part, Branch) and isinstance(node, Leaf) and isinstance(node.value, str):
            written = Branch(node.mark)
            written.put(inner, node.mark, node)
            part.put(key, part.keys[key], written)


def anchor_files(node: Node, folder: Path, key: str = "") -> Node:
    """File names in the values, relative to the file they stand in, made absolute."""
    if isinstance(node, Branch):
        for name, child in node.entries.items():
            if name != "extends":
                node.entries[name] = anchor_files(child, folder, name)
    elif isinstance(node, Row):
        node.items = [anchor_files(child, folder) for child in node.items]
    elif isinstance(node.value, str) and (_FILE.search(node.value) or key in ("file", "history")):
        return Leaf(os.path.abspath(folder / node.value), node.mark)
    return node
