"""Trust in the lender: how much of it is lost over complaints, penalties, calls and defaults; and what follows from it.

The evidence is thin. One scandal at one bank says by how much fewer people come and how few leave (FACTS
trust.acquisition_drop, trust.attrition_rise); for a lending app nothing is measured. What moves the index, and how
fast, is guessed.
"""

from __future__ import annotations

from dataclasses import dataclass

from simulator.params import Frozen, param


@dataclass(frozen=True)
class Standing:
    """How the last three months compare with the warm-up's mean, 1 where as usual."""

    complaints: float = 1.0  # complaints an account
    penalties: float = 1.0  # penalty and late fees charged, as a share of the balance
    pressure: float = 1.0  # calls an account that is late
    defaults: float = 1.0  # defaults an account


class Trust(Frozen):
    """An index of trust, 1 in quiet times, moved on the first of each month; with it move applicants and customers.

    loss  = sum of weight x (what is more than usual, beyond what goes unnoticed)
    index = last month's + recovery x (1 - last month's) - loss, from `lowest` to 1
    The number of applicants goes with the index; early repayment and repeat loans hardly do.
    """

    complaints: float = param(
        0.030, "loss in a month in which complaints are twice as frequent as usual", source="a guess", ge=0, le=1
    )
    penalties: float = param(
        0.015, "loss in a month in which penalty and late fees are twice what is usual", source="a guess", ge=0, le=1
    )
    pressure: float = param(
        0.015, "loss in a month in which a late account is called twice as often as usual", source="a guess", ge=0, le=1
    )
    defaults: float = param(
        0.045,
        "loss in a month with news of twice as many defaults as usual",
        source="a guess, set with the others so that retention gives FACTS trust.elasticity_overdue_to_retention -.1",
        ge=0,
        le=1,
    )
    unnoticed: float = param(
        0.1,
        "what is more than usual by less than this goes unnoticed",
        unit="share",
        source="a guess: about what three months of a book of 20,000 scatter",
        ge=0,
        le=10,
    )
    recovery: float = param(
        0.05,
        "share of what is lost that comes back in a month",
        unit="share per month",
        source="a guess: half of it within a year",
        ge=0,
        le=1,
    )
    lowest: float = param(
        0.45,
        "the index falls no further",
        source="FACTS trust.acquisition_drop, lower end: the deepest fall on record",
        ge=0,
        le=1,
    )
    applicants: float = param(
        1.0,
        "relative fall of the number of applicants with the index; in a scandal it falls by 0.43",
        source="FACTS trust.acquisition_drop, by which the index is defined",
        ge=0,
        le=2,
    )
    attrition: float = param(
        0.07,
        "relative rise of early repayment and closing, when all trust is lost, and so on in proportion",
        unit="share",
        source="FACTS trust.attrition_rise .03 for an index of .57 (weak: one bank, current accounts)",
        ge=0,
        le=10,
    )
    retention: float = param(
        0.25,
        "relative fall of repeat loans, when all trust is lost, and so on in proportion",
        unit="share",
        source="a guess within FACTS trust.elasticity_overdue_to_retention (a judgement: nothing is measured)",
        ge=0,
        le=1,
    )

    def index(self, before: float, standing: Standing) -> float:
        """The index of a month from that of the month before and how things stand."""
        loss = sum(
            float(getattr(self, what)) * max(float(getattr(standing, what)) - 1.0 - self.unnoticed, 0.0)
            for what in ("complaints", "penalties", "pressure", "defaults")
        )
        return min(max(before + self.recovery * (1.0 - before) - loss, self.lowest), 1.0)

    def coming(self, index: float) -> float:
        """The share of the usual applicants who come."""
        return max(1.0 - self.applicants * (1.0 - index), 0.0)

    def leaving(self, usual: float, index: float) -> float:
        """The share of good accounts repaid early or closed in a year, from the usual one."""
        return min(usual * (1.0 + self.attrition * (1.0 - index)), 1.0)

    def again(self, usual: float, index: float) -> float:
        """The chance to come back for another loan, from the usual one."""
        return usual * (1.0 - self.retention * (1.0 - index))
