"""`loanbook calibrate` as its users meet it: files, words, JSON, what is refused, what is left when it is stopped."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
import quick_world as quick

import simulator.calibration.evaluations as evaluations
from simulator.calibration.variants import COLUMNS
from simulator.report import begin_fit
from simulator.scenario import load, to_yaml
from tests.test_cli import called, refused

TRUE = (0.42, 0.21)
FILES = {
    *("fitted.yaml", "estimates.csv", "values.csv", "tried.csv", "fit.html", "provenance.json"),
    *("variants.csv", "evaluations.jsonl"),
}
REAL = """\
span: {start: 2000-01, months: 24}
book: {recipe: us, borrowers: 250, warm_up: 2, due_days: [15], segments: []}
world:
  economy: {unemployment: {baseline: 5, 2001-01: 8}}
  shocks: {expense: {}}
lender: {products: {card: {}}}
"""


def world(folder: Path) -> Path:
    """A scenario and its targets, in a folder."""
    quick.write_targets(folder, quick.values_of(9001, *TRUE), below="hold_out: {from: 2004-01, to: 2005-12}")
    (folder / "base.yaml").write_text(to_yaml(quick.scenario()), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """One calibration of the stand-in, shown; and the same again as JSON, with a shared log."""
    folder = world(tmp_path_factory.mktemp("calibrate"))
    words = ("calibrate", str(folder / "base.yaml"), "--targets", str(folder / "targets.yaml"), "--workers", "1")
    words = (*words, "--evaluations", "31", "--set", "lender.products.card.rate=0.19")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluations, "lived", quick.quick)
        shown = called(*words, "--out", str(folder / "fit"))
        log = ("--variant", "plain", "--log", str(folder / "log.csv"))
        told = called(*words, "--out", str(folder / "fit2"), *log, "--json")
        quiet = called(*words, "--out", str(folder / "fit2"), "--variant", "again", *log[2:], "--quiet")
    return SimpleNamespace(folder=folder, shown=shown, told=told, quiet=quiet, words=words)


def test_the_files(done: SimpleNamespace) -> None:
    assert done.shown.exit_code == 0, done.shown.output
    assert {file.name for file in (done.folder / "fit").iterdir()} == FILES
    assert not [file for file in done.folder.iterdir() if file.name.startswith(".")]
    known = json.loads((done.folder / "fit" / "provenance.json").read_text(encoding="utf-8"))
    assert known["finished"] is True
    assert set(known["files"]) == FILES
    estimates = pd.read_csv(done.folder / "fit" / "estimates.csv")
    assert list(estimates["parameter"]) == [quick.EXPENSE, quick.CUT]
    assert set(estimates["set_by"]) <= {"data", "prior"}
    values = pd.read_csv(done.folder / "fit" / "values.csv")
    assert dict(values["role"].value_counts()) == {"fitted": 32, "held out": 16}
    assert (values["observed"] - values["fitted"]).to_numpy() == pytest.approx(values["residual"])
    tried = pd.read_csv(done.folder / "fit" / "tried.csv")
    assert len(tried) == known["evaluations"]


def test_the_fitted_scenario_is_one(done: SimpleNamespace) -> None:
    fitted = load(done.folder / "fit" / "fitted.yaml")
    assert fitted.fit is not None
    assert list(fitted.fit.in_force(fitted)) == [quick.EXPENSE, quick.CUT]
    assert fitted.lender.products["card"].rate == 0.19
    assert fitted.fit.model_error["charge_off_rate"].standard_deviation > 0
    text = (done.folder / "fit" / "fitted.yaml").read_text(encoding="utf-8")
    assert "extends: ../base.yaml" in text
    assert "(90%), prior 0.2 to 0.9, set by the" in text


def test_the_words_on_the_screen(done: SimpleNamespace) -> None:
    told = " ".join(done.shown.output.split())
    for words in (
        "quick fitted to targets.yaml",
        quick.EXPENSE,
        "root-mean-square error",
        "sampling noise of 2 seeds makes up",
        "evaluations of 31 allowed",
        "of the workers' time",
        "fit.html",
    ):
        assert words in told, words


def test_the_page(done: SimpleNamespace) -> None:
    page = (done.folder / "fit" / "fit.html").read_text(encoding="utf-8")
    assert page.count("<svg") == 4
    assert "http" not in page.replace("http://www.w3.org", "")
    for words in ("What the data can see", "Shaded: held out", "Where the time went", "Every variant tried", "a guess"):
        assert words in page, words


def test_json_and_the_log_of_variants(done: SimpleNamespace) -> None:
    assert (done.told.exit_code, done.quiet.exit_code, done.quiet.output) == (0, 0, "")
    told = json.loads(done.told.output)
    assert set(told["parameters"]) == {quick.EXPENSE, quick.CUT}
    assert told["scores"]["charge_off_rate"]["held_out"] == 8
    assert told["time"]["runs_kept_from_before"] == 0
    again = json.loads((done.folder / "fit2" / "provenance.json").read_text(encoding="utf-8"))
    assert again["runs_made"] == 0
    for name in ("estimates.csv", "values.csv", "tried.csv", "fitted.yaml"):
        same = [(done.folder / folder / name).read_bytes() for folder in ("fit", "fit2")]
        assert same[0] == same[1], name
    log = pd.read_csv(done.folder / "log.csv")
    assert tuple(log.columns) == COLUMNS
    assert list(log["variant"]) == ["plain", "again"]
    assert log["fit_rmse"].iloc[0] == pytest.approx(told["scores"]["charge_off_rate"]["rmse"], rel=1e-3)
    assert log["hold_out_rmse"].iloc[0] == pytest.approx(told["scores"]["charge_off_rate"]["hold_out_rmse"], rel=1e-3)
    own = pd.read_csv(done.folder / "fit" / "variants.csv")
    assert list(own["variant"]) == ["quick"]


def test_mistakes_leave_nothing(tmp_path: Path) -> None:
    folder = world(tmp_path)
    words = ("calibrate", str(folder / "base.yaml"), "--targets")
    out = ("--out", str(folder / "fit"))
    assert "the file does not exist" in refused(*words, str(folder / "nothing.yaml"), *out)
    assert "need at least 31" in refused(*words, str(folder / "targets.yaml"), *out, "--evaluations", "5")
    broken = (folder / "targets.yaml").read_text().replace("income_cut.incidence", "income_cut.incidens")
    (folder / "broken.yaml").write_text(broken)
    assert "did you mean 'incidence'?" in refused(*words, str(folder / "broken.yaml"), *out)
    (folder / "log.csv").write_text("a,b\n1,2\n")
    log = ("--log", str(folder / "log.csv"))
    assert "is no log of variants" in refused(*words, str(folder / "targets.yaml"), *out, *log)
    assert not (folder / "fit").exists()
    (folder / "fit").mkdir()
    (folder / "fit" / "mine.txt").write_text("mine")
    assert "is not an earlier run" in refused(*words, str(folder / "targets.yaml"), *out)
    assert (folder / "fit" / "mine.txt").read_text() == "mine"


def test_stopped_it_keeps_its_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = world(tmp_path)
    count = [0]

    def stopping(*asked: object, **named: object) -> object:
        count[0] += 1
        if count[0] == 15:
            raise KeyboardInterrupt
        return quick.quick(*asked, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(evaluations, "lived", stopping)
    words = ("calibrate", str(folder / "base.yaml"), "--targets", str(folder / "targets.yaml"), "--workers", "1")
    words = (*words, "--evaluations", "31", "--out", str(folder / "fit"), "--quiet")
    stopped = called(*words)
    assert stopped.exit_code == 130
    assert "14 runs are kept" in stopped.output
    assert {file.name for file in (folder / "fit").iterdir()} == {"provenance.json", "evaluations.jsonl"}
    assert called(*words).exit_code == 0
    known = json.loads((folder / "fit" / "provenance.json").read_text(encoding="utf-8"))
    assert known["runs_kept_from_before"] == 14
    begin_fit(folder / "fit")
    assert (folder / "fit" / "evaluations.jsonl").is_file()
    begin_fit(folder / "fit", fresh=True)
    assert not (folder / "fit" / "evaluations.jsonl").exists()


def test_a_real_book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole way with real runs: one parameter, a small book, and the fitted scenario runs."""
    monkeypatch.setattr("simulator.calibration.fit.NOISE_SEEDS", 3)
    (tmp_path / "cards.yaml").write_text(REAL)
    (tmp_path / "targets.yaml").write_text(
        "parameters:\n"
        f"  {quick.EXPENSE}: {{prior: us.shock.any_annual, transform: log}}\n"
        "targets:\n"
        "  late: {kind: moment, measure: overdue_30_rate, value: 3.0, standard_error: 1.0}\n"
    )
    words = ("--evaluations", "21", "--seeds", "2", "--workers", "1", "--out", str(tmp_path / "fit"), "--json")
    result = called("calibrate", str(tmp_path / "cards.yaml"), "--targets", str(tmp_path / "targets.yaml"), *words)
    assert result.exit_code == 0, result.output
    one = json.loads(result.output)["parameters"][quick.EXPENSE]
    assert one["source"] == "FACTS us.shock.any_annual"
    assert (one["prior_low"], one["prior_high"], one["start"]) == (0.55, 0.65, 0.6)
    ran = called("run", str(tmp_path / "fit" / "fitted.yaml"), "--out", str(tmp_path / "run"), "--quiet")
    assert ran.exit_code == 0, ran.output
    report = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    assert "fitted to targets.yaml of 2000-01 to 2001-12" in report
