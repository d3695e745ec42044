"""The book: everybody who owes, or may come to owe, in blocks by due day; how newcomers get their rows."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from simulator.block import Accounts, Block
from simulator.draws import Rows
from simulator.shard import WHOLE, Shard

LARGEST_BLOCK = 65_536
SEGMENTS: dict[str, tuple[str, ...]] = {
    "income_quintile": ("1", "2", "3", "4", "5"),
    "age": ("under 30", "30-44", "45-59", "60 and over"),
    "score": ("under 600", "600-659", "660-719", "720-779", "780 and over"),
}
AGE_EDGES = np.array([30, 45, 60])
SCORE_EDGES = np.array([600, 660, 720, 780])


@dataclass
class Persons:
    """Newcomers' columns by name, as in PERSON_COLUMNS; all of one length."""

    columns: dict[str, npt.NDArray[np.generic]]

    @property
    def count(self) -> int:
        """How many there are."""
        return int(self.columns["id"].size)


@dataclass
class Book:
    """Blocks by due day. `cuts` are the dimensions by which the panel reports, with their labels.

    A shard's book has blocks for such due days only as its borrowers can have: who pays when does not depend on it.
    """

    due_days: tuple[int, ...]
    blocks: list[Block]
    labels: dict[str, tuple[str, ...]]
    cuts: tuple[str, ...]
    follow_months: int = 36
    next_id: int = 0
    applicants: int = 0  # who apply in a month
    counted: list[dict[str, object]] = field(default_factory=list)
    shard: Shard = WHOLE

    @classmethod
    def empty(
        cls,
        due_days: tuple[int, ...],
        borrowers: int,
        labels: dict[str, tuple[str, ...]],
        cuts: tuple[str, ...],
        follow_months: int = 36,
        shard: Shard = WHOLE,
    ) -> Book:
        """A book with nobody in it, with as many blocks to a due day as keep them of a good size."""
        common = math.gcd(shard.of, len(due_days))
        own = due_days[shard.number % common :: common]
        parts = max(1, -(-borrowers // (len(own) * LARGEST_BLOCK)))
        size = -(-borrowers // (len(own) * parts))
        blocks = [Block(day, size + size // 50 + 1) for day in own for _ in range(parts)]
        return cls(due_days, blocks, labels, cuts, follow_months, shard.number, shard=shard)

    @property
    def segments(self) -> int:
        """How many reporting segments there are."""
        return int(np.prod([len(self.labels[cut]) for cut in self.cuts])) if self.cuts else 1

    def segment_of(self, codes: dict[str, npt.NDArray[np.int64]]) -> npt.NDArray[np.int16]:
        """The reporting segment of each person from the codes of the cuts (mixed radix)."""
        segment = np.zeros(next(iter(codes.values())).size, np.int64)
        for cut in self.cuts:
            segment = segment * len(self.labels[cut]) + codes[cut]
        return segment.astype(np.int16)

    def block_of(self, ids: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Which block each borrower belongs to: the due day by number, then parts of it in turn."""
        days = len(self.due_days)
        common = math.gcd(self.shard.of, days)
        parts = len(self.blocks) * common // days
        return np.asarray((ids % days) // common * parts + ids // (self.shard.of * days // common) % parts)

    def admit(
        self, persons: Persons, accounts: dict[str, Accounts], wants: dict[str, npt.NDArray[np.bool_]]
    ) -> list[tuple[Block, Rows, Rows]]:
        """Give newcomers their rows; returns (block, rows, their places among the newcomers) for each block."""
        where = self.block_of(np.asarray(persons.columns["id"], dtype=np.int64))
        placed = []
        for number, block in enumerate(self.blocks):
            take = np.flatnonzero(where == number)
            if not take.size:
                continue
            rows = block.rows_for(take.size)
            block.enter(rows, persons.columns, take)
            for product, values in accounts.items():
                own = wants[product][take]
                block.accounts[product].put(rows[own], values, take[own])
            placed.append((block, rows, take))
        return placed

    def copy(self) -> Book:
        """An independent copy of everything."""
        return Book(
            self.due_days,
            [block.copy() for block in self.blocks],
            self.labels,
            self.cuts,
            self.follow_months,
            self.next_id,
            self.applicants,
            list(self.counted),
            self.shard,
        )
