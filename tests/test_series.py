"""Observed series read from files, and the same measures off hand-made panels."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path

import pandas as pd
import pytest

from simulator.calibration.measures import COLUMNS, measure_of, measured
from simulator.calibration.series import observed
from simulator.errors import SeriesError
from tests.small_worlds import ran


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "target.csv"


# --- observed ---------------------------------------------------------------------------------------------


def test_a_quarterly_series_as_it_is_downloaded(file: Path) -> None:
    file.write_bytes(
        b"\xef\xbb\xbfobservation_date,CORCCACBS\r\n2007-04-01,3.9\r\n2007-01-01,3.5\r\n2007-07-01,.\r\n2007-10-01,\r\n"
    )
    found = observed(file)
    assert found.frequency == "quarter"
    assert found.name == "CORCCACBS"
    assert found.dates == (dt.date(2007, 1, 1), dt.date(2007, 4, 1))
    assert list(found.values) == [3.5, 3.9]
    assert found.blank == (dt.date(2007, 7, 1), dt.date(2007, 10, 1))
    assert found.series.loc["2007-04-01"] == 3.9


@pytest.mark.parametrize(
    ("first", "second"), [("2007-03-31", "2007-06-30"), ("2007Q1", "2007-Q2"), ("2007-02-15", "2007-05-15")]
)
def test_a_quarter_may_be_dated_by_any_of_its_days(file: Path, first: str, second: str) -> None:
    file.write_text(f"Date,Value\n{first},1\n{second},2\n")
    found = observed(file)
    assert found.frequency == "quarter"
    assert found.dates == (dt.date(2007, 1, 1), dt.date(2007, 4, 1))


def test_a_monthly_series_with_a_hole(file: Path) -> None:
    file.write_text("DATE,value\n2007-01,1\n2007-02-28,2\n2007-05,3\n")
    found = observed(file)
    assert found.frequency == "month"
    assert found.dates == (dt.date(2007, 1, 1), dt.date(2007, 2, 1), dt.date(2007, 5, 1))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is empty"),
        ("date,value\n", "holds no rows"),
        ("date,value\n2007-01-01,.\n2007-04-01,\n", "holds no values"),
        ("date,value,source,note\n2007-01-01,1,x,y\n", ":1: two columns are wanted.*take out 'source', 'note'"),
        ("date;value\n2007-01-01;1\n", ":1: two columns with a comma.*';'"),
        ("2007-01-01,1\n2007-04-01,2\n", ":1: the first line must name the columns"),
        ("date,value\n2007-01-01,1\n2007-04-01,2,3\n", ":3: a date and a value are wanted, '2007-04-01,2,3'"),
        ("date,value\n2007-01-01,high\n", ":2: the value 'high' is not a number"),
        ("date,value\n2007-01-01,inf\n", ":2: .* not a finite number"),
        ("date,value\n31/03/2007,1\n2007-13-01,1\n", "(?s):2: '31/03/2007' is not a date.*:3: '2007-13-01'"),
        ("date,value\n2007-01-01,1\n2007-04-01,2\n2007-01-01,3\n", ":4: 2007-01-01 is there twice \\(line 2\\)"),
        ("date,value\n2007-01-01,1\n2007-02-01,2\n2007-02-28,3\n", ":4: 2007-02-28 lies in the same month"),
        ("date,value\n2007-01-01,1\n", "one period"),
        ("date,value\n2007-01-01,1\n2008-01-01,2\n", "whole years apart"),
        ("date,value\n2007-01-01,1\n2007-03-01,2\n", "2 months apart"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_with_its_place(file: Path, text: str, told: str) -> None:
    file.write_text(text)
    with pytest.raises(SeriesError, match=told) as error:
        observed(file)
    assert str(file) in str(error.value)


def test_a_file_that_is_not_there_or_not_text(file: Path, tmp_path: Path) -> None:
    with pytest.raises(SeriesError, match="does not exist"):
        observed(file)
    with pytest.raises(SeriesError, match="cannot be read"):
        observed(tmp_path)
    file.write_bytes("date,value\n2007-01-01,1\n".encode("utf-16"))
    with pytest.raises(SeriesError, match="UTF-8"):
        observed(file)


# --- measures off a hand-made panel ---------------------------------------------------------------------


def panel() -> pd.DataFrame:
    """Seven months from January 2007: two whole quarters and a month of the third."""
    months = pd.date_range("2007-01-31", periods=7, freq="ME")
    whole = pd.DataFrame(
        {
            "month": months,
            "segment": "all",
            "balance": [900.0, 1000.0, 1100.0, 1000.0, 1000.0, 1000.0, 1.0],
            "charge_offs": [10.0, 5.0, 15.0, 8.0, 8.0, 9.0, 1.0],
            "recoveries": [1.0, 1.0, 3.0, 0.0, 0.0, 5.0, 0.0],
            "overdue_1_29": [90.0, 90.0, 99.0, 80.0, 80.0, 80.0, 0.0],
            "overdue_30_59": [9.0, 9.0, 22.0, 10.0, 10.0, 30.0, 0.0],
            "overdue_60_89": [9.0, 9.0, 11.0, 10.0, 10.0, 20.0, 0.0],
            "overdue_90_plus": [9.0, 9.0, 11.0, 10.0, 10.0, 10.0, 0.0],
            "accounts": [9, 10, 11, 12, 13, 14, 15],
            "unemployment_rate": [0.04, 0.05, 0.06, 0.05, 0.05, 0.08, 0.1],
        }
    )
    other = whole.assign(segment="product=card", balance=1.0)
    return pd.concat([whole, other]).sample(frac=1.0, random_state=5)


@pytest.mark.parametrize(
    ("measure", "first", "second"),
    [
        ("charge_off_rate", 100 * 4 * 25 / 1000, 100 * 4 * 20 / 1000),
        ("gross_charge_off_rate", 100 * 4 * 30 / 1000, 100 * 4 * 25 / 1000),
        ("overdue_30_rate", 4.0, 6.0),
        ("overdue_60_rate", 2.0, 3.0),
        ("overdue_90_rate", 1.0, 1.0),
        ("balance", 1100.0, 1000.0),
        ("accounts", 11.0, 14.0),
        ("charge_offs", 30.0, 25.0),
        ("unemployment_rate", 0.05, 0.06),
        ("100 * unemployment_rate", 5.0, 6.0),
        ("charge_offs / balance", 0.01, 25 / 3000),
        ("400*charge_offs/balance", 4.0, 400 * 25 / 3000),
    ],
)
def test_each_measure_by_hand(measure: str, first: float, second: float) -> None:
    found = measured(panel(), measure, "quarter")
    assert list(found.index) == [pd.Timestamp("2007-01-01"), pd.Timestamp("2007-04-01")]
    assert list(found) == pytest.approx([first, second])


def test_a_measure_by_month() -> None:
    found = measured(panel(), "charge_off_rate", "month")
    assert len(found) == 7
    assert found.loc["2007-02-01"] == pytest.approx(100 * 12 * 4 / 1000)
    assert measured(panel(), "overdue_30_rate", "month").loc["2007-06-01"] == pytest.approx(6.0)


def test_without_a_balance_there_is_no_rate() -> None:
    there = panel().assign(balance=0.0)
    assert all(math.isnan(value) for value in measured(there, "charge_off_rate"))
    assert all(math.isnan(value) for value in measured(there, "overdue_30_rate"))


@pytest.mark.parametrize(
    ("measure", "told"),
    [
        ("charge_of_rate", "did you mean 'charge_off_rate'"),
        ("balance / balanse", "did you mean 'balance'"),
        ("charge_off_rate / balance", "'charge_off_rate' is not known"),
        ("x * balance", "'x' is not a number"),
        ("0 * balance", "'0' is not a number to multiply"),
        ("a + b", "cannot be read; accepted are charge_off_rate"),
        ("", "cannot be read"),
        ("calls", "this scenario's panel has no 'calls'; it has balance"),
    ],
)
def test_an_unknown_measure_is_told_with_what_is_accepted(measure: str, told: str) -> None:
    with pytest.raises(SeriesError, match=told):
        measured(panel(), measure)


def test_every_column_of_a_real_panel_can_be_measured() -> None:
    there = ran().panel
    columns = [name for name in there.columns if name not in ("month", "segment")]
    assert not set(columns) - set(COLUMNS), "say whether it is a stock, a flow or a mean"
    for name in columns:
        assert len(measured(there, name)) == 6, name


def test_a_measure_says_its_unit() -> None:
    assert measure_of("charge_off_rate").unit == "percent a year"
    assert measure_of("overdue_30_rate").unit == "percent"
    assert measure_of("defaults / accounts").unit == "share"
    assert measure_of("unemployment_rate").unit == "share"
