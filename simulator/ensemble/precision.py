"""How sure an answer shall be: which statistic of which figure, how wide its 95% interval may be, and when to stop.

The rule runs in rounds of seeds. The first has a least number of seeds; from what they say follows how many are needed
(Stein 1945, Annals of Mathematical Statistics 16, 243), those are lived, and it is looked again, until the interval is
narrow enough or the most seeds are lived. Whether a round is the last depends on the seeds in their order alone. Who
stops as soon as an interval looks narrow enough stops too often where luck made it so (Chow and Robbins 1965, same
journal 36, 457; Anscombe 1952): the least number of seeds, and going on to all that the first round asks for, keep
that small.
"""

from __future__ import annotations

import difflib
import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from simulator.ensemble.crossed import Design
from simulator.ensemble.order import UPPER, least_runs
from simulator.ensemble.sides import FIGURES
from simulator.ensemble.statistics import (
    NORMAL,
    TAIL_RUNS,
    Bad,
    Estimated,
    expected_shortfall,
    mean,
    quantile,
    value_at_risk,
)
from simulator.errors import EnsembleError

Statistic = Literal["mean", "quantile", "value_at_risk", "shortfall"]
LEAST, MOST = 20, 1000  # seeds, unless told otherwise
_GROWTH = 1.1  # a further round has at least so many times the seeds of the one before
_WANTED = 'METRIC [q95|var95|es95] SIZE, as in "peak_overdue_30_rate 2%" or "net_loss es95 5%"'
_TAILS: tuple[tuple[str, Statistic], ...] = (("es", "shortfall"), ("var", "value_at_risk"), ("q", "quantile"))


@dataclass(frozen=True)
class Precision:
    """A wanted precision: half the width of the 95% interval of one statistic of one figure.

    `level` is the level of a quantile, a value at risk or an expected shortfall, 0..1; `size` is a share of the value
    where `relative` is true (0.02 for 2%), or else in the figure's own unit.
    """

    metric: str
    statistic: Statistic
    level: float
    size: float
    relative: bool
    text: str

    def estimate(self, values: npt.ArrayLike, design: Design | None = None) -> Estimated:
        """The statistic of the figure's values, with its error."""
        if self.statistic == "mean":
            return mean(values, design)
        if self.statistic == "quantile":
            return quantile(values, self.level, design)
        bad = bad_side(self.metric)
        what = value_at_risk if self.statistic == "value_at_risk" else expected_shortfall
        return what(values, self.level, design, bad=bad)

    def wanted(self, value: float) -> float:
        """Half the width that the interval may have, in the figure's unit."""
        return self.size * abs(value) if self.relative else self.size

    @property
    def least_runs(self) -> int:
        """Runs from which on the interval can be told at all."""
        if self.statistic == "mean":
            return 2
        return (
            math.ceil(TAIL_RUNS / (1.0 - self.level) - 1e-6)
            if self.statistic == "shortfall"
            else least_runs(self.level)
        )

    @property
    def words(self) -> str:
        """The statistic and the figure, for a reader."""
        label = next(metric.label for metric in FIGURES if metric.name == self.metric)
        level = f"{100 * self.level:g}%"
        names = {"mean": "mean", "quantile": f"{level} quantile", "value_at_risk": f"value at risk {level}"}
        return f"{label}, {names.get(self.statistic, f'expected shortfall {level}')}"


@dataclass(frozen=True)
class Round:
    """One round of seeds: how many there were by its end, the value, half its 95% interval, and what is needed.

    `half_width` is NaN while so few runs cannot tell it; `needed` is 0 where no number of seeds would do.
    """

    seeds: int
    value: float
    half_width: float
    wanted: float
    needed: int

    @property
    def reached(self) -> bool:
        """Whether the interval is as narrow as was asked for."""
        return self.half_width <= self.wanted


def bad_side(metric: str) -> Bad:
    """At which end of a figure it is bad: low for a profit, high for everything else."""
    return "low" if any(each.name == metric and each.good == "high" for each in FIGURES) else "high"


def precision_of(text: str) -> Precision:
    """Read "METRIC 2%", "METRIC 0.001", "METRIC q95 3%", "METRIC es95 5%". Raises EnsembleError with what was meant."""
    words = text.split()
    names = [metric.name for metric in FIGURES]
    if len(words) not in (2, 3):
        raise EnsembleError(f"precision {text!r}: {_WANTED} is wanted")
    if words[0] not in names:
        close = difflib.get_close_matches(words[0].lower().replace("-", "_"), names, n=1, cutoff=0.5)
        hint = f"did you mean {close[0]!r}?" if close else "`loanbook list metrics` names them"
        raise EnsembleError(f"precision {text!r}: {words[0]!r} is not a figure; {hint}")
    statistic, level = _statistic(words[1], text) if len(words) == 3 else ("mean", math.nan)
    size, relative = _size(words[-1], text)
    return Precision(words[0], statistic, level, size, relative, " ".join(words))


def _statistic(word: str, text: str) -> tuple[Statistic, float]:
    if word in ("mean", "median"):
        return ("mean", math.nan) if word == "mean" else ("quantile", 0.5)
    for start, statistic in _TAILS:
        if word.startswith(start):
            try:
                level = float(word[len(start) :]) / 100.0
            except ValueError:
                break
            if 0.0 < level < 1.0:
                return statistic, level
            raise EnsembleError(
                f"precision {text!r}: {word!r} is no level; one between 0 and 100 is wanted, as {start}95"
            )
    raise EnsembleError(
        f"precision {text!r}: {word!r} is no statistic; mean, median, q95 (a quantile), var95 (value at risk) "
        "or es95 (expected shortfall) is wanted"
    )


def _size(word: str, text: str) -> tuple[float, bool]:
    relative = word.endswith("%")
    try:
        size = float(word.removesuffix("%")) / (100.0 if relative else 1.0)
    except ValueError:
        size = math.nan
    if not (size > 0.0 and math.isfinite(size)):
        raise EnsembleError(f"precision {text!r}: {word!r} is no size; more than nought is wanted, as 2% or 0.001")
    return size, relative


def seeds_needed(values: npt.ArrayLike, wanted: float) -> int:
    """How many seeds bring half the 95% interval of a mean to `wanted`, by what these independent runs say.

    The smallest n with t(n - 1) s / sqrt(n) <= wanted; 0 where fewer than two runs say nothing.
    """
    told = np.asarray(values, np.float64).reshape(-1)
    if told.size < 2 or not np.isfinite(told).all():
        return 0
    deviation = float(told.std(ddof=1))
    count = max(math.ceil((NORMAL * deviation / wanted) ** 2), 2)  # Student's are never fewer
    while float(stdtrit(count - 1, UPPER)) * deviation > wanted * math.sqrt(count):
        count += 1
    return count


def seeds_for(found: Estimated, seeds: int, wanted: float) -> int:
    """How many seeds bring half the 95% interval to `wanted`; 0 where no number does, since other luck remains.

    More seeds shrink what seeds bring, in proportion to one over their number; worlds and draws stay as they are.
    """
    half, whole = found.half_width, found.standard_error**2
    if math.isnan(half):
        return 2 * seeds
    if half <= 0.0 or whole <= 0.0:
        return seeds
    of_seeds = min(found.by_source.get("sampling", 0.0) ** 2, whole)
    allowed = whole * (wanted / half) ** 2 - (whole - of_seeds)
    return max(math.ceil(seeds * of_seeds / allowed), 2) if allowed > 0.0 else 0


def looked_at(asked: Precision, found: Estimated, seeds: int) -> Round:
    """A round's end: what was found, and how many seeds it says are needed."""
    wanted = asked.wanted(found.value)
    return Round(seeds, found.value, found.half_width, wanted, seeds_for(found, seeds, wanted))


def next_seeds(rounds: list[Round], most: int) -> int:
    """How many seeds the next round ends with; as many as there are where the work is over."""
    last = rounds[-1]
    first = next((each for each in rounds if not math.isnan(each.half_width)), None)
    owed = min(first.needed, most) if first is not None else 0  # all that the first telling round asks for is lived
    if (last.reached and last.seeds >= owed) or math.isnan(last.value):
        return last.seeds
    if last.needed == 0 and not last.reached:
        return last.seeds  # seeds alone will not do it
    grown = owed if last.reached else max(last.needed, owed, math.ceil(last.seeds * _GROWTH))
    return max(min(grown, most), last.seeds)
