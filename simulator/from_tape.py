"""The book a run begins with when there is a tape: every row a borrower, every account in the state it is in.

What the tape says is kept. What it does not say of a person is drawn from the recipe as it is among people who
are like that; what it does not say of an account is what the product would have set for that person. Both are
counted, in number and in money. There is no warm-up: the tape is the steady state, or is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from simulator.block import Accounts
from simulator.book import Book, Persons
from simulator.clock import Clock
from simulator.draws import mix
from simulator.economy import Paths
from simulator.errors import SimulatorError, TapeError
from simulator.ledger import Ledger
from simulator.lending import Lending, person_columns
from simulator.money import CENTS, Cents, rounded
from simulator.panel import EDGES, Panel
from simulator.population import People, draw
from simulator.products import Card, Instalment, Opening, Product
from simulator.tape import Tape

Flags = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]

FORGOT = 0.35  # one bill behind for want of attention, not of money: FACTS us.late.share_forgot
LOST = 0.0025  # an open book: accounts charged off in a month, replaced; a guess, below us.card.nco_baseline / 12
SAMPLE = 4_000  # applicants from whom the approved share is taken
PERSON_FIELDS = ("age", "income", "debt_service", "score", "education", "region")


@dataclass(frozen=True)
class Opened:
    """The tape's people with their accounts, in the tape's order; `unpaid` is the queue of bills, oldest first."""

    product: str
    persons: Persons
    accounts: Accounts
    unpaid: Cents  # (rows, depth)
    strained: Flags


def check_tape(tape: Tape, products: dict[str, Product], currency: str) -> None:
    """Whether this lender can take the tape over; TapeError if currency or product do not fit."""
    wrong = []
    if tape.currency != currency:
        wrong.append(
            f"the amounts of the tape are in {tape.currency}, those of the lender in {currency}; "
            f"set lender.currency to {tape.currency}, or book.tape.currency if the tape's is misstated"
        )
    if tape.product not in products:
        wrong.append(
            f"the accounts belong to the product {tape.product!r}, which the lender does not have "
            f"({', '.join(products)}); name one of its products in book.tape.product"
        )
    elif products[tape.product].kind != tape.kind:
        held = products[tape.product].kind
        wrong.append(
            f"the tape holds accounts of kind {tape.kind}, the product {tape.product!r} is of kind {held}; "
            f"name a product of kind {tape.kind} in book.tape.product"
        )
    if wrong:
        raise TapeError("\n".join(f"{tape.file}: {line}" for line in wrong))


def begin_from_tape(tape: Tape, lending: Lending, book: Book, ledger: Ledger, panel: Panel, paths: Paths) -> None:
    """Put the tape's accounts into the book as they stand on the eve of the span, and open the ledger with them.

    Borrower number i is the i-th row of the tape that is used. Loans of a tape without a snapshot date come in
    on the first of the month in which they were opened, with their whole term to come.
    """
    opened = _opened(tape, lending, book)
    book.next_id = tape.rows_used
    _count_unknown(tape, book)
    months = _months_to_come(tape, lending.clock, book)
    if months is None:
        lending.at_work_or_not(opened.persons, paths, 0)
        _place(opened, lending.products[tape.product], lending.clock, book)
    else:
        lending.waiting = Waiting(opened, months)
    for name in lending.products:
        for block in book.blocks:
            ledger.begin(name, block)
    if lending.open_book:
        _go_on_lending(tape, lending, book)


@dataclass(frozen=True)
class Waiting:
    """Loans of a tape that are still to be lent: each comes in on the first of its own month."""

    opened: Opened
    months: Whole

    def month(self, lending: Lending, book: Book, ledger: Ledger, panel: Panel, paths: Paths, month: int) -> None:
        """Those whose month it is get their rows; the money lent goes through the ledger."""
        take = np.flatnonzero(self.months == month)
        if not take.size:
            return
        name = self.opened.product
        columns = {column: values[take] for column, values in self.opened.persons.columns.items()}
        persons = Persons(columns)
        lending.at_work_or_not(persons, paths, month)
        accounts = Accounts(take.size, self.opened.accounts.arrears.depth, self.opened.accounts.names)
        accounts.put(np.arange(take.size), self.opened.accounts, take)
        everyone = {name: np.ones(take.size, np.bool_)}
        for block, rows, _ in book.admit(persons, {name: accounts}, everyone):
            lending.note_opened(name, block, rows, ledger, panel, month)


def _note(book: Book, what: str, number: int, cents: int, why: str) -> None:
    if number:
        book.counted.append({"what": what, "number": number, "money": cents / CENTS, "why": why})


def _opened(tape: Tape, lending: Lending, book: Book) -> Opened:
    """People and accounts of the tape, in its order."""
    product = lending.products[tape.product]
    ids = np.arange(tape.rows_used, dtype=np.int64)
    mixed = mix(ids)
    missed = _missed(tape, product, book)
    forgot = lending.draws.uniform("tape.forgot", 0, mixed) < FORGOT
    strained = (missed >= 2) | ((missed == 1) & ~forgot)
    known, unmatched = tape.known_for({name: book.labels[name] for name in ("education", "region")})
    book.counted.extend(unmatched)
    known["savings"] = np.where(strained, 0.0, np.nan)
    owed = int(tape.accounts["balance"][strained].sum())
    _note(book, "savings taken as none", int(strained.sum()), owed, "behind for want of money, so nothing is put by")
    people = draw(lending.recipe, ids, lending.draws, known)
    book.counted.extend(people.counted)
    persons = Persons(person_columns(people, mixed, book, len(lending.recipe.regions), len(lending.recipe.educations)))
    accounts = product.open(Opening(people, 0, 0, mixed, lending.draws))
    product.season(accounts, Opening(people, 0, 0, mixed, lending.draws))
    if isinstance(product, Card):
        bill = _card(tape, product, people, accounts, book)
    elif isinstance(product, Instalment):
        bill = _loan(tape, product, accounts, book)
    else:
        raise SimulatorError(f"book.tape: accounts of kind {product.kind} cannot be read from a tape")
    accounts.opened[:] = _months_opened(tape, accounts)
    accounts.missed[:] = missed
    unpaid = queue(accounts.balance, bill, missed, product.depth)
    if isinstance(product, Card):
        accounts.due[:] = np.minimum(accounts.due, accounts.balance - unpaid.sum(axis=1))
    return Opened(tape.product, persons, accounts, unpaid, strained)


def _missed(tape: Tape, product: Product, book: Book) -> Whole:
    """Unpaid bills, at most as many as can stand side by side before charge-off."""
    missed = tape.accounts["missed"].astype(np.int64)
    deep = missed > product.depth
    why = f"more unpaid bills than the {product.depth} that are told apart before charge-off"
    _note(book, "unpaid bills cut", int(deep.sum()), int(tape.accounts["balance"][deep].sum()), why)
    return np.minimum(np.minimum(missed, product.depth), tape.accounts["balance"])  # a cent a bill at least


def queue(balance: Cents, bill: Cents, missed: Whole, depth: int) -> Cents:
    """Unpaid bills of equal size, the oldest first, together at most what is owed; shape (rows, depth)."""
    total = np.minimum(np.maximum(bill, 1) * missed, balance)
    each, rest = np.divmod(total, np.maximum(missed, 1))
    place = np.arange(depth)[None, :]
    return np.where(place < missed[:, None], each[:, None] + (place < rest[:, None]), 0).astype(np.int64)


def _card(tape: Tape, product: Card, people: People, accounts: Accounts, book: Book) -> Cents:
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
    unused = int((balance == 0).sum())
    _note(book, "cards that owe nothing", unused, 0, "taken as unused: nothing is bought with them until they run off")
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
    _note(book, f"{what} set by the product", int(unknown.sum()), int(balance[unknown].sum()), why)


def _count_unknown(tape: Tape, book: Book) -> None:
    """Columns that the tape does not have at all."""
    have = {*tape.known, *tape.labels}
    fields = (*PERSON_FIELDS, "pay_share") if tape.kind == "card" else PERSON_FIELDS
    owed = int(tape.accounts["balance"].sum())
    for name in fields:
        if name not in have:
            _note(book, f"{name} drawn", tape.rows_used, owed, "the tape has no such column")
    why = "no tape has them: drawn as they are among people of whom the rest is known"
    _note(book, "savings, spending, sector and habits drawn", tape.rows_used, owed, why)


def _calendar_month(days: npt.NDArray[Any]) -> Whole:
    return np.asarray(days.astype("datetime64[M]").astype(np.int64) + 1970 * 12)


def _months_opened(tape: Tape, accounts: Accounts) -> Whole:
    """The month each account was opened, 0 the first of the span; the snapshot is the eve of the span."""
    term, remaining = tape.accounts["term"], tape.accounts["remaining"]
    gone = np.where((term >= 0) & (remaining >= 0), -(term - remaining), np.minimum(accounts.opened, -1))
    given = tape.accounts["opened"]
    if tape.as_of is None or np.isnat(given).all():
        return np.asarray(gone)
    snapshot = tape.as_of.year * 12 + tape.as_of.month - 1
    age = snapshot - np.where(np.isnat(given), snapshot, _calendar_month(given))
    return np.asarray(np.where(np.isnat(given), gone, -age - 1).clip(-32_000, 0))


def _months_to_come(tape: Tape, clock: Clock, book: Book) -> Whole | None:
    """The month of the span in which each loan is lent, -1 never; None when the tape is a book in mid-life."""
    fresh = tape.accounts["remaining"] == tape.accounts["term"]
    given = tape.accounts["opened"]
    if tape.kind == "card" or tape.as_of is not None or np.isnat(given).any() or not fresh.all():
        _count_other_time(tape, clock, book)
        return None
    balance = tape.accounts["balance"]
    month = _calendar_month(given) - (clock.start.year * 12 + clock.start.month - 1)
    early, late = month < 0, month >= clock.months
    why = "opened before the span: lent in its first month, whole"
    _note(book, "loans lent later than on the tape", int(early.sum()), int(balance[early].sum()), why)
    why = "opened after the last month of the span: not lent"
    _note(book, "loans of the tape not lent", int(late.sum()), int(balance[late].sum()), why)
    return np.where(late, -1, np.maximum(month, 0))


def _count_other_time(tape: Tape, clock: Clock, book: Book) -> None:
    """A snapshot of another month than the eve of the span is said, not moved."""
    eve = clock.month_end_date(-1)
    if tape.as_of is not None and (tape.as_of.year, tape.as_of.month) != (eve.year, eve.month):
        why = f"the snapshot of {tape.as_of} is taken as the book of {eve}; accounts keep their age"
        _note(book, "tape of another month", tape.rows_used, int(tape.accounts["balance"].sum()), why)


def _place(opened: Opened, product: Product, clock: Clock, book: Book) -> None:
    """Rows in the blocks; the late ones into the table of arrears, in the bucket of the eve of the span."""
    name = opened.product
    held = {"in default already": np.zeros(2, np.int64), "past charge-off already": np.zeros(2, np.int64)}
    everyone = {name: np.ones(opened.persons.count, np.bool_)}
    for block, places, take in book.admit(opened.persons, {name: opened.accounts}, everyone):
        accounts = block.accounts[name]
        late = np.flatnonzero(accounts.missed[places] > 0)
        behind, zeros = places[late], np.zeros(late.size, np.int64)
        before = accounts.arrears.rows.size
        accounts.arrears.add(behind, opened.unpaid[take[late], 0], zeros, zeros)
        accounts.arrears.unpaid[before:] = opened.unpaid[take[late]]
        accounts.arrears.strained[before:] = opened.strained[take[late]]
        table = np.array([clock.days_late(-1, block.due_day, count) for count in range(product.depth + 1)])
        days = table[accounts.missed[behind]]
        accounts.bucket[behind] = np.searchsorted(EDGES, days, side="right")
        accounts.default[behind[days >= product.default_days]] = 1
        for line, least in zip(held, (product.default_days, product.charge_off_days), strict=True):
            rows = behind[days >= least]
            held[line] += (rows.size, accounts.balance[rows].sum())
    whys = ("no new default of the span", "written off at the first month close unless they catch up")
    for (what, (number, money)), why in zip(held.items(), whys, strict=True):
        _note(book, what, int(number), int(money), why)


def _go_on_lending(tape: Tape, lending: Lending, book: Book) -> None:
    """New lending beside a tape: as many a month as leave by the product's own terms, and a stated share lost.

    There is no history of applicants to go by. Newcomers are people of the recipe, not of the tape, so the
    book moves from the one to the other as it turns over.
    """
    product = lending.products[tape.product]
    share = 1.0 - (1.0 - product.leaving) ** (1.0 / 12.0) + LOST
    if isinstance(product, Instalment):
        terms = np.array(list(product.terms)), np.array(list(product.terms.values()))
        share += 1.0 / float(np.average(terms[0], weights=terms[1]))
    ids = np.arange(book.next_id, book.next_id + SAMPLE, dtype=np.int64)
    approved = lending.policies.approve(draw(lending.recipe, ids, lending.draws)).mean()
    lending.approved_share = max(float(approved), 0.001)
    lending.history = [round(tape.rows_used * share / lending.approved_share)]
    why = f"an open book without a past: {share:.2%} of the borrowers are replaced a month, by people of the recipe"
    _note(book, "applicants a month assumed", lending.history[0], 0, why)
