"""A tape's accounts in the state the tape gives them; what it does not say is what the product would have set."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from simulator.block import Accounts
from simulator.book import Book
from simulator.errors import SimulatorError
from simulator.habits import Habits
from simulator.money import CENTS, Cents, fixed, rounded, share_of
from simulator.population import People
from simulator.products import Card, Instalment, Opening, Product
from simulator.tape import Tape

Flags = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]


def accounts_of(
    tape: Tape, product: Product, opening: Opening, missed: Whole, book: Book, habits: Habits | None = None
) -> tuple[Accounts, Cents]:
    """The accounts in the tape's order, and the queue of unpaid bills of each (rows, depth), the latest first."""
    accounts = product.open(opening)
    product.season(accounts, opening)
    if isinstance(product, Card):
        bill = _card(tape, product, opening.people, accounts, book, habits)
    elif isinstance(product, Instalment):
        bill = _loan(tape, product, accounts, book)
    else:
        raise SimulatorError(f"book.tape: accounts of kind {product.kind} cannot be read from a tape")
    accounts.opened[:] = _months_opened(tape, accounts)
    accounts.missed[:] = missed
    unpaid = queue(accounts.balance, bill, missed, product.depth)
    if isinstance(product, Card):
        accounts.due[:] = np.minimum(accounts.due, accounts.balance - unpaid.sum(axis=1))
    return accounts, unpaid


def missed_bills(tape: Tape, product: Product, book: Book) -> Whole:
    """Unpaid bills, at most as many as can stand side by side before charge-off."""
    missed = tape.accounts["missed"].astype(np.int64)
    deep = missed > product.depth
    why = f"more unpaid bills than the {product.depth} that are told apart before charge-off"
    note(book, "unpaid bills cut", int(deep.sum()), int(tape.accounts["balance"][deep].sum()), why)
    most: Whole = np.minimum(product.depth, tape.accounts["balance"])  # a cent a bill at least
    return np.minimum(missed, most)


def queue(balance: Cents, bill: Cents, missed: Whole, depth: int) -> Cents:
    """Unpaid bills of equal size, the latest first, together at most what is owed; shape (rows, depth)."""
    total = np.minimum(np.maximum(bill, 1) * missed, balance)
    each, rest = np.divmod(total, np.maximum(missed, 1))
    place = np.arange(depth)[None, :]
    bills: Cents = np.where(place < missed[:, None], each[:, None] + (place < rest[:, None]), 0)
    return bills


def _card(tape: Tape, product: Card, people: People, accounts: Accounts, book: Book, habits: Habits | None) -> Cents:
    """A card as the tape has it; returns the minimum payment of a month.

    The balance on the tape is taken as the one the holder tends to: left alone it stays where it is.
    """
    balance, limit, rate = (tape.accounts[name] for name in ("balance", "limit", "rate"))
    _count_drawn(book, "limit", limit < 0, balance)
    _count_drawn(book, "rate", np.isnan(rate), balance)
    accounts.balance[:] = balance
    accounts.limit[:] = np.where(limit >= 0, limit, np.maximum(accounts.limit, balance))
    accounts.rate[:] = np.where(np.isnan(rate), accounts.rate, rate)
    pay = people.pay_share
    repaid = np.maximum(pay - accounts.rate / 12.0, product.minimum_share)
    level = np.where(pay >= 1.0, 1.0, product.spending_speed / (product.spending_speed + repaid))
    accounts.desired[:] = np.minimum(rounded(balance / level), np.maximum(accounts.limit, 0))
    interest = np.where(pay >= 1.0, 0, rounded(accounts.balance * accounts.rate / 12.0))
    minimum = product.minimum(accounts.balance, interest)
    accounts.due[:] = minimum
    unused = balance == 0
    why = "taken as unused: nothing is bought with them until they run off"
    if habits is not None:
        accounts.desired[unused] = share_of(accounts.limit[unused], fixed(habits.first_use))
        why = "they rest until their habits have them used again"
    note(book, "cards that owe nothing", int(unused.sum()), 0, why)
    return minimum


def _loan(tape: Tape, product: Instalment, accounts: Accounts, book: Book) -> Cents:
    """A loan as the tape has it; returns what one bill comes to."""
    balance, rate, remaining = (tape.accounts[name] for name in ("balance", "rate", "remaining"))
    _count_drawn(book, "rate", np.isnan(rate), balance)
    _count_drawn(book, "remaining", remaining < 0, balance)
    accounts.balance[:] = balance
    accounts.limit[:] = np.where(tape.accounts["amount"] >= 0, tape.accounts["amount"], balance)
    accounts.rate[:] = np.where(np.isnan(rate), accounts.rate, rate)
    accounts.remaining[:] = np.where(remaining > 0, remaining, np.maximum(accounts.remaining, 1))
    due = product.first_due(accounts.balance, accounts.rate, accounts.remaining.astype(np.int64))
    given = tape.accounts["instalment"]
    if product.method == "equal_instalments":
        due = np.where(given > 0, given, due)
    accounts.due[:] = due
    interest = 0 if product.method == "equal_instalments" else rounded(balance * accounts.rate / 12.0)
    return np.asarray(due + interest, dtype=np.int64)


def _count_drawn(book: Book, what: str, unknown: Flags, balance: Cents) -> None:
    why = "the tape does not give it; what the product sets for the person drawn"
    note(book, f"{what} set by the product", int(unknown.sum()), int(balance[unknown].sum()), why)


def note(book: Book, what: str, number: int, cents: int, why: str) -> None:
    """Count what was taken, cut or drawn: how many accounts and their money."""
    if number:
        book.counted.append({"what": what, "number": number, "money": cents / CENTS, "why": why})


def calendar_month(days: npt.NDArray[Any]) -> Whole:
    """The month of each day, counted from January of the year 0."""
    return np.asarray(days.astype("datetime64[M]").astype(np.int64) + 1970 * 12)


def _months_opened(tape: Tape, accounts: Accounts) -> Whole:
    """The month each account was opened, 0 the first of the span; the snapshot is the eve of the span."""
    term, remaining = tape.accounts["term"], tape.accounts["remaining"]
    gone = np.where((term >= 0) & (remaining >= 0), -(term - remaining), np.minimum(accounts.opened, -1))
    given = tape.accounts["opened"]
    if tape.as_of is None or np.isnat(given).all():
        return np.asarray(gone)
    snapshot = tape.as_of.year * 12 + tape.as_of.month - 1
    age = snapshot - np.where(np.isnat(given), snapshot, calendar_month(given))
    return np.asarray(np.where(np.isnat(given), gone, -age - 1).clip(-32_000, 0))
