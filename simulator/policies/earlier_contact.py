"""Earlier contact: reminders and first calls come sooner after a missed bill."""

from __future__ import annotations

from typing import Literal, TypeVar

from simulator.desk import Desk
from simulator.params import Frozen, param
from simulator.policies.base import Policy

Terms = TypeVar("Terms", bound=Frozen)


class EarlierContact(Policy):
    """The desk reminds and calls from fewer days late on; never later than it does already."""

    kind: Literal["earlier_contact"] = "earlier_contact"
    first_call: int = param(2, "days late from which an account is called", unit="days", source="a guess", ge=1, le=720)
    reminder: int = param(
        1,
        "days late at which an automatic reminder goes out; 0: as it was",
        unit="days",
        source="a guess: the day after",
        ge=0,
        le=720,
    )

    def desk(self, desk: Terms) -> Terms:
        """The earlier of its own days and the desk's; a desk without reminders sends them now."""
        if not isinstance(desk, Desk):
            return desk
        reminders = [days for days in (desk.reminder, self.reminder) if days]
        update = {"first_call": min(desk.first_call, self.first_call), "reminder": min(reminders, default=0)}
        return desk.model_copy(update=update)
