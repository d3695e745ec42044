"""Why: of each default the chain that led to it, and one main cause by a stated rule."""

from simulator.causes.frame import causes_frame
from simulator.causes.rule import AFTER, BOUNDS, RULE, SEVERITY, UNKNOWN, Story, main_cause
from simulator.causes.shares import by_quarter, cause_shares

__all__ = [
    "AFTER",
    "BOUNDS",
    "RULE",
    "SEVERITY",
    "UNKNOWN",
    "Story",
    "by_quarter",
    "cause_shares",
    "causes_frame",
    "main_cause",
]
