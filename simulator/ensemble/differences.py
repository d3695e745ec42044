"""In what two scenarios differ, in words, and what of it breaks the pairing of their luck."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from simulator.scenario import Scenario
from simulator.scenario.agenda import details, label_of
from simulator.scenario.values import written

_GALLERIES: dict[tuple[str, ...], str] = {
    ("world", "shocks"): "shock",
    ("world", "policies"): "policy of the state",
    ("lender", "policies"): "policy",
    ("lender", "products"): "product",
}
_NOT_COMPARED = {"name", "question", "seed", "fit"}
_LONGEST = 6  # dated values or entries written out; the rest is counted


@dataclass(frozen=True)
class Difference:
    """One entry that is not the same: its key in the scenario file, and the difference in words."""

    key: str
    words: str


def differences(base: Scenario, other: Scenario) -> list[Difference]:
    """Every entry in which another scenario differs from the base, in the order of the file; the seed apart."""
    here, there = base.resolved(), other.resolved()
    for body in (here, there):
        for name in _NOT_COMPARED:
            body.pop(name, None)
    return list(_differ((), here, there, base, other))


def _differ(path: tuple[str, ...], here: Any, there: Any, base: Scenario, other: Scenario) -> Iterator[Difference]:
    if here == there:
        return
    if _is_map(here) and _is_map(there):
        for name in dict.fromkeys([*here, *there]):
            inner = (*path, str(name))
            sort = _GALLERIES.get(path)
            if sort is not None and (name not in here or name not in there):
                yield _entry(inner, sort, other if name in there else base, added=name in there)
            else:
                yield from _differ(inner, here.get(name), there.get(name), base, other)
        return
    key = ".".join(path)
    yield Difference(key, f"{key}: {_told(here)} becomes {_told(there)}")


def _is_map(value: Any) -> bool:
    """A map of keys, not a path over time."""
    return isinstance(value, Mapping) and not any(key == "baseline" or _is_date(key) for key in value)


def _is_date(key: Any) -> bool:
    try:
        dt.date.fromisoformat(str(key))
    except ValueError:
        return False
    return True


def _entry(path: tuple[str, ...], sort: str, holder: Scenario, *, added: bool) -> Difference:
    """A shock, policy or product that only one of the two has."""
    entry = getattr(getattr(holder, path[0]), path[1])[path[2]]
    words = f"{sort} {label_of(path[2], entry)}"
    told = f"with {words}{_dates(entry)}{details(entry) or _own(entry)}" if added else f"without {words}"
    return Difference(".".join(path), told)


def _dates(entry: Any) -> str:
    starts, ends = getattr(entry, "starts", None), getattr(entry, "ends", None)
    first = f" from {starts.isoformat()}" if isinstance(starts, dt.date) else ""
    return first + (f" to {ends.isoformat()}" if isinstance(ends, dt.date) else "")


def _own(entry: Any) -> str:
    """The values of an entry that was given none: its defaults, as `key value`."""
    body = {key: value for key, value in written(entry).items() if key not in ("kind", "starts", "ends")}
    body = {key: value for key, value in body.items() if value or not key.startswith("cost")}
    told = [f"{key.replace('_', ' ')} {_told(value)}" for key, value in body.items()]
    return f": {', '.join(told[:_LONGEST])}" if told else ""


def _told(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value:,.6g}"
    if isinstance(value, Mapping):
        parts = [f"{key} {_told(part)}" for key, part in value.items()]
    elif isinstance(value, list):
        parts = [_told(part) for part in value]
    else:
        return str(value)
    more = f" and {len(parts) - _LONGEST} more" if len(parts) > _LONGEST else ""
    return "; ".join(parts[:_LONGEST]) + more


# Parts of the plan of a tape that leave every row the borrower that it is.
SAME_ROWS = tuple(
    f"book.tape.{name}" for name in ("lend_only", "scorecard", "at_work", "affordable", "cash_kept", "lives")
)


def warnings(base: Scenario, other: Scenario, found: list[Difference]) -> list[str]:
    """What the reader must know before trusting the pairing of these two, one sentence each."""
    told = []
    keys = [difference.key for difference in found if not difference.key.startswith(SAME_ROWS)]

    def touched(*starts: str) -> bool:
        return any(key == start or key.startswith(f"{start}.") for key in keys for start in starts)

    if other.seed != base.seed:
        told.append(f"It asks for seed {other.seed}; here it lives with the base's seeds, from {base.seed} on.")
    broken = [
        what
        for what, places in (
            ("the recipe of the borrowers", ("book.recipe",)),
            ("the number of borrowers", ("book.borrowers", "book.growth", "book.closed")),
            ("the warm-up", ("book.warm_up",)),
            ("the due days", ("book.due_days",)),
            ("the tape", ("book.tape",)),
            ("the start of the span", ("span.start",)),
        )
        if touched(*places)
    ]
    if broken:
        told.append(
            f"PAIRING IS BROKEN: {' and '.join(broken)} differ{'' if len(broken) > 1 else 's'}, so the same seed is "
            "not the same borrowers with the same luck. The differences and their standard errors still hold, "
            "but pairing gains little."
        )
    if touched("span.months"):
        told.append(
            f"It lasts {other.span.months} months and the base {base.span.months}: "
            "sums over the span are not of the same length."
        )
    if base.lender.currency != other.lender.currency:
        told.append(
            f"Its money is {other.lender.currency} and the base's {base.lender.currency}: do not subtract them."
        )
    if not broken and (undated := [difference.key for difference in found if _in_warm_up(difference, base, other)]):
        told.append(
            f"In force in the warm-up too, so that the book already differs on the first day: {'; '.join(undated)}."
        )
    return told


def _in_warm_up(difference: Difference, base: Scenario, other: Scenario) -> bool:
    """Whether a difference is there before the span begins."""
    path = difference.key.split(".")
    if path[0] not in ("world", "lender") or base.book.tape is not None or not base.book.warm_up:
        return False
    if path[1] == "economy":
        here, there = (getattr(scenario.world.economy, path[2], None) for scenario in (base, other))
        return getattr(here, "baseline", None) != getattr(there, "baseline", None)
    if path[1] not in ("shocks", "policies"):
        return True
    entries = [getattr(getattr(scenario, path[0]), path[1]).get(path[2]) for scenario in (base, other)]
    return any(entry is not None and getattr(entry, "starts", None) is None for entry in entries)
