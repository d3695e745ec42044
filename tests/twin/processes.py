"""The slow twin as SimPy is often written: one process per borrower, one event a month. For the speed table only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from typing import Any

import simpy

from simulator.clock import Hour
from simulator.cycle import News, Weather
from simulator.engine import Life
from simulator.run import Setting, State, _begin
from simulator.scenario import Scenario
from tests.twin.beside import borrower_at
from tests.twin.debts import Tally
from tests.twin.life import close_month, live
from tests.twin.person import Borrower, House

Totals = dict[int, Tally]


def opening_book(scenario: Scenario) -> tuple[Setting, State]:
    """A book at the start of the warm-up, drawn and seasoned as the engine's."""
    setting = Setting.of(scenario, scenario.seed)
    return setting, _begin(setting, None)


def sized(scenario: Scenario, borrowers: int, months: int) -> Scenario:
    """The scenario closed, without a warm-up, in another size: every process is there from the start."""
    book = scenario.book.model_copy(update={"borrowers": borrowers, "warm_up": 0, "closed": True})
    return scenario.model_copy(update={"book": book, "span": scenario.span.model_copy(update={"months": months})})


def world_of(setting: Setting, state: State) -> list[Weather]:
    """The weather of each month of the span."""
    paths = setting.paths(shocked=True)
    life = Life(
        setting.rules(),
        state.book,
        state.ledger,
        state.panel,
        paths,
        setting.draws,
        setting.clock,
        state.lending,
        baseline=False,
    )
    return [life._weather(month, News()) for month in range(setting.clock.months)]


def lifetime(
    env: simpy.Environment, borrower: Borrower, weather: list[Weather], house: House, totals: Totals
) -> Generator[simpy.Event, Any, None]:
    """A borrower's months: on the due day everything of the month happens, and its close is worked out."""
    clock = house.clock
    for month in range(clock.months):
        yield env.timeout(clock.at(clock.due_day(month, borrower.due_day), Hour.WORLD) - env.now)
        house.tally = totals[month]
        live(borrower, month, weather[month], house)
        if not close_month(borrower, month, house):
            return


class ProcessPerBorrower:
    """A closed book made ready, so that a clock can be held to `run` alone."""

    def __init__(self, scenario: Scenario, borrowers: int, months: int) -> None:
        setting, state = opening_book(sized(scenario, borrowers, months))
        self.weather = world_of(setting, state)
        self.people = [
            borrower_at(block, row, setting) for block in state.book.blocks for row in block.there.nonzero()[0].tolist()
        ]
        follow = scenario.book.follow_months
        self.house = House(setting.rules(), setting.clock, setting.labels, state.lending.idle_days, follow)

    def run(self) -> Totals:
        """Live through all months; the lender's tally of each."""
        clock = self.house.clock
        self.house.rules.policies.set_date(clock.month_date(0), baseline=False)
        totals: Totals = {month: Counter() for month in range(clock.months)}
        env = simpy.Environment()
        for borrower in self.people:
            env.process(lifetime(env, borrower, self.weather, self.house, totals))
        env.run()
        return totals


def run_process_per_borrower(scenario: Scenario, borrowers: int, months: int) -> Totals:
    """The lender's totals of each month, by (product, measure), from a closed book of so many borrowers."""
    return ProcessPerBorrower(scenario, borrowers, months).run()
