"""Finding somebody to look at: one unwatched run, and a stated rule for whom of it to choose."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from simulator.block import CHARGED_OFF, OPEN
from simulator.book import Book
from simulator.causes import causes_frame
from simulator.clock import Clock
from simulator.errors import ScenarioError
from simulator.run import _live
from simulator.trace.life import Ready, Told, ticking

if TYPE_CHECKING:
    import pandas as pd

Whole = npt.NDArray[np.int64]
KINDS = {
    "failure": "the first to default",
    "success": "late or struck hard, and yet current at the end without a default",
    "penalty-spiral": "the default with the highest share of penalty and late fees in what was owed",
    "forgetful": "the first to default over forgotten due dates",
    "job-loss": "the first to default over a lost job",
}
AS_CAUSE = {"forgetful": "forgetting", "job-loss": "job_loss"}
RUN_UP = 3  # months of the span before the first missed bill that are wanted, so that the story has a beginning
LATE = 30  # days late that count as trouble


@dataclass(frozen=True)
class Found:
    """Whom the rule chose, and the rule in words."""

    borrower: int
    why: str


@dataclass
class Lateness:
    """Who was how late at each month's end of a run."""

    clock: Clock
    book: Book
    parts: list[Whole] = field(default_factory=list)  # (2, n): borrower, days late
    early: set[int] = field(default_factory=set)  # who was late in the first months of the span

    def look(self, month: int) -> None:
        """At a month's end: the accounts in arrears only."""
        for block in self.book.blocks:
            for accounts in block.accounts.values():
                rows = accounts.arrears.rows
                if rows.size:
                    missed = accounts.missed[rows]
                    days = np.array(self.clock.days_late_by_missed(month, block.due_day, int(missed.max())))
                    if month < RUN_UP:
                        self.early.update(block.id[rows[missed > 0]].tolist())
                    self.parts.append(np.stack([block.id[rows], days[missed]]).astype(np.int64))

    def worst(self) -> dict[int, int]:
        """The most days late of each who ever was."""
        if not self.parts:
            return {}
        who, days = np.concatenate(self.parts, axis=1)
        order = np.lexsort((days, who))
        return dict(zip(who[order].tolist(), days[order].tolist(), strict=True))  # the last, the most, stays


def like(ready: Ready, kind: str, told: Told | None = None, among: Whole | None = None) -> Found:
    """Somebody of this kind in the span: one of KINDS, or the name of a cause for a default that has it as main cause.

    With `among` only these borrowers count. Raises ScenarioError where the scenario has no such cause or nobody is
    like that.
    """
    setting, state = ready.setting, ready.state.copy()
    clock, name = setting.clock, setting.scenario.name
    cause = AS_CAUSE.get(kind, kind.replace("-", "_"))
    _must_be_known(kind, cause, tuple(setting.causes), name)
    lateness = Lateness(clock, state.book)
    tick = ticking(told, "looking for somebody", 0, clock.months, lateness.look)
    _live(setting, state, setting.paths(shocked=True), 0, clock.months, False, False, tick)
    causes = causes_frame(state.panel, setting.scenario)
    if kind == "success":
        return _success(lateness, set(causes["borrower"].tolist()), state.book, name, among)
    if among is not None:
        causes = causes[causes["borrower"].isin(among)]
    if causes.empty:
        raise ScenarioError(f"--like {kind}: nobody of {name} defaults in the span; --like success may find somebody")
    if kind == "penalty-spiral":
        return _spiral(causes, clock.start, name)
    chosen = causes if kind == "failure" else causes[causes["main_cause"] == cause]
    if chosen.empty:
        counts = causes["main_cause"].value_counts(sort=True)
        there = ", ".join(f"{each} ({number})" for each, number in counts.items())
        raise ScenarioError(f"--like {kind}: no default of {name} has that main cause; there are: {there}")
    return _first(chosen, clock, "" if kind == "failure" else cause)


def _must_be_known(kind: str, cause: str, causes: tuple[str, ...], name: str) -> None:
    """ScenarioError where neither a kind nor a cause goes by this name."""
    from simulator.causes import AFTER, UNKNOWN

    rules = ("forgetting", "unwilling", "over_borrowing", "unclear_terms", "dearer_living", AFTER, UNKNOWN)
    if kind in KINDS or cause in (*causes, *rules):
        return
    others = [each for each in (*causes, *rules) if each not in AS_CAUSE.values()]
    raise ScenarioError(
        f"--like {kind}: not a kind of life, and not a cause that strikes borrowers in {name}. "
        f"There are: {', '.join(dict.fromkeys((*KINDS, *others)))}."
    )


def _first(chosen: pd.DataFrame, clock: Clock, cause: str) -> Found:
    """The first to default; whose first missed bill came some months into the span goes before others."""
    start = clock.month_date(RUN_UP)
    with_run_up = chosen[(chosen["first_missed"].dt.date >= start) & ~chosen["bankrupt"]]
    best = (with_run_up if len(with_run_up) else chosen).sort_values(["month", "borrower"], kind="stable").iloc[0]
    why = f"the first default with the main cause {cause.replace('_', ' ')}" if cause else "the first default"
    if len(with_run_up):
        why += f" whose first missed bill came {RUN_UP} months or more into the span"
    return Found(int(best["borrower"]), f"{why} (of {len(chosen):,}); the lowest number where several")


def _spiral(causes: pd.DataFrame, start: dt.date, name: str) -> Found:
    """Of the defaults that owed the median or more; first missed bills within the span go before others."""
    share = (causes["penalty_and_fees"] / causes["balance"].where(causes["balance"] > 0)).fillna(0.0)
    if not (share > 0).any():
        raise ScenarioError(f"--like penalty-spiral: no default of {name} was charged penalty or late fees")
    large = causes.assign(share=share.clip(upper=1.0))[causes["balance"] >= causes["balance"].median()]
    within = large[large["first_missed"].dt.date >= start]
    best = (within if len(within) else large).sort_values(["share", "borrower"], ascending=[False, True], kind="stable")
    top = best.iloc[0]
    why = f"{top['share']:.0%} of what was owed at default was penalty and late fees, the highest of {len(best):,}"
    return Found(int(top["borrower"]), f"{why} defaults that owed the median or more")


def _success(lateness: Lateness, failed: set[int], book: Book, name: str, among: Whole | None) -> Found:
    """Of those with an open account and nothing overdue at the end: struck in the span and the most days late.

    Who was late in the first months already comes last: that story began before the span.
    """
    worst = lateness.worst()
    ranked: list[tuple[bool, bool, int, int, bool]] = []
    for block in book.blocks:
        fine: npt.NDArray[np.bool_] = block.here.copy()
        some = np.zeros(block.size, np.bool_)
        if among is not None:
            fine &= np.isin(block.id, among)
        for accounts in block.accounts.values():
            fine &= (accounts.status != CHARGED_OFF) & (accounts.missed == 0)
            some |= accounts.status == OPEN
        struck: npt.NDArray[np.bool_] = np.asarray((block.struck >= 0).any(axis=0))
        for row in np.flatnonzero(fine & some).tolist():
            who, hit = int(block.id[row]), bool(struck[row])
            days = worst.get(who, 0)
            if who not in failed and (days >= LATE or hit):
                ranked.append((who in lateness.early, not (hit and days >= LATE), -days, who, hit))
    if not ranked:
        raise ScenarioError(f"--like success: nobody of {name} was in trouble in the span and is current at its end")
    _, _, days, _, hit = best = min(ranked)
    trouble = f"{-days} days late at worst" + (", and struck" if hit else "") if days else "struck"
    why = f"current at the end without a default, though {trouble}: the most days late of {len(ranked):,} such"
    return Found(best[3], why)
