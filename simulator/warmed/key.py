"""What of a scenario can change the book at the end of its warm-up, and the name of that book.

Whatever is not taken out here counts: a parameter that is added later separates books until somebody can say that it
changes nothing before the span.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from simulator.costs import Costs
from simulator.economy import Economy
from simulator.kept import key_of, version
from simulator.params import TimePath
from simulator.scenario import Scenario, fingerprint
from simulator.setting import Setting
from simulator.shocks import Shock, Unemployment

Entry = TypeVar("Entry")


def warm_up_of(scenario: Scenario) -> Scenario | None:
    """The scenario without all that its warm-up does not see; None where the warm-up is its own.

    It does not see: dated shocks and policies (they begin with the span), the economy off its baselines, how long the
    span is, the growth of new lending after the start, what the lender's money costs, the currency's name, the names
    and the question, and the seed (which the book's own name holds). A book from a tape has no warm-up, and one that
    lives through history is not shared.
    """
    book, world, lender = scenario.book, scenario.world, scenario.lender
    if book.tape is not None or not book.warm_up or book.warm_up_world != "baseline":
        return None
    world_before = {
        "economy": _at_baseline(world.economy),
        "shocks": _shocks(world.shocks),
        "policies": _always_there(world.policies),
    }
    lender_before = {"policies": _always_there(lender.policies), "costs": Costs(), "currency": "USD"}
    return scenario.model_copy(
        update={
            "name": "",
            "question": "",
            "seed": 0,
            "fit": None,
            "span": scenario.span.model_copy(update={"months": 1}),
            "book": book.model_copy(update={"growth": 0.0}),
            "world": world.model_copy(update=world_before),
            "lender": lender.model_copy(update=lender_before),
        }
    )


def _always_there(entries: Mapping[str, Entry]) -> dict[str, Entry]:
    """Shocks or policies without a beginning."""
    return {name: entry for name, entry in entries.items() if getattr(entry, "starts", None) is None}


def _shocks(shocks: Mapping[str, Shock]) -> dict[str, Shock]:
    """Those without a beginning; where one of them adds to unemployment, all that do, since their aims are one."""
    always = _always_there(shocks)
    if any(isinstance(shock, Unemployment) for shock in always.values()):
        return {name: shock for name, shock in shocks.items() if name in always or isinstance(shock, Unemployment)}
    return always


def _at_baseline(economy: Economy) -> Economy:
    """Every path of the economy held at its baseline; which paths there are stays."""
    paths: dict[str, Any] = {name: getattr(economy, name) for name in Economy.model_fields}
    flat = {name: TimePath.constant(path.baseline) for name, path in paths.items() if isinstance(path, TimePath)}
    return economy.model_copy(update={"history": None, **flat})


def before_span(setting: Setting) -> Setting | None:
    """The same setting with what its warm-up sees; None where the warm-up is its own."""
    before = warm_up_of(setting.scenario)
    return None if before is None else replace(setting, scenario=before, worked_out={})


def book_key(setting: Setting) -> str | None:
    """The name of the book at the end of the setting's warm-up, of its shard; None where it cannot be shared.

    It holds the seed, the program that makes it, and, where relief is given from the start, the names of all policies:
    accounts remember by number who gave it.
    """
    before = before_span(setting)
    if before is None:
        return None
    numbered = setting.policies if before.relief else {}
    shard = f"shard {setting.shard.number} of {setting.shard.of}"
    return key_of("book", fingerprint(before.scenario), f"seed {setting.draws.seed}", shard, *numbered, version())
