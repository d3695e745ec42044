"""What of a scenario was fitted to history: each estimate with its interval and prior, and how far the model errs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from simulator.params import DateOf, Frozen, param
from simulator.scenario.walk import children

if TYPE_CHECKING:
    from simulator.scenario.model import Scenario

REACH = 1.6448536269514722  # standard deviations from the middle of a normal to the end of its 90% interval
SAME = 1e-9  # a value that differs by a smaller share is the fitted one


class Estimate(Frozen):
    """One fitted parameter: its value, how sure it is, what was believed before, and which of the two set it."""

    value: float = param(..., "the fitted value, in the parameter's own unit")
    standard_error: float = param(..., "its standard error", ge=0)
    low: float = param(..., "lower end of its 90% interval")
    high: float = param(..., "upper end of its 90% interval")
    prior_low: float = param(..., "lower end of the prior's 90% interval")
    prior_high: float = param(..., "upper end of the prior's 90% interval")
    source: str = param(..., "where the prior comes from")
    set_by: Literal["data", "prior"] = param(..., "what set the value: the data, or the prior")

    @model_validator(mode="after")
    def _in_order(self) -> Estimate:
        for low, high, what in ((self.low, self.high, "interval"), (self.prior_low, self.prior_high, "prior")):
            if low > high:
                told = {"why": f"the {what} runs from {low:g} to {high:g}; the lower end comes first"}
                raise PydanticCustomError("fit_interval", "{why}", told)
        return self


class ModelError(Frozen):
    """How far a series of the fitted model strays from history: size, and how much of it lasts to the next period."""

    standard_deviation: float = param(..., "standard deviation of observed less fitted, in the measure's unit", ge=0)
    persistence: float = param(0.0, "correlation of one period's error with the next one's", ge=-1, lt=1)


class Fit(Frozen):
    """A calibration as a scenario carries it: `loanbook calibrate` writes it, the back-test's band is made from it."""

    targets: str = param("", "name of the file of targets it was fitted to")
    first: DateOf = param(..., "first month of the data it was fitted to", key="from")
    last: DateOf = param(..., "last month of the data it was fitted to", key="to")
    model_error: dict[str, ModelError] = param({}, "by measure: how far the fitted model strays from history")
    parameters: dict[str, Estimate] = param({}, "by key path in the scenario: the estimates")
    correlations: dict[str, float] = param({}, "of the errors of two estimates, written path / path; others are nought")

    @model_validator(mode="after")
    def _consistent(self) -> Fit:
        if self.last < self.first:
            raise _wrong(f"fitted from {self.first:%Y-%m} to {self.last:%Y-%m}; the first month comes first")
        for pair, value in self.correlations.items():
            names = pair.split(" / ")
            unknown = [name for name in names if name not in self.parameters]
            if len(names) != 2 or names[0] == names[1] or unknown:
                raise _wrong(f"{pair!r} under correlations; two of the fitted parameters are wanted, as a / b")
            if not -1 <= value <= 1:
                raise _wrong(f"{value:g} for {pair} under correlations; from -1 to 1 is wanted")
        return self

    def correlation(self, one: str, other: str) -> float:
        """The correlation of the errors of two estimates; nought where none is given."""
        if one == other:
            return 1.0
        return self.correlations.get(f"{one} / {other}", self.correlations.get(f"{other} / {one}", 0.0))

    def in_force(self, scenario: Scenario) -> dict[str, Estimate]:
        """The estimates whose fitted value the scenario still has; one that was set otherwise is no longer fitted."""
        found = {}
        for path, estimate in self.parameters.items():
            value = _number_at(scenario, path)
            if value is not None and abs(value - estimate.value) <= SAME * max(abs(estimate.value), 1e-300):
                found[path] = estimate
        return found


def _number_at(scenario: Scenario, path: str) -> float | None:
    """The number under a key path such as world.shocks.expense.incidence; None where there is none."""
    node: Any = scenario
    for key in path.split("."):
        node = children(node).get(key)
    if hasattr(node, "dates") and not node.dates:  # a path over time that never changes
        node = node.baseline
    return float(node) if isinstance(node, (int, float)) and not isinstance(node, bool) else None


def _wrong(why: str) -> PydanticCustomError:
    return PydanticCustomError("fit", "{why}", {"why": why})
