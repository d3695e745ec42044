"""The rule by which each default has one main cause, so that the shares add to the whole.

The first of these that is true of a default is its main cause:

1. unwilling: the person stopped paying on purpose. The cause is the shock that made it so (strategic default), by name.
2. forgetting: the money always reached; a due date was forgotten, and then forgotten on.
3. a blow in the twelve months up to the first missed payment, or one still lived through then (out of work, on lower
   pay after it, ill, on less pay). Of several the most severe counts, in the order of SEVERITY; of two of one rank the
   latest. An illness or a cut of pay that is over by then ranks with the bills, last: what is left of it is a bill.
4. a blow between the first missed payment and the default, in the same order.
5. over-borrowing: a further loan elsewhere in those twelve months (the shock of that kind), or debts elsewhere and the
   next bills here above 40% of usual income at the first missed payment (FACTS us.uw.dti_cap).
6. unclear terms: the person had not understood what the loan costs.
7. dearer living or rates: a cost-of-living shock in those twelve months, or prices less wages, and the rates that
   float, took more than 3% of income at the first missed payment compared with the beginning (a guess).
8. thin buffer: what is left. Nothing struck; the savings did not carry the ordinary ups and downs. Of accounts that
   were behind already when the run began (from a tape) that cannot be said: there what is left is called not known.

The rule looks backward from each default and asks what came before it. It does not ask whether the default would have
happened anyway: that is what running again with a cause switched off is for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator.block import DISABLED, ILL, LOWER_PAY, MISREAD, NEVER, PAY_CUT, UNEMPLOYED, UNWILLING
from simulator.shocks import JOB_LOSS

Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

SEVERITY = (  # kinds of blows, the most severe first; kinds that are not named come before the expense
    *(JOB_LOSS, "death", "divorce", "illness", "disaster", "income_cut", "short_time_work", "late_wages"),
    "expense",
)
PASSING = ("illness", "income_cut", "short_time_work")  # when it is over, a bill is what is left of it
NOT_BLOWS = ("cost_of_living", "over_borrowing", "strategic_default")  # they have rules of their own
RECENT = 12  # months before the first missed payment in which a blow counts
BOUNDS = {"debt_service": 0.40, "dearer": 0.03}  # shares of usual income
UNWILLINGLY, FORGETTING, AFTER, UNKNOWN = "unwilling", "forgetting", "thin_buffer", "not_known"
OVER_BORROWING, UNCLEAR, DEARER = "over_borrowing", "unclear_terms", "dearer_living"
RULE = (
    "The main cause of a default is the first of these that is true of it: unwilling (stopped on purpose); forgetting "
    "(the money always reached); the most severe blow in the twelve months up to the first missed payment, a lost job "
    "first, then death, divorce, an illness that keeps from work, disaster, a cut of pay that goes on, late wages, and "
    "last the bills (a large expense, an illness or a cut that is over), of which the latest counts; such a blow "
    "between the first missed payment and the default; over-borrowing (debt service above "
    f"{BOUNDS['debt_service']:.0%} of income); unclear terms; dearer living or rates; and a thin buffer where nothing "
    "else is found."
)
_LIVED = {  # what a person may be living through, and the kinds of blows that bring it
    int(UNEMPLOYED | LOWER_PAY): (JOB_LOSS,),
    int(ILL | DISABLED): ("illness", "disaster"),
    int(PAY_CUT): ("income_cut", "short_time_work", "disaster"),
}


@dataclass
class Story:
    """What is known of each default, as columns; months are counted from the start of the span.

    `before` and `last` hold for each cause the month in which it last struck before the first missed payment and at
    all, far below nought where it never did; shape (causes, defaults). `living` are bits as in a block's `spells`.
    """

    first: Whole  # month of the first missed payment, or of the default where none was missed
    before: Whole
    last: Whole
    living: Whole
    living_now: Whole
    strained: Flags
    seen: Flags  # whether the first missed payment lies in the run
    debt_service: npt.NDArray[np.float64]  # share of income
    dearer: npt.NDArray[np.float64]  # share of income
    traits: Whole


def main_cause(story: Story, causes: tuple[str, ...], kinds: dict[str, str]) -> npt.NDArray[np.object_]:
    """The main cause of each default by the rule above; `kinds` gives the kind of each cause by its name."""
    size = story.first.size
    found = np.full(size, "", dtype=object)

    def settle(where: Flags, names: npt.NDArray[np.object_] | str) -> None:
        open_still = where & (found == "")
        found[open_still] = names if isinstance(names, str) else names[open_still]

    kind_of = [JOB_LOSS if name == JOB_LOSS else kinds.get(name, name) for name in causes]
    since = story.first - story.before
    recent = (since >= 0) & (since <= RECENT)
    settle(
        ((story.living | story.living_now) & int(UNWILLING)) != 0, _of_kind("strategic_default", story, causes, kind_of)
    )
    settle(~story.strained, FORGETTING)
    lived = _lived(story.before, story.living, kind_of)
    settle(*_worst(recent | lived, lived, np.where(recent, since, 0), causes, kind_of))
    settle(
        *_worst(story.last > story.first, _lived(story.last, story.living_now, kind_of), -story.last, causes, kind_of)
    )
    settle(*_named("over_borrowing", recent, causes, kind_of))
    settle(story.debt_service > BOUNDS["debt_service"], OVER_BORROWING)
    settle((story.traits & int(MISREAD)) != 0, UNCLEAR)
    settle(*_named("cost_of_living", recent, causes, kind_of))
    settle(story.dearer > BOUNDS["dearer"], DEARER)
    settle(story.seen, AFTER)
    settle(~story.seen, UNKNOWN)
    return found


def _lived(struck: Whole, living: Whole, kind_of: list[str]) -> Flags:
    """Whether each cause is the latest of those that bring what the person is living through; shape (causes, defaults).

    Who came into the book out of work had lost a job before.
    """
    lived = np.zeros(struck.shape, np.bool_)
    for bits, brought_by in _LIVED.items():
        rivals = [place for place, kind in enumerate(kind_of) if kind in brought_by]
        for number in rivals:
            latest = struck[number] >= struck[rivals].max(axis=0)
            ever = (struck[number] > NEVER) | (kind_of[number] == JOB_LOSS)
            lived[number] |= ((living & bits) != 0) & latest & ever
    return lived


def _worst(
    there: Flags, lived: Flags, since: Whole, causes: tuple[str, ...], kind_of: list[str]
) -> tuple[Flags, npt.NDArray[np.object_]]:
    """Of the blows that are there the most severe, then the latest: whether there is one, and its name."""
    blows = [number for number, kind in enumerate(kind_of) if kind not in NOT_BLOWS]
    if not blows:
        return np.zeros(there.shape[-1], np.bool_), np.full(there.shape[-1], "", dtype=object)
    bill = SEVERITY.index("expense")
    rank = np.array([SEVERITY.index(kind_of[n]) if kind_of[n] in SEVERITY else bill - 0.5 for n in blows])
    passes = np.array([kind_of[n] in PASSING for n in blows])
    now = np.where(passes[:, None] & ~lived[blows], bill, rank[:, None])
    order = np.where(there[blows], now * 1e6 + since[blows], np.inf)
    names = np.array([causes[number] for number in blows], dtype=object)
    return np.asarray(there[blows].any(axis=0)), names[order.argmin(axis=0)]


def _named(
    kind: str, there: Flags, causes: tuple[str, ...], kind_of: list[str]
) -> tuple[Flags, npt.NDArray[np.object_]]:
    """Whether a shock of this kind is there, and its name."""
    own = [number for number, each in enumerate(kind_of) if each == kind]
    if not own:
        return np.zeros(there.shape[-1], np.bool_), np.full(there.shape[-1], "", dtype=object)
    names = np.array([causes[number] for number in own], dtype=object)
    return np.asarray(there[own].any(axis=0)), names[there[own].argmax(axis=0)]


def _of_kind(kind: str, story: Story, causes: tuple[str, ...], kind_of: list[str]) -> npt.NDArray[np.object_]:
    """The name of the shock of a kind that struck last, or plainly that somebody was unwilling."""
    own = [number for number, each in enumerate(kind_of) if each == kind]
    if not own:
        return np.full(story.first.size, UNWILLINGLY, dtype=object)
    names = np.array([causes[number] for number in own], dtype=object)
    return np.asarray(names[story.last[own].argmax(axis=0)])
