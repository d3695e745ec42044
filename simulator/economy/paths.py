"""The paths of the world: unemployment, job finding, prices, wages, the policy rate; month by month for one run."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator.economy.labour import Jobs, Labour, solve
from simulator.params import Frozen, TimePath, param

Floats = npt.NDArray[np.float64]
BACK = 24  # months for which leverage is known before the first month


class Economy(Frozen):
    """What the world does, over time. Rates in percent, as statistical offices publish them."""

    history: str | None = param(
        None,
        "a folder of published series (UNRATE.csv and others from FRED) from which unemployment, job_finding, claims, "
        "leverage, squeeze and policy_rate are read where they are not given",
    )
    unemployment: TimePath = param(..., "unemployment, percent of the labour force", unit="percent")
    job_finding: TimePath | None = param(
        None,
        "share of the unemployed who find a job in a month; derived from unemployment if absent",
        unit="share per month",
    )
    prices: TimePath = param(
        TimePath.constant(0.0),
        "rise of consumer prices, moving what households must spend",
        unit="percent per year",
        source="a guess: no drift in real terms",
    )
    wages: TimePath = param(
        TimePath.constant(0.0),
        "rise of wages, moving incomes",
        unit="percent per year",
        source="a guess: no drift in real terms",
    )
    policy_rate: TimePath = param(
        TimePath.constant(4.0),
        "policy rate; floating rates move with its change from the baseline",
        unit="percent",
        source="FEDFUNDS, 2026",
    )
    restraint: TimePath = param(
        TimePath.constant(0.0),
        "usual spending that households hold back and put by (shops closed, fear), out of what is not essential",
        unit="percent of spending",
        source="none in ordinary times",
    )
    squeeze: TimePath = param(
        TimePath.constant(0.0),
        "how much dearer than usual, against wages, what households must spend is for a while",
        unit="percent",
        source="none in ordinary times",
    )
    claims: TimePath | None = param(
        None,
        "initial claims for unemployment insurance against those at work; income cuts move with them, or with layoffs "
        "if absent",
        unit="percent of what is usual",
    )
    leverage: TimePath | None = param(
        None,
        "card debt of all households against a year's disposable income",
        unit="percent",
    )


@dataclass(frozen=True)
class Groups:
    """The labour-market groups: sector x region x education, their shares of borrowers and their risk."""

    shares: Floats
    level: Floats
    cyclicality: Floats

    @property
    def count(self) -> int:
        """How many groups there are."""
        return int(self.shares.size)


def groups_of(labour: Labour, labels: dict[str, tuple[str, ...]], codes: npt.NDArray[np.int64]) -> Groups:
    """Group shares from a sample of borrowers' codes, with level and cyclicality by their labels.

    `codes` are group codes (sector x regions + region) x educations + education. Level averages one over borrowers.
    """
    sectors, regions, educations = labels["sector"], labels["region"], labels["education"]
    sector, region, education = np.meshgrid(
        np.arange(len(sectors)), np.arange(len(regions)), np.arange(len(educations)), indexing="ij"
    )
    shares = np.bincount(codes, minlength=sector.size).astype(np.float64)
    shares = (shares + 1e-6) / (shares + 1e-6).sum()
    by_sector = np.array([labour.sector_cyclicality.get(name, 1.0) for name in sectors])
    by_region = np.array([labour.region_cyclicality.get(name, 1.0) for name in regions])
    by_education = np.array([labour.education_risk.get(name, 1.0) for name in educations])
    level = by_education[education.ravel()]
    cyclicality = by_sector[sector.ravel()] * by_region[region.ravel()]
    return Groups(shares, level / (level * shares).sum(), cyclicality / (cyclicality * shares).sum())


@dataclass(frozen=True)
class Paths:
    """The economy of one run, one entry a month, warm-up first; `first` is the number of the first month."""

    first: int
    jobs: Jobs
    prices: Floats  # index, 1 at the start of the run
    wages: Floats  # index
    policy_rate: Floats  # change from the baseline, as a share a year
    restraint: Floats  # share of usual spending held back
    layoffs: Floats  # claims against the baseline's; separations where none are given
    leverage: Floats | None  # card debt against a year's income, percent; for two years before the first month too

    def row(self, month: int) -> int:
        """Where a month (0 is the first of the span) stands in the arrays."""
        return month - self.first


def _monthly(path: TimePath, start: dt.date, warm_up: int, months: int, shocked: bool, lived: bool) -> Floats:
    before = path.at_months(_months_before(start, warm_up), warm_up) if lived else np.full(warm_up, path.baseline)
    after = path.at_months(start, months) if shocked else np.full(months, path.baseline)
    return np.concatenate([before, after])


def _months_before(start: dt.date, months: int) -> dt.date:
    year, month = divmod(start.year * 12 + start.month - 1 - months, 12)
    return dt.date(year, month + 1, 1)


def _index(rates: Floats) -> Floats:
    """A price index from yearly percent changes: it stands at 1 in the first month."""
    steps = (1.0 + rates / 100.0) ** (1.0 / 12.0)
    return np.concatenate([[1.0], np.cumprod(steps)[:-1]])


def build(
    economy: Economy,
    labour: Labour,
    groups: Groups,
    start: dt.date,
    months: int,
    warm_up: int,
    *,
    shocked: bool = True,
    extra_points: Floats | None = None,
    targeted: npt.NDArray[np.bool_] | None = None,
    lived: bool = False,
) -> Paths:
    """The months of one run: warm-up on the baseline, then the given paths (or the baseline again, unshocked).

    `extra_points` (warm_up + months,) in percentage points is added to unemployment by unemployment shocks, on the
    groups in `targeted` if given. With `lived` the warm-up follows the paths too, as far back as they reach, and their
    baselines only say what is usual.
    """

    def monthly(path: TimePath) -> Floats:
        return _monthly(path, start, warm_up, months, shocked, lived)

    unemployment = monthly(economy.unemployment) / 100.0
    extra = np.zeros(warm_up + months) if extra_points is None else extra_points / 100.0
    total = np.clip(unemployment + extra, 0.001, 0.9)
    finding = None
    if economy.job_finding is not None:
        finding = np.clip(monthly(economy.job_finding), 0.005, 0.95)
    aimed = targeted is not None and not bool(targeted.all()) and bool(extra.any())
    found = None if economy.job_finding is None else economy.job_finding.baseline
    usual = (economy.unemployment.baseline / 100.0, found) if lived else None
    jobs = solve(
        total,
        labour,
        groups.shares,
        groups.level,
        groups.cyclicality,
        finding,
        targeted if aimed else None,
        extra if aimed else None,
        usual,
    )
    rate = monthly(economy.policy_rate)
    return Paths(
        -warm_up,
        jobs,
        _index(monthly(economy.prices)) * (1.0 + monthly(economy.squeeze) / 100.0),
        _index(monthly(economy.wages)),
        (rate - economy.policy_rate.baseline) / 100.0,
        monthly(economy.restraint) / 100.0,
        jobs.layoffs if economy.claims is None else monthly(economy.claims) / economy.claims.baseline,
        None if economy.leverage is None else _monthly(economy.leverage, start, warm_up + BACK, months, shocked, lived),
    )
