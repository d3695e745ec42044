"""The same bytes wherever runs are lived: in one process, two or seven, on a Dask cluster begun here or elsewhere."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from simulator.cli.commands import loanbook
from simulator.ensemble import dask_crew, engines
from simulator.ensemble.engines import Dask, Workers
from simulator.ensemble.kept_runs import KIND, lived_panel
from simulator.ensemble.tasks import Parcel, Task, tasks_of
from simulator.ensemble.workers import live_all
from simulator.errors import EnsembleError, TapeError
from simulator.kept import Store
from simulator.scenario import Scenario
from tests.small_worlds import scenario

distributed = pytest.importorskip("distributed")
TASKS = tasks_of(2, [1, 2, 3, 4])


def tiny(**changes: object) -> Scenario:
    small = {"book__borrowers": 200, "book__warm_up": 1, "span__months": 3}
    return scenario(**{**small, **changes})


def parcels() -> list[Parcel]:
    return [Parcel.of(tiny()), Parcel.of(tiny(world__economy__unemployment=9.0))]


def lived(workers: Workers, folder: str | None, tasks: list[Task] = TASKS) -> list[str]:
    found = live_all(parcels(), tasks, workers, None, partial(lived_panel, folder=folder))
    return [f"{task} {panel.to_csv()}" for task, panel in found.items()]


def told_of_its_world(parcel: Parcel, seed: int, *, folder: str | None) -> list[str]:
    """A run, and whether its worker has seen the folder of who sent it."""
    lived_panel(parcel, seed, folder=folder)
    return [entry.key for entry in Store(str(folder)).entries(KIND)]


@pytest.fixture(scope="module")
def alone() -> list[str]:
    return lived(1, None)


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """A cluster of somebody else's: two workers of one thread each, no dashboard."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=False, protocol="tcp", dashboard_address=None, silence_logs=50
    ) as there:
        yield there.scheduler_address


@pytest.mark.long
def test_the_same_bytes_for_any_number_of_processes(alone: list[str], tmp_path: Path, full_size: bool) -> None:
    for workers in (2, 7) if full_size else (2,):
        assert lived(workers, str(tmp_path / str(workers))) == alone


def test_the_same_bytes_on_a_cluster_begun_here(alone: list[str], tmp_path: Path) -> None:
    assert lived(1, str(tmp_path), TASKS[:1]) == alone[:1]
    assert lived(Dask(2), str(tmp_path)) == alone
    assert len(list(Store(tmp_path).entries(KIND))) == len(TASKS)
    assert lived(1, str(tmp_path)) == alone


def test_a_cluster_elsewhere_sends_its_runs_home(alone: list[str], cluster: str, tmp_path: Path) -> None:
    assert lived(Dask(address=cluster), str(tmp_path)) == alone
    assert len(list(Store(tmp_path).entries(KIND))) == len(TASKS)
    there = Dask(address=cluster)
    seen = live_all(parcels(), tasks_of(1, [7]), there, None, partial(told_of_its_world, folder=str(tmp_path / "b")))
    assert seen == {Task(0, 7): []}  # the worker itself kept nothing
    assert len(list(Store(tmp_path / "b").entries(KIND))) == 1


def test_what_goes_wrong_there_is_told_here(cluster: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tape.csv").write_text("balance\n1000\n")
    tape = {"file": str(tmp_path / "tape.csv"), "columns": {"balance": "balance"}, "currency": "EUR"}
    wrong = Parcel.of(scenario(book__tape=tape, book__borrowers=None, book__warm_up=None))
    with pytest.raises(TapeError, match=r"seed 4: .*EUR"):
        live_all([wrong], tasks_of(1, [4]), Dask(address=cluster), None, partial(lived_panel, folder=None))
    monkeypatch.setattr(dask_crew, "version", lambda: threading.current_thread().name)  # there another than here
    with pytest.raises(EnsembleError, match=r"runs another program: .* there, MainThread here"):
        lived(Dask(address=cluster), None)


@pytest.mark.parametrize(
    ("address", "wrong"), [("tcp://127.0.0.1:1", "no Dask scheduler answers"), ("nonsense://x", "no Dask scheduler")]
)
def test_an_address_where_nobody_answers(address: str, wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_crew, "PATIENCE", 0.2)
    with pytest.raises(EnsembleError, match=wrong):
        lived(Dask(address=address), None)


def test_dask_that_is_not_installed_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines.importlib.util, "find_spec", lambda name: None)
    words = ["compare", "cn_platform", "cn_unemployment", "--engine", "dask", "--quiet"]
    result = CliRunner().invoke(loanbook, words)
    assert result.exit_code == 2
    assert 'pip install "loanbook-simulator[dask]"' in result.output


def test_dask_is_imported_only_when_it_is_asked_for() -> None:
    assert not [name for name in vars(sys.modules["simulator.ensemble.workers"]) if "distributed" in name]
