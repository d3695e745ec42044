"""Is the lender's charge-off foreseen? `python -m tests.club [--tape FILE] [--lives N] [--fit] [--cross]`.

Without options: the shipped scenario on its tape, by grade, in sum, by month on book, beside a logistic regression.
--cross fits on some vintages and judges on the others; --fit prints the scorecard fitted on the whole tape.
"""

from __future__ import annotations

import argparse

import numpy as np
import numpy.typing as npt
import pandas as pd
import yaml

from simulator.loans import accounts
from simulator.loans.lives import HORIZONS, tape_of
from simulator.scenario import load
from tests.club.card import ENTRIES, Response, entries, fitted, logistic
from tests.club.outcomes import ROOT, Outcomes, area, months, outcomes

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
SCENARIO = str(ROOT / "scenarios/lendingclub.yaml")
FITTED = "the vintages 2007-06 to 2009-12 (python -m tests.club --fit)"


def main() -> None:
    """Print what was asked for."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--tape")
    ask.add_argument("--lives", type=int, default=100)
    ask.add_argument("--fit", action="store_true")
    ask.add_argument("--cross", action="store_true")
    asked = ask.parse_args()
    scenario = load(SCENARIO, tape=asked.tape)
    tape = tape_of(scenario)
    real = outcomes(tape)
    if asked.fit or asked.cross:
        found, issued = entries(real.frame), months(real.frame["issue_d"])
        response = Response(SCENARIO, scenario, tape, asked.lives)
        if asked.fit:
            card = fitted(response, found, real.known, real.charged_off, issued)
            body = card.scorecard(FITTED).model_dump(exclude_defaults=True, mode="json")
            print(yaml.safe_dump({"scorecard": body}, sort_keys=False, width=150, default_flow_style=None))
        else:
            cross(response, found, real, issued)
        return
    table = accounts(scenario, asked.lives)
    print(judged(table, real).to_string())
    chance = table["probability_of_charge_off"].to_numpy()
    print(f"\narea under the curve {area(real.charged_off[real.known], chance[real.known]):.4f}")
    error = table["standard_error"].mean()
    print(f"standard error of a loan's probability {error:.4f}, spread of the probabilities {chance.std():.4f}")


def judged(table: pd.DataFrame, real: Outcomes) -> pd.DataFrame:
    """Foreseen beside actual: by grade, by the credit policy's flag, by year of issue, in sum, and by month on book."""
    known, frame = real.known, real.frame
    cuts: dict[str, Mask] = {f"grade {name}": (frame["grade"] == name).to_numpy() for name in "ABCDEFG"}
    if "meets_credit_policy" in frame:
        flag = frame["meets_credit_policy"].astype(str).to_numpy()
        cuts |= {"meets the credit policy": flag == "True", "does not": flag == "False"}
    years = table["issue_month"].dt.year.to_numpy()
    cuts |= {f"issued {year}": years == year for year in np.unique(years)}
    cuts |= {f"{term} months": (table["term"] == term).to_numpy() for term in np.unique(table["term"])}
    cuts["all"] = np.ones(len(table), bool)
    chance = table["probability_of_charge_off"].to_numpy()
    rows = {}
    for name, mask in cuts.items():
        mask = mask & known
        if mask.any():
            rows[name] = (int(mask.sum()), chance[mask].mean(), real.charged_off[mask].mean())
    for month in HORIZONS:
        there = (real.month <= month) & known
        rows[f"charged off by month {month}"] = (
            int(known.sum()),
            table[f"charged_off_by_{month}"][known].mean(),
            there[known].mean(),
        )
    answer = pd.DataFrame.from_dict(rows, orient="index", columns=["loans", "foreseen", "actual"])
    answer["ratio"] = answer["foreseen"] / answer["actual"]
    return answer.round(4)


def regressed(frame: pd.DataFrame, outcome: Floats, train: Mask, test: Mask) -> Floats:
    """The probabilities of a plain logistic regression on the same fields, fitted on `train`, for `test`."""
    columns = {
        "grade": pd.get_dummies(frame["grade"]).iloc[:, 1:].to_numpy(float),
        **{
            name: frame[[name]].to_numpy(float)
            for name in ("int_rate", "loan_amnt", "annual_inc", "installment", "dti")
        },
        **{name: frame[[name]].to_numpy(float) for name in ("inq_last_6mths", "revol_util", "pub_rec")},
        "purpose": pd.get_dummies(frame["purpose"]).iloc[:, 1:].to_numpy(float),
        "policy": (frame[["meets_credit_policy"]].astype(str) == "False").to_numpy(float),
    }
    design = np.column_stack(list(columns.values()))
    design = np.where(np.isnan(design), np.nanmedian(design[train], axis=0), design)
    middle, spread = design[train].mean(axis=0), design[train].std(axis=0)
    design = np.column_stack([np.ones(len(design)), (design - middle) / np.where(spread > 0, spread, 1.0)])
    weight = logistic(design[train], outcome[train], np.r_[0.0, np.full(design.shape[1] - 1, 1.0)])
    return 1.0 / (1.0 + np.exp(-design[test] @ weight))


def cross(response: Response, found: Floats, real: Outcomes, issued: Floats) -> None:
    """Fitted on some loans of the tape, judged on the others."""
    luck = np.random.default_rng(1)
    first = 2007 * 12
    splits = {
        f"issued before {name}": issued < first + month
        for name, month in (("2009-01", 24), ("2009-04", 27), ("2009-07", 30))
    }
    splits["issued from 2009-01 on"] = issued >= first + 24
    splits |= {f"random half {number}": luck.random(issued.size) < 0.5 for number in range(1, 7)}
    rows = {}
    for name, train in splits.items():
        test = ~train & real.known
        card = fitted(response, found, train & real.known, real.charged_off, issued)
        chance, off = response.chance(card.prone(found[test]), test), real.charged_off[test]
        plain = regressed(real.frame, real.charged_off, train & real.known, test)
        grade = real.frame["grade"].to_numpy()[test]
        ratios = {each: chance[grade == each].mean() / off[grade == each].mean() for each in "ABCD"}
        rows[name] = {
            "judged": test.sum(),
            "actual": off.mean(),
            "foreseen": chance.mean(),
            "regression": plain.mean(),
            "area": area(off, chance),
            "area, regression": area(off, plain),
            **{f"ratio {each}": value for each, value in ratios.items()},
        }
    print(pd.DataFrame.from_dict(rows, orient="index").round(3).to_string())
    print(f"entries: {', '.join(ENTRIES)}")


if __name__ == "__main__":
    main()
