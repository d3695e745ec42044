"""Known parameters of simulated books are recovered by the calibration with real runs: ten times in full size."""

from __future__ import annotations

import pytest
from scipy.stats import binom

from tests.recovery import PRIORS, recovered, table


@pytest.mark.long
def test_known_parameters_are_recovered(full_size: bool) -> None:
    """As many intervals of 90% hold the truth as chance allows; what is found tells more than the prior."""
    if not full_size:
        pytest.skip("minutes of work; the same with a stand-in for the runs is in test_calibration.py")
    found = list(recovered(range(1, 11), 16_000, workers=2))
    held = sum(sum(one.held.values()) for one in found)
    assert held >= binom.ppf(0.005, len(found) * len(PRIORS), 0.9), table(found)
    assert all(each.narrowed > 0.2 for one in found for each in one.found.estimates.each), table(found)
