"""The section "Why" of the page: main causes by the rule, and what the reruns without each cause say."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from simulator.causes import RULE, cause_shares
from simulator.report import why_plots
from simulator.report.answer import Answer
from simulator.report.drawing import Picture, worded

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Why:
    """What the section shows; without reruns the lower half is empty."""

    lead: str
    pictures: list[Picture]
    rule: str
    unseen: str = ""
    reruns: list[Picture] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    note: str = ""


def why_of(answer: Answer) -> Why | None:
    """The section, or None for an answer that kept no record of its defaults."""
    causes: pd.DataFrame | None = getattr(answer, "causes", None)
    if causes is None:
        return None
    pictures = [why_plots.over_time(causes), why_plots.by_cause(causes)] if len(causes) else []
    found = getattr(answer, "counterfactual", None)
    if found is None or not len(causes):
        return Why(lead(causes), pictures, RULE, unseen(causes))
    reruns = [why_plots.vanished(found.table), why_plots.overlap(found.table)]
    headings, rows = agreement_table(found.agreement)
    return Why(lead(causes), pictures, RULE, unseen(causes), reruns, found.sentences, headings, rows, NOTE)


NOTE = (
    "Each cause was switched off for the span alone, with the same book and the same luck. A default that vanishes "
    "needed the cause; one that needed two causes vanishes in both reruns, so these shares add to more than the whole. "
    "Defaults that vanish in no rerun had more than enough causes, or ones from before the span."
)


def lead(causes: pd.DataFrame) -> str:
    """The causes in two sentences."""
    if causes.empty:
        return "Nobody defaulted in the span, so there is nothing to explain."
    shares = cause_shares(causes)
    first: Any = shares.iloc[0].to_dict()
    rest = [f"{worded(row['main_cause'])} {row['share']:.0%}" for row in shares.iloc[1:4].to_dict("records")]
    after = f", then {', '.join(rest)}" if rest else ""
    behind = causes[causes["first_missed"].notna()]
    savings = _savings(float(behind["savings_months"].median())) if len(behind) else ""
    owed = float(causes["balance"].sum())
    late = (
        f" Penalty and late fees since then are {float(causes['penalty_and_fees'].sum()) / owed:.1%} of what they owe."
    )
    return (
        f"Of {len(causes):,} defaults {first['share']:.0%} have {worded(str(first['main_cause']))} as their main cause"
        f"{after}.{savings}{late if owed > 0 else ''}"
    )


def _savings(median: float) -> str:
    """What half of them had in hand when they first missed a payment, in months of income."""
    if round(median, 1) == 0:
        had = "next to nothing in savings, or less,"
    elif median > 0:
        had = f"less than {median:.1f} months of income in savings"
    else:
        had = f"no savings, and {-median:.1f} months of income or more in bills unpaid elsewhere,"
    return f" Half of them had {had} when they first missed a payment."


def unseen(causes: pd.DataFrame) -> str:
    """What is not known of the defaults whose story begins before the run."""
    if causes.empty:
        return ""
    none, part = int((causes["seen"] == "none").sum()), int((causes["seen"] == "part").sum())
    told = []
    if none:
        told.append(
            f"of {none:,} defaults the first payment was missed before the run began: what led to it is not known"
        )
    if part:
        told.append(f"of {part:,} the twelve months before it reach back beyond the beginning of the run")
    return f"{'; '.join(told)}.".capitalize() if told else ""


def agreement_table(ranked: pd.DataFrame) -> tuple[list[str], list[list[str]]]:
    """The rule beside the reruns, one row for each cause that both know."""
    headings = ["Cause", "Main cause of", "Vanish without", "Own defaults that needed it", "Also vanish without"]
    rows = [
        [
            worded(row["cause"]),
            f"{row['main_share']:.1%}",
            f"{row['switched']}: {row['vanished_share']:.1%}",
            "none" if row["own_needed"] != row["own_needed"] else f"{row['own_needed']:.0%}",
            f"{row['overlap_cause']} ({row['overlap']:.0%})" if row["overlap_cause"] else "none",
        ]
        for row in ranked.to_dict("records")
    ]
    return headings, rows
