"""The other ways to draw luck that are measured: upside down, and people by a lattice; and what a gain is."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.draws import Draws, mix
from simulator.population import Recipe, draw
from tests.gains.luck import PEOPLE, STEPS, Lattice, Mirrored, ids_of
from tests.gains.measured import of_differences, of_means, of_pairs, of_variances

IDS = np.arange(4_000, dtype=np.int64)


@pytest.mark.parametrize("purpose", ["attention", "shock.illness", "population.income", "shock.disaster"])
def test_mirrored_luck_is_the_other_side_of_the_same(purpose: str) -> None:
    one, other, mixed = Draws(5), Mirrored(5), mix(IDS)
    luck, turned = one.uniform(purpose, 40, mixed), other.uniform(purpose, 40, mixed)
    assert luck + turned == pytest.approx(np.ones(IDS.size), abs=1e-12)
    assert (one.bits(purpose, 40, mixed) ^ other.bits(purpose, 40, mixed) == np.uint64(2**64 - 1)).all()
    rows, below = other.hits(purpose, 40, mixed, 0.01)
    assert rows.tolist() == np.flatnonzero(turned < 0.01).tolist()
    assert below.tolist() == turned[rows].tolist()


def test_the_lattice_is_even_in_every_pair_of_dimensions_and_knows_everybody_by_number() -> None:
    assert (ids_of(mix(IDS)) == IDS.astype(np.uint64) + np.uint64(1)).all()
    points = np.array([Lattice(3).uniform(purpose, 0, mix(IDS)) for purpose in PEOPLE])
    assert np.abs(np.corrcoef(points) - np.eye(len(PEOPLE))).max() < 0.03  # independent numbers: up to 0.05
    for column in points:
        cells = np.bincount((column * 100).astype(int), minlength=100)
        assert abs(cells - 40).max() <= 8  # independent numbers: up to 20
    assert Lattice(3).uniform("attention", 5, mix(IDS)).tolist() == Draws(3).uniform("attention", 5, mix(IDS)).tolist()
    assert len(set(STEPS.values())) == len(PEOPLE)


def test_the_people_of_the_lattice_are_those_of_the_recipe() -> None:
    recipe = Recipe.model_validate({"preset": "us"})
    plain, even = (draw(recipe, IDS, kind(2)) for kind in (Draws, Lattice))
    for name in ("income", "savings", "score", "age"):
        here, there = (np.log1p(np.asarray(getattr(people, name), np.float64)) for people in (plain, even))
        assert there.mean() == pytest.approx(here.mean(), abs=4 * here.std() / np.sqrt(IDS.size))
        assert there.std() == pytest.approx(here.std(), rel=0.08)
    pairs = [np.corrcoef(np.log(people.income), people.score)[0, 1] for people in (plain, even)]
    assert pairs[1] == pytest.approx(pairs[0], abs=0.06)


def test_a_gain_is_how_many_times_fewer_runs_are_needed() -> None:
    noise = np.random.default_rng(1).standard_normal((4, 4_000))
    assert of_variances(2.0 * noise[0], noise[1]).value == pytest.approx(4.0, rel=0.1)
    half = of_pairs(noise[0], -0.5 * noise[0] + np.sqrt(0.75) * noise[1])
    assert half.value == pytest.approx(2.0, abs=5 * half.error)
    assert 0.01 < half.error < 0.1
    near = of_differences(noise[0][:200] + 0.1 * noise[1][:200], noise[0][:200] + 0.1 * noise[2][:200])
    assert near.value == pytest.approx(101, abs=4 * near.error)
    together = of_means(noise[0][:500] / 8, np.tile(noise[1], 2), 16)
    assert together.value == pytest.approx(4.0, abs=4 * together.error)
