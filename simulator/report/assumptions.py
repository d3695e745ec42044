"""Every assumption of a scenario as a table: name, value, unit, meaning, source; generated, never typed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from simulator.facts import explained
from simulator.params import TimePath
from simulator.population import CORRELATIONS, PRESETS, Recipe
from simulator.scenario import Estimate, Fit, Scenario

_ON_THE_TITLE = ("name", "question")
_FIT = "fit"  # told at the parameters that were fitted
_LONGEST = 8  # dated values or list entries written out; the rest is counted


@dataclass(frozen=True)
class Assumption:
    """One parameter of the scenario, and where its value comes from."""

    part: str
    name: str
    value: str
    unit: str
    meaning: str
    source: str


def assumptions(scenario: Any) -> list[Assumption]:
    """All parameters of a scenario, in the order of the file."""
    if not isinstance(scenario, BaseModel):
        return []
    rows = [row for row in _of_model(scenario, ()) if row.part != "scenario" or row.name not in _ON_THE_TITLE]
    fit = getattr(scenario, _FIT, None)
    if not isinstance(fit, Fit) or not isinstance(scenario, Scenario):
        return [row for row in rows if row.name != _FIT or row.part != "scenario"]
    fitted = fit.in_force(scenario)
    rows = [row for row in rows if row.part.partition(":")[0] != _FIT]
    return [_fitted(row, fit, fitted.get(".".join([*row.part.split(": "), row.name]))) for row in rows]


def _fitted(row: Assumption, fit: Fit, estimate: Estimate | None) -> Assumption:
    """The row of a parameter that was fitted: its interval and prior, and which of data and prior set it."""
    if estimate is None:
        return row
    told = (
        f"fitted to {fit.targets or 'data'} of {fit.first:%Y-%m} to {fit.last:%Y-%m}, 90% interval {estimate.low:.4g} "
        f"to {estimate.high:.4g}, set by the {estimate.set_by}; prior {estimate.prior_low:.4g} to "
        f"{estimate.prior_high:.4g}, {explained(estimate.source)}"
    )
    return replace(row, source=told)


def grouped(rows: list[Assumption]) -> dict[str, list[Assumption]]:
    """The rows by part of the scenario (book, world: economy, lender: products: card...)."""
    parts: dict[str, list[Assumption]] = {}
    for row in rows:
        parts.setdefault(row.part, []).append(row)
    return parts


def _of_model(model: BaseModel, path: tuple[str, ...]) -> Iterator[Assumption]:
    inner: list[tuple[str, Any]] = []
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        if _is_nested(value):
            inner.append((name, value))
        elif not (isinstance(model, Recipe) and name == "correlations"):
            yield _row(model, path, name, field)
    if isinstance(model, Recipe):
        yield from _correlations(model, (*path, "correlations"))
    for name, value in inner:
        yield from _of_nested(value, (*path, name))


def _of_nested(value: Any, path: tuple[str, ...]) -> Iterator[Assumption]:
    if isinstance(value, BaseModel):
        yield from _of_model(value, path)
        return
    items = value.items() if isinstance(value, Mapping) else enumerate(value, start=1)
    for key, item in items:
        yield from _of_nested(item, (*path, str(key)))


def _is_nested(value: Any) -> bool:
    if isinstance(value, BaseModel):
        return True
    members = value.values() if isinstance(value, Mapping) else value if isinstance(value, (list, tuple)) else ()
    members = list(members)
    return bool(members) and all(isinstance(member, BaseModel) for member in members)


def _row(model: BaseModel, path: tuple[str, ...], name: str, field: FieldInfo) -> Assumption:
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    value = getattr(model, name)
    return Assumption(
        part=": ".join(path) or "scenario",
        name=name,
        value=written(value),
        unit=str(extra.get("unit", "")),
        meaning=field.description or "",
        source=explained(_source(model, name, value, field, str(extra.get("source", "")))),
    )


def _correlations(recipe: Recipe, path: tuple[str, ...]) -> Iterator[Assumption]:
    """Each correlation has a source of its own."""
    held = CORRELATIONS.get(recipe.preset, {})
    for pair, value in recipe.correlations.items():
        source = "set in the scenario"
        if pair in held:
            same = value == held[pair].value
            source = held[pair].source if same else f"{source}; preset {held[pair].value}, {held[pair].source}"
        name = pair.replace("/", " and ")
        yield Assumption(": ".join(path), name, written(value), "", "correlation of normal scores", explained(source))


def _preset_source(recipe: Recipe, name: str, value: Any) -> str | None:
    """The source of a recipe's value: its preset's, unless the scenario changed it."""
    held = PRESETS.get(recipe.preset, {}).get(name)
    if held is None:
        return None
    preset = written(held.value)
    changed = written(value) != preset and value != held.value
    return f"set in the scenario; preset {preset}, {held.source}" if changed else held.source


def _source(model: BaseModel, name: str, value: Any, field: FieldInfo, cited: str) -> str:
    """A value changed from its default no longer has the default's source; say so."""
    if isinstance(model, Recipe) and (told := _preset_source(model, name, value)) is not None:
        return told
    default = field.get_default(call_default_factory=True, validated_data={})
    if default is PydanticUndefined:
        return cited or "set in the scenario"
    if value != default:
        return f"set in the scenario; default {written(default) or 'none'}" + (f", {cited}" if cited else "")
    return cited or "the simulator's default"


def written(value: Any) -> str:
    """A value as a reader would write it; long ones are cut, and say by how much."""
    if isinstance(value, TimePath):
        return _path(value)
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.6g}" if abs(value) < 1e6 else f"{value:,.0f}"
    if isinstance(value, int):
        return f"{value:,}" if abs(value) >= 10_000 else str(value)
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return _cut([f"{key}: {_inner(item)}" for key, item in value.items()])
    if isinstance(value, (set, frozenset)):
        return _cut(sorted(_inner(item) for item in value))
    if isinstance(value, (list, tuple)):
        return _cut([_inner(item) for item in value])
    return str(value)


def _inner(value: Any) -> str:
    """A value inside another; one that holds several is put in brackets."""
    text = written(value)
    return f"({text})" if isinstance(value, (Mapping, list, tuple, set, frozenset)) else text


def _path(path: TimePath) -> str:
    if not path.dates:
        return written(path.baseline)
    steps = [f"{date:%Y-%m}: {value:g}" for date, value in zip(path.dates, path.values, strict=True)]
    start = f"baseline: {path.baseline:g}"
    return f"{start}, {_cut(steps)}" + (f" ({path.file})" if path.file else "")


def _cut(parts: list[str]) -> str:
    if not parts:
        return "none"
    if len(parts) <= 2 * _LONGEST:
        return ", ".join(parts)
    left = len(parts) - 2 * _LONGEST + 2  # the last ones are shown too
    return ", ".join([*parts[:_LONGEST], f"({left} more)", *parts[-_LONGEST + 2 :]])
