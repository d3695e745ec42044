"""The world's economy: its paths, and the labour market that makes borrowers' unemployment follow them."""

from simulator.economy.labour import Benefits, Jobs, Labour, solve
from simulator.economy.paths import Economy, Groups, Paths, build, groups_of

__all__ = ["Benefits", "Economy", "Groups", "Jobs", "Labour", "Paths", "build", "groups_of", "solve"]
