"""Policies: what the lender or the state chooses. A new one is a file here and a line in this register."""

from typing import Annotated

from pydantic import Field

from simulator.policies.application import Application
from simulator.policies.approval import Approval
from simulator.policies.base import Offer, Policy, Tally
from simulator.policies.benefit import Benefit
from simulator.policies.cheque import Cheque
from simulator.policies.in_force import InForce
from simulator.policies.penalty_cap import PenaltyCap

POLICIES: tuple[type[Policy], ...] = (Approval, PenaltyCap, Benefit, Cheque)
AnyPolicy = Annotated[Approval | PenaltyCap, Field(discriminator="kind")]  # the lender's
AnyStatePolicy = Annotated[Benefit | Cheque, Field(discriminator="kind")]

__all__ = [
    "POLICIES",
    "AnyPolicy",
    "AnyStatePolicy",
    "Application",
    "Approval",
    "Benefit",
    "Cheque",
    "InForce",
    "Offer",
    "PenaltyCap",
    "Policy",
    "Tally",
]
