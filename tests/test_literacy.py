"""Money sense: who overspends and who pays the minimum only, and that it is the less literate."""

from __future__ import annotations

import numpy as np
from small_worlds import everybody, ran

from simulator.behaviour import Behaviour, spending_as_literate
from simulator.draws import Draws, mix
from simulator.population import Recipe, draw

LUCK = Draws(1)
IDS = np.arange(4000)
PEOPLE = draw(Recipe.read("us"), IDS, LUCK)


def test_without_effect_the_people_are_as_drawn() -> None:
    assert spending_as_literate(PEOPLE, mix(IDS), LUCK, Behaviour()) is PEOPLE


def test_the_less_literate_keep_less_and_want_more() -> None:
    changed = spending_as_literate(PEOPLE, mix(IDS), LUCK, Behaviour(overspending=0.5))
    missing = 1.0 - PEOPLE.literacy
    assert np.allclose(changed.target, PEOPLE.target * (1.0 - 0.5 * missing), atol=0.5)
    assert np.allclose(changed.desired_loan, PEOPLE.desired_loan * (1.0 + 0.5 * missing))
    assert (changed.desired_use <= np.maximum(PEOPLE.desired_use, 1.0)).all()
    assert (changed.savings <= np.maximum(PEOPLE.savings, 0)).all()
    assert changed.pay_share.tolist() == PEOPLE.pay_share.tolist()


def test_more_only_adds_people_who_pay_the_minimum() -> None:
    few = spending_as_literate(PEOPLE, mix(IDS), LUCK, Behaviour(minimum_only=0.2))
    many = spending_as_literate(PEOPLE, mix(IDS), LUCK, Behaviour(minimum_only=0.6))
    turned_few = (few.pay_share == 0.0) & (PEOPLE.pay_share > 0.0)
    turned_many = (many.pay_share == 0.0) & (PEOPLE.pay_share > 0.0)
    assert 0 < turned_few.sum() < turned_many.sum()
    assert not (turned_few & ~turned_many).any()
    assert PEOPLE.literacy[turned_many].mean() < PEOPLE.literacy.mean() - 0.02


def test_overspending_brings_more_overdue_and_the_minimum_more_interest() -> None:
    usual, overspent, minimum = (
        everybody(ran({"book.segments": [], **changes}))
        for changes in ({}, {"lender.behaviour.overspending": 0.9}, {"lender.behaviour.minimum_only": 0.9})
    )
    late = ["overdue_1_29", "overdue_30_59", "overdue_60_89", "overdue_90_plus"]
    assert overspent[late].to_numpy().sum() > 1.1 * usual[late].to_numpy().sum()
    assert minimum["interest"].sum() > 1.02 * usual["interest"].sum()
