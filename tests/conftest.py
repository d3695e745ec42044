"""For all tests: numbers that overflow or divide by nought are mistakes; full-size runs only when asked for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("LOANBOOK_COMPILED", "0")  # as a plain install lives; test_kernels.py holds both alike

import numpy as np
import pytest

from simulator.kept import Store

np.seterr(divide="raise", over="raise", invalid="raise")
FULL = os.environ.get("LOANBOOK_FULL", "") == "1"


@pytest.fixture(scope="session")
def full_size(request: pytest.FixtureRequest) -> bool:
    """Whether the books have their full size: LOANBOOK_FULL=1 or -m long."""
    return FULL or request.config.getoption("-m") == "long"


@pytest.fixture(scope="session")
def books(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Warmed-up books of this session, for tests that start from the same; shared by its processes."""
    own = tmp_path_factory.getbasetemp()
    return Store((own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "books")


@pytest.fixture(scope="session", autouse=True)
def kept_elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Finished runs of the tests are kept in a folder of their own, of this session alone."""
    place = tmp_path_factory.mktemp("kept")
    before = os.environ.get("LOANBOOK_KEPT")
    os.environ["LOANBOOK_KEPT"] = str(place)
    yield place
    if before is None:
        del os.environ["LOANBOOK_KEPT"]
    else:
        os.environ["LOANBOOK_KEPT"] = before
