"""A recipe: what the people of a book are like, and how their qualities go together.

In a scenario: `recipe: us`, or `recipe: {preset: us, income_median: 5500, correlations: {age/score: 0.3}}`.
What goes together is a Gaussian copula: each quality has a normal score, and the scores have the correlations
named here. A correlation that is not named is zero.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Annotated, Any, TypeAlias

from pydantic import (
    AfterValidator,
    GetJsonSchemaHandler,
    ValidationError,
    model_validator,
)
from pydantic_core import core_schema

from simulator.params import Frozen, param
from simulator.population.copula import LATENTS, in_order, matrix
from simulator.population.presets import PRESETS, source


def _rising(table: dict[float, float], ends: bool) -> dict[float, float]:
    shares, values = list(table), list(table.values())
    if len(shares) < 2:
        raise ValueError("a table of quantiles wants at least two points, {share of people below: value}")
    if any(not 0.0 <= share <= 1.0 for share in shares):
        raise ValueError("the shares of people below must lie between 0 and 1")
    if any(b <= a for a, b in itertools.pairwise(shares)):
        raise ValueError("the shares of people below must rise")
    if any(b < a for a, b in itertools.pairwise(values)):
        raise ValueError("the values must not fall as the share of people below rises")
    if ends and (shares[0] != 0.0 or shares[-1] != 1.0):
        raise ValueError("the table must run from 0 (the least) to 1 (the greatest)")
    return table


def _whole_table(table: dict[float, float]) -> dict[float, float]:
    return _rising(table, ends=True)


def _months_table(table: dict[float, float]) -> dict[float, float]:
    _rising(table, ends=False)
    if min(table) <= 0.0 or max(table) >= 1.0:
        raise ValueError("the shares of people below must lie between 0 and 1, without the two ends")
    if min(table.values()) < 0.0:
        raise ValueError("months of income cannot be negative")
    return table


def _shares(shares: dict[str, float]) -> dict[str, float]:
    if not shares or min(shares.values()) < 0.0 or abs(sum(shares.values()) - 1.0) > 1e-6:
        raise ValueError(f"the shares must be positive and add up to 1, not to {sum(shares.values()):g}")
    if len(shares) > 100:
        raise ValueError("at most 100 groups")
    return shares


def _ordered_pair(pair: list[float]) -> list[float]:
    if len(pair) != 2 or not 0.0 <= pair[0] <= pair[1] <= 1.0:
        raise ValueError("two shares are wanted, the lower and the upper, between 0 and 1")
    return pair


def _fifths(values: list[Any]) -> list[Any]:
    if len(values) != 5:
        raise ValueError(f"five are wanted, one for each fifth by income; {len(values)} were given")
    return values


Table: TypeAlias = Annotated[dict[float, float], AfterValidator(_whole_table)]
Months: TypeAlias = Annotated[dict[float, float], AfterValidator(_months_table)]
Shares: TypeAlias = Annotated[dict[str, float], AfterValidator(_shares)]
Span: TypeAlias = Annotated[list[float], AfterValidator(_ordered_pair)]
PEOPLE_BELOW = "{share of people below: value}"


class Recipe(Frozen):
    """What the people of a book are like. Starts from a preset; every figure can be replaced.

    A table of quantiles is a map {share of people below: value}; between its points the value runs in a
    straight line in the normal score.
    """

    preset: str = param(..., "The preset the recipe starts from: us or cn.", source="chosen by the scenario")
    income_median: float = param(
        ...,
        "Median take-home household income.",
        unit="currency a month",
        source=source("income_median"),
        gt=0,
    )
    income_sigma: float = param(..., "Spread of the logarithm of income.", source=source("income_sigma"), gt=0, le=3)
    take_home: float = param(
        ...,
        "Take-home share of income before tax; the savings tables count months of income before tax.",
        unit="share",
        source=source("take_home"),
        gt=0,
        le=1,
    )
    living_share: Annotated[list[float], AfterValidator(_fifths)] = param(
        ...,
        "Rent, food, power, transport and health against income, in the middle of each fifth by income.",
        unit="share of income",
        source=source("living_share"),
    )
    living_spread: float = param(
        ...,
        "Spread of the logarithm of that share at one income.",
        source=source("living_spread"),
        ge=0,
        le=1,
    )
    living_score: float = param(
        ...,
        "How far that share is higher where the credit score is lower: a correlation with the sign turned.",
        source=source("living_score"),
        ge=0,
        le=0.99,
    )
    essential_most: float = param(
        ...,
        "Most of the income that essentials and debts elsewhere may take; the excess is cut, counted.",
        unit="share of income",
        source=source("essential_most"),
        gt=0,
        le=1,
    )
    savings_months: Annotated[list[Months], AfterValidator(_fifths)] = param(
        ...,
        "Quantiles of liquid savings for each fifth by income, the poorest first.",
        unit=f"months of income before tax, {PEOPLE_BELOW}",
        source=source("savings_months"),
    )
    savings_scale: float = param(
        ..., "Factor on all those quantiles.", unit="multiple", source=source("savings_scale"), gt=0, le=100
    )
    target_closeness: float = param(
        ...,
        "Correlation of savings held and savings aimed at.",
        source=source("target_closeness"),
        ge=0,
        le=1,
    )
    target_scale: float = param(
        ...,
        "Savings aimed at over savings held.",
        unit="multiple",
        source=source("target_scale"),
        gt=0,
        le=100,
    )
    age: Table = param(..., "Ages.", unit=f"years, {PEOPLE_BELOW}", source=source("age"))
    regions: Shares = param(..., "Regions and their shares.", unit="share", source=source("regions"))
    sectors: Shares = param(..., "Sectors of work and their shares.", unit="share", source=source("sectors"))
    educations: Shares = param(
        ..., "Educations, lowest first, and their shares.", unit="share", source=source("educations")
    )
    debt_service: Table = param(
        ...,
        "Monthly payments on debts elsewhere against income.",
        unit=f"share of income, {PEOPLE_BELOW}",
        source=source("debt_service"),
    )
    literacy: Table = param(
        ..., "Financial literacy, 0 to 1.", unit=f"share, {PEOPLE_BELOW}", source=source("literacy")
    )
    score: Table = param(..., "Credit scores.", unit=f"points, {PEOPLE_BELOW}", source=source("score"))
    pays_minimum: float = param(
        ...,
        "Share of card holders at or near the minimum.",
        unit="share",
        source=source("pays_minimum"),
        ge=0,
        lt=1,
    )
    pays_full: float = param(
        ..., "Share of card holders who pay in full.", unit="share", source=source("pays_full"), ge=0, lt=1
    )
    pays_between: float = param(
        ...,
        "Mean share of the statement paid by all others.",
        unit="share",
        source=source("pays_between"),
        gt=0,
        lt=1,
    )
    desired_use: Table = param(
        ...,
        "Share of the card limit the borrower tends to use.",
        unit=f"share, {PEOPLE_BELOW}",
        source=source("desired_use"),
    )
    desired_loan_median: float = param(
        ..., "Median loan wanted.", unit="months of income", source=source("desired_loan_median"), gt=0
    )
    desired_loan_sigma: float = param(..., "Spread of its logarithm.", source=source("desired_loan_sigma"), gt=0, le=3)
    forgets: Table = param(
        ...,
        "Chance to forget a due date when not on autopay.",
        unit=f"a month, {PEOPLE_BELOW}",
        source=source("forgets"),
    )
    autopay_share: float = param(
        ..., "Share of borrowers on autopay.", unit="share", source=source("autopay_share"), ge=0, le=1
    )
    single_earner_share: float = param(
        ...,
        "Share of households with one wage.",
        unit="share",
        source=source("single_earner_share"),
        ge=0,
        le=1,
    )
    single_earner_loss: Span = param(
        ...,
        "Share of income lost with the job in a household with one wage: from, to.",
        unit="share of income",
        source=source("single_earner_loss"),
    )
    second_earner_loss: Span = param(
        ...,
        "Share of income lost with the job in other households: from, to.",
        unit="share of income",
        source=source("second_earner_loss"),
    )
    correlations: dict[str, float] = param(
        ...,
        f"Correlations of two normal scores, written first/second, of: {', '.join(LATENTS)}.",
        source=source("correlations"),
    )

    @model_validator(mode="before")
    @classmethod
    def _from_preset(cls, value: Any) -> Any:
        return merged(value)

    @model_validator(mode="after")
    def _possible(self) -> Recipe:
        if self.pays_minimum + self.pays_full > 0.99:
            raise ValueError("pays_minimum and pays_full add up to more than 0.99; some must pay in between")
        for name, low, high in (
            ("age", 0, 130),
            ("score", 0, 2000),
            ("debt_service", 0, 1),
            ("literacy", 0, 1),
            ("desired_use", 0, 1),
            ("forgets", 0, 1),
        ):
            values = getattr(self, name).values()
            if min(values) < low or max(values) > high:
                raise ValueError(f"{name}: the values must lie between {low} and {high}")
        if any(not 0.0 < share < 1.5 for share in self.living_share):
            raise ValueError("living_share: the shares must lie between 0 and 1.5")
        matrix(self.correlations)
        return self

    @classmethod
    def read(cls, value: Any) -> Recipe:
        """A recipe from what a scenario may hold: a preset's name, a map, or a recipe. Raises ValueError."""
        try:
            return cls.model_validate(value)
        except ValidationError as error:
            lines = [
                f"{'.'.join(str(part) for part in problem['loc'])}: {problem['msg']}".removeprefix(": ")
                for problem in error.errors()
            ]
            raise ValueError("recipe: " + "; ".join(lines)) from None

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        body = dict(handler.resolve_ref_schema(handler(schema)))
        body["required"] = ["preset"]
        body.get("properties", {}).get("preset", {})["enum"] = list(PRESETS)
        return {"anyOf": [{"type": "string", "enum": list(PRESETS)}, body]}


AnyRecipe: TypeAlias = Recipe


def merged(value: Any) -> Any:
    """A preset's name or a map with overrides as the full map of a recipe; raises ValueError."""
    if isinstance(value, Recipe):
        return value
    presets = " or ".join(PRESETS)
    if isinstance(value, str):
        value = {"preset": value}
    if not isinstance(value, Mapping):
        raise ValueError(f"a preset's name ({presets}) or a map with the key preset is wanted, not {value!r}")
    if "preset" not in value:
        raise ValueError(f"the key preset is missing; it says where the recipe starts from: {presets}")
    name = value["preset"]
    if not isinstance(name, str) or name not in PRESETS:
        raise ValueError(f"there is no preset {name!r}; accepted are {presets}")
    full: dict[str, Any] = {key: held.value for key, held in PRESETS[name].items()}
    full.update(value)
    given = value.get("correlations", {})
    if isinstance(given, Mapping):
        full["correlations"] = {**PRESETS[name]["correlations"].value, **in_order(given)}
    return full
