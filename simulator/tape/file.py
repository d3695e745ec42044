"""A tape as it lies in its file: text, column by column, with the number of the row each value came from."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from simulator.errors import TapeError
from simulator.tape.plan import TapePlan
from simulator.tape.words import meant

if TYPE_CHECKING:
    import pandas as pd

PROSPECTUS = b"Notes offered by Prospectus"  # a line above the header in LendingClub's own files
_BLANK_LINE = re.compile(rb"\n[ \t]*\n")


@dataclass(frozen=True)
class Source:
    """An opened tape: its column names and fingerprint; `table` reads the columns that are wanted."""

    plan: TapePlan
    path: Path
    header: tuple[str, ...]
    fingerprint: str
    data: bytes  # the CSV text; empty for Parquet

    @property
    def parquet(self) -> bool:
        """Whether the columns carry types of their own."""
        return self.path.suffix.casefold() in (".parquet", ".pq")

    def table(self, names: Sequence[str]) -> Table:
        """The wanted columns, as texts (or as the file's own numbers and dates)."""
        return _parquet_table(self, names) if self.parquet else _csv_table(self, names)


@dataclass(frozen=True)
class Table:
    """The rows of a tape, numbered as in the file (1 is the first after the header).

    `broken` are rows that do not split into the file's columns: (row, text, why).
    """

    columns: dict[str, pd.Series[Any]]
    rows: npt.NDArray[np.int64]
    broken: tuple[tuple[int, str, str], ...]


def opened(plan: TapePlan) -> Source:
    """The tape's header and fingerprint; raises TapeError when there is no file, no text or no header."""
    path = Path(plan.file)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise TapeError(f"{path}: the tape does not exist{_neighbour(path)}") from None
    except OSError as error:
        raise TapeError(f"{path}: the tape cannot be read: {error.strerror or error}") from None
    fingerprint = hashlib.sha256(content).hexdigest()
    if not content:
        raise TapeError(f"{path}: the tape is empty")
    if path.suffix.casefold() in (".parquet", ".pq"):
        return Source(plan, path, _parquet_header(path), fingerprint, b"")
    if path.suffix.casefold() == ".gz":
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError, zlib.error) as error:
            raise TapeError(f"{path}: not a sound gzip file: {error}") from None
    text = _checked_text(path, content)
    if plan.preset.startswith("lendingclub"):
        if text.startswith(PROSPECTUS):
            text = text[text.index(b"\n") + 1 :]
        if b"desc" in text[: text.find(b"\n")].replace(b'"', b"").split(b","):  # borrowers wrote several lines
            plan = plan.model_copy(update={"line_breaks": True})
    return Source(plan, path, _csv_header(plan, path, text), fingerprint, text)


def _neighbour(path: Path) -> str:
    try:
        names = [entry.name for entry in path.parent.iterdir()]
    except OSError:
        return f"; there is no folder {path.parent}"
    hint = meant(path.name, names)
    return hint if "mean" in hint else ""


def _checked_text(path: Path, content: bytes) -> bytes:
    """The text with one kind of line end and without a byte-order mark; TapeError when it is not UTF-8."""
    content = content.removeprefix(b"\xef\xbb\xbf")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise TapeError(
            f"{path}:{line}: not UTF-8: byte 0x{content[error.start]:02x} in the line; save the tape as UTF-8"
        ) from None
    if b"\x00" in content:
        line = content.count(b"\n", 0, content.index(b"\x00")) + 1
        raise TapeError(f"{path}:{line}: a zero byte; this is not a text file")
    text = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").rstrip(b"\n \t") + b"\n"
    if not text.strip():
        raise TapeError(f"{path}: the tape is empty")
    return text


def _csv_header(plan: TapePlan, path: Path, text: bytes) -> tuple[str, ...]:
    first = text[: text.index(b"\n")].decode("utf-8")
    names = tuple(name.strip() for name in next(csv.reader([first], delimiter=plan.separator), []))
    if len(names) == 1:
        for mark in (",", ";", "\t", "|"):
            if mark in first and mark != plan.separator:
                raise TapeError(
                    f"{path}:1: the header is one column when split at {plan.separator!r}; "
                    f"did you mean separator: {mark!r}?"
                )
    if text.count(b"\n") < 2:
        raise TapeError(f"{path}: the tape has a header and no rows")
    return names


def _csv_table(source: Source, names: Sequence[str]) -> Table:
    import pandas as pd
    from pyarrow import ArrowException, string
    from pyarrow import csv as arrow_csv

    data, broken = _split(source)
    handled: list[tuple[int, str, str]] = []

    def refuse(row: Any) -> str:
        why = f"the row has {row.actual_columns} columns, the header {row.expected_columns}"
        handled.append(((row.number or 0) - 1, row.text, why))
        return "skip"

    columns = list(source.header)
    inner = [f"c{number}" for number in range(len(columns))]  # a file may name two columns alike
    wanted = [inner[columns.index(name)] for name in names]
    try:
        table = arrow_csv.read_csv(
            io.BytesIO(data),
            read_options=arrow_csv.ReadOptions(use_threads=False, column_names=inner, skip_rows=1, block_size=1 << 26),
            parse_options=arrow_csv.ParseOptions(
                delimiter=source.plan.separator,
                newlines_in_values=source.plan.line_breaks,
                ignore_empty_lines=False,
                invalid_row_handler=refuse,
            ),
            convert_options=arrow_csv.ConvertOptions(
                include_columns=wanted,
                column_types=dict.fromkeys(wanted, string()),
                strings_can_be_null=False,
            ),
        )
    except ArrowException as error:
        raise TapeError(f"{source.path}: the tape cannot be split into rows: {error}") from None
    skipped = [row for row, _, _ in handled]
    rows = np.setdiff1d(np.arange(1, table.num_rows + len(skipped) + 1, dtype=np.int64), skipped)
    lost = [row for row, _, _ in broken]
    stay = ~np.isin(rows, lost)
    series = {
        name: pd.Series(pd.arrays.ArrowExtensionArray(table.column(inner_name))[stay])
        for name, inner_name in zip(names, wanted, strict=True)
    }
    torn = [*broken, *(bad for bad in handled if bad[0] not in set(lost))]
    return Table(series, rows[stay], tuple(sorted(torn)))


def _split(source: Source) -> tuple[bytes, list[tuple[int, str, str]]]:
    """The text without the lines that are empty or whose quotation mark is never closed.

    Such a mark would swallow the rows after it in silence. The lines stay in place, empty, so that the count
    of rows holds.
    """
    data = source.data
    quotes = b'"' in data and not source.plan.line_breaks
    if not quotes and not _BLANK_LINE.search(data):
        return data, []
    broken = []
    lines = data.split(b"\n")
    for number, line in enumerate(lines[1:-1], start=1):
        if quotes and line.count(b'"') % 2:
            why = "a quotation mark is not closed on the line; if texts run over lines, say line_breaks: true"
            broken.append((number, line.decode("utf-8"), why))
            lines[number] = b""
        elif not line.strip():
            if source.plan.line_breaks:
                continue  # it may stand inside a text
            broken.append((number, "", "the line is empty"))
            lines[number] = b""
    return b"\n".join(lines), broken


def _parquet_header(path: Path) -> tuple[str, ...]:
    from pyarrow import ArrowException, parquet

    try:
        file = parquet.ParquetFile(path)
        names, rows = tuple(str(name) for name in file.schema_arrow.names), file.metadata.num_rows
    except (ArrowException, OSError) as error:
        raise TapeError(f"{path}: not a sound Parquet file: {str(error).splitlines()[0]}") from None
    if not rows:
        raise TapeError(f"{path}: the tape has columns and no rows")
    return names


def _parquet_table(source: Source, names: Sequence[str]) -> Table:
    import pandas as pd
    from pyarrow import ArrowException, parquet, types

    try:
        table = parquet.ParquetFile(source.path).read(columns=list(names))
    except (ArrowException, OSError) as error:
        raise TapeError(f"{source.path}: not a sound Parquet file: {str(error).splitlines()[0]}") from None
    series: dict[str, pd.Series[Any]] = {}
    for name in names:
        column, kind = table.column(name), table.schema.field(name).type
        if types.is_dictionary(kind):
            column, kind = column.cast(kind.value_type), kind.value_type
        if types.is_nested(kind) or types.is_binary(kind):
            raise TapeError(f"{source.path}: column {name!r} holds {kind}; numbers, texts or dates are wanted")
        if types.is_decimal(kind):
            column = column.cast("float64")
        if types.is_date(kind) or types.is_timestamp(kind):
            column = column.cast("timestamp[s]", safe=False)
            series[name] = pd.Series(column.to_numpy(zero_copy_only=False))
        elif types.is_floating(kind) or types.is_decimal(kind) or (types.is_integer(kind) and not column.null_count):
            series[name] = pd.Series(column.to_numpy(zero_copy_only=False))
        else:
            texts = column.cast("string").to_numpy(zero_copy_only=False)
            series[name] = pd.Series(texts, dtype=object).fillna("")
    return Table(series, np.arange(1, table.num_rows + 1, dtype=np.int64), ())
