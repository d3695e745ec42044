"""Ensembles whose answer is known: independent defaults give the binomial, one common factor gives Vasicek's."""

from __future__ import annotations

import math
import os

import pytest
from scipy import stats

from simulator.ensemble import Ensemble, distribution, mean, quantile
from simulator.ensemble.summary import design
from tests.theory.known import AT_RISK, BORROWERS, book, worlds

DEFAULT, CORRELATION = 0.02, 0.15
BINOMIAL = stats.binom(BORROWERS, DEFAULT)
# Quantiles of the default rate in an infinite book with PD 2% and correlation .15, in closed form.
VASICEK = {0.5: 0.012953, 0.9: 0.045586, 0.95: 0.062192, 0.99: 0.105587}


@pytest.fixture(scope="module")
def independent(full_size: bool) -> Ensemble:
    workers = (os.cpu_count() or 1) if full_size else 1
    return distribution(book(DEFAULT / AT_RISK), seeds=1_000 if full_size else 30, workers=workers)


@pytest.fixture(scope="module")
def one_factor(full_size: bool) -> Ensemble:
    count, seeds, workers = (300, 3, os.cpu_count() or 1) if full_size else (15, 2, 1)
    factors = worlds(count, DEFAULT, CORRELATION)
    return distribution(book(DEFAULT), worlds=factors, seeds=seeds, workers=workers)


def test_as_many_may_default_as_the_chances_suppose() -> None:
    """With a chance of one all default but those who have just repaid."""
    found = mean(distribution(book(1.0), seeds=4).flat("defaults"))
    assert abs(found.value - BORROWERS * AT_RISK) < 4.0 * found.standard_error


@pytest.mark.long
def test_independent_defaults_are_binomial(independent: Ensemble) -> None:
    counts = independent.flat("defaults")
    runs, spread = counts.size, float(BINOMIAL.std())
    found = mean(counts)
    assert spread == pytest.approx(4.427189, abs=1e-6)
    assert abs(found.value - 20.0) < 3.0 * spread / math.sqrt(runs)
    assert abs(float(counts.std(ddof=1)) - spread) < 3.0 * spread / math.sqrt(2.0 * (runs - 1))
    for level, known in ((0.95, 28.0), (0.99, 31.0), (0.999, 35.0)):
        told = quantile(counts, level)
        assert BINOMIAL.ppf(level) == known
        assert not told.high < known - 1  # a limit that cannot be told is no contradiction
        assert not told.low > known
    ranks = stats.kstest(counts, BINOMIAL.cdf).statistic  # of a step function: never too large
    assert ranks < 1.63 / math.sqrt(runs) + float(BINOMIAL.pmf(20))


@pytest.mark.long
def test_a_common_factor_gives_vasiceks_distribution(one_factor: Ensemble) -> None:
    rates, crossed = one_factor.figures["defaults"] / BORROWERS, design(one_factor)
    found = mean(rates, crossed)
    assert found.low <= DEFAULT <= found.high
    assert found.by_source["world"] > found.by_source["sampling"]
    for level, known in VASICEK.items():
        told = quantile(rates, level, crossed)
        assert not told.low > known
        assert not told.high < known
