"""What can be wrong, drawn as one tree; every message says what was given, where, and what is accepted.

SimulatorError
├── ScenarioError   a scenario file (or an option) is not usable; lists every mistake at once
├── TapeError       a loan tape is not usable
├── SeriesError     an observed series, or a measure of the panel to stand beside it, is not usable
├── CalibrationError  a scenario cannot be fitted to the past as asked for
├── IdentityError   opening + in - out = closing did not hold; the run is void
├── EnsembleError   many runs together could not be made or finished
├── ReverseError    a limit, a dial or a history that cannot be searched or read as asked for
├── KeptError       finished work cannot be kept, or what was kept cannot be read
└── OutputError     the answer could not be written
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class SimulatorError(Exception):
    """Something the user can put right; the message is all they need to read."""


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake: where it stands (file:line:column), under which key, and what would be accepted."""

    where: str
    key: str
    message: str

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        key = f"{self.key}: " if self.key else ""
        return f"{place}{key}{self.message}"


class ScenarioError(SimulatorError):
    """A scenario cannot be used; `problems` holds every mistake found in it."""

    def __init__(self, message: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.problems: tuple[Problem, ...] = tuple(problems)

    @classmethod
    def of(cls, problems: Sequence[Problem]) -> ScenarioError:
        """All mistakes of a file as one error, one line each."""
        return cls("\n".join(str(problem) for problem in problems), problems)


class TapeError(SimulatorError):
    """A loan tape cannot be used: a missing column, too many bad rows, an unreadable file."""


class SeriesError(SimulatorError):
    """An observed series cannot be used, or what shall be measured beside it is not known."""


class CalibrationError(SimulatorError):
    """A scenario cannot be fitted as asked for: too few evaluations, nothing to resume, a log that is not one."""


class IdentityError(SimulatorError):
    """Money does not add up: opening + in - out is not the closing balance. The run is void."""


class EnsembleError(SimulatorError):
    """Many runs together are not possible as asked for, or a worker did not finish its part."""


class KeptError(SimulatorError):
    """Finished work cannot be kept where it was asked for, or is not there, or cannot be read."""


class ReverseError(SimulatorError):
    """The least severe scenario that breaks a limit cannot be looked for as asked: the limit, the dial, the history."""


class OutputError(SimulatorError):
    """The answer could not be written where it was asked for."""
