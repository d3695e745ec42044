"""One borrower's life in plain Python, event by event in the order of days and hours: the slow twin of the engine.

It takes as given who the borrower is, the accounts as they are opened, and the world's tables (chances to lose and
find a job, indices, strengths of shocks). It never looks at another borrower.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.special import ndtri

from simulator.clock import Clock
from simulator.cycle import Weather
from simulator.engine import Rules
from tests.twin.debts import (
    CHARGED_OFF,
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
from tests.twin.luck import Luck

MONTH = 30.4375  # days
DISABILITY_BENEFIT = 0.4
BUCKETS = ((90, 4), (60, 3), (30, 2), (1, 1))


def single(number: float) -> float:
    """The number as the engine keeps small shares: in single precision."""
    return float(np.float32(number))


@dataclass
class Borrower:
    """A person and the household behind; money in cents, days counted from the start of the span."""

    id: int
    luck: Luck
    due_day: int
    income: int
    essential: int
    savings: int
    target: int
    earner_share: float
    forgets: int  # in 2^-16
    score: int
    quintile: int
    age: int
    group: int  # of the labour market
    accounts: list[Account]  # in the order in which they are paid
    unemployed: bool = False
    covered: bool = False
    ill: bool = False
    pay_cut: bool = False
    lower_pay: bool = False
    disabled: bool = False
    months_out: int = 0
    out_since: int = 0
    until_ill: int = 0
    until_cut: int = 0
    until_lower: int = 0
    ill_loss: float = 0.0
    cut: float = 0.0
    lower: float = 0.0
    leaves: int | None = None

    @property
    def spells(self) -> tuple[bool, ...]:
        """What the person is living through, in the order of the engine's bits."""
        return (self.unemployed, self.covered, self.ill, self.pay_cut, self.lower_pay, self.disabled)


@dataclass
class House:
    """What is the same for all: the rules, the calendar, names of regions and the like, and the lender's tally."""

    rules: Rules
    clock: Clock
    labels: dict[str, tuple[str, ...]]
    idle_days: int
    follow_months: int
    tally: Tally = field(default_factory=Tally)


def live(borrower: Borrower, month: int, weather: Weather, house: House) -> None:
    """One due day of a month: the morning's blows, the bills, the evening's answer."""
    day = house.clock.due_day(month, borrower.due_day)
    days = day - house.clock.due_day(month - 1, borrower.due_day)
    change = befall(borrower, day, days, weather, house)
    bills = [
        bill_card(account, month, house.tally)
        if account.product.kind == "card"
        else bill_loan(account, weather.policy_rate, house.tally)
        for account in borrower.accounts
    ]
    paid, short = answer(borrower, bills, change, day, month, house)
    for account, bill, amount in zip(borrower.accounts, bills, paid, strict=True):
        behind = account.behind
        borrower.savings -= amount
        if account.product.kind == "card":
            settle_card(account, bill, amount, month, weather.policy_rate, house.tally)
        else:
            settle_loan(account, bill, amount, month, house.tally)
        part_as_friends(account, behind, borrower, day, house)
    if short:
        for account in borrower.accounts:
            account.strained = account.strained or account.behind
    go_bankrupt(borrower, short, day, house)


def befall(borrower: Borrower, day: int, days: int, weather: Weather, house: House) -> int:
    """What the days since the last due date did to the household's cash, against the usual month; cents."""
    dearer = borrower.income * (weather.wages - 1.0) - borrower.essential * (weather.prices - 1.0)
    change = round(dearer)
    found = None
    if borrower.unemployed:
        found = look_for_job(borrower, day, days, weather, house)
    elif not borrower.disabled and borrower.luck("labour.lose", day) < weather.separation[borrower.group]:
        when, luck = borrower.luck.pair("labour.lost", day)
        borrower.unemployed = True
        borrower.covered = luck < house.rules.labour.benefits.take_up
        borrower.out_since = day - math.floor(when * days)
        borrower.months_out = 0
    for name, shock in house.rules.shocks.items():
        strength = weather.strength.get(name, 0.0)
        if strength > 0.0 and shock.kind in STRIKES and is_meant(shock, borrower, house):
            change -= STRIKES[shock.kind](shock, name, borrower, day, days, strength, weather)
    return change - pay_lost(borrower, day, days, found, weather.wages, house)


def look_for_job(borrower: Borrower, day: int, days: int, weather: Weather, house: House) -> int | None:
    """Days of the cycle still without a job for one who finds one; None for one who does not."""
    labour = house.rules.labour
    chance = weather.finding[min(borrower.months_out, len(weather.finding) - 1)]
    luck, when = borrower.luck.pair("labour.find", day)
    if luck >= chance:
        borrower.months_out = min(borrower.months_out + 1, 100)
        return None
    luck = borrower.luck("labour.pay", day)
    borrower.unemployed = borrower.pay_cut = False
    borrower.lower_pay = luck < labour.lower_pay_share
    most = min(labour.lower_pay_most * weather.slack**labour.lower_pay_elasticity, 0.95)
    loss = luck / max(labour.lower_pay_share, 1e-12) * most
    borrower.lower = single(loss) if borrower.lower_pay else 0.0
    borrower.until_lower = day + int(labour.lower_pay_months * MONTH)
    borrower.months_out = 0
    return math.floor(when * days)


def monthly(share: float) -> float:
    """A yearly chance as a monthly one."""
    return 1.0 - (1.0 - min(share, 0.999999)) ** (1.0 / 12.0)


def log_normal(sigma: float, luck: float) -> float:
    """A size with median one, by the inverse of the normal distribution."""
    return float(np.exp(sigma * ndtri(luck)))


def is_meant(shock: Any, borrower: Borrower, house: House) -> bool:
    """Whether the shock is aimed at such people."""
    where, labels = shock.where, house.labels
    if where is None:
        return True
    rest, education = divmod(borrower.group, len(labels["education"]))
    sector, region = divmod(rest, len(labels["region"]))
    return (
        (where.sector is None or labels["sector"][sector] in where.sector)
        and (where.region is None or labels["region"][region] in where.region)
        and (where.education is None or labels["education"][education] in where.education)
        and (where.income_quintile is None or borrower.quintile + 1 in where.income_quintile)
        and (where.youngest is None or borrower.age >= where.youngest)
        and (where.oldest is None or borrower.age <= where.oldest)
        and (where.score_below is None or borrower.score < where.score_below)
    )


def illness(shock: Any, name: str, borrower: Borrower, day: int, days: int, strength: float, weather: Weather) -> int:
    """A bill, perhaps some time off work, perhaps the end of work; returns the bill."""
    oldest = 1.0 + shock.age_slope * 45.0
    factor = min(max(1.0 + shock.age_slope * (borrower.age - 40.0), 0.2), oldest)
    luck = borrower.luck
    if luck(f"shock.{name}", day) >= min(monthly(shock.incidence) * factor, 1.0) * strength:
        return 0
    how_dear, kind = luck.pair(f"shock.{name}.bill", day)
    size = shock.bill_median * log_normal(shock.bill_sigma, how_dear)
    bill = round(borrower.income * weather.wages * size)
    if kind < shock.permanent:
        borrower.disabled, borrower.unemployed = True, False
    elif kind < shock.permanent + shock.off_work and not borrower.unemployed and not borrower.disabled:
        how_long, when = luck.pair(f"shock.{name}.days", day)
        length = shock.days_median * log_normal(0.75, how_long)
        onset = math.floor(when * days)
        until = int(day - onset + min(length, 5000.0))
        borrower.until_ill = max(borrower.until_ill, until) if borrower.ill else until
        borrower.ill, borrower.ill_loss = True, single(1.0 - shock.sick_pay)
    return bill


def expense(shock: Any, name: str, borrower: Borrower, day: int, days: int, strength: float, weather: Weather) -> int:
    """A bill that cannot wait."""
    if borrower.luck(f"shock.{name}", day) >= monthly(shock.incidence) * strength:
        return 0
    size = shock.median * log_normal(shock.sigma, borrower.luck(f"shock.{name}.size", day))
    return round(borrower.income * weather.wages * min(size, shock.largest))


def income_cut(
    shock: Any, name: str, borrower: Borrower, day: int, days: int, strength: float, weather: Weather
) -> int:
    """Less pay for some months, for one who keeps the job; nothing at once."""
    layoffs = max(weather.layoffs, 0.0) ** shock.follows_layoffs
    if borrower.luck(f"shock.{name}", day) >= min(monthly(shock.incidence) * layoffs, 0.5) * strength:
        return 0
    if borrower.unemployed or borrower.disabled:
        return 0
    depth, luck = borrower.luck.pair(f"shock.{name}.size", day)
    size = shock.least + (shock.most - shock.least) * depth
    length = shock.months_shortest + (shock.months_longest - shock.months_shortest) * luck
    until = int(day + length * MONTH)
    borrower.cut = single(max(borrower.cut, size) if borrower.pay_cut else size)
    borrower.until_cut = max(borrower.until_cut, until) if borrower.pay_cut else until
    borrower.pay_cut = True
    return 0


STRIKES = {"illness": illness, "expense": expense, "income_cut": income_cut}


def pay_lost(borrower: Borrower, day: int, days: int, found: int | None, wages: float, house: House) -> int:
    """The earner's pay that this cycle did not bring, less benefits; spells that end by the due day are over."""
    if found is None and not any(borrower.spells):
        return 0
    previous, missing, benefit = day - days, 0.0, 0.0
    if borrower.unemployed:
        missing = min(day - borrower.out_since, days) / float(days)
    elif found is not None:
        missing = found / float(days)
    if borrower.covered:
        terms = house.rules.labour.benefits
        first = borrower.out_since + terms.waiting_days
        until = float(day) if borrower.unemployed else previous + missing * days
        last = min(first + 7 * terms.max_weeks, until)
        benefit = max(last - max(first, previous), 0) / float(days) * terms.replacement
    for living, until_day, loss in (
        (borrower.ill, borrower.until_ill, borrower.ill_loss),
        (borrower.pay_cut, borrower.until_cut, borrower.cut),
        (borrower.lower_pay, borrower.until_lower, borrower.lower),
    ):
        if living:
            missing += (1.0 - missing) * (min(max(until_day - previous, 0), days) / float(days)) * loss
    if borrower.disabled:
        missing = 1.0 - DISABILITY_BENEFIT
    borrower.covered = borrower.covered and borrower.unemployed
    borrower.ill = borrower.ill and borrower.until_ill > day
    borrower.pay_cut = borrower.pay_cut and borrower.until_cut > day
    borrower.lower_pay = borrower.lower_pay and borrower.until_lower > day
    return round(borrower.income * borrower.earner_share * wages * (missing - benefit))


def answer(
    borrower: Borrower, bills: list[Bill], change: int, day: int, month: int, house: House
) -> tuple[list[int], bool]:
    """What the household pays on each account, and whether its cash did not reach."""
    habits = house.rules.behaviour
    wanted = sum(bill.wanted for bill in bills)
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
        draw_open_lines(borrower, bills, house)
        paid = pay_in_order(borrower.savings, bills)
    if forgets(borrower, day, house):
        paid = [0] * len(bills)
    for place, account in enumerate(borrower.accounts):
        if account.strained:
            engages = habits.engages[min(account.missed(month - 1), len(habits.engages) - 1)]
            if borrower.luck(f"{account.name}.engage", day) >= engages:
                paid[place] = 0
    return paid, short


def draw_open_lines(borrower: Borrower, bills: list[Bill], house: House) -> None:
    """Cash from the cards, as far as it takes to pay what is due and to live."""
    due = sum(bill.due for bill in bills)
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
        paid.append(min(bill.due, left))
        left -= paid[-1]
    for place, bill in enumerate(bills):
        if paid[place] == bill.due:
            more = min(bill.wanted - bill.due, left)
            paid[place] += more
            left -= more
    return paid


def forgets(borrower: Borrower, day: int, house: House) -> bool:
    """Nobody forgets on autopay; one who is behind has a chance of its own to forget again."""
    if borrower.forgets > 0 and any(account.behind for account in borrower.accounts):
        again = min(round(house.rules.behaviour.forgets_again * 65536), 65535)
        return borrower.luck("attention.again", day) < again / 65536
    return borrower.forgets > 0 and borrower.luck("attention", day) < borrower.forgets / 65536


def part_as_friends(account: Account, was_behind: bool, borrower: Borrower, day: int, house: House) -> None:
    """A good account that is repaid early or closed; and a loan that is repaid."""
    if account.status != OPEN:
        return
    chance = 1.0 - (1.0 - account.product.leaving) ** (1.0 / 12.0)
    good = chance > 0.0 and not was_behind and not account.behind
    if good and borrower.luck(f"{account.name}.leave", day) < chance:
        house.tally[account.name, "paid"] += account.balance
        account.empty(0)
    elif account.product.kind != "card" and account.balance == 0:
        account.empty(0)


def go_bankrupt(borrower: Borrower, short: bool, day: int, house: House) -> None:
    """Early exit: likelier for one behind for want of money, rare for one whose money has just run out."""
    habits = house.rules.behaviour
    late = any(account.strained for account in borrower.accounts)
    if not late and not (short and any(account.balance > 0 for account in borrower.accounts)):
        return
    if borrower.luck("bankruptcy", day) < (habits.bankruptcy_late if late else habits.bankruptcy_short):
        for account in borrower.accounts:
            if account.balance > 0:
                house.tally[account.name, "bankruptcies"] += 1
                write_off(account, house.tally)


def write_off(account: Account, tally: Tally) -> None:
    """The debt leaves the book; a part is expected back; what was not in default is so now."""
    tally[account.name, "charge_off_accounts"] += 1
    tally[account.name, "defaults"] += account.default == 0
    tally[account.name, "charged_off"] += account.balance
    tally[account.name, "coming_back"] += round(account.balance * account.product.recoveries.share)
    account.empty(CHARGED_OFF)


def close_month(borrower: Borrower, month: int, house: House) -> bool:
    """The last evening of a month: days past due, cure, default, charge-off; False if the borrower leaves."""
    day, tally = house.clock.month_end(month), house.tally
    for account in borrower.accounts:
        if account.status == OPEN:
            classify(account, borrower, month, day, house)
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


def classify(account: Account, borrower: Borrower, month: int, day: int, house: House) -> None:
    """Where an open account stands at a month's end."""
    tally, product = house.tally, account.product
    late = day - house.clock.due_day(account.unpaid[0][0], borrower.due_day) if account.unpaid else 0
    if account.default:
        account.default = 1 if account.unpaid else (account.default + 1) % 5
    if account.unpaid and late >= product.default_days and not account.default:
        account.default = 1
        tally[account.name, "defaults"] += 1
    if account.unpaid and late >= product.charge_off_days:
        write_off(account, tally)
        return
    account.bucket = next((bucket for least, bucket in BUCKETS if late >= least), 0)
    tally[account.name, "accounts"] += 1
    tally[account.name, "balance"] += account.balance
    tally[account.name, f"late_accounts_{account.bucket}"] += 1
    tally[account.name, f"late_balance_{account.bucket}"] += account.balance
