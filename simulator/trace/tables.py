"""A life as tables, in currency units: months and ledger lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.block import CHARGED_OFF, OPEN
from simulator.trace.events import Event, events_of, living_words, policy_names
from simulator.trace.life import Life

if TYPE_CHECKING:
    import pandas as pd

STATUS = {int(OPEN): "open", int(CHARGED_OFF): "charged off"}


def life_frame(life: Life) -> pd.DataFrame:
    """One row a month: pay and spending of the household, savings, what it lives through, and each account.

    `income` usual at today's wages, `received` of it in the cycle, `blows` what shocks took beside, `given` by
    policies, `essential` at today's prices; `savings` after the payments of the due day. Of each product `asked` (to
    owe nothing overdue), `paid`, and at the month's end `balance`, `overdue`, `days_late`, `status`, `relief`.
    """
    import pandas as pd

    names = policy_names(life)
    words: dict[int, list[str]] = {}
    for event in events_of(life):
        words.setdefault(_month_of(life, event), []).append(event.words)
    rows = []
    for month in life.months:
        row: dict[str, Any] = {
            "month": life.setting.clock.month_end_date(month.month),
            "due_date": life.date(month.day),
            "income": month.income / 100,
            "received": month.received / 100,
            "blows": sum(month.blows.values()) / 100,
            "given": month.given / 100,
            "essential": month.essential / 100,
            "savings": month.savings / 100,
            "score": month.score,
            "living": living_words(month.spells),
            "money_failed": month.short,
        }
        for name in life.setting.products:
            debt = month.debts.get(name)
            for what in ("asked", "paid", "balance", "overdue"):
                row[f"{name}_{what}"] = 0.0 if debt is None else getattr(debt, what) / 100
            row[f"{name}_days_late"] = 0 if debt is None else debt.days_late
            row[f"{name}_status"] = "none" if debt is None else STATUS.get(debt.status, "none")
            row[f"{name}_relief"] = "" if debt is None else names.get(debt.relief, "")
        row["what_happened"] = "; ".join(words.get(month.month, []))
        rows.append(row)
    return pd.DataFrame(rows)


def _month_of(life: Life, event: Event) -> int:
    date, start = life.date(event.day), life.setting.clock.start
    return int((date.year - start.year) * 12 + date.month - start.month)


def ledger_frame(life: Life) -> pd.DataFrame:
    """Every line of the ledger: `amount` is what the borrower owes more by it, `balance` what is then owed."""
    import pandas as pd

    rows = [
        (life.date(line.day), line.product, line.what, line.amount / 100, line.balance / 100) for line in life.lines
    ]
    return pd.DataFrame(rows, columns=["date", "product", "what", "amount", "balance"])
