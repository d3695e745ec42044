"""What an ensemble is made of: worlds, parameter draws, and a scenario for each of their combinations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from simulator.ensemble.parameter_draws import drawing_of
from simulator.ensemble.result import ParameterDraw, World
from simulator.ensemble.tasks import Parcel
from simulator.ensemble.worlds import told_of, worlds_of
from simulator.errors import EnsembleError
from simulator.scenario import Scenario, variant

AS_GIVEN = ParameterDraw("as given")


@dataclass(frozen=True)
class Plan:
    """The worlds, the parameter draws, their combinations as parcels, and how they came about in words."""

    scenario: Scenario
    worlds: tuple[World, ...]
    draws: tuple[ParameterDraw, ...]
    parcels: tuple[Parcel, ...]  # draws within worlds
    worlds_told: str = ""
    draws_told: str = ""

    @property
    def combinations(self) -> int:
        """Worlds times draws."""
        return len(self.parcels)


def planned(
    scenario: Scenario,
    worlds: int | Sequence[World] = 1,
    draws: int | Sequence[ParameterDraw] = 1,
    draws_from: str | None = None,
) -> Plan:
    """Every world with every draw, each checked.

    A number of worlds is drawn around the scenario's own (see `worlds_of`), a number of draws from `draws_from`: "fit",
    or "priors"; without it from the scenario's fit where it has one. Raises ScenarioError and EnsembleError.
    """
    worlds_told = draws_told = ""
    if isinstance(worlds, int):
        worlds = worlds_of(scenario, worlds)
        worlds_told = told_of(scenario, tuple(worlds))
    if isinstance(draws, int):
        if draws == 1:
            draws = (AS_GIVEN,)
        else:
            drawing = drawing_of(scenario, draws, draws_from or ("priors" if scenario.fit is None else "fit"))
            draws, draws_told = drawing.draws, drawing.told
    if not worlds or not draws:
        raise EnsembleError("at least one world and one parameter draw are wanted")
    for world in worlds:
        if not world.weight > 0.0:
            raise EnsembleError(
                f"world {world.name}: a weight of {world.weight:g} was given; more than nought is wanted"
            )
    parcels = tuple(_parcel(scenario, world, draw) for world in worlds for draw in draws)
    return Plan(scenario, tuple(worlds), tuple(draws), parcels, worlds_told, draws_told)


def _parcel(scenario: Scenario, world: World, draw: ParameterDraw) -> Parcel:
    both = sorted(set(world.values) & set(draw.values))
    if both:
        raise EnsembleError(f"{both[0]} is set by world {world.name} and by parameter draw {draw.name}")
    values = {**world.values, **draw.values}
    where = ", ".join(each.name for each in (world, draw) if each.values)
    return Parcel.of(variant(scenario, values, where) if values else scenario)
