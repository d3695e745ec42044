"""A believable book: people drawn from a recipe, each by their own number.

The same number gives the same person, whoever else is drawn. Where something is already known of a person
(from a loan tape) it is kept, and what is not known is drawn as it is among people who are like that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from simulator import money
from simulator.draws import Draws, mix
from simulator.errors import SimulatorError
from simulator.population import marginals
from simulator.population.copula import LATENTS, Copula
from simulator.population.marginals import Marginal
from simulator.population.people import COLUMNS, People
from simulator.population.recipe import Recipe

Floats = npt.NDArray[np.float64]
Known = Mapping[str, npt.NDArray[Any]]
Luck = Callable[[int, int], Floats]

CHUNK = 16_384  # rows at a time: what is worked on stays in the processor's cache
INCOME, SAVINGS, SCORE, DEBT_SERVICE = map(LATENTS.index, ("income", "savings", "score", "debt_service"))
_CUTS = ndtri(np.array([0.2, 0.4, 0.6, 0.8]))
_MIDDLES = (0.1, 0.3, 0.5, 0.7, 0.9)


def draw(
    recipe: Recipe, ids: npt.NDArray[np.int64], draws: Draws, known: Known | None = None, indebted: float = 0.0
) -> People:
    """The people with these numbers.

    `indebted` makes all of them more indebted than the recipe's: so many standard deviations more payments on debts
    elsewhere, and as many less savings held and aimed at, in the normal scores.

    `known` maps columns of People (money in cents, as there) to arrays of the same length, NaN where not
    known. The known values are kept. Where they are income, savings, age, education, debt_service, literacy,
    score, pay_share, desired_use, desired_loan or forgets, the normal scores that belong to them (kept within
    plus or minus 4) shift the unknown ones; other columns are kept and tell nothing about the rest. Savings
    known without income tell nothing about income. Raises SimulatorError for unknown columns, wrong lengths
    and impossible values.
    """
    ids = np.ascontiguousarray(ids, np.int64)
    kept = _checked(recipe, known or {}, ids.size)
    shapes = _Shapes(recipe)
    starts = range(0, max(ids.size, 1), CHUNK)
    parts = []
    for at in starts:
        rows = slice(at, at + CHUNK)
        parts.append(shapes.people(ids[rows], draws, {name: column[rows] for name, column in kept.items()}, indebted))
    return People.join(parts)


def _checked(recipe: Recipe, known: Known, rows: int) -> dict[str, Floats]:
    kept: dict[str, Floats] = {}
    codes = {"sector": recipe.sectors, "region": recipe.regions, "education": recipe.educations}
    for name, column in known.items():
        if name not in COLUMNS or name in ("id", "income_quintile"):
            accepted = ", ".join(entry for entry in COLUMNS if entry not in ("id", "income_quintile"))
            raise SimulatorError(f"known: {name!r} cannot be given; accepted are {accepted}")
        values = np.asarray(column, np.float64)
        if values.shape != (rows,):
            raise SimulatorError(f"known: {name} has shape {values.shape}; {rows} values are wanted")
        if np.isinf(values).any() or (name in ("income", "essential", "age") and (values < 0).any()):
            raise SimulatorError(f"known: {name} holds infinite or negative values; NaN has them drawn")
        if name in codes and ((values < 0) | (values >= len(codes[name]))).any():
            accepted = ", ".join(f"{number} {label}" for number, label in enumerate(codes[name]))
            raise SimulatorError(f"known: {name} holds a number outside the recipe's list: {accepted}")
        if not np.isnan(values).all():
            kept[name] = values
    return kept


class _Shapes:
    """A recipe made ready to draw: the factor of its correlations and the shapes of its quantities."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self.copula = Copula(recipe.correlations)
        self.shapes: dict[str, Marginal] = {
            "income": marginals.Lognormal(recipe.income_median, recipe.income_sigma),
            "age": marginals.from_table(recipe.age),
            "education": marginals.from_shares(list(recipe.educations.values())),
            "debt_service": marginals.from_table(recipe.debt_service),
            "literacy": marginals.from_table(recipe.literacy),
            "score": marginals.from_table(recipe.score),
            "pay_share": marginals.paid_share(recipe.pays_minimum, recipe.pays_full, recipe.pays_between),
            "desired_use": marginals.from_table(recipe.desired_use),
            "desired_loan": marginals.Lognormal(recipe.desired_loan_median, recipe.desired_loan_sigma),
            "forgets": marginals.from_table(recipe.forgets),
        }
        self.months = marginals.SavingsMonths(recipe.savings_months)
        self.living = marginals.Knots(ndtri(np.array(_MIDDLES)), np.array(recipe.living_share))
        self.per_month = recipe.savings_scale / recipe.take_home  # from months before tax to months of take-home

    def people(self, ids: npt.NDArray[np.int64], draws: Draws, known: dict[str, Floats], indebted: float) -> People:
        """One chunk of people."""
        recipe, mixed = self.recipe, mix(ids)

        def uniform(purpose: str) -> Floats:
            return draws.uniform(f"population.{purpose}", 0, mixed)

        def normal(purpose: str) -> Floats:
            return draws.normal(f"population.{purpose}", 0, mixed)

        scores = self._scores(np.stack([normal(name) for name in LATENTS]), uniform, known)
        if indebted:
            scores = scores.copy()
            scores[DEBT_SERVICE] += indebted
            scores[SAVINGS] -= indebted
        column: dict[str, Any] = {
            name: _keep(shape.value(scores[LATENTS.index(name)]), known.get(name))
            for name, shape in self.shapes.items()
            if name != "income"
        }
        income = np.rint(_keep(self._income(scores[INCOME]), known.get("income")))
        column["income"] = income
        quintile = np.searchsorted(_CUTS, scores[INCOME]).astype(np.int8)
        closeness = recipe.target_closeness
        aim = closeness * scores[SAVINGS] + np.sqrt(1.0 - closeness**2) * normal("target")
        savings = self.months.value(scores[SAVINGS], quintile) * self.per_month * income
        target = self.months.value(aim, quintile) * self.per_month * recipe.target_scale * income
        column["savings"] = _keep(savings, known.get("savings"))
        column["target"] = _keep(target, known.get("target"))
        tie = recipe.living_score
        dear = np.sqrt(1.0 - tie**2) * normal("living") - tie * scores[SCORE]
        share = self.living.value(scores[INCOME]) * np.exp(recipe.living_spread * dear)
        essential, counted = self._essential(income, share + column["debt_service"], known.get("essential"))
        column["essential"] = _keep(essential, known.get("essential"))
        column["earner_share"] = _keep(self._earner_share(uniform("earners")), known.get("earner_share"))
        column["region"] = _keep(_group(uniform("region"), recipe.regions), known.get("region"))
        column["sector"] = _keep(_group(uniform("sector"), recipe.sectors), known.get("sector"))
        column["autopay"] = _keep(uniform("autopay") < recipe.autopay_share, known.get("autopay"))
        return _typed(ids, quintile, column, counted)

    def _income(self, score: Floats) -> Floats:
        return self.shapes["income"].value(score) * money.CENTS

    def _essential(self, income: Floats, share: Floats, known: Floats | None) -> tuple[Floats, list[dict[str, Any]]]:
        """Essential spending in cents, and what had to be cut because it would have exceeded the income."""
        most = self.recipe.essential_most
        over = share > most
        if known is not None:
            over &= np.isnan(known)
        counted = []
        if over.any():
            excess = money.units(np.rint(((share - most) * income)[over]).sum())
            why = f"essentials and debts elsewhere came to more than {most:g} of income; the money is a month's"
            what = "essential spending cut to fit the income"
            counted = [{"what": what, "number": int(over.sum()), "money": float(excess), "why": why}]
        return np.floor(np.minimum(share, most) * income), counted

    def _earner_share(self, luck: Floats) -> Floats:
        single = self.recipe.single_earner_share
        (low, high), (other_low, other_high) = self.recipe.single_earner_loss, self.recipe.second_earner_loss
        alone = low + (high - low) * luck / max(single, 1e-12)
        others = other_low + (other_high - other_low) * (luck - single) / max(1.0 - single, 1e-12)
        return np.where(luck < single, alone, others)

    def _scores(self, noise: Floats, uniform: Callable[[str], Floats], known: dict[str, Floats]) -> Floats:
        """Normal scores of everybody, given those of the known values; shape as `noise`."""
        if not any(name in known for name in LATENTS):
            return self.copula.unconditional(noise)

        def luck(number: int, sweep: int) -> Floats:
            return uniform(f"{LATENTS[number]}.known.{sweep}")

        low, high = np.full_like(noise, np.nan), np.full_like(noise, np.nan)
        for number, name in enumerate(LATENTS):
            if name in known and name != "savings":
                value = known[name] / (money.CENTS if name == "income" else 1.0)
                rows = np.flatnonzero(~np.isnan(value))
                low[number, rows], high[number, rows] = self.shapes[name].scores_of(value[rows])
        if "savings" in known:
            self._rank_savings(low, high, noise, luck, known)
        return self.copula.scores(noise, self.copula.settle(low, high, luck))

    def _rank_savings(self, low: Floats, high: Floats, noise: Floats, luck: Luck, known: dict[str, Floats]) -> None:
        """Fills in where known savings rank among people of like income; an unknown income is drawn first."""
        rows = np.flatnonzero(~np.isnan(known["savings"]))
        without = rows[np.isnan(low[INCOME, rows])]
        if without.size:
            drawn = self.copula.scores(noise, self.copula.settle(low, high, luck))[INCOME, without]
            low[INCOME, without] = high[INCOME, without] = drawn
        income = self._income(low[INCOME])
        income = _keep(income, known.get("income"))[rows]
        quintile = np.searchsorted(_CUTS, low[INCOME, rows]).astype(np.int8)
        months = known["savings"][rows] / np.maximum(income * self.per_month, 1e-9)
        low[SAVINGS, rows], high[SAVINGS, rows] = self.months.scores_of(months, quintile)


def _keep(drawn: Any, known: Floats | None) -> Any:
    if known is None:
        return drawn
    return np.where(np.isnan(known), drawn, known)


def _group(luck: Floats, shares: Mapping[str, float]) -> Floats:
    cuts = np.cumsum(list(shares.values()))[:-1]
    return np.searchsorted(cuts, luck, side="right").astype(np.float64)


def _typed(
    ids: npt.NDArray[np.int64],
    quintile: npt.NDArray[np.int8],
    column: dict[str, Any],
    counted: list[dict[str, Any]],
) -> People:
    kinds: dict[str, Any] = {
        **dict.fromkeys(("income", "essential", "savings", "target"), np.int64),
        **dict.fromkeys(("age", "score"), np.int16),
        **dict.fromkeys(("sector", "region", "education"), np.int8),
    }
    for name, kind in kinds.items():
        column[name] = np.rint(column[name]).astype(kind)
    column["autopay"] = np.asarray(column["autopay"]).astype(np.bool_)
    return People(id=ids, income_quintile=quintile, counted=counted, **column)
