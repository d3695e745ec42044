"""The panel as tables: one row a month and segment, vintages, roll rates, money flows, and who was hit."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from simulator.ledger import FLOWS, IN, OUT
from simulator.money import Cents
from simulator.panel.deeds import DEEDS
from simulator.panel.profit import COSTS, profit_cells
from simulator.panel.record import BUCKETS, STATES, Panel

LATE = BUCKETS[1:]
MONEY_COLUMNS = (
    "balance",
    "billed",
    "paid",
    "repaid_early",
    "interest",
    "penalty",
    "fees",
    "lent",
    "purchases",
    "recoveries",
    "written_down",
    "sold",
    "allowance",
    "penalty_owed",
)


def panel_frame(panel: Panel) -> pd.DataFrame:
    """The span, one row a month and segment; money in currency units, rates as shares.

    Segments: all, product=NAME, and CUT=LABEL for each cut. People are counted once, so a product's row counts
    borrowers over all products. `repaid_early`, part of `paid`, is what good customers repaid early or closed cards
    with. `penalty_owed` is what of the debts overdue is penalty and late fees; `money_given`, by policies to
    households, is known of the whole book only. So are `applicants`, `trust` in a scenario that follows it, and in one
    with a collections desk its figures: calls, reached, promises, promises_kept, harsh_calls, reminders, field_visits,
    waiting_accounts (mean of the working days' evenings), mean_wait_days (of accounts called) and seats_used (share of
    the seats' hours).
    """
    profit, everybody = profit_cells(panel), np.ones(panel.segments, np.bool_)
    parts = [_rows(panel, profit, "all", panel.products, everybody)]
    parts += [_rows(panel, profit, f"product={name}", (name,), everybody) for name in panel.products]
    for cut, label, mask in segment_masks(panel):
        parts.append(_rows(panel, profit, f"{cut}={label}", panel.products, mask))
    frame = pd.DataFrame({name: np.concatenate([part[name] for part in parts]) for name in parts[0]})
    order = {segment: number for number, segment in enumerate(dict.fromkeys(frame["segment"]))}
    keys = pd.DataFrame({"month": frame["month"], "order": frame["segment"].map(order)})
    return frame.loc[keys.sort_values(["month", "order"], kind="stable").index].reset_index(drop=True)


def segment_masks(panel: Panel) -> list[tuple[str, str, npt.NDArray[np.bool_]]]:
    """For each cut and label, which of the mixed-radix segments belong to it."""
    sizes = [len(panel.labels[cut]) for cut in panel.cuts]
    if not sizes:
        return []
    codes = np.indices(sizes).reshape(len(sizes), -1)
    return [
        (cut, label, codes[place] == number)
        for place, cut in enumerate(panel.cuts)
        for number, label in enumerate(panel.labels[cut])
    ]


def _rows(
    panel: Panel,
    profit: dict[str, dict[str, Cents]],
    segment: str,
    products: tuple[str, ...],
    mask: npt.NDArray[np.bool_],
) -> dict[str, npt.NDArray[Any]]:
    first, size = panel.clock.warm_up, panel.clock.months
    months = range(size)

    def total(measure: str) -> npt.NDArray[np.int64]:
        cells = [profit[name].get(measure, panel.cells[name].get(measure)) for name in products]
        return np.asarray(np.sum([held[first:][:, mask].sum(axis=1) for held in cells if held is not None], axis=0))

    people = {name: cells[first:][:, mask].sum(axis=1) for name, cells in panel.people.items()}
    columns: dict[str, Any] = {
        "month": pd.to_datetime([panel.clock.month_end_date(month) for month in months]).to_numpy(),
        "segment": np.full(size, segment, dtype=object),
        "borrowers": people["borrowers"],
        "accounts": total("accounts"),
        "balance": total("balance") / 100.0,
        "current": total("balance_current") / 100.0,
    }
    for bucket in LATE:
        columns[f"overdue_{bucket}"] = total(f"balance_{bucket}") / 100.0
    for bucket in LATE:
        columns[f"accounts_{bucket}"] = total(f"accounts_{bucket}")
    for measure in MONEY_COLUMNS[1:]:
        columns[measure] = total(measure) / 100.0
    columns["new_loans"] = total("new_loans")
    columns["defaults"] = total("defaults")
    columns["charge_offs"] = total("charged_off") / 100.0
    columns["charge_off_accounts"] = total("charge_off_accounts")
    columns["bankruptcies"] = total("bankruptcies")
    columns["in_relief"] = total("in_relief")
    columns["redefaults"] = total("redefaults")
    columns["net_charge_offs"] = columns["charge_offs"] - columns["recoveries"]
    for measure in (*COSTS, "profit"):
        columns[measure] = total(measure) / 100.0
    given = np.sum([deeds.months[first:, 3] for deeds in panel.deeds.values()], axis=0, dtype=np.float64)
    unknown = np.full(size, np.nan)  # what is known of the whole book only
    columns["money_given"] = np.broadcast_to(given / 100.0, size) if segment == "all" else unknown
    for what, figures in panel.lender.items():  # counts and shares of the lender as a whole, where it has them
        if what not in columns:
            columns[what] = figures[first:] if segment == "all" else unknown
    workers = np.maximum(people["labour_force"], 1)
    columns["unemployment_rate"] = np.where(people["labour_force"] > 0, people["unemployed"] / workers, np.nan)
    columns["economy_unemployment_rate"] = panel.economy[first:]
    return columns


def policies_frame(panel: Panel) -> pd.DataFrame:
    """What each policy did in each month of the span; one row a policy and month, money in currency units.

    `by` says who chose it and bears its cost, the lender or the state; `number` counts people or accounts reached,
    `given` is money that came to households.
    """
    first, parts = panel.clock.warm_up, []
    for name, deeds in panel.deeds.items():
        done = dict(zip(DEEDS, deeds.months[first:].T, strict=True))
        columns: dict[str, Any] = {
            "month": pd.to_datetime([panel.clock.month_end_date(month) for month in range(panel.clock.months)]),
            "policy": name,
            "kind": deeds.kind,
            "by": "state" if deeds.state else "lender",
            "in_force": done["in_force"] != 0,
            "number": done["number"],
            "cost": done["cost"] / 100.0,
            "given": done["given"] / 100.0,
        }
        parts.append(pd.DataFrame(columns))
    if parts:
        return pd.concat(parts, ignore_index=True)
    kinds = {"month": "datetime64[ns]", "policy": "object", "kind": "object", "by": "object", "in_force": "bool"}
    kinds |= {"number": "int64", "cost": "float64", "given": "float64"}
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})


def flows_frame(panel: Panel) -> pd.DataFrame:
    """The money identity by product and month: opening + in - out = closing; currency units."""
    first = panel.clock.warm_up
    parts = []
    for name in panel.products:
        balance = panel.total(name, "balance")
        columns: dict[str, Any] = {
            "month": pd.to_datetime([panel.clock.month_end_date(month) for month in range(panel.clock.months)]),
            "product": name,
            "opening": (balance[first:] - _change(panel, name)[first:]) / 100.0,
        }
        columns.update({flow: panel.total(name, flow)[first:] / 100.0 for flow in FLOWS})
        columns["closing"] = balance[first:] / 100.0
        parts.append(pd.DataFrame(columns))
    return pd.concat(parts, ignore_index=True)


def _change(panel: Panel, name: str) -> npt.NDArray[np.int64]:
    return np.asarray(sum(panel.total(name, flow) for flow in IN) - sum(panel.total(name, flow) for flow in OUT))


def vintages_frame(panel: Panel) -> pd.DataFrame:
    """Vintages by opening month: accounts, defaults and charge-offs by months on book, and cumulated rates.

    Cohorts opened before the run began are left out: their early life was not seen. `lent` is the money paid out
    at opening, `limit` the amount of the contract (for a loan the same). A card has nothing lent at opening, so its
    `cumulative_charge_off_rate` (of money lent) is NaN; the rate by accounts is there for every product.
    """
    last = panel.clock.warm_up + panel.clock.months
    parts = []
    for name in panel.products:
        table = panel.vintages[name]
        pays_out = bool(panel.total(name, "lent").any())
        for cohort in np.flatnonzero(table["accounts"][:last]):
            ages = np.arange(last - cohort)
            accounts, limit = int(table["accounts"][cohort]), int(table["lent"][cohort])
            lent = limit if pays_out else 0
            defaults = table["defaults"][cohort][ages]
            lost = table["charge_off_accounts"][cohort][ages]
            charged = table["charge_offs"][cohort][ages]
            parts.append(
                pd.DataFrame(
                    {
                        "vintage": pd.Timestamp(panel.clock.month_date(int(cohort) - panel.clock.warm_up)),
                        "product": name,
                        "months_on_book": ages,
                        "accounts": accounts,
                        "lent": lent / 100.0,
                        "limit": limit / 100.0,
                        "defaults": defaults,
                        "charge_off_accounts": lost,
                        "charge_offs": charged / 100.0,
                        "cumulative_default_rate": np.cumsum(defaults) / accounts,
                        "cumulative_charge_off_rate": np.cumsum(charged) / lent if lent else np.nan,
                        "cumulative_charge_off_account_rate": np.cumsum(lost) / accounts,
                    }
                )
            )
    columns = [
        "vintage",
        "product",
        "months_on_book",
        "accounts",
        "lent",
        "limit",
        "defaults",
        "charge_off_accounts",
        "charge_offs",
        "cumulative_default_rate",
        "cumulative_charge_off_rate",
        "cumulative_charge_off_account_rate",
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def roll_rates_frame(panel: Panel) -> pd.DataFrame:
    """Transitions between buckets from one month close to the next, balances and accounts.

    The balance is that at the later close (at charge-off for what was charged off). Accounts opened in the month
    were in no bucket at its start and are left out, with the money lent to them; what a new card has bought in its
    first weeks stays in.
    """
    first = panel.clock.warm_up
    rows = []
    for name in panel.products:
        balances, accounts = panel.rolls[name]["balance"][first:], panel.rolls[name]["accounts"][first:]
        current = panel.total(name, "balance_current")[first:]
        current_accounts = panel.total(name, "accounts_current")[first:]
        lent, opened = panel.total(name, "lent")[first:], panel.total(name, "new_loans")[first:]
        for month in range(panel.clock.months):
            date = pd.Timestamp(panel.clock.month_end_date(month))
            for origin, origin_name in enumerate(BUCKETS):
                for to, to_name in enumerate(STATES):
                    balance, count = int(balances[month, origin, to]), int(accounts[month, origin, to])
                    if origin == to == 0:
                        balance = int(current[month] - lent[month] - balances[month, 1:, 0].sum())
                        count = int(current_accounts[month] - opened[month] - accounts[month, 1:, 0].sum())
                        balance, count = max(balance, 0), max(count, 0)  # a loan repaid in the month it began
                    if balance or count:
                        rows.append((date, name, origin_name, to_name, balance / 100.0, count))
    return pd.DataFrame(rows, columns=["month", "product", "from_bucket", "to_bucket", "balance", "accounts"])


def hit_frame(panel: Panel) -> pd.DataFrame:
    """Who was hit: charge-offs and defaults over the span by each cut of the book.

    `charge_off_rate` is a year's charge-offs over the average balance, `default_rate` the defaults over the accounts
    there in the first month plus those opened later; NaN for a group that never was in the book.
    """
    first = panel.clock.warm_up
    rows = []
    everybody: npt.NDArray[np.bool_] = np.ones(panel.segments, np.bool_)
    groups: list[tuple[str, str, tuple[str, ...], npt.NDArray[np.bool_]]] = [
        ("product", name, (name,), everybody) for name in panel.products
    ]
    groups += [(cut, label, panel.products, mask) for cut, label, mask in segment_masks(panel)]
    for dimension, group, products, mask in groups:

        def total(
            measure: str, products: tuple[str, ...] = products, mask: npt.NDArray[np.bool_] = mask
        ) -> npt.NDArray[np.int64]:
            return np.asarray(
                np.sum([panel.cells[name][measure][first:][:, mask].sum(axis=1) for name in products], axis=0)
            )

        balance, accounts = total("balance"), total("accounts")
        charged_off, defaults = total("charged_off"), int(total("defaults").sum())
        opening = balance - sum(total(flow) for flow in IN) + sum(total(flow) for flow in OUT)
        average = float((opening + balance).mean()) / 2.0
        ever = int(accounts[0] + total("charge_off_accounts")[0] + total("new_loans")[1:].sum())
        rows.append(
            {
                "dimension": dimension,
                "group": group,
                "accounts": int(accounts[-1]),
                "balance": balance[-1] / 100.0,
                "charge_offs": charged_off.sum() / 100.0,
                "charge_off_rate": 12.0 * charged_off.mean() / average if average > 0 else np.nan,
                "defaults": defaults,
                "default_rate": defaults / ever if ever else np.nan,
            }
        )
    return pd.DataFrame(rows)
