"""Chance belongs to (seed, purpose, day, borrower): laws of a run, and the quality of the numbers."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri
from scipy.stats import chi2, norm
from small_worlds import BUSY, laid_over, ran

from simulator.block import Block
from simulator.cycle import Cycle
from simulator.draws import LANES, Draws, mix
from simulator.kernels.plain.luck import unit
from simulator.run import run
from simulator.scenario import from_dict
from simulator.shocks import Illness

WORLD = laid_over(BUSY, {"span.months": 14})
PURPOSES = [*LANES, "bankruptcy", "labour.find", "shock.illness.bill", "card.engage"]
IDS = np.arange(65_536, dtype=np.int64)
MIXED = mix(IDS)


def bytes_of(frame: pd.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.to_parquet(out)
    return out.getvalue()


def again(base: dict[str, Any], **options: Any) -> Any:
    return run(from_dict(base), unshocked=False, **options)


# the run


def test_same_seed_same_bytes() -> None:
    first, second = again(WORLD), again(WORLD)
    for name in ("panel", "vintages", "roll_rates", "flows", "hit"):
        assert bytes_of(getattr(first, name)) == bytes_of(getattr(second, name)), name


def test_blocks_in_reverse_give_the_same_panel() -> None:
    for name in ("panel", "vintages", "roll_rates", "flows"):
        forwards, backwards = getattr(ran(base=WORLD), name), getattr(ran(base=WORLD, reverse=True), name)
        assert bytes_of(forwards) == bytes_of(backwards), name


def test_the_twin_run_takes_nothing_from_the_run() -> None:
    """With or without the unshocked run beside it, and with another run in between, a run is the same."""
    alone = again(WORLD)
    beside = run(from_dict(WORLD), unshocked=True)
    assert beside.panel.equals(alone.panel)
    assert beside.unshocked is not None
    assert not beside.unshocked.equals(alone.panel)


def test_other_seeds_differ_and_agree_on_the_whole() -> None:
    panels = [ran({"seed": seed}, WORLD).panel for seed in (1, 2)]
    assert not panels[0].equals(panels[1])
    balance = [panel.loc[panel["segment"] == "all", "balance"].mean() for panel in panels]
    assert balance[0] == pytest.approx(balance[1], rel=0.25)


def test_a_shock_in_june_leaves_january_to_may_alone() -> None:
    june = {"world.shocks.layoffs": {"kind": "unemployment", "severity": 5.0, "starts": "2026-06"}}
    june["world.shocks.wave"] = {"kind": "illness", "severity": 4.0, "starts": "2026-06"}
    without, shocked = ran(base=WORLD), ran(june, WORLD)
    before = without.panel["month"] < "2026-06-01"
    assert before.sum() == 5 * without.panel["segment"].nunique()
    pd.testing.assert_frame_equal(shocked.panel[before], without.panel[before], check_exact=True)
    rolls = [table.roll_rates.query("month < '2026-06-01'").reset_index(drop=True) for table in (without, shocked)]
    pd.testing.assert_frame_equal(*rolls, check_exact=True)
    assert not shocked.panel.equals(without.panel)


def test_a_harmless_shock_changes_nothing() -> None:
    harmless = {"world.shocks.again": {"kind": "illness", "severity": 0.0}}
    harmless["world.shocks.more"] = {"kind": "unemployment", "severity": 0.0, "starts": "2026-02"}
    assert ran(harmless, WORLD).panel.equals(ran(base=WORLD).panel)


def test_the_layout_by_due_day_belongs_to_the_world() -> None:
    """A borrower's due day follows from the number alone, whatever the size of the book."""
    blocks: dict[int, set[int]] = {}

    def look(borrowers: int) -> dict[int, int]:
        days: dict[int, int] = {}
        original = Illness.strike

        def watched(shock: Illness, name: str, block: Block, cycle: Cycle) -> Any:
            days.update(dict.fromkeys(block.id[block.id >= 0].tolist(), block.due_day))
            return original(shock, name, block, cycle)

        patch = pytest.MonkeyPatch()
        with patch.context() as changed:
            changed.setattr(Illness, "strike", watched)
            again(laid_over(WORLD, {"book.borrowers": borrowers, "span.months": 2, "book.due_days": [1, 5, 28]}))
        return days

    small, large = look(200), look(600)
    both = small.keys() & large.keys()
    assert len(both) > 150
    assert all(small[number] == large[number] for number in both)
    for number, day in large.items():
        blocks.setdefault(day, set()).add(number)
    sizes = [len(block) for block in blocks.values()]
    assert set(blocks) == {1, 5, 28}
    assert max(sizes) < 1.3 * min(sizes)


def test_a_larger_hazard_only_adds_people() -> None:
    """Over a whole run: who fell ill at the lower hazard and is in both books falls ill at the higher too."""

    def ill(severity: float) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
        struck: set[tuple[int, int]] = set()
        there: set[tuple[int, int]] = set()
        original = Illness.strike

        def watched(shock: Illness, name: str, block: Block, cycle: Cycle) -> Any:
            rows = original(shock, name, block, cycle)
            struck.update((number, cycle.day) for number in block.id[rows].tolist())
            there.update((number, cycle.day) for number in block.id[block.id >= 0].tolist())
            return rows

        patch = pytest.MonkeyPatch()
        with patch.context() as changed:
            changed.setattr(Illness, "strike", watched)
            again(laid_over(WORLD, {"world.shocks.illness": {"severity": severity}}))
        return struck, there

    (few, _), (many, there) = ill(1.0), ill(2.5)
    assert few & there <= many
    assert len(many) > 2 * len(few)


# the numbers


@pytest.mark.parametrize("purpose", PURPOSES)
def test_numbers_are_even(purpose: str) -> None:
    """Chi-square over 256 cells and over the cells of rare events, 40 days of 65,536 borrowers."""
    draws, counts, rare = Draws(11), np.zeros(256, np.int64), 0
    for day in range(40):
        luck = draws.uniform(purpose, day, MIXED)
        assert luck.min() > 0.0
        assert luck.max() < 1.0
        counts += np.bincount((luck * 256).astype(np.intp), minlength=256)
        rare += int((luck < 0.001).sum())
    expected = counts.sum() / 256
    assert ((counts - expected) ** 2 / expected).sum() < chi2.ppf(0.9999, 255)
    mean = 0.001 * 40 * IDS.size
    assert abs(rare - mean) < 4.5 * np.sqrt(mean)


def test_numbers_are_fine_grained() -> None:
    luck = Draws(11).uniform("attention", 3, MIXED)
    assert np.unique(luck).size == IDS.size
    low = luck[luck < 2.0**-10] * 2.0**10
    assert low.size > 20
    assert abs(low.mean() - 0.5) < 4.5 / np.sqrt(12 * low.size)


def uncorrelated(one: np.ndarray, other: np.ndarray) -> bool:
    return abs(float(np.corrcoef(one, other)[0, 1])) < 4.5 / np.sqrt(one.size)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_days_are_independent(purpose: str) -> None:
    draws = Draws(5)
    for day, later in ((0, 1), (0, 30), (10, 41), (-5, 5), (3, 3 + 365)):
        assert uncorrelated(draws.uniform(purpose, day, MIXED), draws.uniform(purpose, later, MIXED))


def test_purposes_are_independent() -> None:
    draws = Draws(5)
    luck = {purpose: draws.uniform(purpose, 9, MIXED) for purpose in PURPOSES}
    for one in PURPOSES:
        for other in PURPOSES:
            if one < other:
                assert uncorrelated(luck[one], luck[other]), (one, other)
                joint = ((luck[one] < 0.01) & (luck[other] < 0.01)).sum()
                assert joint < 0.0001 * IDS.size + 5 * np.sqrt(0.0001 * IDS.size) + 1


def test_seeds_and_neighbours_are_independent() -> None:
    one, other = (Draws(seed).uniform("attention", 4, MIXED) for seed in (1, 2))
    assert uncorrelated(one, other)
    assert uncorrelated(one[:-1], one[1:])
    assert uncorrelated(one[:-28], one[28:])


def test_pairs_of_days_fill_the_square() -> None:
    draws, side = Draws(5), 16
    x, y = (draws.uniform("shock.illness", day, MIXED) for day in (7, 8))
    cells = np.bincount((x * side).astype(np.intp) * side + (y * side).astype(np.intp), minlength=side * side)
    expected = IDS.size / side**2
    assert ((cells - expected) ** 2 / expected).sum() < chi2.ppf(0.9999, side * side - 1)


def test_normal_numbers_are_the_inverse_of_the_uniform() -> None:
    draws = Draws(5)
    scores = draws.normal("size", 2, MIXED)
    assert np.array_equal(scores, ndtri(draws.uniform("size", 2, MIXED)))
    assert abs(scores.mean()) < 4.5 / np.sqrt(IDS.size)
    assert scores.std() == pytest.approx(1.0, abs=0.02)
    assert np.quantile(scores, 0.999) == pytest.approx(norm.ppf(0.999), abs=0.15)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_company_and_order_do_not_matter(purpose: str) -> None:
    draws = Draws(5)
    whole = draws.uniform(purpose, 6, MIXED)
    order = np.argsort(draws.uniform("shuffle", 0, MIXED))
    assert np.array_equal(draws.uniform(purpose, 6, MIXED[order]), whole[order])
    assert np.array_equal(draws.uniform(purpose, 6, MIXED[100:103]), whole[100:103])
    draws.uniform("something else", 6, MIXED)
    assert np.array_equal(Draws(5).uniform(purpose, 6, MIXED), whole)


@settings(max_examples=60, deadline=None)
@given(
    purpose=st.sampled_from(PURPOSES),
    day=st.integers(-4000, 20_000),
    bound=st.one_of(
        st.floats(0.0, 1.0), st.floats(0.0, 1e-3), st.sampled_from([0.0, 1.0, 2.0**-16, 3 * 2.0**-16, 1.5])
    ),
)
def test_hits_are_those_below_the_bound(purpose: str, day: int, bound: float) -> None:
    draws, mixed = Draws(9), MIXED[:5000]
    luck = Draws(9).uniform(purpose, day, mixed)
    rows, lucky = draws.hits(purpose, day, mixed, bound)
    assert np.array_equal(rows, np.flatnonzero(luck < bound))
    assert np.array_equal(lucky, luck[rows])


@settings(max_examples=30, deadline=None)
@given(low=st.floats(0.0, 0.5), more=st.floats(0.0, 0.5), day=st.integers(0, 3000))
def test_a_larger_bound_only_adds(low: float, more: float, day: int) -> None:
    draws = Draws(9)
    for purpose in ("shock.illness", "anything"):
        few, _ = draws.hits(purpose, day, MIXED[:3000], low)
        many, _ = draws.hits(purpose, day, MIXED[:3000], low + more)
        assert set(few.tolist()) <= set(many.tolist())


def test_published_numbers_of_the_mixing_function() -> None:
    """SplitMix64 from seed 1234567 begins with these five numbers (the generator's published check)."""
    golden, state, numbers = 0x9E3779B97F4A7C15, 1234567, []
    for _ in range(5):
        state = (state + golden) % 2**64
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) % 2**64
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) % 2**64
        numbers.append(z ^ (z >> 31))
    assert numbers == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]
    ids = np.array([0, 1, 41], np.int64)
    by_hand = []
    for number in ids.tolist():
        z = (number + 1) * golden % 2**64
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) % 2**64
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) % 2**64
        by_hand.append(z ^ (z >> 31))
    assert mix(ids).tolist() == by_hand
    assert unit(np.array([0, 2**64 - 1], np.uint64)).min() > 0.0
    assert unit(np.array([0, 2**64 - 1], np.uint64)).max() < 1.0
