"""An ensemble of real runs: the same bytes for any number of workers, crossed, weighted, stopped when sure enough."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pyarrow.parquet as pq
import pytest

import simulator
from simulator import Ensemble, distribution
from simulator.cli.size import memory_free
from simulator.ensemble import FAN, FIGURES, ParameterDraw, World, mean
from simulator.ensemble.summary import design
from simulator.errors import EnsembleError
from simulator.report.write_ensemble import write_data
from simulator.scenario import variant
from tests.small_worlds import scenario
from tests.test_cli import called, refused

SMALL = ("--borrowers", "300", "--months", "4", "--set", "book.warm_up=2", "--set", "book.due_days=[5]")
UNEMPLOYMENT, RATE = "world.economy.unemployment", "lender.products.card.rate"
WORLDS = (World("mild", 0.75, {UNEMPLOYMENT: 5.0}, drawn=False), World("bad", 0.25, {UNEMPLOYMENT: 15.0}, drawn=False))
DRAWS = (ParameterDraw("as given"), ParameterDraw("dear", {RATE: 0.35}))


def small() -> simulator.Scenario:
    return scenario(book__borrowers=300, book__warm_up=2, book__due_days=[5], span__months=4)


@pytest.fixture(scope="module")
def crossed() -> Ensemble:
    return distribution(small(), worlds=WORLDS, draws=DRAWS, seeds=3)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """The same ensemble by the command with one worker, and in Python with two and its own folder for kept runs."""
    folder = tmp_path_factory.mktemp("ensemble")
    words = ("--precision", "mean_overdue_30_rate 60%", "--least", "3", "--worlds", "2", "--workers", "1")
    kept = ("--out", str(folder / "one"), "--kept", str(folder / "here"))
    told = called("ensemble", "us_cards", *SMALL, *words, *kept)
    assert told.exit_code == 0, told.output
    asked = simulator.load("us_cards", ("book.warm_up=2", "book.due_days=[5]"), borrowers=300, months=4)
    found = distribution(
        asked, precision="mean_overdue_30_rate 60%", least=3, worlds=2, workers=2, kept=str(folder / "there")
    )
    (folder / "two").mkdir()
    write_data(found, folder / "two")
    return SimpleNamespace(folder=folder, told=told.output, found=found)


def test_the_same_bytes_for_any_number_of_workers_by_the_command_and_in_python(ran: SimpleNamespace) -> None:
    names = {file.name for file in (ran.folder / "one").iterdir()}
    data = {file.name for file in (ran.folder / "two").iterdir()}
    assert {"ensemble.parquet", "members.parquet", "quantiles.csv", "fan.csv", "ensemble.json"} < data
    assert data | {"provenance.json", "ensemble.html"} <= names
    for name in sorted(data):
        assert (ran.folder / "one" / name).read_bytes() == (ran.folder / "two" / name).read_bytes(), name
    known = json.loads((ran.folder / "one" / "provenance.json").read_text(encoding="utf-8"))
    assert set(known["files"]) == names
    assert (known["worlds"], known["workers"], known["runs"]) == (2, 1, 2 * known["seeds"])


def test_the_files_hold_every_run(ran: SimpleNamespace) -> None:
    members = pq.read_table(ran.folder / "one" / "members.parquet").to_pandas()
    assert len(members) == ran.found.runs
    assert members["weight"].sum() == pytest.approx(1.0)
    for metric in FIGURES:
        np.testing.assert_array_equal(members[metric.name], ran.found.flat(metric.name), metric.name)
    months = pq.read_table(ran.folder / "one" / "ensemble.parquet").to_pandas()
    assert len(months) == ran.found.runs * 4
    for measure in FAN:
        np.testing.assert_array_equal(months[measure.name], ran.found.paths[measure.name].reshape(-1), measure.name)


def test_runs_that_were_kept_are_not_lived_again(ran: SimpleNamespace) -> None:
    again = distribution(ran.found.scenario, seeds=3, worlds=2, kept=str(ran.folder / "here"))
    assert (ran.found.kept, again.kept) == (0, again.runs)
    np.testing.assert_array_equal(again.figures["net_loss"], ran.found.figures["net_loss"][..., :3])


def test_it_stops_when_it_is_sure_enough_and_says_so(ran: SimpleNamespace) -> None:
    told = json.loads((ran.folder / "one" / "ensemble.json").read_text(encoding="utf-8"))
    asked, last = told["precision"], told["precision"]["rounds"][-1]
    assert asked["asked"] == "mean_overdue_30_rate 60%"
    assert asked["rounds"][0]["seeds"] == 3
    assert last["seeds"] == told["seeds"]
    found = told["figures"]["mean_overdue_30_rate"]["mean"]
    assert last["value"] == found["value"]
    assert last["half_width"] == pytest.approx(found["high"] - found["value"])
    assert asked["reached"] == (last["half_width"] <= 0.6 * last["value"])
    assert ("Reached after" if asked["reached"] else "NOT reached") in ran.told


def test_quantiles_have_errors_of_their_own(ran: SimpleNamespace) -> None:
    with (ran.folder / "one" / "quantiles.csv").open(encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["metric"] == "net_loss"]
    kinds = {(row["statistic"], row["level"]) for row in rows}
    assert {("mean", ""), ("quantile", "0.5"), ("value_at_risk", "0.99"), ("expected_shortfall", "0.95")} <= kinds
    tail = next(row for row in rows if row["statistic"] == "expected_shortfall" and row["level"] == "0.99")
    assert tail["low"] == ""
    assert "too few" in tail["note"]


# --- crossed, weighted -------------------------------------------------------------------------------------


def test_every_seed_lives_in_every_world_with_every_draw(crossed: Ensemble) -> None:
    assert crossed.shape == (2, 2, 3)
    assert crossed.seeds == (3, 4, 5)
    assert all(values.shape == (2, 2, 3) for values in crossed.figures.values())
    assert all(values.shape == (2, 2, 3, 4) for values in crossed.paths.values())
    alone = simulator.run(variant(small(), {**WORLDS[1].values, **DRAWS[1].values}), 4, unshocked=False)
    assert crossed.figures["net_loss"][1, 1, 1] == pytest.approx(
        float(alone.panel.query("segment == 'all'").eval("charge_offs - recoveries").sum())
    )
    assert (crossed.paths["unemployment_rate"][1, ..., -1] > crossed.paths["unemployment_rate"][0, ..., -1]).all()


def test_worlds_count_by_their_weight(crossed: Ensemble) -> None:
    rates = crossed.figures["peak_unemployment_rate"]
    told = mean(rates, design(crossed))
    assert told.value == pytest.approx(0.75 * rates[0].mean() + 0.25 * rates[1].mean())
    assert "world" not in told.by_source  # their weights are known
    assert crossed.member_weights.sum() == pytest.approx(1.0)


def test_a_path_that_a_world_and_a_draw_both_set_is_refused() -> None:
    with pytest.raises(EnsembleError, match="set by world a and by parameter draw b"):
        distribution(small(), worlds=[World("a", 1.0, {RATE: 0.2})], draws=[ParameterDraw("b", {RATE: 0.3})])


# --- what is refused ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--precision", "net_los 2%"), "did you mean 'net_loss'"),
        (("--precision", "net_loss 2%", "--seeds", "5"), "not both"),
        (("--precision", "net_loss es99 2%", "--most", "100"), "fewer than 1,000"),
        (("--seeds", "1"), "at least 2 is wanted"),
        (("--worlds", "0"), "at least 1 is wanted"),
        (("--most", "5"), "belong to --precision"),
        (("--draws-from", "fit"), "add --draws"),
        (("--draws", "3", "--draws-from", "fit"), "no section fit"),
    ],
)
def test_what_makes_no_sense_is_refused(
    words: tuple[str, ...], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert told in refused("ensemble", "us_cards", *SMALL, *words)
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_fit_is_refused_before_it_begins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    seeds = math.ceil(memory_free() / 1_000)
    assert "take fewer seeds" in refused("ensemble", "us_cards", *SMALL, "--seeds", str(seeds))
    assert list(tmp_path.iterdir()) == []
