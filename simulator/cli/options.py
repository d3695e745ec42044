"""The scenario of a command and the options laid over it: the same for every command that reads one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from simulator.errors import TapeError

if TYPE_CHECKING:
    from simulator.scenario import Scenario

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True)
class Asked:
    """A scenario as it was asked for on the command line."""

    scenario: str
    seed: int | None = None
    borrowers: int | None = None
    months: int | None = None
    sets: tuple[str, ...] = ()
    tape: str | None = None
    shipped: bool = False  # the shipped scenario of this name, whatever lies in the working directory

    def load(self) -> Scenario:
        """The scenario, checked; its tape's header is checked too. Raises ScenarioError and TapeError."""
        from simulator import tape as tapes
        from simulator.scenario import load, shipped_scenarios

        known = shipped_scenarios()
        by_name = self.scenario in known and (self.shipped or Path(self.scenario).is_dir())
        scenario = load(
            known[self.scenario] if by_name else self.scenario,
            self.sets,
            seed=self.seed,
            borrowers=self.borrowers,
            months=self.months,
            tape=self.tape,
        )
        if scenario.book.tape is not None and (wrong := tapes.problems(scenario.book.tape)):
            raise TapeError("\n".join(wrong))
        return scenario


def scenario_options(command: Command) -> Command:
    """SCENARIO and --seed, --borrowers, --months, --set, --tape."""
    for option in reversed(
        (
            click.argument("scenario"),
            click.option("--seed", type=int, metavar="N", help="The luck: same seed, same answer."),
            click.option("--borrowers", type=int, metavar="N", help="How many borrowers."),
            click.option("--months", type=int, metavar="N", help="How many months to simulate."),
            click.option(
                "--set",
                "sets",
                multiple=True,
                metavar="KEY.PATH=VALUE",
                help="Change one value, as in --set lender.products.card.rate=0.19; may be given again.",
            ),
            click.option("--tape", metavar="FILE", help="Start from this loan tape (CSV or Parquet)."),
        )
    ):
        command = option(command)
    return command
