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

from simulator.kernels import chosen
from simulator.kernels.plain.luck import finalise

Ids = npt.NDArray[np.int64]
Mixed = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_STEP, _MASK = 0x9E3779B97F4A7C15, 0xFFFFFFFFFFFFFFFF


def rows_where(mask: npt.NDArray[np.bool_]) -> Rows:
    """The rows for which a mask holds."""
    return mask.nonzero()[0]


def mix(ids: Ids) -> Mixed:
    """A borrower's number, well stirred: the column from which all their luck is drawn."""
    return finalise((ids.astype(np.uint64) + np.uint64(1)) * _GOLDEN)


@lru_cache(maxsize=4096)
def _purpose_key(seed: int, purpose: str) -> int:
    digest = hashlib.blake2b(f"{seed}/{purpose}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little")


# The frequent rare events share a random word, 16 bits each: the leading bits of their uniforms. Which lane a purpose
# has never changes a run's luck for the others; what is not listed has a word of its own.
LANES: dict[str, tuple[str, int]] = {
    purpose: (f"word.{number // 4}", number % 4)
    for number, purpose in enumerate(
        ("labour.lose", "attention", "shock.illness", "shock.expense", "shock.income_cut", "card.leave", "loan.leave")
    )
}
_LANE = np.uint64(0xFFFF)


class Draws:
    """The luck of one run: `draws.uniform("illness", day, block.mixed)`.

    For purposes with a lane a uniform is a leading part of 16 bits, which screens out at little cost those whom a
    rare event cannot hit, and a fine part for the few that are left.
    """

    def __init__(self, seed: int) -> None:
        self.seed = int(seed)
        self._asked: Mixed | None = None  # the borrowers whose words of the day are kept
        self._words: dict[tuple[str, int], Mixed] = {}

    def key(self, purpose: str, day: int) -> np.uint64:
        """The key of one purpose on one day."""
        return np.uint64((_purpose_key(self.seed, purpose) + day * _STEP) & _MASK)

    def bits(self, purpose: str, day: int, mixed: Mixed) -> Mixed:
        """64 random bits for each borrower."""
        word: Mixed = chosen().bits(mixed, self.key(purpose, day))
        return word

    def uniform(self, purpose: str, day: int, mixed: Mixed) -> Floats:
        """A uniform number strictly between 0 and 1 for each borrower."""
        numbers: Floats
        if purpose not in LANES:
            numbers = chosen().uniform(mixed, self.key(purpose, day))
        else:
            word, shift = self._word(purpose, day, mixed)
            numbers = chosen().joined((word >> shift) & _LANE, mixed, self.key(purpose, day))
        return numbers

    def _word(self, purpose: str, day: int, mixed: Mixed) -> tuple[Mixed, np.uint64]:
        """The word of the day that holds a purpose's lane, and where; kept while the same borrowers are asked about."""
        name, lane = LANES[purpose]
        if self._asked is not mixed:
            self._asked, self._words = mixed, {}
        word = self._words.get((name, day))
        if word is None:
            if len(self._words) > 3:
                self._words.clear()
            word = self._words[name, day] = self.bits(name, day, mixed)
        return word, np.uint64(16 * lane)

    def pair(self, purpose: str, day: int, mixed: Mixed) -> tuple[Floats, Floats]:
        """Two uniform numbers of 32 bits each for each borrower, for the circumstances of one event."""
        numbers: tuple[Floats, Floats] = chosen().pair(mixed, self.key(purpose, day))
        return numbers

    def normal(self, purpose: str, day: int, mixed: Mixed) -> Floats:
        """A standard normal number for each borrower, by the inverse function from the uniform."""
        return normal_of(self.uniform(purpose, day, mixed))

    def below(self, purpose: str, day: int, mixed: Mixed, chance: npt.NDArray[np.uint16]) -> Rows:
        """Those whose uniform lies below a chance of their own, given in 2^-16; for purposes with a lane."""
        word, shift = self._word(purpose, day, mixed)
        rows: Rows = chosen().lane_below(word, shift, chance)
        return rows

    def hits(self, purpose: str, day: int, mixed: Mixed, bound: float) -> tuple[Rows, Floats]:
        """Those whose uniform lies below `bound`, with that uniform, so that an exact threshold can follow.

        The cheap way to find the few whom a rare event may strike: one comparison for all, exact work on the few.
        """
        if bound <= 0.0:
            return np.empty(0, np.intp), np.empty(0)
        found: tuple[Rows, Floats]
        if purpose in LANES:
            word, shift = self._word(purpose, day, mixed)
            found = chosen().lane_hits(word, shift, mixed, self.key(purpose, day), float(bound))
        else:
            found = chosen().hits(mixed, self.key(purpose, day), float(bound))
        return found


def normal_of(luck: Floats) -> Floats:
    """Standard normal numbers from uniform ones strictly between 0 and 1, by the inverse function."""
    scores: Floats = ndtri(luck)
    return scores
