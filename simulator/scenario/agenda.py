"""What will happen, in words and by date: what `loanbook check` prints before anything runs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from simulator.params import TimePath
from simulator.scenario.model import Scenario
from simulator.scenario.values import written
from simulator.scenario.words import listed

Event = tuple[dt.date, str]

_ECONOMY = {
    "unemployment": ("unemployment", "%"),
    "job_finding": ("job finding per month", ""),
    "prices": ("price rise per year", "%"),
    "wages": ("wage rise per year", "%"),
    "policy_rate": ("policy rate", "%"),
    "restraint": ("spending held back", "%"),
    "squeeze": ("what must be bought, dearer than usual by", "%"),
    "claims": ("claims against the usual", "%"),
    "leverage": ("card debt against a year's income", "%"),
}
_MOST_STEPS = 12  # steps of one path told one by one; a longer path is told by its turning points


def calendar(scenario: Scenario) -> list[Event]:
    """Every dated event of a scenario in order: warm-up, span, economy, shocks, policies."""
    clock = scenario.clock
    first, last = clock.start, clock.month_end_date(scenario.span.months - 1)
    events: list[Event] = []
    book = scenario.book
    if book.warm_up and book.tape is None:  # a tape is a book as it stands: nothing goes before it
        world = "as they were" if book.warm_up_world == "path" else "on the baseline world"
        told = f"warm-up begins: {book.warm_up} months {world}"
        events.append((clock.month_date(-book.warm_up), told))
    lending = "closed to new lending" if book.closed else "open to new lending"
    products = listed(scenario.lender.products)
    source = f"the tape {book.tape.file.rpartition('/')[2]}" if book.tape else f"{book.borrowers:,} borrowers"
    events.append((first, f"span begins: {scenario.span.months} months, {source}, {products}; {lending}"))
    for name in type(scenario.world.economy).model_fields:
        path = getattr(scenario.world.economy, name)
        if isinstance(path, TimePath):
            events += _steps(name, path, first, last)
    for name, shock in scenario.world.shocks.items():
        events += _shock(name, shock, first, last)
    for name, policy in [*scenario.world.policies.items(), *scenario.lender.policies.items()]:
        events += _policy(name, policy, first, last)
    events.append((last, "span ends"))
    return [event for _, event in sorted(enumerate(events), key=lambda item: (item[1][0], item[0]))]


def _steps(name: str, path: TimePath, first: dt.date, last: dt.date) -> Iterator[Event]:
    """A path's value at the start and each later step; of a long path its highs and lows only."""
    label, unit = _ECONOMY.get(name, (name.replace("_", " "), ""))
    held = path.at(first)
    before = f" (baseline {path.baseline:g}{unit})" if path.baseline != held else ""
    yield first, f"{label} {held:g}{unit}{before}"
    steps: list[tuple[dt.date, float]] = []
    for date, value in zip(path.dates, path.values, strict=True):
        if first < date <= last and value != (steps[-1][1] if steps else held):
            steps.append((date, value))
    if len(steps) > _MOST_STEPS:
        high, low = max(steps, key=lambda step: step[1]), min(steps, key=lambda step: step[1])
        told = {high[0]: f"peak of {len(steps)} steps,", low[0]: f"low of {len(steps)} steps,"}
        steps = [step for step in steps if step[0] in told]
    else:
        told = {}
    for date, value in steps:
        verb = "rises" if value > held else "falls"
        held = value
        yield date, f"{label} {told.get(date, f'{verb} to')} {value:g}{unit}"


def _shock(name: str, shock: Any, first: dt.date, last: dt.date) -> Iterator[Event]:
    """Start, peak and end of a shock; one without dates is there throughout."""
    label = label_of(name, shock)
    starts, ends = getattr(shock, "starts", None), getattr(shock, "ends", None)
    if not isinstance(starts, dt.date):
        yield first, f"shock {label}: throughout{details(shock)}"
    else:
        yield starts, f"shock {label} begins{details(shock)}"
        profile = getattr(shock, "profile", None)
        if profile == "ramp" and isinstance(ends, dt.date):
            yield ends, f"shock {label} at its full strength, which stays"
            return
        elif profile == "pulse" and isinstance(ends, dt.date):
            yield starts + (ends - starts) // 2, f"shock {label} at its peak"
        elif isinstance(profile, TimePath) and profile.dates:
            peak = max(range(len(profile.dates)), key=lambda i: profile.values[i])
            yield profile.dates[peak], f"shock {label} at its peak ({profile.values[peak]:g})"
    if isinstance(ends, dt.date) and ends <= last:
        yield ends, f"shock {label}: last day"


def _policy(name: str, policy: Any, first: dt.date, last: dt.date) -> Iterator[Event]:
    label = label_of(name, policy)
    starts, ends = getattr(policy, "starts", None), getattr(policy, "ends", None)
    if isinstance(starts, dt.date) and starts > first:
        yield starts, f"policy {label} begins{details(policy)}"
    else:
        yield first, f"policy {label} in force{details(policy)}"
    if isinstance(ends, dt.date) and ends <= last:
        yield ends, f"policy {label}: last day"


def label_of(name: str, entry: Any) -> str:
    """The name of a gallery entry, with its kind where that is another word."""
    kind = getattr(entry, "kind", name)
    return name if kind == name else f"{name} ({kind})"


def details(entry: Any) -> str:
    """The fields that were given, as `key value`."""
    if not isinstance(entry, BaseModel):
        return ""
    told = []
    for key in type(entry).model_fields:
        if key not in entry.model_fields_set or key in ("kind", "starts", "ends"):
            continue
        value = written(getattr(entry, key))
        if isinstance(value, dict):
            text = "; ".join(f"{part} {_words(held)}" for part, held in value.items())
        else:
            text = _words(value)
        told.append(f"{key.replace('_', ' ')} {text}")
    return f": {', '.join(told)}" if told else ""


def _words(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_words, value))
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value)
