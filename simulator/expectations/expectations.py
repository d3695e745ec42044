"""Expectations: what is expected of every cell of every product, given how unemployment is thought to go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from simulator.expectations.answer import Answer, answer_of
from simulator.expectations.study import Life, layouts_of
from simulator.expectations.terms import YEAR, Terms, terms_of
from simulator.products import Product
from simulator.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

    from simulator.expectations.cells import Bands

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Rates:
    """By cell, for one view of unemployment: chances of default, and losses net of recoveries as shares of the basis.

    Shape (cells,) each. `year` is the next twelve months, `life` the whole; `worth` is discounted.
    """

    default_year: Floats
    default_life: Floats
    loss_year: Floats
    loss_life: Floats
    worth_year: Floats
    worth_life: Floats
    present_life: Floats  # the part of the loss over life that falls on what is owed today, not on later drawings


@dataclass(frozen=True)
class Expected:
    """What is expected of one product."""

    terms: Terms
    losses: Answer
    defaults: Answer
    recovered: float  # share of a charge-off that comes back in the end
    recovered_worth: float  # today's value of that, at the charge-off
    summed: dict[tuple[str, float, int | None], Floats] = field(default_factory=dict, compare=False, repr=False)

    def rates(self, gaps: Floats, discount: float | None = None, card_months: int | None = None) -> Rates:
        """Rates for a path of the gap of unemployment from normal, points: now, then month by month.

        The first year's answer is that of each group of states; later years are answered as current accounts answer,
        since those in arrears today are by then current or gone. `discount`: a yearly rate for all, instead of each
        account's own. `card_months`: of a card, later charge-offs fall on later drawings, for `present_life`.
        """
        loss, chance = self._by_year(self.losses, gaps), self._by_year(self.defaults, gaps)
        losses = loss * self._years("loss")
        worth = loss * (self._years("discounted") if discount is None else self._years("loss", discount))
        defaults = np.minimum(chance * self._years("defaults"), 1.0)
        months = card_months if self.terms.layout.revolving else None
        capped = loss * self._years("capped", 0.0, months)
        net, net_worth = 1.0 - self.recovered, 1.0 - self.recovered_worth
        return Rates(
            defaults[0],
            np.minimum(defaults.sum(axis=0), 1.0),
            losses[0] * net,
            losses.sum(axis=0) * net,
            worth[0] * net_worth,
            worth.sum(axis=0) * net_worth,
            capped.sum(axis=0) * net,
        )

    def _years(self, measure: str, discount: float = 0.0, months: int | None = None) -> Floats:
        """A measure by year ahead, (years, cells); discounted at a yearly rate, and only so many months of it."""
        key = (measure, discount, months)
        if key not in self.summed:
            rates = getattr(self.terms, measure)
            ahead = np.arange(1, rates.shape[1] + 1)
            worth = (1.0 + discount / 12.0) ** -ahead * (ahead <= (months or ahead.size))
            starts = np.arange(0, rates.shape[1], YEAR)
            self.summed[key] = np.add.reduceat(rates * worth, starts, axis=1).T.copy()
        return self.summed[key]

    def _by_year(self, answer: Answer, gaps: Floats) -> Floats:
        """What each cell's rates are multiplied by, year by year ahead; (years, cells)."""
        groups = self.terms.layout.groups()
        factors = []
        for first in range(0, self.terms.loss.shape[1], YEAR):
            ahead = gaps[first + 1 : first + 1 + YEAR]
            factor = answer.factor(float(gaps[first]), float(ahead.mean()) if ahead.size else 0.0)
            factors.append(factor[groups] if first == 0 else np.full(groups.size, factor[0]))
        return np.stack(factors)

    def seen_by(self, view: str, gaps: Floats) -> dict[str, Floats]:
        """Columns of `Expectations.frame` as a view has them: marginal chances of default, and gross loss rates."""
        horizon = self.terms.loss.shape[1]
        chance, loss = (
            np.repeat(self._by_year(answer, gaps), YEAR, axis=0)[:horizon].T for answer in (self.defaults, self.losses)
        )
        return {
            f"default_probability_{view}": np.minimum(self.terms.defaults * chance, 1.0).reshape(-1),
            f"loss_rate_{view}": (self.terms.loss * loss).reshape(-1),
        }

    def losses_by_month(self, gaps: Floats) -> Floats:
        """Losses net of what comes back in the end, as shares of the basis, by cell and month ahead."""
        horizon = self.terms.loss.shape[1]
        factors = np.repeat(self._by_year(self.losses, gaps), YEAR, axis=0)[:horizon].T
        return np.asarray(self.terms.loss * factors * (1.0 - self.recovered))


@dataclass(frozen=True)
class Expectations:
    """What is expected of every product, and what it was learnt from."""

    products: dict[str, Expected]
    normal: float  # unemployment at which the cells hold as they are, percent
    lives: int  # in the baseline world
    worlds: tuple[str, ...]

    def frame(self, views: Mapping[str, Mapping[str, Floats]] | None = None) -> pd.DataFrame:
        """Term structures for other systems: a row for each product, cell and month ahead, with errors of the sums.

        Through the cycle, at normal unemployment. `views` gives by name and product the gaps of unemployment that a
        view sees (now, then month by month): for each its point-in-time chances and losses stand beside them.
        """
        import pandas as pd

        frames = []
        for name, expected in self.products.items():
            terms = expected.terms
            cells, horizon = terms.loss.shape
            words = np.array(terms.layout.named(), dtype=object)
            repeated = {
                "product": name,
                "state": np.repeat(words[:, 0], horizon),
                "stage_of_life": np.repeat(words[:, 1], horizon),
                "score": np.repeat(words[:, 2], horizon),
                "months_ahead": np.tile(np.arange(1, horizon + 1), cells),
                "accounts_seen": np.repeat(terms.accounts, horizon),
                "read_with": np.repeat(np.array(["itself", "all scores", "all ages and scores"])[terms.level], horizon),
            }
            measured = {
                "default_probability": terms.defaults.reshape(-1),
                "exposure_at_default": terms.exposure.reshape(-1),
                "loss_rate": terms.loss.reshape(-1),
                "loss_rate_discounted": terms.discounted.reshape(-1),
                "loss_given_default": 1.0 - expected.recovered,
                "default_12m_standard_error": np.repeat(terms.errors["defaults"][:, 0], horizon),
                "loss_12m_standard_error": np.repeat(terms.errors["loss"][:, 0], horizon),
                "loss_life_standard_error": np.repeat(terms.errors["loss"][:, 1], horizon),
            }
            for view, gaps in (views or {}).items():
                measured |= expected.seen_by(view, gaps[name])
            frames.append(pd.DataFrame({**repeated, **measured}))
        return pd.concat(frames, ignore_index=True)


def learnt(
    scenario: Scenario,
    bands: Bands,
    baseline: Sequence[Life],
    stressed: Sequence[Sequence[Life]],
    worlds: Sequence[str],
) -> Expectations:
    """Expectations from the lives of a study: cells from the baseline world, the answer to unemployment from all."""
    found = {}
    flat = [life for lives in stressed for life in lives]
    for name, layout in layouts_of(scenario, bands).items():
        terms = terms_of(layout, [life.followed[name] for life in baseline])
        product = scenario.lender.products[name]
        recovered, worth = _recovered(product, terms)
        found[name] = Expected(
            terms, answer_of(terms, flat, "loss"), answer_of(terms, flat, "defaults"), recovered, worth
        )
    return Expectations(found, baseline[0].normal, len(baseline), tuple(worlds))


def _recovered(product: Product, terms: Terms) -> tuple[float, float]:
    """Share of a charge-off that comes back, and its value then, at the mean rate that discounting shows."""
    share, curve = product.recoveries.share, product.recoveries.curve()
    weights = curve / curve.sum()
    loss, worth = float(terms.loss[:, :YEAR].sum()), float(terms.discounted[:, :YEAR].sum())
    middle = float((terms.loss[:, :YEAR].sum(axis=0) * np.arange(1, YEAR + 1)).sum()) / loss if loss > 0 else 1.0
    monthly = (loss / worth) ** (1.0 / middle) if worth > 0 else 1.0
    return share, float(share * (weights * monthly ** -np.arange(1.0, weights.size + 1)).sum())
