"""Which kernels a process uses.

Compiled where Numba is installed (the extra `fast`), unless the environment says LOANBOOK_COMPILED=0. Numba is imported
by the first who asks for `chosen()`, not before.
"""

from __future__ import annotations

import importlib.util
import os
from functools import cache
from types import ModuleType


@cache
def wanted() -> bool:
    """Whether the compiled kernels are used: Numba is there, and nobody has said no."""
    return os.environ.get("LOANBOOK_COMPILED", "1") != "0" and importlib.util.find_spec("numba") is not None


@cache
def chosen() -> ModuleType:
    """The kernels of this process: `simulator.kernels.compiled`, or else `simulator.kernels.plain`."""
    if wanted():
        from simulator.kernels import compiled

        return compiled
    from simulator.kernels import plain

    return plain
