"""The published figures the parameters lean on: each with its unit, its range, its source, and how far it is known."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

TAGS = {
    "VERIFIED": "verified",
    "VERIFIED-2ND": "verified second-hand",
    "DERIVED": "derived",
    "RECALLED-HIGH": "recalled, fairly sure",
    "RECALLED-MED": "recalled",
    "RECALLED-LOW": "recalled, doubtful",
    "JUDGEMENT": "judgement",
}
_DOTTED = re.compile(r"\b[a-z]\w*(?:\.\w+)+")
_MARK = re.compile(r"\bFACTS\s+")


@dataclass(frozen=True)
class Fact:
    """One published figure: what is usual, from how low to how high it is found, where, and how it is known."""

    name: str
    unit: str
    default: float
    low: float
    high: float
    country: str
    source: str
    tag: str

    @property
    def known(self) -> str:
        """How the figure is known, in plain words."""
        return TAGS[self.tag]

    @property
    def citation(self) -> str:
        """Where it is found, and how it is known."""
        return f"{self.source} ({self.known})"


@cache
def facts() -> dict[str, Fact]:
    """Every fact by name, in the order of the file."""
    text = resources.files("simulator").joinpath("facts.csv").read_text(encoding="utf-8")
    found: dict[str, Fact] = {}
    for row in csv.DictReader(text.splitlines()):
        numbers = {key: float(row.pop(key)) for key in ("default", "low", "high")}
        found[row["name"]] = Fact(**row, **numbers)  # type: ignore[arg-type]
    return found


@cache
def roots() -> frozenset[str]:
    """The first words of the facts' names: us, cn, uk, ifrs9..."""
    return frozenset(name.partition(".")[0] for name in facts())


def named(source: str) -> list[str]:
    """Every name in a source's text that has the form of a fact's name, whether or not there is such a fact."""
    found = (match.rstrip(".") for match in _DOTTED.findall(source))
    return list(dict.fromkeys(name for name in found if name.partition(".")[0] in roots()))


def explained(source: str) -> str:
    """A parameter's source with the facts it names cited in full: where each is found and how it is known."""
    cited: dict[str, list[str]] = {}
    for name in named(source):
        if name in facts():
            cited.setdefault(facts()[name].citation, []).append(name)
    text = _MARK.sub("", source)
    if not cited:
        return text
    told = [f"{', '.join(names)}: {citation}" for citation, names in cited.items()]
    only_names = ", ".join(name for names in cited.values() for name in names) == text.strip()
    return "; ".join(told if only_names else [text, *told])
