"""New lending: who applies, who is approved, who gets a row; and the book that a run begins with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from simulator.behaviour import Behaviour, spending_as_literate
from simulator.block import COVERED, PERSON_COLUMNS, RELIEF_COLUMNS, UNEMPLOYED, Accounts, Block
from simulator.book import AGE_EDGES, LARGEST_BLOCK, SCORE_EDGES, Book, Persons
from simulator.bureau import Bureau
from simulator.clock import Clock
from simulator.draws import Draws, Rows, mix
from simulator.economy import BACK, Labour, Paths
from simulator.ledger import Ledger
from simulator.opacity import Opacity
from simulator.panel import Panel, net_charge_off_rate
from simulator.policies import Application, Counter, InForce
from simulator.population import People, Recipe, draw
from simulator.products import Instalment, Opening, Product
from simulator.reach import Reach
from simulator.understanding import understand, understand_at_entry, wanting

LOST = 0.0025  # accounts charged off in a month, replaced; a guess, below us.card.nco_baseline / 12

Flags = npt.NDArray[np.bool_]


class Waiting(Protocol):
    """Accounts already agreed on that are still to be opened (loans of a tape), each in its own month."""

    def month(self, lending: Lending, book: Book, ledger: Ledger, panel: Panel, paths: Paths, month: int) -> None:
        """Open those whose month it is."""


@dataclass
class Lending:
    """The lender's counter: applications month by month, from people who are the same in every scenario."""

    recipe: Recipe
    products: dict[str, Product]
    policies: InForce
    labour: Labour
    draws: Draws
    clock: Clock
    borrowers: int
    growth: float
    open_book: bool
    behaviour: Behaviour = field(default_factory=Behaviour)
    opacity: Opacity | None = None
    bureau: Bureau | None = None
    approved_share: float = 0.7
    history: list[int] = field(default_factory=list)  # applicants of the warm-up months
    waiting: Waiting | None = None
    reach: Reach | None = None
    coming: float = 1.0  # share of the usual applicants who come, as far as they trust the lender
    leverage: tuple[float, ...] = ()  # card debt against income, percent, where the book makes its own
    volume: float = 1.0  # new accounts against the usual number, as leverage grows
    elsewhere: float = 1.0  # what everybody pays on debts elsewhere against the usual
    indebted: float = 0.0  # how much more indebted than the recipe's those are who come now

    @property
    def idle_days(self) -> int:
        """How long one who owes nothing is kept: while a product lends again, a quarter; else not at all."""
        return 91 if any(getattr(product, "again", 0.0) > 0 for product in self.products.values()) else 0

    def begin(self, book: Book, ledger: Ledger, panel: Panel, paths: Paths) -> None:
        """The book a run begins with: approved people of today's quality, their accounts in mid-life."""
        month = -self.clock.warm_up
        self.reach_out(paths, panel, month)
        remaining, seen, passed = self.borrowers, 0, 0
        while remaining > 0:
            count = int(remaining / max(self.approved_share, 0.02)) + 16
            people = self._people(book, min(count, LARGEST_BLOCK))
            approved = np.flatnonzero(self._approve(people, month))
            self.approved_share = max(approved.size / len(people), 0.001)
            if self.approved_share <= 0.001:
                from simulator.errors import SimulatorError

                raise SimulatorError(
                    "lender.policies: nobody of the recipe is approved; loosen score_cut_off or debt_service_cap"
                )
            seen, passed = seen + len(people), passed + approved.size
            taken = approved[:remaining]
            last = taken[-1] if taken.size else len(people) - 1
            if taken.size == remaining:
                book.next_id = int(people.id[last]) + book.shard.of
            self._admit(book, ledger, panel, paths, people.take(taken), month, season=True)
            remaining -= taken.size
        for name in self.products:
            for block in book.blocks:
                ledger.begin(name, block)
        if self.open_book and not self.clock.warm_up:
            self.approved_share = max(passed / max(seen, 1), 0.001)
            self.go_on(tuple(self.products.values()), book)

    def go_on(self, products: tuple[Product, ...], book: Book) -> None:
        """The applicants of a month where no past tells how many: a stated share of the book is replaced."""
        share = replaced(products)
        self.history = [round(self.borrowers * share / self.approved_share)]
        why = f"an open book without a past: {share:.2%} of the borrowers are replaced a month, by people of the recipe"
        told = {"what": "applicants a month assumed", "number": self.history[0], "money": 0.0, "why": why}
        book.counted.extend([told] if self.history[0] else [])

    def month(self, book: Book, ledger: Ledger, panel: Panel, paths: Paths, month: int) -> None:
        """Those who apply on the first of a month; in the warm-up as many as keep the book at its size."""
        if self.waiting is not None:
            self.waiting.month(self, book, ledger, panel, paths, month)
        panel.note_lender("applicants", month, 0)
        if not self.open_book and month >= 0:  # a book that is closed is so from the start of the span
            return
        for name, product in self.products.items():
            if getattr(product, "again", 0.0) > 0:
                self._lend_again(name, product, book, ledger, panel, paths, month)
        if month < 0:
            there = sum(int(np.count_nonzero(_owing(block))) for block in book.blocks)
            count = max(round((self.borrowers - there) / self.approved_share), 0)
            self.history.append(count)
        else:
            recent = self.history[-24:] or [0]
            count = round(float(np.mean(recent)) * (1.0 + self.growth) ** (month / 12.0) * self.volume)
        if count == 0:
            return
        people = self._people(book, count)
        if self.coming < 1.0:
            luck = self.draws.uniform("trust.comes", self.clock.month_start(month), mix(people.id))
            people = people.take(luck < self.coming)
        panel.note_lender("applicants", month, len(people))
        approved = np.flatnonzero(self._approve(people, month))
        if month < 0 and count >= 100:
            self.approved_share += 0.1 * (max(approved.size / count, 0.001) - self.approved_share)
        self._admit(book, ledger, panel, paths, people.take(approved), month, season=False)

    def reach_out(self, paths: Paths, panel: Panel, month: int) -> None:
        """How indebted those are whom lenders reach at that time, and how many."""
        if self.reach is None or paths.leverage is None:
            return
        row = paths.row(month) + BACK
        until = self.reach.given_until
        later = month >= 0 if until is None else self.clock.month_date(month) > until
        if self.reach.leverage == "simulated" and later:
            known = self.leverage or tuple(paths.leverage[:row].tolist())
            self.leverage = (*known, self.reach.grown(known[-1], net_charge_off_rate(panel, row - BACK)))
        levels = self.leverage or paths.leverage
        now, year_ago, two_ago = (float(levels[row - back]) for back in (0, 12, BACK))
        self.indebted = self.reach.indebted(now, two_ago)
        self.volume = self.reach.volume(now, year_ago)
        self.elsewhere = self.reach.elsewhere(now)

    def _approve(self, people: People, month: int) -> Flags:
        """Who of those who apply on the first of a month is approved."""
        return self.policies.approve(Application.of(people, mix(people.id), self.draws, self.clock.month_start(month)))

    def drawn(self, ids: npt.NDArray[np.int64], known: dict[str, Any] | None = None) -> People:
        """These people of the recipe, as far as nothing else is known of them, with the money sense they have."""
        people = draw(self.recipe, ids, self.draws, known, self.indebted)
        return spending_as_literate(people, mix(ids), self.draws, self.behaviour)

    def _people(self, book: Book, count: int) -> People:
        ids = book.shard.numbers(book.next_id, count)
        book.next_id += count * book.shard.of
        people = self.drawn(ids)
        book.counted.extend(people.counted)
        return people

    def _admit(
        self,
        book: Book,
        ledger: Ledger,
        panel: Panel,
        paths: Paths,
        people: People,
        month: int,
        *,
        season: bool,
    ) -> None:
        if not len(people):
            return
        mixed = mix(people.id)
        persons = self.persons(people, mixed, book)
        self.at_work_or_not(persons, paths, month)
        if self.opacity is not None:
            people = wanting(self.opacity, people, persons.columns["traits"] != 0)
        opening = Opening(
            people,
            month,
            self.clock.month_start(month),
            mixed,
            self.draws,
            float(paths.wages[paths.row(month)]),
            (np.asarray(persons.columns["spells"], np.uint8) & UNEMPLOYED) != 0,
        )
        wants, accounts = self._wants(mixed), {}
        for name, product in self.products.items():
            accounts[name] = product.open(opening)
            if season:
                product.season(accounts[name], opening)
        for block, rows, take in book.admit(persons, accounts, wants):
            for name in self.products:
                own = wants[name][take]
                if season:
                    continue
                self.note_opened(name, block, rows[own], ledger, panel, month)

    def persons(self, people: People, mixed: npt.NDArray[np.uint64], book: Book) -> Persons:
        """People as newcomers of the book."""
        sizes = len(self.recipe.regions), len(self.recipe.educations)
        persons = Persons(person_columns(people, mixed, book, *sizes, self.behaviour.literacy_effect))
        if self.opacity is not None:
            understand_at_entry(self.opacity, self.policies, persons, Counter(self.draws, book.labels))
        return persons

    def _wants(self, mixed: npt.NDArray[np.uint64]) -> dict[str, Flags]:
        return {
            name: self.draws.uniform(f"{name}.wants", 0, mixed) < product.share
            for name, product in self.products.items()
        }

    def note_opened(self, name: str, block: Block, rows: Rows, ledger: Ledger, panel: Panel, month: int) -> None:
        """Count new accounts; the money of a new loan goes through the ledger."""
        accounts = block.accounts[name]
        lent = accounts.balance[rows].copy()
        accounts.balance[rows] = 0
        ledger.charge(name, "lent", block, accounts, lent, rows)
        row = panel.row(month)
        cells = panel.cells[name]["new_loans"][row]
        cells += np.bincount(block.segment[rows], minlength=cells.size) if cells.size > 1 else rows.size
        panel.vintages[name]["accounts"][row] += rows.size
        panel.vintages[name]["lent"][row] += accounts.limit[rows].sum()

    def _lend_again(
        self, name: str, product: Product, book: Book, ledger: Ledger, panel: Panel, paths: Paths, month: int
    ) -> None:
        """Those who repaid come back for another loan: same person, new account, if nothing of theirs went wrong."""
        day = self.clock.month_start(month)
        for block in book.blocks:
            rows, _ = self.draws.hits(f"{name}.again", day, block.mixed, getattr(product, "again", 0.0))
            fine = (block.accounts[name].status[rows] == 0) & block.here[rows]
            for accounts in block.accounts.values():
                fine &= (accounts.status[rows] != 2) & (accounts.missed[rows] == 0)
            if self.bureau is not None:
                fine &= ~self.bureau.excluded(block, rows, month)
            rows = rows[fine]
            wants = self.draws.uniform(f"{name}.wants", 0, block.mixed[rows]) < product.share
            rows = rows[wants]
            if not rows.size:
                continue
            people = self.drawn(block.id[rows])
            if self.bureau is not None:
                people.score = block.score[rows] - block.lost[rows]  # as it is today
            approved = self._approve(people, month)
            rows, people = rows[approved], people.take(approved)
            if not rows.size:
                continue
            if self.opacity is not None:
                counter = Counter(self.draws, book.labels)
                people = wanting(self.opacity, people, understand(self.opacity, self.policies, block, rows, counter))
            opening = Opening(people, month, day, block.mixed[rows], self.draws, float(paths.wages[paths.row(month)]))
            block.accounts[name].put(rows, product.open(opening))
            self.note_opened(name, block, rows, ledger, panel, month)

    def at_work_or_not(
        self, persons: Persons, paths: Paths, month: int, times: npt.NDArray[np.float64] | float = 1.0
    ) -> None:
        """Newcomers are as often out of work (or so many `times` as often), and as long, as the world at that time."""
        jobs, row = paths.jobs, paths.row(month)
        mixed = persons.columns["mixed"]
        group = persons.columns["group"]
        out = self.draws.uniform("entry.out", 0, mixed) < jobs.unemployed[row][group] * times  # type: ignore[arg-type]
        luck = self.draws.uniform("entry.months_out", 0, mixed)  # type: ignore[arg-type]
        months = np.minimum(np.searchsorted(np.cumsum(jobs.durations[row]), luck), jobs.durations.shape[1] - 1)
        covered = self.draws.uniform("entry.covered", 0, mixed) < self.labour.benefits.take_up  # type: ignore[arg-type]
        day = self.clock.month_start(month)
        persons.columns["spells"] = np.where(
            out, UNEMPLOYED | np.where(covered, COVERED, 0).astype(np.uint8), 0
        ).astype(np.uint8)
        persons.columns["months_out"] = np.where(out, months, 0).astype(np.int8)
        persons.columns["out_since"] = np.where(out, day - np.round((months + luck) * 30.4375), 0).astype(np.int32)


def replaced(products: tuple[Product, ...]) -> float:
    """The share of borrowers replaced in a month: those who leave by the products' own terms, and a few lost."""
    rates, wanted = [], [max(product.share, 1e-9) for product in products]
    for product in products:
        rate = 1.0 - (1.0 - product.leaving) ** (1.0 / 12.0) + LOST
        if isinstance(product, Instalment):
            rate += 1.0 / float(np.average(list(product.terms), weights=list(product.terms.values())))
        rates.append(rate)
    return float(np.average(rates, weights=wanted))


def _owing(block: Block) -> Flags:
    owing = np.zeros(block.size, np.bool_)
    for accounts in block.accounts.values():
        owing |= accounts.status == 1
    return owing


def person_columns(
    people: People, mixed: npt.NDArray[np.uint64], book: Book, regions: int, educations: int, literacy_effect: float
) -> dict[str, npt.NDArray[np.generic]]:
    """People as columns of a block."""
    group = (people.sector.astype(np.int64) * regions + people.region) * educations + people.education
    codes = {
        "income_quintile": people.income_quintile.astype(np.int64),
        "sector": people.sector.astype(np.int64),
        "region": people.region.astype(np.int64),
        "education": people.education.astype(np.int64),
        "age": np.searchsorted(AGE_EDGES, people.age, side="right"),
        "score": np.searchsorted(SCORE_EDGES, people.score, side="right"),
    }
    forgets = people.forgets * (1.0 + literacy_effect * (1.0 - 2.0 * people.literacy))
    columns: dict[str, npt.NDArray[np.generic]] = {
        "id": people.id,
        "mixed": mixed,
        "income": people.income,
        "essential": people.essential,
        "savings": people.savings,
        "target": people.target,
        "earner_share": people.earner_share,
        "forgets": np.where(people.autopay, 0.0, np.rint(np.clip(forgets, 0.0, 0.9999) * 65536)),
        "score": people.score,
        "literacy": np.rint(people.literacy * 255.0),
        "outside": np.rint(people.debt_service * people.income),
        "group": group,
        "segment": book.segment_of(codes) if book.cuts else np.zeros(len(people), np.int16),
        "quintile": people.income_quintile,
        "age": people.age,
    }
    return {name: np.asarray(column).astype(PERSON_COLUMNS[name][0]) for name, column in columns.items()}


def furnish(
    block: Block,
    products: dict[str, Product],
    own: dict[str, type[np.generic]],
    causes: tuple[str, ...],
    *,
    relief: bool,
) -> None:
    """Give a block an empty table of accounts for each product, and the columns that shocks and policies need."""
    more = tuple(RELIEF_COLUMNS) if relief else ()
    block.furnish(own, causes)
    for name, product in products.items():
        block.accounts[name] = Accounts(block.size, product.depth, (*product.columns, *more), len(causes))
