"""The study: lives of the book in its baseline world and in others, with accounts tagged and followed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from simulator import warmed
from simulator.ensemble.tasks import Parcel, Task, unpacked
from simulator.ensemble.workers import Crew, live_all
from simulator.errors import ScenarioError
from simulator.expectations.cells import Bands, Layout
from simulator.expectations.tagging import Followed, Follower, Watch
from simulator.kept import Store
from simulator.run import _begin, _live
from simulator.scenario import Scenario, variant
from simulator.setting import Setting
from simulator.state import State

Floats = npt.NDArray[np.float64]
Told = Callable[[str, int, int], None]
EVERY = 3  # months from one tag to the next


@dataclass(frozen=True)
class Life:
    """What one life of the study shows: by product what was followed, and unemployment month by month, percent."""

    followed: dict[str, Followed]
    unemployment: Floats  # (months,), the economy's, percent
    normal: float  # percent


@dataclass(frozen=True)
class Plan:
    """How a life of the study is looked at."""

    bands: Bands
    horizon: int  # months ahead
    shocked: bool
    books: str | None = None  # folder of kept warmed-up books


def layouts_of(scenario: Scenario, bands: Bands) -> dict[str, Layout]:
    """The cells of each product."""
    products = scenario.lender.products.items()
    return {name: Layout(name, product.kind == "card", bands) for name, product in products}


def live(parcel: Parcel, seed: int, *, plan: Plan) -> Life:
    """One life of the study, from a parcel (so that it can be lived by any worker)."""
    return follow(unpacked(parcel), seed, plan)


def follow(scenario: Scenario, seed: int, plan: Plan) -> Life:
    """One life of the study: every account tagged at every third month's end and followed from there."""
    setting = Setting.of(scenario, seed)
    state = warmed_up(setting, plan.books)
    months = tuple(range(-1, setting.clock.months - 1, EVERY))
    layouts = layouts_of(scenario, plan.bands)
    watch = Watch(setting, state, {name: Follower(layout, months, plan.horizon) for name, layout in layouts.items()})
    watch.begin(-1)
    paths = setting.paths(shocked=plan.shocked)
    _live(setting, state, paths, 0, setting.clock.months, not plan.shocked, False, watch.close)
    span = 100.0 * paths.jobs.unemployment[setting.clock.warm_up :]
    last = setting.clock.months - 1
    found = {name: follower.followed(last) for name, follower in watch.followers.items()}
    return Life(found, np.asarray(span, np.float64), 100.0 * float(paths.jobs.normal))


def warmed_up(setting: Setting, books: str | None) -> State:
    """The book on the eve of the span, from the kept ones where it is there."""
    store = None if books is None else Store(books)
    state = None if store is None else warmed.find(store, setting)
    if state is None:
        state, clock = _begin(setting, None), setting.clock
        _live(setting, state, setting.paths(shocked=False), -clock.warm_up, 0, True, False, None)
        if store is not None:
            warmed.keep(store, setting, state)
    return state


def check(scenario: Scenario) -> None:
    """ScenarioError where a reserve cannot be worked out from lives of this scenario."""
    if scenario.book.tape is not None:
        raise ScenarioError(f"{scenario.name}: expectations are learnt from a book of a recipe, not from book.tape")
    if scenario.shards > 1:
        raise ScenarioError(f"{scenario.name}: shards {scenario.shards} was given; a reserve is worked out in one book")


def baseline_lives(
    scenario: Scenario, seeds: Sequence[int], months: int, plan: Plan, workers: int | Crew, told: Told | None = None
) -> list[Life]:
    """Lives in the baseline world, by seed: what the cells are learnt from."""
    check(scenario)
    quiet = variant(scenario, {"span.months": months})
    tasks = [Task(0, seed) for seed in seeds]
    found = live_all([Parcel.of(quiet)], tasks, workers, told, lived=partial(live, plan=plan))
    return [found[task] for task in tasks]


def stressed_lives(
    worlds: Sequence[Scenario], seeds: Sequence[int], plan: Plan, workers: int | Crew, told: Told | None = None
) -> list[list[Life]]:
    """Lives in other worlds, by world and seed: what the answer to unemployment is learnt from."""
    tasks = [Task(number, seed) for number in range(len(worlds)) for seed in seeds]
    found = live_all([Parcel.of(world) for world in worlds], tasks, workers, told, lived=partial(live, plan=plan))
    return [[found[Task(number, seed)] for seed in seeds] for number in range(len(worlds))]
