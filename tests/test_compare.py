"""Paired comparison: the errors by hand, the same bytes for any number of workers, and what pairing is worth."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from simulator import Scenario, compare, load
from simulator.ensemble import FIGURES, QUINTILES
from simulator.ensemble.comparison import Comparison
from simulator.ensemble.differences import differences, warnings
from simulator.ensemble.paired import paired
from simulator.errors import EnsembleError
from simulator.kept import Store
from tests.small_worlds import scenario

SMALL: dict[str, Any] = {"book__borrowers": 300, "span__months": 6, "book__warm_up": 3}
CAP = {"kind": "penalty_cap", "starts": "2026-02"}


def small(**changes: Any) -> Scenario:
    return scenario(**SMALL, **changes)


def capped(**changes: Any) -> Scenario:
    return small(lender__policies__cap=CAP, **changes)


@pytest.fixture(scope="module")
def one() -> Comparison:
    return compare(small(), [capped()], seeds=3, workers=1)


# --- the errors, by hand --------------------------------------------------------------------------------


def test_the_paired_error_by_hand() -> None:
    base, other = np.array([10.0, 20.0, 30.0]), np.array([11.0, 23.0, 32.0])
    found = paired(base, other)
    assert (found.base, found.other, found.difference) == (20.0, 22.0, 2.0)
    assert found.standard_error == pytest.approx(1.0 / math.sqrt(3))  # differences 1, 3, 2: standard deviation 1
    assert found.low == pytest.approx(2.0 - 4.302653 / math.sqrt(3), abs=1e-6)  # Student's t, 2 degrees of freedom
    assert found.high == pytest.approx(2.0 + 4.302653 / math.sqrt(3), abs=1e-6)


def test_the_independent_error_by_hand() -> None:
    found = paired(np.array([10.0, 20.0, 30.0]), np.array([11.0, 23.0, 32.0]))
    assert found.standard_error_independent == pytest.approx(math.sqrt(100.0 / 3 + 111.0 / 3))
    assert found.ratio == pytest.approx(math.sqrt(211.0))


def test_a_figure_that_cannot_be_formed_is_nan() -> None:
    found = paired(np.array([1.0, math.nan]), np.array([1.0, 2.0]))
    assert math.isnan(found.difference)
    assert math.isnan(found.ratio)


# --- the same luck --------------------------------------------------------------------------------------


def test_a_scenario_by_another_name_is_no_different() -> None:
    base = small()
    found = compare(base, [base.model_copy(update={"name": "another"})], seeds=2)
    table = found.table.dropna(subset="difference")
    assert len(table) > len(FIGURES)
    assert not table["difference"].any()
    assert not table["standard_error"].any()
    assert found.others[0].differences == []
    assert found.others[0].warnings == []


@pytest.mark.parametrize("workers", [3])
def test_the_number_of_workers_changes_no_byte(one: Comparison, workers: int) -> None:
    many = compare(small(), [capped()], seeds=3, workers=workers)
    assert many.table.to_csv() == one.table.to_csv()
    pd.testing.assert_frame_equal(many.runs, one.runs, check_exact=True)
    assert list(many.lived) == list(one.lived)


def test_each_run_is_the_run_of_that_seed(one: Comparison) -> None:
    from simulator import run

    rows = one.runs
    assert sorted(set(rows["seed"])) == [3, 4, 5]  # from the base's seed on
    panel = run(capped(), seed=5, unshocked=False).panel
    lent = panel[panel["segment"] == "income_quintile=2"]["interest"].sum()
    kept = rows[(rows["scenario"] == one.names[1]) & (rows["seed"] == 5) & (rows["segment"] == "income_quintile=2")]
    assert kept["interest_charged"].item() == lent


def test_the_difference_is_the_mean_of_the_pairs(one: Comparison) -> None:
    rows = one.runs.pivot(index="seed", columns=["scenario", "segment"], values="cost_to_borrowers")
    for segment in ("all", *QUINTILES):
        gaps = rows[(one.names[1], segment)] - rows[(one.names[0], segment)]
        found = one.others[0].figures[segment, "cost_to_borrowers"]
        assert found.difference == pytest.approx(gaps.mean())
        assert found.standard_error == pytest.approx(gaps.std(ddof=1) / math.sqrt(3))
        assert found.difference <= 0  # a cap costs no borrower a cent


def test_the_fifths_add_up_to_the_whole(one: Comparison) -> None:
    figures = one.others[0].figures
    for name in ("interest_charged", "defaults", "months_in_arrears", "net_loss"):
        parts = sum(figures[segment, name].difference for segment in QUINTILES)
        assert parts == pytest.approx(figures["all", name].difference, abs=0.02)


def test_any_scenario_may_be_the_base(one: Comparison) -> None:
    back = compare(capped(), [small()], seeds=3)
    assert back.others[0].differences[0].words == "without policy cap (penalty_cap)"
    for key, found in one.others[0].figures.items():
        if not math.isnan(found.difference):
            assert back.others[0].figures[key].difference == -found.difference
            assert back.others[0].figures[key].standard_error == found.standard_error


@pytest.mark.long
def test_pairing_cuts_the_error_of_a_small_remedy_fivefold(books: Store) -> None:
    base = load("cn_platform", borrowers=4_000)
    other = load("cn_platform", ["lender.policies.penalty_cap.starts=2027-01"], borrowers=4_000)
    found = compare(base, [other], seeds=4, workers=2, books=books).others[0].figures
    ratios = [figure.ratio for (segment, _), figure in found.items() if segment == "all" and figure.ratio > 0]
    assert float(np.median(ratios)) > 5
    for name in ("default_rate", "net_loss", "profit", "cost_to_borrowers", "months_in_arrears"):
        assert not found["all", name].ratio < 5, name


# --- in what they differ --------------------------------------------------------------------------------


def told(base: Scenario, other: Scenario) -> str:
    return " | ".join(difference.words for difference in differences(base, other))


def test_differences_in_words() -> None:
    assert told(small(), capped()) == "with policy cap (penalty_cap) from 2026-02-01: multiple 1, fee share 0"
    dearer = small(lender__products__card={"late_fee": 7.0})
    assert told(small(), dearer) == "lender.products.card.late_fee: 30 becomes 7"
    assert "world.economy.unemployment" in told(small(), small(world__economy__unemployment=6))
    assert "without shock illness" in told(small(), small(world__shocks__illness=None))
    assert told(small(), small(seed=9)) == ""


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"book__recipe": "cn"}, "PAIRING IS BROKEN: the recipe of the borrowers"),
        ({"book__borrowers": 200}, "PAIRING IS BROKEN: the number of borrowers differs"),
        ({"book__warm_up": 4}, "PAIRING IS BROKEN: the warm-up differs"),
        ({"span__months": 5}, "lasts 5 months and the base 6"),
        ({"seed": 9}, "asks for seed 9"),
        ({"lender__currency": "CNY"}, "do not subtract"),
        ({"lender__products__card": {"late_fee": 7.0}}, "already differs on the first day"),
        ({"lender__policies__cap": {"kind": "penalty_cap"}}, "already differs on the first day"),
    ],
)
def test_what_breaks_the_pairing_is_said(changes: dict[str, Any], words: str) -> None:
    base, other = small(), scenario(**{**SMALL, **changes})
    assert words in " ".join(warnings(base, other, differences(base, other)))


def test_a_dated_difference_needs_no_warning() -> None:
    assert warnings(small(), capped(), differences(small(), capped())) == []


# --- what is refused ------------------------------------------------------------------------------------


def test_one_seed_has_no_standard_error() -> None:
    with pytest.raises(EnsembleError, match="1 seed: a standard error needs at least 2"):
        compare(small(), [capped()], seeds=1)
    with pytest.raises(EnsembleError, match="nothing to compare"):
        compare(small(), [], seeds=2)
    with pytest.raises(EnsembleError, match="0 workers"):
        compare(small(), [capped()], seeds=2, workers=0)
