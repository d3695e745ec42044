"""The panel remembers: months x segments x measures, transitions and vintages, and gives them as tables."""

from simulator.panel.defaults import Defaults
from simulator.panel.record import BUCKETS, COUNTS, EDGES, MONEY, PEOPLE, STATES, Panel

__all__ = ["BUCKETS", "COUNTS", "EDGES", "MONEY", "PEOPLE", "STATES", "Defaults", "Panel"]
