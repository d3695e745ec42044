"""The collections desk: seats, hours, what a call brings, what may follow it, and what all of it costs."""

from __future__ import annotations

from typing import Self

import numpy as np
import numpy.typing as npt
from pydantic import model_validator
from pydantic_core import PydanticCustomError

from simulator.draws import Floats
from simulator.params import Frozen, param
from simulator.shard import Shard

# values of the column `contact` of accounts in arrears
NOT_REACHED, SPOKEN_TO, WILL_KEEP, HARSHLY = range(4)


class Desk(Frozen):
    """People who call those who are behind, worst first, as far as their time goes; reminders, calls, then a visit."""

    seats: int = param(10, "people who call", unit="seats", source="a guess", ge=0, le=100_000)
    weekdays: int = param(5, "days worked in a week, from Monday on", unit="days", source="a guess", ge=1, le=7)
    opens: int = param(
        9,
        "first hour of calls",
        unit="hour",
        source="a guess within FACTS cn.collect.max_calls_day (8 to 22)",
        ge=8,
        le=21,
    )
    closes: int = param(
        20,
        "hour at which calls end",
        unit="hour",
        source="a guess within FACTS cn.collect.max_calls_day (8 to 22)",
        ge=9,
        le=22,
    )
    minutes_per_call: float = param(
        0.5,
        "handling of one account on a sheet; most calls nobody takes, and a machine dials",
        unit="minutes",
        source="a guess, set on FACTS collect.accounts_per_agent 2000",
        gt=0,
        le=240,
    )
    memoryless: bool = param(
        False, "handling times that scatter as waiting times do (exponential), not all the same; for checks"
    )
    calls_per_sheet: int = param(
        600, "accounts on one call sheet", unit="accounts", source="a guess: half a day of one seat", ge=1, le=10_000
    )
    contact_rate: float = param(
        0.04,
        "chance that a call reaches the borrower",
        unit="share of calls",
        source="a guess: with the next two set on FACTS collect.rpc_per_account_month .35 (3 to 8% per dial, recalled)",
        ge=0,
        le=1,
    )
    most_calls_day: int = param(
        3,
        "most calls to one account in a day, as far as time allows",
        unit="calls",
        source="FACTS cn.collect.max_calls_day",
        ge=1,
        le=20,
    )
    pause: int = param(
        3,
        "days from one day of calls to the next for an account",
        unit="days",
        source="a guess, as contact_rate",
        ge=1,
        le=90,
    )
    first_call: int = param(5, "days late from which an account is called", unit="days", source="a guess", ge=1, le=720)
    promise: float = param(
        0.45,
        "share of those spoken to who promise to pay",
        unit="share",
        source="FACTS collect.ptp_given_rpc",
        ge=0,
        le=1,
    )
    kept: float = param(
        0.55, "share of promises that are kept", unit="share", source="FACTS collect.ptp_kept", ge=0, le=1
    )
    alone: float = param(
        0.85,
        "of the usual dealing with a debt, what happens where nobody was spoken to",
        unit="share",
        source="a guess: a desk that reaches collect.rpc_per_account_month leaves a book about as it is without one",
        ge=0,
        le=1,
    )
    reminder: int = param(
        3,
        "days late at which an automatic reminder goes out; 0: none",
        unit="days",
        source="a guess",
        ge=0,
        le=720,
    )
    notice: float = param(
        0.5, "share of those reminded who do not forget the next due date", unit="share", source="a guess", ge=0, le=1
    )
    field_from: int | None = param(
        None,
        "days late from which somebody visits, or a court is asked, once; left out: never",
        unit="days",
        ge=1,
        le=720,
    )
    field_visits: int = param(
        2, "visits or court papers in a working day", unit="accounts", source="a guess", ge=0, le=100_000
    )
    field_effect: float = param(
        0.3, "share of those visited who then deal with the debt", unit="share", source="a guess", ge=0, le=1
    )
    pressure: float = param(
        0.0,
        "share of conversations that are harsh (family or employer drawn in, threats)",
        unit="share",
        source="a guess: none; FACTS cn.collect.harsh_actions_removable .49 says what can be left off",
        ge=0,
        le=1,
    )
    backfire: float = param(
        0.3,
        "after a harsh conversation, how much more often a debt is left unpaid",
        unit="share",
        source="FACTS cn.collect.social_circle_backfire (0 to .3)",
        ge=0,
        le=5,
    )
    cost_reminder: float = param(0.05, "what a reminder costs", unit="currency", source="a guess", ge=0)
    cost_call: float = param(0.05, "what a call costs beside the seat", unit="currency", source="a guess", ge=0)
    cost_seat: float = param(5000.0, "what a seat costs", unit="currency per month", source="a guess", ge=0)
    cost_visit: float = param(60.0, "what a visit or a court paper costs", unit="currency", source="a guess", ge=0)

    @model_validator(mode="after")
    def _hours(self) -> Self:
        if self.closes <= self.opens:
            raise PydanticCustomError(
                "desk_hours",
                "it opens at {opens} and closes at {closes}; closes must be the later hour",
                {"opens": self.opens, "closes": self.closes},
            )
        return self

    def divided(self, shard: Shard) -> Self:
        """The desk of one shard: its part of the seats and of the visits a day; all else is as in the whole."""
        if shard.of == 1:
            return self
        parts = {"seats": shard.part(self.seats), "field_visits": shard.part(self.field_visits)}
        return self.model_copy(update=parts)

    def handling(self, calls: int, luck: float) -> float:
        """Hours that a sheet of so many calls takes; `luck` is a uniform number, used only without memory."""
        hours = calls * self.minutes_per_call / 60.0
        return hours * -float(np.log(luck)) if self.memoryless else hours

    @property
    def calls_a_day(self) -> float:
        """As many calls as all seats can make in a day."""
        return self.seats * (self.closes - self.opens) * 60.0 / self.minutes_per_call

    def calls_each(self, accounts: int) -> int:
        """How often so many accounts can all be called in a day, if nobody is reached; once where time is short."""
        return int(min(max(self.calls_a_day // max(accounts, 1), 1), self.most_calls_day))

    def most_accounts(self) -> int:
        """More accounts than this cannot be called in a day; a few sheets more where handling times scatter."""
        if not self.memoryless:
            return int(self.calls_a_day)
        each = self.calls_a_day / max(self.seats, 1) / self.calls_per_sheet
        return int(self.calls_a_day + self.seats * self.calls_per_sheet * (2.0 * np.sqrt(each) + 2.0))

    def sheet_of(self, accounts: int) -> int:
        """How many of so many accounts stand on one sheet, so that every seat has as much to do."""
        each = -(-accounts // self.seats)
        return -(-each // -(-each // self.calls_per_sheet))

    def deals(self, chance: Floats, contact: npt.NDArray[np.int64]) -> Floats:
        """The chance that one behind for want of money deals with the debt, from the usual one and the contact."""
        resents = np.maximum(1.0 - (1.0 - chance) * (1.0 + self.backfire), 0.0)
        return np.asarray(np.choose(contact, [chance * self.alone, chance, np.ones_like(chance), resents]))

    def cost(self, reminders: int, calls: int, visits: int) -> int:
        """What a month costs, cents."""
        parts = self.cost_reminder * reminders, self.cost_call * calls, self.cost_visit * visits
        return round(100.0 * (self.cost_seat * self.seats + sum(parts)))
