"""A scenario made ready to be lived: its calendar, products, labour-market groups, rules and luck."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from simulator import tape as tapes
from simulator.block import ALL_ACCOUNT_COLUMNS, PERSON_COLUMNS, RELIEF_COLUMNS
from simulator.book import SEGMENTS
from simulator.clock import Clock
from simulator.draws import Draws
from simulator.economy import Groups, Paths, build, groups_of
from simulator.engine import Rules
from simulator.habits import Living
from simulator.policies import InForce, Policy
from simulator.population import Recipe, draw
from simulator.products import Product
from simulator.scenario import Scenario
from simulator.shard import WHOLE, Shard
from simulator.shocks import JOB_LOSS, Unemployment

SAMPLE = 20_000  # people from whom the shares of the labour-market groups are taken


@dataclass
class Setting:
    """A scenario made ready: calendar, products, labour-market groups, luck; and which shard of its book is lived."""

    scenario: Scenario
    draws: Draws
    clock: Clock
    labels: dict[str, tuple[str, ...]]
    groups: Groups
    products: dict[str, Product]
    worked_out: dict[bool, Paths] = field(default_factory=dict)
    shard: Shard = WHOLE

    @classmethod
    def of(cls, scenario: Scenario, seed: int, shard: Shard = WHOLE) -> Setting:
        """From a scenario and a seed."""
        recipe, plan = scenario.book.recipe, scenario.book
        labels = {
            "sector": tuple(recipe.sectors),
            "region": tuple(recipe.regions),
            "education": tuple(recipe.educations),
            **SEGMENTS,
        }
        groups = groups_of(scenario.world.labour, labels, _sample_codes(recipe.model_dump_json()))
        warm_up = 0 if plan.tape is not None else plan.warm_up
        return cls(
            scenario,
            Draws(seed),
            Clock(scenario.span.start, scenario.span.months, warm_up),
            labels,
            groups,
            pay_order(scenario),
            shard=shard,
        )

    def of_shard(self, shard: Shard) -> Setting:
        """The same for another shard: the same world and luck."""
        return replace(self, shard=shard)

    def paths(self, *, shocked: bool) -> Paths:
        """The economy of the run, shocked or held at its baseline; worked out once."""
        if shocked not in self.worked_out:
            self.worked_out[shocked] = self._paths(shocked)
        return self.worked_out[shocked]

    def _paths(self, shocked: bool) -> Paths:
        world = self.scenario.world
        months = range(-self.clock.warm_up, self.clock.months)
        points = np.zeros(len(months))
        targeted = np.zeros(self.groups.count, np.bool_)
        for shock in world.shocks.values():
            if isinstance(shock, Unemployment):
                there = [shock.starts is None or (shocked and month >= 0) for month in months]
                ends = [(self.clock.month_date(month), self.clock.month_end_date(month)) for month in months]
                strength = [shock.mean_strength(first, last) for first, last in ends]
                points += np.where(there, strength, 0.0)
                targeted |= shock.where.groups(self.labels) if shock.where is not None else np.True_
        return build(
            world.economy,
            world.labour,
            self.groups,
            self.clock.start,
            self.clock.months,
            self.clock.warm_up,
            shocked=shocked,
            extra_points=points,
            targeted=targeted,
            lived=self.scenario.book.warm_up_world == "path",
        )

    @property
    def policies(self) -> dict[str, Policy]:
        """The state's policies and the lender's, by name."""
        return policies_of(self.scenario)

    @property
    def relief(self) -> bool:
        """Whether accounts need the columns that hold relief."""
        return any(policy.relieves for policy in self.policies.values())

    @property
    def causes(self) -> tuple[str, ...]:
        """What may strike a borrower and is remembered: the loss of the job, and the shocks by name."""
        return causes_of(self.scenario)

    @property
    def own(self) -> dict[str, type[np.generic]]:
        """The columns that single shocks and policies keep for themselves, by `name.column`."""
        return own_columns(self.scenario, self.products)

    def rules(self) -> Rules:
        """The lender's and the world's rules, fresh (policies in force are state of a run)."""
        lender, world = self.scenario.lender, self.scenario.world
        return Rules(
            self.products,
            InForce(self.policies, self.shard),
            lender.behaviour,
            lender.reserve,
            world.labour,
            dict(world.shocks),
            lender.desk,
            lender.trust,
            lender.opacity,
            world.bureau,
            Living.of(lender.behaviour.habits, self.clock.start, tapes.snapshot(self.scenario.book.tape)),
        )


@lru_cache(maxsize=16)
def _sample_codes(recipe: str) -> npt.NDArray[np.int64]:
    """Labour-market groups of a sample of a recipe's people (the recipe as JSON): the same for every run."""
    known = Recipe.model_validate_json(recipe)
    sample = draw(known, np.arange(SAMPLE, dtype=np.int64), Draws(0))
    codes = (sample.sector.astype(np.int64) * len(known.regions) + sample.region) * len(known.educations)
    return np.asarray(codes + sample.education)


def policies_of(scenario: Scenario) -> dict[str, Policy]:
    """The state's policies and the lender's, by name."""
    return dict(sorted([*scenario.world.policies.items(), *scenario.lender.policies.items()]))


def causes_of(scenario: Scenario) -> tuple[str, ...]:
    """What may strike a borrower and is remembered: the loss of the job, and the shocks by name."""
    return (JOB_LOSS, *(name for name, shock in scenario.world.shocks.items() if shock.strikes))


def own_columns(scenario: Scenario, products: dict[str, Product]) -> dict[str, type[np.generic]]:
    """The columns that single shocks, policies and products keep for themselves, by `name.column`."""
    world, habits = scenario.world, scenario.lender.behaviour.habits
    entries: list[tuple[str, Any]] = [*world.shocks.items(), *policies_of(scenario).items()]
    if world.bureau is not None:
        entries.append(("bureau", world.bureau))
        entries += [(name, product) for name, product in products.items() if product.reviewed]
    if habits is not None:
        entries += [(name, habits) for name, product in products.items() if product.kind == "card"]
    return {f"{name}.{column}": dtype for name, entry in entries for column, dtype in entry.own.items()}


def bytes_a_row(scenario: Scenario) -> int:
    """What the columns of one borrower take in a book, accounts and all, arrears apart."""
    products = pay_order(scenario)
    columns = [dtype for dtype, _ in PERSON_COLUMNS.values()]
    columns += own_columns(scenario, products).values()
    columns += [np.int16] * len(causes_of(scenario))
    relief = tuple(RELIEF_COLUMNS) if any(policy.relieves for policy in policies_of(scenario).values()) else ()
    columns += [ALL_ACCOUNT_COLUMNS[name][0] for held in products.values() for name in (*held.columns, *relief)]
    return sum(np.dtype(column).itemsize for column in columns)


def pay_order(scenario: Scenario) -> dict[str, Product]:
    """Products in the order in which a household short of money pays them."""
    products: dict[str, Product] = dict(scenario.lender.products)
    first = list(scenario.lender.behaviour.pays_first)
    rest = sorted(
        (name for name in products if name not in first),
        key=lambda name: (products[name].kind == "card", name),
    )
    return {name: products[name] for name in [*first, *rest] if name in products}
