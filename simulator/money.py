"""Whole cents: the only unit in which money is held."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Cents = npt.NDArray[np.int64]
CENTS = 100


def rounded(amount: npt.NDArray[Any]) -> Cents:
    """An amount of cents as whole cents, halves to the even cent (as banks and Python's round do)."""
    whole: Cents = np.rint(amount).astype(np.int64)
    return whole


FINE = 20  # bits behind the point of a fixed-point share


def fixed(share: float) -> int:
    """A share as a whole number of 2^-20, for exact arithmetic on cents."""
    return round(share * (1 << FINE))


def share_of(amount: Cents, share: int | Cents) -> Cents:
    """A fixed-point share of whole cents, rounded to the nearest cent (halves up); exact, no floating point."""
    return reduce_to(amount * share)


def reduce_to(product: Cents) -> Cents:
    """A product of cents and a fixed-point share as whole cents, in place."""
    product += 1 << (FINE - 1)
    product >>= FINE
    return product


def cents(units: float | npt.NDArray[Any]) -> Any:
    """Currency units (dollars, yuan) as whole cents."""
    return np.rint(np.asarray(units, dtype=np.float64) * CENTS).astype(np.int64)


def units(amount: Any) -> Any:
    """Cents as currency units, for tables and pictures only."""
    return np.asarray(amount, dtype=np.float64) / CENTS


def printed(amount: float, currency: str = "") -> str:
    """Money for a reader: 1.23 million rather than 1234567.89."""
    size = abs(amount)
    for bound, divisor, word in ((1e9, 1e9, " bn"), (1e6, 1e6, " m"), (1e4, 1e3, " k")):
        if size >= bound:
            return f"{amount / divisor:,.2f}{word} {currency}".strip()
    return f"{amount:,.2f} {currency}".strip()
