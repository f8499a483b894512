"""How long before the outcomes the warnings came."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np

from lifecycle.tally import Estimate, median_ranks, undefined


@attrs.frozen
class LeadTime:
    """How many days the outcomes that were warned of came after the first warning within the horizon."""

    median: Estimate
    """Days; half of the outcomes left more time than that. The counts are those of `n`."""
    q1: float | None
    """A quarter of the outcomes left less time than that, in days."""
    q3: float | None
    """A quarter of the outcomes left more time than that, in days."""
    n: int
    """How many outcomes were warned of."""

    def to_dict(self) -> dict[str, Any]:
        """The fields by name, the estimate as a mapping too."""
        return attrs.asdict(self)


def lead_time(days: Any, confidence: float) -> LeadTime:
    """The lead times of the outcomes that were warned of: median with its exact interval, and quartiles.

    Args:
        days: one number per outcome, shape (n,), in any order.
        confidence: of the interval.
    """
    n = len(days)
    if not n:
        return LeadTime(undefined("no outcome was warned of", 0, 0), None, None, 0)
    ordered = np.sort(np.asarray(days, np.float64))
    q1, middle, q3 = (float(value) for value in np.quantile(ordered, [0.25, 0.5, 0.75]))
    ranks = median_ranks(n, confidence)
    low, high = (None, None) if ranks is None else (float(ordered[ranks[0]]), float(ordered[ranks[1]]))
    note = "too few outcomes for an interval" if ranks is None else ""
    return LeadTime(Estimate(middle, low, high, n, n, note), q1, q3, n)
