"""Money sense: the less literate keep a smaller buffer, want larger debts, and more of them pay the minimum only."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from simulator.behaviour.household import Behaviour
from simulator.draws import Draws
from simulator.population import People


def spending_as_literate(people: People, mixed: npt.NDArray[np.uint64], draws: Draws, behaviour: Behaviour) -> People:
    """The people with what they do for want of literacy; the same where behaviour has no such effect.

    What is missing of full literacy (0..1) counts in proportion, so who is fully literate lives as drawn.
    """
    if not behaviour.overspending and not behaviour.minimum_only:
        return people
    missing = 1.0 - people.literacy
    least = 1.0 - behaviour.overspending * missing
    more = 1.0 + behaviour.overspending * missing
    minimum = draws.uniform("literacy.minimum", 0, mixed) < behaviour.minimum_only * missing
    return replace(
        people,
        savings=np.where(people.savings > 0, np.rint(people.savings * least), people.savings).astype(np.int64),
        target=np.rint(people.target * least).astype(np.int64),
        desired_loan=people.desired_loan * more,
        desired_use=np.minimum(people.desired_use * more, np.maximum(people.desired_use, 1.0)),
        pay_share=np.where(minimum, 0.0, people.pay_share),
    )
