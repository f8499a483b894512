"""Dates as users write them."""

from __future__ import annotations

from datetime import date, datetime
from typing import TypeAlias

from lifecycle.errors import InvalidArgument

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
