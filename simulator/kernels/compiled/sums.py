"""Sums over a block by reporting segment, as `plain.sums`: one pass."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from simulator.kernels.compiled.build import compiled

Column = npt.NDArray[Any]
Cents = npt.NDArray[np.int64]
Rows = npt.NDArray[np.intp]


@compiled
def add_up(sums: Cents, segment: Column, amount: Cents) -> None:
    if sums.size == 1:
        whole = 0
        for row in range(amount.size):
            whole += amount[row]
        sums[0] += whole
    else:
        for row in range(amount.size):
            sums[segment[row]] += amount[row]


@compiled
def add_up_of(sums: Cents, segment: Column, amount: Cents, rows: Rows) -> None:
    single = sums.size == 1
    for place in range(rows.size):
        sums[0 if single else segment[rows[place]]] += amount[place]


@compiled
def charge(sums: Cents, segment: Column, balance: Cents, amount: Cents) -> None:
    single, whole = sums.size == 1, 0
    for row in range(balance.size):
        balance[row] += amount[row]
        if single:
            whole += amount[row]
        else:
            sums[segment[row]] += amount[row]
    sums[0] += whole


@compiled
def charge_some(sums: Cents, segment: Column, balance: Cents, amount: Cents, rows: Rows) -> None:
    add_up_of(sums, segment, amount, rows)
    for place in range(rows.size):
        balance[rows[place]] += amount[place]


@compiled
def receive(sums: Cents, segment: Column, balance: Cents, savings: Cents, amount: Cents) -> None:
    single, whole = sums.size == 1, 0
    for row in range(balance.size):
        balance[row] -= amount[row]
        savings[row] -= amount[row]
        if single:
            whole += amount[row]
        else:
            sums[segment[row]] += amount[row]
    sums[0] += whole
