"""For all tests: numbers that overflow or divide by nought are mistakes; full-size runs only when asked for."""

from __future__ import annotations

import os

import numpy as np
import pytest

np.seterr(divide="raise", over="raise", invalid="raise")
FULL = os.environ.get("LOANBOOK_FULL", "") == "1"


@pytest.fixture(scope="session")
def full_size(request: pytest.FixtureRequest) -> bool:
    """Whether the books have their full size: LOANBOOK_FULL=1 or -m long."""
    return FULL or request.config.getoption("-m") == "long"
