"""What a scenario holds under a key path: the parameter, its unit, its value."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from simulator.params import TimePath, by_key, month_date
from simulator.scenario import Scenario
from simulator.scenario.walk import children


def field_at(scenario: Scenario, path: str) -> FieldInfo | None:
    """The parameter under a key path; None where there is none, or no single one."""
    node: Any = scenario
    field: FieldInfo | None = None
    for key in path.split("."):
        if isinstance(node, TimePath):
            return field
        field = by_key(type(node)).get(key) if isinstance(node, BaseModel) else None
        under = children(node)
        if key not in under:
            return None
        node = under[key]
    return field


def unit_of(field: FieldInfo | None) -> str:
    extra = field.json_schema_extra if field is not None else None
    return str(extra.get("unit", "")) if isinstance(extra, dict) else ""


def usual_at(scenario: Scenario, path: str) -> Any:
    """What the scenario itself holds under a key path, where it is a single value; None otherwise."""
    held = _held(scenario, path)
    if isinstance(held, TimePath) and not held.dates:
        held = held.baseline
    return held if isinstance(held, (bool, int, float, str)) else None


def switched_on(scenario: Scenario, path: str) -> bool:
    """Whether a switch is on in the scenario itself, or an entry of a gallery is there."""
    return _held(scenario, path) not in (None, False)


def is_absent(scenario: Scenario, path: str) -> bool:
    """Whether the scenario itself holds nothing under a key path."""
    return _held(scenario, path) is None


def _held(scenario: Scenario, path: str) -> Any:
    """What the scenario holds under a key path, None where there is nothing."""
    node: Any = scenario
    for key in path.split("."):
        node = _on_path(node, key) if isinstance(node, TimePath) else children(node).get(key)
    return node


def _on_path(path: TimePath, key: str) -> float | None:
    """What a path over time holds at its baseline, or on a date."""
    try:
        return path.baseline if key == "baseline" else path.at(month_date(key))
    except ValueError:
        return None
