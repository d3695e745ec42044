"""Chance: a random number belongs to (seed, purpose, day, borrower) and to nothing else.

There is no stream and no state, so the order of events, the number of workers, the layout of blocks and other
policies cannot disturb anybody's luck. Uniform first, threshold after: a larger chance only adds people.

The mixing function is the SplitMix64 finaliser (Steele, Lea and Flood, "Fast splittable pseudorandom number
generators", OOPSLA 2014): once over the borrower's number, kept as a column, and once over that xor the key.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

Ids = npt.NDArray[np.int64]
Mixed = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_S27, _S30, _S31, _S11 = (np.uint64(s) for s in (27, 30, 31, 11))
_TO_UNIT = 2.0**-53


def finalise(z: Mixed) -> Mixed:
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


def mix(ids: Ids) -> Mixed:
    """A borrower's number, well stirred: the column from which all their luck is drawn."""
    return finalise((ids.astype(np.uint64) + np.uint64(1)) * _GOLDEN)


@lru_cache(maxsize=4096)
def _purpose_key(seed: int, purpose: str) -> int:
    digest = hashlib.blake2b(f"{seed}/{purpose}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little")


class Draws:
    """The luck of one run: `draws.uniform("illness", day, block.mixed)`."""

    def __init__(self, seed: int) -> None:
        self.seed = int(seed)

    def key(self, purpose: str, day: int) -> np.uint64:
        """The key of one purpose on one day."""
        z = (_purpose_key(self.seed, purpose) + (day & 0xFFFFFFFF) * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
        return np.uint64(z ^ (z >> 31))

    def bits(self, purpose: str, day: int, mixed: Mixed) -> Mixed:
        """64 random bits for each borrower."""
        return finalise(mixed ^ self.key(purpose, day))

    def uniform(self, purpose: str, day: int, mixed: Mixed) -> Floats:
        """A uniform number strictly between 0 and 1 for each borrower."""
        return unit(self.bits(purpose, day, mixed))

    def normal(self, purpose: str, day: int, mixed: Mixed) -> Floats:
        """A standard normal number for each borrower, by the inverse function from the uniform."""
        scores: Floats = ndtri(self.uniform(purpose, day, mixed))
        return scores

    def hits(self, purpose: str, day: int, mixed: Mixed, bound: float) -> tuple[Rows, Floats]:
        """Those whose uniform lies below `bound`, with that uniform, so that an exact threshold can follow.

        The cheap way to find the few whom a rare event may strike: one pass over all, exact work on the few.
        """
        if bound <= 0.0:
            return np.empty(0, np.intp), np.empty(0)
        bits = self.bits(purpose, day, mixed)
        if bound >= 1.0:
            return np.arange(mixed.size), unit(bits)
        rows = np.flatnonzero(bits < np.uint64(min(int(bound * 2.0**64) + 2048, 2**64 - 1)))
        luck = unit(bits[rows])
        below = luck < bound
        return rows[below], luck[below]


def unit(bits: Mixed) -> Floats:
    """Random bits as a number strictly between 0 and 1 (53 bits, centred in its cell)."""
    numbers = (bits >> _S11).astype(np.float64)
    numbers += 0.5
    numbers *= _TO_UNIT
    return numbers
