"""Every accepted parameter changes the output: each one is moved alone, in a world where it can matter.

A lever is moved within its bounds and the panel, or what policies did, must differ in some figure. Where a lever
matters only in company (a legal cap only where a penalty would go beyond it), both runs have that company. What is let
off stands in EXCEPTIONS, with the reason; what is dead and should not be stands in DEAD, and the test fails when it
comes alive.
"""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
from directions import MEASURES, said_of
from registers import LEVERS, Lever, another_value, parameters
from small_worlds import BUSY, laid_over, ran

from simulator.economy import Labour
from simulator.errors import ScenarioError
from simulator.population import Recipe
from simulator.run import Result
from simulator.scenario import from_dict
from simulator.target import Target

WORLD = laid_over(
    BUSY,
    {
        "span.months": 13,
        "book.borrowers": 1000,
        "book.due_days": [17],
        "book.warm_up": 5,
        "world.economy.policy_rate": {"baseline": 4.0, "2026-03": 7.0},
        "lender.products.instalment.penalty_multiple": 1.5,
    },
)
HABITS = {"file": str(Path(__file__).parents[2] / "scenarios/data/taiwan_habits.csv")}
DATED = {"starts": "2026-02", "ends": "2026-11"}

SHORT_LOANS = {"lender.products.instalment.again": 0.2, "lender.products.instalment.terms": {"6": 1.0}}
DISTRUST = {  # hard times after quiet ones to compare with
    **SHORT_LOANS,
    "book.warm_up": 30,
    "world.shocks.bills": {"kind": "expense", "starts": "2026-01", "severity": 20.0},
    "lender.trust": {"defaults": 0.2},
}
COMPANY: dict[str, dict[str, Any]] = {  # what both runs have; the first pattern that fits
    "world.shocks.unemployment.starts": {"world.shocks.unemployment": {"severity": 4.0, "starts": "2026-02"}},
    "world.shocks.unemployment.*": {"world.shocks.unemployment": {"severity": 4.0, **DATED}},
    "world.shocks.death.where.*": {"world.shocks.death": {"incidence": 0.1}},
    "world.shocks.late_wages.where.*": {"world.shocks.late_wages": {"incidence": 0.3}},
    "world.shocks.strategic_default.where.*": {"world.shocks.strategic_default": {"base": 0.02}},
    "world.shocks.*.where.*": {},
    "world.shocks.illness.*": {"world.shocks.illness": DATED},
    "world.shocks.income_cut.*": {"world.shocks.income_cut": DATED},
    "world.shocks.expense.*": {"world.shocks.expense": DATED},
    "world.shocks.rate_rise.*": {"world.shocks.rate_rise": {"severity": 4.0, **DATED}},
    "world.shocks.divorce.months_*": {"world.shocks.divorce": {"incidence": 0.3, "months_shortest": 0.5, **DATED}},
    "world.shocks.divorce.*": {"world.shocks.divorce": {"incidence": 0.2, **DATED}},
    "world.shocks.death.months_*": {"world.shocks.death": {"incidence": 0.2, "months_shortest": 0.5, **DATED}},
    "world.shocks.death.*": {"world.shocks.death": {"incidence": 0.1, **DATED}},
    "world.shocks.disaster.*": {"world.shocks.disaster": {"relief": 0.2, **DATED}},
    "world.shocks.late_wages.*": {"world.shocks.late_wages": {"incidence": 0.3, **DATED}},
    "world.shocks.strategic_default.contagion": {  # losses must have risen; a year of quiet times to compare with
        "book.warm_up": 13,
        "world.economy.unemployment": {"baseline": 5.0, "2026-01": 14.0},
        "world.shocks.strategic_default": {"base": 0.02},
    },
    "world.shocks.strategic_default.weakness": {  # trust must have been lost
        "book.warm_up": 13,
        "world.economy.unemployment": {"baseline": 5.0, "2026-01": 14.0},
        "world.shocks.strategic_default": {"base": 0.02},
        "lender.trust": {"defaults": 0.2},
    },
    "world.shocks.strategic_default.*": {"world.shocks.strategic_default": {"base": 0.02, **DATED}},
    "world.shocks.short_time_work.*": {"world.shocks.short_time_work": DATED},
    "world.shocks.cost_of_living.*": {"world.shocks.cost_of_living": DATED},
    "world.shocks.over_borrowing.*": {"span.months": 30, "world.shocks.over_borrowing": {"starts": "2026-02"}},
    "*.legal_cap": {
        "lender.products.card.penalty_multiple": 3.0,
        "lender.products.instalment.penalty_multiple": 3.0,
    },
    "*.card.reage_*": {  # few are ever re-aged: who has the money pays everything that is overdue
        "span.months": 24,
        "book.borrowers": 3000,
        "lender.products.card.reage_after": 1,
    },
    "lender.desk.field_*": {"lender.desk": {"field_from": 60, "seats": 1}},
    "lender.desk.cost_visit": {"lender.desk": {"field_from": 60, "seats": 1}},
    "lender.desk.backfire": {"lender.desk": {"seats": 1, "contact_rate": 0.3, "pressure": 0.5}},
    "lender.desk.calls_per_sheet": {"lender.desk": {"seats": 1, "minutes_per_call": 20, "memoryless": True}},
    "lender.desk.*": {"lender.desk": {"seats": 1, "minutes_per_call": 20}},
    "lender.policies.income_check.*": {
        "lender.policies.approval": {"income_overstatement": 0.5, "debt_service_cap": 0.15},
        "lender.policies.income_check": DATED,
    },
    "lender.policies.stricter_underwriting.cap_cut": {
        "lender.policies.approval": {"debt_service_cap": 0.2},
        "lender.policies.stricter_underwriting": DATED,
    },
    "lender.policies.approval.income_*": {"lender.policies.approval": {"debt_service_cap": 0.1}},
    "lender.policies.approval.bureau_coverage": {"lender.policies.approval": {"debt_service_cap": 0.1}},
    "lender.policies.credit_cycle.*": {  # times must have changed, after a year of quiet ones to compare with
        "book.warm_up": 13,
        "world.economy.unemployment": {"baseline": 5.0, "2026-01": 8.0},
        "lender.policies.credit_cycle": {"starts": "2026-02", "most": 200.0, "ends": "2026-11"},
    },
    "lender.policies.line_closing.*": {"lender.policies.line_closing": {"score_below": 650, **DATED}},
    "lender.policies.plain_terms.*": {**SHORT_LOANS, "lender.opacity": {}, "lender.policies.plain_terms": DATED},
    "lender.policies.financial_education.half_life": {
        "lender.policies.financial_education": {"attention_gain": 0.9, "reach": 0.9, **DATED}
    },
    "lender.policies.financial_education.*": {"lender.policies.financial_education": {"reach": 0.6, **DATED}},
    "lender.policies.budgeting_help.months": {
        "lender.policies.budgeting_help": {"freed": 0.3, "reach": 0.9, "months": 2, **DATED}
    },
    "lender.policies.budgeting_help.*": {"lender.policies.budgeting_help": {"reach": 0.6, **DATED}},
    "lender.opacity.complains_called": {"lender.opacity": {}, "lender.desk": {"contact_rate": 0.5}},
    "lender.opacity.complains_harsh": {"lender.opacity": {}, "lender.desk": {"contact_rate": 0.5, "pressure": 0.9}},
    "lender.opacity.left_open": {"lender.opacity": {"complains_charged": 0.5}},
    "lender.opacity.*": {**SHORT_LOANS, "lender.opacity": {}},
    "lender.trust.complaints": {**DISTRUST, "lender.opacity": {"complains_charged": 0.9}},
    "lender.trust.pressure": {  # a larger desk calls more often
        **DISTRUST,
        "lender.desk": {"seats": 1, "minutes_per_call": 60},
        "lender.policies.larger_desk": {"times": 8, "starts": "2026-02"},
    },
    "lender.trust.*": DISTRUST,
    "lender.policies.approval.ends": {"lender.policies.approval.starts": "2026-02"},
    "world.labour.benefits.max_weeks": {"world.labour.finding_at_5": 0.12},
    "world.policies.moratorium.most_missed": {"world.policies.moratorium": {"reach": 0.9, **DATED}},
    "lender.policies.restructuring.*": {  # few can bear a plan: all who can take it, and there is time to fail again
        "span.months": 26,
        "lender.policies.restructuring": {"reach": 1.0, "starts": "2026-02", "ends": "2028-01"},
    },
    "lender.behaviour.habits.*": {"lender.behaviour.habits": HABITS},
    "lender.behaviour.windfall_spent": {"world.policies.cheque": DATED},
    "*.card.review_months": {"span.months": 24, "world.bureau": {}},
    "world.bureau*": {  # who repaid comes again: with another score
        "span.months": 26,
        "world.bureau": {},
        "lender.products.instalment.terms": {3: 1.0},
        "lender.products.instalment.again": 0.4,
        "lender.policies.approval.score_cut_off": 650,
    },
    "lender.reach.g*": {  # leverage is what the book's own losses make it
        "lender.reach": {"leverage": "simulated", "per_level": 1.0},
        "world.economy.leverage": 6.0,
    },
    "lender.reach.*": {
        "lender.reach": {"per_level": 1.0},
        "world.economy.leverage": {"baseline": 5.0, "2026-02": 8.0},
    },
    "book.warm_up_world": {"world.economy.unemployment": {"baseline": 5.0, "2025-09": 9.0}},
    "world.economy.leverage": {"lender.reach": {"per_level": 1.0}},
    "world.policies.benefit.reach": {"world.policies.benefit": {"weekly": 300.0, **DATED}},
    "world.policies.benefit.cost_each": {"world.policies.benefit": {"weekly": 300.0, **DATED}},
    "world.policies.benefit.where*": {"world.policies.benefit": {"weekly": 300.0, **DATED}},
    "world.policies.benefit.extra_weeks": {
        "world.labour.finding_at_5": 0.12,
        "world.labour.benefits.max_weeks": 4,
        "world.policies.benefit": DATED,
    },
}

MOVED: dict[str, Any] = {
    "*.card.review_months": 3,
    "world.bureau.exclusion": 0,
    "lender.policies.income_check.error": 0.5,
    "lender.policies.income_check.cost_each": 20.0,
    "lender.policies.stricter_underwriting.cap_cut": 0.0,
    "lender.policies.line_closing.bills_late": 3,
    "lender.policies.line_closing.score_below": 700,
    "lender.policies.credit_cycle.most": 20.0,
    "lender.policies.approval.income_overstatement": 1.0,
    "lender.policies.approval.income_error": 0.5,
    "lender.policies.approval.bureau_coverage": 0.0,
    "lender.policies.approval.leak_rate": 0.9,
    "lender.trust.complaints": 0.5,
    "lender.trust.penalties": 0.5,
    "lender.trust.pressure": 0.5,
    "lender.trust.attrition": 5.0,
    "lender.opacity.complains_*": 0.6,
    "lender.policies.reminders.effect": 0.9,
    "lender.policies.financial_education.attention_gain": 0.9,
    "lender.policies.financial_education.spending_cut": 0.3,
    "lender.policies.financial_education.half_life": 1.0,
    "lender.policies.budgeting_help.freed": 0.6,
    "lender.policies.budgeting_help.card_cut": 0.8,
    "lender.policies.budgeting_help.months": 12,
    "lender.behaviour.habits": HABITS,
    "lender.behaviour.overspending": 0.9,
    "lender.behaviour.minimum_only": 0.9,
    "world.shocks.illness.permanent": 0.5,
    "world.shocks.over_borrowing.cost": 0.9,
    "lender.policies.earlier_contact.first_call": 20,
    "lender.desk.reminder": 40,
    "lender.desk.field_from": 90,
    "lender.desk.field_visits": 0,
    "lender.desk.weekdays": 3,
    "lender.desk.opens": 14,
    "lender.desk.closes": 15,
    "lender.desk.most_calls_day": 1,
    "lender.desk.calls_per_sheet": 1,
    "world.shocks.divorce.months_shortest": 12.0,
    "world.policies.benefit.extra_weeks": 0,
    "lender.policies.restructuring.probation": 1,
    "lender.policies.restructuring.pause": 1,
    "lender.policies.restructuring.longest": 6,
    "lender.policies.restructuring.least_missed": 3,
    "lender.policies.restructuring.most_missed": 3,
    "lender.policies.payment_holiday.most_missed": 0,
    "lender.policies.larger_desk.more": 3,
    "lender.policies.earlier_contact.reminder": 40,
    "lender.policies.debt_sale.from_days": 60,
    "world.shocks.income_cut.most_times": 1.0,  # where the declaration does not say what else would do
    "world.shocks.unemployment.severity": 2.0,
    "world.shocks.strategic_default.contagion": 5.0,
    "world.shocks.disaster.largest": 1.0,
    "world.shocks.d*.months_shortest": 1.0,  # with less than a year to live through after the blow
    "world.shocks.d*.months_longest": 37.0,
    "world.shocks.illness.job_loss": 6.0,
    "world.shocks.*.profile": {"2026-02": 0.3, "2026-06": 2.0},
    "world.policies.cheque.on": ["2026-06-15"],
    "world.policies.cheque.income_below": 5000.0,
    "*.policies.*.reach": 0.1,
    "*.policies.*.cost_each": 5.0,
    "*.policies.*.cost_monthly": 100.0,
    "*.policies.*.where": {"region": ["south"]},
    "*.policies.*.least_missed": 1,
    "*.policies.*.most_missed": 1,
    "*.policies.*.pause": 2,
    "*.starts": "2026-05",
    "*.ends": "2026-08",
    "world.shocks.*.where": {"region": ["south"]},
    "*.where.region": ["south"],
    "*.where.sector": ["retail"],
    "*.where.education": ["school"],
    "*.where.income_quintile": [1],
    "*.where.youngest": 50,
    "*.where.oldest": 30,
    "*.where.score_below": 650,
    "*.instalment.waterfall": ["principal", "interest", "penalty", "fees"],
    "*.legal_cap": 0.22,
    "*.recoveries": {"share": 0.5},
    "*.instalment.terms": {12: 0.5, 36: 0.5},
    "*.most_payment": 0.05,
    "*.instalment.middle_score": 640,
    "*.card.middle_score": 640,
    "*.expense.largest": 0.5,
    "*.instalment.largest": 4000.0,
    "*.card.largest": 4000.0,
    "*.most_rate": 0.16,  # at these prices nobody is near the ceiling; a low one binds
    "*.instalment.default_days": 60,  # not after charge-off
    "*.card.smallest": 5000.0,  # nobody approved has a limit near 500
    "*.reage_after": 5,
    "*.reage_pause": 1,
    "*.reage_age": 0,
    "lender.policies.approval.score_cut_off": 640,
    "lender.policies.approval.debt_service_cap": 0.2,
    "lender.behaviour.engages": [1.0, 0.5, 0.5, 0.2],
    "lender.behaviour.bankruptcy_short": 0.1,
    "lender.behaviour.pays_first": ["card"],
    "world.labour.sector_cyclicality": {"retail": 4.0},
    "world.labour.region_cyclicality": {"south": 3.0},
    "world.labour.education_risk": {"school": 3.0},
    "world.labour.lower_pay_months": 2,
    "world.labour.lower_pay_from": 2,
    "world.labour.benefits.max_weeks": 4,
    "world.labour.benefits": {"take_up": 0.9},
    "world.economy.unemployment": 5.5,
    "world.economy.job_finding": 0.2,
    "world.economy.policy_rate": {"baseline": 4.0, "2026-03": 8.0},
    "world.economy.squeeze": 5.0,
    "world.economy.claims": {"baseline": 100.0, "2026-02": 200.0},
    "world.economy.leverage": 6.0,
    "lender.reach.leverage": "simulated",
    "lender.reach.given_until": "2026-06",
    "lender.reach.per_growth": 5.0,
    "book.warm_up_world": "path",
    "world.economy.restraint": {"baseline": 0.0, "2026-03": 10.0},
    "book.recipe": "cn",
    "book.borrowers": 900,
    "book.warm_up": 6,
    "book.due_days": [18],
    "book.segments": ["region"],
    "book.follow_months": 0,
    "book.growth": 0.5,
}

AIMS_REFUSED = ("income_quintile", "youngest", "oldest", "score_below")
ANY_AIM = ("", *(f".{name}" for name in Target.model_fields))
NO_AIM = "jobs are lost by region, sector and education alone; unemployment refuses this aim"
EXCEPTIONS = {
    **{f"world.shocks.unemployment.where.{name}": NO_AIM for name in AIMS_REFUSED},
    **{
        f"world.shocks.rate_rise.where{name}": "it reaches all contracts that float; any aim is refused"
        for name in ANY_AIM
    },
    "world.economy.history": "a folder of series; it has its own tests",
    "lender.behaviour.habits.file": "other habits are another file; they have their own tests",
    "book.tape": "a tape replaces the drawn book; it has its own tests",
}
DEAD: dict[str, str] = {}


def fitting(table: dict[str, Any], path: str) -> Any:
    if path in table:
        return table[path]
    return next((value for pattern, value in table.items() if fnmatch(path, pattern)), None)


def both(path: str, value: Any, company: dict[str, Any]) -> tuple[Result, Result]:
    return ran(company, WORLD), ran({**company, path: value}, WORLD)


def differs(path: str, value: Any, company: dict[str, Any]) -> bool:
    before, after = both(path, value, company)
    return not (before.panel.equals(after.panel) and before.policies.equals(after.policies))


def goes_as_said(lever: Lever, value: Any, before: Result, after: Result) -> None:
    """A number moved up or down moves its measure the way that is said of it."""
    default = lever.field.get_default(call_default_factory=True)
    if not isinstance(value, (int, float)) or not isinstance(default, (int, float, type(None))):
        return  # names, dates and lists say which, not how much
    said = said_of(lever.path)
    if said is None:
        return
    usual = WORLD
    for key in lever.path.split("."):
        usual = usual.get(key, default) if isinstance(usual, dict) else default
    company = world_of(lever)
    at = company.get(lever.path, usual)
    for place, entries in company.items():  # the company may have set it
        if lever.path.startswith(place + ".") and isinstance(entries, dict):
            at = entries.get(lever.path.removeprefix(place + "."), at)
    measure, sign = said
    up = sign if at is not None and value > at else -sign  # none stands for without bound
    was, now = MEASURES[measure](before), MEASURES[measure](after)
    assert (now - was) * up > 0, f"{lever}: {at!r} to {value!r} took {measure!r} from {was} to {now}"


def world_of(lever: Lever) -> dict[str, Any]:
    company = dict(fitting(COMPANY, lever.path) or {})
    if lever.path.startswith("lender.reserve"):
        company["lender.reserve"] = {"kind": "days_late"}
    if lever.path.startswith(("lender.policies.larger_desk", "lender.policies.earlier_contact")):
        few = "larger" in lever.path
        company["lender.desk"] = {"seats": 1 if few else 50, "minutes_per_call": 60 if few else 6, "reminder": 0}
    place = ".".join(lever.path.split(".")[:3])
    if ".policies." in lever.path and place not in company and "approval" not in place:
        company[place] = DATED  # the policy is there in both runs
    return company


@pytest.mark.parametrize("lever", LEVERS, ids=str)
def test_every_lever_moves_something(lever: Lever, request: pytest.FixtureRequest) -> None:
    if lever.path in EXCEPTIONS:
        pytest.skip(EXCEPTIONS[lever.path])
    if lever.path in DEAD:
        request.applymarker(pytest.mark.xfail(reason=DEAD[lever.path], strict=True))
    value = fitting(MOVED, lever.path)
    value = another_value(lever) if value is None else value
    assert value is not None, f"{lever}: say in MOVED what else it may be"
    before, after = both(lever.path, value, world_of(lever))
    same = before.panel.equals(after.panel) and before.policies.equals(after.policies)
    assert not same, f"{lever}: moved to {value!r}, and nothing changed"
    if ".shocks." in lever.path or ".policies." in lever.path:
        goes_as_said(lever, value, before, after)


@pytest.mark.parametrize("name", AIMS_REFUSED)
def test_an_aim_that_would_do_nothing_is_refused(name: str) -> None:
    value = [1] if name == "income_quintile" else 30
    with pytest.raises(ScenarioError, match=name):
        from_dict(laid_over(WORLD, {"world.shocks.unemployment": {**DATED, "where": {name: value}}}))


def test_what_the_labour_market_knows_by_name_is_in_the_recipes() -> None:
    """Cyclicality of a sector that no recipe has would change nothing."""
    recipes = [Recipe.read(preset) for preset in ("us", "cn")]
    sectors = {name for recipe in recipes for name in recipe.sectors}
    educations = {name for recipe in recipes for name in recipe.educations}
    assert set(Labour().sector_cyclicality) == sectors
    assert set(Labour().education_risk) == educations


def test_unemployment_without_a_start_is_background() -> None:
    """It is there in the warm-up too, so the span begins in its own steady state, as with a higher path."""
    changes = {"world.economy.unemployment": 5.0, "world.shocks.unemployment": {"severity": 3.0}}
    higher = ran({"world.economy.unemployment": 8.0}, WORLD)
    assert ran(changes, WORLD).panel.equals(higher.panel)


RECIPE = list(parameters(Recipe, "book.recipe"))
RECIPE_DEAD: dict[str, str] = {}
RECIPE_MOVED: dict[str, Any] = {
    "book.recipe.preset": "cn",
    "book.recipe.single_earner_loss": [0.5, 0.6],
    "book.recipe.second_earner_loss": [0.6, 0.7],
    "book.recipe.regions": {"south": 0.5, "north": 0.5},
    "book.recipe.sectors": {"retail": 0.5, "mining": 0.5},
    "book.recipe.educations": {"school": 0.9, "degree": 0.1},
    "book.recipe.correlations": {"savings/score": 0.2},
    "book.recipe.score": {0.0: 550, 0.5: 650, 1.0: 800},
    "book.recipe.age": {0.0: 20, 0.5: 50, 1.0: 70},
    "book.recipe.essential_most": 0.6,
}


@pytest.mark.parametrize("lever", RECIPE, ids=str)
def test_every_quality_of_the_borrowers_moves_something(lever: Lever, request: pytest.FixtureRequest) -> None:
    if lever.path in RECIPE_DEAD:
        request.applymarker(pytest.mark.xfail(reason=RECIPE_DEAD[lever.path], strict=True))
    value = RECIPE_MOVED.get(lever.path)
    if value is None:
        value = smaller(getattr(Recipe.read("us"), lever.name))
    company = {"book.recipe": {"preset": "us"}}
    assert differs(lever.path, value, company), f"{lever}: moved to {value!r}, and nothing changed"


def smaller(value: Any) -> Any:
    """A figure, a list of figures or a table of quantiles, each value a tenth smaller."""
    if isinstance(value, dict):
        return {key: smaller(held) for key, held in value.items()}
    if isinstance(value, (list, tuple)):
        return [smaller(held) for held in value]
    return value * 0.9
