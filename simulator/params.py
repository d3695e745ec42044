"""Parameters: frozen, bounded, documented, and each with its source beside it; and paths that hold from a date."""

from __future__ import annotations

import bisect
import datetime as dt
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError, core_schema

Floats = npt.NDArray[np.float64]


class Frozen(BaseModel):
    """A value from a scenario file: it cannot change, and a key it does not know is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, validate_default=True)


def param(
    default: Any = ...,
    doc: str = "",
    *,
    unit: str = "",
    source: str = "",
    ge: float | None = None,
    le: float | None = None,
    gt: float | None = None,
    lt: float | None = None,
    key: str | None = None,
) -> Any:
    """A documented parameter: what it means, its unit, its bounds, and where its value comes from.

    `key` is its name in a file where that is a word of Python's own, as `from`.
    """
    extra: dict[str, Any] = {name: value for name, value in (("unit", unit), ("source", source)) if value}
    return Field(default, description=doc, ge=ge, le=le, gt=gt, lt=lt, alias=key, json_schema_extra=extra or None)


def by_key(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields of a model by their keys in a file."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


_DATE = re.compile(r"^(\d{4})-(\d{1,2})(?:-(\d{1,2}))?$")


def month_date(text: Any) -> dt.date:
    """A date given as 2026-01 or 2026-01-15; raises ValueError with what is accepted."""
    if isinstance(text, dt.datetime):
        return text.date()
    if isinstance(text, dt.date):
        return text
    match = _DATE.match(str(text).strip())
    if match:
        year, month, day = int(match[1]), int(match[2]), int(match[3] or 1)
        try:
            return dt.date(year, month, day)
        except ValueError as error:
            raise ValueError(f"{text!r} is not a date: {error}") from None
    raise ValueError(f"{text!r} is not a date; write a month as 2026-01 or a day as 2026-01-15")


class DateOf(dt.date):
    """A date in a scenario file, written 2026-01 or 2026-01-15."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        def read(value: Any) -> dt.date:
            if isinstance(value, bool) or not isinstance(value, (str, dt.date)):
                raise PydanticCustomError("date", "a date is wanted, written 2026-01 or 2026-01-15")
            try:
                return month_date(value)
            except ValueError as error:
                raise PydanticCustomError("date", "{why}", {"why": str(error)}) from None

        return core_schema.no_info_plain_validator_function(read, serialization=core_schema.to_string_ser_schema())

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "pattern": r"^\d{4}-\d{1,2}(-\d{1,2})?$"}


class TimePath:
    """A value over time: a number, or dates with values (each holds until the next), or a CSV file of date,value.

    The key `baseline` gives the value before the first date: the world of the warm-up and of the unshocked
    twin run. Without it the first value is the baseline.
    """

    def __init__(
        self,
        dates: tuple[dt.date, ...],
        values: tuple[float, ...],
        baseline: float | None = None,
        ends: dt.date | None = None,
        file: str = "",
    ) -> None:
        self.dates = dates
        self.values = values
        self.given_baseline = baseline
        self.ends = ends  # a CSV series stops here; dates written out hold for ever
        self.file = file

    @classmethod
    def constant(cls, value: float) -> TimePath:
        """The same value at all times."""
        return cls((), (), float(value))

    @property
    def baseline(self) -> float:
        """The value in force before the first date."""
        if self.given_baseline is not None:
            return self.given_baseline
        return self.values[0]

    @property
    def starts(self) -> dt.date | None:
        """The first dated value's date, if the path has dates."""
        return self.dates[0] if self.dates else None

    def at(self, date: dt.date) -> float:
        """The value in force on a date."""
        place = bisect.bisect_right(self.dates, date)
        return self.values[place - 1] if place else self.baseline

    def at_months(self, first: dt.date, months: int) -> Floats:
        """The value in force in each month (on its last day), from the month of `first` on; shape (months,)."""
        values = np.empty(months)
        for number in range(months):
            year, month = divmod(first.year * 12 + first.month + number, 12)
            values[number] = self.at(dt.date(year, month + 1, 1) - dt.timedelta(days=1))
        return values

    def written(self) -> Any:
        """The path as it would stand in a scenario file."""
        if not self.dates:
            return self.given_baseline
        body: dict[str, float] = {}
        if self.given_baseline is not None:
            body["baseline"] = self.given_baseline
        body.update({date.isoformat(): value for date, value in zip(self.dates, self.values, strict=True)})
        return body

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TimePath) and self.written() == other.written()

    def __hash__(self) -> int:
        return hash((self.dates, self.values, self.given_baseline))

    def __repr__(self) -> str:
        return f"TimePath({self.written()!r})"

    @classmethod
    def read(cls, value: Any) -> TimePath:
        """From what a scenario file may hold; raises ValueError saying what is accepted."""
        if isinstance(value, TimePath):
            return value
        if isinstance(value, bool) or value is None:
            raise ValueError("a number, dates with values, or a CSV file is wanted")
        if isinstance(value, (int, float)):
            return cls.constant(_finite(value, "the value"))
        if isinstance(value, str):
            return _from_csv(value)
        if isinstance(value, dict):
            return _from_dates(value)
        raise ValueError("a number, dates with values, or a CSV file is wanted")

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        def validate(value: Any) -> TimePath:
            try:
                return cls.read(value)
            except ValueError as error:
                raise PydanticCustomError("path", "{why}", {"why": str(error)}) from None

        return core_schema.no_info_plain_validator_function(
            validate,
            serialization=core_schema.plain_serializer_function_ser_schema(lambda path: path.written()),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        dated = {"type": "object", "additionalProperties": {"type": "number"}}
        return {"anyOf": [{"type": "number"}, dated, {"type": "string", "description": "CSV with date,value"}]}


def _finite(value: Any, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ValueError(f"{what} is {value!r}; a finite number is wanted")
    return float(value)


def _from_dates(body: dict[Any, Any]) -> TimePath:
    baseline: float | None = None
    dates: list[dt.date] = []
    values: list[float] = []
    for key, value in body.items():
        number = _finite(value, f"the value at {key}")
        if key == "baseline":
            baseline = number
            continue
        date = month_date(key)
        if dates and date <= dates[-1]:
            raise ValueError(f"dates out of order: {date} stands after {dates[-1]}")
        dates.append(date)
        values.append(number)
    if not dates:
        if baseline is None:
            raise ValueError("an empty path; give a number or dates with values")
        return TimePath.constant(baseline)
    return TimePath(tuple(dates), tuple(values), baseline)


def _from_csv(name: str) -> TimePath:
    path = Path(name)
    if path.suffix.lower() != ".csv":
        raise ValueError(f"{name!r} is neither a number nor a CSV file (date,value)")
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        raise ValueError(f"the file {name} does not exist") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"the file {name} cannot be read: {error}") from None
    if not lines or [cell.strip().lower() for cell in lines[0].split(",")[:2]] != ["date", "value"]:
        raise ValueError(f"{name}:1: the first line must be date,value")
    dates: list[dt.date] = []
    values: list[float] = []
    for number, line in enumerate(lines[1:], start=2):
        cells = [cell.strip() for cell in line.split(",")]
        if not line.strip():
            continue
        if len(cells) < 2:
            raise ValueError(f"{name}:{number}: date,value is wanted, {line!r} was given")
        if cells[1] in ("", "."):
            continue  # a missing month: the value before it holds
        try:
            date, value = month_date(cells[0]), _finite(float(cells[1]), "the value")
        except ValueError as error:
            raise ValueError(f"{name}:{number}: {error}") from None
        if dates and date <= dates[-1]:
            raise ValueError(f"{name}:{number}: dates out of order: {date} stands after {dates[-1]}")
        dates.append(date)
        values.append(value)
    if not dates:
        raise ValueError(f"{name} holds no values")
    step = dates[-1] - dates[-2] if len(dates) > 1 else dt.timedelta(days=31)
    return TimePath(tuple(dates), tuple(values), None, dates[-1] + step, name)
