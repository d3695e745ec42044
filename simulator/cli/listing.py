"""`loanbook list`: what there is to choose from, with every parameter, its unit and its source."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

from simulator.cli.front import MOST_NAMES, not_found
from simulator.cli.screen import paragraph, say, table
from simulator.errors import ScenarioError

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic.fields import FieldInfo


@dataclass(frozen=True)
class Entry:
    """One thing to choose: its name, a sentence on it, and rows of (name, value, meaning) on what it takes."""

    name: str
    line: str
    rows: list[tuple[str, str, str]] = field(default_factory=list)


@click.command("list", short_help="List what there is to choose from, with parameters and sources.")
@click.argument("gallery", required=False)
@click.argument("name", required=False)
@click.option("--long", "detailed", is_flag=True, help="Every parameter with value, unit, meaning and source.")
def list_(gallery: str | None, name: str | None, detailed: bool) -> None:
    """List shocks, products, policies, reserves, worlds, metrics, scenarios or facts; with a NAME, that one in full.

    Worlds are the ways in which an ensemble varies the world. Facts are the published figures that parameters cite,
    each with its range, its source and how it is known.

    \b
    Examples:
      loanbook list scenarios
      loanbook list shocks
      loanbook list shocks illness
      loanbook list products --long
      loanbook list facts us.ui.recipiency
    """
    if gallery is None:
        table([(each, _names([entry.name for entry in make()])) for each, make in GALLERIES.items()])
        return
    if gallery not in GALLERIES:
        raise click.UsageError(not_found(gallery, GALLERIES, "something to list"))
    entries = GALLERIES[gallery]()
    if name is None and not detailed:
        table([(entry.name, entry.line) for entry in entries])
        return
    chosen = [entry for entry in entries if name in (None, entry.name)]
    if not chosen and name is not None:
        raise click.UsageError(not_found(name, [entry.name for entry in entries], f"among the {gallery}"))
    for number, entry in enumerate(chosen):
        if number:
            say()
        say(entry.name, bold=True)
        say(paragraph(entry.line))
        if entry.rows:
            table(entry.rows)


def _names(names: list[str]) -> str:
    """All names of a gallery; of one with very many, how many there are."""
    if len(names) <= MOST_NAMES:
        return ", ".join(names)
    return f"{len(names)} by name: {', '.join(names[:3])} ..."


def _models(found: Iterable[type[BaseModel]]) -> list[Entry]:
    return [Entry(str(model.model_fields["kind"].default), _first(model.__doc__), _fields(model)) for model in found]


def _first(doc: str | None) -> str:
    """The first paragraph of a docstring, on one line."""
    return " ".join((doc or "").strip().partition("\n\n")[0].split())


def _fields(model: type[BaseModel], above: str = "") -> list[tuple[str, str, str]]:
    """Every parameter of a model, those of maps inside it with dots in their names."""
    from simulator.scenario.shape import models

    rows: list[tuple[str, str, str]] = []
    for name, info in model.model_fields.items():
        if name == "kind":
            continue
        inside = models(info.annotation)
        rows.append((above + name, "" if inside else _value(info), _meaning(info)))
        for part in inside[:1]:
            rows += _fields(part, f"{above}{name}.")
    return rows


def _value(info: FieldInfo) -> str:
    """The value when nothing is given, with its unit."""
    from simulator.scenario.values import written

    if info.is_required():
        value = "required"
    else:
        default = written(info.get_default(call_default_factory=True))
        value = _short(default)
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    return f"{value} {extra.get('unit', '')}".strip() if value != "-" else value


def _short(value: Any) -> str:
    if value is None or value in ({}, [], ""):
        return "-"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_short, value))
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_short(part)}" for key, part in value.items())
    return f"{value:g}" if isinstance(value, float) else str(value)


def _meaning(info: FieldInfo) -> str:
    from simulator.facts import explained

    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    source = f" [{explained(str(extra['source']))}]" if extra.get("source") else ""
    return f"{info.description or ''}{source}"


def _shocks() -> list[Entry]:
    from simulator.shocks import SHOCKS

    return _models(SHOCKS)


def _products() -> list[Entry]:
    from simulator.products import PRODUCTS

    return _models(PRODUCTS)


def _policies() -> list[Entry]:
    from simulator.policies import POLICIES

    return _models(POLICIES)


def _reserves() -> list[Entry]:
    from simulator.reserves import RESERVES
    from simulator.reserves.provisioning import PARTS

    parts = [Entry(name, _first(part.__doc__), _fields(part)) for name, part in PARTS.items()]
    return [*_models(RESERVES), *parts]


def _worlds() -> list[Entry]:
    from simulator.scenario.varied import WORLDS

    return _models(WORLDS)


def _metrics() -> list[Entry]:
    from simulator.metrics import METRICS

    good = {"low": "lower is better", "high": "higher is better", "neither": "neither way is better"}
    entries = []
    for metric in METRICS:
        rows = [("meaning", metric.meaning, ""), ("unit", metric.unit, ""), ("good", good[metric.good], "")]
        entries.append(Entry(metric.name, f"{metric.label} ({metric.unit}; {good[metric.good]})", rows))
    return entries


def _scenarios() -> list[Entry]:
    from simulator.scenario import load, shipped_scenarios

    entries = []
    for name, file in shipped_scenarios().items():
        try:
            scenario = load(file)
        except ScenarioError as error:  # its data lie elsewhere, and are not here
            entries.append(Entry(name, str(error).splitlines()[0], [("file", str(file), "")]))
            continue
        book = f"the tape {scenario.book.tape.file}" if scenario.book.tape else f"{scenario.book.borrowers:,} borrowers"
        products = ", ".join(scenario.lender.products)
        rows = [
            ("file", str(file), ""),
            ("book", f"{book}, {products}", ""),
            ("span", f"{scenario.span.months} months from {scenario.span.start:%Y-%m}", ""),
        ]
        entries.append(Entry(name, " ".join(scenario.question.split()), rows))
    return entries


def _facts() -> list[Entry]:
    from simulator.facts import facts

    entries = []
    for fact in facts().values():
        unit = fact.unit or "a pure number"
        value = f"{fact.default:,.6g} ({fact.low:,.6g} to {fact.high:,.6g})"
        rows = [
            ("usual", f"{fact.default:,.6g} {unit}", ""),
            ("range", f"{fact.low:,.6g} to {fact.high:,.6g}", ""),
            ("country", fact.country, ""),
            ("source", fact.source, ""),
            ("known", fact.known, ""),
        ]
        entries.append(Entry(fact.name, f"{value} {unit}, {fact.country}, {fact.known}", rows))
    return entries


GALLERIES: dict[str, Callable[[], list[Entry]]] = {
    "shocks": _shocks,
    "products": _products,
    "policies": _policies,
    "reserves": _reserves,
    "worlds": _worlds,
    "metrics": _metrics,
    "scenarios": _scenarios,
    "facts": _facts,
}
