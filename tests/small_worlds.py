"""Small worlds for the tests: a scenario made of a few values, and runs that are kept for the whole session."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import pandas as pd

from simulator.run import Result, run
from simulator.scenario import Scenario, from_dict

BUSY: dict[str, Any] = {
    "seed": 3,
    "span": {"start": "2026-01", "months": 18},
    "book": {
        "recipe": "us",
        "borrowers": 1500,
        "warm_up": 6,
        "due_days": [3, 17],
        "segments": ["income_quintile", "region"],
    },
    "world": {
        "economy": {"unemployment": {"baseline": 5.0, "2026-03": 9.0}},
        "shocks": {"illness": {}, "income_cut": {}, "expense": {}},
    },
    "lender": {
        "products": {"card": {}, "instalment": {"late_fee": 15.0}},
        "policies": {"approval": {}},
        "reserve": {"kind": "days_late"},
    },
}


def laid_over(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The base with values laid over it by dotted key."""
    data = copy.deepcopy(dict(base))
    for path, value in changes.items():
        node, keys = data, path.split(".")
        for key in keys[:-1]:
            node = node.setdefault(key, {})
        if value is None:
            node.pop(keys[-1], None)
        else:
            node[keys[-1]] = copy.deepcopy(value)
    return data


def scenario(base: Mapping[str, Any] = BUSY, /, **changes: Any) -> Scenario:
    """A scenario: the base with changes, written `book__borrowers=100` for book.borrowers."""
    return from_dict(laid_over(base, {key.replace("__", "."): value for key, value in changes.items()}))


@lru_cache(maxsize=64)
def _ran(text: str, reverse: bool) -> Result:
    return run(from_dict(json.loads(text)), unshocked=False, reverse_blocks=reverse)


def ran(changes: Mapping[str, Any] | None = None, base: Mapping[str, Any] = BUSY, *, reverse: bool = False) -> Result:
    """The run of the base with changes by dotted key; the same question is asked only once."""
    return _ran(json.dumps(laid_over(base, changes or {}), sort_keys=True), reverse)


def everybody(result: Result) -> pd.DataFrame:
    """The rows of the whole book, by month."""
    panel = result.panel
    return panel[panel["segment"] == "all"].set_index("month").drop(columns="segment")
