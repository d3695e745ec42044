"""The runs behind the limits: each variant of history once a seed, kept as quarterly series that every line shares."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from simulator.calibration.measures import measured
from simulator.calibration.past import Told
from simulator.ensemble.passing import month_lived
from simulator.ensemble.tasks import Parcel, tasks_of, unpacked
from simulator.ensemble.workers import live_all
from simulator.metrics import segment_rows
from simulator.run import run
from simulator.scenario import Scenario, load

ROOT = Path(__file__).resolve().parents[2]
MACRO = ROOT.parent / "shared/data/macro"
LOG = ROOT / "scenarios/targets/us_cards_variants.csv"
KEPT = Path(__file__).parent / "results.json"
BORROWERS, SEEDS, SMALL = 200_000, (1, 2, 3), 4_000
SMALLER = 4  # the smaller book has so many times fewer borrowers
LOST, LATE = "charge_off_rate", "overdue_30_rate"
OUT, GIVEN = "100 * unemployment_rate", "100 * economy_unemployment_rate"


@dataclass(frozen=True)
class Variant:
    """One way to live through history: a shipped scenario, its last month, what is changed in it and what is kept."""

    scenario: str
    last: str
    sets: tuple[str, ...] = ()
    times_fewer: int = 1
    measures: tuple[str, ...] = (LOST,)

    def made(self, borrowers: int, sets: Sequence[str] = ()) -> Scenario:
        """The scenario with so many borrowers and the other settings."""
        return load(self.scenario, [*sets, *self.sets], borrowers=max(borrowers // self.times_fewer, 1))


def held_out(log: Path = LOG) -> tuple[str, ...]:
    """The committed variant's parameters as they were fitted to 1999 alone, from the log of variants, as settings.

    The committed one is the last of the log that holds nothing out; its name begins with that of its hold-out fit.
    """
    with open(log, encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["target"] == "losses"]
    committed = [row["variant"].split(";")[0] for row in rows if not row["hold_out_from"]][-1]
    row = [row for row in rows if row["hold_out_from"] and row["variant"] == committed][-1]
    return tuple(row["parameters"].split("; "))


VARIANTS = {
    "history": Variant("us_cards_history", "2021-12", measures=(LOST, LATE, OUT, GIVEN)),
    "fitted to 1999": Variant("us_cards_history", "2006-12", held_out()),
    "no relief": Variant("us_cards_history_no_relief", "2021-12"),
    "own leverage": Variant("us_cards_history_own_leverage", "2019-12"),
    "no reach": Variant("us_cards_history", "2006-12", ("lender.reach=off",)),
    "no claims": Variant("us_cards_history", "2006-12", ("world.shocks.income_cut.follows_layoffs=0",)),
    "smaller": Variant("us_cards_history", "2006-12", times_fewer=SMALLER),
}


@dataclass(frozen=True)
class Past:
    """One run: measures by quarter, and card debt against income by month where the book makes its own."""

    measures: dict[str, tuple[str, list[float]]]  # the first quarter's first day, and the values
    leverage: tuple[str, list[float]] | None

    def series(self, measure: str) -> pd.Series[float]:
        """A measure indexed by the quarter's first day."""
        first, values = self.measures[measure]
        return pd.Series(values, index=pd.date_range(first, periods=len(values), freq="QS"), dtype=float)

    @property
    def own_leverage(self) -> pd.Series[float]:
        """Card debt against income that the book made, percent, by the month's first day; KeyError without."""
        if self.leverage is None:
            raise KeyError("the book was given its leverage")
        first, values = self.leverage
        return pd.Series(values, index=pd.date_range(first, periods=len(values), freq="MS"), dtype=float)


Pasts = dict[str, dict[int, Past]]  # by variant and seed


def lived(parcel: Parcel, seed: int, ways: Mapping[str, Variant]) -> Past:
    """Live through a scenario up to the end of its last month and keep what the lines need; `ways` by fingerprint."""
    scenario, way = unpacked(parcel), ways[parcel.fingerprint]
    start, end = scenario.span.start, dt.date.fromisoformat(f"{way.last}-01")
    months = (end.year - start.year) * 12 + end.month - start.month + 1
    span = scenario.span.model_copy(update={"months": months})  # a policy that begins later than that never does
    panel = run(scenario.model_copy(update={"span": span}), seed, unshocked=False, progress=month_lived).panel
    own = made_leverage(scenario, segment_rows(panel))
    return Past({each: _plain(measured(panel, each)) for each in way.measures}, None if own is None else _plain(own))


def made_leverage(scenario: Scenario, rows: pd.DataFrame) -> pd.Series[float] | None:
    """Card debt against income (percent) month by month, as a book that makes its own had it; else None.

    The recursion of the lender's reach on the panel's own net charge-offs of the twelve months before.
    """
    reach, given = scenario.lender.reach, scenario.world.economy.leverage
    if reach is None or given is None or reach.leverage == "given" or reach.given_until is None:
        return None
    lost, held = (rows["charge_offs"] - rows["recoveries"]).to_numpy(), rows["balance"].to_numpy()
    found: dict[pd.Timestamp, float] = {}
    level = given.at(reach.given_until)
    for row, month in enumerate(pd.to_datetime(rows["month"]).dt.to_period("M").dt.to_timestamp()):
        if month.date() > reach.given_until:
            year = slice(max(row - 12, 0), row)
            level = reach.grown(level, float(lost[year].sum() / held[year].mean()) if row else 0.0)
            found[month] = level
    return pd.Series(found, dtype=float)


def pasts(
    borrowers: int,
    seeds: Sequence[int],
    workers: int = 2,
    told: Told | None = None,
    sets: Sequence[str] = (),
    variants: Sequence[str] = tuple(VARIANTS),
) -> Pasts:
    """Every variant with every seed, each lived through once."""
    chosen = {name: VARIANTS[name] for name in variants}
    parcels = [Parcel.of(variant.made(borrowers, sets)) for variant in chosen.values()]
    ways = {parcel.fingerprint: each for parcel, each in zip(parcels, chosen.values(), strict=True)}
    found = live_all(parcels, tasks_of(len(chosen), seeds), workers, told, partial(lived, ways=ways))
    names = list(chosen)
    return {
        name: {task.seed: past for task, past in found.items() if task.scenario == names.index(name)} for name in names
    }


def keep(found: Pasts, borrowers: int, file: Path = KEPT) -> None:
    """Write the runs down, so that the table can be written again without living through them."""
    body = {
        "borrowers": borrowers,
        "runs": {name: {str(seed): asdict(past) for seed, past in each.items()} for name, each in found.items()},
    }
    file.write_text(json.dumps(body, separators=(",", ":")) + "\n", encoding="utf-8")


def kept(file: Path = KEPT) -> tuple[Pasts, int]:
    """The runs written down last, and how many borrowers they had."""
    body: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    runs = {name: {int(seed): _read(past) for seed, past in each.items()} for name, each in body["runs"].items()}
    return runs, body["borrowers"]


def _read(past: dict[str, Any]) -> Past:
    own = past["leverage"]
    measures = {name: (first, values) for name, (first, values) in past["measures"].items()}
    return Past(measures, None if own is None else (own[0], own[1]))


def _plain(values: pd.Series[float]) -> tuple[str, list[float]]:
    """The first day and the values, rounded to what can be read."""
    return f"{pd.Timestamp(values.index[0]):%Y-%m-%d}", [round(float(value), 4) for value in values]
