"""`loanbook schema`: the JSON Schema of a scenario file, for editors that complete and check as one types."""

from __future__ import annotations

import os
from pathlib import Path

import click

from simulator.cli.screen import complain
from simulator.errors import OutputError


@click.command(short_help="Print the JSON Schema of a scenario file, for editors.")
@click.option("--out", metavar="FILE", help="Write it here rather than to the screen.")
def schema(out: str | None) -> None:
    """Print the JSON Schema of a scenario file, or write it to a file.

    \b
    Example, for an editor with a YAML language server:
      loanbook schema --out scenario.schema.json
    and as the first line of a scenario:
      # yaml-language-server: $schema=scenario.schema.json
    """
    import json

    from simulator.scenario import schema as make

    text = json.dumps(make(), indent=2, ensure_ascii=True) + "\n"
    if out is None:
        click.echo(text, nl=False)
        return
    write_whole(Path(out), text)
    complain(f"written: {out}")


def write_whole(path: Path, text: str) -> None:
    """A file that appears whole or not at all; raises OutputError."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        beside.write_text(text, encoding="utf-8", newline="\n")
        beside.replace(path)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror or error}") from None
    finally:
        beside.unlink(missing_ok=True)
