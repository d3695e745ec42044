"""LendingClub's published tapes: the layouts they have come in, told apart by their header."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

# The regions of the US Census Bureau by state.
CENSUS_REGIONS: dict[str, str] = {
    "northeast": "CT ME MA NH RI VT NJ NY PA",
    "midwest": "IL IN MI OH WI IA KS MN MO NE ND SD",
    "south": "DE DC FL GA MD NC SC VA WV AL KY MS TN AR LA OK TX",
    "west": "AZ CO ID MT NV NM UT WY AK CA HI OR WA",
}
STATES: dict[str, Any] = {state: region for region, states in CENSUS_REGIONS.items() for state in states.split()}

# As the dates of issue have been written: 2011-12-01, Dec-2011, Dec-11, 2011-12, 12/1/2011.
DATES = "%Y-%m-%d|%b-%Y|%b-%y|%Y-%m|%m/%d/%Y|%Y-%m-%d %H:%M:%S"

# Loans from their issue on. There is no monthly status, so every loan starts on the day it was issued: the whole
# amount owed, the whole term to come. What became of it is not read. The rate comes as 0.1065, 10.65 or 10.65%, the
# term as 36 or " 36 months".
ISSUED: dict[str, Any] = {
    "kind": "instalment",
    "currency": "USD",
    "date_format": DATES,
    "columns": {
        "id": ["loan_no", "id"],
        "balance": ["funded_amnt", "loan_amnt"],
        "amount": ["funded_amnt", "loan_amnt"],
        "rate": {"column": "int_rate", "unit": "share_or_percent"},
        "term": "term",
        "remaining": "term",
        "instalment": "installment",
        "opened": "issue_d",
        "income": {"column": "annual_inc", "unit": "gross_per_year"},
        # debts without the mortgage and without this loan, against gross income
        "debt_service": {"column": "dti", "unit": "gross_percent"},
        "region": {"column": "addr_state", "values": STATES},
        "grade": "grade",
    },
    "required": ("balance", "rate", "term", "opened"),
    "notes": (("loan started on its day of issue", "balance", 0.0, "its outcome is not read"),),
}

LENDINGCLUB: dict[str, dict[str, Any]] = {
    # Loans issued June 2007 to December 2009, all since resolved, and any later file of the same columns.
    "lendingclub-2007": ISSUED,
    # A young live book, issued January to March 2018. January's loans have five payments behind them,
    # February's four, March's three: the snapshot is the end of June 2018 (measured, the file does not say).
    "lendingclub-2018": {
        "kind": "instalment",
        "currency": "USD",
        "date_format": "%b-%Y",
        "as_of": "2018-06-30",
        "columns": {
            "balance": "balance",
            "amount": "loan_amount",
            "rate": {"column": "interest_rate", "unit": "percent"},
            "term": "term",
            "instalment": "installment",
            "opened": "issue_month",
            "status": {
                "column": "loan_status",
                "values": {
                    "Current": 0,
                    "In Grace Period": 1,
                    "Late (16-30 days)": 1,
                    "Late (31-120 days)": 2,  # 2 to 4 in truth; the least is taken, a guess
                    "Default": 4,
                    "Fully Paid": "closed",
                    "Charged Off": "charged_off",
                },
            },
            # two borrowers: what they have together; else the one
            "income": [
                {"column": "annual_income_joint", "unit": "gross_per_year"},
                {"column": "annual_income", "unit": "gross_per_year"},
            ],
            "debt_service": [
                {"column": "debt_to_income_joint", "unit": "gross_percent"},
                {"column": "debt_to_income", "unit": "gross_percent"},
            ],
            "region": {"column": "state", "values": STATES},
            "grade": "grade",
        },
        "required": ("balance", "rate", "term", "opened", "status"),
        "notes": (("late 31 to 120 days taken as two missed bills", "status", 2.0, "a guess"),),
    },
}


def lendingclub(name: str, header: Collection[str]) -> dict[str, Any]:
    """The layout of this name, or for `lendingclub` the one that most of the header fits.

    Of the columns of a file of loans from their issue on only those are asked for that it has, or that no run can do
    without.
    """
    if name == "lendingclub":
        name = max(LENDINGCLUB, key=lambda each: sum(column in header for column in _columns(LENDINGCLUB[each])))
    found = dict(LENDINGCLUB[name])
    if found["columns"] is ISSUED["columns"] and header:
        found["columns"] = _there(found["columns"], found["required"], header)
    return found


def _there(columns: dict[str, Any], required: Collection[str], header: Collection[str]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for field, given in columns.items():
        parts = given if isinstance(given, list) else [given]
        there = [part for part in parts if _name(part) in header]
        if field == "id":
            there = there[:1]
        if there or field in required:
            kept[field] = there or parts[:1]
    if "remaining" in kept and "term" not in kept:
        del kept["remaining"]
    return kept


def _name(part: Any) -> str:
    return str(part["column"] if isinstance(part, dict) else part)


def _columns(layout: dict[str, Any]) -> list[str]:
    every = [part for given in layout["columns"].values() for part in (given if isinstance(given, list) else [given])]
    return [_name(part) for part in every]
