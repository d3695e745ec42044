"""How a kernel is compiled: once on this machine, then kept; no liberties with floating point."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Kernel = TypeVar("Kernel", bound=Callable[..., Any])


def compiled(kernel: Kernel) -> Kernel:
    """A function as machine code: IEEE arithmetic in the order it is written, division as NumPy does it.

    The code is kept beside the source or in the user's cache; where neither can be written to, it is made anew.
    """
    try:
        return cast(Kernel, numba.njit(cache=True, error_model="numpy")(kernel))
    except RuntimeError:  # no folder to keep it in
        return cast(Kernel, numba.njit(error_model="numpy")(kernel))
