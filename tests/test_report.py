"""The page, the workbook and the run directory, on made-up runs."""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
import sys
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from simulator.errors import OutputError
from simulator.facts import explained
from simulator.metrics import METRICS, WHERE_THERE, measure, segment_rows
from simulator.population import PRESETS
from simulator.report import FILES, check_out, summary, write_run
from simulator.report import page as page_module
from simulator.report.answer import sentences
from simulator.report.assumptions import assumptions
from simulator.report.drawing import Picture
from simulator.report.page import page
from simulator.report.tables import flows_by_year, mean_roll_rates, vintage_curves
from simulator.scenario import load
from tests.synthetic import QUESTION, MadeUp, made_up

SECTIONS = {
    "question", "figures", "overdue-section", "charge-off-section", "profit-section", "roll-section", "vintage-section",
    "hit-section", "world-section", "money-section", "counted-section", "provenance-section",
    "assumptions-section",
}  # fmt: skip


class Elements(HTMLParser):
    """Every element of a page with its attributes, and the tags left open."""

    VOID = frozenset(("meta", "col", "br", "link", "img", "hr", "input"))

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


@cache
def usual() -> MadeUp:
    return made_up()


@cache
def usual_page() -> str:
    return page(usual())


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_run(usual(), tmp_path_factory.mktemp("runs") / "new" / "run")


@pytest.fixture
def plain_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the pictures out where only the directory matters."""
    monkeypatch.setattr("simulator.report.page.page", lambda answer: "<!DOCTYPE html>\n")


class TestPage:
    def test_it_is_whole_html_with_every_section(self) -> None:
        elements = Elements(usual_page())
        assert elements.open == []
        assert {section["id"] for section in elements.all("section")} == SECTIONS

    def test_nothing_is_loaded_from_anywhere(self) -> None:
        elements = Elements(usual_page())
        assert not elements.all("script")
        assert not elements.all("link")
        assert not elements.all("img")
        assert "@import" not in usual_page()
        for _, attributes in elements.found:
            for name in ("src", "href", "xlink:href", "data", "action"):
                assert (attributes.get(name) or "#").startswith("#")
        assert not re.search(r"url\((?!#)", usual_page())
        assert not re.search(r"<[^>]*https?://", usual_page())  # sources are named in the text, never linked
        assert not re.search(r"https?://", "".join(re.findall(r"<style.*?</style>", usual_page(), flags=re.S)))

    def test_ids_are_unique_and_every_reference_is_met(self) -> None:
        found = [a["id"] for _, a in Elements(usual_page()).found if "id" in a]
        assert len(found) == len(set(found))
        wanted = re.findall(r'(?:url\(|href=")#([^")]+)', usual_page())
        assert set(wanted) <= set(found)

    def test_every_figure_has_a_caption_alternative_text_and_axes_with_units(self) -> None:
        figures = re.findall(r"<figure.*?</figure>", usual_page(), flags=re.S)
        assert len(figures) == 8
        for figure in figures:
            caption = re.search(r"<figcaption[^>]*>(.+?)</figcaption>", figure, flags=re.S)
            assert caption
            assert len(caption[1]) > 60
            assert re.search(r'role="img" aria-label="[^"]{60,}"', figure)
            words = " ".join(re.findall(r">([^<>]+)</t(?:ext|span)>", figure))
            assert re.search(r"% of ", words)
            assert re.search(r"\bmonths?\b|bucket one month later|average balance per year", words)

    def test_dates_are_on_the_axes_of_time(self) -> None:
        overdue = re.search(r'<section id="overdue-section".*?</section>', usual_page(), flags=re.S)
        assert overdue
        for year in ("2026", "2027", "2028"):
            assert f">{year}<" in overdue[0]

    def test_the_answer_says_the_figures_of_the_panel(self) -> None:
        figures = measure(usual().panel)
        first, second = sentences(usual())
        assert f"{100 * figures['peak_overdue_30_rate']:.2f}% in April 2027" in first
        assert f"{100 * figures['charge_off_rate']:.2f}% of balances a year" in second
        assert "more than unshocked" in second
        for text in (QUESTION, first, second):
            assert text in usual_page()

    def test_what_a_user_writes_is_escaped(self, monkeypatch: pytest.MonkeyPatch) -> None:
        drawn = dict.fromkeys(page_module.PICTURES, Picture("none", "none", "none", nothing="none"))
        monkeypatch.setattr(page_module, "pictures_of", lambda answer: drawn)
        question = "<script>alert('x')</script> & what?"
        odd = dataclasses.replace(usual(), provenance={"scenario": "a<b>", "question": question})
        html = page(odd)
        assert "<script" not in html
        assert "&lt;script&gt;" in html
        assert "<b>" not in html

    def test_a_month_without_products_losses_or_a_twin_still_makes_a_page(self) -> None:
        bare = made_up(1, products=False, losses=0.0, unshocked=False)
        bare = dataclasses.replace(bare, counted=[], hit=bare.hit.iloc[:0], vintages=bare.vintages.iloc[:0])
        html = page(bare)
        assert "There was no charge-off in the span." in html
        assert "Nothing was rejected, clipped or filled in." in html
        assert "The run was not split into groups of borrowers." in html
        assert "was not run" in html
        assert "unshocked:" not in html
        assert not re.search(r"\bnan\b", html.lower())

    def test_an_empty_book_is_said_plainly(self) -> None:
        empty = made_up(4, unshocked=False)
        panel = empty.panel.copy()
        panel.loc[:, panel.columns.difference(["month", "segment"])] = 0.0
        html = page(dataclasses.replace(empty, panel=panel))
        assert "Nothing was owed in the span" in html

    def test_a_scenario_that_is_its_own_baseline_says_so(self) -> None:
        calm = made_up(6, size=0.0)
        assert "Nothing befalls the book in this scenario" in page_module.standing(calm)


class TestAssumptions:
    def test_each_value_comes_with_meaning_unit_and_source(self) -> None:
        rows = {(row.part, row.name): row for row in assumptions(usual().scenario)}
        card = rows["lender: products: card", "rate"]
        assert (card.value, card.unit) == ("0.215", "share per year")
        assert card.meaning == "contract rate at the middle score"
        assert "us.card" in card.source
        assert rows["world: economy", "unemployment"].value.startswith("baseline: 4.5, 2026-02: 6")

    def test_a_changed_value_does_not_keep_the_source_of_the_default(self) -> None:
        rows = {(row.part, row.name): row for row in assumptions(usual().scenario)}
        changed = rows["lender: products: cash_loan", "rate"]
        assert changed.value == "0.18"
        assert changed.source.startswith("set in the scenario; default 0.145")
        share = rows["book: recipe", "pays_full"]
        assert (share.value, share.source[:26]) == ("0.5", "set in the scenario; prese")
        kept = rows["book: recipe", "pays_minimum"]
        assert kept.source == explained(PRESETS["us"]["pays_minimum"].source)
        assert rows["book: recipe: correlations", "income and age"].source


class TestTables:
    def test_money_adds_up_by_year_and_a_leak_is_shown(self) -> None:
        yearly = flows_by_year(usual().flows)
        assert (yearly["left_over"] == 0).all()
        card = yearly[(yearly["product"] == "card") & (yearly["year"] == 2026)].iloc[0]
        rows = segment_rows(usual().panel, "product=card").iloc[:12]
        assert card["paid"] == pytest.approx(rows["paid"].sum())
        assert card["closing"] == rows["balance"].iloc[-1]
        leaking = usual().flows.copy()
        leaking.loc[3, "paid"] += 0.01
        assert flows_by_year(leaking)["left_over"].abs().sum() == pytest.approx(0.01)
        tables = page_module.flow_tables(leaking, "USD")
        assert any("DOES NOT ADD UP" in table.note for table in tables)

    def test_roll_rates_are_weighted_by_balance_and_rows_sum_to_one(self) -> None:
        table = pd.DataFrame(
            [("a", "card", "current", "current", 90.0), ("a", "card", "current", "1_29", 10.0),
             ("b", "card", "current", "current", 250.0), ("b", "card", "current", "1_29", 50.0)],
            columns=["month", "product", "from_bucket", "to_bucket", "balance"],
        )  # fmt: skip
        matrix = mean_roll_rates(table)["card"]
        assert matrix.loc["current", "1_29"] == pytest.approx(60 / 400)
        assert matrix.loc["current"].sum() == pytest.approx(1)
        assert matrix.loc["90_plus"].isna().all()

    def test_a_vintage_line_ends_with_its_youngest_month(self) -> None:
        table = pd.DataFrame(
            [("2026-01-31", "loan", age, 1, 100.0, 0.1 * age, 0.0) for age in range(6)]
            + [("2026-02-28", "loan", age, 1, 300.0, 0.2 * age, 0.0) for age in range(4)]
            + [("2026-01-31", "card", age, 10, 0.0, np.nan, 0.1 * age) for age in range(6)]
            + [("2026-02-28", "card", age, 30, 0.0, np.nan, 0.2 * age) for age in range(4)],
            columns=[
                "vintage",
                "product",
                "months_on_book",
                "accounts",
                "lent",
                "cumulative_charge_off_rate",
                "cumulative_charge_off_account_rate",
            ],
        )
        for product in ("loan", "card"):  # of a loan by money lent, of a card by accounts
            curve = vintage_curves(table)[product]["2026 first half"]
            assert list(curve.index) == [0, 1, 2, 3]
            assert curve[3] == pytest.approx((100 * 0.3 + 300 * 0.6) / 400)


class TestWorkbook:
    def test_every_sheet_is_there_and_frozen(self, run: Path) -> None:
        book = openpyxl.load_workbook(run / "tables.xlsx")
        assert book.sheetnames == [
            "Summary", "Panel", "Segments", "Vintages", "Roll rates", "Money flows",
            "Profit and loss", "Policies", "Who was hit",
            "Assumptions", "Counted",
        ]  # fmt: skip
        assert all(book[name].freeze_panes for name in book.sheetnames)
        assert len(book["Summary"]._charts) == 2

    def test_figures_are_those_of_the_panel(self, run: Path) -> None:
        book = openpyxl.load_workbook(run / "tables.xlsx")
        sheet = [[cell.value for cell in row] for row in book["Panel"].iter_rows()]
        table = pd.DataFrame(sheet[1:], columns=[str(name).replace(" ", "_") for name in sheet[0]])
        rows = segment_rows(usual().panel)
        for column in ("balance", "paid", "charge_offs", "overdue_90_plus", "defaults", "unemployment_rate"):
            assert table[column].astype(float).to_numpy() == pytest.approx(rows[column].to_numpy(), rel=1e-14)
        figures = {row[0]: row[2] for row in book["Summary"].iter_rows(min_row=7, values_only=True) if row[0]}
        found = measure(usual().panel)
        for metric in (metric for metric in METRICS if metric.name not in WHERE_THERE):
            assert figures[metric.label] == pytest.approx(found[metric.name], rel=1e-14)
        rows = list(book["Profit and loss"].iter_rows(values_only=True))
        assert [row[:2] for row in rows[1:5]] == [("all", year) for year in (2026, 2027, 2028, 2029)]
        place = rows[0].index("profit")
        assert sum(row[place] for row in rows[1:5]) == pytest.approx(segment_rows(usual().panel)["profit"].sum())
        costs = [row[-2] for row in book["Policies"].iter_rows(min_row=2, values_only=True)]
        assert sum(costs) == pytest.approx(usual().policies["cost"].sum())
        assert len(list(book["Segments"].rows)) == 1 + int((usual().panel["segment"] != "all").sum())


class TestDirectory:
    def test_all_files_are_there_and_agree(self, run: Path) -> None:
        files = {entry.name for entry in run.iterdir()}
        not_here = {
            "rejected_rows.csv",
            "causes.parquet",
            "counterfactual.parquet",
            "payment_statuses.parquet",
            "accounts.parquet",
        }
        assert files == set(FILES) - not_here
        assert [entry.name for entry in run.parent.iterdir()] == ["run"]
        pd.testing.assert_frame_equal(
            pd.read_parquet(run / "panel.parquet"), usual().panel, check_dtype=False, check_freq=False
        )
        provenance = json.loads((run / "provenance.json").read_text())
        assert set(provenance["files"]) == files
        assert json.loads((run / "summary.json").read_text()) == summary(usual())
        text = (run / "scenario.yaml").read_text()
        assert text.startswith(f"# {QUESTION}\n")
        assert load(run / "scenario.yaml").lender == usual().scenario.lender

    def test_the_summary_has_the_agreed_shape(self) -> None:
        found = summary(usual(), {"net_loss": 12.5})
        assert (found["scenario"], found["seed"], found["borrowers"], found["months"]) == (
            "made_up",
            1,
            20_000,
            39,
        )
        assert set(found["metrics"]["net_loss"]) == {"value", "unit", "label", "standard_error"}
        assert found["metrics"]["net_loss"]["unit"] == "USD"
        assert set(found["metrics"]["default_rate"]) == {"value", "unit", "label"}

    def test_the_same_run_gives_the_same_bytes(self, run: Path, tmp_path: Path) -> None:
        again = write_run(made_up(), tmp_path / "again")
        for entry in run.iterdir():
            assert entry.read_bytes() == (again / entry.name).read_bytes(), entry.name

    @pytest.mark.usefixtures("plain_page")
    def test_an_earlier_run_is_replaced(self, tmp_path: Path) -> None:
        small = made_up(3, unshocked=False)
        out = write_run(made_up(2), tmp_path / "run")
        write_run(small, out)
        assert pd.read_parquet(out / "panel.parquet")["month"].nunique() == 3
        assert not (out / "unshocked.parquet").exists()
        assert [entry.name for entry in tmp_path.iterdir()] == ["run"]

    @pytest.mark.usefixtures("plain_page")
    @pytest.mark.parametrize("earlier", [True, False])
    def test_a_failure_midway_leaves_things_as_they_were(
        self, earlier: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        out = tmp_path / "deep" / "run"
        if earlier:
            write_run(made_up(2), out)
        before = {p.name: p.read_bytes() for p in out.iterdir()} if earlier else {}

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("simulator.report.workbook.write_workbook", full)
        with pytest.raises(OutputError, match="No space left"):
            write_run(made_up(3), out)
        if earlier:
            assert {p.name: p.read_bytes() for p in out.iterdir()} == before
            assert [entry.name for entry in out.parent.iterdir()] == ["run"]
        else:
            assert list(tmp_path.iterdir()) == []

    def test_a_mistake_of_ours_also_leaves_nothing(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(*_: object) -> str:
            raise ZeroDivisionError

        monkeypatch.setattr("simulator.report.page.page", broken)
        with pytest.raises(ZeroDivisionError):
            write_run(made_up(2), tmp_path / "run")
        assert list(tmp_path.iterdir()) == []

    def test_somebody_elses_directory_is_left_alone(self, tmp_path: Path) -> None:
        other = tmp_path / "other"
        other.mkdir()
        (other / "thesis.txt").write_text("years of work")
        with pytest.raises(OutputError, match=r"not an earlier run.*provenance\.json"):
            check_out(other)
        (other / "provenance.json").write_text("{}")
        with pytest.raises(OutputError, match=r"also holds thesis\.txt"):
            write_run(made_up(2), other)
        assert (other / "thesis.txt").read_text() == "years of work"

    def test_a_file_in_the_way_is_named_and_an_empty_directory_is_fine(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(OutputError, match="is a file; a directory is wanted"):
            check_out(tmp_path / "file" / "run")
        (tmp_path / "empty").mkdir()
        assert check_out(tmp_path / "empty") == tmp_path / "empty"

    def test_a_place_that_may_not_be_written_is_refused_before_the_work(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "locked").mkdir()
        monkeypatch.setattr("os.access", lambda path, mode: Path(path) != tmp_path / "locked")
        with pytest.raises(OutputError, match=r"locked may not be changed by you"):
            check_out(tmp_path / "locked" / "new" / "run")
        assert check_out(tmp_path / "free" / "run") == tmp_path / "free" / "run"
        assert sorted(entry.name for entry in tmp_path.iterdir()) == ["locked"]

    @pytest.mark.usefixtures("plain_page")
    def test_rejected_rows_are_written_where_there_are_any(self, tmp_path: Path) -> None:
        @dataclasses.dataclass(frozen=True)
        class WithTape(MadeUp):
            rejected: pd.DataFrame = dataclasses.field(default_factory=pd.DataFrame)

        parts = {field.name: getattr(made_up(2), field.name) for field in dataclasses.fields(MadeUp)}
        rejected = pd.DataFrame({"row": [3], "why": ["balance is text"]})
        out = write_run(WithTape(**parts, rejected=rejected), tmp_path / "run")
        assert (out / "rejected_rows.csv").read_text() == "row,why\n3,balance is text\n"


def test_importing_the_room_brings_in_nothing_heavy() -> None:
    code = (
        "import sys, simulator.report, simulator.metrics\n"
        "print({'pandas', 'matplotlib', 'numpy', 'jinja2', 'xlsxwriter', 'pyarrow'} & set(sys.modules))"
    )
    root = Path(__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
