"""A loan tape in: every row and every cent accounted for, whatever the file's form."""

from __future__ import annotations

import datetime as dt
import gzip
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from simulator.population import People
from simulator.tape import Tape, TapePlan, problems, read, write_rejected

ROOT = Path(__file__).parents[1]
TAIWAN = ROOT / "scenarios/data/taiwan_cards_2005.csv.gz"
TAPES = ROOT.parent / "shared/data/tapes"
CLUB_2007 = TAPES / "lendingclub_2007_2009/lendingclub_2007_2009.csv.gz"
CLUB_2018 = TAPES / "lendingclub_2018_live/loans_2018_slim_28col.csv.gz"
needs_club = pytest.mark.skipif(not CLUB_2007.exists(), reason="the LendingClub tapes are not shipped")


def written(folder: Path, text: str, name: str = "tape.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def cards(path: Path, **more: Any) -> TapePlan:
    """A plan for a small card tape."""
    columns = {"id": "no", "balance": "owed", "limit": "line", "missed": "late"} | more.pop("columns", {})
    return TapePlan(file=str(path), currency="USD", columns=columns, **more)


def adds_up(tape: Tape) -> None:
    """Every row and every cent is used, rejected, or a credit set to zero."""
    assert tape.rows_used + len(tape.rejected) == tape.rows_read
    assert {len(column) for column in tape.accounts.values()} == {tape.rows_used}
    assert {len(column) for column in tape.known.values()} <= {tape.rows_used}
    assert round(tape.money_used + tape.money_rejected + tape.money_credit - tape.money_read, 2) == 0
    assert round(tape.rejected["money"].astype(float).sum() - tape.money_rejected, 2) == 0
    assert round(tape.accounts["balance"].sum() / 100 - tape.money_used, 2) == 0


def counted(tape: Tape, what: str) -> dict[str, Any]:
    return next(line for line in tape.counted if line["what"] == what)


def test_a_card_tape(tmp_path: Path) -> None:
    path = written(tmp_path, "no,owed,line,late,other\n7,10.50,100,0,x\n9,-3,200,1,y\n8,120.01,100,2,z\n")
    tape = read(cards(path, keep=["other"]))
    adds_up(tape)
    assert tape.accounts["id"].tolist() == [7, 9, 8]
    assert tape.accounts["balance"].tolist() == [1050, 0, 12001]
    assert tape.accounts["limit"].tolist() == [10000, 20000, 10000]
    assert tape.accounts["missed"].tolist() == [0, 0, 2]  # nothing owed cannot be late
    assert tape.accounts["term"].tolist() == [-1, -1, -1]
    assert tape.kept["other"].tolist() == ["x", "y", "z"]
    assert tape.known["desired_use"].tolist() == [0.105, 0.0, 1.0]
    assert counted(tape, "credit balance set to zero")["money"] == -3.0
    assert counted(tape, "unpaid bills set to none")["number"] == 1
    assert counted(tape, "balance above the limit, kept")["money"] == 20.01
    assert (tape.kind, tape.product, tape.currency) == ("card", "card", "USD")


def test_an_instalment_tape_with_units(tmp_path: Path) -> None:
    text = (
        "no,owed,apr,years,from,pay\n"
        'a,"1,200.00",12%,1,31/12/2024,\n'
        'b,"2,400.00",0%,2,30/06/2024,100\n'
        'c,"1,000.00",24%,1,31/12/2024,10\n'
    )
    columns = {
        "id": "no",
        "balance": {"column": "owed", "thousands": ","},
        "rate": {"column": "apr", "unit": "percent"},
        "term": {"column": "years", "unit": "years"},
        "opened": "from",
        "instalment": "pay",
    }
    plan = TapePlan(
        file=str(written(tmp_path, text)),
        currency="USD",
        columns=columns,
        date_format="%d/%m/%Y",
        as_of="2024-12-31",
    )
    tape = read(plan)
    adds_up(tape)
    assert tape.accounts["id"].tolist() == [1, 2, 3]  # not whole numbers: the rows
    assert tape.accounts["rate"].tolist() == pytest.approx([0.12, 0.0, 0.24])
    assert tape.accounts["remaining"].tolist() == [12, 18, 12]
    # 1,200 over 12 months at 1% a month: 106.62 (106.6185); 10 a month does not cover 20 of interest: 94.56
    assert tape.accounts["instalment"].tolist() == [10662, 10000, 9456]
    assert counted(tape, "instalment worked out")["number"] == 1
    assert counted(tape, "instalment replaced")["number"] == 1
    assert tape.accounts["opened"][0] == np.datetime64("2024-12-31")
    assert tape.kind == "instalment"


def test_bad_rows_are_named_with_their_money(tmp_path: Path) -> None:
    good = "".join(f"{number},{number}.5,1000,0\n" for number in range(1, 96))
    bad = "96,12.5,1000,0,1\n,7.25,1000,0\n5,9.75,1000,0\n97,abc,1000,0\n98,3,-1,x\n\n"
    tape = read(cards(written(tmp_path, "no,owed,line,late\n" + good + bad + "99,1,1000,0\n"), max_rejected=0.1))
    adds_up(tape)
    assert (tape.rows_read, tape.rows_used) == (102, 96)
    listed = tape.rejected.set_index("row")
    assert listed.index.tolist() == [96, 97, 98, 99, 100, 101]
    assert listed.loc[96, "reason"] == "the row has 5 columns, the header 4"
    assert listed.loc[97, "reason"] == "no id"
    assert listed.loc[98, "reason"] == "the id was in row 5 already"
    assert (listed.loc[99, "column"], listed.loc[99, "value"]) == ("owed", "abc")
    assert listed.loc[100, "other_faults"] == 1
    assert listed.loc[101, "reason"] == "the line is empty"
    assert tape.money_rejected == 7.25 + 9.75 + 3
    write_rejected(tape, tmp_path / "rejected_rows.csv")
    again = pd.read_csv(tmp_path / "rejected_rows.csv")
    assert again["row"].tolist() == listed.index.tolist()
    assert again["money"].sum() == tape.money_rejected
    assert list(tmp_path.glob(".*")) == []


def test_an_unclosed_quotation_mark_swallows_nothing(tmp_path: Path) -> None:
    rows = "".join(f'{number},5,1000,0,"fine, so far"\n' for number in range(1, 60))
    path = written(tmp_path, "no,owed,line,late,note\n" + rows + '60,5,1000,0,"open\n61,5,1000,0,"also\n62,5,9,0,x\n')
    tape = read(cards(path, max_rejected=0.05))
    adds_up(tape)
    assert tape.rows_read == 62
    assert tape.rejected["row"].tolist() == [60, 61]
    assert tape.accounts["row"][-1] == 62


def test_texts_over_several_lines_when_said_so(tmp_path: Path) -> None:
    path = written(tmp_path, 'no,owed,line,late,note\n1,5,10,0,"two\n\nlines"\n2,6,10,0,x\n')
    tape = read(cards(path, line_breaks=True, keep=["note"]))
    assert tape.rows_used == 2
    assert tape.kept["note"][0] == "two\n\nlines"


def test_parquet_gives_the_same_tape(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "no": [1, 2, 3, 3],
            "owed": [10.25, np.nan, -2.0, 4.0],
            "line": pd.array([100, 200, None, 50], dtype="Int64"),
            "late": [0, 1, 0, 0],
            "since": pd.to_datetime(["2020-01-31", "2021-02-28", "2022-03-31", "2020-01-01"]),
            "edu": pd.Categorical(["1", "2", "9", "1"]),
        }
    )
    frame.to_parquet(tmp_path / "tape.parquet")
    frame.to_csv(tmp_path / "tape.csv", index=False)
    more: dict[str, Any] = {
        "columns": {"opened": "since", "education": "edu"},
        "values": {"education": {1: "school", 2: "degree", 9: None}},
        "date_format": "%Y-%m-%d",
        "max_rejected": 0.6,
        "keep": ["edu"],
        "required": ["balance"],
    }
    one, two = (read(cards(tmp_path / name, **more)) for name in ("tape.csv", "tape.parquet"))
    adds_up(one)
    for name in one.accounts:
        np.testing.assert_array_equal(one.accounts[name], two.accounts[name])
    for name in one.known:
        np.testing.assert_array_equal(one.known[name], two.known[name])
    assert one.labels["education"].tolist() == two.labels["education"].tolist()
    columns = ["row", "id", "kind", "column", "reason", "money"]
    pd.testing.assert_frame_equal(one.rejected[columns], two.rejected[columns])
    assert one.counted == two.counted


def test_compressed_and_with_a_byte_order_mark(tmp_path: Path) -> None:
    text = "\ufeffno;owed;line;late\r\n1;5;10;0\r\n".encode()
    (tmp_path / "tape.csv.gz").write_bytes(gzip.compress(text))
    tape = read(cards(tmp_path / "tape.csv.gz", separator=";"))
    assert tape.accounts["balance"].tolist() == [500]
    assert len(tape.fingerprint) == 64


def test_closed_accounts_are_set_aside_and_do_not_count_as_bad(tmp_path: Path) -> None:
    path = written(tmp_path, "no,owed,line,state\n1,5,10,open\n2,0,10,shut\n3,4,10,lost\n4,4,10,90\n")
    codes = {"open": 0, "shut": "closed", "lost": "charged_off", 90: 3}
    columns = {"id": "no", "balance": "owed", "limit": "line", "status": {"column": "state", "values": codes}}
    tape = read(TapePlan(file=str(path), currency="EUR", columns=columns, max_rejected=0))
    adds_up(tape)
    assert tape.accounts["missed"].tolist() == [0, 3]
    assert tape.rejected["kind"].tolist() == ["set aside", "set aside"]
    assert tape.rejected["value"].tolist() == ["shut", "lost"]
    assert tape.money_rejected == 4


def test_days_late_are_unpaid_bills(tmp_path: Path) -> None:
    path = written(tmp_path, "no,owed,line,late\n1,5,10,0\n2,5,10,1\n3,5,10,30\n4,5,10,31\n5,5,10,95\n")
    tape = read(cards(path, columns={"missed": {"column": "late", "unit": "days"}}))
    assert tape.accounts["missed"].tolist() == [0, 1, 1, 2, 4]


def test_gross_income_becomes_take_home(tmp_path: Path) -> None:
    path = written(tmp_path, "no,owed,line,late,gross,dti,daily\n1,5,10,0,48,0.2,0.05\n2,5,10,0,0,2,0.05\n")
    columns = {
        "income": {"column": "gross", "unit": "gross_per_year", "scale": 1000},
        "debt_service": {"column": "dti", "unit": "gross_share"},
        "rate": {"column": "daily", "unit": "percent_per_day"},
    }
    tape = read(cards(path, columns=columns, take_home=0.8))
    assert tape.known["income"][0] == 48_000 * 0.8 / 12 * 100
    assert np.isnan(tape.known["income"][1])
    assert tape.known["debt_service"].tolist() == pytest.approx([0.25, 1.0])
    assert tape.accounts["rate"].tolist() == pytest.approx([0.1825, 0.1825])
    assert counted(tape, "income drawn")["number"] == 1
    assert counted(tape, "debt service set to all of the income")["number"] == 1
    assert "0.8" in counted(tape, "take-home income taken from gross")["why"]


def test_labels_become_the_recipes_numbers(tmp_path: Path) -> None:
    path = written(tmp_path, "no,owed,line,late,where\n1,5,10,0,west\n2,7,10,0,moon\n3,5,10,0,\n")
    tape = read(cards(path, columns={"region": "where"}))
    known, unmatched = tape.known_for({"region": ["east", "west"], "education": ["school"]})
    np.testing.assert_array_equal(known["region"], [1.0, np.nan, np.nan])
    assert "education" not in known
    assert [(line["number"], line["money"]) for line in unmatched] == [(1, 7.0)]
    assert "moon" in unmatched[0]["why"]


def test_taiwan_cards() -> None:
    raw = pd.read_csv(TAIWAN)
    tape = read(TapePlan(file=str(TAIWAN), preset="taiwan-cards"))
    adds_up(tape)
    assert (tape.rows_used, tape.currency, tape.kind, tape.as_of) == (
        20_000,
        "TWD",
        "card",
        dt.date(2005, 9, 30),
    )
    assert tape.accounts["balance"].sum() == raw["BILL_AMT1"].clip(lower=0).sum() * 100
    assert tape.money_credit == raw["BILL_AMT1"].clip(upper=0).sum()
    late = tape.accounts["missed"]
    assert [(late == bills).sum() for bills in (1, 2, 3)] == [(raw["PAY_2"] == k).sum() for k in (2, 3, 4)]
    # the choice of the balance: those who are late, or pay in part, all owe something on it
    owing = (raw["PAY_2"] == 0) | (raw["PAY_2"] >= 2)
    assert (tape.accounts["balance"][owing] > 0).all()
    assert (raw["BILL_AMT2"][owing] <= 0).sum() > 200
    share = tape.known["pay_share"]
    assert (share[(raw["PAY_2"] < 0).to_numpy()] == 1).all()
    assert 0.04 < np.nanmedian(share[(raw["PAY_2"] == 0).to_numpy()]) < 0.08
    assert counted(tape, "education drawn")["number"] == (~raw["EDUCATION"].isin([1, 2, 3])).sum()
    assert "income" not in tape.known
    assert set(tape.known) | set(tape.labels) <= set(People.__dataclass_fields__) | {"grade"}


def test_taiwan_cards_from_another_month_and_another_balance() -> None:
    raw = pd.read_csv(TAIWAN)
    tape = read(TapePlan(file=str(TAIWAN), preset="taiwan-cards", status_from="PAY_4"))
    assert tape.as_of == dt.date(2005, 7, 31)
    assert tape.accounts["balance"].sum() == raw["BILL_AMT3"].clip(lower=0).sum() * 100
    other = read(TapePlan(file=str(TAIWAN), preset="taiwan-cards", columns={"balance": "BILL_AMT2"}))
    assert other.accounts["balance"].sum() == raw["BILL_AMT2"].clip(lower=0).sum() * 100


@needs_club
def test_lending_club_from_issue() -> None:
    raw = pd.read_csv(CLUB_2007, low_memory=False)
    tape = read(TapePlan(file=str(CLUB_2007), preset="lendingclub", keep=["meets_credit_policy"]))
    adds_up(tape)
    assert tape.rows_used == len(raw) == 8277
    assert tape.as_of is None
    assert (tape.accounts["remaining"] == 36).all()
    assert tape.money_used == raw["funded_amnt"].sum()
    np.testing.assert_allclose(tape.accounts["rate"], raw["int_rate"])
    np.testing.assert_allclose(np.nanmedian(tape.known["income"]), raw["annual_inc"].median() * 75 / 12, rtol=1e-3)
    assert tape.accounts["opened"].min() == np.datetime64("2007-06-01")
    assert set(tape.kept["meets_credit_policy"]) == {"True", "False"}
    assert set(tape.labels["region"]) == {"northeast", "midwest", "south", "west"}


@needs_club
def test_lending_club_live() -> None:
    raw = pd.read_csv(CLUB_2018)
    tape = read(TapePlan(file=str(CLUB_2018), preset="lendingclub"))
    adds_up(tape)
    same = read(TapePlan(file=str(CLUB_2018), preset="lendingclub-2018"))
    assert same.accounts["balance"].tolist() == tape.accounts["balance"].tolist()
    assert tape.rows_read == 10_000
    assert len(tape.rejected) == 447 + 7 + 1  # paid off, charged off, and one that owes nothing
    assert (tape.rejected["kind"] == "set aside").all()
    assert tape.money_read == pytest.approx(raw["balance"].sum())
    assert (tape.accounts["missed"] > 0).sum() == 67 + 38 + 66
    assert tape.accounts["rate"].max() == pytest.approx(0.3094)
    joint = (raw["application_type"] == "joint").to_numpy()[tape.accounts["row"] - 1]
    gross = raw["annual_income_joint"].to_numpy()[tape.accounts["row"] - 1]
    np.testing.assert_allclose(tape.known["income"][joint], gross[joint] * 75 / 12, atol=1)


def test_a_presets_codes_can_be_overridden_and_a_plan_survives_being_written() -> None:
    codes = {1: "degree", 2: "degree", 3: "school", 0: None, 4: "school", 5: None, 6: None}
    plan = TapePlan(file=str(TAIWAN), preset="taiwan-cards", values={"education": codes}, as_of="2005-10-01")
    again = TapePlan(**plan.model_dump(mode="json"))
    assert again == plan
    assert "columns" in TapePlan.model_json_schema()["properties"]
    tape = read(again)
    assert tape.as_of == dt.date(2005, 10, 1)
    raw = pd.read_csv(TAIWAN)
    assert counted(tape, "education drawn")["number"] == raw["EDUCATION"].isin([0, 5, 6]).sum()


def test_every_option_changes_what_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, "no,owed,line,late,pay\n1,5,10,0,0.5\n2,6,,1,\n3,x,10,0,1.5\n")
    first = read(cards(path, columns={"pay_share": "pay"}, max_rejected=0.7))
    assert first.rows_used == 1  # a card without a limit is no card
    loose = read(cards(path, columns={"pay_share": "pay"}, max_rejected=0.7, required=["balance"]))
    assert loose.rows_used == 2
    assert loose.accounts["limit"].tolist() == [1000, -1]
    assert counted(loose, "limit left to the product")["money"] == 6
    assert counted(loose, "pay_share drawn")["number"] == 1
    assert read(cards(path, product="gold card", max_rejected=0.7)).product == "gold card"


def test_progress_and_problems(tmp_path: Path) -> None:
    told: list[tuple[str, float]] = []
    plan = cards(written(tmp_path, "no,owed,line,late\n1,5,10,0\n"))
    read(plan, progress=lambda text, share: told.append((text, share)))
    assert told[-1][1] == 1.0
    assert problems(plan) == []
    assert "does not exist" in problems(cards(tmp_path / "gone.csv"))[0]
