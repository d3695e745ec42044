"""The causes that can be switched off in the span, each as a scenario (or a turn of the world) without it."""

from __future__ import annotations

import copy
import dataclasses
import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.block import MISREAD, Block
from simulator.cycle import Cycle
from simulator.draws import Rows
from simulator.economy import Paths
from simulator.engine import Rules
from simulator.lending import Lending
from simulator.params import TimePath
from simulator.policies import InForce, Policy
from simulator.run import Setting, State, pay_order
from simulator.scenario import Scenario
from simulator.shocks import JOB_LOSS, Unemployment

HARMFUL = ("credit_cycle",)  # kinds of policies that are causes, not remedies
FREE_OF_CHARGE = {"penalty_multiple": 1.0, "late_fee": 0.0, "late_fee_share": 0.0}


@dataclass(frozen=True)
class Switch:
    """One cause that can be switched off; the warmed-up book stays as it is, only the span is lived without it."""

    name: str
    what: str  # what is not there any more, in words
    scenario: Scenario  # without the cause
    keeps_jobs: bool = False  # nobody loses a job
    remembers: bool = False  # nobody forgets a due date
    debt_free: bool = False  # nobody pays on debts elsewhere
    clear: bool = False  # nobody misreads the terms


def switches_of(scenario: Scenario) -> list[Switch]:
    """Every cause of a scenario that can be switched off, in the order in which they are reported."""
    return [
        Switch(JOB_LOSS, "nobody loses a job", scenario, keeps_jobs=True),
        *_economy(scenario),
        *_shocks(scenario),
        *_lenders(scenario),
        Switch("forgetting", "nobody forgets a due date", scenario, remembers=True),
        Switch("debts_elsewhere", "nobody pays on debts elsewhere", scenario, debt_free=True),
    ]


def _with(model: Any, **changes: Any) -> Any:
    return model.model_copy(update=changes)


def _in_world(scenario: Scenario, **changes: Any) -> Scenario:
    changed: Scenario = _with(scenario, world=_with(scenario.world, **changes))
    return changed


def _economy(scenario: Scenario) -> list[Switch]:
    """The economy's paths, held at their baselines where they leave them."""
    found = _unemployment(scenario)
    groups = (
        ("prices_and_wages", "prices and wages stay on their baseline", ("prices", "wages")),
        ("policy_rate", "the policy rate stays at its baseline", ("policy_rate",)),
    )
    for name, what, paths in groups:
        flat = _flat(scenario, paths)
        if flat:
            economy = _with(scenario.world.economy, **flat)
            found.append(Switch(name, what, _in_world(scenario, economy=economy)))
    return found


def _flat(scenario: Scenario, paths: tuple[str, ...]) -> dict[str, TimePath]:
    """Those of the paths that have dates, at their baselines."""
    given = {path: getattr(scenario.world.economy, path) for path in paths}
    return {path: TimePath.constant(each.baseline) for path, each in given.items() if each is not None and each.dates}


def _unemployment(scenario: Scenario) -> list[Switch]:
    """All that moves unemployment, together: its path, job finding, and the shocks that add to it.

    Job finding alone would mean more jobs lost on the same path. A single shock has its own switch.
    """
    flat = _flat(scenario, ("unemployment", "job_finding"))
    shocks = scenario.world.shocks
    calm = {
        name: _with(shock, severity=0.0)
        for name, shock in shocks.items()
        if isinstance(shock, Unemployment) and shock.starts is not None and shock.severity > 0
    }
    if not flat and len(calm) < 2:
        return []
    world = {"economy": _with(scenario.world.economy, **flat), "shocks": {**shocks, **calm}}
    return [Switch("unemployment_rise", "unemployment stays at its baseline", _in_world(scenario, **world))]


def _shocks(scenario: Scenario) -> list[Switch]:
    """Each shock by name; those of the background too."""
    found = []
    for name, shock in scenario.world.shocks.items():
        if shock.severity > 0:
            shocks = {**scenario.world.shocks, name: _with(shock, severity=0.0)}
            verb = "adds nobody to the unemployed" if isinstance(shock, Unemployment) else "does not strike"
            found.append(Switch(name, f"{name.replace('_', ' ')} {verb}", _in_world(scenario, shocks=shocks)))
    return found


def _lenders(scenario: Scenario) -> list[Switch]:
    """What lateness costs, and the policies of the lender that do harm."""
    lender, found = scenario.lender, []
    dear = any(
        product.penalty_multiple > 1.0 or product.late_fee > 0 or product.late_fee_share > 0
        for product in lender.products.values()
    )
    if dear:
        products = {name: _with(product, **FREE_OF_CHARGE) for name, product in lender.products.items()}
        free = _with(scenario, lender=_with(lender, products=products))
        found.append(Switch("penalty_and_fees", "no penalty interest and no late fee is charged", free))
    if lender.opacity is not None:
        what = "everybody understands what a loan costs"
        clear = _with(scenario, lender=_with(lender, opacity=None))
        found.append(Switch("unclear_terms", what, clear, clear=True))
    eve = scenario.span.start - dt.timedelta(days=1)
    for name, policy in lender.policies.items():
        if policy.kind in HARMFUL:
            policies = {**lender.policies, name: _with(policy, starts=None, ends=eve)}
            without = _with(scenario, lender=_with(lender, policies=policies))
            found.append(Switch(name, f"{name.replace('_', ' ')} is not there", without))
    return found


class Attentive(Policy):
    """Nobody forgets a due date: what the switch `forgetting` puts in force."""

    kind: str = "attentive"

    def attention(self, name: str, block: Block, rows: Rows, cycle: Cycle) -> float:
        """No chance to forget."""
        return 0.0


@dataclass
class Without(Setting):
    """A scenario made ready as it is, lived with one cause switched off."""

    switch: Switch | None = None

    @classmethod
    def from_setting(cls, setting: Setting, switch: Switch) -> Without:
        """The same calendar, groups, labels and luck; the switch's scenario."""
        fields = {field.name: getattr(setting, field.name) for field in dataclasses.fields(Setting)}
        fields.update(scenario=switch.scenario, products=pay_order(switch.scenario), worked_out={})
        return cls(**fields, switch=switch)

    def paths(self, *, shocked: bool) -> Paths:
        """The economy; where jobs are kept, without separations in the span."""
        paths = super().paths(shocked=shocked)
        if self.switch is None or not self.switch.keeps_jobs:
            return paths
        separation = paths.jobs.separation.copy()
        separation[self.clock.warm_up :] = 0.0
        return dataclasses.replace(paths, jobs=dataclasses.replace(paths.jobs, separation=separation))

    def rules(self) -> Rules:
        """The rules; where nobody forgets, with the policy that sees to it."""
        rules = super().rules()
        if self.switch is not None and self.switch.remembers:
            rules.policies = InForce({**self.policies, "attentive": Attentive()}, self.shard)
        return rules


class DebtFree(Lending):
    """The same people apply and are approved, but those who come in pay nothing on debts elsewhere."""

    def persons(self, *given: Any) -> Any:
        """People as newcomers of the book."""
        persons = super().persons(*given)
        _debt_free(persons.columns)
        return persons


def _debt_free(columns: dict[str, Any]) -> None:
    columns["essential"] = columns["essential"] - columns["outside"]
    columns["outside"] = np.zeros_like(columns["outside"])


def book_without(state: State, switch: Switch) -> State:
    """A copy of the warmed-up book, ready to live without the cause."""
    twin = state.copy()
    if switch.clear and twin.lending.opacity is not None:
        for block in twin.book.blocks:
            misread = (block.traits & MISREAD) != 0
            block.forgets = twin.lending.opacity.forgets(block.forgets, np.zeros_like(misread), misread)
            block.traits &= ~MISREAD
        twin.lending.opacity = None
    if switch.debt_free:
        for block in twin.book.blocks:
            block.essential -= block.outside
            block.outside[:] = 0
        own = {field.name: getattr(twin.lending, field.name) for field in dataclasses.fields(Lending)}
        twin.lending = DebtFree(**own)
        if twin.lending.waiting is not None:  # loans of a tape that are still to be opened
            twin.lending.waiting = copy.deepcopy(twin.lending.waiting)
            _debt_free(twin.lending.waiting.opened.persons.columns)  # type: ignore[attr-defined]
    return twin
