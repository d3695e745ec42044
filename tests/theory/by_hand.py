"""Books built by hand, lived through by the real engine: no recipe, no applicants, nothing but what is put in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.behaviour import Behaviour
from simulator.block import NEVER, OPEN, PERSON_COLUMNS, Accounts
from simulator.book import SEGMENTS, Book, Persons
from simulator.clock import Clock
from simulator.draws import Draws, mix
from simulator.economy import Labour, Paths
from simulator.economy.labour import Jobs
from simulator.engine import Engine, Life, Rules
from simulator.ledger import Ledger
from simulator.lending import Lending, furnish
from simulator.panel import Panel
from simulator.policies import InForce
from simulator.population import Recipe
from simulator.products import Instalment, Product
from simulator.reserves.days_late import NoReserve
from simulator.shocks import Shock

LABELS = {"sector": ("all",), "region": ("all",), "education": ("all",), **SEGMENTS}
ORDERLY = Behaviour(bankruptcy_late=0.0, bankruptcy_short=0.0, engages=(1.0,), draw_down=0.0)  # nobody gives up
RICH = {"income": 10**9, "savings": 10**9, "target": 10**9}  # cents; whatever comes is paid


def loan(**values: Any) -> Instalment:
    """An instalment loan without early repayment."""
    return Instalment.model_validate({"kind": "instalment", "leaving": 0.0, **values})


def columns(product: Product, count: int, **values: Any) -> Accounts:
    """Accounts with the same values each (or arrays of them)."""
    accounts = Accounts(count, product.depth, product.columns)
    accounts.status[:] = OPEN
    for name, value in values.items():
        getattr(accounts, name)[:] = value
    if "reaged" in accounts.names:
        accounts.reaged[:] = NEVER
    return accounts


def still(months: int, separation: float = 0.0, finding: float = 0.0) -> Paths:
    """A world in which nothing changes: constant hazards, everybody at work at the start, no prices."""
    flat, one = np.full((months, 1), separation), np.ones(months)
    durations = np.zeros((months, 60))
    durations[:, 0] = 1.0
    jobs = Jobs(
        flat, np.full((months, 60), finding), np.zeros((months, 1)), durations, np.full(months, 0.05), one, 0.05
    )
    return Paths(0, jobs, one, one, np.zeros(months), np.zeros(months), one, None)


@dataclass
class Lived:
    """What the engine left behind."""

    book: Book
    panel: Panel
    ledger: Ledger

    def total(self, measure: str, product: str = "loan") -> Any:
        """A measure of one product by month; cents or counts."""
        return self.panel.total(product, measure)


def live(
    product: Product,
    accounts: Accounts,
    months: int,
    *,
    persons: Mapping[str, Any] = RICH,
    behaviour: Behaviour = ORDERLY,
    labour: Labour | None = None,
    paths: Paths | None = None,
    shocks: Mapping[str, Shock] | None = None,
    due_day: int = 1,
    start: dt.date = dt.date(2026, 1, 1),
    seed: int = 1,
) -> Lived:
    """Everybody has one account of one product, all are due on one day, and nobody comes in later."""
    count = accounts.status.size
    clock, draws = Clock(start, months), Draws(seed)
    labour = labour or Labour()
    world = paths or still(months)
    products, policies = {"loan": product}, InForce({})
    book = Book.empty((due_day,), count, LABELS, ())
    for block in book.blocks:
        furnish(block, products, {}, tuple(shocks or ()), relief=False)
    ids = np.arange(count, dtype=np.int64)
    given = {"earner_share": 1.0, **persons}
    held = {name: np.full(count, value).astype(PERSON_COLUMNS[name][0]) for name, value in given.items()}
    people = Persons({"id": ids, "mixed": mix(ids), **held})
    book.admit(people, {"loan": accounts}, {"loan": np.ones(count, np.bool_)})
    ledger = Ledger(("loan",), 1, months)
    for block in book.blocks:
        ledger.begin("loan", block)
    panel = Panel(clock, ("loan",), (), LABELS, 1)
    recipe = Recipe.read("us")
    lending = Lending(recipe, products, policies, labour, draws, clock, count, 0.0, open_book=False)
    rules = Rules(products, policies, behaviour, NoReserve(kind="none"), labour, dict(shocks or {}))
    life = Life(rules, book, ledger, panel, world, draws, clock, lending, baseline=False)
    Engine(life).run(0, months)
    return Lived(book, panel, ledger)
