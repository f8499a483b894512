"""Triggers by a date that the customer carries."""

from __future__ import annotations

from datetime import date

from ._trigger import Trigger


def next_date(trigger: Trigger, value: int | None, after: int) -> int | None:
    """The next day after another on which a date trigger fires; None: never.

    Args:
        trigger: the trigger.
        value: the date, in days since 1970-01-01; None where it is missing.
        after: the day after which.
    """
    if value is None:
        return None
    if not trigger.yearly:
        day = value + trigger.days
        return day if day > after else None
    origin = date(1970, 1, 1).toordinal()
    first = date.fromordinal(value + origin)
    year = max(first.year, date.fromordinal(max(after - trigger.days, 0) + origin).year - 1)
    while True:
        is_leap_day = (first.month, first.day) == (2, 29) and not _is_leap(year)
        day = (date(year, 2, 28) if is_leap_day else first.replace(year=year)).toordinal() - origin + trigger.days
        if day > after:
            return day
        year += 1


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
