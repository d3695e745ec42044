"""A larger desk: more people call those who are behind."""

from __future__ import annotations

from typing import Literal, TypeVar

from simulator.desk import Desk
from simulator.params import Frozen, param
from simulator.policies.base import Policy

Terms = TypeVar("Terms", bound=Frozen)


class LargerDesk(Policy):
    """The collections desk has more seats; each costs what a seat costs there."""

    kind: Literal["larger_desk"] = "larger_desk"
    times: float = param(2.0, "seats as a multiple of the desk's own", source="a guess", ge=0, le=100)
    more: int = param(0, "seats added after that", unit="seats", source="a guess", ge=0, le=100_000)

    def desk(self, desk: Terms) -> Terms:
        """The seats of the desk, whole ones."""
        if not isinstance(desk, Desk):
            return desk
        return desk.model_copy(update={"seats": round(desk.seats * self.times) + self.more})
