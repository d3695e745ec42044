"""What else may befall one borrower: short hours, a parting, dear living, a disaster, late wages, debts elsewhere."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from simulator.cycle import Weather
from tests.twin.debts import OPEN
from tests.twin.luck import log_normal, monthly, single
from tests.twin.person import MONTH, Borrower, House


def earned(borrower: Borrower, wages: float) -> float:
    """The earner's pay of the month as it stands in the morning, cents."""
    share = 0.0 if borrower.unemployed or borrower.disabled else 1.0
    for living, loss in (
        (borrower.ill, borrower.ill_loss),
        (borrower.pay_cut, borrower.cut),
        (borrower.lower_pay, borrower.lower),
    ):
        if living:
            share *= 1.0 - loss
    return borrower.income * borrower.earner_share * wages * share


def short_time_work(
    shock: Any, name: str, borrower: Borrower, day: int, days: int, strength: float, weather: Weather
) -> int:
    """Short hours over this month for one who is among the share; the deeper of two cuts counts."""
    if borrower.luck(f"shock.{name}", 0) >= shock.share * strength or borrower.unemployed or borrower.disabled:
        return 0
    hours = borrower.luck(f"shock.{name}.hours", 0)
    size = (shock.least + (shock.most - shock.least) * hours) * (1.0 - shock.made_good)
    if borrower.pay_cut and borrower.until_cut > day:
        borrower.own[f"{name}.before"] = borrower.cut
    borrower.cut = single(max(borrower.cut, size) if borrower.pay_cut else size)
    borrower.until_cut = max(borrower.until_cut, day) if borrower.pay_cut else day
    borrower.pay_cut = True
    borrower.struck.add(name)
    return 0


def full_hours_again(shock: Any, name: str, borrower: Borrower, days: int, weather: Weather) -> int:
    """The cut that was there before goes on at its own depth."""
    if borrower.own.get(f"{name}.before"):
        borrower.cut = borrower.own.pop(f"{name}.before")
    return 0


def parting(
    shock: Any, name: str, borrower: Borrower, chance: float, day: int, strength: float, weather: Weather
) -> int:
    """A bill now, and for how long there is one pay less."""
    if borrower.luck(f"shock.{name}", day) >= chance * strength:
        return 0
    luck = borrower.luck(f"shock.{name}.length", day)
    months = shock.months_shortest + (shock.months_longest - shock.months_shortest) * luck
    borrower.own[f"{name}.days"] = max(borrower.own.get(f"{name}.days", 0), int(months * MONTH))
    borrower.struck.add(name)
    return round(borrower.income * weather.wages * shock.bill)


def divorce(shock: Any, name: str, borrower: Borrower, day: int, days: int, strength: float, weather: Weather) -> int:
    """The couple parts."""
    return parting(shock, name, borrower, monthly(shock.incidence), day, strength, weather)


def death(shock: Any, name: str, borrower: Borrower, day: int, days: int, strength: float, weather: Weather) -> int:
    """The partner dies; likelier with age."""
    times = float(np.exp2((min(borrower.age, 85.0) - 37.0) / shock.age_doubles))
    return parting(shock, name, borrower, min(monthly(shock.incidence) * times, 1.0), day, strength, weather)


def one_pay_less(shock: Any, name: str, borrower: Borrower, days: int, weather: Weather) -> int:
    """The partner's pay that is missing this month, less what the smaller household does not need."""
    left = borrower.own.get(f"{name}.days", 0)
    if not left:
        return 0
    borrower.own[f"{name}.days"] = left - min(left, days)
    others = borrower.income * (1.0 - borrower.earner_share) * weather.wages
    needs = (borrower.essential - borrower.outside) * weather.prices
    missing = others * shock.partner - needs * shock.essentials_saved
    return round(missing * (min(left, days) / float(days)))


def cost_of_living(
    shock: Any, name: str, borrower: Borrower, day: int, days: int, strength: float, weather: Weather
) -> int:
    """The month costs more; debts elsewhere do not."""
    borrower.struck.add(name)
    needs = (borrower.essential - borrower.outside) * weather.prices
    return round(needs * (shock.dearer * (1.0 - shock.made_good) * strength))


def disaster(shock: Any, name: str, borrower: Borrower, day: int, days: int, strength: float, weather: Weather) -> int:
    """Damage less insurance and relief, and perhaps weeks without pay."""
    luck = borrower.luck
    if luck(f"shock.{name}", day) >= shock.incidence * strength:
        return 0
    borrower.struck.add(name)
    size = min(shock.damage * log_normal(shock.sigma, luck(f"shock.{name}.size", day)), shock.largest)
    kind, length = luck.pair(f"shock.{name}.weeks", day)
    if kind < shock.out_of_pay and not borrower.unemployed and not borrower.disabled:
        weeks = shock.weeks_shortest + (shock.weeks_longest - shock.weeks_shortest) * length
        borrower.own[f"{name}.days"] = max(borrower.own.get(f"{name}.days", 0), round(weeks * 7.0))
    return round(borrower.income * weather.wages * size * (1.0 - shock.insured) * (1.0 - shock.relief))


def out_of_pay(shock: Any, name: str, borrower: Borrower, days: int, weather: Weather) -> int:
    """Pay of the days without work, less relief."""
    left = borrower.own.get(f"{name}.days", 0)
    if not left:
        return 0
    borrower.own[f"{name}.days"] = left - min(left, days)
    return round(earned(borrower, weather.wages) * (1.0 - shock.relief) * (min(left, days) / float(days)))


def late_wages(
    shock: Any, name: str, borrower: Borrower, day: int, days: int, strength: float, weather: Weather
) -> int:
    """The employer will hold back pay from the next month on."""
    missed = borrower.luck(f"shock.{name}", day) >= monthly(shock.incidence) * strength
    if missed or borrower.unemployed or borrower.disabled:
        return 0
    months = 1 + math.floor(borrower.luck(f"shock.{name}.months", day) * shock.longest)
    borrower.own[f"{name}.months"] = max(borrower.own.get(f"{name}.months", 0), months)
    borrower.struck.add(name)
    return 0


def held_back_or_paid(shock: Any, name: str, borrower: Borrower, days: int, weather: Weather) -> int:
    """What is held back this month; once the months are over, all of it is paid and put by."""
    months, owed = borrower.own.get(f"{name}.months", 0), borrower.own.get(f"{name}.owed", 0)
    if months:
        held = round(earned(borrower, weather.wages) * shock.held_back)
        borrower.own[f"{name}.months"] = months - 1
        borrower.own[f"{name}.owed"] = owed + held
        return held
    borrower.savings += owed
    borrower.own[f"{name}.owed"] = 0
    return 0


def strategic_default(
    shock: Any, name: str, borrower: Borrower, day: int, days: int, strength: float, weather: Weather
) -> int:
    """One who owes, is not behind and has the bills in hand stops paying."""
    news = weather.news
    more = shock.contagion * max(news.defaults - 1.0, 0.0) + shock.weakness * max(1.0 - news.trust, 0.0)
    if borrower.luck(f"shock.{name}", day) >= min(shock.base * (1.0 + more), 1.0) * strength:
        return 0
    owing = [account for account in borrower.accounts if account.status == OPEN]
    could = borrower.savings >= sum(account.due for account in owing)
    behind = any(account.behind for account in borrower.accounts)
    if could and not behind and not borrower.unwilling and any(account.balance for account in owing):
        borrower.unwilling = True
        borrower.struck.add(name)
    return 0


def nothing_left_to_refuse(shock: Any, name: str, borrower: Borrower, days: int, weather: Weather) -> int:
    """With no account open the will is as it was."""
    borrower.unwilling = borrower.unwilling and any(account.status == OPEN for account in borrower.accounts)
    return 0


def over_borrowing(
    shock: Any, name: str, borrower: Borrower, day: int, days: int, strength: float, weather: Weather
) -> int:
    """Cash from another lender; what must be paid back, and over how many months."""
    factor = 1.0 + shock.literacy_effect * (1.0 - 2.0 * (borrower.literacy / 255.0))
    if borrower.luck(f"shock.{name}", day) >= min(monthly(shock.incidence) * factor, 1.0) * strength:
        return 0
    size, length = borrower.luck.pair(f"shock.{name}.loan", day)
    term = round(shock.months_shortest + (shock.months_longest - shock.months_shortest) * length)
    back = round(borrower.income * weather.wages * (shock.least + (shock.most - shock.least) * size) * term)
    borrower.own[f"{name}.owed"] = borrower.own.get(f"{name}.owed", 0) + back
    borrower.own[f"{name}.months"] = max(borrower.own.get(f"{name}.months", 0), term)
    borrower.struck.add(name)
    return -round(back * (1.0 - shock.cost))


def instalment_elsewhere(shock: Any, name: str, borrower: Borrower, days: int, weather: Weather) -> int:
    """An equal part of what is still owed elsewhere, by whole cents."""
    months, owed = borrower.own.get(f"{name}.months", 0), borrower.own.get(f"{name}.owed", 0)
    if not months:
        return 0
    part = -(-owed // months)
    borrower.own[f"{name}.months"], borrower.own[f"{name}.owed"] = months - 1, owed - part
    return part


def jobs_at_risk(borrower: Borrower, strengths: dict[str, float], house: House) -> tuple[float, float]:
    """How many times as likely as the healthy this person is to lose the job, and the mean of that over all."""
    times, share = 0.0, 0.0
    for name, shock in house.rules.shocks.items():
        if shock.kind == "illness" and shock.job_loss != 1.0 and strengths[name] > 0.0:
            mean_days = shock.days_median * math.exp(0.75**2 / 2.0)
            a_year = 12.0 * monthly(shock.incidence) * strengths[name]
            times = max(times, shock.job_loss)
            share = min(share + min(a_year * shock.off_work * mean_days / 365.0, 1.0), 1.0)
    if not share:
        return 1.0, 1.0
    return times if borrower.ill else 1.0, 1.0 + share * (times - 1.0)


Strike = Callable[[Any, str, Borrower, int, int, float, Weather], int]
GoOn = Callable[[Any, str, Borrower, int, Weather], int]

STRIKES: dict[str, Strike] = {
    "short_time_work": short_time_work,
    "divorce": divorce,
    "death": death,
    "cost_of_living": cost_of_living,
    "disaster": disaster,
    "late_wages": late_wages,
    "strategic_default": strategic_default,
    "over_borrowing": over_borrowing,
}
GOES_ON: dict[str, GoOn] = {
    "short_time_work": full_hours_again,
    "divorce": one_pay_less,
    "death": one_pay_less,
    "disaster": out_of_pay,
    "late_wages": held_back_or_paid,
    "strategic_default": nothing_left_to_refuse,
    "over_borrowing": instalment_elsewhere,
}
