"""Sale of bad debt: what is far enough behind goes to a buyer, for a price that falls with age."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from simulator.draws import Floats
from simulator.params import param
from simulator.policies.base import Policy


class DebtSale(Policy):
    """At each month's end debts so many days late are sold; the price is all that ever comes of them.

    What is charged off at a month's end is sold then if it is late enough. The rest of the debt is a loss at once.
    """

    kind: Literal["debt_sale"] = "debt_sale"
    from_days: int = param(
        90, "days late from which a debt is sold", unit="days", source="a guess: when it is in default", ge=1, le=720
    )
    price: float = param(
        0.126,
        "price of a debt just missed, as a share of all that is owed",
        unit="share of the debt",
        source="FACTS cn.debt_sale.price_lt1y (.10 to .15)",
        ge=0,
        le=1,
    )
    decay: float = param(
        0.4,
        "how much less is paid for each year of lateness",
        unit="share per year",
        source="a guess: FACTS cn.debt_sale.price_lt1y and cn.debt_sale.price_gt5y are about that apart",
        ge=0,
        lt=1,
    )

    def sale_price(self, days_late: npt.NDArray[np.int64]) -> Floats | None:
        """The price by days late; nought where a debt is kept."""
        price = self.price * (1.0 - self.decay) ** (days_late / 365.0)
        return np.asarray(np.where(days_late >= self.from_days, price, 0.0))
