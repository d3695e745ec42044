"""Who gets in: closed and open books, before and after the span begins."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.errors import ScenarioError
from simulator.scenario import from_dict
from tests.small_worlds import BUSY, everybody, laid_over, ran

LOANS = {"lender.products": {"loan": {"kind": "instalment"}}}


def test_a_closed_book_is_whole_when_the_span_begins() -> None:
    book = everybody(ran({**LOANS, "book.closed": True, "book.warm_up": 60}))
    assert book["accounts"].iloc[0] > 0.9 * 1500
    assert book["new_loans"].sum() == 0
    assert book["accounts"].is_monotonic_decreasing


def test_where_wages_have_doubled_twice_as_much_is_lent() -> None:
    calm = {**LOANS, "world.economy.unemployment": 5.0, "lender.products.loan.most_payment": 0.2}
    usual = ran(calm).record.vintages["loan"]
    dear = ran({**calm, "world.economy.wages": {"baseline": 0.0, "2026-01": 100.0}}).record.vintages["loan"]
    later = slice(6 + 13, None)  # a year into the span the index stands at two
    mean = [table["lent"][later].sum() / table["accounts"][later].sum() for table in (usual, dear)]
    assert 1.9 < mean[1] / mean[0] < 2.6


def test_an_open_book_without_a_past_lends_a_stated_share() -> None:
    result = ran({**LOANS, "book.warm_up": 0})
    (told,) = [entry for entry in result.counted if entry["what"] == "applicants a month assumed"]
    assert told["number"] > 0
    assert "are replaced a month, by people of the recipe" in told["why"]
    book = everybody(result)
    assert (book["new_loans"] > 0).all()
    assert 0.75 * 1500 < book["accounts"].iloc[-1] < 1.25 * 1500  # as many come as go, roughly


def test_a_closed_book_without_a_past_does_not_lend() -> None:
    result = ran({**LOANS, "book.warm_up": 0, "book.closed": True})
    assert everybody(result)["new_loans"].sum() == 0
    assert not any(entry["what"] == "applicants a month assumed" for entry in result.counted)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"lender.policies": {"stricter_underwriting": {}}}, "approves everybody"),
        ({"lender.policies": {"credit_cycle": {}}}, "approves everybody"),
        ({"lender.policies": {"income_check": {}}}, "approves everybody"),
        ({**LOANS, "lender.policies.limit_cut": {}}, "has no card"),
        ({**LOANS, "lender.policies.line_closing": {}}, "has no card"),
        ({"lender.policies.approval": {"leak_rate": 0.6, "false_decline_rate": 0.5}}, "together they are at most 1"),
    ],
)
def test_a_policy_that_could_do_nothing_or_the_reverse_of_what_is_meant_is_a_mistake(
    changes: dict[str, Any], told: str
) -> None:
    with pytest.raises(ScenarioError, match=told):
        from_dict(laid_over(BUSY, changes))


def test_lines_cut_leave_less_to_draw_on_and_more_who_default() -> None:
    """What cannot be drawn is not lost, but who has lost the pay has nothing to tide them over."""
    cards = {"lender.products": {"card": {}}, "world.economy.unemployment": {"baseline": 5.0, "2026-03": 14.0}}
    usual = everybody(ran(cards))
    cut = everybody(ran({**cards, "lender.policies.limit_cut": {"starts": "2026-02", "room": 0.0}}))
    assert cut["balance"].iloc[-1] < usual["balance"].iloc[-1]
    assert cut["defaults"].sum() > usual["defaults"].sum()
