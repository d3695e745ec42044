"""What page and workbook of reserves share: rules and steps in words, days told, losses beside a closed form."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from simulator.allowance.enough import quantile
from simulator.allowance.result import ReserveResult
from simulator.capital import Absorption, absorb, asset_correlation, default_rate_quantile, fitted_correlation

if TYPE_CHECKING:
    from simulator.reserves.provisioning import Provisioning

Floats = npt.NDArray[np.float64]
RULE_WORDS = {"ifrs9": "IFRS 9", "cecl": "CECL", "five_classes": "five classes"}
ITEM_WORDS = {
    "opening": "opening",
    "new_lending": "new lending",
    "repaid": "repaid and closed",
    "payments_and_drawings": "payments and drawings",
    "to_stage_1": "moves to stage 1",
    "to_stage_2": "moves to stage 2",
    "to_stage_3": "moves to stage 3",
    "to_other_class": "moves between classes",
    "within_stage": "other changes of state",
    "parameters_and_views": "parameters and views",
    "unwind_of_discount": "unwinding of the discount",
    "charge_offs": "charge-offs",
    "shortfall_at_charge_off": "needed at charge-off",
    "originated_impaired": "originated impaired",
    "overlays": "overlays",
    "recoveries": "recoveries",
    "recoveries_credited": "recoveries credited",
    "closing": "closing",
}
ENDS = ("opening", "closing")
LEVELS = (0.5, 0.9, 0.95, 0.99, 0.999)
YEAR = 12
LEAST_RISE = 0.2  # of coverage, below which a rule is said to hardly move
LAST = 0.9999  # a quantile is told where at least one path of average weight may lie beyond it


@dataclass(frozen=True)
class OneFactor:
    """A one-factor book of the same mean and deviation as the simulated losses of twelve months."""

    exposure: float
    given: float  # loss given default, share
    default: float  # mean default rate that goes with the mean loss
    deviation: float  # of the default rate
    correlation: float  # asset correlation; NaN where none fits

    def loss(self, level: float, correlation: float | None = None) -> float:
        """The loss that is not gone beyond with this chance; currency units, NaN where no correlation fits.

        At another correlation than the fitted one if it is given.
        """
        correlation = self.correlation if correlation is None else correlation
        if math.isnan(correlation):
            return math.nan
        return self.exposure * self.given * float(default_rate_quantile(self.default, correlation, level))


@dataclass(frozen=True)
class Numbers:
    """A reserve and what is worked out of it for readers."""

    found: ReserveResult

    @property
    def currency(self) -> str:
        return self.found.scenario.lender.currency

    @property
    def unit(self) -> str:
        """In what money is printed, as the note of a table has it."""
        return self.currency or "Currency units"

    @cached_property
    def terms(self) -> Provisioning:
        from simulator.allowance.lives import terms_of

        return terms_of(self.found.scenario)

    @cached_property
    def rules(self) -> list[str]:
        """The rules, that of the panel first."""
        names = list(dict.fromkeys(self.found.months["rule"]))
        return sorted(names, key=lambda name: name != self.found.rule)

    def stock(self, rule: str, segment: str = "all", label: str = "all") -> pd.DataFrame:
        """A rule's allowance by month, the eve first, indexed by month."""
        held = self.found.months
        mine = held[(held["rule"] == rule) & (held["segment"] == segment) & (held["label"] == label)]
        return mine.set_index("month")

    @cached_property
    def days(self) -> dict[str, pd.Timestamp]:
        """The days that tables tell: the first, that of highest unemployment, the last."""
        months = [pd.Timestamp(str(day)) for day in self.stock(self.found.rule).index]
        jobs = self.book["unemployment_rate"]
        told = {"first day": months[0], "most unemployment": pd.Timestamp(str(jobs.idxmax())), "last day": months[-1]}
        kept = [pd.Timestamp(str(day)) for day in sorted(self.found.sensitivity["month"].unique())]
        middle = [day for day in kept if day not in (months[0], months[-1])]
        told["most unemployment"] = middle[0] if middle else told["most unemployment"]
        if told["most unemployment"] == told["last day"]:
            del told["most unemployment"]
        return told

    @cached_property
    def book(self) -> pd.DataFrame:
        """The panel of the whole book, indexed by month, with the yearly rate of charge-offs."""
        panel = self.found.panel
        book = panel[panel["segment"] == "all"].set_index("month")
        held = book["balance"].where(book["balance"] > 0)
        return book.assign(charge_off_rate=12.0 * book["charge_offs"] / held)

    def enough(self, rule: str, horizon: str = "12 months") -> pd.Series[Any]:
        """A rule's row of `enough`."""
        table = self.found.enough
        return table[(table["rule"] == rule) & (table["horizon"] == horizon)].iloc[0]

    def timing(self, rule: str) -> pd.Series[Any]:
        """A rule's row of `timing`."""
        return self.found.timing[self.found.timing["rule"] == rule].iloc[0]

    def rises(self, rule: str) -> bool:
        """Whether a rule's coverage rises by enough that it can be said when it does."""
        row = self.timing(rule)
        return bool(row["highest_coverage"] > (1.0 + LEAST_RISE) * row["coverage_on_the_eve"])

    # Losses of twelve months, by path ---------------------------------------------------------------------

    @cached_property
    def losses(self) -> Floats:
        return np.asarray(self.found.losses, np.float64)

    @cached_property
    def weights(self) -> Floats:
        """Of the paths, summing to 1."""
        given = np.asarray(self.found.weights, np.float64)
        return np.asarray(given / given.sum())

    @property
    def paths(self) -> int:
        return int(self.losses.size)

    @property
    def year(self) -> int:
        """Months of losses that are called those of twelve months: fewer where the span is shorter."""
        return min(YEAR, self.found.scenario.span.months)

    def tells(self, level: float) -> bool:
        """Whether so many paths can tell a quantile: one of average weight may lie beyond it."""
        return (1.0 - level) * self.paths >= LAST

    def lost_at(self, level: float) -> float:
        """The simulated loss that is not gone beyond with this chance; the largest where paths are too few."""
        return quantile(self.losses, self.weights, level)

    @cached_property
    def one_factor(self) -> OneFactor | None:
        """The closed form with the simulated mean and deviation; None where nothing is lost or owed."""
        exposure = float(self.stock(self.found.rule)["balance"].iloc[0])
        eve = self.found.capital[self.found.capital["month"] == self.found.capital["month"].min()]
        owed = eve["exposure"].clip(lower=0.0)
        given = float((owed * eve["loss_given_default"]).sum() / owed.sum()) if owed.sum() > 0 else 1.0
        if exposure <= 0 or given <= 0:
            return None
        rates = self.losses / (exposure * given)
        mean = float(self.weights @ rates)
        deviation = math.sqrt(float(self.weights @ (rates - mean) ** 2))
        if not 0.0 < mean < 1.0:
            return None
        try:
            correlation = fitted_correlation(mean, deviation)
        except ValueError:
            correlation = math.nan
        return OneFactor(exposure, given, mean, deviation, correlation)

    @property
    def rule_correlation(self) -> float:
        """The asset correlation that the Basel rule takes, over products by their exposure on the first day."""
        table = self.found.capital[self.found.capital["month"] == self.found.capital["month"].min()]
        whole, mean = 0.0, 0.0
        for row in table[table["exposure"] > 0].to_dict("records"):
            card = self.found.scenario.lender.products[row["product"]].kind == "card"
            kind = self.terms.capital.exposure_class or ("qrre" if card else "other_retail")
            whole += row["exposure"]
            mean += row["exposure"] * float(asset_correlation(row["default_probability"], kind))
        return mean / whole if whole > 0 else math.nan

    def absorbed(self, rule: str, capital: float) -> Absorption:
        """Given capital against what is lost beyond a rule's allowance in twelve months."""
        beyond = np.maximum(self.losses - float(self.enough(rule)["allowance"]), 0.0)
        return absorb(beyond, capital, self.weights)

    @cached_property
    def capital(self) -> pd.DataFrame:
        """Capital of all products by month."""
        columns = ["exposure", "defaulted", "risk_weighted", "requirement", "expected_loss"]
        return self.found.capital.groupby("month")[columns].sum()

    # Views -------------------------------------------------------------------------------------------------

    def alone(self, rule: str, view: str, day: pd.Timestamp) -> float:
        """The allowance with one view alone, on a day told."""
        table = self.found.sensitivity
        mine = table[(table["changed"] == "views") & (table["to"] == f"{view} alone")]
        mine = mine[(mine["rule"] == rule) & (mine["month"] == day)]
        return float(mine["would_be"].iloc[0]) if len(mine) else math.nan

    def as_it_is(self, rule: str, day: pd.Timestamp) -> float:
        """The allowance that sensitivities are changes of; without probation after default."""
        table = self.found.sensitivity
        return float(table[(table["rule"] == rule) & (table["month"] == day)]["allowance"].iloc[0])

    @property
    def likeliest(self) -> str:
        """The view of most weight."""
        return max(self.terms.views, key=lambda name: self.terms.views[name].weight)


def figure(held: pd.DataFrame, day: pd.Timestamp, column: str) -> float:
    """A figure of a table indexed by month."""
    return float(held[column][day])


# Numbers in print ------------------------------------------------------------------------------------------


def whole(amount: float, currency: str = "") -> str:
    """Money in whole units with thousands separators."""
    if not math.isfinite(amount):
        return "none"
    return f"{round(amount):,} {currency}".strip().replace("-", "\N{MINUS SIGN}", 1)


def to_the_cent(amount: float) -> str:
    """Money with its cents, a true minus before it."""
    return f"{amount:,.2f}".replace("-", "\N{MINUS SIGN}", 1)


def at_least(numbers: Numbers, level: float) -> str:
    """A mark before a quantile that so few paths cannot tell."""
    return "" if numbers.tells(level) else "≥ "


def signed(amount: float) -> str:
    """A change, with its sign; nought has none."""
    text = f"{amount:+,.0f}".replace("-", "\N{MINUS SIGN}", 1)
    return "0" if text[1:] == "0" else text


def share(value: float, digits: int = 2) -> str:
    """A share in percent."""
    return f"{100 * value:.{digits}f}%" if math.isfinite(value) else "none"


def day_words(day: Any) -> str:
    """`31 December 2025`."""
    stamp = pd.Timestamp(day)
    return f"{stamp.day} {stamp:%B %Y}"


def listed(parts: list[str]) -> str:
    """`a, b and c`."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else parts[0]


def capital_first(text: str) -> str:
    return text[:1].upper() + text[1:]
