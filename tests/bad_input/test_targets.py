"""Broken files of targets: each is refused with its place, its key and what would be accepted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from simulator.calibration import calibrate
from simulator.calibration.blocks import blocks_of
from simulator.calibration.parameters import parameters_of
from simulator.calibration.targets import TargetsFile, read_targets
from simulator.errors import CalibrationError, ScenarioError
from simulator.scenario import Scenario, from_dict

GOOD = """\
parameters:
  world.shocks.expense.incidence: {prior: [0.3, 0.7], source: a guess}
targets:
  losses: {kind: series, file: losses.csv, measure: charge_off_rate}
"""
SERIES = "date,value\n" + "".join(
    f"{year}-{month:02}-01,4.5\n" for year in range(1999, 2004) for month in (1, 4, 7, 10)
)
BODY: dict[str, Any] = {
    "span": {"start": "2000-01", "months": 36},
    "book": {"borrowers": 100},
    "world": {
        "economy": {"unemployment": {"baseline": 5.0, "2001-01": 7.0}},
        "shocks": {"expense": {}},
        "labour": {"sector_cyclicality": {"manufacturing": 1.2}},
    },
    "lender": {"products": {"card": {}}},
}

# what is wrong: what to replace in GOOD, by what, the place, words of the message
READING: dict[str, tuple[str, str, str, str]] = {
    "empty": (GOOD, "", "1:1", "the file is empty; parameters and targets are wanted"),
    "a list": (GOOD, "- 1\n", "1:1", "a map with parameters and targets is wanted"),
    "unknown section": ("targets:", "targts:", "3:1", "did you mean 'targets'?"),
    "unknown key": ("prior:", "prio:", "2:36", "did you mean 'prior'?"),
    "unknown kind": ("kind: series", "kind: serie", "4:18", "did you mean 'series'?"),
    "kind left out": ("kind: series, ", "", "4:3", "no kind is given and 'losses' is not one"),
    "one end alone": ("[0.3, 0.7]", "[0.3]", "2:43", "1 given; two numbers are wanted"),
    "unknown transform": ("source: a guess", "source: a guess, transform: lg", "2:", "did you mean 'log'?"),
    "a weight of nought": ("measure:", "weight: 0, measure:", "4:", "above 0"),
    "no such file": ("losses.csv", "lost.csv", "4:32", "lost.csv does not exist"),
    "dates crossed": ("measure:", "from: 2002-01, to: 2001-01, measure:", "4:", "2001-01 lies before 2002-01"),
    "hold-out crossed": (GOOD, GOOD + "hold_out: {from: 2002-01, to: 2001-01}\n", "5:", "lies before 2002-01"),
    "two of a measure": (
        GOOD,
        GOOD + "  again: {kind: series, file: losses.csv, measure: charge_off_rate}\n",
        "5:",
        "is the measure of losses too",
    ),
    "neither measure nor metric": (
        GOOD,
        GOOD + "  m: {kind: moment, value: 1, standard_error: 1}\n",
        "5:",
        "either a measure or a metric",
    ),
    "shares above one": (
        GOOD,
        GOOD + "  r: {kind: roll_rates, values: {current: {1_29: 0.7, current: 0.6}}, standard_error: 0.1}\n",
        "5:",
        "add up to 1.3",
    ),
    "no share": (
        GOOD,
        GOOD + "  v: {kind: vintage, values: {12: 3}, standard_error: 0.1}\n",
        "5:",
        "a share from 0 to 1",
    ),
    "no error": (GOOD, GOOD + "  v: {kind: vintage, values: {12: 0.3}}\n", "5:", "standard_error is missing"),
    "no bucket": (
        GOOD,
        GOOD + "  r: {kind: roll_rates, values: {curent: {1_29: 0.7}}, standard_error: 0.1}\n",
        "5:",
        "one of current, 1_29",
    ),
}
AGAINST_THE_SCENARIO: dict[str, tuple[str, str, str, str]] = {
    "no such key": ("expense.incidence", "expense.incidens", "2:", "did you mean 'incidence'?"),
    "no such shock": ("shocks.expense", "shocks.expens", "2:", "did you mean 'expense'?"),
    "no number": ("shocks.expense.incidence", "shocks.expense.profile", "2:", "only numbers can be fitted"),
    "a path": ("shocks.expense.incidence", "economy.unemployment", "2:", "only numbers can be fitted"),
    "a whole number": ("world.shocks.expense.incidence", "book.borrowers", "2:", "a whole number cannot be fitted"),
    "ends crossed": ("[0.3, 0.7]", "[0.7, 0.3]", "2:", "the lower end comes first"),
    "no published figure": (
        "[0.3, 0.7]",
        "us.shock.income_cut_annul",
        "2:",
        "did you mean 'us.shock.income_cut_annual'?",
    ),
    "no source": (", source: a guess", "", "2:", "source is missing"),
    "beyond what the key accepts": ("[0.3, 0.7]", "[-0.3, 0.7]", "2:", "the key accepts 0 to"),
    "a start beyond the bounds": ("source:", "bounds: [0.2, 0.8], start: 0.9, source:", "2:", "0.2 to 0.8 is wanted"),
    "log of nought": ("[0.3, 0.7]", "[0, 0.7], transform: log", "2:", "a prior above 0"),
    "unknown measure": ("charge_off_rate", "charge_of_rate", "4:", "did you mean 'charge_off_rate'?"),
    "before the span": ("measure:", "from: 1999-01, measure:", "4:", "outside the scenario's span, 2000-01 to 2002-12"),
    "skipping nothing": ("measure:", "skip: [2000-02], measure:", "4:", "is no quarter of the series"),
    "too short for its error": ("measure:", "to: 2000-12, measure:", "4:3", "say nothing of their own error"),
    "all held out": (
        GOOD,
        GOOD.replace("measure:", "error: 1, measure:") + "hold_out: {from: 2000-01, to: 2002-12}\n",
        "4:3",
        "no quarter of the series lies in the months that are fitted",
    ),
    "no metric": (
        GOOD,
        GOOD + "  m: {kind: moment, metric: defalt_rate, value: 1, standard_error: 1}\n",
        "5:",
        "did you mean 'default_rate'?",
    ),
    "no product": (
        GOOD,
        GOOD + "  v: {kind: vintage, product: crd, values: {12: 0.3}, standard_error: 0.1}\n",
        "5:",
        "did you mean 'card'?",
    ),
    "a figure of the hold-out": (
        GOOD,
        GOOD
        + "  m: {kind: moment, metric: default_rate, value: 1, standard_error: 1, from: 2001-01, to: 2002-06}\n"
        + "hold_out: {from: 2002-01, to: 2002-12}\n",
        "5:",
        "reaches into the hold-out",
    ),
}


@pytest.fixture
def scenario() -> Scenario:
    return from_dict(BODY)


def written(folder: Path, old: str, new: str) -> Path:
    (folder / "losses.csv").write_text(SERIES)
    file = folder / "targets.yaml"
    text = GOOD.replace(old, new)
    assert text != GOOD
    file.write_text(text)
    return file


def made_ready(file: TargetsFile, scenario: Scenario) -> None:
    parameters_of(file, scenario)
    blocks_of(file, scenario)


@pytest.mark.parametrize("case", READING)
def test_what_cannot_be_read(case: str, tmp_path: Path) -> None:
    old, new, place, said = READING[case]
    with pytest.raises(ScenarioError) as refused:
        read_targets(written(tmp_path, old, new))
    assert f"targets.yaml:{place}" in str(refused.value), str(refused.value)
    assert said in str(refused.value), str(refused.value)


@pytest.mark.parametrize("case", AGAINST_THE_SCENARIO)
def test_what_the_scenario_cannot_do(case: str, tmp_path: Path, scenario: Scenario) -> None:
    old, new, place, said = AGAINST_THE_SCENARIO[case]
    file = read_targets(written(tmp_path, old, new))
    with pytest.raises(ScenarioError) as refused:
        made_ready(file, scenario)
    assert f"targets.yaml:{place}" in str(refused.value), str(refused.value)
    assert said in str(refused.value), str(refused.value)


def test_every_mistake_at_once(tmp_path: Path, scenario: Scenario) -> None:
    file = written(tmp_path, "prior: [0.3, 0.7], source: a guess", "prior: [0.3, 0.7], sorce: a guess, strat: 1")
    with pytest.raises(ScenarioError) as refused:
        read_targets(file)
    assert len(refused.value.problems) == 2


def test_a_broken_series_is_told_by_its_own_file(tmp_path: Path, scenario: Scenario) -> None:
    file = written(tmp_path, "measure:", "weight: 2, measure:")
    (tmp_path / "losses.csv").write_text(SERIES.replace("2001-01-01,4.5", "2001-01-01,many"))
    with pytest.raises(ScenarioError, match=r"losses\.csv:10: the value 'many' is not a number"):
        blocks_of(read_targets(file), scenario)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("from_bucket,share,standard_error\ncurrent,0.1,0.1\n", ":1: the column to_bucket is missing"),
        ("from_bucket,to_bucket,share\ncurrent,1_29,0.1\n", ":1: the column standard_error is missing"),
        ("from_bucket,to_bucket,share,standard_error\ncurrent,1_29,x,0.1\n", ":2: numbers are wanted"),
        ("from_bucket,to_bucket,share,standard_error\ncurrent,1_29,1.2,0.1\n", ":2: the share 1.2"),
        ("from_bucket,to_bucket,share,standard_error\ncurrent,1_29,0.2,0\n", ":2: the standard error 0"),
        ("from_bucket,to_bucket,share,standard_error\n", "holds no rows"),
    ],
)
def test_a_broken_table(table: str, said: str, tmp_path: Path, scenario: Scenario) -> None:
    (tmp_path / "rolls.csv").write_text(table)
    file = written(tmp_path, GOOD, GOOD + "  rolls: {kind: roll_rates, file: rolls.csv}\n")
    with pytest.raises(ScenarioError) as refused:
        blocks_of(read_targets(file), scenario)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"seeds": 0}, "at least 1"),
        ({"evaluations": 5}, "1 parameters need at least 21"),
        ({"workers": 0}, "at least 1"),
    ],
)
def test_what_cannot_be_asked(asked: dict[str, int], said: str, tmp_path: Path, scenario: Scenario) -> None:
    file = written(tmp_path, "measure:", "weight: 2, measure:")
    with pytest.raises(CalibrationError, match=said):
        calibrate(scenario, file, **asked)  # type: ignore[arg-type]
