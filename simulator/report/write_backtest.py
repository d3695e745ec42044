"""The files of a back-test, written to one directory whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.report.write import appearing_whole, check_out, json_text, write_text

if TYPE_CHECKING:
    from simulator.calibration.backtest import Backtest


def write_backtest(found: Backtest, out: str | os.PathLike[str]) -> Path:
    """Write backtest.json, series.csv, backtest.html and provenance.json, and give the directory.

    An earlier answer of ours in that place is replaced, anything else is left alone. Raises OutputError.
    """
    from simulator.calibration.backtest_summary import series_frame, summary_of
    from simulator.report.backtested import backtest_page

    target = check_out(out)
    with appearing_whole(target) as place:
        write_text(place / "backtest.json", json_text(summary_of(found)))
        series_frame(found).to_csv(place / "series.csv", index=False, lineterminator="\n")
        write_text(place / "backtest.html", backtest_page(found))
        files = sorted([*(entry.name for entry in place.iterdir()), "provenance.json"])
        write_text(place / "provenance.json", json_text({**found.provenance, "files": files}))
    return target
