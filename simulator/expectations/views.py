"""Views of unemployment to come, as they are held at a month's end: how far from normal it is thought to be."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from simulator.clock import Clock
from simulator.params import TimePath
from simulator.reserves.provisioning import View

Floats = npt.NDArray[np.float64]


def gaps_seen(view: View, month: int, path: Floats, normal: float, clock: Clock, ahead: int) -> Floats:
    """Unemployment less normal, in points: now, and as this view has it for so many months ahead; (ahead + 1,).

    `path` is the economy's by month of the span, percent; `month` -1 is its eve. A path given in the view itself holds
    from its dates; what of the scenario's path lies beyond the span goes back to normal with the view's half-life.
    """
    now = float(path[max(month, 0)]) - normal
    months = np.arange(1, ahead + 1)
    halved = 0.5 ** (months / view.half_life)
    if isinstance(view.unemployment, TimePath):
        gaps = view.unemployment.at_months(clock.month_date(month + 1), ahead) - normal
    elif view.unemployment == "path":
        known = path[month + 1 : month + 1 + ahead] - normal
        last = float(known[-1]) if known.size else now
        gaps = np.concatenate([known, last * halved[: ahead - known.size]])
    else:
        gaps = now * halved
    rise = np.minimum(months / view.months_to_peak, 1.0)
    fall = 0.5 ** (np.maximum(months - view.months_to_peak, 0) / view.half_life)
    return np.concatenate([[now], gaps + view.points * rise * fall])
