"""One borrower's life: the lines add up to the balance, looking on changes nothing, the slow twin lives the same."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from simulator.cli.commands import loanbook
from simulator.errors import ScenarioError
from simulator.run import run
from simulator.trace import (
    Life,
    Ready,
    beside,
    events_of,
    ledger_frame,
    letters,
    life_frame,
    like,
    sheets_of,
    spans_of,
    story_of,
)
from tests.small_worlds import BUSY, laid_over, scenario
from tests.twin.beside import Side

WITH_ALL: dict[str, Any] = {
    "book.borrowers": 900,
    "lender.desk": {"seats": 2},
    "lender.policies.holiday": {"kind": "payment_holiday", "reach": 0.8, "least_missed": 0},
    "lender.policies.waiver": {"kind": "interest_writedown", "reach": 0.5, "least_missed": 1},
    "lender.policies.sale": {"kind": "debt_sale"},
    "lender.products.instalment.again": 0.1,
    "world.policies.cheques": {"kind": "cheque", "amount": 600.0, "starts": "2026-06", "ends": "2026-06"},
}
SPAN = laid_over(BUSY, WITH_ALL)


@lru_cache(maxsize=1)
def ready() -> Ready:
    made = scenario(SPAN)
    return Ready.of(made, made.seed)


@lru_cache(maxsize=1)
def plain() -> Any:
    return run(scenario(SPAN), unshocked=False)


@lru_cache(maxsize=16)
def life(borrower: int) -> tuple[Life, Any]:
    return ready().watched(borrower)


def failures(count: int) -> list[int]:
    return [int(number) for number in plain().causes["borrower"].drop_duplicates().iloc[:: max(1, 40 // count)][:count]]


def there(count: int) -> list[int]:
    """Some who are in the book when the span begins."""
    return [int(number) for number in ready().state.book.blocks[0].id if number >= 0][:count]


def balances(told: Life) -> dict[tuple[str, int], int]:
    """Sums of the lines by product and month's end."""
    clock, found, running = told.setting.clock, {}, defaultdict[str, int](int)
    lines = sorted(enumerate(told.lines), key=lambda pair: (pair[1].day, pair[0]))
    for month in range(clock.months):
        while lines and lines[0][1].day <= clock.month_end(month):
            line = lines.pop(0)[1]
            running[line.product] += line.amount
            assert running[line.product] == line.balance
        found.update({(name, month): running[name] for name in told.setting.products})
    assert not lines
    return found


def test_lines_add_up_to_the_balance_at_every_month_end() -> None:
    whats: set[str] = set()
    for borrower in [*failures(6), *there(4)]:
        told, _ = life(borrower)
        sums = balances(told)
        for month in told.months:
            for name, debt in month.debts.items():
                assert debt.balance == sums[name, month.month], (borrower, month.month, name)
        whats |= {line.what for line in told.lines}
    assert {"paid", "interest", "fees", "charged off"} <= whats


def test_looking_on_changes_nothing() -> None:
    (borrower,) = failures(1)
    _, state = life(borrower)
    assert state.panel.frame().to_csv() == plain().panel.to_csv()
    assert state.book.next_id > 900


TWIN_WORLD = {**SPAN, "book": {**SPAN["book"], "borrowers": 300, "warm_up": 0}}


def test_the_slow_twin_lives_the_same_lives() -> None:
    made = scenario(TWIN_WORLD)
    own = Ready.of(made, made.seed)
    result = run(made, unshocked=False)
    chosen = [int(number) for number in result.causes["borrower"].drop_duplicates()[:4]] + [0, 1]
    lives = {number: {month.month: month for month in own.watched(number)[0].months} for number in chosen}
    compared = 0
    side = Side(made)
    for month in side.months():
        for number, months in lives.items():
            person, here = side.people.get(number), months.get(month)
            if person is None or here is None or not here.here:
                continue
            assert here.savings == person.savings, (number, month)
            for account in person.accounts:
                debt = here.debts.get(account.name)
                if debt is not None:
                    assert debt.balance == account.balance, (number, month, account.name)
                    compared += 1
    assert compared > 50


@pytest.mark.parametrize("borrower", [-1, 10**9])
def test_nobody_of_that_number(borrower: int) -> None:
    with pytest.raises(Exception, match="numbers go from 0"):
        ready().watched(borrower)


# Finding somebody -----------------------------------------------------------------------------------------------


def main_causes(borrower: int) -> set[str]:
    causes = plain().causes
    return set(causes.loc[causes["borrower"] == borrower, "main_cause"])


def test_failures_are_found_by_their_cause() -> None:
    found = like(ready(), "failure")
    assert main_causes(found.borrower)
    assert "job_loss" in main_causes(like(ready(), "job-loss").borrower)
    assert "expense" in main_causes(like(ready(), "expense").borrower)
    told, _ = life(found.borrower)
    (default, *_) = told.defaults
    assert any(month.debts[default["product"]].defaulted or default["bankrupt"] for month in told.months)
    assert like(ready(), "failure") == found


def test_the_spiral_is_the_default_with_most_penalty() -> None:
    causes = plain().causes
    large = causes[causes["balance"] >= causes["balance"].median()]
    large = large[large["first_missed"].dt.date >= ready().setting.clock.start]
    share = (large["penalty_and_fees"] / large["balance"]).clip(upper=1.0)
    assert like(ready(), "penalty-spiral").borrower == min(large.loc[share == share.max(), "borrower"])


def test_a_success_was_in_trouble_and_is_current() -> None:
    told, _ = life(like(ready(), "success").borrower)
    assert not told.defaults
    assert max(debt.days_late for month in told.months for debt in month.debts.values()) >= 30
    assert any(month.struck for month in told.months)
    last = told.months[-1]
    assert last.here
    assert all(debt.days_late == 0 for debt in last.debts.values())
    assert any(debt.balance > 0 or debt.status == 1 for debt in last.debts.values())


def test_what_is_not_there_is_said() -> None:
    with pytest.raises(ScenarioError, match=r"not a kind of life.*penalty-spiral.*illness"):
        like(ready(), "bad_luck")
    with pytest.raises(ScenarioError, match=r"no default of .* that main cause; there are: .*\(\d+\)"):
        like(ready(), "unclear_terms")


# What is told ----------------------------------------------------------------------------------------------------


def test_the_story_says_what_happened() -> None:
    told, _ = life(like(ready(), "job-loss").borrower)
    text = " ".join(story_of(told))
    for words in (f"Borrower {told.borrower}", "usual income", "ost the job on", "main cause by the rule is job loss"):
        assert words in text
    days = [event.day for event in events_of(told)]
    assert days == sorted(days)
    for span in spans_of(told):
        assert span.first <= span.last
    ledger = ledger_frame(told)
    for product, lines in ledger.groupby("product"):
        assert round(lines["amount"].sum(), 2) == lines["balance"].iloc[-1], product
    assert len(life_frame(told)) == len(told.months)


def test_income_received_is_less_out_of_work() -> None:
    told, _ = life(like(ready(), "job-loss").borrower)
    out = [month for month in told.months if month.spells & 1 and month.out_since < month.day - 31]
    assert out
    assert all(month.received < month.income for month in out)


def test_beside_the_same_person_lives_with_the_same_luck() -> None:
    calmer = scenario(laid_over(SPAN, {"lender.policies.plan": {"kind": "restructuring", "reach": 1.0}}))
    found = beside(scenario(SPAN), calmer, None, "failure")
    assert found.other is not None
    assert found.life.borrower == found.other.borrower
    assert found.life.months[0].income == found.other.months[0].income
    assert [m.struck for m in found.life.months] == [m.struck for m in found.other.months[: len(found.life.months)]]
    assert found.life.months[0].savings == found.other.months[0].savings
    elsewhere = scenario(laid_over(SPAN, {"book.recipe": "cn"}))
    with pytest.raises(ScenarioError, match=r"book\.recipe differs"):
        beside(scenario(SPAN), elsewhere, None, "failure")


def test_two_lives_stand_side_by_side_with_differences_marked() -> None:
    cheaper = scenario(
        laid_over(SPAN, {"lender.products.card.late_fee": 1.0, "lender.products.instalment.late_fee": 1.0})
    )
    found = beside(scenario(SPAN), cheaper, None, "penalty-spiral")
    assert found.other is not None
    *_, lines = sheets_of(found)
    assert lines.heads[:4] == ["date", "product", "what", ""]
    assert lines.differing
    for number, row in enumerate(lines.rows):
        (amount, other), (balance, there) = row[4:6], row[6:8]
        assert (number in lines.differing) == (row[3] == "*") == ((amount, balance) != (other, there))
    for column, told in ((4, found.life), (5, found.other)):
        cents = [round(float(row[column].replace(",", "")) * 100) for row in lines.rows if row[column]]
        assert cents == [line.amount for line in told.lines]
    assert "* where they differ" in letters(found)
    twice = beside(scenario(SPAN), scenario(SPAN), None, "failure")
    assert not any(sheet.differing for sheet in sheets_of(twice))
    assert "the same in everything shown" in letters(twice)


# The command -----------------------------------------------------------------------------------------------------


def asked(*words: str) -> tuple[int, str, str]:
    ran = CliRunner().invoke(loanbook, ["trace", *words])
    return ran.exit_code, ran.stdout, ran.stderr


SMALL = ("us_cards", "--borrowers", "600", "--months", "12", "--set", "book.warm_up=2")


def test_the_command_prints_and_writes(tmp_path: Path) -> None:
    out = tmp_path / "one"
    code, text, _ = asked(*SMALL, "--like", "success", "--beside", "us_cards_severe_2026", "--out", str(out))
    assert code == 0
    for words in (
        "Chosen: ",
        "Side by side: A is us cards, B is us cards severe 2026",
        "What happened",
        "The household, USD",
        "Every line of the ledger, USD",
        "trace.html",
    ):
        assert words in text
    assert "\x1b" not in text
    assert {entry.name for entry in out.iterdir()} == {"trace.html", "life.csv", "ledger.csv", "provenance.json"}
    page = (out / "trace.html").read_text(encoding="utf-8")
    assert "<svg" in page
    assert "http" not in page.replace("http-equiv", "")
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "either --borrower ID or --like KIND"),
        (("--borrower", "1", "--like", "failure"), "not both"),
        (("--borrower", "99999999"), "numbers go from 0 to"),
        (("--like", "nonsense"), "not a kind of life"),
        (("--borrower", "1", "--beside", "cn_platform"), "differs from us_cards"),
    ],
)
def test_mistakes_are_told(words: tuple[str, ...], told: str) -> None:
    code, _, error = asked(*SMALL, *words)
    assert code == 2
    assert told in error


def test_nothing_is_written_where_something_else_lies(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    code, _, error = asked(*SMALL, "--like", "success", "--out", str(tmp_path))
    assert code == 2
    assert "not an earlier run" in error
    assert [entry.name for entry in tmp_path.iterdir()] == ["mine.txt"]


def test_who_is_found_is_in_the_other_book_too() -> None:
    started = {int(number) for block in ready().state.book.blocks for number in block.id if number >= 0}
    some = np.array(sorted(started)[::2])
    for kind in ("failure", "success", "penalty-spiral"):
        assert like(ready(), kind, among=some).borrower in set(some.tolist())
