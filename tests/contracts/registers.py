"""Every parameter of every register, found from the declarations; and values that are out of its bounds."""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from simulator.behaviour import Behaviour
from simulator.bureau import Bureau
from simulator.costs import Costs
from simulator.desk import Desk
from simulator.economy import Economy, Labour
from simulator.opacity import Opacity
from simulator.params import DateOf, Frozen, TimePath
from simulator.policies import POLICIES
from simulator.products import PRODUCTS
from simulator.reserves import RESERVES
from simulator.scenario import BookPlan, Scenario
from simulator.shocks import SHOCKS
from simulator.trust import Trust


@dataclass(frozen=True)
class Lever:
    """One parameter: the class it belongs to, where it stands in a scenario, and what was declared."""

    owner: type[Frozen]
    path: str  # dotted, in a scenario
    name: str
    field: FieldInfo

    def __str__(self) -> str:
        return self.path

    @property
    def bounds(self) -> dict[str, float]:
        found = {}
        for mark in self.field.metadata:
            for name in ("ge", "gt", "le", "lt"):
                if getattr(mark, name, None) is not None:
                    found[name] = float(getattr(mark, name))
        return found

    @property
    def kinds(self) -> tuple[Any, ...]:
        """The type, or the members of a union."""
        annotation = self.field.annotation
        return get_args(annotation) if get_origin(annotation) in (Union, types.UnionType) else (annotation,)

    @property
    def source(self) -> str:
        extra = self.field.json_schema_extra
        return str(extra.get("source", "")) if isinstance(extra, dict) else ""


def parameters(owner: type[Frozen], place: str) -> Iterator[Lever]:
    """The parameters of a class and of the classes in it; `kind` is how a class is named, no parameter."""
    for name, field in owner.model_fields.items():
        lever = Lever(owner, f"{place}.{name}", name, field)
        inner = [kind for kind in lever.kinds if isinstance(kind, type) and issubclass(kind, Frozen)]
        if name == "kind":
            continue
        yield lever
        for kind in inner:
            if kind.__module__.startswith(("simulator.population", "simulator.tape")):
                continue  # recipe and tape have their own tests
            yield from parameters(kind, lever.path)


def entry(owner: type[Any]) -> str:
    """The kind by which a scenario names a class of a gallery."""
    return str(owner.model_fields["kind"].default)


GALLERY_CLASSES: tuple[tuple[type[Any], str], ...] = (
    *((shock, f"world.shocks.{entry(shock)}") for shock in SHOCKS),
    *((product, f"lender.products.{entry(product)}") for product in PRODUCTS),
    *((policy, f"{'world' if policy.state else 'lender'}.policies.{entry(policy)}") for policy in POLICIES),
    *((reserve, "lender.reserve") for reserve in RESERVES),
)
OTHER_CLASSES: tuple[tuple[type[Any], str], ...] = (
    (Behaviour, "lender.behaviour"),
    (Labour, "world.labour"),
    (Costs, "lender.costs"),
    (Desk, "lender.desk"),
    (Economy, "world.economy"),
    (BookPlan, "book"),
    (Trust, "lender.trust"),
    (Opacity, "lender.opacity"),
    (Bureau, "world.bureau"),
)
LEVERS = [lever for owner, place in (*GALLERY_CLASSES, *OTHER_CLASSES) for lever in parameters(owner, place)]
LEVERS.append(Lever(Scenario, "shards", "shards", Scenario.model_fields["shards"]))


def bad_values(lever: Lever) -> list[float]:
    """Values just outside the declared bounds."""
    bounds, whole = lever.bounds, int in lever.kinds
    step = 1 if whole else 0.001
    bad = []
    if "ge" in bounds:
        bad.append(bounds["ge"] - step)
    if "gt" in bounds:
        bad.append(bounds["gt"])
    if "le" in bounds:
        bad.append(bounds["le"] + step)
    if "lt" in bounds:
        bad.append(bounds["lt"])
    return [int(value) if whole else value for value in bad]


def another_value(lever: Lever) -> Any:
    """A value that differs from the default and lies within the bounds; None where a test must say one."""
    default = lever.field.get_default(call_default_factory=True)
    for kind in lever.kinds:
        if get_origin(kind) is Literal:
            return next(value for value in get_args(kind) if value != default)
    if bool in lever.kinds:
        return not default
    if TimePath in lever.kinds and isinstance(default, TimePath):
        return round(default.baseline * 0.5 + 2.0, 3)
    if DateOf in lever.kinds or not isinstance(default, (int, float)):
        return None
    bounds = lever.bounds
    low = bounds.get("ge", bounds.get("gt", -1e9))
    high = bounds.get("le", bounds.get("lt", 1e9))
    for value in (default * 1.6, default * 0.4, (low + min(high, low + 1.0)) / 2.0):
        value = round(value) if int in lever.kinds else value
        if low < value < high and value != default:
            return value
    return None
