"""Broken scenarios and tapes given to the command: exit code 2, the place, no traceback, no directory left behind."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from simulator.cli import loanbook

GOOD = """\
span: {start: 2026-01, months: 3}
book: {recipe: us, borrowers: 300, warm_up: 2}
world:
  economy: {unemployment: 4.3}
lender:
  products: {card: {rate: 0.2}}
"""

# what is wrong: the file's bytes, the place of the mistake, words of the message
BROKEN: dict[str, tuple[bytes, str, str]] = {
    "an empty file": (b"", "s.yaml:1:1: ", "empty"),
    "not UTF-8": (b"seed: 1\nname: caf\xe9\n", "s.yaml:2:10: ", "not UTF-8"),
    "an open bracket": (b"book: {due_days: [1, 2\n", "s.yaml:2:1: ", "cannot be read"),
    "a bomb": (b"a: &a [1]\nb: &b [*a]\nc: [*b]\n", "s.yaml:3:5: ", "alias"),
    "code": (GOOD.encode() + b"name: !!python/object/apply:os.system ['true']\n", "s.yaml:7:7: name: ", "the tag"),
    "an unknown key": (GOOD.replace("warm_up", "warmup").encode(), "s.yaml:2:36: book.warmup: ", "'warm_up'?"),
    "a key twice": (GOOD.encode() + b"seed: 1\nseed: 2\n", "s.yaml:8:1: seed: ", "written twice"),
    "a wrong type": (GOOD.replace("300", "many").encode(), "s.yaml:2:31: book.borrowers: ", "a whole number"),
    "a negative rate": (
        GOOD.replace("0.2", "-1").encode(),
        "s.yaml:6:27: lender.products.card.rate: ",
        "at least 0",
    ),
    "a share for percent": (GOOD.replace("4.3", "0.05").encode(), "s.yaml:4:27: world.economy.unemployment: ", "as 5"),
    "extends itself": (b"extends: s.yaml\n" + GOOD.encode(), "s.yaml:1:1: extends: ", "circle"),
    "no such base": (b"extends: nowhere\n" + GOOD.encode(), "s.yaml:1:10: extends: ", "nowhere"),
}

HEAD = "nr,owed,line\n"
TAPE = GOOD.replace(
    "300,",
    "300, tape: {file: t.csv, currency: USD, max_rejected: 0, columns: {id: nr, balance: owed, limit: line}},",
)
TAPES: dict[str, tuple[str, str, bool]] = {  # the tape, words of the message, whether check already sees it
    "a column is missing": ("nr,owed\n1,5\n", "no column 'line'", True),
    "an empty tape": ("", "t.csv", True),
    "text in a number": (HEAD + "1,12O,500\n", "row 1: column 'owed': '12O'", False),
    "an id twice": (HEAD + "1,5,50\n1,6,60\n", "the id was in row 1 already", False),
    "a negative limit": (HEAD + "1,5,-50\n", "row 1: column 'line': '-50'", False),
}


def refused(*words: str) -> str:
    result = CliRunner().invoke(loanbook, list(words))
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output
    assert "defect" not in result.output
    return result.output


@pytest.mark.parametrize("command", ["check", "run"])
@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str, command: str) -> None:
    monkeypatch.chdir(tmp_path)
    text, place, words = BROKEN[what]
    (tmp_path / "s.yaml").write_bytes(text)
    told = refused(command, "s.yaml")
    line = next((line for line in told.splitlines() if line.startswith(place)), None)
    assert line is not None, told
    assert words in line
    assert [file.name for file in tmp_path.iterdir()] == ["s.yaml"]


def test_all_mistakes_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = GOOD.replace("300", "-3").replace("4.3", "0.05").replace("rate", "rat") + "sed: 4\n"
    (tmp_path / "s.yaml").write_text(text)
    lines = refused("run", "s.yaml", "--set", "span.moths=3", "--seed", "-4").splitlines()
    assert [line.split(": ")[0] for line in lines[:4]] == ["s.yaml:2:31", "s.yaml:4:27", "s.yaml:6:21", "s.yaml:7:1"]
    assert sorted(line.split(": ")[0] for line in lines[4:]) == ["--seed", "--set span.moths"]
    assert [file.name for file in tmp_path.iterdir()] == ["s.yaml"]


@pytest.mark.parametrize("what", TAPES)
def test_a_broken_tape(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    monkeypatch.chdir(tmp_path)
    rows, words, seen_by_check = TAPES[what]
    (tmp_path / "s.yaml").write_text(TAPE)
    (tmp_path / "t.csv").write_text(rows)
    assert words in refused("run", "s.yaml")
    if seen_by_check:
        assert words in refused("check", "s.yaml")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["s.yaml", "t.csv"]


def test_a_message_shows_no_control_characters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    told = refused("run", "\x1b[31mred.yaml")
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", told)
