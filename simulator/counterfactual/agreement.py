"""Two answers to one question side by side: the main cause by the rule, and the defaults that vanish without it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.causes import cause_shares

if TYPE_CHECKING:
    import pandas as pd

    from simulator.scenario import Scenario

STANDS_FOR = {  # main causes that are no shock: what is switched off to do away with them
    "over_borrowing": ("debts_elsewhere",),
    "dearer_living": ("prices_and_wages", "policy_rate"),
}
COLUMNS = [
    *("cause", "switched", "main_share", "vanished_share", "own_needed", "earlier", "overlap_cause", "overlap"),
    *("main_rank", "vanished_rank"),
]
APART = 0.05  # shares that differ by more are told apart in words


def agreement(causes: pd.DataFrame, table: pd.DataFrame, needed: pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    """For each main cause that can be switched off: its share by the rule, the share that vanishes, and both ranks.

    `switched` says what is not there in the rerun; `own_needed` is the share of its own defaults that vanish without
    it, `earlier` the share of its own others that it had struck before the span began, where nothing is taken away; NaN
    where it does not strike. `overlap_cause` is the other cause without which most of those that vanish vanish as well,
    and `overlap` their share. Largest share by the rule first.
    """
    import pandas as pd

    if causes.empty or not _ranked(causes, set(table["cause"]), scenario):
        return pd.DataFrame(columns=COLUMNS)
    ever = causes.drop_duplicates(["borrower", "product"]).merge(needed, on=["borrower", "product"])
    lists = ever["vanishes_without"].str.split(", ")
    early = _struck_early(ever, pd.Timestamp(scenario.span.start))
    main = cause_shares(causes).set_index("main_cause")["share"]
    known = set(table["cause"])
    rows, gone_without, switched = [], {}, {}
    for cause in _ranked(causes, known, scenario):
        switches = [name for name in (cause, *STANDS_FOR.get(cause, ())) if name in known]
        switched[cause] = " or ".join(said(name) for name in switches)
        gone_without[cause] = lists.map(lambda names, wanted=frozenset(switches): not wanted.isdisjoint(names))
    for cause, gone in gone_without.items():
        own = ever["main_cause"] == cause
        other = {name: int((gone & gone_without[name]).sum()) for name in gone_without if name != cause}
        most = max(other, key=lambda name: other[name]) if other else ""
        left = own & ~gone
        rows.append(
            {
                "cause": cause,
                "switched": switched[cause],
                "main_share": float(main.get(cause, 0.0)),
                "vanished_share": float(gone.mean()),
                "own_needed": float(gone[own].mean()) if own.any() else float("nan"),
                "earlier": float(early[cause][left].mean()) if cause in early and left.any() else float("nan"),
                "overlap_cause": switched[most] if other.get(most) else "",
                "overlap": other[most] / max(int(gone.sum()), 1) if most else 0.0,
            }
        )
    found = pd.DataFrame(rows, columns=COLUMNS[:-2]).sort_values(
        ["main_share", "vanished_share"], ascending=False, kind="stable"
    )
    found = found.reset_index(drop=True)
    found["main_rank"] = found["main_share"].rank(ascending=False, method="average")
    found["vanished_rank"] = found["vanished_share"].rank(ascending=False, method="average")
    return found


def _struck_early(ever: pd.DataFrame, start: pd.Timestamp) -> dict[str, pd.Series[bool]]:
    """For each cause that strikes: whether it last struck before the span began, or before the person came in."""
    first = ever["first_missed"].fillna(ever["month"])
    months = (first.dt.year - start.year) * 12 + first.dt.month - start.month
    names = [str(name).removeprefix("before_") for name in ever.columns if str(name).startswith("before_")]
    since = {name: ever[f"before_{name}"].astype(int) for name in names}
    return {name: (ago < 0) | (months - ago < 0) for name, ago in since.items()}


def _ranked(causes: pd.DataFrame, known: set[str], scenario: Scenario) -> list[str]:
    """The causes that both sides know: those found by the rule, and blows that could have been found and were not."""
    found = [str(name) for name in causes["main_cause"].unique()]
    blows = ["job_loss", *(name for name, shock in scenario.world.shocks.items() if shock.strikes), "forgetting"]
    every = dict.fromkeys([*found, *blows])
    return [name for name in every if name in known or any(other in known for other in STANDS_FOR.get(name, ()))]


def rank_agreement(ranked: pd.DataFrame) -> float:
    """Spearman's rank correlation of the two; NaN with fewer than three causes."""
    if len(ranked) < 3:
        return float("nan")
    return float(ranked["main_rank"].corr(ranked["vanished_rank"]))


def sentences(ranked: pd.DataFrame, table: pd.DataFrame, spiral: pd.DataFrame) -> list[str]:
    """What a reader should take from it: how far the two agree, where not and why, and the penalty spiral."""
    told = [] if ranked.empty else [_overall(ranked), *_apart(ranked)]
    return told + _penalty(table, spiral)


def _overall(ranked: pd.DataFrame) -> str:
    match = rank_agreement(ranked)
    if match != match:
        return f"Only {len(ranked)} of the main causes can be switched off: there are no rankings to compare."
    first = ranked["cause"].iloc[0]
    top = str(ranked["cause"].iloc[int(ranked["vanished_share"].to_numpy().argmax())])
    same = (
        f"both put {said(first)} first"
        if first == top
        else f"the rule puts {said(first)} first, the reruns {said(top)}"
    )
    words = "agree well" if match >= 0.8 else "agree in part" if match >= 0.4 else "agree little"
    rankings = f"The rule's ranking of {len(ranked)} causes and that of the reruns"
    return f"{rankings} {words} (rank correlation {match:.2f}): {same}."


def _apart(ranked: pd.DataFrame) -> list[str]:
    """The causes whose shares differ most, each with what the defaults themselves say about it."""
    gap = (ranked["vanished_share"] - ranked["main_share"]).abs()
    told = []
    for place in gap[gap > APART].sort_values(ascending=False).index[:4]:
        row: Any = ranked.loc[place].to_dict()
        lead = (
            f"{said(row['cause']).capitalize()} is the main cause of {row['main_share']:.0%} of the defaults by the "
            f"rule, but {row['vanished_share']:.0%} vanish without {row['switched']}: "
        )
        if row["vanished_share"] > row["main_share"] and row["overlap_cause"]:
            why = f"{row['overlap']:.0%} of those vanish without {row['overlap_cause']} too, so there both were needed."
        elif row["vanished_share"] > row["main_share"]:
            why = "the rule puts them down to causes that alone would not have led there."
        elif row["own_needed"] == row["own_needed"]:
            why = f"of its own defaults {row['own_needed']:.0%} needed it; {_the_others(row)}"
        else:
            why = "none of the defaults was put down to it."
        told.append(lead + why)
    return told


def _the_others(row: Any) -> str:
    """Why defaults put down to a cause do not vanish without it."""
    early = row["earlier"]
    if early != early or early < 0.005:
        return "the others would have come anyway."
    if early > 0.995:
        return "the others had been struck before the span began, where the rerun takes nothing away."
    return (
        f"of the others {early:.0%} had been struck before the span began (or before they came in), where the rerun "
        "takes nothing away, and the rest would have come anyway."
    )


def _penalty(table: pd.DataFrame, spiral: pd.DataFrame) -> list[str]:
    rows = table[table["cause"] == "penalty_and_fees"]
    if rows.empty:
        return []
    row: Any = rows.iloc[0].to_dict()
    shares = spiral.set_index("bucket")["penalty_and_fees_share"]
    appeared = f", while {row['appeared']:,} others appear" if row["appeared"] else ""
    lost = f"{row['vanished']:,} of the {row['defaults']:,} accounts that default no longer do"
    return [
        f"Without penalty interest and late fees {lost} ({row['vanished_share']:.1%}){appeared}; they are "
        f"{shares['all overdue']:.1%} of what the overdue owe, and {shares['90_plus']:.1%} of what is owed by those 90 "
        "days overdue or more."
    ]


def said(name: str) -> str:
    """A cause in words."""
    return name.replace("_", " ")
