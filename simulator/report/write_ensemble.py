"""The files of an ensemble, written to one directory whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.report.write import appearing_whole, check_out, json_text, write_text

if TYPE_CHECKING:
    from simulator.ensemble import Ensemble


def write_ensemble(found: Ensemble, out: str | os.PathLike[str]) -> Path:
    """Write the page ensemble.html, the workbook ensemble.xlsx, the tables behind them and what it takes to make them.

    The tables: ensemble.parquet (a row a run and month), members.parquet (a row a run), quantiles.csv and fan.csv,
    ensemble.json (every figure with its errors), scenario.yaml and provenance.json.
    An earlier answer of ours in that place is replaced, anything else is left alone. Raises OutputError.
    """
    from simulator.report.ensembled import ensemble_page
    from simulator.report.ensembled_workbook import write_ensemble_workbook

    target = check_out(out)
    with appearing_whole(target) as place:
        write_data(found, place)
        write_text(place / "ensemble.html", ensemble_page(found))
        write_ensemble_workbook(found, place / "ensemble.xlsx")
        files = sorted([*(entry.name for entry in place.iterdir()), "provenance.json"])
        write_text(place / "provenance.json", json_text({**found.provenance, "files": files}))
    return target


def write_data(found: Ensemble, place: Path) -> None:
    """Every run month by month, every run's figures, quantiles, the fan, the summary, and the scenario as resolved."""
    from simulator.ensemble.streamed import write_members, write_months
    from simulator.ensemble.summary import fan_table, quantile_table, summary
    from simulator.scenario import to_yaml

    write_months(found, place / "ensemble.parquet")
    write_members(found, place / "members.parquet")
    quantile_table(found).to_csv(place / "quantiles.csv", index=False, lineterminator="\n")
    fan_table(found).to_csv(place / "fan.csv", index=False, lineterminator="\n")
    write_text(place / "ensemble.json", json_text(summary(found)))
    write_text(place / "scenario.yaml", to_yaml(found.scenario))
