"""Random bits and who is hit, as `plain.luck`: one pass where NumPy takes a dozen."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from simulator.kernels.compiled.build import compiled

Words = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]

_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_S12, _S27, _S30, _S31, _S32 = (np.uint64(shift) for shift in (12, 27, 30, 31, 32))
_LOW, _LANE = np.uint64(0xFFFFFFFF), np.uint64(0xFFFF)
_TO_UNIT = 2.0**-52


@compiled
def stirred(z: np.uint64) -> np.uint64:
    """The SplitMix64 finaliser."""
    z ^= z >> _S30
    z *= _FIRST
    z ^= z >> _S27
    z *= _SECOND
    return z ^ (z >> _S31)


@compiled
def luck_of(mixed: np.uint64, key: np.uint64) -> float:
    """One borrower's uniform number."""
    return (float(stirred(mixed ^ key) >> _S12) + 0.5) * _TO_UNIT


@compiled
def bits(mixed: Words, key: np.uint64) -> Words:
    found = np.empty(mixed.size, np.uint64)
    for i in range(mixed.size):
        found[i] = stirred(mixed[i] ^ key)
    return found


@compiled
def uniform(mixed: Words, key: np.uint64) -> Floats:
    found = np.empty(mixed.size)
    for i in range(mixed.size):
        found[i] = luck_of(mixed[i], key)
    return found


@compiled
def pair(mixed: Words, key: np.uint64) -> tuple[Floats, Floats]:
    high, low = np.empty(mixed.size), np.empty(mixed.size)
    for i in range(mixed.size):
        word = stirred(mixed[i] ^ key)
        high[i] = (float(word >> _S32) + 0.5) * 2.0**-32
        low[i] = (float(word & _LOW) + 0.5) * 2.0**-32
    return high, low


@compiled
def hits(mixed: Words, key: np.uint64, bound: float) -> tuple[Rows, Floats]:
    luck, rows, count = uniform(mixed, key), np.empty(mixed.size, np.intp), 0
    for i in range(mixed.size):
        if luck[i] < bound:
            rows[count], luck[count] = i, luck[i]
            count += 1
    return rows[:count].copy(), luck[:count].copy()


@compiled
def lane_hits(word: Words, shift: np.uint64, mixed: Words, key: np.uint64, bound: float) -> tuple[Rows, Floats]:
    most = np.uint64(min(int(bound * 65536.0), 65535))
    rows, count = np.empty(mixed.size, np.intp), 0
    for i in range(mixed.size):
        if ((word[i] >> shift) & _LANE) <= most:
            rows[count] = i
            count += 1
    luck, kept = np.empty(count), 0
    for place in range(count):
        row = rows[place]
        own = (float((word[row] >> shift) & _LANE) + luck_of(mixed[row], key)) * 2.0**-16
        if own < bound:
            rows[kept], luck[kept] = row, own
            kept += 1
    return rows[:kept].copy(), luck[:kept].copy()


@compiled
def joined(leading: Words, mixed: Words, key: np.uint64) -> Floats:
    found = np.empty(mixed.size)
    for i in range(mixed.size):
        found[i] = (float(leading[i]) + luck_of(mixed[i], key)) * 2.0**-16
    return found


@compiled
def lane_below(word: Words, shift: np.uint64, chance: npt.NDArray[np.uint16]) -> Rows:
    rows, count = np.empty(word.size, np.intp), 0
    for i in range(word.size):
        if ((word[i] >> shift) & _LANE) < np.uint64(chance[i]):
            rows[count] = i
            count += 1
    return rows[:count].copy()
