"""Basel standardised approach for retail loans: risk weights from a table (CRE20.63 to 20.68, CRE20.90, CRE20.94)."""

from __future__ import annotations

TRANSACTOR, REGULATORY_RETAIL, OTHER_RETAIL = 0.45, 0.75, 1.0
DEFAULTED, DEFAULTED_PROVIDED = 1.5, 1.0
PROVIDED = 0.2  # share of the exposure that specific provisions must reach for the lower weight
CANCELLABLE = 0.1  # CRE20.94 (5): commitments that may be cancelled at any time


def standardised_weight(kind: str, *, in_default: bool = False, provisions: float = 0.0) -> float:
    """Risk-weighted amount for a unit of exposure, `kind` transactor, regulatory_retail or other_retail.

    A transactor is a card holder who has paid the whole balance at each due date of the last twelve months (CRE20.66).
    In default 150%, or 100% where specific provisions are 20% of the exposure or more (CRE20.90). `provisions` is a
    share of the exposure. Raises ValueError for another kind.
    """
    weights = {"transactor": TRANSACTOR, "regulatory_retail": REGULATORY_RETAIL, "other_retail": OTHER_RETAIL}
    if kind not in weights:
        raise ValueError(f"kind {kind!r}: one of {', '.join(weights)} is wanted")
    if in_default:
        return DEFAULTED_PROVIDED if provisions >= PROVIDED else DEFAULTED
    return weights[kind]


def credit_conversion(*, cancellable: bool = True) -> float:
    """Share of an undrawn limit that counts as exposure: 10% where it may be cancelled at any time, else 40%.

    CRE20.94.
    """
    return CANCELLABLE if cancellable else 0.4
