"""Habits of payment by status: chances to rest, pay in full, pay part or fall behind, given how it went last month."""

from simulator.habits.habits import Habits
from simulator.habits.living import Living, drawn_kind
from simulator.habits.plan import Plan
from simulator.habits.statuses import CHARGED_OFF, LABELS, NONE, PLACE, states_of, status_of
from simulator.habits.table import STATES, Table, read_table

__all__ = [
    "CHARGED_OFF",
    "LABELS",
    "NONE",
    "PLACE",
    "STATES",
    "Habits",
    "Living",
    "Plan",
    "Table",
    "drawn_kind",
    "read_table",
    "states_of",
    "status_of",
]
