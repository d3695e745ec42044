"""Futures of the book that stands on the eve: what its accounts lose in other worlds, beside what was set aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from simulator.allowance.assess import assess
from simulator.allowance.lives import pricing_of, terms_of
from simulator.allowance.overlays import overlays_of
from simulator.allowance.prices import at_origination
from simulator.ensemble.tasks import Parcel, Task, unpacked
from simulator.ensemble.workers import Crew, Told, live_all
from simulator.expectations import YEAR, Bands, Expectations, Follower, Watch, layouts_of, standing, warmed_up
from simulator.reserves.provisioning import RULES, View
from simulator.run import _live
from simulator.scenario import Scenario
from simulator.setting import Setting

Floats = npt.NDArray[np.float64]
KNOWN = View(weight=1.0, unemployment="path")  # what cells expect is set against what came on the path that came


@dataclass(frozen=True)
class Future:
    """One future of the accounts of the eve; currency units. Losses are net of what comes back in the end."""

    allowance: dict[str, float]  # by rule, as it stood on the eve, overlays in
    year: float  # lost in the next twelve months
    life: float  # lost in as many months as are expected of an account, and the span has
    early_year: float  # of accounts in stage 1: lost in the next twelve months
    expected: dict[str, float]  # year, life and early_year as the cells expect them on this world's unemployment


def live(parcel: Parcel, seed: int, *, expectations: Expectations, bands: Bands, books: str | None) -> Future:
    """Live a world once, with the accounts of the eve tagged."""
    scenario = unpacked(parcel)
    setting = Setting.of(scenario, seed)
    state, layouts, terms = warmed_up(setting, books), layouts_of(scenario, bands), terms_of(scenario)
    pricing = pricing_of(setting, terms, expectations)
    prices = pricing.at(-1)
    months = setting.clock.months
    horizon = {name: min(months, each.terms.loss.shape[1]) for name, each in expectations.products.items()}
    allowance: dict[str, float] = dict.fromkeys(RULES, 0.0)
    expected = dict.fromkeys(("year", "life", "early_year"), 0.0)
    followers = {}
    for name, layout in layouts.items():
        accounts = standing(state, setting.clock, name, -1)
        nobody = np.zeros(len(accounts), np.bool_)
        origination = at_origination(expectations.products[name])
        assessed = assess(accounts, -1, layout, prices[name], origination, terms, probation=nobody, technical=nobody)
        for rule, each in assessed.items():
            allowance[rule] += float(each.amount.sum()) / 100.0
        early = assessed["ifrs9"].label == 0
        own = expectations.products[name]
        path = pricing.gaps(KNOWN, -1, own.terms.loss.shape[1])
        by_month = own.losses_by_month(path)[layout.of(accounts, -1)]
        basis = layout.basis(accounts) / 100.0
        year = basis * by_month[:, :YEAR].sum(axis=1)
        expected["year"] += float(year.sum())
        expected["early_year"] += float(year[early].sum())
        expected["life"] += float(basis @ by_month[:, : horizon[name]].sum(axis=1))
        for part, whose in (("", np.ones_like(early)), (" in stage 1", early)):
            follower = Follower(layout, (-1,), horizon[name])
            follower.tag(-1, accounts, layout.of(accounts, -1), whose)
            followers[f"{name}{part}"] = follower
    watch = Watch(setting, state, {}, twofold=followers)
    _live(setting, state, setting.paths(shocked=True), 0, months, False, False, watch.close)
    whole, early_year = np.zeros(2), 0.0
    for name in layouts:
        net = (1.0 - expectations.products[name].recovered) / 100.0
        lost = followers[name].seen["loss"][0].sum(axis=0) * net
        whole += lost[:YEAR].sum(), lost.sum()
        early_year += followers[f"{name} in stage 1"].seen["loss"][0].sum(axis=0)[:YEAR].sum() * net
    date = setting.clock.month_end_date(-1)
    aside = {rule: models + sum(overlays_of(terms, rule, date, models).values()) for rule, models in allowance.items()}
    return Future(aside, float(whole[0]), float(whole[1]), float(early_year), expected)


def futures(
    worlds: Sequence[Scenario],
    seeds: Sequence[int],
    expectations: Expectations,
    bands: Bands,
    books: str | None,
    workers: int | Crew,
    told: Told | None = None,
) -> list[list[Future]]:
    """Every world with every seed; by world, then seed."""
    tasks = [Task(number, seed) for number in range(len(worlds)) for seed in seeds]
    lived = partial(live, expectations=expectations, bands=bands, books=books)
    found = live_all([Parcel.of(world) for world in worlds], tasks, workers, told, lived=lived)
    return [[found[Task(number, seed)] for seed in seeds] for number in range(len(worlds))]
