"""The section "Why" of the report: its figures are the run's own, and it is there only where there is a record."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from small_worlds import BUSY, laid_over, ran, scenario
from synthetic import made_up

from simulator.causes import cause_shares
from simulator.counterfactual import counterfactual
from simulator.report import write_run
from simulator.report.page import page
from simulator.report.why import lead, unseen, why_of
from simulator.report.why_plots import MOST, OTHERS, by_cause, coloured, over_time
from simulator.run import Result, run

CHANGES = {"span.months": 14, "book.borrowers": 800}


@lru_cache(maxsize=1)
def answered() -> Result:
    plain = scenario(laid_over(BUSY, CHANGES))
    result = run(plain, unshocked=False)
    result.counterfactual = counterfactual(plain)
    return result


def test_the_page_explains_the_defaults() -> None:
    text = page(answered())
    section = text[text.index('<section id="why-section">') : text.index('<section id="world-section">')]
    shares = cause_shares(answered().causes)
    assert f"Of {len(answered().causes):,} defaults {shares['share'].iloc[0]:.0%} have" in section
    for count, share in zip(shares["defaults"], shares["share"], strict=True):
        assert f"{share:.1%} ({count:,})" in section
    for row in answered().counterfactual.table.to_dict("records"):
        assert row["what"].replace("_", " ") in section
    for sentence in answered().counterfactual.sentences:
        assert sentence.replace("'", "&#39;") in section
    assert section.count("<svg") == 4
    assert "thin buffer where nothing else is found" in section
    assert '<a href="#why-section">' in text


def test_without_reruns_the_page_has_the_rule_alone() -> None:
    result = ran(CHANGES)
    section = why_of(result)
    assert section is not None
    assert (len(section.pictures), section.reruns, section.rows) == (2, [], [])
    assert page(result).count("<svg") == page(answered()).count("<svg") - 2


def test_an_answer_without_a_record_has_no_such_section() -> None:
    assert why_of(made_up()) is None
    assert "why-section" not in page(made_up())


def test_files_and_sheets(tmp_path: Path) -> None:
    out = write_run(answered(), tmp_path / "run")
    causes = pd.read_parquet(out / "causes.parquet")
    assert (
        len(causes)
        == len(answered().causes)
        == int(answered().record.total("card", "defaults")[6:].sum())
        + int(answered().record.total("instalment", "defaults")[6:].sum())
    )
    assert causes["vanishes_without"].notna().all()
    table = pd.read_parquet(out / "counterfactual.parquet")
    pd.testing.assert_frame_equal(table, answered().counterfactual.table, check_dtype=False)
    book = openpyxl.load_workbook(out / "tables.xlsx")
    assert {"Causes", "Counterfactual"} <= set(book.sheetnames)
    rows = list(book["Causes"].iter_rows(min_row=2, values_only=True))
    assert sum(float(str(row[2])) for row in rows) == pytest.approx(1.0)
    alone = write_run(ran(CHANGES), tmp_path / "alone")
    assert not (alone / "counterfactual.parquet").exists()
    assert "vanishes_without" not in pd.read_parquet(alone / "causes.parquet")


def test_nothing_to_explain() -> None:
    result = ran({"span.months": 1, "book.warm_up": 0, "book.borrowers": 50})
    section = why_of(result)
    assert section is not None
    assert section.lead.startswith("Nobody defaulted")
    assert section.pictures == []
    assert "Nobody defaulted" in page(result)


def many(count: int) -> pd.DataFrame:
    """Defaults of as many main causes, the first the most frequent."""
    names = [f"cause_{number}" for number in range(count) for _ in range(2 * count - number)]
    return pd.DataFrame(
        {
            "main_cause": names,
            "month": pd.date_range("2026-01-31", periods=4, freq="ME").to_numpy()[[n % 4 for n in range(len(names))]],
            "balance": 100.0,
            "penalty_and_fees": 1.0,
            "savings_months": 0.3,
            "months_to_default": 3,
            "first_missed": pd.Timestamp("2025-10-01"),
            "seen": "whole",
        }
    )


def test_many_causes_stay_readable() -> None:
    causes = many(MOST + 4)
    assert len({*coloured(causes).values()}) == len(coloured(causes)) == MOST + 3
    picture = over_time(causes)
    assert OTHERS in picture.svg
    assert f"cause {MOST - 1}" in picture.svg
    assert f"cause {MOST + 1}" not in picture.svg
    places = [float(y) for y in re.findall(r'<text[^>]*y="([\d.]+)"[^>]*>(?:cause \d|other causes)', picture.svg)]
    assert all(abs(a - b) > 6 for a, b in pairwise(places))
    assert f"cause {MOST + 3}" in by_cause(causes).svg


@pytest.mark.parametrize(
    ("median", "words"),
    [
        (0.3, "less than 0.3 months of income in savings when"),
        (0.01, "next to nothing in savings"),
        (-0.2, "0.2 months of income or more in bills"),
    ],
)
def test_savings_in_words(median: float, words: str) -> None:
    assert words in lead(many(2).assign(savings_months=median))


def test_what_is_not_known_is_said() -> None:
    assert unseen(many(2)) == ""
    causes = many(2).assign(seen=["none", "part", "part", *["whole"] * 4])
    assert unseen(causes).startswith("Of 1 defaults the first payment was missed before the run began")
    assert "of 2 the twelve months" in unseen(causes)
