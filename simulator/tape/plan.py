"""How a loan tape is to be read: which file, which column is what, in which unit, and how much may be bad."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, WithJsonSchema, field_validator, model_validator
from pydantic_core import PydanticCustomError

from simulator.params import DateOf, Frozen, param
from simulator.tape.fields import FIELDS, WORDS
from simulator.tape.scorecard import Scorecard
from simulator.tape.words import meant

PRESET_NAMES = ("none", "taiwan-cards", "lendingclub", "lendingclub-2007", "lendingclub-2018")
FORMATS = (".csv", ".csv.gz", ".parquet", ".pq")
STATUS_MONTHS = ("PAY_2", "PAY_3", "PAY_4", "PAY_5", "PAY_6")


def _codes(value: Any) -> Any:
    """YAML reads -2 and PAY as number and text: a code is compared as text."""
    if isinstance(value, dict):
        return {str(key): shown for key, shown in value.items()}
    return value


class ColumnPlan(Frozen):
    """One column of the file as one field of ours: its unit, its codes, and whether it is a ratio of two."""

    column: str = param(doc="the column's name in the file")
    over: str | None = param(None, "divide by this column: the field is a ratio of two (payment over bill)")
    unit: str | None = param(None, "the column's unit; the field's own unit when left out")
    scale: float = param(1.0, "multiply by this after the unit", gt=0)
    thousands: str | None = param(None, "the mark between thousands in the numbers, for example ','")
    values: Annotated[dict[str, float | str | None] | None, BeforeValidator(_codes)] = param(
        None, "what each code of the column means; null says unknown"
    )


def _columns(value: Any) -> Any:
    """A name, a map, or a list of either (the first that holds a value counts) as a list of maps."""
    parts = list(value) if isinstance(value, (list, tuple)) else [value]
    return [{"column": part} if isinstance(part, str) else part for part in parts]


Columns = Annotated[
    tuple[ColumnPlan, ...],
    BeforeValidator(_columns),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "object"}, {"type": "array"}]}),
]


class TapePlan(Frozen):
    """A real loan tape as the opening book: every row is used, or is named with the reason why not."""

    file: str = param(doc="the tape: CSV, CSV.gz or Parquet", unit="file")
    preset: Literal["none", "taiwan-cards", "lendingclub", "lendingclub-2007", "lendingclub-2018"] = param(
        "none", "a known layout: columns, units and codes come with it and may be overridden"
    )
    product: str | None = param(None, "the lender's product the accounts belong to; by default the kind's name")
    currency: str | None = param(None, "the currency of the amounts, three letters; given by a preset")
    date_format: str | None = param(None, "how dates are written, as %Y-%m-%d or %b-%Y; given by a preset")
    as_of: DateOf | None = param(None, "the day of the snapshot; without it each loan starts when it was opened")
    columns: dict[str, Columns] = param({}, "our field: the file's column")
    values: dict[str, Annotated[dict[str, float | str | None], BeforeValidator(_codes)]] = param(
        {}, "our field: what each code means (for columns without codes of their own)"
    )
    required: tuple[str, ...] | None = param(None, "fields that no row may lack")
    keep: tuple[str, ...] = param((), "columns carried along as they are, for cuts of the answer")
    status_from: str = param("PAY_2", "taiwan-cards: the month whose repayment status the book starts from")
    take_home: float = param(
        0.75,
        "the share of gross income that reaches the household after tax and contributions",
        unit="share",
        source="a guess; near the take-home share of an average single earner in the US (OECD Taxing Wages)",
        gt=0,
        le=1,
    )
    scorecard: Scorecard | None = param(
        None, "how often blows strike each borrower, from the columns of the tape; left out: as often as others"
    )
    lend_only: dict[str, tuple[str, ...]] = param(
        {}, "new loans are granted only where the column holds one of these words; the others are declined, counted"
    )
    at_work: bool = param(False, "everybody whose loan begins in the span is at work then: the lender asked")
    affordable: float | None = param(
        None,
        "essentials, other debts and this instalment take at most this share of the income when a loan of the tape "
        "begins; what is beyond is taken off the essentials",
        unit="share of income",
        gt=0,
        le=1,
    )
    cash_kept: float = param(
        0.0, "what of a new loan of the tape is put by and not spent at once", unit="share of the loan", ge=0, le=1
    )
    cover: bool = param(
        False, "the span begins no later than the first loan of the tape and ends when the last has run out"
    )
    lives: int = param(
        0,
        "how often each loan of the tape is lived through, with other luck each time, for accounts.parquet; 0: not",
        ge=0,
        le=10_000,
    )
    max_rejected: float = param(0.02, "the run refuses when more rows than this are bad", unit="share", ge=0, le=1)
    separator: str = param(",", "what stands between the columns of a CSV file")
    line_breaks: bool = param(False, "texts in quotation marks may run over several lines")

    @field_validator("file")
    @classmethod
    def _file(cls, name: str) -> str:
        if not name.casefold().endswith(FORMATS):
            raise PydanticCustomError(
                "tape",
                "{name} is not a tape; accepted: {formats}",
                {"name": repr(name), "formats": ", ".join(FORMATS)},
            )
        return name

    @field_validator("preset", mode="before")
    @classmethod
    def _preset(cls, name: Any) -> Any:
        if name not in PRESET_NAMES:
            why = f"there is no preset {name!r}{meant(str(name), PRESET_NAMES)}"
            raise PydanticCustomError("tape", "{why}", {"why": why})
        return name

    @field_validator("columns", "values")
    @classmethod
    def _fields(cls, given: dict[str, Any]) -> dict[str, Any]:
        _raise([_unknown_field(name) for name in given if name not in FIELDS])
        return given

    @field_validator("columns")
    @classmethod
    def _units(cls, given: dict[str, tuple[ColumnPlan, ...]]) -> dict[str, tuple[ColumnPlan, ...]]:
        wrong = []
        for name, parts in given.items():
            if not parts:
                wrong.append(f"{name}: no column is given")
            for part in parts:
                units = FIELDS[name].units if name in FIELDS else {}
                if part.unit is not None and part.unit not in units:
                    wrong.append(f"{name}: unknown unit {part.unit!r}{meant(part.unit, units)}")
                if part.thousands is not None and (len(part.thousands) != 1 or part.thousands in ".-0123456789"):
                    wrong.append(f"{name}: thousands {part.thousands!r} is not a mark between thousands")
                wrong.extend(_wrong_words(name, part.values or {}))
        _raise(wrong)
        return given

    @field_validator("required")
    @classmethod
    def _required(cls, given: tuple[str, ...] | None) -> tuple[str, ...] | None:
        _raise([_unknown_field(name) for name in given or () if name not in FIELDS])
        return given

    @field_validator("currency")
    @classmethod
    def _currency(cls, code: str | None) -> str | None:
        if code is not None and not re.fullmatch("[A-Z]{3}", code):
            raise PydanticCustomError(
                "tape", "{code} is not a currency; three letters are wanted, as USD", {"code": repr(code)}
            )
        return code

    @field_validator("date_format")
    @classmethod
    def _date_format(cls, text: str | None) -> str | None:
        if text is not None and not (re.search("%[Yy]", text) and re.search("%[mbBj]", text)):
            why = f"{text!r} does not say year and month; write %Y-%m-%d for 2005-09-30, %b-%Y for Sep-2005"
            raise PydanticCustomError("tape", "{why}", {"why": why})
        return text

    @field_validator("status_from")
    @classmethod
    def _status_from(cls, column: str) -> str:
        if column not in STATUS_MONTHS:
            why = f"status_from {column!r} cannot be used{meant(column, STATUS_MONTHS)}"
            if column == "PAY_0":
                why = (
                    "PAY_0 (September) is coded otherwise than the rest (half of its code 1 owe nothing); "
                    f"accepted: {', '.join(STATUS_MONTHS)}"
                )
            raise PydanticCustomError("tape", "{why}", {"why": why})
        return column

    @field_validator("separator")
    @classmethod
    def _separator(cls, mark: str) -> str:
        if len(mark) != 1 or mark in "\"'\n\r.":
            why = f"{mark!r} cannot separate columns; one character is wanted, as ',' ';' or a tab"
            raise PydanticCustomError("tape", "{why}", {"why": why})
        return mark

    @model_validator(mode="after")
    def _whole(self) -> TapePlan:
        wrong = [wrong for name, codes in self.values.items() for wrong in _wrong_words(name, codes)]
        if self.preset == "none":
            wrong += self._without_preset()
        _raise(wrong)
        return self

    def _without_preset(self) -> list[str]:
        wrong = []
        if not self.columns:
            wrong.append(f"columns: without a preset the columns must be mapped; fields: {', '.join(FIELDS)}")
        elif "balance" not in self.columns:
            wrong.append("columns: balance must be mapped to a column of the file")
        if self.currency is None:
            wrong.append("currency: must be given without a preset, as USD")
        if "opened" in self.columns and self.date_format is None and self.file.casefold().endswith((".csv", ".gz")):
            wrong.append("date_format: must be given when opened is mapped, as %Y-%m-%d")
        wrong += [
            f"required: {name} is not mapped to a column" for name in self.required or () if name not in self.columns
        ]
        wrong += [f"values: {name} is not mapped to a column" for name in self.values if name not in self.columns]
        return wrong


def _unknown_field(name: str) -> str:
    return f"unknown field {name!r}{meant(name, FIELDS)}"


def _wrong_words(name: str, codes: dict[str, float | str | None]) -> list[str]:
    """Words in a map of codes that a field with numbers cannot take."""
    if name not in FIELDS or FIELDS[name].kind == "label":
        return []
    words = WORDS if name == "status" else ()
    wanted = " or ".join(("a number", *words))
    return [
        f"{name}: code {code!r} stands for {word!r}; {wanted} is wanted"
        for code, word in codes.items()
        if isinstance(word, str) and word not in words
    ]


def _raise(wrong: list[str]) -> None:
    if wrong:
        raise PydanticCustomError("tape", "{why}", {"why": "; ".join(wrong)})
