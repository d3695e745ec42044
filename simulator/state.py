"""Everything that changes in a run: the book, the ledger, the panel and the lender's counter."""

from __future__ import annotations

import copy
from dataclasses import dataclass

from simulator.book import Book
from simulator.ledger import Ledger
from simulator.lending import Lending
from simulator.panel import Panel


@dataclass
class State:
    """Everything that changes in a run; only arrays, so that it can be copied at a month's end."""

    book: Book
    ledger: Ledger
    panel: Panel
    lending: Lending

    def copy(self) -> State:
        """The same book, ready for another world."""
        return State(self.book.copy(), copy.deepcopy(self.ledger), self.panel.copy(), copy.copy(self.lending))
