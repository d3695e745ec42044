"""The table: what the model can and what it cannot, one line for each thing measured; every figure is worked out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from simulator.calibration.baselines import Baseline
from simulator.scenario import Scenario
from tests.limits import figures
from tests.limits.figures import FIT, HOLD_OUT, RELIEF, Judged, mean
from tests.limits.lived import LATE, LOST, MACRO, SMALLER, Pasts

ENDS = ("2009-12", "2013-12", "2019-12")
REGRESSIONS = {
    "unemployment": "the regression on unemployment",
    "unemployment_and_leverage": "the regression with card debt against income",
}
SMALL_MISS = 0.25  # points by which an episode is missed and yet called followed
WORTH = 0.02  # points of error that a mechanism must take away to be said to add something


@dataclass(frozen=True)
class Line:
    """One thing measured: what it can and what it cannot, either of them possibly nothing."""

    what: str
    can: str
    cannot: str


def lines(scenarios: dict[str, Scenario], runs: Pasts, borrowers: int, macro: Path = MACRO) -> list[Line]:
    """Every line, in the order of the table."""
    real = figures.seen(figures.CHARGE_OFFS, macro)
    lost = {name: mean(each, LOST) for name, each in runs.items()}
    history = scenarios["history"]
    return [
        losses("net charge-offs 1985-2006", figures.judged(history, lost["history"], real, FIT), "within"),
        losses(
            "net charge-offs 2000-06, held out (parameters fitted to 1999; the variant was chosen by these quarters)",
            figures.judged(scenarios["fitted to 1999"], lost["fitted to 1999"], real, HOLD_OUT),
            "before",
        ),
        *missed(figures.apart(lost["history"], real, skip=())),
        *(without(name, lost[name], lost["history"], real) for name in ("no reach", "no claims")),
        late(figures.apart(mean(runs["history"], LATE), figures.seen(figures.DELINQUENT, macro))),
        relief(lost["no relief"], lost["history"]),
        leverage(figures.leverage_apart(scenarios["own leverage"], runs["own leverage"], ENDS)),
        unemployment(*figures.unemployment_gap(runs["history"])),
        spells(history, macro),
        fit(history),
        precision(runs, borrowers),
        Line("LendingClub, Taiwan 2005", "see the tables of `python -m tests.club` and `python -m tests.taiwan`", ""),
    ]


def losses(what: str, found: Judged, fitted: str) -> Line:
    """Losses in a window beside the two regressions, fitted `within` it or `before` it."""
    near = found.near
    can = (
        f"RMSE {near.rmse:.2f} points ({found.all_quarters:.2f} with the three skipped quarters), "
        f"bias {signed(near.bias)}; correlation of levels {told(near.correlation)}, "
        f"of yearly changes {told(near.correlation_of_yearly_changes)}"
    )
    nearer, behind = [], []
    for name, words in REGRESSIONS.items():
        error = _error(found.regressions[name], fitted)
        if error is not None:
            (nearer if near.rmse < error else behind).append(f"{words} ({error:.2f})")
    when = ", fitted on the same quarters" if fitted == "within" else ", fitted on the quarters before"
    if nearer:
        can += f"; nearer than {' and '.join(nearer)}{when}"
    return Line(what, can, f"comes no nearer than {' and '.join(behind)}{when}" if behind else "")


def _error(found: Baseline | None, fitted: str) -> float | None:
    regression = getattr(found, fitted, None)
    return None if regression is None else regression.rmse


def missed(differences: pd.Series[float]) -> list[Line]:
    """Episodes, those most missed first, the skipped quarters among them."""
    found = []
    for each in figures.episodes(differences):
        words = f"{'over' if each.mean > 0 else 'under'}states it by {abs(each.mean):.2f} points on average"
        most = f"furthest off in {each.quarter}: {signed(each.worst)}"
        if abs(each.mean) <= SMALL_MISS:
            found.append(Line(f"charge-offs in {each.name}", f"level within {abs(each.mean):.2f} points", most))
        else:
            found.append(Line(f"charge-offs in {each.name}", "", f"{words}; {most}"))
    return found


def without(name: str, bare: pd.Series[float], whole: pd.Series[float], real: pd.Series[float]) -> Line:
    """What a mechanism adds: errors of 1985-2006 with it and without, nothing fitted anew."""
    off, on = (figures.apart(each, real) for each in (bare, whole))
    words = {
        "no reach": "without the leverage state (`lender.reach` off)",
        "no claims": "without claims (`follows_layoffs` 0)",
    }
    errors = f"RMSE 1985-2006 {figures.typical(off):.2f} points instead of {figures.typical(on):.2f}"
    level = f"with the mean set right {off.std(ddof=0):.2f} instead of {on.std(ddof=0):.2f}"
    adds = off.std(ddof=0) > on.std(ddof=0) + WORTH
    return Line(
        words[name], f"{errors}; {level}" if adds else "", "" if adds else f"it adds nothing: {errors}; {level}"
    )


def late(differences: pd.Series[float]) -> Line:
    """Balances 30 days late or more, 1991-2006."""
    off, typical = float(differences.mean()), figures.typical(differences)
    words = f"mean {signed(off)} points from the published rate, RMSE {typical:.2f}"
    within = abs(off) <= 1.0
    return Line("30 days late or more, 1991-2006", words if within else "", "" if within else words)


def relief(bare: pd.Series[float], relieved: pd.Series[float]) -> Line:
    """What the programmes of 2020 and 2021 save; later losses are not in the data."""
    saved = (bare - relieved)[RELIEF[0] : RELIEF[1]]
    at = saved.idxmax()
    return Line(
        "relief of 2020-21",
        f"without it {saved.mean():.2f} points more charged off on average of 2020Q2 to 2021Q4, "
        f"{saved.max():.2f} in {at.year}Q{at.quarter}",
        "be judged here: no losses after 2006 are in the data",
    )


def leverage(off: dict[str, float]) -> Line:
    """Card debt that the book makes itself from 2007 on, beside the given one."""
    told = ", ".join(f"{signed(value, 0)}% at the end of {month[:4]}" for month, value in off.items())
    most = max(abs(value) for value in off.values())
    words = f"from the given: {told}"
    return Line("card debt against income of its own, from 2007", *((words, "") if most <= 10.0 else ("", words)))


def unemployment(gap: float, quarter: str) -> Line:
    """The borrowers' unemployment beside the given path."""
    words = f"furthest from the given path in {quarter}, {signed(gap)} points (of any seed)"
    return Line("unemployment of the borrowers", *((words, "") if abs(gap) <= 0.5 else ("", words)))


def spells(scenario: Scenario, macro: Path) -> Line:
    """How long the unemployed have been so."""
    own, real = figures.long_spells(scenario)["1985":"2006"], figures.seen(figures.LONG, macro)["1985":"2006"]
    off = figures.apart(own, real, skip=())
    return Line(
        "unemployed 27 weeks or more, 1985-2006",
        f"mean {own.mean():.1f}% of the unemployed, published {real.mean():.1f}%",
        f"its course: RMSE {figures.typical(off):.1f} points, from {off.min():+.1f} to {off.max():+.1f}".replace(
            "-", "−"
        ),
    )


def fit(scenario: Scenario) -> Line:
    """Which parameters the data set, and which they cannot see."""
    what = "parameters fitted on 1985-2006"
    if scenario.fit is None:
        return Line(what, "", "none: the scenario carries no fit, its values are published figures and guesses")
    known = scenario.fit.in_force(scenario)
    blind = [path for path, each in known.items() if each.set_by == "prior"]
    data = [path for path in known if path not in blind]
    return Line(what, f"set by the data: {paths(data)}", f"not seen by the data, left to the prior: {paths(blind)}")


def paths(names: Sequence[str]) -> str:
    """Parameters as they are written in a scenario."""
    return ", ".join(f"`{name}`" for name in names) or "none"


def precision(runs: Pasts, borrowers: int) -> Line:
    """How many borrowers a stated precision needs."""
    what = f"precision of a quarter's charge-off rate, {borrowers:,} borrowers"
    spread, small = (figures.seed_spread(runs[name]) for name in ("history", "smaller"))
    if spread is None or small is None:
        return Line(what, "", "be told from a single seed")
    seeds, wanted = figures.SEEDS_WANTED, figures.WANTED
    needed = figures.borrowers_for(spread, borrowers)
    return Line(
        what,
        f"seed standard deviation {spread:.2f} points, {small:.2f} with {borrowers // SMALLER:,}; a standard error of "
        f"{wanted} points with {seeds} seeds needs {needed:,} borrowers, if luck falls with the root of the size",
        f"tell a quarter nearer than {spread:.2f} points from one seed",
    )


def signed(value: float, digits: int = 2) -> str:
    """With its sign, a true minus."""
    return f"{value:+.{digits}f}".replace("-", "−")


def told(value: float | None) -> str:
    """A correlation, or that there is none."""
    return "unknown" if value is None else f"{value:.2f}".replace("-", "−")


def table(found: Sequence[Line], borrowers: int, seeds: int) -> str:
    """As Markdown, with how it was made."""
    size = f"{borrowers:,} borrowers, {seeds} seed{'s' if seeds > 1 else ''}"
    rows = [f"| {line.what} | {line.can} | {line.cannot} |" for line in found]
    head = (
        f"US cards through history, {size} (`python -m tests.limits`). Points are percent of balance a year, a "
        "difference is simulated less observed, RMSE is the root-mean-square error."
    )
    return "\n".join([head, "", "| | what it can | what it cannot |", "|---|---|---|", *rows])
