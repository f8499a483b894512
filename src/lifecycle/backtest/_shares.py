"""The shares that both ways of judging give, from tallies of hits, raises, followed and judged."""

from __future__ import annotations

from typing import Any

import numpy as np

from lifecycle.tally import ClusteredCounts, Estimate, clustered_counts, estimate, lift_of, share_of

from ._checks import IntArray, common_codes

HIT, RAISED, FOLLOWED, JUDGED = range(4)
"""The places of the four counts in the tallies."""


def counted(*columns: IntArray) -> ClusteredCounts:
    """Tallies from the customers of the rows of each count."""
    coded, n_codes = common_codes(*columns)
    return clustered_counts(np.stack([np.bincount(column, minlength=n_codes) for column in coded]))


def share_estimate(sums: ClusteredCounts, places: tuple[int, int], confidence: float, reason: str) -> Estimate:
    """One count as a share of another; `reason` is why it is undefined, where it is."""
    top, bottom = places
    parts = (whole(sums.total[top]), whole(sums.total[bottom]))
    return estimate(share_of(sums, top, bottom, confidence), parts, sums.n_customers[bottom], reason)


def base_rate(sums: ClusteredCounts, confidence: float) -> Estimate:
    """The share of the pairs of customer and moment that the outcome followed."""
    reason = "nobody was at risk at a moment whose horizon is complete"
    return share_estimate(sums, (FOLLOWED, JUDGED), confidence, reason)


def lift_estimate(sums: ClusteredCounts, confidence: float) -> Estimate:
    """Precision over base rate."""
    hits, raises, followed, judged = (float(count) for count in sums.total)
    parts = (hits / raises if raises else None, followed / judged if judged else None)
    reason = "the outcome never followed" if raises else "the sign was never raised"
    return estimate(lift_of(sums, confidence), parts, sums.n_customers[RAISED], reason)


def whole(value: Any) -> int:
    """A count that was summed in floats."""
    return round(float(value))
