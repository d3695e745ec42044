"""The book that a tape begins: what is known is kept, what is not is drawn, late accounts are late, cents add up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from simulator.errors import TapeError
from simulator.from_tape.accounts import queue
from simulator.from_tape.begin import TIMES_OUT, times_out
from simulator.run import Setting, State, _begin, run, tape_of
from simulator.scenario import Scenario, from_dict, load

ROOT = Path(__file__).parents[1]
CLUB_2018 = ROOT.parent / "shared/data/tapes/lendingclub_2018_live/loans_2018_slim_28col.csv.gz"
CLUB_2007 = ROOT.parent / "shared/data/tapes/lendingclub_2007_2009/lendingclub_2007_2009.csv.gz"

CARDS = """\
no,owed,line,late,apr,years,pay,paid
11,1200.50,5000,0,0.19,41,4100,0.25
12,800.00,2000,1,0.24,,2500,0
13,2500.25,3000,2,,33,,0
14,0.00,4000,0,0.17,55,6000,1
15,410.10,400,4,0.29,28,1800,0
16,0.03,900,3,0.29,61,2200,0
17,90.00,-5,0,0.29,61,2200,0
"""
CARD_COLUMNS = {
    "id": "no",
    "balance": "owed",
    "limit": "line",
    "missed": "late",
    "rate": "apr",
    "age": "years",
    "income": "pay",
    "pay_share": "paid",
}
LOANS = """\
no,lent,owed,apr,term,left,bill,late,day
1,6000,4000,0.12,24,15,290,0,2025-04-03
2,6000,5000,0.20,36,30,,1,2025-06-20
3,2500,900,,12,4,230,3,2024-10-01
4,9000,8000,0.16,48,40,281,0,2025-05-11
"""
LOAN_COLUMNS = {
    "id": "no",
    "balance": "owed",
    "amount": "lent",
    "rate": "apr",
    "term": "term",
    "remaining": "left",
    "instalment": "bill",
    "missed": "late",
    "opened": "day",
}


def scenario(tape: dict[str, Any], product: str = "card", **changes: Any) -> Scenario:
    """A small lender that takes over a tape."""
    book = {"recipe": "us", "due_days": [5, 20], "closed": True, "segments": ["income_quintile"], "tape": tape}
    return from_dict(
        {
            "span": {"start": "2026-01", "months": changes.pop("months", 8)},
            "book": {**book, **changes.pop("book", {})},
            "world": {"economy": {"unemployment": 5.0}, "shocks": {"illness": {}, "expense": {}}},
            "lender": {"products": {product: changes.pop("terms", {})}, **changes},
        }
    )


def card_tape(folder: Path, text: str = CARDS, **more: Any) -> dict[str, Any]:
    path = folder / "cards.csv"
    path.write_text(text, encoding="utf-8")
    return {"file": str(path), "currency": "USD", "columns": CARD_COLUMNS, "max_rejected": 0.3, **more}


def loan_tape(folder: Path, text: str = LOANS, **more: Any) -> dict[str, Any]:
    path = folder / "loans.csv"
    path.write_text(text, encoding="utf-8")
    given = {"currency": "USD", "columns": LOAN_COLUMNS, "date_format": "%Y-%m-%d", "as_of": "2025-12-31"}
    return {"file": str(path), **given, **more}


def begun(world: Scenario, seed: int = 1) -> State:
    return _begin(Setting.of(world, seed), tape_of(world))


def rows(state: State, product: str) -> pd.DataFrame:
    """Everybody in the book with their account, by borrower number; unpaid bills as a tuple, oldest first."""
    parts = []
    for block in state.book.blocks:
        accounts, there = block.accounts[product], np.flatnonzero(block.id >= 0)
        frame = pd.DataFrame({name: getattr(accounts, name)[there] for name in accounts.names})
        for name in ("id", "age", "income", "savings", "spells"):
            frame[name] = getattr(block, name)[there]
        bills = dict(zip(accounts.arrears.rows.tolist(), accounts.arrears.queue(-1).tolist(), strict=True))
        frame["unpaid"] = [tuple(bill for bill in bills.get(row, []) if bill) for row in there.tolist()]
        frame["due_day"] = block.due_day
        parts.append(frame)
    return pd.concat(parts).sort_values("id").reset_index(drop=True)


def test_what_the_tape_says_of_cards_is_kept(tmp_path: Path) -> None:
    world = scenario(card_tape(tmp_path))
    book = rows(begun(world), "card")
    assert book["id"].tolist() == [0, 1, 2, 3, 4, 5]  # the seventh row has a limit below zero
    assert book["balance"].tolist() == [120050, 80000, 250025, 0, 41010, 3]
    assert book["limit"].tolist() == [500000, 200000, 300000, 400000, 40000, 90000]
    assert book["rate"].drop(2).tolist() == [0.19, 0.24, 0.17, 0.29, 0.29]
    assert book["age"].drop(1).tolist() == [41, 33, 55, 28, 61]
    assert book["income"].drop(2).tolist() == [410000, 250000, 600000, 180000, 220000]
    assert book["missed"].tolist() == [0, 1, 2, 0, 4, 3]
    assert (book["opened"] < 0).all()
    unscaled = book["pay_share"] / book["pay_share"].max()  # held in fixed point or as a share
    assert unscaled.round(4).tolist() == [0.25, 0, 0, 1, 0, 0]


def test_what_the_tape_does_not_say_is_drawn_and_counted(tmp_path: Path) -> None:
    world = scenario(card_tape(tmp_path))
    one, two = begun(world, 1), begun(world, 2)
    first, second = rows(one, "card"), rows(two, "card")
    assert 0.10 < first["rate"][2] < 0.30
    assert first["income"][2] > 0
    assert first["income"][2] != second["income"][2]
    assert first["age"][1] != second["age"][1] or first["savings"][0] != second["savings"][0]
    lines = {entry["what"]: entry for entry in one.book.counted}
    assert lines["rate set by the product"]["number"] == 1
    assert lines["rate set by the product"]["money"] == 2500.25
    assert lines["score drawn"]["number"] == 6
    assert lines["cards that owe nothing"]["number"] == 1


def test_late_cards_owe_their_bills_and_are_late_in_the_first_month(tmp_path: Path) -> None:
    world = scenario(card_tape(tmp_path), terms={"minimum_floor": 25})
    state = begun(world)
    book = rows(state, "card")
    assert [len(bills) for bills in book["unpaid"]] == book["missed"].tolist()
    assert all(sum(bills) <= balance for bills, balance in zip(book["unpaid"], book["balance"], strict=True))
    assert book["unpaid"][5] == (1, 1, 1)  # three cents in three bills
    assert book["unpaid"][1] == (2500,)  # 1% and interest are below the floor
    for missed, due_day, bucket in zip(book["missed"], book["due_day"], book["bucket"], strict=True):
        days = (pd.Timestamp("2025-12-31") - pd.Timestamp(2025, 12 - missed + 1, due_day)).days if missed else 0
        assert bucket == np.searchsorted([1, 30, 60, 90], days, side="right")
    assert book["default"].tolist() == [0, 0, 0, 0, 1, 0]
    assert (book["savings"][book["missed"] >= 2] <= 0).all()


def test_late_borrowers_who_pay_nothing_go_one_bucket_on(tmp_path: Path) -> None:
    lines = [f"{number},500,1000,{late},0.2,40,3000,0" for number, late in enumerate([0, 1, 2, 3, 5] * 8)]
    text = CARDS.splitlines()[0] + "\n" + "\n".join(lines) + "\n"
    never = {"engages": [0.0] * 7, "bankruptcy_late": 0.0, "bankruptcy_short": 0.0, "forgets_again": 1.0}
    world = scenario(card_tape(tmp_path, text), months=1, behaviour=never, book={"due_days": [10]})
    panel = run(world).panel
    month = panel[panel["segment"] == "all"].iloc[0]
    # 2, 3 and 4 unpaid bills since the 10th are 52, 82 and 113 days at the end of January; 6 are 173. One bill may
    # have been forgotten, and is then caught up with.
    assert 4 <= month["accounts_30_59"] <= 8
    assert month["accounts_60_89"] == 8
    assert month["accounts_90_plus"] == 16
    assert month["defaults"] == 8  # those with five were in default on the tape


def test_loans_are_kept_as_they_are(tmp_path: Path) -> None:
    world = scenario(loan_tape(tmp_path), "instalment")
    book = rows(begun(world), "instalment")
    assert book["balance"].tolist() == [400000, 500000, 90000, 800000]
    assert book["limit"].tolist() == [600000, 600000, 250000, 900000]
    assert book["remaining"].tolist() == [15, 30, 4, 40]
    assert book["rate"].drop(2).tolist() == [0.12, 0.20, 0.16]
    assert book["due"].drop(1).tolist() == [29000, 23000, 28100]
    assert 21000 < book["due"][1] < 22000  # 5,000 at 20% in 30 instalments
    assert book["opened"].tolist() == [-9, -7, -15, -8]
    assert book["unpaid"][2] == (23000, 23000, 23000)
    assert len(book["unpaid"][1]) == 1


def test_money_is_that_of_the_tape_to_the_cent(tmp_path: Path) -> None:
    for world, product in (
        (scenario(card_tape(tmp_path)), "card"),
        (scenario(loan_tape(tmp_path), "instalment"), "instalment"),
    ):
        tape = tape_of(world)
        assert tape is not None
        state = begun(world)
        assert int(state.ledger.opening[product].sum()) == round(100 * tape.money_used)
        assert rows(state, product)["balance"].sum() == round(100 * tape.money_used)
        result = run(world)
        assert result.flows["opening"].iloc[0] == pytest.approx(tape.money_used, abs=0.001)
        assert result.provenance["borrowers"] == tape.rows_used
        assert result.provenance["tape_fingerprint"] == tape.fingerprint


def test_rejected_rows_come_with_the_result(tmp_path: Path) -> None:
    result = run(scenario(card_tape(tmp_path)))
    assert result.rejected is not None
    assert result.rejected["money"].astype(float).tolist() == [90.0]
    text = CARDS + "18,abc,1000,0,0.2,40,3000,0\n"
    with pytest.raises(TapeError, match="2 of 8"):
        run(scenario(card_tape(tmp_path, text, max_rejected=0.1)))


def test_a_lender_of_another_currency_or_product_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TapeError, match=r"in USD, those of the lender in CNY; set lender\.currency to USD"):
        run(scenario(card_tape(tmp_path), currency="CNY"))
    with pytest.raises(TapeError, match="'card', which the lender does not have"):
        run(scenario(card_tape(tmp_path), "instalment"))
    with pytest.raises(TapeError, match="of kind card, the product 'instalment' is of kind instalment"):
        run(scenario(card_tape(tmp_path, product="instalment"), "instalment"))


def test_parquet_gives_the_same_run_as_csv(tmp_path: Path) -> None:
    plan = card_tape(tmp_path)
    frame = pd.read_csv(plan["file"])
    frame.to_parquet(tmp_path / "cards.parquet")
    one = run(scenario(plan))
    two = run(scenario({**plan, "file": str(tmp_path / "cards.parquet")}))
    pd.testing.assert_frame_equal(one.panel, two.panel)
    assert one.counted == two.counted


def test_loans_without_a_snapshot_are_lent_in_their_own_month(tmp_path: Path) -> None:
    lines = ["no,owed,apr,term,day"]
    lines += [f"{number},{1000 + number},0.15,24,2026-0{1 + number % 5}-17" for number in range(50)]
    lines += ["90,700,0.15,24,2025-11-02", "91,900,0.15,24,2027-03-02"]
    columns = {"id": "no", "balance": "owed", "rate": "apr", "term": "term", "opened": "day"}
    tape = loan_tape(tmp_path, "\n".join(lines) + "\n", as_of=None, columns=columns)
    result = run(scenario({key: value for key, value in tape.items() if value is not None}, "instalment"))
    panel = result.panel[result.panel["segment"] == "all"]
    assert panel["new_loans"].tolist() == [11, 10, 10, 10, 10, 0, 0, 0]
    assert panel["lent"].sum() == sum(1000 + number for number in range(50)) + 700
    assert result.flows["opening"].iloc[0] == 0
    lines_counted = {entry["what"]: (entry["number"], entry["money"]) for entry in result.counted}
    assert lines_counted["loans lent later than on the tape"] == (1, 700.0)
    assert lines_counted["loans of the tape not lent"] == (1, 900.0)


def test_an_open_book_goes_on_lending_at_a_stated_pace(tmp_path: Path) -> None:
    lines = [f"{number},500,1000,0,0.2,40,3000,0.5" for number in range(2000)]
    plan = card_tape(tmp_path, CARDS.splitlines()[0] + "\n" + "\n".join(lines) + "\n")
    closed = run(scenario(plan)).panel
    result = run(scenario(plan, book={"closed": False}))
    panel = result.panel[result.panel["segment"] == "all"]
    assert closed["new_loans"].sum() == 0
    assert 10 < panel["new_loans"].mean() < 40  # about 1.1% of the tape's borrowers a month
    assert any(entry["what"] == "applicants a month assumed" for entry in result.counted)


def test_unpaid_bills_never_exceed_what_is_owed() -> None:
    balance, bill = np.array([1000, 7, 100, 0]), np.array([300, 300, 30, 30])
    missed = np.array([2, 3, 3, 0])
    bills = queue(balance, bill, missed, 5)
    assert bills.sum(axis=1).tolist() == [600, 7, 90, 0]
    assert (bills > 0).sum(axis=1).tolist() == missed.tolist()


def test_the_strained_are_out_of_work_more_often_and_all_together_as_the_world() -> None:
    strained = np.arange(1000) < 70
    times = times_out(strained)
    assert times[strained].tolist() == [TIMES_OUT] * 70
    assert times.mean() == pytest.approx(1.0)
    assert (times_out(np.ones(10, np.bool_)) >= 0).all()


def test_the_taiwan_cards_live_through_their_scenario() -> None:
    world = load("taiwan_cards_2005", months=3)
    tape = tape_of(world)
    assert tape is not None
    result = run(world, unshocked=False)
    panel = result.panel[result.panel["segment"] == "all"]
    assert result.flows["opening"].iloc[0] == pytest.approx(tape.money_used, abs=0.001)
    assert result.provenance["borrowers"] == tape.rows_used == 20_000
    assert panel["unemployment_rate"].sub(0.041).abs().max() < 0.012
    assert panel["accounts"].iloc[-1] < panel["accounts"].iloc[0]
    assert 0.005 < (panel["overdue_30_59"] / panel["balance"]).iloc[0] < 0.04


@pytest.mark.skipif(not CLUB_2018.exists(), reason="the LendingClub tapes are not shipped")
def test_the_lendingclub_loans_run() -> None:
    young = scenario({"file": str(CLUB_2018), "preset": "lendingclub"}, "instalment", months=3)
    tape = tape_of(young)
    assert tape is not None
    result = run(young)
    assert result.flows["opening"].iloc[0] == pytest.approx(tape.money_used, abs=0.001)
    assert any(entry["what"] == "tape of another month" for entry in result.counted)
    data = {"file": str(CLUB_2007), "preset": "lendingclub"}
    old = scenario(data, "instalment", months=12)
    old = old.model_copy(update={"span": old.span.model_copy(update={"start": pd.Timestamp("2008-01-01").date()})})
    lent = run(old).panel
    assert (lent[lent["segment"] == "all"]["new_loans"] > 0).all()
