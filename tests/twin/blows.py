"""What befalls one borrower between two due days: jobs lost and found, illness, bills, cuts; and what it costs."""

from __future__ import annotations

import math
from typing import Any

from simulator.cycle import Weather
from tests.twin import causes
from tests.twin.luck import log_normal, monthly, single
from tests.twin.person import MONTH, Borrower, House

DISABILITY_BENEFIT = 0.4


def befall(borrower: Borrower, day: int, days: int, weather: Weather, house: House) -> int:
    """What the days since the last due date did to the household's cash, against the usual month; cents."""
    dearer = borrower.income * (weather.wages - 1.0) - borrower.essential * (weather.prices - 1.0)
    change = round(dearer) - round(borrower.outside * (weather.debts - 1.0))
    found = None
    if borrower.unemployed:
        found = look_for_job(borrower, day, days, weather, house)
    elif not borrower.disabled and borrower.luck("labour.lose", day) < chance_to_lose_job(
        borrower, day, days, weather, house
    ):
        when, luck = borrower.luck.pair("labour.lost", day)
        borrower.unemployed = True
        borrower.covered = luck < house.rules.labour.benefits.take_up
        borrower.out_since = day - math.floor(when * days)
        borrower.months_out = 0
    for name, shock in house.rules.shocks.items():
        if shock.kind in causes.GOES_ON:
            change -= causes.GOES_ON[shock.kind](shock, name, borrower, days, weather)
        strength = strength_over(name, shock, day, days, house)
        if strength > 0.0 and shock.kind in STRIKES and is_meant(shock, borrower, house):
            if shock.kind != "cost_of_living":  # which reaches all
                strength *= 1.0 + borrower.prone
            change -= STRIKES[shock.kind](shock, name, borrower, day, days, strength, weather)
    return change - pay_lost(borrower, day, days, found, weather.wages, house)


def strength_over(name: str, shock: Any, day: int, days: int, house: House) -> float:
    """A shock's mean strength over the days of the cycle; dated shocks are not there in the warm-up."""
    if shock.starts is not None and house.baseline:
        return 0.0
    asked = (name, day, days)
    if asked not in house.strengths:
        each = (shock.strength(house.clock.date(day - ago)) for ago in range(days))
        house.strengths[asked] = sum(each) / days
    return house.strengths[asked]


def chance_to_lose_job(borrower: Borrower, day: int, days: int, weather: Weather, house: House) -> float:
    """As the path says; where the ill lose their job more often, the others do so less."""
    strengths = {name: strength_over(name, shock, day, days, house) for name, shock in house.rules.shocks.items()}
    times, usual = causes.jobs_at_risk(borrower, strengths, house)
    return float(weather.separation[borrower.group]) / usual * times * (1.0 + borrower.prone)


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
    borrower.lower_pay = luck < labour.lower_pay_share and borrower.months_out >= labour.lower_pay_from
    most = min(labour.lower_pay_most * weather.slack**labour.lower_pay_elasticity, 0.95)
    loss = luck / max(labour.lower_pay_share, 1e-12) * most
    borrower.lower = single(loss) if borrower.lower_pay else 0.0
    borrower.until_lower = day + int(labour.lower_pay_months * MONTH)
    borrower.months_out = 0
    return math.floor(when * days)


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
    layoffs = min(max(weather.layoffs, 0.0) ** shock.follows_layoffs, shock.most_times)
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


STRIKES = {"illness": illness, "expense": expense, "income_cut": income_cut, **causes.STRIKES}


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
