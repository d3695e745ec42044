"""A made-up run with the exact columns of a real one, for tests of what is done with a result."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from simulator.scenario import from_dict


@dataclasses.dataclass(frozen=True)
class MadeUp:
    """Stands for the result of a real run."""

    scenario: Any
    panel: pd.DataFrame
    unshocked: pd.DataFrame | None
    vintages: pd.DataFrame
    roll_rates: pd.DataFrame
    flows: pd.DataFrame
    hit: pd.DataFrame
    counted: list[dict[str, Any]]
    provenance: dict[str, Any]
    policies: pd.DataFrame


SEGMENTS = {
    "all": 1.0,
    "product=card": 0.7,
    "product=cash_loan": 0.3,
    **{f"income_quintile={n}": 0.2 for n in range(1, 6)},
}
QUESTION = "Unemployment doubles next spring: what do overdue and charge-offs look like, month by month?"


def _stress(months: int, size: float) -> np.ndarray:
    return size * np.exp(-(((np.arange(months) - 16) / 8.0) ** 2))


def made_up_panel(months: int = 39, size: float = 1.0, losses: float = 1.0, products: bool = True) -> pd.DataFrame:
    """A panel whose money adds up to the cent; `size` is the height of the downturn, 0 for none."""
    rng = np.random.default_rng(7)
    wave = _stress(months, size)
    lag = np.concatenate([np.zeros(min(4, months)), wave])[:months]
    frames = []
    for segment, part in SEGMENTS.items():
        if segment.startswith("product=") and not products:
            continue
        noise = rng.normal(0, 0.0004, months)
        balance, rows = 50e6 * part, []
        for m, month in enumerate(pd.date_range("2026-01-31", periods=months, freq="ME")):
            lent, purchases = round(0.012 * balance, 2), round(0.06 * balance, 2)
            interest, penalty, fees = (
                round(0.017 * balance, 2),
                round(0.0006 * balance, 2),
                round(0.0004 * balance, 2),
            )
            lost = round(losses * balance * (0.0035 + 0.006 * lag[m] + abs(noise[m])), 2)
            back = round(0.12 * lost, 2)
            paid = round(0.0862 * balance - 0.002 * wave[m] * balance, 2)
            balance = round(balance + lent + purchases + interest + penalty + fees - paid - lost, 2)
            late = np.array([0.026, 0.011, 0.008, 0.014]) * (1 + np.array([0.5, 1.0, 1.1, 1.4]) * wave[m])
            overdue = np.round(late * balance * (1 + 20 * noise[m]), 2)
            accounts = int(21_000 * part)
            costs = {"funding_cost": round(0.0046 * balance, 2), "operating_cost": 8.0 * accounts}
            costs |= {"collection_cost": 0.0, "policy_cost": 500.0 * part}
            counts = np.round(late * 0.7 * accounts).astype(int)
            rows.append(
                {
                    "month": month,
                    "segment": segment,
                    "borrowers": int(20_000 * part),
                    "accounts": accounts,
                    "balance": balance,
                    "current": round(balance - overdue.sum(), 2),
                    "overdue_1_29": overdue[0],
                    "overdue_30_59": overdue[1],
                    "overdue_60_89": overdue[2],
                    "overdue_90_plus": overdue[3],
                    "accounts_1_29": counts[0],
                    "accounts_30_59": counts[1],
                    "accounts_60_89": counts[2],
                    "accounts_90_plus": counts[3],
                    "billed": round(0.09 * balance, 2),
                    "paid": paid,
                    "interest": interest,
                    "penalty": penalty,
                    "fees": fees,
                    "purchases": purchases,
                    "lent": lent,
                    "new_loans": int(400 * part),
                    "defaults": int(60 * part * (1 + wave[m])),
                    "charge_offs": lost,
                    "charge_off_accounts": int(losses * 55 * part * (1 + lag[m])),
                    "recoveries": back,
                    "net_charge_offs": round(lost - back, 2),
                    "bankruptcies": int(6 * part),
                    "unemployment_rate": 0.045 + 0.05 * wave[m] + noise[m],
                    "economy_unemployment_rate": 0.045 + 0.05 * wave[m],
                    "allowance": 0.0,
                    "written_down": 0.0,
                    "sold": 0.0,
                    "penalty_owed": round(0.01 * overdue.sum(), 2),
                    **costs,
                    "profit": round(interest + penalty + fees - lost + back - sum(costs.values()), 2),
                }
            )
        frames.append(pd.DataFrame(rows))
    return pd.concat(frames, ignore_index=True)


def made_up_flows(panel: pd.DataFrame) -> pd.DataFrame:
    """The money identity of each product and month (of the whole book where there are no products)."""
    frames = []
    names = [s for s in panel["segment"].unique() if s.startswith("product=")] or ["all"]
    for name in names:
        rows = panel[panel["segment"] == name].reset_index(drop=True)
        flow = rows[["month", "lent", "purchases", "interest", "penalty", "fees", "paid"]].copy()
        flow.insert(1, "product", name.removeprefix("product="))
        flow["charged_off"], flow["closing"] = rows["charge_offs"], rows["balance"]
        came = flow[["lent", "purchases", "interest", "penalty", "fees"]].sum(axis=1)
        flow.insert(2, "opening", (flow["closing"] - came + flow["paid"] + flow["charged_off"]).round(2))
        frames.append(flow)
    return pd.concat(frames, ignore_index=True)


def made_up_vintages(products: list[str], losses: float) -> pd.DataFrame:
    """Cumulative charge-offs by months on book, later vintages a little worse."""
    rows = []
    for product in products:
        for number, vintage in enumerate(pd.date_range("2024-01-31", periods=60, freq="ME")):
            for age in range(0, min(36, 63 - number)):
                rate = losses * 0.06 * (1 + number / 60) * (1 - np.exp(-age / 14)) * (age > 4)
                lent = 0.0 if product == "card" else 2e5
                by_money = rate if lent else np.nan
                rows.append((vintage, product, age, 400, lent, 4, 2e5 * rate / 10, rate * 1.2, by_money, rate * 0.8))
    names = ["vintage", "product", "months_on_book", "accounts", "lent", "defaults", "charge_offs"]
    rates = ["cumulative_default_rate", "cumulative_charge_off_rate", "cumulative_charge_off_account_rate"]
    return pd.DataFrame(rows, columns=[*names, *rates])


def made_up_roll_rates(panel: pd.DataFrame, products: list[str]) -> pd.DataFrame:
    """Balances by the bucket they came from and the bucket they went to."""
    to = ["current", "1_29", "30_59", "60_89", "90_plus", "charged_off", "closed"]
    shares = {
        "current": [0.955, 0.03, 0, 0, 0, 0.0005, 0.0145], "1_29": [0.55, 0.15, 0.29, 0, 0, 0.002, 0.008],
        "30_59": [0.16, 0.1, 0.14, 0.59, 0, 0.01, 0], "60_89": [0.06, 0.02, 0.05, 0.1, 0.75, 0.02, 0],
        "90_plus": [0.02, 0, 0, 0.01, 0.72, 0.25, 0],
    }  # fmt: skip
    rows = [
        (month, product, source, target, 1e6 * share, round(200 * share))
        for month in panel["month"].unique()
        for product in products
        for source, row in shares.items()
        for target, share in zip(to, row, strict=True)
    ]
    return pd.DataFrame(rows, columns=["month", "product", "from_bucket", "to_bucket", "balance", "accounts"])


def made_up_hit(losses: float) -> pd.DataFrame:
    """Charge-offs by income quintile and by sector."""
    groups = [("income_quintile", str(n), 7 - n) for n in range(1, 6)]
    sectors = (("construction", 9), ("hospitality", 8), ("retail", 6), ("public", 2))
    groups += [("sector", sector, weight) for sector, weight in sectors]
    rows = [(d, g, 4000, 9e6, losses * 9e4 * w, losses * 0.01 * w, 0.01 * w) for d, g, w in groups]
    names = ["dimension", "group", "accounts", "balance", "charge_offs", "charge_off_rate", "default_rate"]
    return pd.DataFrame(rows, columns=names)


def made_up_policies(panel: pd.DataFrame) -> pd.DataFrame:
    """One policy of the lender in all months, one of the state in the second half."""
    months = panel.loc[panel["segment"] == "all", "month"].reset_index(drop=True)
    late = pd.Series(range(len(months))) >= len(months) // 2
    names = {"policy": "calls", "kind": "reminders", "by": "lender", "in_force": True}
    lender = pd.DataFrame({"month": months, **names, "number": 40, "cost": 500.0, "given": 0.0})
    names = {"policy": "cheque", "kind": "cheque", "by": "state", "in_force": late}
    state = pd.DataFrame({"month": months, **names, "number": 90 * late, "cost": 0.0, "given": 9000.0 * late})
    return pd.concat([lender, state], ignore_index=True)


def made_up(
    months: int = 39, *, products: bool = True, losses: float = 1.0, unshocked: bool = True, size: float = 1.0
) -> MadeUp:
    """A whole made-up result."""
    unemployment = {"baseline": 4.5, "2026-02": 6.0, "2026-06": 9.5, "2027-06": 7.0}
    flu = {"kind": "illness", "starts": "2026-01", "ends": "2026-08", "severity": 2.0}
    scenario = from_dict(
        {
            "name": "made_up",
            "question": QUESTION,
            "span": {"start": "2026-01", "months": months},
            "book": {"borrowers": 20_000, "recipe": {"preset": "us", "pays_full": 0.5}},
            "world": {"economy": {"unemployment": unemployment}, "shocks": {"flu": flu}},
            "lender": {"products": {"card": {}, "cash_loan": {"kind": "instalment", "rate": 0.18}}},
        }
    )
    panel = made_up_panel(months, size, losses, products)
    names = ["card", "cash_loan"] if products else ["book"]
    counted = [
        {"what": "tape row without a balance", "number": 12, "money": 0.0, "why": "balance is empty"},
        {"what": "limit below balance", "number": 3, "money": 1234.5, "why": "limit raised to the balance"},
    ]
    provenance = {
        "scenario": "made_up", "fingerprint": "sha256:0123456789abcdef", "seed": 1,
        "versions": {"python": "3.11.2", "numpy": "2.0"}, "platform": "Linux x86_64", "borrowers": 20_000,
        "duration_seconds": 1.5, "peak_memory_bytes": 123_400_000, "created": "2026-11-24T06:00:00+00:00",
    }  # fmt: skip
    return MadeUp(
        scenario, panel, made_up_panel(months, 0.0, losses, products) if unshocked else None,
        made_up_vintages(names, losses), made_up_roll_rates(panel, names), made_up_flows(panel),
        made_up_hit(losses), counted, provenance, made_up_policies(panel),
    )  # fmt: skip


def published_series(folder: Path, last: int = 2019, **changed: Callable[[int], float]) -> Path:
    """A folder of made-up series like those of FRED, 1968 to a year's end: a steady world, but for what is `changed`.

    What is given maps a month number (year x 12 + month - 1) to a value.
    """
    steady = {
        "UNRATE": 5.0,
        "UNEMPLOY": 7_000.0,
        "UEMPLT5": 2_800.0,
        "ICSA": 300_000.0,
        "REVOLSL": 500_000.0,
        "DSPIC96": 10_000.0,
        "CPIAUCSL": 200.0,
        "TERMCBCCINTNS": 15.0,
    }
    folder.mkdir(exist_ok=True)
    for name, value in steady.items():
        first = 1994 if name == "TERMCBCCINTNS" else 1968
        value_of = changed.get(name, lambda month, value=value: value)
        months = range(first * 12, (last + 1) * 12)
        lines = ["date,value", *(f"{month // 12}-{month % 12 + 1:02d}-01,{value_of(month)}" for month in months)]
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder
