"""Contracts of every parameter of every register: words, a source, bounds that are kept, and a way there and back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from registers import GALLERY_CLASSES, LEVERS, Lever, another_value, bad_values, entry
from small_worlds import BUSY, laid_over

from simulator.errors import ScenarioError
from simulator.params import Frozen
from simulator.policies import POLICIES
from simulator.products import PRODUCTS
from simulator.reserves import RESERVES
from simulator.scenario import Scenario, from_dict, load, to_yaml
from simulator.shocks import SHOCKS

# Figures that need no source: they are the question itself, not a claim about the world.
THE_QUESTION = {
    "book.borrowers",  # how large a book is asked about
    "lender.products.instalment.share",
    "lender.products.card.share",
}
NEUTRAL = (0, 1, None, False)  # "nothing of it" and "as it is" claim nothing


def made(owner: type[Any]) -> Any:
    return owner.model_validate({} if "kind" not in owner.model_fields else {"kind": entry(owner)})


@pytest.mark.parametrize("lever", LEVERS, ids=str)
def test_every_parameter_has_words_and_a_source(lever: Lever) -> None:
    words = lever.field.description or ""
    assert len(words) >= 5, f"{lever} says nothing of itself"
    default = lever.field.get_default(call_default_factory=True)
    if lever.path in THE_QUESTION or isinstance(default, (str, Frozen)) or default in NEUTRAL:
        return
    if isinstance(default, (int, float)) or (default and isinstance(default, dict)):
        if set(map(str, default if isinstance(default, dict) else ())) <= {"preset", "kind"} or lever.source:
            return
        assert lever.source, f"{lever} = {default!r} has no source; if it is a guess, it says so"


@pytest.mark.parametrize("lever", [lever for lever in LEVERS if bad_values(lever)], ids=str)
def test_what_is_out_of_bounds_is_refused_by_name(lever: Lever) -> None:
    for value in bad_values(lever):
        with pytest.raises(ScenarioError) as refused:
            from_dict(laid_over(BUSY, {lever.path: value}))
        assert lever.path in str(refused.value), f"{lever} = {value!r}: the message does not name it"


@pytest.mark.parametrize("lever", [lever for lever in LEVERS if lever.bounds], ids=str)
def test_text_is_no_number(lever: Lever) -> None:
    with pytest.raises(ScenarioError, match=lever.name):
        from_dict(laid_over(BUSY, {lever.path: "plenty"}))


@pytest.mark.parametrize(("owner", "place"), GALLERY_CLASSES, ids=lambda part: getattr(part, "__name__", part))
def test_there_and_back_by_json_and_yaml(owner: type[Any], place: str, tmp_path: Any) -> None:
    moved = {
        lever.name: another_value(lever)
        for lever in LEVERS
        if lever.owner is owner and lever.path.startswith(place) and another_value(lever) is not None
    }
    moved = {name: value for name, value in moved.items() if name not in ("profile", "method")}
    body = {"kind": entry(owner), **moved}
    thing = owner.model_validate(body)
    assert owner.model_validate(json.loads(thing.model_dump_json())) == thing
    scenario = from_dict(
        laid_over(BUSY, {"lender.desk": {}, "lender.opacity": {}, place: body})
    )  # which some policies change
    file = tmp_path / "written.yaml"
    file.write_text(to_yaml(scenario), encoding="utf-8")
    again: Scenario = load(file)
    assert again.world == scenario.world
    assert again.lender == scenario.lender
    assert again.book == scenario.book


@pytest.mark.parametrize("register", [SHOCKS, PRODUCTS, POLICIES, RESERVES], ids=lambda kinds: kinds[0].__name__)
def test_kinds_are_told_apart(register: tuple[type[Any], ...]) -> None:
    kinds = [entry(owner) for owner in register]
    assert len(set(kinds)) == len(kinds)
    for owner in register:
        assert (owner.__doc__ or "").strip(), f"{owner.__name__} says nothing of itself"
        assert made(owner).kind == entry(owner)
        with pytest.raises(ValueError, match="kind"):
            owner.model_validate({"kind": "no such kind"})
        with pytest.raises(ValueError, match="unknown_key"):
            owner.model_validate({"kind": entry(owner), "unknown_key": 1})


@pytest.mark.parametrize(("owner", "place"), GALLERY_CLASSES, ids=lambda part: getattr(part, "__name__", part))
def test_frozen(owner: type[Any], place: str) -> None:
    thing = made(owner)
    for name in owner.model_fields:
        with pytest.raises(ValueError, match="frozen"):
            setattr(thing, name, None)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("lender.products.instalment.terms", {}),
        ("lender.products.instalment.terms", {0: 1.0}),
        ("lender.products.instalment.terms", {-3: 1.0}),
        ("lender.products.instalment.terms", {12: -1.0, 36: 0.5}),
        ("lender.products.instalment.waterfall", ["fees", "fees", "interest", "principal"]),
        ("lender.behaviour.engages", []),
        ("lender.behaviour.engages", [1.0, 1.2]),
        ("world.labour.region_cyclicality", {"south": -3.0}),
        ("world.labour.education_risk", {"school": 0.0}),
    ],
)
def test_tables_are_kept_within_reason(path: str, value: Any) -> None:
    with pytest.raises(ScenarioError, match=path.rpartition(".")[2]):
        from_dict(laid_over(BUSY, {path: value}))
