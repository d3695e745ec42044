"""The labour market of the borrowers: who loses a job, who finds one, so that their unemployment follows its path.

Stocks of each group (sector, region and education) and of each month out of work are carried forward from the
world alone, never from the lender's book: two lenders in one world see the same job losses. Finding falls with
time out of work; separation is solved month by month so that unemployment meets the path.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from pydantic import field_validator
from pydantic_core import PydanticCustomError

from simulator.params import Frozen, param

Floats = npt.NDArray[np.float64]
LONGEST = 60  # months out of work that are told apart
MOST_FOUND = 0.95


class Benefits(Frozen):
    """Unemployment benefit: who gets it, how much of the wage, from when and for how long."""

    replacement: float = param(
        0.40,
        "benefit as a share of the lost wage",
        unit="share of wage",
        source="FACTS us.ui.replacement_rate",
        ge=0,
        le=2,
    )
    take_up: float = param(
        0.27,
        "share of the unemployed who receive it",
        unit="share",
        source="FACTS us.ui.recipiency",
        ge=0,
        le=1,
    )
    waiting_days: int = param(
        14,
        "days without benefit at the start",
        unit="days",
        source="a guess: one waiting week and a week to pay",
        ge=0,
        le=365,
    )
    max_weeks: int = param(26, "longest time paid", unit="weeks", source="FACTS us.ui.max_weeks", ge=0, le=260)


class Labour(Frozen):
    """How jobs are lost and found: durations, cyclicality, benefits and pay afterwards."""

    finding_at_5: float = param(
        0.28,
        "share of the unemployed who find a job in a month when unemployment is 5%",
        unit="share per month",
        source="low end of FACTS us.job.finding_rate_expansion; separations as FACTS us.job.eu_hazard_monthly",
        gt=0,
        lt=1,
    )
    finding_elasticity: float = param(
        -0.80,
        "percent change of finding per percent change of unemployment, where finding is not given",
        source="log-log fit of the monthly finding rate on UNRATE, 1994-2019 (312 months)",
        ge=-3,
        le=0,
    )
    duration_decay: float = param(
        0.50,
        "finding falls with months out of work d as (1 + d) to the power of minus this",
        source="on FACTS us.unemp.inprogress_median_weeks, us.unemp.inprogress_mean_weeks, us.unemp.share_27wk_plus",
        ge=0,
        le=2,
    )
    sector_cyclicality: dict[str, float] = param(
        {
            "construction": 1.6,
            "manufacturing": 1.5,
            "hospitality": 1.3,
            "retail": 1.1,
            "transport": 1.1,
            "transport and delivery": 1.1,
            "professional and finance": 1.0,
            "health and education": 0.5,
            "government and other": 0.4,
        },
        "how strongly separation in a sector moves with the cycle; 1 is average",
        source="a guess: durable-goods and building trades swing most, health and public least",
    )
    region_cyclicality: dict[str, float] = param(
        {},
        "how strongly separation in a region moves with the cycle; 1 is average",
        source="a guess: no difference",
    )
    education_risk: dict[str, float] = param(
        {"school": 1.25, "college": 1.0, "degree": 0.75},
        "relative level of separation by education",
        source="FACTS cn.unemp.relrisk_lowedu_vs_bachelor (1.2 to 1.6)",
    )
    lower_pay_share: float = param(
        0.5,
        "share of the re-employed with lower pay",
        unit="share",
        source="FACTS us.reemploy.share_lower_pay",
        ge=0,
        le=1,
    )
    lower_pay_from: int = param(
        0,
        "months out of work from which pay can be lower; who is back before that comes back to the old pay",
        unit="months",
        source="a guess: none; the published share is of displaced workers, who are out for 14 weeks in the middle",
        ge=0,
        le=60,
    )
    lower_pay_most: float = param(
        0.476,
        "largest pay loss; the loss is uniform below it, so 29% of all lose a fifth or more",
        unit="share of wage",
        source="FACTS us.reemploy.share_loss_20pct_plus",
        ge=0,
        le=1,
    )
    lower_pay_elasticity: float = param(
        1.0,
        "percent change of that loss per percent change of unemployment against the baseline",
        source="FACTS us.scar.pv_years_lost_low_UR 1.4, us.scar.pv_years_lost_high_UR 2.8: twice in a slack market",
        ge=0,
        le=3,
    )
    lower_pay_months: int = param(
        36,
        "months until pay has caught up",
        unit="months",
        source="a guess: three years; FACTS us.scar.pv_years_lost_low_UR is 1.4 years of pay",
        ge=0,
        le=240,
    )
    benefits: Benefits = param(Benefits(), "unemployment benefit")

    @field_validator("sector_cyclicality", "region_cyclicality", "education_risk")
    @classmethod
    def _above_nought(cls, table: dict[str, float]) -> dict[str, float]:
        wrong = [name for name, value in table.items() if not 0.0 < value <= 20.0]
        if wrong:
            raise PydanticCustomError("relative", "{name}: a figure above 0, at most 20, is wanted", {"name": wrong[0]})
        return table


@dataclass(frozen=True)
class Jobs:
    """The labour market month by month; rows are the months of the run, warm-up first."""

    separation: Floats  # (months, groups) chance that an employed borrower loses the job in the month
    finding: Floats  # (months, LONGEST) chance to find one, by months out of work
    unemployed: Floats  # (months, groups) share of a group out of work at the start of the month
    durations: Floats  # (months, LONGEST) how long those out of work at the start of the month have been so, shares
    unemployment: Floats  # (months,) the path followed, a share
    layoffs: Floats  # (months,) separations against the baseline's
    normal: float  # unemployment in usual times, a share


def solve(
    path: Floats,
    labour: Labour,
    shares: Floats,
    level: Floats,
    cyclicality: Floats,
    finding: Floats | None = None,
    targeted: npt.NDArray[np.bool_] | None = None,
    extra: Floats | None = None,
    usual: tuple[float, float | None] | None = None,
) -> Jobs:
    """Separation and finding for which unemployment follows `path` (shares, one a month).

    `shares`, `level` and `cyclicality` describe the groups (G,): their share of borrowers, relative risk, and how
    strongly their risk moves with the cycle. `finding` is the monthly finding rate where it is given. `extra` is
    the part of `path` that falls on the groups in `targeted` alone (a mask), as points of all borrowers. `usual` are
    unemployment and finding (None: derived) in usual times; left out, those of the first month.
    """
    decay: Floats = np.asarray((1.0 + np.arange(LONGEST)) ** -labour.duration_decay, dtype=np.float64)
    base_path = path if extra is None else path - extra
    rates = _finding_rates(base_path, labour) if finding is None else finding  # elsewhere all is as before
    given = (np.ascontiguousarray(each, np.float64).tobytes() for each in (shares, level, decay))
    employed, out = (part.copy() for part in _settled(float(path[0]), float(rates[0]), *given))
    normal, found = usual or (float(path[0]), float(rates[0]))
    found = float(_finding_rates(np.array([normal]), labour)[0]) if found is None else found
    separated = _usual_separation(normal, found)
    months, groups = path.size, shares.size
    separation, curve = np.zeros((months, groups)), np.zeros((months, LONGEST))
    unemployed, durations, layoffs = np.zeros((months, groups)), np.zeros((months, LONGEST)), np.ones(months)
    excess = np.zeros(groups) if targeted is None else np.where(targeted, level, 0.0)
    for month in range(months):
        total_out = out.sum(axis=0)
        unemployed[month] = out.sum(axis=1) / np.maximum(shares, 1e-12)
        durations[month] = total_out / max(total_out.sum(), 1e-300)
        curve[month] = _curve(rates[month], total_out, decay)
        needed = path[month] - ((1.0 - curve[month]) * total_out).sum()
        least = 0.3 * separated * employed.sum()
        if needed < least:  # unemployment falls faster than that: more must find a job
            raised = rates[month] + (least - needed) / total_out.sum()
            curve[month] = _curve(min(raised, MOST_FOUND), total_out, decay)
            needed = max(path[month] - ((1.0 - curve[month]) * total_out).sum(), 0.0)
        additional = 0.0 if extra is None else max(float(extra[month]) - _carried(extra, rates, month), 0.0)
        additional = min(additional, needed) if excess.any() else 0.0
        hazard = _spread(needed - additional, employed, level, cyclicality, separated)
        if additional > 0.0:
            weight = (employed * excess).sum()
            hazard = hazard + excess * (additional / max(weight, 1e-12))
        hazard = np.minimum(hazard, 0.95)
        separation[month] = hazard
        layoffs[month] = (hazard * employed).sum() / max(employed.sum(), 1e-12) / separated
        lost = hazard * employed
        staying = out * (1.0 - curve[month])
        employed = shares - lost - staying.sum(axis=1)
        out = np.concatenate([lost[:, None], staying[:, :-1]], axis=1)
        out[:, -1] += staying[:, -1]
    return Jobs(separation, curve, unemployed, durations, base_path if extra is None else path, layoffs, normal)


def _carried(extra: Floats, rates: Floats, month: int) -> float:
    return float(extra[month - 1] * (1.0 - rates[month])) if month else 0.0


def _finding_rates(path: Floats, labour: Labour) -> Floats:
    """Finding derived from unemployment: finding_at_5 x (u / 5%) ^ elasticity."""
    rates: Floats = np.minimum(labour.finding_at_5 * (path / 0.05) ** labour.finding_elasticity, MOST_FOUND)
    return rates


def _usual_separation(path: float, finding: float) -> float:
    """The two-state steady state: u = s / (s + f), with those who lost a job in the month counted as out."""
    return finding * path / (1.0 - path)


def _curve(rate: float, total_out: Floats, decay: Floats) -> Floats:
    """Finding by months out of work, with the stock's average equal to `rate`."""
    mass = total_out.sum()
    average = (total_out * decay).sum() / mass if mass > 0 else 1.0
    curve = np.minimum(rate / average * decay, MOST_FOUND)
    for _ in range(3):  # what the ceiling cuts off is made up by the others
        missing = rate - ((total_out * curve).sum() / mass if mass > 0 else rate)
        if missing <= 1e-9:
            break
        curve = np.minimum(curve * (1.0 + missing / rate), MOST_FOUND)
    return curve


def _spread(needed: float, employed: Floats, level: Floats, cyclicality: Floats, usual: float) -> Floats:
    """Separation by group so that `needed` lose their job: level x s x (s / usual) ^ (cyclicality - 1)."""
    if needed <= 0.0:
        return np.zeros_like(level)
    low, high = 1e-9, 1.0
    for _ in range(60):
        middle = np.sqrt(low * high)
        hazard = level * middle * (middle / usual) ** (cyclicality - 1.0)
        if (hazard * employed).sum() < needed:
            low = middle
        else:
            high = middle
    middle = np.sqrt(low * high)
    hazard = level * middle * (middle / usual) ** (cyclicality - 1.0)
    total = (hazard * employed).sum()
    return np.asarray(hazard * (needed / total) if total > 0 else hazard)


@lru_cache(maxsize=64)
def _settled(path: float, rate: float, shares: bytes, level: bytes, decay: bytes) -> tuple[Floats, Floats]:
    """The steady state of given figures, worked out once; the arrays as bytes."""
    return _steady(path, rate, np.frombuffer(shares), np.frombuffer(level), np.frombuffer(decay))


def _steady(path: float, rate: float, shares: Floats, level: Floats, decay: Floats) -> tuple[Floats, Floats]:
    """Stocks in the steady state of the first month's path: employed (G,) and out of work by months (G, LONGEST)."""
    out = np.zeros((shares.size, LONGEST))
    separation = _usual_separation(path, rate)
    for _ in range(400):
        employed = shares - out.sum(axis=1)
        curve = _curve(rate, out.sum(axis=0), decay)
        staying = out * (1.0 - curve)
        wanted = path - staying.sum()
        lost = level * employed
        total = lost.sum()
        lost = lost * (max(wanted, 0.1 * separation) / total)
        out = np.concatenate([lost[:, None], staying[:, :-1]], axis=1)
        out[:, -1] += staying[:, -1]
    return shares - out.sum(axis=1), out
