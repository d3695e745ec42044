"""China's five classes: by days overdue and impairment, least provisions, and two ratios with their floors.

Measures for the Risk Classification of Financial Assets of Commercial Banks (CBIRC and PBC, Order 2023 No. 1, in force
from July 2023), articles 6 and 10 to 13; for bank cards the stricter table of the Measures for the Supervision of
Credit Card Business (CBRC 2011 No. 2), article 92. The numbers of articles 10 to 13 are recalled; days as reported.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from pydantic import field_validator
from pydantic_core import PydanticCustomError

from simulator.params import Frozen, param

Floats = npt.NDArray[np.float64]
Classes = npt.NDArray[np.int8]
Name = Literal["normal", "special_mention", "substandard", "doubtful", "loss"]
CLASSES: tuple[Name, ...] = ("normal", "special_mention", "substandard", "doubtful", "loss")
NON_PERFORMING = 2  # substandard and worse (article 6)
Table = dict[Name, tuple[int, int | None]]

TABLES: dict[str, Table] = {
    "loans_2023": {  # articles 10 (any day), 11 (more than 90), 12 (more than 270), 13 (more than 360)
        "normal": (0, 0),
        "special_mention": (1, 90),
        "substandard": (91, 270),
        "doubtful": (271, 360),
        "loss": (361, None),
    },
    "bank_cards_2011": {  # article 92
        "normal": (0, 0),
        "special_mention": (1, 90),
        "substandard": (91, 120),
        "doubtful": (121, 180),
        "loss": (181, None),
    },
}


class Minimum(Frozen):
    """Least provision for each class, as a share of its balance."""

    normal: float = param(0.01, "of normal loans", unit="share", source="FACTS cn.prov.normal", ge=0, le=1)
    special_mention: float = param(
        0.02, "of special mention", unit="share", source="FACTS cn.prov.special_mention", ge=0, le=1
    )
    substandard: float = param(0.25, "of substandard", unit="share", source="FACTS cn.prov.substandard", ge=0, le=1)
    doubtful: float = param(0.5, "of doubtful", unit="share", source="FACTS cn.prov.doubtful", ge=0, le=1)
    loss: float = param(1.0, "of loss", unit="share", source="FACTS cn.prov.loss", ge=0, le=1)

    @property
    def shares(self) -> Floats:
        """By class, in order."""
        return np.array([self.normal, self.special_mention, self.substandard, self.doubtful, self.loss])


class FiveClasses(Frozen):
    """Which table of days holds, what counts as a mere delay, and what must be set aside."""

    table: Literal["loans_2023", "bank_cards_2011"] | dict[Name, tuple[int, int | None]] = param(
        "loans_2023",
        "days overdue of each class: loans_2023, the stricter bank_cards_2011, or first and last day of each class",
        source="FACTS cn.class.substandard_dpd, cn.class.doubtful_dpd, cn.class.loss_dpd; cards "
        "cn.class.card2011_doubtful_dpd",
    )
    technical_share: float = param(
        0.0,
        "share of delays of up to `technical_days` that are of an operational or technical kind, and stay normal",
        unit="share",
        source="a guess: none",
        ge=0,
        le=1,
    )
    technical_days: int = param(
        7,
        "longest delay that can be of that kind",
        unit="days",
        source="Order 2023 No. 1, article 10: special mention when overdue, such delays excepted",
        ge=0,
        le=90,
    )
    minimum: Minimum = param({}, "least provision for each class")
    coverage_floor: float = param(
        1.5,
        "least ratio of provisions to loans that are substandard or worse",
        unit="ratio",
        source="FACTS cn.prov.coverage_min",
        ge=0,
    )
    loans_floor: float = param(
        0.025,
        "least ratio of provisions to all loans",
        unit="share",
        source="FACTS cn.prov.coverage_min (its note: 2.5%)",
        ge=0,
        le=1,
    )

    @field_validator("table")
    @classmethod
    def _whole(cls, table: Any) -> Any:
        if isinstance(table, dict):
            check_table(table)
        return table

    @property
    def days(self) -> Table:
        """First and last day overdue of each class."""
        return TABLES[self.table] if isinstance(self.table, str) else self.table


def check_table(table: Table) -> None:
    """Every class once, one after the other, no day missing and none twice; else PydanticCustomError."""
    missing = [name for name in CLASSES if name not in table]
    if missing:
        _refuse(f"{', '.join(missing)} has no days; all of {', '.join(CLASSES)} are wanted, as [first, last]")
    expected = 0
    for name in CLASSES:
        first, last = table[name]
        if first != expected:
            what = f"days {expected} to {first - 1} are in no class" if first > expected else f"day {first} is in two"
            _refuse(f"{name} begins on day {first}, but the class before ends on day {expected - 1}: {what}")
        if name == "loss":
            if last is not None:
                _refuse(f"loss ends on day {last}, so later days are in no class; write [{first}, null]")
        elif last is None or last < first:
            _refuse(f"{name} is [{first}, {last}]; a last day that is not before the first is wanted")
        else:
            expected = last + 1


def _refuse(why: str) -> None:
    raise PydanticCustomError("class_table", "{why}", {"why": why})


def classes(
    days: npt.ArrayLike,
    terms: FiveClasses,
    *,
    technical: npt.ArrayLike = False,
    impaired: npt.ArrayLike = False,
    restructured: npt.ArrayLike = False,
) -> Classes:
    """The class of each account, 0 normal to 4 loss; arrays of one length in, int8 out.

    By days overdue (articles 10 to 13). A `technical` delay of up to seven days stays normal (article 10); credit
    impaired is at least substandard (article 11); restructured is at least special mention while it is observed.
    """
    late = np.asarray(days)
    first = np.array([terms.days[name][0] for name in CLASSES])
    by_day = (np.searchsorted(first, np.arange(first[-1] + 1), side="right") - 1).astype(np.int8)
    found = by_day[np.clip(late, 0, first[-1])]
    found[np.asarray(technical, np.bool_) & (late <= terms.technical_days)] = 0
    found = np.maximum(found, np.where(np.asarray(restructured, np.bool_), 1, 0).astype(np.int8))
    return np.asarray(np.maximum(found, np.where(np.asarray(impaired, np.bool_), NON_PERFORMING, 0).astype(np.int8)))


def provisions(balances: npt.ArrayLike, terms: FiveClasses) -> Floats:
    """The least provision for balances by class (first axis of five); currency of the balances."""
    held = np.asarray(balances, np.float64)
    return np.asarray(np.tensordot(terms.minimum.shares, held, axes=1))


def coverage_ratio(provision: float, balances: npt.ArrayLike) -> float:
    """Provisions over loans that are substandard or worse; infinite where there are none."""
    bad = float(np.asarray(balances, np.float64)[NON_PERFORMING:].sum())
    return provision / bad if bad > 0.0 else float("inf")


def loans_ratio(provision: float, balances: npt.ArrayLike) -> float:
    """Provisions over all loans; nought where there are none."""
    held = float(np.asarray(balances, np.float64).sum())
    return provision / held if held > 0.0 else 0.0
