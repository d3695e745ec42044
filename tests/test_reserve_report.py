"""`loanbook reserve` as its users meet it: page, workbook and tables of a tiny book, and what is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pandas as pd
import pytest

from simulator.allowance import Effort, reserve
from simulator.errors import OutputError
from simulator.report import write_reserve
from simulator.report.reserved_capital import absorption_table, one_factor_table
from simulator.report.reserved_movement import left_over, movement, periods
from simulator.report.reserved_numbers import ITEM_WORDS, Numbers, to_the_cent, whole
from simulator.report.reserved_tables import enough_table, stock_table, sum_of_charge
from simulator.report.reserved_words import ahead_words, answer_of, warnings_of
from simulator.scenario import load
from tests.test_cli import called, refused

TINY = """# A slump in spring: what is a small book of cards to set aside?
span: {start: 2026-01, months: 9}
book: {recipe: us, borrowers: 300, warm_up: 8, due_days: [17], segments: [region]}
world:
  economy: {unemployment: {baseline: 5.0, 2026-03: 10.0, 2026-10: 7.0}}
  shocks: {illness: {}, expense: {}}
lender:
  currency: USD
  products: {card: {}}
  policies: {approval: {}}
  provisioning:
    life_of_cards: 12
    capital: {held: 150000}
    overlays:
      floods: {owner: Head of risk, why: two provinces under water, from: 2025-12, until: 2026-06, amount: 5000}
"""
ASKED = ("--study-seeds", "2", "--worlds", "2", "--seeds", "2")
TABLES = {"charge", "walk", "walk_span", "enough", "timing", "sensitivity", "methods", "ratios", "capital", "nested"}
FILES = {
    *(f"{name}.csv" for name in (*TABLES, "overlays")),
    *("reserve.parquet", "term_structures.parquet", "panel.parquet", "summary.json", "reserve.html", "reserve.xlsx"),
    *("scenario.yaml", "provenance.json"),
}
RULES = ("ifrs9", "cecl", "five_classes")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """The same question asked of Python with one worker and of the command with two."""
    folder = tmp_path_factory.mktemp("reserve")
    file = folder / "tiny.yaml"
    file.write_text(TINY, encoding="utf-8")
    found = reserve(load(file), effort=Effort(2, 2, 2), workers=1)
    one = write_reserve(found, folder / "one")
    (folder / "two").mkdir()
    (folder / "two" / "provenance.json").write_text('{"files": ["provenance.json"]}', encoding="utf-8")  # earlier
    two = called("reserve", str(file), *ASKED, "--workers", "2", "--out", str(folder / "two"), "--json")
    return SimpleNamespace(folder=folder, found=found, numbers=Numbers(found), one=one, two=two)


@pytest.fixture(scope="module")
def page(made: SimpleNamespace) -> str:
    return str((made.one / "reserve.html").read_text(encoding="utf-8"))


def test_files_are_the_same_for_any_number_of_workers(made: SimpleNamespace) -> None:
    assert made.two.exit_code == 0, made.two.output
    for name in ("one", "two"):
        assert {file.name for file in (made.folder / name).iterdir()} == FILES
    for name in FILES - {"provenance.json"}:  # it tells how long it took
        assert (made.folder / "one" / name).read_bytes() == (made.folder / "two" / name).read_bytes(), name
    assert json.loads(made.two.output) == json.loads((made.one / "summary.json").read_text(encoding="utf-8"))
    known = json.loads((made.one / "provenance.json").read_text(encoding="utf-8"))
    assert known["files"] == sorted(FILES)
    assert (known["seeds"], known["paths"], known["borrowers"]) == ([1, 2], 4, 300)
    assert known["fingerprint"]
    assert not [path for path in made.folder.iterdir() if path.name.startswith(".")]


def test_what_is_not_ours_is_left_alone(made: SimpleNamespace, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match="not an earlier run"):
        write_reserve(made.found, tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["notes.txt"]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_the_walk_adds_up_in_every_period_and_over_the_span(made: SimpleNamespace) -> None:
    for rule in RULES:
        for kind in ("M", "Q", "Y"):
            table = movement(made.found, rule, kind)
            assert left_over(table) == 0.0
            cents = (table * 100).round()
            single = cents.iloc[:, :-1] if len(periods(made.found, kind)) > 1 else cents
            assert (single.drop(["opening", "closing"]).sum(axis=1) == cents.iloc[:-1, -1].drop("opening")).all()
            assert (single.loc["opening"].iloc[1:].to_numpy() == single.loc["closing"].iloc[:-1].to_numpy()).all()
    span = pd.read_csv(made.one / "walk_span.csv")
    mine = span[(span["rule"] == "ifrs9") & (span["segment"] == "all")].set_index("item")["amount"]
    assert mine.to_dict() == movement(made.found, "ifrs9").iloc[:, -1].to_dict()
    charged = mine.drop(["opening", "closing", "unwind_of_discount", "charge_offs", "recoveries"]).sum()
    assert sum_of_charge(made.numbers, "ifrs9") == pytest.approx(charged, abs=0.005)


def test_the_page_holds_the_numbers_of_the_tables(made: SimpleNamespace, page: str) -> None:
    numbers = made.numbers
    assert "https://" not in page.replace("http-equiv", "")
    for rule in RULES:
        for amount in movement(made.found, rule).iloc[:, -1]:
            assert to_the_cent(float(amount)) in page
        assert whole(float(numbers.stock(rule)["allowance"].iloc[0])) in page
    for row in made.found.enough.to_dict("records"):
        assert whole(row["mean_loss"]) in page
        assert whole(row["needed_95"]) in page
    for row in made.found.methods.to_dict("records"):
        assert whole(row["allowance"]) in page
    for row in made.found.nested.to_dict("records"):
        assert whole(row["simulated"]) in page
    for words in ("Head of risk", "two provinces under water", "2025-12-01", "floods", "What is expected is learnt"):
        assert words in page
    for words in ITEM_WORDS.values():
        assert words in page
    assert page.count("<svg") == 4
    assert "DOES NOT ADD UP" not in page


def test_the_answer_in_sentences(made: SimpleNamespace) -> None:
    first, covers, needed, timing, moved, capital = answer_of(made.numbers)
    assert first.startswith("On 31 December 2025, on a balance of ")
    assert "USD" in first
    assert "4 simulated paths (2 worlds round the scenario's, 2 lives in each)" in covers
    assert "at least" in needed
    assert "the next 9 months" in covers
    assert "The span has 9 months only" in warnings_of(made.numbers)[-1]
    assert re.match(r"Charge-offs peak in \w+ 2026\.", timing)
    walk = movement(made.found, "ifrs9").iloc[:, -1]
    assert whole(-float(walk["charge_offs"]), "USD") in moved
    assert "150,000 USD that there is absorb" in capital
    assert [ahead_words(months) for months in (2, 1, 0, -1)] == [
        *("2 months before", "1 month before", "in that month", "1 month after"),
    ]


def test_stages_and_overlays_make_up_the_allowance(made: SimpleNamespace) -> None:
    table = stock_table(made.numbers, "ifrs9")
    assert [row[0] for row in table.rows] == ["stage 1", "stage 2", "stage 3", "overlays", "all"]
    first = [int(row[2].replace(",", "")) for row in table.rows]
    assert first[3] == 5000
    assert sum(first[:4]) == pytest.approx(first[4], abs=2)
    year = made.numbers.enough("ifrs9")
    overlay = made.found.overlays
    assert overlay[overlay["rule"] == "ifrs9"]["month"].max() == pd.Timestamp("2026-05-31")
    assert year["allowance"] > 5000


def test_few_paths_are_told_as_few(made: SimpleNamespace) -> None:
    table = enough_table(made.numbers)
    assert all(row[-1].startswith("≥ ") for row in table.rows)
    assert "4 paths cannot tell this" in table.note
    factor = one_factor_table(made.numbers)
    assert factor is not None
    assert factor.rows[-1][1].startswith("≥ ")
    fitted = made.numbers.one_factor
    losses = [fitted.loss(level) for level in (0.01, 0.5, 0.99)]
    assert losses == sorted(losses)
    mean = fitted.exposure * fitted.given * fitted.default
    assert mean == pytest.approx(sum(made.found.losses) / 4)
    held = [row for row in absorption_table(made.numbers).rows if row[0] == "given"]
    assert [row[2] for row in held] == ["150,000"] * 3


def sheets(made: SimpleNamespace, values: bool) -> Iterator[Any]:
    return iter(openpyxl.load_workbook(made.one / "reserve.xlsx", data_only=values).worksheets)


def test_the_workbook_adds_up(made: SimpleNamespace) -> None:
    names = [sheet.title for sheet in sheets(made, True)]
    assert names[:4] == ["Summary", "Movement schedule", "Stages", "Five classes"]
    assert {"Enough", "Capital", "CECL methods", "Sensitivity", "Term structures", "Overlays"} <= set(names)
    shown = next(sheet for sheet in sheets(made, True) if sheet.title == "Movement schedule")
    formulas = next(sheet for sheet in sheets(made, False) if sheet.title == "Movement schedule")
    rows = list(shown.iter_rows(values_only=True))
    top = next(place for place, row in enumerate(rows) if row[0] == "opening")
    end = next(place for place, row in enumerate(rows) if row[0] == "closing")
    for column in range(1, 11):
        column_sum = sum(float(row[column]) for row in rows[top:end])
        assert round(column_sum, 2) == pytest.approx(rows[end][column], abs=1e-9)
    assert str(formulas.cell(end + 1, 2).value).startswith("=ROUND(SUM(")
    assert formulas.cell(top + 1, 3).value == f"=B{end + 1}"
    assert formulas.cell(top + 2, 11).value == f"=SUM(B{top + 2}:J{top + 2})"


# What is refused ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        (
            "life_of_cards: 12",
            "views: {good: {weight: 0.7}, bad: {weight: 0.5}}",
            "t.yaml:12:13: lender.provisioning.views",
            "sum to 1.2",
        ),
        (
            "life_of_cards: 12",
            "five_classes: {table: {normal: [0, 0], special_mention: [1, 90], substandard: [92, 270], "
            "doubtful: [271, 360], loss: [361, null]}}",
            "t.yaml:12:70: lender.provisioning.five_classes.table",
            "days 91 to 91 are in no class",
        ),
        (
            "life_of_cards: 12",
            "five_classes: {coverage_floor: -1}",
            "t.yaml:12:36: lender.provisioning.five_classes.coverage_floor",
            "at least 0",
        ),
        ("amount: 5000", "amount: 5000, share: 0.1", "lender.provisioning.overlays.floods", "not both"),
    ],
)
def test_contradictory_rules_are_refused_with_their_place(
    old: str, new: str, place: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("t.yaml").write_text(TINY.replace(old, new), encoding="utf-8")
    for command in ("check", "reserve"):
        told = refused(command, "t.yaml")
        assert "t.yaml:" in told
        assert place in told
        assert words in told
    assert [path.name for path in tmp_path.iterdir()] == ["t.yaml"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--rule", "cecll"), "'cecl'?"),
        (("--worlds", "0"), "--worlds 0: at least 1"),
        (("--seeds", "1"), "--seeds 1: at least 2"),
        (("--study-seeds", "1"), "--study-seeds 1: at least 2"),
        (("--set", "shards=2"), "shards 2"),
        (("--beside", "nowhere"), "nowhere"),
        (("--out", "t.yaml"), "is a file"),
    ],
)
def test_what_cannot_be_is_refused(
    options: tuple[str, ...], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("t.yaml").write_text(TINY, encoding="utf-8")
    assert words in refused("reserve", "t.yaml", *options)
    assert [path.name for path in tmp_path.iterdir()] == ["t.yaml"]


def test_a_tape_is_refused() -> None:
    assert "book.tape" in refused("reserve", "taiwan_cards_2005")
