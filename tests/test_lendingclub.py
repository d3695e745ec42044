"""LendingClub: every layout its tapes have come in, the span over its loans, the scorecard, and each loan foreseen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from simulator.cli import loanbook
from simulator.errors import ScenarioError, TapeError
from simulator.loans import accounts
from simulator.loans.lives import Fates, fates, tape_of
from simulator.loans.smooth import smoothed
from simulator.run import run
from simulator.scenario import Scenario, load
from simulator.tape import TapePlan, read
from simulator.tape.scorecard import Term

LOANS = 90


def made_up(seed: int = 0) -> pd.DataFrame:
    """Loans in the columns of the file of 2007 to 2009."""
    luck = np.random.default_rng(seed)
    amount = luck.integers(20, 250, LOANS) * 100
    rate = luck.uniform(0.07, 0.22, LOANS).round(4)
    term = luck.choice([36, 60], LOANS)
    grade = np.array(list("ABCDEFG"))[np.clip(((rate - 0.06) / 0.025).astype(int), 0, 6)]
    monthly = rate / 12
    return pd.DataFrame(
        {
            "loan_no": np.arange(501, 501 + LOANS),
            "issue_d": luck.choice(["2007-12-01", "2008-01-01", "2008-02-01"], LOANS),
            "loan_amnt": amount,
            "funded_amnt": amount,
            "term": term,
            "int_rate": rate,
            "installment": (amount * monthly / (1 - (1 + monthly) ** -term)).round(2),
            "grade": grade,
            "sub_grade": [f"{each}{step}" for each, step in zip(grade, luck.integers(1, 6, LOANS), strict=True)],
            "annual_inc": luck.integers(25, 120, LOANS) * 1000.0,
            "purpose": luck.choice(["debt_consolidation", "small_business", "other"], LOANS),
            "addr_state": luck.choice(["CA", "NY", "TX", "OH"], LOANS),
            "dti": luck.uniform(2, 28, LOANS).round(2),
            "inq_last_6mths": luck.integers(0, 5, LOANS).astype(float),
            "revol_util": luck.uniform(0, 1, LOANS).round(3),
            "pub_rec": 0.0,
            "loan_status": "Fully Paid",
            "meets_credit_policy": luck.choice(["True", "False"], LOANS, p=[0.7, 0.3]),
        }
    )


def published(frame: pd.DataFrame) -> pd.DataFrame:
    """The same loans as the lender itself has published them: texts with signs, other dates, fewer and more columns."""
    issued = pd.to_datetime(frame["issue_d"])
    policy = np.where(frame["meets_credit_policy"] == "True", "", "Does not meet the credit policy. Status:")
    other = frame.rename(columns={"loan_no": "id"}).drop(columns="meets_credit_policy")
    return other.assign(
        issue_d=issued.dt.strftime("%b-%Y"),
        int_rate=[f"{100 * rate:.2f}%" for rate in frame["int_rate"]],
        term=[f" {term} months" for term in frame["term"]],
        revol_util=[f"{100 * use:.1f}%" for use in frame["revol_util"]],
        loan_status=policy + frame["loan_status"],
        member_id="",
        url="https://example.org/loan",
    )


def put(folder: Path, frame: pd.DataFrame, name: str = "loans.csv", before: str = "", after: str = "") -> Path:
    path = folder / name
    path.write_text(before + frame.to_csv(index=False) + after, encoding="utf-8")
    return path


def club(path: Path, *sets: str, name: str = "lendingclub", **more: Any) -> Scenario:
    return load(name, sets=sets, tape=path, **more)


def same(first: Scenario, second: Scenario) -> None:
    """Two tapes say the same of every loan."""
    one, two = tape_of(first), tape_of(second)
    for field in ("balance", "term", "instalment", "opened"):
        assert one.accounts[field].tolist() == two.accounts[field].tolist(), field
    assert one.accounts["rate"] == pytest.approx(two.accounts["rate"], abs=1e-6)
    assert one.proneness is not None
    assert one.proneness == pytest.approx(two.proneness, rel=1e-3)
    assert one.labels["grade"].tolist() == two.labels["grade"].tolist()


def test_the_lenders_own_layout_says_the_same(tmp_path: Path) -> None:
    plain = club(put(tmp_path, made_up()))
    above, below = "Notes offered by Prospectus (https://example.org)\n", "\n\nTotal amount funded: 1\n"
    theirs = club(put(tmp_path, published(made_up()), "theirs.csv", above, below), "book.tape.max_rejected=0.1")
    same(plain, theirs)
    assert set(tape_of(theirs).rejected["kind"]) == {"bad"}  # the two lines at the end, told


@pytest.mark.parametrize("form", ["%Y-%m-%d", "%b-%Y", "%b-%y", "%Y-%m"])
@pytest.mark.parametrize("rate", ["share", "percent", "sign"])
def test_dates_and_rates_in_every_writing(form: str, rate: str, tmp_path: Path) -> None:
    frame = made_up()
    shown = {"share": frame["int_rate"], "percent": 100 * frame["int_rate"], "sign": (100 * frame["int_rate"]).round(2)}
    texts = shown[rate].astype(str) + ("%" if rate == "sign" else "")
    other = frame.assign(issue_d=pd.to_datetime(frame["issue_d"]).dt.strftime(form), int_rate=texts)
    same(club(put(tmp_path, frame)), club(put(tmp_path, other, "other.csv")))


def test_what_a_tape_lacks_is_counted_and_not_missed(tmp_path: Path) -> None:
    few = ["issue_d", "loan_amnt", "term", "int_rate", "installment", "grade", "annual_inc", "dti"]
    world = club(put(tmp_path, made_up()[few]))
    tape = tape_of(world)
    assert tape.rows_used == LOANS
    told = {line["what"]: line["number"] for line in tape.counted}
    assert told["scorecard: inquiries unknown"] == told["accounts numbered by their row"] == LOANS
    empty = made_up().assign(loan_no="")
    assert tape_of(club(put(tmp_path, empty, "empty.csv"))).accounts["id"].tolist() == list(range(1, LOANS + 1))


def test_a_column_that_no_loan_can_do_without_is_named(tmp_path: Path) -> None:
    with pytest.raises(TapeError, match="int_rate"):
        tape_of(club(put(tmp_path, made_up().drop(columns="int_rate"))))


def test_a_tape_that_is_not_there_says_how_to_name_another(tmp_path: Path) -> None:
    answer = CliRunner().invoke(loanbook, ["run", "lendingclub", "--tape", str(tmp_path / "none.csv"), "--quiet"])
    assert answer.exit_code == 2
    assert "none.csv" in answer.output
    assert "--tape FILE" in answer.output


def test_the_span_covers_the_loans(tmp_path: Path) -> None:
    world = club(put(tmp_path, made_up()))
    assert world.span.start.isoformat() == "2007-01-01"
    assert world.span.months == 13 + 60 + 3 + 3  # from January 2007 to February 2008, the term, 120 days, a margin
    early = made_up().assign(issue_d="2005-03-01")
    assert club(put(tmp_path, early, "early.csv")).span.start.isoformat() == "2005-03-01"
    assert club(put(tmp_path, made_up()), "book.tape.cover=off").span.months == 78
    found = fates(world, 1)
    assert found["months"].max() <= 60 + 6
    assert found["months"].min() >= 1


def test_nobody_is_left_owing_and_every_loan_lives_once(tmp_path: Path) -> None:
    result = run(club(put(tmp_path, made_up())), unshocked=False)
    whole = result.panel[result.panel["segment"] == "all"]
    assert whole["balance"].iloc[-1] == 0.0
    assert whole["new_loans"].sum() == LOANS
    lent = whole[whole["new_loans"] > 0]["month"]
    assert lent.min().strftime("%Y-%m") == "2007-12"
    assert lent.max().strftime("%Y-%m") == "2008-02"


def test_a_rule_declines_and_leaves_the_others_as_they_were(tmp_path: Path) -> None:
    path = put(tmp_path, made_up())
    everybody, fewer = club(path), club(path, name="lendingclub_policy")
    outside = np.flatnonzero(made_up()["meets_credit_policy"] == "False")
    one, two = fates(everybody, 3), fates(fewer, 3)
    inside = ~np.isin(one["borrower"], outside)
    assert sorted(one["borrower"][inside].tolist()) == sorted(two["borrower"].tolist())
    table = accounts(fewer, 2, workers=1)
    assert len(table) == LOANS - outside.size
    told = {line["what"]: line["number"] for line in run(fewer, unshocked=False).counted}
    assert told["loans declined by the rule lend_only"] == outside.size


@pytest.mark.parametrize(
    "change",
    ["book.tape.scorecard=off", "book.tape.at_work=off", "book.tape.affordable=off", "book.tape.cash_kept=0.6"],
)
def test_every_part_of_the_plan_changes_who_is_charged_off(change: str, tmp_path: Path) -> None:
    path = put(tmp_path, pd.concat([made_up(seed) for seed in range(12)]).assign(loan_no=range(12 * LOANS)))
    usual, other = fates(club(path), 1), fates(club(path, change), 1)
    assert usual["borrower"].tolist() != other["borrower"].tolist()


def test_the_risky_are_struck_more_often_and_foreseen_so(tmp_path: Path) -> None:
    path = put(tmp_path, pd.concat([made_up(seed) for seed in range(6)]).assign(loan_no=range(6 * LOANS)))
    table = accounts(club(path), 6, workers=1)
    assert len(table) == 6 * LOANS
    chance = table["probability_of_charge_off"]
    assert chance.between(0, 1).all()
    within = table[["charged_off_by_12", "charged_off_by_24", "charged_off_by_36"]].assign(ever=chance)
    assert (within.diff(axis=1).iloc[:, 1:] >= -1e-12).all(axis=None)
    by_grade = chance.groupby(table["grade"]).mean()
    assert by_grade["A"] < by_grade["C"] < by_grade["F"]
    assert (table["expected_loss"] <= chance * table["amount"] + 0.01).all()
    assert table["expected_month"].between(3, 66).all()
    assert chance.mean() == pytest.approx(table["simulated_share"].mean(), abs=0.005)


def test_the_answer_does_not_depend_on_the_workers(tmp_path: Path) -> None:
    world = club(put(tmp_path, made_up()))
    pd.testing.assert_frame_equal(accounts(world, 3, workers=1), accounts(world, 3, workers=2))


def test_accounts_are_written_beside_the_answer(tmp_path: Path) -> None:
    path, out = put(tmp_path, made_up()), tmp_path / "out"
    asked = ["run", "lendingclub", "--tape", str(path), "--out", str(out), "--lives", "2", "--workers", "1", "--quiet"]
    answer = CliRunner().invoke(loanbook, asked)
    assert answer.exit_code == 0, answer.output
    table = pd.read_parquet(out / "accounts.parquet")
    pd.testing.assert_frame_equal(table, accounts(club(path), 2, workers=1), check_dtype=False, check_index_type=False)
    assert table["id"].tolist() == made_up()["loan_no"].tolist()
    assert "accounts.parquet" in json.loads((out / "provenance.json").read_text())["files"]


def test_lives_without_a_tape_are_refused() -> None:
    answer = CliRunner().invoke(loanbook, ["run", "us_cards", "--lives", "3", "--quiet"])
    assert answer.exit_code == 2
    assert "no tape" in answer.output
    for words in (("--lives", "-1"), ("--workers", "0")):
        assert CliRunner().invoke(loanbook, ["run", "taiwan_cards_2005", *words, "--quiet"]).exit_code == 2


def test_a_term_reads_words_and_numbers() -> None:
    columns = {"use": pd.Series(["51.5%", "", "103%"]), "why": pd.Series(["car", "boat", ""])}
    points, unknown = Term(columns=("use",), per=2.0, centre=0.5, most=1.0, percent=True, unknown=0.3).points(
        columns, 3
    )
    assert points == pytest.approx([0.03, 0.3, 1.0])
    assert unknown.tolist() == [False, True, False]
    points, _ = Term(columns=("none", "why"), words={"car": -0.2}, other=0.1, unknown=0.4).points(columns, 3)
    assert points == pytest.approx([-0.2, 0.1, 0.4])
    squares = Term(columns=("use",), per=1.0, shape="log_square", centre=10.0, least=1.0)
    assert squares.points({"use": pd.Series(["10", "100"])}, 2)[0] == pytest.approx([0.0, np.log(10) ** 2])


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("{columns: [], per: 1}", "no column"),
        ("{columns: [dti], per: 1, words: {x: 1}}", "both"),
        ("{columns: [dti], per: 1, shape: log}", "above 0"),
        ("{columns: [dti], shape: cube}", "shape"),
    ],
)
def test_a_wrong_term_is_refused_by_name(wrong: str, said: str) -> None:
    with pytest.raises(ScenarioError, match=f"(?s)scorecard.*{said}"):
        load("lendingclub", sets=[f"book.tape.scorecard.terms.dti={wrong}"])


def test_smoothing_takes_out_luck_and_nothing_else() -> None:
    luck = np.random.default_rng(4)
    known = luck.normal(size=(4000, 3))
    truth = 1.0 / (1.0 + np.exp(-(known @ [0.8, -0.4, 0.0] - 1.5)))
    found = smoothed(luck.binomial(60, truth), 60, known)
    assert np.abs(found.share - truth).mean() < 0.012
    assert found.standard_error.mean() < 0.015
    hidden = np.where(luck.random(4000) < 0.5, 0.1, 0.5)  # of which nothing is known: the loan's own lives are kept
    kept = smoothed(luck.binomial(60, hidden), 60, known)
    assert kept.own > 0.8
    assert np.abs(kept.share - hidden).mean() < 0.05
    assert smoothed(np.zeros(5, np.int64), 10, known[:5]).share.tolist() == [0.0] * 5


def test_fates_add_up() -> None:
    sums = Fates(3)
    for months, borrowers in ((14, [0, 2]), (30, [2])):
        size = len(borrowers)
        life = {"borrower": borrowers, "months": [months] * size, "principal": [500] * size, "written_off": [0] * size}
        sums.add({name: np.array(values, np.int32) for name, values in life.items()})
    assert sums.lives == 2
    assert sums.times.tolist() == [1, 0, 2]
    assert sums.by.tolist() == [[0, 0, 0], [1, 0, 1], [1, 0, 2]]
    assert sums.months.tolist() == [14, 0, 44]
    assert sums.principal.tolist() == [500, 0, 1000]


def test_a_tape_plan_says_what_it_grants(tmp_path: Path) -> None:
    path = put(tmp_path, made_up())
    plan = TapePlan(file=str(path), preset="lendingclub", lend_only={"purpose": ("other",)})
    assert read(plan).granted.tolist() == (made_up()["purpose"] == "other").tolist()
    with pytest.raises(TapeError, match="no column 'porpoise'"):
        read(TapePlan(file=str(path), preset="lendingclub", lend_only={"porpoise": ("other",)}))
