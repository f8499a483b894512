"""The calendar days of many instants at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from lifecycle.model import DAY_US, Calendar


def days_of(at: npt.NDArray[np.int64], calendar: Calendar) -> npt.NDArray[np.int32]:
    """The calendar day of each instant, in the calendar's zone.

    Args:
        at: microseconds since 1970-01-01 UTC; shape (n,).

    Returns:
        Days since 1970-01-01; shape (n,), int32.
    """
    guess = at // DAY_US
    if calendar.zone == "UTC" or not len(at):
        return guess.astype(np.int32)
    low, high = int(guess.min()) - 1, int(guess.max()) + 2
    starts = np.array([calendar.start_of(day) for day in range(low, high + 1)], np.int64)
    place = guess - low
    # A local day starts at most 14 hours from the UTC day of its name; a skipped date shares its start.
    moved = (at >= starts[place + 1]).astype(np.int64) - (at < starts[place])
    return (guess + moved).astype(np.int32)
