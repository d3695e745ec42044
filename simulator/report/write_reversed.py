"""The files of a reverse stress, written to one directory whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.report.write import appearing_whole, check_out, json_text, write_text

if TYPE_CHECKING:
    from simulator.reverse import Reversed


def write_reversed(found: Reversed, out: str | os.PathLike[str], origin: str | None = None) -> Path:
    """Write reverse.json, points.csv, found.yaml, reverse.html and provenance.json, and give the directory.

    `found.yaml` runs as it is; with `origin`, the file or the name of the shipped scenario that the original was
    loaded from, it extends that. Where the limit is never broken there is no found.yaml. An earlier answer of ours in
    that place is replaced, anything else is left alone. Raises OutputError.
    """
    from simulator.report.reversed import reversed_page
    from simulator.reverse.found_file import write_found
    from simulator.reverse.summary import points_frame, summary_of

    target = check_out(out)
    with appearing_whole(target) as place:
        write_text(place / "reverse.json", json_text(summary_of(found)))
        points_frame(found).to_csv(place / "points.csv", index=False, lineterminator="\n")
        if found.search.outcome != "not broken":
            write_found(found, place / "found.yaml", origin)
        write_text(place / "reverse.html", reversed_page(found))
        files = sorted([*(entry.name for entry in place.iterdir()), "provenance.json"])
        write_text(place / "provenance.json", json_text({**found.provenance, "files": files}))
    return target
