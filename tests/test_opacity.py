"""Opacity: who misreads the terms, what that does to them, who complains, and what plain terms change."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from small_worlds import BUSY, everybody, laid_over, ran, scenario

from simulator.block import MISREAD
from simulator.counterfactual.switches import book_without, switches_of
from simulator.draws import Draws, mix
from simulator.errors import ScenarioError
from simulator.opacity import Opacity
from simulator.run import Setting, _begin

WORLD = laid_over(
    BUSY,
    {
        "book.borrowers": 2500,
        "book.segments": [],
        "book.warm_up": 9,
        "world.economy.unemployment": 5.0,
        "lender.products.instalment.terms": {6: 0.5, 12: 0.5},
        "lender.products.instalment.again": 0.2,
    },
)
CLEAR = {"clarity": 1.0}
LITERACY, IDS = np.linspace(0, 255, 20_000).astype(np.uint8), np.arange(20_000)


def lived(opacity: dict[str, Any] | None, **more: Any) -> pd.DataFrame:
    return everybody(ran({"lender.opacity": opacity, **more}, WORLD))


def test_the_less_literate_misread_more_often() -> None:
    opacity = Opacity(clarity=0.6, literacy_effect=0.5)
    misread = opacity.misreads(LITERACY, mix(IDS), Draws(1), None)
    assert misread[:2000].mean() == pytest.approx(0.6, abs=0.04)
    assert misread[-2000:].mean() == pytest.approx(0.2, abs=0.04)
    fewer = Opacity(clarity=0.8, literacy_effect=0.5).misreads(LITERACY, mix(IDS), Draws(1), None)
    assert not (fewer & ~misread).any(), "clearer terms only take people away"


def test_clear_terms_are_as_none_at_all() -> None:
    clear = lived({**CLEAR, "complains_charged": 0.0})
    assert not clear[["complaints", "complaints_open"]].to_numpy().any()
    assert clear.drop(columns=["complaints", "complaints_open"]).equals(lived(None))


def test_those_who_misread_are_marked_and_forget_more() -> None:
    def book(opacity: dict[str, Any] | None) -> Any:
        whole = scenario(WORLD, lender__opacity=opacity)
        return _begin(Setting.of(whole, 3), None).book.blocks[0]

    plain, opaque = book(None), book({"clarity": 0.4, "forgets_more": 0.5, "borrows_more": 0.2})
    misread = (opaque.traits & MISREAD) != 0
    assert 0.4 < misread.mean() < 0.8
    assert np.allclose(opaque.forgets[misread], 1.5 * plain.forgets[misread], atol=0.51)
    assert (opaque.forgets[~misread] == plain.forgets[~misread]).all()
    assert opaque.accounts["instalment"].limit[misread].sum() > 1.1 * plain.accounts["instalment"].limit[misread].sum()
    assert (opaque.accounts["card"].desired[misread] >= plain.accounts["card"].desired[misread]).all()


def test_surprise_makes_bills_late_and_the_late_complain() -> None:
    none = lived({"surprise": 0.0, "forgets_more": 0.0, "borrows_more": 0.0})
    some = lived({"surprise": 1.0, "months": 6, "forgets_more": 0.0, "borrows_more": 0.0})
    late = ["overdue_1_29", "overdue_30_59", "overdue_60_89"]
    assert some[late].to_numpy().sum() > 1.02 * none[late].to_numpy().sum()
    assert some["complaints"].sum() > none["complaints"].sum() > 0
    assert (some["complaints_open"] <= some["complaints"]).all()
    assert some["complaints_open"].sum() / some["complaints"].sum() == pytest.approx(0.205, abs=0.05)


def test_harsh_calls_bring_complaints() -> None:
    calm, harsh = (
        lived({}, **{"lender.desk": {"seats": 2, "contact_rate": 0.3, "pressure": pressure}})["complaints"].sum()
        for pressure in (0.0, 0.9)
    )
    assert harsh > 1.5 * calm


@pytest.mark.parametrize("reach", [0.0, 1.0])
def test_plain_terms_hold_for_what_is_opened_under_them(reach: float) -> None:
    policy = {"kind": "plain_terms", "starts": "2026-05", "clears": 1.0, "reach": reach}
    without, plain = lived({}), lived({}, **{"lender.policies.it": policy})
    before = plain.index < "2026-05-01"
    assert plain[before].equals(without[before])
    costs = ["policy_cost", "profit"]
    assert plain.drop(columns=costs).equals(without.drop(columns=costs)) is (reach == 0.0)
    if reach:
        assert plain["complaints"].sum() < 0.9 * without["complaints"].sum()
        assert plain["lent"].sum() < without["lent"].sum()


def test_plain_terms_where_all_is_clear_are_refused() -> None:
    with pytest.raises(ScenarioError, match=r"lender\.opacity"):
        scenario(WORLD, lender__policies={"plain_terms": {}})


def test_it_can_be_taken_away_from_the_book_as_it_stands() -> None:
    whole = scenario(WORLD, lender__opacity={})
    switch = next(switch for switch in switches_of(whole) if switch.name == "unclear_terms")
    state = _begin(Setting.of(whole, 3), None)
    clear = book_without(state, switch)
    plain = _begin(Setting.of(scenario(WORLD), 3), None)
    assert clear.lending.opacity is None
    assert (state.book.blocks[0].traits & MISREAD).any()
    for here, there in zip(clear.book.blocks, plain.book.blocks, strict=True):
        assert not (here.traits & MISREAD).any()
        assert np.abs(here.forgets.astype(int) - there.forgets.astype(int)).max() <= 1
