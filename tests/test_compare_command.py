"""`loanbook compare` as its users meet it: files, words, what is refused, nothing left behind when stopped."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import psutil
import pytest

import simulator
from simulator.ensemble import FIGURES
from tests.test_cli import ROOT, called, refused

SMALL = ("--borrowers", "300", "--months", "6", "--set", "book.warm_up=2", "--set", "book.due_days=[5]")
CAP = """# What is a cap on penalty interest and late fees worth?
extends: cn_platform
lender:
  policies:
    penalty_cap: {starts: 2026-02}
"""


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cap.yaml").write_text(CAP)
    return tmp_path


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """The same comparison with one worker and with two."""
    folder = tmp_path_factory.mktemp("compare")
    (folder / "cap.yaml").write_text(CAP)
    words = ("compare", "cn_platform", str(folder / "cap.yaml"), "cn_unemployment", *SMALL, "--seeds", "2")
    one = called(*words, "--workers", "1", "--out", str(folder / "one"))
    two = called(*words, "--workers", "2", "--out", str(folder / "two"), "--quiet")
    return SimpleNamespace(folder=folder, one=one, two=two)


def test_the_files(ran: SimpleNamespace) -> None:
    assert ran.one.exit_code == 0, ran.one.output
    assert (ran.two.exit_code, ran.two.output) == (0, "")
    files = {"comparison.csv", "runs.parquet", "comparison.html", "provenance.json"}
    for name in ("one", "two"):
        assert {file.name for file in (ran.folder / name).iterdir()} == files
    for name in files - {"provenance.json"}:  # it tells how long it took
        assert (ran.folder / "one" / name).read_bytes() == (ran.folder / "two" / name).read_bytes(), name
    known = json.loads((ran.folder / "two" / "provenance.json").read_text(encoding="utf-8"))
    assert (known["base"], known["seeds"], known["workers"]) == ("cn_platform", [1, 2], 2)
    assert set(known["fingerprints"]) == {"cn_platform", "cap", "cn_unemployment"}


def test_the_tables(ran: SimpleNamespace) -> None:
    table = pd.read_csv(ran.folder / "one" / "comparison.csv")
    assert list(table.columns) == [
        *("scenario", "segment", "metric", "base", "other", "difference", "standard_error", "low", "high"),
        *("standard_error_independent", "ratio", "unit", "label"),
    ]
    assert len(table) == 2 * 6 * len(FIGURES)
    runs = pd.read_parquet(ran.folder / "one" / "runs.parquet")
    assert len(runs) == 3 * 2 * 6
    for _, row in table[table["segment"] == "all"].iterrows():
        values = runs[runs["segment"] == "all"].groupby("scenario")[row["metric"]].mean()
        if not pd.isna(row["difference"]):
            assert row["difference"] == pytest.approx(values[row["scenario"]] - values["cn_platform"], abs=1e-6)


def test_the_python_figures_are_the_same(ran: SimpleNamespace) -> None:
    sets = ("book.warm_up=2", "book.due_days=[5]")
    base, cap = (
        simulator.load(name, sets, borrowers=300, months=6) for name in ("cn_platform", ran.folder / "cap.yaml")
    )
    table = simulator.compare(base, [cap], seeds=2).table
    written = pd.read_csv(ran.folder / "one" / "comparison.csv")
    written = written[written["scenario"] == "cap"].reset_index(drop=True)
    pd.testing.assert_frame_equal(table, written, check_exact=True, check_dtype=False)


def test_the_words(ran: SimpleNamespace) -> None:
    text = ran.one.output
    assert "with policy penalty_cap from 2026-02-01: multiple 1, fee share 0" in text
    assert re.search(r"^Net loss +\d", text, re.MULTILINE)
    assert "Pairing cut the standard error, against independent seeds: cap " in text
    page = (ran.folder / "one" / "comparison.html").read_text(encoding="utf-8")
    assert page.count("<svg") == 3
    assert "http" not in page.replace("http://www.w3.org", "")
    assert "What is a cap on penalty interest and late fees worth?" in page
    assert "by fifth of income" in page


def test_broken_pairing_is_said(at: Path) -> None:
    (at / "more.yaml").write_text("extends: cn_platform\nbook: {recipe: us, warm_up: 3}\n")
    small = ("--borrowers", "200", "--months", "2", "--set", "book.due_days=[5]", "--seeds", "2", "--workers", "1")
    (at / "base.yaml").write_text("extends: cn_platform\nbook: {warm_up: 2}\n")
    result = called("compare", "base.yaml", "more.yaml", *small)
    assert result.exit_code == 0, result.output
    assert "PAIRING IS BROKEN: the recipe of the borrowers and the warm-up differ" in result.output
    assert (at / "runs" / "compare_base" / "comparison.html").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("cn_platform", "cap.yaml", "--seeds", "1"), "--seeds 1: a standard error needs at least 2"),
        (("cn_platform", "cap.yaml", "--workers", "0"), "--workers 0: at least 1 is wanted"),
        (("cn_platform", "cn_platform"), "cn_platform is the base itself: every difference would be nought"),
        (("cn_platform", "same.yaml"), "same is the same as the base, cn_platform"),
        (("cn_platform", "cn_unemploymnt"), "did you mean 'cn_unemployment'?"),
        (("cn_platfrm", "nowhere.yaml"), "nowhere.yaml: the file does not exist"),
        (("cn_platform",), "Missing argument 'OTHER...'"),
        (("cn_platform", "cap.yaml", "--borrowers", "0"), "--borrowers: book.borrowers: 0 was given"),
        (("cn_platform", "cap.yaml", "--out", "cap.yaml"), "is a file; a directory is wanted"),
    ],
)
def test_refused(at: Path, words: tuple[str, ...], told: str) -> None:
    (at / "same.yaml").write_text("# the same again\nextends: cn_platform\nseed: 4\n")
    assert told in refused("compare", *words)
    assert {file.name for file in at.iterdir()} == {"cap.yaml", "same.yaml"}


def test_an_error_in_a_worker_reaches_the_user(at: Path) -> None:
    lines = (ROOT / "scenarios" / "taiwan_cards_2005.yaml").read_text(encoding="utf-8")
    (at / "base.yaml").write_text(lines.replace("data/", f"{ROOT.as_posix()}/scenarios/data/"), encoding="utf-8")
    (at / "other.yaml").write_text("extends: base.yaml\nlender: {currency: USD}\n")  # the tape is in TWD
    text = refused("compare", "base.yaml", "other.yaml", "--months", "1", "--seeds", "2", "--workers", "2")
    assert "other, seed" in text
    assert not (at / "runs").exists()


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_stopped_in_the_middle(at: Path, number: signal.Signals, code: int) -> None:
    words = [sys.executable, "-m", "simulator", "compare", "cn_platform", "cap.yaml", "--borrowers", "100000"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [*words, "--workers", "2"], cwd=at, env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as running:
        family = psutil.Process(running.pid)
        for _ in range(100):
            if len(family.children(recursive=True)) >= 2:
                break
            time.sleep(0.1)
        time.sleep(0.5)
        children = family.children(recursive=True)
        os.killpg(running.pid, number) if number == signal.SIGINT else running.send_signal(number)  # Ctrl-C reaches all
        told = running.communicate(timeout=60)[1]
    assert running.returncode == code
    assert "Traceback" not in told
    assert children
    assert not psutil.wait_procs(children, timeout=10)[1]
    assert [file.name for file in at.iterdir()] == ["cap.yaml"]
