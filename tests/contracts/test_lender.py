"""Contracts of products and reserves: answers within their bounds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from registers import entry
from small_worlds import BUSY, laid_over, ran

from simulator.draws import Draws
from simulator.population import Recipe, draw
from simulator.products import PRODUCTS, Opening, Product
from simulator.reserves import BUCKETS, RESERVES

WORLD = laid_over(BUSY, {"span.months": 10, "lender.policies": {}, "book.borrowers": 800})
PEOPLE = draw(Recipe.read("us"), np.arange(500), Draws(1))


@pytest.mark.parametrize("kind", PRODUCTS)
def test_new_accounts_owe_what_they_may(kind: type[Product]) -> None:
    product = kind.model_validate({"kind": entry(kind)})
    ids = Draws(1).bits("any", 0, PEOPLE.id.astype(np.uint64))
    opening = Opening(PEOPLE, 0, 0, ids, Draws(1))
    accounts = product.open(opening)
    assert set(accounts.names) == set(kind.columns)
    assert (accounts.status == 1).all()
    assert (accounts.balance >= 0).all()
    assert (accounts.balance <= accounts.limit).all()
    assert (accounts.rate >= 0).all()
    product.season(accounts, opening)
    assert (accounts.balance >= 0).all()
    assert (accounts.balance <= accounts.limit).all()
    assert (accounts.opened <= 0).all()
    assert (accounts.missed == 0).all()


@pytest.mark.parametrize("kind", PRODUCTS)
def test_a_book_of_one_product_alone_lives(kind: type[Product]) -> None:
    products = {"only": {"kind": entry(kind)}}
    result = ran(base=laid_over(WORLD, {"lender.products": products}))
    rows = result.panel[result.panel["segment"] == "all"]
    assert (rows["balance"] > 0).all()
    assert (rows["paid"] > 0).all()


@pytest.mark.parametrize("kind", RESERVES)
def test_a_reserve_lies_between_nothing_and_everything(kind: type[Any]) -> None:
    reserve = kind.model_validate({"kind": entry(kind)})
    balances = np.arange(1, 16, dtype=np.int64).reshape(len(BUCKETS), 3) * 1000
    allowance = reserve.allowance(balances)
    assert allowance.shape == (3,)
    assert allowance.dtype == np.int64
    assert ((allowance >= 0) & (allowance <= balances.sum(axis=0))).all()
    assert (reserve.allowance(2 * balances) == 2 * allowance).all() or abs(
        reserve.allowance(2 * balances) - 2 * allowance
    ).max() <= 1
    assert not reserve.allowance(np.zeros_like(balances)).any()


def test_a_reserve_changes_the_allowance_and_nothing_else() -> None:
    without = ran(base=laid_over(WORLD, {"lender.reserve": {"kind": "none"}})).panel
    aside = ran(base=laid_over(WORLD, {"lender.reserve": {"kind": "days_late"}})).panel
    assert (without["allowance"] == 0).all()
    assert (aside.loc[aside["segment"] == "all", "allowance"] > 0).all()
    assert aside.drop(columns="allowance").equals(without.drop(columns="allowance"))
