"""What happened in a life, dated and in words: single events, and spans of time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from simulator.block import CHARGED_OFF, UNEMPLOYED
from simulator.causes.frame import LIVING
from simulator.shocks import JOB_LOSS
from simulator.trace.life import Life
from simulator.trace.watch import SURPRISE, Month

STRUCK = {  # by kind of shock
    JOB_LOSS: "lost the job",
    "illness": "fell ill",
    "income_cut": "pay was cut",
    "expense": "had a large bill",
    "divorce": "was divorced",
    "death": "the partner died",
    "disaster": "was hit by a disaster",
    "short_time_work": "was put on short time",
    "late_wages": "wages came late",
    "strategic_default": "stopped paying on purpose",
    "over_borrowing": "took a further loan elsewhere",
    "cost_of_living": "was hit by dearer living",
    "unemployment": "lost the job",
}

KNOWN = 36  # months before the watch from which the last blow of each cause is told


@dataclass(frozen=True)
class Event:
    """Something that happened on a day of the span; `kind` is blow, work, bill, relief, desk, default or lender."""

    day: int
    kind: str
    what: str
    took: int = 0  # cents, where a blow cost something in that cycle

    @property
    def words(self) -> str:
        """What happened, with what it took."""
        return f"{self.what} (took {amount(self.took)})" if self.took else self.what


@dataclass(frozen=True)
class Span:
    """Something that lasted, from a day to a day of the span; `kind` is blow or relief."""

    first: int
    last: int
    kind: str
    what: str


def amount(cents: int) -> str:
    """Cents as currency units for a sentence: whole where it is large."""
    return f"{cents / 100:,.0f}" if abs(cents) >= 10_000 else f"{cents / 100:,.2f}"


def living_words(spells: int) -> str:
    """What a person is living through."""
    return ", ".join(words for bit, words in LIVING if spells & int(bit))


def struck_words(life: Life, cause: str) -> str:
    """A blow in words, with its name where that says more."""
    shock = life.scenario.world.shocks.get(cause)
    kind = cause if shock is None else shock.kind
    words = STRUCK.get(kind, f"was struck by {kind.replace('_', ' ')}")
    if cause != kind:
        words += f" ({cause.replace('_', ' ')})"
    return words


def events_of(life: Life) -> list[Event]:
    """Everything that happened, by day."""
    found = [*_blows(life), *_bills(life), *_relief(life), *_ledger(life), *_defaults(life)]
    found += [Event(each.day, "desk", f"{each.product}: {each.what}") for each in life.contacts]
    return sorted(found, key=lambda event: event.day)


def _pairs(life: Life) -> Iterator[tuple[Month | None, Month]]:
    """Each month with the one before."""
    before = life.first
    for month in life.months:
        yield before, month
        before = month


def _blows(life: Life) -> Iterator[Event]:
    out, clock = int(UNEMPLOYED), life.setting.clock
    due_day = clock.date(life.months[0].day).day
    for cause, when in life.struck_before.items():
        if when >= -KNOWN:
            yield Event(clock.due_day(when, due_day), "blow", struck_words(life, cause))
    for before, month in _pairs(life):
        for cause in month.struck:
            day = month.out_since if cause == JOB_LOSS and month.spells & out else month.day
            yield Event(day, "blow", struck_words(life, cause), max(month.blows.get(cause, 0), 0))
        if month.blows.get(SURPRISE, 0) > 0 and not (before is not None and before.blows.get(SURPRISE, 0)):
            yield Event(month.day, "blow", "the bills were higher than understood", month.blows[SURPRISE])
        was_out = before is not None and before.spells & out
        if was_out and not month.spells & out and month.here:
            yield Event(month.day, "work", "is in work again")
        if month.given > 0 and not (before is not None and before.given > 0):
            yield Event(month.day, "relief", f"was given {amount(month.given)} by policies")


def _bills(life: Life) -> Iterator[Event]:
    """The first missed bill of each time behind, and when it was caught up."""
    behind: dict[str, bool] = {}
    if life.first is not None:
        behind = {name: debt.overdue > 0 for name, debt in life.first.debts.items()}
    for month in life.months:
        for name, debt in month.debts.items():
            if debt.status == CHARGED_OFF:
                behind[name] = False
                continue
            late = debt.overdue > 0 and month.here
            if late and not behind.get(name, False):
                paid = f", paid {amount(debt.paid)}" if debt.paid else ""
                yield Event(month.day, "bill", f"{name}: missed the bill of {amount(debt.asked)}{paid}")
            if behind.get(name, False) and not late:
                yield Event(month.day, "bill", f"{name}: nothing is overdue any more")
            behind[name] = late


def policy_names(life: Life) -> dict[int, str]:
    """The policies by the number that an account under relief carries: the kind, or the name where two are of one."""
    policies = life.setting.policies
    kinds = [policy.kind for policy in policies.values()]
    names = (policy.kind if kinds.count(policy.kind) == 1 else name for name, policy in policies.items())
    return {number: name.replace("_", " ") for number, name in enumerate(names, start=1)}


def _relief(life: Life) -> Iterator[Event]:
    names = policy_names(life)
    for before, month in _pairs(life):
        for name, debt in month.debts.items():
            old = before.debts[name].relief if before is not None and name in before.debts else 0
            if debt.relief and debt.relief != old:
                yield Event(month.day, "relief", f"{name}: {names[debt.relief]} begins")
            if old and not debt.relief:
                yield Event(month.day, "relief", f"{name}: {names[old]} is over")


def _ledger(life: Life) -> Iterator[Event]:
    words = {
        "lent": "was lent {}",
        "repaid early": "repaid {} early",
        "charged off": "{} charged off",
        "sold": "the debt was sold for {}",
        "written down": "{} was waived",
    }
    for line in life.lines:
        if line.what in words:
            what = words[line.what].format(amount(abs(line.amount)))
            kind = "default" if line.what in ("charged off", "sold") else "lender"
            yield Event(line.day, kind, f"{line.product}: {what}")


def _defaults(life: Life) -> Iterator[Event]:
    due_days = {month.month: month.day for month in life.months}
    clock = life.setting.clock
    for default in life.defaults:
        date = default["month"].date()
        month = (date.year - clock.start.year) * 12 + date.month - clock.start.month
        if default["bankrupt"]:
            words = "bankruptcy, death or settlement; written off at once"
            yield Event(due_days.get(month, clock.month_end(month)), "default", f"{default['product']}: {words}")
        else:
            yield Event(clock.month_end(month), "default", f"{default['product']}: in default")


def spans_of(life: Life) -> list[Span]:
    """What lasted: spells of trouble, and relief by product."""
    found = []
    for bit, words in LIVING:
        for first, last in _runs(life, [bool(month.spells & int(bit)) for month in life.months]):
            day = max(first.out_since, 0) if bit == UNEMPLOYED else first.day
            found.append(Span(min(day, last.day), last.day, "blow", words))
    names = policy_names(life)
    for name in life.setting.products:
        helped = [month.debts[name].relief if name in month.debts else 0 for month in life.months]
        for number in sorted(set(helped) - {0}):
            for first, last in _runs(life, [each == number for each in helped]):
                found.append(Span(first.day, last.day + 30, "relief", f"{names[number]} ({name})"))
    return sorted(found, key=lambda span: (span.kind, span.first))


def _runs(life: Life, flags: list[bool]) -> Iterator[tuple[Month, Month]]:
    """The first and the last month of each unbroken run of true."""
    first: Month | None = None
    for number, flag in enumerate(flags):
        month = life.months[number]
        if flag and first is None:
            first = month
        following = flags[number + 1] if number + 1 < len(flags) else False
        if flag and not following and first is not None:
            yield first, month
            first = None
