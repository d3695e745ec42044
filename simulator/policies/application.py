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
    """Those who apply on one day, as the lender sees them; arrays of equal length.

    What is seen is kept in parts, so that it does not matter in which order the policies look: what the applicants
    state, what a check has found where there was one, what the bureau shows, and how strict the counter is today.
    """

    people: People  # what is true
    mixed: npt.NDArray[np.uint64]
    draws: Draws
    day: int
    score: npt.NDArray[np.int16]  # as the bureau has it today
    shown: Floats  # of what is paid on debts elsewhere, the share that the bureau shows
    stated: Floats  # income as stated, against the true one
    checked: Floats  # income as found by a check, against the true one; nan where nothing was checked
    points: float = 0.0  # of score by which every cut-off is raised today; below nought lowered
    narrower: float = 0.0  # share of income by which every cap on debt service is lowered today

    @classmethod
    def of(cls, people: People, mixed: npt.NDArray[np.uint64], draws: Draws, day: int) -> Application:
        """An application that shows everything as it is."""
        size = len(people)
        return cls(people, mixed, draws, day, people.score, np.ones(size), np.ones(size), np.full(size, np.nan))

    @property
    def believed(self) -> Floats:
        """The income that the lender believes, against the true one."""
        return np.where(np.isnan(self.checked), self.stated, self.checked)

    @property
    def debt_service(self) -> Floats:
        """On debts elsewhere that the lender sees, against the income it believes."""
        service: Floats = self.people.debt_service * self.shown / self.believed
        return service

    def luck(self, purpose: str) -> Floats:
        """A uniform number for each who applies, for this purpose and day."""
        return self.draws.uniform(purpose, self.day, self.mixed)

    def trait(self, purpose: str) -> Floats:
        """A uniform number for each who applies, the same whenever they apply."""
        return self.draws.uniform(purpose, 0, self.mixed)

    def __len__(self) -> int:
        return len(self.people)
