"""Parameters that stand at a published figure whose range is known: what is uncertain where nothing was fitted.

A parameter counts where its source names a figure of facts.csv, the scenario still holds that figure's usual value, and
the figure has a range. What the lender chooses (products, policies, reserve, costs) it knows, and is left out; and a
value that the scenario sets otherwise is its own claim, of which the figure's range says nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from simulator.facts import Fact, facts, named
from simulator.params import TimePath, by_key
from simulator.population import PRESETS, Recipe
from simulator.scenario import Scenario
from simulator.scenario.walk import children

CHOSEN = ("lender.products", "lender.policies", "lender.reserve", "lender.costs", "book.tape", "ensemble", "fit")
UNSURE = ("JUDGEMENT", "RECALLED-LOW")  # figures whose usual value is no more likely than the rest of their range
SAME = 1e-9


@dataclass(frozen=True)
class Uncertain:
    """One uncertain parameter: between which values it lies, which is the likeliest, and where that is from.

    With a `usual` value the law is triangular, rising to it from both ends; without one every value between the ends
    is as likely. Parameters that share a `fact` move together.
    """

    path: str
    low: float
    high: float
    usual: float | None
    whole: bool
    fact: str

    def at(self, luck: float) -> float:
        """The value below which the law has a share `luck` (the inverse of the triangular or uniform law)."""
        value = self.low + luck * (self.high - self.low) if self.usual is None else self._triangular(luck, self.usual)
        return float(round(value)) if self.whole else float(f"{value:.9g}")

    def _triangular(self, luck: float, usual: float) -> float:
        width, left = self.high - self.low, usual - self.low
        if luck * width <= left:
            return self.low + math.sqrt(luck * width * left)
        return self.high - math.sqrt((1.0 - luck) * width * (self.high - usual))


def published(scenario: Scenario) -> list[Uncertain]:
    """Every parameter of the scenario that stands at a published figure with a range, by key path."""
    found = []
    for path, value, field, source in _numbers(scenario, ""):
        fact = _fact_of(value, source)
        if fact is not None and not path.startswith(CHOSEN):
            usual = None if fact.tag in UNSURE else fact.default
            found.append(Uncertain(path, fact.low, fact.high, usual, field.annotation is int, fact.name))
    return sorted(found, key=lambda each: each.path)


def _fact_of(value: float, source: str) -> Fact | None:
    """The figure at whose usual value a parameter stands."""
    known = facts()
    for name in named(source):
        fact = known.get(name)
        if fact is not None and fact.low < fact.high and abs(value - fact.default) <= SAME * abs(fact.default):
            return fact
    return None


def _numbers(node: Any, above: str) -> Iterator[tuple[str, float, FieldInfo, str]]:
    """Every single number in a model or map of models: its path, value, field and source."""
    fields = by_key(type(node)) if isinstance(node, BaseModel) else {}
    for key, value in children(node).items() if not isinstance(node, (list, tuple)) else ():
        path = f"{above}.{key}" if above else key
        held = value.baseline if isinstance(value, TimePath) and not value.dates else value
        if key in fields and isinstance(held, (int, float)) and not isinstance(held, bool):
            yield path, float(held), fields[key], _source(node, key, fields[key])
        elif isinstance(value, (BaseModel, dict)):
            yield from _numbers(value, path)


def _source(node: Any, key: str, field: FieldInfo) -> str:
    """Where a value comes from: of people, what their preset says."""
    if isinstance(node, Recipe):
        held = PRESETS[node.preset].get(key)
        return held.source if held is not None else ""
    extra = field.json_schema_extra
    return str(extra.get("source", "")) if isinstance(extra, dict) else ""
