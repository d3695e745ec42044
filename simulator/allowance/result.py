"""The answer of `loanbook reserve`: tables of stock, walk, charge, ratios, capital, and how often it is enough."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from simulator.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

    from simulator.expectations import Expectations


@dataclass
class ReserveResult:
    """Reserves of one scenario; money in currency units, months as month ends, the first the eve of the span.

    months: month, segment, rule, label (stage or class; "all"), accounts, balance, undrawn, allowance, coverage; the
        rows of label "all" of segment "all" hold the overlays too
    walk: month, segment, rule, item, amount; opening and closing among the items
    charge: month, segment, rule, charge to profit and loss
    overlays: month, rule, name, amount
    ratios: month, npl_ratio, coverage_ratio, loans_ratio, and whether each floor holds
    capital: month, product, exposure, defaulted, default_probability, loss_given_default, risk_weighted, requirement,
        expected_loss
    enough: rule, horizon, paths, allowance, mean_loss, covered with its standard error, needed_50 to needed_99
    timing: rule, month, allowance, share of the balance; and charge-offs
    sensitivity: month, changed, to, rule, allowance, would_be, change
    methods: product, method, allowance, rests_on
    nested: view, horizon, by_cells, simulated, standard_error
    term_structures: as `Expectations.frame` gives them, with every view as it stands on the eve
    beside: item, amount by rule: from another scenario's allowance to this one's, where one was given
    """

    scenario: Scenario
    rule: str
    expectations: Expectations
    months: pd.DataFrame
    walk: pd.DataFrame
    charge: pd.DataFrame
    overlays: pd.DataFrame
    ratios: pd.DataFrame
    capital: pd.DataFrame
    enough: pd.DataFrame
    timing: pd.DataFrame
    sensitivity: pd.DataFrame
    methods: pd.DataFrame
    nested: pd.DataFrame
    panel: pd.DataFrame
    term_structures: pd.DataFrame | None = None
    beside: pd.DataFrame | None = None
    beside_name: str = ""
    losses: list[float] = field(default_factory=list)  # net, of the next twelve months, by path, for pictures
    weights: list[float] = field(default_factory=list)  # of the paths
    notes: list[str] = field(default_factory=list)
    provenance: dict[str, Any] = field(default_factory=dict)
