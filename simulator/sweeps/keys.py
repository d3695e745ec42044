"""The keys that are varied: what `--vary KEY=2:8`, `KEY=2,4,8`, `KEY=on,off` and `KEY=published` ask for."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simulator.errors import EnsembleError, Problem, ScenarioError
from simulator.facts import facts, named
from simulator.scenario import Scenario, variant
from simulator.scenario.source import read_value
from simulator.scenario.tree import plain
from simulator.scenario.words import given
from simulator.sweeps.there import field_at, is_absent, switched_on, unit_of, usual_at

DIGITS = 6  # significant digits of a value that is tried, so that tables and files hold it exactly
PUBLISHED = "published"
_SECTIONS = {"world", "lender", "book", "span", "economy", "shocks", "policies", "products", "behaviour"}
HOW = "KEY=LOW:HIGH, KEY=VALUE,VALUE,... or KEY=published is wanted, as in world.shocks.unemployment.severity=2:8"


@dataclass(frozen=True)
class Key:
    """One key that is varied: over a range from `low` to `high`, or over `values` (numbers or words).

    `usual` is what the scenario itself holds there (None: nothing, or more than one value); `whole` that only whole
    numbers are accepted; `source` where the range comes from.
    """

    path: str
    low: float = math.nan
    high: float = math.nan
    values: tuple[Any, ...] = ()
    usual: Any = None
    unit: str = ""
    whole: bool = False
    source: str = ""
    absent: bool = False  # the scenario itself holds nothing there

    @property
    def is_range(self) -> bool:
        """Whether every value between two ends may be taken."""
        return not self.values

    @property
    def is_number(self) -> bool:
        """Whether its values are numbers, so that they have an order and distances."""
        return self.is_range or all(is_number(value) for value in self.values)

    def at(self, share: float) -> Any:
        """The value at a place from 0 (the low end, or the first value) to 1."""
        if not self.is_range:
            return self.values[min(int(share * len(self.values)), len(self.values) - 1)]
        value = min(max(float(f"{self.low + (self.high - self.low) * share:.{DIGITS}g}"), self.low), self.high)
        return round(value) if self.whole else value

    def levels(self, count: int) -> tuple[Any, ...]:
        """The values of a grid: those given, or so many over the range, the ends among them."""
        if not self.is_range:
            return self.values
        steps = max(count - 1, 1)
        return tuple(dict.fromkeys(self.at(number / steps) for number in range(count)))

    def place(self, value: Any) -> float:
        """Where a value stands from 0 (lowest or first) to 1 (highest or last)."""
        if not self.is_number:
            return self.values.index(value) / max(len(self.values) - 1, 1)
        return (float(value) - self.low) / (self.high - self.low)


def is_number(value: Any) -> bool:
    """A number, which on and off are not."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def shown_value(value: Any) -> str:
    """A value for a table or a picture: on, 0.215, cn."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if is_number(value):
        return f"{value:,.6g}"
    return value if isinstance(value, str) else "none" if value is None else json.dumps(value, default=str)


def value_with_unit(key: Key, value: Any) -> str:
    """A value for a sentence: 8 percent, 0.215, off; units of several words are left to the table of keys."""
    shown = shown_value(value)
    return f"{shown} {key.unit}" if key.unit and " " not in key.unit and is_number(value) else shown


def keys_of(scenario: Scenario, vary: Sequence[str] | Mapping[str, Any], option: str = "") -> tuple[Key, ...]:
    """The keys to vary, each checked against the scenario; every mistake at once.

    `vary` holds texts as on the command line, or maps key paths to such a text, to a list of values, or to a tuple
    (low, high). `option` is named in messages. Raises ScenarioError: a key that is not known, a value it does not
    accept, a range without width, a key given twice.
    """
    asked = list(vary.items()) if isinstance(vary, Mapping) else [_parted(text, option) for text in vary]
    problems = []
    found: list[Key] = []
    for path, values in asked:
        where = f"{option} {path}".strip()
        try:
            _must_be_new(path, [key.path for key in found], where)
            found.append(_key(scenario, path, values, where))
        except ScenarioError as error:
            problems += list(error.problems) or [Problem(where, "", str(error))]
    if problems:
        raise ScenarioError.of(list(dict.fromkeys(problems)))
    if not found:
        raise EnsembleError(f"nothing is varied: {option or 'vary'} {HOW}")
    return tuple(found)


def _parted(text: str, option: str) -> tuple[str, str]:
    path, equals, values = (part.strip() for part in text.partition("="))
    if not path or (equals and not values):
        raise ScenarioError.of([Problem(f"{option} {text}".strip(), "", HOW)])
    return path, values if equals else PUBLISHED


def _must_be_new(path: str, before: list[str], where: str) -> None:
    if path in ("seed", "name", "question"):
        raise _wrong(where, "this cannot be varied: every point lives with the same seeds (--seeds says how many)")
    for other in before:
        if path == other:
            raise _wrong(where, "the key is varied twice; give all its values at once")
        if path.startswith(f"{other}.") or other.startswith(f"{path}."):
            raise _wrong(where, f"{other} is varied too, and one holds the other; vary one of them")


def _wrong(where: str, told: str) -> ScenarioError:
    return ScenarioError.of([Problem(where, "", told)])


def _key(scenario: Scenario, path: str, asked: Any, where: str) -> Key:
    """One key, its values checked one by one."""
    source = ""
    if isinstance(asked, str) and asked.strip() == PUBLISHED:
        asked, source = _published(scenario, path, where)
    if isinstance(asked, str):
        asked = _read(asked, where)
    if isinstance(asked, tuple):
        return _range(scenario, path, asked, where, source)
    values = tuple(asked) if isinstance(asked, list) else (asked,)
    shown = [shown_value(value) for value in values]
    if len(values) < 2:
        raise _wrong(
            where, f"{shown[0] if shown else 'nothing'} was given; at least two values are wanted, or LOW:HIGH"
        )
    if twice := next((text for text in shown if shown.count(text) > 1), ""):
        raise _wrong(where, f"the value {twice} is given twice")
    _accepted(scenario, path, values, where)
    return key_of_values(scenario, path, values)


def key_of_values(scenario: Scenario, path: str, values: tuple[Any, ...]) -> Key:
    """A key over values that it is known to accept; its ends are the lowest and the highest where they are numbers."""
    lived = _accepted(scenario, path, values[:1], "")
    numbers = [float(value) for value in values if is_number(value)]
    ends = (min(numbers), max(numbers)) if len(numbers) == len(values) else (math.nan, math.nan)
    switches = all(isinstance(value, bool) for value in values)
    usual = switched_on(scenario, path) if switches else usual_at(scenario, path)
    return Key(path, *ends, values, usual, unit_of(field_at(lived, path)), absent=is_absent(scenario, path))


def _range(scenario: Scenario, path: str, ends: tuple[Any, ...], where: str, source: str) -> Key:
    if len(ends) != 2 or not all(is_number(end) and math.isfinite(end) for end in ends):
        raise _wrong(where, f"{':'.join(map(str, ends))} was given; {HOW}")
    low, high = float(ends[0]), float(ends[1])
    if low == high:
        raise _wrong(where, f"both ends of the range are {low:g}; a range has two different ends")
    if low > high:
        raise _wrong(where, f"the range runs from {low:g} down to {high:g}; the lower end comes first")
    lived = _accepted(scenario, path, ends, where)
    field = field_at(lived, path)
    whole = field is not None and field.annotation is int
    absent = is_absent(scenario, path)
    return Key(path, low, high, (), usual_at(scenario, path), unit_of(field), whole, source, absent)


def _read(text: str, where: str) -> Any:
    """What stands behind the equals sign: (low, high), or a list of values."""
    parts = _split(text, ":") if "," not in text else []
    if len(parts) > 1:
        ends = tuple(plain(read_value(part, where)) for part in parts)
        if all(is_number(end) for end in ends) and len(ends) == 2:
            return ends
        if all(is_number(end) for end in ends) or any(not part.strip() for part in parts):
            raise _wrong(where, f"{text} was given; a range is LOW:HIGH, two numbers (--points says how many between)")
    return [plain(read_value(part.strip(), where)) for part in _split(text, ",")]


def _split(text: str, sign: str) -> list[str]:
    """The parts between signs that stand in no bracket and no quotation mark."""
    parts, depth, quote = [""], 0, ""
    for letter in text:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        else:
            depth += (letter in "[{") - (letter in "]}")
        if letter == sign and depth == 0 and not quote:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


def _published(scenario: Scenario, path: str, where: str) -> tuple[tuple[float, float], str]:
    """The range in which the parameter's own source finds it, and that source; raises where there is none."""
    field = field_at(scenario, path)
    if field is None:
        _accepted(scenario, path, (0,), where)  # an unknown key says so itself
        raise _wrong(where, "the scenario holds no parameter there whose range could be published; give LOW:HIGH")
    source = str((field.json_schema_extra or {}).get("source", "")) if isinstance(field.json_schema_extra, dict) else ""
    for name in named(source):
        fact = facts().get(name)
        if fact is not None and fact.low < fact.high and fact.default == field.default:
            return (fact.low, fact.high), f"{name}: {fact.citation}"
    told = f"its source says: {source}" if source else "it has no published source"
    raise _wrong(where, f"no published range stands behind this key ({told}); give LOW:HIGH")


def _accepted(scenario: Scenario, path: str, values: Sequence[Any], where: str) -> Scenario:
    """The scenario with each value in turn; ScenarioError with all those that the key does not accept."""
    problems: list[Problem] = []
    lived = scenario
    for value in values:
        try:
            lived = variant(scenario, {path: value}, where)
        except ScenarioError as error:
            problems += [
                Problem(each.where or where, "" if each.key == path else each.key, _naming(each.message, value))
                for each in error.problems
            ]
    if problems:
        raise ScenarioError.of(list(dict.fromkeys(problems)))
    return lived


def _naming(message: str, value: Any) -> str:
    """The message, with the value in it."""
    return message if given(value) in message or "unknown key" in message else f"with {shown_value(value)}: {message}"


def short_names(keys: Sequence[Key]) -> dict[str, str]:
    """A short name for each key path, in words: card rate, illness, desk seats; the whole path where two are alike."""

    def short(path: str) -> str:
        parts = path.split(".")
        return " ".join([part for part in parts if part not in _SECTIONS] or parts).replace("_", " ")

    names = [short(key.path) for key in keys]
    whole = {key.path: key.path.replace(".", " ").replace("_", " ") for key in keys}
    return {
        key.path: name if names.count(name) == 1 else whole[key.path] for key, name in zip(keys, names, strict=True)
    }
