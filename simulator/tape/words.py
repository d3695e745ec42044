"""Words that say nothing, and what was probably meant by a word that nobody knows."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

BLANK = frozenset(("", "NA", "N/A", "n/a", "#N/A", "NaN", "nan", "NULL", "null", "None", "none", "NaT", "<NA>"))


def meant(word: str, options: Iterable[str]) -> str:
    """`; did you mean 'balance'?` when something is close to the word, else what is accepted."""
    names = [str(option) for option in options]
    folded = {name.casefold(): name for name in names}
    close = difflib.get_close_matches(word.casefold(), list(folded), n=1, cutoff=0.6)
    if close:
        return f"; did you mean {folded[close[0]]!r}?"
    return f"; accepted: {', '.join(names)}" if 0 < len(names) <= 20 else ""
