"""The page of an ensemble: the fan, the tail and how sure we are on its first page; then months, worlds, parameters."""

from __future__ import annotations

from simulator.ensemble.result import Ensemble
from simulator.report import ensembled_tables as tables
from simulator.report.drawing import worded
from simulator.report.ensembled_fan import fan
from simulator.report.ensembled_numbers import Numbers
from simulator.report.ensembled_tail import sources, tail
from simulator.report.ensembled_words import TOLD_ABOVE, answer_of, method_notes, stopping_sentence, under_of
from simulator.report.page import filled, paragraphs, provenance_text

NOT_IN_THE_PAGE = (  # the page is the same however it was made
    "workers", "duration_seconds", "runs_taken_from_kept", "fingerprints", *TOLD_ABOVE,
)  # fmt: skip


def ensemble_page(found: Ensemble) -> str:
    """The whole page as HTML: one document that needs no network."""
    numbers = Numbers(found)
    pictures = {picture.name: picture for picture in (fan(found), tail(numbers), sources(numbers))}
    more = [
        tables.intervals_table(numbers),
        tables.shares_table(numbers),
        tables.worlds_table(numbers),
        tables.moved_table(numbers),
        tables.draws_table(numbers),
    ]
    return filled(
        "ensemble.html.jinja",
        {
            "title": worded(found.scenario.name),
            "question": paragraphs(found.scenario.question),
            "under": under_of(found),
            "answer": answer_of(numbers),
            "pictures": pictures,
            "sure": tables.sure_table(numbers),
            "stopping": stopping_sentence(found),
            "more": [table for table in more if table is not None],
            "months": tables.months_table(numbers),
            "buckets": list(tables.BUCKETS.values()),
            "notes": method_notes(numbers),
            "provenance": [
                (worded(key), provenance_text(value))
                for key, value in found.provenance.items()
                if key not in NOT_IN_THE_PAGE
            ],
        },
    )
