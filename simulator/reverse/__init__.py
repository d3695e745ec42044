"""Reverse stress: the least severe scenario that breaks a limit, how sure that is, and how plausible it is."""

from simulator.reverse.answer import Reversed, checked, reverse
from simulator.reverse.dial import Dial, Move, dial_of
from simulator.reverse.history import History, Severity
from simulator.reverse.limit import Limit, limit_of
from simulator.reverse.plausible import Unemployment
from simulator.reverse.search import Found, search

__all__ = [
    "Dial",
    "Found",
    "History",
    "Limit",
    "Move",
    "Reversed",
    "Severity",
    "Unemployment",
    "checked",
    "dial_of",
    "limit_of",
    "reverse",
    "search",
]
