"""Trace: one borrower's life, month by month and line by line, from the same run with somebody looking on."""

from simulator.trace.beside import Beside, beside
from simulator.trace.events import Event, Span, amount, events_of, living_words, policy_names, spans_of
from simulator.trace.life import Life, Ready, trace
from simulator.trace.like import KINDS, Found, like
from simulator.trace.lines import OPENING, Line, LinedLedger
from simulator.trace.sheets import MARK, Sheet, letters, sheets_of
from simulator.trace.story import day_words, story_of
from simulator.trace.tables import ledger_frame, life_frame
from simulator.trace.watch import Contact, Debt, Month, Watch

__all__ = [
    "KINDS",
    "MARK",
    "OPENING",
    "Beside",
    "Contact",
    "Debt",
    "Event",
    "Found",
    "Life",
    "Line",
    "LinedLedger",
    "Month",
    "Ready",
    "Sheet",
    "Span",
    "Watch",
    "amount",
    "beside",
    "day_words",
    "events_of",
    "ledger_frame",
    "letters",
    "life_frame",
    "like",
    "living_words",
    "policy_names",
    "sheets_of",
    "spans_of",
    "story_of",
    "trace",
]
