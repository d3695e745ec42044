"""What became of LendingClub loans, read beside the tape: charged off or not, and the month on book of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from simulator.tape import Tape

ROOT = Path(__file__).resolve().parents[2]
TAPE = ROOT.parent / "shared/data/tapes/lendingclub_2007_2009/lendingclub_2007_2009.csv.gz"
LATE = 5  # months from the last payment to the charge-off: the next bill a month later, and 120 days past due
FORMATS = ("%Y-%m-%d", "%b-%Y", "%b-%y")


@dataclass(frozen=True)
class Outcomes:
    """By row of the tape that is used: `known` (resolved), `charged_off` (0 or 1), `month` on book of it, else nan."""

    known: npt.NDArray[np.bool_]
    charged_off: npt.NDArray[np.float64]
    month: npt.NDArray[np.float64]
    frame: pd.DataFrame


def outcomes(tape: Tape) -> Outcomes:
    """From the file behind the tape; the charge-off falls LATE months after the last payment, or after the issue."""
    frame = pd.read_csv(tape.file, low_memory=False)
    frame = frame.iloc[tape.accounts["row"] - 1].reset_index(drop=True)
    status = frame["loan_status"].astype(str)
    off = status.str.contains("Charged Off") | status.str.fullmatch("Default")
    known = off | status.str.contains("Fully Paid")
    issued, last = months(frame["issue_d"]), months(frame["last_pymnt_d"])
    month = np.where(np.isnan(last), 0.0, last - issued) + LATE
    return Outcomes(known.to_numpy(), off.to_numpy(dtype=float), np.where(off, month, np.nan), frame)


def months(dates: pd.Series) -> npt.NDArray[np.float64]:
    """Months since the year 0, nan where there is no date."""
    read = pd.Series(pd.NaT, index=dates.index)
    for form in FORMATS:
        read = read.fillna(pd.to_datetime(dates.astype(str), format=form, errors="coerce"))
    return (read.dt.year * 12 + read.dt.month - 1).to_numpy(dtype=float)


def area(charged_off: npt.NDArray[np.float64], score: npt.NDArray[np.float64]) -> float:
    """Area under the curve: how often one charged off has a higher score than one paid (Mann-Whitney)."""
    ranks = pd.Series(score).rank().to_numpy()
    bad = charged_off.sum()
    good = charged_off.size - bad
    return float((ranks[charged_off == 1].sum() - bad * (bad + 1) / 2) / (bad * good))
