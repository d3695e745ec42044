"""What a row must hold to be an account; what is put right, worked out or left to be drawn: all counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from simulator.money import CENTS
from simulator.tape.plan import TapePlan
from simulator.tape.presets import Layout
from simulator.tape.rejected import Faults

if TYPE_CHECKING:
    import pandas as pd

Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


class Rows:
    """A tape's rows while they are being checked: values by field, faults, and what has been changed."""

    def __init__(self, plan: TapePlan, settled: Layout, rows: npt.NDArray[np.int64]) -> None:
        self.plan = plan
        self.settled = settled
        self.ids = rows.copy()
        self.names: npt.NDArray[Any] = np.full(rows.size, "", dtype=object)
        self.values: dict[str, npt.NDArray[Any]] = {}
        self.empty: dict[str, Mask] = {}  # where the tape gives no value for a field
        self.cells: dict[str, pd.Series[Any]] = {}  # what stands in the file
        self.faults = Faults(rows.size)
        self.everyone: Mask = np.ones(rows.size, dtype=bool)
        self.nothing: Floats = np.full(rows.size, np.nan)
        self._notes: list[tuple[str, Mask, str, Floats | None]] = []

    def note(self, what: str, where: Mask, why: str, money: Floats | None = None) -> None:
        """Something done to these rows; counted at the end over those that are used, with their balance."""
        self._notes.append((what, where.copy(), why, None if money is None else money.copy()))

    def field(self, name: str) -> Floats:
        """A field's numbers, NaN where unknown."""
        value: Floats = self.values.get(name, self.nothing)
        return value

    def column(self, name: str) -> str:
        """The file's column behind a field."""
        parts = self.settled.columns.get(name, ())
        return parts[0].column if parts else name

    def reject(self, where: Mask, name: str, reason: str, *, aside: bool = False) -> None:
        """These rows are out for the value of a field."""
        self.faults.add(where, self.column(name), self.cells.get(name), reason, aside=aside)

    def counted(self) -> list[dict[str, Any]]:
        """What was replaced, clipped, worked out or left to be drawn: number of accounts and their money."""
        used = ~self.faults.out
        lines = []
        for what, where, why, money in self._notes:
            hit = where & used
            if hit.any():
                held = self.field("balance") if money is None else money
                total = round(float(np.nansum(np.rint(held[hit] * CENTS))) / CENTS, 2)
                lines.append({"what": what, "number": int(hit.sum()), "money": total, "why": why})
        return lines


def apply_rules(rows: Rows) -> None:
    """Every rule in order: first what is no account at all, then what is mended, then what must be drawn."""
    _standing(rows)
    _balances(rows)
    if rows.settled.kind == "card":
        _cards(rows)
    else:
        _dates(rows)
        _instalments(rows)
    _people(rows)
    for what, name, least, why in rows.settled.notes:
        rows.note(what, rows.field(name) >= least, why)


def _standing(rows: Rows) -> None:
    """Unpaid bills, from the count or from the status."""
    missed, status = rows.field("missed"), rows.field("status")
    found = np.where(np.isnan(missed), status, missed)
    unknown = np.isnan(found)
    rows.note("taken as current", unknown, "the tape does not say whether bills are unpaid")
    found = np.where(unknown, 0.0, found)
    nothing = (found > 0) & (rows.values["balance"] <= 0)
    rows.note("unpaid bills set to none", nothing, "nothing is owed")
    rows.values["missed"] = np.where(nothing, 0.0, found)


def _balances(rows: Rows) -> None:
    balance = rows.values["balance"]
    below = balance < 0
    if rows.settled.kind == "card":
        rows.note("credit balance set to zero", below, "the account was overpaid; a credit is not lent", balance)
        rows.values["balance"] = np.where(below, 0.0, balance)
    else:
        rows.reject(below, "balance", "a loan cannot have a negative balance; zero or more is wanted")
        rows.reject(balance == 0, "balance", "nothing is owed", aside=True)


def _cards(rows: Rows) -> None:
    balance, limit = rows.values["balance"], rows.field("limit")
    if "limit" in rows.values:
        rows.note("limit left to the product", np.isnan(limit), "the tape does not give it")
        over = balance > limit
        rows.note("balance above the limit, kept", over, "the account is over its limit", balance - limit)
        use = np.divide(balance, limit, out=np.full(balance.size, np.nan), where=limit > 0)
        rows.values["desired_use"] = np.minimum(use, 1.0)
    share = rows.field("pay_share")
    rows.note("share of the bill paid set to one", share > 1, "more was paid than was billed")
    if "pay_share" in rows.values:
        rows.values["pay_share"] = np.minimum(share, 1.0)


def _dates(rows: Rows) -> None:
    """Opened before the snapshot; months still to come from term and age where the tape does not say."""
    opened = rows.values.get("opened")
    snapshot = rows.settled.as_of
    if opened is not None and snapshot is not None:
        late = opened > np.datetime64(snapshot)
        rows.reject(late, "opened", f"opened after the snapshot, {snapshot}")
    term, remaining = rows.field("term"), rows.field("remaining")
    if opened is None or snapshot is None:
        return
    month = opened.astype("datetime64[M]")
    passed = (np.datetime64(snapshot).astype("datetime64[M]") - month).astype(np.float64)
    passed[np.isnat(opened)] = np.nan
    found = np.where(np.isnan(remaining), term - passed, remaining)
    worked_out = np.isnan(remaining) & ~np.isnan(found)
    rows.note("remaining months worked out", worked_out, "term less the months since opening")
    rows.values["remaining"] = found


def _instalments(rows: Rows) -> None:
    balance, rate = rows.values["balance"], rows.field("rate")
    term, remaining = rows.field("term"), rows.field("remaining")
    rows.reject(remaining > term, "remaining", "more months to come than the whole term")
    unknown = np.isnan(remaining)
    rows.note("whole term taken as still to come", unknown & ~np.isnan(term), "the tape gives no age of the loan")
    remaining = np.where(unknown, term, remaining)
    ended = (remaining < 1) & (balance > 0)
    rows.note("past its term, one month given", ended, "the balance is due at the next date")
    rows.values["remaining"] = np.where(ended, 1.0, remaining)
    if "rate" in rows.values:
        rows.note("rate left to the product", np.isnan(rate), "the tape does not give it")
    if "amount" in rows.values:
        over = balance > rows.values["amount"]
        rows.note(
            "balance above what was lent, kept",
            over,
            "interest or charges were added",
            balance - rows.values["amount"],
        )
    _bill(rows, balance, rate / 12, rows.values["remaining"])


def _bill(rows: Rows, balance: Floats, monthly: Floats, remaining: Floats) -> None:
    """The instalment: the tape's, or the equal instalment that pays the balance off in the months to come."""
    given = rows.field("instalment")
    with np.errstate(divide="ignore", invalid="ignore"):
        level = np.where(
            monthly > 0, balance * monthly / -np.expm1(-remaining * np.log1p(monthly)), balance / remaining
        )
    level = np.where(np.isnan(monthly) | np.isnan(remaining), np.nan, np.ceil(level * CENTS - 1e-6) / CENTS)
    missing = np.isnan(given) & ~np.isnan(level)
    rows.note("instalment worked out", missing, "equal instalments over the months to come")
    short = (given <= balance * monthly) & ~np.isnan(level)
    rows.note("instalment replaced", short, "the tape's does not cover the interest of a month")
    rows.values["instalment"] = np.where(missing | short, level, given)


def _people(rows: Rows) -> None:
    """What is said about the borrower; what is not said is drawn from the recipe, and counted."""
    income = rows.field("income")
    if "income" in rows.values:
        rows.values["income"] = np.where(income > 0, income, np.nan)
        rows.note("income drawn", income == 0, "the tape gives an income of zero")
        rows.empty["income"] |= income == 0
        if any((part.unit or "").startswith("gross") for part in rows.settled.columns["income"]):
            share = rows.plan.take_home
            rows.note("take-home income taken from gross", income > 0, f"take_home: {share:g} of gross, a guess")
    service = rows.field("debt_service")
    if "debt_service" in rows.values:
        rows.note("debt service set to all of the income", service > 1, "more than the whole take-home income")
        rows.values["debt_service"] = np.minimum(service, 1.0)
    for name in ("age", "income", "debt_service", "education", "score", "region", "pay_share"):
        if name in rows.empty:
            blank = rows.empty[name] & ~(income == 0) if name == "income" else rows.empty[name]
            rows.note(f"{name} drawn", blank, "the tape does not give it, or its code says unknown")
