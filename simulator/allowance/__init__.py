"""The allowance month by month, by three rule books: stock, walk, and whether it would have been enough."""

from simulator.allowance.reserve import Effort, checked, reserve
from simulator.allowance.result import ReserveResult

__all__ = ["Effort", "ReserveResult", "checked", "reserve"]
