"""Grids, Sobol and Latin-hypercube designs over keys of a scenario: what each key does to its figures, how surely."""

from simulator.sweeps.design import KINDS, Design, design
from simulator.sweeps.effects import At, Effect, End
from simulator.sweeps.estimate import Estimate
from simulator.sweeps.from_file import design_of_file
from simulator.sweeps.indices import WORDS, Index, Noise
from simulator.sweeps.keys import Key, keys_of, short_names, shown_value, value_with_unit
from simulator.sweeps.plan import HEADLINE, MOST_RUNS, Plan, duration, metrics_of, plan
from simulator.sweeps.swept import Sweep, live, sweep, told

__all__ = [
    "HEADLINE",
    "KINDS",
    "MOST_RUNS",
    "WORDS",
    "At",
    "Design",
    "Effect",
    "End",
    "Estimate",
    "Index",
    "Key",
    "Noise",
    "Plan",
    "Sweep",
    "design",
    "design_of_file",
    "duration",
    "keys_of",
    "live",
    "metrics_of",
    "plan",
    "short_names",
    "shown_value",
    "sweep",
    "told",
    "value_with_unit",
]
