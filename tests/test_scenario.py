"""Scenario files that are in order: extending, switching off, overriding, writing down."""

from __future__ import annotations

import datetime as dt
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator.errors import ScenarioError
from simulator.scenario import calendar, fingerprint, from_dict, load, schema, shipped_scenarios, to_yaml
from simulator.scenario.scalars import read_plain

CLUB = Path(__file__).parents[2] / "shared/data/tapes/lendingclub_2007_2009/lendingclub_2007_2009.csv.gz"
BASE = """\
# Would the book hold
# if one job in ten went?
span: {start: 2026-01, months: 24}
book: {recipe: us, borrowers: 1_000, due_days: [15, 1]}
world:
  economy:
    unemployment: {baseline: 4.3, 2026-01: 4.3, 2026-06: 8.1}
    prices: 2.5
  shocks:
    illness: {starts: 2026-02, ends: 2026-08, severity: 2, where: {region: [northeast]}}
lender:
  products:
    card: {rate: 0.24}
    cash: {kind: instalment, terms: {12: 0.5, 6: 0.5}}
  policies:
    approval: {score_cut_off: 620}
  reserve: days_late
"""


def put(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return put(tmp_path, "base.yaml", BASE)


def test_reads_values_names_and_the_question(base: Path) -> None:
    scenario = load(base)
    assert scenario.name == "base"
    assert scenario.question == "Would the book hold\nif one job in ten went?"
    assert scenario.span.start == dt.date(2026, 1, 1)
    assert scenario.book.borrowers == 1000
    assert scenario.book.due_days == (1, 15)
    assert scenario.world.economy.unemployment.baseline == 4.3
    assert scenario.world.shocks["illness"].kind == "illness"
    assert scenario.lender.products["cash"].kind == "instalment"
    assert scenario.lender.reserve.kind == "days_late"


def test_extends_merges_maps_and_replaces_values(base: Path) -> None:
    child = put(
        base.parent,
        "child.yaml",
        "extends: base.yaml\nspan: {months: 36}\nworld: {shocks: {illness: {severity: 3}}}\n"
        "lender: {products: {card: {late_fee: 5}}}\n",
    )
    scenario = load(child)
    assert scenario.span.months == 36
    assert scenario.world.shocks["illness"].severity == 3
    assert scenario.world.shocks["illness"].starts == dt.date(2026, 2, 1)
    assert scenario.lender.products["card"].rate == 0.24
    assert scenario.lender.products["card"].late_fee == 5
    assert scenario.question == ""


def test_a_dated_path_and_a_table_replace(base: Path) -> None:
    child = put(
        base.parent,
        "child.yaml",
        "extends: base\nworld: {economy: {unemployment: {2026-01: 5, 2026-03: 9}}}\n"
        "lender: {products: {cash: {terms: {24: 1.0}}}}\n",
    )
    scenario = load(child)
    assert scenario.world.economy.unemployment.written() == {"2026-01-01": 5.0, "2026-03-01": 9.0}
    assert scenario.lender.products["cash"].model_dump()["terms"] == {24: 1.0}


def test_a_changed_kind_replaces_the_entry(base: Path) -> None:
    child = put(base.parent, "child.yaml", "extends: base.yaml\nlender: {products: {card: {kind: instalment}}}\n")
    card = load(child).lender.products["card"]
    assert card.kind == "instalment"
    assert card.rate != 0.24


def test_off_removes_and_is_a_value_where_a_switch_is(base: Path) -> None:
    child = put(
        base.parent,
        "child.yaml",
        "extends: base.yaml\nbook: {closed: on}\nworld: {shocks: {illness: off}, economy: {prices: off}}\n"
        "lender: {policies: {approval: no}, products: {card: {minimum_adds_interest: off, rate: off}}}\n",
    )
    scenario = load(child)
    assert scenario.world.shocks == {}
    assert scenario.lender.policies == {}
    assert scenario.world.economy.prices.baseline == 0.0
    assert scenario.book.closed is True
    assert scenario.lender.products["card"].model_dump()["minimum_adds_interest"] is False
    assert scenario.lender.products["card"].rate == type(scenario.lender.products["card"])().rate


def test_empty_entries_stand_for_defaults(base: Path) -> None:
    text = BASE.replace(
        "  policies:\n    approval: {score_cut_off: 620}\n", "  policies:\n    approval:\n  behaviour:\n"
    )
    scenario = load(put(base.parent, "empty.yaml", text))
    assert scenario.lender.policies["approval"].score_cut_off == 600


def test_extends_over_three_files_in_other_folders(base: Path) -> None:
    put(base.parent, "sub/middle.yaml", "extends: ../base.yaml\nseed: 5\nbook: {borrowers: 10}\n")
    top = put(base.parent, "top.yaml", "extends: sub/middle\nbook: {borrowers: 20}\n")
    scenario = load(top)
    assert (scenario.seed, scenario.book.borrowers, scenario.span.months) == (5, 20, 24)


def test_shipped_scenarios_are_found_by_name_and_load() -> None:
    for name, path in shipped_scenarios().items():
        assert path.stem == name
        if name.startswith("lendingclub") and not CLUB.exists():
            continue  # the tape it names is not shipped
        scenario = load(name)
        assert scenario.question
        assert calendar(scenario)


def test_sets_and_overrides(base: Path) -> None:
    scenario = load(
        base,
        [
            "world.economy.unemployment.2026-03=6.5",
            "world.shocks.illness=off",
            "book.due_days=[3, 2]",
            "lender.products.card.rate=2e-1",
            "world.economy.prices.2026-05=4",
            "book.recipe=cn",
        ],
        seed=9,
        months=12,
        borrowers=50,
    )
    path = scenario.world.economy.unemployment
    assert path.written() == {"baseline": 4.3, "2026-01-01": 4.3, "2026-03-01": 6.5, "2026-06-01": 8.1}
    assert scenario.world.economy.prices.written() == {"baseline": 2.5, "2026-05-01": 4.0}
    assert scenario.world.shocks == {}
    assert scenario.book.due_days == (2, 3)
    assert scenario.book.recipe.preset == "cn"
    assert scenario.lender.products["card"].rate == 0.2
    assert (scenario.seed, scenario.span.months, scenario.book.borrowers) == (9, 12, 50)


def test_a_set_without_effect_gives_the_same_scenario(base: Path) -> None:
    assert load(base, ["span.months=24"]) == load(base)


def test_csv_paths_lie_beside_the_file_that_names_them(base: Path, tmp_path: Path) -> None:
    put(
        tmp_path,
        "lib/u.csv",
        "date,value\n" + "".join(f"{2025 + m // 12}-{m % 12 + 1:02d},{5 + m / 10}\n" for m in range(48)),
    )
    put(tmp_path, "lib/world.yaml", "extends: ../base.yaml\nworld: {economy: {unemployment: u.csv}}\n")
    scenario = load(put(tmp_path, "top.yaml", "extends: lib/world.yaml\n"))
    assert scenario.world.economy.unemployment.at(dt.date(2026, 1, 31)) == pytest.approx(6.2)


def test_written_down_it_loads_back_the_same(base: Path) -> None:
    scenario = load(base)
    text = to_yaml(scenario)
    again = load(put(base.parent, "out/scenario.yaml", text))
    assert again == scenario
    assert fingerprint(again) == fingerprint(scenario)
    assert to_yaml(again) == text
    assert from_dict(scenario.resolved()) == scenario
    assert from_dict(yaml.safe_load(BASE), name="base").lender == scenario.lender


@pytest.mark.parametrize(
    "question",
    ["# odd", " leading", "a\n\nb", "yaml-language-server: x", "tab\there", "ends #", "é\u2028x", ""],
)
def test_any_question_survives(base: Path, question: str) -> None:
    scenario = load(base).model_copy(update={"question": question})
    assert load(put(base.parent, "again.yaml", to_yaml(scenario))).question == question


def test_fingerprint_ignores_comments_order_and_place(base: Path, tmp_path: Path) -> None:
    def shuffled(value: Any, key: str = "") -> Any:
        if not isinstance(value, dict):
            return value
        items = list(value.items())
        if key != "unemployment":
            random.Random(4).shuffle(items)
        return {name: shuffled(part, name) for name, part in items}

    scenario = load(base)
    other = from_dict(shuffled(yaml.safe_load(BASE)))
    assert fingerprint(other) == fingerprint(scenario)
    assert other.lender == scenario.lender
    moved = put(tmp_path, "far/away.yaml", BASE.replace("# Would", "# Could"))
    assert fingerprint(load(moved)) == fingerprint(scenario)
    explicit = load(base, ["book.warm_up=84", "world.labour.benefits.max_weeks=26"])
    assert fingerprint(explicit) == fingerprint(scenario)


@pytest.mark.parametrize(
    "change",
    [
        "seed=2",
        "span.months=25",
        "book.borrowers=1001",
        "world.economy.prices=2.6",
        "lender.products.card.rate=0.25",
        "world.shocks.illness=off",
    ],
)
def test_fingerprint_sees_every_change(base: Path, change: str) -> None:
    assert fingerprint(load(base, [change])) != fingerprint(load(base))


def test_fingerprint_covers_the_contents_of_files(base: Path, tmp_path: Path) -> None:
    prints = []
    for folder, value in (("a", 5), ("b", 5), ("c", 6)):
        put(tmp_path, f"{folder}/u.csv", f"date,value\n2025-12,{value}\n2026-01,7\n2029-01,7\n")
        tape = put(tmp_path, f"{folder}/t.csv", f"balance\n{value}\n")
        child = put(
            tmp_path,
            f"{folder}/s.yaml",
            "extends: ../base.yaml\nworld: {economy: {unemployment: u.csv}}\n"
            "book: {tape: {file: t.csv, currency: USD, columns: {balance: balance}}}\n",
        )
        scenario = load(child)
        assert scenario.book.tape is not None
        assert Path(scenario.book.tape.file) == tape
        prints.append(fingerprint(scenario))
    assert prints[0] == prints[1] != prints[2]


def test_calendar_tells_what_will_happen(base: Path) -> None:
    events = calendar(load(base))
    assert [date for date, _ in events] == sorted(date for date, _ in events)
    text = "\n".join(f"{date} {words}" for date, words in events)
    for words in (
        "2019-01-01 warm-up begins: 84 months",
        "2026-01-01 span begins: 24 months, 1,000 borrowers, card, cash",
        "2026-02-01 shock illness begins",
        "region northeast",
        "2026-06-01 unemployment rises to 8.1%",
        "2026-08-01 shock illness",
        "policy approval in force: score cut off 620",
        "2027-12-31 span ends",
    ):
        assert words in text


def test_a_tape_has_no_warm_up_in_the_calendar() -> None:
    scenario = load("taiwan_cards_2005", ["book.warm_up=36"])
    assert scenario.book.warm_up == 36
    assert not [told for _, told in calendar(scenario) if "warm-up" in told]


def test_a_shipped_scenario_is_found_beside_a_directory_of_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "us_cards").mkdir()
    monkeypatch.chdir(tmp_path)
    assert load("us_cards").name == "us_cards"


def test_schema_describes_every_section() -> None:
    body = schema()
    assert {"extends", "span", "book", "world", "lender", "seed"} <= set(body["properties"])
    shocks = body["$defs"]["World"]["properties"]["shocks"]
    assert "illness" in shocks["properties"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 0.001),
        ("1_000", 1000),
        ("012", 12),
        ("1:30", "1:30"),
        ("0x1F", "0x1F"),
        ("2026-01", "2026-01"),
        ("2026-01-15", dt.date(2026, 1, 15)),
        ("off", False),
        ("Yes", True),
        ("~", None),
        ("-.5", -0.5),
        ("5%", "5%"),
        ("1.2.3", "1.2.3"),
        ("-", "-"),
    ],
)
def test_plain_words(text: str, value: Any) -> None:
    read = read_plain(text)
    assert read == value
    assert type(read) is type(value)


def test_keys_that_look_like_switches_are_names(base: Path) -> None:
    text = BASE.replace(
        "    illness: {starts", "    on: {kind: illness, severity: 1}\n    no: illness\n    illness: {starts"
    )
    assert set(load(put(base.parent, "n.yaml", text)).world.shocks) == {"on", "no", "illness"}


def test_a_small_alias_may_be_used_twice(base: Path) -> None:
    text = BASE.replace("{region: [northeast]}", "&who {region: [northeast]}").replace(
        "lender:\n", "    more: {kind: illness, where: *who}\nlender:\n"
    )
    where = load(put(base.parent, "n.yaml", text)).world.shocks["more"].where
    assert where is not None
    assert where.region == ["northeast"]


def test_a_dict_may_hold_our_own_values(base: Path) -> None:
    scenario = load(base)
    body = yaml.safe_load(BASE)
    body["lender"]["products"]["card"] = scenario.lender.products["card"]
    body["world"]["economy"]["unemployment"] = scenario.world.economy.unemployment
    body["span"] = {"start": dt.date(2026, 1, 1), "months": 24}
    assert from_dict(body, name="base").span == scenario.span
    with pytest.raises(ScenarioError, match="unknown option; did you mean 'months'"):
        from_dict(body, month=3)


def test_reading_loads_no_data_libraries() -> None:
    names = "('pandas', 'matplotlib', 'simpy', 'pyarrow')"
    code = f"import sys, simulator.scenario; print([name for name in {names} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
