"""Random bits and who is hit, for all borrowers of a block at once; see `simulator.draws` for what they mean."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]

_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_S12, _S27, _S30, _S31, _S32 = (np.uint64(shift) for shift in (12, 27, 30, 31, 32))
_LOW, _LANE = np.uint64(0xFFFFFFFF), np.uint64(0xFFFF)
_TO_UNIT = 2.0**-52


def finalise(z: Words) -> Words:
    """The SplitMix64 finaliser, in place."""
    shifted = z >> _S30
    z ^= shifted
    z *= _FIRST
    np.right_shift(z, _S27, out=shifted)
    z ^= shifted
    z *= _SECOND
    np.right_shift(z, _S31, out=shifted)
    z ^= shifted
    return z


def unit(bits: Words) -> Floats:
    """Random bits as a number strictly between 0 and 1 (52 bits, centred in its cell: exact, so never 1)."""
    numbers = (bits >> _S12).astype(np.float64)
    numbers += 0.5
    numbers *= _TO_UNIT
    return numbers


def bits(mixed: Words, key: np.uint64) -> Words:
    """64 random bits for each borrower."""
    return finalise(mixed ^ key)


def uniform(mixed: Words, key: np.uint64) -> Floats:
    """A uniform number for each borrower."""
    return unit(bits(mixed, key))


def pair(mixed: Words, key: np.uint64) -> tuple[Floats, Floats]:
    """Two uniform numbers of 32 bits each for each borrower."""
    word = bits(mixed, key)
    high: Floats = ((word >> _S32).astype(np.float64) + 0.5) * 2.0**-32
    low: Floats = ((word & _LOW).astype(np.float64) + 0.5) * 2.0**-32
    return high, low


def hits(mixed: Words, key: np.uint64, bound: float) -> tuple[Rows, Floats]:
    """Rows whose uniform lies below a bound, and that uniform."""
    luck = uniform(mixed, key)
    rows = (luck < bound).nonzero()[0]
    return rows, luck[rows]


def lane_hits(word: Words, shift: np.uint64, mixed: Words, key: np.uint64, bound: float) -> tuple[Rows, Floats]:
    """The same where the leading 16 bits of the uniform stand in a lane of `word`, which screens out nearly all."""
    most = np.uint64(min(int(bound * 65536.0), 65535))
    rows = ((word & (_LANE << shift)) <= (most << shift)).nonzero()[0]
    luck = joined((word[rows] >> shift) & _LANE, mixed[rows], key)
    below = luck < bound
    return rows[below], luck[below]


def joined(leading: Words, mixed: Words, key: np.uint64) -> Floats:
    """A uniform from its leading 16 bits and a fine part of its own."""
    return (leading.astype(np.float64) + uniform(mixed, key)) * 2.0**-16


def lane_below(word: Words, shift: np.uint64, chance: npt.NDArray[np.uint16]) -> Rows:
    """Rows whose lane lies below a chance of their own, in 2^-16."""
    return ((word >> shift).astype(np.uint16) < chance).nonzero()[0]
