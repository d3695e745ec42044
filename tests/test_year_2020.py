"""The year 2020: unemployment alone would have ruined the card book; with relief it lost less than the year before.

The paths are published series, the programmes have their published sizes or stand in the scenario as guesses, and
everything else is that of the card book. Two general bounds of the model bite here more than anywhere else: how far
income cuts follow extreme layoffs (`income_cut.most_times`), and what is spent of a windfall (`windfall_spent`).
"""

from __future__ import annotations

import pandas as pd
import pytest

from simulator import load, run
from simulator.kept import Store
from simulator.metrics import charge_off_rate, segment_rows


def lost(name: str, borrowers: int, books: Store) -> tuple[float, float]:
    """Charge-off rates of 2019, and from April 2020 to June 2021."""
    result = run(load(name, borrowers=borrowers), unshocked=False, books=books)
    rows = segment_rows(result.panel)
    month = pd.to_datetime(rows["month"])
    before, after = month < "2020-01-01", (month > "2020-04-01") & (month < "2021-07-01")
    return charge_off_rate(rows[before].reset_index(drop=True)), charge_off_rate(rows[after].reset_index(drop=True))


@pytest.mark.long
def test_relief_more_than_makes_up_for_unemployment(full_size: bool, books: Store) -> None:
    borrowers = 60_000 if full_size else 15_000
    before, relieved = lost("us_cards_2020", borrowers, books)
    same, bare = lost("us_cards_2020_no_relief", borrowers, books)
    assert same == before, "the year before is the same year"
    assert relieved < before
    assert bare > 1.4 * before
    assert bare > relieved + 0.015
