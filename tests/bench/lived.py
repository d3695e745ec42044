"""Live through a scenario and time the months, apart from building the book."""

from __future__ import annotations

import sys
import time

from simulator.draws import Draws
from simulator.scenario import Scenario


def lived(scenario: Scenario, draws: Draws) -> tuple[float, float, int]:
    """Processor seconds to build the book, to live all months (warm-up too), and borrower-months lived."""
    import simulator.run  # noqa: F401

    run = sys.modules["simulator.run"]
    setting = run.Setting.of(scenario, draws.seed)
    started = time.process_time()
    state = run._begin(setting, None)
    built = time.process_time()
    clock = setting.clock
    if clock.warm_up:
        run._live(setting, state, setting.paths(shocked=False), -clock.warm_up, 0, True, False, None)
    run._live(setting, state, setting.paths(shocked=True), 0, clock.months, False, False, None)
    return built - started, time.process_time() - built, scenario.book.borrowers * (clock.warm_up + clock.months)
