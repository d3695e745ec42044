"""A flight simulator for a loan book: describe the book, the world and the lender, and see who falls overdue and why.

    import simulator
    result = simulator.run(simulator.load("us_cards_severe_2026", borrowers=5_000))
    result.panel            # one row a month and segment

Importing this is light: NumPy, pandas and the rest are imported when a name is first used.
"""

from __future__ import annotations

import importlib
import sys
import types
import typing

if typing.TYPE_CHECKING:
    from simulator.allowance import ReserveResult
    from simulator.allowance.reserve import reserve
    from simulator.ensemble import Comparison, Ensemble, compare, distribution, payment_statuses
    from simulator.loans import accounts
    from simulator.reverse import Reversed, reverse
    from simulator.run import Result, run
    from simulator.scenario import Scenario, load
    from simulator.sweeps import Sweep, sweep

__all__ = [
    "Comparison", "Ensemble", "ReserveResult", "Result", "Reversed", "Scenario", "Sweep",
    "accounts", "compare", "distribution", "load", "payment_statuses", "reserve", "reverse", "run",
    "sweep",
]  # fmt: skip

_NAMES = {
    "allowance": ("ReserveResult", "reserve"),
    "ensemble": ("Comparison", "Ensemble", "compare", "distribution", "payment_statuses"),
    "loans": ("accounts",),
    "reverse": ("Reversed", "reverse"),
    "run": ("Result", "run"),
    "scenario": ("Scenario", "load"),
    "sweeps": ("Sweep", "sweep"),
}
_ROOMS = {name: room for room, names in _NAMES.items() for name in names}


def __getattr__(name: str) -> typing.Any:
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_ROOMS[name]}"), name)


class _Front(types.ModuleType):
    """`simulator.run` and `reverse` are functions, also after Python has hung the rooms of these names here."""

    def __setattr__(self, name: str, value: typing.Any) -> None:
        function = name in ("reverse", "run") and isinstance(value, types.ModuleType)
        super().__setattr__(name, getattr(value, name) if function else value)


sys.modules[__name__].__class__ = _Front
