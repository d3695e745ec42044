"""`loanbook backtest` as its users meet it: files, JSON alone, words, what is refused before anything runs."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path
from types import SimpleNamespace

import pytest

import simulator
from simulator.calibration.backtest import backtest
from simulator.calibration.backtest_summary import summary_of
from tests.test_cli import called, refused

OWN = """# What did the cards of a small bank lose from 2004 on?
extends: us_cards
span: {start: 2004-01, months: 48}
book: {borrowers: 200, warm_up: 3, due_days: [10], segments: []}
world:
  economy:
    unemployment: {baseline: 5.0, 2004-06: 5.5, 2005-01: 7.5, 2006-03: 6.0, 2006-10: 5.0}
"""
QUARTERS = [f"{year}-{month:02}-01" for year in (2004, 2005, 2006) for month in (1, 4, 7, 10)]
VALUES = [3.1, 3.0, 3.3, 3.2, 3.9, 4.4, 5.0, 5.5, 5.1, 4.6, 4.0, 3.8]
TARGET = "observation_date,CORCCACBS\n" + "".join(
    f"{date},{value}\n" for date, value in zip(QUARTERS, VALUES, strict=True)
)


def files(folder: Path) -> None:
    (folder / "own.yaml").write_text(OWN)
    (folder / "target.csv").write_text(TARGET)


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    files(tmp_path)
    return tmp_path


def asked(*more: str, first: str = "2005-04", last: str = "2006-12") -> tuple[str, ...]:
    return ("backtest", "own.yaml", "--target", "target.csv", "--from", first, "--to", last, "--workers", "1", *more)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """The same question told in words with files, and as JSON alone."""
    folder = tmp_path_factory.mktemp("backtest")
    files(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        words = called(*asked("--seeds", "2", "--skip", "2005-10,2006-01"))
        alone = called(*asked("--seeds", "2", "--skip", "2005-10", "--skip", "2006-01", "--json"))
        found = backtest(
            simulator.load("own.yaml"), "target.csv", "charge_off_rate", "2005-04", "2006-12", seeds=2,
            skip=["2005-12-31", "2006-01"],
        )  # fmt: skip
    return SimpleNamespace(folder=folder, words=words, alone=alone, found=found)


def test_json_is_alone_and_the_same_as_in_the_file_and_in_python(ran: SimpleNamespace) -> None:
    assert ran.alone.exit_code == 0, ran.alone.output
    told = json.loads(ran.alone.stdout)
    assert ran.alone.stderr == ""
    place = ran.folder / "runs" / "backtest_own_charge_off_rate"
    assert told == json.loads((place / "backtest.json").read_text(encoding="utf-8"))
    assert told == summary_of(ran.found)
    assert "NaN" not in ran.alone.stdout
    assert told["skipped"] == ["2005-10-01", "2006-01-01"]
    assert (told["quarters"], told["seeds"], told["borrowers"]) == (5, 2, 200)
    assert told["observed_peak"] == 5.0
    assert told["observed_peak_date"] == "2005-07-01"
    assert list(ran.folder.joinpath("runs").iterdir()) == [place]  # with --json nothing is written


def test_the_files(ran: SimpleNamespace) -> None:
    assert ran.words.exit_code == 0, ran.words.output
    place = ran.folder / "runs" / "backtest_own_charge_off_rate"
    assert {file.name for file in place.iterdir()} == {
        "backtest.json",
        "series.csv",
        "backtest.html",
        "provenance.json",
    }
    with (place / "series.csv").open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert [row["date"] for row in rows] == QUARTERS[5:]
    observed = [float(row["observed"]) for row in rows if row["skipped"] == "False"]
    predicted = [float(row["predicted"]) for row in rows if row["skipped"] == "False"]
    gaps = [one - other for one, other in zip(predicted, observed, strict=True)]
    told = json.loads((place / "backtest.json").read_text(encoding="utf-8"))
    assert told["rmse"] == pytest.approx(math.sqrt(sum(gap**2 for gap in gaps) / 5))
    assert told["bias"] == pytest.approx(sum(gaps) / 5)
    assert told["observed_cumulative"] == pytest.approx(sum(observed) / 4)


def test_the_page_stands_alone(ran: SimpleNamespace) -> None:
    page = (ran.folder / "runs" / "backtest_own_charge_off_rate" / "backtest.html").read_text(encoding="utf-8")
    assert "<svg" in page
    assert "http://" not in page
    assert "https://" not in page
    assert "Left out as asked: 2005Q4, 2006Q1." in page
    assert "What did the cards of a small bank lose" in page


def test_the_words(ran: SimpleNamespace) -> None:
    text = ran.words.stdout
    for part in (
        "Net charge-off rate of own beside what was observed",
        "2005Q2 to 2006Q4, percent a year; the mean of 2 seeds (1 to 2), 200 borrowers, from January 2004 on.",
        "Left out as asked: 2005Q4, 2006Q1.",
        "Correlation of yearly changes",
        "Unemployment, fitted within",
        "Sampling noise of the prediction (standard error of the mean of 2 seeds)",
        "The scenario carries no fit: the band is of the seeds alone",
        "Report: runs/backtest_own_charge_off_rate/backtest.html",
    ):
        assert part in text


def test_other_measures_and_an_out(at: Path) -> None:
    done = called(
        *asked("--measure", "100 * overdue_30_59 / balance", "--seeds", "1", "--out", "here", "--json", "--quiet"),
        *("--borrowers", "60", "--set", "span.months=36"),
    )
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["measure"], told["cumulative"]) == ("100 * overdue_30_59 / balance", None)
    assert (at / "here" / "backtest.html").exists()
    assert not (at / "runs").exists()


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--measure", "charge_of_rate"), "did you mean 'charge_off_rate'?"),
        (("--target", "nowhere.csv"), "the file nowhere.csv does not exist"),
        (("--history", "nowhere.csv"), "the file nowhere.csv does not exist"),
        (("--to", "2004-12"), "ends before it begins"),
        (("--to", "soon"), "'soon' is not a date"),
        (("--to", "2009-12"), "covers 2004-01 to 2007-12 and not the whole window"),
        (("--from", "2007-01", "--to", "2007-12"), "target.csv has no value to judge"),
        (("--seeds", "0"), "0 seeds: at least 1 is wanted"),
        (("--workers", "0"), "--workers 0: at least 1 is wanted"),
        (("--set", "world.economy.unemployment=no.csv"), "no.csv"),
        (("--borrowers", "40000000"), "of memory"),
        (("--out", "target.csv"), "a directory is wanted"),
    ],
)
def test_what_is_refused(at: Path, more: tuple[str, ...], told: str) -> None:
    done = called(*asked(*more))
    assert done.exit_code == 2
    assert told in done.stderr
    assert done.stdout == ""
    assert not (at / "runs").exists()


def test_the_target_and_the_window_must_be_named(at: Path) -> None:
    refused("backtest", "own.yaml", "--from", "2005-01", "--to", "2006-12")
    refused("backtest", "own.yaml", "--target", "target.csv", "--to", "2006-12")
