"""What a run gives: the panel, and the tables that are made of what it remembers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from simulator.panel import Panel
from simulator.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd


@dataclass
class Result:
    """What a run gives: the panel and the tables beside it, the unshocked twin, counts, provenance."""

    scenario: Scenario
    record: Panel
    unshocked_record: Panel | None
    counted: list[dict[str, Any]]
    provenance: dict[str, Any]
    rejected: pd.DataFrame | None = None
    counterfactual: Any = None  # the reruns without each cause, where they were asked for
    accounts: pd.DataFrame | None = None  # every loan of the tape foreseen, where that was asked for
    mean_statuses: pd.DataFrame | None = None  # payment statuses over many lives, where that was asked for
    _frames: dict[str, pd.DataFrame] = field(default_factory=dict)

    def _frame(self, name: str, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        if name not in self._frames:
            self._frames[name] = make()
        return self._frames[name]

    @property
    def panel(self) -> pd.DataFrame:
        """One row a month and segment."""
        return self._frame("panel", self.record.frame)

    @property
    def unshocked(self) -> pd.DataFrame | None:
        """The same book with the same luck in the baseline world; None where there is nothing to compare."""
        return None if self.unshocked_record is None else self._frame("unshocked", self.unshocked_record.frame)

    @property
    def vintages(self) -> pd.DataFrame:
        """Vintage curves."""
        from simulator.panel.tables import vintages_frame

        return self._frame("vintages", lambda: vintages_frame(self.record))

    @property
    def roll_rates(self) -> pd.DataFrame:
        """Transitions between buckets."""
        from simulator.panel.tables import roll_rates_frame

        return self._frame("roll_rates", lambda: roll_rates_frame(self.record))

    @property
    def payment_statuses(self) -> pd.DataFrame | None:
        """Transitions between payment statuses, of this run alone; None where no habits are followed."""
        from simulator.panel.statuses import statuses_frame

        return self._frame("statuses", lambda: statuses_frame(self.record)) if self.record.statuses else None

    @property
    def flows(self) -> pd.DataFrame:
        """The money identity by product and month."""
        from simulator.panel.tables import flows_frame

        return self._frame("flows", lambda: flows_frame(self.record))

    @property
    def hit(self) -> pd.DataFrame:
        """Who was hit."""
        from simulator.panel.tables import hit_frame

        return self._frame("hit", lambda: hit_frame(self.record))

    @property
    def policies(self) -> pd.DataFrame:
        """What each policy did, month by month, and what it cost whom."""
        from simulator.panel.tables import policies_frame

        return self._frame("policies", lambda: policies_frame(self.record))

    @property
    def causes(self) -> pd.DataFrame:
        """Why: one row for each default of the span, with the chain that led to it and its main cause."""
        from simulator.causes import causes_frame

        return self._frame("causes", lambda: causes_frame(self.record, self.scenario))
