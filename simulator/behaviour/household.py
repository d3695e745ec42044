"""How a household answers its bills: income, spending, savings, and who is paid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pydantic import field_validator
from pydantic_core import PydanticCustomError

from simulator.arrears import TRIED_REMINDER
from simulator.block import UNWILLING, Block
from simulator.cycle import Bill, Cycle
from simulator.desk import Desk
from simulator.draws import Floats, Rows, rows_where
from simulator.habits import Habits
from simulator.kernels import chosen
from simulator.ledger import Ledger
from simulator.money import Cents, fixed, share_of
from simulator.params import Frozen, param

NOTHING, NOBODY = np.empty(0, np.int64), np.empty(0, np.bool_)
Attention = Callable[[Block, Rows, Cycle], "Floats | None"]  # of those who would forget, the chance that they still do


class Behaviour(Frozen):
    """Buffer-stock saving, cuts in hardship, attention, and the will to pay when far behind."""

    rebuild: float = param(
        0.06,
        "share of the distance to the usual buffer saved (or spent down) in a month",
        unit="share per month",
        source="a guess: rebuilt over a year or two; FACTS us.shock.not_recovered_6m .5",
        ge=0,
        le=1,
    )
    habit: float = param(
        0.80,
        "share of usual discretionary spending that is kept up while there are savings",
        unit="share",
        source="FACTS us.consume.drop_at_jobloss_with_ui .06, us.consume.drop_at_exhaustion .115 of all spending",
        ge=0,
        le=1,
    )
    hardship_cut: float = param(
        0.17,
        "share of essential spending that is cut when the money is gone",
        unit="share",
        source="FACTS us.consume.drop_at_exhaustion",
        ge=0,
        le=1,
    )
    bills_elsewhere: float = param(
        0.5,
        "most that is left unpaid elsewhere, in months of income; what is beyond falls on others",
        unit="months of income",
        source="a guess",
        ge=0,
        le=24,
    )
    draw_down: float = param(
        0.1,
        "share of the open line that a household short of cash draws in a month",
        unit="share",
        source="a guess; FACTS us.card.maxed_out_delinq_annual .33 is where it leads",
        ge=0,
        le=1,
    )
    forgets_again: float = param(
        0.20,
        "chance that one who is a bill behind forgets the next as well",
        unit="share",
        source="a guess; FACTS us.loan.cure_1_15dpd_6m .83 cured",
        ge=0,
        le=1,
    )
    engages: tuple[float, ...] = param(
        (1.0, 1.0, 0.95, 0.65, 0.35, 0.2, 0.12),
        "chance that one behind for want of money, by 0, 1, 2... bills, deals with the debt in a month",
        unit="share",
        source="set on FACTS us.card.roll_30_60, us.card.roll_60_90, us.card.roll_90_120 and us.card.roll_120_150",
    )
    bankruptcy_late: float = param(
        0.010,
        "chance a month of bankruptcy, death or settlement for one who is behind",
        unit="share per month",
        source="a guess: 15-20% of charge-offs skip the buckets (recalled, not looked up)",
        ge=0,
        le=1,
    )
    pays_first: tuple[str, ...] = param(
        (),
        "products in the order in which they are paid when money is short; left out: loans before cards",
        source="FACTS us.hierarchy.delinq_ratio_card_to_ploan: the card goes unpaid first",
    )
    bankruptcy_short: float = param(
        0.001,
        "the same for one not yet behind whose savings are gone",
        unit="share per month",
        source="as above",
        ge=0,
        le=1,
    )

    windfall_spent: float = param(
        0.3,
        "share of a sum out of the blue (a cheque, benefit beyond the lost pay) that is spent at once",
        unit="share",
        source="a guess: a quarter to two fifths was spent of the cheques of 2020 (surveys, recalled)",
        ge=0,
        le=1,
    )
    literacy_effect: float = param(
        0.2,
        "how much more often the least literate forget a due date, and how much less often the most literate",
        unit="share",
        source="a guess; effects of financial education are small (FACTS meta.fined.behaviour_effect_sd)",
        ge=0,
        le=1,
    )
    overspending: float = param(
        0.0,
        "how much smaller the least literate keep their buffer, and how much larger a loan or card balance they want; "
        "in proportion to what is missing of full literacy",
        unit="share",
        source="a guess: none unless the scenario says so",
        ge=0,
        le=1,
    )
    minimum_only: float = param(
        0.0,
        "share of the least literate who pay the minimum only though they have the money; in proportion as above",
        unit="share",
        source="a guess: none unless the scenario says so",
        ge=0,
        le=1,
    )

    habits: Habits | None = param(
        None,
        "payment habits of card holders by status, in place of the share of the statement they pay and of forgetting; "
        "left out: none",
    )

    @field_validator("engages")
    @classmethod
    def _chances(cls, engages: tuple[float, ...]) -> tuple[float, ...]:
        if not engages or any(not 0.0 <= chance <= 1.0 for chance in engages):
            raise PydanticCustomError("engages", "chances from 0 to 1 are wanted, at least one")
        return engages


@dataclass
class Answer:
    """What the block pays on each product, cents; and the rows whose cash did not reach."""

    paid: dict[str, Cents]
    short: Rows


def answer(
    behaviour: Behaviour,
    block: Block,
    bills: dict[str, Bill],
    cycle: Cycle,
    ledger: Ledger,
    attention: Attention,
    desk: Desk | None = None,
) -> Answer:
    """The household's answer to its bills of this cycle; `bills` stand in the order in which they are paid.

    usual  = income - essential + card purchases - payments meant
    room   = usual + change - habit x usual (where usual is positive): what can be saved while habits hold
    saving = min(rebuild x (target - savings), room): towards the usual buffer
    cash   = savings + saving + payments meant: what can be handed over
    Those whose cash does not reach cut further, draw open lines, and then pay what they can. The unwilling mean to pay
    nothing on any account; they are not short, whatever is asked of them. What a desk's calls have brought since the
    last due day counts now, and is then spent.
    """
    wanted = total([bill.wanted for bill in bills.values()])
    unwilling = chosen().having(block.spells, UNWILLING)  # they could and do not: what they mean to pay is nought
    if unwilling.size:
        wanted = wanted.copy()
        wanted[unwilling] = 0
    bought = [bill.purchases for bill in bills.values() if bill.purchases is not None]
    short: Rows = chosen().meet(
        *(block.savings, block.income, block.essential, block.target, cycle.change, wanted),
        total(bought) if bought else NOTHING,
        *(fixed(1.0 - behaviour.habit), fixed(behaviour.rebuild), fixed(behaviour.hardship_cut)),
        fixed(behaviour.bills_elsewhere),
    )
    if short.size:
        if unwilling.size:
            short = short[(block.spells[short] & UNWILLING) == 0]
        _draw_lines(behaviour, block, bills, short, ledger)
    paid = {product: bill.wanted.copy() for product, bill in bills.items()}
    if short.size:
        _pay_in_order(block, bills, paid, short)
    forgotten = {product: amount for product, amount in paid.items() if not bills[product].habitual}
    if forgotten:
        _forget(behaviour, block, forgotten, cycle, attention, desk)
    for product, amount in paid.items():
        if not bills[product].habitual:
            _give_up(behaviour, block, product, amount, cycle, desk)
        amount[unwilling] = 0
        if desk is not None:
            block.accounts[product].arrears.contact = 0
    return Answer(paid, short)


def put_by(behaviour: Behaviour, block: Block, windfall: Cents) -> None:
    """A windfall is put by but for a part spent at once; what is then beyond the usual buffer is spent slowly."""
    block.savings += windfall - share_of(windfall, fixed(behaviour.windfall_spent))


def hold_back(block: Block, share: float) -> None:
    """A share of usual spending is not spent but put by, at most four fifths of what is not essential."""
    free = np.maximum(block.income - block.essential, 0)
    block.savings += np.minimum(share_of(block.income, fixed(share)), share_of(free, fixed(0.8)))


def total(amounts: list[Cents]) -> Cents:
    """The sum over products; with one product its own array."""
    whole = amounts[0]
    for amount in amounts[1:]:
        whole = whole + amount
    return whole


def _draw_lines(behaviour: Behaviour, block: Block, bills: dict[str, Bill], short: Rows, ledger: Ledger) -> None:
    """People in trouble draw the open line first, as far as it takes to pay what is due and to live."""
    due = total([np.minimum(bill.due[short], bill.wanted[short]) for bill in bills.values()])
    for product, bill in bills.items():
        if bill.line is None:
            continue
        need = np.maximum(due - block.savings[short], 0)
        drawn = np.minimum(need, share_of(bill.line[short], fixed(behaviour.draw_down)))
        some = drawn > 0
        ledger.advance(product, block, block.accounts[product], drawn[some], short[some])


def _pay_in_order(block: Block, bills: dict[str, Bill], paid: dict[str, Cents], short: Rows) -> None:
    """Those short of cash pay what is due, product by product, and more only after that."""
    left = np.maximum(block.savings[short], 0)
    for product, bill in bills.items():
        chosen().pay_due(paid[product], bill.due, bill.wanted, left, short)
    for product, bill in bills.items():
        chosen().pay_more(paid[product], bill.due, bill.wanted, left, short)


def _forget(
    behaviour: Behaviour,
    block: Block,
    paid: dict[str, Cents],
    cycle: Cycle,
    attention: Attention,
    desk: Desk | None,
) -> None:
    """Those who forget the due date pay nothing this time, on any account; quickly cured, as a rule.

    One who is behind forgets the next due date as well with a chance of its own, unless the desk has reached them;
    nobody forgets on autopay.
    """
    rows = cycle.draws.below("attention", cycle.day, block.mixed, block.forgets)
    late = np.concatenate([block.accounts[product].arrears.rows for product in paid])
    again = min(round(behaviour.forgets_again * 65536), 65535) / 65536.0
    heard = NOBODY if desk is None else _heard(desk, block, tuple(paid), cycle)
    key = cycle.draws.key("attention.again", cycle.day)
    rows = chosen().forgetful(rows, late, block.forgets, block.mixed, key, again, heard)
    still = attention(block, rows, cycle)
    if still is not None:
        rows = rows[cycle.draws.uniform("attention.still", cycle.day, block.mixed[rows]) < still]
    for amount in paid.values():
        amount[rows] = 0


def _heard(desk: Desk, block: Block, products: tuple[str, ...], cycle: Cycle) -> npt.NDArray[np.bool_]:
    """Who of a block was spoken to since the last due day about any account, or takes notice of a reminder."""
    heard = np.zeros(block.size, np.bool_)
    for product in products:
        arrears = block.accounts[product].arrears
        reminded = arrears.rows[(arrears.tried & TRIED_REMINDER) != 0]
        luck = cycle.draws.uniform("desk.notice", cycle.day, block.mixed[reminded])
        heard[reminded[luck < desk.notice]] = True
        heard[arrears.rows[arrears.contact > 0]] = True
    return heard


def _give_up(behaviour: Behaviour, block: Block, product: str, paid: Cents, cycle: Cycle, desk: Desk | None) -> None:
    """Those whose money once did not reach and who are far behind mostly do not deal with the debt any more.

    With a desk, fewer of those do to whom nobody has spoken, and always who will keep a promise.
    """
    accounts, arrears = block.accounts[product], block.accounts[product].arrears
    alone, backfire = (1.0, 0.0) if desk is None else (float(desk.alone), float(desk.backfire))
    chosen().give_up(
        *(paid, arrears.rows, arrears.held, accounts.missed, block.mixed),
        *(cycle.draws.key(f"{product}.engage", cycle.day), np.array(behaviour.engages), desk is not None),
        *(alone, backfire),
    )


def strain(block: Block, short: Rows) -> None:
    """Remember who is behind because the money did not reach, not because a due date was forgotten."""
    hard = np.zeros(block.size, np.bool_)
    hard[short] = True
    for accounts in block.accounts.values():
        accounts.arrears.strained |= hard[accounts.arrears.rows]


def bankrupt(behaviour: Behaviour, block: Block, short: Rows, cycle: Cycle) -> Rows:
    """Early exit by bankruptcy, death or settlement: of those behind for want of money; rarely of others without any.

    To be asked after the payments are settled; `short` are those who could not pay everything from their cash.
    """
    if behaviour.bankruptcy_late == behaviour.bankruptcy_short == 0.0:
        return short[:0]
    late = np.concatenate([accounts.arrears.rows[accounts.arrears.strained] for accounts in block.accounts.values()])
    owing = np.zeros(block.size, np.bool_)
    for accounts in block.accounts.values():
        owing[short] |= accounts.balance[short] > 0
    owing[late] = False  # they have a chance of their own
    gone = np.zeros(block.size, np.bool_)
    for rows, chance in ((late, behaviour.bankruptcy_late), (short[owing[short]], behaviour.bankruptcy_short)):
        gone[rows[cycle.draws.uniform("bankruptcy", cycle.day, block.mixed[rows]) < chance]] = True
    return rows_where(gone)
