"""Whether anything happens in a scenario that does not in its baseline world."""

from __future__ import annotations

from simulator.scenario.model import Scenario


def has_shocks(scenario: Scenario) -> bool:
    """Whether the scenario differs from its baseline world at all."""
    economy = scenario.world.economy
    paths = [economy.unemployment, economy.prices, economy.wages, economy.policy_rate, economy.restraint]
    if economy.job_finding is not None:
        paths.append(economy.job_finding)
    dated = any(shock.starts is not None for shock in scenario.world.shocks.values())
    chosen = [*scenario.lender.policies.values(), *scenario.world.policies.values()]
    policies = any(policy.starts is not None for policy in chosen)
    return dated or policies or any(path.dates for path in paths)
