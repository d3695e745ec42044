"""Scenarios x seeds over workers: the same luck in each, paired differences and how sure they are."""

from simulator.ensemble.comparison import Against, Comparison, compare
from simulator.ensemble.differences import Difference
from simulator.ensemble.paired import Paired
from simulator.ensemble.sides import BORROWERS, FIGURES, LENDER, QUINTILES
from simulator.ensemble.statuses import payment_statuses
from simulator.ensemble.tasks import Task

__all__ = [
    "BORROWERS",
    "FIGURES",
    "LENDER",
    "QUINTILES",
    "Against",
    "Comparison",
    "Difference",
    "Paired",
    "Task",
    "compare",
    "payment_statuses",
]
