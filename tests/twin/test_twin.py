"""The engine and the slow twin agree to the cent: every borrower, every account, every total, every month."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator.draws import LANES, Draws, mix
from simulator.lending import Lending
from simulator.run import _live
from tests.small_worlds import scenario
from tests.twin.beside import EVENTS, FLOWS, Side
from tests.twin.debts import Tally
from tests.twin.luck import Luck
from tests.twin.processes import opening_book, run_process_per_borrower, sized

HABITS = str(Path(__file__).parents[2] / "scenarios/data/taiwan_habits.csv")
CARD, LOAN = "lender__products__card__", "lender__products__instalment__"
WORLD: dict[str, Any] = {
    "span": {"start": "2026-01", "months": 36},
    "book__borrowers": 500,
    "book__warm_up": 0,
    "book__segments": [],
    "book__due_days": [1, 3, 17, 28],
    "world__economy__unemployment": {"baseline": 5.0, "2026-03": 9.0, "2027-03": 7.0},
    "world__shocks__wave": {
        "kind": "illness",
        "starts": "2026-06",
        "ends": "2027-06",
        "profile": "pulse",
        "severity": 6,
        "where": {"oldest": 50, "income_quintile": [1, 2, 3]},
    },
    "world__shocks__plant_closes": {
        "kind": "unemployment",
        "severity": 4.0,
        "starts": "2026-05",
        "where": {"education": ["school"]},
    },
}
CN_STYLE = {
    "book__recipe": "cn",
    "lender__currency": "CNY",
    "world__shocks__plant_closes": None,
    LOAN + "terms": {3: 0.3, 6: 0.4, 12: 0.3},
    LOAN + "penalty_multiple": 1.5,
    LOAN + "legal_cap": 0.24,
    LOAN + "again": 0.1,
    CARD + "penalty_multiple": 1.5,
    CARD + "legal_cap": 0.24,
    CARD + "late_fee": 0.0,
    CARD + "late_fee_share": 0.05,
}
MOVING_RATES = {
    "world__economy__policy_rate": {"baseline": 4.0, "2026-06": 8.0, "2027-06": 0.5, "2028-01": -3.0},
    "world__economy__wages": {"baseline": 2.0, "2026-06": -4.0},
    "world__economy__prices": {"baseline": 2.0, "2026-06": 8.0},
    "world__economy__restraint": {"baseline": 0.0, "2026-04": 15.0, "2026-09": 3.0},
    LOAN + "floating": 1.5,
}
BACKGROUND: dict[str, Any] = {name: {"kind": name} for name in ("illness", "income_cut", "expense")}
CASES: dict[str, dict[str, Any]] = {
    "closed, both products": {"book__closed": True, "book__warm_up": 3},
    "open, by segments": {"book__warm_up": 8, "book__segments": ["income_quintile", "sector"]},
    "equal principal": {LOAN + "method": "equal_principal"},
    "interest only": {LOAN + "method": "interest_only"},
    "principal first": {
        LOAN + "waterfall": ["principal", "interest", "penalty", "fees"],
        LOAN + "penalty_multiple": 1.5,
    },
    "interest first": {
        LOAN + "waterfall": ["interest", "principal", "fees", "penalty"],
        LOAN + "penalty_multiple": 2.0,
    },
    "legal cap": {
        LOAN + "penalty_multiple": 1.5,
        LOAN + "legal_cap": 0.24,
        LOAN + "late_fee_share": 0.03,
        CARD + "penalty_multiple": 1.5,
        CARD + "legal_cap": 0.24,
    },
    "cn style": CN_STYLE,
    "rates, wages and prices move": MOVING_RATES,
    "lenders reach down as card debt grows": {
        "book__warm_up": 12,
        "book__warm_up_world": "path",
        "world__economy__unemployment": {"baseline": 6.0, "2025-01": 7.0, "2025-09": 9.0, "2026-04": 8.0},
        "world__economy__claims": {"baseline": 100.0, "2025-06": 150.0, "2026-03": 80.0},
        "world__economy__leverage": {"baseline": 6.0, "2025-06": 7.0, "2026-02": 9.0},
        "world__economy__squeeze": {"baseline": 0.0, "2026-02": 6.0},
        "world__labour__lower_pay_from": 2,
        "lender__reach": {
            "leverage": "simulated",
            "given_until": "2026-03",
            "per_level": 1.0,
            "per_growth": 3.0,
            "burden": 0.8,
        },
        CARD + "limit_out_of_work": 0.2,
    },
    "interest above the instalment": {
        LOAN + "floating": 2.0,
        LOAN + "terms": {120: 1.0},
        LOAN + "least_rate": 0.3,
        "world__economy__policy_rate": {"baseline": 4.0, "2026-02": 20.0},
    },
    "interest-free loans": {
        LOAN + "rate": 0.0,
        LOAN + "rate_per_100_points": 0.0,
        LOAN + "least_rate": 0.0,
        LOAN + "terms": {6: 1.0},
        LOAN + "late_fee": 0.0,
    },
    "small cards, hard times": {
        "world__economy__unemployment": {"baseline": 5.0, "2026-03": 20.0},
        "world__shocks__plant_closes": None,
        "lender__behaviour__bankruptcy_late": 0.0,
        CARD + "smallest": 50.0,
        CARD + "limit_months": 0.05,
    },
    "re-ageing": {
        "lender__behaviour__draw_down": 0.02,
        CARD + "reage_after": 1,
        CARD + "reage_age": 0,
        CARD + "blocked_from": 12,
        CARD + "minimum_share": 0.005,
    },
    "relief by agreement": {
        "lender__policies": {
            "approval": {},
            "holiday": {"kind": "payment_holiday", "starts": "2026-02", "reach": 0.5},
            "less": {"kind": "reduced_instalment", "starts": "2026-04", "ends": "2027-12", "reach": 0.8},
            "longer": {"kind": "term_extension", "starts": "2026-03", "reach": 0.6, "pause": 3},
            "cheaper": {"kind": "interest_writedown", "where": {"income_quintile": [1, 2]}, "reach": 0.7},
            "plan": {"kind": "restructuring", "starts": "2026-04", "reach": 0.9, "pause": 4},
        },
        LOAN + "penalty_multiple": 1.5,
        CARD + "penalty_multiple": 1.5,
    },
    "the state helps": {
        "world__policies": {
            "weeks": {"kind": "benefit", "starts": "2026-04", "extra_weeks": 13, "extra_take_up": 0.4},
            "sum": {"kind": "benefit", "starts": "2026-06", "ends": "2027-03", "weekly": 310.55, "reach": 0.8},
            "cheques": {"kind": "cheque", "starts": "2026-05", "on": ["2026-05-15", "2026-12-31"], "amount": 1200.0},
            "short_time": {"kind": "wage_subsidy", "starts": "2026-04", "replaced": 0.7},
            "students": {"kind": "debt_holiday", "starts": "2026-06", "ends": "2027-08", "share": 0.3, "reach": 0.6},
            "poor": {"kind": "cheque", "starts": "2026-07-20", "income_below": 3000.0, "where": {"youngest": 30}},
        },
        "lender__policies__freeze": {"kind": "penalty_cap", "starts": "2026-07", "ends": "2027-06"},
        LOAN + "penalty_multiple": 1.5,
    },
    "a moratorium": {
        "world__policies": {"law": {"kind": "moratorium", "starts": "2026-04", "ends": "2026-10-31", "reach": 0.6}},
        LOAN + "method": "equal_principal",
        LOAN + "penalty_multiple": 1.5,
    },
    "cash runs out in new ways": {
        "world__shocks": {
            **BACKGROUND,
            "short": {"kind": "short_time_work", "starts": "2026-04", "ends": "2027-06", "profile": "pulse"},
            "parted": {"kind": "divorce", "incidence": 0.2, "where": {"oldest": 50}},
            "widowed": {"kind": "death", "incidence": 0.05},
            "dear": {"kind": "cost_of_living", "starts": "2026-05", "profile": "ramp", "ends": "2027-02"},
            "rates": {"kind": "rate_rise", "severity": 3.0, "starts": "2026-06-15"},
            "flood": {"kind": "disaster", "starts": "2026-09", "ends": "2026-10-20", "relief": 0.3},
        },
        "world__economy__prices": {"baseline": 2.0, "2026-06": 6.0},
        LOAN + "floating": 1.0,
        "book__warm_up": 5,
    },
    "those who stop, stack and wait for pay": {
        "world__shocks": {
            **BACKGROUND,
            "late": {"kind": "late_wages", "incidence": 0.5},
            "stop": {"kind": "strategic_default", "base": 0.02, "contagion": 0.5, "starts": "2026-03"},
            "stack": {"kind": "over_borrowing", "incidence": 0.6},
        },
        "lender__trust": {"defaults": 0.2},
        "book__warm_up": 13,
        LOAN + "terms": {6: 0.5, 24: 0.5},
        LOAN + "again": 0.2,
    },
    "trust is lost": {
        "lender__trust": {"defaults": 0.2, "penalties": 0.1, "attrition": 9.0, "retention": 1.0},
        "world__economy__unemployment": {"baseline": 5.0, "2026-03": 14.0},
        "book__warm_up": 13,
        LOAN + "again": 0.2,
        LOAN + "terms": {6: 0.5, 24: 0.5},
    },
    "a desk with too few seats": {
        "lender__desk": {
            "seats": 2,
            "minutes_per_call": 40.0,
            "calls_per_sheet": 4,
            "contact_rate": 0.3,
            "field_from": 60,
            "field_visits": 1,
            "pressure": 0.2,
        },
        "lender__policies": {
            "approval": {},
            "more": {"kind": "larger_desk", "starts": "2027-02", "times": 1.5, "more": 1},
            "sooner": {"kind": "earlier_contact", "starts": "2027-06"},
            "holiday": {"kind": "payment_holiday", "starts": "2026-04", "offered_to": "behind"},
            "plan": {"kind": "restructuring", "starts": "2026-03", "least_missed": 1, "offered_to": "behind"},
        },
    },
    "a desk without memory, and debts sold": {
        "book__warm_up": 5,
        "lender__desk": {
            "seats": 1,
            "weekdays": 6,
            "opens": 8,
            "closes": 22,
            "minutes_per_call": 100.0,
            "calls_per_sheet": 3,
            "contact_rate": 0.3,
            "memoryless": True,
        },
        "lender__policies": {"approval": {}, "sale": {"kind": "debt_sale", "starts": "2026-08"}},
    },
    "taught, advised and reminded": {
        "lender__policies": {
            "approval": {},
            "course": {"kind": "financial_education", "starts": "2026-04", "reach": 0.5, "attention_gain": 0.4},
            "advice": {"kind": "budgeting_help", "starts": "2026-03", "reach": 0.6, "months": 9, "freed": 0.2},
            "debit": {"kind": "autopay", "starts": "2026-08", "ends": "2027-10", "where": {"youngest": 30}},
            "text": {"kind": "reminders", "reach": 0.7, "effect": 0.4},
        },
    },
    "terms not understood": {
        "lender__opacity": {"clarity": 0.4, "surprise": 0.6, "complains_surprised": 0.3, "complains_charged": 0.3},
        "lender__desk": {"pressure": 0.3, "contact_rate": 0.2, "seats": 1},
        "lender__policies__clearer": {"kind": "plain_terms", "starts": "2026-07", "reach": 0.8, "clears": 0.6},
        "book__warm_up": 5,
        LOAN + "again": 0.2,
        LOAN + "terms": {3: 0.5, 12: 0.5},
    },
    "lines are cut and closed": {
        "lender__policies": {
            "approval": {"leak_rate": 0.2, "income_overstatement": 0.2, "bureau_coverage": 0.5},
            "cut": {"kind": "limit_cut", "starts": "2026-04", "ends": "2027-04", "reach": 0.7, "room": 0.1},
            "late": {"kind": "line_closing", "starts": "2026-08", "reach": 0.8},
            "poor": {
                "kind": "line_closing",
                "starts": "2027-06",
                "ends": "2028-03",
                "bills_late": 0,
                "score_below": 650,
            },
            "plan": {"kind": "restructuring", "starts": "2026-04"},
        },
        "book__warm_up": 5,
    },
    "the ill lose their jobs": {"world__shocks": {"illness": {"kind": "illness", "job_loss": 8.0}}},
    "the bureau remembers": {
        **CN_STYLE,
        "world__bureau": {"heal_30_low": 3, "heal_90_low": 6, "elsewhere": 0.5},
        LOAN + "again": 0.3,
        "lender__policies__closed": {"kind": "line_closing", "starts": "2026-06", "score_below": 560},
    },
    "cards are reviewed by the score of the day": {
        "book__warm_up": 12,
        "world__bureau": {"heal_30_low": 3, "heal_90_low": 6},
        CARD + "review_months": 3,
        CARD + "rate_per_100_points": 0.1,
        CARD + "most_rate": 0.25,  # and not above it
    },
    "payment habits": {
        "lender__behaviour__habits": {"file": HABITS, "first_use": 0.03},
        "lender__policies": {
            "approval": {},
            "holiday": {"kind": "payment_holiday", "starts": "2026-03", "reach": 0.3},
            "plan": {"kind": "restructuring", "starts": "2026-06", "reach": 0.3},
        },
        "book__warm_up": 5,
        LOAN + "again": 0.2,
        CARD + "minimum_share": 0.05,
        CARD + "minimum_adds_interest": False,
        CARD + "blocked_from": 4,
    },
    "few to a block, loans again": {
        "book__borrowers": 60,
        "book__due_days": list(range(1, 29)),
        "book__warm_up": 4,
        LOAN + "terms": {3: 1.0},
        LOAN + "again": 0.3,
        CARD + "share": 0.3,
    },
}
NEED_THEM_ALL = {"a desk with too few seats"}  # or too little happens; of others a fifth of a book is lived every day


def agree(changes: dict[str, Any]) -> Tally:
    """Both lived side by side without a difference; returns what happened in all months."""
    side = Side(scenario(**{**WORLD, LOAN + "late_fee": 15.0, **changes}))
    lived, seen = 0, Tally()
    for month in side.months():
        wrong = side.differences(month)
        assert not wrong, f"{len(wrong)} differences:\n" + "\n".join(wrong[:12])
        lived += len(side.people)
        seen += side.house.tally
        seen["", "distrust"] += side.house.trust < 1.0
        seen.update(("struck", name) for person in side.people.values() for name in person.struck)
    assert not side.defaults_differ()[:12]
    assert lived > 1000, "the book was all but empty"
    for event in ("paid", "fees", "defaults", "charge_off_accounts"):
        assert sum(number for (_, what), number in seen.items() if what == event) > 0, f"no {event}"
    return seen


@pytest.mark.long
@pytest.mark.parametrize("case", CASES)
def test_to_the_cent(case: str, full_size: bool) -> None:
    large = full_size or case in NEED_THEM_ALL
    seen = agree(CASES[case] if large else {"book__borrowers": 90, **CASES[case]})
    assert seen["card", "reaged"] > 0 or case != "re-ageing"
    happened = {what for (_, what), number in seen.items() if number}
    assert happened >= {"points_lost", "healed", "slow to heal"} or case != "the bureau remembers"
    assert happened >= {"dearer card", "cheaper card"} or "reviewed" not in case
    assert happened >= {"payment_holiday", "reduced_instalment", "term_extension"} or case != "relief by agreement"
    assert happened >= {"interest_writedown", "restructuring", "written_down"} or case != "relief by agreement"
    shocks = CASES[case].get("world__shocks", {}).items()
    struck = {("struck", name) for name, shock in shocks if shock["kind"] not in ("rate_rise", *BACKGROUND)}
    assert {key for key in seen if key[0] == "struck"} >= struck
    assert happened >= {"taught", "counselled", "remembered"} or case != "taught, advised and reminded"
    complaints = {"complaints surprised", "complaints charged", "complaints harsh", "complaints_open"}
    assert happened >= {*complaints, "surprised", "spoken plainly"} or case != "terms not understood"
    assert happened >= {f"status {place}" for place in range(1, 8)} or case != "payment habits"
    assert "distrust" in happened or case != "trust is lost"
    assert happened >= {"limit_cut", "line_closing"} or case != "lines are cut and closed"
    assert "moratorium" in happened or case != "a moratorium"
    desk = {"calls", "reached", "promises_kept", "harsh_calls", "field_visits", "reminders", "waiting", "days_waited"}
    assert happened >= desk or case != "a desk with too few seats"
    assert happened >= {"waiting", "promises_kept", "sold"} or "a desk without memory" not in case
    assert happened >= {"cheques", "topped_up", "subsidised", "suspended"} or case != "the state helps"


def test_to_the_cent_where_blows_strike_unevenly(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = Lending.persons

    def uneven(self: Lending, people: Any, mixed: Any, book: Any) -> Any:
        persons = usual(self, people, mixed, book)
        persons.columns["prone"] = (self.draws.uniform("test.prone", 0, mixed) * 4.0 - 1.0).astype(np.float32)
        return persons

    monkeypatch.setattr(Lending, "persons", uneven)
    agree({**CASES["cash runs out in new ways"], "world__economy__unemployment": {"baseline": 5.0, "2026-03": 9.0}})


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10, 11))
@pytest.mark.parametrize("case", ["open, by segments", "cn style", "legal cap"])
def test_to_the_cent_with_more_borrowers(case: str, seed: int, full_size: bool) -> None:
    borrowers = 3000 if full_size else 100
    agree({**CASES[case], "seed": seed, "book__borrowers": borrowers, "book__due_days": list(range(1, 29))})


def test_the_luck_of_one_is_that_of_the_column() -> None:
    ids = np.array([0, 1, 2, 77, 10**9, 2**40 + 1])
    for purpose in ("bankruptcy", "labour.find", *LANES):
        for day in (-2000, -1, 0, 1, 31, 20000):
            column = Draws(5).uniform(purpose, day, mix(ids))
            assert column.tolist() == [Luck(5, int(number))(purpose, day) for number in ids]
            high, low = Draws(5).pair(purpose, day, mix(ids))
            assert list(zip(high, low, strict=True)) == [Luck(5, int(number)).pair(purpose, day) for number in ids]


def test_a_process_per_borrower_has_the_engines_totals() -> None:
    borrowers, months = 300, 24
    plain = scenario(**WORLD, lender__products={"loan": {"kind": "instalment"}})
    totals = run_process_per_borrower(plain, borrowers, months)
    setting, state = opening_book(sized(plain, borrowers, months))
    _live(setting, state, setting.paths(shocked=True), 0, months, False, False, None)
    for what in (*FLOWS, *EVENTS):
        engine = state.panel.cells["loan"][what].sum(axis=1).tolist()
        assert engine == [totals[month]["loan", what] for month in range(months)], what
    assert sum(totals[month]["loan", "charge_off_accounts"] for month in range(months)) > 0
