"""Policies: what the lender chooses. A new one is a file here and a line in this register."""

from simulator.policies.approval import Approval
from simulator.policies.base import InForce, Policy

POLICIES: tuple[type[Policy], ...] = (Approval,)
AnyPolicy = Approval

__all__ = ["POLICIES", "AnyPolicy", "Approval", "InForce", "Policy"]
