"""A reserve in sentences: the answer first, all computed, then how it was worked out and what is a guess."""

from __future__ import annotations

import pandas as pd

from simulator.report.drawing import worded
from simulator.report.reserved_movement import movement
from simulator.report.reserved_numbers import (
    ENDS,
    ITEM_WORDS,
    RULE_WORDS,
    YEAR,
    Numbers,
    day_words,
    listed,
    share,
    signed,
    whole,
)
from simulator.report.reserved_tables import covered_words, sum_of_charge

LARGEST = 3  # steps of the walk that a sentence tells
BETWEEN = "moves between stages"
SELF_MADE = ("charge_offs", "shortfall_at_charge_off", "recoveries", "recoveries_credited")


def under_of(numbers: Numbers) -> str:
    """The span, the book, and how much was lived."""
    found, clock = numbers.found, numbers.found.scenario.clock
    months = found.scenario.span.months
    tape = found.scenario.book.tape
    book = f"{found.scenario.book.borrowers:,} borrowers" if tape is None else "the tape's borrowers"
    span = f"{clock.month_end_date(0):%B %Y} to {clock.month_end_date(months - 1):%B %Y}"
    return f"{span} ({months} months), {book}; {numbers.paths:,} futures of the book of {first_day(numbers)}"


def first_day(numbers: Numbers) -> str:
    return day_words(numbers.days["first day"])


def answer_of(numbers: Numbers) -> list[str]:
    """What to set aside, how often it is enough, what surer would cost, who moves first, why it moved, and capital."""
    return [
        set_aside_sentence(numbers),
        covers_sentence(numbers),
        needed_sentence(numbers),
        timing_sentence(numbers),
        moved_sentence(numbers),
        capital_sentence(numbers),
    ]


def set_aside_sentence(numbers: Numbers) -> str:
    """What each rule sets aside on the first day, and of the balance."""
    parts, balance = [], 0.0
    for rule in numbers.rules:
        first = numbers.stock(rule).iloc[0]
        balance = float(first["balance"])
        parts.append(
            f"{whole(first['allowance'], numbers.currency)} ({share(first['coverage'])}) by {RULE_WORDS[rule]}"
        )
    owed = whole(balance, numbers.currency)
    return f"On {first_day(numbers)}, on a balance of {owed}, is to be set aside: {listed(parts)}."


def covers_sentence(numbers: Numbers) -> str:
    """How often each rule covers the next twelve months and life, with standard errors."""
    year = [f"{RULE_WORDS[rule]} in {covered_words(numbers, rule, '12 months')}" for rule in numbers.rules]
    life = [f"{RULE_WORDS[rule]} in {covered_words(numbers, rule, 'life')}" for rule in numbers.rules]
    seeds = len(numbers.found.provenance.get("seeds", ())) or 1
    worlds = numbers.paths // seeds
    return (
        f"It covers what the accounts of that day lose in the next {numbers.year} months: {listed(year)} (points of "
        f"standard "
        f"error) "
        f"of {numbers.paths:,} simulated paths ({worlds} world{'s' if worlds != 1 else ''} round the scenario's, "
        f"{seeds} li{'ves' if seeds != 1 else 'fe'} in each); and what they lose over life, later drawings on cards "
        f"included: {listed(life)}."
    )


def needed_sentence(numbers: Numbers) -> str:
    """What would cover 95% of the paths."""
    rule = numbers.found.rule
    year, life = numbers.enough(rule), numbers.enough(rule, "life")
    few = "" if numbers.tells(0.95) else "at least "
    times = f", {year['needed_95'] / year['allowance']:.2f} times the allowance of {RULE_WORDS[rule]}"
    text = (
        f"To cover the next {numbers.year} months in 95% of the paths takes "
        f"{few}{whole(year['needed_95'], numbers.currency)}"
        f"{times if year['allowance'] > 0 else ''}; to cover life, {few}{whole(life['needed_95'], numbers.currency)}."
    )
    return text if not few else f"{text} So few paths cannot tell it closer; more --worlds and --seeds do."


def timing_sentence(numbers: Numbers) -> str:
    """Which rule moves first, and by how many months before the peak of charge-offs."""
    rows = {rule: numbers.timing(rule) for rule in numbers.rules}
    peak = pd.Timestamp(str(next(iter(rows.values()))["charge_offs_peak_in"]))
    opening = f"Charge-offs peak in {peak:%B %Y}." if numbers.book["charge_offs"].any() else "Nothing is charged off."
    rising = {rule: int(row["months_ahead"]) for rule, row in rows.items() if numbers.rises(rule)}
    told = []
    for place, ahead in enumerate(sorted(set(rising.values()), reverse=True)):
        names = listed([RULE_WORDS[rule] for rule in rising if rising[rule] == ahead])
        first = " first" if place == 0 and len(set(rising.values())) > 1 else ""
        told.append(f"{names}{first}, {ahead_words(ahead)}")

    def between(rule: str) -> str:
        first, most = (share(rows[rule][name]) for name in ("coverage_on_the_eve", "highest_coverage"))
        return f"{RULE_WORDS[rule]} from {first} of the balance to {most}"

    if told:
        opening += f" A rule has seen it coming when it is half-way to its highest coverage: {'; '.join(told)}."
        opening += f" At its highest, coverage has gone: {', '.join(map(between, rising))}."
    flat = [between(rule) for rule in rows if rule not in rising]
    if flat:
        opening += f" Hardly moved, at their highest: {', '.join(flat)}."
    return opening


def ahead_words(months: int) -> str:
    """`14 months before`, `in that month`, `2 months after`."""
    size = f"{abs(months)} month{'s' if abs(months) != 1 else ''}"
    return "in that month" if months == 0 else f"{size} before" if months > 0 else f"{size} after"


def moved_sentence(numbers: Numbers) -> str:
    """From opening to closing of the chosen rule: what was charged, charged off, and the largest steps."""
    rule, currency = numbers.found.rule, numbers.currency
    walk = movement(numbers.found, rule).iloc[:, -1]
    charged = sum_of_charge(numbers, rule)
    steps = walk.drop([*ENDS, *(name for name in SELF_MADE if name in walk.index)])
    stages = [name for name in steps.index if str(name).startswith("to_stage_")]
    if stages:
        steps = pd.concat([steps.drop(stages), pd.Series({BETWEEN: steps[stages].sum()})])
    largest = [str(name) for name in steps.abs().sort_values(ascending=False, kind="stable").index if steps[name]][
        :LARGEST
    ]
    told = listed([f"{ITEM_WORDS.get(name, name)} {signed(float(steps[name]))}" for name in largest])
    return (
        f"The {RULE_WORDS[rule]} allowance goes from {whole(walk['opening'], currency)} to "
        f"{whole(walk['closing'], currency)} over the span: {whole(charged, currency)} charged to profit and loss, "
        f"{whole(-walk['charge_offs'], currency)} charged off against it"
        + (f". Besides charge-offs it moved most by {told}." if told else ".")
    )


def capital_sentence(numbers: Numbers) -> str:
    """What the capital rule asks for, and whether given capital absorbs what the allowance does not."""
    asked = numbers.capital["requirement"]
    top = pd.Timestamp(str(asked.idxmax()))
    text = (
        f"The capital rule asks for {whole(float(asked.iloc[0]), numbers.currency)} on the first day and at most "
        f"{whole(float(asked.max()), numbers.currency)}, at the end of {top:%B %Y}"
    )
    given = numbers.terms.capital.held
    if given is None:
        return f"{text}; no capital is given to set it against."
    found = numbers.absorbed(numbers.found.rule, given)
    return (
        f"{text}; the {whole(given, numbers.currency)} that there is absorb what is lost beyond the "
        f"{RULE_WORDS[numbers.found.rule]} allowance within {numbers.year} months in {100 * found.enough:.0f}% ± "
        f"{100 * found.standard_error:.0f} of the paths."
    )


def warnings_of(numbers: Numbers) -> list[str]:
    """What a reader must know before the figures are used."""
    found = list(numbers.found.notes)
    if numbers.year < YEAR:
        found.append(
            f"The span has {numbers.year} months only: what is called the loss of 12 months, or of life, is that of "
            f"{numbers.year} months, and the allowance covers it more often than it would cover a year."
        )
    return found


def method_notes(numbers: Numbers) -> list[str]:
    """What is learnt from what, the order of the walk, and what is a guess."""
    found, known = numbers.found, numbers.found.expectations
    terms = numbers.terms
    worlds = listed([worded(name) for name in known.worlds]) if known.worlds else "none"
    products = listed([worded(name) for name in known.products])
    return [
        f"What is expected is learnt from simulated lives, not from a formula: {known.lives} lives of this book in "
        f"quiet "
        f"times (unemployment {known.normal:.2f}%) with seeds of their own, in which accounts of {products} are "
        f"followed by "
        "state of arrears, months on book and score at entry; each such cell holds chances of default and losses by "
        "month "
        "ahead, with errors (sheet Term structures, term_structures.parquet).",
        f"How losses answer to unemployment is learnt from lives in other worlds ({worlds}): losses of the next twelve "
        "months over what quiet times would have had, against unemployment's distance from normal.",
        "The scenario is then lived once and measured at every month's end, account by account in whole cents; no rule "
        "looks ahead but through its views.",
        "IFRS 9: 12 months' losses in stage 1, those of the whole life in stages 2 and 3, discounted; stage 2 where "
        "the "
        f"lifetime chance of default is more than {terms.ifrs9.relative:g} times and {100 * terms.ifrs9.absolute:g} "
        f"points "
        f"above that at origination, beyond {terms.ifrs9.backstop_days} days past due, or on the watch list "
        f"({listed([worded(name) for name in terms.ifrs9.watch_list]) or 'empty'}); stage 3 from "
        f"{terms.ifrs9.default_days} days, with {terms.ifrs9.probation_months} months of probation. A card's life is "
        f"{terms.life_of_cards} months.",
        f"CECL: losses over life on what is owed today, undiscounted; views count for {terms.cecl.reasonable_months} "
        f"months, "
        f"then go back to the long-run mean "
        + ("at once." if terms.cecl.reversion == "immediate" else f"over {terms.cecl.reversion_months} months."),
        "Five classes: the least provision by class of days overdue and impairment, "
        + (
            f"by the table {worded(terms.five_classes.table)}."
            if isinstance(terms.five_classes.table, str)
            else "by a table of the scenario's own."
        ),
        "The walk takes its steps in the order of the schedule, each with what the steps before it have changed: "
        + ", ".join(words for item, words in ITEM_WORDS.items() if item not in ENDS)
        + ". Another order would give other sizes to the steps and the same ends.",
        "A guess: the weights and paths of the views, the bounds of an increase in risk, a card's life and the "
        "months for "
        "which forecasts are trusted; the sensitivity tables say what each is worth here.",
        f"The panel's allowance is that of {RULE_WORDS[found.rule]}. Losses are net of what comes back in the end, "
        f"at the "
        "share that the products' recoveries have.",
    ]
