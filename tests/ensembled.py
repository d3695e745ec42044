"""The README's table of an ensemble, from the folders that two commands leave: `python -m tests.figures ensemble`.

The commands are in WHOLE and CROSSED; the table is made of their ensemble.json, so its figures are those of the report.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
WHOLE = ("runs/ensemble_us_cards_severe_2026", "loanbook ensemble us_cards_severe_2026 --borrowers 100000 --seeds 200")
CROSSED = (
    "runs/ensemble_crossed",
    "loanbook ensemble us_cards_severe_2026 --borrowers 5000 --worlds 8 --draws 8 --seeds 4 "
    "--out runs/ensemble_crossed",
)
SHOWN = ("net_loss", "cumulative_charge_off_rate", "peak_charge_off_rate", "peak_overdue_30_rate", "default_rate")
STATISTICS = {"mean": "mean", "var95": "value at risk 95%", "var99": "value at risk 99%", "es95": "shortfall 95%"}
SOURCES = {"sampling": "luck", "world": "world", "parameters": "parameters", "together": "acting together"}


def table(root: Path = ROOT) -> str:
    """Both tables as Markdown: levels with their errors, and shares of the variance."""
    whole, crossed = (_summary(root / folder, command) for folder, command in (WHOLE, CROSSED))
    return f"{_told(whole, WHOLE[1])}\n\n{levels(whole)}\n\n{_told(crossed, CROSSED[1])}\n\n{shares(crossed)}"


def _summary(folder: Path, command: str) -> dict[str, Any]:
    try:
        body: dict[str, Any] = json.loads((folder / "ensemble.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SystemExit(f"{folder} is not there; make it with: {command}") from None
    return body


def _told(body: dict[str, Any], command: str) -> str:
    crossed = [f"{len(body[key])} {words}" for key, words in (("worlds", "worlds"), ("parameter_draws", "draws"))]
    made = " × ".join([*(each for each in crossed if not each.startswith("1 ")), f"{body['seeds']} seeds"])
    return f"{made}, {body['borrowers']:,} borrowers, {body['months']} months (`{command}`):"


def levels(body: dict[str, Any]) -> str:
    """Mean, values at risk and shortfall of each figure, each with its 95% interval."""
    rows = ["| | " + " | ".join(STATISTICS.values()) + " |", "|---|" + "---|" * len(STATISTICS)]
    for name in SHOWN:
        figure = body["figures"][name]
        cells = [_estimate(figure[key], figure["unit"]) for key in STATISTICS]
        rows.append(f"| {_label(figure)} | " + " | ".join(cells) + " |")
    return "\n".join([*rows, "", "In brackets 95% intervals; a question mark where so few runs cannot tell."])


def _label(figure: dict[str, Any]) -> str:
    money = not figure["unit"].startswith("share")
    return f"{figure['label']}, million {figure['unit']}" if money else str(figure["label"])


def _estimate(told: dict[str, Any], unit: str) -> str:
    scale, mark, digits = (100.0, "%", 2) if unit.startswith("share") else (1e-6, "", 2)
    ends = [told[end] for end in ("low", "high")]
    low, high = ("?" if end is None else f"{end * scale:,.{digits}f}" for end in ends)
    return f"{told['value'] * scale:,.{digits}f}{mark} ({low} to {high})"


def shares(body: dict[str, Any]) -> str:
    """The share of the variance of each figure that each source brings, with its standard error."""
    rows = ["| share of the variance | " + " | ".join(SOURCES.values()) + " |", "|---|" + "---|" * len(SOURCES)]
    for name in SHOWN:
        figure = body["figures"][name]
        cells = [_share(figure["variance_shares"].get(source)) for source in SOURCES]
        rows.append(f"| {figure['label']} | " + " | ".join(cells) + " |")
    return "\n".join(rows)


def _share(told: dict[str, Any] | None) -> str:
    if told is None:
        return ""
    error = "" if told["standard_error"] is None else f" ± {100 * told['standard_error']:.0f}"
    return f"{100 * told['share']:.0f}%{error}"
