"""Behaviour: how borrowers answer."""

from simulator.behaviour.household import Answer, Behaviour, answer, bankrupt, put_by, strain

__all__ = ["Answer", "Behaviour", "answer", "bankrupt", "put_by", "strain"]
