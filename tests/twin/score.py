"""One person's credit score: it falls with lateness, heals, and what is owed elsewhere gets dearer meanwhile."""

from __future__ import annotations

import numpy as np

from tests.twin.debts import OPEN
from tests.twin.person import Borrower, House

STAMP = 20_000  # months are remembered as themselves and this, so that nought is never


def between(low: float, high: float, score: int) -> float:
    """In a straight line from 680 to 780, and level outside."""
    along = min(max((score - 680) / 100, 0.0), 1.0)
    return low + (high - low) * along


def blend(first: float, last: float, days: int) -> int:
    """At 30 days the first, from 90 on the last, from 60 on the mean of both."""
    share = 1.0 if days >= 90 else 0.5 if days >= 60 else 0.0
    return round(first + (last - first) * share)


def report(borrower: Borrower, days: int, defaulted: bool, month: int, house: House) -> None:
    """A month's end: how late the latest account is, and whether any has defaulted in it."""
    bureau = house.rules.bureau
    if bureau is None:
        return
    own, score = borrower.own, borrower.score
    if defaulted:
        own["bureau.default"] = month + STAMP
    if days >= 30:
        gone = month + STAMP - own.get("bureau.since", 0)
        left = own["bureau.heal"] - gone if own.get("bureau.fall", 0) > 0 else 0
        early = between(bureau.fall_30_low, bureau.fall_30_high, score)
        deep = between(bureau.fall_90_low, bureau.fall_90_high, score)
        own["bureau.fall"] = max(borrower.lost, blend(early, deep, days))
        soon = between(bureau.heal_30_low, bureau.heal_30_high, score)
        long = between(bureau.heal_90_low, bureau.heal_90_high, score)
        own["bureau.heal"], own["bureau.since"] = max(blend(soon, long, days), left), month + STAMP
        house.tally["", "slow to heal"] += left > blend(soon, long, days)
        house.tally["", "points_lost"] += 1
    if own.get("bureau.fall", 0) > 0:
        gone = (month + STAMP - own["bureau.since"]) / own["bureau.heal"]
        borrower.lost = round(own["bureau.fall"] * max(1.0 - gone, 0.0))
        if borrower.lost == 0:
            own["bureau.fall"] = 0
            house.tally["", "healed"] += 1


def dearer(borrower: Borrower, house: House) -> int:
    """What is paid more elsewhere in a cycle, cents."""
    bureau = house.rules.bureau
    if bureau is None or borrower.lost == 0:
        return 0
    return round(borrower.outside * (bureau.elsewhere * borrower.lost / 100.0))


def review(borrower: Borrower, month: int, house: House) -> None:
    """Every so many months of a card: its limit and rate follow the points lost or healed, up to the highest rate."""
    for account in borrower.accounts:
        terms, own, name = account.product, borrower.own, account.name
        if house.rules.bureau is None or terms.kind != "card" or account.status != OPEN or not terms.review_months:
            continue
        more = borrower.lost - own.get(f"{name}.seen", 0)
        if more == 0 or (month - account.opened) % terms.review_months:
            continue
        bands, was = borrower.lost / 100.0, own.get(f"{name}.narrower", 0.0)
        narrower = terms.limit_per_100_points * bands
        account.limit = round(account.limit * float(np.exp(was - narrower)))
        usual = max(account.rate - own.get(f"{name}.dearer", 0.0), 0.0)
        added = min(terms.rate_per_100_points * bands, max(terms.most_rate - usual, 0.0))
        account.rate = usual + added
        own[f"{name}.seen"], own[f"{name}.narrower"], own[f"{name}.dearer"] = borrower.lost, narrower, added
        house.tally["", "dearer card" if more > 0 else "cheaper card"] += 1
