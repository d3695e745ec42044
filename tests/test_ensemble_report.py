"""The report of an ensemble: it holds its numbers and every part, needs no network, and nothing breaks at the edges."""

from __future__ import annotations

import math
import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from simulator.ensemble.measures import FAN
from simulator.ensemble.result import Ensemble, ParameterDraw, World, of_arrays
from simulator.ensemble.sides import FIGURES
from simulator.ensemble.statistics import expected_shortfall, mean, value_at_risk
from simulator.ensemble.summary import design
from simulator.errors import OutputError
from simulator.report import write_ensemble
from simulator.report.ensembled import ensemble_page
from simulator.report.ensembled_fan import bands_of, drawable, quantile_lines
from simulator.report.ensembled_numbers import Numbers, moved_by, seeds_wanted
from simulator.report.ensembled_tables import months_table, shown_months, sure_table
from simulator.report.ensembled_tail import varied_alone
from simulator.report.ensembled_words import fan_sentence, stopping_sentence, tail_sentence, value_words
from simulator.report.ensembled_workbook import write_ensemble_workbook
from simulator.scenario import from_dict

SECTIONS = ("fan", "tail", "sure", "months", "method", "provenance")
OPENING = 2_000_000.0
PATH, DIAL = "world.economy.unemployment", "world.shocks.expense.incidence"


def made(worlds: int = 1, draws: int = 1, seeds: int = 40, months: int = 5, *, times: float = 1.0) -> Ensemble:
    """An ensemble of made-up runs: lognormal losses in which seed, world and draw each have a part."""
    chance = np.random.default_rng(worlds * 1000 + draws * 100 + seeds)
    level = np.exp(
        0.1 * chance.normal(size=(1, 1, seeds))
        + 0.2 * (np.arange(worlds) - (worlds - 1) / 2)[:, None, None]
        + 0.1 * (np.arange(draws) - (draws - 1) / 2)[None, :, None]
    )
    noisy = level[..., None] * np.exp(0.05 * chance.normal(size=(worlds, draws, seeds, months)))
    hump = 0.03 + 0.02 * np.sin(np.linspace(0.3, 3.0, months))
    paths = {measure.name: times * hump * noisy for measure in FAN}
    figures = {metric.name: np.full(level.shape, math.nan) for metric in FIGURES}
    figures |= {
        "net_loss": times * 150_000.0 * level,
        "charged_off": times * 200_000.0 * level,
        "cumulative_charge_off_rate": times * 200_000.0 / OPENING * level,
        "peak_overdue_30_rate": paths["overdue_30_rate"].max(axis=-1),
    }
    scenario = from_dict(
        {
            "name": "made_up",
            "question": "What may come?",
            "seed": 7,
            "span": {"start": "2026-01", "months": months},
            "book": {"borrowers": 500},
            "world": {"economy": {"unemployment": 5.0}},
            "lender": {"products": {"card": {}}},
        }
    )
    first = np.datetime64("2026-01")
    ends = (first + np.arange(1, months + 1)).astype("datetime64[D]") - 1
    own = [World("as given", 2.0), *(World(f"path {n}", 1.0, {PATH: 5.0 + n}) for n in range(1, worlds))]
    drawn = [ParameterDraw(f"draw {n}", {DIAL: 0.1 * (n + 1)} if draws > 1 else {}) for n in range(draws)]
    told: dict[str, Any] = {"provenance": {"scenario": "made_up", "fingerprint": "abc", "workers": "2 here"}}
    return of_arrays(scenario, ends, figures, paths, worlds=own, draws=drawn, **told)


@pytest.fixture(scope="module")
def crossed() -> Ensemble:
    return made(worlds=3, draws=6, seeds=10)


@pytest.fixture(scope="module")
def written(crossed: Ensemble, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_ensemble(crossed, tmp_path_factory.mktemp("ensemble") / "out")


def test_the_page_holds_the_numbers(crossed: Ensemble, written: Path) -> None:
    page = (written / "ensemble.html").read_text(encoding="utf-8")
    losses, how = crossed.figures["net_loss"], design(crossed)
    metric = next(each for each in FIGURES if each.name == "net_loss")
    for found in (mean(losses, how), value_at_risk(losses, 0.95, how), expected_shortfall(losses, 0.95, how)):
        printed = value_words(found.value, metric)
        assert f"{printed} ± {found.standard_error / 1e3:,.2f}" in page
        assert f"{printed} {crossed.scenario.lender.currency} ({100 * found.value / OPENING:.1f}% of" in page
    for section in (*SECTIONS, "sources"):
        assert f'id="{section}-section"' in page
    for title in ("Worlds", "Parameter draws", "What each parameter moves", "Every statistic with its interval"):
        assert f"<h2>{title}</h2>" in page
    assert "all three kinds of uncertainty are in the bands" in page
    assert not re.search(r"(?:https?:)?//\w|@import|url\((?!#)|<script|<link", page)
    assert "2 here" not in page  # the page is the same however it was made


def test_of_one_source_alone_the_page_says_what_is_not_in_the_band() -> None:
    alone = Numbers(made(seeds=2))
    told = varied_alone(alone)
    assert told.startswith("Only luck (the seed) differs between the runs")
    assert "the world and the parameters are held as given" in told
    page = ensemble_page(alone.found)
    assert told in page
    assert 'id="sources-section"' not in page
    assert "<h2>Worlds</h2>" not in page
    worlds = varied_alone(Numbers(made(worlds=3)))
    assert "the parameters are held as given, so what is uncertain about them is not in the bands" in worlds


def test_bands_are_quantiles_of_the_runs_by_weight(crossed: Ensemble) -> None:
    assert drawable(made(seeds=40)) == (90, 50)
    assert drawable(made(seeds=200)) == (98, 90, 50)
    wide, *rest = bands_of(made(seeds=40), "overdue_30_rate")
    lines = made(seeds=40).paths["overdue_30_rate"][0, 0]
    assert wide.percent == 100
    assert np.array_equal(wide.low, lines.min(axis=0))
    assert [band.percent for band in rest] == [90, 50]
    assert np.array_equal(rest[1].high, np.quantile(lines, 0.75, axis=0, method="averaged_inverted_cdf"))
    lonely = np.array([[1.0, math.nan], [2.0, math.nan], [math.nan, math.nan], [9.0, math.nan]])
    found = quantile_lines(lonely, (0.5, 1.0), np.array([0.2, 0.3, 0.4, 0.1]))
    assert [float(line[0]) for line in found] == [2.0, 9.0]
    assert all(math.isnan(line[1]) for line in found)
    rows = months_table(Numbers(crossed)).rows
    own = quantile_lines(crossed.paths["overdue_1_29_rate"].reshape(180, -1), (0.05,), crossed.member_weights)[0]
    assert rows[0][:2] == ["Jan 2026", f"{100 * own[0]:.2f}"]


def test_seeds_needed_and_what_parameters_move(crossed: Ensemble) -> None:
    alone = made(seeds=40)
    losses = alone.flat("net_loss")
    wanted = seeds_wanted(mean(losses), 40)
    half = mean(losses).half_width / mean(losses).value
    assert wanted[0.01] == math.ceil(40 * (half / 0.01) ** 2)
    assert sure_table(Numbers(alone)).rows[0][-1] == " · ".join(f"{count:,}" for count in wanted.values())
    assert sure_table(Numbers(crossed)).rows[0][-1] == "none"  # seeds alone do not make three worlds more
    (moved,) = moved_by(crossed)
    assert (moved.path, moved.low, moved.high) == (DIAL, 0.1, pytest.approx(0.6))
    assert moved.rank_correlation == pytest.approx(1.0)
    assert moved.per_deviation > 0


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(made(worlds=2, seeds=2, months=1), id="one month"),
        pytest.param(made(seeds=3, times=0.0), id="nothing is lost"),
    ],
)
def test_edges(found: Ensemble) -> None:
    page = ensemble_page(found)
    for section in SECTIONS:
        assert f'id="{section}-section"' in page
    assert not re.search(r"\bnan\b|-0\.00", re.sub(r"<svg.*?</svg>", "", page, flags=re.S))
    lost = float(found.flat("net_loss").max())
    assert tail_sentence(Numbers(found)).endswith("too few to tell a tail." if lost else "nought in every run.")


def test_long_spans_constant_figures_and_missing_ones() -> None:
    long = made(seeds=2, months=600)
    assert len(shown_months(long.months)) == 50
    long.paths["overdue_30_rate"][...] = 0.03
    assert fan_sentence(long).endswith("3.00% in the median run, and the same in every run.")
    long.figures["net_loss"][0, 0, 0] = math.nan
    long.paths["charge_off_rate"][...] = math.nan
    page = ensemble_page(long)
    assert "Net loss cannot be formed in every run." in page
    assert "Left out, since some run has no value of it: Net loss" in page
    assert "no value" in page
    assert stopping_sentence(long) in page


def test_the_workbook_has_the_numbers_and_native_charts(crossed: Ensemble, written: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(written / "ensemble.xlsx", read_only=True)
    assert book.sheetnames == ["Summary", "Fan", "Tail", "Members", "Worlds", "Draws"]
    rows = list(book["Summary"].iter_rows(values_only=True))
    found = mean(crossed.figures["net_loss"], design(crossed))
    told = next(row for row in rows if row[:3:2] == ("Net loss", "mean"))
    assert told[3:7] == pytest.approx((found.value, found.standard_error, found.low, found.high))
    assert book["Members"].max_row == 1 + crossed.runs
    assert book["Fan"].max_row == 1 + len(crossed.months)
    with zipfile.ZipFile(written / "ensemble.xlsx") as parts:
        assert sum(name.startswith("xl/charts/chart") for name in parts.namelist()) == 3
    write_ensemble_workbook(crossed, tmp_path / "again.xlsx")
    assert (written / "ensemble.xlsx").read_bytes() == (tmp_path / "again.xlsx").read_bytes()


def test_nothing_half_written(crossed: Ensemble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    with pytest.raises(OutputError, match="not an earlier run"):
        write_ensemble(crossed, tmp_path / "mine")

    def breaks(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("simulator.report.ensembled.ensemble_page", breaks)
    with pytest.raises(OutputError, match="cannot be written"):
        write_ensemble(crossed, tmp_path / "new")
    assert [entry.name for entry in tmp_path.iterdir()] == ["mine"]
