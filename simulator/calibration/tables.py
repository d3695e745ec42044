"""A calibration as tables: the estimates, every value beside what was observed, every point that was tried."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from simulator.calibration.fit import Calibration


def estimates_frame(found: Calibration) -> pd.DataFrame:
    """One row a parameter: value, standard error, 90% interval, prior, what the data did, source."""
    import pandas as pd

    rows = [
        {
            "parameter": one.parameter.path,
            "value": one.value,
            "standard_error": one.standard_error,
            "low": one.low,
            "high": one.high,
            "prior_low": one.parameter.prior_low,
            "prior_high": one.parameter.prior_high,
            "start": one.parameter.start,
            "transform": one.parameter.transform,
            "moved": one.moved,
            "narrowed": one.narrowed,
            "set_by": one.set_by,
            "at_bound": one.at_bound,
            "source": one.parameter.source,
        }
        for one in found.estimates.each
    ]
    return pd.DataFrame(rows)


def values_frame(found: Calibration) -> pd.DataFrame:
    """One row a value: target, what or when it is, whether fitted or held out, observed, at the start, fitted."""
    import pandas as pd

    rows = []
    for block, part in zip(found.blocks, found.objective.slices, strict=True):
        columns = (found.start.mean[part], found.best.mean[part], found.best.by_seed[:, part].std(axis=0))
        for number, (label, seen) in enumerate(zip(block.labels, block.observed, strict=True)):
            begin, fitted, spread = (float(column[number]) for column in columns)
            rows.append(
                {
                    "target": block.name,
                    "measure": block.measure,
                    "label": label,
                    "date": block.dates[number].isoformat() if block.dates else "",
                    "role": "fitted" if block.fitted[number] else "held out",
                    "observed": float(seen),
                    "at_start": begin,
                    "fitted": fitted,
                    "over_seeds": spread,
                    "residual": float(seen) - fitted,
                }
            )
    return pd.DataFrame(rows)


def tried_frame(found: Calibration) -> pd.DataFrame:
    """One row a point that was evaluated, in order: its objective and its values."""
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for number, (z, objective) in enumerate(found.tried, start=1):
        values = {one.path: one.value(float(at)) for one, at in zip(found.parameters, z, strict=True)}
        rows.append({"evaluation": number, "objective": objective, **values})
    return pd.DataFrame(rows)


def as_json(found: Calibration) -> dict[str, Any]:
    """The answer for a machine."""
    first, last = found.window
    estimates = estimates_frame(found).set_index("parameter")
    return {
        "scenario": found.scenario.name,
        "targets": found.file.name,
        "from": f"{first:%Y-%m}",
        "to": f"{last:%Y-%m}",
        "objective": found.best.objective,
        "objective_at_start": found.start.objective,
        "misfit": found.best.misfit,
        "at_rest": found.at_rest,
        "parameters": {
            str(name): {key: _plain(value) for key, value in row.items()} for name, row in estimates.iterrows()
        },
        "scores": {
            name: {
                "unit": score.unit,
                "values": score.values,
                "rmse": score.rmse,
                "bias": score.bias,
                "held_out": score.held_out,
                "hold_out_rmse": _plain(score.hold_out_rmse),
                "hold_out_bias": _plain(score.hold_out_bias),
                "model_error": score.model_error.model_dump() if score.model_error is not None else None,
            }
            for name, score in found.scores.items()
        },
        "singular_values": [float(value) for value in found.estimates.singular_values],
        "identifiability": found.estimates.words,
        "noise": {
            noise.where: {"misfit": noise.misfit, "added": noise.added, "spread": noise.spread, "share": noise.share}
            for noise in (found.noise_at_start, found.noise_at_best)
        },
        "warnings": found.warnings,
        "time": {
            key: found.provenance[key]
            for key in ("evaluations", "runs_made", "runs_kept_from_before", "duration_seconds", "engine_seconds")
        },
    }


def _plain(value: Any) -> Any:
    if isinstance(value, (np.generic,)):
        value = value.item()
    return None if isinstance(value, float) and np.isnan(value) else value
