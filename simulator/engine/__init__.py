"""The engine: the SimPy processes that keep time, and what happens at each named event. No other room imports simpy."""

from simulator.engine.close import close_month
from simulator.engine.engine import Engine
from simulator.engine.life import LEAST_PAST, Life, Rules
from simulator.engine.observer import Observer

__all__ = ["LEAST_PAST", "Engine", "Life", "Observer", "Rules", "close_month"]
