"""Calendar periods: the boundaries between which a story counts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument
from lifecycle.model import Calendar

By: TypeAlias = Literal["day", "week", "month", "quarter", "year"]
"""The calendar periods by which a story counts."""
_EPOCH = date(1970, 1, 1)
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def period_days(first_day: int, last_day: int, by: By) -> npt.NDArray[np.int64]:
    """The first days of the periods that cover two days, and the day after the last period.

    Weeks begin on Monday.

    Raises:
        InvalidArgument: `by` is not day, week, month, quarter or year.
    """
    if by in {"day", "week"}:
        step = 1 if by == "day" else 7
        # 1970-01-01 was a Thursday.
        begin = first_day if by == "day" else first_day - (first_day + 3) % 7
        return np.arange(begin, last_day + step + 1, step, dtype=np.int64)
    if by not in _MONTHS:
        raise InvalidArgument(f"by={by!r} is not one of: day, week, month, quarter, year")
    months = _MONTHS[by]
    day = _EPOCH + timedelta(first_day)
    month = (day.year * 12 + day.month - 1) // months * months
    days: list[int] = []
    while not days or days[-1] <= last_day:
        days.append((date(month // 12, month % 12 + 1, 1) - _EPOCH).days)
        month += months
    return np.array(days, np.int64)


def boundaries(days: npt.NDArray[np.int64], calendar: Calendar) -> npt.NDArray[np.int64]:
    """The instants at which days begin, in microseconds since 1970-01-01 UTC; shape as `days`."""
    return np.array([calendar.start_of(int(day)) for day in days], np.int64)
