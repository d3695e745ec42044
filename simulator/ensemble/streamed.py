"""The runs of an ensemble as Parquet, written piece by piece and in order: the same runs give the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.ensemble.measures import FAN
from simulator.ensemble.result import Ensemble
from simulator.ensemble.sides import FIGURES

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = 100_000  # of a piece at most, unless a single run has more months


def write_months(found: Ensemble, path: Path) -> None:
    """ensemble.parquet: one row a world, draw, seed and month, with every measure of the fan. Raises OSError."""
    months = len(found.months)

    def pieces() -> Iterator[dict[str, Any]]:
        for world, draw, seeds in _blocks(found, max(ROWS // months, 1)):
            count = seeds.stop - seeds.start
            yield {
                **_names(found, world, draw, np.repeat(np.array(found.seeds[seeds], np.int64), months)),
                "month": np.tile(found.months, count),
                **{each.name: found.paths[each.name][world, draw, seeds].reshape(-1) for each in FAN},
            }

    _write(pieces(), path)


def write_members(found: Ensemble, path: Path) -> None:
    """members.parquet: one row a world, draw and seed: its weight, fingerprint and every figure. Raises OSError."""
    prints = found.provenance.get("fingerprints") or [""] * (len(found.worlds) * len(found.draws))
    weights = found.weights / (len(found.draws) * len(found.seeds))

    def pieces() -> Iterator[dict[str, Any]]:
        for world, draw, seeds in _blocks(found, ROWS):
            count = seeds.stop - seeds.start
            yield {
                **_names(found, world, draw, np.array(found.seeds[seeds], np.int64)),
                "weight": np.full(count, weights[world]),
                "fingerprint": [prints[world * len(found.draws) + draw]] * count,
                **{
                    each.name: found.figures[each.name][world, draw, seeds]
                    for each in FIGURES
                    if each.name in found.figures
                },
            }

    _write(pieces(), path)


def _blocks(found: Ensemble, most: int) -> Iterator[tuple[int, int, slice]]:
    worlds, draws, seeds = found.shape
    for world in range(worlds):
        for draw in range(draws):
            for first in range(0, seeds, most):
                yield world, draw, slice(first, min(first + most, seeds))


def _names(found: Ensemble, world: int, draw: int, seeds: Any) -> dict[str, Any]:
    return {
        "world": [found.worlds[world].name] * len(seeds),
        "draw": [found.draws[draw].name] * len(seeds),
        "seed": seeds,
    }


def _write(pieces: Iterator[dict[str, Any]], path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    writer: pq.ParquetWriter | None = None
    try:
        for piece in pieces:
            table: pa.Table = pa.table(piece)
            if writer is None:
                writer = pq.ParquetWriter(path, table.schema, compression="zstd", compression_level=3, version="2.6")
            writer.write_table(table)
    finally:
        if writer is not None:
            writer.close()
