"""How far down lenders reach: those who are given a card are the more indebted, the more card debt there is."""

from __future__ import annotations

import math
from typing import Literal

from simulator.params import DateOf, Frozen, param


class Reach(Frozen):
    """The leverage state: card debt against income, and its change over two years, move the risk of new accounts.

    Lenders reach down in a boom and tighten after it. Newcomers of a more indebted time pay more on debts elsewhere and
    hold and aim at less savings, by the same number of standard deviations (of the normal scores of the recipe).
    """

    leverage: Literal["given", "simulated"] = param(
        "given",
        "given: card debt as world.economy.leverage says; simulated: after `given_until` it grows the less, the more "
        "the book itself charges off",
    )
    given_until: DateOf | None = param(
        None, "simulated: the last month for which it is taken as given; left out, the month before the span"
    )
    growth_without_losses: float = param(
        0.178,
        "simulated: growth of card debt against income in a year if nothing were charged off",
        unit="share per year",
        source="least squares on the year after, REVOLSL and DSPIC96 on CORCCACBS, 1985-2005 (R squared .63)",
        ge=-1,
        le=1,
    )
    growth_lost: float = param(
        3.27,
        "simulated: points of that growth lost for each point of net charge-offs of the last year: what is written off "
        "and how lenders tighten after it",
        unit="points",
        source="as above",
        ge=0,
        le=20,
    )
    usual: float = param(
        9.0,
        "card debt against a year's disposable income at which newcomers are as the recipe says",
        unit="percent",
        source="REVOLSL against DSPIC96 at current prices, 1996-2006: 8.7 to 9.6",
        gt=0,
        le=100,
    )
    per_level: float = param(
        0.0,
        "standard deviations by which newcomers are more indebted for each point of that share beyond the usual",
        unit="standard deviations",
        source="a guess: none",
        ge=-20,
        le=20,
    )
    per_change: float = param(
        0.0,
        "the same for each unit of its change over two years, in logarithms",
        unit="standard deviations",
        source="a guess: none",
        ge=-20,
        le=20,
    )

    burden: float = param(
        0.0,
        "how far what everybody pays on debts elsewhere moves with that share; 1 in proportion to it",
        unit="share",
        source="a guess: none",
        ge=0,
        le=3,
    )
    per_growth: float = param(
        0.0,
        "percent by which more accounts are opened for each percent that leverage has grown in a year",
        unit="percent",
        source="a guess: none; with 5 or 6 all growth would be new accounts, as a sixth of the book is new in a year",
        ge=0,
        le=20,
    )

    def grown(self, before: float, charge_off_rate: float) -> float:
        """The leverage a month on (percent), from the book's net charge-offs of the last year (share of balances)."""
        return before * math.exp((self.growth_without_losses - self.growth_lost * charge_off_rate) / 12.0)

    def volume(self, now: float, before: float) -> float:
        """How many accounts are opened against the usual number, at a leverage now and a year before (percent)."""
        return float((now / before) ** self.per_growth)

    def elsewhere(self, now: float) -> float:
        """What is paid on debts elsewhere against the usual, at a leverage now (percent)."""
        return max(1.0 + self.burden * (now / self.usual - 1.0), 0.0)

    def indebted(self, now: float, before: float) -> float:
        """How much more indebted newcomers are than the recipe's, at a leverage now and two years before (percent)."""
        level, change = now - self.usual, math.log(now / before)
        return min(max(self.per_level * level + self.per_change * change, -3.0), 3.0)
