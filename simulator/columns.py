"""What stands in columns that many rooms read: the bits of `spells`, and the places of the table of arrears."""

from __future__ import annotations

import numpy as np

# bits of the column `spells`: what a person is living through
UNEMPLOYED, COVERED, ILL, PAY_CUT, LOWER_PAY, DISABLED, UNWILLING = (np.uint8(1 << bit) for bit in range(7))
DISABILITY_BENEFIT = 0.4  # share of pay replaced for good; a guess, as unemployment benefit

# rows of the table of arrears, before the unpaid bills and the chain; see `simulator.arrears` for what they mean
OVERDUE, INTEREST, PENALTY, FEES, STREAK, STRAINED, BUFFER, COST, TRIED, CONTACT, LISTED, CALLED = range(12)
LIVING, BEGAN, SERVICE, UNPAID = range(12, 16)  # the unpaid bills begin at the last
