"""Payment habits: read with every mistake told, known kinds are found again, statuses come out as on the tape."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from simulator import payment_statuses
from simulator.calibration.payers import likeliest
from simulator.calibration.roll_rates import agreement, roll_rates
from simulator.cli.commands import loanbook
from simulator.draws import Draws, mix
from simulator.ensemble.statuses import usual_lives
from simulator.errors import EnsembleError, ScenarioError
from simulator.habits import Table, read_table
from simulator.run import run
from simulator.scenario import load
from tests.taiwan import HABITS, SCENARIO, TAPE, fitted, halves, judged, paths_in

MONTHS = [24065 + number for number in range(5)]


@pytest.fixture(scope="module")
def shipped() -> Table:
    return read_table(str(HABITS))


def test_a_matrix_has_the_multinomial_errors_of_its_rows() -> None:
    before, now = np.array([0, 0, 0, 0, 1, 1, -1]), np.array([0, 0, 0, 1, 1, 1, 0])
    rates = roll_rates(before, now, ("a", "b"))
    assert rates.counts.tolist() == [[3, 1], [0, 2]]
    assert rates.shares.tolist() == [[0.75, 0.25], [0.0, 1.0]]
    assert rates.errors[0] == pytest.approx([np.sqrt(0.75 * 0.25 / 4)] * 2)
    assert rates.frame()["accounts"].tolist() == [3, 1, 0, 2]


def test_cells_of_the_same_book_agree_and_of_another_do_not() -> None:
    luck = Draws(1).uniform("tests.cells", 0, mix(np.arange(6000)))
    one, two = np.digitize(luck[:3000], [0.2, 0.7]), np.digitize(luck[3000:], [0.2, 0.7])
    other = np.digitize(luck[3000:], [0.3, 0.7])
    before, names = np.zeros(3000, np.int64), ("a", "b", "c")
    same = agreement(roll_rates(before, one, names), roll_rates(before, two, names))
    assert (same.cells, same.within) == (3, 3)
    apart = agreement(roll_rates(before, one, names), roll_rates(before, other, names))
    assert apart.within == 1
    assert {cell[:2] for cell in apart.worst if cell[4] > 2.0} == {("a", "a"), ("a", "b")}
    few = agreement(roll_rates(before[:29], one[:29], names), roll_rates(before, other, names))
    assert few.cells == 0


def test_known_kinds_of_payers_are_found_again() -> None:
    """Two kinds, one that stays where it is and one that moves: chances within 0.03, shares within 0.05."""
    stay, move = np.zeros((7, 7)), np.zeros((7, 7))
    for state in range(7):
        stay[state, 2] += 0.1
        stay[state, state] += 0.9
        move[state, 2] += 0.5
        move[state, 3] += 0.5
    chances, size = np.array([stay, move]), 30_000
    ids = mix(np.arange(size))
    kind = (Draws(3).uniform("tests.kind", 0, ids) < 0.4).astype(np.int64)
    now = np.where(Draws(3).uniform("tests.first", 0, ids) < 0.5, 2, 3)
    paths = [now]
    for day in range(4):
        bounds = np.cumsum(chances[kind, now], axis=1)
        now = np.minimum((Draws(3).uniform("tests.step", day, ids)[:, None] >= bounds).sum(axis=1), 6)
        paths.append(now)
    found = likeliest(np.array(paths).T, MONTHS, 2)
    order = np.argsort(-found.table.weights[:, 3, 3])  # who stays behind, first
    for month in MONTHS[1:]:
        months_own = found.table.chances(month)[order]
        assert months_own[:, 2:4, 2:4] == pytest.approx(chances[:, 2:4, 2:4], abs=0.03)
    assert found.table.shares[2, order[0]] == pytest.approx(0.6, abs=0.05)
    single = likeliest(np.array(paths).T, MONTHS, 1)
    assert found.information(size) < single.information(size)


def test_a_past_tells_the_kinds_apart(shipped: Table) -> None:
    chronic, never = [3, 3, 3, 3, 3], [2, 2, 2, 2, 2]
    likely = shipped.kinds(np.array([chronic, never, [-1] * 5]), MONTHS)
    assert likely.sum(axis=1) == pytest.approx(1.0)
    stays = shipped.weights[:, 3, 3]
    assert likely[0] @ stays > likely[2] @ stays + 0.1
    assert likely[1] @ stays < likely[0] @ stays


def test_a_file_of_habits_is_read_as_it_was_written(shipped: Table, tmp_path: Path) -> None:
    (tmp_path / "again.csv").write_text(shipped.written(), encoding="utf-8")
    again = read_table(str(tmp_path / "again.csv"))
    for month in (*MONTHS, 0):
        assert again.chances(month) == pytest.approx(shipped.chances(month), abs=1e-4)
    assert again.shares == pytest.approx(shipped.shares, abs=1e-4)


WRONG = {
    "kind,from": "the first line must be kind,month,from,to,weight",
    "kind,month,from,to,weight\n1,,0,0": ":2: kind,month,from,to,weight is wanted",
    "kind,month,from,to,weight\n1,2005-06,0,0,1": "either a kind or a month",
    "kind,month,from,to,weight\n1,,1,0,0.5": "status '1'; one of -2, -1, 0, 2, 3, 4, 5",
    "kind,month,from,to,weight\n1,,0,0,-0.5": "a number of nought or more",
    "kind,month,from,to,weight\n1,,0,0,0.5": "kind 1 has no weights from status -2",
    "kind,month,from,to,weight\n": "holds no kinds",
}


@pytest.mark.parametrize("text", WRONG)
def test_a_wrong_file_of_habits_is_told(text: str, tmp_path: Path) -> None:
    file = tmp_path / "habits.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"lender\.behaviour\.habits\.file") as told:
        load(SCENARIO, [f"lender.behaviour.habits.file={file}"])
    assert WRONG[text] in str(told.value)
    assert "habits.csv" in str(told.value)


def test_other_habits_are_another_life(shipped: Table, tmp_path: Path) -> None:
    weights = shipped.weights.copy()
    weights[:, 2, 3] *= 3.0  # part payers miss a bill three times as often
    more = Table(weights / weights.sum(axis=2, keepdims=True), shipped.shares, shipped.factors)
    (tmp_path / "more.csv").write_text(more.written(), encoding="utf-8")
    late = []
    for file in (HABITS, tmp_path / "more.csv"):
        result = run(load(SCENARIO, [f"lender.behaviour.habits.file={file}"], months=1), unshocked=False)
        late.append(result.panel["accounts_1_29"].iloc[0])
    assert late[1] > 1.2 * late[0]


def test_the_statuses_begin_as_the_tape_has_them_and_add_up() -> None:
    raw = pd.read_csv(TAPE)
    scenario = load(SCENARIO, ["book.tape.status_from=PAY_4"], months=2)
    result = run(scenario, unshocked=False)
    table = result.payment_statuses
    assert table is not None
    first = table[table["month"] == table["month"].min()]
    there = first.groupby("from_status")["accounts"].sum()
    codes = raw["PAY_4"].astype(str).replace({"1": "-2"}).value_counts().sort_index()
    gone = codes - there.reindex(codes.index, fill_value=0)
    assert gone.between(0, 0.03 * codes + 3).all()  # a few are closed in the month
    assert (first["start_status"] == first["from_status"]).all()
    second = table[table["month"] == table["month"].max()]
    open_accounts = second.loc[second["to_status"] != "charged_off", "accounts"].sum()
    assert open_accounts == result.panel.loc[result.panel["segment"] == "all", "accounts"].iloc[-1]
    unpaid = first[first["to_status"].isin(["2", "3", "4", "5", "6", "7", "8"])]["accounts"].sum()
    months_first = result.panel[result.panel["segment"] == "all"].iloc[0]
    late = months_first[[f"accounts_{bucket}" for bucket in ("1_29", "30_59", "60_89", "90_plus")]].sum()
    assert unpaid == late


def test_one_bill_behind_for_months_comes_out() -> None:
    """Of those a bill behind in May, as many are exactly that in all of the next three months as on the tape."""
    paths, _ = paths_in(TAPE)
    behind = paths[:, 0] == 3
    tape = (paths[behind, 1:4] == 3).all(axis=1).mean()
    result = run(load(SCENARIO, ["book.tape.status_from=PAY_6"], months=3), unshocked=False)
    table = result.payment_statuses
    assert table is not None
    last = table[(table["month"] == table["month"].max()) & (table["start_status"] == "2")]
    still = last.loc[(last["from_status"] == "2") & (last["to_status"] == "2"), "accounts"].sum() / behind.sum()
    assert tape < still < tape + 0.08  # those in status 2 in two months running, some of whom were not in between


def test_accounts_not_fitted_move_as_the_tape_has_them(tmp_path: Path) -> None:
    fit, rest = halves(tmp_path)
    found = judged(fitted(fit, rounds=1), rest, seeds=1)
    next_month = [one for _, ahead, one in found if ahead == 1]
    cells, within = sum(one.cells for one in next_month), sum(one.within for one in next_month)
    assert cells > 100
    assert within / cells >= 0.8
    later = [one for _, ahead, one in found if ahead > 1]
    assert sum(one.within for one in later) / sum(one.cells for one in later) >= 0.7


def test_statuses_over_many_lives_are_the_mean_of_single_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tape, out = tmp_path / "few.csv", tmp_path / "out"
    pd.read_csv(TAPE).head(1500).to_csv(tape, index=False)
    scenario = load(SCENARIO, tape=str(tape), months=2)
    mean = payment_statuses(scenario, 3, workers=1)
    pd.testing.assert_frame_equal(mean, payment_statuses(scenario, 3, workers=2))
    assert set(mean["lives"]) == {3}
    path = ["month", "product", "start_status", "from_status", "to_status"]
    single = pd.concat([run(scenario, scenario.seed + number, unshocked=False).payment_statuses for number in range(3)])
    wanted = single.groupby(path)["accounts"].sum() / 3
    pd.testing.assert_series_equal(mean.set_index(path)["accounts"].sort_index(), wanted, check_exact=True)
    one = run(scenario, unshocked=False).payment_statuses
    pd.testing.assert_frame_equal(payment_statuses(scenario, 1), one)
    asked = ["run", str(SCENARIO), "--tape", str(tape), "--months", "2", "--out", str(out), "--quiet", "--workers", "1"]
    monkeypatch.setattr("simulator.ensemble.statuses.LIVES", 3)
    for lives, written in ((["--lives", "0"], one), ([], mean)):
        answer = CliRunner().invoke(loanbook, [*asked, *lives])
        assert answer.exit_code == 0, answer.output
        found = pd.read_parquet(out / "payment_statuses.parquet")
        pd.testing.assert_frame_equal(found, written, check_dtype=False, check_index_type=False)


def test_many_lives_unasked_are_fewer_for_a_large_book_and_none_without_habits() -> None:
    assert [usual_lives(load(SCENARIO, months=months)) for months in (2, 24, 96)] == [20, 20, 5]
    with pytest.raises(ScenarioError, match="no payment habits"):
        payment_statuses(load("us_cards", months=1), 2)
    with pytest.raises(EnsembleError, match="at least 1"):
        payment_statuses(load(SCENARIO, months=1), 0)
