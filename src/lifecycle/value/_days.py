"""Dates and the local days of many moments."""

from __future__ import annotations

from datetime import date, datetime
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument
from lifecycle.model import DAY_US, Calendar

Day: TypeAlias = date | str
"""A date, or its ISO 8601 text such as '1997-10-01'."""


def date_of(value: Day, name: str) -> date:
    """The date meant.

    Args:
        value: a date or its ISO text.
        name: the argument that the message is to name.

    Raises:
        InvalidArgument: something else, a datetime too.
    """
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise InvalidArgument(f"{name!r} is no date ({value[:40]!r}); write it as '2026-01-31'") from None
    raise InvalidArgument(f"{name!r} must be a date or its text, not {type(value).__name__}; pass value.date()")


def local_days(at: npt.NDArray[np.int64], calendar: Calendar) -> npt.NDArray[np.int64]:
    """The day of each moment in the calendar's zone, as days since 1970-01-01; shape (n,).

    Args:
        at: microseconds since 1970-01-01 UTC; shape (n,).
    """
    days = at // DAY_US
    if calendar.zone == "UTC" or not len(at):
        return days
    low = int(days.min()) - 1
    starts = np.array([calendar.start_of(day) for day in range(low, int(days.max()) + 3)], np.int64)
    # A local day starts less than a day from the UTC day of its name: the guess is at most one off.
    place = days - low
    days += at >= starts[place + 1]
    days -= at < starts[place]
    return days
