"""A scenario file read into a tree of marked values, or refused with the place at which it goes wrong.

YAML is read as a stream of parse events from PyYAML's safe C loader, so nothing in a file can run, grow
without bound or nest without end.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from simulator.errors import Problem, ScenarioError
from simulator.scenario.scalars import read_plain
from simulator.scenario.tree import Branch, Leaf, Mark, Node, Row, copied

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

LARGEST_FILE = 1_000_000  # bytes
MOST_NODES = 20_000
DEEPEST = 30
SECTIONS = "span, book, world and lender"


@dataclass
class Source:
    """A scenario file as read: its tree, the question its leading comment asks, and where it lies."""

    root: Branch
    question: str
    path: Path | None
    shown: str


def read_file(path: Path, shown: str, sections: str = SECTIONS) -> Source:
    """Read a scenario file, or another of the same manner with `sections` in it; `shown` is its name in messages.

    Raises ScenarioError.
    """
    try:
        if path.is_file() and path.stat().st_size > LARGEST_FILE:
            raise _wrong(
                Mark(shown, 1, 1),
                f"the file is larger than {LARGEST_FILE:,} bytes; series belong in a CSV file beside it",
            )
        raw = path.read_bytes()
    except FileNotFoundError:
        raise _wrong(Mark(shown), "the file does not exist") from None
    except (OSError, ValueError) as error:
        raise _wrong(Mark(shown), f"the file cannot be read: {_reason(error)}") from None
    text = _decoded(raw, shown)
    return Source(read_text(text, shown, sections), leading_comment(text), path, shown)


def read_text(text: str, shown: str, sections: str = SECTIONS) -> Branch:
    """Read a scenario's text into a map; raises ScenarioError naming line and column."""
    for number, line in enumerate(text.split("\n"), start=1):
        indent = line[: len(line) - len(line.lstrip(" \t"))]
        if "\t" in indent and line.strip():
            raise _wrong(Mark(shown, number, indent.index("\t") + 1), "a tab; indent with spaces")
    reader = _Reader(shown)
    try:
        root = reader.document(yaml.parse(text, Loader=_Loader))
    except yaml.YAMLError as error:
        raise _wrong(*_syntax(error, text, shown)) from None
    if reader.problems:
        raise ScenarioError.of(reader.problems)
    if root is None or (isinstance(root, Leaf) and root.value is None):
        raise _wrong(Mark(shown, 1, 1), f"the file is empty; {sections} are wanted")
    if not isinstance(root, Branch):
        what = "a list" if isinstance(root, Row) else f"the value {root.value!r}"[:80]
        raise _wrong(root.mark, f"the file holds {what}; a map with {sections} is wanted")
    return root


def read_value(text: str, shown: str) -> Node:
    """Read the value of an option (`--set key=value`) by the same rules; every mark is the option itself."""
    reader = _Reader(shown, single_mark=True)
    try:
        node = reader.document(yaml.parse(text, Loader=_Loader))
    except yaml.YAMLError:
        raise _wrong(Mark(shown), f"the value {text!r} cannot be read; write it as in a file") from None
    if reader.problems:
        raise ScenarioError.of(reader.problems)
    return node if node is not None else Leaf(None, Mark(shown))


def leading_comment(text: str) -> str:
    """The comment block a file opens with: the question the scenario asks; editor directives left out."""
    lines: list[str] = []
    for line in text.lstrip("\ufeff").splitlines():
        stripped = line.strip()
        if not stripped.startswith("#"):
            if stripped or lines:
                break
            continue
        words = stripped.lstrip("#").strip()
        if not words.startswith("yaml-language-server"):
            lines.append(words)
    return "\n".join(lines).strip()


# --- the tree -------------------------------------------------------------------------------------


@dataclass
class _Reader:
    """Builds the tree from parse events, counting nodes and watching depth, aliases and tags."""

    shown: str
    single_mark: bool = False
    nodes: int = 0
    problems: list[Problem] = field(default_factory=list)
    anchors: dict[str, tuple[Node, int, bool]] = field(default_factory=dict)
    aliases: int = 0

    def document(self, events: Iterator[Any]) -> Node | None:
        """The one document of a stream, or None for an empty stream."""
        root: Node | None = None
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _wrong(self._mark(event), "a second document; a scenario file holds one")
            elif isinstance(event, (yaml.StreamStartEvent, yaml.StreamEndEvent, yaml.DocumentEndEvent)):
                continue
            else:
                root = self._node(event, events, 1, "")
        return root

    def _mark(self, event: Any) -> Mark:
        if self.single_mark:
            return Mark(self.shown)
        return Mark(self.shown, event.start_mark.line + 1, event.start_mark.column + 1)

    def _problem(self, event: Any, key: str, message: str) -> None:
        self.problems.append(Problem(str(self._mark(event)), key, message))

    def _count(self, event: Any, more: int = 1) -> None:
        self.nodes += more
        if self.nodes > MOST_NODES:
            told = f"more than {MOST_NODES:,} values (aliases counted as often as used)"
            raise _wrong(self._mark(event), told)

    def _node(self, event: Any, events: Iterator[Any], depth: int, key: str) -> Node:
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        if depth > DEEPEST:
            raise _wrong(self._mark(event), f"nested deeper than {DEEPEST} levels")
        if event.tag not in (None, "!"):
            self._problem(event, key, f"the tag {event.tag!r}; a scenario holds plain values and names only")
        self._count(event)
        before, aliases = self.nodes, self.aliases
        node: Node
        if isinstance(event, yaml.ScalarEvent):
            node = self._leaf(event, key)
        elif isinstance(event, yaml.SequenceStartEvent):
            node = self._row(event, events, depth, key)
        else:
            node = self._branch(event, events, depth, key)
        if event.anchor is not None:
            self.anchors[event.anchor] = (node, self.nodes - before + 1, self.aliases > aliases)
        return node

    def _alias(self, event: Any) -> Node:
        mark = self._mark(event)
        self.aliases += 1
        if event.anchor not in self.anchors:
            raise _wrong(mark, f"the alias *{event.anchor} stands for nothing written before it")
        node, size, nested = self.anchors[event.anchor]
        if nested:
            raise _wrong(mark, f"the alias *{event.anchor} holds an alias itself; write the values out")
        self._count(event, size)
        return copied(node)

    def _leaf(self, event: Any, key: str) -> Leaf:
        text: str = event.value
        if event.style or event.tag == "!":
            return Leaf(text, self._mark(event))
        try:
            return Leaf(read_plain(text), self._mark(event))
        except ValueError as error:
            self._problem(event, key, str(error))
            return Leaf(0, self._mark(event))

    def _row(self, event: Any, events: Iterator[Any], depth: int, key: str) -> Row:
        row = Row([], self._mark(event))
        for inner in events:
            if isinstance(inner, yaml.SequenceEndEvent):
                break
            row.items.append(self._node(inner, events, depth + 1, f"{key}[{len(row.items)}]"))
        return row

    def _branch(self, event: Any, events: Iterator[Any], depth: int, key: str) -> Branch:
        branch = Branch(self._mark(event))
        for inner in events:
            if isinstance(inner, yaml.MappingEndEvent):
                break
            name = self._key(inner, events, depth, key)
            below = f"{key}.{name}" if key else name
            if name in branch.entries:
                self._problem(inner, below, f"written twice; first at line {branch.keys[name].line}")
            node = self._node(next(events), events, depth + 1, below)
            if name and name not in branch.entries:
                branch.put(name, self._mark(inner), node)
        return branch

    def _key(self, event: Any, events: Iterator[Any], depth: int, key: str) -> str:
        """A key's text. `on`, `off`, `yes`, `no` and numbers are names when they stand as keys."""
        if not isinstance(event, yaml.ScalarEvent):
            self._problem(event, key, "a list, map or alias as a key; keys are names or dates")
            self._node(event, events, depth + 1, key)
            return ""
        self._count(event)
        text: str = event.value
        if event.tag not in (None, "!"):
            self._problem(event, key, f"the tag {event.tag!r}; a scenario holds plain values and names only")
        if event.style:
            if not text:
                self._problem(event, key, "an empty key; keys are names or dates")
            return text
        if text == "<<":
            self._problem(event, key, "the merge key <<; use extends, or write the values out")
            return ""
        try:
            value = read_plain(text)
        except ValueError as error:
            self._problem(event, key, str(error))
            return ""
        if value is None:
            self._problem(event, key, "a key that is nothing; keys are names, dates or codes")
            return ""
        return value.isoformat() if isinstance(value, dt.date) else text


# --- what is wrong --------------------------------------------------------------------------------


def _wrong(mark: Mark, message: str) -> ScenarioError:
    return ScenarioError.of([Problem(str(mark), "", message)])


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


def _decoded(raw: bytes, shown: str) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line = before.count(b"\n") + 1
        column = len(before.rpartition(b"\n")[2].decode("utf-8", "replace")) + 1
        found = f"the byte 0x{raw[error.start]:02x} at offset {error.start}"
        raise _wrong(Mark(shown, line, column), f"{found} is not UTF-8; save the file as UTF-8") from None


_PLAIN_WORDS = {
    "mapping values are not allowed in this context": "a colon where none can stand; quote text with ': '",
    "did not find expected key": "a key was expected here; check the indentation",
    "did not find expected '-' indicator": "a list item was expected here; check the indentation",
    "did not find expected ',' or ']'": "a list that opens with [ is not closed with ]",
    "did not find expected ',' or '}'": "a map that opens with { is not closed with }",
    "found unexpected end of stream": "a quotation mark is opened and never closed",
    "could not find expected ':'": "a key without a colon after it",
    "found character that cannot start any token": "a character that cannot start a value; quote it",
    "found duplicate anchor": "an anchor is written twice",
}


def _syntax(error: yaml.YAMLError, text: str, shown: str) -> tuple[Mark, str]:
    """Where the text stops being YAML, and why, in plain words."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    said = getattr(error, "problem", None) or getattr(error, "reason", None) or "it is not YAML"
    if mark is not None:
        place = Mark(shown, mark.line + 1, mark.column + 1)
    else:
        before = text[: max(0, int(getattr(error, "position", 0)))]
        place = Mark(shown, before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1)
    if "nesting depth" in str(said):  # newer scanners look ahead and give up before the reader counts
        return place, f"nested deeper than {DEEPEST} levels"
    return place, f"the file cannot be read: {_PLAIN_WORDS.get(str(said), said)}"
