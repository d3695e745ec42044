"""Expectations: accounts followed by hand, the answer to unemployment, views; and no bias on a quiet book."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from simulator.clock import Clock
from simulator.expectations import (
    YEAR,
    Bands,
    Follower,
    Layout,
    Life,
    Lost,
    Plan,
    Standing,
    baseline_lives,
    gaps_seen,
    layouts_of,
    terms_of,
)
from simulator.expectations.answer import fitted
from simulator.reserves.provisioning import View
from simulator.scenario import Scenario
from tests.small_worlds import scenario

CARD = Layout("card", True, Bands())


def accounts(**columns: list[object]) -> Standing:
    """Accounts of which only some columns are given."""
    count = len(next(iter(columns.values())))
    usual = {
        "borrower": np.arange(count),
        "segment": np.zeros(count, np.int16),
        "days": np.zeros(count, np.int16),
        "defaulted": np.zeros(count, np.bool_),
        "opened": np.zeros(count, np.int16),
        "remaining": np.zeros(count, np.int16),
        "balance": np.full(count, 1000),
        "limit": np.full(count, 5000),
        "rate": np.full(count, 0.12),
        "score": np.full(count, 700, np.int16),
        "entry_score": np.full(count, 700, np.int16),
        "relief": np.zeros(count, np.bool_),
        "restructured": np.zeros(count, np.bool_),
        "out_of_work": np.zeros(count, np.bool_),
    }
    return Standing(**{name: np.asarray(columns.get(name, value)) for name, value in usual.items()})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("days", "defaulted", "balance", "state"),
    [(0, False, 0, 0), (0, False, 5, 1), (1, False, 5, 2), (29, False, 5, 2), (30, False, 5, 3), (59, False, 5, 3),
     (60, False, 5, 4), (89, False, 5, 4), (90, True, 5, 5), (200, True, 5, 5), (0, True, 5, 6)],
)  # fmt: skip
def test_the_state_of_a_cell(days: int, defaulted: bool, balance: int, state: int) -> None:
    one = accounts(days=[days], defaulted=[defaulted], balance=[balance])
    assert CARD.states()[CARD.of(one, 3)[0]] == state


def test_basis_and_undrawn() -> None:
    two = accounts(balance=[0, 1000], limit=[5000, 5000])
    assert CARD.basis(two).tolist() == [5000, 1000]
    assert CARD.undrawn(two).tolist() == [5000, 4000]
    loan = Layout("loan", False, Bands())
    assert loan.undrawn(two).tolist() == [0, 0]


def test_accounts_are_followed_from_their_tag() -> None:
    follower = Follower(CARD, (-1, 2), 6)
    follower.tag(-1, accounts(balance=[1000, 2000]), CARD.of(accounts(balance=[1000, 2000]), -1))
    three = accounts(balance=[1500, 2500, 400], opened=[0, 0, 2])
    follower.tag(2, three, CARD.of(three, 2))
    lost = Lost(
        np.array([0, 2, 7]),
        np.array([0, 2, 0]),
        np.array([1800, 500, 99]),
        np.array([0.12, 0.0, 0.0]),
        np.zeros(3, np.int16),
    )
    follower.note_losses(3, lost)
    seen = follower.followed(8).seen
    assert seen["loss"][0].sum() == 0  # opened after the eve, or never tagged
    assert seen["loss"][1].sum(axis=0).tolist() == [2300, 0, 0, 0, 0, 0]
    assert seen["capped"][1].sum() == 1500 + 400
    assert seen["discounted"][1].sum() == pytest.approx(1800 / 1.01 + 500)
    follower.note_losses(
        4, Lost(np.array([1]), np.array([-3]), np.array([700]), np.array([0.0]), np.zeros(1, np.int16))
    )
    assert seen["loss"][0].sum(axis=0).tolist() == [0, 0, 0, 0, 700, 0]
    assert seen["loss"][1].sum(axis=0).tolist() == [2300, 700, 0, 0, 0, 0]


def test_only_the_first_default_counts() -> None:
    follower = Follower(CARD, (-1,), 6)
    follower.tag(-1, accounts(defaulted=[False, True]), np.zeros(2, np.int16))
    for month in (1, 3):
        follower.note_defaults(month, np.array([0, 1]), np.array([-5, -5]), np.array([900, 900]))
    assert follower.seen["defaults"].sum(axis=(0, 1)).tolist() == [0, 1, 0, 0, 0, 0]
    assert follower.seen["exposure"].sum() == 900


def test_the_answer_is_found_where_it_is_known() -> None:
    ahead = np.linspace(-1.0, 5.0, 30)
    gaps = np.stack([np.sin(np.arange(30)), ahead], axis=1)
    expected = np.full(30, 1e6)
    realised = expected * np.exp(gaps @ np.array([0.05, 0.12]))
    effects, errors = fitted(realised, expected, gaps, np.arange(30) % 5)
    assert effects == pytest.approx([0.05, 0.12], abs=2e-3)
    assert (errors < 0.01).all()


def test_views_of_unemployment() -> None:
    clock, path = Clock(dt.date(2026, 1, 1), 4), np.array([8.0, 9.0, 10.0, 9.0])
    back = gaps_seen(View(weight=1.0, half_life=2.0), 2, path, 5.0, clock, 4)
    assert back == pytest.approx([5.0, 5 * 0.5**0.5, 2.5, 2.5 * 0.5**0.5, 1.25])
    known = gaps_seen(View(weight=1.0, unemployment="path", half_life=1.0), 0, path, 5.0, clock, 5)
    assert known[:4].tolist() == [3.0, 4.0, 5.0, 4.0]
    assert known[4:] == pytest.approx([4 * 0.5, 4 * 0.25])
    rising = gaps_seen(
        View(weight=1.0, points=4.0, months_to_peak=2, half_life=1.0), -1, np.full(4, 5.0), 5.0, clock, 4
    )
    assert rising == pytest.approx([0.0, 2.0, 4.0, 2.0, 1.0])
    own = View.model_validate({"weight": 1.0, "unemployment": {"baseline": 5.0, "2026-03": 7.0}})
    assert gaps_seen(own, 0, path, 5.0, clock, 3).tolist() == [3.0, 0.0, 2.0, 2.0]


def quiet_book(borrowers: int) -> Scenario:
    """A loan and a card in a world where nothing changes."""
    return scenario(
        span={"start": "2026-01", "months": 36},
        book__borrowers=borrowers,
        book__warm_up=30,
        book__due_days=[17],
        book__segments=[],
        world__economy__unemployment=5.0,
        lender__products={"card": {}, "instalment": {"terms": {6: 0.5, 12: 0.5}}},
    )


@pytest.mark.long
def test_what_is_expected_is_what_then_happens(full_size: bool) -> None:
    """The mean of later losses, twelve months and life, equals the cells' expectation within its standard error."""
    book, plan = quiet_book(20_000 if full_size else 1_500), Plan(Bands(), 24, False)
    seeds = 6 if full_size else 2
    learnt_from = baseline_lives(book, range(100, 100 + seeds), 36, plan, 1)
    judged_by = baseline_lives(book, range(1, 1 + seeds), 36, plan, 1)
    for name, layout in layouts_of(book, plan.bands).items():
        terms = terms_of(layout, [life.followed[name] for life in learnt_from])
        assert terms.accounts.sum() > 3_000
        for ahead in (YEAR, 24):
            rates = terms.loss[:, :ahead].sum(axis=1)
            ratios = [ratio(life, name, rates, ahead) for life in judged_by]
            noise = np.std([ratio(life, name, rates, ahead) for life in (*learnt_from, *judged_by)], ddof=1)
            off, error = np.mean(ratios) - 1.0, noise * np.sqrt(2.0 / seeds)
            assert abs(off) < 2.5 * error, f"{name}, {ahead} months: {off:+.3f}, standard error {error:.3f}"


def ratio(life: Life, product: str, rates: np.ndarray, ahead: int) -> float:
    """What the tags that can be seen so far ahead lost, over what was expected of them."""
    followed = life.followed[product]
    whole = [tag for tag in range(len(followed.months)) if followed.horizon(tag) >= ahead]
    lost = followed.seen["loss"][whole][:, :, :ahead].sum()
    return float(lost / (followed.basis[whole] @ rates).sum())
