"""A calibration for readers: estimates, scores, what the data can see, where the time went, and the page."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from simulator.facts import explained
from simulator.report import calibrated_plots
from simulator.report.drawing import worded
from simulator.report.page import filled, paragraphs, provenance_text
from simulator.report.tables import Table

if TYPE_CHECKING:
    from simulator.calibration import Calibration
    from simulator.calibration.estimates import Estimated
    from simulator.calibration.scores import Score

NOT_IN_THE_TABLE = ("duration_seconds", "engine_seconds", "runs_made", "runs_kept_from_before", "workers")
ESTIMATE_HEADS = ["Parameter", "Value", "Std. error", "90% interval", "Prior 90%", "Moved", "Narrowed", "Set by"]


def calibration_page(found: Calibration, variants: Sequence[Mapping[str, str]] = ()) -> str:
    """The whole page as HTML: one document that needs no network."""
    first, last = found.window
    return filled(
        "calibrated.html.jinja",
        {
            "title": f"{worded(found.scenario.name or 'scenario')} fitted to {found.file.name}",
            "under": f"{first:%B %Y} to {last:%B %Y}, {len(found.parameters)} parameters, "
            f"{len(found.seeds)} seed{'s' if len(found.seeds) > 1 else ''} of "
            f"{found.scenario.book.borrowers:,} borrowers",
            "stands_for": paragraphs(found.file.body.stands_for),
            "answer": answer_of(found),
            "warnings": found.warnings,
            "estimates": estimates_table(found),
            "sources": sources_table(found),
            "identifiability": found.estimates.words,
            "scores": scores_table(found),
            "noise": [found.noise_at_start.words, found.noise_at_best.words, noise_by_target(found)],
            "series": calibrated_plots.series_pictures(found),
            "others": calibrated_plots.others_picture(found),
            "parameters": calibrated_plots.parameters_picture(found),
            "tried": calibrated_plots.tried_picture(found),
            "time": time_words(found),
            "variants": variants_table(variants),
            "provenance": [
                (worded(key), provenance_text(value))
                for key, value in found.provenance.items()
                if key not in NOT_IN_THE_TABLE
            ],
        },
    )


def answer_of(found: Calibration) -> str:
    """The fit in a few sentences."""
    data = [one for one in found.estimates.each if one.set_by == "data"]
    told = (
        f"The objective fell from {found.start.objective:,.1f} at the start to {found.best.objective:,.1f} in "
        f"{found.provenance['evaluations']} evaluations. "
    )
    for block in found.blocks:
        score = found.scores[block.name]
        told += f"{worded(block.name).capitalize()}: root-mean-square error {number(score.rmse)}{_of(score)} fitted"
        told += f" and {number(score.hold_out_rmse)}{_of(score)} held out. " if score.held_out else ". "
    count = len(found.estimates.each)
    others = ", the prior the others" if len(data) < count else ""
    return told + f"The data set {len(data)} of {count} parameter{'s' if count > 1 else ''}{others}."


def _of(score: Score) -> str:
    return f" {score.unit}" if score.unit else ""


def number(value: float) -> str:
    """A number with four significant digits, or none."""
    return "none" if math.isnan(value) else f"{value:,.4g}".replace("-", "−")


def estimate_row(one: Estimated) -> list[str]:
    """One estimate as printed cells, in the order of the heads."""
    return [
        one.parameter.path,
        number(one.value),
        number(one.standard_error),
        f"{number(one.low)} to {number(one.high)}",
        f"{number(one.parameter.prior_low)} to {number(one.parameter.prior_high)}",
        f"{one.moved:+.2f}".replace("-", "−"),
        f"{one.narrowed:.0%}",
        one.set_by,
    ]


def estimates_table(found: Calibration) -> Table:
    """Value, error, interval, prior, and what the data did to it."""
    note = (
        "Moved: from the prior's middle, in prior standard deviations. Narrowed: how much of the prior's variance the "
        "data took away. Where the standard error is less than two thirds of the prior's (narrowed by more than 56%), "
        "the data set the value, otherwise the prior. A prior is read as a normal number (on the scale of its "
        "transform) whose 90% interval is the one given."
    )
    return Table("Estimates", ESTIMATE_HEADS, [estimate_row(one) for one in found.estimates.each], note)


def sources_table(found: Calibration) -> Table:
    """Where each prior comes from."""
    rows = [
        [one.parameter.path, one.parameter.transform, number(one.parameter.start), explained(one.parameter.source)]
        for one in found.estimates.each
    ]
    return Table("Where the priors come from", ["Parameter", "Transform", "Start", "Source of the prior"], rows)


def scores_table(found: Calibration) -> Table:
    """Errors by target, fitted and held out, and the model error."""
    heads = ["Target", "Unit", "RMSE fitted", "Bias", "RMSE held out", "Bias", "Model error", "Persistence"]
    rows = []
    for block in found.blocks:
        score = found.scores[block.name]
        own = score.model_error
        rows.append(
            [
                *(worded(block.name), score.unit or "as measured"),
                *(number(score.rmse), number(score.bias), number(score.hold_out_rmse), number(score.hold_out_bias)),
                *((number(own.standard_deviation), f"{own.persistence:.2f}") if own is not None else ("", "")),
            ]
        )
    left_out = "; ".join(f"{worded(block.name)}: {worded(block.measure)}, {block.notes}" for block in found.blocks)
    note = (
        f"{left_out}. Bias is observed less fitted. The model error is the size and the persistence (correlation from "
        "one period to the next) of the residuals, of those held out where there are any; it makes a back-test's band."
    )
    return Table("How near the fit comes", heads, rows, note)


def noise_by_target(found: Calibration) -> str:
    """How far one value varies from seed to seed."""
    units = {block.name: block.unit for block in found.blocks}
    parts = [
        f"{worded(name)} {number(spread)} {units[name]}".strip()
        for name, spread in found.noise_at_best.by_block.items()
    ]
    return f"From seed to seed one simulated value varies with a standard deviation of: {', '.join(parts)}."


def time_words(found: Calibration) -> list[str]:
    """Where the time went."""
    known = found.provenance
    wall, engine, workers = known["duration_seconds"], known["engine_seconds"], known["workers"]
    made, kept, count = known["runs_made"], known["runs_kept_from_before"], known["evaluations"]
    told = [
        f"{count} evaluations of {known['evaluations_allowed']} allowed; {made:,} runs made"
        + (f" and {kept:,} kept from before" if kept else "")
        + f", in {wall:,.0f} seconds with {workers} worker{'s' if workers > 1 else ''}."
    ]
    if made and wall > 0:
        told.append(
            f"Runs took {engine:,.0f} seconds of work, {engine / made:.2f} each; that is "
            f"{engine / (wall * workers):.0%} of the workers' time. The rest is starting the workers, packing "
            f"scenarios, and waiting for the slower of the runs asked for together. "
            f"{wall / count:.2f} seconds an evaluation."
        )
    return told


def variants_table(rows: Sequence[Mapping[str, str]]) -> Table | None:
    """Every variant in the log."""
    if not rows:
        return None
    heads = ["Variant", "Date", "Scenario", "Fitted", "Held out", "Objective", "RMSE fitted", "RMSE held out"]
    cells = [
        [
            *(row["variant"], row["date"], worded(row["scenario"]), f"{row['from']} to {row['to']}"),
            f"{row['hold_out_from']} to {row['hold_out_to']}" if row["hold_out_from"] else "none",
            *(row["objective"], row["fit_rmse"], row["hold_out_rmse"] or "none"),
        ]
        for row in rows
    ]
    return Table("Every variant tried", heads, cells, "Errors are those of the first target; the log has every one.")
