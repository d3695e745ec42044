"""Which way each lever of the shocks and policies is said to work: a larger value, and what then rises or falls.

The table is read by the lever test. Every lever that is a number must find a line here, or stand in NO_DIRECTION with
the reason, so that a new lever cannot escape.
"""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatch

from simulator.run import Result


def _whole(result: Result, *columns: str) -> float:
    rows = result.panel[result.panel["segment"] == "all"]
    return float(sum(rows[column].sum() for column in columns))


def _policies(result: Result, column: str) -> float:
    return float(result.policies[column].sum())


MEASURES: dict[str, Callable[[Result], float]] = {
    "late": lambda result: _whole(result, "overdue_1_29", "overdue_30_59", "overdue_60_89", "overdue_90_plus"),
    "deep": lambda result: _whole(result, "overdue_60_89", "overdue_90_plus", "charge_offs"),
    "defaults": lambda result: _whole(result, "defaults"),
    "charged": lambda result: _whole(result, "penalty", "fees"),
    "interest": lambda result: _whole(result, "interest"),
    "billed": lambda result: _whole(result, "billed"),
    "paid": lambda result: _whole(result, "paid"),
    "lent": lambda result: _whole(result, "new_loans"),
    "relieved": lambda result: _whole(result, "in_relief"),
    "written down": lambda result: _whole(result, "written_down"),
    "calls": lambda result: _whole(result, "calls"),
    "reminders": lambda result: _whole(result, "reminders"),
    "sold": lambda result: _whole(result, "sold"),
    "money lent": lambda result: _whole(result, "lent"),
    "number": lambda result: _policies(result, "number"),
    "cost": lambda result: _policies(result, "cost"),
    "given": lambda result: _policies(result, "given"),
}

UP, DOWN = 1, -1
DIRECTIONS: dict[str, tuple[str, int]] = {  # the first pattern that fits
    "*.policies.*.cost_monthly": ("cost", UP),
    "*.policies.*.cost_each": ("cost", UP),
    "*.policies.*.reach": ("number", UP),
    "*.policies.*.least_missed": ("number", DOWN),
    "*.policies.*.most_missed": ("number", UP),
    "*.policies.*.pause": ("number", DOWN),
    "lender.policies.approval.score_cut_off": ("late", DOWN),
    "lender.policies.approval.debt_service_cap": ("late", UP),
    "lender.policies.approval.income_overstatement": ("late", UP),
    "lender.policies.approval.bureau_coverage": ("late", DOWN),
    "lender.policies.approval.leak_rate": ("late", UP),
    "lender.policies.stricter_underwriting.*": ("lent", DOWN),
    "lender.policies.credit_cycle.*": ("lent", DOWN),  # in hard times
    "lender.policies.limit_cut.room": ("number", DOWN),
    "lender.policies.limit_cut.least": ("number", DOWN),
    "lender.policies.line_closing.bills_late": ("number", DOWN),
    "lender.policies.line_closing.score_below": ("number", UP),
    "lender.policies.larger_desk.*": ("calls", UP),
    "lender.policies.earlier_contact.first_call": ("calls", DOWN),
    "lender.policies.earlier_contact.reminder": ("reminders", DOWN),
    "lender.policies.debt_sale.price": ("sold", UP),
    "lender.policies.debt_sale.from_days": ("sold", DOWN),
    "lender.policies.debt_sale.decay": ("sold", DOWN),
    "lender.policies.plain_terms.clears": ("money lent", DOWN),
    "lender.policies.reminders.effect": ("charged", DOWN),
    "lender.policies.financial_education.spending_cut": ("late", DOWN),
    "lender.policies.financial_education.*": ("charged", DOWN),
    "lender.policies.budgeting_help.card_cut": ("interest", DOWN),
    "lender.policies.budgeting_help.empty": ("number", UP),
    "lender.policies.budgeting_help.*": ("late", DOWN),
    "lender.policies.penalty_cap.*": ("charged", UP),
    "lender.policies.payment_holiday.months": ("relieved", UP),
    "lender.policies.payment_holiday.pays_on": ("paid", UP),
    "lender.policies.reduced_instalment.months": ("relieved", UP),
    "lender.policies.reduced_instalment.asked": ("billed", UP),
    "lender.policies.term_extension.months": ("billed", DOWN),
    "lender.policies.interest_writedown.share": ("interest", DOWN),
    "lender.policies.restructuring.cut": ("number", UP),
    "lender.policies.restructuring.rate_cut": ("interest", DOWN),
    "lender.policies.restructuring.longest": ("billed", DOWN),
    "lender.policies.restructuring.waive": ("written down", UP),
    "lender.policies.restructuring.checks_budget": ("number", DOWN),
    "lender.policies.restructuring.probation": ("defaults", DOWN),
    "world.policies.benefit.weekly": ("given", UP),
    "world.policies.benefit.extra_*": ("late", DOWN),
    "world.policies.cheque.amount": ("given", UP),
    "world.policies.cheque.income_below": ("number", UP),
    "world.policies.wage_subsidy.replaced": ("given", UP),
    "world.policies.debt_holiday.share": ("given", UP),
    "world.shocks.over_borrowing.cost": ("deep", UP),
    "world.shocks.death.age_doubles": ("late", DOWN),  # years in which the chance doubles
    "world.shocks.illness.sick_pay": ("late", DOWN),
    "world.shocks.*.made_good": ("late", DOWN),
    "world.shocks.*.insured": ("late", DOWN),
    "world.shocks.*.relief": ("late", DOWN),
    "world.shocks.*.essentials_saved": ("late", DOWN),
    "world.shocks.*": ("late", UP),
}
NO_DIRECTION: dict[str, str] = {
    "*.where.*": "an aim says who, not how much",
    "lender.policies.approval.income_error": "some are overrated, some underrated",
    "lender.policies.approval.false_decline_rate": "in the end as many borrow; only who they are changes",
    "lender.policies.income_check.error": "some are overrated, some underrated",
    "lender.policies.risk_price.*": "dearer below the middle score, cheaper above it",
    "world.shocks.over_borrowing.months_*": "a longer loan brings more cash now and more to pay later",
    "world.shocks.over_borrowing.least": "a larger loan brings more cash now and more to pay later",
    "world.shocks.over_borrowing.literacy_effect": "as many borrow; only who they are changes",
    "world.shocks.illness.job_loss": "as many lose their job; only who they are changes",
}


def said_of(path: str) -> tuple[str, int] | None:
    """What is said of a lever: the measure and the way it goes; None where nothing is said. KeyError if missing."""
    if any(fnmatch(path, pattern) for pattern in NO_DIRECTION):
        return None
    for pattern, said in DIRECTIONS.items():
        if fnmatch(path, pattern):
            return said
    raise KeyError(f"{path}: say in tests/contracts/directions.py which way it works")
