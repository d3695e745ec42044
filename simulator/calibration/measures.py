"""Measures: what is read off a panel, quarter by quarter or month by month, to stand beside an observed series."""

from __future__ import annotations

import difflib
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from simulator.errors import SeriesError
from simulator.metrics import overdue_rate, segment_rows

if TYPE_CHECKING:
    import pandas as pd

Frequency = Literal["quarter", "month"]
PERIODS_A_YEAR: dict[Frequency, int] = {"quarter": 4, "month": 12}
Kind = Literal["yearly rate", "overdue rate", "stock", "flow", "mean", "share"]

YEARLY = {
    "charge_off_rate": "Net charge-off rate",
    "gross_charge_off_rate": "Gross charge-off rate",
}
OVERDUE: dict[str, Literal[30, 60, 90]] = {"overdue_30_rate": 30, "overdue_60_rate": 60, "overdue_90_rate": 90}
LATE = ("1_29", "30_59", "60_89", "90_plus")
STOCKS = (
    *("borrowers", "accounts", "balance", "current", "allowance", "penalty_owed", "in_relief", "complaints_open"),
    *(f"overdue_{bucket}" for bucket in LATE),
    *(f"accounts_{bucket}" for bucket in LATE),
)
MEANS = ("trust", "waiting_accounts", "mean_wait_days", "seats_used", "unemployment_rate", "economy_unemployment_rate")
FLOWS = (
    *("billed", "paid", "repaid_early", "interest", "penalty", "fees", "lent", "purchases", "recoveries"),
    *("written_down", "sold", "new_loans", "defaults", "charge_offs", "charge_off_accounts", "bankruptcies"),
    *("redefaults", "net_charge_offs", "funding_cost", "operating_cost", "collection_cost", "policy_cost", "profit"),
    *("money_given", "complaints", "applicants", "calls", "reached", "promises", "promises_kept", "harsh_calls"),
    *("reminders", "field_visits"),
)
COLUMNS = (*STOCKS, *MEANS, *FLOWS)
_WRITTEN = re.compile(r"^\s*(?:(?P<times>[^*]*?)\s*\*)?\s*(?P<part>\w+)\s*(?:/\s*(?P<whole>\w+)\s*)?$")


@dataclass(frozen=True)
class Measure:
    """A series of the panel, or a rate made of it: how it is written, its kind, and its columns."""

    text: str
    kind: Kind
    part: str
    whole: str = ""
    times: float = 1.0

    @property
    def label(self) -> str:
        """In words, for a reader."""
        if self.kind == "yearly rate":
            words = YEARLY[self.part]
        elif self.kind == "overdue rate":
            words = f"Balance {OVERDUE[self.part]} days overdue or more"
        else:
            words = " / ".join(name.replace("_", " ") for name in (self.part, self.whole) if name).capitalize()
        return f"{self.times:g} x {words}" if self.times != 1.0 else words

    @property
    def unit(self) -> str:
        """In what the numbers are told; a column of the panel has the panel's own unit."""
        named = {"yearly rate": "percent a year", "overdue rate": "percent", "share": "share"}
        own = "share" if self.part.endswith("_rate") else ""
        return "" if self.times != 1.0 else named.get(self.kind, own)

    @property
    def points(self) -> str:
        """The unit of a difference or an error."""
        return {"percent a year": "points", "percent": "points"}.get(self.unit, self.unit)


def measure_of(text: str) -> Measure:
    """A measure as it is written.

    - `charge_off_rate`: charge-offs net of recoveries, percent a year of balance: 100 x 4 x the sum over the quarter
      / the mean of its month-end balances (x 12 by month), as the Federal Reserve defines it.
    - `gross_charge_off_rate`: the same without the recoveries.
    - `overdue_30_rate`, `overdue_60_rate`, `overdue_90_rate`: balance that late or later / balance, percent, at the
      period's end.
    - any column of the panel, in the panel's unit (its rates are shares, not percent): a stock at the period's end,
      a flow summed, a rate as the mean of the months.
    - `a / b` of two columns: the sum of one over the period / the sum of the other, a share.
    - a number times any of these, as `100 * unemployment_rate` or `100 * overdue_90_plus / balance`.

    Raises SeriesError for anything else, with what is accepted.
    """
    found = _WRITTEN.match(text)
    if found is None:
        raise SeriesError(f"the measure {text!r} cannot be read; {accepted()}")
    part, whole = found["part"], found["whole"] or ""
    kind = _kind(part)
    for name in (part, whole):
        if name and (name not in COLUMNS if whole else kind is None):
            raise SeriesError(f"the measure {text!r}: {name!r} is not known{_meant(name, whole)}; {accepted()}")
    return Measure(text, "share" if whole or kind is None else kind, part, whole, _factor(text, found["times"]))


def accepted() -> str:
    """What a measure may be, for an error's end."""
    rates = ", ".join((*YEARLY, *OVERDUE))
    return f"accepted are {rates}, a / b of two columns, a number * one of these, or a column: {', '.join(COLUMNS)}"


def _kind(name: str) -> Kind | None:
    groups: tuple[tuple[Kind, tuple[str, ...]], ...] = (
        ("yearly rate", tuple(YEARLY)),
        ("overdue rate", tuple(OVERDUE)),
        ("stock", STOCKS),
        ("mean", MEANS),
        ("flow", FLOWS),
    )
    return next((kind for kind, names in groups if name in names), None)


def _meant(name: str, whole: str) -> str:
    known = COLUMNS if whole else (*YEARLY, *OVERDUE, *COLUMNS)
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    return f", did you mean {close[0]!r}?" if close else ""


def _factor(text: str, given: str | None) -> float:
    if given is None:
        return 1.0
    try:
        number = float(given)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or number == 0.0:
        raise SeriesError(f"the measure {text!r}: {given!r} is not a number to multiply with, as 100")
    return number


def measured(
    panel: pd.DataFrame, measure: str | Measure, frequency: Frequency = "quarter", segment: str = "all"
) -> pd.Series[float]:
    """A measure of a panel, one value for each whole quarter (or month), indexed by the period's first day.

    Quarters of which the panel holds only a part are left out. A value that cannot be formed (no balance) is NaN.
    Raises SeriesError for an unknown measure or one that this panel does not have, with what is accepted.
    """
    import pandas as pd

    wanted = measure_of(measure) if isinstance(measure, str) else measure
    rows = segment_rows(panel, segment)
    needed = _columns(wanted)
    if missing := [name for name in needed if name not in rows]:
        raise SeriesError(
            f"the measure {wanted.text!r}: this scenario's panel has no {missing[0]!r}; it has "
            f"{', '.join(name for name in rows.columns if name not in ('month', 'segment'))}"
        )
    frame = rows[needed].astype(float)
    if wanted.kind == "overdue rate":
        frame = pd.DataFrame({wanted.part: 100.0 * overdue_rate(rows, OVERDUE[wanted.part])})
    period = pd.PeriodIndex(pd.to_datetime(rows["month"]), freq="Q" if frequency == "quarter" else "M")
    frame.index = period
    values: pd.Series[float] = wanted.times * _values(frame, wanted, frequency)
    whole = frame.groupby(level=0).size() == 12 // PERIODS_A_YEAR[frequency]
    values = values[whole]
    values.index = pd.PeriodIndex(values.index).to_timestamp()
    return values.rename(wanted.text)


def _columns(measure: Measure) -> list[str]:
    if measure.kind == "yearly rate":
        return ["charge_offs", "balance", *(["recoveries"] if measure.part == "charge_off_rate" else [])]
    if measure.kind == "overdue rate":
        return ["balance", *(f"overdue_{bucket}" for bucket in LATE)]
    return [measure.part, *([measure.whole] if measure.whole else [])]


def _values(frame: pd.DataFrame, measure: Measure, frequency: Frequency) -> pd.Series[float]:
    """One value a period; `frame` is indexed by the period of each month."""
    periods = frame.groupby(level=0)
    if measure.kind == "yearly rate":
        lost = periods["charge_offs"].sum()
        if measure.part == "charge_off_rate":
            lost = lost - periods["recoveries"].sum()
        held = periods["balance"].mean()
        return 100.0 * PERIODS_A_YEAR[frequency] * lost / held.where(held > 0)
    if measure.kind == "share":
        whole = periods[measure.whole].sum()
        return periods[measure.part].sum() / whole.where(whole != 0)
    if measure.kind == "flow":
        return periods[measure.part].sum(min_count=1)
    if measure.kind == "mean":
        return periods[measure.part].mean()
    return periods[measure.part].agg(lambda months: months.iloc[-1])  # not last(): that skips what is missing
