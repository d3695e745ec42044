"""At the counter: who has understood the terms of the account they open, and what those want who have not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from simulator.block import MISREAD, Block
from simulator.book import Persons
from simulator.draws import Rows
from simulator.opacity import Opacity
from simulator.policies import Counter, InForce
from simulator.population import People

Flags = npt.NDArray[np.bool_]


def understand(opacity: Opacity, policies: InForce, block: Block, rows: Rows, counter: Counter) -> Flags:
    """Who of those opening accounts misreads the terms; kept as a trait, and they forget due dates more often."""
    still = policies.misreading(block, rows, counter)
    misread = opacity.misreads(block.literacy[rows], block.mixed[rows], counter.draws, still)
    had = (block.traits[rows] & MISREAD) != 0
    block.forgets[rows] = opacity.forgets(block.forgets[rows], misread, had)
    block.traits[rows] = np.where(misread, block.traits[rows] | MISREAD, block.traits[rows] & ~MISREAD)
    return misread


def understand_at_entry(opacity: Opacity, policies: InForce, persons: Persons, counter: Counter) -> None:
    """The same for newcomers, who have no row yet: their columns `traits` and `forgets` are written."""
    everyone = np.arange(persons.count)
    block = Block(0, persons.count)
    block.enter(everyone, persons.columns, everyone)
    understand(opacity, policies, block, everyone, counter)
    persons.columns.update(traits=block.traits, forgets=block.forgets)


def wanting(opacity: Opacity, people: People, misread: Flags) -> People:
    """Those who misread the terms want a larger loan, or a larger balance on their card."""
    more = np.where(misread, 1.0 + opacity.borrows_more, 1.0)
    return replace(
        people,
        desired_loan=people.desired_loan * more,
        desired_use=np.minimum(people.desired_use * more, np.maximum(people.desired_use, 1.0)),
    )
