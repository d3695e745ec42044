"""What lending costs the lender: the money it lends on, the keeping of accounts, the opening of new ones."""

from __future__ import annotations

from simulator.params import Frozen, param


class Costs(Frozen):
    """Prices of the lender's own means. They enter its profit and loss and nothing else: no borrower's life changes."""

    funding_spread: float = param(
        0.015,
        "what the lender pays for money above the policy rate of the economy, on the average balance of a month",
        unit="share per year",
        source="a guess: deposits and asset-backed notes of a sound lender",
        ge=-0.2,
        le=1,
    )
    account_monthly: float = param(
        8.0,
        "keeping one account for a month: staff, systems, statements, service, rewards",
        unit="currency per month",
        source="a guess: about 2% a year of a card balance of 5,000",
        ge=0,
    )
    origination: float = param(
        60.0,
        "winning, checking and opening one new loan or card",
        unit="currency per new account",
        source="a guess",
        ge=0,
    )
