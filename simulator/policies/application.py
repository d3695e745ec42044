"""An application: who asks for credit, and what the lender sees of them, which is not all that is true."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator.draws import Draws, Floats
from simulator.population import People

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Application:
    """Those who apply on one day, as the lender sees them; arrays of equal length."""

    people: People  # what is true
    mixed: npt.NDArray[np.uint64]
    draws: Draws
    day: int
    score: npt.NDArray[np.int16]  # as the bureau has it today
    debt_service: Floats  # on debts elsewhere that the lender sees, against the income it believes

    @classmethod
    def of(cls, people: People, mixed: npt.NDArray[np.uint64], draws: Draws, day: int) -> Application:
        """An application that shows everything as it is."""
        return cls(people, mixed, draws, day, people.score, people.debt_service)

    def luck(self, purpose: str) -> Floats:
        """A uniform number for each who applies, for this purpose and day."""
        return self.draws.uniform(purpose, self.day, self.mixed)

    def __len__(self) -> int:
        return len(self.people)
