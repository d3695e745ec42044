"""The kernels compiled by Numba: the same names, the same bytes, one pass over the rows instead of many."""

from simulator.kernels.compiled.bill import (
    card_bill,
    card_interest,
    loan_bill,
    loan_overdue,
    minimum,
    paid_off,
    shares_of,
    unpaid,
    with_arrears,
)
from simulator.kernels.compiled.closing import count_flags, count_people, cure, late_accounts, move_buckets, places_of
from simulator.kernels.compiled.desk import to_call
from simulator.kernels.compiled.household import forgetful, give_up, meet, pay_due, pay_more
from simulator.kernels.compiled.late import card_settles, enter, keep, loan_settles, missed
from simulator.kernels.compiled.luck import bits, hits, joined, lane_below, lane_hits, pair, uniform
from simulator.kernels.compiled.pay import find, having, lose, pay_lost
from simulator.kernels.compiled.sums import add_up, add_up_of, charge, charge_some, receive

__all__ = [
    "add_up",
    "add_up_of",
    "bits",
    "card_bill",
    "card_interest",
    "card_settles",
    "charge",
    "charge_some",
    "count_flags",
    "count_people",
    "cure",
    "enter",
    "find",
    "forgetful",
    "give_up",
    "having",
    "hits",
    "joined",
    "keep",
    "lane_below",
    "lane_hits",
    "late_accounts",
    "loan_bill",
    "loan_overdue",
    "loan_settles",
    "lose",
    "meet",
    "minimum",
    "missed",
    "move_buckets",
    "paid_off",
    "pair",
    "pay_due",
    "pay_lost",
    "pay_more",
    "places_of",
    "receive",
    "shares_of",
    "to_call",
    "uniform",
    "unpaid",
    "with_arrears",
]
