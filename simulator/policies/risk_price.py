"""Risk-based price: rates and limits that differ more by score, on what is opened while it is in force."""

from __future__ import annotations

from typing import Any, Literal

from simulator.params import param
from simulator.policies.base import Policy, Terms


class RiskPrice(Policy):
    """Below the middle score credit becomes dearer and limits smaller, above it the other way round."""

    kind: Literal["risk_price"] = "risk_price"
    rate: float = param(
        0.03,
        "added to the step of the rate for each 100 points of score",
        unit="share per year",
        source="a guess",
        ge=0,
        le=1,
    )
    limit: float = param(
        0.20,
        "added to the rise of a card's limit for each 100 points of score, as a share",
        source="a guess",
        ge=0,
        le=3,
    )

    def terms(self, product: Terms) -> Terms:
        """Steeper steps around the same middle; the lowest and the highest rate stay."""
        fields = type(product).model_fields
        more = {"rate_per_100_points": self.rate, "limit_per_100_points": self.limit}
        held: Any = product
        update = {name: getattr(held, name) + value for name, value in more.items() if name in fields}
        return product.model_copy(update=update)
