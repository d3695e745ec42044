"""Prices: what each rule sets aside for a unit of every cell, month by month, as the views stand then."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator.clock import Clock
from simulator.expectations import PROBABILITY_STATES, Expectations, Expected, gaps_seen
from simulator.reserves.cecl import reverted
from simulator.reserves.provisioning import Provisioning, View

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Prices:
    """Of one product at one month's end, by cell: weighted over the views."""

    year: Floats  # IFRS 9: expected losses of twelve months, discounted
    life: Floats  # and of the whole life
    default_life: Floats  # chance of default over the life
    cecl: Floats  # losses over the contractual life


@dataclass(frozen=True)
class Pricing:
    """The views of a scenario over its span, and what they make of what was learnt."""

    terms: Provisioning
    expectations: Expectations
    path: Floats  # the economy's unemployment by month of the span, percent
    clock: Clock

    def at(self, month: int) -> dict[str, Prices]:
        """Prices of every product at the close of a month; -1 is the eve of the span."""
        return {name: self._of(expected, month) for name, expected in self.expectations.products.items()}

    def gaps(self, view: View, month: int, ahead: int) -> Floats:
        """Unemployment as a view has it, less normal, points: now, then month by month."""
        return gaps_seen(view, month, self.path, self.expectations.normal, self.clock, ahead)

    def _of(self, expected: Expected, month: int) -> Prices:
        cells, horizon = expected.terms.loss.shape
        sums = np.zeros((4, cells))
        for view in self.terms.views.values():
            if view.weight == 0.0:
                continue
            gaps = self.gaps(view, month, horizon)
            rates = expected.rates(gaps, self.terms.ifrs9.discount)
            trusted = np.concatenate([gaps[:1], reverted(gaps[1:], 0.0, self.terms.cecl)])
            life = expected.rates(trusted, card_months=self.terms.cecl.card_months).present_life
            sums += view.weight * np.stack([rates.worth_year, rates.worth_life, rates.default_life, life])
        return Prices(*sums)


def at_origination(expected: Expected) -> Floats:
    """Lifetime chance of default of accounts of one stage of life and score, all states together, at normal times.

    What is left of the chance that was expected at origination, for one who had come so far; (stages of life, scores).
    """
    terms = expected.terms
    states, lives, scores = terms.layout.shape
    calm = expected.rates(np.zeros(terms.loss.shape[1] + 1)).default_life.reshape(states, lives, scores)
    held = terms.accounts.reshape(states, lives, scores)[:PROBABILITY_STATES]
    calm = calm[:PROBABILITY_STATES]
    by_cell = np.divide((held * calm).sum(axis=0), held.sum(axis=0), out=calm[1].copy(), where=held.sum(axis=0) > 0)
    return np.asarray(by_cell)
