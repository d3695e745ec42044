"""Contracts that every shock of the register meets, in real runs in which each strike is watched."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from registers import entry
from small_worlds import BUSY, laid_over, ran, scenario

from simulator.block import PERSON_COLUMNS, Block
from simulator.clock import Clock
from simulator.cycle import Cycle
from simulator.errors import ScenarioError
from simulator.run import Setting, run
from simulator.scenario import from_dict
from simulator.shocks import SHOCKS, CostOfLiving, LateWages, RateRise, Shock, StrategicDefault

STRIKING = [kind for kind in SHOCKS if kind.strikes]  # the others reach people through the labour market or the terms
QUIET = laid_over(BUSY, {"world.shocks": {}, "span.months": 10})
OFTEN: dict[str, dict[str, Any]] = {  # what is rare would strike too few of a small book
    "divorce": {"incidence": 0.3},
    "death": {"incidence": 0.1},
    "late_wages": {"incidence": 0.3},
    "strategic_default": {"base": 0.02},
}
DATES = {"starts": "2026-04-01", "ends": "2026-07-31"}


@dataclass
class Watch:
    """Whom each strike hit, by name and day, and who was there."""

    hits: dict[tuple[str, int], set[int]] = field(default_factory=dict)
    there: dict[tuple[str, int], set[int]] = field(default_factory=dict)

    def around(self, strike: Any) -> Any:
        def watched(shock: Shock, name: str, block: Block, cycle: Cycle) -> Any:
            before = cycle.change.copy()
            with self.shut(name, shock, block):
                rows = strike(shock, name, block, cycle)
            key = (name, cycle.day * 100 + block.due_day)
            self.hits.setdefault(key, set()).update(block.id[rows].tolist())
            self.there.setdefault(key, set()).update(block.id[block.id >= 0].tolist())
            struck = np.zeros(block.size, np.bool_)
            struck[rows] = True
            assert np.array_equal(cycle.change[~struck], before[~struck]), "cash changed for one who was not struck"
            self.chances(shock, block, cycle)
            return rows

        return watched

    def later(self, go_on: Any) -> Any:
        def watched(shock: Shock, name: str, block: Block, cycle: Cycle) -> None:
            with self.shut(name, shock, block):
                go_on(shock, name, block, cycle)

        return watched

    @contextmanager
    def shut(self, name: str, shock: Shock, block: Block) -> Iterator[None]:
        """Nothing but the shock's columns and its own can be written; everything by nobody else."""
        shut = only_writeable(block, shock.writes, f"{name}.")
        try:
            yield
        finally:
            for column in shut:
                column.flags.writeable = True

    @staticmethod
    def chances(shock: Shock, block: Block, cycle: Cycle) -> None:
        everyone = np.arange(block.size)
        chance, bound = shock.chance(block, everyone, cycle), shock.bound(cycle)
        assert chance.shape == (block.size,)
        assert chance.min(initial=0.0) >= 0.0
        assert chance.max(initial=0.0) <= bound + 1e-15
        assert bound <= 1.0


def only_writeable(block: Block, names: tuple[str, ...], own: str) -> list[np.ndarray]:
    columns = [getattr(block, name) for name in PERSON_COLUMNS if name not in names]
    for accounts in block.accounts.values():
        columns += [getattr(accounts, name) for name in accounts.names]
        columns += [accounts.arrears.rows, accounts.arrears.table]
    columns += [column for name, column in block.own.items() if not name.startswith(own)]
    shut = [column for column in columns if column.flags.writeable]
    for column in shut:
        column.flags.writeable = False
    return shut


@pytest.fixture
def watching(monkeypatch: pytest.MonkeyPatch) -> Any:
    def start() -> Watch:
        watch = Watch()
        for kind in STRIKING:
            monkeypatch.setattr(kind, "strike", watch.around(original[kind]))
            monkeypatch.setattr(kind, "go_on", watch.later(later[kind]))
        return watch

    original, later = {kind: kind.strike for kind in STRIKING}, {kind: kind.go_on for kind in STRIKING}
    return start


def with_shock(kind: type[Shock], **values: Any) -> dict[str, Any]:
    return laid_over(QUIET, {"world.shocks.it": {"kind": entry(kind), **OFTEN.get(entry(kind), {}), **values}})


@pytest.mark.parametrize("kind", STRIKING)
def test_it_writes_only_its_columns_and_its_chances_are_chances(kind: type[Shock], watching: Any) -> None:
    watch = watching()
    run(from_dict(with_shock(kind, severity=2.0)), unshocked=False)
    assert sum(map(len, watch.hits.values())) > 50, "nobody was struck; the test shows nothing"


@pytest.mark.parametrize("kind", SHOCKS)
def test_harmless_is_absent_to_the_cent(kind: type[Shock]) -> None:
    without = ran(base=QUIET)
    harmless = ran(base=with_shock(kind, severity=0.0))
    assert harmless.panel.equals(without.panel)
    assert harmless.roll_rates.equals(without.roll_rates)
    dated = ran(base=with_shock(kind, severity=0.0, **DATES))
    assert dated.panel.equals(without.panel)


@pytest.mark.parametrize("kind", STRIKING)
def test_more_of_it_only_adds_people(kind: type[Shock], watching: Any) -> None:
    watches = []
    for severity in (1.0, 1.7, 4.0):
        watches.append(watching())
        run(from_dict(with_shock(kind, severity=severity)), unshocked=False)
    for less, more in itertools.pairwise(watches):
        earlier: set[int] = set()  # one who has stopped paying cannot stop again
        for key, struck in sorted(less.hits.items(), key=lambda hit: hit[0][1]):
            if kind is StrategicDefault:
                earlier |= more.hits[key]
            assert struck & more.there[key] <= more.hits[key] | earlier
        if kind is not CostOfLiving:
            assert sum(map(len, more.hits.values())) > sum(map(len, less.hits.values()))


@pytest.mark.parametrize("kind", STRIKING)
def test_the_same_seed_strikes_the_same_people(kind: type[Shock], watching: Any) -> None:
    first = watching()
    run(from_dict(with_shock(kind)), unshocked=False)
    again = watching()
    run(from_dict(with_shock(kind)), unshocked=False)
    reverse = watching()
    run(from_dict(with_shock(kind)), unshocked=False, reverse_blocks=True)
    other = watching()
    run(from_dict({**with_shock(kind), "seed": 4}), unshocked=False)
    assert first.hits == again.hits == reverse.hits
    assert first.hits != other.hits


@pytest.mark.parametrize("kind", SHOCKS)
def test_before_it_starts_nothing_is_different(kind: type[Shock]) -> None:
    without, dated = ran(base=QUIET), ran(base=with_shock(kind, severity=3.0, **DATES))
    before = without.panel["month"] < "2026-04-01"
    assert dated.panel[before].equals(without.panel[before])
    assert not dated.panel.equals(without.panel)


@pytest.mark.parametrize("kind", STRIKING)
def test_it_strikes_between_its_dates_only(kind: type[Shock], watching: Any) -> None:
    watch = watching()
    world = from_dict(with_shock(kind, severity=3.0, **DATES))
    run(world, unshocked=False)
    clock = Clock(world.span.start, world.span.months, world.book.warm_up)
    days = [clock.date(day // 100) for (_, day), struck in watch.hits.items() if struck]
    starts, ends = dt.date.fromisoformat(DATES["starts"]), dt.date.fromisoformat(DATES["ends"])
    assert min(days) >= starts
    assert max(days) <= ends + dt.timedelta(days=31)  # the due day after it answers for the days before its end
    bills = [(day, (day.replace(day=1) - dt.timedelta(days=1)).replace(day=day.day)) for day in days]
    assert all(last_due < ends for _, last_due in bills)


@pytest.mark.parametrize("kind", STRIKING)
def test_a_shock_of_some_days_strikes_in_proportion(kind: type[Shock], watching: Any) -> None:
    struck = {}
    for name, dates in {
        "none": None,
        "ten days": ("2026-06-11", "2026-06-20"),
        "month": ("2026-06-01", "2026-06-30"),
    }.items():
        watch = watching()
        dated = {} if dates is None else {"starts": dates[0], "ends": dates[1]}
        run(from_dict(with_shock(kind, severity=0.0 if dates is None else 20.0, **dated)), unshocked=False)
        struck[name] = sum(len(rows) for rows in watch.hits.values())
    assert struck["none"] == 0
    assert 0 < struck["ten days"] < struck["month"]


@pytest.mark.parametrize("kind", SHOCKS)
def test_strength_over_days_is_their_mean(kind: type[Shock]) -> None:
    shock = kind(starts="2026-06-11", ends="2026-06-20", severity=3.0)  # type: ignore[call-arg]
    assert shock.mean_strength(dt.date(2026, 6, 1), dt.date(2026, 6, 30)) == pytest.approx(1.0)
    assert shock.mean_strength(dt.date(2026, 6, 12), dt.date(2026, 6, 15)) == pytest.approx(3.0)
    assert shock.mean_strength(dt.date(2026, 7, 1), dt.date(2026, 7, 30)) == 0.0


def test_dearer_living_strikes_the_same_people_harder(monkeypatch: pytest.MonkeyPatch) -> None:
    original, cost = CostOfLiving.strike, [0.0, 0.0]

    def watched(shock: Shock, name: str, block: Block, cycle: Cycle) -> Any:
        before = cycle.change.copy()
        rows = original(shock, name, block, cycle)  # type: ignore[arg-type]
        assert (cycle.change[rows] <= before[rows]).all()
        cost[shock.severity == 2.0] += float((before - cycle.change).sum())
        return rows

    monkeypatch.setattr(CostOfLiving, "strike", watched)
    for severity in (1.0, 2.0):
        run(from_dict(with_shock(CostOfLiving, severity=severity)), unshocked=False)
    assert 1.98 * cost[0] < cost[1] < 2.02 * cost[0]


def test_a_rate_rise_adds_its_points_and_refuses_an_aim() -> None:
    floating = laid_over(with_shock(RateRise, severity=2.5, **DATES), {"lender.products.instalment.floating": 1.0})
    path = {"baseline": 4.0, "2026-04": 6.5, "2026-08": 4.0}
    base = laid_over(QUIET, {"lender.products.instalment.floating": 1.0, "world.economy.policy_rate": 4.0})
    risen = ran(base=laid_over(base, {"world.economy.policy_rate": path}))
    assert ran(base=laid_over(floating, {"world.economy.policy_rate": 4.0})).panel.equals(risen.panel)
    with pytest.raises(ScenarioError, match="region cannot aim a rate rise"):
        from_dict(with_shock(RateRise, where={"region": ["south"]}))


def test_late_wages_bring_back_every_cent(monkeypatch: pytest.MonkeyPatch) -> None:
    original, held, paid = LateWages.go_on, [0], [0]

    def watched(shock: Any, name: str, block: Block, cycle: Cycle) -> None:
        change, savings = cycle.change.copy(), block.savings.copy()
        original(shock, name, block, cycle)
        held[0] += int((change - cycle.change).sum())
        paid[0] += int((block.savings - savings).sum())
        books.setdefault(id(block), block)

    books: dict[int, Block] = {}
    monkeypatch.setattr(LateWages, "go_on", watched)
    world = laid_over(with_shock(LateWages, incidence=0.6), {"book.closed": True, "book.follow_months": 60})
    run(from_dict(world), unshocked=False)
    owed = sum(int(block.own["it.owed"].sum()) for block in books.values())
    assert held[0] > 0
    assert held[0] - paid[0] >= owed >= 0  # what is not paid is owed, to those who have not left
    assert paid[0] > 0.6 * held[0]


def test_who_stops_on_purpose_pays_nothing_and_is_not_short() -> None:
    world = from_dict(with_shock(StrategicDefault, base=1.0, starts="2026-04-01"))
    before = ran(base=QUIET).panel
    after = run(world, unshocked=False).panel
    month = (after["segment"] == "all") & (after["month"] >= "2026-05-01")
    assert after[month]["paid"].max() < 0.2 * before[month]["paid"].min()  # newcomers pay until their first due day
    assert (
        after[after["segment"] == "all"]["charge_offs"].sum()
        > 3 * before[before["segment"] == "all"]["charge_offs"].sum()
    )


WHERE = {"region": ["south"], "income_quintile": [1, 2], "youngest": 30, "oldest": 50, "score_below": 720}


@pytest.mark.parametrize("kind", STRIKING)
def test_it_strikes_whom_it_is_aimed_at(kind: type[Shock], monkeypatch: pytest.MonkeyPatch) -> None:
    original, struck = kind.strike, [0]

    def watched(shock: Shock, name: str, block: Block, cycle: Cycle) -> Any:
        rows = original(shock, name, block, cycle)
        struck[0] += rows.size
        regions, educations = len(cycle.labels["region"]), len(cycle.labels["education"])
        region = block.group[rows].astype(np.int64) // educations % regions
        assert (region == cycle.labels["region"].index("south")).all()
        assert (block.quintile[rows] <= 1).all()
        assert ((block.age[rows] >= 30) & (block.age[rows] <= 50)).all()
        assert (block.score[rows] < 720).all()
        return rows

    monkeypatch.setattr(kind, "strike", watched)
    run(from_dict(with_shock(kind, severity=4.0, where=WHERE)), unshocked=False)
    assert struck[0] > 10


def test_aimed_unemployment_falls_on_its_groups() -> None:
    """Separation rises where it is aimed at and hardly anywhere else; the total follows the path."""
    aimed = {"severity": 3.0, **DATES, "where": {"region": ["south"]}}
    base = scenario(QUIET, world__economy__unemployment=5.0)
    world = laid_over(QUIET, {"world.economy.unemployment": 5.0, "world.shocks.unemployment": aimed})
    setting = Setting.of(from_dict(world), 1)
    calm, paths = Setting.of(base, 1).paths(shocked=True), setting.paths(shocked=True)
    meant = setting.scenario.world.shocks["unemployment"].where.groups(setting.labels)  # type: ignore[union-attr]
    row = paths.row(3)
    assert (paths.jobs.separation[row][meant] > 1.5 * calm.jobs.separation[row][meant]).all()
    np.testing.assert_allclose(paths.jobs.separation[row][~meant], calm.jobs.separation[row][~meant], rtol=0.05)
    shares = setting.groups.shares
    out = (paths.jobs.unemployed * shares).sum(axis=1)
    assert out[paths.row(4)] == pytest.approx(0.08, abs=1e-6)
