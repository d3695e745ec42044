"""One run: a scenario and a seed in, a result out; a pure function, with its provenance."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from simulator import tape as tapes
from simulator.book import Book
from simulator.economy import Paths
from simulator.engine import LEAST_PAST, Engine, Life, Observer
from simulator.ledger import Ledger
from simulator.lending import Lending, furnish
from simulator.panel import Panel
from simulator.provenance import provenance
from simulator.result import Result
from simulator.scenario import Scenario, has_shocks
from simulator.setting import Setting, pay_order
from simulator.state import State

__all__ = ["Result", "Setting", "State", "pay_order", "run"]


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
