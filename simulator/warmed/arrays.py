"""A warmed-up book as named arrays and a few plain values, and the same book again for a scenario that starts from it.

Kept is what the warm-up has touched. What belongs to shocks and policies that begin with the span is as it is in a book
that nobody has touched yet: the asking scenario's own columns stand at nought, and its causes have never struck.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from simulator.arrears import Arrears
from simulator.block import ACCOUNT_COLUMNS, NEVER, PERSON_COLUMNS, RELIEF_COLUMNS, STARTS_AT_NEVER, Accounts, Block
from simulator.lending import furnish
from simulator.setting import Setting
from simulator.state import State
from simulator.warmed.past import memory_of, remember

Arrays = Mapping[str, npt.NDArray[Any]]
LENDING = ("approved_share", "history", "coming", "leverage", "volume", "elsewhere", "indebted")


def untouched(state: State, before: Setting) -> bool:
    """Whether all that belongs to what begins with the span is as it was at the start; else a book is not to be kept.

    `before` is the setting with what the warm-up sees.
    """
    return all(_untouched(block, before) for block in state.book.blocks)


def arrays_of(state: State, before: Setting) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    """A book at the end of its warm-up, array by array with their names: one column of all blocks is held at a time."""
    blocks = state.book.blocks
    for name in PERSON_COLUMNS:
        yield f"person.{name}", np.concatenate([getattr(block, name) for block in blocks])
    for name in before.own:
        yield f"own.{name}", np.concatenate([block.own[name] for block in blocks])
    for cause in before.causes:
        yield f"struck.{cause}", np.concatenate([block.struck[block.causes.index(cause)] for block in blocks])
    for product in state.panel.products:
        yield from _accounts(product, [block.accounts[product] for block in blocks], blocks[0].causes, before)
    remembered, panel_values = memory_of(state)
    yield from remembered.items()
    values = {
        "blocks": [[block.due_day, block.size, block.most_prone] for block in blocks],
        "book": [state.book.next_id, state.book.applicants, state.book.counted],
        "lending": {name: getattr(state.lending, name) for name in LENDING},
        "panel": panel_values,
    }
    text = json.dumps(values, default=lambda value: value.item())
    yield "values", np.frombuffer(text.encode(), np.uint8)


def fill(state: State, setting: Setting, arrays: Arrays, before: Setting) -> None:
    """Put a kept book into an empty state of the setting that asks for it."""
    values = json.loads(arrays["values"].tobytes())
    sizes = [size for _, size, _ in values["blocks"]]
    blocks = []
    for due_day, size, prone in values["blocks"]:
        block = Block(due_day, size)
        furnish(block, setting.products, setting.own, setting.causes, relief=setting.relief)
        block.most_prone = prone
        blocks.append(block)
    state.book.blocks = blocks
    for name in PERSON_COLUMNS:
        _part(arrays[f"person.{name}"], sizes, [getattr(block, name) for block in blocks])
    for name in before.own:
        _part(arrays[f"own.{name}"], sizes, [block.own[name] for block in blocks])
    for cause in before.causes:
        place = setting.causes.index(cause)
        _part(arrays[f"struck.{cause}"], sizes, [block.struck[place] for block in blocks])
    for product in state.panel.products:
        held = [block.accounts[product] for block in blocks]
        for name in _columns(held[0], before):
            _part(arrays[f"account.{product}.{name}"], sizes, [getattr(accounts, name) for accounts in held])
        _fill_arrears(product, held, setting, arrays, before)
    state.book.next_id, state.book.applicants, counted = values["book"]
    state.book.counted = list(counted)
    for name, value in values["lending"].items():
        setattr(state.lending, name, tuple(value) if name == "leverage" else value)
    remember(state, setting, arrays, values["panel"])


def _untouched(block: Block, before: Setting) -> bool:
    """Whether all that belongs to what begins with the span is as it was at the start."""
    own = all(not column.any() for name, column in block.own.items() if name not in before.own)
    later = [place for place, cause in enumerate(block.causes) if cause not in before.causes]
    fresh = bool((block.struck[later] == NEVER).all())
    for accounts in block.accounts.values():
        relief = [name for name in accounts.names if name in RELIEF_COLUMNS and not before.relief]
        fresh &= all((getattr(accounts, name) == (NEVER if name in STARTS_AT_NEVER else 0)).all() for name in relief)
        fresh &= bool((accounts.arrears.chain[later] == NEVER).all())
    return own and fresh


def _columns(accounts: Accounts, before: Setting) -> list[str]:
    """The columns that are kept."""
    return [name for name in accounts.names if name in ACCOUNT_COLUMNS or before.relief]


def _accounts(
    product: str, held: list[Accounts], causes: tuple[str, ...], before: Setting
) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    """One product's accounts in all blocks, and its tables of arrears side by side."""
    for name in _columns(held[0], before):
        yield f"account.{product}.{name}", np.concatenate([getattr(each, name) for each in held])
    yield f"arrears.{product}.sizes", np.array([each.arrears.rows.size for each in held], np.int64)
    yield f"arrears.{product}.rows", np.concatenate([each.arrears.rows for each in held]).astype(np.int64)
    ahead = len(Arrears.COLUMNS) + held[0].arrears.depth
    kept = [*range(ahead), *(ahead + causes.index(cause) for cause in before.causes)]
    yield f"arrears.{product}.table", np.concatenate([each.arrears.table[kept] for each in held], axis=1)


def _fill_arrears(product: str, held: list[Accounts], setting: Setting, arrays: Arrays, before: Setting) -> None:
    """The tables of arrears; causes that have never struck stand at NEVER in the chain."""
    sizes = arrays[f"arrears.{product}.sizes"].tolist()
    rows, table = arrays[f"arrears.{product}.rows"], arrays[f"arrears.{product}.table"]
    start = 0
    for accounts, size in zip(held, sizes, strict=True):
        arrears, part = accounts.arrears, slice(start, start + size)
        ahead = len(Arrears.COLUMNS) + arrears.depth
        arrears.rows = rows[part].astype(np.intp)
        whole = np.full((ahead + len(setting.causes), size), NEVER, np.int64)
        whole[:ahead] = table[:ahead, part]
        for place, cause in enumerate(before.causes):
            whole[ahead + setting.causes.index(cause)] = table[ahead + place, part]
        arrears.table = whole
        start += size


def _part(whole: npt.NDArray[Any], sizes: list[int], into: list[npt.NDArray[Any]]) -> None:
    """A column of all blocks back into the blocks."""
    ends = np.cumsum(sizes)
    for column, size, end in zip(into, sizes, ends.tolist(), strict=True):
        column[:] = whole[end - size : end]
