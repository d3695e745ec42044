"""Causes against what must follow from their parameters: how many jobs are lost in all, and how many work short."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from small_worlds import BUSY, laid_over

from simulator.block import ILL, PAY_CUT, UNEMPLOYED, Block
from simulator.cycle import Cycle
from simulator.run import run
from simulator.scenario import from_dict
from simulator.shocks import Illness, ShortTimeWork, unemployment

PLAIN = laid_over(
    BUSY,
    {
        "span.months": 12,
        "book.borrowers": 50_000,
        "book.warm_up": 12,
        "book.due_days": [10],
        "book.segments": [],
        "lender.products": {"instalment": {"kind": "instalment"}},
        "world.economy.unemployment": 5.0,
        "world.shocks": {"illness": {}},
    },
)
OFTEN_ILL = {"incidence": 0.5, "off_work": 0.6, "days_median": 45.0}


@pytest.mark.long
def test_jobs_lost_to_illness_are_not_lost_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ill lose their job the stated number of times as often; unemployment stays where the path says."""
    lost: dict[float, list[float]] = {}
    original = unemployment.lose_jobs
    times = 1.0

    def watched(block: Block, cycle: Cycle, *rest: Any) -> Any:
        at_work = block.here & ((block.spells & UNEMPLOYED) == 0)
        ill = (block.spells & ILL) != 0
        rows = original(block, cycle, *rest)
        struck = np.zeros(block.size, np.bool_)
        struck[rows] = True
        counts = lost.setdefault(times, [0.0, 0.0, 0.0, 0.0])
        for place, group in enumerate((at_work & ill, at_work & ~ill)):
            counts[place] += float(struck[group].sum())
            counts[place + 2] += float(group.sum())
        return rows

    monkeypatch.setattr("simulator.engine.engine.lose_jobs", watched)
    rates = {}
    for times in (1.0, 6.0):
        shocks = {"world.shocks.illness": {**OFTEN_ILL, "job_loss": times}}
        panel = run(from_dict(laid_over(PLAIN, shocks)), unshocked=False).panel
        rates[times] = panel["unemployment_rate"] - panel["economy_unemployment_rate"]
    assert abs(rates[6.0] - rates[1.0]).max() < 0.002
    for times, (ill, well, ill_months, well_months) in lost.items():
        assert (ill / ill_months) / (well / well_months) == pytest.approx(times, rel=0.15)


def test_the_expected_share_ill_is_the_share_ill() -> None:
    """Chance x share off work x mean days / 365, of people around forty."""
    risk = Illness(incidence=0.3, off_work=0.5, days_median=40.0, job_loss=2.0).jobs_at_risk(1.0)
    assert risk is not None
    mean_days = 40.0 * np.exp(0.75**2 / 2.0)
    a_year = 12.0 * (1.0 - 0.7 ** (1.0 / 12.0))
    assert risk.share == pytest.approx(a_year * 0.5 * mean_days / 365.0, rel=1e-9)
    assert Illness().jobs_at_risk(1.0) is None
    assert Illness(job_loss=3.0).jobs_at_risk(0.0) is None


def test_as_many_work_short_as_the_share_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """At half strength half as many, and the same people; after its end nobody."""
    original = ShortTimeWork.strike
    seen: list[tuple[float, float, set[int]]] = []

    def watched(shock: Any, name: str, block: Block, cycle: Cycle) -> Any:
        rows = original(shock, name, block, cycle)
        able = block.here & ((block.spells & UNEMPLOYED) == 0)
        short = able & ((block.spells & PAY_CUT) != 0)
        seen.append((cycle.strength[name], short.sum() / able.sum(), set(block.id[short].tolist())))
        return rows

    monkeypatch.setattr(ShortTimeWork, "strike", watched)
    profile = {"2026-01": 0.0, "2026-03": 0.5, "2026-06": 1.0, "2026-09": 0.0}
    shock = {"kind": "short_time_work", "share": 0.4, "starts": "2026-01", "profile": profile}
    run(from_dict(laid_over(PLAIN, {"book.borrowers": 5000, "world.shocks": {"short": shock}})), unshocked=False)
    for strength, share, _ in seen:
        assert share == pytest.approx(0.4 * strength, abs=0.02)
    half = next(ids for strength, _, ids in seen if strength == 0.5)
    full = next(ids for strength, _, ids in seen if strength == 1.0)
    assert len(half - full) < 0.2 * len(half)  # those who have left or lost the job since
