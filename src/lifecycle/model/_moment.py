"""Moments: aware datetimes in, whole microseconds since 1970 out."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final

from lifecycle.errors import InvalidArgument

from ._refusal import Refusal, shown, wrong_type

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""The instant from which microseconds are counted."""
_EPOCH_WALL: Final = datetime(1970, 1, 1)  # noqa: DTZ001 (the wall clock of UTC)
SECOND_US: Final = 1_000_000
DAY_US: Final = 86_400 * SECOND_US
"""24 hours in microseconds."""
FIRST_US: Final = 0
"""The first moment that a touchpoint may have: 1970-01-01 00:00 UTC."""
END_US: Final = (datetime(2201, 1, 1, tzinfo=UTC) - EPOCH).days * DAY_US
"""The moment before which a touchpoint must be: the end of 2200 in UTC."""
_MILLISECOND_ERA: Final = 100_000_000_000


def moment_us(at: datetime, name: str = "at") -> int:
    """Microseconds since 1970-01-01 00:00 UTC of an aware datetime between 1970 and 2200.

    Args:
        at: a datetime with a time zone.
        name: the argument that the message is to name.

    Raises:
        InvalidArgument: no datetime, no time zone, or outside 1970–2200.
    """
    try:
        return checked_us(at, name)
    except Refusal as refusal:
        raise InvalidArgument(refusal.message) from None


def utc_of(us: int) -> datetime:
    """The datetime in UTC at so many microseconds since 1970-01-01 00:00 UTC."""
    return EPOCH + timedelta(microseconds=us)


def checked_us(at: object, field: str) -> int:
    """Microseconds since 1970 of a datetime that can be trusted to mean one moment.

    Raises:
        Refusal: `wrong_type`, `not_a_datetime`, `looks_like_milliseconds`, `naive_datetime`,
            `bad_time_zone` or `out_of_window`.
    """
    if type(at) is not datetime:
        raise _not_a_datetime(at, field)
    # Never astimezone(): it overflows near years 1 and 9999, and calls the zone twice.
    past = at - EPOCH if at.tzinfo is UTC else _wall(at) - _EPOCH_WALL - offset_of(at, field)
    us = (past.days * 86_400 + past.seconds) * SECOND_US + past.microseconds
    if not FIRST_US <= us < END_US:
        raise Refusal("out_of_window", field, f"'{field}' is outside the years 1970 to 2200 ({shown(at)}); mend it")
    return us


def offset_of(at: datetime, field: str, place: str | None = None) -> timedelta:
    """The offset from UTC that a datetime has, asked once.

    Raises:
        Refusal: `naive_datetime`, or `bad_time_zone` when the zone fails or gives nonsense.
    """
    where = place or f"'{field}'"
    try:
        # Code of a foreign tzinfo runs here; whatever it raises is told as a bad zone.
        offset = at.utcoffset()
    except Exception as error:
        raise Refusal(
            "bad_time_zone",
            field,
            f"the time zone of {where} fails ({shown(at)}); use datetime.UTC or zoneinfo",
        ) from error
    if offset is None:
        raise Refusal(
            "naive_datetime",
            field,
            f"{where} has no time zone ({shown(at)}); pass an aware time, such as value.replace(tzinfo=datetime.UTC)",
        )
    if type(offset) is not timedelta:
        raise Refusal("bad_time_zone", field, f"the time zone of {where} gives no plain timedelta; use zoneinfo")
    return offset


def _wall(at: datetime) -> datetime:
    return at.replace(tzinfo=None)


def _not_a_datetime(at: object, field: str) -> Refusal:
    if type(at) is date:
        return Refusal(
            "not_a_datetime",
            field,
            f"'{field}' is a date without a time ({shown(at)}); pass datetime.combine(day, time(), zone)",
        )
    if type(at) is str:
        return Refusal(
            "not_a_datetime",
            field,
            f"'{field}' is a text ({shown(at)}); parse it first, such as with datetime.fromisoformat",
        )
    if type(at) is int or type(at) is float:
        if abs(at) >= _MILLISECOND_ERA:
            return Refusal(
                "looks_like_milliseconds",
                field,
                f"'{field}' is a number, of milliseconds it seems ({shown(at)}); pass "
                "datetime.fromtimestamp(value / 1000, datetime.UTC)",
            )
        return Refusal(
            "not_a_datetime",
            field,
            f"'{field}' is a number ({shown(at)}); pass datetime.fromtimestamp(value, datetime.UTC)",
        )
    return wrong_type(at, field, "a datetime")
