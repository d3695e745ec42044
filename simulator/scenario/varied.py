"""What an ensemble of a scenario varies beside the luck of its borrowers: worlds that may come, uncertain parameters.

It changes no single run, and is no part of a run's fingerprint.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from simulator.params import Frozen, TimePath, param

UNEMPLOYMENT = "world.economy.unemployment"
SURE = 1e-9  # weights are added up with rounding
HISTORY = "UNRATE by quarters, 1968-2019, autoregression of order two by least squares; a guess outside the US"


class Alternative(Frozen):
    """A world that is given, not drawn: how likely it is held to be, and what is otherwise in it."""

    weight: float = param(..., "how likely it is held to be", unit="share", gt=0, le=1)
    values: dict[str, Any] = param({}, "values by key path, as world.shocks.unemployment.severity: 6")
    unemployment: TimePath | None = param(None, "another path of unemployment", unit="percent")

    @model_validator(mode="after")
    def _something(self) -> Alternative:
        if not self.values and self.unemployment is None:
            raise _wrong("nothing is otherwise in it; give values or unemployment")
        both = [path for path in self.values if path.startswith(UNEMPLOYMENT)]
        if both and self.unemployment is not None:
            raise _wrong(f"unemployment is given twice, here and under values as {both[0]}")
        outside = [path for path in self.values if path.partition(".")[0] != "world"]
        if outside:
            raise _wrong(
                f"{outside[0]} under values is no part of the world; key paths that begin with world. are wanted"
            )
        return self


class Worlds(Frozen):
    """Worlds that may come; what every kind has."""

    alternatives: dict[str, Alternative] = param(
        {},
        "worlds given by name, with weights; what is left of one is shared by the scenario's own and those around it",
    )

    @field_validator("alternatives")
    @classmethod
    def _at_most_all(cls, alternatives: dict[str, Alternative]) -> dict[str, Alternative]:
        total = sum(each.weight for each in alternatives.values())
        if total > 1.0 + SURE:
            told = " + ".join(f"{each.weight:g}" for each in alternatives.values())
            raise _wrong(
                f"the weights {told} come to {total:g}; at most 1 is wanted, the rest is the scenario's own world"
            )
        return dict(sorted(alternatives.items()))

    @property
    def rest(self) -> float:
        """The weight that the alternatives leave to the scenario's own world and those around it."""
        left = 1.0 - sum(each.weight for each in self.alternatives.values())
        return left if left > SURE else 0.0


class Drawn(Worlds):
    """Worlds whose unemployment strays from the scenario's path by chance, from the start of the span on."""

    step: Literal["month", "quarter"] = param("quarter", "how often unemployment is surprised")
    floor: float = param(
        2.5,
        "unemployment is never brought below it",
        unit="percent",
        source="UNRATE: the lowest month since 1948",
        ge=0.5,
        le=40,
    )

    @property
    def months(self) -> int:
        """Months in a step."""
        return 3 if self.step == "quarter" else 1


class Autoregressive(Drawn):
    """Unemployment strays by surprises that last: part of each deviation stays, and part of each change carries on."""

    kind: Literal["autoregressive"] = "autoregressive"
    innovation: float = param(
        0.24,
        "standard deviation of a step's surprise",
        unit="percentage points",
        source=HISTORY,
        gt=0,
        le=10,
    )
    persistence: float = param(
        0.964, "share of a deviation that is left after a step", unit="share", source=HISTORY, ge=0, lt=1
    )
    momentum: float = param(
        0.68, "share of a step's change that carries on into the next", unit="share", source=HISTORY, ge=0, lt=1
    )


class Bootstrap(Drawn):
    """Unemployment strays by the surprises of a history, drawn in blocks, so that bad times come as they came."""

    kind: Literal["bootstrap"] = "bootstrap"
    history: str | None = param(
        None,
        "a CSV file date,value of unemployment in percent, or a folder with UNRATE.csv; left out: the scenario's own "
        "path before the span",
    )
    block: int = param(
        4, "steps that are drawn together", unit="steps", source="a guess: a year of quarters", ge=1, le=120
    )


class Given(Worlds):
    """No world is drawn: the scenario's own and the alternatives are all there are."""

    kind: Literal["given"] = "given"


AnyWorlds = Annotated[Autoregressive | Bootstrap | Given, Field(discriminator="kind")]
WORLDS: tuple[type[Worlds], ...] = (Autoregressive, Bootstrap, Given)


class Uncertain(Frozen):
    """Parameters that nobody knows for sure."""

    ranges: dict[str, tuple[float, float]] = param(
        {}, "[low, high] by key path, as world.shocks.illness.incidence: [0.04, 0.06]; every value between is as likely"
    )

    @field_validator("ranges")
    @classmethod
    def _in_order(cls, ranges: dict[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
        for path, (low, high) in ranges.items():
            if not low < high:
                raise _wrong(
                    f"{path} runs from {low:g} to {high:g}; the lower end comes first, and the upper one above it"
                )
            if path.partition(".")[0] in ("ensemble", "fit", "seed", "name", "question"):
                raise _wrong(f"{path} is no parameter of the world, the book or the lender")
        return dict(sorted(ranges.items()))


class EnsemblePlan(Frozen):
    """What an ensemble varies beside the seeds. No single run is changed by it."""

    worlds: AnyWorlds = param({"kind": "autoregressive"}, "worlds that may come: autoregressive, bootstrap or given")
    parameters: Uncertain = param({}, "parameters that nobody knows for sure")

    @property
    def told_apart(self) -> set[str]:
        """The key paths at which the alternatives differ from the scenario."""
        paths = {path for each in self.worlds.alternatives.values() for path in each.values}
        return paths | {UNEMPLOYMENT for each in self.worlds.alternatives.values() if each.unemployment is not None}

    @model_validator(mode="after")
    def _not_both(self) -> EnsemblePlan:
        both = [path for path in self.parameters.ranges if overlaps(path, self.told_apart)]
        if both:
            raise _wrong(f"{both[0]} is told apart by the worlds and drawn as a parameter; it can be one of the two")
        return self


def overlaps(path: str, others: Iterable[str]) -> bool:
    """Whether a key path lies at, above or below one of others."""
    return any(f"{path}.".startswith(f"{each}.") or f"{each}.".startswith(f"{path}.") for each in others)


def _wrong(why: str) -> PydanticCustomError:
    return PydanticCustomError("ensemble", "{why}", {"why": why})
