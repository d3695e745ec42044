"""The three rule books beside hand-worked and published cases, and each class at its boundary days."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from simulator.reserves.cecl import (
    Cecl,
    capped,
    default_times_loss,
    discounted_cash_flow,
    loss_rate,
    remaining_life,
    reverted,
    roll_rate,
    vintage,
)
from simulator.reserves.expected_loss import (
    expected_credit_loss,
    marginal_defaults,
    non_linearity,
    opening_balances,
    present_value,
    weighted,
)
from simulator.reserves.five_classes import CLASSES, FiveClasses, classes, coverage_ratio, loans_ratio, provisions
from simulator.reserves.ifrs9 import (
    Ifrs9,
    increased_risk,
    loss_allowance,
    modification_loss,
    originated_impaired_allowance,
    provision_matrix,
    stages,
)
from simulator.reserves.provisioning import Overlay, Provisioning

# Expected loss -------------------------------------------------------------------------------------------


def test_a_level_hazard() -> None:
    """10,000 at 1% a month over 36 months, hazard 1% a month, loss given default 45%: closed form."""
    owed = opening_balances(10_000.0, 0.01, 36)
    chances = marginal_defaults(np.full(36, 0.01))
    assert expected_credit_loss(chances, 0.45, owed, 0.01, periods=12) == pytest.approx(419.501575, abs=5e-7)
    assert expected_credit_loss(chances, 0.45, owed, 0.01) == pytest.approx(695.699547, abs=5e-7)


def test_balances_of_an_annuity_and_of_one_without_interest() -> None:
    assert opening_balances(10_000.0, 0.01, 36)[12] == pytest.approx(7055.844458, abs=5e-7)
    assert opening_balances(900.0, 0.0, 3) == pytest.approx([900.0, 600.0, 300.0])


def test_marginal_chances_and_survival_make_up_the_whole() -> None:
    hazards = np.array([0.1, 0.2, 0.3])
    assert marginal_defaults(hazards) == pytest.approx([0.1, 0.18, 0.216])
    assert marginal_defaults(hazards).sum() + np.prod(1 - hazards) == pytest.approx(1.0)


def test_weighted_views_and_what_the_likeliest_alone_would_miss() -> None:
    """The discussion of the Transition Resource Group, December 2015: most likely loss 70, mean 92."""
    losses, weights = {"up": 30.0, "base": 70.0, "down": 170.0}, {"up": 0.2, "base": 0.5, "down": 0.3}
    assert weighted(losses, weights) == pytest.approx(92.0)
    assert non_linearity(losses, weights) == pytest.approx(22.0)
    with pytest.raises(ValueError, match=r"sum to 0\.9"):
        weighted(losses, {**weights, "down": 0.2})
    with pytest.raises(ValueError, match="differ in down"):
        weighted(losses, {"up": 0.5, "base": 0.5})


# IFRS 9 --------------------------------------------------------------------------------------------------


def test_illustrative_example_8() -> None:
    assert expected_credit_loss([0.005], 0.25, 1_000_000.0, 0.0) == pytest.approx(1250.0)


def test_illustrative_example_12() -> None:
    """A provision matrix, in thousands: 45, 120, 144, 165 and 106 make 580."""
    balances = [15e6, 7.5e6, 4e6, 2.5e6, 1e6]
    assert provision_matrix(balances, [0.003, 0.016, 0.036, 0.066, 0.106]) == pytest.approx(580_000.0)


def test_a_provision_matrix_for_consumers() -> None:
    balances = [300e3, 140e3, 60e3, 23e3, 5e3]
    shares = [0.02, 0.04, 0.08695, 0.25, 1.0]
    assert provision_matrix(balances[2:3], [5217 / 60e3]) == pytest.approx(5217.0)
    assert provision_matrix(balances, [*shares[:2], 5217 / 60e3, *shares[3:]]) == pytest.approx(27_567.0)


@pytest.mark.parametrize(
    ("days", "stage"), [(0, 1), (29, 1), (30, 1), (31, 2), (89, 2), (90, 3), (91, 3)], ids=lambda value: str(value)
)
def test_days_past_due_and_stages(days: int, stage: int) -> None:
    """5.5.11: more than 30 days past due; B5.5.37: default no later than when 90 days past due."""
    assert stages([days], [False], [False], [False], Ifrs9()).tolist() == [stage]


def test_what_else_moves_a_stage() -> None:
    flags: list[tuple[bool, bool, bool]] = [(False, True, False), (False, False, True), (True, False, False)]
    found = stages([0, 0, 0], *(np.array(column) for column in zip(*flags, strict=True)), Ifrs9())
    assert found.tolist() == [2, 2, 3]


def test_both_bounds_must_be_passed() -> None:
    terms = Ifrs9(relative=2.0, absolute=0.01)
    now, then = [0.004, 0.021, 0.03, 0.04], [0.001, 0.01, 0.01, 0.02]
    assert increased_risk(now, then, terms).tolist() == [False, True, True, False]


def test_twelve_months_in_the_first_stage_and_life_in_the_others() -> None:
    assert loss_allowance([1, 2, 3], [1.0, 1.0, 1.0], [5.0, 6.0, 7.0]).tolist() == [1.0, 6.0, 7.0]
    assert originated_impaired_allowance([10.0, 3.0], [4.0, 4.0]).tolist() == [6.0, -1.0]


def test_a_modification_gives_up_the_difference_in_value() -> None:
    before, after = [100.0] * 12, [80.0] * 12
    assert modification_loss(before, after, 0.01) == pytest.approx(20.0 * (1 - 1.01**-12) / 0.01)
    assert modification_loss(before, before, 0.01) == 0.0


# CECL ----------------------------------------------------------------------------------------------------


def test_published_cases_of_cecl() -> None:
    assert default_times_loss(1000.0, 0.02, 0.45, 3) == pytest.approx(27.0)
    assert remaining_life(1000.0, 0.01, 3) == pytest.approx(30.0)
    assert remaining_life(1000.0, 0.01, 3, qualitative=0.005) == pytest.approx(45.0)
    assert vintage([100.0, 200.0], [[0.01, 0.03, 0.05], [0.02, 0.0, 0.0]], [3, 1]) == pytest.approx(6.0)
    assert capped(300.0, 150.0) == 150.0
    assert loss_rate(3e6, 0.015, 0.0015) == pytest.approx(49_500.0)


def test_a_curve_without_an_end_is_refused() -> None:
    with pytest.raises(ValueError, match="no vintage has reached"):
        vintage([100.0, 200.0], [[0.01, 0.03, 0.0], [0.02, 0.0, 0.0]], [2, 1])
    with pytest.raises(ValueError, match="ages from 1 to 3"):
        vintage([100.0], [[0.01, 0.03, 0.05]], [4])


ROLLS = np.array(  # a five-bucket matrix with charge-off at the end; figures exact
    [
        [0.9, 0.1, 0, 0, 0, 0],
        [0.4, 0.2, 0.4, 0, 0, 0],
        [0.1, 0.1, 0.1, 0.7, 0, 0],
        [0.05, 0, 0.05, 0.1, 0.8, 0],
        [0, 0, 0, 0, 0.2, 0.8],
        [0, 0, 0, 0, 0, 1],
    ]
)


@pytest.mark.parametrize(
    ("months", "lost"), [(6, 448.0), (12, 2234.59490016), (24, 4916.770876663656)], ids=["6", "12", "24"]
)
def test_roll_rates(months: int, lost: float) -> None:
    assert roll_rate([10_000, 0, 0, 0, 0, 0], ROLLS, months) == pytest.approx(lost)


def test_roll_rates_in_the_end() -> None:
    assert roll_rate([10_000, 0, 0, 0, 0, 0], ROLLS) == pytest.approx(10_000.0)  # nothing leaves but by charge-off
    paid = ROLLS.copy()
    paid[0, 0] = 0.8
    assert 0 < roll_rate([10_000, 0, 0, 0, 0, 0], paid) < 10_000.0


def test_back_to_the_long_run_mean() -> None:
    terms = Cecl(reasonable_months=2, reversion_months=4)
    assert reverted(np.full(8, 9.0), 5.0, terms).tolist() == [9.0, 9.0, 8.0, 7.0, 6.0, 5.0, 5.0, 5.0]
    at_once = Cecl(reasonable_months=2, reversion="immediate")
    assert reverted(np.full(4, 9.0), 5.0, at_once).tolist() == [9.0, 9.0, 5.0, 5.0]
    never = Cecl(reasonable_months=0, reversion="immediate")
    assert reverted(np.full(2, 9.0), 5.0, never).tolist() == [5.0, 5.0]


def test_cash_flows_that_are_all_expected_need_no_allowance() -> None:
    payment = 1000.0 * 0.01 / (1 - 1.01**-12)
    assert discounted_cash_flow(1000.0, [payment] * 12, 0.01) == pytest.approx(0.0, abs=1e-9)
    fewer = discounted_cash_flow(1000.0, [0.9 * payment] * 12, 0.01)
    assert fewer == pytest.approx(100.0)
    assert fewer == pytest.approx(0.1 * present_value([payment] * 12, 0.01))


# Five classes --------------------------------------------------------------------------------------------


def named(days: int, **flags: Any) -> str:
    terms = flags.pop("terms", FiveClasses())
    return CLASSES[int(classes([days], terms, **flags)[0])]


@pytest.mark.parametrize(
    ("days", "name", "article"),
    [
        (0, "normal", "article 6 (1)"),
        (1, "special_mention", "article 10: overdue"),
        (7, "special_mention", "article 10: overdue, no technical delay"),
        (89, "special_mention", "article 11 asks for more than 90 days"),
        (90, "special_mention", "article 11 asks for more than 90 days"),
        (91, "substandard", "article 11: more than 90 days"),
        (270, "substandard", "article 12 asks for more than 270 days"),
        (271, "doubtful", "article 12: more than 270 days"),
        (360, "doubtful", "article 13 asks for more than 360 days"),
        (361, "loss", "article 13: more than 360 days"),
    ],
)
def test_loans_of_2023(days: int, name: str, article: str) -> None:
    assert named(days) == name, article


@pytest.mark.parametrize(("days", "name"), [(1, "normal"), (7, "normal"), (8, "special_mention")])
def test_a_technical_delay_of_seven_days(days: int, name: str) -> None:
    """Order 2023 No. 1, article 10: short delays for operational or technical reasons excepted, up to 7 days."""
    assert named(days, technical=[True]) == name


@pytest.mark.parametrize(
    ("days", "name"),
    [
        (0, "normal"),
        (1, "special_mention"),
        (90, "special_mention"),
        (91, "substandard"),
        (120, "substandard"),
        (121, "doubtful"),
        (180, "doubtful"),
        (181, "loss"),
    ],
)
def test_bank_cards_of_2011(days: int, name: str) -> None:
    """Measures for the Supervision of Credit Card Business (2011), article 92 (1) to (5)."""
    assert named(days, terms=FiveClasses(table="bank_cards_2011")) == name


def test_impaired_and_restructured() -> None:
    assert named(0, impaired=[True]) == "substandard"  # article 11 (2)
    assert named(300, impaired=[True]) == "doubtful"
    assert named(0, restructured=[True]) == "special_mention"
    assert named(100, restructured=[True]) == "substandard"


def test_provisions_and_their_ratios() -> None:
    balances = [1000.0, 100.0, 40.0, 20.0, 10.0]
    needed = float(provisions(balances, FiveClasses()))
    assert needed == pytest.approx(10 + 2 + 10 + 10 + 10)
    assert coverage_ratio(needed, balances) == pytest.approx(42 / 70)
    assert loans_ratio(needed, balances) == pytest.approx(42 / 1170)
    assert coverage_ratio(1.0, [1000.0, 0, 0, 0, 0]) == float("inf")
    assert loans_ratio(0.0, [0.0] * 5) == 0.0


# What is refused -----------------------------------------------------------------------------------------

WHOLE = {"normal": [0, 0], "special_mention": [1, 90], "substandard": [91, 120], "doubtful": [121, 180]}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"views": {"one": {"weight": 0.5}, "two": {"weight": 0.4}}}, r"sum to 0\.9 \(one 0\.5, two 0\.4\)"),
        ({"views": {}}, "no view is left"),
        ({"five_classes": {"coverage_floor": -1}}, "greater than or equal to 0"),
        ({"five_classes": {"table": WHOLE}}, "loss has no days"),
        ({"five_classes": {"table": {**WHOLE, "loss": [200, None]}}}, "days 181 to 199 are in no class"),
        ({"five_classes": {"table": {**WHOLE, "loss": [180, None]}}}, "day 180 is in two"),
        ({"five_classes": {"table": {**WHOLE, "loss": [181, 400]}}}, "later days are in no class"),
        ({"five_classes": {"table": {**WHOLE, "doubtful": [121, None], "loss": [181, None]}}}, "a last day"),
        ({"overlays": {"x": {"owner": "CRO", "why": "floods", "from": "2026-01", "until": "2026-06"}}}, "either"),
        (
            {"overlays": {"x": {"owner": "CRO", "why": "floods", "from": "2026-06", "until": "2026-01", "amount": 1}}},
            "expire on 2026-01-01 before it starts",
        ),
        ({"overlays": {"x": {"owner": " ", "why": "f", "from": "2026-01", "until": "2026-06", "share": 0.1}}}, "words"),
    ],
)
def test_contradictions_are_refused(body: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Provisioning.model_validate(body)


def test_defaults_hold_and_an_overlay_reads() -> None:
    assert sum(view.weight for view in Provisioning().views.values()) == pytest.approx(1.0)
    given = {"owner": "CRO", "why": "floods", "from": "2026-01", "until": "2026-06", "share": 0.1}
    assert Overlay.model_validate(given).share == 0.1
    table = FiveClasses.model_validate({"table": {**WHOLE, "loss": [181, None]}})
    assert table.days["loss"] == (181, None)
