"""Many runs over workers: scenarios with the same luck side by side, and distributions of what may come."""

from simulator.ensemble.comparison import Against, Comparison, compare
from simulator.ensemble.differences import Difference
from simulator.ensemble.live import distribution
from simulator.ensemble.measures import FAN, Measure
from simulator.ensemble.paired import Paired
from simulator.ensemble.precision import Precision, Round, precision_of, seeds_needed
from simulator.ensemble.result import Ensemble, ParameterDraw, World
from simulator.ensemble.sides import BORROWERS, FIGURES, LENDER, QUINTILES
from simulator.ensemble.statistics import Estimated, expected_shortfall, mean, quantile, value_at_risk
from simulator.ensemble.statuses import payment_statuses
from simulator.ensemble.tasks import Task
from simulator.ensemble.variance import Share, decomposition

__all__ = [
    "BORROWERS",
    "FAN",
    "FIGURES",
    "LENDER",
    "QUINTILES",
    "Against",
    "Comparison",
    "Difference",
    "Ensemble",
    "Estimated",
    "Measure",
    "Paired",
    "ParameterDraw",
    "Precision",
    "Round",
    "Share",
    "Task",
    "World",
    "compare",
    "decomposition",
    "distribution",
    "expected_shortfall",
    "mean",
    "payment_statuses",
    "precision_of",
    "quantile",
    "seeds_needed",
    "value_at_risk",
]
