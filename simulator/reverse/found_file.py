"""The found scenario as a file that runs: it extends the original and sets the values that were found."""

from __future__ import annotations

import os
import textwrap
from pathlib import Path
from typing import Any

from simulator.errors import ScenarioError
from simulator.reverse.answer import Reversed
from simulator.reverse.words import answer_words, plausibility_words
from simulator.scenario import Scenario, fingerprint, load, shipped_scenarios, to_yaml
from simulator.scenario.written import on_one_line

NOT_LAID_OVER = ("name", "question")


def write_found(found: Reversed, file: Path, origin: str | None = None) -> None:
    """Write the scenario of the answer to `file`.

    `origin` is the file, or the name of the shipped scenario, that the original was loaded from; the file then extends
    it and holds only what differs, as far as that gives the very same scenario again. Otherwise it is written whole.
    """
    scenario = _named(found)
    text = _extending(found, scenario, file, origin) if origin is not None else None
    if text is not None:
        file.write_text(text, encoding="utf-8", newline="\n")
        if _same(file, scenario):
            return
    file.write_text(to_yaml(scenario.model_copy(update={"question": _question(found)})), encoding="utf-8", newline="\n")


def _named(found: Reversed) -> Scenario:
    name = f"{found.base.name}_reverse" if found.base.name else "reverse"
    return found.scenario.model_copy(update={"name": name})


def _question(found: Reversed) -> str:
    """What the found scenario is, as the comment at the head of its file."""
    told = " ".join([answer_words(found), *plausibility_words(found)[:1]])
    return "\n".join(textwrap.wrap(told, 110, break_on_hyphens=False, break_long_words=False))


def _extending(found: Reversed, scenario: Scenario, file: Path, origin: str) -> str | None:
    try:
        original = load(origin)
        shipped = origin.removesuffix(".yaml") in shipped_scenarios() and not Path(origin).is_file()
        base = origin.removesuffix(".yaml") if shipped else os.path.relpath(origin, file.parent)
    except (ScenarioError, ValueError, OSError):
        return None  # it stands on options that are not in the file, or on another drive
    differing = _differing(original.resolved(), scenario.resolved())
    body = {key: value for key, value in differing.items() if key not in NOT_LAID_OVER}
    head = [*(f"# {line}" for line in _question(found).splitlines())]
    head += [f"extends: {on_one_line(Path(base).as_posix())}", f"name: {on_one_line(scenario.name)}"]
    return "\n".join([*head, *_lines(body, "")]) + "\n"


def _differing(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """What of `after` is not in `before`, and False for what is gone."""
    found: dict[str, Any] = {}
    for key, value in after.items():
        held = before.get(key)
        if isinstance(value, dict) and isinstance(held, dict):
            below = _differing(held, value)
            if below:
                found[key] = value if _is_path(value) else below
        elif key not in before or held != value:
            found[key] = value
    return found | {key: False for key in before if key not in after}


def _is_path(value: dict[str, Any]) -> bool:
    """Whether a map is a path over time, which is replaced whole."""
    return all(str(key) == "baseline" or str(key)[:4].isdigit() for key in value)


def _lines(body: dict[str, Any], indent: str) -> list[str]:
    lines = []
    for key, value in body.items():
        if isinstance(value, dict) and value:
            lines += [f"{indent}{on_one_line(key)}:", *_lines(value, f"{indent}  ")]
        else:
            lines.append(f"{indent}{on_one_line(key)}: {on_one_line(value)}")
    return lines


def _same(file: Path, scenario: Scenario) -> bool:
    """Whether the file gives the scenario that was meant."""
    try:
        return fingerprint(load(file)) == fingerprint(scenario)
    except ScenarioError:
        return False
