"""The command as its users meet it: files, figures, exit codes, words on the screen, nothing left after an error."""

from __future__ import annotations

import importlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import pandas as pd
import pytest
from click.testing import CliRunner, Result

import simulator
from simulator.cli import loanbook, screen
from simulator.metrics import measure

ROOT = Path(__file__).resolve().parent.parent
SMALL = ("--borrowers", "300", "--months", "3", "--set", "book.warm_up=2", "--set", "book.due_days=[5]")
FILES = {
    *("scenario.yaml", "provenance.json", "panel.parquet", "unshocked.parquet", "vintages.parquet"),
    *("roll_rates.parquet", "flows.parquet", "hit.parquet", "causes.parquet", "policies.parquet"),
    *("summary.json", "report.html", "tables.xlsx"),
}


def called(*words: str) -> Result:
    return CliRunner().invoke(loanbook, list(words))


def refused(*words: str) -> str:
    """The message of a command that ends with exit code 2 and plain words."""
    result = called(*words)
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output
    assert result.output.strip()
    return result.output


def process(*words: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    paths = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    return subprocess.run(
        [sys.executable, "-m", "simulator", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": paths, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """One small run, and the same again."""
    folder = tmp_path_factory.mktemp("cli")
    words = ("run", "us_cards_severe_2026", *SMALL, "--seed", "5", "--out")
    first = called(*words, str(folder / "deep" / "first"))
    again = called(*words, str(folder / "again"), "--quiet")
    return SimpleNamespace(folder=folder, first=first, again=again, out=folder / "deep" / "first")


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


# --- a run ----------------------------------------------------------------------------------------------


def test_a_run_writes_every_file(ran: SimpleNamespace) -> None:
    assert ran.first.exit_code == 0, ran.first.output
    assert {file.name for file in ran.out.iterdir()} == FILES
    assert {file.name for file in ran.folder.iterdir()} == {"deep", "again"}
    summary = json.loads((ran.out / "summary.json").read_text(encoding="utf-8"))
    assert (summary["scenario"], summary["seed"], summary["borrowers"]) == ("us_cards_severe_2026", 5, 300)
    assert summary["months"] == 3


def test_the_span_again_without_each_cause(at: Path) -> None:
    small = ("--borrowers", "400", "--months", "6", "--set", "book.warm_up=6", "--set", "book.due_days=[5]")
    words = ("run", "us_cards_severe_2026", *small, "--out", "why")
    plain = called(*words)
    assert plain.exit_code == 0, plain.output
    assert "counterfactual.parquet" not in {file.name for file in (at / "why").iterdir()}
    again = called(*words, "--counterfactual")
    assert again.exit_code == 0, again.output
    assert {file.name for file in (at / "why").iterdir()} == FILES | {"counterfactual.parquet"}
    assert "Without penalty interest and late fees" in again.output
    assert "Report" in again.output
    figures = [line for line in plain.output.splitlines() if line.startswith("Accounts newly in default")]
    assert figures
    assert figures[0] in again.output


def test_the_screen_shows_question_figures_and_report(ran: SimpleNamespace) -> None:
    text = ran.first.output
    for words in (
        "Unemployment goes to 10%",
        "300 borrowers, 2 months of warm-up, 3 months, seed 5.",
        "unshocked",
        "difference",
        "Peak balance 30+ days overdue",
        "Peak balance 60+ days overdue",
        "Peak balance 90+ days overdue",
        "Accounts newly in default",
        "Charged off",
        "report.html",
    ):
        assert words in text
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", text), "control characters in piped output"


def test_quiet_says_nothing(ran: SimpleNamespace) -> None:
    assert ran.again.exit_code == 0
    assert ran.again.output == ""


def test_the_same_again_to_the_byte(ran: SimpleNamespace) -> None:
    for name in ("panel.parquet", "unshocked.parquet", "vintages.parquet", "summary.json", "scenario.yaml"):
        assert (ran.out / name).read_bytes() == (ran.folder / "again" / name).read_bytes()


def test_python_gives_the_same_to_the_last_digit(ran: SimpleNamespace) -> None:
    sets = ("book.warm_up=2", "book.due_days=[5]")
    result = simulator.run(simulator.load("us_cards_severe_2026", sets, seed=5, borrowers=300, months=3))
    panel = pd.read_parquet(ran.out / "panel.parquet")
    pd.testing.assert_frame_equal(panel, result.panel, check_exact=True, check_dtype=False)
    written = json.loads((ran.out / "summary.json").read_text(encoding="utf-8"))["metrics"]
    for name, value in measure(result.panel).items():
        assert written[name]["value"] == (None if value != value else value)


def test_what_was_written_runs_again(ran: SimpleNamespace) -> None:
    checked = called("check", str(ran.out / "scenario.yaml"))
    assert checked.exit_code == 0, checked.output
    assert "300 borrowers" in checked.output


def test_an_earlier_run_is_replaced_and_other_files_are_left_alone(ran: SimpleNamespace, at: Path) -> None:
    (at / "mine").mkdir()
    (at / "mine" / "thesis.txt").write_text("years of work")
    assert "is not an earlier run" in refused("run", "us_cards", *SMALL, "--out", "mine")
    assert [file.name for file in (at / "mine").iterdir()] == ["thesis.txt"]


def test_the_default_directory_and_a_quiet_world(at: Path) -> None:
    (at / "my scenario.yaml").write_text("extends: us_cards\n")
    result = called("run", "my scenario.yaml", *SMALL)
    assert result.exit_code == 0, result.output
    assert (at / "runs" / "my_scenario" / "report.html").exists()
    assert "Nothing differs from the baseline world" in result.output
    assert not (at / "runs" / "my_scenario" / "unshocked.parquet").exists()


# --- errors ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("rnu",), "did you mean 'run'?"),
        (("run",), "Missing argument 'SCENARIO'"),
        (("run", "us_cards", "--sead", "3"), "--seed"),
        (("run", "us_cards", "--seed", "x"), "--seed"),
        (("run", "us_card"), "did you mean 'us_cards'?"),
        (("run", "nowhere/at/all.yaml"), "nowhere/at/all.yaml: the file does not exist"),
        (("run", "us_cards", "--seed", "-1"), "--seed: seed: -1 was given"),
        (("run", "us_cards", "--borrowers", "0"), "--borrowers: book.borrowers: 0 was given"),
        (("run", "us_cards", "--months", "601"), "--months: span.months: 601 was given"),
        (("run", "us_cards", "--set", "book.borowers=3"), "did you mean 'borrowers'?"),
        (("run", "us_cards", "--set", "seed"), "key.path=value is wanted"),
        (("run", "us_cards", "--tape", "no.csv"), "no.csv does not exist"),
        (("check", "us_cards", "--set", "world.economy.unemployment=0.05"), "write percent, as 5"),
        (("list", "shock"), "did you mean 'shocks'?"),
        (("list", "shocks", "ilness"), "did you mean 'illness'?"),
        (("schema", "--out", "no/such/place.json"), "cannot be written"),
        (("demo", "--out", "file.txt"), "is a file; a directory is wanted"),
    ],
)
def test_what_the_user_can_put_right(at: Path, words: tuple[str, ...], told: str) -> None:
    (at / "file.txt").write_text("")
    assert told in refused(*words)
    assert [file.name for file in at.iterdir()] == ["file.txt"]


def test_too_large_for_the_memory(at: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import psutil

    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=1_000_000_000))
    told = refused("run", "us_cards", "--borrowers", "2000000")
    assert "2,000,000 borrowers need about 1.2 GB of memory and 1.0 GB are free here" in told
    fits = re.search(r"--borrowers (\d+) would fit", told)
    assert fits
    assert called("check", "us_cards", "--borrowers", fits[1]).exit_code == 0
    assert not list(at.iterdir())


def broken(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> Result:
    def fails(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(importlib.import_module("simulator.run"), "run", fails)
    return called("run", "us_cards", *SMALL)


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (KeyboardInterrupt(), 130, "stopped; nothing was written\n"),
        (MemoryError(), 2, "the memory of this machine is used up"),
        (
            ZeroDivisionError("a\nb"),
            1,
            "this is a defect of loanbook: ZeroDivisionError: a b (set LOANBOOK_TRACEBACK=1",
        ),
    ],
)
def test_how_it_ends(at: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, told: str) -> None:
    monkeypatch.delenv("LOANBOOK_TRACEBACK", raising=False)
    result = broken(monkeypatch, error)
    assert result.exit_code == code
    assert result.output.startswith(told)
    assert len(result.output.splitlines()) == 1
    assert not list(at.iterdir())


def test_a_defect_shows_where_it_is_when_asked(at: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOANBOOK_TRACEBACK", "1")
    result = broken(monkeypatch, ZeroDivisionError("oh"))
    assert result.exit_code == 1
    assert "Traceback" in result.output
    assert "in fails" in result.output


def test_a_report_that_fails_leaves_nothing(at: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import simulator.report.workbook as workbook

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(workbook, "write_workbook", full)
    assert "No space left on device" in refused("run", "us_cards", *SMALL)
    assert not list(at.iterdir())


# --- the other commands ---------------------------------------------------------------------------------


def test_check_prints_the_calendar_and_writes_nothing(at: Path) -> None:
    result = called("check", "us_cards_severe_2026", "--set", "world.shocks.illness.starts=2026-05", "--seed", "9")
    assert result.exit_code == 0, result.output
    assert "us_cards_severe_2026 is in order." in result.output
    dates = re.findall(r"^(\d{4}-\d\d-\d\d)  ", result.output, re.MULTILINE)
    assert dates == sorted(dates)
    assert "2027-07-01  unemployment rises to 10%" in result.output
    assert "2026-05-01  shock illness begins" in result.output
    assert re.search(r"^seed +9$", result.output, re.MULTILINE)
    assert re.search(r"^memory +about \d+ MB", result.output, re.MULTILINE)
    assert not list(at.iterdir())


def test_a_folder_of_the_same_name_does_not_hide_a_shipped_scenario(at: Path) -> None:
    (at / "us_cards").mkdir()
    assert called("check", "us_cards").exit_code == 0
    assert called("list", "scenarios").exit_code == 0


@pytest.mark.parametrize(
    ("gallery", "names"),
    [
        ("shocks", {"unemployment", "income_cut", "illness", "expense"}),
        ("products", {"card", "instalment"}),
        ("policies", {"approval"}),
        ("reserves", {"days_late", "none", "provisioning", "overlay"}),
        ("worlds", {"autoregressive", "bootstrap", "given"}),
        ("metrics", {"peak_overdue_30_rate", "default_rate", "net_loss"}),
        ("scenarios", {"us_cards", "us_cards_severe_2026"}),
    ],
)
def test_lists(gallery: str, names: set[str]) -> None:
    result = called("list", gallery)
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert names <= {line.split()[0] for line in lines}
    assert all(len(line.split()) > 3 for line in lines), "a line without a description"
    detailed = called("list", gallery, "--long")
    assert detailed.exit_code == 0, detailed.output
    for name in names:
        one = called("list", gallery, name)
        assert one.exit_code == 0, one.output
        assert one.output in detailed.output


def test_a_list_gives_value_unit_meaning_and_source() -> None:
    text = called("list", "shocks", "illness").output
    assert re.search(r"^incidence +0\.24 probability per year +chance a year at age 40 \[.+\]$", text, re.MULTILINE)
    assert re.search(r"^where\.region +- ", text, re.MULTILINE)
    assert re.search(r"^recoveries\.share +0\.17", called("list", "products", "card").output, re.MULTILINE)


def test_schema(at: Path) -> None:
    printed = called("schema")
    assert printed.exit_code == 0
    body = json.loads(printed.output)
    assert {"extends", "span", "book", "world", "lender"} <= set(body["properties"])
    assert called("schema", "--out", "s.json").exit_code == 0
    assert json.loads((at / "s.json").read_text(encoding="utf-8")) == body
    assert [file.name for file in at.iterdir()] == ["s.json"]


def test_every_command_helps_with_an_example() -> None:
    assert isinstance(loanbook, click.Group)
    for name in loanbook.commands:
        text = called(name, "--help").output
        assert f"loanbook {name}" in text.split("Example")[1]


# --- what a console can show ----------------------------------------------------------------------------


def test_an_old_console_gets_signs_it_knows() -> None:
    class Old:
        encoding = "cp1252"

    shown = screen.printable("−0.5 points ≥ 3 · 中文\x1b[31m.", Old())  # type: ignore[arg-type]
    assert shown == "-0.5 points >= 3 . ???[31m."
    assert "\x1b" not in shown


def test_a_bar_for_people_only(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with screen.progress(True) as told:
        told("running", 1, 2)
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr(screen, "on_terminal", lambda: True)
    with screen.progress(False) as told:
        told("running", 1, 2)
    assert capsys.readouterr() == ("", "")
    with screen.progress(True) as told:
        told("reading the scenario", 0, 0)
        for month in range(3):
            told("running", month, 3)
        told("writing the report", 0, 0)
    assert capsys.readouterr().out == ""


# --- real processes -------------------------------------------------------------------------------------


def test_help_in_a_real_process(tmp_path: Path) -> None:
    result = process("--help", folder=tmp_path)
    assert result.returncode == 0
    assert "Commands:" in result.stdout


def test_nothing_heavy_is_imported_to_help() -> None:
    program = (
        "import sys, simulator, simulator.cli; "
        "heavy = {'numpy', 'pandas', 'pydantic', 'matplotlib', 'rich', 'scipy', 'yaml', 'pyarrow', 'jinja2'}; "
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)


def test_the_front_door_of_python() -> None:
    program = (
        "import simulator; "
        "assert sorted(simulator.__all__) == ['Comparison', 'Ensemble', 'ReserveResult', 'Result', 'Reversed', "
        "'Scenario', 'Sweep', 'accounts', 'compare', 'distribution', 'load', 'payment_statuses', 'reserve', 'reverse', "
        "'run', 'sweep']; "
        "import simulator.run; from simulator.run import Result; from simulator import run, load, Scenario; "
        "assert callable(run) and run is simulator.run and Result is simulator.Result; "
        "import simulator.reverse; from simulator.reverse import Reversed; from simulator import reverse; "
        "assert callable(reverse) and reverse is simulator.reverse and Reversed is simulator.Reversed; "
        "assert not hasattr(simulator, 'nothing')"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)


def test_demo_in_a_real_process(tmp_path: Path) -> None:
    result = process("demo", folder=tmp_path, PYTHONIOENCODING="cp1252")
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    assert "small demonstration" in result.stdout
    assert "\ufffd" not in result.stdout
    assert {file.name for file in (tmp_path / "runs" / "demo").iterdir()} == FILES


def test_an_error_in_a_real_process(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("extends: us_cards\nboook: {}\n")
    result = process("run", "bad.yaml", folder=tmp_path)
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.startswith("bad.yaml:2:1: boook: unknown key; did you mean 'book'?")
    assert [file.name for file in tmp_path.iterdir()] == ["bad.yaml"]


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_stopped_in_the_middle(tmp_path: Path, number: signal.Signals, code: int) -> None:
    words = [sys.executable, "-m", "simulator", "run", "us_cards", "--borrowers", "100000"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(words, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True) as running:
        time.sleep(4)  # well into the run, on a slow machine too
        running.send_signal(number)
        told = running.communicate(timeout=60)[1]
    assert running.returncode == code
    assert "Traceback" not in told
    assert not list(tmp_path.iterdir())
