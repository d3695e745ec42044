"""Broken tapes: each is refused in words that say what was given, where, and what is accepted."""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from simulator.errors import TapeError
from simulator.tape import TapePlan, read

HEAD = "no,owed,line,apr,months,since\n"
GOOD = "1,100,1000,0.1,12,2024-01-31\n"
COLUMNS: dict[str, Any] = {
    "id": "no",
    "balance": "owed",
    "limit": "line",
    "rate": "apr",
    "term": "months",
    "opened": "since",
}
PLAN: dict[str, Any] = {
    "currency": "USD",
    "columns": COLUMNS,
    "date_format": "%Y-%m-%d",
    "as_of": "2024-06-30",
    "max_rejected": 0.0,
}


def plan(path: Path, **more: Any) -> TapePlan:
    return TapePlan(**{"file": str(path), **PLAN, **more})


def row(**changed: str) -> str:
    """One row of a sound tape with some cells changed."""
    cells = {
        "no": "2",
        "owed": "50",
        "line": "500",
        "apr": "0.2",
        "months": "24",
        "since": "2024-03-31",
    } | changed
    return ",".join(cells.values()) + "\n"


BROKEN_ROWS: dict[str, tuple[str, tuple[str, ...]]] = {
    "text in a number": (
        row(owed="12O"),
        ("row 2", "'owed'", "'12O'", "not a number", "an amount is wanted"),
    ),
    "infinite": (row(owed="inf"), ("row 2", "'owed'", "not a number")),
    "astronomical": (row(owed="1e15"), ("row 2", "'owed'", "impossible")),
    "no id": (row(no=""), ("row 2", "'no'", "no id")),
    "id twice": (row(no="1"), ("row 2", "'no'", "'1'", "the id was in row 1 already")),
    "no balance": (row(owed=""), ("row 2", "'owed'", "balance is required")),
    "negative balance": (row(owed="-5"), ("row 2", "'owed'", "'-5'", "zero or more is wanted")),
    "zero limit": (row(line="0"), ("row 2", "'line'", "'0'", "an amount above zero is wanted")),
    "negative limit": (row(line="-100"), ("row 2", "'line'", "above zero")),
    "negative rate": (row(apr="-0.1"), ("row 2", "'apr'", "from 0% to 100%")),
    "rate in percent": (row(apr="12.5") + row(no="3", apr="9"), ("row 2", "'apr'", "say unit: percent")),
    "no such day": (row(since="2024-02-30"), ("row 2", "'since'", "'2024-02-30'", "%Y-%m-%d")),
    "another date format": (row(since="31.01.2024"), ("row 2", "'since'", "%Y-%m-%d")),
    "opened after the snapshot": (
        row(since="2024-07-31"),
        ("row 2", "'since'", "after the snapshot, 2024-06-30"),
    ),
    "half a month": (row(months="12.5"), ("row 2", "'months'", "not a whole number", "1 to 600 months")),
    "no term": (row(months="0"), ("row 2", "'months'", "1 to 600 months")),
    "too many cells": ("2,50,500,0.2,24,2024-03-31,7\n", ("row 2", "7 columns, the header 6")),
    "too few cells": ("2,50\n", ("row 2", "2 columns, the header 6")),
    "quotation mark": (
        '"2,50,500,0.2,24,2024-03-31\n' + row(no="3"),
        ("row 2", "quotation mark", "line_breaks: true"),
    ),
    "empty line": ("\n" + row(no="3"), ("row 2", "the line is empty")),
}


@pytest.mark.parametrize("name", BROKEN_ROWS)
def test_a_broken_row_is_named(name: str, tmp_path: Path) -> None:
    text, wanted = BROKEN_ROWS[name]
    path = tmp_path / "tape.csv"
    path.write_text(HEAD + GOOD + text)
    with pytest.raises(TapeError) as caught:
        read(plan(path))
    message = str(caught.value)
    assert str(path) in message
    assert "max_rejected" in message
    for part in wanted:
        assert part in message
    tape_of_the_rest = read(plan(path, max_rejected=0.9))
    assert tape_of_the_rest.accounts["row"][0] == 1
    assert tape_of_the_rest.rows_used + len(tape_of_the_rest.rejected) == tape_of_the_rest.rows_read


def test_months_to_come_beyond_the_term(tmp_path: Path) -> None:
    path = tmp_path / "tape.csv"
    path.write_text("owed,months,left\n5,12,13\n")
    columns = {"balance": "owed", "term": "months", "remaining": "left"}
    with pytest.raises(TapeError, match=r"row 1: column 'left': '13.*more months to come than the whole term"):
        read(plan(path, columns=columns))


def test_an_unknown_code_lists_the_known(tmp_path: Path) -> None:
    path = tmp_path / "tape.csv"
    path.write_text("owed,line,late\n5,12,M9\n")
    columns = {"balance": "owed", "limit": "line", "status": {"column": "late", "values": {"M0": 0, "M1": 1}}}
    with pytest.raises(TapeError, match="row 1: column 'late': 'M9': not a known code; accepted: M0, M1"):
        read(plan(path, columns=columns))


def _bytes(content: bytes, name: str = "tape.csv") -> Callable[[Path], Path]:
    def build(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content)
        return path

    return build


def _folder(folder: Path) -> Path:
    (folder / "tape.csv").mkdir()
    return folder / "tape.csv"


def _lists(folder: Path) -> Path:
    frame = pd.DataFrame({name: [[1]] for name in ("no", "owed", "line", "apr", "months", "since")})
    frame.to_parquet(folder / "tape.parquet")
    return folder / "tape.parquet"


def _without_rows(folder: Path) -> Path:
    pd.DataFrame({"no": []}).to_parquet(folder / "tape.parquet")
    return folder / "tape.parquet"


def _neighbour(folder: Path) -> Path:
    (folder / "tapes.csv").write_text(HEAD + GOOD)
    return folder / "tape.csv"


BROKEN_FILES: dict[str, tuple[Callable[[Path], Path], tuple[str, ...]]] = {
    "missing": (_neighbour, ("does not exist", "did you mean 'tapes.csv'?")),
    "no folder": (lambda folder: folder / "gone" / "tape.csv", ("does not exist", "there is no folder")),
    "a folder": (_folder, ("cannot be read",)),
    "empty": (_bytes(b""), ("is empty",)),
    "blank": (_bytes(b"\n \n"), ("is empty",)),
    "header alone": (_bytes(HEAD.encode()), ("a header and no rows",)),
    "not UTF-8": (
        _bytes((HEAD + GOOD).encode() + b"2,5\xff,1,0.1,12,2024-01-31\n"),
        (":3:", "not UTF-8", "0xff"),
    ),
    "UTF-16": (_bytes((HEAD + GOOD).encode("utf-16")), (":1:", "not UTF-8")),
    "zero byte": (_bytes((HEAD + "1,\x005\n").encode()), (":2:", "zero byte")),
    "semicolons": (_bytes((HEAD + GOOD).replace(",", ";").encode()), (":1:", "did you mean separator: ';'?")),
    "not gzip": (_bytes(b"hello", "tape.csv.gz"), ("not a sound gzip file",)),
    "cut gzip": (
        _bytes(gzip.compress((HEAD + GOOD * 99).encode())[:40], "tape.csv.gz"),
        ("not a sound gzip file",),
    ),
    "not Parquet": (_bytes(b"PAR1 no", "tape.parquet"), ("not a sound Parquet file",)),
    "Parquet of lists": (_lists, ("column 'no' holds list",)),
    "Parquet without rows": (_without_rows, ("columns and no rows",)),
}


@pytest.mark.parametrize("name", BROKEN_FILES)
def test_a_broken_file_is_named(name: str, tmp_path: Path) -> None:
    build, wanted = BROKEN_FILES[name]
    path = build(tmp_path)
    with pytest.raises(TapeError) as caught:
        read(plan(path))
    for part in (str(path), *wanted):
        assert part in str(caught.value)


def test_every_missing_column_at_once(tmp_path: Path) -> None:
    path = tmp_path / "tape.csv"
    path.write_text("no,Owed,lines,apr,apr,since\n1,5,10,0.1,0.1,x\n")
    with pytest.raises(TapeError) as caught:
        read(plan(path))
    message = str(caught.value)
    assert f"{path}: columns.balance: the file has no column 'owed'; did you mean 'Owed'?" in message
    assert f"{path}: columns.limit: the file has no column 'line'; did you mean 'lines'?" in message
    assert f"{path}: columns.rate: the file has 2 columns named 'apr'" in message
    assert f"{path}: columns.term: the file has no column 'months'; accepted: no, Owed" in message


def test_dates_as_texts_in_parquet_need_a_format(tmp_path: Path) -> None:
    path = tmp_path / "tape.parquet"
    pd.DataFrame({"owed": [5.0], "months": [12], "since": ["2024-01-31"]}).to_parquet(path)
    columns = {"balance": "owed", "term": "months", "opened": "since"}
    with pytest.raises(TapeError, match="date_format: must be given as %Y-%m-%d: column 'since' holds text"):
        read(plan(path, columns=columns, date_format=None))


def test_a_preset_on_another_tape(tmp_path: Path) -> None:
    path = tmp_path / "tape.csv"
    path.write_text(HEAD + GOOD)
    with pytest.raises(TapeError, match="the file has no column 'LIMIT_BAL'"):
        read(TapePlan(file=str(path), preset="taiwan-cards"))
    with pytest.raises(TapeError, match="the file has no column 'int"):
        read(TapePlan(file=str(path), preset="lendingclub"))


BROKEN_PLANS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "unknown key": ({"colums": {}}, ("colums",)),
    "unknown field": ({"columns": {"balanse": "owed", "limt": "line"}}, ("mean 'balance'?", "mean 'limit'?")),
    "unknown unit": (
        {"columns": {"balance": {"column": "a", "unit": "thousand"}}},
        ("did you mean 'thousands'?",),
    ),
    "no balance": ({"columns": {"limit": "line"}}, ("balance must be mapped",)),
    "no columns": ({"columns": {}}, ("columns must be mapped", "balance")),
    "no currency": ({"currency": None}, ("currency", "as USD")),
    "odd currency": ({"currency": "dollars"}, ("'dollars' is not a currency",)),
    "no date format": ({"date_format": None}, ("date_format", "%Y-%m-%d")),
    "odd date format": ({"date_format": "yyyy-mm-dd"}, ("does not say year and month", "%Y-%m-%d")),
    "odd file": ({"file": "tape.xlsx"}, ("'tape.xlsx' is not a tape", ".parquet")),
    "unknown preset": ({"preset": "taiwan"}, ("no preset 'taiwan'", "taiwan-cards")),
    "September status": ({"status_from": "PAY_0"}, ("September", "PAY_2")),
    "word for a number": ({"values": {"term": {"A": "long"}}}, ("term: code 'A' stands for 'long'",)),
    "word for a status": (
        {"values": {"status": {"A": "lost"}}},
        ("a number or closed or charged_off is wanted",),
    ),
    "share over one": ({"max_rejected": 2}, ("max_rejected",)),
    "required unmapped": ({"required": ["income"]}, ("required: income is not mapped",)),
    "separator": ({"separator": ", "}, ("one character is wanted",)),
}


@pytest.mark.parametrize("name", BROKEN_PLANS)
def test_a_broken_plan_is_named(name: str) -> None:
    changed, wanted = BROKEN_PLANS[name]
    with pytest.raises(ValidationError) as caught:
        plan(Path("tape.csv"), **changed)
    for part in wanted:
        assert part in str(caught.value)


CELL = st.one_of(
    st.sampled_from(
        ["", "1", "2", "100", "-5", "0.1", "abc", "1e400", "nan", "2024-01-31", '"', '"x"', "é", "1,2", "\t"]
    ),
    st.text(max_size=6),
)
ROWS = st.lists(st.lists(CELL, max_size=8), max_size=12)


@settings(max_examples=150, deadline=None)
@given(rows=ROWS, head=st.booleans(), line_breaks=st.booleans(), share=st.sampled_from([0.0, 1.0]))
def test_garbage_gives_a_tape_or_a_tape_error(
    rows: list[list[str]], head: bool, line_breaks: bool, share: float
) -> None:
    text = (HEAD if head else "") + "\n".join(",".join(cells) for cells in rows)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tape.csv"
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        try:
            tape = read(plan(path, line_breaks=line_breaks, max_rejected=share))
        except TapeError:
            return
    assert tape.rows_used + len(tape.rejected) == tape.rows_read
    assert abs(tape.money_used + tape.money_rejected + tape.money_credit - tape.money_read) < 0.005


@settings(max_examples=60, deadline=None)
@given(content=st.binary(max_size=300), name=st.sampled_from(["tape.csv", "tape.csv.gz", "tape.parquet"]))
def test_noise_gives_a_tape_error(content: bytes, name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        with pytest.raises(TapeError):
            read(plan(path))
