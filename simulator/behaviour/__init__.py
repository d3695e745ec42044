"""Behaviour: how borrowers answer."""

from simulator.behaviour.household import Answer, Behaviour, answer, bankrupt, hold_back, put_by, strain

__all__ = ["Answer", "Behaviour", "answer", "bankrupt", "hold_back", "put_by", "strain"]
