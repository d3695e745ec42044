"""The kernels: compiled and plain give the same bytes, alone and in whole runs; nobody loads Numba unasked."""

from __future__ import annotations

import inspect
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator.kernels import plain, wanted
from simulator.kernels.plain.luck import bits, uniform

numba = pytest.importorskip("numba", reason="the extra `fast` is not installed")

from simulator.kernels import compiled  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
SIZE, DEPTH, CAUSES = 500, 6, 3
KEY = np.uint64(0x1234_5678_9ABC_DEF1)


class Luck:
    """Columns at random, the same for both sides: every purpose a key of its own."""

    def __init__(self, seed: int) -> None:
        self.state = np.uint64(seed + 1)

    def words(self, size: int = SIZE) -> Any:
        self.state += np.uint64(1)
        return bits(np.arange(size, dtype=np.uint64), bits(np.array([self.state]), KEY)[0])

    def unit(self, size: int = SIZE) -> Any:
        self.state += np.uint64(1)
        return uniform(np.arange(size, dtype=np.uint64), bits(np.array([self.state]), KEY)[0])

    def whole(self, low: int, high: int, dtype: Any = np.int64, size: int = SIZE) -> Any:
        return (low + np.floor(self.unit(size) * (high - low))).astype(dtype)

    def real(self, low: float, high: float, dtype: Any = np.float64, size: int = SIZE) -> Any:
        return (low + self.unit(size) * (high - low)).astype(dtype)

    def flags(self, share: float, size: int = SIZE) -> Any:
        return self.unit(size) < share

    def rows(self, share: float) -> Any:
        return np.flatnonzero(self.flags(share))

    def late(self) -> tuple[Any, Any]:
        """Rows in arrears, and a table of arrears with room for more accounts behind them."""
        rows = self.rows(0.2)
        held = np.stack([self.whole(0, 30_000) * self.flags(0.5) for _ in range(15 + DEPTH + CAUSES)])
        held[0] = held[15 : 15 + DEPTH].sum(axis=0)
        held[1] = held[0] // 3
        held[9] = self.whole(0, 4)
        held[10], held[11] = self.whole(0, 3), self.whole(-200, 210).clip(0)
        return rows, held


def loan(luck: Luck) -> tuple[Any, ...]:
    """Balance, rate, due, remaining, rows in arrears, their table."""
    return (
        luck.whole(0, 900_000) + 200_000,
        luck.real(0.0, 0.4),
        luck.whole(0, 50_000),
        luck.whole(0, 5, np.int16),
        *luck.late(),
    )


def cases(luck: Luck) -> dict[str, tuple[Any, ...]]:
    """Arguments for each kernel, by its name (a further word tells variants of one kernel apart)."""
    balance, rate, due, remaining, rows, held = loan(luck)
    mixed, none, nobody = luck.words(), np.empty(0, np.int64), np.empty(0, np.bool_)
    cents = [luck.whole(0, 400_000) for _ in range(6)]
    segment, spells = luck.whole(0, 7, np.int16), luck.whole(0, 64, np.uint8) * luck.flags(0.3).astype(np.uint8)
    until = [luck.whole(0, 500, np.int32) for _ in range(4)]
    share = [luck.real(0.0, 1.0, np.float32) for _ in range(4)]
    months, forgets = luck.whole(0, 40, np.int8), luck.whole(0, 4000, np.uint16)
    short, spared = luck.rows(0.1), luck.flags(0.2, rows.size)
    order = np.array([0, 1, 2, 3])
    bill = luck.whole(0, 40_000)
    paid = np.where(luck.flags(0.4), bill, luck.whole(0, 60_000))
    out = np.flatnonzero(spells & np.uint8(1))
    found, days_out = out[::3], np.floor(luck.real(0, 30, size=out[::3].size))
    states, times = np.array([4, 8], np.uint8), np.array([2.0, 1.5])
    hit, chance = luck.rows(0.2), luck.real(0.0, 0.5, size=12)
    lost = (hit, luck.real(0, 0.4, size=hit.size), segment, spells, luck.flags(0.9), share[0], until[0], months, mixed)
    cap = (0.3, float("inf"))
    relief = (luck.whole(0, 2, np.int8), luck.whole(0, 7, np.int16), luck.whole(0, 2, np.int32))
    return {
        "bits": (mixed, KEY),
        "uniform": (mixed, KEY),
        "pair": (mixed, KEY),
        "joined": (luck.words() & np.uint64(0xFFFF), mixed, KEY),
        "hits": (mixed, KEY, 0.2),
        "lane_hits": (luck.words(), np.uint64(16), mixed, KEY, 0.13),
        "lane_below": (luck.words(), np.uint64(48), forgets),
        "lose": (*lost, chance[:7], states, times, 1.1, True, KEY, 300, 31, 0.5),
        "lose alike": (*lost, chance[:7], states[:0], times[:0], 1.0, False, KEY, 300, 31, 0.5),
        "find": (spells, months, share[3], until[3], mixed, out, chance, KEY, KEY, 30, 0.4, 3, 0.33, 700),
        "pay_lost": (
            *(-cents[0], cents[1], share[0], spells, *until[:2], share[1], until[2], share[2], until[3], share[3]),
            *(found, days_out, 300, 30, 1.07, 14, 180, 0.4),
        ),
        "pay_lost nobody found": (
            *(-cents[0], cents[1], share[0], spells, *until[:2], share[1], until[2], share[2], until[3], share[3]),
            *(out[:0], days_out[:0], 300, 30, 1.0, 14, 180, 0.4),
        ),
        "meet": (cents[0] - 50_000, *cents[1:5], bill, cents[5], 209_715, 62_915, 178_258, 524_288),
        "meet without a card": (cents[0] - 50_000, *cents[1:5], bill, none, 209_715, 62_915, 178_258, 524_288),
        "pay_due": (cents[0], due, bill, luck.whole(0, 50_000, size=short.size), short),
        "pay_more": (paid, due, bill, luck.whole(0, 50_000, size=short.size), short),
        "forgetful": (luck.rows(0.1), rows, forgets, mixed, KEY, 0.4, nobody),
        "forgetful with a desk": (luck.rows(0.1), rows, forgets, mixed, KEY, 0.4, luck.flags(0.5)),
        "give_up": (paid, rows, held, months, mixed, KEY, chance[:5], False, 1.0, 0.0),
        "give_up with a desk": (paid, rows, held, months, mixed, KEY, chance[:5] * 2, True, 0.8, 0.3),
        "enter": (
            *(held, rows.size, short, *(luck.whole(0, 9_000, size=short.size) for _ in range(3))),
            *(cents[0], spells, luck.whole(0, 9_000, size=short.size)),
            *(np.stack([luck.whole(0, 90, np.int16) for _ in range(CAUSES)]), 17, DEPTH),
        ),
        "keep": (held, luck.flags(0.7, rows.size)),
        "missed": (held, rows.size, 29, DEPTH),
        "loan_bill": (balance, rate, due, remaining, rows, held, 0.0, True),
        "loan_bill floating": (balance, rate, due, remaining, rows, held, -0.1, False),
        "loan_overdue": (balance, rate, remaining, bill, rows, held, 0.0, 1.5, cap[0], spared),
        "loan_overdue uncapped": (balance, rate, remaining, bill, rows, held, 0.01, 1.5, cap[1], nobody),
        "with_arrears": (bill, rows, held),
        "loan_settles": (
            *(held, rows, paid, cents[0] // 50, bill, rate, months, order, 23, DEPTH, 0.0, 0.0, 0.0, cap[1], 1.5),
        ),
        "loan_settles with fees": (
            *(held, rows, paid, cents[0] // 50, bill, rate, months, order[::-1].copy(), 23, DEPTH),
            *(0.02, 500.0, 0.05, cap[0], 1.5),
        ),
        "card_settles": (held, rows, paid, bill, rate, 23, DEPTH, 0.01, 3000.0, 0.0, cap[1], 1.0, nobody),
        "card_settles with penalty": (held, rows, paid, bill, rate, 23, DEPTH, 0.0, 0.0, 0.05, cap[0], 1.5, spared),
        "card_bill": (due, bill, balance, cents[0], cents[1], luck.whole(0, (1 << 20) + 9), 367_002),
        "shares_of": (balance, luck.whole(0, 1 << 20)),
        "card_interest": (balance, cents[0], rate, 0.0),
        "card_interest floating": (balance, cents[0], rate, -0.2),
        "minimum": (balance, cents[0], 10_486, 3500),
        "minimum without interest": (balance, none, 10_486, 3500),
        "unpaid": (paid, bill, rows),
        "to_call": (held, rows, until[0][: rows.size].astype(np.int64), 300, 5, 3, 200, 3, False, *relief),
        "to_call and spare": (held, rows, until[1][: rows.size].astype(np.int64), 300, 5, 3, 200, 3, True, *relief),
        "having": (spells, np.uint8(4)),
        "late_accounts": (rows, luck.whole(0, 5, np.int8), np.arange(9) * 30),
        "cure": (luck.whole(0, 5, np.int8), luck.whole(0, 2, np.int8), luck.whole(0, 9, np.int8), 3),
        "cure as usual": (luck.whole(0, 6, np.int8), luck.whole(0, 2, np.int8), np.empty(0, np.int8), 3),
        "move_buckets": (luck.whole(0, 4, np.int8), rows, luck.whole(0, 5, np.intp, rows.size)),
        "count_flags": (np.zeros(7, np.int64), segment, luck.flags(0.7)),
        "count_people": (
            *(*(np.zeros(7, np.int64) for _ in range(3)), np.zeros(101, np.int64), segment),
            *(luck.flags(0.8), luck.flags(0.9), spells, months),
        ),
        "count_people in one segment": (
            *(*(np.zeros(1, np.int64) for _ in range(3)), np.zeros(101, np.int64), segment),
            *(luck.flags(0.8), luck.flags(0.9), spells, months),
        ),
        "places_of": (rows, luck.rows(0.3), SIZE),
        "paid_off": (balance * luck.flags(0.5), luck.whole(0, 3, np.int8)),
        "add_up": (np.zeros(7, np.int64), segment, cents[0]),
        "add_up in one segment": (np.zeros(1, np.int64), segment, cents[0]),
        "add_up_of": (np.zeros(7, np.int64), segment, cents[0][: short.size], short),
        "charge": (np.zeros(7, np.int64), segment, balance, cents[0]),
        "charge_some": (np.zeros(1, np.int64), segment, balance, cents[0][: short.size], short),
        "receive": (np.zeros(7, np.int64), segment, balance, cents[1], cents[0]),
    }


NAMES = sorted(cases(Luck(0)))


def copied(arguments: tuple[Any, ...]) -> list[Any]:
    return [each.copy() if isinstance(each, np.ndarray) else each for each in arguments]


def as_bytes(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(as_bytes(each) for each in value)
    return (value.dtype.str, value.shape, value.tobytes()) if isinstance(value, np.ndarray) else value


def test_every_kernel_is_there_twice_and_tried() -> None:
    assert plain.__all__ == compiled.__all__
    assert {name.split()[0] for name in NAMES} == set(plain.__all__)
    for name in plain.__all__:
        ours, theirs = getattr(plain, name), getattr(compiled, name).py_func
        assert list(inspect.signature(ours).parameters) == list(inspect.signature(theirs).parameters), name


@pytest.mark.parametrize("name", NAMES)
def test_compiled_and_plain_give_the_same_bytes(name: str) -> None:
    """What they return and what they leave in the columns handed to them, dtypes and shapes included."""
    for seed in range(8):
        ours, theirs = copied(cases(Luck(seed))[name]), copied(cases(Luck(seed))[name])
        one = getattr(plain, name.split()[0])(*ours)
        other = getattr(compiled, name.split()[0])(*theirs)
        assert as_bytes(one) == as_bytes(other)
        for place, (left, right) in enumerate(zip(ours, theirs, strict=True)):
            assert as_bytes(left) == as_bytes(right), f"argument {place}"


LIVE = """
import sys, hashlib, json
sys.path.insert(0, "tests")
from small_worlds import BUSY, laid_over
from simulator.run import run
from simulator.scenario import from_dict
result = run(from_dict(laid_over(BUSY, {"span.months": 12})), seed=5)
frames = [result.panel, result.vintages, result.roll_rates, result.flows, result.causes]
told = hashlib.sha256("".join(frame.to_json(double_precision=15) for frame in frames).encode()).hexdigest()
print(json.dumps([told, result.provenance["kernels"]]))
"""


def python(text: str, **more: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-c", text], cwd=ROOT, env={**os.environ, **more}, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def test_a_run_is_the_same_with_and_without() -> None:
    fast, told = python(LIVE, LOANBOOK_COMPILED="1")
    slow, other = python(LIVE, LOANBOOK_COMPILED="0")
    assert fast == slow
    assert told.startswith("compiled by numba")
    assert other == "plain"


def test_numba_is_not_imported_by_who_does_not_run() -> None:
    assert wanted() == (os.environ.get("LOANBOOK_COMPILED", "1") != "0")
    loaded = python('import json, sys\nimport simulator.run\nprint(json.dumps("numba" in sys.modules))')
    assert loaded is False


def test_code_that_cannot_be_kept_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from simulator.kernels.compiled import build

    asked = []

    def njit(**options: Any) -> Any:
        asked.append(options)
        if options.pop("cache", False):
            raise RuntimeError("cannot cache function: no locator available")
        return lambda kernel: kernel

    monkeypatch.setattr(build.numba, "njit", njit)
    assert build.compiled(max) is max
    assert len(asked) == 2
