"""An ensemble in words: numbers in print with their errors, and the sentences that open its page, all computed."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from simulator.ensemble.measures import FAN
from simulator.ensemble.precision import Round
from simulator.ensemble.result import Ensemble
from simulator.ensemble.statistics import Estimated
from simulator.metrics import Metric
from simulator.money import printed
from simulator.report.ensembled_fan import lines_of, quantile_lines
from simulator.report.ensembled_numbers import BY_NAME, SOURCE_WORDS, Headline, Numbers, share_of
from simulator.report.ensembled_tail import listed, varied_alone

NONE = "none"
TOLD_ABOVE = ("worlds_are", "parameter_draws_are")  # of the provenance: how worlds and draws came about
FEW = 20  # runs, below which nobody is the worst in twenty
MINUS = "\N{MINUS SIGN}"


# Numbers in print ----------------------------------------------------------------------------------------


def is_share(metric: Metric) -> bool:
    """Whether it is printed as percent."""
    return metric.unit.startswith("share")


def value_words(value: float, metric: Metric, currency: str = "") -> str:
    """A value of a figure: shares in percent, money in round units."""
    if not math.isfinite(value):
        return NONE
    if is_share(metric):
        text = f"{100 * value:.2f}%"
    elif metric.unit == "currency":
        text = printed(value, currency)
    else:
        text = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.1f}"
    return text.replace("-", MINUS, 1)


def error_words(error: float, value: float, metric: Metric) -> str:
    """An error in the unit and scale that its value is printed in, without naming the unit again."""
    if not math.isfinite(error):
        return NONE
    error = abs(error)
    if is_share(metric):
        return f"{100 * error:.2f}" if error >= 0.00095 or error == 0 else f"{100 * error:.3f}"
    if metric.unit == "currency":
        for bound, divisor in ((1e9, 1e9), (1e6, 1e6), (1e4, 1e3)):
            if abs(value) >= bound:
                return f"{error / divisor:,.{2 if error >= 0.1 * divisor else 3}f}"
        return f"{error:,.2f}"
    return f"{error:,.0f}" if abs(value) >= 1000 else f"{error:,.1f}"


def with_error(found: Estimated, metric: Metric) -> str:
    """`6.71% ± 0.03`: the value and its standard error; the value alone where that cannot be told."""
    told = value_words(found.value, metric)
    if told == NONE or not math.isfinite(found.standard_error):
        return told
    return f"{told} ± {error_words(found.standard_error, found.value, metric)}"


def interval_words(found: Estimated, metric: Metric, currency: str = "") -> str:
    """`6.65% to 6.77%`; a question mark for an end that so few runs cannot tell."""
    if not (math.isfinite(found.low) or math.isfinite(found.high)):
        return "?" if math.isfinite(found.value) else NONE
    ends = [value_words(end, metric, currency) for end in (found.low, found.high)]
    return " to ".join("?" if end == NONE else end for end in ends)


def month_words(day: np.datetime64) -> str:
    """`March 2029`."""
    return f"{pd.Timestamp(day):%B %Y}"


def seeds_words(found: Ensemble) -> str:
    """`200 seeds (1 to 200)`."""
    seeds = found.seeds
    return f"{len(seeds)} seeds ({seeds[0]} to {seeds[-1]})" if len(seeds) > 1 else f"seed {seeds[0]}"


def under_of(found: Ensemble) -> str:
    """What was lived, for the line under the title."""
    worlds, draws, _ = found.shape
    months = found.months
    parts = [seeds_words(found)]
    if worlds > 1:
        parts.append(f"{worlds} worlds")
    if draws > 1:
        parts.append(f"{draws} parameter draws")
    made = " × ".join(parts) + (f" = {found.runs:,} runs" if len(parts) > 1 else "")
    span = " to ".join(dict.fromkeys(month_words(day) for day in (months[0], months[-1])))
    size = f"{found.scenario.book.borrowers:,} borrowers"
    return f"{span} ({len(months)} month{'s' if len(months) > 1 else ''}), {size}, {made}"


# Sentences -----------------------------------------------------------------------------------------------


def answer_of(numbers: Numbers) -> list[str]:
    """The fan, the tail, and how sure we are, a sentence or two for each."""
    return [text for text in (fan_sentence(numbers.found), tail_sentence(numbers), sure_sentence(numbers)) if text]


def runs_told(found: Ensemble) -> float:
    """As many runs of equal weight would tell as much of a tail."""
    return float(1.0 / np.square(found.member_weights).sum())


def fan_sentence(found: Ensemble) -> str:
    """When the median of the 30+ rate is highest, and between what the runs lie in that month."""
    lines = lines_of(found, "overdue_30_rate")
    few = runs_told(found) < FEW - 1e-6
    low, median, high = quantile_lines(lines, (0.0, 0.5, 1.0) if few else (0.05, 0.5, 0.95), found.member_weights)
    if not np.isfinite(median).any():
        return "No run has a balance to be overdue."
    if np.nanmax(lines) == 0:
        return "Nothing is 30 days or more overdue in any month of any run."
    peak = int(np.nanargmax(median))
    told = (
        f"The fan: the balance 30 days and more overdue is highest in {month_words(found.months[peak])}, "
        f"{100 * median[peak]:.2f}% in the median run"
    )
    if np.nanmax(high - low) < 1e-12:
        return f"{told}, and the same in every run."
    who = f"all {found.runs} runs lie" if few else "nine runs in ten lie"
    return f"{told}; {who} between {100 * low[peak]:.2f}% and {100 * high[peak]:.2f}% in that month."


def tail_sentence(numbers: Numbers) -> str:
    """The mean loss, value at risk and expected shortfall at 95%, in money and of the opening balance."""
    loss = numbers.loss
    if loss is None:
        return "The tail: net loss cannot be formed in every run, so nothing is said of it."
    if loss.mean.value == loss.at_risk[0.95].value == loss.beyond[0.95].value:
        size = "nought" if loss.mean.value == 0 else money_and_share(loss.mean.value, numbers)
        return f"The tail: the net loss is {size} in every run."
    if runs_told(numbers.found) < FEW - 1e-6:
        mean = money_and_share(loss.mean.value, numbers)
        worst = money_and_share(float(numbers.found.flat(loss.metric.name).max()), numbers)
        runs = f"{numbers.found.runs} runs, which are too few to tell a tail"
        return f"The tail: the net loss is {mean} on average and {worst} in the worst of {runs}."
    return (
        f"The tail: the net loss is {money_and_share(loss.mean.value, numbers)} on average; one run in twenty loses "
        f"more than {money_and_share(loss.at_risk[0.95].value, numbers)} (value at risk 95%), and those lose "
        f"{money_and_share(loss.beyond[0.95].value, numbers)} on average (expected shortfall)."
    )


def money_and_share(value: float, numbers: Numbers) -> str:
    """`46.31 m USD (14.9% of the opening balance)`."""
    currency = numbers.found.scenario.lender.currency
    share = share_of(value, numbers.opening)
    told = value_words(value, BY_NAME["net_loss"], currency)
    return (
        told if math.isnan(share) else f"{told} ({100 * share:.1f}% of the opening balance)".replace("(-", f"({MINUS}")
    )


def sure_sentence(numbers: Numbers) -> str:
    """How far the mean and the tail may be off by the number of runs, and what moves the loss."""
    loss = numbers.loss
    if loss is None or not loss.mean.value:
        return varied_sentence(numbers)
    parts, vague = [], []
    for words, found in (
        ("the mean loss is known", loss.mean),
        ("the value at risk 95%", loss.at_risk[0.95]),
        ("the shortfall", loss.beyond[0.95]),
    ):
        half = found.half_width
        if math.isfinite(half):
            parts.append(f"{words} to ±{100 * half / abs(found.value):.1f}%")
        else:
            vague.append(words.removesuffix(" is known"))
    told = f"How sure: from {numbers.found.runs:,} runs "
    told += f"{listed(parts)} (95% intervals)." if parts else "no statistic of the loss has an interval."
    if vague and parts:
        told += f" So few runs give no interval for {listed(vague)}."
    return f"{told} {varied_sentence(numbers)}{moved_sentence(loss)}"


def varied_sentence(numbers: Numbers) -> str:
    """What differs between the runs, and what is not in the band."""
    return varied_alone(numbers)


def moved_sentence(loss: Headline) -> str:
    """How the variance of the loss is shared out, where more than one source differs."""
    if len(loss.shares) < 2:
        return ""
    whole = sum(max(share.share, 0.0) for share in loss.shares)
    parts = [f"{SOURCE_WORDS[share.source]} {100 * max(share.share, 0.0) / whole:.0f}%" for share in loss.shares]
    return f" Of the variance of the loss: {', '.join(parts)}."


def stopping_sentence(found: Ensemble) -> str:
    """What rule ended the work: a number of seeds, or a precision that was reached or not."""
    if found.asked is None:
        return f"The number of seeds was given: {len(found.seeds)}. No precision was asked for."
    asked, last = found.asked, found.rounds[-1] if found.rounds else None
    size = f"{100 * asked.size:g}% of its value" if asked.relative else f"{asked.size:g}"
    told = f"Asked for: {asked.words}, to ±{size} (half the 95% interval), with {found.most:,} seeds at most."
    if last is None:
        return told
    rounds = ", then ".join(f"{each.seeds:,}" for each in found.rounds)
    lived = f"Lived in {len(found.rounds)} round{'s' if len(found.rounds) > 1 else ''}: {rounds} seeds."
    return f"{told} {lived} {_ended(last, found)}"


def _ended(last: Round, found: Ensemble) -> str:
    half = "cannot be told" if math.isnan(last.half_width) else f"is {last.half_width:.4g} ({last.wanted:.4g} wanted)"
    if last.reached:
        return f"Reached: half the interval {half}."
    if last.needed == 0:
        return f"NOT reached, and no number of seeds would do: half the interval {half}; worlds or draws are too few."
    return f"NOT reached: half the interval {half}; about {last.needed:,} seeds would do, {found.most:,} were allowed."


def method_notes(numbers: Numbers) -> list[str]:
    """What is in the bands and what is not, and how the errors are made."""
    found = numbers.found
    notes = [
        varied_sentence(numbers),
        "The bands of the fan are quantiles over the runs, month by month, worlds by their weights. They hold what "
        "differs between the runs and nothing else: neither that the model itself may be wrong, nor events that the "
        "scenario does not know.",
        "Standard errors and 95% intervals say how far a figure may be off because only so many runs were lived. More "
        "seeds narrow these, but not the bands.",
        "Value at risk is the loss not exceeded by that share of the runs, expected shortfall the mean of the runs "
        "beyond (of profit, counted from the low end). An interval that so few runs cannot tell is not given.",
    ]
    if len(found.worlds) > 1 or len(found.draws) > 1:
        notes.append(
            "Every seed lives in every world and with every draw (the same luck), so that runs are not independent; "
            "the errors add what seeds, worlds and draws each bring. Shares of variance are estimated without bias and "
            "may come out a little below nought where a source brings next to nothing."
        )
    notes += [str(found.provenance[key]) for key in TOLD_ABOVE if key in found.provenance]
    named = [world.name for world in found.worlds if not world.drawn]
    if named and len(found.worlds) > 1:
        notes.append(f"The weights of {listed(named)} were given: they are taken as known and bring no error.")
    if numbers.absent:
        notes.append(f"Left out, since some run has no value of it: {listed(numbers.absent)}.")
    missing = [measure.label for measure in FAN if not np.isfinite(found.paths[measure.name]).all()]
    if missing:
        notes.append(f"Runs without a value in a month are left out of that month's band: {listed(missing)}.")
    return notes
