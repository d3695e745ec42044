"""Killed at any moment and asked again, an ensemble gives the bytes it would have given, and lives no run twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.ensemble.kept_runs import KIND
from simulator.kept import Store
from tests.killed import names

KILLS, RUNS = 10, 22
HONEST = {"runs_taken_from_kept", "duration_seconds"}  # of provenance.json: what it took, which is not the answer


@pytest.mark.skipif(not hasattr(os, "fork"), reason="lives are forks")
@pytest.mark.long
def test_ten_kills_change_no_byte_and_no_run_is_lived_twice(tmp_path: Path, full_size: bool) -> None:
    size = (
        ("--borrowers", "2000", "--months", "12")
        if full_size
        else ("--borrowers", "200", "--months", "2", "--set", "book.segments=[]")
    )
    words = ["ensemble", "cn_platform", *size, "--set", "book.warm_up=1", "--seeds", str(RUNS), "--quiet"]
    asked = {
        "words": [*words, "--workers", "2" if full_size else "1"],
        "folder": str(tmp_path / "kept"),
        "out": str(tmp_path / "out"),
        "kills": KILLS,
        "runs": RUNS,
        "seed": 9,
    }
    command = [sys.executable, "-m", "tests.killed", json.dumps(asked)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[1])
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["codes"] == [0, 0], done.stderr
    assert len(told["kept"]) == KILLS

    often = tmp_path / "kept" / "often"
    last = set(names(often))
    assert all(set(kept) <= last for kept in told["kept"]), "a finished run was lived again, or lost"
    assert len(last) == len(list(Store(often).entries(KIND))) == RUNS
    assert all(Store(often).find(KIND, entry.key) == entry.path for entry in Store(often).entries(KIND))

    once, again = tmp_path / "out" / "once", tmp_path / "out" / "often"
    files = sorted(path.name for path in once.iterdir())
    assert files == sorted(path.name for path in again.iterdir())
    assert {"ensemble.parquet", "members.parquet", "ensemble.html"} <= set(files)
    for name in files:
        if name != "provenance.json":
            assert (once / name).read_bytes() == (again / name).read_bytes(), name
    here, there = (json.loads((place / "provenance.json").read_text()) for place in (once, again))
    assert {key for key in here if here[key] != there[key]} <= HONEST
