"""What a scenario says of payment habits: the file that holds them, and what a resting card is used for again."""

from __future__ import annotations

import os
from typing import ClassVar

import numpy as np
from pydantic import field_validator
from pydantic_core import PydanticCustomError

from simulator.habits.table import read_table
from simulator.params import Frozen, param


class Habits(Frozen):
    """Payment habits by status, fitted on a tape; the household's want of money acts on top of them."""

    own: ClassVar[dict[str, type[np.generic]]] = {  # what is kept of each account, by `product.column`
        "kind": np.int8,  # of payer, 1 the first
        "paying": np.int8,  # status after the last payment, a place in LABELS
        "paying_before": np.int8,  # at the last month close
        "paying_first": np.int8,  # on the eve of the span
    }
    file: str = param(doc="kinds of payers with their chances from status to status: kind,month,from,to,weight as CSV")
    first_use: float = param(
        0.05,
        "what is bought when a card is used again that owed nothing",
        unit="share of the limit",
        source="a guess between the middle (0.02) and the mean (0.16) of the first bills after a rest, Taiwan 2005",
        gt=0,
        le=1,
    )

    @field_validator("file")
    @classmethod
    def _readable(cls, file: str) -> str:
        if os.path.isfile(file):  # a file that is not there is told of with its place
            try:
                read_table(file)
            except ValueError as error:
                raise PydanticCustomError("habits", "{why}", {"why": str(error)}) from None
        return file
