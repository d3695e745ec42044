"""Behaviour: how borrowers answer."""

from simulator.behaviour.household import Answer, Behaviour, answer, bankrupt, hold_back, put_by, strain
from simulator.behaviour.literacy import spending_as_literate

__all__ = ["Answer", "Behaviour", "answer", "bankrupt", "hold_back", "put_by", "spending_as_literate", "strain"]
