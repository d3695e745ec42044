"""Trace: one borrower's life, month by month and line by line, from the same run with somebody looking on."""

from simulator.trace.life import Life, Ready, trace
from simulator.trace.lines import OPENING, Line, LinedLedger
from simulator.trace.watch import Contact, Debt, Month, Watch

__all__ = ["OPENING", "Contact", "Debt", "Life", "Line", "LinedLedger", "Month", "Ready", "Watch", "trace"]
