"""The people of a book: as the survey has them, the same for the same number, like what is known."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from pydantic import BaseModel, ValidationError
from scipy.special import ndtri
from scipy.stats import spearmanr

from simulator.draws import Draws
from simulator.errors import SimulatorError
from simulator.population import COLUMNS, CORRELATIONS, LATENTS, PRESETS, People, Recipe, draw
from simulator.population.draw import CHUNK
from simulator.population.marginals import from_shares, from_table, paid_share
from simulator.population.presets import SAVINGS_MONTHS

US = Recipe.read("us")
CN = Recipe.read("cn")
MANY = 120_000


@pytest.fixture(scope="module")
def people() -> People:
    return draw(US, np.arange(MANY), Draws(7))


def same(one: People, other: People) -> bool:
    return all(np.array_equal(one.arrays()[name], other.arrays()[name]) for name in COLUMNS)


# What people have


@pytest.mark.parametrize("quintile", range(5))
def test_savings_by_income_are_those_of_the_survey(people: People, quintile: int) -> None:
    rows = people.income_quintile == quintile
    months = people.savings[rows] / people.income[rows] * US.take_home
    for share, held in SAVINGS_MONTHS[quintile].items():
        assert (months <= held + 0.0001).mean() == pytest.approx(share, abs=0.01), share
    assert np.median(months) == pytest.approx(SAVINGS_MONTHS[quintile][0.5], rel=0.06)
    assert np.quantile(months, 0.75) == pytest.approx(SAVINGS_MONTHS[quintile][0.75], rel=0.06)


def test_a_quarter_has_almost_nothing(people: People) -> None:
    months = people.savings / people.income * US.take_home
    assert 0.2 < np.quantile(months, 0.25) < 0.3  # the survey: 0.25 months
    assert 0.7 < np.quantile(months, 0.5) < 0.9  # the survey: 0.83 months


def test_income_and_what_is_left_of_it(people: People) -> None:
    assert np.median(people.income) == pytest.approx(500_000, rel=0.02)
    assert np.std(np.log(people.income)) == pytest.approx(US.income_sigma, rel=0.02)
    assert np.bincount(people.income_quintile) == pytest.approx(np.full(5, MANY / 5), rel=0.03)
    left = 1.0 - people.essential / people.income
    assert left.min() >= 0.03 - 1e-9
    assert np.median(left) > 0.25  # the usual household can carry a card or a loan
    assert 0.02 < (left < 0.1).mean() < 0.15  # a small share is thin
    by_fifth = [left[people.income_quintile == quintile].mean() for quintile in range(5)]
    assert by_fifth == sorted(by_fifth)  # Engel: the share of essentials falls with income


def test_what_is_cut_from_essentials_is_counted(people: People) -> None:
    (entry,) = people.counted
    at_most = people.essential >= np.floor(people.income * US.essential_most)
    assert entry["what"] == "essential spending cut to fit the income"
    assert entry["number"] == pytest.approx(at_most.sum(), abs=5)  # some meet the bound by rounding
    assert entry["money"] > 0
    assert draw(Recipe.read({"preset": "us", "living_share": [0.3] * 5}), np.arange(999), Draws(7)).counted == []


def test_card_habits_and_the_loss_with_the_job(people: People) -> None:
    assert (people.pay_share == 1.0).mean() == pytest.approx(0.33, abs=0.01)
    assert (people.pay_share == 0.0).mean() == pytest.approx(0.29, abs=0.01)
    between = people.pay_share[(people.pay_share > 0) & (people.pay_share < 1)]
    assert between.mean() == pytest.approx(US.pays_between, abs=0.01)
    assert people.autopay.mean() == pytest.approx(0.35, abs=0.01)
    assert 0.46 <= people.earner_share.mean() <= 0.55
    assert people.earner_share.min() >= 0.05
    assert people.earner_share.max() <= 1.0


def test_targets_stand_around_the_savings(people: People) -> None:
    ratio = np.median(people.target) / np.median(people.savings)
    assert ratio == pytest.approx(US.target_scale, rel=0.04)
    within = people.income_quintile == 2
    assert spearmanr(people.savings[within], people.target[within])[0] > 0.7


@pytest.mark.parametrize(("recipe", "low", "high"), [(US, 300, 850), (CN, 350, 950)])
def test_values_keep_to_their_ranges(recipe: Recipe, low: int, high: int) -> None:
    people = draw(recipe, np.arange(40_000), Draws(3))
    assert low <= people.score.min() <= people.score.max() <= high
    for name in ("literacy", "pay_share", "desired_use", "earner_share", "forgets", "debt_service"):
        column = people.arrays()[name]
        assert 0.0 <= column.min() <= column.max() <= 1.0, name
    groups = {"region": recipe.regions, "sector": recipe.sectors, "education": recipe.educations}
    for name, shares in groups.items():
        held = np.bincount(people.arrays()[name], minlength=len(shares)) / len(people)
        assert held == pytest.approx(np.array(list(shares.values())), abs=0.012), name
    assert (people.savings >= 0).all()
    assert people.income.dtype == people.savings.dtype == np.int64


def test_chinese_borrowers_are_younger_with_smaller_loans(people: People) -> None:
    other = draw(CN, np.arange(20_000), Draws(7))
    assert np.median(other.age) < np.median(people.age) - 5
    assert np.median(other.desired_loan) < np.median(people.desired_loan)


# What goes together


@pytest.mark.parametrize(
    "pair", ["income/age", "income/score", "score/desired_use", "income/desired_loan", "literacy/score"]
)
def test_correlations_are_those_of_the_recipe(people: People, pair: str) -> None:
    first, second = (people.arrays()[name] for name in pair.split("/"))
    of_scores = 2.0 * np.sin(np.pi / 6.0 * spearmanr(first, second)[0])  # from ranks to normal scores
    assert of_scores == pytest.approx(US.correlations[pair], abs=0.02)


def test_risk_goes_together(people: People) -> None:
    within = people.income_quintile == 2
    savings = people.savings[within] / people.income[within]
    signs = {"score": 1, "pay_share": 1, "desired_use": -1, "desired_loan": -1, "debt_service": -1}
    for name, sign in signs.items():
        assert sign * spearmanr(savings, people.arrays()[name][within])[0] > 0.05, name
    revolvers = people.pay_share < 0.5
    assert people.score[revolvers].mean() < people.score[~revolvers].mean() - 30
    assert np.median(people.savings[revolvers]) < np.median(people.savings[~revolvers])


@pytest.mark.parametrize("pair", sorted(US.correlations))
def test_every_correlation_changes_the_people(pair: str) -> None:
    ids = np.arange(3_000)
    nearer = US.correlations[pair] * 0.5
    changed = draw(Recipe.read({"preset": "us", "correlations": {pair: nearer}}), ids, Draws(7))
    assert not same(changed, draw(US, ids, Draws(7)))


def _other(name: str, value: Any) -> Any:
    if name == "regions":
        return {"here": 0.5, "there": 0.5}
    if name in ("sectors", "educations"):
        return {"this": 0.1, "that": 0.2, "other": 0.7}
    if name == "single_earner_loss":
        return [0.6, 0.9]
    if isinstance(value, float):
        return value * 0.9
    if isinstance(value, list):
        return [_other("", entry) for entry in value]
    return {share: held * 0.9 for share, held in value.items()}


@pytest.mark.parametrize("name", [name for name in PRESETS["us"] if name != "correlations"])
def test_every_parameter_changes_the_people(name: str) -> None:
    ids = np.arange(3_000)
    changed = Recipe.read({"preset": "us", name: _other(name, PRESETS["us"][name].value)})
    assert not same(draw(changed, ids, Draws(7)), draw(US, ids, Draws(7)))


def test_impossible_correlations_are_refused_by_name() -> None:
    tangle = {"score/savings": 0.9, "score/desired_use": 0.9, "savings/desired_use": -0.9}
    with pytest.raises(ValueError, match="positive definite") as caught:
        Recipe.read({"preset": "us", "correlations": tangle})
    for name in ("score", "savings", "desired_use"):
        assert name in str(caught.value)


# The same number, the same person


def test_a_person_belongs_to_their_number(people: People) -> None:
    some = np.array([5, MANY - 1, CHUNK, CHUNK - 1, 77, 0])
    assert same(draw(US, some, Draws(7)), people.take(some))
    assert same(draw(US, some[:1], Draws(7)), people.take(some[:1]))
    assert not same(draw(US, some, Draws(8)), people.take(some))


def test_a_person_does_not_depend_on_whom_else_something_is_known_of() -> None:
    ids = np.arange(1_000)
    score = np.where(ids % 3 == 0, 640.0, np.nan)
    income = np.where(ids % 2 == 0, 300_000.0, np.nan)
    mixed = draw(US, ids, Draws(7), {"score": score, "income": income})
    assert same(mixed.take(ids % 6 == 1), draw(US, ids, Draws(7)).take(ids % 6 == 1))
    both = ids[ids % 6 == 0]
    alone = draw(US, both, Draws(7), {"score": np.full(both.size, 640.0), "income": np.full(both.size, 300_000.0)})
    assert same(alone, mixed.take(both))


def test_nobody_is_a_book_too() -> None:
    assert len(draw(US, np.empty(0, np.int64), Draws(7))) == 0


# What is known


def test_known_values_are_kept() -> None:
    ids = np.arange(2_000)
    known = {
        "income": np.full(2_000, 412_345.0),
        "age": np.where(ids < 1_000, 33.0, np.nan),
        "score": np.full(2_000, 999.0),  # outside the recipe: kept, and told from as the highest
        "savings": np.where(ids % 2 == 0, 0.0, np.nan),
        "pay_share": np.full(2_000, 1.0),
        "sector": np.full(2_000, 2.0),
        "autopay": np.full(2_000, 1.0),
        "essential": np.full(2_000, 500_000.0),
    }
    people = draw(US, ids, Draws(7), known)
    for name, column in known.items():
        given = ~np.isnan(column)
        assert np.array_equal(people.arrays()[name][given].astype(float), column[given]), name
    assert len(np.unique(people.age[1_000:])) > 10
    assert (people.income_quintile == 2).sum() + (people.income_quintile == 1).sum() == 2_000
    assert people.counted == []


def test_conditional_people_have_the_conditional_normal_law() -> None:
    alone = dict.fromkeys(US.correlations, 0.0) | {"income/desired_loan": -0.6}
    recipe = Recipe.read({"preset": "us", "correlations": alone})
    loan = US.desired_loan_median * np.exp(1.5 * US.desired_loan_sigma)
    people = draw(recipe, np.arange(60_000), Draws(7), {"desired_loan": np.full(60_000, loan)})
    score = np.log(people.income / 100.0 / US.income_median) / US.income_sigma
    assert score.mean() == pytest.approx(-0.6 * 1.5, abs=0.015)  # r z
    assert score.std() == pytest.approx(0.8, abs=0.01)  # sqrt(1 - r r)


def test_conditional_people_are_as_those_found_among_all(people: People) -> None:
    found = people.take((people.score >= 598) & (people.score <= 602))
    drawn = draw(US, np.arange(30_000), Draws(9), {"score": np.full(30_000, 600.0)})
    for name in ("desired_use", "literacy", "pay_share", "age", "desired_loan"):
        one, other = found.arrays()[name].astype(float), drawn.arrays()[name].astype(float)
        assert one.mean() == pytest.approx(other.mean(), abs=4.5 * one.std() / np.sqrt(one.size)), name


def test_a_book_told_what_it_is_stays_what_it_is(people: People) -> None:
    some = people.take(np.arange(40_000))
    known = {name: some.arrays()[name].astype(float) for name in ("income", "savings", "pay_share", "education")}
    again = draw(US, some.id + 10**7, Draws(7), known)
    for name in ("score", "desired_use", "literacy", "desired_loan"):
        one, other = some.arrays()[name].astype(float), again.arrays()[name].astype(float)
        assert other.mean() == pytest.approx(one.mean(), rel=0.02), name
        assert spearmanr(again.savings, other)[0] == pytest.approx(spearmanr(some.savings, one)[0], abs=0.03)


def test_little_savings_foretell_a_low_score() -> None:
    ids = np.arange(5_000)
    income = np.full(5_000, 500_000.0)
    poor = draw(US, ids, Draws(7), {"income": income, "savings": np.full(5_000, 5_000.0)})
    rich = draw(US, ids, Draws(7), {"income": income, "savings": np.full(5_000, 5_000_000.0)})
    assert poor.score.mean() < rich.score.mean() - 60
    without_income = draw(US, ids, Draws(7), {"savings": np.full(5_000, 5_000.0)})
    assert np.array_equal(without_income.savings, poor.savings)
    assert without_income.score.mean() < draw(US, ids, Draws(7)).score.mean() - 20


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ({"incom": np.ones(3)}, "accepted are"),
        ({"income_quintile": np.ones(3)}, "cannot be given"),
        ({"income": np.ones(4)}, "3 values are wanted"),
        ({"income": np.array([1.0, np.inf, 1.0])}, "infinite"),
        ({"income": np.array([1.0, -1.0, 1.0])}, "negative"),
        ({"sector": np.full(3, 99.0)}, "manufacturing"),
    ],
)
def test_impossible_knowledge_is_refused(known: dict[str, Any], words: str) -> None:
    with pytest.raises(SimulatorError, match=words):
        draw(US, np.arange(3), Draws(7), known)


@pytest.mark.parametrize(
    "shape",
    [
        from_table(US.score),
        from_table(US.debt_service),
        from_shares([0.3, 0.5, 0.2]),
        paid_share(0.3, 0.3, 0.2),
    ],
)
def test_a_value_goes_back_to_its_scores(shape: Any) -> None:
    rank = (np.arange(10_000) + 0.5) / 10_000
    values = shape.value(ndtri(rank))
    low, high = shape.scores_of(values)
    assert (low <= ndtri(rank) + 1e-9).all()
    assert (high >= ndtri(rank) - 1e-9).all()
    between = (low + high) / 2.0
    assert shape.value(between) == pytest.approx(values, abs=1e-6)


# What a scenario may say


def test_recipes_are_read_from_what_a_scenario_holds() -> None:
    changed = Recipe.read({"preset": "us", "income_median": 5500, "correlations": {"score/savings": 0.3}})
    assert changed.income_median == 5500.0
    assert changed.correlations["savings/score"] == 0.3
    assert len(changed.correlations) == len(US.correlations)
    assert Recipe.read(US) is US
    assert Recipe.read(json.loads(US.model_dump_json())) == US
    assert Recipe.read(CN.model_dump()) == CN

    class Book(BaseModel):
        recipe: Recipe

    assert Book.model_validate({"recipe": "cn"}).recipe == CN
    with pytest.raises(ValidationError) as caught:
        Book.model_validate({"recipe": {"preset": "us", "incom_median": 1, "income_sigma": -1}})
    assert {problem["loc"] for problem in caught.value.errors()} == {
        ("recipe", "incom_median"),
        ("recipe", "income_sigma"),
    }
    accepted = json.dumps(Book.model_json_schema())
    assert '"us"' in accepted
    assert "income_median" in accepted


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("uk", "accepted are us or cn"),
        (5, "a preset's name"),
        ({"income_median": 5}, "preset is missing"),
        ({"preset": "us", "correlations": {"score/shoe_size": 0.1}}, "desired_use"),
        ({"preset": "us", "correlations": {"savings/income": 0.1}}, "savings_months"),
        ({"preset": "us", "correlations": {"score/age": 1.0}}, "between -1 and 1"),
        ({"preset": "us", "correlations": {"score/age": 0.1, "age/score": 0.2}}, "twice"),
        ({"preset": "us", "age": {0.1: 20, 0.9: 60}}, "from 0"),
        ({"preset": "us", "age": {0.0: 60, 1.0: 20}}, "must not fall"),
        ({"preset": "us", "score": {0.0: -5, 1.0: 850}}, "between 0 and 2000"),
        ({"preset": "us", "regions": {"north": 0.4, "south": 0.4}}, "add up to 1"),
        ({"preset": "us", "living_share": [0.5]}, "five are wanted"),
        ({"preset": "us", "pays_full": 0.8}, "pays_minimum"),
        ({"preset": "us", "second_earner_loss": [0.9, 0.1]}, "lower and the upper"),
    ],
)
def test_mistakes_are_told_in_plain_words(value: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Recipe.read(value)


@pytest.mark.parametrize("preset", list(PRESETS))
def test_every_parameter_says_where_it_comes_from(preset: str) -> None:
    fields = set(Recipe.model_fields) - {"preset"}
    assert set(PRESETS[preset]) == fields
    for name, held in PRESETS[preset].items():
        assert held.source, name
        extra = Recipe.model_fields[name].json_schema_extra
        assert isinstance(extra, dict)
        assert held.source in str(extra["source"])
    for pair, held in CORRELATIONS[preset].items():
        assert held.source, pair
        assert set(pair.split("/")) <= set(LATENTS)
    assert Recipe.read(preset).correlations == {pair: held.value for pair, held in CORRELATIONS[preset].items()}
