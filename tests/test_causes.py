"""Why each default happened: one row for each, one main cause for each, by the rule that the project states."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_worlds import BUSY, laid_over, ran, scenario

from simulator.block import DISABLED, ILL, LOWER_PAY, MISREAD, NEVER, PAY_CUT, UNEMPLOYED, UNWILLING
from simulator.causes import SEVERITY, Story, by_quarter, cause_shares, main_cause
from simulator.causes.rule import NOT_BLOWS
from simulator.run import run
from simulator.shocks import SHOCKS

CAUSES = ("job_loss", "boiler", "flu", "less", "loans", "rents", "refuse")
KINDS = {
    "boiler": "expense",
    "flu": "illness",
    "less": "income_cut",
    "loans": "over_borrowing",
    "rents": "cost_of_living",
    "refuse": "strategic_default",
}
SMALL = laid_over(BUSY, {"span.months": 8, "book.borrowers": 400, "book.warm_up": 4})


def story(struck: dict[str, int], later: dict[str, int] | None = None, **more: Any) -> str:
    """The main cause of one who first missed a payment in month 20, struck in these months before and after."""
    before = np.array([[struck.get(name, NEVER)] for name in CAUSES], np.int64)
    last = np.array([[(later or {}).get(name, struck.get(name, NEVER))] for name in CAUSES], np.int64)
    told = {
        "living": 0,
        "living_now": 0,
        "strained": True,
        "seen": True,
        "debt_service": 0.1,
        "dearer": 0.0,
        "traits": 0,
        **more,
    }
    columns = {name: np.array([value]) for name, value in told.items()}
    return str(main_cause(Story(np.array([20]), before, last, **columns), CAUSES, KINDS)[0])


@pytest.mark.parametrize(
    ("told", "cause"),
    [
        (story({}), "thin_buffer"),
        (story({"boiler": 20}), "boiler"),
        (story({"boiler": 8}), "boiler"),
        (story({"boiler": 7}), "thin_buffer"),
        (story({"boiler": 20, "flu": 9}, living=int(ILL)), "flu"),
        (story({"boiler": 20, "flu": 9}), "boiler"),
        (story({"boiler": 18, "less": 19}), "less"),
        (story({"boiler": 18, "less": 17}, living=int(PAY_CUT)), "less"),
        (story({"flu": 20, "less": 19, "job_loss": 8}, living=int(ILL)), "job_loss"),
        (story({"job_loss": 1}, living=int(UNEMPLOYED)), "job_loss"),
        (story({}, living=int(UNEMPLOYED)), "job_loss"),
        (story({"job_loss": 1}, living=int(LOWER_PAY)), "job_loss"),
        (story({"flu": 2}, living=int(ILL)), "flu"),
        (story({"flu": 2, "boiler": 20}, living=int(DISABLED)), "flu"),
        (story({"less": 2, "boiler": 19}, living=int(PAY_CUT)), "less"),
        (story({}, living=int(PAY_CUT)), "thin_buffer"),
        (story({}, {"boiler": 21, "job_loss": 22}), "job_loss"),
        (story({"boiler": 15}, {"job_loss": 22}), "boiler"),
        (story({}, {"boiler": 22, "flu": 21}), "boiler"),
        (story({}, {"boiler": 22, "flu": 21}, living_now=int(ILL)), "flu"),
        (story({"job_loss": 15}, strained=False), "forgetting"),
        (story({"job_loss": 15, "refuse": 20}, strained=False, living=int(UNWILLING)), "refuse"),
        (story({}, strained=False, living_now=int(UNWILLING)), "refuse"),
        (story({"loans": 12}), "loans"),
        (story({"loans": 12, "boiler": 9}), "boiler"),
        (story({}, debt_service=0.41), "over_borrowing"),
        (story({}, debt_service=0.41, traits=int(MISREAD)), "over_borrowing"),
        (story({}, traits=int(MISREAD)), "unclear_terms"),
        (story({"rents": 20}), "rents"),
        (story({"rents": 20}, traits=int(MISREAD)), "unclear_terms"),
        (story({}, dearer=0.04), "dearer_living"),
        (story({}, seen=False), "not_known"),
        (story({}, seen=False, living=int(UNEMPLOYED)), "job_loss"),
    ],
)
def test_the_rule_on_stories_made_by_hand(told: str, cause: str) -> None:
    assert told == cause


def test_every_kind_of_shock_that_strikes_has_its_place_in_the_rule() -> None:
    kinds = {str(shock.model_fields["kind"].default) for shock in SHOCKS if shock.strikes}
    assert kinds <= {*SEVERITY, *NOT_BLOWS}


def defaults_agree(changes: dict[str, Any]) -> pd.DataFrame:
    """Each default of the panel has its row, by month, product and segment; the shares add to the whole."""
    result = ran(changes, SMALL)
    causes, panel = result.causes, result.panel
    products = panel["segment"].str.startswith(("product=", "income_quintile="))
    counted = panel[products & (panel["defaults"] > 0)].set_index(["month", "segment"])["defaults"]
    parts = [
        causes.groupby(["month", cut], observed=True).size().rename_axis(["month", "segment"])
        for cut in ("product", "income_quintile")
    ]
    for part, cut in zip(parts, ("product", "income_quintile"), strict=True):
        part.index = pd.MultiIndex.from_tuples(
            [(month, f"{cut}={name}") for month, name in part.index], names=["month", "segment"]
        )
    assert pd.concat(parts).sort_index().to_dict() == counted.sort_index().to_dict()
    shares = cause_shares(causes)
    assert shares["defaults"].sum() == len(causes)
    if len(causes):
        assert shares["share"].sum() == pytest.approx(1.0)
        assert by_quarter(causes).sum(axis=1).isin([0.0]).any() or by_quarter(causes).sum(axis=1).round(9).eq(1).all()
    assert not causes.duplicated(["borrower", "product", "month"]).any()
    assert (causes["main_cause"] != "").all()
    assert (causes["first_missed"].dropna() <= causes.loc[causes["first_missed"].notna(), "month"]).all()
    assert (causes["oldest_unpaid"].dropna() >= causes.loc[causes["oldest_unpaid"].notna(), "first_missed"]).all()
    return causes


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.fixed_dictionaries(
        {
            "seed": st.integers(0, 10**6),
            "book.closed": st.booleans(),
            "book.due_days": st.sampled_from([[1], [28], [3, 17]]),
            "lender.products.card.charge_off_days": st.sampled_from([90, 120, 180]),
            "lender.products.instalment.method": st.sampled_from(["equal_instalments", "interest_only"]),
            "lender.behaviour.bankruptcy_short": st.sampled_from([0.0, 0.05]),
        }
    )
)
def test_every_default_has_exactly_one_row(changes: dict[str, Any]) -> None:
    defaults_agree(changes)


def test_a_row_tells_its_story() -> None:
    causes = defaults_agree({"book.borrowers": 1500, "lender.behaviour.bankruptcy_short": 0.03})
    assert causes["bankrupt"].any()
    assert not causes["bankrupt"].all()
    behind = causes[causes["first_missed"].notna()]
    assert behind["chain"].str.contains(r"savings -?\d+\.\d months > first missed \w{3} \d{4} > ").all()
    gone = causes[causes["first_missed"].isna()]
    assert gone["chain"].str.contains("no payment missed > written off").all()
    assert gone["bankrupt"].all()
    lost = behind[behind["before_job_loss"].between(0, 12)]
    assert len(lost) > 0
    assert lost["chain"].str.contains("job loss").all()
    assert (lost.loc[lost["money_failed"], "main_cause"] == "job_loss").all()
    late = (behind["month"].dt.to_period("M") - behind["first_missed"].dt.to_period("M")).map(lambda gap: gap.n)
    assert (late == behind["months_to_default"]).all()


def test_of_a_tape_it_is_said_what_is_not_known(tmp_path: Path) -> None:
    tape = tmp_path / "cards.csv"
    late = "\n".join(f"{number},1000,2000,{number % 4},0.2,40,1500,0.02" for number in range(600))
    tape.write_text(f"no,owed,line,late,apr,years,pay,paid\n{late}\n", encoding="utf-8")
    names = {"id": "no", "balance": "owed", "limit": "line", "missed": "late", "rate": "apr", "age": "years"}
    columns = {**names, "income": "pay", "pay_share": "paid"}
    book = {"book__tape": {"file": str(tape), "currency": "USD", "product": "card", "columns": columns}}
    result = run(scenario(SMALL, **book, book__warm_up=0, lender__products__instalment=None), unshocked=False)
    causes = result.causes
    assert len(causes) == result.panel.loc[result.panel["segment"] == "all", "defaults"].sum() > 20
    assert set(causes["seen"]) == {"part", "none"}
    before = causes[causes["seen"] == "none"]
    assert (before["first_missed"] < pd.Timestamp("2026-01-01")).all()
    assert before["first_missed"].nunique() > 1
    assert (causes.loc[causes["seen"] == "part", "first_missed"] >= pd.Timestamp("2026-01-01")).all()
    assert "thin_buffer" not in set(before["main_cause"])
    assert "not_known" in set(before["main_cause"])


def test_the_order_in_which_blocks_live_changes_nothing() -> None:
    pd.testing.assert_frame_equal(ran({}, SMALL).causes, ran({}, SMALL, reverse=True).causes)


def test_no_defaults_no_rows() -> None:
    causes = defaults_agree({"span.months": 1, "book.warm_up": 0})
    assert len(causes) == 0
    assert by_quarter(causes).empty
