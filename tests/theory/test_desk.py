"""The desk against queueing theory: the very code by which call sheets wait for seats, fed with Poisson arrivals."""

from __future__ import annotations

from math import factorial

import numpy as np
import pytest
import simpy

from simulator.desk import Desk
from simulator.draws import Draws, mix
from simulator.engine.desk import serve

SHEETS, BATCHES = 40_000, 40
MINUTES = 6.0


def erlang_c(seats: int, offered: float) -> float:
    """The chance to wait with Poisson arrivals and exponential service; `offered` load in seats."""
    queued = offered**seats / factorial(seats) * seats / (seats - offered)
    return queued / (sum(offered**busy / factorial(busy) for busy in range(seats)) + queued)


@pytest.mark.parametrize(("seats", "offered", "chance"), [(1, 0.5, 0.5), (2, 1.5, 9 / 14), (3, 2.0, 4 / 9)])
def test_the_formula_is_the_textbooks(seats: int, offered: float, chance: float) -> None:
    assert erlang_c(seats, offered) == pytest.approx(chance)


def waits(desk: Desk, offered: float) -> np.ndarray:
    """Hours that each sheet of one call waits for a seat; sheets come at random at so many seats' worth of work."""
    draws, ids = Draws(11), mix(np.arange(SHEETS))
    gaps = -np.log(draws.uniform("test.arrival", 0, ids)) * (desk.minutes_per_call / 60.0) / offered
    luck = draws.uniform("test.handling", 0, ids)
    env = simpy.Environment()
    seats = simpy.Resource(env, desk.seats)
    waited = np.full(SHEETS, np.nan)

    def come() -> object:
        for number in range(SHEETS):
            yield env.timeout(float(gaps[number]))
            came = float(env.now)

            def begin(now: float, number: int = number, came: float = came) -> float:
                waited[number] = now - came
                return desk.handling(1, float(luck[number]))

            env.process(serve(env, seats, begin, lambda: None))

    env.process(come())  # type: ignore[arg-type]
    env.run()
    return waited[SHEETS // 20 :]


def within_error(found: np.ndarray, expected: float) -> bool:
    """Whether a mean is as expected, within four standard errors; queues remember, so the error is that of batches."""
    means = [batch.mean() for batch in np.array_split(found, BATCHES)]
    return abs(found.mean() - expected) < 4.0 * np.std(means, ddof=1) / np.sqrt(BATCHES)


@pytest.mark.parametrize(("seats", "offered"), [(1, 0.5), (2, 1.5), (3, 2.0), (10, 8.0)])
def test_waiting_without_memory_is_erlang_c(seats: int, offered: float) -> None:
    """M/M/c: the share that waits is C, the mean wait C / (c mu - lambda)."""
    desk = Desk(seats=seats, minutes_per_call=MINUTES, calls_per_sheet=1, memoryless=True)
    waited, chance = waits(desk, offered), erlang_c(seats, offered)
    assert within_error((waited > 0.0).astype(float), chance)
    assert within_error(waited, chance * (MINUTES / 60.0) / (seats - offered))
    assert waited.mean() == pytest.approx(chance * (MINUTES / 60.0) / (seats - offered), rel=0.1)


def test_fixed_handling_halves_the_wait_at_one_seat() -> None:
    """M/D/1: half the wait of M/M/1 (Pollaczek and Khinchine), and as many wait."""
    desk = Desk(seats=1, minutes_per_call=MINUTES, calls_per_sheet=1)
    waited = waits(desk, 0.5)
    assert within_error(waited, 0.5 * 0.5 * (MINUTES / 60.0) / 0.5)
    assert within_error((waited > 0.0).astype(float), 0.5)
