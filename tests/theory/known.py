"""Scenarios whose distribution is known: each borrower defaults with one chance, or with that of the world.

Nobody in this book falls behind but those who stop paying on purpose, in one month, each with the same chance and
luck of his own. So the number of defaults is binomial; and in worlds in which the chance is that of the one-factor
model of Vasicek (2002, Risk 15) it is the distribution of that model for a finite book.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri

from simulator.draws import Draws, mix
from simulator.ensemble import World
from simulator.scenario import Scenario, from_dict

CHANCE = "world.shocks.strategic_default.base"
BORROWERS = 1_000
AT_RISK = 59.0 / 60.0  # of 60 instalments one is the last, and is paid before anybody stops
RICH = {
    "preset": "us",
    "savings_months": [{0.25: 10.0, 0.75: 40.0}] * 5,
    "savings_scale": 50.0,
    "target_scale": 50.0,
    "living_share": [0.2] * 5,
    "living_spread": 0.01,
    "forgets": {0.0: 0.0, 1.0: 0.0},
}


def book(chance: float, borrowers: int = BORROWERS) -> Scenario:
    """A closed book of loans whose borrowers can always pay; each stops for good with this chance, in one month."""
    body: dict[str, Any] = {
        "name": "known",
        "span": {"start": "2026-01", "months": 3},
        "book": {
            "recipe": RICH,
            "borrowers": borrowers,
            "warm_up": 0,
            "closed": True,
            "due_days": [1],
            "segments": [],
        },
        "world": {
            "economy": {"unemployment": 0.5},
            "shocks": {
                "strategic_default": {
                    "base": chance,
                    "contagion": 0.0,
                    "weakness": 0.0,
                    "starts": "2026-01-02",  # the days of one billing cycle, whole
                    "ends": "2026-02-01",
                }
            },
        },
        "lender": {
            "products": {"instalment": {"terms": {60: 1.0}, "leaving": 0.0, "again": 0.0, "default_days": 30}},
            "behaviour": {"bankruptcy_late": 0.0, "bankruptcy_short": 0.0, "hardship_cut": 0.0},
        },
    }
    return from_dict(body)


def worlds(count: int, default: float, correlation: float) -> tuple[World, ...]:
    """Worlds of the one-factor model: each with its own common factor, drawn.

    The chance of a world is Phi((Phi^-1(PD) - sqrt(rho) Z) / sqrt(1 - rho)), over the share who may default at all.
    """
    factor = Draws(1).normal("common factor", 0, mix(np.arange(count, dtype=np.int64)))
    chances = ndtr((ndtri(default) - math.sqrt(correlation) * factor) / math.sqrt(1.0 - correlation))
    return tuple(
        World(f"factor {number}", 1.0, {CHANCE: float(min(chance / AT_RISK, 1.0))})
        for number, chance in enumerate(chances, start=1)
    )
