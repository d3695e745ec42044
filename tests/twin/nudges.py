"""What moves one person's attention, spending and loyalty: trust, terms not understood, advice, reminders, autopay."""

from __future__ import annotations

from tests.twin.debts import Account
from tests.twin.person import House


def leaving_chance(account: Account, house: House) -> float:
    """The chance in a month that a good account is repaid early or closed; the less trust, the more."""
    share, trust = account.product.leaving, house.rules.trust
    if trust is not None and house.trust < 1.0:
        share = min(share * (1.0 + trust.attrition * (1.0 - house.trust)), 1.0)
    return float(1.0 - (1.0 - share) ** (1.0 / 12.0))
