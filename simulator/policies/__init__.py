"""Policies: what the lender or the state chooses. A new one is a file here and a line in this register."""

from typing import Annotated

from pydantic import Field

from simulator.policies.application import Application
from simulator.policies.approval import Approval
from simulator.policies.autopay import Autopay
from simulator.policies.base import Counter, Offer, Policy, Tally
from simulator.policies.benefit import Benefit
from simulator.policies.budgeting_help import BudgetingHelp
from simulator.policies.cheque import Cheque
from simulator.policies.credit_cycle import CreditCycle
from simulator.policies.debt_holiday import DebtHoliday
from simulator.policies.debt_sale import DebtSale
from simulator.policies.earlier_contact import EarlierContact
from simulator.policies.financial_education import FinancialEducation
from simulator.policies.in_force import InForce
from simulator.policies.income_check import IncomeCheck
from simulator.policies.interest_writedown import InterestWritedown
from simulator.policies.larger_desk import LargerDesk
from simulator.policies.limit_cut import LimitCut
from simulator.policies.line_closing import LineClosing
from simulator.policies.moratorium import Moratorium
from simulator.policies.payment_holiday import PaymentHoliday
from simulator.policies.penalty_cap import PenaltyCap
from simulator.policies.plain_terms import PlainTerms
from simulator.policies.reduced_instalment import ReducedInstalment
from simulator.policies.relief import Relief
from simulator.policies.reminders import Reminders
from simulator.policies.restructuring import Restructuring
from simulator.policies.risk_price import RiskPrice
from simulator.policies.stricter_underwriting import StricterUnderwriting
from simulator.policies.term_extension import TermExtension
from simulator.policies.wage_subsidy import WageSubsidy

POLICIES: tuple[type[Policy], ...] = (
    Approval,
    IncomeCheck,
    StricterUnderwriting,
    CreditCycle,
    RiskPrice,
    LimitCut,
    LineClosing,
    PenaltyCap,
    PaymentHoliday,
    ReducedInstalment,
    TermExtension,
    InterestWritedown,
    Restructuring,
    LargerDesk,
    EarlierContact,
    DebtSale,
    PlainTerms,
    FinancialEducation,
    BudgetingHelp,
    Reminders,
    Autopay,
    Benefit,
    Cheque,
    Moratorium,
    WageSubsidy,
    DebtHoliday,
)
AnyPolicy = Annotated[  # the lender's
    Approval
    | IncomeCheck
    | StricterUnderwriting
    | CreditCycle
    | RiskPrice
    | LimitCut
    | LineClosing
    | PenaltyCap
    | PaymentHoliday
    | ReducedInstalment
    | TermExtension
    | InterestWritedown
    | Restructuring
    | LargerDesk
    | EarlierContact
    | DebtSale
    | PlainTerms
    | FinancialEducation
    | BudgetingHelp
    | Reminders
    | Autopay,
    Field(discriminator="kind"),
]
AnyStatePolicy = Annotated[Benefit | Cheque | Moratorium | WageSubsidy | DebtHoliday, Field(discriminator="kind")]

__all__ = [
    "AnyPolicy",
    "AnyStatePolicy",
    "Application",
    "Approval",
    "Autopay",
    "Benefit",
    "BudgetingHelp",
    "Cheque",
    "Counter",
    "CreditCycle",
    "DebtHoliday",
    "DebtSale",
    "EarlierContact",
    "FinancialEducation",
    "InForce",
    "IncomeCheck",
    "InterestWritedown",
    "LargerDesk",
    "LimitCut",
    "LineClosing",
    "Moratorium",
    "Offer",
    "POLICIES",
    "PaymentHoliday",
    "PenaltyCap",
    "PlainTerms",
    "Policy",
    "ReducedInstalment",
    "Relief",
    "Reminders",
    "Restructuring",
    "RiskPrice",
    "StricterUnderwriting",
    "Tally",
    "TermExtension",
    "WageSubsidy",
]
