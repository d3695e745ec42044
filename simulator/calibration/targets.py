"""A file of targets: which parameters are free, with what prior, and which figures of the past are to be met."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, field_validator

from simulator.errors import Problem, ScenarioError
from simulator.params import DateOf, Frozen, param
from simulator.scenario.checks import place_of
from simulator.scenario.explain import explain, in_file_order
from simulator.scenario.merge import anchor_files
from simulator.scenario.shape import complete
from simulator.scenario.source import read_file
from simulator.scenario.tree import Branch, plain

Pair = tuple[float, float]
Bucket = Literal["current", "1_29", "30_59", "60_89", "90_plus"]
State = Literal["current", "1_29", "30_59", "60_89", "90_plus", "charged_off", "closed"]


class Free(Frozen):
    """A parameter that is to be fitted: what is believed of it before, and where the search begins."""

    prior: str | tuple[float, ...] = param(
        ..., "name of a published figure (facts.csv), or [low, high], the 90% interval by hand"
    )
    start: float | None = param(None, "where the search begins; left out: the published default, or the prior's middle")
    transform: Literal["none", "log", "logit"] = param("none", "on which scale the prior is normal")
    bounds: Pair | None = param(None, "never below the first, never above the second; left out: what the key accepts")
    source: str | None = param(None, "where a prior by hand comes from; a guess says that it is one")


class Dated(Frozen):
    """What every target may say: the months it speaks of, and its weight."""

    first: DateOf | None = param(None, "first month; left out: as early as there are data", key="from")
    last: DateOf | None = param(None, "last month; left out: as late as there are data", key="to")
    weight: float = param(1.0, "how many times it counts", gt=0, le=1000)


class SeriesTarget(Dated):
    """A series of the past, quarter by quarter or month by month."""

    kind: Literal["series"] = "series"
    file: str = param(..., "a CSV file of date,value")
    measure: str = param(..., "the measure of the panel that it is compared with, as charge_off_rate")
    skip: tuple[DateOf, ...] = param((), "quarters or months left out, by their first day, as 2005-10")
    changes: bool = param(False, "on: the change over a year is a target too")
    error: float | None = param(
        None, "standard error of one value, in the measure's unit; left out: worked out from the residuals", gt=0
    )


class MomentTarget(Dated):
    """One figure of the whole window: the mean of a measure, or a metric of the run."""

    kind: Literal["moment"] = "moment"
    measure: str | None = param(None, "a measure of the panel, whose mean over the months is taken")
    metric: str | None = param(None, "or a figure of a run, as in `loanbook list metrics`")
    value: float = param(..., "the figure as observed")
    standard_error: float = param(..., "its standard error", gt=0)


class RollRatesTarget(Dated):
    """Shares of a bucket that are found in others a month later."""

    kind: Literal["roll_rates"] = "roll_rates"
    product: str | None = param(None, "of this product; left out: of all")
    by: Literal["accounts", "balance"] = param("accounts", "what is counted")
    values: dict[Bucket, dict[State, float]] = param({}, "from a bucket to a state: the share, 0 to 1")
    file: str | None = param(None, "or a CSV file of from_bucket,to_bucket,share and standard_error")
    standard_error: float | None = param(None, "standard error of a share; may be a column of the file", gt=0)


class VintageTarget(Dated):
    """Cumulated shares of the accounts of vintages, by months on book; `from` and `to` are opening months."""

    kind: Literal["vintage"] = "vintage"
    product: str | None = param(None, "of this product; left out: of all")
    of: Literal["defaults", "charge_off_accounts", "charge_offs"] = param(
        "charge_off_accounts", "what is cumulated; charge_offs is money over money lent"
    )
    values: dict[int, float] = param({}, "months on book with the cumulated share, 0 to 1")
    file: str | None = param(None, "or a CSV file of months_on_book,share and standard_error")
    standard_error: float | None = param(None, "standard error of a share; may be a column of the file", gt=0)

    @field_validator("values")
    @classmethod
    def _months(cls, values: dict[int, float]) -> dict[int, float]:
        return dict(sorted(values.items()))


AnyTarget = Annotated[SeriesTarget | MomentTarget | RollRatesTarget | VintageTarget, Field(discriminator="kind")]


class HoldOut(Frozen):
    """Months that are scored and not fitted."""

    first: DateOf = param(..., "first month", key="from")
    last: DateOf = param(..., "last month", key="to")


class Targets(Frozen):
    """What is free and what is to be met."""

    stands_for: str = param("", "what the targets stand for, in words")
    parameters: dict[str, Free] = param(..., "the free parameters, by key path in the scenario")
    targets: dict[str, AnyTarget] = param(..., "the figures to be met, by name")
    hold_out: HoldOut | None = param(None, "months that are scored and not fitted")
    borrowers: float | None = param(
        None, "borrowers of the book that was observed; left out: so many that it has no luck of its own", gt=0
    )


@dataclass(frozen=True)
class TargetsFile:
    """A file of targets as read: what it says, and where each thing stands in it."""

    body: Targets
    root: Branch
    shown: str

    @property
    def name(self) -> str:
        """The file's own name."""
        return os.path.basename(self.shown)

    def problem(self, keys: tuple[str, ...], message: str) -> Problem:
        """A mistake under some keys, with the place where they stand."""
        return Problem(place_of(self.root, keys, message), ".".join(keys), message)


def read_targets(path: str | os.PathLike[str]) -> TargetsFile:
    """Read a file of targets. Raises ScenarioError with every mistake in it, each with file, line and column.

    File names in it are relative to the file itself.
    """
    shown = os.fspath(path)
    source = read_file(Path(shown), shown, "parameters and targets")
    root = source.root
    anchor_files(root, Path(shown).absolute().parent)
    problems: list[Problem] = []
    complete(root, Targets, "", problems)
    body: Targets | None = None
    try:
        body = Targets.model_validate(plain(root))
    except ValidationError as error:
        told = {problem.key for problem in problems}
        problems += [problem for problem in explain(error, root, Targets) if problem.key not in told]
    if body is not None:
        found = TargetsFile(body, root, shown)
        problems += [found.problem(keys, message) for keys, message in _between(body)]
    if problems or body is None:
        raise ScenarioError.of(in_file_order(problems, [shown]))
    return found


def _between(body: Targets) -> list[tuple[tuple[str, ...], str]]:
    """Mistakes that no single value shows."""
    empty = [section for section in ("parameters", "targets") if not getattr(body, section)]
    wrong: list[tuple[tuple[str, ...], str]] = [((name,), "nothing is given; at least one is wanted") for name in empty]
    for path, free in body.parameters.items():
        if not isinstance(free.prior, str) and len(free.prior) != 2:
            told = f"{len(free.prior)} given; two numbers are wanted, [low, high], the ends of the 90% interval"
            wrong.append((("parameters", path, "prior"), told))
    hold_out = body.hold_out
    if hold_out is not None and hold_out.last < hold_out.first:
        wrong.append((("hold_out", "to"), f"{hold_out.last:%Y-%m} lies before {hold_out.first:%Y-%m}"))
    measures: dict[str, str] = {}
    for name, target in body.targets.items():
        keys = ("targets", name)
        if target.first is not None and target.last is not None and target.last < target.first:
            wrong.append(((*keys, "to"), f"{target.last:%Y-%m} lies before {target.first:%Y-%m}"))
        wrong += [((*keys, *inner), told) for inner, told in _of_target(target)]
        if isinstance(target, SeriesTarget):
            other = measures.setdefault(target.measure, name)
            if other != name:
                wrong.append(((*keys, "measure"), f"{target.measure} is the measure of {other} too; one series each"))
    return wrong


def _of_target(target: Any) -> list[tuple[tuple[str, ...], str]]:
    if isinstance(target, MomentTarget) and (target.measure is None) == (target.metric is None):
        return [((), "either a measure or a metric is wanted")]
    if not isinstance(target, (RollRatesTarget, VintageTarget)):
        return []
    wrong: list[tuple[tuple[str, ...], str]] = []
    if bool(target.values) == (target.file is not None):
        wrong.append(((), "either values or a file is wanted"))
    if target.values and target.standard_error is None:
        wrong.append(((), "standard_error is missing; how sure are the values?"))
    shares: list[tuple[tuple[str, ...], float]] = []
    if isinstance(target, RollRatesTarget):
        shares = [((begin, end), share) for begin, row in target.values.items() for end, share in row.items()]
        for begin, row in target.values.items():
            if sum(row.values()) > 1.0 + 1e-6:
                wrong.append((("values", begin), f"the shares add up to {sum(row.values()):g}; at most 1 is possible"))
    else:
        shares = [((str(month),), share) for month, share in target.values.items()]
        wrong += [(("values", str(month)), "months on book are wanted") for month in target.values if month < 0]
    for keys, share in shares:
        if not 0 <= share <= 1:
            wrong.append((("values", *keys), f"{share:g} was given; a share from 0 to 1 is wanted"))
    return wrong
