"""One run: a scenario and a seed in, a result out; a pure function, with its provenance."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from simulator import tape as tapes
from simulator import warmed
from simulator.economy import Paths
from simulator.engine import LEAST_PAST, Engine, Life, Observer
from simulator.errors import TapeError
from simulator.kept import Store
from simulator.panel import Panel
from simulator.panel import added as added_panels
from simulator.population.people import added as added_counts
from simulator.provenance import provenance
from simulator.result import Result
from simulator.scenario import Scenario, has_shocks
from simulator.setting import Setting, pay_order
from simulator.shard import shards
from simulator.state import State

__all__ = ["Result", "Setting", "State", "pay_order", "run"]

Told = Callable[[str, int, int], None]


@dataclass
class Lived:
    """What one shard of a book leaves behind: its panel, its unshocked twin's, and what was counted."""

    record: Panel
    unshocked_record: Panel | None
    counted: list[dict[str, Any]]


def run(
    scenario: Scenario,
    seed: int | None = None,
    *,
    unshocked: bool = True,
    progress: Told | None = None,
    reverse_blocks: bool = False,
    books: Store | None = None,
) -> Result:
    """Live through a scenario; the same scenario and seed give the same bytes, on any machine and in any order.

    With `unshocked` the same book also lives through the baseline world, with the same luck, for comparison. A book in
    shards is lived shard by shard, and their records add up. With `books` a warmed-up book is taken from there where an
    earlier run has kept it, else kept there: the answer is the same. `progress` is called with what is being done,
    months done and months in all. Raises IdentityError if money does not add up, TapeError and ScenarioError for
    unusable input.
    """
    started = time.perf_counter()
    tape = tape_of(scenario)
    setting = Setting.of(scenario, scenario.seed if seed is None else seed)
    both, total, done = unshocked and has_shocks(scenario), months_of(scenario, unshocked=unshocked), 0

    def tick(what: str, months: int) -> None:
        nonlocal done
        done += months
        if progress is not None:
            progress(what, done, total)

    parts = [
        live_shard(setting.of_shard(shard), tape, both=both, tick=tick, reverse_blocks=reverse_blocks, books=books)
        for shard in shards(scenario.shards)
    ]
    return gathered(setting, parts, tape, started)


def months_of(scenario: Scenario, *, unshocked: bool = True) -> int:
    """How many months a run lives through, over all shards, the unshocked book's too."""
    warm_up = 0 if scenario.book.tape is not None else scenario.book.warm_up
    both = unshocked and has_shocks(scenario)
    return scenario.shards * (warm_up + scenario.span.months * (2 if both else 1))


def live_shard(
    setting: Setting,
    tape: tapes.Tape | None,
    *,
    both: bool,
    tick: Callable[[str, int], None] | None = None,
    reverse_blocks: bool = False,
    books: Store | None = None,
) -> Lived:
    """Live through the setting's shard, and with `both` through the baseline world too.

    `tick` hears what has been done and how many months that were: each by itself, and those of a kept book at once.
    """
    clock = setting.clock

    def told(what: str) -> Callable[[int], None] | None:
        return None if tick is None else lambda month: tick(what, 1)

    calm = setting.paths(shocked=False)
    start = None if books is None else warmed.find(books, setting)
    if start is None:
        start = _begin(setting, tape)
        _live(setting, start, calm, -clock.warm_up, 0, True, reverse_blocks, told("warming up"))
        if books is not None:
            warmed.keep(books, setting, start)
    elif tick is not None:
        tick("a warmed-up book", clock.warm_up)
    twin = start.copy() if both else None
    _live(setting, start, setting.paths(shocked=True), 0, clock.months, False, reverse_blocks, told("running"))
    if twin is not None:
        _live(setting, twin, calm, 0, clock.months, True, reverse_blocks, told("the same book unshocked"))
    counted = [*_worth_knowing(setting), *start.book.counted]
    return Lived(start.panel, None if twin is None else twin.panel, counted)


def gathered(setting: Setting, parts: Sequence[Lived], tape: tapes.Tape | None, started: float) -> Result:
    """The result of a run from all its shards, in order."""
    twins = [part.unshocked_record for part in parts if part.unshocked_record is not None]
    counted = added_counts([entry for part in parts for entry in part.counted])
    return Result(
        setting.scenario,
        added_panels([part.record for part in parts]),
        added_panels(twins) if twins else None,
        [*(tape.counted if tape is not None else []), *counted],
        provenance(setting.scenario, setting.draws.seed, time.perf_counter() - started, setting.clock, tape),
        tape.rejected if tape is not None else None,
    )


def tape_of(scenario: Scenario) -> tapes.Tape | None:
    """The scenario's tape, if it has one that its lender can take over."""
    if scenario.book.tape is None:
        return None
    from simulator.from_tape import check_tape

    tape = tapes.read(scenario.book.tape)
    check_tape(tape, dict(scenario.lender.products), scenario.lender.currency)
    if tape.rows_used < scenario.shards:
        raise TapeError(f"{tape.file}: {tape.rows_used:,} rows can be used, too few for {scenario.shards:,} shards")
    return tape


def _worth_knowing(setting: Setting) -> list[dict[str, Any]]:
    """What of the setting itself the reader of a result should know."""
    lender, clock, shard = setting.scenario.lender, setting.clock, setting.shard
    told: list[dict[str, Any]] = []
    if lender.trust is not None and clock.warm_up < LEAST_PAST and shard.number == 0:
        why = (
            f"trust moves by what is more than usual; a warm-up of at least {LEAST_PAST} months is needed to know that"
        )
        told.append({"what": "months with trust held at 1", "number": clock.months, "money": 0.0, "why": why})
    if lender.desk is not None and lender.desk.seats > 0 and shard.part(lender.desk.seats) == 0:
        why = f"{lender.desk.seats} seats are divided over {shard.of} shards; the first ones have them"
        told.append({"what": "shards without a seat at the desk", "number": 1, "money": 0.0, "why": why})
    return told


def _begin(setting: Setting, tape: tapes.Tape | None) -> State:
    """The shard's book at the start of the warm-up, or as the tape says."""
    shard = setting.shard
    tape = tape if tape is None or shard.of == 1 else tape.part(shard.rows)
    state = State.empty(setting, shard.part(setting.scenario.book.borrowers) if tape is None else tape.rows_used)
    paths = setting.paths(shocked=False)
    if tape is None:
        state.lending.begin(state.book, state.ledger, state.panel, paths)
    else:
        from simulator.from_tape import begin_from_tape

        begin_from_tape(tape, state.lending, state.book, state.ledger, state.panel, paths)
    return state


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
