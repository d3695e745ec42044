"""What `loanbook ensemble` shows: the distribution in a table, what moves it, and how sure it is."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.cli.run import shown_path
from simulator.cli.screen import paragraph, say, table

if TYPE_CHECKING:
    from simulator.ensemble import Ensemble, Estimated
    from simulator.metrics import Metric

FIGURES_SHOWN = (
    "peak_overdue_30_rate",
    "peak_overdue_90_rate",
    "default_rate",
    "charge_off_rate",
    "cumulative_charge_off_rate",
    "net_loss",
    "profit",
    "peak_unemployment_rate",
)
WORDS = {"sampling": "luck", "world": "world", "parameters": "parameters", "together": "together"}
SHARES = (0.05, 0.02, 0.01)  # of the value: how wide the interval may be


def show(found: Ensemble, target: Path) -> None:
    """The distribution of the main figures, what moves them, how sure they are, and where the answer is."""
    from simulator.ensemble import FIGURES

    metrics = [metric for name in FIGURES_SHOWN for metric in FIGURES if metric.name == name]
    there = [metric for metric in metrics if math.isfinite(float(found.figures[metric.name].sum()))]
    say()
    say(found.scenario.name, bold=True)
    say(paragraph(_size(found)))
    say()
    table(
        [_row(found, metric) for metric in there],
        (
            "over the runs",
            "mean",
            "std. error",
            "5% quantile",
            "median",
            "95% quantile",
            "(95% interval)",
            "worst 5%, mean",
        ),
        right=(1, 2, 3, 4, 5, 6, 7),
    )
    say(paragraph(_worst(found)))
    _what_moves(found, there)
    _how_sure(found, there)
    say()
    page = target / "ensemble.html"
    say(f"{'Report' if page.exists() else 'Answer'}: {shown_path(page if page.exists() else target)}")


def _size(found: Ensemble) -> str:
    worlds, draws, seeds = found.shape
    parts = [f"{count:,} {name}" for count, name in ((worlds, "worlds"), (draws, "parameter draws")) if count > 1]
    runs = f"{' x '.join([*parts, f'{seeds:,} seeds'])}: {found.runs:,} runs"
    kept = f", {found.kept:,} of them kept from before" if found.kept else ""
    book = f"{found.scenario.book.borrowers:,} borrowers, {len(found.months)} months"
    return f"{runs}{kept}; {book}; {found.seconds:,.0f} s."


def _row(found: Ensemble, metric: Metric) -> list[str]:
    from simulator.ensemble import expected_shortfall, mean, quantile
    from simulator.ensemble.precision import bad_side
    from simulator.ensemble.summary import design

    values, crossed = found.figures[metric.name], design(found)

    def told(value: float) -> str:
        return _shown(found, metric, value)

    middle, high = mean(values, crossed), quantile(values, 0.95, crossed)
    tail = expected_shortfall(values, 0.95, crossed, bad=bad_side(metric.name))
    return [
        metric.label,
        told(middle.value),
        told(middle.standard_error),
        told(quantile(values, 0.05, crossed).value),
        told(quantile(values, 0.5, crossed).value),
        told(high.value),
        f"{told(high.low)} to {told(high.high)}",
        told(tail.value),
    ]


def _shown(found: Ensemble, metric: Metric, value: float) -> str:
    from simulator.report.answer import shown

    return shown(value, metric.unit, found.scenario.lender.currency) if math.isfinite(value) else "?"


def _worst(found: Ensemble) -> str:
    runs = found.runs
    few = f" A question mark: so few runs ({runs:,}) cannot tell." if runs < 200 else ""
    return f"The worst are at the bad end, which for a profit is the low one.{few}"


def _what_moves(found: Ensemble, metrics: list[Metric]) -> None:
    """Shares of the variance, where there is more than luck."""
    from simulator.ensemble import decomposition
    from simulator.ensemble.summary import design

    if sum(levels > 1 for levels in found.shape) < 2:
        return
    rows, heads = [], []
    for metric in metrics:
        parts = decomposition(found.figures[metric.name], design(found))
        if parts:
            heads = [WORDS[part.source] for part in parts]
            rows.append(
                [metric.label, *(f"{100 * part.share:.0f}% ± {100 * part.standard_error:.0f}" for part in parts)]
            )
    if rows:
        say()
        table(rows, ("what moves it", *heads), right=tuple(range(1, len(heads) + 1)))
        if any("-" in cell for row in rows for cell in row[1:]):
            say(paragraph("A share below nought is one too small to be told from nothing in so few runs."))


def _how_sure(found: Ensemble, metrics: list[Metric]) -> None:
    """What was asked for and reached; or how many seeds the usual precisions would take."""
    say()
    if found.asked is not None and found.rounds:
        say(paragraph(reached(found)))
        return
    say(paragraph(needed(found, next((each for each in metrics if each.name == "peak_overdue_30_rate"), metrics[0]))))


def reached(found: Ensemble) -> str:
    """Whether the precision that was asked for is there, and what it took."""
    assert found.asked is not None
    last = found.rounds[-1]
    metric = _metric(found.asked.metric)

    def told(value: float) -> str:
        return _shown(found, metric, value)

    what = f"{found.asked.words}: {told(last.value)} ± {told(last.half_width)} (95%)"
    wanted = f"± {told(last.wanted)} was asked for"
    took = f"{len(found.rounds)} round{'s' if len(found.rounds) > 1 else ''}, {last.seeds:,} seeds"
    if last.reached:
        return f"{what}; {wanted}. Reached after {took}."
    if last.needed == 0:
        return (
            f"{what}; {wanted}. NOT reached after {took}, and no number of seeds would: "
            "what is left is the luck of the few worlds and draws; ask for more of them."
        )
    return f"{what}; {wanted}. NOT reached with {took}, the most allowed; about {last.needed:,} seeds are needed."


def needed(found: Ensemble, metric: Metric) -> str:
    """How many seeds would bring the mean of a figure to within 5%, 2% and 1%."""
    from simulator.ensemble import mean
    from simulator.ensemble.precision import seeds_for
    from simulator.ensemble.summary import design

    told: Estimated = mean(found.figures[metric.name], design(found))
    seeds = len(found.seeds)
    if not told.half_width > 0.0:
        return f"{metric.label}: the same in every run."
    counts = {share: seeds_for(told, seeds, share * abs(told.value)) for share in SHARES}
    parts = [f"about {count:,} for {100 * share:g}%" for share, count in counts.items() if count]
    beyond = [f"{100 * share:g}%" for share, count in counts.items() if not count]
    words = [f"Seeds needed: {', '.join(parts)}." if parts else ""]
    if beyond:
        words.append(f"For {' or '.join(beyond)} more worlds or draws are needed, not seeds.")
    within = 100.0 * told.half_width / abs(told.value) if told.value else math.inf
    return f"{metric.label}: the mean is known to within {within:.2g}% (95%) with {seeds:,} seeds. {' '.join(words)}"


def _metric(name: str) -> Metric:
    from simulator.ensemble import FIGURES

    return next(metric for metric in FIGURES if metric.name == name)
