"""Points from a file: a CSV whose first line names key paths, and every further line is a point."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from simulator.errors import Problem, ScenarioError
from simulator.scenario import Scenario, variant
from simulator.scenario.source import read_value
from simulator.scenario.tree import plain
from simulator.sweeps.design import FILE, Design
from simulator.sweeps.keys import Key, is_number, key_of_values

LEAST_POINTS = 2


def design_of_file(scenario: Scenario, name: str) -> Design:
    """The points of a CSV file; a value is written as in a scenario file, an empty cell leaves the key as it is.

    Raises ScenarioError with file, line and key of every mistake.
    """
    try:
        text = Path(name).read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        told = error.strerror if isinstance(error, OSError) and error.strerror else "it is not text in UTF-8"
        raise _wrong(name, f"the file cannot be read: {told}") from None
    lines = list(csv.reader(io.StringIO(text)))
    heads = [cell.strip() for cell in lines[0]] if lines else []
    if not any(heads):
        raise _wrong(f"{name}:1", "the first line names the keys, as world.shocks.unemployment.severity")
    if twice := next((head for head in heads if heads.count(head) > 1), ""):
        raise _wrong(f"{name}:1", f"the key {twice!r} is named twice" if twice else "a key has no name")
    points, problems = [], []
    for number, cells in enumerate(lines[1:], start=2):
        if any(cell.strip() for cell in cells):
            point, wrong = _point(scenario, heads, cells, f"{name}:{number}")
            points.append(point)
            problems += wrong
    if problems:
        raise ScenarioError.of(problems[:20])
    if len(points) < LEAST_POINTS:
        raise _wrong(name, f"{len(points)} points; at least {LEAST_POINTS} are wanted, one a line")
    keys = tuple(_key(scenario, head, points, name) for head in heads)
    return Design(FILE, keys, tuple(points))


def _wrong(where: str, told: str) -> ScenarioError:
    return ScenarioError.of([Problem(where, "", told)])


def _point(scenario: Scenario, heads: list[str], cells: list[str], where: str) -> tuple[dict[str, Any], list[Problem]]:
    """One line as a point, and what is wrong with it."""
    if len(cells) != len(heads):
        return {}, [Problem(where, "", f"{len(cells)} values for {len(heads)} keys")]
    if empty := [head for head, cell in zip(heads, cells, strict=True) if not cell.strip()]:
        return {}, [Problem(where, empty[0], "no value is given; every point has a value for every key")]
    try:
        point = {head: plain(read_value(cell.strip(), where)) for head, cell in zip(heads, cells, strict=True)}
        variant(scenario, point, where)
    except ScenarioError as error:
        return {}, list(error.problems)
    return point, []


def _key(scenario: Scenario, path: str, points: list[dict[str, Any]], name: str) -> Key:
    """The key over the values that it takes in the file: a range where they are more than a few numbers."""
    values = list(dict.fromkeys(point[path] if is_number(point[path]) else repr(point[path]) for point in points))
    if len(values) < 2:
        raise _wrong(f"{name}:1", f"{path} has the same value in every point; leave it out, or vary it")
    given = [next(point[path] for point in points if value in (point[path], repr(point[path]))) for value in values]
    return key_of_values(scenario, path, tuple(given))
