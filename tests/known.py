"""Ensembles beside the distributions they must give: `python -m tests.known` prints the table.

1,000 runs of 1,000 borrowers who default independently with 2%, beside the binomial distribution; and 300 drawn worlds
of Vasicek's one-factor model (default 2%, correlation .15) with three seeds each, beside its closed form.
"""

from __future__ import annotations

import os

from simulator.ensemble import Estimated, World, distribution, mean, quantile
from simulator.ensemble.summary import design
from tests.theory.known import AT_RISK, BORROWERS, book, worlds
from tests.theory.test_known_distributions import BINOMIAL, CORRELATION, DEFAULT, VASICEK

SEEDS, WORLDS, SEEDS_A_WORLD = 1_000, 300, 3


def row(what: str, known: float, told: Estimated, digits: int) -> str:
    """A line of the table."""
    low, high = (f"{value:.{digits}f}" for value in (told.low, told.high))
    error = f"{told.standard_error:.{digits}f}"
    return f"| {what} | {known:.{digits}f} | {told.value:.{digits}f} | {error} | {low} to {high} |".replace("nan", "?")


def main() -> None:
    """Live both and print them."""
    workers = os.cpu_count() or 1
    print("| | known | ensemble | standard error | 95% interval |")
    print("|---|--:|--:|--:|--:|")
    counts = distribution(book(DEFAULT / AT_RISK), seeds=SEEDS, workers=workers).flat("defaults")
    spread = float(counts.std(ddof=1))
    print(row("independent: mean count", BORROWERS * DEFAULT, mean(counts), 2))
    error = spread / (2 * SEEDS) ** 0.5
    print(f"| independent: standard deviation | {BINOMIAL.std():.2f} | {spread:.2f} | {error:.2f} | |")
    for level in (0.95, 0.99, 0.999):
        print(row(f"independent: {100 * level:g}% quantile", BINOMIAL.ppf(level), quantile(counts, level), 1))
    factors: tuple[World, ...] = worlds(WORLDS, DEFAULT, CORRELATION)
    found = distribution(book(DEFAULT), worlds=factors, seeds=SEEDS_A_WORLD, workers=workers)
    rates, crossed = found.figures["defaults"] / BORROWERS, design(found)
    print(row("one factor: mean rate", DEFAULT, mean(rates, crossed), 4))
    for level, known in VASICEK.items():
        print(row(f"one factor: {100 * level:g}% quantile", known, quantile(rates, level, crossed), 4))


if __name__ == "__main__":
    main()
