"""Broken scenario files: each is refused with its place, its key and what would be accepted."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.errors import ScenarioError
from simulator.scenario import from_dict, load

GOOD = """\
span: {start: 2026-01, months: 24}
book: {recipe: us, borrowers: 1000}
world:
  economy: {unemployment: 4.3}
lender:
  products: {card: {rate: 0.2}}
"""

# what is wrong: text of the file (or what to replace in GOOD), place, key, words of the message
WHOLE: dict[str, tuple[str | bytes, str, str, str]] = {
    "empty": ("", "1:1", "", "empty"),
    "only a comment": ("# nothing here\n", "1:1", "", "empty"),
    "a list": ("- 1\n- 2\n", "1:1", "", "holds a list"),
    "a word": ("hello\n", "1:1", "", "'hello'"),
    "a second document": (GOOD + "---\nseed: 1\n", "7:1", "", "second document"),
    "not UTF-8": (b"seed: 1\nname: caf\xe9\n", "2:10", "", "offset 17"),
    "UTF-16": (GOOD.encode("utf-16"), "1:1", "", "not UTF-8"),
    "a control character": ("seed: 1\nname: a\x07b\n", "2:8", "", "control characters"),
    "a tab": ("book:\n\tseed: 1\n", "2:1", "", "a tab"),
    "a tab after spaces": ("book:\n  \tseed: 1\n", "2:3", "", "a tab"),
    "an open bracket": ("book: {due_days: [1, 2\n", "2:1", "", "cannot be read"),
    "an open quote": ('name: "abc\n', "2:1", "", "quotation mark"),
    "a colon too many": ("name: a: b\n", "1:8", "", "a colon"),
    "bad indentation": ("book:\n   seed: 1\n  x: 2\n", "3:3", "", "cannot be read"),
    "an unknown alias": ("book: *nobody\n", "1:7", "", "*nobody"),
    "code": (GOOD + "name: !!python/object/apply:os.system ['true']\n", "7:7", "name", "the tag"),
    "a tag": (GOOD + "seed: !mine 3\n", "7:7", "seed", "the tag"),
    "deep lists": ("book: " + "[" * 40 + "]" * 40 + "\n", "1:36", "", "nested deeper"),
    "very deep lists": ("book: " + "[" * 5000 + "]" * 5000 + "\n", "1:", "", "nested deeper"),
    "too many values": ("book: [" + "1," * 21_000 + "]\n", "1:", "", "more than 20,000"),
    "too large a file": ("# " + "x" * 1_100_000 + "\n", "1:1", "", "larger than"),
    "a key twice": (GOOD + "seed: 1\nseed: 2\n", "8:1", "seed", "written twice; first at line 7"),
    "a section twice": (GOOD + "book: {}\n", "7:1", "book", "first at line 2"),
    "a merge key": (GOOD + "labour: {<<: {a: 1}}\n", "7:10", "labour", "merge key"),
    "a list as key": (GOOD + "? [a]\n: 1\n", "7:3", "", "as a key"),
    "nothing as key": (GOOD + "~: 1\n", "7:1", "", "key that is nothing"),
    "not a number": (GOOD + "seed: .nan\n", "7:7", "seed", "finite"),
    "infinity": (GOOD + "seed: -.inf\n", "7:7", "seed", "finite"),
    "too large a float": (GOOD + "seed: 1e999\n", "7:7", "seed", "too large"),
    "digits without end": (GOOD + "seed: " + "9" * 5000 + "\n", "7:7", "seed", "5000 digits"),
    "no such day": (GOOD.replace("2026-01,", "2026-02-30,"), "1:15", "span.start", "not a date"),
    "an alias in itself": ("book: &a {x: *a}\n", "1:14", "", "stands for nothing"),
    "nested aliases": ("a: &a [1]\nb: &b [*a]\nc: [*b]\n", "3:5", "", "holds an alias itself"),
}

CHANGED: dict[str, tuple[str, str, str, str, str]] = {
    "unknown section": ("book:", "bok:", "2:1", "bok", "did you mean 'book'?"),
    "unknown key": ("borrowers", "borowers", "2:20", "book.borowers", "did you mean 'borrowers'?"),
    "unknown key in a product": ("rate:", "rat:", "6:21", "lender.products.card.rat", "did you mean 'rate'?"),
    "unknown kind": ("card:", "cardd:", "6:14", "lender.products.cardd", "did you mean 'card'?"),
    "unknown kind named": (
        "{rate: 0.2}",
        "{kind: crad}",
        "6:27",
        "lender.products.card.kind",
        "did you mean 'card'?",
    ),
    "unknown preset": ("recipe: us", "recipe: uk", "2:", "book.recipe", "us"),
    "missing required": ("{unemployment: 4.3}", "{}", "4:3", "world.economy.unemployment", "is missing"),
    "missing value": ("4.3", "", "4:", "world.economy.unemployment", "no value is given"),
    "words for a number": ("1000", "many", "2:31", "book.borrowers", "'many' was given; a whole number"),
    "a fraction of a person": ("1000", "10.5", "2:31", "book.borrowers", "10.5 was given; a whole number"),
    "nobody": ("1000", "0", "2:31", "book.borrowers", "at least 1"),
    "too many": ("1000", "60_000_000", "2:31", "book.borrowers", "at most 50,000,000"),
    "no months": ("24", "0", "1:32", "span.months", "at least 1"),
    "too many months": ("24", "700", "1:32", "span.months", "at most 600"),
    "a switch for a number": ("24", "on", "1:32", "span.months", "on was given; a whole number"),
    "month 13": ("2026-01", "2026-13", "1:15", "span.start", "2026-13"),
    "a year": ("2026-01", "2026", "1:15", "span.start", "2026-01"),
    "not the first": ("2026-01", "2026-01-15", "1:15", "span.start", "first of a month"),
    "a share": (
        "4.3",
        "0.05",
        "4:27",
        "world.economy.unemployment",
        "looks like a share; write percent, as 5",
    ),
    "too high": ("4.3", "55", "4:27", "world.economy.unemployment", "0.5 to 40 percent"),
    "a share later": (
        "4.3",
        "{2026-01: 5, 2026-05: 0.09}",
        "4:40",
        "world.economy.unemployment",
        "write percent, as 9",
    ),
    "a late path": ("4.3", "{2026-05: 5}", "4:28", "world.economy.unemployment", "or a baseline"),
    "dates out of order": (
        "4.3",
        "{2026-01: 5, 2025-05: 6}",
        "4:40",
        "world.economy.unemployment",
        "out of order",
    ),
    "a path of words": ("4.3", "{2026-01: high}", "4:28", "world.economy.unemployment", "'high'"),
    "no such file": ("4.3", "u.csv", "4:27", "world.economy.unemployment", "does not exist"),
    "a short series": (
        "4.3",
        "short.csv",
        "4:27",
        "world.economy.unemployment",
        "set span.months to 3 at most",
    ),
    "a bad series": ("4.3", "bad.csv", "4:27", "world.economy.unemployment", "bad.csv:3"),
    "due day 31": ("1000}", "1000, due_days: [1, 31]}", "2:47", "book.due_days", "day 31 is outside 1 to 28"),
    "due day twice": ("1000}", "1000, due_days: [5, 5]}", "2:47", "book.due_days", "given twice"),
    "unknown segment": (
        "1000}",
        "1000, segments: [sectr]}",
        "2:48",
        "book.segments[0]",
        "did you mean 'sector'?",
    ),
    "no products": ("{card: {rate: 0.2}}", "{}", "6:13", "lender.products", "at least one"),
    "a negative rate": (
        "0.2",
        "-1",
        "6:27",
        "lender.products.card.rate",
        "-1 was given; a number at least 0",
    ),
    "a map for a number": ("0.2", "{a: 1}", "6:28", "lender.products.card.rate", "a map was given; a number"),
    "a currency": (
        "lender:\n",
        "lender:\n  currency: usd\n",
        "6:13",
        "lender.currency",
        "three capital letters",
    ),
    "no such tape": (
        "1000}",
        "1000, tape: {file: no.csv, preset: taiwan-cards}}",
        "2:50",
        "book.tape.file",
        "does not exist",
    ),
    "off without an entry": (
        "{card:",
        "{crd: off, card:",
        "6:14",
        "lender.products.crd",
        "did you mean 'card'?",
    ),
    "no for a column's name": (
        "1000}",
        "1000, tape: {file: t.csv, currency: USD, columns: {id: no, balance: owed}}}",
        "2:86",
        "book.tape.columns.id",
        "quote a name that reads as on or off, as id: 'no'",
    ),
    "yes for a column's name": (
        "1000}",
        "1000, tape: {file: t.csv, currency: USD, columns: {balance: yes}}}",
        "2:91",
        "book.tape.columns.balance",
        "as balance: 'yes'",
    ),
    "off for the required": ("4.3", "off", "4:3", "world.economy.unemployment", "is missing"),
    "paid first, not sold": (
        "lender:\n",
        "lender:\n  behaviour: {pays_first: [crad]}\n",
        "6:27",
        "lender.behaviour.pays_first",
        "the lender has no product 'crad'; did you mean 'card'?",
    ),
    "job finding in percent": (
        "{unemployment: 4.3}",
        "{unemployment: 4.3, job_finding: 40}",
        "4:45",
        "world.economy.job_finding",
        "40 looks like percent; a share is wanted, as 0.4",
    ),
    "no job found": (
        "{unemployment: 4.3}",
        "{unemployment: 4.3, job_finding: {2026-01: 0.3, 2026-05: 0.001}}",
        "4:60",
        "world.economy.job_finding",
        "0.001 from 2026-05 was given; a share a month from 0.005 to 0.95 is wanted",
    ),
    "wages vanish": (
        "{unemployment: 4.3}",
        "{unemployment: 4.3, wages: {baseline: 2, 2026-05: -99}}",
        "4:53",
        "world.economy.wages",
        "-99 from 2026-05 was given; a change from -30 to 100 percent a year is wanted",
    ),
    "prices before the first date": (
        "{unemployment: 4.3}",
        "{unemployment: 4.3, prices: {baseline: 900, 2026-05: 2}}",
        "4:41",
        "world.economy.prices",
        "900 as the baseline was given; a change from -30 to 100",
    ),
    "a policy rate beyond belief": (
        "{unemployment: 4.3}",
        "{unemployment: 4.3, policy_rate: 400}",
        "4:45",
        "world.economy.policy_rate",
        "400 was given; a rate from -5 to 60 percent is wanted",
    ),
    "a sector misspelt": (
        "world:\n",
        "world:\n  labour: {sector_cyclicality: {constructoin: 2}}\n",
        "4:33",
        "world.labour.sector_cyclicality.constructoin",
        "nobody in the book has the sector 'constructoin'; did you mean 'construction'?",
    ),
    "a region misspelt": (
        "world:\n",
        "world:\n  labour: {region_cyclicality: {souht: 2}}\n",
        "4:33",
        "world.labour.region_cyclicality.souht",
        "did you mean 'south'? Regions: northeast, midwest, south, west",
    ),
    "an education misspelt": (
        "world:\n",
        "world:\n  labour: {education_risk: {colege: 2}}\n",
        "4:29",
        "world.labour.education_risk.colege",
        "did you mean 'college'?",
    ),
    "limits crossed": (
        "rate: 0.2",
        "smallest: 900, largest: 800",
        "6:31",
        "lender.products.card.smallest",
        "900 was given, above largest (800)",
    ),
    "rates crossed": (
        "rate: 0.2",
        "most_rate: 0.1",
        "6:32",
        "lender.products.card.most_rate",
        "0.1 was given, below least_rate (0.12)",
    ),
    "loan amounts crossed": (
        "{card: {rate: 0.2}}",
        "{instalment: {largest: 900}}",
        "6:36",
        "lender.products.instalment.largest",
        "900 was given, below smallest (1000)",
    ),
    "default after charge-off": (
        "rate: 0.2",
        "default_days: 200",
        "6:35",
        "lender.products.card.default_days",
        "200 was given, above charge_off_days (180)",
    ),
    "too many segments": (
        "{recipe: us, borrowers: 1000}",
        "{segments: [age, score, income_quintile, sector, region, education], "
        "recipe: {preset: us, regions: {" + ", ".join(f"r{number}: 0.02" for number in range(50)) + "}}}",
        "2:18",
        "book.segments",
        "make 120,000 segments; at most 32,767 are possible",
    ),
    "no such base": (
        "span:",
        "extends: nowhere\nspan:",
        "1:10",
        "extends",
        "neither a file here nor a shipped scenario",
    ),
    "extends a list": ("span:", "extends: [a]\nspan:", "1:10", "extends", "one file name"),
    "extends itself": ("span:", "extends: s.yaml\nspan:", "1:1", "extends", "s.yaml -> "),
}

SHOCKS: dict[str, tuple[str, str, str, str]] = {
    "unknown shock": ("ilness: {}", "5", "world.shocks.ilness", "did you mean 'illness'?"),
    "ends first": (
        "illness: {starts: 2026-05, ends: 2026-04}",
        "38",
        "world.shocks.illness.ends",
        "before it starts",
    ),
    "too late": ("illness: {starts: 2030-05}", "23", "world.shocks.illness.starts", "after the span's end"),
    "too early": (
        "illness: {starts: 2020-05, ends: 2020-06}",
        "38",
        "world.shocks.illness.ends",
        "before the span",
    ),
    "unknown target": (
        "illness: {where: {regon: [a]}}",
        "23",
        "world.shocks.illness.where.regon",
        "did you mean 'region'?",
    ),
    "a region nobody lives in": (
        "illness: {where: {region: [souht]}}",
        "31",
        "world.shocks.illness.where.region",
        "did you mean 'south'?",
    ),
    "a sixth fifth": (
        "illness: {where: {income_quintile: [6]}}",
        "40",
        "world.shocks.illness.where.income_quintile",
        "1 (poorest) to 5",
    ),
    "a negative strength": (
        "illness: {profile: {2026-01: 1, 2026-05: -1}}",
        "37",
        "world.shocks.illness.profile",
        "-1 from 2026-05 was given; a strength from 0 to 100 is wanted",
    ),
    "a strength beyond belief": (
        "illness: {profile: 101}",
        "24",
        "world.shocks.illness.profile",
        "101 was given",
    ),
    "cuts crossed": (
        "income_cut: {least: 0.7}",
        "25",
        "world.shocks.income_cut.least",
        "0.7 was given, above most (0.6)",
    ),
    "months crossed": (
        "income_cut: {months_longest: 1}",
        "34",
        "world.shocks.income_cut.months_longest",
        "1 was given, below months_shortest (2)",
    ),
    "ages crossed": (
        "illness: {where: {youngest: 50, oldest: 40}}",
        "33",
        "world.shocks.illness.where.youngest",
        "50 was given, above oldest (40)",
    ),
    "a ramp to nowhere": (
        "illness: {profile: ramp, starts: 2026-05}",
        "24",
        "world.shocks.illness.profile",
        "ends is missing",
    ),
    "a word": (
        "illness: {severity: high}",
        "25",
        "world.shocks.illness.severity",
        "'high' was given; a number",
    ),
    "a list": ("illness: [1]", "14", "world.shocks.illness", "a map"),
}


def refused(folder: Path, text: str | bytes, *sets: str) -> ScenarioError:
    path = folder / "s.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    (folder / "short.csv").write_text("date,value\n2026-01,5\n2026-02,5\n2026-03,5\n")
    (folder / "bad.csv").write_text("date,value\n2026-01,5\n2026-02,five\n")
    with pytest.raises(ScenarioError) as caught:
        load(path, sets)
    message = str(caught.value)
    assert caught.value.problems
    assert "pydantic" not in message
    assert "http" not in message
    assert "Input" not in message
    return caught.value


def expect(error: ScenarioError, place: str, key: str, words: str) -> None:
    """One of the mistakes stands at the place, under the key, with the words."""
    for problem in error.problems:
        where = re.sub(r"^.*s\.yaml:", "", problem.where)
        if (where == place or (place.endswith(":") and where.startswith(place))) and problem.key == key:
            assert words in problem.message
            return
    raise AssertionError(f"no mistake at {place} under {key!r}:\n{error}")


@pytest.mark.parametrize("what", WHOLE)
def test_files_that_cannot_be_read(tmp_path: Path, what: str) -> None:
    text, place, key, words = WHOLE[what]
    error = refused(tmp_path, text)
    expect(error, place, key, words)


@pytest.mark.parametrize("what", CHANGED)
def test_one_mistake_in_a_good_file(tmp_path: Path, what: str) -> None:
    old, new, place, key, words = CHANGED[what]
    assert old in GOOD
    (tmp_path / "t.csv").write_text("no,owed\n1,5\n")
    error = refused(tmp_path, GOOD.replace(old, new, 1))
    expect(error, place, key, words)
    assert len(error.problems) == 1 or what in ("no such day",), str(error)


@pytest.mark.parametrize("what", SHOCKS)
def test_shocks(tmp_path: Path, what: str) -> None:
    text, column, key, words = SHOCKS[what]
    error = refused(tmp_path, GOOD.replace("lender:", f"  shocks:\n    {text}\nlender:"))
    expect(error, f"6:{column}", key, words)
    assert len(error.problems) == 1, str(error)


def test_a_sector_of_the_scenarios_own_recipe_is_known() -> None:
    text = {
        "span": {"start": "2026-01", "months": 12},
        "book": {"recipe": {"preset": "us", "sectors": {"fishing": 0.5, "mining": 0.5}}},
        "world": {"economy": {"unemployment": 5}, "labour": {"sector_cyclicality": {"fishing": 2, "retail": 1}}},
        "lender": {"products": {"card": {}}, "behaviour": {"pays_first": ["card"]}},
    }
    assert from_dict(text).world.labour.sector_cyclicality == {"fishing": 2, "retail": 1}


def test_all_mistakes_at_once_in_file_order(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(GOOD.replace("0.2", "-3") + "sed: 1\n")
    text = (
        "extends: base.yaml\nspan: {months: x}\nbook: {borrowers: -1, due_days: [30]}\n"
        "world: {economy: {unemployment: 0.03}, "
        "shocks: {ilness: {}, illness: {starts: 2026-03, ends: 2026-02}}}\n"
        "lender: {curency: USD}\n"
    )
    error = refused(tmp_path, text)
    keys = [problem.key for problem in error.problems]
    assert keys == [
        "span.months",
        "book.borrowers",
        "book.due_days",
        "world.economy.unemployment",
        "world.shocks.ilness",
        "world.shocks.illness.ends",
        "lender.curency",
        "lender.products.card.rate",
        "sed",
    ]
    assert [Path(problem.where.split(":")[0]).name for problem in error.problems] == ["s.yaml"] * 7 + ["base.yaml"] * 2
    assert len(str(error).splitlines()) == len(keys)


def test_a_broken_base_is_told_with_the_rest(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text("a: [1\n")
    error = refused(tmp_path, "extends: base.yaml\nsed: 1\n")
    assert any("base.yaml:2:1" in problem.where for problem in error.problems)
    expect(error, "2:1", "sed", "did you mean 'seed'?")


def test_a_circle_is_shown(tmp_path: Path) -> None:
    for name, base in (("a", "b"), ("b", "c"), ("c", "a")):
        (tmp_path / f"{name}.yaml").write_text(f"extends: {base}.yaml\n{GOOD if name == 'c' else ''}")
    with pytest.raises(ScenarioError, match=r"circle: .*a\.yaml -> .*b\.yaml -> .*c\.yaml -> .*a\.yaml"):
        load(tmp_path / "a.yaml")


@pytest.mark.parametrize(
    ("option", "key", "words"),
    [
        ("world.economi.prices=3", "world.economi", "did you mean 'economy'?"),
        ("lender.products.card.rte=3", "lender.products.card.rte", "did you mean 'rate'?"),
        ("lender.products.crad.rate=0.2", "lender.products.crad", "did you mean 'card'?"),
        ("seed=x", "seed", "'x' was given; a whole number"),
        ("seed=", "seed", "no value"),
        ("seed", "", "key.path=value is wanted"),
        ("=3", "", "key.path=value is wanted"),
        ("span..months=3", "", "key.path=value is wanted"),
        ("span.months.x=3", "span.months.x", "has no 'x' in it"),
        ("book.due_days=[1", "book.due_days", "cannot be read"),
        ("book.due_days={a: &a 1, a: 2}", "book.due_days", "written twice"),
        ("lender.policies.approvl=off", "lender.policies.approvl", "there is no"),
        ("span=3", "span", "3 was given; a map"),
        ("world.economy.unemployment=0.05", "world.economy.unemployment", "write percent"),
    ],
)
def test_options(tmp_path: Path, option: str, key: str, words: str) -> None:
    error = refused(tmp_path, GOOD, option)
    (problem,) = error.problems
    assert problem.where.startswith(f"--set {option.partition('=')[0]}")
    assert problem.key.startswith(key)
    assert words in problem.message


def test_names_of_files(tmp_path: Path) -> None:
    for name in ("nowhere.yaml", "", "\0", "x" * 5000, str(tmp_path)):
        with pytest.raises(ScenarioError):
            load(name)


# --- anything at all ------------------------------------------------------------------------------

PIECES = [
    *(
        "span",
        "book",
        "world",
        "lender",
        "economy",
        "shocks",
        "illness",
        "kind",
        "card",
        "products",
        "recipe",
    ),
    *(
        "recipe",
        "us",
        "start",
        "months",
        "unemployment",
        "2026-01",
        "2026-01-15",
        "baseline",
        "off",
        "on",
        "~",
        ".nan",
    ),
    *("1e400", "-3", "0.5", ":", ": ", "- ", "\n", "\n  ", "\n    ", "{", "}", "[", "]", ", ", "&a ", "*a"),
    *("!!str ", "!x ", "<<", "? ", "|", ">", "'", '"', "#", "---", "...", "%YAML 1.1", "\t", "\u2028"),
    *("\ufeff", "\x00", "é", "extends: s.yaml", "due_days", "where"),
]
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def loads_or_refuses(folder: Path, text: bytes, *sets: str) -> None:
    path = folder / "s.yaml"
    path.write_bytes(text)
    refusal: ScenarioError | None = None
    try:
        load(path, sets)
    except ScenarioError as error:
        refusal = error
    assert refusal is None or (refusal.problems and str(refusal))


@QUICK
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_garbled_yaml(tmp_path: Path, text: str) -> None:
    loads_or_refuses(tmp_path, text.encode())


@QUICK
@given(st.binary(max_size=200))
def test_any_bytes(tmp_path: Path, text: bytes) -> None:
    loads_or_refuses(tmp_path, text)


@QUICK
@given(
    st.integers(0, len(GOOD) - 1),
    st.integers(0, 12),
    st.lists(st.sampled_from(PIECES), max_size=3).map("".join),
)
def test_a_good_file_with_a_piece_replaced(tmp_path: Path, start: int, length: int, piece: str) -> None:
    loads_or_refuses(tmp_path, (GOOD[:start] + piece + GOOD[start + length :]).encode())


@QUICK
@given(
    st.sampled_from(
        [
            "span",
            "book",
            "world.economy.unemployment",
            "lender.products.card.rate",
            "world.shocks.x.y",
            "a.b",
            "",
        ]
    ),
    st.one_of(st.text(max_size=30), st.lists(st.sampled_from(PIECES), max_size=8).map("".join)),
)
def test_any_option(tmp_path: Path, key: str, value: str) -> None:
    loads_or_refuses(tmp_path, GOOD.encode(), f"{key}={value}")


LEAVES: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.dates(),
    st.sampled_from(PIECES),
    st.just(object()),
)
NAMES = st.one_of(st.sampled_from(PIECES), st.text(max_size=6), st.integers(), st.none(), st.dates())
STRUCTURES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=15,
)
SPOTS = [
    *[("span",), ("book",), ("book", "due_days"), ("book", "recipe"), ("book", "tape"), ("world", "economy")],
    *[("world", "economy", "unemployment"), ("world", "labour"), ("world", "shocks")],
    *[("world", "shocks", "illness"), ("lender", "products"), ("lender", "products", "card")],
    *[("lender", "policies"), ("lender", "reserve"), ("lender", "behaviour")],
]


@QUICK
@given(STRUCTURES, st.sampled_from(SPOTS))
def test_any_structure_at_any_spot(structure: Any, spot: tuple[str, ...]) -> None:
    body: dict[str, Any] = {
        "span": {"start": dt.date(2026, 1, 1), "months": 12},
        "book": {},
        "world": {"economy": {"unemployment": 5}, "shocks": {}},
        "lender": {"products": {"card": {}}},
    }
    holder = body
    for key in spot[:-1]:
        holder = holder[key]
    holder[spot[-1]] = structure
    for given_dict in (body, structure if isinstance(structure, dict) else {}):
        refusal: ScenarioError | None = None
        try:
            from_dict(given_dict)
        except ScenarioError as error:
            refusal = error
        assert refusal is None or refusal.problems


def test_a_dict_that_holds_itself() -> None:
    body: dict[str, Any] = {"span": {}}
    body["book"] = body
    with pytest.raises(ScenarioError, match="nested deeper"):
        from_dict(body)
