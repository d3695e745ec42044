"""Taiwan 2005, judged on accounts not fitted: `python -m tests.taiwan` prints the table that README quotes.

Half of the tape's accounts (by a keyed number of each) fit the kinds of payers; the scenario then lives the other half
on from the end of each month, and its transitions are compared with those the other half's PAY columns show, cell by
cell. A cell counts where at least 30 accounts of the tape stand in its row and the tape has an account in it, or the
mean of the runs half an account. It agrees where the two shares lie within two standard errors of their difference;
how many lie within two standard errors of the tape's share alone, as if run and fit had no noise of their own, stands
beside it.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from simulator.calibration.payers import SIZE, Whole, likeliest, paths_of
from simulator.calibration.payers_lived import lived_statuses, through_the_engine, with_habits
from simulator.calibration.roll_rates import Agreement, RollRates, agreement, roll_rates
from simulator.draws import Draws, mix
from simulator.ensemble.statuses import LIVES
from simulator.habits import STATES, Table
from simulator.scenario import Scenario, load
from simulator.tape import TapePlan, read

ROOT = Path(__file__).parents[1]
SCENARIO = ROOT / "scenarios/taiwan_cards_2005.yaml"
TAPE = ROOT / "scenarios/data/taiwan_cards_2005.csv.gz"
HABITS = ROOT / "scenarios/data/taiwan_habits.csv"
MONTHS = ("PAY_6", "PAY_5", "PAY_4", "PAY_3", "PAY_2")
NAMES = (*STATES, "charged_off")
KINDS = 4


def halves(folder: Path, tape: Path = TAPE) -> tuple[Path, Path]:
    """The tape cut in two by a keyed number of each account: those to fit and those to judge on."""
    raw = pd.read_csv(tape)
    luck = Draws(2005).uniform("taiwan.half", 0, mix(raw["ID"].to_numpy(np.int64)))
    files = folder / "fitted.csv", folder / "judged.csv"
    for file, mask in zip(files, (luck < 0.5, luck >= 0.5), strict=True):
        raw[mask].to_csv(file, index=False)
    return files


def paths_in(tape: Path) -> tuple[Whole, list[int]]:
    """The accounts' statuses, April to August."""
    return paths_of(read(TapePlan(file=str(tape), preset="taiwan-cards")))


def begun(tape: Path, start: int, months: int) -> Scenario:
    """The scenario with a tape's accounts as they stood in one of MONTHS."""
    sets = [f"book.tape.status_from={MONTHS[start]}", f"span.start=2005-{6 + start:02d}"]
    return load(SCENARIO, sets, tape=str(tape), months=months)


def fitted(tape: Path, kinds: int = KINDS, rounds: int = 4) -> Table:
    """Habits fitted on a tape's accounts, corrected through the engine."""
    paths, months = paths_in(tape)
    table = likeliest(paths, months, kinds).table
    file = tape.parent / f"first_{kinds}.csv"
    starts = [with_habits(begun(tape, start, 1), table, file) for start in range(len(MONTHS) - 1)]
    return through_the_engine(table, starts, paths, months, rounds)


def judged(table: Table, tape: Path, seeds: int = LIVES) -> list[tuple[int, int, Agreement]]:
    """For each start and number of months ahead, how many cells agree; `seeds` runs are taken together."""
    paths, _ = paths_in(tape)
    file = tape.parent / "judged_habits.csv"
    found = []
    for start in range(len(MONTHS) - 1):
        scenario = with_habits(begun(tape, start, len(MONTHS) - 1 - start), table, file)
        lived = sum(lived_statuses(scenario, seed, from_start=True) for seed in range(1, seeds + 1))
        assert not isinstance(lived, int)
        for month, counts in enumerate(lived):
            observed = roll_rates(paths[:, start], paths[:, start + month + 1], NAMES)
            found.append((start, month + 1, agreement(observed, RollRates(NAMES, counts), seeds)))
    return found


def by_start(found: list[tuple[int, int, Agreement]]) -> list[tuple[tuple[int, int], list[Agreement]]]:
    """By months ahead and start, both halves together."""
    keys = sorted({(ahead, start) for start, ahead, _ in found})
    return [(key, [one for start, ahead, one in found if (ahead, start) == key]) for key in keys]


def printed(found: list[tuple[int, int, Agreement]]) -> str:
    """The table, one row for each start and months ahead, and the sums of one month and of several months ahead."""
    lines = [
        "| from | months ahead | cells | within two errors | share | of the tape alone |",
        "|---|---|---|---|---|---|",
    ]

    def row(name: str, ahead: str, of: list[Agreement]) -> str:
        cells, within = sum(one.cells for one in of), sum(one.within for one in of)
        strictly = sum(one.within_strictly for one in of)
        return f"| {name} | {ahead} | {cells} | {within} | {within / cells:.0%} | {strictly / cells:.0%} |"

    lines += [row(MONTHS[start], str(ahead), of) for (ahead, start), of in by_start(found)]
    lines.append(row("all", "1", [one for _, ahead, one in found if ahead == 1]))
    lines.append(row("all", "2 to 4", [one for _, ahead, one in found if ahead > 1]))
    lines.append(f"Of the cells in which the tape has an account, by its errors alone: {_strictly(found)}.")
    return "\n".join(lines)


def _strictly(found: list[tuple[int, int, Agreement]]) -> str:
    """How many of the cells that the tape shows agree within its own errors, a month ahead and further."""
    parts = []
    for name, of in (("a month ahead", [1]), ("two to four months ahead", [2, 3, 4])):
        within = sum(one.within_strictly for _, ahead, one in found if ahead in of)
        shown = sum(one.shown for _, ahead, one in found if ahead in of)
        parts.append(f"{within} of {shown} ({within / shown:.0%}) {name}")
    return ", ".join(parts)


def main() -> None:
    """Fit on one half, judge on the other; or fit on all accounts and write the scenario's habits."""
    parser = argparse.ArgumentParser(prog="python -m tests.taiwan", description=main.__doc__)
    parser.add_argument("--kinds", type=int, default=KINDS, help="kinds of payers; 1 is a single matrix of roll rates")
    parser.add_argument("--seeds", type=int, default=LIVES, help="runs taken together")
    parser.add_argument("--tape", type=Path, help="judge the scenario's own habits on this tape's accounts instead")
    parser.add_argument("--write", action="store_true", help=f"fit on all accounts and write {HABITS.name}")
    parser.add_argument("--misses", action="store_true", help="also the cells furthest apart")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        if given.write:
            everybody = Path(name) / "all.csv"
            pd.read_csv(TAPE).to_csv(everybody, index=False)
            HABITS.write_text(fitted(everybody, given.kinds).written(), encoding="utf-8")
            return
        if given.tape is not None:
            from simulator.habits import read_table

            other = Path(name) / "judged.csv"
            pd.read_csv(given.tape).to_csv(other, index=False)
            found = judged(read_table(str(HABITS)), other, given.seeds)
        else:
            fit, rest = halves(Path(name))
            found = judged(fitted(fit, given.kinds), rest, given.seeds)
            found += judged(fitted(rest, given.kinds), fit, given.seeds)
    print(printed(found))
    if given.misses:
        for start, ahead, one in found:
            for before, after, seen, lived, away in one.worst:
                if away > 2.0:
                    print(
                        f"{MONTHS[start]} +{ahead}: {before} to {after}: {seen:.4f} seen, {lived:.4f} lived, {away:.1f}"
                    )


if __name__ == "__main__":
    assert len(NAMES) == SIZE + 1
    main()
