"""A limit: a figure of the book, a sense, and a value that it may not reach or pass."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator.errors import ReverseError
from simulator.metrics import METRICS, Metric
from simulator.scenario.words import did_you_mean

Floats = npt.NDArray[np.float64]
SIGNS = (">=", "<=", ">", "<")
IN_WORDS = {">=": "at least", ">": "above", "<=": "at most", "<": "below"}
_SHAPE = re.compile(r"^\s*([\w.]+)\s*(>=|<=|==|=|>|<)\s*(\S+?)\s*(%?)\s*$")
_WANTED = 'METRIC >= VALUE is wanted (or >, <=, <), as "cumulative_charge_off_rate >= 10%"'


@dataclass(frozen=True)
class Limit:
    """A limit on one figure of the whole book; it is broken where `figure sign value` is true."""

    metric: Metric
    sign: str
    value: float

    @property
    def harder(self) -> float:
        """1 where larger figures break the limit, -1 where smaller ones do."""
        return 1.0 if self.sign in (">=", ">") else -1.0

    @property
    def text(self) -> str:
        """As it may be written again."""
        return f"{self.metric.name} {self.sign} {self.value:.12g}"

    def broken(self, figure: float) -> bool:
        """Whether a figure breaks the limit."""
        beyond = self.beyond(figure)
        return beyond > 0 or (beyond == 0 and self.sign in (">=", "<="))

    def beyond(self, figure: float) -> float:
        """How far a figure lies beyond the limit; negative on the safe side."""
        return self.harder * (figure - self.value)


def limit_of(text: str) -> Limit:
    """A limit as it is written: `cumulative_charge_off_rate >= 0.10`, `profit < 0`, `peak_overdue_30_rate > 8%`.

    The figures are those of every run (`loanbook list metrics`). Raises ReverseError with what is accepted.
    """
    if re.search(r"\s(and|or)\s|[&|,;]\s", text):
        raise ReverseError(f"--until {text!r}: one limit at a time; {_WANTED}")
    found = _SHAPE.match(text)
    if not found:
        raise ReverseError(f"--until {text!r}: {_WANTED}")
    name, sign, number, percent = found.groups()
    if sign not in SIGNS:
        raise ReverseError(f"--until {text!r}: {sign!r} is no limit; {_WANTED}")
    known = {metric.name: metric for metric in METRICS}
    if name not in known:
        meant = did_you_mean(name, known) or f"; accepted are {', '.join(known)}"
        raise ReverseError(f"--until {text!r}: {name!r} is not a metric{meant}")
    return Limit(known[name], sign, _value(text, known[name], number, bool(percent)))


def _value(text: str, metric: Metric, number: str, percent: bool) -> float:
    try:
        value = float(number.replace("_", ""))
    except ValueError:
        raise ReverseError(f"--until {text!r}: {number!r} is not a number; {_WANTED}") from None
    if not math.isfinite(value):
        raise ReverseError(f"--until {text!r}: a finite number is wanted")
    share = metric.unit.startswith("share")
    if percent and not share:
        told = f"{metric.name} is counted in {metric.unit}; a percent sign belongs to shares"
        raise ReverseError(f"--until {text!r}: {told}")
    if share and not percent and abs(value) > 1:
        told = f"{metric.name} is a {metric.unit}, and {value:g} would be {value * 100:g}%"
        raise ReverseError(f"--until {text!r}: {told}; write {value:g}% or {value / 100:g}, or with a percent sign")
    return float(f"{value / 100:.15g}") if percent else value
