"""A scenario file as a tree in which every key and value knows the line and column it was written at."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from simulator.params import TimePath


@dataclass(frozen=True)
class Mark:
    """Where something was written: a file with line and column from 1, or an option such as `--set seed`."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True)
class Leaf:
    """A single value: text, number, date, on or off, or nothing."""

    value: str | int | float | bool | dt.date | TimePath | None
    mark: Mark


@dataclass
class Row:
    """A list."""

    items: list[Node]
    mark: Mark


@dataclass
class Branch:
    """A map: each key with the place the key stands at, and its value."""

    mark: Mark
    entries: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, Mark] = field(default_factory=dict)

    def put(self, key: str, mark: Mark, node: Node) -> None:
        """Set or replace a key's value."""
        self.entries[key] = node
        self.keys[key] = mark

    def drop(self, key: str) -> None:
        """Take a key away."""
        del self.entries[key]
        del self.keys[key]


Node: TypeAlias = Leaf | Row | Branch


def plain(node: Node) -> Any:
    """The tree as plain dicts, lists and values."""
    if isinstance(node, Branch):
        return {key: plain(child) for key, child in node.entries.items()}
    if isinstance(node, Row):
        return [plain(child) for child in node.items]
    return node.value


def copied(node: Node) -> Node:
    """A tree of its own with the same marks."""
    if isinstance(node, Branch):
        entries = {key: copied(child) for key, child in node.entries.items()}
        return Branch(node.mark, entries, dict(node.keys))
    if isinstance(node, Row):
        return Row([copied(child) for child in node.items], node.mark)
    return node
