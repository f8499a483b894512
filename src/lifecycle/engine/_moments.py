"""Moments as users write them."""

from __future__ import annotations

from datetime import date, datetime
from typing import TypeAlias

from lifecycle.errors import InvalidArgument, InvalidTouchpoint
from lifecycle.model import END_US, FIRST_US, Calendar, moment_us

Moment: TypeAlias = datetime | date | str
"""An aware datetime, or a date or its text: its 00:00 in the definition's zone."""
_EPOCH = date(1970, 1, 1).toordinal()


def instant(at: Moment, calendar: Calendar) -> int:
    """A moment in microseconds since 1970-01-01 UTC.

    Raises:
        InvalidArgument: a text that is no ISO date or instant, or a datetime without a time zone.
    """
    if isinstance(at, str):
        at = _parse(at)
    if isinstance(at, datetime):
        try:
            return moment_us(at, "moment")
        except InvalidTouchpoint as error:
            raise InvalidArgument(str(error)) from None
    if isinstance(at, date):
        us = calendar.start_of(at.toordinal() - _EPOCH)
        if not FIRST_US <= us <= END_US:
            raise InvalidArgument(f"{at} is outside the years 1970 to 2200")
        return us
    raise InvalidArgument(f"{at!r} is not a moment; pass an aware datetime, a date, or a text such as '2026-06-01'")


def _parse(text: str) -> datetime | date:
    try:
        return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError:
        raise InvalidArgument(f"{text!r} is not an ISO date or instant, such as '2026-06-01'") from None
