"""Which program made a thing: a kept result is taken only where the very same program would make it again."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import metadata, resources
from importlib.resources.abc import Traversable

# Rooms that stand above that of a run: it cannot see them, and they change none.
NOT_IN_A_RUN = {
    *("cli", "report", "allowance", "expectations", "reverse", "calibration", "loans", "sweeps"),
    *("counterfactual", "trace"),
}


@cache
def program_digest() -> str:
    """A short name for the code and the facts that make a run: SHA-256, hexadecimal."""
    digest = hashlib.sha256()

    def walk(folder: Traversable, path: str) -> None:
        for entry in sorted(folder.iterdir(), key=lambda found: found.name):
            if entry.is_dir():
                if entry.name != "__pycache__" and not (path == "" and entry.name in NOT_IN_A_RUN):
                    walk(entry, f"{path}{entry.name}/")
            elif entry.name.endswith((".py", ".csv")):
                digest.update(f"{path}{entry.name}".encode() + b"\0" + entry.read_bytes() + b"\0")

    walk(resources.files("simulator"), "")
    return digest.hexdigest()


@cache
def version() -> str:
    """The program in one line: its version, a digest of its own source, and the libraries that do the arithmetic.

    Two programs of the same line give the same bytes for the same scenario and seed; nothing is promised for others,
    so what one has kept is never taken by another.
    """
    try:
        own = metadata.version("loanbook-simulator")
    except metadata.PackageNotFoundError:
        own = "source"
    libraries = (f"{name} {metadata.version(name)}" for name in ("numpy", "scipy"))
    return " ".join((own, program_digest()[:16], *libraries))
