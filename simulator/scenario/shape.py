"""What the model accepts at a place: which keys, which kinds, and whether a switch is a value there.

The pydantic models are the only statement of what a scenario may hold; this file reads them, so that
shorthands (`kind` left out, `off`, an empty entry) and messages follow every gallery by themselves.
"""

from __future__ import annotations

import datetime as dt
import os
import types
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from simulator.errors import Problem
from simulator.params import DateOf, TimePath, by_key
from simulator.scenario.merge import is_table
from simulator.scenario.tree import Branch, Leaf, Mark, Node, Row, plain
from simulator.scenario.words import given, listed, suggestion


def options(annotation: Any) -> list[Any]:
    """The alternatives of a type, with Annotated, Optional and Union taken apart."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return options(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        return [option for part in get_args(annotation) for option in options(part)]
    return [annotation]


def models(annotation: Any) -> list[type[BaseModel]]:
    """The models among a type's alternatives."""
    return [part for part in options(annotation) if isinstance(part, type) and issubclass(part, BaseModel)]


def kinds(annotation: Any) -> dict[str, type[BaseModel]]:
    """The entries of a gallery by kind; empty where there is no choice of kind."""
    found: dict[str, type[BaseModel]] = {}
    for model in models(annotation):
        field = model.model_fields.get("kind")
        if field is not None and get_origin(field.annotation) is Literal:
            found.update({str(name): model for name in get_args(field.annotation)})
    return found


def model_at(annotation: Any, node: Node) -> type[BaseModel] | None:
    """The model that describes a map, chosen by its kind where there is a choice."""
    by_kind = kinds(annotation)
    if by_kind and isinstance(node, Branch):
        kind = node.entries.get("kind")
        return by_kind.get(str(kind.value)) if isinstance(kind, Leaf) else None
    found = models(annotation)
    return found[0] if found else None


def value_type(annotation: Any) -> Any:
    """The type of a dict's values, or None where no dict is accepted."""
    for part in options(annotation):
        if get_origin(part) is dict:
            return get_args(part)[1]
    return None


def item_type(annotation: Any) -> Any:
    """The type of a list's items, or None where no list is accepted."""
    for part in options(annotation):
        if get_origin(part) in (list, tuple, set, frozenset):
            return get_args(part)[0]
    return None


def child_type(annotation: Any, node: Node, key: str) -> Any:
    """The type under a key of a map; None when the key is not known."""
    model = model_at(annotation, node)
    if model is not None:
        field = by_key(model).get(key)
        return field.annotation if field is not None else None
    return value_type(annotation)


def accepts_switch(annotation: Any) -> bool:
    """Whether on and off are values here."""
    for part in options(annotation):
        if part in (bool, Any, object):
            return True
        if get_origin(part) is Literal and any(isinstance(value, bool) for value in get_args(part)):
            return True
    return False


def accepts_map(annotation: Any) -> bool:
    """Whether a map of named fields is accepted here (a path over time is not one)."""
    return bool(models(annotation)) or value_type(annotation) is not None


def wanted(annotation: Any) -> str:
    """What is accepted here, in words."""
    words: list[str] = []
    for part in options(annotation):
        origin = get_origin(part)
        if part is type(None):
            continue
        if origin is Literal:
            word = "one of " + listed(str(value) for value in get_args(part))
        elif origin is dict or (isinstance(part, type) and issubclass(part, BaseModel)):
            word = "a map"
        elif origin in (list, tuple, set, frozenset):
            word = "a list"
        else:
            word = _WORDS.get(part, "a value")
        if word not in words:
            words.append(word)
    return " or ".join(words) or "a value"


_WORDS: dict[Any, str] = {
    int: "a whole number",
    float: "a number",
    bool: "on or off",
    str: "a name or text",
    DateOf: "a date such as 2026-01 or 2026-01-15",
    dt.date: "a date such as 2026-01 or 2026-01-15",
    TimePath: "a number, dates with values, or a CSV file",
}


# --- shorthands -----------------------------------------------------------------------------------


def complete(node: Branch, annotation: Any, key: str, problems: list[Problem]) -> None:
    """Write out what a file may leave short: `off`, an empty map, `kind`. Collects problems.

    `off` on a key that takes no switch takes the key away, so that its default stands; an entry of a gallery
    that is switched off must be there. An empty value where a map belongs is an empty map.
    """
    if value_type(annotation) is not None and is_table(node):  # the order of a table is that of its numbers
        node.entries = {name: node.entries[name] for name in sorted(node.entries, key=float)}
    gallery = kinds(value_type(annotation)) if not models(annotation) else {}
    for name in list(node.entries):
        child, mark = node.entries[name], node.keys[name]
        below = f"{key}.{name}" if key else name
        kind_type = child_type(annotation, node, name)
        if kind_type is None:
            continue  # an unknown key: reported by the model
        if isinstance(child, Leaf) and isinstance(child.value, bool) and _is_entry(annotation, kind_type, gallery):
            problems.append(Problem(str(child.mark), below, _switch_as_name(child, name)))
            node.entries[name] = Leaf("yes" if child.value else "no", child.mark)  # what was probably meant
            continue
        if isinstance(child, Leaf) and (child.value is None or isinstance(child.value, bool)):
            replaced = _switch(node, name, kind_type, bool(gallery), below, problems)
            if replaced is None:
                continue
            child = replaced
        if isinstance(child, Leaf) and gallery and isinstance(child.value, str):
            child = _kind_alone(node, name, child)
        if isinstance(child, Branch) and gallery and "kind" not in child.entries:
            child.put("kind", mark, Leaf(name, mark))
        _inside(child, kind_type, below, problems)
        if isinstance(child, Leaf):
            node.entries[name] = _plain_text(child, kind_type)
            _file_there(name, child, below, problems)


def _inside(child: Node, annotation: Any, key: str, problems: list[Problem]) -> None:
    if isinstance(child, Branch):
        if accepts_map(annotation):
            complete(child, annotation, key, problems)
    elif isinstance(child, Row):
        inner = item_type(annotation)
        for number, item in enumerate(child.items):
            below = f"{key}[{number}]"
            switch = isinstance(item, Leaf) and isinstance(item.value, bool)
            if isinstance(item, Leaf) and switch and inner and not accepts_switch(inner):
                problems.append(Problem(str(item.mark), below, _no_switch(item, inner)))
                child.items[number] = Leaf(None, item.mark)
            elif isinstance(item, Leaf) and inner:
                child.items[number] = _plain_text(item, inner)
            elif inner:
                _inside(item, inner, below, problems)


def _switch(
    node: Branch, name: str, annotation: Any, in_gallery: bool, key: str, problems: list[Problem]
) -> Node | None:
    """What `on`, `off` or nothing means at a key; None when the key is taken away or wrong."""
    leaf = node.entries[name]
    assert isinstance(leaf, Leaf)
    if isinstance(leaf.value, bool) and accepts_switch(annotation):
        return leaf
    if leaf.value is None and type(None) in options(annotation):
        return leaf
    if leaf.value is not False and accepts_map(annotation):
        node.put(name, node.keys[name], Branch(leaf.mark))
        return node.entries[name]
    if leaf.value is False:
        others = [other for other in node.entries if other != name]
        if in_gallery:
            problems.append(Problem(str(node.keys[name]), key, _nothing_to_remove(name, others)))
        node.drop(name)
        return None
    if leaf.value is None:
        message = f"no value is given; {wanted(annotation)} is wanted (`off` leaves the key out)"
    else:
        message = _no_switch(leaf, annotation)
    problems.append(Problem(str(leaf.mark), key, message))
    return None


def _is_entry(annotation: Any, kind_type: Any, gallery: dict[str, type[BaseModel]]) -> bool:
    """Whether a key is an entry of a plain map (field to column, code to meaning) in which on and off mean nothing."""
    return not models(annotation) and not gallery and not accepts_switch(kind_type)


def _switch_as_name(leaf: Leaf, name: str) -> str:
    """An entry that was inherited is gone by now, so `off` has nothing to take away: a name was meant, or nothing."""
    quoted = "quote a name that reads as on or off"
    if leaf.value:
        return f"{given(leaf.value)} was given; {quoted}, as {name}: 'yes'"
    return f"off takes an entry away, but none is inherited under {name!r}; {quoted}, as {name}: 'no'"


def _nothing_to_remove(name: str, others: list[str]) -> str:
    return f"off takes an entry away, but there is no {name!r}{suggestion(name, others, 'here')}"


def _no_switch(leaf: Leaf, annotation: Any) -> str:
    return f"{given(leaf.value)} was given; {wanted(annotation)} is wanted"


def _kind_alone(node: Branch, name: str, leaf: Leaf) -> Branch:
    """`name: illness` in a gallery means {kind: illness}."""
    written = Branch(leaf.mark)
    written.put("kind", leaf.mark, leaf)
    node.put(name, node.keys[name], written)
    return written


def _plain_text(leaf: Leaf, annotation: Any) -> Leaf:
    """A date or number where only text is accepted is the text as written (a region called 2026-01-15)."""
    if str in options(annotation) and isinstance(leaf.value, dt.date) and DateOf not in options(annotation):
        return Leaf(leaf.value.isoformat(), leaf.mark)
    return leaf


def _file_there(name: str, leaf: Leaf, key: str, problems: list[Problem]) -> None:
    if name == "file" and isinstance(leaf.value, str) and not os.path.isfile(leaf.value):
        hint = "; the option --tape FILE names another" if key == "book.tape.file" else ""
        problems.append(Problem(str(leaf.mark), key, f"the file {leaf.value} does not exist{hint}"))


# --- following a place ----------------------------------------------------------------------------


class Place:
    """A place in the tree, followed from the root along the path a validation message gives."""

    def __init__(self, root: Branch, annotation: Any) -> None:
        self.keys: list[str] = []
        self.node: Node | None = root
        self.annotation = annotation
        self.holder: Branch | None = None  # the map the last key stands in, and its type
        self.holder_type: Any = None
        self.mark = root.mark
        self.key_mark = root.mark

    @classmethod
    def follow(cls, root: Branch, annotation: Any, path: tuple[int | str, ...], names_key: bool) -> Place:
        """`names_key`: the path's last part is a key even when the tree has no such key."""
        place = cls(root, annotation)
        tag_passed = False
        for number, part in enumerate(path):
            last = number == len(path) - 1
            tagged = len(kinds(place.annotation)) > 1
            if tagged and not tag_passed and isinstance(place.node, Branch):
                tag_passed = True  # the chosen kind stands in the path, but not in the tree
                continue
            if place._step(part, names_key and last):
                tag_passed = False
        return place

    def _step(self, part: int | str, is_key: bool) -> bool:
        if isinstance(part, int):
            self.annotation = item_type(self.annotation)
            if not (isinstance(self.node, Row) and part < len(self.node.items)):
                return True  # one value given where a list of them is accepted
            self.node = self.node.items[part]
            self.mark = self.key_mark = self.node.mark
            self.keys[-1:] = [f"{self.keys[-1]}[{part}]"] if self.keys else [f"[{part}]"]
            return True
        if not isinstance(self.node, Branch) or not (is_key or part in self.node.entries):
            return False
        self.holder, self.holder_type = self.node, self.annotation
        self.annotation = child_type(self.annotation, self.node, part)
        self.key_mark = self.node.keys.get(part, self.key_mark)
        self.node = self.node.entries.get(part)
        self.mark = self.node.mark if self.node is not None else self.key_mark
        self.keys.append(part)
        return True

    @property
    def key(self) -> str:
        """The dotted key."""
        return ".".join(self.keys)

    @property
    def value(self) -> Any:
        """What stands there, as a plain value."""
        return None if self.node is None else plain(self.node)

    def key_at(self, text: str) -> Mark | None:
        """The place of the key of this map that a message names first."""
        if not isinstance(self.node, Branch):
            return None
        spots = [(text.find(key), mark) for key, mark in self.node.keys.items() if key in text]
        return min(spots, key=lambda spot: spot[0])[1] if spots else None
