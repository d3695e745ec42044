"""A real loan tape into a book, row by row, nothing dropped in silence."""

from simulator.tape.plan import ColumnPlan, TapePlan
from simulator.tape.presets import snapshot
from simulator.tape.read import Tape, problems, read, write_rejected

__all__ = ["ColumnPlan", "Tape", "TapePlan", "problems", "read", "snapshot", "write_rejected"]
