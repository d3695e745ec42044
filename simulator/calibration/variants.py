"""The log of variants: every calibration that was tried, with its scores, so that what was chosen is open to view."""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import os
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.errors import CalibrationError

if TYPE_CHECKING:
    from simulator.calibration.fit import Calibration

COLUMNS = (
    *("date", "variant", "scenario", "fingerprint", "targets", "targets_fingerprint", "from", "to"),
    *("hold_out_from", "hold_out_to", "seeds", "borrowers", "evaluations", "objective", "misfit"),
    *("target", "unit", "fit_rmse", "hold_out_rmse", "all_rmse", "parameters", "set_by_data"),
)


def variant_row(found: Calibration, name: str) -> dict[str, str]:
    """One calibration as a row; the errors are the first target's, `all_rmse` holds those of every target."""
    first, last = found.window
    held = found.file.body.hold_out
    target, score = next(iter(found.scores.items()))
    known = found.provenance
    return {
        "date": f"{dt.date.today():%Y-%m-%d}",
        "variant": name,
        "scenario": found.scenario.name,
        "fingerprint": str(known["fingerprint"]),
        "targets": found.file.name,
        "targets_fingerprint": str(known["targets_fingerprint"]),
        "from": f"{first:%Y-%m}",
        "to": f"{last:%Y-%m}",
        "hold_out_from": f"{held.first:%Y-%m}" if held is not None else "",
        "hold_out_to": f"{held.last:%Y-%m}" if held is not None else "",
        "seeds": str(len(found.seeds)),
        "borrowers": str(known["borrowers"]),
        "evaluations": str(known["evaluations"]),
        "objective": f"{found.best.objective:.6g}",
        "misfit": f"{found.best.misfit:.6g}",
        "target": target,
        "unit": score.unit,
        "fit_rmse": _number(score.rmse),
        "hold_out_rmse": _number(score.hold_out_rmse),
        "all_rmse": "; ".join(
            f"{key} {_number(each.rmse)} fit" + (f", {_number(each.hold_out_rmse)} hold-out" if each.held_out else "")
            for key, each in found.scores.items()
        ),
        "parameters": "; ".join(f"{path}={value:.6g}" for path, value in found.values.items()),
        "set_by_data": "; ".join(one.parameter.path for one in found.estimates.each if one.set_by == "data"),
    }


def _number(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.4g}"


def logged(file: str | os.PathLike[str]) -> list[dict[str, str]]:
    """The rows of a log, none where there is no file; CalibrationError where the file is no such log."""
    path = Path(file)
    if not path.exists():
        return []
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            reader = csv.DictReader(stream)
            if tuple(reader.fieldnames or ()) != COLUMNS:
                raise CalibrationError(f"{file} is no log of variants (its first line has other columns); name another")
            return [{key: str(row[key] or "") for key in COLUMNS} for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CalibrationError(f"the log {file} cannot be read: {error}") from None


def append(row: dict[str, str], file: str | os.PathLike[str]) -> None:
    """Add one row to a log, made if it is not there; rows are never changed or taken away. Raises CalibrationError."""
    known = logged(file)
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    if not known and not Path(file).exists():
        writer.writeheader()
    writer.writerow(row)
    try:
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        with Path(file).open("a", encoding="utf-8", newline="") as stream:
            stream.write(text.getvalue())
    except OSError as error:
        raise CalibrationError(f"the log {file} cannot be written: {error.strerror or error}") from None
