"""What each remedy does in its default setting, beside what is published: the table of the README.

`python -m tests.effects` prints it (some ten minutes on one core); `python -m tests.figures remedies` puts it into the
README. Every effect is measured with the same luck with and without the remedy, over several seeds.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from simulator import load, run
from simulator.block import CHARGED_OFF, MISREAD, OPEN
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


QUIET = "cn_platform"


def given(kind: str, starts: str = "2026-01", where: str = "lender", **values: Any) -> tuple[str, ...]:
    """A policy laid over a scenario, in its default setting but for the values given."""
    body = ", ".join([f"kind: {kind}", f"starts: {starts}", *(f"{name}: {value}" for name, value in values.items())])
    return (f"{where}.policies.it={{{body}}}",)


def odds_of_late(kind: str, seed: int) -> float:
    """Odds of an account being 30 days late with a policy that reaches everybody, over those without it."""
    return odds(panel(QUIET, seed, given(kind, reach=1.0))) / odds(panel(QUIET, seed))


def cheaper_lateness(kind: str, seed: int) -> float:
    """By what share penalty and late fees fall."""
    return 1.0 - cost_of_lateness(panel(QUIET, seed, given(kind))) / cost_of_lateness(panel(QUIET, seed))


def changed_balance(kind: str, seed: int) -> float:
    """By what share the balance is another, whichever way."""
    return abs(mean_balance(panel(QUIET, seed, given(kind))) / mean_balance(panel(QUIET, seed)) - 1.0)


def balance_after_counselling(seed: int) -> float:
    """Card balance 18 months on of those helped less what it would have been, currency units each."""
    sets = given("budgeting_help", reach=1.0, empty=0.0, where="lender")
    bare = panel("us_cards", seed)
    result = run(load("us_cards", borrowers=BORROWERS, sets=sets), seed, unshocked=False)
    rows = result.panel[result.panel["segment"] == "all"].reset_index(drop=True)
    helped = result.policies.query("policy == 'it'")["number"].cumsum().reset_index(drop=True)
    return float((rows["balance"][17] - bare["balance"][17]) / helped[8])


def price_of_sold(seed: int) -> float:
    """What came of the debts sold and of those charged off beside them, as a share of what was owed."""
    rows = panel(SLUMP, seed, given("debt_sale", "2026-07"))
    rows = rows[rows["sold"] > 0]
    return float(rows["sold"].sum() / (rows["sold"].sum() + rows["charge_offs"].sum()))


def reached_in_a_month(name: str, seed: int) -> float:
    """Talks with somebody late in a month, for each account late at its end."""
    rows = panel(name, seed)
    late = rows[["accounts_1_29", "accounts_30_59", "accounts_60_89", "accounts_90_plus"]].sum(axis=1)
    return float(rows["reached"].sum() / late.sum())


def borrowed_less(seed: int) -> float:
    """By what share those who would have misread the terms borrow less when they understand them."""
    opaque = load("cause_opaque_terms", borrowers=BORROWERS // 2)
    lent = misread = 0
    for _, state, _ in months(opaque, seed):
        for block in state.book.blocks:
            accounts = block.accounts["loan"]
            whom = (block.traits & MISREAD) != 0
            lent, misread = lent + int(accounts.limit.sum()), misread + int(accounts.limit[whom].sum())
    plain = given("plain_terms", reach=1.0, clears=1.0)
    first, second = (
        run(load("cause_opaque_terms", borrowers=BORROWERS // 2, sets=sets), seed, unshocked=False).flows
        for sets in ((), plain)
    )
    fall = 1.0 - second.query("product == 'loan'")["lent"].sum() / first.query("product == 'loan'")["lent"].sum()
    return float(fall / (misread / lent))


def odds_per_ten_points(seed: int) -> float:
    """Odds of default within a year for ten points more of debt service, the score held: a logistic fit."""
    scenario = load("us_cards", borrowers=BORROWERS, months=12)
    _, state, _ = next(months(scenario, seed))
    blocks = [(block, block.accounts["card"].status == OPEN) for block in state.book.blocks]
    ids = np.concatenate([block.id[there] for block, there in blocks])
    service = np.concatenate([block.outside[there] / block.income[there] for block, there in blocks])
    score = np.concatenate([block.score[there] for block, there in blocks]).astype(np.float64)
    failed = np.isin(ids, run(scenario, seed, unshocked=False).causes["borrower"].to_numpy()).astype(np.float64)
    x = np.column_stack([np.ones(ids.size), 10.0 * service, (score - score.mean()) / 100.0])
    slope = np.zeros(3)
    for _ in range(25):  # Newton's method
        chance = 1.0 / (1.0 + np.exp(-x @ slope))
        slope += np.linalg.solve((x.T * (chance * (1.0 - chance))) @ x, x.T @ (failed - chance))
    return float(np.exp(slope[1]))


def no_figure(remedy: str, name: str, base: str = SLUMP) -> Effect:
    """A remedy for which no published effect was found: what it does to defaults is told without a range."""
    what = "change of the monthly default rate, points"
    return Effect(remedy, what, "", lambda seed: change(name, default_rate_monthly, seed, relative=False, base=base))


EFFECTS: list[Effect] = [
    Effect(
        "financial education",
        "odds of 30 days late, all taught",
        "meta.fined.delinq_odds_mult",
        lambda seed: odds_of_late("financial_education", seed),
    ),
    Effect(
        "reminders",
        "fall of penalty and late fees, share",
        "rct.reminder.latefee_cost_reduction",
        lambda seed: cheaper_lateness("reminders", seed),
    ),
    Effect(
        "autopay",
        "change of balances, share",
        "uk.autopay_nudge.debt_effect",
        lambda seed: changed_balance("autopay", seed),
    ),
    Effect(
        "budgeting help",
        "card balance of those helped after 18 months, USD",
        "us.counselling.revolving_debt_change_usd",
        balance_after_counselling,
        "{:,.0f}",
    ),
    Effect(
        "plain terms",
        "fall of what those who misread the terms borrow, share",
        "us.disclosure.payday_borrow_reduction",
        borrowed_less,
    ),
    Effect("debt sale", "price of what is sold, share", "cn.debt_sale.price_lt1y", price_of_sold),
    Effect(
        "larger desk",
        "talks a month for each account late",
        "collect.rpc_per_account_month",
        lambda seed: reached_in_a_month("remedy_larger_desk", seed),
    ),
    Effect(
        "earlier contact",
        "talks a month for each account late",
        "collect.rpc_per_account_month",
        lambda seed: reached_in_a_month("remedy_earlier_contact", seed),
    ),
    Effect(
        "stricter underwriting, income check",
        "odds of default for 10 points of debt service, which both keep out",
        "us.uw.default_or_per_10pp_dti",
        odds_per_ten_points,
    ),
    no_figure("stricter underwriting", "remedy_stricter_underwriting", "cause_lax_underwriting"),
    no_figure("income check", "remedy_income_check", "cause_lax_underwriting"),
    no_figure("lines cut", "remedy_limit_cut"),
    no_figure("lines closed", "remedy_line_closing"),
    no_figure("longer and higher benefit", "remedy_benefit"),
    no_figure("cheques", "remedy_cheques"),
    no_figure("wage subsidy", "remedy_wage_subsidy"),
    no_figure("debt holiday", "remedy_debt_holiday"),
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
    fact = facts().get(effect.fact)
    mean, error = float(values.mean()), float(values.std(ddof=1) / math.sqrt(values.size))
    return {
        "remedy": effect.remedy,
        "what": effect.what,
        "effect": mean,
        "standard error": error,
        "fact": fact,
        "inside": fact is None or fact.low - 1.96 * error <= mean <= fact.high + 1.96 * error,
    }


def line(effect: Effect, row: dict[str, Any]) -> str:
    """A row of the README's table."""
    fact = row["fact"]
    number = f"{effect.figure.format(row['effect'])} ± {effect.figure.format(row['standard error'])}"
    if fact is None:
        return f"| {effect.remedy} | {effect.what} | {number} | | none found | |"
    verdict = "" if row["inside"] else " **outside**"
    published = f"{fact.low:g} to {fact.high:g}{verdict} | `{fact.name}` | {fact.known}"
    return f"| {effect.remedy} | {effect.what} | {number} | {published} |"


def table(wanted: Sequence[str] = ()) -> str:
    """Every remedy's effect beside the published range, as Markdown; printed line by line as it is measured."""
    lines = [
        "| remedy | effect | measured, with standard error | published | source | known |",
        "|---|---|--:|---|---|---|",
    ]
    print("\n".join(lines), flush=True)
    for effect in EFFECTS:
        if not wanted or any(word in effect.remedy for word in wanted):
            lines.append(line(effect, measured(effect)))
            print(lines[-1], flush=True)
    return "\n".join(lines)


if __name__ == "__main__":
    table(sys.argv[1:])
