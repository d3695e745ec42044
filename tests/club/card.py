"""The scorecard fitted on real outcomes, and turned into what the engine needs to bring them about.

1. A logistic regression of the real outcomes on the entries of the scorecard (but for its bends): the odds of a
   charge-off by what the application says, with a small ridge.
2. Every loan of the tape is lived through many times with a proneness drawn at random; a logistic regression of these
   simulated outcomes gives the engine's chance of a charge-off as a function of proneness and of all else that it knows
   (income, debts, instalment, month of issue). Turned round, it says which proneness brings about the odds of step 1.
3. The points are the least squares fit of the logarithm of that proneness on the entries. The bends of income undo the
   steps by which the recipe's savings go with the fifths of income, nothing more: they never see an outcome.
4. The base is set so that the recent loans of those fitted, each counting half as much for every half year that it is
   older, are met in sum.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import numpy.typing as npt
import pandas as pd

from simulator.loans.foreseen import characteristics
from simulator.loans.lives import fates, tape_of
from simulator.scenario import Scenario, load
from simulator.tape import Tape
from simulator.tape.scorecard import Scorecard, Term

Floats = npt.NDArray[np.float64]
SUB_GRADES = {
    f"{grade}{step}": float(np.log(5 * place + step)) for place, grade in enumerate("ABCDEFG") for step in range(1, 6)
}
GRADES = {grade: float(np.log(5 * place + 3)) for place, grade in enumerate("ABCDEFG")}
BAD = "Does not meet the credit policy. Status:"
OTHER_PURPOSES = ("other", "medical", "moving", "educational", "house", "vacation", "renewable_energy")
LEAST, MOST = -4.0, 2.2  # of the logarithm of proneness
RIDGE = 8.0
BEND = "income_above"
HALF_LIFE = 6.0  # months


def _number(*columns: str, **more: object) -> Term:
    return Term.model_validate({"columns": columns, "per": 1.0, **more})


# Every entry with one point for a unit: what is fitted is how many.
ENTRIES: dict[str, Term] = {
    "sub_grade": Term(columns=("sub_grade", "grade"), words={**SUB_GRADES, **GRADES}, unknown=2.4),
    "grade_a": Term(columns=("grade", "sub_grade"), words={"A": 1.0, **{f"A{step}": 1.0 for step in range(1, 6)}}),
    "income": _number("annual_inc", shape="log", centre=55_000, least=4_000, most=500_000),
    "income_squared": _number("annual_inc", shape="log_square", centre=55_000, least=4_000, most=500_000),
    **{
        f"income_above_{income}": _number(
            "annual_inc", shape="log_above", centre=1000 * income, least=4_000, most=500_000
        )
        for income in (30, 45, 60, 80, 110)
    },
    "amount": _number("funded_amnt", "loan_amnt", shape="log", centre=8_000, least=500),
    "instalment": _number("installment", shape="log", centre=260, least=15),
    "dti": _number("dti", centre=12.5, most=40),
    "dti_squared": _number("dti", shape="square", centre=12.5, most=40),
    "inquiries": _number("inq_last_6mths", shape="root", centre=1, most=12),
    "card_use": _number("revol_util", centre=0.5, most=1.1, percent=True),
    "records": _number("pub_rec", centre=0, most=2),
    "business": Term(columns=("purpose",), words={"small_business": 1.0}),
    "other_purpose": Term(columns=("purpose",), words=dict.fromkeys(OTHER_PURPOSES, 1.0)),
    "outside_policy": Term(
        columns=("meets_credit_policy", "loan_status"),
        words={"False": 1.0, BAD + "Fully Paid": 1.0, BAD + "Charged Off": 1.0},
    ),
}


def entries(frame: pd.DataFrame) -> Floats:
    """The entries of each loan at one point for a unit; shape (loans, entries)."""
    columns = {name: frame[name] if frame[name].dtype != bool else frame[name].astype(str) for name in frame.columns}
    return np.column_stack([term.points(columns, len(frame))[0] for term in ENTRIES.values()])


def _life(task: tuple[str, tuple[str, ...], int]) -> tuple[Floats, npt.NDArray[np.int16]]:
    """One life of every loan with a proneness of its own: its logarithm, and the month of charge-off (999: none)."""
    path, sets, seed = task
    scenario = load(path, sets=sets)
    tape = tape_of(scenario)
    prone = np.random.default_rng(seed).uniform(-3.0, 1.6, tape.rows_used)
    found = fates(scenario, seed, dataclasses.replace(tape, proneness=np.exp(prone)))
    month = np.full(tape.rows_used, 999, np.int16)
    month[found["borrower"]] = found["months"]
    return prone, month


class Response:
    """The engine's chance of charge-off by proneness and all else that it knows of a loan."""

    def __init__(self, path: str, scenario: Scenario, tape: Tape, lives: int, sets: Sequence[str] = ()) -> None:
        with ProcessPoolExecutor() as workers:
            told = list(workers.map(_life, [(path, tuple(sets), 1000 + number) for number in range(lives)]))
        self.known = self._known(tape)
        prone = np.concatenate([life[0] for life in told])
        gone = np.concatenate([life[1] for life in told]) < 999
        design = self._design(prone, np.tile(self.known, (lives, 1)))
        self.weight = logistic(design, gone.astype(float), np.full(design.shape[1], 0.1))

    @staticmethod
    def _known(tape: Tape) -> Floats:
        columns = characteristics(dataclasses.replace(tape, proneness=None))
        columns = columns[:, columns.std(axis=0) > 1e-9]
        return np.column_stack([np.ones(len(columns)), (columns - columns.mean(axis=0)) / columns.std(axis=0)])

    @staticmethod
    def _design(prone: Floats, known: Floats) -> Floats:
        cubes = np.column_stack([prone**2, prone**3])
        return np.column_stack([known, known * prone[:, None], cubes, known[:, 1:3] * (prone**2)[:, None]])

    def logit(self, prone: Floats, rows: npt.NDArray[np.bool_]) -> Floats:
        """Log odds of a charge-off of these loans at a proneness (its logarithm)."""
        return np.asarray(self._design(np.clip(prone, LEAST, MOST), self.known[rows]) @ self.weight)

    def chance(self, prone: Floats, rows: npt.NDArray[np.bool_]) -> Floats:
        """The probability."""
        return np.asarray(1.0 / (1.0 + np.exp(-self.logit(prone, rows))))


def logistic(design: Floats, outcome: Floats, ridge: Floats) -> Floats:
    """Logistic regression by Newton's method."""
    weight = np.zeros(design.shape[1])
    for _ in range(40):
        fitted = 1.0 / (1.0 + np.exp(-design @ weight))
        curve = (design * (fitted * (1.0 - fitted))[:, None]).T @ design + np.diag(ridge + 1e-9)
        step = np.linalg.solve(curve, design.T @ (outcome - fitted) - ridge * weight)
        weight += step
        if np.abs(step).max() < 1e-8:
            break
    return weight


@dataclasses.dataclass(frozen=True)
class Card:
    """Points for a unit of each entry, and the logarithm of the base."""

    points: Floats
    base: float

    def prone(self, found: Floats) -> Floats:
        """The logarithm of proneness from the entries."""
        return np.asarray(self.base + found @ self.points)

    def scorecard(self, source: str) -> Scorecard:
        """As it stands in a scenario."""
        terms = {}
        for (name, term), points in zip(ENTRIES.items(), self.points.round(4).tolist(), strict=True):
            if term.words is None:
                terms[name] = term.model_copy(update={"per": points})
            else:
                words = {word: round(points * size, 3) for word, size in term.words.items()}
                terms[name] = term.model_copy(update={"words": words, "unknown": round(points * term.unknown, 3)})
        bounds = {"least": round(float(np.exp(LEAST)), 3), "most": round(float(np.exp(MOST)), 2)}
        return Scorecard(source=source, base=round(float(np.exp(self.base)), 4), terms=terms, **bounds)


def fitted(response: Response, found: Floats, rows: npt.NDArray[np.bool_], outcome: Floats, issued: Floats) -> Card:
    """The card by which the engine brings about these rows' odds; `issued` in months, for the base."""
    own, real = found[rows], outcome[rows]
    middle, spread = own.mean(axis=0), np.maximum(own.std(axis=0), 1e-9)
    design = np.column_stack([np.ones(len(own)), (own - middle) / spread])
    seen = np.array([True, *(not name.startswith(BEND) for name in ENTRIES)])
    ridge = np.r_[0.0, np.full(seen.sum() - 1, RIDGE)]
    wanted = design[:, seen] @ logistic(design[:, seen], real, ridge)
    low, high = np.full(len(own), LEAST), np.full(len(own), MOST)
    for _ in range(40):
        between = (low + high) / 2
        over = response.logit(between, rows) > wanted
        low, high = np.where(over, low, between), np.where(over, between, high)
    inside = (between > LEAST + 0.01) & (between < MOST - 0.01)
    square = design[inside].T @ design[inside] + 1e-6 * np.eye(design.shape[1])
    weight = np.linalg.solve(square, design[inside].T @ between[inside])
    points = weight[1:] / spread
    base = float(weight[0] - points @ middle)
    recent = 0.5 ** ((issued[rows].max() - issued[rows]) / HALF_LIFE)
    low, high = -3.0, 3.0
    for _ in range(50):
        shift = (low + high) / 2
        over = (recent * (response.chance(base + shift + own @ points, rows) - real)).sum() > 0
        low, high = (low, shift) if over else (shift, high)
    return Card(points, base + shift)
