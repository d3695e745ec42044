"""Kept work: whole or not at all, found again byte for byte, never taken for what it is not, and cleared away."""

from __future__ import annotations

import errno
import json
import logging
import os
import shutil
import threading
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

from simulator.cli.commands import loanbook
from simulator.ensemble import kept_runs
from simulator.ensemble.kept_runs import KIND, lived_and_measured, lived_panel, run_key
from simulator.ensemble.tasks import Parcel, tasks_of
from simulator.ensemble.workers import live_all
from simulator.errors import EnsembleError, KeptError
from simulator.kept import Store, kept_folder, key_of, version
from simulator.run import run
from simulator.scenario import Scenario
from tests.small_worlds import scenario

TINY = {"book__borrowers": 300, "book__warm_up": 2, "span__months": 4}


def tiny(name: str = "tiny", **changes: Any) -> Scenario:
    return scenario(**{**TINY, **changes}).model_copy(update={"name": name})


def writes(body: bytes) -> Any:
    return lambda path: path.write_bytes(body)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and "." in path.name[1:])


# --- the store ------------------------------------------------------------------------------------------------------


def test_what_is_kept_is_found_and_removed(tmp_path: Path) -> None:
    store, key = Store(tmp_path / "a" / "b"), key_of("one", "two")
    assert store.find("runs", key) is None
    assert store.kinds() == []
    place = store.keep("runs", key, writes(b"body"))
    assert store.find("runs", key) == place
    assert place.read_bytes() == b"body"
    assert store.find("books", key) is None
    (entry,) = store.entries("runs")
    assert (entry.key, entry.path, entry.size) == (key, place, 4)
    assert store.kinds() == ["runs"]
    assert store.remove("runs", key) == 4
    assert store.find("runs", key) is None
    assert store.remove("runs", key) == 0


def test_a_key_tells_its_parts_apart() -> None:
    assert len({key_of("ab", "c"), key_of("a", "bc"), key_of("abc"), key_of("abc", "")}) == 4


@pytest.mark.parametrize("damage", [b"bod", b"", b"bode", b"body and more"])
def test_a_damaged_piece_is_told_and_made_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: bytes
) -> None:
    store, key = Store(tmp_path), key_of("x")
    store.keep("runs", key, writes(b"body")).write_bytes(damage)
    with caplog.at_level(logging.WARNING):
        assert store.find("runs", key) is None
    assert "damaged" in caplog.text
    assert names(tmp_path / "runs") == []
    found = store.find("runs", key) or store.keep("runs", key, writes(b"body"))
    assert found.read_bytes() == b"body"


def test_nothing_half_written_stays_when_the_disk_is_full(tmp_path: Path) -> None:
    def full(path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    store = Store(tmp_path)
    with pytest.raises(KeptError, match=r"No space left on device.*--kept DIR"):
        store.keep("runs", key_of("x"), full)
    assert names(tmp_path / "unfinished") == []
    assert list(store.entries("runs")) == []


def test_a_folder_that_cannot_be_written_is_told_before_work_begins(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(KeptError, match="cannot be kept"):
            Store(place).check()
    Store(tmp_path / "new").check()
    assert names(tmp_path / "new" / "unfinished") == []


def test_many_at_once_keep_one_whole_piece(tmp_path: Path) -> None:
    store, key = Store(tmp_path), key_of("x")
    bodies = [bytes([number]) * 50_000 for number in range(6)]

    def often(body: bytes) -> None:
        for _ in range(10):
            store.keep("runs", key, writes(body))
            place = store.find("runs", key)
            assert place is not None
            assert place.read_bytes() in bodies

    threads = [threading.Thread(target=often, args=(body,)) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [entry.key for entry in store.entries("runs")] == [key]
    assert names(tmp_path / "unfinished") == []


def test_what_a_killed_process_left_is_not_taken_and_goes_in_time(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.check()
    (tmp_path / "unfinished" / f"{key_of('x')}.1.2").write_bytes(b"half")
    assert store.find("runs", key_of("x")) is None
    assert store.remove_unfinished() == 0  # somebody may still be writing it
    assert store.remove_unfinished(older=-1.0) == 4


def test_the_folder_is_the_one_given_or_the_environments_or_one_here(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert kept_folder("x") == os.path.abspath("x")
    monkeypatch.setenv("LOANBOOK_KEPT", str(tmp_path))
    assert kept_folder() == str(tmp_path)
    monkeypatch.delenv("LOANBOOK_KEPT")
    assert kept_folder() == os.path.abspath(".loanbook")


# --- runs -----------------------------------------------------------------------------------------------------------


def test_a_kept_run_is_the_run_and_is_not_lived_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parcel, folder = Parcel.of(tiny()), str(tmp_path)
    lived = lived_panel(parcel, 5, folder=folder)
    pd.testing.assert_frame_equal(lived, run(tiny(), 5, unshocked=False).panel)
    pd.testing.assert_frame_equal(lived_panel(parcel, 5, folder=None), lived)

    def again(*_: Any, **__: Any) -> None:
        raise AssertionError("lived again")

    monkeypatch.setattr(kept_runs, "run", again)
    pd.testing.assert_frame_equal(lived_panel(parcel, 5, folder=folder), lived)
    renamed = Parcel.of(tiny("other name", seed=99))  # neither the name nor the file's own seed is part of it
    pd.testing.assert_frame_equal(lived_panel(renamed, 5, folder=folder), lived)
    measured = partial(lived_and_measured, folder=folder, measure=len)
    assert list(live_all([parcel], tasks_of(1, [5]), 1, None, measured).values()) == [len(lived)]
    for other, seed in ((parcel, 6), (Parcel.of(tiny(book__borrowers=301)), 5)):
        with pytest.raises(AssertionError, match="lived again"):
            lived_panel(other, seed, folder=folder)
    monkeypatch.setattr(kept_runs, "version", lambda: "another program")
    with pytest.raises(AssertionError, match="lived again"):
        lived_panel(parcel, 5, folder=folder)


def test_a_damaged_run_is_lived_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    parcel, folder = Parcel.of(tiny()), str(tmp_path)
    lived = lived_panel(parcel, 5, folder=folder)
    place = Store(tmp_path).find(KIND, run_key(parcel, 5))
    assert place is not None
    body = bytearray(place.read_bytes())
    body[len(body) // 2] ^= 1
    place.write_bytes(body)
    pd.testing.assert_frame_equal(lived_panel(parcel, 5, folder=folder), lived)
    assert "damaged" in caplog.text
    assert Store(tmp_path).find(KIND, run_key(parcel, 5)) is not None


def test_what_is_in_the_files_of_a_scenario_is_part_of_a_run(tmp_path: Path) -> None:
    def key(text: str) -> str:
        (tmp_path / "tape.csv").write_text(text)
        body = {"file": str(tmp_path / "tape.csv"), "columns": {"balance": "balance"}, "currency": "USD"}
        kept_runs.unpacked.cache_clear()
        return run_key(Parcel.of(scenario(book__tape=body, book__borrowers=None, book__warm_up=None)), 1)

    head = "balance,days_past_due\n"
    first, second = key(head + "1000,0\n"), key(head + "1001,0\n")
    assert first != second
    assert first == key(head + "1000,0\n")


def test_the_program_is_its_source_and_the_libraries_that_reckon() -> None:
    words = version().split()
    assert "numpy" in words
    assert "scipy" in words
    assert len(words[1]) == 16


# --- loanbook runs --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three runs: a scenario with two seeds, and one that differs from it with the first of them."""
    folder = tmp_path_factory.mktemp("runs")
    for parcel, seed in ((Parcel.of(tiny()), 1), (Parcel.of(tiny()), 2), (Parcel.of(dearer()), 1)):
        lived_panel(parcel, seed, folder=str(folder))
    return folder


def dearer() -> Scenario:
    return tiny("dearer", lender__products__instalment={"late_fee": 25.0})


def told(*words: str) -> str:
    result = CliRunner().invoke(loanbook, ["runs", *words])
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(*words: str) -> str:
    result = CliRunner().invoke(loanbook, ["runs", *words])
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output
    return result.output


def test_runs_are_listed(kept: Path, tmp_path: Path) -> None:
    lines = told("list", "--kept", str(kept)).splitlines()
    assert [line.split()[:3] for line in lines[1:4]] == [
        ["dearer", "1", "300"],
        ["tiny", "1", "300"],
        ["tiny", "2", "300"],
    ]
    assert "3 runs of 3" in lines[-1]
    assert "2 runs of 3" in told("list", "--kept", str(kept), "--scenario", "tiny")
    body = json.loads(told("list", "--kept", str(kept), "--seed", "2", "--json"))
    (known,) = body["runs"]
    assert known["key"] == run_key(Parcel.of(tiny()), 2)
    assert (known["months"], known["version"], known["of_this_program"]) == (4, version(), True)
    assert told("list", "--kept", str(tmp_path / "none")).startswith("No runs are kept")


def test_two_runs_are_compared_by_the_beginning_of_their_keys(kept: Path) -> None:
    keys = {name: run_key(Parcel.of(make), 1) for name, make in (("tiny", tiny()), ("dearer", dearer()))}
    words = ("compare", keys["tiny"][:10], keys["dearer"][:10], "--kept", str(kept))
    text = told(*words)
    assert "late_fee: 15 becomes 25" in text
    body = json.loads(told(*words, "--json"))
    fees = body["figures"]["fees_charged"]
    assert fees["difference"] == pytest.approx(fees["other"] - fees["base"])
    assert fees["difference"] > 0
    assert [words.split(",")[0] for words in body["warnings"]] == ["In force in the warm-up too"]
    seeds = told("compare", keys["tiny"], run_key(Parcel.of(tiny()), 2), "--kept", str(kept))
    assert "The scenarios are the same" in seeds
    assert "Not the same luck" in seeds
    assert "no kept run has a key that begins so" in refused("compare", "nosuch", keys["tiny"], "--kept", str(kept))
    assert "3 kept runs have a key that begins so" in refused("compare", "", keys["tiny"], "--kept", str(kept))


def test_nothing_is_pruned_unasked_and_what_goes_is_said(kept: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(kept, folder)
    place = ("--kept", str(folder))
    everything = names(folder)
    size = sum(entry.size for entry in Store(folder).entries(KIND))
    assert "say what is to go" in refused("prune", *place)
    assert "0 runs, 0 B" in told("prune", "--older-than", "1", *place)
    assert "0 runs, 0 B" in told("prune", "--other-versions", *place)
    assert "Would go: 1 run," in told("prune", "--scenario", "dearer", "--older-than", "0", *place)
    assert names(folder) == everything
    assert "Gone: 1 run;" in told("prune", "--scenario", "dearer", "--yes", *place)
    Store(folder).keep("books", key_of("book"), writes(b"x" * 1000))
    assert "2 runs, 1 warmed-up book" in told("prune", "--all", *place)
    assert "freed" in told("prune", "--all", "--yes", *place)
    assert size > 1000
    assert list(Store(folder).entries(KIND)) == []
    assert list(Store(folder).entries("books")) == []


def test_a_damaged_run_is_counted_in_the_list_and_goes_with_other_versions(kept: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(kept, folder)
    next(iter(Store(folder).entries(KIND))).path.write_bytes(b"PAR1")
    assert "1 damaged file" in told("list", "--kept", str(folder))
    assert "1 damaged file" in told("prune", "--other-versions", "--yes", "--kept", str(folder))
    assert "2 runs of 2" in told("list", "--kept", str(folder))


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        ((1, "threads", None), "--engine threads"),
        ((0, "processes", None), "--workers 0"),
        ((None, "processes", "tcp://x:1"), "add --engine dask"),
        ((2, "dask", "tcp://x:1"), "has its own workers"),
    ],
)
def test_engines_that_make_no_sense_are_refused(words: Any, wrong: str) -> None:
    from simulator.ensemble.engines import workers_of

    with pytest.raises(EnsembleError, match=wrong):
        workers_of(*words)
