"""Capital: what must be held against losses beyond the expected, by rule and by simulated distribution."""

from simulator.capital.absorption import Absorption, absorb
from simulator.capital.credit_risk_plus import (
    Sector,
    loss_distribution,
    quantile_of,
    relative_variance,
    unexpected_loss,
)
from simulator.capital.irb import CLASSES, Corporate, asset_correlation, capital_requirement, expected_loss, risk_weight
from simulator.capital.one_factor import (
    default_correlation,
    default_rate_deviation,
    default_rate_quantile,
    fitted_correlation,
    joint_default,
)
from simulator.capital.standardised import credit_conversion, standardised_weight

__all__ = [
    "CLASSES",
    "Absorption",
    "Corporate",
    "Sector",
    "absorb",
    "asset_correlation",
    "capital_requirement",
    "credit_conversion",
    "default_correlation",
    "default_rate_deviation",
    "default_rate_quantile",
    "expected_loss",
    "fitted_correlation",
    "joint_default",
    "loss_distribution",
    "quantile_of",
    "relative_variance",
    "risk_weight",
    "standardised_weight",
    "unexpected_loss",
]
