"""The panel remembers: months x segments x measures, transitions and vintages, and gives them as tables."""

from simulator.panel.adding import added
from simulator.panel.defaults import Defaults
from simulator.panel.record import BUCKETS, COUNTS, EDGES, MONEY, PEOPLE, STATES, Panel
from simulator.panel.standing import net_charge_off_rate, standing
from simulator.panel.written_off import WrittenOff

__all__ = [
    "BUCKETS",
    "COUNTS",
    "EDGES",
    "MONEY",
    "PEOPLE",
    "STATES",
    "Defaults",
    "Panel",
    "WrittenOff",
    "added",
    "net_charge_off_rate",
    "standing",
]
