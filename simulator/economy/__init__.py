"""The world's economy: its paths, and the labour market that makes borrowers' unemployment follow them."""

from simulator.economy.history import from_folder
from simulator.economy.labour import Benefits, Jobs, Labour, solve
from simulator.economy.paths import BACK, Economy, Groups, Paths, build, groups_of

__all__ = [
    "BACK",
    "Benefits",
    "Economy",
    "Groups",
    "Jobs",
    "Labour",
    "Paths",
    "build",
    "from_folder",
    "groups_of",
    "solve",
]
