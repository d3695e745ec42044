"""A model written as plain maps, and a Python dict read as a scenario file is."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping
from typing import Any

import numpy as np
from pydantic import BaseModel

from simulator.errors import Problem, ScenarioError
from simulator.params import TimePath
from simulator.scenario.source import DEEPEST
from simulator.scenario.tree import Branch, Leaf, Mark, Node, Row


def written(value: Any) -> Any:
    """A model's value as a file would hold it: plain maps, lists and values; empty optional keys left out."""
    if isinstance(value, BaseModel):
        fields = type(value).model_fields
        held = ((name, getattr(value, name)) for name in fields)
        return {
            fields[name].alias or name: written(part)
            for name, part in held
            if part is not None or fields[name].default is not None
        }
    if isinstance(value, TimePath):
        return written(value.written())
    if isinstance(value, Mapping):
        return {key if isinstance(key, (int, float)) else str(key): written(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [written(part) for part in value]
    if isinstance(value, (set, frozenset)):
        return sorted(written(part) for part in value)
    return value.isoformat() if isinstance(value, dt.date) else value


def node_of(value: Any, mark: Mark, key: str, depth: int, problems: list[Problem]) -> Node:
    """A Python value as a tree; every mark is the same, since nothing was written in a file."""
    if depth > DEEPEST:
        raise ScenarioError.of([Problem(str(mark), key, f"nested deeper than {DEEPEST} levels")])
    if isinstance(value, BaseModel):
        value = written(value)
    if isinstance(value, TimePath):
        value = value.written()
    if isinstance(value, Mapping):
        branch = Branch(mark)
        for name, child in value.items():
            text = name.isoformat() if isinstance(name, dt.date) else name
            text = str(text) if isinstance(text, (int, float)) and not isinstance(text, bool) else text
            if not isinstance(text, str) or not text:
                problems.append(Problem(str(mark), key, f"{name!r} as a key; keys are names or dates"))
                continue
            branch.put(text, mark, node_of(child, mark, f"{key}.{text}" if key else text, depth + 1, problems))
        return branch
    if isinstance(value, np.generic | np.ndarray):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        return Row([node_of(child, mark, f"{key}[{i}]", depth + 1, problems) for i, child in enumerate(value)], mark)
    if isinstance(value, os.PathLike):
        value = os.fspath(value)
    if isinstance(value, float) and value - value != 0:
        problems.append(Problem(str(mark), key, f"{value} was given; a finite number is wanted"))
        return Leaf(0, mark)
    if value is None or isinstance(value, (str, int, float, bool, dt.date)):
        return Leaf(value, mark)
    problems.append(Problem(str(mark), key, f"{value!r:.60} was given; a number, text, list or dict is wanted"))
    return Leaf(0, mark)
