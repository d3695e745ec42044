"""Trust: an index that bad years lower, and what follows from it for applicants and good customers."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from small_worlds import BUSY, everybody, laid_over, ran

from simulator.trust import Standing, Trust

SLUMP = {
    "span.months": 24,
    "book.warm_up": 24,
    "book.borrowers": 4000,
    "book.segments": [],
    "world.economy.unemployment": {"baseline": 5.0, "2026-03": 12.0},
    "lender.products.instalment.again": 0.2,
}
STRONG = {"defaults": 0.08, "attrition": 4.0}


def lived(trust: dict[str, Any] | None, **more: Any) -> pd.DataFrame:
    return everybody(ran(base=laid_over(BUSY, {**SLUMP, "lender.trust": trust, **more})))


def test_in_quiet_times_nobody_is_lost() -> None:
    trust = Trust()
    assert trust.index(1.0, Standing()) == 1.0
    assert trust.coming(1.0) == 1.0
    assert trust.leaving(0.15, 1.0) == 0.15
    assert trust.again(0.3, 1.0) == 0.3


@pytest.mark.parametrize("what", ["complaints", "penalties", "pressure", "defaults"])
def test_each_cause_lowers_trust_and_it_comes_back_slowly(what: str) -> None:
    trust = Trust()
    index = trust.index(1.0, Standing(**{what: 2.0}))
    assert index < 1.0
    assert trust.index(1.0, Standing(**{what: 3.0})) < index
    assert index < trust.index(index, Standing()) < 1.0
    assert Trust(lowest=0.0).index(0.0, Standing(**{what: 100.0})) == 0.0


def test_a_scandal_is_as_it_was_measured() -> None:
    """FACTS trust.acquisition_drop -.43 and trust.attrition_rise .03 belong to the same loss of trust."""
    trust = Trust()
    assert trust.coming(0.57) == pytest.approx(0.57)
    assert trust.leaving(0.15, 0.57) / 0.15 - 1.0 == pytest.approx(0.03, abs=0.001)


def test_off_and_without_loss_are_the_same_to_the_cent() -> None:
    off, still = lived(None), lived({"complaints": 0, "penalties": 0, "pressure": 0, "defaults": 0})
    assert (still["trust"] == 1.0).all()
    assert still.drop(columns="trust").equals(off)


def test_a_bad_year_brings_fewer_applicants_and_more_early_repayment() -> None:
    off, on = lived(None), lived(STRONG)
    assert on["trust"].iloc[0] == 1.0
    assert on["trust"].min() < 0.8
    assert on["applicants"].iloc[8:].sum() < 0.9 * off["applicants"].iloc[8:].sum()
    early = [(held["repaid_early"] / held["balance"]).iloc[8:].mean() for held in (off, on)]
    assert early[1] > 1.2 * early[0]


def test_in_a_closed_book_only_leaving_changes() -> None:
    off, on = lived(None, **{"book.closed": True}), lived(STRONG, **{"book.closed": True})
    assert not on["applicants"].any()
    assert on["accounts"].iloc[-1] < off["accounts"].iloc[-1]
    assert on["repaid_early"].sum() > off["repaid_early"].sum()


def test_without_a_past_to_compare_with_it_is_told_that_trust_stands_still() -> None:
    result = ran(base=laid_over(BUSY, {**SLUMP, "book.warm_up": 6, "lender.trust": STRONG}))
    assert (everybody(result)["trust"] == 1.0).all()
    assert [entry["number"] for entry in result.counted if "trust" in entry["what"]] == [24]


def test_in_the_baseline_world_trust_is_as_ever() -> None:
    quiet = lived({}, **{"world.economy.unemployment": 5.0})
    assert (quiet["trust"] > 0.98).all()
