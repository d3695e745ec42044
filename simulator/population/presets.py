"""Two populations (us in dollars, cn in yuan), each figure with the place it comes from.

Where no figure was found the source says "a guess" and why the guess is what it is. Names such as
`us.card.share_full_payers` are the names of the sourced facts the project keeps.
"""

from __future__ import annotations

from typing import Any, NamedTuple


class Sourced(NamedTuple):
    """A value and where it comes from."""

    value: Any
    source: str


SCF = "Survey of Consumer Finances 2016-2022 (public data, 10% sample, wage earners 22-64, weighted)"
LENDINGCLUB = "LendingClub loans issued 2007-2009 (published loan data)"
TAIWAN = "Taiwan card accounts 2005 (Yeh and Lien 2009, UCI 350)"
AS_US = "a guess: no Chinese figure found, taken over from the us preset"

_P = (0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95)
_SCF_MONTHS = (
    (0.0000, 0.0013, 0.1080, 0.3378, 2.8589, 8.1479, 11.1146),
    (0.0003, 0.0169, 0.1240, 0.3088, 1.2818, 5.2880, 8.3124),
    (0.0422, 0.1127, 0.2771, 0.7889, 2.1885, 6.4820, 10.7601),
    (0.0586, 0.1123, 0.3883, 0.8058, 1.8718, 5.3462, 7.9164),
    (0.2295, 0.2977, 0.8377, 1.6987, 3.6758, 7.1796, 8.7384),
)
SAVINGS_MONTHS: list[dict[float, float]] = [dict(zip(_P, row, strict=True)) for row in _SCF_MONTHS]

US_CORRELATIONS: dict[str, Sourced] = {
    "income/age": Sourced(0.27, SCF),
    "income/education": Sourced(0.40, SCF),
    "income/debt_service": Sourced(0.10, f"a guess: debt against income gives 0.13 in {SCF}"),
    "income/literacy": Sourced(0.35, "a guess: literacy rises with income in every survey, size not looked up"),
    "income/score": Sourced(0.30, "a guess: scores hold no income, yet the rich score higher"),
    "income/pay_share": Sourced(0.25, f"a guess: credit limit against share paid gives 0.23 in {TAIWAN}"),
    "income/desired_use": Sourced(-0.20, "a guess: same sign as limit against use in the Taiwan cards, weaker"),
    "income/desired_loan": Sourced(-0.35, f"income against loan in months of income gives -0.39 in {LENDINGCLUB}"),
    "savings/education": Sourced(0.19, SCF),
    "savings/literacy": Sourced(0.20, "a guess: as savings with education"),
    "savings/debt_service": Sourced(-0.10, f"a guess: debt against income gives 0.02 in {SCF}; service binds more"),
    "savings/score": Sourced(0.45, "a guess: what lowers scores is use and lateness, both follow thin savings"),
    "savings/pay_share": Sourced(0.50, "a guess: transactors hold the cash they pay with, revolvers do not"),
    "savings/desired_use": Sourced(-0.45, "a guess: the mirror of savings with share paid"),
    "savings/desired_loan": Sourced(-0.30, "a guess: who has savings needs less of a loan"),
    "savings/forgets": Sourced(-0.10, "a guess: attention and order go with savings, weakly"),
    "age/debt_service": Sourced(-0.05, f"a guess: debt against income gives -0.01 in {SCF}"),
    "age/literacy": Sourced(0.15, "a guess: literacy rises until late middle age"),
    "age/score": Sourced(0.30, "a guess: the length of the credit record counts in the score"),
    "age/pay_share": Sourced(0.05, f"0.04 in {TAIWAN}"),
    "age/desired_use": Sourced(-0.08, TAIWAN),
    "age/forgets": Sourced(-0.15, "a guess: late fees fall with experience (us.latefee.next_month_reduction)"),
    "education/debt_service": Sourced(0.15, f"a guess: debt against income gives 0.26 in {SCF}; service less"),
    "education/literacy": Sourced(0.40, "a guess: the strongest companion of literacy in surveys"),
    "education/score": Sourced(0.20, "a guess"),
    "education/pay_share": Sourced(0.17, TAIWAN),
    "education/desired_use": Sourced(-0.20, TAIWAN),
    "debt_service/score": Sourced(-0.20, "a guess: amounts owed lower the score"),
    "debt_service/pay_share": Sourced(-0.20, "a guess: less is left for the card"),
    "debt_service/desired_use": Sourced(0.20, "a guess: less is left, so the card is used"),
    "debt_service/desired_loan": Sourced(0.09, f"debt to income against loan in months of income, {LENDINGCLUB}"),
    "literacy/score": Sourced(0.30, "a guess"),
    "literacy/pay_share": Sourced(0.25, "a guess"),
    "literacy/desired_use": Sourced(-0.20, "a guess"),
    "literacy/desired_loan": Sourced(-0.10, "a guess"),
    "literacy/forgets": Sourced(-0.25, "a guess: us.late.share_forgot says forgetting is common, not who forgets"),
    "score/pay_share": Sourced(0.55, "a guess: revolvers score lower"),
    "score/desired_use": Sourced(-0.65, "a guess: use of limits is the second largest part of the score"),
    "score/desired_loan": Sourced(-0.30, "a guess: balances are larger where risk is larger"),
    "score/forgets": Sourced(-0.30, "a guess: forgotten dues that pass 30 days lower the score"),
    "pay_share/desired_use": Sourced(-0.70, f"-0.76 in {TAIWAN}, where both are measured on the same account"),
    "pay_share/desired_loan": Sourced(-0.30, "a guess: revolvers take the consolidation loans"),
    "pay_share/forgets": Sourced(-0.10, "a guess"),
    "desired_use/desired_loan": Sourced(0.30, "a guess: balances are larger where risk is larger"),
}

US: dict[str, Sourced] = {
    "income_median": Sourced(5000.0, f"median 76,000 a year before tax in {SCF}; 0.80 of it, a month"),
    "income_sigma": Sourced(0.82, f"0.91 before tax in {SCF}; taxes narrow it by a tenth (a guess)"),
    "take_home": Sourced(0.80, "a guess: income and payroll taxes of a median earner"),
    "living_share": Sourced(
        [0.74, 0.64, 0.56, 0.49, 0.41],
        "a guess: falls with income as in the Consumer Expenditure Survey 2022 (housing 33%, transport 17%, "
        "food 13%, health 8% of spending), without what a household in need leaves out",
    ),
    "living_spread": Sourced(0.16, "a guess: rents and family sizes differ at the same income"),
    "living_score": Sourced(0.7, "a guess: budgets that leave little are why a score is low"),
    "essential_most": Sourced(0.97, "a guess: who spends all on essentials can hold no loan for long"),
    "savings_months": Sourced(
        SAVINGS_MONTHS, f"liquid assets in months of income by income fifth of all households, {SCF}"
    ),
    "savings_scale": Sourced(1.0, "the survey as it is"),
    "target_closeness": Sourced(0.80, "a guess: savings mostly stand near what the household aims at"),
    "target_scale": Sourced(1.15, "a guess: bills keep households somewhat below what they aim at"),
    "age": Sourced(
        {0.0: 21, 0.1: 27, 0.25: 31, 0.5: 41, 0.75: 52, 0.9: 59, 1.0: 70},
        f"quantiles in {SCF}; the two ends are a guess",
    ),
    "regions": Sourced(
        {"northeast": 0.17, "midwest": 0.21, "south": 0.38, "west": 0.24},
        "US Census Bureau, resident population by region, 2020 (from memory, rounded)",
    ),
    "sectors": Sourced(
        {
            "manufacturing": 0.10,
            "construction": 0.07,
            "retail": 0.11,
            "hospitality": 0.09,
            "transport": 0.06,
            "health and education": 0.23,
            "professional and finance": 0.20,
            "government and other": 0.14,
        },
        "a guess: payroll shares of the BLS industries from memory, rounded",
    ),
    "educations": Sourced(
        {"school": 0.34, "college": 0.27, "degree": 0.39},
        f"{SCF}: no high school 8%, high school 26%, some college 27%, degree 39%",
    ),
    "debt_service": Sourced(
        {0.0: 0.0, 0.15: 0.0, 0.25: 0.03, 0.5: 0.09, 0.75: 0.16, 0.9: 0.25, 1.0: 0.45},
        "a guess: mean near 0.11 as the Federal Reserve's debt service ratio (TDSP), 15% owe nothing",
    ),
    "literacy": Sourced(
        {0.0: 0.0, 0.1: 0.2, 0.25: 0.35, 0.5: 0.53, 0.75: 0.72, 0.9: 0.88, 1.0: 1.0},
        "a guess: about half of the usual five questions answered right, widely spread",
    ),
    "score": Sourced(
        {0.0: 300, 0.02: 500, 0.07: 550, 0.15: 600, 0.27: 650, 0.42: 700, 0.60: 750, 0.87: 800, 1.0: 850},
        "Federal Reserve Board, Report to the Congress on Credit Scoring, August 2007, general table 1",
    ),
    "pays_minimum": Sourced(0.29, "us.card.share_at_or_near_minimum"),
    "pays_full": Sourced(0.33, "us.card.share_full_payers"),
    "pays_between": Sourced(0.25, "a guess: most who pay part pay a small part, as the Taiwan cards show"),
    "desired_use": Sourced(
        {0.0: 0.01, 0.1: 0.03, 0.25: 0.08, 0.5: 0.25, 0.75: 0.62, 0.9: 0.9, 1.0: 1.0},
        f"a guess: somewhat below {TAIWAN} (quartiles 0.03, 0.29, 0.68; 0.89 at nine tenths)",
    ),
    "desired_loan_median": Sourced(2.2, f"1.8 months before tax in {LENDINGCLUB}, over 0.80"),
    "desired_loan_sigma": Sourced(0.71, f"spread of the logarithm in {LENDINGCLUB}"),
    "forgets": Sourced(
        {0.0: 0.002, 0.25: 0.02, 0.5: 0.04, 0.75: 0.08, 0.9: 0.14, 1.0: 0.35},
        "a guess: below uk.card.manual_late_prob_monthly (0.10-0.20, Gathergood and others 2017), which is "
        "of people late before",
    ),
    "autopay_share": Sourced(0.35, "us.card.autopay_share"),
    "single_earner_share": Sourced(0.30, "a guess: so that the mean loss is 0.47, us.jobloss.hh_income_drop_no_ui"),
    "single_earner_loss": Sourced([0.85, 1.0], "a guess: nearly all the household's income is one wage"),
    "second_earner_loss": Sourced([0.05, 0.50], "a guess: the mean loss is 0.47, us.jobloss.hh_income_drop_no_ui"),
    "correlations": Sourced({pair: held.value for pair, held in US_CORRELATIONS.items()}, "each pair has its own"),
}

CN_CORRELATIONS: dict[str, Sourced] = {
    pair: Sourced(held.value, held.source if TAIWAN in held.source else AS_US) for pair, held in US_CORRELATIONS.items()
} | {
    "age/pay_share": Sourced(-0.05, "a guess: the young pay platform bills in full more often"),
    "age/score": Sourced(0.20, "a guess: records are short, so age counts for less than in the us preset"),
}

CN: dict[str, Sourced] = {
    "income_median": Sourced(9000.0, "a guess: 1.6 earners' worth of about 5,700 (private urban wage, recalled)"),
    "income_sigma": Sourced(0.60, "a guess: platform borrowers are more alike than all households"),
    "take_home": Sourced(0.90, "a guess: social insurance, hardly any income tax at these wages"),
    "living_share": Sourced(
        [0.66, 0.58, 0.52, 0.47, 0.41],
        "a guess: cn.consume.share_of_income_urban is 0.638 for all spending; essentials are most of it",
    ),
    "living_spread": Sourced(0.15, "a guess: rents differ more between cities than in the us preset"),
    "living_score": Sourced(0.0, "a guess: none; a platform's score knows little of the household's budget"),
    "essential_most": Sourced(0.97, AS_US),
    "savings_months": Sourced(SAVINGS_MONTHS, "a guess: the shape of the us table; no Chinese table found"),
    "savings_scale": Sourced(
        1.2,
        "a guess (cn.buffer.lognormal_mu_weeks, judgement): households save more, platform borrowers do not; "
        "a fifth above the us table is a figure to calibrate",
    ),
    "target_closeness": Sourced(0.80, AS_US),
    "target_scale": Sourced(1.15, AS_US),
    "age": Sourced(
        {0.0: 20, 0.1: 23, 0.25: 26, 0.5: 31, 0.75: 38, 0.9: 45, 1.0: 60},
        "a guess: platform borrowers are young; the Taiwan cards have a median of 34",
    ),
    "regions": Sourced(
        {"east": 0.46, "central": 0.24, "west": 0.22, "northeast": 0.08},
        "a guess: the census of 2020 from memory (40, 26, 27, 7), tilted to the east where platforms lend",
    ),
    "sectors": Sourced(
        {
            "manufacturing": 0.24,
            "construction": 0.11,
            "retail": 0.15,
            "hospitality": 0.09,
            "transport and delivery": 0.11,
            "health and education": 0.10,
            "professional and finance": 0.12,
            "government and other": 0.08,
        },
        "a guess: urban employment, tilted to the trades of platform borrowers",
    ),
    "educations": Sourced({"school": 0.48, "college": 0.30, "degree": 0.22}, "a guess: platform borrowers"),
    "debt_service": Sourced(
        {0.0: 0.0, 0.3: 0.0, 0.4: 0.03, 0.6: 0.10, 0.8: 0.20, 0.9: 0.28, 1.0: 0.50},
        "a guess: a third without mortgage or other platforms, the rest with more than in the us preset",
    ),
    "literacy": Sourced(
        {0.0: 0.0, 0.1: 0.18, 0.25: 0.33, 0.5: 0.50, 0.75: 0.68, 0.9: 0.84, 1.0: 1.0},
        "a guess: somewhat below the us preset",
    ),
    "score": Sourced(
        {0.0: 350, 0.05: 500, 0.25: 580, 0.5: 640, 0.75: 690, 0.95: 750, 1.0: 950},
        "a guess: the scale 350 to 950 of the platforms' scores; no distribution is published",
    ),
    "pays_minimum": Sourced(0.20, "a guess: below us.card.share_at_or_near_minimum, most bills are instalments"),
    "pays_full": Sourced(0.45, "a guess: above us.card.share_full_payers, many use cards only to pay"),
    "pays_between": Sourced(0.25, AS_US),
    "desired_use": Sourced(
        {0.0: 0.01, 0.1: 0.04, 0.25: 0.10, 0.5: 0.30, 0.75: 0.62, 0.9: 0.90, 1.0: 1.0},
        "cn.card.utilisation: 0.378 on average (PBOC payment system report 2024Q3); the shape is a guess",
    ),
    "desired_loan_median": Sourced(0.6, "cn.xiaomi.ticket_rmb: about 6,000 on average (audited 2017 data)"),
    "desired_loan_sigma": Sourced(0.85, "a guess: cn.xiaomi.ticket_rmb runs from 1,000 to 20,000"),
    "forgets": Sourced(
        {0.0: 0.002, 0.25: 0.02, 0.5: 0.045, 0.75: 0.085, 0.9: 0.15, 1.0: 0.35},
        "a guess: cn.loan.day1_delinquency is 0.048 of dues, most of it paid within days",
    ),
    "autopay_share": Sourced(0.50, "a guess: platforms debit a linked account by default; often it is empty"),
    "single_earner_share": Sourced(0.35, "a guess: more live alone than in the us preset"),
    "single_earner_loss": Sourced([0.85, 1.0], AS_US),
    "second_earner_loss": Sourced([0.10, 0.50], AS_US),
    "correlations": Sourced({pair: held.value for pair, held in CN_CORRELATIONS.items()}, "each pair has its own"),
}

PRESETS: dict[str, dict[str, Sourced]] = {"us": US, "cn": CN}
CORRELATIONS: dict[str, dict[str, Sourced]] = {"us": US_CORRELATIONS, "cn": CN_CORRELATIONS}


def source(name: str) -> str:
    """Where the values of one parameter come from, preset by preset."""
    return "; ".join(f"{preset}: {values[name].source}" for preset, values in PRESETS.items())
