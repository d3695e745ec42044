"""Overlays: what management adds to the models' answer, line by line, as long as each is in force."""

from __future__ import annotations

import datetime as dt

from simulator.reserves.provisioning import Provisioning


def overlays_of(terms: Provisioning, rule: str, date: dt.date, models: float) -> dict[str, float]:
    """Every line in force on a date for a rule: its name and what it adds, in whole cents of a currency unit.

    `models` is the models' allowance, currency units; a share is taken of it.
    """
    return {
        name: round(line.amount if line.amount is not None else (line.share or 0.0) * models, 2)
        for name, line in terms.overlays.items()
        if line.rule in ("all", rule) and line.starts <= date <= line.until
    }
