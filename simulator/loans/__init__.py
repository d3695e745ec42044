"""Every loan of a tape, foreseen one by one: how likely its charge-off, when, and what it costs."""

from simulator.loans.foreseen import accounts

__all__ = ["accounts"]
