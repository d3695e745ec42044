"""One borrower's luck in plain whole numbers: the same bits as the engine's columns, worked out without them."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.special import ndtri

from simulator.draws import LANES, Draws

WORD = 2**64 - 1


def single(number: float) -> float:
    """The number as the engine keeps small shares: in single precision."""
    return float(np.float32(number))


def monthly(share: float) -> float:
    """A yearly chance as a monthly one."""
    return 1.0 - (1.0 - min(share, 0.999999)) ** (1.0 / 12.0)


def log_normal(sigma: float, luck: float) -> float:
    """A size with median one, by the inverse of the normal distribution."""
    return float(np.exp(sigma * ndtri(luck)))


def stir(z: int) -> int:
    """The SplitMix64 finaliser on one 64-bit word."""
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & WORD
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & WORD
    return z ^ (z >> 31)


@lru_cache(maxsize=8192)
def key(seed: int, purpose: str, day: int) -> int:
    """What everybody's number is mixed with for a purpose on a day."""
    return int(Draws(seed).key(purpose, day))


class Luck:
    """`luck("shock.illness", day)` is the borrower's uniform number for that purpose on that day."""

    __slots__ = ("number", "seed")

    def __init__(self, seed: int, borrower: int) -> None:
        self.seed = seed
        self.number = stir(((borrower + 1) * 0x9E3779B97F4A7C15) & WORD)

    def __call__(self, purpose: str, day: int) -> float:
        """Strictly between 0 and 1. Rare events take their leading 16 bits from a word that four of them share."""
        fine = ((stir(self.number ^ key(self.seed, purpose, day)) >> 12) + 0.5) * 2.0**-52
        if purpose not in LANES:
            return fine
        word, lane = LANES[purpose]
        leading = (stir(self.number ^ key(self.seed, word, day)) >> (16 * lane)) & 0xFFFF
        return (leading + fine) * 2.0**-16

    def pair(self, purpose: str, day: int) -> tuple[float, float]:
        """Two uniform numbers of 32 bits each, for the circumstances of one event."""
        bits = stir(self.number ^ key(self.seed, purpose, day))
        return ((bits >> 32) + 0.5) * 2.0**-32, ((bits & 0xFFFFFFFF) + 0.5) * 2.0**-32
