"""Tables of a reserve's page: movement, stages, classes, enough, capital, methods, sensitivity, views, overlays."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from simulator.allowance.enough import LEVELS
from simulator.report.drawing import worded
from simulator.report.reserved_movement import happened, left_over, movement
from simulator.report.reserved_numbers import (
    ITEM_WORDS,
    RULE_WORDS,
    Numbers,
    at_least,
    capital_first,
    day_words,
    figure,
    share,
    signed,
    to_the_cent,
    whole,
)
from simulator.report.tables import Table
from simulator.reserves.provisioning import View

MEASURES = ("balance", "allowance", "coverage")


@dataclass(frozen=True)
class Grouped(Table):
    """A table with a second row of headings over groups of columns."""

    groups: tuple[str, ...] = ()
    wide: int = 1  # columns of each group


def movement_table(numbers: Numbers, rule: str) -> Table:
    """The schedule of a rule: items down, years or quarters across, to the cent."""
    table = movement(numbers.found, rule)
    rows = [[ITEM_WORDS[str(item)], *(to_the_cent(value) for value in row)] for item, row in happened(table).iterrows()]
    left = left_over(table)
    proof = "Every column adds up to the cent" if left == 0 else f"DOES NOT ADD UP: {left:,.2f} left over"
    charged = sum_of_charge(numbers, rule)
    note = (
        f"{numbers.unit}. {proof}. Of the whole span {to_the_cent(charged)} was charged to profit "
        "and loss: every step but charge-offs, recoveries and the unwinding of the discount, which is interest."
    )
    title = capital_first(f"{RULE_WORDS[rule]}: movement schedule")
    return Table(title, ["Step, in this order", *map(str, table.columns)], rows, note)


def sum_of_charge(numbers: Numbers, rule: str) -> float:
    """What a rule charged to profit and loss over the span."""
    charge = numbers.found.charge
    mine = charge[(charge["rule"] == rule) & (charge["segment"] == "all")]["charge"]
    return float((mine * 100).round().sum() / 100)


def stock_table(numbers: Numbers, rule: str) -> Grouped:
    """Balance, allowance and coverage by stage or class on the days told, overlays apart."""
    labels = [str(name) for name in dict.fromkeys(numbers.found.months.query("rule == @rule")["label"])]
    rows = [_stock_row(numbers, rule, "all", label, label) for label in labels if label != "all"]
    overlays = numbers.found.overlays.query("rule == @rule")
    if len(overlays):
        cells = []
        for day in numbers.days.values():
            amount = float(overlays[overlays["month"] == day]["amount"].sum())
            cells += ["", whole(amount), ""]
        rows.append(["overlays", *cells])
    rows.append(_stock_row(numbers, rule, "all", "all", "all"))
    return _grouped(numbers, capital_first(f"{RULE_WORDS[rule]} by {'class' if 'classes' in rule else 'stage'}"), rows)


def segments_table(numbers: Numbers) -> Grouped:
    """The allowance of the chosen rule by segment on the days told."""
    rule = numbers.found.rule
    segments = [str(name) for name in dict.fromkeys(numbers.found.months["segment"])]
    rows = [_stock_row(numbers, rule, name, "all", worded(name).replace("=", " ")) for name in segments]
    return _grouped(numbers, f"{capital_first(RULE_WORDS[rule])} by segment", rows)


def _stock_row(numbers: Numbers, rule: str, segment: str, label: str, words: str) -> list[str]:
    held = numbers.stock(rule, segment, label)
    cells = []
    for day in numbers.days.values():
        balance, allowance, coverage = (figure(held, day, name) for name in MEASURES)
        cells += [whole(balance), whole(allowance), share(coverage)]
    return [words, *cells]


def _grouped(numbers: Numbers, title: str, rows: list[list[str]]) -> Grouped:
    groups = tuple(f"{capital_first(name)}, {day:%b %Y}" for name, day in numbers.days.items())
    return Grouped(title, ["", *(list(MEASURES) * len(groups))], rows, "", groups, len(MEASURES))


def first_table(numbers: Numbers) -> Table:
    """By rule: what is set aside on the days told, what it costs, and how often it is enough."""
    days = list(numbers.days.items())
    headings = ["Rule"]
    for name, _ in days:
        headings += [capital_first(name), "of balance"]
    headings += ["Charged over the span", "Covers 12 months", "Covers life"]
    rows = []
    for rule in numbers.rules:
        held = numbers.stock(rule)
        cells = []
        for _, day in days:
            cells += [whole(figure(held, day, "allowance")), share(figure(held, day, "coverage"))]
        covers = [covered_words(numbers, rule, horizon) for horizon in ("12 months", "life")]
        rows.append([capital_first(RULE_WORDS[rule]), *cells, whole(sum_of_charge(numbers, rule)), *covers])
    return Table("By rule", headings, rows, f"{numbers.unit}; days: {days_words(numbers)}.")


def days_words(numbers: Numbers) -> str:
    """Which days the tables tell."""
    return ", ".join(f"{name} {day_words(day)}" for name, day in numbers.days.items())


def covered_words(numbers: Numbers, rule: str, horizon: str) -> str:
    """`38% ± 40`: share of paths with its standard error, in points."""
    row = numbers.enough(rule, horizon)
    return f"{100 * row['covered']:.0f}% ± {100 * row['covered_standard_error']:.0f}"


def enough_table(numbers: Numbers) -> Table:
    """How often each rule's allowance covers the losses, and what would be needed for a wanted confidence."""
    levels = [level for level in LEVELS if f"needed_{round(100 * level)}" in numbers.found.enough]
    headings = ["Rule", "Horizon", "Set aside", "Mean loss", "Covered", *(f"For {100 * x:g}%" for x in levels)]
    rows = [
        [
            capital_first(RULE_WORDS[row["rule"]]),
            row["horizon"],
            whole(row["allowance"]),
            whole(row["mean_loss"]),
            covered_words(numbers, row["rule"], row["horizon"]),
            *(at_least(numbers, level) + whole(row[f"needed_{round(100 * level)}"]) for level in levels),
        ]
        for row in numbers.found.enough.to_dict("records")
    ]
    note = (
        f"{numbers.unit}. Set aside and mean loss are means over the paths: every seed lives in "
        "a book of its own. ± is one standard error in points, of worlds as drawn and seeds as crossed with them."
    )
    if numbers.found.enough["covered"].isin([0.0, 1.0]).any():
        note += (
            f" None or all of {numbers.paths:,} paths says little of the rarest: what was never seen may still have a "
            f"chance of {100 * min(3 / numbers.paths, 1):.0f}% (the rule of three)."
        )
    if not all(numbers.tells(level) for level in levels):
        note += f" ≥: {numbers.paths:,} paths cannot tell this, and it is at least the largest loss seen."
    return Table("How often it is enough", headings, rows, note)


def ratios_table(numbers: Numbers) -> Table:
    """The ratios of the five classes against their floors on the days told, and in how many months they hold."""
    rows = []
    for whose, held in numbers.found.ratios.groupby("allowance_by", sort=False):
        by_month = held.set_index("month")
        months = f"{int(by_month['floors_hold'].sum())} of {len(by_month)}"
        for name, day in numbers.days.items():
            names = ("npl_ratio", "coverage_ratio", "coverage_floor", "loans_ratio", "loans_floor")
            bad, covers, least, loans, floor = (figure(by_month, day, each) for each in names)
            holds = "yes" if by_month["floors_hold"][day] else "no"
            cells = [share(bad), _ratio(covers), _ratio(least), share(loans), share(floor), holds]
            words = f"{capital_first(name)}, {day:%b %Y}"
            rows.append([capital_first(RULE_WORDS[str(whose)]), words, *cells, months])
    headings = [
        "Allowance by", "Day", "Substandard or worse", "Coverage ratio", "Floor", "Provision to loans", "Floor",
        "Both hold", "Months in which both hold",
    ]  # fmt: skip
    note = "Coverage ratio: allowance over loans that are substandard or worse. Provision to loans: over all loans."
    return Table("Ratios against their floors", headings, rows, note)


def _ratio(value: float) -> str:
    return f"{100 * value:,.0f}%" if math.isfinite(value) else "none is bad"


def methods_table(numbers: Numbers) -> Table:
    """CECL by five methods on the first day."""
    rows = [
        [worded(row["product"]), worded(row["method"]), whole(row["allowance"]), row["rests_on"]]
        for row in numbers.found.methods.to_dict("records")
    ]
    note = (
        f"{numbers.unit}, on {day_words(numbers.days['first day'])}, without overlays. The allowance "
        "of this answer is the simulated one; the others stand beside it. Loss-rate, vintage and roll-rate methods "
        "look "
        "back and know nothing of the views."
    )
    return Table("CECL by five methods", ["Product", "Method", "Allowance", "Rests on"], rows, note)


def sensitivity_table(numbers: Numbers, day: pd.Timestamp) -> Table:
    """What the allowance of a day would be with one thing changed; rules that do not move are left blank."""
    table = numbers.found.sensitivity
    mine = table[table["month"] == day]
    rows = []
    for (what, value), held in mine.groupby(["changed", "to"], sort=False):
        by_rule = {str(row["rule"]): row for row in held.to_dict("records")}
        cells = []
        for rule in numbers.rules:
            change, base = float(by_rule[rule]["change"]), float(by_rule[rule]["allowance"])
            cells += [signed(change), f"{100 * change / base:+.1f}%".replace("-", "−")] if change and base else ["", ""]
        rows.append([str(what), worded(str(value)), *cells])
    headings = ["Changed", "To"]
    for rule in numbers.rules:
        headings += [capital_first(RULE_WORDS[rule]), ""]
    as_is = ", ".join(f"{RULE_WORDS[rule]} {whole(numbers.as_it_is(rule, day))}" for rule in numbers.rules)
    note = (
        f"{numbers.unit}; changes of the allowance of {day_words(day)} ({as_is}; probation after a "
        "default is left out here). Blank: it does not move."
    )
    return Table(f"On {day_words(day)}", headings, rows, note)


def views_table(numbers: Numbers) -> Table:
    """Views with their weights, the allowance with each alone, and what weighing them adds to the likeliest."""
    day = numbers.days["first day"]
    told = [rule for rule in numbers.rules if rule != "five_classes"]
    rows, means = [], dict.fromkeys(told, 0.0)
    for name, view in numbers.terms.views.items():
        alone = {rule: numbers.alone(rule, name, day) for rule in told}
        means = {rule: means[rule] + view.weight * alone[rule] for rule in told}
        rows.append([worded(name), f"{100 * view.weight:g}%", view_words(view), *(whole(alone[rule]) for rule in told)])
    rows.append(["mean of these by weight", "100%", "", *(whole(means[rule]) for rule in told)])
    weighted = {rule: numbers.as_it_is(rule, day) for rule in told}
    rows.append(
        ["as it is", "100%", "stages are set by the weighted chance of default", *map(whole, weighted.values())]
    )
    gaps = {rule: weighted[rule] - numbers.alone(rule, numbers.likeliest, day) for rule in told}
    likeliest = f"more than the likeliest view, {worded(numbers.likeliest)}, alone"
    rows.append([likeliest, "", "the non-linearity", *(signed(gaps[rule]) for rule in told)])
    headings = ["View", "Weight", "Unemployment", *(capital_first(RULE_WORDS[rule]) for rule in told)]
    note = f"{numbers.unit}, on {day_words(day)}. The five classes look at no view."
    return Table("Views of the future", headings, rows, note)


def view_words(view: View) -> str:
    """How a view has unemployment."""
    if view.unemployment == "path":
        words = "as the scenario will have it"
    elif view.unemployment == "revert":
        words = f"from where it stands back to normal, half the way in {view.half_life:g} months"
    else:
        words = "a path of its own"
    if view.points:
        sign = "+" if view.points > 0 else "\N{MINUS SIGN}"
        words += f"; {sign}{abs(view.points):g} points built up over {view.months_to_peak} months"
    return words


def nested_table(numbers: Numbers) -> Table:
    """The cells' answer beside the simulated futures of the same accounts, by view."""
    rows = []
    for row in numbers.found.nested.to_dict("records"):
        gap = row["by_cells"] - row["simulated"]
        errors = gap / row["standard_error"] if row["standard_error"] > 0 else math.nan
        told = f"{errors:+.1f}".replace("-", "−") if math.isfinite(errors) else "none"
        money = [whole(row["by_cells"]), whole(row["simulated"]), whole(row["standard_error"]), signed(gap)]
        money.append(f"{100 * gap / row['simulated']:+.1f}%".replace("-", "−") if row["simulated"] > 0 else "none")
        rows.append([worded(row["view"]), f"{100 * row['weight']:g}%", row["horizon"], *money, told])
    seeds = len(numbers.found.provenance.get("seeds", ()))
    note = (
        f"{numbers.unit}. The allowance reads the cells; here the accounts of the first day were "
        f"lived through each view's unemployment with {seeds or 'several'} seeds, and what they lost is set beside. "
        f"The "
        "standard error is over those seeds; so few tell it loosely, and each seed's book is its own."
    )
    headings = [
        "View",
        "Weight",
        "Horizon",
        "By cells",
        "Simulated",
        "Standard error",
        "Difference",
        "of simulated",
        "In standard errors",
    ]
    return Table("Cells against simulated futures", headings, rows, note)


def overlays_table(numbers: Numbers) -> Table | None:
    """What management adds: whose, why, from when until when, and what it came to at most."""
    lines = numbers.terms.overlays
    if not lines:
        return None
    rows = []
    for name, line in lines.items():
        size = whole(line.amount) if line.amount is not None else f"{share(line.share or 0.0, 1)} of the models' answer"
        rule = "all rules" if line.rule == "all" else RULE_WORDS[line.rule]
        mine = numbers.found.overlays[numbers.found.overlays["name"] == name]
        months = mine["month"].nunique()
        most = max((float(amount) for amount in mine["amount"]), key=abs, default=0.0)
        came = f"{whole(most)} in {months} months" if months else "not in force in this span"
        dates = [f"{line.starts:%Y-%m-%d}", f"{line.until:%Y-%m-%d}"]
        rows.append([worded(name), line.owner, line.why, *dates, size, rule, came])
    headings = ["Overlay", "Owner", "Why", "From", "Expires", "Size", "Rule", "At most, in a rule's allowance"]
    return Table("Overlays", headings, rows, f"{numbers.unit}; each a line of its own in the walk.")


def beside_table(numbers: Numbers) -> Table | None:
    """From another scenario's allowance on the last day to this one's."""
    found = numbers.found.beside
    if found is None:
        return None
    rules = numbers.rules
    table = found.pivot(index="item", columns="rule", values="amount").reindex(list(dict.fromkeys(found["item"])))
    words = {"opening": f"allowance of {worded(numbers.found.beside_name)}", "closing": "allowance here"}
    rows = [
        [words.get(str(item), worded(str(item))), *(to_the_cent(float(table[rule][item])) for rule in rules)]
        for item in table.index
    ]
    note = f"{numbers.unit}, on the last day; the same people in both. Adds up to the cent."
    title = f"Beside {worded(numbers.found.beside_name)}"
    return Table(title, ["Step, in this order", *(capital_first(RULE_WORDS[rule]) for rule in rules)], rows, note)
