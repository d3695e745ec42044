"""The fields an account of a tape may have: what each means, its units, and what is possible."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

Kind = Literal["text", "money", "number", "whole", "date", "label", "status"]

# what a status may say instead of a number of missed bills: such accounts are set aside
WORDS = {"closed": "closed already", "charged_off": "charged off already"}
GROSS = "gross"  # a unit that stands on gross income is turned into take-home income by the plan's share
INFINITE = float("inf")

_MONEY = {"units": 1.0, "cents": 0.01, "thousands": 1e3, "ten_thousands": 1e4, "millions": 1e6}
_SHARE = {"share": 1.0, "percent": 0.01}
_RATE = {
    "share": 1.0,
    "percent": 0.01,
    "share_per_month": 12.0,
    "percent_per_month": 0.12,
    "share_per_day": 365.0,
    "percent_per_day": 3.65,
    "share_or_percent": 1.0,  # percent if most are above 1
}
_MONTHS = {"months": 1.0, "years": 12.0}
_INCOME = {"per_month": 1.0, "per_year": 1 / 12, "gross_per_month": 1.0, "gross_per_year": 1 / 12}
_SERVICE = {"share": 1.0, "percent": 0.01, "gross_share": 1.0, "gross_percent": 0.01}
LARGEST = 1e12  # an amount beyond this is a slip of the pen, and would not fit in whole cents


@dataclass(frozen=True)
class Field:
    """One field: its kind, its units (the first is ours), and the bounds of the possible."""

    kind: Kind
    doc: str
    units: Mapping[str, float]
    low: float = -INFINITE
    high: float = INFINITE
    wanted: str = ""  # what would have been accepted, in words
    decimals: bool = True


FIELDS: dict[str, Field] = {
    "id": Field("text", "the account's number or name, once only", {}),
    "balance": Field("money", "what is owed", _MONEY, -LARGEST, LARGEST, "an amount"),
    "limit": Field("money", "the card's credit limit", _MONEY, 0.01, LARGEST, "an amount above zero"),
    "amount": Field("money", "what was lent", _MONEY, 0.01, LARGEST, "an amount above zero"),
    "rate": Field("number", "contract interest a year", _RATE, 0.0, 1.0, "a rate from 0% to 100% a year"),
    "term": Field("whole", "months from opening to the last instalment", _MONTHS, 1, 600, "1 to 600 months"),
    "remaining": Field("whole", "months still to come, missed bills aside", _MONTHS, 0, 600, "0 to 600 months"),
    "instalment": Field("money", "what is due each month", _MONEY, 0.01, LARGEST, "an amount above zero"),
    "opened": Field("date", "the day the account was opened", {}, wanted="a date"),
    "missed": Field(
        "whole", "unpaid bills; 0 is current", {"bills": 1.0, "days": 1 / 30}, 0, 120, "0 to 120 unpaid bills"
    ),
    "status": Field("status", f"a code for unpaid bills, or {', '.join(WORDS)}", {}, 0, 120, "a mapped code"),
    "income": Field("money", "take-home income of the household a month", _INCOME, 0, LARGEST, "zero or more"),
    "debt_service": Field(
        "number",
        "payments on other debts as a share of take-home income",
        _SERVICE,
        0,
        INFINITE,
        "zero or more",
    ),
    "age": Field("whole", "years", {"years": 1.0}, 18, 110, "18 to 110 years"),
    "education": Field("label", "as labelled in the recipe", {}),
    "score": Field("whole", "credit score", {"points": 1.0}, 300, 950, "300 to 950 points"),
    "region": Field("label", "as labelled in the recipe", {}),
    "grade": Field("label", "the lender's own risk grade", {}),
    "pay_share": Field(
        "number",
        "share of the card statement paid: 1 in full, 0 the minimum",
        _SHARE,
        0,
        INFINITE,
        "0 or more",
    ),
}

ACCOUNT_MONEY = ("balance", "limit", "amount", "instalment")
PERSON_NUMBERS = ("age", "income", "debt_service", "score", "pay_share")
LABELS = ("education", "region", "grade")
UNKNOWN = np.int64(-1)  # in a whole-number array: the tape does not say
