"""The span lived again with one cause switched off: what is not there changes nothing, what is there is counted."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd
import pytest
from small_worlds import BUSY, laid_over, ran, scenario

from simulator.counterfactual import Counterfactual, agreement, counterfactual, sentences, switches_of
from simulator.counterfactual.agreement import rank_agreement
from simulator.counterfactual.rerun import ever_defaulted

CHANGES = {
    "span.months": 14,
    "book.borrowers": 800,
    "world.shocks.nothing": {"kind": "expense", "severity": 0.0, "starts": "2026-03"},
    "world.shocks.closure": {"kind": "unemployment", "severity": 3.0, "starts": "2026-04"},
    "world.economy.prices": {"baseline": 0.0, "2026-02": 5.0},
    "lender.products.instalment.penalty_multiple": 1.5,
}
WORLD = laid_over(BUSY, CHANGES)


@lru_cache(maxsize=1)
def found() -> Counterfactual:
    return counterfactual(scenario(WORLD))


def row(cause: str) -> dict[str, float]:
    table = found().table.set_index("cause")
    return {str(name): value for name, value in table.loc[cause].to_dict().items()}


def test_every_cause_that_is_there_has_its_switch() -> None:
    names = [switch.name for switch in switches_of(scenario(WORLD))]
    assert names == [
        *("job_loss", "unemployment_rise", "prices_and_wages", "closure", "expense", "illness", "income_cut"),
        *("penalty_and_fees", "forgetting", "debts_elsewhere"),
    ]
    assert list(found().table["cause"]) == names
    assert len({switch.what for switch in switches_of(scenario(WORLD))}) == len(names)


def test_the_factual_run_is_the_run() -> None:
    result = ran(CHANGES)
    again = counterfactual(scenario(WORLD))
    ever = result.causes.drop_duplicates(["borrower", "product"])
    assert set(found().table["defaults"]) == {len(ever)}
    assert ever_defaulted(result.record).size == len(ever)
    pd.testing.assert_frame_equal(again.table, found().table)
    pd.testing.assert_frame_equal(again.needed, found().needed)
    key = ["borrower", "product"]
    assert set(map(tuple, found().needed[key].to_numpy())) == set(map(tuple, ever[key].to_numpy()))


def test_a_shock_without_severity_takes_nothing_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    import simulator.counterfactual.rerun as rerun

    plain = scenario(WORLD)
    switches = [switch for switch in switches_of(plain) if switch.name == "closure"]
    shocks = {**plain.world.shocks, "closure": plain.world.shocks["closure"].model_copy(update={"severity": 0.0})}
    calm = plain.model_copy(update={"world": plain.world.model_copy(update={"shocks": shocks})})
    assert "closure" not in {switch.name for switch in switches_of(calm)}
    monkeypatch.setattr(rerun, "switches_of", lambda _: switches)
    table = counterfactual(calm).table
    assert table["vanished"].tolist() == table["appeared"].tolist() == [0]


def test_counts_fit_together() -> None:
    table, needed = found().table, found().needed
    assert (table["without"] == table["defaults"] - table["vanished"] + table["appeared"]).all()
    both = table[[f"both_{name}" for name in table["cause"]]].to_numpy()
    assert np.array_equal(both, both.T)
    assert np.array_equal(np.diag(both), table["vanished"])
    assert (both <= table["vanished"].to_numpy()[:, None]).all()
    lists = needed["vanishes_without"].str.split(", ")
    for cause, vanished in zip(table["cause"], table["vanished"], strict=True):
        assert lists.map(lambda names, cause=cause: cause in names).sum() == vanished
    alone = lists.map(len).eq(1) & needed["vanishes_without"].ne("")
    assert table["alone"].sum() == alone.sum()


def test_taking_causes_away_takes_defaults_away() -> None:
    for cause in ("job_loss", "unemployment_rise", "closure", "expense", "forgetting", "debts_elsewhere"):
        assert row(cause)["vanished"] > 3 * row(cause)["appeared"], cause
    assert row("job_loss")["vanished"] > row("closure")["vanished"]
    assert row("unemployment_rise")["vanished"] > row("closure")["vanished"]
    assert row("penalty_and_fees")["vanished"] >= 0


def test_the_spiral_is_deeper_where_arrears_are() -> None:
    shares = found().spiral.set_index("bucket")["penalty_and_fees_share"]
    assert 0 < shares["1_29"] < shares["90_plus"] < 1
    assert shares["1_29"] < shares["all overdue"] < shares["90_plus"]


def test_what_is_said_of_the_agreement() -> None:
    ranked = found().agreement
    assert ranked["main_share"].between(0, 1).all()
    assert ranked["vanished_share"].between(0, 1).all()
    assert -1 <= rank_agreement(ranked) <= 1
    assert "rank correlation" in found().sentences[0]
    assert found().sentences[-1].startswith("Without penalty interest and late fees")


def test_rankings_that_are_the_same_and_the_reverse() -> None:
    ranked = pd.DataFrame(
        {"cause": list("abcd"), "main_share": [0.4, 0.3, 0.2, 0.1], "vanished_share": [0.4, 0.3, 0.2, 0.1]}
    )
    ranked["main_rank"] = ranked["main_share"].rank(ascending=False)
    ranked["vanished_rank"] = ranked["vanished_share"].rank(ascending=False)
    assert rank_agreement(ranked) == pytest.approx(1.0)
    ranked["vanished_rank"] = ranked["vanished_rank"].to_numpy()[::-1]
    assert rank_agreement(ranked) == pytest.approx(-1.0)
    assert np.isnan(rank_agreement(ranked.head(2)))


def test_unemployment_is_switched_off_as_a_whole() -> None:
    path = {"baseline": 0.28, "2026-03": 0.2}
    one = {"kind": "unemployment", "severity": 2.0, "starts": "2026-03"}
    for changes, there in (
        ({"world__economy__unemployment": 5.0, "world__shocks__a": one}, False),
        ({"world__economy__unemployment": 5.0, "world__shocks__a": one, "world__shocks__b": one}, True),
        ({"world__economy__unemployment": 5.0, "world__economy__job_finding": path, "world__shocks__a": one}, True),
        ({}, True),
    ):
        found = {switch.name: switch.scenario for switch in switches_of(scenario(BUSY, **changes))}
        assert ("unemployment_rise" in found) == there
        if there:
            world = found["unemployment_rise"].world
            assert not world.economy.unemployment.dates
            assert world.economy.job_finding is None or not world.economy.job_finding.dates
            assert not any(shock.severity for name, shock in world.shocks.items() if name in ("a", "b"))


def test_a_book_without_defaults() -> None:
    few = counterfactual(scenario(BUSY, span__months=3, book__warm_up=0, book__borrowers=50))
    assert len(few.needed) == 0
    assert few.table["vanished"].sum() == 0
    assert agreement(pd.DataFrame(), few.table, few.needed, scenario(WORLD)).empty
    assert all("rank" not in line for line in sentences(few.agreement, few.table, few.spiral))


def test_progress_counts_its_months_too() -> None:
    told: list[tuple[str, int, int]] = []
    plain = scenario(BUSY, span__months=3, book__borrowers=60, book__warm_up=1)
    counterfactual(plain, progress=lambda *words: told.append(words))
    assert [done for _, done, _ in told] == list(range(1, told[0][2] + 1))
    assert {total for *_, total in told} == {1 + 3 * (1 + len(switches_of(plain)))}
    assert "without job loss" in {what for what, *_ in told}
