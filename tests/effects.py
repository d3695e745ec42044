"""What each remedy does in its default setting, beside what is published: the table of the README.

`python -m tests.effects` prints it (some ten minutes on one core); `python -m tests.figures remedies` puts it into the
README. Every effect is measured with the same luck with and without the remedy, over several seeds.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from simulator import load, run
from simulator.block import CHARGED_OFF, OPEN
from simulator.facts import facts
from simulator.run import Setting, State, _begin, _live
from simulator.scenario import Scenario

BORROWERS = 20_000
SEEDS = (1, 2, 3, 4)
SLUMP = "cn_unemployment"


@dataclass(frozen=True)
class Effect:
    """One remedy's effect: how it is measured, in words, and the published figure it belongs to."""

    remedy: str
    what: str
    fact: str
    of: Callable[[int], float]  # by seed
    figure: str = "{:.3f}"


@lru_cache(maxsize=16)
def panel(name: str, seed: int, sets: tuple[str, ...] = ()) -> pd.DataFrame:
    """The whole book month by month."""
    result = run(load(name, borrowers=BORROWERS, sets=sets), seed, unshocked=False)
    return result.panel[result.panel["segment"] == "all"].reset_index(drop=True)


def months(scenario: Scenario, seed: int) -> Iterator[tuple[int, State, Setting]]:
    """A scenario lived a month at a time, so that single accounts can be followed."""
    setting = Setting.of(scenario, seed)
    state = _begin(setting, None)
    clock = setting.clock
    _live(setting, state, setting.paths(shocked=False), -clock.warm_up, 0, True, False, None)
    shocked = setting.paths(shocked=True)
    for month in range(clock.months):
        _live(setting, state, shocked, month, month + 1, False, False, None)
        yield month, state, setting


def followed(name: str, policy: str, seed: int, sets: tuple[str, ...] = ()) -> pd.DataFrame:
    """Every account that came under a policy's relief: when, and what became of it; one row an account.

    `worst` is the deepest bucket in the months since it began, by months since; 9 stands for charged off.
    """
    scenario = load(name, borrowers=BORROWERS, sets=sets)
    number = sorted([*scenario.world.policies, *scenario.lender.policies]).index(policy) + 1
    held: dict[tuple[int, str], dict[str, Any]] = {}
    for month, state, _ in months(scenario, seed):
        for block in state.book.blocks:
            for product, accounts in block.accounts.items():
                fresh = np.flatnonzero((accounts.relieved == month) & (accounts.relief == number))
                for row in fresh:
                    key = (int(block.id[row]), product)
                    held.setdefault(key, {"began": month, "until": int(accounts.relief_until[row]), "depth": {}})
                known = {key[0]: value for key, value in held.items() if key[1] == product}
                rows = np.flatnonzero(np.isin(block.id, np.fromiter(known, np.int64, len(known))))
                for row in rows:
                    account = known[int(block.id[row])]
                    lost = accounts.status[row] == CHARGED_OFF
                    closed = accounts.status[row] != OPEN and not lost
                    depth = 9 if lost else int(accounts.bucket[row])
                    if not closed or account["depth"]:
                        account["depth"][month] = 0 if closed else depth
    return pd.DataFrame(held.values(), index=pd.MultiIndex.from_tuples(held, names=["borrower", "product"]))


def failed_again(name: str, policy: str, seed: int) -> float:
    """Of accounts under relief at least six months before the end, the share 60 days late within six months."""
    table = followed(name, policy, seed)
    last = max(max(depth, default=0) for depth in table["depth"])
    table = table[table["began"] <= last - 6]
    worst = [
        max((depth.get(began + ahead, 0) for ahead in range(1, 7)), default=0)
        for began, depth in zip(table["began"], table["depth"], strict=True)
    ]
    return float(np.mean([depth >= 3 for depth in worst]))


def stayed_out(name: str, policy: str, seed: int) -> float:
    """Of accounts whose relief has ended, the share never 30 days late in the nine months after it."""
    table = followed(name, policy, seed)
    last = max(max(depth, default=0) for depth in table["depth"])
    table = table[table["until"] <= last - 9]
    good = [
        all(depth.get(until + ahead, 0) < 2 for ahead in range(9))
        for until, depth in zip(table["until"], table["depth"], strict=True)
    ]
    return float(np.mean(good))


def change(name: str, what: Callable[[pd.DataFrame], float], seed: int, *, relative: bool, base: str = SLUMP) -> float:
    """What a remedy changes in a figure of the whole book, against the same book without it."""
    bare, helped = what(panel(base, seed)), what(panel(name, seed))
    return helped / bare - 1.0 if relative else helped - bare


def default_rate_monthly(rows: pd.DataFrame) -> float:
    """Defaults a month, percent of accounts."""
    return float(100.0 * rows["defaults"].sum() / rows["accounts"].sum())


def cost_of_lateness(rows: pd.DataFrame) -> float:
    """Penalty and late fees charged."""
    return float(rows["penalty"].sum() + rows["fees"].sum())


def odds(rows: pd.DataFrame) -> float:
    """Odds of an account being 30 days late or more, over all months."""
    late = rows[["accounts_30_59", "accounts_60_89", "accounts_90_plus"]].sum(axis=1).sum()
    return float(late / (rows["accounts"].sum() - late))


def mean_balance(rows: pd.DataFrame) -> float:
    """Balance, mean of the months."""
    return float(rows["balance"].mean())


def peak_in_relief(rows: pd.DataFrame) -> float:
    """Largest share of accounts under relief."""
    return float((rows["in_relief"] / rows["accounts"]).max())


EFFECTS: list[Effect] = [
    Effect(
        "payment holiday",
        "share of accounts not 30 days late in the nine months after it",
        "us.forb.stay_out_9m",
        lambda seed: stayed_out("remedy_payment_holiday", "holiday", seed),
    ),
    Effect(
        "reduced instalment",
        "share 60 days late within six months of its beginning",
        "us.mod.redefault6m_60dpd_cut20",
        lambda seed: failed_again("remedy_reduced_instalment", "less_for_a_while", seed),
    ),
    Effect(
        "restructuring",
        "share 60 days late within six months",
        "us.mod.redefault6m_60dpd_cut20",
        lambda seed: failed_again("remedy_restructuring", "plan", seed),
    ),
    Effect(
        "term extension",
        "change of the monthly default rate, points",
        "mx.card.default_elasticity_minpay",
        lambda seed: change("remedy_term_extension", default_rate_monthly, seed, relative=False),
    ),
    Effect(
        "interest write-down",
        "change of the monthly default rate, points",
        "mx.card.default_response_rate_cut",
        lambda seed: change("remedy_interest_writedown", default_rate_monthly, seed, relative=False),
    ),
    Effect(
        "penalty freeze",
        "fall of the monthly default rate, points",
        "spiral.penalty_default_effect_pp_month",
        lambda seed: -change("remedy_penalty_cap", default_rate_monthly, seed, relative=False),
    ),
    Effect(
        "moratorium",
        "largest share of accounts under it",
        "us.forb.card_peak_share",
        lambda seed: peak_in_relief(panel("remedy_moratorium", seed)),
    ),
]


def measured(effect: Effect, seeds: tuple[int, ...] = SEEDS) -> dict[str, Any]:
    """The effect with its standard error, and whether it lies in the published range."""
    values = np.array([effect.of(seed) for seed in seeds])
    fact = facts()[effect.fact]
    mean, error = float(values.mean()), float(values.std(ddof=1) / math.sqrt(values.size))
    return {
        "remedy": effect.remedy,
        "what": effect.what,
        "effect": mean,
        "standard error": error,
        "low": fact.low,
        "high": fact.high,
        "inside": fact.low - 1.96 * error <= mean <= fact.high + 1.96 * error,
        "fact": effect.fact,
        "known": fact.known,
        "source": fact.source,
    }


def main() -> None:
    """Print the table, a line as soon as it is measured."""
    wanted = sys.argv[1:]
    for effect in EFFECTS:
        if wanted and not any(word in effect.remedy for word in wanted):
            continue
        row = measured(effect)
        verdict = "inside" if row["inside"] else "OUTSIDE"
        print(
            f"{row['remedy']:<22} {row['what']:<66} {row['effect']:>8.4f} +- {row['standard error']:.4f}"
            f"   {row['low']:g} to {row['high']:g} {verdict}   {row['fact']} ({row['known']})",
            flush=True,
        )


if __name__ == "__main__":
    main()
