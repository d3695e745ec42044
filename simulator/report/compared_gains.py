"""What each side gains a year: differences turned so that more is better, over the base's borrowers."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.ensemble import Against, Comparison, Paired


@dataclass(frozen=True)
class Gain:
    """A figure whose difference is a gain or a loss of one side.

    `turn` is 1 where more is better and -1 where less is; `each` is the number of borrowers it is told for.
    The words are for a sentence: who, and what happens with a gain, a loss, or neither.
    """

    metric: str
    turn: int
    each: int
    digits: int
    heading: str
    who: str
    more: str
    less: str
    same: str

    def label(self, currency: str) -> str:
        """For an axis or a heading, with the unit."""
        unit = f"{currency} " if "{currency}" in self.more else ""
        each = "borrower" if self.each == 1 else f"{self.each:,} borrowers"
        return f"{self.heading},\n{unit}per {each} and year"


PROFIT = Gain(
    "profit",
    1,
    1,
    2,
    "profit gained by the lender",
    "the lender",
    "earns {size} {currency} more a borrower",
    "earns {size} {currency} less a borrower",
    "earns the same",
)
MONEY = Gain(
    "cost_to_borrowers",
    -1,
    1,
    2,
    "gain of borrowers in money",
    "borrowers",
    "save or are given {size} {currency} each",
    "pay {size} {currency} more each",
    "pay the same",
)
ARREARS = Gain(
    "months_in_arrears",
    -1,
    1000,
    1,
    "months in arrears avoided",
    "of 1,000 borrowers,",
    "{size} fewer months are spent in arrears",
    "{size} more months are spent in arrears",
    "no month more or less is spent in arrears",
)
DEFAULTS = Gain(
    "defaults",
    -1,
    1000,
    2,
    "defaults avoided",
    "of 1,000 borrowers,",
    "{size} fewer default",
    "{size} more default",
    "no more and no fewer default",
)

GAINS = (PROFIT, MONEY, ARREARS, DEFAULTS)
FIFTH_GAINS = (MONEY, ARREARS, DEFAULTS, PROFIT)


def gain_of(comparison: Comparison, other: Against, gain: Gain, segment: str = "all") -> Paired:
    """The paired difference as a gain a year, for so many of the base's borrowers in that segment."""
    found = other.figures[segment, gain.metric]
    there = other.figures[segment, "borrowers"].base
    years = comparison.base.span.months / 12
    scale = gain.turn * gain.each / (there * years) if there > 0 else float("nan")
    size = abs(scale)
    ends = sorted((found.low * scale, found.high * scale))
    return Paired(
        found.base * size,
        found.other * size,
        found.difference * scale + 0.0,
        found.standard_error * size,
        ends[0],
        ends[1],
        found.standard_error_independent * size,
    )
