"""Who gets in: closed and open books, before and after the span begins."""

from __future__ import annotations

from tests.small_worlds import everybody, ran

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
