"""Where a result comes from: what it takes to make it again, and what it cost."""

from __future__ import annotations

import platform
import sys
from functools import cache
from typing import Any

from simulator.clock import Clock
from simulator.kernels import wanted
from simulator.scenario import Scenario, fingerprint
from simulator.tape import Tape


def provenance(scenario: Scenario, seed: int, seconds: float, clock: Clock, tape: Tape | None = None) -> dict[str, Any]:
    """What it takes to make the same result again, and what it cost."""
    return {
        "scenario": scenario.name,
        "fingerprint": fingerprint(scenario),
        "seed": seed,
        "borrowers": scenario.book.borrowers if tape is None else tape.rows_used,
        **({} if tape is None else {"tape": tape.file, "tape_fingerprint": tape.fingerprint}),
        "months": scenario.span.months,
        "warm_up_months": clock.warm_up,
        **program(),
        "duration_seconds": round(seconds, 3),
        "peak_memory_bytes": peak_memory(),
    }


@cache
def program() -> dict[str, Any]:
    """What a run was made with: the version of the program, of Python and of the libraries, and the platform."""
    import importlib.metadata

    names = ("numpy", "scipy", "simpy", "pandas", "pyarrow", "pydantic", "matplotlib")
    return {
        "version": _version(),
        "python": sys.version.split()[0],
        "libraries": {name: importlib.metadata.version(name) for name in names},
        "kernels": f"compiled by numba {importlib.metadata.version('numba')}" if wanted() else "plain",
        "platform": platform.platform(),
    }


def peak_memory() -> int:
    """The largest memory this process has held so far, in bytes; 0 where the system does not say."""
    import psutil

    if held := int(getattr(psutil.Process().memory_info(), "peak_wset", 0)):
        return held
    try:
        import resource
    except ImportError:
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak if sys.platform == "darwin" else peak * 1024)


def _version() -> str:
    import importlib.metadata

    try:
        return importlib.metadata.version("loanbook-simulator")
    except importlib.metadata.PackageNotFoundError:
        return "0.1.0+source"
