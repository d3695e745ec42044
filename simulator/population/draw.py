"""A believable book: people drawn from a recipe, each by their own number.

The same number gives the same person, whoever else is drawn. Where something is already known of a person (from a
loan tape), it is kept as it is, and what is not known is drawn as it is among people who are like that.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from simulator import money
from simulator.draws import Draws, mix
from simulator.errors import SimulatorError
from simulator.population import marginals
from simulator.population.marginals import EDGE, Marginal
from simulator.population.people import COLUMNS, People
from simulator.population.recipe import LATENTS, Recipe, matrix

Floats = npt.NDArray[np.float64]
Known = Mapping[str, npt.NDArray[Any]]

CHUNK = 16_384  # rows at a time: what is worked on stays in the processor's cache
INCOME, SAVINGS = LATENTS.index("income"), LATENTS.index("savings")
_CUTS = ndtri(np.array([0.2, 0.4, 0.6, 0.8]))
_MONEY = ("income", "essential", "savings", "target")


def draw(recipe: Recipe, ids: npt.NDArray[np.int64], draws: Draws, known: Known | None = None) -> People:
    """The people with these numbers.

    `known` maps columns of People (money in cents, as there) to arrays of the same length, NaN where not known. The
    known values are kept; the normal scores of income, savings, age, education, debt_service, literacy, score,
    pay_share, desired_use, desired_loan and forgets that belong to them (kept within plus or minus 4) shift the
    unknown ones; the other columns are kept and tell nothing about the rest. Savings known without income tell
    nothing about income. Raises SimulatorError for unknown columns, wrong lengths and impossible values.
    """
    ids = np.ascontiguousarray(ids, np.int64)
    kept = _checked(recipe, known or {}, ids.size)
    pieces = _Shapes(recipe)
    starts = range(0, max(ids.size, 1), CHUNK)
    parts = [
        pieces.people(ids[at : at + CHUNK], draws, {name: column[at : at + CHUNK] for name, column in kept.items()})
        for at in starts
    ]
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
            raise SimulatorError(f"known: {name} holds infinite or negative values; leave them NaN to have them drawn")
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
        self.correlations = matrix(recipe.correlations)
        self.by_pattern: dict[tuple[int, ...], tuple[list[int], Floats]] = {}
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
        self.living = marginals.Knots(ndtri(np.array([0.1, 0.3, 0.5, 0.7, 0.9])), np.array(recipe.living_share))
        self.per_month = recipe.savings_scale / recipe.take_home  # months before tax to months of take-home income

    def people(self, ids: npt.NDArray[np.int64], draws: Draws, known: dict[str, Floats]) -> People:
        """One chunk of people."""
        recipe, mixed = self.recipe, mix(ids)

        def uniform(purpose: str) -> Floats:
            return draws.uniform(f"population.{purpose}", 0, mixed)

        def normal(purpose: str) -> Floats:
            return draws.normal(f"population.{purpose}", 0, mixed)

        scores = self._scores(np.stack([normal(name) for name in LATENTS]), uniform, known)
        column: dict[str, Any] = {
            name: _keep(shape.value(scores[LATENTS.index(name)]), known.get(name))
            for name, shape in self.shapes.items()
            if name != "income"
        }
        column["income"] = _keep(self.shapes["income"].value(scores[INCOME]) * money.CENTS, known.get("income"))
        income = np.rint(column["income"])
        quintile = np.searchsorted(_CUTS, scores[INCOME]).astype(np.int8)
        closeness = recipe.target_closeness
        aim = closeness * scores[SAVINGS] + np.sqrt(1.0 - closeness**2) * normal("target")
        savings = self.months.value(scores[SAVINGS], quintile) * self.per_month * income
        target = self.months.value(aim, quintile) * self.per_month * recipe.target_scale * income
        column["savings"] = _keep(savings, known.get("savings"))
        column["target"] = _keep(target, known.get("target"))
        essential, counted = self._essential(income, scores[INCOME], column["debt_service"], normal("living"), known)
        column["essential"] = _keep(essential, known.get("essential"))
        column["earner_share"] = _keep(self._earner_share(uniform("earners")), known.get("earner_share"))
        column["region"] = _keep(_group(uniform("region"), recipe.regions), known.get("region"))
        column["sector"] = _keep(_group(uniform("sector"), recipe.sectors), known.get("sector"))
        column["autopay"] = _keep(uniform("autopay") < recipe.autopay_share, known.get("autopay"))
        return _typed(ids, quintile, column, counted)

    def _essential(
        self, income: Floats, score: Floats, debt_service: Floats, luck: Floats, known: dict[str, Floats]
    ) -> tuple[Floats, list[dict[str, Any]]]:
        """Essential spending in cents, and what had to be cut because it would have exceeded the income."""
        share = self.living.value(score) * np.exp(self.recipe.living_spread * luck) + debt_service
        most = self.recipe.essential_most
        over = share > most
        if "essential" in known:
            over &= np.isnan(known["essential"])
        counted = []
        if over.any():
            excess = money.units(np.rint(((share - most) * income)[over]).sum())
            why = f"essentials and debts elsewhere drawn above {most:g} of income were cut to it; money a month"
            counted = [{"what": "essential", "number": int(over.sum()), "money": float(excess), "why": why}]
        return np.floor(np.minimum(share, most) * income), counted

    def _earner_share(self, luck: Floats) -> Floats:
        single = self.recipe.single_earner_share
        (low, high), (other_low, other_high) = self.recipe.single_earner_loss, self.recipe.second_earner_loss
        alone = low + (high - low) * luck / max(single, 1e-12)
        others = other_low + (other_high - other_low) * (luck - single) / max(1.0 - single, 1e-12)
        return np.where(luck < single, alone, others)

    def _scores(self, noise: Floats, uniform: Any, known: dict[str, Floats]) -> Floats:
        """Normal scores with the recipe's correlations, given those of the known values; shape as `noise`."""
        if not any(name in known for name in LATENTS):
            return self._joint(noise, np.empty_like(noise), ())
        given = np.full_like(noise, np.nan)
        for number, name in enumerate(LATENTS):
            if name in known and name != "savings":
                rows = np.flatnonzero(~np.isnan(known[name]))
                value = known[name][rows] / (money.CENTS if name == "income" else 1.0)
                given[number, rows] = self.shapes[name].score(value, uniform(name)[rows])
        if "savings" in known:
            self._given_savings(noise, given, known, uniform("savings"))
        return self._conditional(noise, given)

    def _given_savings(self, noise: Floats, given: Floats, known: dict[str, Floats], luck: Floats) -> None:
        """The score of known savings, which needs the income; an unknown income is drawn first."""
        rows = np.flatnonzero(~np.isnan(known["savings"]))
        given[INCOME, rows] = self._conditional(noise[:, rows], given[:, rows])[INCOME]
        income = self.shapes["income"].value(given[INCOME, rows]) * money.CENTS
        if "income" in known:
            income = _keep(income, known["income"][rows])
        quintile = np.searchsorted(_CUTS, given[INCOME, rows]).astype(np.int8)
        months = known["savings"][rows] / np.maximum(income * self.per_month, 1e-9)
        given[SAVINGS, rows] = np.clip(self.months.score(months, quintile, luck[rows]), -EDGE, EDGE)

    def _conditional(self, noise: Floats, given: Floats) -> Floats:
        """Rows with the same things known are worked on together."""
        there = ~np.isnan(given)
        pattern = (there * (1 << np.arange(len(LATENTS)))[:, None]).sum(axis=0)
        scores = np.empty_like(noise)
        for code in np.unique(pattern):
            rows = np.flatnonzero(pattern == code)
            known = tuple(number for number in range(len(LATENTS)) if code >> number & 1)
            scores[:, rows] = self._joint(noise[:, rows], given[:, rows], known)
        return scores

    def _joint(self, noise: Floats, given: Floats, known: tuple[int, ...]) -> Floats:
        """Known scores first, the others after them: a triangular factor, applied term by term.

        With z = L e and the known z first, their e follow by forward substitution, and the rest have exactly the
        conditional normal law. Written out, not as a matrix product, whose last digits depend on the layout.
        """
        if known not in self.by_pattern:
            order = [*known, *(number for number in range(len(LATENTS)) if number not in known)]
            self.by_pattern[known] = order, np.linalg.cholesky(self.correlations[np.ix_(order, order)])
        order, factor = self.by_pattern[known]
        scores, luck = np.empty_like(noise), noise.copy() if known else noise
        term = np.empty(noise.shape[1])
        for place, number in enumerate(order):
            total = scores[number]
            total[:] = 0.0
            for before in range(place):
                if factor[place, before] != 0.0:
                    np.multiply(luck[order[before]], factor[place, before], out=term)
                    total += term
            if number in known:
                luck[number] = (given[number] - total) / factor[place, place]
                total[:] = given[number]
            else:
                np.multiply(luck[number], factor[place, place], out=term)
                total += term
        return scores


def _keep(drawn: Any, known: Floats | None) -> Any:
    if known is None:
        return drawn
    return np.where(np.isnan(known), drawn, known)


def _group(luck: Floats, shares: Mapping[str, float]) -> Floats:
    cuts = np.cumsum(list(shares.values()))[:-1]
    return np.searchsorted(cuts, luck, side="right").astype(np.float64)


def _typed(
    ids: npt.NDArray[np.int64], quintile: npt.NDArray[np.int8], column: dict[str, Any], counted: list[dict[str, Any]]
) -> People:
    whole = {name: np.rint(column[name]).astype(np.int64) for name in _MONEY}
    short = {name: np.rint(column[name]).astype(np.int16) for name in ("age", "score")}
    codes = {name: np.rint(column[name]).astype(np.int8) for name in ("sector", "region", "education")}
    shares = ("earner_share", "debt_service", "literacy", "pay_share", "desired_use", "desired_loan", "forgets")
    return People(
        id=ids,
        income_quintile=quintile,
        autopay=np.asarray(column["autopay"]).astype(np.bool_),
        counted=counted,
        **whole,
        **short,
        **codes,
        **{name: np.asarray(column[name], np.float64) for name in shares},
    )
