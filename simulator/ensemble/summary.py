"""An ensemble in figures: each with its mean, quantiles, tail and parts of variance, each of these with its error."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.ensemble.crossed import Design, design_of, member_weights, weighted_mean
from simulator.ensemble.measures import FAN
from simulator.ensemble.order import quantile_of
from simulator.ensemble.precision import bad_side
from simulator.ensemble.result import Ensemble
from simulator.ensemble.sides import FIGURES
from simulator.ensemble.statistics import Estimated, expected_shortfall, mean, quantile, value_at_risk
from simulator.ensemble.variance import decomposition

if TYPE_CHECKING:
    import pandas as pd

LEVELS = (0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)
TAILS = (0.9, 0.95, 0.99)  # levels of value at risk and expected shortfall


def design(found: Ensemble) -> Design:
    """How the runs of an ensemble are crossed."""
    return design_of(found.shape, found.weights, [world.drawn for world in found.worlds])


def statistics_of(found: Ensemble, name: str) -> list[tuple[str, float, Estimated]]:
    """Mean, quantiles, values at risk and expected shortfalls of a figure: (statistic, level, what was estimated)."""
    values, crossed, bad = found.figures[name], design(found), bad_side(name)
    return [
        ("mean", math.nan, mean(values, crossed)),
        *(("quantile", level, quantile(values, level, crossed)) for level in LEVELS),
        *(("value_at_risk", level, value_at_risk(values, level, crossed, bad=bad)) for level in TAILS),
        *(("expected_shortfall", level, expected_shortfall(values, level, crossed, bad=bad)) for level in TAILS),
    ]


def quantile_table(found: Ensemble) -> pd.DataFrame:
    """One row a figure and statistic: value, standard error in all and by source, 95% interval; as quantiles.csv."""
    import pandas as pd

    currency, rows = found.scenario.lender.currency, []
    for metric in FIGURES:
        if np.isnan(found.figures[metric.name]).all():
            continue
        for statistic, level, told in statistics_of(found, metric.name):
            rows.append(
                {
                    "metric": metric.name,
                    "statistic": statistic,
                    "level": level,
                    "value": told.value,
                    "standard_error": told.standard_error,
                    "low": told.low,
                    "high": told.high,
                    "standard_error_sampling": told.by_source.get("sampling", math.nan),
                    "standard_error_world": told.by_source.get("world", math.nan),
                    "standard_error_parameters": told.by_source.get("parameters", math.nan),
                    "unit": metric.unit_in(currency),
                    "label": metric.label,
                    "note": told.note,
                }
            )
    return pd.DataFrame(rows)


def fan_table(found: Ensemble) -> pd.DataFrame:
    """One row a measure and month: mean and quantiles over all runs; as fan.csv."""
    import pandas as pd

    crossed, currency, rows = design(found), found.scenario.lender.currency, []
    weights = member_weights(crossed).reshape(-1)
    for measure in FAN:
        lines = found.paths[measure.name]
        for place, month in enumerate(found.months):
            values = lines[..., place]
            row: dict[str, Any] = {"measure": measure.name, "month": str(month), "mean": math.nan}
            if np.isfinite(values).all():
                order = np.argsort(values, axis=None, kind="stable")
                ordered, own = values.reshape(-1)[order], weights[order]
                row["mean"] = weighted_mean(values, crossed)
                row |= {f"q{100 * level:g}": quantile_of(ordered, own, level) for level in LEVELS}
            rows.append({**row, "unit": measure.unit_in(currency)})
    return pd.DataFrame(rows)


def summary(found: Ensemble) -> dict[str, Any]:
    """The ensemble for a machine, as ensemble.json: what was asked and reached, and every figure with its errors."""
    crossed, currency = design(found), found.scenario.lender.currency
    figures: dict[str, Any] = {}
    for metric in FIGURES:
        values = found.figures[metric.name]
        if np.isnan(values).all():
            continue
        shares = {
            part.source: {
                "share": _plain(part.share),
                "standard_error": _plain(part.standard_error),
                "standard_deviation": _plain(part.deviation),
            }
            for part in decomposition(values, crossed)
        }
        told = {
            _key(statistic, level): _estimated(each) for statistic, level, each in statistics_of(found, metric.name)
        }
        figures[metric.name] = {
            "label": metric.label,
            "unit": metric.unit_in(currency),
            "bad": bad_side(metric.name),
            **told,
            "variance_shares": shares,
        }
    return {
        "scenario": found.scenario.name,
        "seed": found.scenario.seed,
        "seeds": len(found.seeds),
        "worlds": [{"name": each.name, "weight": each.weight, "drawn": each.drawn} for each in found.worlds],
        "parameter_draws": [{"name": each.name, "values": each.values} for each in found.draws],
        "runs": found.runs,
        "borrowers": found.scenario.book.borrowers,
        "months": len(found.months),
        "precision": _asked(found),
        "figures": figures,
    }


def _asked(found: Ensemble) -> dict[str, Any] | None:
    """The precision that was asked for, the rounds, and whether it was reached."""
    if found.asked is None or not found.rounds:
        return None
    return {
        "asked": found.asked.text,
        "reached": found.rounds[-1].reached,
        "most": found.most,
        "rounds": [
            {
                "seeds": each.seeds,
                "value": _plain(each.value),
                "half_width": _plain(each.half_width),
                "wanted": _plain(each.wanted),
                "seeds_needed": each.needed or None,
            }
            for each in found.rounds
        ],
    }


def _key(statistic: str, level: float) -> str:
    short = {"quantile": "q", "value_at_risk": "var", "expected_shortfall": "es"}
    return statistic if statistic == "mean" else f"{short[statistic]}{100 * level:g}"


def _estimated(told: Estimated) -> dict[str, Any]:
    return {
        "value": _plain(told.value),
        "standard_error": _plain(told.standard_error),
        "low": _plain(told.low),
        "high": _plain(told.high),
        "standard_error_by_source": {source: _plain(error) for source, error in told.by_source.items()},
        **({"note": told.note} if told.note else {}),
    }


def _plain(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
