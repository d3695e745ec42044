"""The dial: keys of the scenario that move together from the mild end (0) to the hard end (1)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from simulator.errors import ReverseError, ScenarioError
from simulator.params import TimePath, by_key
from simulator.scenario import Scenario, value_at, variant
from simulator.scenario.bounds import PATHS
from simulator.scenario.shape import options
from simulator.scenario.walk import children
from simulator.shocks import SHOCKS

DIGITS = 9  # significant digits of a value that is tried, so that a file holds it exactly
KINDS = frozenset(str(shock.model_fields["kind"].default) for shock in SHOCKS)
Kind = Literal["number", "whole", "level", "path"]


@dataclass(frozen=True)
class Move:
    """One key and how far it moves: from `start` at the mild end of the dial to `end` at the hard end.

    Of a path over time that changes the numbers are multiples of its departure from its baseline: 0 is the baseline
    all along, 1 the path as the scenario has it.
    """

    key: str
    start: float
    end: float
    kind: Kind
    unit: str
    doc: str
    source: str
    usual: float | None  # the parameter's default, where it is a number
    decimals: int  # to which numbers between the ends are rounded, a tenth of what the search tells apart
    path: TimePath | None = None

    def number(self, dial: float) -> float:
        """The key's number at a place of the dial (a whole one where only these are accepted)."""
        if dial in (0.0, 1.0):
            return self.end if dial else self.start
        return float(round(self.exact(dial), self.decimals))

    def exact(self, dial: float) -> float:
        """The number at a place of the dial, not rounded."""
        return self.start + dial * (self.end - self.start)

    def value(self, dial: float) -> Any:
        """What a scenario file would hold there."""
        number = self.number(dial)
        if self.kind == "whole":
            return int(number)
        return number if self.path is None else _stretched(self.path, number)


def _stretched(path: TimePath, times: float) -> dict[str, float]:
    """The path with its departure from its baseline taken so many times."""
    base = path.baseline
    body = {"baseline": base}
    for date, value in zip(path.dates, path.values, strict=True):
        body[date.isoformat()] = float(f"{base + times * (value - base):.{DIGITS}g}")
    return body


@dataclass(frozen=True)
class Dial:
    """A direction in which a scenario becomes harder; one dial from 0 to 1 moves every key of it."""

    scenario: Scenario
    moves: tuple[Move, ...]
    notes: tuple[str, ...] = ()  # what was laid under the scenario so that there is something to move

    def numbers(self, dial: float) -> dict[str, float]:
        """The number of each key at a place of the dial."""
        return {move.key: move.number(dial) for move in self.moves}

    def at(self, dial: float) -> Scenario:
        """The scenario at a place of the dial; raises ScenarioError where that is no scenario."""
        values = {move.key: move.value(dial) for move in self.moves}
        try:
            return variant(self.scenario, values)
        except ScenarioError as error:
            tried = ", ".join(f"{key} {value:g}" for key, value in self.numbers(dial).items())
            raise ReverseError(f"--find: with {tried} there is no scenario: {error}; give another range") from error


def dial_of(scenario: Scenario, find: Sequence[str], tolerance: float = 0.001) -> Dial:
    """A dial from texts `KEY` or `KEY=FROM:TO`, each key once.

    Without a range a key moves from its value in the scenario to the largest value it accepts. Numbers are rounded to
    a tenth of what the `tolerance` (a share of the dial) tells apart. The severity of a shock that the scenario does
    not have, `world.shocks.unemployment.severity`, is moved from nought: the shock is laid under the scenario from the
    first month of its span on, and a note says so. Raises ReverseError
    where the scenario has no such key, where there is no number under it, and where nothing bounds it.
    """
    if not find:
        raise ReverseError("--find: which value shall be moved? A key of the scenario is wanted, as KEY or KEY=FROM:TO")
    scenario, notes = _with_shocks(scenario, [text.partition("=")[0].strip() for text in find])
    moves = tuple(_move(scenario, text, tolerance) for text in find)
    keys = [move.key for move in moves]
    for key in keys:
        if keys.count(key) > 1:
            raise ReverseError(f"--find {key}: the key is given twice; each key of a direction is named once")
    found = Dial(scenario, moves, notes)
    for end in (0.0, 1.0):
        found.at(end)
    return found


def _with_shocks(scenario: Scenario, keys: Sequence[str]) -> tuple[Scenario, tuple[str, ...]]:
    """The scenario with a shock of severity nought for each that is to be moved and is not there; what was added."""
    shocks, notes = scenario.world.shocks, []
    for key in dict.fromkeys(keys):
        room, _, last = key.rpartition(".")
        name = room.removeprefix("world.shocks.")
        if last != "severity" or f"world.shocks.{name}" != room or name in shocks or name not in KINDS:
            continue
        alike = [other for other, shock in shocks.items() if shock.kind == name and shock.starts is not None]
        if alike:
            raise ReverseError(
                f"--find {key}: the scenario has no {name!r}, but {alike[0]!r} is a shock of this kind; did you mean "
                f"world.shocks.{alike[0]}.severity?"
            )
        start = scenario.span.start
        scenario = variant(scenario, {room: {"kind": name, "starts": f"{start:%Y-%m}", "severity": 0.0}})
        notes.append(
            f"The scenario has no shock {name}: one was laid under it that begins in {start:%B %Y} at full strength "
            "and stays. To give it dates and a profile, write it into the scenario."
        )
    return scenario, tuple(notes)


def _move(scenario: Scenario, text: str, tolerance: float) -> Move:
    key, given, span = (part.strip() for part in text.partition("="))
    try:
        held = value_at(scenario, key)
    except ScenarioError as error:
        raise ReverseError(f"--find {error}") from error
    field = _field(scenario, key)
    kind, start = _kind(key, held, field)
    ends = _span(key, span) if given else _usual_span(key, start, kind, field)
    if ends[0] == ends[1]:
        raise ReverseError(
            f"--find {key}: from {ends[0]:g} to {ends[1]:g} nothing moves; two different ends are wanted"
        )
    if kind == "whole" and any(end != round(end) for end in ends):
        raise ReverseError(f"--find {text}: {key} holds whole numbers only")
    about = (field.json_schema_extra if field is not None else None) or {}
    known = about if isinstance(about, dict) else {}
    usual = field.default if field is not None else None
    plain = isinstance(usual, (int, float)) and not isinstance(usual, bool)
    return Move(
        key,
        *ends,
        kind,
        "times the path's departure from its baseline" if kind == "path" else str(known.get("unit", "")),
        (field.description if field is not None else "") or "",
        str(known.get("source", "")),
        float(usual) if plain and usual is not None else None,
        0 if kind == "whole" else max(0, math.ceil(1 - math.log10(abs(ends[1] - ends[0]) * tolerance))),
        held if kind == "path" else None,
    )


def _kind(key: str, held: Any, field: FieldInfo | None) -> tuple[Kind, float]:
    """What stands under a key, and its number now; of a path that changes, once its departure from the baseline."""
    if isinstance(held, TimePath):
        if not held.dates:
            return "level", held.baseline
        if all(value == held.baseline for value in held.values):
            raise ReverseError(f"--find {key}: the path never leaves its baseline, so there is nothing to stretch")
        return "path", 1.0
    if isinstance(held, bool) or not isinstance(held, (int, float)):
        under = ", ".join(list(children(held))[:12])
        hint = f"; below it are {under}" if under else ""
        raise ReverseError(f"--find {key}: there is no number under this key, and only numbers can be moved{hint}")
    accepted = options(field.annotation) if field is not None else []
    return ("whole" if int in accepted and float not in accepted else "number"), float(held)


def _span(key: str, span: str) -> tuple[float, float]:
    first, colon, last = span.partition(":")
    try:
        ends = float(first), float(last)
    except ValueError:
        ends = math.nan, math.nan
    if not colon or not all(math.isfinite(end) for end in ends):
        raise ReverseError(f"--find {key}={span}: KEY=FROM:TO is wanted, two numbers with a colon, as {key}=0:10")
    return ends


def _usual_span(key: str, start: float, kind: Kind, field: FieldInfo | None) -> tuple[float, float]:
    """From the value in the scenario to the largest accepted."""
    if kind == "path":
        raise ReverseError(
            f"--find {key} is a path over time: how many times may its departure from its baseline be taken? "
            f"Give a range, as {key}=0:2 (0 is the baseline all along, 1 the path as it is)"
        )
    least, most = _bounds(key, field)
    if math.isinf(most):
        low = start if math.isinf(least) else least
        raise ReverseError(
            f"--find {key}: neither the scenario nor the parameter says how far it may go; give a range, "
            f"as {key}={low:g}:{2 * start if start > 0 else low + 1:g}"
        )
    if start == most:
        raise ReverseError(
            f"--find {key}: it is {start:g} already, the largest value accepted; give a range, "
            f"as {key}={start:g}:{least if math.isfinite(least) else 0.0:g}"
        )
    return start, most


def _bounds(key: str, field: FieldInfo | None) -> tuple[float, float]:
    room, _, name = key.rpartition(".")
    if room == "world.economy" and name in PATHS:
        return PATHS[name][0], PATHS[name][1]
    rules = field.metadata if field is not None else []
    low = [
        limit for rule in rules for limit in (getattr(rule, "ge", None), getattr(rule, "gt", None)) if limit is not None
    ]
    high = [
        limit for rule in rules for limit in (getattr(rule, "le", None), getattr(rule, "lt", None)) if limit is not None
    ]
    return (float(low[0]) if low else -math.inf), (float(high[0]) if high else math.inf)


def _field(scenario: Scenario, key: str) -> FieldInfo | None:
    """The parameter under a key path: its bounds, its words and its source; None for an entry of a map or list."""
    node: Any = scenario
    field: FieldInfo | None = None
    for part in key.split("."):
        field = by_key(type(node))[part] if isinstance(node, BaseModel) else None
        node = children(node)[part]
    return field
