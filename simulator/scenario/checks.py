"""Mistakes no single field shows: dates against the span, paths that end early, shares for percents."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from simulator.clock import Clock
from simulator.economy import Labour
from simulator.params import TimePath, month_date
from simulator.population import PRESETS
from simulator.scenario.bounds import Wrong, crossed, economy_path, profile_path, segments, shards, slips
from simulator.scenario.model import BookPlan, Scenario, Span
from simulator.scenario.shape import child_type
from simulator.scenario.tree import Branch, Leaf, Node, plain
from simulator.scenario.words import did_you_mean, listed, suggestion

GALLERIES = (("world", "shocks"), ("world", "policies"), ("lender", "products"), ("lender", "policies"))
NO_DESK = "the lender has no collections desk to change; give it one under lender.desk"
ALL_CLEAR = "everybody understands the terms already; say under lender.opacity how clear they are without it"
NEEDS = {  # policies that change a part of the lender, and what to say where it has none
    "larger_desk": ("desk", NO_DESK),
    "earlier_contact": ("desk", NO_DESK),
    "plain_terms": ("opacity", ALL_CLEAR),
}
NO_APPROVAL = "the lender approves everybody: there are no rules to change; give it an approval under lender.policies"
NO_BUREAU = "nobody follows the score, so there is nothing to review; give the world a bureau under world.bureau"
NO_CARD = "the lender has no card, so there is no line to cut or close"
ON_APPROVAL = ("income_check", "stricter_underwriting", "credit_cycle")
LABOUR_TABLES = {"sector_cyclicality": "sectors", "region_cyclicality": "regions", "education_risk": "educations"}


@dataclass
class Parts:
    """The parts of a scenario that are in order each by itself, even if others are not."""

    span: Span | None = None
    book: BookPlan | None = None
    economy: dict[str, TimePath] = field(default_factory=dict)
    entries: dict[tuple[str, ...], Any] = field(default_factory=dict)
    shards: int = 1

    @classmethod
    def of(cls, scenario: Scenario) -> Parts:
        """All parts of a scenario that is valid field by field."""
        given = scenario.world.economy
        economy = {name: getattr(given, name) for name in type(given).model_fields}
        behaviour = scenario.lender.behaviour
        entries: dict[tuple[str, ...], Any] = {
            ("world", "labour"): scenario.world.labour,
            ("lender", "behaviour"): behaviour,
            ("lender", "desk"): scenario.lender.desk,
            ("lender", "opacity"): scenario.lender.opacity,
            ("world", "bureau"): scenario.world.bureau,
        }
        for section, gallery in GALLERIES:
            for name, entry in getattr(getattr(scenario, section), gallery).items():
                entries[section, gallery, name] = entry
        paths = {name: path for name, path in economy.items() if isinstance(path, TimePath)}
        return cls(scenario.span, scenario.book, paths, entries, scenario.shards)

    @classmethod
    def usable(cls, root: Branch) -> Parts:
        """The parts that are valid by themselves in a tree that is not valid as a whole."""
        parts = cls(_valid(root, "span"), _valid(root, "book"), shards=_valid(root, "shards") or 1)
        for name, path in _each(root, "world", "economy"):
            if isinstance(path, TimePath):
                parts.economy[name] = path
        for keys in (("world", "labour"), ("lender", "behaviour")):
            if (part := _valid(root, *keys)) is not None:
                parts.entries[keys] = part
        lender = root.entries.get("lender")
        for part in ("desk", "opacity"):
            parts.entries["lender", part] = lender.entries.get(part) if isinstance(lender, Branch) else None
        world = root.entries.get("world")
        parts.entries["world", "bureau"] = world.entries.get("bureau") if isinstance(world, Branch) else None
        for section, gallery in GALLERIES:
            for name, entry in _each(root, section, gallery):
                parts.entries[section, gallery, name] = entry
        return parts


def _valid(root: Branch, *keys: str) -> Any:
    node: Any = root
    annotation: Any = Scenario
    for key in keys:
        if not isinstance(node, Branch) or key not in node.entries:
            return None
        annotation = child_type(annotation, node, key)
        node = node.entries[key]
    if annotation is None:
        return None
    try:
        return TypeAdapter(annotation).validate_python(plain(node))
    except ValidationError:
        return None


def _each(root: Branch, section: str, key: str) -> Iterator[tuple[str, Any]]:
    part = root.entries.get(section)
    node = part.entries.get(key) if isinstance(part, Branch) else None
    if isinstance(node, Branch):
        for name in node.entries:
            entry = _valid(root, section, key, name)
            if entry is None and key != "economy":
                entry = _period_alone(node.entries[name])
            if entry is not None:
                yield name, entry


def _period_alone(node: Node) -> SimpleNamespace:
    """The dates of an entry that is wrong elsewhere."""
    dates: dict[str, dt.date] = {}
    for key in ("starts", "ends"):
        leaf = node.entries.get(key) if isinstance(node, Branch) else None
        if isinstance(leaf, Leaf):
            with suppress(ValueError):
                dates[key] = month_date(leaf.value)
    return SimpleNamespace(**dates)


def cross_check(parts: Parts) -> list[Wrong]:
    """Every mistake between parts: the keys it stands under and what is wrong."""
    wrong: list[Wrong] = []
    for name, path in parts.economy.items():
        wrong += _path(("world", "economy", name), path, parts.span)
        wrong += economy_path(name, path)
    if parts.book is not None:
        wrong += segments(parts.book) + shards(parts.book, parts.shards)
        wrong += _labour(parts.entries.get(("world", "labour")), parts.book)
    wrong += _pays_first(parts) + _without(parts)
    for keys, entry in parts.entries.items():
        wrong += _period(keys, entry, parts.span)
        wrong += _profile(keys, entry) + profile_path(keys, entry) + crossed(keys, entry) + slips(keys, entry)
        wrong += _target(keys, entry, parts.book)
        for below, path in _paths_in(entry, keys):
            wrong += _csv_end(below, path, parts.span)
    return wrong


def _path(keys: tuple[str, ...], path: TimePath, span: Span | None) -> list[Wrong]:
    if span is None:
        return []
    wrong = _csv_end(keys, path, span)
    first = path.starts
    if first is not None and path.given_baseline is None and first > span.start:
        wrong.append(
            (
                keys,
                f"the path begins {first:%Y-%m}, after the span ({span.start:%Y-%m}); "
                "give a value from the span's start, or a baseline",
            )
        )
    return wrong


def _csv_end(keys: tuple[str, ...], path: TimePath, span: Span | None) -> list[Wrong]:
    if span is None or path.ends is None:
        return []
    clock = Clock(span.start, span.months)
    last = clock.month_end_date(span.months - 1)
    step = path.ends - path.dates[-1]
    months = round(step.days / 30.44)  # a monthly value covers its whole month, February's too
    covered = (path.dates[-1].year - span.start.year) * 12 + path.dates[-1].month - span.start.month + months
    if covered >= span.months or (not months and path.ends > last):
        return []
    told = f"the series in {path.file} ends with {path.dates[-1]:%Y-%m}, the span with {last:%Y-%m}"
    remedy = f"extend it, or set span.months to {covered} at most" if covered >= 1 else "extend it"
    return [(keys, f"{told}; {remedy}")]


def _period(keys: tuple[str, ...], entry: Any, span: Span | None) -> list[Wrong]:
    """A shock or policy that ends before it starts, or never falls into the span."""
    starts, ends = getattr(entry, "starts", None), getattr(entry, "ends", None)
    wrong: list[Wrong] = []
    if isinstance(starts, dt.date) and isinstance(ends, dt.date) and ends < starts:
        wrong.append(((*keys, "ends"), f"ends {ends.isoformat()}, before it starts ({starts.isoformat()})"))
    if span is None:
        return wrong
    last = Clock(span.start, span.months).month_end_date(span.months - 1)
    if isinstance(starts, dt.date) and starts > last:
        told = f"starts {starts.isoformat()}, after the span's end ({last.isoformat()})"
        wrong.append(((*keys, "starts"), told))
    if isinstance(ends, dt.date) and ends < span.start and not wrong:
        told = f"ends {ends.isoformat()}, before the span begins ({span.start.isoformat()})"
        wrong.append(((*keys, "ends"), told))
    return wrong


def _profile(keys: tuple[str, ...], entry: Any) -> list[Wrong]:
    """A shape that needs dates it has not got."""
    profile = getattr(entry, "profile", None)
    lacking = [name for name in ("starts", "ends") if getattr(entry, name, None) is None]
    if profile in ("ramp", "pulse") and lacking:
        return [((*keys, "profile"), f"a {profile} runs between two dates; {' and '.join(lacking)} is missing")]
    return []


def _target(keys: tuple[str, ...], entry: Any, book: BookPlan | None) -> list[Wrong]:
    """A group that nobody in the book belongs to: it would strike nobody, in silence."""
    where = getattr(entry, "where", None)
    if where is None or book is None:
        return []
    wrong: list[Wrong] = []
    for field_name, labels in (("region", "regions"), ("sector", "sectors"), ("education", "educations")):
        known = list(getattr(book.recipe, labels, ()))
        for name in getattr(where, field_name, None) or () if known else ():
            if name not in known:
                told = f"nobody in the book has the {field_name} {name!r}{suggestion(name, known, labels)}"
                wrong.append(((*keys, "where", field_name), told))
    quintiles = getattr(where, "income_quintile", None) or ()
    told = "{} was given; fifths of income are 1 (poorest) to 5"
    fifth = (*keys, "where", "income_quintile")
    return wrong + [(fifth, told.format(number)) for number in quintiles if number not in range(1, 6)]


def _labour(labour: Any, book: BookPlan) -> list[Wrong]:
    """A sector, region or education that neither the recipe nor a preset nor the labour market's own tables know."""
    wrong: list[Wrong] = []
    for table, labels in LABOUR_TABLES.items() if labour is not None else ():
        own = list(getattr(book.recipe, labels))
        known = [*own, *(name for preset in PRESETS.values() for name in preset[labels].value)]
        known += getattr(Labour(), table)
        for name in getattr(labour, table):
            if name not in known:
                meant = did_you_mean(name, known)
                told = f"nobody in the book has the {table.partition('_')[0]} {name!r}{meant}"
                told += f" {labels.capitalize()}: {listed(own)}" if meant else f"; {labels}: {listed(own)}"
                wrong.append((("world", "labour", table, name), told))
    return wrong


def _pays_first(parts: Parts) -> list[Wrong]:
    """A product to be paid first that the lender does not have."""
    products = [keys[-1] for keys in parts.entries if keys[:2] == ("lender", "products")]
    behaviour = parts.entries.get(("lender", "behaviour"))
    given = behaviour.pays_first if behaviour is not None and products else ()
    keys = ("lender", "behaviour", "pays_first")
    told = "the lender has no product {!r}{}"
    return [(keys, told.format(name, suggestion(name, products, "products"))) for name in given if name not in products]


def _without(parts: Parts) -> list[Wrong]:
    """A policy that changes a part of the lender that is not there: it would do nothing, in silence."""
    kinds = {keys: getattr(entry, "kind", "") for keys, entry in parts.entries.items() if "policies" in keys}
    needs = {keys: NEEDS[kind] for keys, kind in kinds.items() if kind in NEEDS}
    wrong = [(keys, told) for keys, (part, told) in needs.items() if parts.entries.get(("lender", part)) is None]
    if not {"approval", ""} & set(kinds.values()):  # one that is wrong elsewhere may be the approval
        wrong += [(keys, NO_APPROVAL) for keys, kind in kinds.items() if kind in ON_APPROVAL]
    if parts.entries.get(("world", "bureau")) is None:
        reviewed = [keys for keys, entry in parts.entries.items() if getattr(entry, "review_months", 0)]
        wrong += [((*keys, "review_months"), NO_BUREAU) for keys in reviewed]
    products = {getattr(entry, "kind", "") for keys, entry in parts.entries.items() if "products" in keys}
    if not {"card", ""} & products:
        wrong += [(keys, NO_CARD) for keys, kind in kinds.items() if kind in ("limit_cut", "line_closing")]
    return wrong


def _paths_in(value: Any, keys: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], TimePath]]:
    if isinstance(value, TimePath):
        yield keys, value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _paths_in(getattr(value, name), (*keys, name))


def place_of(root: Branch, keys: tuple[str, ...], message: str) -> str:
    """Where the value under the keys was written; inside a path, the date the message speaks of."""
    node: Any = root
    mark = root.mark
    wrong_name = len(keys) > 1 and keys[-2] in LABOUR_TABLES  # the key itself is what is wrong
    for key in keys:
        if not isinstance(node, Branch) or key not in node.entries:
            break
        mark = node.keys[key]
        node = node.entries[key]
        if not isinstance(node, Branch) and not wrong_name:
            mark = node.mark
    if isinstance(node, Branch):
        for key, key_mark in node.keys.items():
            if key[:7] in message.split(" looks")[0].split(" was")[0]:
                return str(key_mark)
    return str(mark)
