"""Counterfactual: the span lived again with one cause switched off and the same luck; which defaults vanish."""

from simulator.counterfactual.agreement import agreement, sentences
from simulator.counterfactual.rerun import Counterfactual, counterfactual
from simulator.counterfactual.switches import Switch, switches_of

__all__ = ["Counterfactual", "Switch", "agreement", "counterfactual", "sentences", "switches_of"]
