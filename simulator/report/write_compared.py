"""The files of a comparison, written to one directory whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.report.write import appearing_whole, check_out, json_text, write_parquet, write_text

if TYPE_CHECKING:
    from simulator.ensemble import Comparison


def write_comparison(comparison: Comparison, out: str | os.PathLike[str]) -> Path:
    """Write comparison.csv, runs.parquet, comparison.html and provenance.json, and give the directory.

    An earlier answer of ours in that place is replaced, anything else is left alone. Raises OutputError.
    """
    from simulator.report.compared import comparison_page

    target = check_out(out)
    with appearing_whole(target) as place:
        comparison.table.to_csv(place / "comparison.csv", index=False, lineterminator="\n")
        write_parquet(comparison.runs, place / "runs.parquet")
        write_text(place / "comparison.html", comparison_page(comparison))
        files = sorted([*(entry.name for entry in place.iterdir()), "provenance.json"])
        write_text(place / "provenance.json", json_text({**comparison.provenance, "files": files}))
    return target
