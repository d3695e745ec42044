"""Values out of all measure: paths of the economy, a least above its most, more segments than can be told apart."""

from __future__ import annotations

from math import prod
from typing import Any

from simulator.book import SEGMENTS
from simulator.params import TimePath
from simulator.scenario.model import BookPlan

Wrong = tuple[tuple[str, ...], str]

PATHS: dict[str, tuple[float, float, str]] = {  # outside it no economy has been for long
    "unemployment": (0.5, 40.0, "a rate from {} to {} percent"),
    "job_finding": (0.005, 0.95, "a share a month from {} to {}"),
    "prices": (-30.0, 100.0, "a change from {} to {} percent a year"),
    "wages": (-30.0, 100.0, "a change from {} to {} percent a year"),
    "policy_rate": (-5.0, 60.0, "a rate from {} to {} percent"),
    "restraint": (0.0, 80.0, "a share of spending from {} to {} percent"),
    "squeeze": (-50.0, 100.0, "a difference from {} to {} percent"),
    "claims": (1.0, 10_000.0, "percent of what is usual, from {} to {},"),
    "leverage": (0.01, 200.0, "a share of a year's income from {} to {} percent"),
}
PROFILE = (0.0, 100.0, "a strength from {} to {}")
CROSSED: tuple[tuple[str, str], ...] = (
    ("least", "most"),
    ("months_shortest", "months_longest"),
    ("smallest", "largest"),
    ("least_rate", "most_rate"),
    ("default_days", "charge_off_days"),
    ("youngest", "oldest"),
)
MOST_SEGMENTS = 32_767  # a borrower's segment is kept in two bytes


def economy_path(name: str, path: TimePath) -> list[Wrong]:
    """The first value of a path of the economy that is out of all measure."""
    if name not in PATHS:
        return []
    keys = ("world", "economy", name)
    for value, when in _dated(path):
        if name == "unemployment" and 0 < value < PATHS[name][0]:
            return [(keys, f"{value:g}{when} looks like a share; write percent, as {value * 100:g}")]
        if name == "job_finding" and 1 < value <= 100:
            return [(keys, f"{value:g}{when} looks like percent; a share is wanted, as {value / 100:g}")]
    return _outside(keys, path, PATHS[name])


def profile_path(keys: tuple[str, ...], entry: Any) -> list[Wrong]:
    """The first value of a shock's profile that is negative or beyond belief."""
    profile = getattr(entry, "profile", None)
    return _outside((*keys, "profile"), profile, PROFILE) if isinstance(profile, TimePath) else []


def _outside(keys: tuple[str, ...], path: TimePath, bounds: tuple[float, float, str]) -> list[Wrong]:
    low, high, words = bounds
    for value, when in _dated(path):
        if not low <= value <= high:
            return [(keys, f"{value:g}{when} was given; {words.format(f'{low:g}', f'{high:g}')} is wanted")]
    return []


def _dated(path: TimePath) -> list[tuple[float, str]]:
    """Each value, with the words that say when it holds."""
    given = path.given_baseline
    first = [(given, " as the baseline" if path.dates else "")] if given is not None else []
    source = f" in {path.file}" if path.file else ""
    return first + [(value, f" from {date:%Y-%m}{source}") for date, value in zip(path.dates, path.values, strict=True)]


def crossed(keys: tuple[str, ...], entry: Any) -> list[Wrong]:
    """A lower bound above its upper bound; told at the one of the two that was written."""
    wrong: list[Wrong] = []
    for low, high in CROSSED:
        least, most = getattr(entry, low, None), getattr(entry, high, None)
        if least is None or most is None or least <= most:
            continue
        if low in entry.model_fields_set:
            wrong.append(((*keys, low), f"{least:g} was given, above {high} ({most:g}); at most that is wanted"))
        else:
            wrong.append(((*keys, high), f"{most:g} was given, below {low} ({least:g}); at least that is wanted"))
    where = getattr(entry, "where", None)
    return wrong + (crossed((*keys, "where"), where) if where is not None else [])


def slips(keys: tuple[str, ...], entry: Any) -> list[Wrong]:
    """A counter at which those who fail the rules are approved more often than those who pass."""
    leaked, declined = getattr(entry, "leak_rate", 0.0), getattr(entry, "false_decline_rate", 0.0)
    if leaked + declined <= 1.0:
        return []
    told = f"{leaked:g} was given, with a false_decline_rate of {declined:g}; together they are at most 1"
    return [((*keys, "leak_rate"), told)]


def segments(book: BookPlan) -> list[Wrong]:
    """More cuts of the book than there are numbers for them."""
    recipe = book.recipe
    labels = {"sector": recipe.sectors, "region": recipe.regions, "education": recipe.educations, **SEGMENTS}
    counts = {cut: len(labels[cut]) for cut in book.segments if cut in labels}
    count = prod(counts.values())
    if count <= MOST_SEGMENTS:
        return []
    told = " x ".join(f"{number} ({cut})" for cut, number in counts.items())
    return [(("book", "segments"), f"{told} make {count:,} segments; at most {MOST_SEGMENTS:,} are possible")]


def shards(book: BookPlan, number: int) -> list[Wrong]:
    """A servicing centre without a borrower."""
    if book.tape is not None or number <= book.borrowers:
        return []
    return [(("shards",), f"{number:,} shards for {book.borrowers:,} borrowers; at most one for each is possible")]
