"""A life as sheets of printed cells, for the screen and the page; two lives side by side, with differences marked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from simulator.trace.beside import Beside
from simulator.trace.events import events_of
from simulator.trace.life import Life
from simulator.trace.tables import ledger_frame, life_frame

MARK = "*"
HOUSEHOLD = {
    "received": "income received",
    "blows": "shocks took",
    "given": "given",
    "essential": "essentials",
    "savings": "savings after",
    "score": "score",
    "living": "living through",
}
ACCOUNT = {
    "asked": "asked",
    "paid": "paid",
    "balance": "balance",
    "overdue": "overdue",
    "days_late": "days late",
    "relief": "relief",
    "status": "status",
}
NOT_BESIDE = {"blows", "essential", "overdue", "status"}  # where two lives stand side by side, for want of room
WORDS = {"living", "relief", "status"}


@dataclass(frozen=True)
class Sheet:
    """A table: headings, rows of cells, which columns are numbers, and in which rows two lives differ."""

    title: str
    heads: list[str]
    rows: list[list[str]]
    numbers: tuple[int, ...] = ()
    differing: frozenset[int] = frozenset()
    note: str = ""


@dataclass(frozen=True)
class Row:
    """One row of one life: what it is about, and what stands there; rows about the same stand side by side."""

    about: tuple[str, ...]
    cells: list[str]
    same: tuple[str, ...] = ()  # what must agree too for two rows to be about the same


@dataclass(frozen=True)
class _Kind:
    """One sheet's headings, and how its rows come from a life."""

    title: str
    about: list[str]
    heads: list[str]
    rows: Callable[[Life], list[Row]]
    numbers: frozenset[str] = field(default_factory=frozenset)
    note: str = ""


def sheets_of(found: Beside) -> list[Sheet]:
    """What happened, the household, each product, and every ledger line; sheets without a row are left out."""
    life, two = found.life, found.other is not None
    currency = life.scenario.lender.currency
    kinds = [
        _Kind("What happened", ["date", "kind"], ["what"], _events),
        _monthly(f"The household, {currency}, by due date", HOUSEHOLD, "", two),
        *(
            _monthly(f"{name.replace('_', ' ').capitalize()}, {currency}, by due date", ACCOUNT, f"{name}_", two)
            for name in dict.fromkeys(name for each in found.lives for name in each.setting.products)
        ),
        _Kind(
            f"Every line of the ledger, {currency}",
            ["date", "product", "what"],
            ["amount", "balance"],
            _lines,
            frozenset(("amount", "balance")),
            "By how much each line raised (+) or lowered (-) what is owed, and what is owed then.",
        ),
    ]
    sheets = [_paired(kind, found) if two else _single(kind, life) for kind in kinds]
    return [sheet for sheet in sheets if sheet.rows]


def letters(found: Beside) -> str:
    """Which letter is which scenario, where there are two."""
    if found.other is None:
        return ""
    names = [life.scenario.name.replace("_", " ") for life in found.lives]
    same = not any(sheet.differing for sheet in sheets_of(found))
    marked = "the two lives are the same in everything shown" if same else f"{MARK} where they differ"
    return f"A is {names[0]}, B is {names[1]}; {marked}"


def _single(kind: _Kind, life: Life) -> Sheet:
    rows = [[*row.about, *row.cells] for row in kind.rows(life)]
    heads = [*kind.about, *kind.heads]
    return Sheet(kind.title, heads, rows, _numbers(heads, kind), note=kind.note)


def _paired(kind: _Kind, found: Beside) -> Sheet:
    """Each column twice, A and B; a row that only one life has leaves the other's cells empty."""
    assert found.other is not None
    rows: list[list[str]] = []
    differing: set[int] = set()
    nothing = [""] * len(kind.heads)
    for here, there in _matched(kind.rows(found.life), kind.rows(found.other)):
        left, right = here.cells if here else nothing, there.cells if there else nothing
        about = (here or there or Row((), [])).about
        if left != right:
            differing.add(len(rows))
        both = [cell for pair in zip(left, right, strict=True) for cell in pair]
        rows.append([*about, MARK if left != right else "", *both])
    heads = [*kind.about, "", *(f"{letter} {head}" for head in kind.heads for letter in "AB")]
    return Sheet(kind.title, heads, rows, _numbers(heads, kind), frozenset(differing), kind.note)


def _matched(here: list[Row], there: list[Row]) -> list[tuple[Row | None, Row | None]]:
    """Rows about the same side by side, in order of date; the others alone."""
    mine, theirs = ([(row.about, row.same) for row in rows] for rows in (here, there))
    pairs: list[tuple[Row | None, Row | None]] = []
    for what, first, last, other, end in SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes():
        if what == "equal":
            pairs += zip(here[first:last], there[other:end], strict=True)
            continue
        alone: list[tuple[Row | None, Row | None]] = [(row, None) for row in here[first:last]]
        alone += [(None, row) for row in there[other:end]]
        pairs += sorted(alone, key=lambda pair: (pair[0] or pair[1] or Row(("",), [])).about[0])
    return pairs


def _numbers(heads: list[str], kind: _Kind) -> tuple[int, ...]:
    return tuple(
        place for place, head in enumerate(heads) if head.removeprefix("A ").removeprefix("B ") in kind.numbers
    )


def _events(life: Life) -> list[Row]:
    return [
        Row((life.date(event.day).isoformat(), event.kind), [event.words], (event.words,)) for event in events_of(life)
    ]


def _monthly(title: str, columns: dict[str, str], prefix: str, two: bool) -> _Kind:
    """A sheet with a row for each month; of an account from its first month to its last."""
    kept = {name: head for name, head in columns.items() if not (two and name in NOT_BESIDE)}

    def rows(life: Life) -> list[Row]:
        if prefix and prefix[:-1] not in life.setting.products:
            return []
        frame = life_frame(life)
        if prefix:
            amounts = frame[[f"{prefix}asked", f"{prefix}paid", f"{prefix}balance"]]
            frame = frame[
                (frame[f"{prefix}status"] == "open") | (amounts != 0).any(axis=1) | _written_off(frame, prefix)
            ]
        return [
            Row((row["due_date"].isoformat(),), [_cell(row[f"{prefix}{name}"]) for name in kept])
            for row in frame.to_dict("records")
        ]

    numbers = frozenset(head for name, head in kept.items() if name not in WORDS)
    return _Kind(title, ["due date"], list(kept.values()), rows, numbers)


def _written_off(frame: Any, prefix: str) -> Any:
    """The month in which an account is written off."""
    gone = frame[f"{prefix}status"] == "charged off"
    return gone & ~gone.shift(1, fill_value=False)


def _lines(life: Life) -> list[Row]:
    return [
        Row((row["date"].isoformat(), row["product"], row["what"]), [f"{row['amount']:+,.2f}", _cell(row["balance"])])
        for row in ledger_frame(life).to_dict("records")
    ]


def _cell(value: Any) -> str:
    return f"{value:,.2f}" if isinstance(value, float) else str(value).replace("_", " ")
