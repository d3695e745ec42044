"""The section "Profit and loss" of the page, on made-up runs."""

from __future__ import annotations

import re

import pytest

from simulator.metrics import segment_rows
from simulator.report import profit as earnings
from simulator.report.page import page
from simulator.report.profit_plots import profit_and_loss
from tests.synthetic import made_up, made_up_panel


def test_profit_and_policies_are_told() -> None:
    told = made_up()
    html = page(told)
    section = re.search(r'<section id="profit-section".*?</section>', html, flags=re.S)
    assert section
    assert "2028" in re.sub(r"<svg.*?</svg>", "", section[0], flags=re.S)
    rows = segment_rows(told.panel)
    earned = rows.groupby(rows["month"].dt.year)["profit"].sum()
    words = " ".join(re.findall(r'<td class="n">([^<]+)</td>', section[0]))
    for profit in [*earned, earned.sum()]:  # printed in thousands
        assert f"{profit / 1000:,.1f}" in words
    assert re.search(r"calls \(reminders\)</th><td>the lender</td><td>all the span</td>.*?1,560", section[0])
    assert re.search(r"cheque</th><td>the state</td><td>Aug 2027 to Mar 2029</td>", section[0])
    assert "same book unshocked" in section[0]


@pytest.mark.parametrize(("months", "words"), [(1, "a month"), (72, "a month"), (73, "a quarter"), (217, "a year")])
def test_a_long_span_is_drawn_by_longer_periods(months: int, words: str) -> None:
    panel = made_up_panel(months)
    svg = profit_and_loss(panel, None, "USD").svg
    assert words in re.sub(r"<[^>]+>", " ", svg)


def test_a_lender_that_loses_is_told_so() -> None:
    told = made_up(13, losses=9.0)
    assert "The lender loses " in earnings.lead(told)
    assert "-" not in re.sub(r"[a-z]-[a-z]", "", earnings.lead(told))
