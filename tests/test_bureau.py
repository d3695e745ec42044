"""The credit bureau at the counter: who comes again is seen with today's score, and who defaulted is sent away."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from simulator.block import OPEN, Accounts, Block
from simulator.bureau import STAMP
from simulator.draws import Rows
from simulator.errors import ScenarioError
from simulator.lending import Lending
from simulator.products import Card
from simulator.run import run
from tests.small_worlds import everybody, ran, scenario

AGAIN: dict[str, Any] = {  # short loans to those who come back, few of whom are refused
    "book__due_days": [17],
    "book__segments": [],
    "span__months": 24,
    "lender__products": {"loan": {"kind": "instalment", "terms": {3: 1.0}, "again": 0.5, "default_days": 30}},
    "lender__policies__approval": {"score_cut_off": 500, "leak_rate": 0.0},
    "world__bureau": {},
}


def lent_again(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> list[tuple[float, int, int]]:
    """Of each loan lent to one already known: its rate, the score at entry less points lost, months since default."""
    found: list[tuple[float, int, int]] = []
    usual = Lending.note_opened

    def noted(self: Lending, name: str, block: Block, rows: Rows, ledger: Any, panel: Any, month: int) -> None:
        usual(self, name, block, rows, ledger, panel, month)
        old = rows[block.own["bureau.since"][rows] > 0]  # late before, and so known
        since = np.where(block.own["bureau.default"][old] > 0, month + STAMP - block.own["bureau.default"][old], 999)
        score = block.score[old].astype(int) - block.lost[old]
        found.extend(zip(block.accounts[name].rate[old].tolist(), score.tolist(), since.tolist(), strict=True))

    monkeypatch.setattr(Lending, "note_opened", noted)
    run(scenario(**{**AGAIN, **changes}), unshocked=False)
    return found


def test_the_price_of_the_next_loan_follows_todays_score(monkeypatch: pytest.MonkeyPatch) -> None:
    product = scenario(**AGAIN).lender.products["loan"]
    loans = lent_again(monkeypatch, world__bureau={"exclusion": 0})
    assert len(loans) > 20
    rates, scores, _ = zip(*loans, strict=True)
    assert rates == tuple(product.rates(np.array(scores)).tolist())


def test_who_defaulted_is_lent_nothing_for_as_long_as_that_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    free = lent_again(monkeypatch, world__bureau={"exclusion": 0})
    assert sum(since < 3 for _, _, since in free) > 5, "defaulted, cured, repaid and soon back"
    barred = lent_again(monkeypatch, world__bureau={"exclusion": 3})
    assert 0 < len(barred) < len(free)
    assert min(since for _, _, since in barred) == 3


def test_a_bureau_without_strength_changes_nothing() -> None:
    nothing = {f"fall_{days}_{end}": 0 for days in (30, 90) for end in ("low", "high")}
    changes = {key.replace("__", "."): value for key, value in AGAIN.items()}
    without = ran({**changes, "world.bureau": None})
    assert ran({**changes, "world.bureau": {**nothing, "exclusion": 0}}).panel.equals(without.panel)
    usual = everybody(ran({**changes, "world.bureau": {}}))
    assert usual["new_loans"].sum() < everybody(without)["new_loans"].sum()


def test_a_review_of_what_nobody_follows_is_a_mistake() -> None:
    with pytest.raises(ScenarioError, match="review_months: nobody follows the score"):
        scenario(lender__products__card__review_months=6)


def test_a_card_reviewed_is_dearer_and_lower_where_points_were_lost_and_comes_back() -> None:
    card = Card(review_months=6, rate_per_100_points=0.1, limit_per_100_points=0.5)
    block = Block(1, 2)
    block.furnish({f"card.{column}": dtype for column, dtype in Card.own.items()}, ())
    block.accounts["card"] = accounts = Accounts(2, card.depth, card.columns)
    accounts.status[:], accounts.limit[:], accounts.rate[:] = OPEN, 1_000_000, 0.2
    block.lost[:] = 50, 0
    card.review("card", block, 5)
    assert accounts.limit.tolist() == [1_000_000, 1_000_000], "not its month"
    card.review("card", block, 6)
    assert accounts.limit.tolist() == [round(1_000_000 * math.exp(-0.25)), 1_000_000]
    assert accounts.rate.tolist() == pytest.approx([0.25, 0.2])
    block.lost[:] = 0
    card.review("card", block, 12)
    assert accounts.limit.tolist() == pytest.approx([1_000_000, 1_000_000], abs=1)
    assert accounts.rate.tolist() == pytest.approx([0.2, 0.2])


def test_a_ceiling_on_the_rate_does_not_make_the_healed_card_cheaper_than_it_was() -> None:
    card = Card(review_months=1, rate_per_100_points=0.1, limit_per_100_points=0.5, most_rate=0.22, largest=5_000.0)
    block = Block(1, 2)
    block.furnish({f"card.{column}": dtype for column, dtype in Card.own.items()}, ())
    block.accounts["card"] = accounts = Accounts(2, card.depth, card.columns)
    accounts.status[:], accounts.limit[:], accounts.rate[:] = OPEN, 800_000, (0.2, 0.3)  # the second above it already
    for month, lost in enumerate((70, 50, 20, 0)):
        block.lost[:] = lost
        card.review("card", block, month)
        assert accounts.rate.tolist() == pytest.approx([0.22 if lost else 0.2, 0.3])
        assert accounts.limit.tolist() == pytest.approx([800_000 * math.exp(-0.005 * lost)] * 2, abs=3)
