"""Luck drawn in other ways than the simulator does: mirrored, and with people spread evenly. Tried, and not offered."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import numpy as np

from simulator import setting
from simulator.draws import Draws, Floats, Mixed, Rows
from simulator.kernels.plain.luck import unit
from simulator.population.copula import LATENTS

WORD = 2**64
ELSEWHERE = 2**40
GOLDEN, FIRST, SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB  # as in simulator.draws
PEOPLE = [f"population.{name}" for name in (*LATENTS, "target", "living", "earners", "region", "sector", "autopay")]
PRIMES = (2, 5, 17, 59, 61, 73, 131, 157, 167, 257, 269, 277, 283, 331, 347, 359, 397)  # no two go together by chance


class Mirrored(Draws):
    """Everybody's luck upside down: 1 - u wherever the same seed gives u.

    The few inner loops that take a key and draw for themselves (who finds a job again, who engages) draw anew.
    """

    def key(self, purpose: str, day: int) -> np.uint64:
        """A key of another seed, for the loops that draw for themselves."""
        return Draws(self.seed ^ ELSEWHERE).key(purpose, day)

    def bits(self, purpose: str, day: int, mixed: Mixed) -> Mixed:
        """The bits of the seed, every one turned."""
        return ~Draws(self.seed).bits(purpose, day, mixed)

    def uniform(self, purpose: str, day: int, mixed: Mixed) -> Floats:
        """One less the uniform of the seed."""
        return 1.0 - Draws(self.seed).uniform(purpose, day, mixed)

    def pair(self, purpose: str, day: int, mixed: Mixed) -> tuple[Floats, Floats]:
        """One less each of the two."""
        high, low = Draws(self.seed).pair(purpose, day, mixed)
        return 1.0 - high, 1.0 - low

    def hits(self, purpose: str, day: int, mixed: Mixed, bound: float) -> tuple[Rows, Floats]:
        """Those whose turned uniform lies below the bound."""
        luck = self.uniform(purpose, day, mixed)
        rows = (luck < bound).nonzero()[0]
        return rows, luck[rows]


def ids_of(mixed: Mixed) -> Mixed:
    """The borrowers' numbers plus one, from the column that `mix` made of them."""

    def back(z: Mixed, shift: int) -> Mixed:
        return z ^ (z >> np.uint64(shift)) ^ (z >> np.uint64(2 * shift))

    z = back(mixed.copy(), 31) * np.uint64(pow(SECOND, -1, WORD))
    z = back(z, 27) * np.uint64(pow(FIRST, -1, WORD))
    return back(z, 30) * np.uint64(pow(GOLDEN, -1, WORD))


def generator(prime: int) -> np.uint64:
    """The fractional part of a prime's square root, in 2^-64 and odd."""
    digits = 10**40
    return np.uint64((math.isqrt(prime * digits**2) % digits * WORD // digits) | 1)


STEPS = {purpose: generator(prime) for purpose, prime in zip(PEOPLE, PRIMES, strict=True)}


class Lattice(Draws):
    """What people are like by a randomly shifted Kronecker sequence over their numbers; all other luck as it is.

    Dimension d of person n is the fractional part of shift(d) + n sqrt(p(d)) with p the primes, in 64-bit whole
    numbers (Niederreiter 1992, Random Number Generation and Quasi-Monte Carlo Methods, chapter 3).
    """

    def uniform(self, purpose: str, day: int, mixed: Mixed) -> Floats:
        """A uniform number for each borrower: by the lattice where it is one of the qualities of a person."""
        step = STEPS.get(purpose)
        if step is None:
            return super().uniform(purpose, day, mixed)
        return unit(ids_of(mixed) * step + self.key(purpose, day))


@contextmanager
def drawn_by(kind: type[Draws]) -> Iterator[None]:
    """Runs inside draw their luck this way."""
    with patch.object(setting, "Draws", kind):
        yield
