"""A reverse stress in words: the answer, whether the figure moves one way, how sure, and how plausible."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np

from simulator.metrics import Metric
from simulator.money import printed
from simulator.reverse.answer import Reversed
from simulator.reverse.dial import Move
from simulator.reverse.history import History, Severity
from simulator.reverse.limit import IN_WORDS
from simulator.reverse.plausible import Known, Unemployment
from simulator.reverse.search import Point
from simulator.shocks import Unemployment as UnemploymentShock

MOST_EPISODES = 6


def figure(value: float, metric: Metric, currency: str) -> str:
    """A metric's value for a reader: shares in percent."""
    if metric.unit.startswith("share"):
        return f"{value * 100:.2f}%"
    return printed(value, currency) if metric.unit == "currency" else f"{value:,.4g}"


def gap(value: float, metric: Metric, currency: str) -> str:
    """A difference or an error, without its sign: of shares in points."""
    size = abs(value)
    if math.isnan(size):
        return "none"
    if metric.unit.startswith("share"):
        return f"{size * 100:.3g} points"
    return printed(size, currency) if metric.unit == "currency" else f"{size:,.3g}"


def number(move: Move, value: float) -> str:
    """A key's number, with as many decimals as were told apart; an end of the range as it was given."""
    if value in (move.start, move.end):
        return f"{value:,.9g}"
    text = f"{value:,.{move.decimals}f}"
    return text.rstrip("0").rstrip(".") if move.decimals else text


def limit_words(found: Reversed) -> str:
    """`charge-offs over the span at least 10.00%`."""
    limit, currency = found.limit, found.base.lender.currency
    label = limit.metric.label
    return f"{label[0].lower()}{label[1:]} {IN_WORDS[limit.sign]} {figure(limit.value, limit.metric, currency)}"


def place_words(found: Reversed, dial: float, *, exact: bool = False) -> str:
    """Where a place of the dial lies: the number of its key, or how far along the direction and each number there."""
    parts = []
    for move in found.dial.moves:
        value = number(move, move.exact(dial) if exact else move.number(dial))
        if move.path is not None:
            parts.append(f"{move.key} with {value} times its departure from its baseline")
        else:
            unit = f" {move.unit}" if move.unit else ""
            parts.append(f"{move.key} = {value}{unit}")
    told = " and ".join(parts)
    return told if len(parts) == 1 else f"{100 * dial:.1f}% of the way ({told})"


def range_words(found: Reversed) -> str:
    """From where to where each key was moved."""
    told = [
        f"{move.key} from {number(move, move.start)} to {number(move, move.end)}"
        + (" times its departure from its baseline" if move.path is not None else f" {move.unit}".rstrip())
        for move in found.dial.moves
    ]
    return " together with ".join(told)


def point_words(found: Reversed, point: Point) -> str:
    """`10.01% (standard error 0.2 points; 5 of 8 seeds break the limit)`."""
    metric, currency = found.limit.metric, found.base.lender.currency
    count = point.figures.size
    broken = round(point.share_broken * count)
    verb = "breaks" if broken == 1 else "break"
    return (
        f"{figure(point.mean, metric, currency)} (standard error {gap(point.standard_error, metric, currency)}; "
        f"{broken} of {count} seeds {verb} the limit)"
    )


def answer_words(found: Reversed) -> str:
    """The answer in two or three sentences."""
    limit = limit_words(found)
    label = found.limit.metric.label
    crossing = found.search.crossing
    if crossing is not None:
        return (
            f"The least severe scenario with {limit}: {place_words(found, found.place)}"
            f"{interval_words(found)}. {label} there: {point_words(found, crossing.breaks)}. At "
            f"{_bare(found, crossing.holds.dial)} the limit still holds, with "
            f"{figure(crossing.holds.mean, found.limit.metric, found.base.lender.currency)}."
        )
    points = found.search.grid
    if found.search.outcome == "broken at the mild end":
        return (
            f"The limit, {limit}, is broken already at the mild end, {place_words(found, 0.0)}. {label} there: "
            f"{point_words(found, points[0])}. A milder end has to be given to find where it is first broken."
        )
    nearest = max(points, key=lambda point: found.limit.beyond(point.mean))
    more = (
        ""
        if nearest is points[-1]
        else f" It comes nearest at {_bare(found, nearest.dial)}, with {point_words(found, nearest)}."
    )
    return (
        f"The limit, {limit}, is not broken within the range: {range_words(found)}. {label} at the hard end: "
        f"{point_words(found, points[-1])}, at the mild end {point_words(found, points[0])}.{more}"
    )


def _bare(found: Reversed, dial: float) -> str:
    """A place by its number alone where there is one key."""
    if len(found.dial.moves) > 1:
        return f"{100 * dial:.2f}% of the way"
    return number(found.dial.moves[0], found.dial.moves[0].number(dial))


def interval_words(found: Reversed) -> str:
    """`, 95% interval 4.3 to 5.9`, its ends within the range."""
    crossing = found.search.crossing
    if crossing is None or math.isnan(crossing.standard_error):
        return ""
    ends = []
    for end, bound, milder in ((crossing.low, 0.0, True), (crossing.high, 1.0, False)):
        inside = min(max(end, 0.0), 1.0) == end
        ends.append(rounded(found, end, crossing.standard_error) if inside else _beyond(found, bound, milder))
    return f" (95% interval of the crossing: {ends[0]} to {ends[1]})"


def _beyond(found: Reversed, bound: float, milder: bool) -> str:
    """`below 3`: past an end of the range."""
    moves = found.dial.moves
    rising = len(moves) > 1 or moves[0].end > moves[0].start
    return f"{'below' if milder == rising else 'above'} {_bare(found, bound)}"


def rounded(found: Reversed, dial: float, error: float) -> str:
    """A place by its number, with two digits of its standard error."""
    moves = found.dial.moves
    if len(moves) > 1:
        return f"{100 * dial:.1f}% of the way"
    size = abs(moves[0].end - moves[0].start) * error
    decimals = max(0, 1 - math.floor(math.log10(size))) if size > 0 else moves[0].decimals
    return f"{moves[0].exact(dial):,.{min(decimals, moves[0].decimals)}f}"


def sure_words(found: Reversed) -> str:
    """How sure the answer is: the last bracket, the error of the root, each seed by itself."""
    crossing = found.search.crossing
    if crossing is None:
        return ""
    own = [each for each in crossing.own if each is not None]
    never = len(crossing.own) - len(own)
    alone = ""
    if own:
        told = (min(own), max(own), float(np.median(own)))
        least, most, middle = (rounded(found, place, max(crossing.standard_error, 0.0)) for place in told)
        alone = f" Each seed by itself first breaks the limit between {least} and {most} (median {middle})"
        alone += f"; {never} of {len(crossing.own)} never do within the range." if never else "."
    error = crossing.standard_error
    size = abs(found.dial.moves[0].end - found.dial.moves[0].start) if len(found.dial.moves) == 1 else 100.0
    unit = "" if len(found.dial.moves) == 1 else "% of the way"
    luck = (
        ""
        if math.isnan(error)
        else f" The luck of {len(found.seeds)} seeds gives the crossing a standard error of {error * size:.2g}{unit} "
        "(that of the mean figure over the slope of the curve; the interval follows Student's t)."
    )
    return (
        f"The limit holds at {_bare(found, crossing.holds.dial)} and is broken at "
        f"{_bare(found, crossing.breaks.dial)}; nearer was not looked (the tolerance is "
        f"{found.tolerance:g} of the range).{luck}{alone}"
    )


def shape_words(found: Reversed) -> str:
    """Whether the figure moves one way along the dial, as far as the grid tells."""
    searched, metric, currency = found.search, found.limit.metric, found.base.lender.currency
    count, back = len(searched.grid), searched.backwards
    towards = "rises" if found.limit.harder > 0 else "falls"
    if searched.one_way:
        worst = min(searched.steps, key=lambda step: step.towards)
        if worst.towards >= 0:
            return f"The figure moves one way: over the {count} places of the grid it never turns back."
        return (
            f"The figure moves one way, as far as can be told: of the {count - 1} steps of the grid none goes back by "
            f"more than its 95% interval (the largest step back: {gap(worst.towards, metric, currency)}, "
            f"standard error {gap(worst.standard_error, metric, currency)})."
        )
    told = [
        f"from {_bare(found, step.first)} to {_bare(found, step.last)} by {gap(step.towards, metric, currency)} "
        f"(standard error {gap(step.standard_error, metric, currency)})"
        for step in back
    ]
    parts = (
        [f"The figure does NOT move one way: where it {towards} elsewhere, it goes back {', '.join(told)}."]
        if told
        else []
    )
    if len(searched.changes) > 1:
        between = ", ".join(f"{_bare(found, first)} and {_bare(found, last)}" for first, last in searched.changes)
        parts.append(f"The mean passes the limit {len(searched.changes)} times on the grid, between {between}.")
    if searched.crossing is not None:
        parts.append(
            "The first crossing from the mild end is the answer; between two places of the grid the limit may be "
            "broken and hold again unseen."
        )
    return " ".join(parts)


# Plausibility --------------------------------------------------------------------------------------------


def plausibility_words(found: Reversed) -> list[str]:
    """How severe the scenario of the answer is against history and published ranges."""
    where = "" if found.found else " at the mild end" if found.place == 0.0 else " at the hard end"
    told = [] if found.unemployment is None else _unemployment(found.unemployment, where)
    return told + [text for known in found.known if (text := _value(found, known))]


def _unemployment(seen: Unemployment, where: str) -> list[str]:
    there = (
        f"Unemployment{where} peaks at {seen.peak:.1f}% and rises by {max(seen.rise, 0.0):.1f} points at most within "
        "twelve months"
    )
    if seen.history is None or seen.rise_seen is None or seen.peak_seen is None:
        return [f"{there}. No history of unemployment is known for this scenario; give one with --history FILE.csv."]
    history = seen.history
    return [
        f"{there}. {_rises(seen.rise_seen, history)}",
        _peaks(seen.peak_seen, history),
        f"History: {history.source}, {_month(history.first)} to {_month(history.last)}"
        + (", by quarter, filled in between" if history.step == 3 else "")
        + ". A frequency in the past is no forecast: it says how far from what was seen the scenario lies.",
    ]


def _rises(seen: Severity, history: History) -> str:
    largest = f"The largest was {seen.largest:.1f} points, in the twelve months to {_month(seen.largest_month)}."
    overlap = f"neighbouring windows overlap and are worth about {seen.apart} separate ones"
    if not seen.times:
        return (
            f"A rise of {seen.value:.1f} points or more within twelve months was never seen: in none of the "
            f"{seen.windows:,} twelve-month windows since {_month(history.first)} ({overlap}). {largest}"
        )
    return (
        f"A rise of {seen.value:.1f} points or more within twelve months: seen in {_share(seen)} of the "
        f"{seen.windows:,} twelve-month windows since {_month(history.first)}, {seen.times} windows in "
        f"{_episodes(seen)}; {overlap}. It stands at the {_ordinal(seen.percentile)} percentile of them. {largest}"
    )


def _peaks(seen: Severity, history: History) -> str:
    highest = f"The highest was {seen.largest:.1f}%, in {_month(seen.largest_month)}."
    if not seen.times:
        return (
            f"Unemployment of {seen.value:.1f}% or more was never seen: in none of the {seen.windows:,} months since "
            f"{_month(history.first)}. {highest}"
        )
    return (
        f"Unemployment of {seen.value:.1f}% or more: in {_share(seen)} of the {seen.windows:,} months since "
        f"{_month(history.first)}, {seen.times} months in {_episodes(seen)}. {highest}"
    )


def _share(seen: Severity) -> str:
    percent = 100 * seen.share
    return f"{percent:.0f}%" if percent >= 9.5 else f"{percent:.1f}%"


def _episodes(seen: Severity) -> str:
    told = [
        _month(first) if first == last else f"{_month(first)} to {_month(last)}"
        for first, last in seen.episodes[-MOST_EPISODES:]
    ]
    count = len(seen.episodes)
    more = "the latest " if count > MOST_EPISODES else ""
    return f"{count} episode{'' if count == 1 else 's'} ({more}{', '.join(told)})"


def _ordinal(percentile: float) -> str:
    whole = math.floor(percentile)
    ending = "th" if 11 <= whole % 100 <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(whole % 10, "th")
    return f"{whole}{ending}"


def _month(date: dt.date) -> str:
    return f"{date:%B %Y}"


def _value(found: Reversed, known: Known) -> str:
    """What is published about one key's value; nothing for one that history has told already."""
    if found.unemployment is not None and moves_unemployment(found, known.move):
        return ""
    place = f"{known.move.key} = {number(known.move, known.value)}"
    if not known.ranges:
        return f"{place}: how plausible that is is not known; no published range of it is at hand."
    told = []
    for each in known.ranges:
        where = (
            f"within, {100 * each.position:.0f}% of the way from its low to its high end"
            if 0 <= each.position <= 1
            else "above it"
            if each.position > 1
            else "below it"
        )
        told.append(
            f"published {each.fact.low:g} to {each.fact.high:g} ({each.fact.name}, {each.fact.citation}): {where}"
        )
    return f"{place}; {'; '.join(told)}."


def moves_unemployment(found: Reversed, move: Move) -> bool:
    """Whether a key is one of those that say how high unemployment goes."""
    keys = move.key.split(".")
    if keys[:3] == ["world", "economy", "unemployment"]:
        return True
    shock = found.scenario.world.shocks.get(keys[2]) if keys[:2] == ["world", "shocks"] and len(keys) > 2 else None
    return isinstance(shock, UnemploymentShock)
