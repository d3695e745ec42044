"""A back-test as plain values: what `--json` prints and backtest.json holds, and its series as a table."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from simulator.calibration.backtest import Backtest
from simulator.calibration.baselines import Baseline, Regression

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]
FITTED_ON = ("before", "within")


def summary_of(found: Backtest) -> dict[str, Any]:
    """Every figure of a back-test as numbers, texts, lists and maps; what cannot be formed is None, never NaN."""
    close, window = found.closeness, found.window
    body = {
        "scenario": found.scenario.name,
        "measure": found.measure.text,
        "unit": found.measure.unit,
        "frequency": window.frequency,
        "from": window.first,
        "to": window.last,
        "quarters": len(found.dates),
        "rmse": close.rmse,
        "bias": close.bias,
        "peak": close.peak,
        "peak_date": close.peak_date,
        "observed_peak": close.observed_peak,
        "observed_peak_date": close.observed_peak_date,
        "cumulative": close.cumulative,
        "observed_cumulative": close.observed_cumulative,
        "correlation": close.correlation,
        "correlation_of_yearly_changes": close.correlation_of_yearly_changes,
        "yearly_changes": close.yearly_changes,
        "coverage_90": found.coverage_90,
        "noise": noise(found),
        "noise_largest": None if found.noise is None else float(found.noise[found.judged].max()),
        "baselines": {name: _baseline(each) for name, each in found.baselines.items()},
        "band": band_parts(found),
        "skipped": list(window.skipped),
        "missing": list(found.missing),
        "blank": found.blank,
        "seeds": len(found.seeds),
        "first_seed": found.seeds[0],
        "draws": found.draws,
        "borrowers": found.scenario.book.borrowers,
        "notes": found.notes,
        "series": series_frame(found).to_dict("records"),
    }
    plain: dict[str, Any] = _plain(body)
    return plain


def noise(found: Backtest) -> float | None:
    """The standard error of the mean over seeds, as a root mean square over the judged periods."""
    return None if found.noise is None else _size(found.noise[found.judged])


def band_parts(found: Backtest) -> dict[str, float | None]:
    """Standard deviations that the band is made of, as root mean squares over the judged periods."""
    band = found.band
    parameters = None if band is None or band.parameters is None else _size(band.parameters[found.judged])
    return {
        "sampling": None if band is None or len(found.seeds) < 2 else _size(band.sampling[found.judged]),
        "parameters": parameters,
        "model_error": None if band is None else band.model,
    }


def series_frame(found: Backtest) -> pd.DataFrame:
    """One row a period of the window: observed, predicted, the band, and why a period is not judged.

    `noise` is the standard error of the prediction over the seeds; a column for each regression holds what it said.
    """
    import pandas as pd

    nothing = np.full(len(found.periods), math.nan)
    band, skipped = found.band, set(found.window.skipped)
    columns: dict[str, Any] = {
        "date": list(found.periods),
        "observed": found.observed,
        "predicted": found.predicted,
        "low": nothing if band is None else band.low,
        "high": nothing if band is None else band.high,
        "noise": nothing if found.noise is None else found.noise,
        "skipped": [period in skipped for period in found.periods],
    }
    for name, baseline in found.baselines.items():
        for fitted_on in FITTED_ON:
            regression: Regression | None = getattr(baseline, fitted_on, None)
            said = {} if regression is None else regression.predicted
            columns[f"{name}_{fitted_on}"] = [said.get(period, math.nan) for period in found.periods]
    return pd.DataFrame(columns)


def _baseline(baseline: Baseline | None) -> dict[str, Any] | None:
    if baseline is None:
        return None
    return {name: _regression(getattr(baseline, name)) for name in FITTED_ON} | {"why_not": baseline.why_not}


def _regression(regression: Regression | None) -> dict[str, Any] | None:
    if regression is None:
        return None
    names = ("rmse", "bias", "coefficients", "quarters", "judged")
    return {name: getattr(regression, name) for name in names}


def _size(values: Floats) -> float:
    return math.sqrt(float(np.mean(values**2)))


def _plain(value: Any) -> Any:
    """Dates as text, numbers of NumPy as Python's, NaN as None, all the way down."""
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (float, np.floating)):
        return float(value) if math.isfinite(value) else None
    return value
