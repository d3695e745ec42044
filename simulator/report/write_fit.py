"""The files of a calibration, written to one directory whole or not at all; its evaluations and log stay."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.report.write import appearing_whole, check_out, json_text, write_text

if TYPE_CHECKING:
    from simulator.calibration import Calibration

KEPT = ("evaluations.jsonl", "variants.csv")  # of an earlier calibration there


def begin_fit(out: str | os.PathLike[str], *, fresh: bool = False) -> Path:
    """The directory in which evaluations are kept while a calibration works; with `fresh` earlier ones are dropped.

    It may be new, empty, or of an earlier calibration, finished or not. Raises OutputError for anything else.
    """
    target = check_out(out)
    if not target.exists():
        with appearing_whole(target) as place:
            write_text(place / "provenance.json", json_text({"finished": False, "files": ["provenance.json", *KEPT]}))
    if fresh:
        (target / KEPT[0]).unlink(missing_ok=True)
    return target


def write_fit(
    found: Calibration,
    out: str | os.PathLike[str],
    *,
    extends: str,
    sets: Sequence[str] = (),
    variant: str = "",
    log: str | os.PathLike[str] | None = None,
) -> Path:
    """Write the fitted scenario, the estimates, every value and point, the page, and add a row to the log of variants.

    `extends` is what the fitted scenario extends, a shipped scenario's name or a file (relative to the working
    directory), `sets` the values laid over it. The log is variants.csv there unless another is named. An earlier
    answer of ours in that place is replaced. Raises OutputError and CalibrationError.
    """
    from simulator.calibration.overlay import overlay
    from simulator.calibration.tables import estimates_frame, tried_frame, values_frame
    from simulator.calibration.variants import append, logged, variant_row
    from simulator.report.calibrated import calibration_page

    target = check_out(out)
    row = variant_row(found, variant or found.scenario.name)
    earlier = logged(log if log is not None else target / KEPT[1])
    with appearing_whole(target) as place:
        for name in KEPT:
            if (target / name).is_file():
                shutil.copyfile(target / name, place / name)
        write_text(place / "fitted.yaml", overlay(found, seen_from(target, extends), sets))
        frames = {"estimates": estimates_frame(found), "values": values_frame(found), "tried": tried_frame(found)}
        for name, frame in frames.items():
            frame.to_csv(place / f"{name}.csv", index=False, lineterminator="\n")
        write_text(place / "fit.html", calibration_page(found, [*earlier, row]))
        if log is None:
            append(row, place / KEPT[1])
        files = sorted({*(entry.name for entry in place.iterdir()), "provenance.json", *KEPT})
        write_text(place / "provenance.json", json_text({"finished": True, **found.provenance, "files": files}))
    if log is not None:
        append(row, log)
    return target


def seen_from(target: Path, extends: str) -> str:
    """The scenario as named in a file in the target directory: a shipped one by its name, a file by its place."""
    from simulator.scenario import shipped_scenarios

    file = Path(extends)
    if file.is_file():
        return os.path.relpath(file.resolve(), target)
    name = file.name.removesuffix(".yaml")
    return name if name in shipped_scenarios() else extends
