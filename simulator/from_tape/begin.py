"""The book a run begins with when there is a tape: every row a borrower, every account in the state it is in.

What the tape says is kept. What it does not say of a person is drawn from the recipe as it is among people who
are like that; what it does not say of an account is what the product would have set for that person. Both are
counted, in number and in money. There is no warm-up: the tape is the steady state, or is not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator.block import Accounts
from simulator.book import Book, Persons
from simulator.clock import Clock
from simulator.draws import mix
from simulator.economy import Paths
from simulator.errors import TapeError
from simulator.from_tape.accounts import Whole, accounts_of, calendar_month, missed_bills, note
from simulator.from_tape.newly import at_work, furnish_borrowers
from simulator.from_tape.payers import payers
from simulator.ledger import Ledger
from simulator.lending import Lending
from simulator.money import Cents, rounded
from simulator.panel import EDGES, Panel
from simulator.policies import Application
from simulator.products import Opening, Product
from simulator.tape import Tape

Flags = npt.NDArray[np.bool_]

FORGOT = 0.35  # one bill behind for want of attention, not of money: FACTS us.late.share_forgot
# Where habits are followed, of those two bills behind or more the share in want of money: with it as many of them fall
# short of cash in the first months of taiwan_cards_2005.yaml as later on (about a quarter, one seed)
IN_WANT = 0.5
# Of those behind for want of money, as measured in the warmed-up book of us_cards.yaml (256 accounts, one seed):
TIMES_OUT = 5.0  # out of work that many times as often as all borrowers (0.25 against 0.045)
MOST_OWED = 0.4  # bills unpaid elsewhere, uniform up to this many months of income
SAMPLE = 4_000  # applicants from whom the approved share is taken
PERSON_FIELDS = ("age", "income", "debt_service", "score", "education", "region")


@dataclass(frozen=True)
class Opened:
    """The tape's people with their accounts, in the tape's order; `unpaid` is the queue of bills, latest first."""

    product: str
    persons: Persons
    accounts: Accounts
    unpaid: Cents  # (rows, depth)
    strained: Flags
    habits: dict[str, npt.NDArray[np.int8]] | None = None  # what habits keep of each account, by column


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

    Borrower number i is the i-th row of the tape that is used; the tape of a shard has the rows of that shard. Loans of
    a tape without a snapshot date come in on the first of the month in which they were opened, with their whole term to
    come.
    """
    opened = _opened(tape, lending, book)
    book.next_id = book.shard.number + tape.rows_used * book.shard.of
    _count_unknown(tape, book)
    months = _months_to_come(tape, lending.clock, book)
    furnish_borrowers(tape, opened.persons, book, new=months is not None)
    if months is None:
        lending.at_work_or_not(opened.persons, paths, 0, times_out(opened.strained))
        _place(opened, lending.products[tape.product], lending.clock, book)
    else:
        lending.waiting = Waiting(opened, months, tape.plan.at_work)
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
    at_work: bool = False  # everybody is, when the loan begins

    def month(self, lending: Lending, book: Book, ledger: Ledger, panel: Panel, paths: Paths, month: int) -> None:
        """Those whose month it is get their rows; the money lent goes through the ledger."""
        take = np.flatnonzero(self.months == month)
        if not take.size:
            return
        name = self.opened.product
        columns = {column: values[take] for column, values in self.opened.persons.columns.items()}
        persons = Persons(columns)
        lending.at_work_or_not(persons, paths, month)
        if self.at_work:
            at_work(persons)
        accounts = Accounts(take.size, self.opened.accounts.arrears.depth, self.opened.accounts.names)
        accounts.put(np.arange(take.size), self.opened.accounts, take)
        accounts.opened[:] = month
        everyone = {name: np.ones(take.size, np.bool_)}
        for block, rows, _ in book.admit(persons, {name: accounts}, everyone):
            lending.note_opened(name, block, rows, ledger, panel, month)


def times_out(strained: Flags) -> npt.NDArray[np.float64]:
    """How often each is out of work against all borrowers: the strained more often, the rest less, one on average."""
    share = min(float(strained.mean()), 0.9 / TIMES_OUT) if strained.size else 0.0
    return np.where(strained, TIMES_OUT, (1.0 - share * TIMES_OUT) / (1.0 - share))


def _opened(tape: Tape, lending: Lending, book: Book) -> Opened:
    """People and accounts of the tape, in its order."""
    product = lending.products[tape.product]
    ids = book.shard.numbers(book.shard.number, tape.rows_used)
    mixed = mix(ids)
    missed = missed_bills(tape, product, book)
    luck = lending.draws.uniform("tape.forgot", 0, mixed)
    strained = (missed >= 2) | ((missed == 1) & (luck >= FORGOT))
    if lending.behaviour.habits is not None:
        strained = (missed >= 2) & (luck < IN_WANT)  # the others are late because that is how they pay
    known, unmatched = tape.known_for({name: book.labels[name] for name in ("education", "region")})
    book.counted.extend(unmatched)
    known["savings"] = np.where(strained, 0.0, np.nan)
    owed = int(tape.accounts["balance"][strained].sum())
    why = f"behind for want of money: nothing put by, bills unpaid elsewhere, out of work {TIMES_OUT:g} times as often"
    note(book, "late borrowers taken as strained", int(strained.sum()), owed, why)
    people = lending.drawn(ids, known)
    elsewhere = MOST_OWED * lending.draws.uniform("tape.elsewhere", 0, mixed) * people.income
    people.savings[strained] = -rounded(elsewhere[strained])
    book.counted.extend(people.counted)
    persons = lending.persons(people, mixed, book)
    opening = Opening(people, 0, 0, mixed, lending.draws)
    accounts, unpaid = accounts_of(tape, product, opening, missed, book, lending.behaviour.habits)
    habits = None if tape.kind != "card" else payers(tape, lending.behaviour.habits, lending.draws, mixed)
    return Opened(tape.product, persons, accounts, unpaid, strained, habits)


def _count_unknown(tape: Tape, book: Book) -> None:
    """Columns that the tape does not have at all."""
    have = {*tape.known, *tape.labels}
    fields = (*PERSON_FIELDS, "pay_share") if tape.kind == "card" else PERSON_FIELDS
    owed = int(tape.accounts["balance"].sum())
    for name in fields:
        if name not in have:
            note(book, f"{name} drawn", tape.rows_used, owed, "the tape has no such column")
    why = "no tape has them: drawn as they are among people of whom the rest is known"
    note(book, "savings, spending, sector and habits drawn", tape.rows_used, owed, why)


def _months_to_come(tape: Tape, clock: Clock, book: Book) -> Whole | None:
    """The month of the span in which each loan is lent, -1 never; None when the tape is a book in mid-life."""
    fresh = tape.accounts["remaining"] == tape.accounts["term"]
    given = tape.accounts["opened"]
    if tape.kind == "card" or tape.as_of is not None or np.isnat(given).any() or not fresh.all():
        _count_other_time(tape, clock, book)
        return None
    balance = tape.accounts["balance"]
    month = calendar_month(given) - (clock.start.year * 12 + clock.start.month - 1)
    early, late = month < 0, month >= clock.months
    why = "opened before the span: lent in its first month, whole"
    note(book, "loans lent later than on the tape", int(early.sum()), int(balance[early].sum()), why)
    why = "opened after the last month of the span: not lent"
    note(book, "loans of the tape not lent", int(late.sum()), int(balance[late].sum()), why)
    return np.where(late | ~tape.granted, -1, np.maximum(month, 0))


def _count_other_time(tape: Tape, clock: Clock, book: Book) -> None:
    """A snapshot of another month than the eve of the span is said, not moved."""
    eve = clock.month_end_date(-1)
    if tape.as_of is not None and (tape.as_of.year, tape.as_of.month) != (eve.year, eve.month):
        why = f"the snapshot of {tape.as_of} is taken as the book of {eve}; accounts keep their age"
        note(book, "tape of another month", tape.rows_used, int(tape.accounts["balance"].sum()), why)


def _place(opened: Opened, product: Product, clock: Clock, book: Book) -> None:
    """Rows in the blocks; the late ones into the table of arrears, in the bucket of the eve of the span."""
    name = opened.product
    held = {"in default already": np.zeros(2, np.int64), "past charge-off already": np.zeros(2, np.int64)}
    everyone = {name: np.ones(opened.persons.count, np.bool_)}
    for block, places, take in book.admit(opened.persons, {name: opened.accounts}, everyone):
        accounts = block.accounts[name]
        for column, values in (opened.habits or {}).items():
            block.own[f"{name}.{column}"][places] = values[take]
        late = np.flatnonzero(accounts.missed[places] > 0)
        behind, zeros, unpaid = places[late], np.zeros(late.size, np.int64), opened.unpaid[take[late]]
        accounts.arrears.add(behind, -1, unpaid[:, 0], zeros, zeros, block)
        for age in range(1, unpaid.shape[1]) if late.size else ():
            accounts.arrears.bill(-1 - age, unpaid[:, age])
        accounts.arrears.strained = opened.strained[take[late]]
        accounts.arrears.began = -accounts.missed[behind].astype(np.int64)
        table = np.array([clock.days_late(-1, block.due_day, count) for count in range(product.depth + 1)])
        days = table[accounts.missed[behind]]
        accounts.bucket[behind] = np.searchsorted(EDGES, days, side="right")
        accounts.default[behind[days >= product.default_days]] = 1
        for line, least in zip(held, (product.default_days, product.charge_off_days), strict=True):
            rows = behind[days >= least]
            held[line] += (rows.size, accounts.balance[rows].sum())
    whys = ("no new default of the span", "written off at the first month close unless they catch up")
    for (what, (number, money)), why in zip(held.items(), whys, strict=True):
        note(book, what, int(number), int(money), why)


def _go_on_lending(tape: Tape, lending: Lending, book: Book) -> None:
    """New lending beside a tape: as many a month as leave by the product's own terms, and a stated share lost.

    There is no history of applicants to go by. Newcomers are people of the recipe, not of the tape, so the
    book moves from the one to the other as it turns over.
    """
    ids = book.shard.numbers(book.next_id, SAMPLE)
    application = Application.of(lending.drawn(ids), mix(ids), lending.draws, 0)
    approved = lending.policies.approve(application).mean()
    lending.approved_share = max(float(approved), 0.001)
    lending.go_on((lending.products[tape.product],), book)
