"""Rows that cannot be used: each with what was given, why it cannot be, and the money it carries."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from simulator.errors import OutputError

if TYPE_CHECKING:
    import pandas as pd

Mask = npt.NDArray[np.bool_]
COLUMNS = ("row", "id", "kind", "column", "value", "reason", "money", "other_faults")
_SHOWN = 60


class Faults:
    """The faults of a tape's rows: the first of each row is named, further ones are counted."""

    def __init__(self, rows: int) -> None:
        self.bad: Mask = np.zeros(rows, dtype=bool)
        self.aside: Mask = np.zeros(rows, dtype=bool)
        self.others = np.zeros(rows, dtype=np.int64)
        self.column = np.full(rows, "", dtype=object)
        self.value = np.full(rows, "", dtype=object)
        self.reason = np.full(rows, "", dtype=object)

    def add(
        self,
        where: Mask,
        column: str,
        values: pd.Series[Any] | None,
        reason: str | npt.NDArray[Any],
        *,
        aside: bool = False,
    ) -> None:
        """These rows are out: for this value of this column. `aside` means nothing is wrong with the row."""
        if not where.any():
            return
        new = where & ~self.bad if not aside else where & ~self.bad & ~self.aside
        self.others[where & ~new] += 0 if aside else 1
        self.column[new] = column
        self.value[new] = "" if values is None else [str(value)[:_SHOWN] for value in values[new]]
        self.reason[new] = reason if isinstance(reason, str) else reason[new]
        if aside:
            self.aside |= new
        else:
            self.bad |= where
            self.aside &= ~where

    @property
    def out(self) -> Mask:
        """Rows that are not used."""
        return self.bad | self.aside


def rejected_frame(
    faults: Faults,
    rows: npt.NDArray[np.int64],
    ids: npt.NDArray[Any],
    money: npt.NDArray[np.float64],
    broken: tuple[tuple[int, str, str], ...],
) -> pd.DataFrame:
    """One line for each row that is not used, in the file's order; money is NaN where it is unreadable."""
    import pandas as pd

    out = faults.out
    listed = pd.DataFrame(
        {
            "row": rows[out],
            "id": ids[out],
            "kind": np.where(faults.bad[out], "bad", "set aside"),
            "column": faults.column[out],
            "value": faults.value[out],
            "reason": faults.reason[out],
            "money": money[out],
            "other_faults": faults.others[out],
        }
    )
    torn = pd.DataFrame(
        [(row, "", "bad", "", text[:_SHOWN], why, np.nan, 0) for row, text, why in broken],
        columns=list(COLUMNS),
    )
    if torn.empty:
        return listed
    whole = pd.concat([listed, torn], ignore_index=True) if len(listed) else torn
    return whole.sort_values("row", kind="stable", ignore_index=True)


def refusal(frame: pd.DataFrame, read: int, share: float, path: str, currency: str) -> str:
    """Why a tape with too many bad rows is refused: the reasons, the most frequent first, with an example."""
    from simulator.money import printed

    bad = frame[frame["kind"] == "bad"]
    money = printed(float(bad["money"].abs().sum()), currency)
    lines = [
        f"{path}: {len(bad)} of {read} rows cannot be used ({len(bad) / read:.1%}, {money}); "
        f"more than max_rejected: {share:g} allows"
    ]
    alike = bad["reason"].str.replace(r"row \d+", "a row", regex=True)
    groups = sorted(bad.groupby(["column", alike]), key=lambda pair: -len(pair[1]))
    for (column, _), rows in groups[:10]:
        first = rows.iloc[0]
        place = f"column {column!r}: " if column else ""
        lines.append(
            f"{path}: row {first['row']}: {place}{first['value']!r}: {first['reason']}"
            + (f" (and {len(rows) - 1} more rows)" if len(rows) > 1 else "")
        )
    if len(groups) > 10:
        lines.append(f"{path}: and {len(groups) - 10} more kinds of fault")
    return "\n".join(lines)


def write_frame(frame: pd.DataFrame, path: Path) -> None:
    """The rejected rows as a CSV file, whole or not at all."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        frame.to_csv(part, index=False, encoding="utf-8", lineterminator="\n")
        os.replace(part, path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OutputError(f"{path}: the rejected rows cannot be written: {error.strerror or error}") from None
