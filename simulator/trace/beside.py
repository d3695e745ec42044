"""The same person in another scenario: same seed, same luck, another world or lender."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.errors import ScenarioError
from simulator.scenario import Scenario
from simulator.trace.life import Life, Ready, Told
from simulator.trace.like import like


@dataclass(frozen=True)
class Beside:
    """One borrower's life, how they were found, and their life in the other scenario where one was asked for."""

    life: Life
    why: str
    other: Life | None = None

    @property
    def lives(self) -> list[Life]:
        """One or two."""
        return [self.life] if self.other is None else [self.life, self.other]


def beside(
    scenario: Scenario,
    other: Scenario | None,
    borrower: int | None,
    kind: str | None,
    told: Told | None = None,
) -> Beside:
    """A borrower by number, or somebody of a kind, in a scenario and in another with the same seed.

    Raises ScenarioError where nobody is like that, or where the two scenarios do not have the same people.
    """
    if other is not None:
        must_share_people(scenario, other)
    for each in (scenario, other):
        if kind is not None and each is not None and each.shards > 1:
            raise ScenarioError(
                f"--like {kind}: the book of {each.name} is in {each.shards} shards, and only one would be looked "
                "through; name a number with --borrower, or take one book with --set shards=1"
            )
    first = max(borrower or 0, 0)
    ready = Ready.of(scenario, scenario.seed, told, first)
    there = None if other is None else Ready.of(other, scenario.seed, told, first)
    why = ""
    if kind is not None:
        among = None if there is None else np.concatenate([block.id for block in there.state.book.blocks])
        found = like(ready, kind, told, among)
        borrower, why = found.borrower, found.why
        why += "" if other is None else f", among those who are in the book of {other.name} too when the span begins"
    assert borrower is not None
    life = ready.watched(borrower, told)[0]
    return Beside(life, why, None if there is None else there.watched(borrower, told)[0])


def must_share_people(scenario: Scenario, other: Scenario) -> None:
    """ScenarioError where a number does not mean the same person in both: another recipe, tape, or calendar."""
    for what, mine, theirs in (
        ("book.recipe", scenario.book.recipe, other.book.recipe),
        ("book.tape", scenario.book.tape, other.book.tape),
        ("book.due_days", scenario.book.due_days, other.book.due_days),
        ("span.start", scenario.span.start, other.span.start),
        ("lender.currency", scenario.lender.currency, other.lender.currency),
    ):
        if mine != theirs:
            raise ScenarioError(
                f"--beside {other.name}: {what} differs from {scenario.name}, so the same number is not the same "
                "person there; take a scenario with the same book"
            )
