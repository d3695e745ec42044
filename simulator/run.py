"""One run: a scenario and a seed in, a result out; a pure function, with its provenance."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from simulator import tape as tapes
from simulator.book import SEGMENTS, Book
from simulator.clock import Clock
from simulator.draws import Draws
from simulator.economy import Groups, Paths, build, groups_of
from simulator.engine import LEAST_PAST, Engine, Life, Observer, Rules
from simulator.habits import Living
from simulator.ledger import Ledger
from simulator.lending import Lending, furnish
from simulator.panel import Panel
from simulator.policies import InForce, Policy
from simulator.population import Recipe, draw
from simulator.products import Product
from simulator.provenance import provenance
from simulator.scenario import Scenario, has_shocks
from simulator.shocks import JOB_LOSS, Unemployment

if TYPE_CHECKING:
    import pandas as pd

SAMPLE = 20_000  # people from whom the shares of the labour-market groups are taken


@dataclass
class Result:
    """What a run gives: the panel and the tables beside it, the unshocked twin, counts, provenance."""

    scenario: Scenario
    record: Panel
    unshocked_record: Panel | None
    counted: list[dict[str, Any]]
    provenance: dict[str, Any]
    rejected: pd.DataFrame | None = None
    counterfactual: Any = None  # the reruns without each cause, where they were asked for
    accounts: pd.DataFrame | None = None  # every loan of the tape foreseen, where that was asked for
    mean_statuses: pd.DataFrame | None = None  # payment statuses over many lives, where that was asked for
    _frames: dict[str, pd.DataFrame] = field(default_factory=dict)

    def _frame(self, name: str, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        if name not in self._frames:
            self._frames[name] = make()
        return self._frames[name]

    @property
    def panel(self) -> pd.DataFrame:
        """One row a month and segment."""
        return self._frame("panel", self.record.frame)

    @property
    def unshocked(self) -> pd.DataFrame | None:
        """The same book with the same luck in the baseline world; None where there is nothing to compare."""
        return None if self.unshocked_record is None else self._frame("unshocked", self.unshocked_record.frame)

    @property
    def vintages(self) -> pd.DataFrame:
        """Vintage curves."""
        from simulator.panel.tables import vintages_frame

        return self._frame("vintages", lambda: vintages_frame(self.record))

    @property
    def roll_rates(self) -> pd.DataFrame:
        """Transitions between buckets."""
        from simulator.panel.tables import roll_rates_frame

        return self._frame("roll_rates", lambda: roll_rates_frame(self.record))

    @property
    def payment_statuses(self) -> pd.DataFrame | None:
        """Transitions between payment statuses, of this run alone; None where no habits are followed."""
        from simulator.panel.statuses import statuses_frame

        return self._frame("statuses", lambda: statuses_frame(self.record)) if self.record.statuses else None

    @property
    def flows(self) -> pd.DataFrame:
        """The money identity by product and month."""
        from simulator.panel.tables import flows_frame

        return self._frame("flows", lambda: flows_frame(self.record))

    @property
    def hit(self) -> pd.DataFrame:
        """Who was hit."""
        from simulator.panel.tables import hit_frame

        return self._frame("hit", lambda: hit_frame(self.record))

    @property
    def policies(self) -> pd.DataFrame:
        """What each policy did, month by month, and what it cost whom."""
        from simulator.panel.tables import policies_frame

        return self._frame("policies", lambda: policies_frame(self.record))

    @property
    def causes(self) -> pd.DataFrame:
        """Why: one row for each default of the span, with the chain that led to it and its main cause."""
        from simulator.causes import causes_frame

        return self._frame("causes", lambda: causes_frame(self.record, self.scenario))


@dataclass
class Setting:
    """A scenario made ready: calendar, products, labour-market groups, luck."""

    scenario: Scenario
    draws: Draws
    clock: Clock
    labels: dict[str, tuple[str, ...]]
    groups: Groups
    products: dict[str, Product]
    worked_out: dict[bool, Paths] = field(default_factory=dict)

    @classmethod
    def of(cls, scenario: Scenario, seed: int) -> Setting:
        """From a scenario and a seed."""
        recipe, plan = scenario.book.recipe, scenario.book
        labels = {
            "sector": tuple(recipe.sectors),
            "region": tuple(recipe.regions),
            "education": tuple(recipe.educations),
            **SEGMENTS,
        }
        groups = groups_of(scenario.world.labour, labels, _sample_codes(recipe.model_dump_json()))
        warm_up = 0 if plan.tape is not None else plan.warm_up
        return cls(
            scenario,
            Draws(seed),
            Clock(scenario.span.start, scenario.span.months, warm_up),
            labels,
            groups,
            pay_order(scenario),
        )

    def paths(self, *, shocked: bool) -> Paths:
        """The economy of the run, shocked or held at its baseline; worked out once."""
        if shocked not in self.worked_out:
            self.worked_out[shocked] = self._paths(shocked)
        return self.worked_out[shocked]

    def _paths(self, shocked: bool) -> Paths:
        world = self.scenario.world
        months = range(-self.clock.warm_up, self.clock.months)
        points = np.zeros(len(months))
        targeted = np.zeros(self.groups.count, np.bool_)
        for shock in world.shocks.values():
            if isinstance(shock, Unemployment):
                there = [shock.starts is None or (shocked and month >= 0) for month in months]
                ends = [(self.clock.month_date(month), self.clock.month_end_date(month)) for month in months]
                strength = [shock.mean_strength(first, last) for first, last in ends]
                points += np.where(there, strength, 0.0)
                targeted |= shock.where.groups(self.labels) if shock.where is not None else np.True_
        return build(
            world.economy,
            world.labour,
            self.groups,
            self.clock.start,
            self.clock.months,
            self.clock.warm_up,
            shocked=shocked,
            extra_points=points,
            targeted=targeted,
            lived=self.scenario.book.warm_up_world == "path",
        )

    @property
    def policies(self) -> dict[str, Policy]:
        """The state's policies and the lender's, by name."""
        return dict(sorted([*self.scenario.world.policies.items(), *self.scenario.lender.policies.items()]))

    @property
    def causes(self) -> tuple[str, ...]:
        """What may strike a borrower and is remembered: the loss of the job, and the shocks by name."""
        shocks = self.scenario.world.shocks.items()
        return (JOB_LOSS, *(name for name, shock in shocks if shock.strikes))

    @property
    def own(self) -> dict[str, type[np.generic]]:
        """The columns that single shocks and policies keep for themselves, by `name.column`."""
        world = self.scenario.world
        entries: list[tuple[str, Any]] = [*world.shocks.items(), *self.policies.items()]
        if world.bureau is not None:
            entries.append(("bureau", world.bureau))
            entries += [(name, product) for name, product in self.products.items() if product.reviewed]
        habits = self.scenario.lender.behaviour.habits
        if habits is not None:
            entries += [(name, habits) for name, product in self.products.items() if product.kind == "card"]
        return {f"{name}.{column}": dtype for name, entry in entries for column, dtype in entry.own.items()}

    def rules(self) -> Rules:
        """The lender's and the world's rules, fresh (policies in force are state of a run)."""
        lender, world = self.scenario.lender, self.scenario.world
        return Rules(
            self.products,
            InForce(self.policies),
            lender.behaviour,
            lender.reserve,
            world.labour,
            dict(world.shocks),
            lender.desk,
            lender.trust,
            lender.opacity,
            world.bureau,
            Living.of(lender.behaviour.habits, self.clock.start, tapes.snapshot(self.scenario.book.tape)),
        )


@lru_cache(maxsize=16)
def _sample_codes(recipe: str) -> npt.NDArray[np.int64]:
    """Labour-market groups of a sample of a recipe's people (the recipe as JSON): the same for every run."""
    known = Recipe.model_validate_json(recipe)
    sample = draw(known, np.arange(SAMPLE, dtype=np.int64), Draws(0))
    codes = (sample.sector.astype(np.int64) * len(known.regions) + sample.region) * len(known.educations)
    return np.asarray(codes + sample.education)


def pay_order(scenario: Scenario) -> dict[str, Product]:
    """Products in the order in which a household short of money pays them."""
    products: dict[str, Product] = dict(scenario.lender.products)
    first = list(scenario.lender.behaviour.pays_first)
    rest = sorted(
        (name for name in products if name not in first),
        key=lambda name: (products[name].kind == "card", name),
    )
    return {name: products[name] for name in [*first, *rest] if name in products}


def run(
    scenario: Scenario,
    seed: int | None = None,
    *,
    unshocked: bool = True,
    progress: Callable[[str, int, int], None] | None = None,
    reverse_blocks: bool = False,
) -> Result:
    """Live through a scenario; the same scenario and seed give the same bytes, on any machine and in any order.

    With `unshocked` the same book also lives through the baseline world, with the same luck, for comparison.
    `progress` is called with what is being done, months done and months in all. Raises IdentityError if money
    does not add up, TapeError and ScenarioError for unusable input.
    """
    started = time.perf_counter()
    seed = scenario.seed if seed is None else seed
    setting = Setting.of(scenario, seed)
    clock = setting.clock
    tape = _tape(scenario)
    both = unshocked and has_shocks(scenario)
    total = clock.warm_up + clock.months * (2 if both else 1)
    done = [0]

    def tick(what: str) -> Callable[[int], None] | None:
        if progress is None:
            return None

        def told(month: int) -> None:
            done[0] += 1
            progress(what, done[0], total)

        return told

    start = _begin(setting, tape)
    calm = setting.paths(shocked=False)
    _live(setting, start, calm, -clock.warm_up, 0, True, reverse_blocks, tick("warming up"))
    twin = start.copy() if both else None
    _live(setting, start, setting.paths(shocked=True), 0, clock.months, False, reverse_blocks, tick("running"))
    if twin is not None:
        _live(setting, twin, calm, 0, clock.months, True, reverse_blocks, tick("the same book unshocked"))
    counted = [*(tape.counted if tape is not None else []), *_added(start.book.counted)]
    return Result(
        scenario,
        start.panel,
        twin.panel if twin is not None else None,
        counted,
        provenance(scenario, seed, time.perf_counter() - started, clock, tape),
        tape.rejected if tape is not None else None,
    )


def _tape(scenario: Scenario) -> tapes.Tape | None:
    """The scenario's tape, if it has one that its lender can take over."""
    if scenario.book.tape is None:
        return None
    from simulator.from_tape import check_tape

    tape = tapes.read(scenario.book.tape)
    check_tape(tape, dict(scenario.lender.products), scenario.lender.currency)
    return tape


@dataclass
class State:
    """Everything that changes in a run; only arrays, so that it can be copied at a month's end."""

    book: Book
    ledger: Ledger
    panel: Panel
    lending: Lending

    def copy(self) -> State:
        """The same book, ready for another world."""
        import copy

        return State(self.book.copy(), copy.deepcopy(self.ledger), self.panel.copy(), copy.copy(self.lending))


def _begin(setting: Setting, tape: tapes.Tape | None) -> State:
    """The book at the start of the warm-up, or as the tape says."""
    scenario, clock = setting.scenario, setting.clock
    plan = scenario.book
    cuts = tuple(cut for cut in plan.segments if cut != "product")
    borrowers = plan.borrowers if tape is None else tape.rows_used
    book = Book.empty(plan.due_days, borrowers, setting.labels, cuts, plan.follow_months)
    if scenario.lender.trust is not None and clock.warm_up < LEAST_PAST:
        why = (
            f"trust moves by what is more than usual; a warm-up of at least {LEAST_PAST} months is needed to know that"
        )
        told = {"what": "months with trust held at 1", "number": clock.months, "money": 0.0, "why": why}
        book.counted.append(told)
    for block in book.blocks:
        relief = any(policy.relieves for policy in setting.policies.values())
        furnish(block, setting.products, setting.own, setting.causes, relief=relief)
    ledger = Ledger(tuple(setting.products), book.segments, clock.warm_up + clock.months)
    rate = scenario.world.economy.policy_rate.baseline / 100.0
    costs = scenario.lender.costs
    panel = Panel(clock, tuple(setting.products), cuts, setting.labels, book.segments, costs, rate)
    policies = setting.rules().policies
    policies.set_date(clock.month_date(-clock.warm_up), baseline=True)
    lending = Lending(
        plan.recipe,
        setting.products,
        policies,
        scenario.world.labour,
        setting.draws,
        clock,
        borrowers,
        plan.growth,
        open_book=not plan.closed,
        behaviour=scenario.lender.behaviour,
        opacity=scenario.lender.opacity,
        bureau=scenario.world.bureau,
        reach=scenario.lender.reach,
    )
    paths = setting.paths(shocked=False)
    if tape is None:
        lending.begin(book, ledger, panel, paths)
    else:
        from simulator.from_tape import begin_from_tape

        begin_from_tape(tape, lending, book, ledger, panel, paths)
    return State(book, ledger, panel, lending)


def _live(
    setting: Setting,
    state: State,
    paths: Paths,
    first: int,
    last: int,
    baseline: bool,
    reverse: bool,
    progress: Callable[[int], None] | None,
    observer: Observer | None = None,
) -> None:
    rules = setting.rules()
    state.lending.policies = rules.policies
    life = Life(
        rules,
        state.book,
        state.ledger,
        state.panel,
        paths,
        setting.draws,
        setting.clock,
        state.lending,
        baseline=baseline,
    )
    engine = Engine(life, reverse_blocks=reverse, progress=progress, observer=observer)
    engine.run(first, last)


def _added(entries: list[dict[str, object]]) -> list[dict[str, Any]]:
    from simulator.population.people import added

    return added(list(entries))
