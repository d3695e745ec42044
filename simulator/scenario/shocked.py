"""Whether anything happens in a scenario that does not in its baseline world."""

from __future__ import annotations

from simulator.scenario.model import Scenario


def has_shocks(scenario: Scenario) -> bool:
    """Whether the scenario differs from its baseline world at all.

    Where the warm-up lives through the paths there is no quiet world to come from, and so none to compare with.
    """
    if scenario.book.warm_up_world == "path":
        return False
    economy = scenario.world.economy
    always = [economy.unemployment, economy.prices, economy.wages, economy.policy_rate, economy.restraint]
    maybe = (economy.job_finding, economy.squeeze, economy.claims, economy.leverage)
    paths = [*always, *(path for path in maybe if path is not None)]
    dated = any(shock.starts is not None for shock in scenario.world.shocks.values())
    chosen = [*scenario.lender.policies.values(), *scenario.world.policies.values()]
    policies = any(policy.starts is not None for policy in chosen)
    return dated or policies or any(path.dates for path in paths)
