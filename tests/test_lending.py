"""Who gets in: closed and open books, before and after the span begins."""

from __future__ import annotations

from tests.small_worlds import everybody, ran

LOANS = {"lender.products": {"loan": {"kind": "instalment"}}}


def test_a_closed_book_is_whole_when_the_span_begins() -> None:
    book = everybody(ran({**LOANS, "book.closed": True, "book.warm_up": 60}))
    assert book["accounts"].iloc[0] > 0.9 * 1500
    assert book["new_loans"].sum() == 0
    assert book["accounts"].is_monotonic_decreasing
