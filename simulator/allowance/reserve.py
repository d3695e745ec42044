"""Working out reserves: a study of lives, then one life measured month by month, then futures to set it against."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.allowance import tables
from simulator.allowance.beside import beside
from simulator.allowance.capital import capital
from simulator.allowance.enough import enough
from simulator.allowance.futures import Future, futures
from simulator.allowance.lives import Measuring, measure, terms_of
from simulator.allowance.methods import methods
from simulator.allowance.result import ReserveResult
from simulator.allowance.sensitivity import sensitivity
from simulator.allowance.timing import timing
from simulator.allowance.worlds import possible, studied, viewed
from simulator.ensemble.workers import Crew, pool
from simulator.errors import ScenarioError
from simulator.expectations import (
    Bands,
    Expectations,
    Plan,
    baseline_lives,
    check,
    layouts_of,
    learnt,
    stressed_lives,
)
from simulator.reserves.provisioning import RULES
from simulator.scenario import Scenario
from simulator.scenario.words import did_you_mean
from simulator.setting import Setting

if TYPE_CHECKING:
    import pandas as pd

Told = Callable[[str, int, int], None]
APART = 500_000  # seeds of the study are others than those it is judged by
SEEN = 24  # months of tags that see the whole horizon


@dataclass(frozen=True)
class Effort:
    """How much is lived: seeds of the study, worlds and seeds of the futures."""

    study_seeds: int = 3
    worlds: int = 10
    seeds: int = 3


def reserve(
    scenario: Scenario,
    *,
    seed: int | None = None,
    effort: Effort = Effort(),
    workers: int = 1,
    other: Scenario | None = None,
    expectations: Expectations | None = None,
    books: str | None = None,
    told: Told | None = None,
) -> ReserveResult:
    """Allowance by three rule books from simulated lives: month by month, its walk, and how often it is enough.

    Expectations are learnt from lives in the baseline world and in four others, with seeds of their own; the scenario
    is then lived once with `seed`, measured at every month's end; and the accounts of the eve are followed through
    worlds round the scenario's, and through one for each view. `other` is a scenario whose allowance on the last day
    is walked to this one's. Money in currency units. Raises ScenarioError where the scenario cannot be so used.
    """
    started = time.perf_counter()
    check(scenario)
    seed = scenario.seed if seed is None else seed
    bands, tell = Bands(), told or (lambda what, done, total: None)
    months = scenario.span.months
    keep = frozenset({-1, months - 1, worst_month(scenario, seed)})
    seeds = tuple(range(seed, seed + effort.seeds))
    worlds = possible(scenario, effort.worlds)
    weights = [world.weight for world, _ in worlds]
    with pool(workers) as crew:
        known = expectations or study(scenario, effort.study_seeds, bands, books, crew, tell)
        life = measure(scenario, seed, known, bands=bands, books=books, keep=keep, told=_months(tell, months))
        lived = _futures([each for _, each in worlds], seeds, known, bands, books, crew, tell)
        views = viewed(scenario, life.pricing)
        by_view = _futures(list(views.values()), seeds, known, bands, books, crew, tell)
    layouts = layouts_of(scenario, bands)
    panel = life.panel.frame()
    stock = tables.stock_frame(life)
    walk, charge = tables.walk_frames(life)
    terms = terms_of(scenario)
    found = ReserveResult(
        scenario,
        terms.rule,
        known,
        stock,
        walk,
        charge,
        tables.overlays_frame(life),
        tables.ratios_frame(life, terms.rule),
        capital(life.pricing, layouts, life.measured),
        enough(lived, weights),
        timing(stock, panel),
        sensitivity(life.pricing, layouts, life.measured.standings),
        methods(life.pricing, layouts, life.measured.standings[-1], -1, life.panel),
        _nested(life, dict(zip(views, by_view, strict=True))),
        _with_allowance(panel, stock, terms.rule),
        term_structures=known.frame(
            {
                name: {each: life.pricing.gaps(view, -1, of.terms.loss.shape[1]) for each, of in known.products.items()}
                for name, view in terms.views.items()
            }
        ),
        losses=[future.year for world in lived for future in world],
        weights=[weight / len(seeds) for weight in weights for _ in seeds],
        notes=notes_of(known),
    )
    if other is not None:
        tell("the other scenario", 0, 1)
        check(other)
        second = measure(other, seed, known, bands=bands, books=books, keep=frozenset({other.span.months - 1}))
        found.beside, found.beside_name = beside(second, life, layouts), other.name
    found.provenance = {"seed": seed, "seeds": list(seeds), "seconds": round(time.perf_counter() - started, 1)}
    return found


def checked(scenario: Scenario, rule: str | None = None) -> Scenario:
    """The scenario, with a rule of one's own if given; ScenarioError where reserves cannot be worked out of it."""
    check(scenario)
    if rule is None:
        return scenario
    if rule not in RULES:
        raise ScenarioError(f"--rule {rule}: one of {', '.join(RULES)} is wanted{did_you_mean(rule, RULES)}")
    terms = terms_of(scenario).model_copy(update={"rule": rule})
    lender = scenario.lender.model_copy(update={"provisioning": terms})
    return scenario.model_copy(update={"lender": lender})


def study(
    scenario: Scenario, seeds: int, bands: Bands, books: str | None, workers: int | Crew, told: Told | None = None
) -> Expectations:
    """Learn what is expected of the scenario's accounts, from lives of their own."""
    horizon = horizon_of(scenario)
    plan = Plan(bands, horizon, False, books)
    own = tuple(scenario.seed + APART + number for number in range(seeds))
    quiet = baseline_lives(scenario, own, horizon + SEEN, plan, workers, _named(told, "learning in quiet times"))
    worlds = studied(scenario)
    plan = Plan(bands, horizon, True, books)
    few = own[: max(1, (seeds + 1) // 2)]
    other = stressed_lives(list(worlds.values()), few, plan, workers, _named(told, "learning in other times"))
    return learnt(scenario, bands, quiet, other, list(worlds))


def horizon_of(scenario: Scenario) -> int:
    """Months ahead that are looked at: the longest term of a loan and its way to charge-off, or a card's life."""
    longest = 0
    for product in scenario.lender.products.values():
        terms = getattr(product, "terms", None)
        late = product.charge_off_days // 30 + 1
        longest = max(longest, max(terms) + late if terms else terms_of(scenario).life_of_cards)
    return int(longest)


def worst_month(scenario: Scenario, seed: int) -> int:
    """The month of the span in which the economy's unemployment is highest."""
    setting = Setting.of(scenario, seed)
    return int(np.argmax(setting.paths(shocked=True).jobs.unemployment[setting.clock.warm_up :]))


def notes_of(known: Expectations) -> list[str]:
    """What was merged or could not be told, with how much it concerns."""
    found = []
    for name, expected in known.products.items():
        terms = expected.terms
        merged = terms.level > 0
        accounts = terms.accounts[merged].sum() / max(terms.accounts.sum(), 1.0)
        found.append(
            f"{name}: {int(merged.sum())} of {merged.size} cells are too thin to be read by themselves and were read "
            f"with others of their state; {accounts:.2%} of the accounts seen stand in them"
        )
        if expected.losses.cohorts == 0:
            found.append(f"{name}: no other world was lived, so losses do not answer to unemployment")
    return found


def _nested(life: Measuring, by_view: dict[str, list[Future]]) -> pd.DataFrame:
    """For each view: what the cells expect of the accounts of the eve, beside what they lose, seed by seed.

    The standard error is that of the mean difference over the seeds; each seed has a book of its own.
    """
    import pandas as pd

    rows = []
    for name, seeds in by_view.items():
        for what, label in (("year", "12 months"), ("early_year", "12 months, stage 1"), ("life", "span")):
            lost = np.array([getattr(future, what) for future in seeds])
            expected = np.array([future.expected[what] for future in seeds])
            off = expected - lost
            error = float(off.std(ddof=1) / np.sqrt(off.size)) if off.size > 1 else float("nan")
            told = {"by_cells": float(expected.mean()), "simulated": float(lost.mean()), "standard_error": error}
            rows.append({"view": name, "weight": life.pricing.terms.views[name].weight, "horizon": label, **told})
    return pd.DataFrame(rows)


def _with_allowance(panel: pd.DataFrame, stock: pd.DataFrame, rule: str) -> pd.DataFrame:
    """The panel with the allowance of a rule in place of the simple one."""
    own = stock[(stock["rule"] == rule) & (stock["label"] == "all")].set_index(["month", "segment"])["allowance"]
    keys = list(zip(panel["month"], panel["segment"], strict=True))
    values = [float(own[key] if key in own.index else own[key[0], "all"]) for key in keys]
    return panel.assign(allowance=values)


def _futures(
    worlds: Sequence[Scenario],
    seeds: Sequence[int],
    known: Expectations,
    bands: Bands,
    books: str | None,
    workers: int | Crew,
    told: Told,
) -> list[list[Future]]:
    return futures(worlds, seeds, known, bands, books, workers, _named(told, "living futures of the book"))


def _named(told: Told | None, what: str) -> Told | None:
    return None if told is None else lambda _, done, total: told(what, done, total)


def _months(told: Told, months: int) -> Callable[[int], None]:
    return lambda month: told("measuring the allowance", month + 1, months)
