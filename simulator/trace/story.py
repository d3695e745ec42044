"""A life told in a few sentences: who it is, what struck, when the money was gone, what was missed, how it ended."""

from __future__ import annotations

import datetime as dt

from simulator.block import CHARGED_OFF, OPEN, UNEMPLOYED, UNWILLING
from simulator.trace.events import Event, amount, events_of, living_words, struck_words
from simulator.trace.life import Life

BEFORE = 366  # days before the trouble in which a blow belongs to the story
MOST_BLOWS = 5  # told in the story; the table has all


def day_words(date: dt.date) -> str:
    """`10 June 2027`."""
    return f"{date.day} {date:%B %Y}"


def story_of(life: Life) -> list[str]:
    """The sentences."""
    events = events_of(life)
    first, last = _trouble(life, events)
    told = [_who(life), *_blows(life, events, first, last), *_money(life, first, last), *_missed(life, first, last)]
    told += [*_help(life, events), *_defaults(life), _end(life)]
    return [sentence for sentence in told if sentence]


def _who(life: Life) -> str:
    now = life.first or life.months[0]
    month, currency = life.months[0], life.scenario.lender.currency
    owed = ", ".join(
        f"{amount(debt.balance)} on {name.replace('_', ' ')}" for name, debt in now.debts.items() if debt.status == OPEN
    )
    date = life.date(life.setting.clock.month_start(0)) if life.first else life.date(month.day)
    came = "at the start of" if life.first else "new in the book in"
    state = living_words(now.spells)
    late = max((debt.days_late for debt in now.debts.values()), default=0)
    parts = [
        f"Borrower {life.borrower}, usual income {amount(month.income)} {currency} a month",
        f"{amount(month.essential)} of it for what is essential",
        f"savings {amount(now.savings)}",
        f"score {now.score}",
    ]
    tail = f"; {state} already" if state else ""
    tail += f"; {late} days late already" if late and life.first else ""
    return f"{', '.join(parts)}, {came} {date:%B %Y}; owes {owed or 'nothing yet'}{tail}."


def _trouble(life: Life, events: list[Event]) -> tuple[int, int]:
    """The days between which the story lies: the lateness that led to the default, or else the worst."""
    ends = [event.day for event in events if event.kind == "default"]
    behind, start, worst, spells = False, 0, 0, []
    for month in life.months:
        late = max((debt.days_late for debt in month.debts.values() if debt.status == OPEN), default=0)
        if late and not behind:
            start, worst = month.day, 0
        if late:
            worst = max(worst, late)
        if behind and not late:
            spells.append((worst, start, month.day))
        behind = late > 0
    if behind:
        spells.append((worst, start, life.months[-1].day))
    if ends:
        before = [spell for spell in spells if spell[1] <= ends[0]]
        return (before[-1][1] if before else ends[0]), ends[0]
    if spells:
        _, start, end = max(spells, key=lambda spell: (spell[0], -spell[1]))
        return start, end
    blows = [event.day for event in events if event.kind == "blow"]
    return (blows[0], blows[-1]) if blows else (life.months[0].day, life.months[-1].day)


def _blows(life: Life, events: list[Event], first: int, last: int) -> list[str]:
    """What struck from a year before the trouble to its end, and when work was found again."""
    near = [event for event in events if event.kind in ("blow", "work") and first - BEFORE <= event.day <= last]
    main = sorted({str(default["main_cause"]) for default in life.defaults})
    for cause in main:  # it may be older and still lived through
        words = struck_words(life, cause)
        older = [event for event in events if event.what == words and event.day < first - BEFORE]
        if older and not any(event.what == words for event in near):
            near.insert(0, older[-1])
    if not near:
        return ["Nothing struck in the year before that is known."]
    parts = [
        f"{event.what} on {day_words(life.date(event.day))}" + (f" (took {amount(event.took)})" if event.took else "")
        for event in near[:MOST_BLOWS]
    ]
    more = f" and {len(near) - MOST_BLOWS} more" if len(near) > MOST_BLOWS else ""
    return [f"{_sentence('; '.join(parts))}{more}."]


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _money(life: Life, first: int, last: int) -> list[str]:
    """When the savings were gone, around the trouble; or that the money would have reached."""
    places = [number for number, month in enumerate(life.months) if month.day <= first]
    at = places[-1] if places else 0
    month, told = life.months[at], []
    behind = any(debt.overdue for debt in month.debts.values())
    if month.short or month.savings <= 0:
        while at > 0 and (life.months[at - 1].short or life.months[at - 1].savings <= 0):
            at -= 1
        what = "Savings were gone" if life.months[at].savings <= 0 else "The money did not reach"
        return [f"{what} in {life.date(life.months[at].day):%B %Y}."]
    if behind and month.spells & int(UNWILLING):
        return [f"The money would have reached, {amount(month.savings)} in savings: stopped paying on purpose."]
    if behind:
        told.append(f"The money would have reached, {amount(month.savings)} in savings: the due date was forgotten.")
    gone = [later for later in life.months if first < later.day <= last and later.savings <= 0]
    if gone:
        told.append(f"Savings were gone in {life.date(gone[0].day):%B %Y}.")
    return told


def _missed(life: Life, first: int, last: int) -> list[str]:
    """The first missed bill of this trouble, what lateness cost, and how late it became."""
    through = [month for month in life.months if month.day >= first]
    if not through or not any(debt.overdue for debt in through[0].debts.values()):
        return []
    month = through[0]
    name, debt = next((name, debt) for name, debt in month.debts.items() if debt.overdue)
    end = next((n for n, m in enumerate(through) if not any(d.days_late for d in m.debts.values())), len(through))
    until = through[max(end - 1, 0)].day + 31
    charged_for = (line.amount for line in life.lines if line.what in ("penalty", "fees") and first <= line.day < until)
    cost = sum(charged_for)
    most = max((d.days_late for m in through[:end] for d in m.debts.values()), default=0)
    before = any(d.overdue for m in life.months if m.day < first for d in m.debts.values())
    verb = "Fell behind again with" if before else "First missed"
    part = f" (paid {amount(debt.paid)})" if debt.paid else ""
    charged = f"{amount(cost)} of penalty and late fees came on top" if cost else "nothing was charged for it"
    return [
        f"{verb} the bill of {day_words(life.date(month.day))} on {name.replace('_', ' ')}, "
        f"{amount(debt.asked)}{part}; {most} days late at most, {charged}."
    ]


def _help(life: Life, events: list[Event]) -> list[str]:
    """What the lender and the state did."""
    relief = [event for event in events if event.kind == "relief" and event.what.endswith("begins")]
    given = sum(month.given for month in life.months)
    calls = [event for event in events if event.kind == "desk" and "call" in event.what]
    parts = []
    if relief:
        words = relief[0].what.removesuffix(" begins")
        parts.append(f"Relief was agreed ({words}) from {day_words(life.date(relief[0].day))}.")
    if given > 0:
        parts.append(f"Policies gave {amount(given)}.")
    if calls:
        last = calls[-1]
        when, outcome = day_words(life.date(last.day)), last.what.split("call: ")[-1]
        parts.append(
            f"The desk called {len(calls)} {'times' if len(calls) > 1 else 'time'}, last on {when} ({outcome})."
        )
    return parts


def _defaults(life: Life) -> list[str]:
    """Defaults of one month and cause in one sentence."""
    currency = life.scenario.lender.currency
    together: dict[tuple[str, bool, str], list[str]] = {}
    for default in life.defaults:
        key = (f"{default['month']:%B %Y}", bool(default["bankrupt"]), str(default["main_cause"]).replace("_", " "))
        sum_owed = f"{default['balance']:,.0f} {currency} on {default['product'].replace('_', ' ')}"
        together.setdefault(key, []).append(sum_owed)
    told = []
    for (when, bankrupt, cause), owing in together.items():
        what = "Was written off at once (bankruptcy, death or settlement)" if bankrupt else "Defaulted"
        told.append(f"{what} in {when}, owing {' and '.join(owing)}; the main cause by the rule is {cause}.")
    return told


def _end(life: Life) -> str:
    month = life.months[-1]
    if not month.here:
        written_off = any(debt.status == CHARGED_OFF for debt in month.debts.values())
        how = "the debt written off" if written_off else "owing nothing more"
        return f"Left the book in {life.date(month.day):%B %Y}, {how}."
    end = life.date(life.setting.clock.month_end(life.setting.clock.months - 1))
    parts = [
        f"{name.replace('_', ' ')} {_standing(debt.status, debt.balance, debt.days_late)}"
        for name, debt in month.debts.items()
    ]
    before = life.first or life.months[0]
    score = "" if month.score == before.score else f"; score {month.score}, from {before.score}"
    living = f"; {living_words(month.spells)}" if month.spells & int(UNEMPLOYED) else ""
    owed = ", ".join(parts) or "no account"
    return f"At the end of {end:%B %Y}: {owed}; savings {amount(month.savings)}{score}{living}."


def _standing(status: int, balance: int, days: int) -> str:
    if status == CHARGED_OFF:
        return "written off"
    if status != OPEN:
        return "repaid"
    return f"{amount(balance)} owed, {f'{days} days late' if days else 'current'}"
