"""Capital beside published figures and closed forms: risk weights, one factor, CreditRisk+, the standardised table."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.capital import (
    Corporate,
    Sector,
    absorb,
    capital_requirement,
    credit_conversion,
    default_correlation,
    default_rate_deviation,
    default_rate_quantile,
    expected_loss,
    fitted_correlation,
    joint_default,
    loss_distribution,
    quantile_of,
    relative_variance,
    risk_weight,
    standardised_weight,
    unexpected_loss,
)

# Basel II, Annex 5, illustrative risk weights, percent, by probability of default in percent: corporate; mortgage at
# 45 and 25; other retail at 45 and 85; qualifying revolving at 45 and 85 percent loss given default
ANNEX_5 = {
    0.03: (14.44, 4.15, 2.30, 4.45, 8.41, 0.98, 1.85),
    0.10: (29.65, 10.69, 5.94, 11.16, 21.08, 2.71, 5.12),
    0.50: (69.61, 35.08, 19.49, 32.36, 61.13, 10.04, 18.97),
    1.00: (92.32, 56.40, 31.33, 45.77, 86.46, 17.22, 32.53),
    2.00: (114.86, 87.94, 48.85, 57.99, 109.53, 28.92, 54.63),
    2.50: (122.16, 100.64, 55.91, 60.90, 115.03, 33.98, 64.18),
    5.00: (149.86, 148.22, None, 66.42, None, 54.74, None),
    10.00: (193.09, 204.41, None, 75.54, None, 83.89, None),
    20.00: (238.23, 253.12, None, 100.28, None, 117.99, None),
}
COLUMNS = (
    (Corporate(2.5), 0.45),
    ("residential_mortgage", 0.45),
    ("residential_mortgage", 0.25),
    ("other_retail", 0.45),
    ("other_retail", 0.85),
    ("qrre", 0.45),
    ("qrre", 0.85),
)


@pytest.mark.parametrize("percent", ANNEX_5)
def test_risk_weights_are_those_of_the_annex(percent: float) -> None:
    for published, (exposure_class, loss) in zip(ANNEX_5[percent], COLUMNS, strict=True):
        if published is not None:
            assert 100 * risk_weight(percent / 100, loss, exposure_class) == pytest.approx(published, abs=0.0105)


def test_a_mortgage_row_printed_in_two_ways_is_settled_by_the_formula() -> None:
    found = 100 * risk_weight(np.array([0.0125, 0.013, 0.015]), 0.45, "residential_mortgage")
    assert found == pytest.approx([65.312, 66.995, 73.444], abs=5e-4)


def test_expected_loss_and_requirement_make_up_the_loss_of_the_bad_year() -> None:
    rate, loss = np.array([0.02, 0.05]), 0.8
    bad = loss * default_rate_quantile(0.02, 0.04, 0.999)
    assert capital_requirement(rate, loss, "qrre")[0] + expected_loss(rate, loss)[0] == pytest.approx(bad)


# probability of default, correlation: quantiles 50, 90, 95, 99, 99.9%; joint default; deviation; default correlation
VASICEK = {
    (0.01, 0.12): (0.006571, 0.022393, 0.030569, 0.052527, 0.090326, 0.00021710, 0.010821, 0.011828),
    (0.02, 0.15): (0.012953, 0.045586, 0.062192, 0.105587, 0.176329, 0.00087690, 0.021838, 0.024331),
    (0.02, 0.20): (0.010833, 0.048923, 0.070277, 0.128610, 0.226313, 0.00110018, 0.026461, 0.035723),
    (0.03, 0.04): (0.027456, 0.048661, 0.056617, 0.074269, 0.098736, 0.00109861, 0.014093, 0.006825),
    (0.05, 0.04): (0.046598, 0.078216, 0.089633, 0.114313, 0.147324, 0.00294883, 0.021186, 0.009449),
    (0.05, 0.08): (0.043184, 0.090616, 0.109379, 0.151769, 0.210809, 0.00344570, 0.030752, 0.019910),
    (0.10, 0.15): (0.082259, 0.197196, 0.242257, 0.339885, 0.463396, 0.01519849, 0.072101, 0.057761),
}


@pytest.mark.parametrize("case", VASICEK, ids=str)
def test_one_common_factor(case: tuple[float, float]) -> None:
    *quantiles, joint, deviation, together = VASICEK[case]
    assert default_rate_quantile(*case, [0.5, 0.9, 0.95, 0.99, 0.999]) == pytest.approx(quantiles, abs=6e-7)
    assert joint_default(*case) == pytest.approx(joint, abs=6e-9)
    assert default_rate_deviation(*case) == pytest.approx(deviation, abs=6e-7)
    assert default_correlation(*case) == pytest.approx(together, abs=6e-7)
    assert fitted_correlation(case[0], default_rate_deviation(*case)) == pytest.approx(case[1], abs=1e-9)


def test_a_book_of_a_thousand_swings_a_little_more() -> None:
    assert default_rate_deviation(0.02, 0.15, 1000) == pytest.approx(0.0222715, abs=6e-8)
    assert 1000 * default_rate_deviation(0.02, 0.0, 1000) == pytest.approx(4.427189, abs=6e-7)


def test_without_correlation_nothing_is_fitted_and_too_much_is_refused() -> None:
    assert fitted_correlation(0.02, 0.0) == 0.0
    with pytest.raises(ValueError, match="too large"):
        fitted_correlation(0.02, 0.2)
    for wrong in (0.0, 1.0, -0.1):
        with pytest.raises(ValueError, match="probability of default"):
            joint_default(wrong, 0.1)
    with pytest.raises(ValueError, match="asset correlation"):
        joint_default(0.1, 1.0)


SECTORS = (Sector(1000, 1, 0.04, 0.75), Sector(1000, 2, 0.02, 0.75))  # Buergisser and others, Risk, July 1999


def test_two_sectors_that_swing_together() -> None:
    assert [sector.expected for sector in SECTORS] == [40.0, 40.0]
    alone = [unexpected_loss([sector], 0.0) for sector in SECTORS]
    assert alone == pytest.approx([30.659, 31.305], abs=6e-4)
    assert relative_variance(SECTORS, 0.5) == pytest.approx(0.421875)
    assert unexpected_loss(SECTORS, 0.5) == pytest.approx(53.1037, abs=6e-5)
    chances = loss_distribution(SECTORS, 0.5)
    assert [quantile_of(chances, level) for level in (0.95, 0.99, 0.999)] == [182, 250, 343]


def test_two_sectors_that_swing_each_by_itself() -> None:
    assert unexpected_loss(SECTORS, 0.0) == pytest.approx(43.818, abs=6e-4)
    chances = loss_distribution(SECTORS, None)
    assert quantile_of(chances, 0.99) == 214
    losses = np.arange(chances.size)
    assert chances.sum() == pytest.approx(1.0)
    assert chances @ losses == pytest.approx(80.0)
    assert math.sqrt(chances @ (losses - 80.0) ** 2) == pytest.approx(43.818, abs=6e-4)


def test_a_steady_rate_is_a_poisson_count() -> None:
    chances = loss_distribution([Sector(100, 1, 0.02, 0.0)], 0.0)
    assert chances[:4] == pytest.approx([math.exp(-2) * 2**k / math.factorial(k) for k in range(4)])


def test_the_standardised_table() -> None:
    assert standardised_weight("transactor") == 0.45
    assert standardised_weight("regulatory_retail") == 0.75
    assert standardised_weight("other_retail") == 1.0
    assert standardised_weight("regulatory_retail", in_default=True, provisions=0.19) == 1.5
    assert standardised_weight("regulatory_retail", in_default=True, provisions=0.2) == 1.0
    assert (credit_conversion(), credit_conversion(cancellable=False)) == (0.1, 0.4)
    with pytest.raises(ValueError, match="transactor, regulatory_retail, other_retail"):
        standardised_weight("retail")


def test_capital_against_losses() -> None:
    found = absorb([0.0, 5.0, 10.0, 20.0], 10.0)
    assert (found.enough, found.mean_left, found.worst_left) == (0.75, 1.25, -10.0)
    assert found.standard_error == pytest.approx(math.sqrt(0.75 * 0.25 / 4))
    assert absorb([0.0, 20.0], 10.0, weights=[9.0, 1.0]).enough == pytest.approx(0.9)
    with pytest.raises(ValueError, match="at least one path"):
        absorb([], 1.0)
