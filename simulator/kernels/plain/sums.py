"""Sums over a block by reporting segment, in whole cents; and the moves of money that only the ledger makes."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Column = npt.NDArray[Any]
Cents = npt.NDArray[np.int64]
Rows = npt.NDArray[np.intp]


def add_up(sums: Cents, segment: Column, amount: Cents) -> None:
    """Amounts, one a row, onto the sums of their segments."""
    if sums.size == 1:
        sums[0] += amount.sum()
    else:
        sums += np.bincount(segment, weights=amount, minlength=sums.size).astype(np.int64)


def add_up_of(sums: Cents, segment: Column, amount: Cents, rows: Rows) -> None:
    """The same for some rows; amounts one a place of `rows`."""
    add_up(sums, segment if sums.size == 1 else segment[rows], amount)


def charge(sums: Cents, segment: Column, balance: Cents, amount: Cents) -> None:
    """Everybody owes so much more."""
    balance += amount
    add_up(sums, segment, amount)


def charge_some(sums: Cents, segment: Column, balance: Cents, amount: Cents, rows: Rows) -> None:
    """These owe so much more, each of them once in `rows`."""
    balance[rows] += amount
    add_up_of(sums, segment, amount, rows)


def receive(sums: Cents, segment: Column, balance: Cents, savings: Cents, amount: Cents) -> None:
    """Everybody pays so much out of savings."""
    balance -= amount
    savings -= amount
    add_up(sums, segment, amount)
