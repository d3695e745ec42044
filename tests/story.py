"""Every cause and every remedy of the overdue story, each beside the same book without it: the README's other table.

`python -m tests.figures story` puts it into the README (some minutes on two cores).
"""

from __future__ import annotations

import os

import yaml

from simulator import compare, load
from simulator.ensemble import Paired
from simulator.scenario import shipped_scenarios

BORROWERS = 5_000
SEEDS = 4


def bases() -> dict[tuple[str, int], list[str]]:
    """Shipped causes and remedies by the scenario that each extends and the months it spans."""
    found: dict[tuple[str, int], list[str]] = {}
    for name, path in sorted(shipped_scenarios().items()):
        if name.startswith(("cause_", "remedy_", "desk_", "trust_")):
            extends = yaml.safe_load(path.read_text(encoding="utf-8"))["extends"]
            found.setdefault((extends.removesuffix(".yaml"), load(name).span.months), []).append(name)
    return found


def table() -> str:
    """What each changes: defaults, charge-offs, the lender's profit and what credit costs borrowers; paired seeds."""
    lines = [
        "| scenario | beside | defaults of 1,000 borrowers | charge-off rate, points | lender's profit a borrower |",
        "|---|---|--:|--:|--:|",
    ]
    for (base, months), others in bases().items():
        scenarios = [load(name, borrowers=BORROWERS) for name in others]
        result = compare(
            load(base, borrowers=BORROWERS, months=months), scenarios, seeds=SEEDS, workers=os.cpu_count() or 1
        )
        for other in result.others:
            figures = {metric: other.figures["all", metric] for metric in ("defaults", "charge_off_rate", "profit")}
            cells = [
                told(figures["defaults"], 1000.0 / BORROWERS, "+.1f"),
                told(figures["charge_off_rate"], 100.0, "+.2f"),
                told(figures["profit"], 1.0 / BORROWERS, "+.0f"),
            ]
            lines.append(f"| `{other.name}` | `{base}` | {' | '.join(cells)} |")
            print(lines[-1], flush=True)
    return "\n".join(lines)


def told(figure: Paired, scale: float, form: str) -> str:
    """A difference with its standard error."""
    difference, error = figure.difference * scale, figure.standard_error * scale
    return f"{difference:{form}} ± {error:{form.removeprefix('+')}}"
