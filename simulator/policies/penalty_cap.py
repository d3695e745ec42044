"""A cap on what lateness costs, or a freeze: penalty interest and late fees held down."""

from __future__ import annotations

from typing import Any, Literal

from simulator.params import param
from simulator.policies.base import Policy, Terms


class PenaltyCap(Policy):
    """Penalty interest and late fees of every product are held down while it is in force."""

    kind: Literal["penalty_cap"] = "penalty_cap"
    multiple: float = param(
        1.0,
        "most that overdue amounts bear, as a multiple of the contract rate",
        source="a guess: a freeze",
        ge=1,
        le=5,
    )
    fee_share: float = param(
        0.0, "share of the usual late fee that is still charged", unit="share", ge=0, le=1, source="a guess: a freeze"
    )

    def terms(self, product: Terms) -> Terms:
        """The lower of contract and cap."""
        fields = type(product).model_fields
        if "penalty_multiple" not in fields:
            return product
        held: Any = product
        update = {
            "penalty_multiple": min(held.penalty_multiple, self.multiple),
            "late_fee": held.late_fee * self.fee_share,
            "late_fee_share": held.late_fee_share * self.fee_share,
        }
        return product.model_copy(update=update)
