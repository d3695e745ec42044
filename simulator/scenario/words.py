"""Plain words for messages: what was given, what was probably meant."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterable
from typing import Any


def did_you_mean(given: str, known: Iterable[str]) -> str:
    """`; did you mean 'x'?` when something known is close to what was given, otherwise nothing."""
    by_folded = {name.lower().replace("-", "_"): name for name in known}
    folded = given.lower().replace("-", "_").replace(" ", "_")
    close = difflib.get_close_matches(folded[:80], by_folded, n=1, cutoff=0.6)
    return f"; did you mean {by_folded[close[0]]!r}?" if close else ""


def suggestion(given: str, known: Iterable[str], label: str) -> str:
    """`; did you mean 'x'? Accepted here: ...`; a long list is left out once something close is found."""
    names = list(known)
    meant = did_you_mean(given, names)
    if not names or (meant and len(names) > 12):
        return meant
    return f"{meant} {label[0].upper()}{label[1:]}: {listed(names)}" if meant else f"; {label}: {listed(names)}"


def listed(names: Iterable[str], limit: int = 24) -> str:
    """Names with commas, cut short when there are many."""
    names = list(names)
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(names[:limit]) + more


def given(value: Any) -> str:
    """A value as a message shows it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a map"
    if isinstance(value, list):
        return "a list" if len(str(value)) > 40 else str(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."
