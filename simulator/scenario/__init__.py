"""A scenario: a book, a world and a lender over a span of months, read from YAML and checked."""

from simulator.economy import Economy
from simulator.scenario.agenda import calendar
from simulator.scenario.fit import Estimate, Fit, ModelError
from simulator.scenario.loading import from_dict, load
from simulator.scenario.merge import shipped_scenarios
from simulator.scenario.model import BookPlan, Lender, Scenario, Span, World
from simulator.scenario.shocked import has_shocks
from simulator.scenario.variant import value_at, variant
from simulator.scenario.written import fingerprint, schema, to_yaml

__all__ = [
    "BookPlan",
    "Economy",
    "Estimate",
    "Fit",
    "Lender",
    "ModelError",
    "Scenario",
    "Span",
    "World",
    "calendar",
    "fingerprint",
    "from_dict",
    "has_shocks",
    "load",
    "schema",
    "shipped_scenarios",
    "to_yaml",
    "value_at",
    "variant",
]
