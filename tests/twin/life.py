"""One borrower's life in plain Python, event by event in the order of days and hours: the slow twin of the engine.

It takes as given who the borrower is, the accounts as they are opened, and the world's tables (chances to lose and
find a job, indices, strengths of shocks). It never looks at another borrower.
"""

from __future__ import annotations

from simulator.cycle import Weather
from tests.twin.blows import befall
from tests.twin.debts import (
    CHARGED_OFF,
    NEVER,
    OPEN,
    Account,
    Bill,
    Tally,
    bill_card,
    bill_loan,
    part_of,
    settle_card,
    settle_loan,
)
from tests.twin.desk import deals, heard
from tests.twin.habits import close, head_for, mean_to, note
from tests.twin.nudges import (
    cash_from_nudges,
    complain_of_calls,
    complain_of_charges,
    leaving_chance,
    remembers_after_all,
    settle_for_less,
    surprise,
)
from tests.twin.person import MONTH, Borrower, House
from tests.twin.relief import give_relief
from tests.twin.score import dearer, report, review
from tests.twin.state import cash_from_policies

BUCKETS = ((90, 4), (60, 3), (30, 2), (1, 1))


def live(borrower: Borrower, month: int, weather: Weather, house: House) -> None:
    """One due day of a month: the morning's blows, the bills, the evening's answer."""
    day = house.clock.due_day(month, borrower.due_day)
    days = day - house.clock.due_day(month - 1, borrower.due_day)
    at_work = not borrower.unemployed
    change = befall(borrower, day, days, weather, house)
    if at_work and borrower.unemployed:
        borrower.lost_job = month
    change -= surprise(borrower, month, day, house)
    if weather.restraint > 0.0:
        free = max(borrower.income - borrower.essential, 0)
        borrower.savings += min(part_of(borrower.income, weather.restraint), part_of(free, 0.8))
    change -= dearer(borrower, house)
    brought = cash_from_policies(borrower, day, days, house) + cash_from_nudges(borrower, house)
    windfall = max(max(change + brought, 0) - max(change, 0), 0)
    change += brought - windfall
    borrower.savings += windfall - part_of(windfall, house.rules.behaviour.windfall_spent)
    give_relief(borrower, month, day, house)
    settle_for_less(borrower, house)
    costs = [account.cost for account in borrower.accounts]
    targets = [head_for(account, borrower, month, day, house) for account in borrower.accounts]
    owed = [account.balance for account in borrower.accounts]
    bills = [
        bill_card(account, month, house.tally)
        if account.product.kind == "card"
        else bill_loan(account, month, weather.policy_rate, house.tally)
        for account in borrower.accounts
    ]
    for account, bill, target in zip(borrower.accounts, bills, targets, strict=True):
        mean_to(account, bill, target, month)
    complain_of_calls(borrower, day, house)
    paid, short = answer(borrower, bills, change, day, month, house)
    for account in borrower.accounts:
        account.contact = 0
    for account, bill, amount in zip(borrower.accounts, bills, paid, strict=True):
        behind = account.behind
        borrower.savings -= amount
        if account.product.kind == "card":
            settle_card(account, bill, amount, month, weather.policy_rate, house.tally)
        else:
            settle_loan(account, bill, amount, month, house.tally)
        if account.behind and not behind:
            account.began, account.buffer, account.before = month, borrower.savings, borrower.lost_job
        part_as_friends(account, behind, borrower, day, house)
    for place, account in enumerate(borrower.accounts):
        note(account, owed[place], paid[place], targets[place], borrower, month, house)
    complain_of_charges(borrower, costs, day, house)
    if short:
        for account in borrower.accounts:
            account.strained = account.strained or account.behind
    go_bankrupt(borrower, short, month, day, house)


def answer(
    borrower: Borrower, bills: list[Bill], change: int, day: int, month: int, house: House
) -> tuple[list[int], bool]:
    """What the household pays on each account, and whether its cash did not reach."""
    habits = house.rules.behaviour
    wanted = 0 if borrower.unwilling else sum(bill.wanted for bill in bills)
    usual = borrower.income - borrower.essential - wanted + sum(bill.purchases for bill in bills)
    room = min(part_of(usual, 1.0 - habits.habit), usual) + change
    saving = min(part_of(borrower.target - borrower.savings, habits.rebuild), room)
    borrower.savings += saving
    short = borrower.savings < 0
    borrower.savings += wanted
    paid = [bill.wanted for bill in bills]
    if short:
        spending = max(usual + change - saving, 0)
        could_cut = spending + part_of(borrower.essential, habits.hardship_cut)
        cash = borrower.savings + min(wanted - borrower.savings, could_cut)
        borrower.savings = max(cash, -part_of(borrower.income, habits.bills_elsewhere))
        if not borrower.unwilling:
            draw_open_lines(borrower, bills, house)
            paid = pay_in_order(borrower.savings, bills)
    habitual = [by_habit(account, house) for account in borrower.accounts]
    if forgets(borrower, day, house) and not remembers_after_all(borrower, day, house):
        paid = [amount if of_habit else 0 for amount, of_habit in zip(paid, habitual, strict=True)]
    for place, account in enumerate(borrower.accounts):
        if account.strained and not habitual[place]:
            engages = habits.engages[min(account.missed(month - 1), len(habits.engages) - 1)]
            chance = engages if house.desk is None else deals(account, engages, house.desk)
            if borrower.luck(f"{account.name}.engage", day) >= chance:
                paid[place] = 0
    if borrower.unwilling:
        return [0] * len(bills), False
    return paid, short


def draw_open_lines(borrower: Borrower, bills: list[Bill], house: House) -> None:
    """Cash from the cards, as far as it takes to pay what is due and to live."""
    due = sum(min(bill.due, bill.wanted) for bill in bills)
    for account, bill in zip(borrower.accounts, bills, strict=True):
        need = max(due - borrower.savings, 0)
        drawn = min(need, part_of(bill.line, house.rules.behaviour.draw_down))
        account.balance += drawn
        borrower.savings += drawn
        house.tally[account.name, "purchases"] += drawn


def pay_in_order(cash: int, bills: list[Bill]) -> list[int]:
    """What is due on one account after the other; what was meant beyond that only from what is then left."""
    left, paid = max(cash, 0), []
    for bill in bills:
        paid.append(min(bill.due, bill.wanted, left))
        left -= paid[-1]
    for place, bill in enumerate(bills):
        if paid[place] == bill.due:
            more = min(max(bill.wanted - bill.due, 0), left)
            paid[place] += more
            left -= more
    return paid


def by_habit(account: Account, house: House) -> bool:
    """Whether who pays when on an account is a matter of habit, forgetting and giving up included."""
    return house.rules.habits is not None and account.product.kind == "card"


def forgets(borrower: Borrower, day: int, house: House) -> bool:
    """Nobody forgets on autopay; one who is behind has a chance of its own to forget again."""
    if borrower.forgets > 0 and any(account.behind and not by_habit(account, house) for account in borrower.accounts):
        again = min(round(house.rules.behaviour.forgets_again * 65536), 65535)
        if house.desk is not None and heard(borrower, day, house.desk):
            return False
        return borrower.luck("attention.again", day) < again / 65536
    return borrower.forgets > 0 and borrower.luck("attention", day) < borrower.forgets / 65536


def part_as_friends(account: Account, was_behind: bool, borrower: Borrower, day: int, house: House) -> None:
    """A good account that is repaid early or closed; and a loan that is repaid."""
    if account.status != OPEN:
        return
    chance = leaving_chance(account, house)
    good = chance > 0.0 and not was_behind and not account.behind
    if good and borrower.luck(f"{account.name}.leave", day) < chance:
        house.tally[account.name, "paid"] += account.balance
        house.tally[account.name, "repaid_early"] += account.balance
        account.empty(0)
    elif account.product.kind != "card" and account.balance == 0:
        account.empty(0)


def go_bankrupt(borrower: Borrower, short: bool, month: int, day: int, house: House) -> None:
    """Early exit: likelier for one behind for want of money, rare for one whose money has just run out."""
    habits = house.rules.behaviour
    late = any(account.strained for account in borrower.accounts)
    if not late and not (short and any(account.balance > 0 for account in borrower.accounts)):
        return
    if borrower.luck("bankruptcy", day) < (habits.bankruptcy_late if late else habits.bankruptcy_short):
        for account in borrower.accounts:
            if account.balance > 0:
                house.tally[account.name, "bankruptcies"] += 1
                if not account.default:
                    write_down(account, borrower, month, house)
                write_off(account, house.tally)
                close(account, borrower, month, house, charged_off=True)


def write_down(account: Account, borrower: Borrower, month: int, house: House) -> None:
    """A default with what led to it: product, month, first miss, oldest unpaid bill, savings and a job lost before."""
    oldest = account.unpaid[0][0] if account.unpaid else NEVER
    before = (account.began, account.buffer, account.before)
    if account.began is None:
        before = (NEVER, borrower.savings, borrower.lost_job)
    if month >= 0:
        house.defaults.append((borrower.id, account.name, month, account.cost, oldest, *before))


def write_off(account: Account, tally: Tally, price: float = 0.0) -> None:
    """The debt leaves the book; a part is expected back, or it is sold; what was not in default is so now."""
    sold = round(account.balance * price)
    account.balance -= sold
    tally[account.name, "sold"] += sold
    tally[account.name, "charge_off_accounts"] += 1
    tally[account.name, "defaults"] += account.default == 0
    tally[account.name, "charged_off"] += account.balance
    if not price:
        tally[account.name, "coming_back"] += round(account.balance * account.product.recoveries.share)
    account.empty(CHARGED_OFF)


def close_month(borrower: Borrower, month: int, house: House) -> bool:
    """The last evening of a month: days past due, cure, default, charge-off; False if the borrower leaves."""
    day, tally = house.clock.month_end(month), house.tally
    late, defaults = [], 0
    for account in borrower.accounts:
        if account.status == OPEN:
            before = tally[account.name, "in_default"]
            late.append(classify(account, borrower, month, day, house))
            defaults += tally[account.name, "in_default"] - before
    report(borrower, max(late, default=0), defaults > 0, month, house)
    review(borrower, month, house)
    owing = any(account.status == OPEN for account in borrower.accounts)
    tally["", "borrowers"] += owing
    tally["", "unemployed"] += borrower.unemployed
    tally["", "labour_force"] += not borrower.disabled
    if owing:
        if house.idle_days:
            borrower.leaves = None
        return True
    if borrower.leaves is None:
        followed = any(account.status == CHARGED_OFF for account in borrower.accounts)
        borrower.leaves = day + (int(house.follow_months * MONTH) if followed else house.idle_days)
    return borrower.leaves > day


def sale_price(late: int, house: House) -> float:
    """The best that is paid for a debt so many days late, as a share of it; nought where it is kept."""
    sales = [policy for policy in house.rules.policies.now.values() if policy.kind == "debt_sale"]
    prices = [sale.price * (1.0 - sale.decay) ** (late / 365.0) for sale in sales if late >= sale.from_days]
    return max(prices, default=0.0)


def classify(account: Account, borrower: Borrower, month: int, day: int, house: House) -> int:
    """Where an open account stands at a month's end; returns how many days it is late."""
    tally, product = house.tally, account.product
    late = day - house.clock.due_day(account.unpaid[0][0], borrower.due_day) if account.unpaid else 0
    if account.default:
        probation = account.probation or 3
        account.default = 1 if account.unpaid else account.default + 1
        account.default = 0 if account.default > 1 + probation else account.default
    fresh = account.unpaid and not account.default
    price = sale_price(late, house) if account.unpaid else 0.0
    if fresh and (late >= min(product.default_days, product.charge_off_days) or price > 0):
        write_down(account, borrower, month, house)
    if account.unpaid and late >= product.default_days and not account.default:
        account.default = 1
        tally[account.name, "defaults"] += 1
    tally[account.name, "in_default"] += account.default > 0
    if account.unpaid and (late >= product.charge_off_days or price > 0):
        write_off(account, tally, price)
        close(account, borrower, month, house, charged_off=True)
        return late
    close(account, borrower, month, house)
    account.bucket = next((bucket for least, bucket in BUCKETS if late >= least), 0)
    tally[account.name, "accounts"] += 1
    tally[account.name, "balance"] += account.balance
    tally[account.name, f"late_accounts_{account.bucket}"] += 1
    tally[account.name, f"late_balance_{account.bucket}"] += account.balance
    if account.bucket:
        on_the_card = min(account.cost, account.balance)  # where it has become part of the balance
        owed = on_the_card if product.kind == "card" else account.penalty + account.fees
        tally[account.name, "penalty_owed"] += owed
    return late
