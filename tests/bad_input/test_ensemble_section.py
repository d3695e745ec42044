"""What is wrong in the section `ensemble` of a file is said with file, line and key."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from simulator.cli.commands import loanbook

HEAD = """span: {start: 2026-01, months: 12}
world: {economy: {unemployment: 5}, shocks: {illness: {}}}
lender: {products: {card: {}}}
ensemble:
"""
WORLDS = "  worlds:\n    kind: autoregressive\n"
ALTERNATIVE = WORLDS + "    alternatives:\n      severe: "


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("  worlds: {alternatives: {}}", 5, "kind is missing; one of autoregressive, bootstrap, given"),
        ("  worlds: {kind: autoregresive}", 5, "did you mean 'autoregressive'"),
        (WORLDS + "    inovation: 1", 7, "ensemble.worlds.inovation: unknown key; did you mean 'innovation'"),
        (WORLDS + "    persistence: 1", 7, "ensemble.worlds.persistence: 1 was given; a number at least 0 and below 1"),
        (WORLDS + "    step: week", 7, "one of month, quarter is wanted"),
        (ALTERNATIVE + "{weight: 0.2}", 8, "nothing is otherwise in it; give values or unemployment"),
        (ALTERNATIVE + "{weight: 0, unemployment: 9}", 8, "severe.weight: 0 was given; a number above 0"),
        (ALTERNATIVE + "{weight: 0.2, unemployment: 0.09}", 8, "0.09 looks like a share; write percent, as 9"),
        (ALTERNATIVE + "{weight: 0.2, values: {world.shoks.illness.incidence: 0.3}}", 8, "did you mean 'shocks'"),
        (ALTERNATIVE + "{weight: 0.2, values: {world.shocks.illness.incidence: 3}}", 8, "at most 1"),
        (ALTERNATIVE + "{weight: 0.2, values: {lender.products.card.rate: 0.2}}", 8, "no part of the world"),
        (
            ALTERNATIVE + "{weight: 0.2, unemployment: 9, values: {world.economy.unemployment: 8}}",
            8,
            "unemployment is given twice",
        ),
        (
            ALTERNATIVE + "{weight: 0.8, unemployment: 9}\n      mild: {weight: 0.3, unemployment: 6}",
            8,
            "the weights 0.8 + 0.3 come to 1.1; at most 1 is wanted, the rest is the scenario's own world",
        ),
        ("  worlds: {kind: bootstrap}", 5, "0 steps before the span, and 20 are wanted; name a CSV file"),
        ("  worlds: {kind: bootstrap, history: nowhere.csv}", 5, "neither a CSV file date,value nor a folder"),
        ("  parameters: {ranges: {world.labour.finding_at_5: [0.3, 0.2]}}", 5, "the lower end comes first"),
        ("  parameters: {ranges: {world.labour.finding_at_5: [0.3, 2]}}", 5, "a number above 0 and below 1"),
        ("  parameters: {ranges: {world.labour.finding_at_5: 0.3}}", 5, "a list is wanted"),
        ("  parameters: {ranges: {world.labour: [0.3, 0.4]}}", 5, "no single number under this key path"),
        ("  parameters: {ranges: {seed: [1, 4]}}", 5, "seed is no parameter of the world"),
        (
            ALTERNATIVE + "{weight: 0.2, values: {world.labour.finding_at_5: 0.2}}\n"
            "  parameters: {ranges: {world.labour.finding_at_5: [0.2, 0.3]}}",
            5,
            "told apart by the worlds and drawn as a parameter",
        ),
    ],
)  # fmt: skip
def test_a_mistake_is_named_where_it_stands(text: str, line: int, told: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(HEAD + text + "\n", encoding="utf-8")
    result = CliRunner().invoke(loanbook, ["check", str(file)])
    assert result.exit_code == 2, result.output
    said = " ".join(result.output.split())
    assert told in said, result.output
    assert re.search(rf"mine\.yaml:{line}:\d+: ensemble", result.output), result.output
    assert "Traceback" not in result.output


def test_what_an_ensemble_varies_is_told_by_check_and_list(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    text = ALTERNATIVE + "{weight: 0.25, unemployment: 9}\n"
    text += "  parameters: {ranges: {world.labour.finding_at_5: [0.2, 0.3]}}"
    file.write_text(HEAD + text + "\n", encoding="utf-8")
    output = CliRunner().invoke(loanbook, ["check", str(file)]).output
    for told in ("What an ensemble varies", "weight 0.75", "weight 0.25", "innovation 0.24", "from 0.2 to 0.3"):
        assert told in output
    listed = CliRunner().invoke(loanbook, ["list", "worlds", "bootstrap"]).output
    assert "steps that are drawn together" in listed
