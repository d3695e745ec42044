"""All files of a run, written to one directory whole or not at all."""

from __future__ import annotations

import glob
import json
import math
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.errors import OutputError
from simulator.metrics import METRICS, measure

if TYPE_CHECKING:
    import pandas as pd

    from simulator.report.answer import Answer

FILES = (
    "scenario.yaml",
    "provenance.json",
    "panel.parquet",
    "unshocked.parquet",
    "vintages.parquet",
    "roll_rates.parquet",
    "payment_statuses.parquet",
    "flows.parquet",
    "hit.parquet",
    "causes.parquet",
    "accounts.parquet",
    "counterfactual.parquet",
    "policies.parquet",
    "rejected_rows.csv",
    "summary.json",
    "report.html",
    "tables.xlsx",
)


def write_run(answer: Answer, out: str | os.PathLike[str]) -> Path:
    """Write every file of a run to a directory, and give the directory.

    The files are made in a directory beside it that takes its name only when all are there; an earlier run of
    ours in that place is replaced, anything else is left alone. Raises OutputError.
    """
    target = check_out(out)
    with appearing_whole(target) as place:
        _write_files(answer, place)
    return target


def check_out(out: str | os.PathLike[str]) -> Path:
    """The directory as an absolute path, if a run may be written there; raises OutputError if it may not.

    It may be new, empty, or hold an earlier run and nothing else; the directory it stands in must be writable.
    """
    target = Path(out).resolve()
    for parent in (target, *target.parents):
        if parent.exists():
            if not parent.is_dir():
                raise OutputError(f"{out}: {parent} is a file; a directory is wanted")
            break
    _must_be_writable(target)
    if not target.exists():
        return target
    try:
        found = {entry.name for entry in target.iterdir()}
    except OSError as error:
        raise OutputError(f"{out} cannot be read: {error.strerror or error}") from error
    if found and "provenance.json" not in found:
        raise OutputError(
            f"{out} exists and is not an earlier run (it has no provenance.json); name a new directory, "
            "or an earlier run to replace"
        )
    foreign = sorted(found - set(FILES) - _files_of(target / "provenance.json"))
    if foreign:
        raise OutputError(
            f"{out} is an earlier run but also holds {', '.join(foreign[:5])}, which no run wrote; "
            "move that away or name another directory"
        )
    return target


def _must_be_writable(target: Path) -> None:
    """Whether the directory can be made where it shall stand; raises OutputError."""
    for parent in target.parents:
        if parent.exists():
            if not os.access(parent, os.W_OK | os.X_OK):
                raise OutputError(f"{target} cannot be written: {parent} may not be changed by you")
            return


def _files_of(provenance: Path) -> set[str]:
    """The files an earlier run says it wrote."""
    try:
        listed = json.loads(provenance.read_text(encoding="utf-8")).get("files", [])
        return {str(name) for name in listed}
    except (OSError, ValueError, AttributeError, TypeError):
        return set()


@contextmanager
def appearing_whole(target: Path) -> Iterator[Path]:
    """A directory beside the target that becomes the target if all goes well and vanishes if not."""
    made = [parent for parent in target.parents if not parent.exists()]
    place = target.parent / f".{target.name}.{os.getpid()}.part"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _clear_after_the_killed(target)
        place.mkdir()
        yield place
        _take_name(place, target)
    except BaseException as error:
        shutil.rmtree(place, ignore_errors=True)
        for parent in made:
            _remove_if_empty(parent)
        if isinstance(error, OSError):
            raise OutputError(f"{target} cannot be written: {error.strerror or error}") from error
        raise


def _clear_after_the_killed(target: Path) -> None:
    """Take away what processes that were killed while they wrote the same directory have left beside it."""
    import psutil

    for left in target.parent.glob(f".{glob.escape(target.name)}.*.*"):
        number, _, kind = left.name.removeprefix(f".{target.name}.").partition(".")
        if kind in ("part", "earlier") and number.isdigit() and not psutil.pid_exists(int(number)):
            shutil.rmtree(left, ignore_errors=True)


def _take_name(place: Path, target: Path) -> None:
    """Give the finished directory its name; an earlier run there goes only when the new one stands."""
    if not target.exists():
        place.rename(target)
        return
    earlier = target.parent / f".{target.name}.{os.getpid()}.earlier"
    target.rename(earlier)
    try:
        place.rename(target)
    except BaseException:
        earlier.rename(target)
        raise
    shutil.rmtree(earlier, ignore_errors=True)


def _remove_if_empty(directory: Path) -> None:
    try:
        directory.rmdir()
    except OSError:
        return


def _write_files(answer: Answer, place: Path) -> None:
    from simulator.report.page import page
    from simulator.report.workbook import write_workbook

    write_text(place / "scenario.yaml", scenario_text(answer))
    write_text(place / "summary.json", json_text(summary(answer)))
    tables = {
        "panel": answer.panel,
        "unshocked": answer.unshocked,
        "vintages": answer.vintages,
        "roll_rates": answer.roll_rates,
        "payment_statuses": _statuses(answer),
        "flows": answer.flows,
        "hit": answer.hit,
        "causes": with_needed(answer),
        "counterfactual": getattr(getattr(answer, "counterfactual", None), "table", None),
        "policies": getattr(answer, "policies", None),
        "accounts": getattr(answer, "accounts", None),
    }
    for name, table in tables.items():
        if table is not None:
            write_parquet(table, place / f"{name}.parquet")
    rejected = getattr(answer, "rejected", None)
    if rejected is not None and len(rejected):
        rejected.to_csv(place / "rejected_rows.csv", index=False, lineterminator="\n")
    write_text(place / "report.html", page(answer))
    write_workbook(answer, place / "tables.xlsx")
    files = sorted([*(entry.name for entry in place.iterdir()), "provenance.json"])
    write_text(place / "provenance.json", json_text({**answer.provenance, "files": files}))


def _statuses(answer: Answer) -> pd.DataFrame | None:
    """Payment statuses: the mean over many lives where there is one, or else those of the run."""
    mean: pd.DataFrame | None = getattr(answer, "mean_statuses", None)
    return mean if mean is not None else getattr(answer, "payment_statuses", None)


def with_needed(answer: Answer) -> pd.DataFrame | None:
    """The defaults with their causes; after reruns, with the causes without which each vanishes."""
    causes: pd.DataFrame | None = getattr(answer, "causes", None)
    found = getattr(answer, "counterfactual", None)
    if causes is None or found is None:
        return causes
    return causes.merge(found.needed, on=["borrower", "product"], how="left")


def write_parquet(table: pd.DataFrame, path: Path) -> None:
    """A table as Parquet: the same table gives the same bytes, and no tool's own notes are in it."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrow = pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata(None)
    pq.write_table(arrow, path, compression="zstd", compression_level=3, version="2.6")


def summary(answer: Answer, errors: Mapping[str, float] | None = None) -> dict[str, Any]:
    """The figures of a run for a machine; `errors` are standard errors by metric, if many runs gave them."""
    from simulator.report.answer import currency_of, name_of

    found, currency, errors = measure(answer.panel), currency_of(answer), errors or {}
    figures: dict[str, dict[str, Any]] = {}
    for metric in METRICS:
        value = found[metric.name]
        figures[metric.name] = {
            "value": None if math.isnan(value) else value,
            "unit": metric.unit_in(currency),
            "label": metric.label,
        }
        if metric.name in errors:
            figures[metric.name]["standard_error"] = errors[metric.name]
    scenario, known = answer.scenario, answer.provenance
    return {
        "scenario": name_of(answer),
        "seed": known.get("seed", getattr(scenario, "seed", None)),
        "borrowers": known.get("borrowers", getattr(getattr(scenario, "book", None), "borrowers", None)),
        "months": int(answer.panel["month"].nunique()),
        "metrics": figures,
    }


def scenario_text(answer: Answer) -> str:
    """The scenario as resolved, as YAML that runs again; its question is the leading comment."""
    from simulator.scenario import to_yaml

    return to_yaml(answer.scenario)


def json_text(body: Any) -> str:
    """Plain values as JSON for a reader."""
    return json.dumps(body, indent=2, ensure_ascii=False, allow_nan=False, default=str) + "\n"


def write_text(path: Path, text: str) -> None:
    """Text with the same line ends on every system."""
    path.write_text(text, encoding="utf-8", newline="\n")
