"""The files of a sweep, written to one directory whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.report.write import appearing_whole, check_out, json_text, write_parquet, write_text

if TYPE_CHECKING:
    import pandas as pd

    from simulator.sweeps import Sweep


def write_sweep(found: Sweep, out: str | os.PathLike[str]) -> Path:
    """Write sweep.csv and .parquet, points.csv, indices.csv, sweep.html, sweep.json, scenario.yaml, provenance.json.

    An earlier answer of ours in that place is replaced, anything else is left alone. Raises OutputError.
    """
    from simulator.report.swept import summary, sweep_page
    from simulator.scenario import to_yaml

    target = check_out(out)
    with appearing_whole(target) as place:
        runs = found.runs
        runs.to_csv(place / "sweep.csv", index=False, lineterminator="\n")
        write_parquet(runs, place / "sweep.parquet")
        found.points.to_csv(place / "points.csv", index=False, lineterminator="\n")
        indices_table(found).to_csv(place / "indices.csv", index=False, lineterminator="\n")
        write_text(place / "sweep.html", sweep_page(found))
        write_text(place / "sweep.json", json_text(summary(found)))
        write_text(place / "scenario.yaml", to_yaml(found.scenario))
        files = sorted([*(entry.name for entry in place.iterdir()), "provenance.json"])
        write_text(place / "provenance.json", json_text({**found.provenance, "files": files}))
    return target


def indices_table(found: Sweep) -> pd.DataFrame:
    """One row a metric, key and measure: the swing, what the design tells beside it, and the share of luck."""
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for metric in found.metrics:
        for one in found.effects[metric.name]:
            mine = [("swing", one.swing)]
            mine += [(each.name, each.estimate) for each in found.indices[metric.name] if each.path == one.key.path]
            rows += [{"metric": metric.name, "key": one.key.path, "index": name, **vars(it)} for name, it in mine]
        rows.append({"metric": metric.name, "key": "", "index": "noise_share", "value": found.noise[metric.name].share})
    return pd.DataFrame(rows)
