"""IFRS 9: three stages, and what is set aside in each."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from simulator.params import Frozen, param

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Stages = npt.NDArray[np.int8]
STAGES = (1, 2, 3)
WATCHED = ("relief", "restructured", "out_of_work")  # what can put an account on the watch list


class Ifrs9(Frozen):
    """When credit risk has increased significantly, when an account is in default, and how losses are discounted."""

    relative: float = param(
        2.0,
        "times that the lifetime chance of default must have grown since origination for stage 2",
        unit="times",
        source="a guess: lenders publish 2 to 3; IFRS 9 5.5.9 asks for the change, B5.5.9 for none in particular",
        ge=1,
    )
    absolute: float = param(
        0.01,
        "points by which it must have grown as well",
        unit="share",
        source="a guess: so that the best accounts do not move on a trifle; IFRS 9 B5.5.9",
        ge=0,
        le=1,
    )
    backstop_days: int = param(
        30,
        "days past due beyond which it is stage 2 in any case",
        unit="days",
        source="FACTS ifrs9.sicr_backstop_dpd",
        ge=1,
    )
    default_days: int = param(
        90, "days past due from which it is in default, stage 3", unit="days", source="FACTS ifrs9.default_dpd", ge=1
    )
    probation_months: int = param(
        3,
        "months without arrears before an account in default leaves stage 3, for stage 2",
        unit="months",
        source="a guess: three months, as EBA guidelines on default (EBA/GL/2016/07, paragraph 71)",
        ge=0,
        le=60,
    )
    watch_list: tuple[Literal["relief", "restructured", "out_of_work"], ...] = param(
        ("relief", "restructured"),
        "what puts an account into stage 2 by itself: relief is granted, it was restructured, its holder has no job",
        source="a guess: forbearance is a sign named in IFRS 9 B5.5.17 (m)",
    )
    discount: float | None = param(
        None,
        "rate at which losses are discounted; left out, each account's own rate, as IFRS 9 B5.5.44 asks",
        unit="share per year",
        ge=0,
        le=1,
    )
    originated_impaired: bool = param(
        False,
        "on: an account restructured while in default counts as originated impaired, IFRS 9 5.5.13: only what its "
        "lifetime losses have changed by since then is set aside",
    )


def increased_risk(now: npt.ArrayLike, at_origination: npt.ArrayLike, terms: Ifrs9) -> Flags:
    """Whose credit risk has increased significantly, by lifetime chances of default (IFRS 9 5.5.3, 5.5.9).

    Both are chances over the life that is left: as it stands now, and as it was expected at origination. The relative
    and the absolute bound must both be passed.
    """
    here, there = np.asarray(now, np.float64), np.asarray(at_origination, np.float64)
    return np.asarray((here > terms.relative * there) & (here - there > terms.absolute))


def stages(
    days: npt.ArrayLike, defaulted: npt.ArrayLike, increased: npt.ArrayLike, watched: npt.ArrayLike, terms: Ifrs9
) -> Stages:
    """Stage 1, 2 or 3 of each account; arrays of one length in, int8 out.

    Stage 3: 90 days past due or more (B5.5.37) or still on probation after a default. Stage 2: risk has increased
    significantly (5.5.3), more than 30 days past due (5.5.11), or on the watch list (B5.5.17). Else stage 1 (5.5.5).
    """
    late = np.asarray(days)
    stage = np.ones(late.shape, np.int8)
    second = np.asarray(increased, np.bool_) | np.asarray(watched, np.bool_) | (late > terms.backstop_days)
    stage[second] = 2
    stage[np.asarray(defaulted, np.bool_) | (late >= terms.default_days)] = 3
    return stage


def loss_allowance(stage: npt.ArrayLike, twelve_months: npt.ArrayLike, lifetime: npt.ArrayLike) -> Floats:
    """Twelve months' expected losses in stage 1 (5.5.5), those of the whole life in stages 2 and 3 (5.5.3)."""
    return np.where(np.asarray(stage) == 1, np.asarray(twelve_months, np.float64), np.asarray(lifetime, np.float64))


def originated_impaired_allowance(lifetime_now: npt.ArrayLike, lifetime_at_start: npt.ArrayLike) -> Floats:
    """Of an account impaired from the start: what its lifetime losses have changed by since then (5.5.13, 5.5.14).

    Below nought where things have got better: an impairment gain.
    """
    return np.asarray(np.asarray(lifetime_now, np.float64) - np.asarray(lifetime_at_start, np.float64))


def modification_loss(before: npt.ArrayLike, after: npt.ArrayLike, rate: float) -> float:
    """What a lender gives up by changing terms: the fall of the contract's value at its old effective rate (5.4.3).

    Contractual payments at the end of each period before and after the change; the rate is that of one period.
    """
    from simulator.reserves.expected_loss import present_value

    return present_value(before, rate) - present_value(after, rate)


def provision_matrix(balances: npt.ArrayLike, shares: npt.ArrayLike) -> float:
    """The simplified approach: a share of each bucket of days past due (5.5.15, B5.5.35)."""
    return float(np.asarray(balances, np.float64) @ np.asarray(shares, np.float64))
