"""Sweeps: designs, effects and indices on functions that are known, and `loanbook sweep` as its users meet it."""

from __future__ import annotations

import json
import math
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import simulator
from simulator.draws import Draws, mix
from simulator.scenario import load
from simulator.sweeps import Design, Key, design, keys_of, short_names
from simulator.sweeps.effects import effect
from simulator.sweeps.estimate import over_seeds
from simulator.sweeps.indices import indices, noise
from tests.test_cli import called, refused

SETS = ("book.warm_up=2", "book.due_days=[5]")
SMALL = ("--borrowers", "300", "--months", "6", "--set", SETS[0], "--set", SETS[1])
RATE, WORK, ILL = "lender.products.card.rate", "world.economy.unemployment", "world.shocks.illness"
VARY = ("--vary", f"{RATE}=0.1:0.3", "--vary", f"{WORK}=3,20")
WANTED = ("--metric", "mean_unemployment_rate", "--metric", "income", "--metric", "mean_wait_days")
FILES = {
    *("sweep.csv", "sweep.parquet", "points.csv", "indices.csv", "sweep.html", "sweep.json"),
    *("scenario.yaml", "provenance.json"),
}
ANGLES = tuple(Key(name, -math.pi, math.pi) for name in ("x", "y", "z"))


def values_of(made: Design, function: object, seeds: int = 1) -> np.ndarray:
    """A function of the keys in every point; the same for every seed."""
    each = [function(*(point[key.path] for key in made.keys)) for point in made.points]  # type: ignore[operator]
    return np.repeat(np.array(each, np.float64)[:, None], seeds, axis=1)


def luck(points: int, seeds: int, size: float) -> np.ndarray:
    """Normal numbers of a size, shape (points, seeds)."""
    return size * Draws(3).normal("test", 0, mix(np.arange(points * seeds))).reshape(points, seeds)


# --- known functions --------------------------------------------------------------------------------------


def ishigami(x: float, y: float, z: float) -> float:
    return math.sin(x) + 7 * math.sin(y) ** 2 + 0.1 * z**4 * math.sin(x)


def test_sobols_indices_of_the_ishigami_function() -> None:
    """First 0.3139, 0.4424, 0; total 0.5576, 0.4424, 0.2437 (Ishigami and Homma 1990; a = 7, b = 0.1)."""
    made = design(ANGLES, "sobol", 250, seed=5)
    assert (made.base, len(made.points)) == (256, 256 * 5)
    assert "256, the next power of two" in made.notes[0]
    found = indices(made, values_of(made, ishigami), seed=5)
    known = {"first_order": (0.3139, 0.4424, 0.0), "total_order": (0.5576, 0.4424, 0.2437)}
    for each in found:
        value = known[each.name]["xyz".index(each.path)]
        assert each.estimate.value == pytest.approx(value, abs=0.08), each
        assert each.estimate.low <= value <= each.estimate.high, each
    assert found == indices(made, values_of(made, ishigami), seed=5)
    assert found != indices(made, values_of(made, ishigami), seed=6)


def test_a_grid_gives_exact_shares_and_a_product_works_together() -> None:
    keys = (Key("a", -1, 1), Key("b", -1, 1), Key("c", 0, 1, ("u", "v")))
    made = design(keys, "grid", 3)
    values = values_of(made, lambda a, b, c: 2 * a + a * b + 0 * len(c), seeds=3)
    found = {(each.name, each.path): each.estimate.value for each in indices(made, values)}
    whole = 4 * 2 / 3 + 4 / 9
    assert found["first_order", "a"] == pytest.approx(4 * 2 / 3 / whole)
    assert found["total_order", "a"] == pytest.approx(1.0)
    assert found["total_order", "b"] == pytest.approx(4 / 9 / whole)
    assert found["first_order", "c"] == found["total_order", "c"] == 0.0
    one = effect(made, 0, values)
    assert (one.first.value, one.last.value) == (-1.0, 1.0)
    assert one.swing.value == pytest.approx(4.0)
    assert not effect(made, 2, values).swing.sure


def test_one_key_at_a_time_stands_against_the_scenario_as_it_is() -> None:
    keys = (Key("a", 0, 4, usual=1), Key("b", 0, 1, (True, False), usual=True))
    made = design(keys, "one-at-a-time", 3)
    assert made.points == ({}, *({"a": a} for a in (0.0, 2.0, 4.0)), {"b": True}, {"b": False})
    figures = [10.0, *((a - 2.0) ** 2 + 9.0 for a in (0.0, 2.0, 4.0)), 10.0, 8.0]
    values = np.array(figures)[:, None] + luck(6, 8, 0.01) + np.arange(8.0)
    one, other = effect(made, 0, values), effect(made, 1, values)
    assert one.swing.value == pytest.approx(0.0, abs=0.05)
    assert one.bends == 2.0
    assert [at.value for at in one.curve] == [0.0, 1, 2.0, 4.0]
    assert (other.first.value, other.last.value) == (False, True)
    assert other.swing.value == pytest.approx(2.0, abs=0.05)
    assert other.swing.standard_error < 0.01, "what the seeds have in common falls out"
    assert indices(made, values) == ()


@pytest.mark.parametrize("kind", ["latin", "sobol"])
def test_points_that_fill_the_space_give_slopes_with_errors_that_hold(kind: str) -> None:
    keys = (Key("a", 10, 20), Key("b", 0, 1, ("u", "v", "w")), Key("c", 1, 9, whole=True))
    made = design(keys, kind, 64, seed=2)
    assert all(isinstance(point["c"], int) for point in made.points)
    assert {point["b"] for point in made.points} == {"u", "v", "w"}
    values = values_of(made, lambda a, b, c: 0.3 * a + {"u": 0.0, "v": -1.0, "w": 1.0}[b] + 0 * c, seeds=4)
    noisy = values + luck(len(values), 4, 0.2)
    swings = [effect(made, number, noisy).swing for number in range(3)]
    for swing, true in zip(swings, (3.0, 2.0, 0.0), strict=True):
        assert abs(swing.value - true) < 3.5 * swing.standard_error < 0.4
    assert [swing.sure for swing in swings] == [True, True, False]
    told = noise(noisy)
    assert told.share == pytest.approx(0.2**2 / 4 / values.mean(axis=1).var(), rel=0.3)


def test_rank_coefficients_see_what_goes_one_way_however_bent() -> None:
    made = design((Key("a", 0, 1), Key("b", 0, 1), Key("c", 0, 1)), "latin", 200, seed=4)
    places = np.floor(made.places()[:, 0] * 200)
    assert sorted(places) == list(range(200)), "one point in every slice"
    found = {
        (each.name, each.path): each.estimate
        for each in indices(made, values_of(made, lambda a, b, c: math.exp(9 * a) * (1 + 2 * b) + 0 * c))
    }
    assert found["rank_regression", "a"].value > 0.95
    assert found["rank_correlation", "a"].value > 0.95
    assert abs(found["rank_regression", "c"].value) < 3 * found["rank_regression", "c"].standard_error


def test_an_interval_holds_as_often_as_it_says() -> None:
    draws = luck(2000, 5, 1.0)
    held = np.mean([(each := over_seeds(row)).low <= 0.0 <= each.high for row in draws])
    assert abs(held - 0.95) < 3 * math.sqrt(0.95 * 0.05 / 2000)


def test_keys_read_as_they_are_written() -> None:
    scenario = load("us_cards", SETS)
    texts = [f"{RATE}=published", f"{WORK}={{baseline: 4, 2026-03: 6}},{{baseline: 4, 2026-03: 9}}", f"{ILL}=on,off"]
    keys = keys_of(scenario, texts)
    assert (keys[0].low, keys[0].high, keys[0].unit, keys[0].usual) == (0.19, 0.228, "share per year", 0.215)
    assert "us.card.apr_assessed" in keys[0].source
    assert keys[1].values[1] == {"baseline": 4, "2026-03": 9}
    assert (keys[2].values, keys[2].usual) == ((True, False), True)
    assert keys_of(scenario, {RATE: (0.1, 0.3)}) == keys_of(scenario, [f"{RATE}=0.1:0.3"])
    severe = load("us_cards_severe_2026", SETS)
    dated = keys_of(severe, [f"{WORK}.2026-04=6:9"])[0]
    assert (dated.usual, dated.unit) == (7.2, "percent")
    assert list(short_names(keys).values()) == ["card rate", "unemployment", "illness"]


# --- the command ------------------------------------------------------------------------------------------


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """The same sweep with one worker, and with two that find nothing kept."""
    folder = tmp_path_factory.mktemp("sweep")
    words = ("sweep", "us_cards", *SMALL, *VARY, "--points", "2", "--seeds", "3", *WANTED)
    one = called(*words, "--workers", "1", "--out", str(folder / "one"), "--kept", str(folder / "kept"))
    two = called(*words, "--workers", "2", "--out", str(folder / "two"), "--kept", str(folder / "other"), "--json")
    return SimpleNamespace(folder=folder, words=words, one=one, two=two)


def test_the_files_are_the_same_bytes_for_any_number_of_workers(ran: SimpleNamespace) -> None:
    assert ran.one.exit_code == 0, ran.one.output
    assert ran.two.exit_code == 0, ran.two.output
    for name in ("one", "two"):
        assert {file.name for file in (ran.folder / name).iterdir()} == FILES
    for name in FILES - {"provenance.json"}:  # it tells how long it took
        assert (ran.folder / "one" / name).read_bytes() == (ran.folder / "two" / name).read_bytes(), name
    assert json.loads(ran.two.stdout) == json.loads((ran.folder / "one" / "sweep.json").read_text(encoding="utf-8"))


def test_what_moves_what(ran: SimpleNamespace) -> None:
    body = json.loads(ran.two.stdout)
    work, income = body["metrics"]["mean_unemployment_rate"]["effects"], body["metrics"]["income"]["effects"]
    assert [each["key"] for each in work] == [WORK, RATE]
    assert [each["key"] for each in income] == [RATE, WORK]
    assert work[0]["swing"]["value"] > 0.1
    assert (work[0]["first_order"]["value"], work[1]["swing"]["value"]) == (1.0, 0.0)
    assert income[0]["first_order"]["value"] > 0.9
    page = (ran.folder / "one" / "sweep.html").read_text(encoding="utf-8")
    for words in ("Unemployment moves it most", "Without any effect on it: card rate", "is sampling noise", "<svg"):
        assert words in page
    assert "Unemployment moves it most" in ran.one.output
    assert "4 points x 3 seeds: 12 runs" in ran.one.output
    assert "Wait for a call cannot be formed in 12 of 12 runs" in ran.one.output


def test_the_tables_and_python_hold_the_same(ran: SimpleNamespace) -> None:
    runs = pd.read_csv(ran.folder / "one" / "sweep.csv")
    assert list(runs[["point", "seed"]].itertuples(index=False, name=None)) == [
        (p, s) for p in range(4) for s in (1, 2, 3)
    ]
    assert runs[RATE].tolist() == [0.1] * 6 + [0.3] * 6
    points = pd.read_csv(ran.folder / "one" / "points.csv")
    assert points["income"].tolist() == pytest.approx(runs.groupby("point")["income"].mean().tolist(), rel=1e-14)
    measures = pd.read_csv(ran.folder / "one" / "indices.csv")
    assert {"swing", "first_order", "total_order", "noise_share"} == set(measures["index"])
    scenario = simulator.load("us_cards", SETS, borrowers=300, months=6)
    found = simulator.sweep(
        scenario, {RATE: (0.1, 0.3), WORK: [3, 20]}, points=2, seeds=3, kept=str(ran.folder / "kept")
    )
    pd.testing.assert_frame_equal(found.runs, pd.read_parquet(ran.folder / "one" / "sweep.parquet"), check_exact=True)
    assert found.provenance["runs_kept_before"] == 12, "nothing is lived twice"


def test_points_from_a_file(ran: SimpleNamespace, at: Path) -> None:
    (at / "points.csv").write_text(f"{RATE},{WORK}\n0.1,3\n0.3,3\n0.1,20\n0.3,20\n")
    words = (
        "--seeds",
        "3",
        "--workers",
        "1",
        "--metric",
        "income",
        "--kept",
        str(ran.folder / "kept"),
        "--out",
        "o",
        "--json",
    )
    result = called("sweep", "us_cards", *SMALL, "--from-file", "points.csv", *words)
    assert result.exit_code == 0, result.output
    effects = json.loads(result.stdout)["metrics"]["income"]["effects"]
    assert [each["key"] for each in effects] == [RATE, WORK]
    known = json.loads(ran.two.stdout)["metrics"]["income"]["effects"][0]["swing"]["value"]
    assert effects[0]["swing"]["value"] == pytest.approx(known)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "nothing is varied"),
        (("--vary", "lender.products.card.rat=0.1:0.2"), "did you mean 'rate'?"),
        (("--vary", f"{RATE}=-1:0.2"), f"--vary {RATE}: -1 was given; a number at least 0 and at most 3"),
        (("--vary", f"{RATE}=0.1,x"), "'x' was given"),
        (("--vary", f"{RATE}=0.2:0.2"), "both ends of the range are 0.2"),
        (("--vary", f"{RATE}=0.3:0.2"), "the lower end comes first"),
        (("--vary", f"{RATE}=0.1:0.2:5"), "a range is LOW:HIGH"),
        (("--vary", f"{RATE}=0.1"), "at least two values are wanted"),
        (("--vary", f"{RATE}=0.1,0.1"), "is given twice"),
        (("--vary", f"{RATE}=0.1:0.2", "--vary", f"{RATE}=1,2"), "the key is varied twice"),
        (("--vary", f"{ILL}=on,off", "--vary", f"{ILL}.incidence=0.1,0.2"), "one holds the other"),
        (("--vary", "world.shocks.income_cut.incidence=published"), "no published range stands behind this key"),
        (("--vary", "seed=1,2"), "cannot be varied"),
        ((*VARY, "--design", "cube"), "There are: grid, one-at-a-time, latin, sobol"),
        ((*VARY, "--design", "latin", "--points", "3"), "at least 5 points of 2 keys"),
        ((*VARY, "--metric", "net_los"), "did you mean 'net_loss'?"),
        ((*VARY, "--seeds", "0"), "at least 1 is wanted"),
        ((*VARY, "--workers", "0"), "at least 1 is wanted"),
        ((*VARY, "--points", "5000", "--seeds", "3"), "10,000 points x 3 seeds are 30,000 runs, about 78 minutes"),
        ((*VARY, "--from-file", "points.csv"), "--from-file holds the points itself"),
        (("--from-file", "none.csv"), "none.csv: the file cannot be read"),
        (("--from-file", "points.csv"), f"points.csv:3: {RATE}: 'much' was given"),
    ],
)
def test_what_the_user_can_put_right(at: Path, words: tuple[str, ...], told: str) -> None:
    (at / "points.csv").write_text(f"{RATE},{WORK}\n0.1,3\nmuch,20\n")
    assert told in refused("sweep", "us_cards", *SMALL, *words)
    assert [file.name for file in at.iterdir()] == ["points.csv"]


def test_a_point_that_is_no_scenario_is_named(at: Path) -> None:
    told = refused(
        "sweep", "us_cards", *SMALL, "--vary", f"{ILL}.starts=2026-02,2026-05", "--vary", f"{ILL}.ends=2026-04,2026-06"
    )
    assert "point 2 (" in told
    assert "2026-04" in told
