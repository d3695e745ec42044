"""Which uncertainty matters how much: the variance of the runs shared out among luck, world and parameters."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator.ensemble.crossed import SOURCES, Design, components

Floats = npt.NDArray[np.float64]
GROUPS = 20  # at most so many groups of levels are left out in turn, for each source
TOGETHER = "together"


@dataclass(frozen=True)
class Share:
    """One part of the variance of the runs: as a share of the whole and as a standard deviation, with its error.

    The share is unbiased and may come out below nought: then it is too small to be told from nothing. The standard
    deviation is then 0.
    """

    source: str  # sampling, world, parameters, or together
    share: float
    standard_error: float
    deviation: float


def decomposition(values: npt.ArrayLike, design: Design) -> list[Share]:
    """What sampling, world and parameters each bring to the variance of one figure, and what acts together.

    `values` is a table of worlds x draws x seeds. The parts are the components of the crossed random-effects analysis
    of variance by expected mean squares (`crossed.components`); `together` holds all interactions, so that the shares
    sum to one. Sources with a single level have no part. The standard errors are by the jackknife: levels of each
    source left out in turn, in at most 20 groups, the variances of the sources added (Efron and Stein 1981, Annals of
    Statistics 9, 586). Empty where the runs do not vary or a figure cannot be formed.
    """
    table = np.asarray(values, np.float64)
    whole = _parts(table, design)
    if not whole:
        return []
    variance = dict.fromkeys(whole, 0.0)
    for number, axis in enumerate(design):
        if axis.levels < 3:
            continue
        groups = np.array_split(np.arange(axis.levels), min(axis.levels, GROUPS))
        found = [_without(table, design, number, group) for group in groups]
        for source in whole:
            shares = np.array([_share(each, source) for each in found])
            variance[source] += float((len(groups) - 1) / len(groups) * np.square(shares - shares.mean()).sum())
    told = math.nan if all(axis.levels < 3 for axis in design) else None
    return [
        Share(source, _share(whole, source), told or math.sqrt(variance[source]), math.sqrt(max(part, 0.0)))
        for source, part in whole.items()
    ]


def _without(table: Floats, design: Design, number: int, group: npt.NDArray[np.intp]) -> dict[str, float]:
    axes = list(design)
    axes[number] = axes[number].without(group)
    return _parts(np.delete(table, group, number), (axes[0], axes[1], axes[2]))


def _parts(table: Floats, design: Design) -> dict[str, float]:
    """Variances by source and together; nothing where there is no variance to share out."""
    if not np.isfinite(table).all() or np.ptp(table) == 0.0:
        return {}
    scale = float(np.abs(table - table.mean()).max())
    found = {names: scale**2 * part for names, part in components((table - table.mean()) / scale, design).items()}
    if sum(found.values()) <= 0.0:
        return {}
    parts = {source: found[source,] for source in reversed(SOURCES) if (source,) in found}
    if len(parts) > 1:
        parts[TOGETHER] = sum(part for names, part in found.items() if len(names) > 1)
    return parts


def _share(parts: dict[str, float], source: str) -> float:
    return parts[source] / sum(parts.values()) if parts else math.nan
