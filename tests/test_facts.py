"""The facts the parameters lean on: well formed, each with its source, and every name a parameter cites is there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner
from pydantic import BaseModel

from simulator.cli.commands import loanbook
from simulator.facts import TAGS, Fact, explained, facts, named
from simulator.population import CORRELATIONS, PRESETS
from simulator.report.assumptions import assumptions
from simulator.scenario import Scenario, load
from simulator.scenario.shape import item_type, models, value_type


def sources(model: type[BaseModel], seen: set[type[BaseModel]]) -> Iterator[tuple[str, str]]:
    """Every parameter of a scenario with its source, galleries and recipes included."""
    if model in seen:
        return
    seen.add(model)
    for name, field in model.model_fields.items():
        extra: Any = field.json_schema_extra or {}
        if extra.get("source"):
            yield f"{model.__name__}.{name}", str(extra["source"])
        for kind in (field.annotation, value_type(field.annotation), item_type(field.annotation)):
            for inner in models(kind) if kind is not None else ():
                yield from sources(inner, seen)


def every_source() -> list[tuple[str, str]]:
    found = list(sources(Scenario, set()))
    for held in (PRESETS, CORRELATIONS):
        found += [(f"{preset}.{name}", one.source) for preset, all_ in held.items() for name, one in all_.items()]
    return found


@pytest.mark.parametrize("fact", facts().values(), ids=lambda fact: fact.name)
def test_a_fact_is_whole(fact: Fact) -> None:
    assert fact.low <= fact.default <= fact.high
    assert fact.source.strip()
    assert fact.country.strip()
    assert fact.known == TAGS[fact.tag]


def test_there_are_many_sources_and_facts() -> None:
    assert len(every_source()) > 200
    assert len(facts()) > 200
    assert all(fact.name == name for name, fact in facts().items())


@pytest.mark.parametrize(("parameter", "source"), every_source())
def test_every_fact_a_parameter_cites_is_there(parameter: str, source: str) -> None:
    assert [name for name in named(source) if name not in facts()] == []
    if "FACTS" in source:
        assert named(source), f"{parameter}: {source!r} names no fact in full"
    assert "DESIGN" not in source
    assert "FACTS" not in explained(source)


def test_a_source_is_told_in_full() -> None:
    told = explained("FACTS us.ui.recipiency")
    assert told.startswith("us.ui.recipiency: UI Quick Facts, US Congress committee release, Mar 2020")
    assert told.endswith("(verified)")
    assert told == explained("us.ui.recipiency")
    two = explained("a guess: below us.shock.car_major_annual and us.shock.home_major_annual.")
    assert two.startswith("a guess: below us.shock.car_major_annual and us.shock.home_major_annual.; ")
    assert two.count("(verified second-hand)") == 1  # one source for both is told once
    assert explained("a guess") == "a guess"
    assert explained("see report.html, about 0.5 in www.bls.gov") == "see report.html, about 0.5 in www.bls.gov"


def test_the_report_tells_sources_in_full() -> None:
    rows = {(row.part, row.name): row for row in assumptions(load("us_cards"))}
    take_up = rows["world: labour: benefits", "take_up"]
    assert take_up.source == explained("FACTS us.ui.recipiency")
    assert not any("FACTS" in row.source for row in rows.values())


def test_facts_are_listed() -> None:
    runner = CliRunner()
    all_ = runner.invoke(loanbook, ["list", "facts"])
    assert all_.exit_code == 0
    assert len(all_.output.splitlines()) == len(facts())
    one = runner.invoke(loanbook, ["list", "facts", "us.ui.recipiency"])
    assert one.exit_code == 0
    assert "0.27" in one.output
    assert "UI Quick Facts" in one.output
    wrong = runner.invoke(loanbook, ["list", "facts", "us.ui.recipency"])
    assert wrong.exit_code == 2
    assert "us.ui.recipiency" in wrong.output
    long = runner.invoke(loanbook, ["list", "products", "card", "--long"])
    assert long.exit_code == 0
    assert "(verified" in long.output
    assert "FACTS" not in long.output
