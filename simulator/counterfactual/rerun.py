"""The span lived again, once for each cause that can be switched off, from the same book and with the same luck."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from simulator.block import Block
from simulator.causes import causes_frame
from simulator.counterfactual.agreement import agreement, sentences
from simulator.counterfactual.switches import Switch, Without, book_without, switches_of
from simulator.panel import BUCKETS, Panel, added
from simulator.run import Setting, _begin, _live, tape_of
from simulator.scenario import Scenario
from simulator.shard import shards

if TYPE_CHECKING:
    import pandas as pd

Whole = npt.NDArray[np.int64]
Told = Callable[[str, int, int], None]


@dataclass
class Counterfactual:
    """What the reruns found.

    `table`: one row for each cause switched off: `cause`, `what`, `defaults` as it was and `without`, how many
    `vanished` and `appeared` (accounts that default at some time in the span, by borrower and product),
    `vanished_share`, `alone` (those that vanish in no other rerun), and for each cause X `both_X`: how many vanish in
    either single rerun, because both causes were needed.
    `needed`: `borrower`, `product` and `vanishes_without`, the causes each default needed.
    `agreement`: the rule's main causes beside the reruns, see `agreement`.
    `spiral`: what share of what the overdue owe is penalty and late fees, by bucket, mean of the span.
    """

    table: pd.DataFrame
    needed: pd.DataFrame
    agreement: pd.DataFrame
    spiral: pd.DataFrame
    sentences: list[str] = field(default_factory=list)


def counterfactual(scenario: Scenario, seed: int | None = None, progress: Told | None = None) -> Counterfactual:
    """Live the span once as it is and once without each cause, same book, same luck, and count the defaults.

    A run of so many months for each cause, in each shard; `progress` is called with what is being done, months done and
    in all. Raises what `run` raises.
    """
    whole = Setting.of(scenario, scenario.seed if seed is None else seed)
    clock, switches = whole.clock, switches_of(scenario)
    total, done = scenario.shards * (clock.warm_up + clock.months * (1 + len(switches))), 0

    def tick(what: str, also: Callable[[], None] | None = None) -> Callable[[int], None]:
        def told(month: int) -> None:
            nonlocal done
            done += 1
            if also is not None:
                also()
            if progress is not None:
                progress(what, done, total)

        return told

    tape, charges, panels = tape_of(scenario), Charges(tuple(whole.products)), []
    others: list[list[Whole]] = [[] for _ in switches]
    for shard in shards(scenario.shards):
        setting = whole.of_shard(shard)
        start = _begin(setting, tape)
        _live(setting, start, setting.paths(shocked=False), -clock.warm_up, 0, True, False, tick("warming up"))
        factual = start.copy()
        watch = tick("as it is", partial(charges.watch, factual.book.blocks, setting.products))
        _live(setting, factual, setting.paths(shocked=True), 0, clock.months, False, False, watch)
        panels.append(factual.panel)
        for switch, found in zip(switches, others, strict=True):
            without, state = Without.from_setting(setting, switch), book_without(start, switch)
            words = f"without {switch.name.replace('_', ' ')}"
            _live(without, state, without.paths(shocked=True), 0, clock.months, False, False, tick(words))
            found.append(ever_defaulted(state.panel))
    panel = added(panels)
    ever = ever_defaulted(panel)
    without_each = [np.unique(np.concatenate(found)) for found in others]
    table = _table(switches, ever, without_each)
    needed = _needed(panel, switches, ever, without_each)
    causes = causes_frame(panel, scenario)
    ranked = agreement(causes, table, needed, scenario)
    return Counterfactual(table, needed, ranked, charges.frame(), sentences(ranked, table, charges.frame()))


def ever_defaulted(panel: Panel) -> Whole:
    """The accounts that defaulted in the span, each once: borrower x products + product, in rising order."""
    told = panel.defaults.table()
    return np.unique(told["borrower"] * len(panel.products) + told["product"])


def _table(switches: list[Switch], ever: Whole, others: list[Whole]) -> pd.DataFrame:
    import pandas as pd

    gone = np.array([~np.isin(ever, other) for other in others]).reshape(len(others), ever.size)
    columns: dict[str, Any] = {
        "cause": [switch.name for switch in switches],
        "what": [switch.what for switch in switches],
        "defaults": ever.size,
        "without": [other.size for other in others],
        "vanished": gone.sum(axis=1),
        "appeared": [int((~np.isin(other, ever)).sum()) for other in others],
        "vanished_share": gone.sum(axis=1) / max(ever.size, 1),
        "alone": (gone & (gone.sum(axis=0) == 1)).sum(axis=1),
    }
    both = gone.astype(np.int64) @ gone.T.astype(np.int64)
    columns.update({f"both_{switch.name}": both[:, place] for place, switch in enumerate(switches)})
    return pd.DataFrame(columns)


def _needed(panel: Panel, switches: list[Switch], ever: Whole, others: list[Whole]) -> pd.DataFrame:
    import pandas as pd

    words = np.full(ever.size, "", dtype=object)
    for switch, other in zip(switches, others, strict=True):
        gone = ~np.isin(ever, other)
        words[gone] = np.where(words[gone] == "", switch.name, words[gone] + ", " + switch.name)
    borrower, product = np.divmod(ever, max(len(panel.products), 1))
    names = np.array(panel.products, dtype=object)[product]
    return pd.DataFrame({"borrower": borrower, "product": names, "vanishes_without": words})


@dataclass
class Charges:
    """What the overdue owe, and what of it is penalty and late fees, summed over the month-ends of the span."""

    products: tuple[str, ...]
    owed: Whole = field(default_factory=lambda: np.zeros(len(BUCKETS), np.int64))
    late: Whole = field(default_factory=lambda: np.zeros(len(BUCKETS), np.int64))

    def watch(self, blocks: list[Block], products: dict[str, Any]) -> None:
        """Look at a month's end.

        Of loans what is unpaid of the penalty and the fees. A card's are part of its balance and of the next
        minimum payments: there it is what was charged since the first missed bill, at most the balance.
        """
        for block in blocks:
            for name, accounts in block.accounts.items():
                arrears = accounts.arrears
                bucket, balance = accounts.bucket[arrears.rows], accounts.balance[arrears.rows]
                card = products[name].kind == "card"
                late = np.minimum(arrears.cost, balance) if card else arrears.penalty + arrears.fees
                for number in range(len(BUCKETS)):
                    there = bucket == number
                    self.owed[number] += balance[there].sum()
                    self.late[number] += late[there].sum()

    def frame(self) -> pd.DataFrame:
        """The share of penalty and late fees in what is owed, by bucket and for all overdue, mean of the span."""
        import pandas as pd

        owed, late = np.append(self.owed[1:], self.owed[1:].sum()), np.append(self.late[1:], self.late[1:].sum())
        share = late / np.maximum(owed, 1)
        return pd.DataFrame({"bucket": [*BUCKETS[1:], "all overdue"], "penalty_and_fees_share": share})
