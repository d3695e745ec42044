"""A scenario written down: as YAML that loads back the same, as a fingerprint, as a JSON Schema."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from typing import Any

import yaml

from simulator.errors import Problem, ScenarioError
from simulator.scenario.model import Scenario
from simulator.scenario.scalars import read_plain
from simulator.scenario.source import leading_comment

_NOT_PART_OF_THE_ANSWER = ("name", "question", "ensemble")
_ORDER_COUNTS = ("regions", "sectors", "educations")  # maps of a recipe whose order has a meaning


class _Dumper(yaml.SafeDumper):
    """Writes text so that our own reader, not YAML 1.1's, gives the same text back."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    try:
        value = read_plain(text)
    except ValueError:
        value = None
    if isinstance(value, dt.date) and value.isoformat() == text:
        return dumper.represent_scalar("tag:yaml.org,2002:timestamp", text)
    style = None if value == text and isinstance(value, str) else "'"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _row(dumper: yaml.SafeDumper, row: list[Any]) -> yaml.SequenceNode:
    flat = not any(isinstance(part, (list, dict)) for part in row)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", row, flow_style=flat)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(list, _row)


def to_yaml(scenario: Scenario) -> str:
    """The scenario in full as YAML, its question as the leading comment; loads back to the same scenario."""
    body = scenario.resolved()
    question = body.get("question", "")
    comment = "".join(f"# {line}\n" for line in question.split("\n")) if _fits_a_comment(question) else ""
    if comment:
        del body["question"]
    return comment + yaml.dump(body, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)


def on_one_line(value: Any) -> str:
    """A value (or a key) as it stands on one line of a scenario file; reads back the same."""
    text: str = yaml.dump(value, Dumper=_Dumper, default_flow_style=True, sort_keys=False, width=10**6)
    return text.removesuffix("...\n").strip()


def _fits_a_comment(question: str) -> bool:
    return bool(question) and leading_comment("".join(f"# {line}\n" for line in question.split("\n"))) == question


def fingerprint(scenario: Scenario) -> str:
    """A short name for everything that can change the answer: SHA-256, hexadecimal.

    Comments, key order, the scenario's name, the folder it lies in and what an ensemble of it would vary do not
    count; the contents of the files it reads do. Raises ScenarioError when a file it names has gone.
    """
    body = {key: value for key, value in scenario.resolved().items() if key not in _NOT_PART_OF_THE_ANSWER}
    text = json.dumps(_with_contents(body), sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _with_contents(value: Any, key: str = "") -> Any:
    """The same with each file name replaced by its base name and the SHA-256 of what it holds."""
    if isinstance(value, dict) and key in _ORDER_COUNTS:
        return [[name, part] for name, part in value.items()]
    if isinstance(value, dict):
        return {str(name): _with_contents(part, str(name)) for name, part in value.items()}
    if isinstance(value, list):
        return [_with_contents(part) for part in value]
    if key == "file" and isinstance(value, str) and value:
        try:
            with open(value, "rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            why = f"{value} cannot be read: {error.strerror}"
            raise ScenarioError.of([Problem("", "file", why)]) from None
        return {"name": os.path.basename(value), "sha256": digest}
    return value


def schema() -> dict[str, Any]:
    """The JSON Schema of a scenario file, for editors that complete and check as one types."""
    body = Scenario.model_json_schema()
    definitions = body.get("$defs", {})
    body["title"] = "loanbook scenario"
    body["properties"] = {
        "extends": {"type": "string", "description": "the file or shipped scenario that this one changes"},
        **body["properties"],
    }
    body["required"] = []  # a file that extends another may leave anything out
    for definition in definitions.values():
        definition.pop("required", None)
        for name, field in definition.get("properties", {}).items():
            additional = field.get("additionalProperties")
            if isinstance(additional, dict) and "discriminator" in additional:
                _gallery(field, additional)
            elif name == "recipe":
                definition["properties"][name] = {"anyOf": [{"type": "string"}, field]}
            elif name == "reserve":
                definition["properties"][name] = {"anyOf": [{"type": "string"}, _untagged(field)]}
    return body


def _untagged(field: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in field.items() if key != "discriminator"}


def _gallery(field: dict[str, Any], choice: dict[str, Any]) -> None:
    """Entries named after a kind are of that kind; others say theirs; `off` takes one away."""
    by_kind: dict[str, str] = choice["discriminator"]["mapping"]
    switch = {"type": ["boolean", "null"]}
    field["properties"] = {}
    for kind, reference in by_kind.items():
        others = [{"$ref": other} for name, other in by_kind.items() if name != kind]
        field["properties"][kind] = {"anyOf": [{"$ref": reference}, *others, switch]}
    named = [{"allOf": [{"$ref": reference}, {"required": ["kind"]}]} for reference in dict.fromkeys(by_kind.values())]
    field["additionalProperties"] = {"anyOf": [*named, {"enum": list(by_kind)}, switch]}
