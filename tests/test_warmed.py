"""Warmed-up books: who starts from a kept one gives the same bytes, nobody takes another's, nothing fails over it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from simulator.ensemble import compare
from simulator.ensemble.sharing import in_turn, share_books
from simulator.ensemble.tasks import Task
from simulator.errors import ScenarioError
from simulator.kept import Store
from simulator.run import Result, Setting, run
from simulator.scenario import Scenario, load, shipped_scenarios
from simulator.shard import Shard
from simulator.warmed import KIND, book_key, keep, warm_up_of
from simulator.warmed.books import make_room
from tests.small_worlds import scenario

TABLES = ("panel", "unshocked", "causes", "vintages", "roll_rates", "flows", "hit", "policies", "payment_statuses")
EVERYDAY = (
    *("us_cards", "us_cards_severe_2026", "cn_platform", "cn_epidemic", "remedy_restructuring", "cn_platform_full"),
    *("desk_three_seats", "remedy_larger_desk", "trust_feedback", "cause_opaque_terms", "remedy_plain_terms"),
)


def small(name: str, months: int) -> Scenario | None:
    """A shipped scenario made small; None where it cannot be read here (it wants a tape or series)."""
    try:
        whole = load(shipped_scenarios()[name], borrowers=300)
    except ScenarioError:
        return None
    book = {"warm_up": min(whole.book.warm_up, 12), "due_days": (3, 17)}
    return whole.model_copy(
        update={
            "book": whole.book.model_copy(update=book),
            "span": whole.span.model_copy(update={"months": months}),
        }
    )


def same(one: Result, other: Result) -> None:
    for name in TABLES:
        here, there = getattr(one, name), getattr(other, name)
        assert (here is None) == (there is None), name
        if here is not None:
            pd.testing.assert_frame_equal(here, there, obj=name)
    assert one.counted == other.counted


def lived_with(asked: Scenario, books: Store) -> tuple[Result, list[str]]:
    """A run with kept books, and what it said it was doing."""
    heard: list[tuple[str, int, int]] = []
    result = run(asked, books=books, progress=lambda *told: heard.append(told))
    assert heard[-1][1] == heard[-1][2]
    return result, [what for what, _, _ in heard]


def from_kept_books(names: tuple[str, ...], folder: Path) -> int:
    """Every scenario without and with kept books; how many found a book that another had kept."""
    books, shared = Store(folder), 0
    for place, name in enumerate(names):
        asked = small(name, 3 + place % 3)  # spans of different length share a book
        if asked is None or book_key(Setting.of(asked, asked.seed)) is None:
            continue
        result, said = lived_with(asked, books)
        if "warming up" in said:  # the first of its kind lives as without, and keeps
            alone = result
            result, said = lived_with(asked, books)
        else:
            alone = run(asked)
            shared += 1
        same(alone, result)
        assert "warming up" not in said
        assert said.count("a warmed-up book") == 1
    return shared


@pytest.mark.long
def test_shipped_scenarios_from_kept_books(tmp_path: Path, full_size: bool) -> None:
    """All of them at full size; else some pairs that share a book, and one scenario that has everything."""
    names = tuple(sorted(shipped_scenarios())) if full_size else EVERYDAY
    assert from_kept_books(names, tmp_path) >= (35 if full_size else 5)


# --- what a book's name holds ---------------------------------------------------------------------------------------

DATED: dict[str, Any] = {"starts": "2026-03"}
ALIKE: dict[str, dict[str, Any]] = {
    "the name": {"name": "another", "question": "what?"},
    "the length of the span": {"span__months": 7},
    "the world off its baseline": {"world__economy": {"unemployment": {"baseline": 5.0, "2026-02": 12.0}}},
    "a dated shock": {"world__shocks__late_wages": DATED, "world__shocks__divorce": {"where": {"oldest": 40}, **DATED}},
    "a dated unemployment": {"world__shocks__unemployment": {"severity": 3.0, "where": {"region": ["south"]}, **DATED}},
    "a dated relief": {"lender__policies__payment_holiday": DATED, "world__policies__cheque": DATED},
    "a policy with columns of its own": {"lender__policies__financial_education": DATED},
    "growth": {"book__growth": 0.1},
    "costs": {"lender__costs__origination": 99.0},
    "the currency": {"lender__currency": "EUR"},
}
OTHER: dict[str, dict[str, Any]] = {
    "the baseline": {"world__economy": {"unemployment": {"baseline": 6.0, "2026-03": 9.0}}},
    "a path that is there": {"world__economy__claims": 100.0},
    "a shock that is always there": {"world__shocks__illness": {"incidence": 0.2}},
    "a new shock without a date": {"world__shocks__divorce": {}},
    "a shock that ends": {"world__shocks__illness": {"ends": "2026-02"}},
    "a policy without a date": {"lender__policies__payment_holiday": {}},
    "the state's": {"world__policies__benefit": {"weekly": 10.0}},
    "underwriting": {"lender__policies__approval": {"score_cut_off": 610}},
    "a product": {"lender__products__card": {"rate": 0.21}},
    "behaviour": {"lender__behaviour__bankruptcy_short": 0.05},
    "the reserve": {"lender__reserve": {"kind": "none"}},
    "a desk": {"lender__desk": {}},
    "trust": {"lender__trust": {}},
    "opacity": {"lender__opacity": {}},
    "a bureau": {"world__bureau": {}},
    "labour": {"world__labour__lower_pay_share": 0.1},
    "the recipe": {"book__recipe": {"preset": "us", "income_median": 4000}},
    "how many": {"book__borrowers": 1400},
    "how long": {"book__warm_up": 7},
    "the start": {"span__start": "2026-02"},
    "the cuts": {"book__segments": ["region"]},
    "shards": {"shards": 2},
}


def key(seed: int = 3, shard: Shard | None = None, **changes: Any) -> str | None:
    setting = Setting.of(scenario(**changes), seed)
    return book_key(setting if shard is None else setting.of_shard(shard))


@pytest.mark.parametrize("what", ALIKE)
def test_what_the_warm_up_does_not_see_shares_a_book(what: str) -> None:
    assert key(**ALIKE[what]) == key()


@pytest.mark.parametrize("what", OTHER)
def test_what_it_sees_is_another_book(what: str) -> None:
    assert key(**OTHER[what]) not in (None, key())


def test_seeds_and_shards_have_books_of_their_own() -> None:
    found = {key(), key(4), *(key(shard=Shard(number, 3)) for number in range(3)), key(shard=Shard(0, 2))}
    assert len(found) == 6


def test_numbers_of_policies_count_where_relief_was_given_from_the_start() -> None:
    given = {"lender__policies__payment_holiday": {"reach": 0.3}}
    assert key(**given, lender__policies__autopay=DATED) != key(**given)
    assert key(lender__policies__autopay=DATED) == key()


def test_aims_of_unemployment_count_where_some_is_always_there() -> None:
    always = {"world__shocks__layoffs": {"kind": "unemployment", "severity": 1.0, "where": {"region": ["northeast"]}}}
    dated = {"world__shocks__unemployment": {"where": {"region": ["south"]}, **DATED}}
    assert key(**always, **dated) != key(**always)


@pytest.mark.parametrize("own", [{"book__warm_up": 0}, {"book__warm_up_world": "path"}])
def test_what_cannot_be_shared_is_lived(tmp_path: Path, own: dict[str, Any]) -> None:
    asked = scenario(book__borrowers=100, span__months=3, **own)
    assert warm_up_of(asked) is None
    run(asked, books=Store(tmp_path))
    assert not list(Store(tmp_path).entries(KIND))


# --- other worlds from one book, and nothing goes wrong ---------------------------------------------------------------

TINY = {"book__borrowers": 300, "span__months": 5}


@pytest.mark.parametrize("what", ["a dated unemployment", "a dated relief", "a policy with columns of its own"])
def test_columns_of_the_asking_scenario_are_its_own(tmp_path: Path, what: str) -> None:
    books = Store(tmp_path)
    run(scenario(**{**TINY, "span__months": 2}), books=books)
    asked = scenario(**TINY, **ALIKE[what])
    result, said = lived_with(asked, books)
    assert "warming up" not in said
    same(run(asked), result)


def test_each_shard_has_its_book(tmp_path: Path) -> None:
    books, asked = Store(tmp_path), scenario(**TINY, shards=3)
    run(asked, books=books)
    assert len(list(books.entries(KIND))) == 3
    result, said = lived_with(asked, books)
    assert said.count("a warmed-up book") == 3
    same(run(asked), result)


def test_a_damaged_book_is_lived_anew(tmp_path: Path) -> None:
    books, asked = Store(tmp_path), scenario(**TINY)
    run(asked, books=books)
    (entry,) = books.entries(KIND)
    entry.path.write_bytes(entry.path.read_bytes()[:-100])
    result, said = lived_with(asked, books)
    assert "warming up" in said
    same(run(asked), result)


def test_a_run_does_not_fail_over_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    same(run(scenario(**TINY)), run(scenario(**TINY), books=Store(tmp_path / "file")))


def test_a_book_that_something_later_has_touched_is_not_kept(tmp_path: Path) -> None:
    from simulator.run import _begin

    setting = Setting.of(scenario(**TINY, lender__policies__payment_holiday=DATED), 3)
    state = _begin(setting, None)
    assert keep(Store(tmp_path), setting, state)
    state.book.blocks[0].accounts["card"].relief[0] = 1
    assert not keep(Store(tmp_path / "other"), setting, state)


def test_the_longest_unused_go_first(tmp_path: Path) -> None:
    books = Store(tmp_path)
    for number, name in enumerate("abc"):
        place = books.keep(KIND, name * 32, lambda path: path.write_bytes(b"0" * 100) and None)
        os.utime(place, (1000 + number, 1000 + number))
    os.utime(next(books.entries(KIND)).path, (2000, 2000))  # a is used again
    make_room(books, "b" * 32, most=250)
    assert [entry.key[0] for entry in books.entries(KIND)] == ["a", "b"]  # b is the last kept and stays
    make_room(books, "b" * 32, most=0)
    assert [entry.key[0] for entry in books.entries(KIND)] == ["b"]


def test_compared_scenarios_share_the_books_of_their_seeds(tmp_path: Path) -> None:
    base, other = scenario(**TINY), scenario(**TINY, world__shocks__late_wages=DATED)
    apart = scenario(**TINY, lender__products__card={"rate": 0.3})
    assert share_books([base, other])
    assert not share_books([base, apart])
    plain, kept = (compare(base, [other], seeds=2, books=books) for books in (None, Store(tmp_path)))
    pd.testing.assert_frame_equal(plain.table, kept.table)
    assert len(list(Store(tmp_path).entries(KIND))) == 2
    compare(base, [apart], seeds=2, books=Store(tmp_path / "none"))
    assert not list(Store(tmp_path / "none").entries(KIND))  # keeping would save nothing


def test_scenarios_take_turns_so_that_books_are_still_there() -> None:
    tasks = [Task(number, seed) for number in range(2) for seed in range(1, 12)]
    turns = in_turn(tasks, 2)
    assert sorted(turns) == tasks
    assert turns[:9] == [*(Task(0, seed) for seed in range(1, 9)), Task(1, 1)]
    assert in_turn(tasks, 100) == tasks
