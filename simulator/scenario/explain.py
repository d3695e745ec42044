"""What is wrong with a scenario, in plain words: the place, what was given and what is accepted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, get_args

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core.core_schema import ErrorType

from simulator.errors import Problem
from simulator.params import by_key, month_date
from simulator.scenario.shape import Place, kinds, model_at, wanted
from simulator.scenario.tree import Branch, Leaf, Mark, Node
from simulator.scenario.words import did_you_mean, given, listed, suggestion

_BOUNDS = (("gt", "above"), ("ge", "at least"), ("lt", "below"), ("le", "at most"))
_OWN_SORTS = frozenset(get_args(ErrorType))
_WRONG_SORT = ("_type", "_parsing", "_from_float", "_attributes_type", "_parsing_size")


def explain(error: ValidationError, root: Branch, annotation: Any) -> list[Problem]:
    """Every mistake the model found, at the place where the value was written."""
    found: dict[tuple[str, ...], list[tuple[Place, Any]]] = {}
    for item in error.errors(include_url=False):
        names_key = item["type"] in ("missing", "extra_forbidden")
        place = Place.follow(root, annotation, item["loc"], names_key)
        found.setdefault(tuple(place.keys), []).append((place, item))
    problems: list[Problem] = []
    for keys, group in found.items():
        deeper = any(other[: len(keys)] == keys and len(other) > len(keys) for other in found)
        if deeper and all(item["type"].endswith(_WRONG_SORT) for _, item in group):
            continue  # an alternative that was not meant; the one that was has its own message
        problems.append(_problem(*_told(group)))
    return problems


def _told(group: Sequence[tuple[Place, Any]]) -> tuple[Place, Any]:
    """The most telling of several messages about one place."""
    for place, item in group:
        if not item["type"].endswith(_WRONG_SORT):
            return place, item
    return group[0]


def _problem(place: Place, item: Any) -> Problem:
    sort = item["type"]
    if sort == "missing":
        return Problem(str(place.key_mark), place.key, f"is missing; {_meaning(place)}")
    if sort == "extra_forbidden":
        return Problem(str(place.key_mark), place.key, _unknown_key(place))
    if sort in ("union_tag_invalid", "union_tag_not_found"):
        return _unknown_kind(place.keys, place.node, place.annotation, place.mark)
    if sort == "literal_error" and len(place.keys) > 1 and place.keys[-1] == "kind":  # a gallery of one
        return _unknown_kind(place.keys[:-1], place.holder, place.holder_type, place.mark)
    message = _message(place, item)
    return Problem(str(place.key_at(_dates_as_written(place, message)) or place.mark), place.key, message)


def _meaning(place: Place) -> str:
    """What a missing key would hold."""
    field = _field(place)
    doc = f": {field.description}" if field is not None and field.description else ""
    return f"{wanted(place.annotation)} is wanted{doc}"


def _field(place: Place) -> FieldInfo | None:
    if place.holder is None or not place.keys:
        return None
    model = model_at(place.holder_type, place.holder)
    return by_key(model).get(place.keys[-1].partition("[")[0]) if model is not None else None


def _unknown_key(place: Place) -> str:
    assert place.holder is not None
    model = model_at(place.holder_type, place.holder)
    known = list(by_key(model)) if model is not None else []
    return f"unknown key{suggestion(place.keys[-1], known, 'accepted here')}"


def _unknown_kind(keys: Sequence[str], node: Node | None, annotation: Any, mark: Mark) -> Problem:
    """A gallery has no such kind; where the kind was left out, the entry's name stands for it."""
    known = kinds(annotation)
    tag = node.entries.get("kind") if isinstance(node, Branch) else None
    if not isinstance(tag, Leaf):
        return Problem(str(mark), ".".join(keys), f"kind is missing; one of {listed(known)}")
    kind = str(tag.value)
    by_name = keys[-1] == kind
    told = f"no kind is given and {kind!r} is not one" if by_name else f"{kind!r} is not a kind"
    key = ".".join(keys) if by_name else ".".join([*keys, "kind"])
    return Problem(str(tag.mark), key, f"{told}{suggestion(kind, known, 'kinds here')}")


def _message(place: Place, item: Any) -> str:
    sort, context = item["type"], item.get("ctx") or {}
    value = place.value
    if sort not in _OWN_SORTS or sort in ("value_error", "assertion_error"):  # our own words
        return _sentence(str(context.get("why") or context.get("error") or item["msg"]))
    if sort in ("literal_error", "enum"):
        choices = re.findall(r"'([^']*)'", str(context.get("expected", ""))) or [str(context.get("expected"))]
        meant = did_you_mean(str(value), choices)
        return f"{given(value)} was given; one of {listed(choices)} is wanted{meant}"
    if sort in ("greater_than", "greater_than_equal", "less_than", "less_than_equal"):
        return f"{given(value)} was given; {_bounded(place)} is wanted"
    if sort in ("too_short", "too_long"):
        least, most = context.get("min_length"), context.get("max_length")
        needed = f"at least {least}" if least else f"at most {most}"
        return f"{context.get('actual_length')} given; {needed} wanted"
    if sort == "finite_number":
        return f"{given(value)} was given; a finite number is wanted"
    if sort.endswith(_WRONG_SORT):
        return f"{given(value)} was given; {_bounded(place)} is wanted"
    return _sentence(f"{given(value)} was given; {item['msg'][:1].lower()}{item['msg'][1:]}")


def _bounded(place: Place) -> str:
    """`a number, at least 0, at most 1 (share)`."""
    field = _field(place)
    words = wanted(place.annotation) if place.annotation is not None else "a value"
    if field is None or "[" in place.keys[-1]:
        return words
    bounds: list[str] = []
    for name, word in _BOUNDS:
        limits = (getattr(rule, name, None) for rule in field.metadata)
        bounds += [f"{word} {limit:,.10g}" for limit in limits if limit is not None and abs(limit) < 1e15]
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    unit = f" ({extra['unit']})" if extra.get("unit") else ""
    return f"{words} {' and '.join(bounds)}{unit}".replace("  ", " ") if bounds else f"{words}{unit}"


def _sentence(text: str) -> str:
    """A message without the library's own words."""
    text = re.sub(r"^(Value error|Assertion failed), ", "", text)
    return text.replace("Input should", "it should").replace("input should", "it should").strip()


def _dates_as_written(place: Place, message: str) -> str:
    """The message with dates spelt as the keys spell them, so that the key it speaks of is found."""
    if isinstance(place.node, Branch):
        for key in place.node.keys:
            try:
                message = message.replace(month_date(key).isoformat(), key)
            except ValueError:
                continue
    return message


def in_file_order(problems: Sequence[Problem], files: Sequence[str]) -> list[Problem]:
    """Each mistake once, file by file from the top, options last."""
    order = {file: number for number, file in enumerate(files)}

    def place(problem: Problem) -> tuple[int, int, int, str]:
        match = re.fullmatch(r"(.*):(\d+):(\d+)", problem.where, re.DOTALL)
        mark = Mark(match[1], int(match[2]), int(match[3])) if match else Mark(problem.where)
        return order.get(mark.file, len(order)), mark.line, mark.column, problem.key

    unique = {(problem.where, problem.key): problem for problem in reversed(problems)}
    return sorted(unique.values(), key=place)
