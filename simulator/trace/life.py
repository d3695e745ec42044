"""One borrower's life in a scenario: the same run again, with somebody looking on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from simulator.errors import ScenarioError
from simulator.run import Setting, State, _begin, _live, tape_of
from simulator.scenario import Scenario
from simulator.shard import shard_of
from simulator.trace.lines import Line, LinedLedger
from simulator.trace.watch import Contact, Month, Watch

if TYPE_CHECKING:
    import pandas as pd

Told = Callable[[str, int, int], None]


@dataclass
class Life:
    """One borrower's span: months, ledger lines, what the lender did, and the defaults with their main causes."""

    scenario: Scenario
    setting: Setting
    borrower: int
    months: list[Month]
    lines: list[Line]
    contacts: list[Contact]
    first: Month | None
    struck_before: dict[str, int] = field(default_factory=dict)  # cause: month in which it last struck before the span
    defaults: list[dict[str, Any]] = field(default_factory=list)

    def date(self, day: int) -> Any:
        """The calendar date of a day of the span."""
        return self.setting.clock.date(day)


@dataclass
class Ready:
    """A scenario lived up to the start of its span, from which many lives can be told."""

    setting: Setting
    state: State

    @classmethod
    def of(cls, scenario: Scenario, seed: int, told: Told | None = None, borrower: int = 0) -> Ready:
        """Live through the warm-up: the book, or that shard of it to which a borrower belongs. Raises as `run` does."""
        setting = Setting.of(scenario, seed, shard_of(borrower, scenario.shards))
        state, clock = _begin(setting, tape_of(scenario)), setting.clock
        if clock.warm_up:
            tick = ticking(told, "warming up", -clock.warm_up, 0)
            _live(setting, state, setting.paths(shocked=False), -clock.warm_up, 0, True, False, tick)
        return cls(setting, state)

    def watched(self, borrower: int, told: Told | None = None) -> tuple[Life, State]:
        """Live the span on a copy with a watch on one borrower; also the state at its end.

        Raises ScenarioError where nobody of that number comes into the book.
        """
        setting, state = self.setting, self.state.copy()
        clock = setting.clock
        ledger = LinedLedger.taking_over(state.ledger, borrower)
        state.ledger = ledger
        watch = Watch(borrower, state.book, ledger, clock)
        watch.begin(0)
        tick = ticking(told, f"watching borrower {borrower}", 0, clock.months, watch.close)
        _live(setting, state, setting.paths(shocked=True), 0, clock.months, False, False, tick, watch)
        months = [watch.months[number] for number in sorted(watch.months)]
        if not months:
            raise ScenarioError(nobody(setting.scenario, borrower, state.book.next_id, clock.months))
        defaults = defaults_of(state, setting.scenario, borrower)
        kept = (months, ledger.lines, watch.contacts, watch.first, watch.struck_before, defaults)
        return Life(setting.scenario, setting, borrower, *kept), state


def trace(scenario: Scenario, borrower: int, seed: int | None = None, told: Told | None = None) -> Life:
    """One borrower's life in a scenario, with every line of the ledger.

    The run is the same as without anybody looking on. Raises ScenarioError where there is no such borrower, and what
    `run` raises.
    """
    seed = scenario.seed if seed is None else seed
    return Ready.of(scenario, seed, told, max(borrower, 0)).watched(borrower, told)[0]


def nobody(scenario: Scenario, borrower: int, after: int, months: int) -> str:
    """What to say where a number is nobody's in the span."""
    if not 0 <= borrower < after:
        return (
            f"borrower {borrower}: {scenario.name} has nobody of that number; numbers go from 0 to {after - 1}, and "
            "not all who apply are taken"
        )
    return (
        f"borrower {borrower}: not in the book of {scenario.name} in its {months} months (refused, or gone before); "
        "--like failure or --like success finds somebody who is"
    )


def defaults_of(state: State, scenario: Scenario, borrower: int) -> list[dict[str, Any]]:
    """The borrower's defaults of the span with the chain and the main cause of each."""
    from simulator.causes import causes_frame

    causes: pd.DataFrame = causes_frame(state.panel, scenario)
    own = causes[causes["borrower"] == borrower]
    return [{str(name): value for name, value in row.items()} for row in own.to_dict("records")]


def ticking(
    told: Told | None, what: str, first: int, last: int, also: Callable[[int], None] | None = None
) -> Callable[[int], None]:
    """What the engine calls at the end of each month."""

    def tick(month: int) -> None:
        if also is not None:
            also(month)
        if told is not None:
            told(what, month + 1 - first, last - first)

    return tick
