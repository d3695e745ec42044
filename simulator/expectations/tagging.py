"""Tagging accounts at month closes and following them: what each cell's accounts defaulted on and lost afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from simulator.draws import Rows
from simulator.expectations.cells import Cells, Layout
from simulator.expectations.gone import Gone, Lost
from simulator.expectations.standing import Standing, standing
from simulator.setting import Setting
from simulator.state import State

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
MEASURES = ("defaults", "exposure", "loss", "discounted", "capped")


@dataclass
class Followed:
    """What was seen of one product: by tag month, cell and months ahead (1 is the month after); sums.

    `accounts` and `basis` (tags, cells) at the tag; `seen` (tags, cells, ahead) of each measure: first defaults,
    balance at default (cents), gross charge-offs (cents), these discounted at each account's own rate, and as far as
    they do not go beyond what was owed at the tag.
    """

    months: tuple[int, ...]  # at whose close accounts were tagged
    last: int  # the last month seen
    accounts: Floats
    basis: Floats
    seen: dict[str, Floats]

    def horizon(self, tag: int) -> int:
        """Months that can be seen ahead of a tag."""
        return self.last - self.months[tag]


@dataclass
class Follower:
    """Tags the accounts of one product and adds up what becomes of them."""

    layout: Layout
    months: tuple[int, ...]
    horizon: int
    tags: npt.NDArray[np.int16] = field(init=False)  # (tags, borrowers) the cell, -1 not tagged
    defaulted: npt.NDArray[np.bool_] = field(init=False)  # (tags, borrowers) has defaulted since, or was in default
    owed: Whole = field(init=False)  # (tags, borrowers) at the tag, cents
    accounts: Floats = field(init=False)
    basis: Floats = field(init=False)
    seen: dict[str, Floats] = field(init=False)

    def __post_init__(self) -> None:
        sides = len(self.months), self.layout.count
        self.tags = np.full((len(self.months), 0), -1, np.int16)
        self.defaulted = np.zeros((len(self.months), 0), np.bool_)
        self.owed = np.zeros((len(self.months), 0), np.int64)
        self.accounts, self.basis = np.zeros(sides), np.zeros(sides)
        self.seen = {name: np.zeros((*sides, self.horizon)) for name in MEASURES}

    def tag(self, month: int, accounts: Standing, cells: Cells, whose: Flags | None = None) -> None:
        """Remember the cell of every account, or of some, at the close of one of the months."""
        if month not in self.months:
            return
        place = self.months.index(month)
        self._make_room(int(accounts.borrower.max(initial=-1)) + 1)
        cells = cells if whose is None else np.where(whose, cells, -1).astype(np.int16)
        self.tags[place, accounts.borrower] = cells
        self.defaulted[place, accounts.borrower] = accounts.defaulted
        self.owed[place, accounts.borrower] = accounts.balance
        known = cells >= 0
        basis = self.layout.basis(accounts)[known]
        self.accounts[place] = np.bincount(cells[known], minlength=self.layout.count)
        self.basis[place] = np.bincount(cells[known], basis, minlength=self.layout.count)

    def note_defaults(self, month: int, borrower: Whole, opened: Whole, balance: Whole) -> None:
        """First defaults since the tag, and what was owed then."""
        for place, cells, ahead, which in self._tagged(month, borrower, opened):
            fresh = ~self.defaulted[place, borrower[which]]
            rows = which[fresh]
            np.add.at(self.seen["defaults"][place, :, ahead], cells[fresh], 1.0)
            np.add.at(self.seen["exposure"][place, :, ahead], cells[fresh], balance[rows])
            self.defaulted[place, borrower[rows]] = True

    def note_losses(self, month: int, lost: Lost) -> None:
        """Charge-offs since the tag: as they are, discounted to it, and no more than was owed then."""
        for place, cells, ahead, which in self._tagged(month, lost.borrower, lost.opened):
            amount = lost.amount[which].astype(np.float64)
            np.add.at(self.seen["loss"][place, :, ahead], cells, amount)
            worth = amount / (1.0 + lost.rate[which] / 12.0) ** (ahead + 1)
            np.add.at(self.seen["discounted"][place, :, ahead], cells, worth)
            most = self.owed[place, lost.borrower[which]]
            np.add.at(self.seen["capped"][place, :, ahead], cells, np.minimum(amount, most))

    def followed(self, last: int) -> Followed:
        """Everything seen until the close of a month."""
        return Followed(self.months, last, self.accounts, self.basis, self.seen)

    def _tagged(self, month: int, borrower: Whole, opened: Whole) -> Iterator[tuple[int, Cells, int, Rows]]:
        """For each earlier tag: its place, the cells of those tagged, how far ahead this is, and which they are."""
        known = borrower < self.tags.shape[1]
        for place, when in enumerate(self.months):
            ahead = month - when - 1
            if not 0 <= ahead < self.horizon:
                continue
            which = np.flatnonzero(known & (opened <= when))
            cells = self.tags[place, borrower[which]]
            yield place, cells[cells >= 0], ahead, which[cells >= 0]

    def _make_room(self, borrowers: int) -> None:
        more = borrowers - self.tags.shape[1]
        if more > 0:
            self.tags = np.pad(self.tags, ((0, 0), (0, more)), constant_values=-1)
            self.defaulted = np.pad(self.defaulted, ((0, 0), (0, more)))
            self.owed = np.pad(self.owed, ((0, 0), (0, more)))


@dataclass
class Watch:
    """Looks at a book at each month's end; give `close` to the run as what it tells its months to."""

    setting: Setting
    state: State
    followers: dict[str, Follower]
    also: Callable[[int], None] | None = None
    twofold: dict[str, Follower] = field(default_factory=dict)  # further followers of losses, by any name
    gone: Gone = field(default_factory=Gone)
    noted: int = 0  # parts of the panel's defaults that were taken

    def __post_init__(self) -> None:
        self.state.panel.written_off = self.gone

    def begin(self, month: int) -> None:
        """Tag the book as it stands at the close of the month before the first."""
        for name, follower in self.followers.items():
            accounts = standing(self.state, self.setting.clock, name, month)
            follower.tag(month, accounts, follower.layout.of(accounts, month))

    def close(self, month: int) -> None:
        """What the month brought to those tagged before, and a tag for those who are here now."""
        self._defaults(month)
        lost = {name: self.gone.taken(name) for name in self.state.panel.products}
        for follower in self.twofold.values():
            follower.note_losses(month, lost[follower.layout.product])
        for name, follower in self.followers.items():
            follower.note_losses(month, lost[name])
            if month in follower.months:
                accounts = standing(self.state, self.setting.clock, name, month)
                follower.tag(month, accounts, follower.layout.of(accounts, month))
        if self.also is not None:
            self.also(month)

    def _defaults(self, month: int) -> None:
        from simulator.panel.defaults import FIELDS

        defaults = self.state.panel.defaults
        parts, self.noted = defaults.parts[self.noted :], len(defaults.parts)
        if not parts:
            return
        table = dict(zip(FIELDS, np.concatenate([part[: len(FIELDS)] for part in parts], axis=1), strict=True))
        for place, name in enumerate(self.state.panel.products):
            if name in self.followers:
                own = table["product"] == place
                self.followers[name].note_defaults(
                    month, *(table[what][own] for what in ("borrower", "opened", "balance"))
                )
