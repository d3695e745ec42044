"""A shard: one of the servicing centres of a book, which of its borrowers are its own and what part it has of a whole.

Borrower number i belongs to shard i modulo the number of shards, so whoever may apply has the same number, and with it
the same qualities, luck and due day, as in one book.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Shard:
    """Shard `number` (from 0) of so many; the whole book is shard 0 of 1."""

    number: int = 0
    of: int = 1

    def part(self, whole: int) -> int:
        """Its part of a whole that is divided over all shards; what does not divide goes to the first ones."""
        return whole // self.of + (self.number < whole % self.of)

    def numbers(self, first: int, count: int) -> npt.NDArray[np.int64]:
        """So many borrowers' numbers of this shard, from its number `first` on."""
        return np.arange(first, first + count * self.of, self.of, dtype=np.int64)

    @property
    def rows(self) -> slice:
        """Which rows of a table of all borrowers are its own."""
        return slice(self.number, None, self.of)


WHOLE = Shard()


def shards(of: int) -> tuple[Shard, ...]:
    """All shards of a book, in order."""
    return tuple(Shard(number, of) for number in range(of))


def shard_of(borrower: int, of: int) -> Shard:
    """The shard to which a borrower belongs."""
    return Shard(borrower % of, of)
