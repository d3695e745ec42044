"""Behaviour: how borrowers answer."""

from simulator.behaviour.household import Answer, Behaviour, answer, bankrupt, strain

__all__ = ["Answer", "Behaviour", "answer", "bankrupt", "strain"]
