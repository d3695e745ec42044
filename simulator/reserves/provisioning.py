"""What `loanbook reserve` is asked: views of the future with weights, the three rule books, capital, and overlays."""

from __future__ import annotations

from typing import Literal

from pydantic import field_validator, model_validator
from pydantic_core import PydanticCustomError

from simulator.params import DateOf, Frozen, TimePath, param
from simulator.reserves.cecl import Cecl
from simulator.reserves.expected_loss import TOLERANCE
from simulator.reserves.five_classes import FiveClasses
from simulator.reserves.ifrs9 import Ifrs9

Rule = Literal["ifrs9", "cecl", "five_classes"]
RULES: tuple[Rule, ...] = ("ifrs9", "cecl", "five_classes")


class View(Frozen):
    """One view of unemployment to come, as it is held at every month's end, and its weight."""

    weight: float = param(..., "its weight; those of all views sum to 1", unit="share", ge=0, le=1)
    unemployment: Literal["revert", "path"] | TimePath = param(
        "revert",
        "revert: from where it stands back to normal; path: as the scenario will have it, which nobody could know; or "
        "dates with values of its own",
    )
    half_life: float = param(
        24.0,
        "revert: months in which half the distance to normal is gone",
        unit="months",
        source="a guess: US unemployment took two to three years to fall half-way back after 1982, 1992 and 2010",
        gt=0,
        le=600,
    )
    points: float = param(
        0.0,
        "added to it, rising evenly over `months_to_peak` and going with the same half-life",
        unit="percentage points",
        source="a guess: set by view",
        ge=-20,
        le=30,
    )
    months_to_peak: int = param(
        12, "months over which these points build up", unit="months", source="a guess", ge=1, le=120
    )


VIEWS = {
    "baseline": {"weight": 0.5},
    "upside": {"weight": 0.2, "points": -1.0},
    "downside": {"weight": 0.3, "points": 3.0},
}


class Overlay(Frozen):
    """A line that management adds to the models' answer: whose it is, from when until when, and why."""

    owner: str = param(..., "who answers for it")
    why: str = param(..., "what the models do not see")
    starts: DateOf = param(..., "first day on which it counts", key="from")
    until: DateOf = param(..., "last day on which it counts, as 2026-12-31: it expires")
    amount: float | None = param(None, "a sum; below nought it lowers the allowance", unit="currency")
    share: float | None = param(None, "or a share of the models' answer", unit="share", ge=-1, le=10)
    rule: Literal["all", "ifrs9", "cecl", "five_classes"] = param("all", "the rule whose allowance it changes")

    @model_validator(mode="after")
    def _one_size(self) -> Overlay:
        if (self.amount is None) == (self.share is None):
            raise PydanticCustomError("overlay", "either an amount or a share is wanted, not both and not neither")
        if self.until < self.starts:
            why = f"it would expire on {self.until} before it starts on {self.starts}"
            raise PydanticCustomError("overlay", "{why}", {"why": why})
        return self

    @field_validator("owner", "why")
    @classmethod
    def _said(cls, text: str) -> str:
        if not text.strip():
            raise PydanticCustomError("overlay", "a few words are wanted, as for any overlay")
        return text


class Capital(Frozen):
    """How much capital the rule asks for, and how much there is."""

    approach: Literal["irb", "standardised"] = param("irb", "internal ratings, or the standardised table")
    exposure_class: Literal["qrre", "other_retail"] | None = param(
        None, "left out: qualifying revolving for cards, other retail for loans"
    )
    held: float | None = param(None, "capital that there is, to be set against losses", unit="currency", ge=0)
    conversion: float = param(
        0.1,
        "standardised: share of an undrawn limit that counts as exposure",
        unit="share",
        source="Basel CRE20.94: commitments that may be cancelled at any time",
        ge=0,
        le=1,
    )


class Provisioning(Frozen):
    """Reserves and capital: what is expected, and how each rule book turns it into an allowance."""

    rule: Rule = param("ifrs9", "the rule whose allowance is the panel's")
    views: dict[str, View] = param(VIEWS, "views of the future by name, with weights that sum to 1")
    life_of_cards: int = param(
        36,
        "months for which a card's holder is taken to be exposed (IFRS 9 5.5.20, B5.5.40)",
        unit="months",
        source="a guess: lenders publish three to five years",
        ge=12,
        le=120,
    )
    ifrs9: Ifrs9 = param({}, "terms of IFRS 9")
    cecl: Cecl = param({}, "terms of CECL")
    five_classes: FiveClasses = param({}, "terms of China's five classes")
    capital: Capital = param({}, "terms of capital")
    overlays: dict[str, Overlay] = param({}, "management overlays by name")

    @field_validator("views")
    @classmethod
    def _weights(cls, views: dict[str, View]) -> dict[str, View]:
        total = sum(view.weight for view in views.values())
        if abs(total - 1.0) > TOLERANCE:
            given = ", ".join(f"{name} {view.weight:g}" for name, view in views.items()) or "no view is left"
            why = f"weights sum to {total:g} ({given}); they must sum to 1"
            raise PydanticCustomError("weights", "{why}", {"why": why})
        return dict(sorted(views.items()))

    @field_validator("overlays")
    @classmethod
    def _sorted(cls, overlays: dict[str, Overlay]) -> dict[str, Overlay]:
        return dict(sorted(overlays.items()))


PARTS: dict[str, type[Frozen]] = {  # what stands under lender.provisioning, for lists
    "provisioning": Provisioning,
    "view": View,
    "overlay": Overlay,
}
