"""The last evening of a month: days past due, cure, default, charge-off, who leaves, and what the panel remembers."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from simulator.block import CHARGED_OFF, FOR_EVER, OPEN, Block
from simulator.draws import Rows, rows_where
from simulator.engine.life import Life
from simulator.habits import CHARGED_OFF as CHARGED
from simulator.kernels import chosen
from simulator.panel import EDGES, STATES

Flags = npt.NDArray[np.bool_]
USUAL = np.empty(0, np.int8)  # no probation of one's own
REDEFAULT = 3  # the bucket of 60 to 89 days: a restructured account that gets there has failed again
PROBATION = 3  # months for which one who has caught up is still counted as in default


def close_month(life: Life, month: int) -> None:
    """Close every block, then the ledger, which proves itself."""
    for block in life.book.blocks:
        _close_block(life, block, month)
    for name, moves in life.moves.items():
        life.panel.note_moves(name, month, *(np.concatenate(column) for column in zip(*moves, strict=True)))
        moves.clear()
    policies = life.rules.policies
    for name, tally in policies.done().items():
        life.panel.note_policy(name, policies.policies[name], month, tally, in_force=name in policies.now)
    _close_ledger(life, month)


def write_off(
    life: Life,
    name: str,
    block: Block,
    rows: Rows,
    month: int,
    price: npt.NDArray[Any] | None = None,
    *,
    bankrupt: bool = False,
) -> None:
    """Charge off: the debt is gone from the book, recoveries are expected, the person is followed for a while.

    What is sold (`price`, a share of the debt) brings its price at once, and nothing afterwards.
    """
    accounts, product, panel = block.accounts[name], life.products[name], life.panel
    fresh = accounts.default[rows] == 0
    _write_down(life, name, block, rows[fresh], month, bankrupt=bankrupt)
    opened = accounts.opened[rows]
    bucket = accounts.bucket[rows].astype(np.intp)
    recovered = np.full(rows.size, product.recoveries.share)
    if price is not None and price.any():
        life.ledger.sell(name, block, accounts, np.rint(accounts.balance[rows] * price).astype(np.int64), rows)
        recovered[price > 0] = 0.0
    if panel.written_off is not None:
        panel.written_off.note(block, accounts, rows, month)
    amount = life.ledger.charge_off(name, block, accounts, rows)
    if f"{name}.paying" in block.own:
        block.own[f"{name}.paying"][rows] = CHARGED
        _note_statuses(life, name, block, rows, month)
    life.count(name, "charge_off_accounts", block, rows, month)
    life.count(name, "defaults", block, rows[fresh], month)
    panel.note_charge_offs(name, month, opened, fresh, amount)
    panel.note_rolls(name, month, bucket, np.full(rows.size, len(STATES) - 1), amount)
    life.ledger.expect(name, block, rows, np.rint(amount * recovered).astype(np.int64))
    gone = np.zeros(block.size, np.bool_)
    gone[rows] = True
    accounts.arrears.keep(~gone[accounts.arrears.rows])
    accounts.close(rows)
    accounts.status[rows] = CHARGED_OFF


def _close_block(life: Life, block: Block, month: int) -> None:
    owing = np.zeros(block.size, np.bool_)
    worst = None if life.rules.bureau is None else Worst(block.size)
    for name, accounts in block.accounts.items():
        _classify(life, name, block, month, worst)
        is_open = accounts.status == OPEN
        if f"{name}.paying" in block.own:
            _note_statuses(life, name, block, rows_where(is_open), month)
        chosen().count_flags(life.panel.cells[name]["accounts"][life.panel.row(month)], block.segment, is_open)
        owing |= is_open
    if worst is not None and life.rules.bureau is not None:
        life.rules.bureau.report(block, worst.days, rows_where(worst.defaulted), month)
        for name, product in life.products.items():
            product.review(name, block, month)
    there = block.here
    _count_people(life, block, owing, there, month)
    _let_go(life, block, owing, there, life.clock.month_end(month))


class Worst:
    """What the bureau is told of a block at a month's end: each person's days late, and who is in default."""

    def __init__(self, size: int) -> None:
        self.days = np.zeros(size, np.int64)
        self.defaulted = np.zeros(size, np.bool_)

    def note(self, late: Rows, days: npt.NDArray[np.int64], defaulted: Rows) -> None:
        """One product's late accounts, and those in default."""
        self.days[late] = np.maximum(self.days[late], days)
        self.defaulted[defaulted] = True


def _classify(life: Life, name: str, block: Block, month: int, worst: Worst | None) -> None:
    """Days past due from the oldest unpaid bill; default, sale, charge-off, buckets and transitions."""
    accounts, product = block.accounts[name], life.products[name]
    days = np.array(life.clock.days_late_by_missed(month, block.due_day, product.depth))
    late, days_late = chosen().late_accounts(accounts.arrears.rows, accounts.missed, days)
    chosen().cure(accounts.default, accounts.missed, accounts.probation if accounts.relievable else USUAL, PROBATION)
    fresh = late[(days_late >= product.default_days) & (accounts.default[late] == 0)]
    accounts.default[fresh] = 1
    _write_down(life, name, block, fresh, month)
    life.count(name, "defaults", block, fresh, month)
    life.panel.note_defaults(name, month, accounts.opened[fresh])
    if worst is not None:
        worst.note(late, days_late, rows_where(accounts.default != 0))
    given_up = days_late >= product.charge_off_days
    price: npt.NDArray[Any] | None = None
    if life.rules.policies.turning("sale_price"):
        price = life.rules.policies.sale_price(days_late)
        given_up |= price > 0
    if given_up.any():
        write_off(life, name, block, late[given_up], month, None if price is None else price[given_up])
        late, days_late = late[~given_up], days_late[~given_up]
    bucket = np.searchsorted(EDGES, days_late, side="right")
    if accounts.relievable:
        _count_relieved(life, name, block, late, bucket, month)
    _note_buckets(life, name, block, late, bucket, month)


def _write_down(life: Life, name: str, block: Block, rows: Rows, month: int, *, bankrupt: bool = False) -> None:
    """Of each default of the span, what led to it."""
    if month < 0 or not rows.size:
        return
    floating, interest = np.zeros(rows.size), np.zeros(rows.size)
    for other, product in life.products.items():
        accounts = block.accounts[other]
        floating += product.floating * accounts.balance[rows]
        if getattr(product, "method", "equal_instalments") != "equal_instalments":
            interest += accounts.balance[rows] * accounts.rate[rows] / 12.0
    place = life.panel.products.index(name)
    cents = np.rint([floating, interest]).astype(np.int64)
    life.panel.defaults.note(
        place, month, block, block.accounts[name], rows, floating=cents[0], interest=cents[1], bankrupt=bankrupt
    )


def _count_relieved(life: Life, name: str, block: Block, late: Rows, bucket: npt.NDArray[np.intp], month: int) -> None:
    """Accounts under relief; and those restructured in the last year that are 60 days late for the first time since."""
    accounts = block.accounts[name]
    helped = rows_where(accounts.relief != 0)
    life.count(name, "in_relief", block, helped[accounts.relief_until[helped] > month], month)
    since = month - accounts.relieved[late].astype(np.int64)
    again = (accounts.probation[late] > 0) & (since <= 12) & (bucket >= REDEFAULT) & (accounts.bucket[late] < REDEFAULT)
    life.count(name, "redefaults", block, late[again], month)


def _note_buckets(life: Life, name: str, block: Block, late: Rows, bucket: npt.NDArray[np.intp], month: int) -> None:
    """Put accounts into their buckets and note where from; those back to current are told apart."""
    accounts = block.accounts[name]
    moved, origins, now = chosen().move_buckets(accounts.bucket, late, bucket)
    life.moves[name].append((block.segment[moved], origins, now, accounts.balance[moved]))
    _note_penalty(life, name, block, month)


def _note_penalty(life: Life, name: str, block: Block, month: int) -> None:
    """What of the debts overdue is penalty and late fees: owed apart on a loan; on a card, where they become part of
    the balance, all that was charged since the first missed bill, as far as it can still be owed."""
    accounts, arrears = block.accounts[name], block.accounts[name].arrears
    late = np.flatnonzero(accounts.bucket[arrears.rows])
    if not late.size:
        return
    rows = arrears.rows[late]
    apart = "remaining" in accounts.names
    owed = (arrears.penalty + arrears.fees)[late] if apart else np.minimum(arrears.cost[late], accounts.balance[rows])
    cells = life.panel.cells[name]["penalty_owed"][life.panel.row(month)]
    cells += np.bincount(block.segment[rows], weights=owed, minlength=cells.size).astype(np.int64)


def _note_statuses(life: Life, name: str, block: Block, rows: Rows, month: int) -> None:
    """Payment statuses: from the eve of the span and from the last close to this one."""
    own = block.own
    now, before, first = (own[f"{name}.{what}"] for what in ("paying", "paying_before", "paying_first"))
    life.panel.note_statuses(name, month, first[rows], before[rows], now[rows])
    before[rows] = now[rows]
    if month < 0:
        first[rows] = now[rows]


def _count_people(life: Life, block: Block, owing: Flags, there: Flags, month: int) -> None:
    panel, row = life.panel, life.panel.row(month)
    borrowers, labour_force, unemployed = (
        panel.people[what][row] for what in ("borrowers", "labour_force", "unemployed")
    )
    chosen().count_people(
        *(borrowers, labour_force, unemployed, panel.spells[row], block.segment, owing, there),
        *(block.spells, block.months_out),
    )


def _let_go(life: Life, block: Block, owing: Flags, there: Flags, day: int) -> None:
    """Who owes nothing leaves; who was charged off is followed a while, since the job market has not let go."""
    if life.lending.idle_days:
        back = rows_where(owing & (block.leaves != FOR_EVER))
        block.leaves[back] = FOR_EVER
    idle = rows_where(there > owing)
    if not idle.size:
        return
    empty = block.size - int(np.count_nonzero(there))
    gone = _due_to_leave(life, block, idle, day) if life.lending.idle_days or life.book.follow_months else idle
    block.leave(gone)
    if not life.lending.open_book and (empty + gone.size) * 5 > block.size:
        block.compact()


def _due_to_leave(life: Life, block: Block, idle: Rows, day: int) -> Rows:
    """Those of the idle whose time is up; who is idle since this month is given a day."""
    leaves = block.leaves[idle]
    fresh = leaves == FOR_EVER
    if fresh.any():
        marked = idle[fresh]
        stay = np.full(marked.size, life.lending.idle_days)
        for accounts in block.accounts.values():
            stay[accounts.status[marked] == CHARGED_OFF] = int(life.book.follow_months * 30.4375)
        leaves[fresh] = day + stay
        block.leaves[marked] = day + stay
    return np.asarray(idle[leaves <= day])


def _close_ledger(life: Life, month: int) -> None:
    panel, row = life.panel, life.panel.row(month)
    when = life.clock.month_date(month).strftime("%B %Y")
    panel.economy[row] = life.paths.jobs.unemployment[row]
    if life.weather is not None:
        panel.weather[row] = life.weather.prices, life.weather.wages, life.weather.policy_rate
    for name in life.panel.products:
        balance = sum(int(block.accounts[name].balance.sum()) for block in life.book.blocks)
        month_tally, closing = life.ledger.close(name, balance, when)
        cells = panel.cells[name]
        for what, amount in month_tally.flows.items():
            cells[what][row] = amount
        cells["balance"][row] = closing
        curve = life.products[name].recoveries.curve()
        cells["recoveries"][row] = life.ledger.spread_recoveries(name, row, curve)
        late = sum(cells[f"balance_{label}"][row] for label in ("1_29", "30_59", "60_89", "90_plus"))
        cells["balance_current"][row] = cells["balance"][row] - late
        counted = sum(cells[f"accounts_{label}"][row] for label in ("1_29", "30_59", "60_89", "90_plus"))
        cells["accounts_current"][row] = cells["accounts"][row] - counted
        buckets = np.stack(
            [cells[f"balance_{label}"][row] for label in ("current", "1_29", "30_59", "60_89", "90_plus")]
        )
        cells["allowance"][row] = life.rules.reserve.allowance(buckets)
