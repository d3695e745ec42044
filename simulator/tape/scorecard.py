"""A scorecard: what a loan application says, as points, into how often blows strike the borrower.

Proneness = base x exp(sum of the points), so that points add on the scale of the logarithm, as in the lender's own
scorecards. It multiplies the chance of every blow that befalls a borrower: the loss of the job and each shock.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
from pydantic import model_validator
from pydantic_core import PydanticCustomError

from simulator.params import Frozen, param
from simulator.tape import cells

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


class Term(Frozen):
    """One entry of a scorecard: points by the words of a column, or for each unit of a number in it."""

    columns: tuple[str, ...] = param(doc="the column; of several the first that the row holds a value in counts")
    words: dict[str, float] | None = param(None, "points of each word")
    other: float = param(0.0, "points of any other word")
    per: float = param(0.0, "points for each unit of the number above its centre")
    shape: Literal["linear", "square", "root", "log", "log_square", "log_above"] = param(
        "linear",
        "the number as it is, its square, its square root, its logarithm, the logarithm of number / centre squared, or "
        "that logarithm where it is above nought",
    )
    centre: float = param(0.0, "the number at which the points are nought", ge=0)
    least: float = param(0.0, "a smaller number counts as this", ge=0)
    most: float = param(1e12, "a larger number counts as this", gt=0)
    percent: bool = param(False, "a share that may be written in percent: if most are above 1.5 they are")
    unknown: float = param(0.0, "points where the tape says nothing")

    @model_validator(mode="after")
    def _one_of_two(self) -> Term:
        wrong = []
        if not self.columns:
            wrong.append("no column is named")
        if self.words is not None and self.per:
            wrong.append("words and per are both given; a term is of words or of a number")
        if self.shape.startswith("log") and min(self.least, self.centre) <= 0:
            wrong.append("a logarithm wants least and centre above 0")
        if wrong:
            raise PydanticCustomError("scorecard", "{why}", {"why": "; ".join(wrong)})
        return self

    def points(self, columns: dict[str, pd.Series[Any]], size: int) -> tuple[Floats, Mask]:
        """The points of each row, and where the tape says nothing."""
        found = np.full(size, np.nan)
        for name in self.columns:
            if name in columns:
                value = self._words(columns[name]) if self.words is not None else self._number(columns[name])
                found = np.where(np.isnan(found), value, found)
        unknown = np.isnan(found)
        return np.where(unknown, self.unknown, found), unknown

    def _words(self, column: pd.Series[Any]) -> Floats:
        words = self.words or {}
        meanings, _ = cells.coded(column, words)
        shown = cells.texts(column)
        points = np.array([self.other if found is None else found for found in meanings.tolist()], dtype=np.float64)
        return np.where(shown == "", np.nan, points)

    def _number(self, column: pd.Series[Any]) -> Floats:
        values = cells.numbers(column, ending="%").values
        known = values[~np.isnan(values)]
        if self.percent and known.size and np.median(known) > 1.5:
            values = values / 100.0
        return np.asarray(self.per * (self._shaped(np.clip(values, self.least, self.most)) - self._shaped(self.centre)))

    def _shaped(self, value: Any) -> Any:
        if self.shape == "log_square":
            return np.log(value / self.centre) ** 2
        if self.shape == "log_above":
            return np.maximum(np.log(value / self.centre), 0.0)
        if self.shape == "square":
            return value**2
        if self.shape == "linear":
            return value
        return np.log(value) if self.shape == "log" else np.sqrt(value)


class Scorecard(Frozen):
    """How often blows strike each borrower of a tape, as a multiple of the usual chance."""

    source: str = param("", "which data the points were fitted on")
    base: float = param(1.0, "the multiple at nought points", ge=0, le=100)
    least: float = param(0.02, "smallest multiple", source="a guess: nobody is safe", ge=0, le=1)
    most: float = param(8.0, "largest multiple", source="a guess", ge=1, le=100)
    terms: dict[str, Term] = param({}, "the scorecard's entries by name")

    def columns(self, header: Collection[str]) -> tuple[str, ...]:
        """Those of the file's columns that the scorecard reads."""
        wanted = [name for term in self.terms.values() for name in term.columns]
        return tuple(dict.fromkeys(name for name in wanted if name in header))

    def proneness(self, columns: dict[str, pd.Series[Any]], size: int) -> tuple[Floats, dict[str, Mask]]:
        """The multiple of each row, and by entry the rows of which the tape says nothing."""
        total, unknown = np.full(size, np.log(max(self.base, 1e-300))), {}
        for name, term in self.terms.items():
            points, missing = term.points(columns, size)
            total += points
            unknown[name] = missing
        return np.clip(np.exp(total), self.least, self.most), unknown
