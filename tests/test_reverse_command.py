"""`loanbook reverse` as its users meet it: a tiny book stressed until it breaks, files, words, what is refused."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import simulator
from simulator.metrics import METRICS, measure
from simulator.report import write_reversed
from simulator.reverse.found_file import write_found
from simulator.reverse.lives import Life
from simulator.reverse.summary import points_frame
from simulator.reverse.words import answer_words, plausibility_words, shape_words
from tests.small_worlds import scenario
from tests.test_cli import called, refused

SLUMP = """# A slump in spring: how much of it does a small card book bear?
extends: us_cards
span: {start: 2026-01, months: 5}
book: {borrowers: 300, warm_up: 2, due_days: [5], segments: []}
world:
  shocks:
    slump: {kind: unemployment, starts: 2026-02, severity: 1}
"""
KEY = "world.shocks.slump.severity"
ASKED = ("--find", f"{KEY}=0:30", "--until", "peak_unemployment_rate >= 15%", "--seeds", "2", "--grid", "3")
FILES = {"reverse.json", "points.csv", "found.yaml", "reverse.html", "provenance.json"}


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """The same question with two workers and with one, each with runs of its own, and once more with kept runs."""
    folder = tmp_path_factory.mktemp("reverse")
    (folder / "slump.yaml").write_text(SLUMP, encoding="utf-8")
    words = ("reverse", str(folder / "slump.yaml"), *ASKED, "--tolerance", "0.1")
    two = called(*words, "--workers", "2", "--out", str(folder / "two"), "--kept", str(folder / "kept_2"), "--quiet")
    one = called(*words, "--workers", "1", "--out", str(folder / "one"), "--kept", str(folder / "kept"))
    again = called(*words, "--kept", str(folder / "kept"), "--json", "--workers", "2")
    return SimpleNamespace(folder=folder, one=one, two=two, again=again)


def test_the_files_are_the_same_for_any_number_of_workers(ran: SimpleNamespace) -> None:
    assert ran.one.exit_code == 0, ran.one.output
    assert (ran.two.exit_code, ran.two.output) == (0, "")
    for name in ("one", "two"):
        assert {file.name for file in (ran.folder / name).iterdir()} == FILES
    for name in FILES - {"provenance.json"}:  # it tells how long it took
        assert (ran.folder / "one" / name).read_bytes() == (ran.folder / "two" / name).read_bytes(), name
    known = json.loads((ran.folder / "two" / "provenance.json").read_text(encoding="utf-8"))
    assert (known["workers"], known["find"], known["seeds"]) == (2, [f"{KEY}=0:30"], [1, 2])
    assert known["files"] == sorted(FILES)


def test_what_was_kept_is_not_lived_again(ran: SimpleNamespace) -> None:
    assert ran.again.exit_code == 0, ran.again.output
    assert json.loads(ran.again.output) == json.loads((ran.folder / "one" / "reverse.json").read_text(encoding="utf-8"))
    runs = [file for file in (ran.folder / "kept" / "runs").rglob("*.*") if file.is_file()]
    points = pd.read_csv(ran.folder / "one" / "points.csv")
    assert len(runs) == 2 * points[KEY].nunique()


def test_the_found_scenario_breaks_the_limit_and_a_milder_one_does_not(ran: SimpleNamespace) -> None:
    text = (ran.folder / "one" / "found.yaml").read_text(encoding="utf-8")
    assert "extends: ../slump.yaml" in text
    assert text.startswith("# The least severe scenario with peak unemployment of borrowers at least 15.00%")
    crossing = json.loads((ran.folder / "one" / "reverse.json").read_text(encoding="utf-8"))["crossing"]
    file = ran.folder / "one" / "found.yaml"
    found = simulator.load(file)
    assert found.name == "slump_reverse"
    milder = simulator.load(file, [f"{KEY}={crossing['holds']['values'][KEY]}"])
    for scene, side in ((found, "breaks"), (milder, "holds")):
        panels = [simulator.run(scene, seed, unshocked=False).panel for seed in (1, 2)]
        mean = float(np.mean([measure(panel)["peak_unemployment_rate"] for panel in panels]))
        assert mean == pytest.approx(crossing[side]["mean"], rel=1e-12)
        assert (mean >= 0.15) == (side == "breaks")
    assert crossing["breaks"]["dial"] - crossing["holds"]["dial"] <= 0.1


def test_the_answer_in_words_and_on_the_page(ran: SimpleNamespace) -> None:
    page = (ran.folder / "one" / "reverse.html").read_text(encoding="utf-8")
    assert "http" not in page.split("<svg")[0].replace("http-equiv", "")
    for words in (
        "The least severe scenario with",
        "95% interval of the crossing",
        "twelve-month windows since January",
    ):
        assert words in " ".join(ran.one.output.split())
        assert words in page
    assert "seed" in ran.one.output
    assert page.count("<svg") == 2


# What a run would give, answered at once -----------------------------------------------------------------


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[float], float]], None]:
    """In the place of runs: a figure of the slump's severity, with luck, and a path of unemployment that follows it."""
    lives = importlib.import_module("simulator.reverse.lives")

    def become(curve: Callable[[float], float]) -> None:
        def lived(parcel: Any, seed: int, **asked: Any) -> Life:
            severity = json.loads(parcel.text)["world"]["shocks"]["slump"]["severity"]
            figure = curve(severity) + 0.001 * (seed % 3)
            path = 5.0 + severity * np.linspace(0.1, 1.0, 12)
            return Life({metric.name: figure for metric in METRICS}, path, path)

        monkeypatch.setattr(lives, "lived_and_measured", lived)
        monkeypatch.setattr(lives, "is_kept", lambda *given: False)

    return become


def stressed(until: str, find: str = f"{KEY}=0:20", **asked: Any) -> Any:
    base = scenario(
        world__shocks={"slump": {"kind": "unemployment", "starts": "2026-02", "severity": 1.0}, "illness": {}},
        world__economy={"unemployment": 5.0},
        span__months=12,
    )
    return simulator.reverse(base, find, until, seeds=3, **asked)


def test_an_answer_that_lies_outside_the_range(quick: Callable[..., None], tmp_path: Path) -> None:
    quick(lambda severity: 0.02 + 0.01 * severity)
    never = stressed("charge_off_rate >= 0.5")
    assert (never.found, never.place, never.search.outcome) == (False, 1.0, "not broken")
    assert "is not broken within the range" in answer_words(never)
    assert "22.10%" in answer_words(never)
    assert "at the hard end peaks at 25.0%" in plausibility_words(never)[0]
    assert "was never seen: in none of the 216 twelve-month windows" in plausibility_words(never)[0]
    place = write_reversed(never, tmp_path / "never")
    assert {file.name for file in place.iterdir()} == FILES - {"found.yaml"}
    assert json.loads((place / "reverse.json").read_text(encoding="utf-8"))["answer"] is None
    assert not any(text.startswith(KEY) for text in plausibility_words(never))
    already = stressed("charge_off_rate >= 0.01")
    assert "is broken already at the mild end" in answer_words(already)
    assert already.place == 0.0


def test_a_figure_that_turns_back_is_told_in_words(quick: Callable[..., None]) -> None:
    quick(lambda severity: 0.02 + 0.002 * min(severity, 20 - severity))
    turned = stressed("charge_off_rate >= 0.03")
    assert "does NOT move one way" in shape_words(turned)
    assert "passes the limit 2 times on the grid" in shape_words(turned)
    assert turned.values[KEY] == pytest.approx(4.5, abs=0.03)  # 0.029 + the mean of the luck


def test_values_beside_published_ranges(quick: Callable[..., None], tmp_path: Path) -> None:
    quick(lambda severity: 0.02 + 0.01 * severity)
    both = [f"{KEY}=0:20", "world.shocks.illness.incidence=0.03:0.3", "lender.products.card.rate=0.2:0.3"]
    base = scenario(
        world__shocks={"slump": {"kind": "unemployment", "starts": "2026-02", "severity": 1.0}, "illness": {}},
        span__months=12,
    )
    found = simulator.reverse(base, both, "charge_off_rate > 10%", seeds=2)
    told = plausibility_words(found)
    assert any(text.startswith("world.shocks.illness.incidence = ") for text in told)
    assert not any(text.startswith(KEY) for text in told)  # told by history
    write_found(found, tmp_path / "found.yaml")
    again = simulator.load(tmp_path / "found.yaml")  # written whole: nobody said where the original lies
    assert again.world.shocks["slump"].severity == found.values[KEY]
    assert list(points_frame(found).columns[:4]) == ["dial", *found.values]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--find", KEY, "--until", "charge_of_rate >= 0.1"), "did you mean 'charge_off_rate'"),
        (("--find", KEY, "--until", "charge_off_rate => 0.1"), "METRIC >= VALUE is wanted"),
        (("--find", "world.shocks.slum.severity", "--until", "profit < 0"), "has no 'slum'; did you mean 'slump'?"),
        (("--find", KEY, "--find", KEY, "--until", "profit < 0"), "the key is given twice"),
        (("--find", KEY, "--until", "profit < 0", "--seeds", "1"), "--seeds 1: at least 2"),
        (("--find", KEY, "--until", "profit < 0", "--workers", "0"), "--workers 0: at least 1"),
        (("--find", KEY, "--until", "profit < 0", "--tolerance", "2"), "--tolerance 2"),
        (("--find", KEY, "--until", "profit < 0", "--grid", "2"), "--grid 2: from 3"),
        (("--find", KEY, "--until", "profit < 0", "--history", "none.csv"), "none.csv does not exist"),
        (("--until", "profit < 0"), "Missing option '--find'"),
    ],
)
def test_bad_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], told: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "slump.yaml").write_text(SLUMP, encoding="utf-8")
    assert told in " ".join(refused("reverse", "slump.yaml", *words).split())
    assert [file.name for file in tmp_path.iterdir()] == ["slump.yaml"]
