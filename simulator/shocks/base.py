"""What every shock is: dated, aimed, shaped over time, and of a severity; it writes only the columns it names."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from simulator.block import Block
from simulator.cycle import Cycle, Weather
from simulator.draws import Floats, Rows
from simulator.params import DateOf, Frozen, TimePath, param
from simulator.target import Target

MONTH = 30.4375  # days


@dataclass(frozen=True)
class JobsAtRisk:
    """People in some state lose their job more often than others: how often, and what share of all are so."""

    spells: np.uint8  # the state, bits of the column `spells`
    times: float  # as likely as others to lose the job
    share: float  # of people expected in that state, from the parameters alone


class Shock(Frozen):
    """Something that befalls borrowers. Without `starts` it is part of the background and always there."""

    writes: ClassVar[tuple[str, ...]] = ()  # the columns this kind of shock may write
    own: ClassVar[dict[str, type[np.generic]]] = {}  # columns it keeps for itself, in `block.own["NAME.column"]`
    strikes: ClassVar[bool] = True  # whether it strikes persons; what reaches all through the weather does not
    kind: str
    starts: DateOf | None = param(None, "first day; left out: always there, in the baseline world too")
    ends: DateOf | None = param(None, "last day; left out: it stays")
    where: Target | None = param(None, "whom it may strike; left out: everybody")
    profile: Literal["step", "ramp", "pulse"] | TimePath = param(
        "step",
        "strength over time: step, ramp (rises from start to end, then stays), pulse (up and down again), or a path",
    )
    severity: float = param(1.0, "multiplies its chance to strike; 0 is no shock", ge=0, le=1000)

    def strength(self, date: dt.date) -> float:
        """Profile times severity on a date; a dated shock is nought outside its dates."""
        if isinstance(self.profile, TimePath):
            inside = self.starts is None or self.starts <= date
            inside = inside and (self.ends is None or date <= self.ends)
            return self.profile.at(date) * self.severity if inside else 0.0
        if self.starts is None:
            return self.severity if self.ends is None or date <= self.ends else 0.0
        if date < self.starts:
            return 0.0
        if self.profile == "ramp" and self.ends is not None:
            whole = max((self.ends - self.starts).days, 1)
            return self.severity * min((date - self.starts).days / whole, 1.0)
        if self.ends is not None and date > self.ends:
            return 0.0
        if self.profile == "pulse" and self.ends is not None:
            whole = max((self.ends - self.starts).days, 1)
            return self.severity * (1.0 - abs(2.0 * (date - self.starts).days / whole - 1.0))
        return self.severity

    def mean_strength(self, first: dt.date, last: dt.date) -> float:
        """Its strength over some days, both ends counted: a shock of ten days strikes a month with a third of it."""
        if isinstance(self.profile, str):
            begun = self.starts is None or self.starts <= first
            over = self.ends is not None and self.ends < last
            if begun and not over and (self.starts is None or self.profile == "step" or self.ends is None):
                return self.severity
            if self.starts is not None and last < self.starts:
                return 0.0
        days = (last - first).days + 1
        return sum(self.strength(first + dt.timedelta(days=day)) for day in range(days)) / days

    def bound(self, cycle: Cycle) -> float:
        """The largest chance to be struck in a month that anybody has, before strength."""
        raise NotImplementedError

    def chance(self, block: Block, rows: Rows, cycle: Cycle) -> Floats:
        """The chance of each of these rows to be struck in a month, before strength; at most `bound`."""
        return np.full(rows.size, self.bound(cycle))

    def begin(self, name: str, block: Block, rows: Rows, cycle: Cycle) -> None:
        """What happens to those who are struck."""
        raise NotImplementedError

    def go_on(self, name: str, block: Block, cycle: Cycle) -> None:
        """What goes on in this cycle for those who were struck before; asked before anybody is struck."""

    def turn(self, weather: Weather, strength: float) -> Weather:
        """The month's weather with this shock at its mean strength: for what reaches everybody alike."""
        return weather

    def luck_day(self, cycle: Cycle) -> int:
        """The day whose luck decides who is struck: each due day anew, or one day for a blow that holds the same."""
        return cycle.day

    def jobs_at_risk(self, strength: float) -> JobsAtRisk | None:
        """In what state it leaves people who then lose their job more often; None where it has no such effect."""
        return None

    def strike(self, name: str, block: Block, cycle: Cycle) -> Rows:
        """Find whom it strikes in this cycle and let it begin; returns the rows that were hit.

        Uniform first, threshold after: more strength only adds people.
        """
        strength = cycle.strength.get(name, 0.0)
        if strength <= 0.0:
            return np.empty(0, np.intp)
        day = self.luck_day(cycle)
        bound = self.bound(cycle) * strength
        if block.most_prone is not None:
            bound = min(bound * block.most_prone, 1.0)
        rows, luck = cycle.draws.hits(f"shock.{name}", day, block.mixed, bound)
        chance = self.chance(block, rows, cycle) * strength
        if block.most_prone is not None:
            chance = chance * block.times_struck(rows)
        hit = (luck < chance) & block.here[rows]
        if self.where is not None:
            hit &= self.where.picks(block, rows, cycle.labels)
        rows = rows[hit]
        if rows.size:
            self.begin(name, block, rows, cycle)
            block.remember(name, rows, cycle.month)
        return rows

    def pair(self, name: str, what: str, block: Block, rows: Rows, cycle: Cycle) -> tuple[Floats, Floats]:
        """Two further uniform numbers for those who were struck."""
        return cycle.draws.pair(f"shock.{name}.{what}", cycle.day, block.mixed[rows])

    def luck(self, name: str, what: str, block: Block, rows: Rows, cycle: Cycle) -> Floats:
        """A further uniform number for those who were struck (a size, a length)."""
        return cycle.draws.uniform(f"shock.{name}.{what}", cycle.day, block.mixed[rows])


def yearly_to_monthly(share: float) -> float:
    """A chance a year as a chance a month: 1 - (1 - p)^(1/12)."""
    return float(1.0 - (1.0 - min(share, 0.999999)) ** (1.0 / 12.0))
