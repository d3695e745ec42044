"""What a back-test shows on the screen: the window, the figures beside the observed, the regressions, the band."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from simulator.cli.run import shown_path
from simulator.cli.screen import paragraph, say, table

if TYPE_CHECKING:
    from simulator.calibration.backtest import Backtest


def show(found: Backtest, target: Path) -> None:
    """The answer in short, and where the report is."""
    from simulator.report.backtested import (
        band_sentence,
        left_out_sentence,
        noise_sentence,
        regression_rows,
        regressions_sentence,
        score_rows,
        title_of,
        under_of,
    )

    say()
    say(title_of(found), bold=True)
    say(paragraph(under_of(found)))
    if left_out := left_out_sentence(found):
        say(paragraph(left_out))
    say()
    table(score_rows(found), ("", "predicted", "observed"), right=(1, 2))
    say()
    heads = ("", "rmse", "bias", "fitted on", "judged on")
    table(regression_rows(found), heads, right=(1, 2))
    say(paragraph(regressions_sentence()))
    say()
    say(paragraph(noise_sentence(found)))
    say(paragraph(band_sentence(found)))
    for note in found.notes:
        say(paragraph(f"! {note}"))
    say(f"Report: {shown_path(target / 'backtest.html')}")
