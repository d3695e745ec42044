"""The files of a reserve, written to one directory whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.report.write import appearing_whole, check_out, json_text, write_parquet, write_text

if TYPE_CHECKING:
    import pandas as pd

    from simulator.allowance import ReserveResult


def write_reserve(found: ReserveResult, out: str | os.PathLike[str]) -> Path:
    """Write the page reserve.html, the workbook reserve.xlsx, the tables behind them and what it takes to make them.

    The tables: reserve.parquet (stock by month, segment, rule and stage or class), charge.csv, walk.csv (by month) and
    walk_span.csv, enough.csv, timing.csv, sensitivity.csv, methods.csv, ratios.csv, capital.csv, nested.csv,
    overlays.csv, beside.csv where another scenario was given, term_structures.parquet, panel.parquet with the
    allowance of the chosen rule, summary.json, scenario.yaml and provenance.json.
    An earlier answer of ours in that place is replaced, anything else is left alone. Raises OutputError.
    """
    from simulator.report.reserved import reserve_page, summary
    from simulator.report.reserved_workbook import write_reserve_workbook
    from simulator.scenario import to_yaml

    target = check_out(out)
    known = provenance_of(found)
    with appearing_whole(target) as place:
        for name, table in tables_of(found).items():
            table.to_csv(place / f"{name}.csv", index=False, lineterminator="\n")
        write_parquet(found.months, place / "reserve.parquet")
        terms = found.expectations.frame() if found.term_structures is None else found.term_structures
        write_parquet(terms, place / "term_structures.parquet")
        write_parquet(found.panel, place / "panel.parquet")
        write_text(place / "summary.json", json_text(summary(found)))
        write_text(place / "reserve.html", reserve_page(found, known))
        write_reserve_workbook(found, place / "reserve.xlsx", known)
        write_text(place / "scenario.yaml", to_yaml(found.scenario))
        files = sorted([*(entry.name for entry in place.iterdir()), "provenance.json"])
        write_text(place / "provenance.json", json_text({**known, "files": files}))
    return target


def tables_of(found: ReserveResult) -> dict[str, pd.DataFrame]:
    """The tables written as CSV, by name."""
    from simulator.report.reserved_movement import span_walk

    gap = (found.nested["by_cells"] - found.nested["simulated"]) / found.nested["standard_error"]
    given = {
        "charge": found.charge,
        "walk": found.walk,
        "walk_span": span_walk(found),
        "enough": found.enough,
        "timing": found.timing,
        "sensitivity": found.sensitivity,
        "methods": found.methods,
        "ratios": found.ratios,
        "capital": found.capital,
        "nested": found.nested.assign(difference_in_standard_errors=gap),
        "overlays": found.overlays,
    }
    return given if found.beside is None else {**given, "beside": found.beside}


def provenance_of(found: ReserveResult) -> dict[str, Any]:
    """What it takes to make the same answer again."""
    from simulator.provenance import program
    from simulator.scenario import fingerprint

    scenario, learnt = found.scenario, found.expectations
    beside = {"beside": found.beside_name} if found.beside is not None else {}
    return {
        "scenario": scenario.name,
        "fingerprint": fingerprint(scenario),
        **beside,
        "rule": found.rule,
        "borrowers": scenario.book.borrowers,
        "months": scenario.span.months,
        "warm_up_months": scenario.clock.warm_up,
        "lives_learnt_from": learnt.lives,
        "worlds_learnt_from": list(learnt.worlds),
        "paths": len(found.losses),
        **program(),
        **found.provenance,
    }
