"""A scenario: one book, one world, one lender, over one span of time. Frozen once it is read."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import field_validator
from pydantic_core import PydanticCustomError

from simulator.behaviour import Behaviour
from simulator.bureau import Bureau
from simulator.clock import DUE_DAYS, Clock
from simulator.costs import Costs
from simulator.desk import Desk
from simulator.economy import Economy, Labour
from simulator.opacity import Opacity
from simulator.params import DateOf, Frozen, param
from simulator.policies import AnyPolicy, AnyStatePolicy
from simulator.population import AnyRecipe
from simulator.products import AnyProduct
from simulator.reach import Reach
from simulator.reserves import AnyReserve, Provisioning
from simulator.scenario.fit import Fit
from simulator.scenario.values import written
from simulator.scenario.varied import EnsemblePlan
from simulator.shocks import AnyShock
from simulator.tape import TapePlan
from simulator.trust import Trust

Segment = Literal["product", "income_quintile", "sector", "region", "education", "age", "score"]


class Span(Frozen):
    """The months simulated and reported."""

    start: DateOf = param(..., "first month of the span, as 2026-01")
    months: int = param(..., "number of months", unit="months", ge=1, le=600)

    @field_validator("start")
    @classmethod
    def _first_of_month(cls, start: dt.date) -> dt.date:
        if start.day != 1:
            raise PydanticCustomError(
                "span_start",
                "{given} is not the first of a month; write the month alone, as {month}",
                {"given": start.isoformat(), "month": start.isoformat()[:7]},
            )
        if not 1900 <= start.year <= 2200:
            raise PydanticCustomError("span_start", "a year from 1900 to 2200 is wanted")
        return start


class BookPlan(Frozen):
    """Who is in the book at the start, and how the book goes on."""

    recipe: AnyRecipe = param({"preset": "us"}, "the borrowers: us, cn, or a preset with fields of its own")
    borrowers: int = param(20_000, "borrowers in the book at the start of the span", ge=1, le=50_000_000)
    closed: bool = param(False, "on: no new lending after the start, the book runs off")
    warm_up: int = param(
        84,
        "months on the baseline world before the span, until the mix of borrowers is settled",
        unit="months",
        source="the mix turns over in about six years",
        ge=0,
        le=600,
    )
    warm_up_world: Literal["baseline", "path"] = param(
        "baseline",
        "what the warm-up lives through: the baseline of each path of the economy, or the path as far back as it goes; "
        "with the path there is no unshocked twin",
    )
    due_days: tuple[int, ...] = param(DUE_DAYS, "days of the month on which bills are due; borrowers are spread evenly")
    segments: tuple[Segment, ...] = param(
        ("product", "income_quintile"), "cuts of the book that the panel reports beside the whole"
    )
    follow_months: int = param(
        36,
        "months for which a charged-off borrower stays in the count of unemployment",
        unit="months",
        source="most recoveries fall in this time; the job market does not depend on the lender's book",
        ge=0,
        le=240,
    )
    growth: float = param(
        0.0,
        "growth of new lending after the warm-up",
        unit="share per year",
        source="a guess: none",
        ge=-0.9,
        le=3,
    )
    tape: TapePlan | None = param(None, "a real loan tape to start from")

    @field_validator("due_days")
    @classmethod
    def _days(cls, days: tuple[int, ...]) -> tuple[int, ...]:
        wrong = [day for day in days if not 1 <= day <= 28]
        twice = sorted({day for day in days if days.count(day) > 1})
        if not days or wrong or twice:
            why = f"day {twice[0]} is given twice" if twice else "no day is given"
            why = f"day {wrong[0]} is outside 1 to 28" if wrong else why
            why += "; days from 1 to 28, each once, are wanted"
            raise PydanticCustomError("due_days", "{why}", {"why": why})
        return tuple(sorted(days))

    @field_validator("segments")
    @classmethod
    def _each_once(cls, segments: tuple[str, ...]) -> tuple[str, ...]:
        twice = sorted({name for name in segments if segments.count(name) > 1})
        if twice:
            raise PydanticCustomError("segments", "{name} is given twice", {"name": repr(twice[0])})
        return segments


def by_name(entries: dict[str, Any]) -> dict[str, Any]:
    """A gallery's entries in the order of their names, so that the order in a file can change nothing."""
    return dict(sorted(entries.items()))


class World(Frozen):
    """What befalls: the economy, the labour market, and the shocks."""

    economy: Economy = param(..., "paths over time, in percent")
    labour: Labour = param({}, "how jobs are lost and found, and benefits")
    shocks: dict[str, AnyShock] = param({}, "shocks by name; a shock's kind is its name unless given")
    bureau: Bureau | None = param(None, "what lateness does to a credit score; left out: a score stays as it was")
    policies: dict[str, AnyStatePolicy] = param({}, "what the state does, by name; its kind is its name unless given")

    _sorted = field_validator("shocks", "policies")(by_name)


class Lender(Frozen):
    """What the lender chooses: products, policies, the rule for its reserve. And how borrowers answer."""

    currency: str = param("USD", "the currency of every amount, three letters")
    products: dict[str, AnyProduct] = param(..., "products by name; a product's kind is its name unless given")
    policies: dict[str, AnyPolicy] = param({}, "policies by name; a policy's kind is its name unless given")
    behaviour: Behaviour = param({}, "how borrowers pay, spend, forget and answer")
    reserve: AnyReserve = param({"kind": "none"}, "the rule by which the allowance is set")
    desk: Desk | None = param(
        None, "the collections desk; left out: none, and borrowers deal with their debts as usual"
    )
    opacity: Opacity | None = param(
        None, "terms that are hard to read, and complaints; left out: everybody understands them, and nobody complains"
    )
    trust: Trust | None = param(None, "how trust is lost and what follows; left out: who comes and stays is as usual")
    reach: Reach | None = param(
        None, "how far down lenders reach as card debt grows; left out: newcomers are always as the recipe says"
    )
    costs: Costs = param({}, "what money, accounts and new lending cost the lender")
    provisioning: Provisioning | None = param(
        None, "views of the future, rule books, overlays and capital, for `loanbook reserve`; left out: the usual ones"
    )

    @field_validator("currency")
    @classmethod
    def _code(cls, code: str) -> str:
        if len(code) != 3 or not (code.isascii() and code.isalpha() and code.isupper()):
            raise PydanticCustomError(
                "currency",
                "{code} was given; three capital letters are wanted, as USD or CNY",
                {"code": repr(code)},
            )
        return code

    @field_validator("products")
    @classmethod
    def _some(cls, products: dict[str, Any]) -> dict[str, Any]:
        if not products:
            raise PydanticCustomError("products", "no product is left; a lender has at least one")
        return by_name(products)

    _sorted = field_validator("policies")(by_name)


class Scenario(Frozen):
    """A question put to the simulator: a book and a lender, living through a world for a span of months."""

    name: str = param("", "the scenario's name; the file's name unless given")
    question: str = param("", "what the scenario asks; the file's leading comment unless given")
    seed: int = param(1, "the luck: same seed, same answer", ge=0, le=2**63 - 1)
    span: Span = param(..., "the months simulated")
    shards: int = param(
        1,
        "servicing centres into which the borrowers fall by number, each a run by itself with its own part of the "
        "desk's seats; a large book in several shards takes the memory of one",
        ge=1,
        le=10_000,
    )
    book: BookPlan = param({}, "the borrowers")
    world: World = param(..., "what befalls")
    lender: Lender = param(..., "what the lender chooses")
    fit: Fit | None = param(None, "what of it was fitted to history, as `loanbook calibrate` writes it")
    ensemble: EnsemblePlan | None = param(
        None, "what an ensemble of it varies beside the seeds; it changes no single run"
    )

    @property
    def clock(self) -> Clock:
        """The run's calendar."""
        return Clock(self.span.start, self.span.months, self.book.warm_up)

    def resolved(self) -> dict[str, Any]:
        """The scenario in full, every default written out, as plain values; loads back the same."""
        body: dict[str, Any] = written(self)
        return {key: value for key, value in body.items() if value not in ("", None)}
