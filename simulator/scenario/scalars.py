"""How an unquoted word is read: narrower than YAML 1.1, so that a value is what it looks like.

No octal, no sixty-based numbers; 1e-3 is a number; 2026-01-15 is a date, 2026-01 the text of a month.
"""

from __future__ import annotations

import datetime as dt
import math
import re

LONGEST_NUMBER = 40  # characters

_ON = {"true", "yes", "on"}
_OFF = {"false", "no", "off"}
_INT = re.compile(r"[-+]?\d[\d_]*")
_FLOAT = re.compile(r"[-+]?(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][-+]?\d+)?")
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
_NOT_FINITE = re.compile(r"[-+]?\.?(?:nan|inf|infinity)", re.IGNORECASE)


def read_plain(text: str) -> str | int | float | bool | dt.date | None:
    """An unquoted word as a value; raises ValueError saying why a number or date cannot be used."""
    lowered = text.lower()
    if lowered in ("", "~", "null"):
        return None
    if lowered in _ON:
        return True
    if lowered in _OFF:
        return False
    if _NOT_FINITE.fullmatch(text):
        raise ValueError(f"{text} was given; a finite number is wanted")
    if text[0] in "+-.0123456789":
        if len(text) <= LONGEST_NUMBER or not (_INT.fullmatch(text) or _FLOAT.fullmatch(text)):
            return _number_or_date(text)
        raise ValueError(f"a number of {len(text)} digits; at most {LONGEST_NUMBER} are read")
    return text


def _number_or_date(text: str) -> str | int | float | dt.date:
    if _INT.fullmatch(text):
        whole = int(text.replace("_", ""))
        if abs(whole) > 10**18:
            raise ValueError(f"{text} is too large a number")
        return whole
    if _FLOAT.fullmatch(text):
        number = float(text.replace("_", ""))
        if not math.isfinite(number):
            raise ValueError(f"{text} is too large a number")
        return number
    if _DATE.fullmatch(text):
        year, month, day = (int(part) for part in text.split("-"))
        try:
            return dt.date(year, month, day)
        except ValueError as error:
            raise ValueError(f"{text} is not a date: {error}") from None
    return text
