"""The files of one borrower's life, written to one directory whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.report.write import appearing_whole, check_out, json_text, write_text

if TYPE_CHECKING:
    import pandas as pd

    from simulator.trace import Beside


def write_trace(found: Beside, out: str | os.PathLike[str]) -> Path:
    """Write trace.html, life.csv, ledger.csv and provenance.json, and give the directory.

    With another scenario beside, both lives stand in each table, told apart by the column `scenario`. An earlier
    answer of ours in that place is replaced, anything else is left alone. Raises OutputError.
    """
    from simulator.report.traced import trace_page
    from simulator.trace import ledger_frame, life_frame

    target = check_out(out)
    with appearing_whole(target) as place:
        for name, make in (("life", life_frame), ("ledger", ledger_frame)):
            _together(found, [make(life) for life in found.lives]).to_csv(
                place / f"{name}.csv", index=False, lineterminator="\n", float_format="%.2f"
            )
        write_text(place / "trace.html", trace_page(found))
        files = sorted([*(entry.name for entry in place.iterdir()), "provenance.json"])
        life = found.life
        known = {
            "scenario": life.scenario.name,
            "beside": None if found.other is None else found.other.scenario.name,
            "seed": life.setting.draws.seed,
            "borrower": life.borrower,
            "chosen": found.why,
        }
        write_text(place / "provenance.json", json_text({**known, "files": files}))
    return target


def _together(found: Beside, frames: list[pd.DataFrame]) -> pd.DataFrame:
    """The tables of the lives one below the other, with the scenario's name."""
    import pandas as pd

    for life, frame in zip(found.lives, frames, strict=True):
        frame.insert(0, "scenario", life.scenario.name)
    return pd.concat(frames, ignore_index=True)
