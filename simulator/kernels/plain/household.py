"""How a block of households meets its bills; see `simulator.behaviour.household` for what it means. Whole cents."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from simulator.columns import CONTACT, STRAINED
from simulator.kernels.plain.luck import uniform

Column = npt.NDArray[Any]
Cents = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]
FINE, HALF = 20, 1 << 19  # shares are in 2^-20, rounded to the nearest


def meet(
    savings: Cents, income: Cents, essential: Cents, target: Cents, change: Cents, wanted: Cents, spent: Cents,
    room_share: int, rebuild: int, hardship: int, elsewhere: int,
) -> Rows:  # fmt: skip
    """Pay comes, money is spent and put by: `savings` become cash in hand, out of which `wanted` is to be paid.

    `spent` is what was bought on cards (one a row, or none at all). Returns those whose cash does not reach; they have
    cut back by then: discretionary spending first, then a part of what is essential; bills elsewhere stay unpaid last.
    """
    usual = income - essential
    usual -= wanted
    if spent.size:
        usual += spent
    room = (usual * room_share + HALF) >> FINE
    np.minimum(room, usual, out=room)
    room += change
    saving = target - savings
    saving *= rebuild
    saving += HALF
    saving >>= FINE
    np.minimum(saving, room, out=saving)
    savings += saving
    short = (savings < 0).nonzero()[0]
    savings += wanted
    need = wanted[short] - savings[short]
    spending = np.maximum(usual[short] + change[short] - saving[short], 0)
    most = spending + ((essential[short] * hardship + HALF) >> FINE)
    cash = savings[short] + np.minimum(need, most)
    savings[short] = np.maximum(cash, -((income[short] * elsewhere + HALF) >> FINE))
    return short


def pay_due(paid: Cents, due: Cents, wanted: Cents, left: Cents, short: Rows) -> None:
    """Of what those short of cash have `left` (one a place of `short`), they pay what is due."""
    part = np.minimum(np.minimum(due[short], wanted[short]), left)  # by habit it may be less than is due
    paid[short] = part
    left -= part


def pay_more(paid: Cents, due: Cents, wanted: Cents, left: Cents, short: Rows) -> None:
    """After all that is due, what is meant beyond it."""
    more = np.minimum(np.maximum(wanted[short] - due[short], 0), left)
    more[paid[short] < due[short]] = 0
    paid[short] += more
    left -= more


def forgetful(
    below: Rows, late: Rows, forgets: Column, mixed: Words, key: np.uint64, again: float, heard: Column
) -> Rows:
    """Who forgets the due date: of those `below` their own chance all who are not `late`, of the late a share `again`.

    `late` may hold a row twice. Who has `heard` from the desk (one a row, or none at all) does not forget again.
    """
    behind = np.zeros(forgets.size, np.bool_)
    behind[late] = True
    late = late[forgets[late] > 0]
    luck = uniform(mixed[late], key)
    if heard.size:
        luck[heard[late]] = 1.0
    return np.concatenate([below[~behind[below]], late[luck < again]])


def give_up(
    paid: Cents, rows: Rows, held: Cents, missed: Column, mixed: Words, key: np.uint64, engages: Floats,
    called: bool, alone: float, backfire: float,
) -> None:  # fmt: skip
    """Those in arrears for want of money who do not deal with the debt this time pay nothing.

    With a desk (`called`), fewer do to whom nobody has spoken, all who will keep a promise, fewer after harsh words.
    """
    strained = (held[STRAINED, : rows.size] != 0).nonzero()[0]
    behind = rows[strained]
    chance = engages[np.minimum(missed[behind], engages.size - 1)]
    if called:
        resents = np.maximum(1.0 - (1.0 - chance) * (1.0 + backfire), 0.0)
        chance = np.choose(held[CONTACT, strained], [chance * alone, chance, np.ones_like(chance), resents])
    paid[behind[uniform(mixed[behind], key) >= chance]] = 0
