"""Tables of capital: what the rule asks for, a one-factor closed form beside simulated losses, and what is absorbed."""

from __future__ import annotations

import math

from simulator.report.drawing import worded
from simulator.report.reserved_numbers import LEVELS, RULE_WORDS, Numbers, at_least, capital_first, share, whole
from simulator.report.tables import Table


def one_factor_table(numbers: Numbers) -> Table | None:
    """Losses of twelve months by the one-factor closed form beside the simulated ones."""
    fitted = numbers.one_factor
    if fitted is None:
        return None
    rows, by_rule = [], numbers.rule_correlation
    for level in LEVELS:
        closed, seen = fitted.loss(level), numbers.lost_at(level)
        told = at_least(numbers, level) + whole(seen)
        ratio = f"{seen / closed:.2f}" if numbers.tells(level) and closed > 0 else ""
        rows.append([f"{100 * level:g}%", told, whole(closed), ratio, whole(fitted.loss(level, by_rule))])
    mean = fitted.exposure * fitted.given * fitted.default
    note = (
        f"{numbers.unit}; {numbers.paths:,} simulated paths with a mean loss of {whole(mean)}. The "
        f"closed form has their mean default rate ({share(fitted.default)} of the balance at a loss given default of "
        f"{share(fitted.given, 1)}) and its deviation ({share(fitted.deviation)}), "
    )
    if math.isnan(fitted.correlation):
        note += "which no asset correlation gives."
    else:
        note += (
            f"which an asset correlation of {fitted.correlation:.4f} gives (Vasicek 2002, fitted by moments); the "
            f"luck of "
            "single borrowers, which a very large book does not have, is in that deviation."
        )
    note += (
        f" Last column: the same mean at the correlation that the Basel rule takes, {by_rule:.4f}, which stands for "
        "more than the worlds that were lived here: a century's worst, and models that may be wrong."
    )
    headings = ["Chance", "Simulated", "One factor, fitted", "Simulated over it", "One factor, the rule's correlation"]
    if not numbers.tells(max(LEVELS)):
        note += " ≥: so few paths cannot tell this; it is at least the largest loss seen."
    return Table("Loss that is not gone beyond", headings, rows, note)


def absorption_table(numbers: Numbers) -> Table:
    """Capital against what is lost beyond each rule's allowance in twelve months."""
    asked = float(numbers.capital["requirement"].iloc[0])
    given = numbers.terms.capital.held
    sums = [("asked for by the rule", asked)] + ([("given", given)] if given is not None else [])
    rows = []
    for words, amount in sums:
        for rule in numbers.rules:
            found = numbers.absorbed(rule, amount)
            cells = [whole(amount), f"{100 * found.enough:.0f}% ± {100 * found.standard_error:.0f}"]
            rows.append(
                [words, capital_first(RULE_WORDS[rule]), *cells, whole(found.mean_left), whole(found.worst_left)]
            )
    note = (
        f"{numbers.unit}. Left: of the capital, after what is lost beyond the allowance within 12 "
        "months; below nought it is a hole. No profit of the year is set against the losses. ± is one standard error "
        "of "
        "a share of independent paths."
    )
    if given is None:
        note += " No capital is given (lender.provisioning.capital.held), so only the requirement is tried."
    headings = ["Capital", "Beyond the allowance of", "Amount", "Absorbs", "Left on average", "Left at worst"]
    return Table("Does capital absorb what the allowance does not?", headings, rows, note)


def capital_table(numbers: Numbers) -> Table:
    """What the capital rule asks for on the days told, by product."""
    table = numbers.found.capital
    rows = []
    for name, day in numbers.days.items():
        for row in table[table["month"] == day].to_dict("records"):
            money = [whole(row[each]) for each in ("exposure", "defaulted")]
            shares = [share(row["default_probability"]), share(row["loss_given_default"], 1)]
            needed = [whole(row[each]) for each in ("risk_weighted", "requirement", "expected_loss")]
            density = row["risk_weighted"] / row["exposure"] if row["exposure"] > 0 else math.nan
            words = f"{capital_first(name)}, {day:%b %Y}"
            rows.append(
                [words, worded(str(row["product"])), *money, *shares, needed[0], share(density, 0), *needed[1:]]
            )
    headings = [
        "Day", "Product", "Exposure", "In default", "PD", "LGD", "Risk-weighted", "of exposure", "Capital",
        "Expected loss",
    ]  # fmt: skip
    note = (
        f"{numbers.unit}. PD: chance of default within 12 months at normal unemployment; LGD: loss "
        "given default at today's value. Exposure in default needs no capital beyond its allowance."
    )
    return Table("What the capital rule asks for", headings, rows, note)
