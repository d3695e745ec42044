"""From lives to expectations: what is lost on accounts that stand as these do, learnt from simulated futures."""

from simulator.expectations.answer import Answer
from simulator.expectations.cells import GROUP_NAMES, PROBABILITY_STATES, STATES, Bands, Layout
from simulator.expectations.expectations import Expectations, Expected, Rates, learnt
from simulator.expectations.gone import Gone, Lost
from simulator.expectations.standing import Standing, standing
from simulator.expectations.study import Life, Plan, baseline_lives, check, layouts_of, stressed_lives, warmed_up
from simulator.expectations.tagging import Followed, Follower, Watch
from simulator.expectations.terms import YEAR, Terms, terms_of
from simulator.expectations.views import gaps_seen

__all__ = [
    "GROUP_NAMES",
    "PROBABILITY_STATES",
    "STATES",
    "YEAR",
    "Answer",
    "Bands",
    "Expectations",
    "Expected",
    "Followed",
    "Follower",
    "Gone",
    "Layout",
    "Life",
    "Lost",
    "Plan",
    "Rates",
    "Standing",
    "Terms",
    "Watch",
    "baseline_lives",
    "check",
    "gaps_seen",
    "layouts_of",
    "learnt",
    "standing",
    "stressed_lives",
    "terms_of",
    "warmed_up",
]
