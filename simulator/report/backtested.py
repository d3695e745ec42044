"""A back-test for readers: numbers in print, sentences, tables, and the page."""

from __future__ import annotations

import datetime as dt
import math

from simulator.calibration.backtest import Backtest
from simulator.calibration.backtest_summary import band_parts, noise
from simulator.calibration.baselines import Regression
from simulator.calibration.window import listed, words
from simulator.report.backtested_plots import picture_of
from simulator.report.drawing import worded
from simulator.report.page import filled, paragraphs, provenance_text
from simulator.report.tables import Table

SHORT = {"unemployment": "Unemployment", "unemployment_and_leverage": "With leverage"}
INPUTS = {
    "unemployment": "unemployment and its change over a year",
    "unemployment_and_leverage": "the same with card debt against income a year before",
}
FITTED = {"before": "fitted before", "within": "fitted within"}
NOT_IN_THE_PAGE = ("workers", "duration_seconds")  # the page is the same however it was made


def backtest_page(found: Backtest) -> str:
    """The whole page as HTML: one document that needs no network."""
    return filled(
        "backtest.html.jinja",
        {
            "title": title_of(found),
            "question": paragraphs(found.scenario.question),
            "under": under_of(found),
            "answer": answer_of(found),
            "sentences": [
                text for text in (left_out_sentence(found), noise_sentence(found), band_sentence(found)) if text
            ],
            "notes": found.notes,
            "picture": picture_of(found),
            "scores": Table("How near it came", ["", "Predicted", "Observed"], _dashed(score_rows(found))),
            "regressions": Table(
                "Beside two regressions on the same inputs",
                ["", "Root-mean-square error", "Bias", "Fitted on", "Judged on"],
                _dashed(regression_rows(found)),
                coefficients_note(found),
            ),
            "series": series_table(found),
            "provenance": [
                (worded(key), provenance_text(value))
                for key, value in found.provenance.items()
                if key not in NOT_IN_THE_PAGE
            ],
        },
    )


# Numbers in print ----------------------------------------------------------------------------------------


def number(value: float | None, *, signed: bool = False) -> str:
    """A figure in the measure's unit: two decimals where it is a rate in percent, else as many as it needs."""
    if value is None or not math.isfinite(value):
        return "none"
    size = 0.0 if abs(value) < 1e-9 else abs(value)
    text = f"{size:,.0f}" if size >= 1000 else (f"{size:.2f}" if size >= 0.1 or size == 0 else f"{size:.4f}")
    if not set(text) & set("123456789"):
        return text
    sign = "-" if value < 0 else ("+" if signed else "")
    return sign + text


def count(size: int, found: Backtest) -> str:
    """`28 quarters`."""
    return f"{size} {found.window.frequency}{'' if size == 1 else 's'}"


def _dashed(rows: list[list[str]]) -> list[list[str]]:
    """With true minus signs before numbers."""
    return [
        [cell.replace("-", "\N{MINUS SIGN}") if cell[:1] == "-" and cell[1:2].isdigit() else cell for cell in row]
        for row in rows
    ]


def score_rows(found: Backtest) -> list[list[str]]:
    """Each figure of the prediction beside that of the observed series."""
    close, frequency = found.closeness, found.window.frequency

    def dated(value: float, date: dt.date) -> str:
        return f"{number(value)} ({words(date, frequency)})"

    rows = [
        ["Root-mean-square error", number(close.rmse), ""],
        ["Bias (predicted less observed)", number(close.bias, signed=True), ""],
        ["Peak", dated(close.peak, close.peak_date), dated(close.observed_peak, close.observed_peak_date)],
    ]
    if close.cumulative is not None:
        percent = found.measure.kind == "yearly rate" and found.measure.times == 1.0
        what = "Cumulated, percent of balance" if percent else "Cumulated"
        rows.append([what, number(close.cumulative), number(close.observed_cumulative)])
    rows.append(["Correlation of levels", number(close.correlation), ""])
    pairs = f"Correlation of yearly changes ({close.yearly_changes} pairs)"
    rows.append([pairs, number(close.correlation_of_yearly_changes), ""])
    share = "none" if found.coverage_90 is None else f"{100 * found.coverage_90:.0f}%"
    rows.append(["Observed within the 90% band", share, ""])
    return rows


def regression_rows(found: Backtest) -> list[list[str]]:
    """The scenario, then each regression: how near each came in the window."""
    close = found.closeness
    rows = [["This scenario", number(close.rmse), number(close.bias, signed=True), "", count(len(found.dates), found)]]
    for name, baseline in found.baselines.items():
        if baseline is None:
            rows.append([SHORT[name], "none", "", "", "the scenario has no path of leverage"])
            continue
        for fitted_on, how in FITTED.items():
            said: Regression | None = getattr(baseline, fitted_on)
            label = f"{SHORT[name]}, {how}"
            if said is None:
                rows.append([label, "none", "", "", baseline.why_not[fitted_on]])
            else:
                errors = [number(said.rmse), number(said.bias, signed=True)]
                rows.append([label, *errors, count(said.quarters, found), count(said.judged, found)])
    return rows


def series_table(found: Backtest) -> Table:
    """Every period: observed, predicted, the band and the noise."""
    band, skipped = found.band, set(found.window.skipped)
    rows = []
    for place, period in enumerate(found.periods):
        seen = float(found.observed[place])
        ends = ["", ""] if band is None else [number(float(band.low[place])), number(float(band.high[place]))]
        noise_here = "" if found.noise is None else number(float(found.noise[place]))
        note = "left out of the scores" if period in skipped else ("not observed" if math.isnan(seen) else "")
        shown = [number(None if math.isnan(seen) else seen), number(float(found.predicted[place]))]
        rows.append([words(period, found.window.frequency), *shown, *ends, noise_here, note])
    headings = ["Period", "Observed", "Predicted", "Band from", "to", "Standard error of the mean", ""]
    unit = found.measure.unit or "the measure's own unit"
    return Table("Period by period", headings, _dashed(rows), f"In {unit}.")


# Sentences -----------------------------------------------------------------------------------------------


def title_of(found: Backtest) -> str:
    """What was laid beside what."""
    return f"{found.measure.label} of {worded(found.scenario.name)} beside what was observed"


def under_of(found: Backtest) -> str:
    """The window, the seeds and the size of the book."""
    window, seeds = found.window, found.seeds
    ends = f"{words(window.periods[0], window.frequency)} to {words(window.periods[-1], window.frequency)}"
    luck = f"{len(seeds)} seeds ({seeds[0]} to {seeds[-1]})" if len(seeds) > 1 else f"seed {seeds[0]}"
    unit = f", {found.measure.unit}" if found.measure.unit else ""
    return (
        f"{ends}{unit}; the mean of {luck}, {found.scenario.book.borrowers:,} borrowers, "
        f"from {found.scenario.span.start:%B %Y} on."
    )


def answer_of(found: Backtest) -> str:
    """How near it came, in two sentences."""
    close, points = found.closeness, found.measure.points
    unit = f" {points}" if points else ""
    side = "above" if close.bias > 0 else "below"
    told = (
        f"Over {count(len(found.dates), found)} the prediction is {number(close.rmse)}{unit} off (root mean square) "
        f"and on average {number(abs(close.bias))}{unit} {side} what was observed. It peaks at {number(close.peak)} in "
        f"{words(close.peak_date, found.window.frequency)}; the observed series at {number(close.observed_peak)} in "
        f"{words(close.observed_peak_date, found.window.frequency)}."
    )
    fair = [
        (said.rmse, INPUTS[name])
        for name, baseline in found.baselines.items()
        if baseline is not None and (said := baseline.before) is not None
    ]
    if fair:
        parts = " and ".join(f"{number(error)}{unit} (on {inputs})" for error, inputs in fair)
        told += f" Regressions fitted before the window are {parts} off."
    return told


def left_out_sentence(found: Backtest) -> str:
    """What is not judged, and why; empty where everything is."""
    frequency, parts = found.window.frequency, []
    if found.window.skipped:
        parts.append(f"left out as asked: {listed(found.window.skipped, frequency)}")
    if found.missing:
        parts.append(f"without an observed value: {listed(found.missing, frequency)}")
    if found.blank:
        parts.append(f"{count(found.blank, found)} of the target's file {'is' if found.blank == 1 else 'are'} blank")
    told = "; ".join(parts)
    return f"{told[:1].upper()}{told[1:]}." if told else ""


def noise_sentence(found: Backtest) -> str:
    """How far chance alone moves the prediction."""
    size = noise(found)
    if size is None or found.noise is None:
        return "Sampling noise of the prediction: not known from one seed."
    largest = float(found.noise[found.judged].max())
    unit = f" {found.measure.points}" if found.measure.points else ""
    return (
        f"Sampling noise of the prediction (standard error of the mean of {len(found.seeds)} seeds): "
        f"{number(size)}{unit} on average (root mean square), {number(largest)} at most."
    )


def band_sentence(found: Backtest) -> str:
    """What the band is made of."""
    if found.band is None:
        return "There is no band: one seed, no model error and no drawn parameters."
    parts = band_parts(found)
    told = {
        "sampling": "sampling",
        "parameters": f"uncertain parameters ({found.draws} drawn runs)",
        "model_error": "the model's own error",
    }
    made = [f"{words_} {number(parts[name])}" for name, words_ in told.items() if parts[name] is not None]
    absent = [words_ for name, words_ in told.items() if parts[name] is None]
    without = f" It is without {' and '.join(absent).replace(' (0 drawn runs)', '')}." if absent else ""
    return f"The 90% band is made of standard deviations of {', '.join(made)}.{without}"


def regressions_sentence() -> str:
    """What the regressions are."""
    return (
        "Regressions on the scenario's own inputs, by least squares: on unemployment and its change over a year, and "
        "with card debt against income a year before. Fitted before the window each is a fair forecast; fitted within "
        "it, a floor that no forecast gets."
    )


def coefficients_note(found: Backtest) -> str:
    """The coefficients of each regression."""
    told = []
    for name, baseline in found.baselines.items():
        for fitted_on, how in FITTED.items():
            said: Regression | None = getattr(baseline, fitted_on, None) if baseline is not None else None
            if said is not None:
                values = ", ".join(f"{worded(key)} {value:.3g}" for key, value in said.coefficients.items())
                told.append(f"{SHORT[name]}, {how}: {values}.")
    return " ".join([regressions_sentence(), *told]).replace(" -", " \N{MINUS SIGN}")
