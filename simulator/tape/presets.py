"""Known tapes as data: which column is what, in which unit and code, and what was measured about each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from simulator.params import month_date
from simulator.tape.lendingclub import lendingclub
from simulator.tape.plan import ColumnPlan, TapePlan

# Taiwan, April to September 2005 (Yeh and Lien 2009, UCI data set 350). Amounts in new Taiwan dollars.
# Measured on the 20,000 accounts: PAY_2 is named for August but tells how the August bill (BILL_AMT2) was met
# by the payment of September (PAY_AMT1). Everyone with PAY_2 of 0 or of 2 and more owes on the September bill
# (BILL_AMT1), while one or two in a hundred owe nothing on the August bill: the status belongs with the
# balance of the following bill, and the snapshot is the end of that month.
TAIWAN_MONTHS: dict[str, dict[str, str]] = {
    "PAY_2": {"balance": "BILL_AMT1", "billed": "BILL_AMT2", "paid": "PAY_AMT1", "as_of": "2005-09-30"},
    "PAY_3": {"balance": "BILL_AMT2", "billed": "BILL_AMT3", "paid": "PAY_AMT2", "as_of": "2005-08-31"},
    "PAY_4": {"balance": "BILL_AMT3", "billed": "BILL_AMT4", "paid": "PAY_AMT3", "as_of": "2005-07-31"},
    "PAY_5": {"balance": "BILL_AMT4", "billed": "BILL_AMT5", "paid": "PAY_AMT4", "as_of": "2005-06-30"},
    "PAY_6": {"balance": "BILL_AMT5", "billed": "BILL_AMT6", "paid": "PAY_AMT5", "as_of": "2005-05-31"},
}

# The first missed bill is coded 2, so code k from 2 on means k - 1 unpaid bills. Code 1 is next to unknown in
# these months (19 accounts of 20,000 in PAY_2, 13 of them owing nothing on the August bill): read as current.
TAIWAN_MISSED: dict[str, Any] = {"-2": 0, "-1": 0, "0": 0, "1": 0, **{str(k): k - 1 for k in range(2, 10)}}

# The months' statuses as they are told apart by payment habits: their own codes, but for code 1, which is current.
TAIWAN_PAYING: dict[str, str] = {**{str(k): str(k) for k in (-2, -1, 0, *range(2, 9))}, "1": "-2", "9": "8"}

# -2 nothing owed or paid in full, -1 paid in full: transactors. 0 paid part: the share is measured, payment
# over bill. Late accounts are taken as payers of the minimum, a guess: half of them paid nothing at all.
TAIWAN_PAY_SHARE: dict[str, Any] = {
    "-2": 1,
    "-1": 1,
    "0": None,
    "1": None,
    **{str(k): 0 for k in range(2, 10)},
}

# 1 graduate school, 2 university, 3 high school, in the recipes' labels. Codes 0, 4, 5 and 6 are undocumented
# or "others": drawn.
TAIWAN_EDUCATION: dict[str, Any] = {
    "1": "degree",
    "2": "degree",
    "3": "school",
    "0": None,
    "4": None,
    "5": None,
    "6": None,
}


def taiwan(month: dict[str, str], status: str) -> dict[str, Any]:
    """The Taiwan card tape, started from one month's repayment status."""
    return {
        "kind": "card",
        "currency": "TWD",
        "as_of": month["as_of"],
        "columns": {
            "id": "ID",
            "balance": month["balance"],
            "limit": "LIMIT_BAL",
            "status": {"column": status, "values": TAIWAN_MISSED},
            "age": "AGE",
            "education": {"column": "EDUCATION", "values": TAIWAN_EDUCATION},
            "pay_share": [
                {"column": status, "values": TAIWAN_PAY_SHARE},
                {"column": month["paid"], "over": month["billed"]},
            ],
        },
        "paying": tuple((column, known["as_of"]) for column, known in taiwan_past(status)),
        "required": ("id", "balance", "limit", "status"),
        "notes": (("late account taken as a payer of the minimum", "missed", 1.0, "a guess"),),
    }


def taiwan_past(status: str) -> list[tuple[str, dict[str, str]]]:
    """The months up to that of a status, the oldest first, with what goes with each."""
    months = list(TAIWAN_MONTHS.items())[::-1]
    return months[: [name for name, _ in months].index(status) + 1]


@dataclass(frozen=True)
class Layout:
    """What a plan comes to once its preset is filled in: nothing left to guess but the rows."""

    kind: str
    currency: str
    product: str
    as_of: Any
    date_format: str | None
    columns: dict[str, tuple[ColumnPlan, ...]]
    required: tuple[str, ...]
    paying: tuple[tuple[str, dt.date], ...] = ()  # columns of payment statuses, oldest first: name, month's last day
    notes: tuple[tuple[str, str, float, str], ...] = ()  # what, of rows with this field at least this, why
    names: tuple[str, ...] = field(default=())  # every column of the file that is read, once


def layout(plan: TapePlan, header: Collection[str]) -> Layout:
    """The plan with its preset filled in; `header` decides between the layouts a preset knows."""
    preset = _preset(plan, header)
    notes = tuple(preset.pop("notes", ()))
    required = preset.pop("required", None)
    paying = tuple((name, dt.date.fromisoformat(day)) for name, day in preset.pop("paying", ()) if name in header)
    kind = preset.pop("kind", None)
    settled = TapePlan(file=plan.file, preset=plan.preset, **preset)
    columns = {**settled.columns, **plan.columns}
    for name, codes in plan.values.items():
        columns[name] = tuple(
            part.model_copy(update={"values": codes}) if part.values is None or name not in plan.columns else part
            for part in columns.get(name, ())
        )
    kind = kind or ("instalment" if {"term", "remaining", "instalment"} & set(columns) else "card")
    wanted = ("balance", "limit") if kind == "card" else ("balance", "term", "remaining")
    required = plan.required or required or tuple(name for name in wanted if name in columns)
    return Layout(
        kind=kind,
        currency=plan.currency or settled.currency or "",
        product=plan.product or kind,
        as_of=plan.as_of or settled.as_of,
        date_format=plan.date_format or settled.date_format,
        columns=columns,
        required=required,
        paying=paying,
        notes=notes,
        names=tuple(dict.fromkeys(_names(columns, (*plan.keep, *(name for name, _ in paying), *_rules(plan, header))))),
    )


def snapshot(plan: TapePlan | None) -> dt.date | None:
    """The day of the tape's snapshot as far as plan and preset say it."""
    if plan is None or plan.as_of is not None:
        return None if plan is None else plan.as_of
    day = _preset(plan, ()).get("as_of")
    return None if day is None else month_date(day)


def _preset(plan: TapePlan, header: Collection[str]) -> dict[str, Any]:
    if plan.preset == "none":
        return {"columns": plan.columns, "currency": plan.currency, "date_format": plan.date_format}
    if plan.preset == "taiwan-cards":
        return dict(taiwan(TAIWAN_MONTHS[plan.status_from], plan.status_from))
    return lendingclub(plan.preset, header)


def _rules(plan: TapePlan, header: Collection[str]) -> list[str]:
    """Columns by which loans are scored or granted."""
    scored = () if plan.scorecard is None else plan.scorecard.columns(header)
    return [*scored, *plan.lend_only]


def _names(columns: dict[str, tuple[ColumnPlan, ...]], keep: tuple[str, ...]) -> list[str]:
    parts = [part for given in columns.values() for part in given]
    return [name for part in parts for name in (part.column, part.over) if name] + list(keep)
