"""Local days of a time zone, as numbers and as microseconds."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from difflib import get_close_matches
from typing import Final, Self
from zoneinfo import ZoneInfo, available_timezones

import attrs

from lifecycle.errors import InvalidArgument

from ._moment import DAY_US, EPOCH, utc_of
from ._refusal import shown, type_name

_EPOCH_ORDINAL: Final = EPOCH.toordinal()
# Room on both sides, so that no zone leaves the years 1 to 9999.
_FIRST_DAY: Final = date(1, 1, 3).toordinal() - _EPOCH_ORDINAL
_LAST_DAY: Final = date(9999, 12, 29).toordinal() - _EPOCH_ORDINAL
_MICROSECOND: Final = timedelta(microseconds=1)
_UTC_NAMES: Final = frozenset({"UTC", "Etc/UTC"})


@attrs.frozen(init=False, repr=False)
class Calendar:
    """The days of a time zone: which local day a moment is in, and when a day starts.

    A day is a number, days since 1970-01-01. It starts at the first moment that has its local
    date, and lasts until the next one starts. So days follow each other without gap or overlap
    even where clocks skip midnight (the day starts at 01:00), repeat it (the repeated hour belongs
    to the new day) or skip a whole date (that day is empty, and no moment is in it).

    Args:
        zone: a name of the IANA database, such as "Asia/Tokyo" or "UTC".

    Raises:
        InvalidArgument: no such zone; the message holds near names.
    """

    zone: str
    """The name of the time zone."""
    _is_utc: bool = attrs.field(eq=False)
    _starts: _Starts = attrs.field(eq=False)

    def __init__(self, zone: str) -> None:
        object.__setattr__(self, "_starts", _Starts(_zone_info(zone)))
        object.__setattr__(self, "_is_utc", zone in _UTC_NAMES)
        object.__setattr__(self, "zone", zone)

    def __reduce__(self) -> tuple[type[Self], tuple[str]]:
        # The cache stays here; the other side fills its own.
        return type(self), (self.zone,)

    def __repr__(self) -> str:
        return f"Calendar({self.zone!r})"

    def day_of(self, us: int) -> int:
        """The day that a moment is in: the largest one that has started.

        Args:
            us: microseconds since 1970-01-01 00:00 UTC.

        Raises:
            InvalidArgument: outside the years 1 to 9999; not looked at in UTC.
        """
        # Local midnight is within a day of midnight UTC, so the guess is at most one off.
        day = us // DAY_US
        if self._is_utc:
            return day
        starts = self._starts
        while us < starts[day]:
            day -= 1
        while us >= starts[day + 1]:
            day += 1
        return day

    def start_of(self, day: int) -> int:
        """The first microsecond of a day, counted from 1970-01-01 00:00 UTC.

        Raises:
            InvalidArgument: outside the years 1 to 9999.
        """
        if self._is_utc and _FIRST_DAY <= day <= _LAST_DAY:
            return day * DAY_US
        return self._starts[day]

    def date_of(self, day: int) -> date:
        """The date of a day.

        Raises:
            InvalidArgument: outside the years 1 to 9999.
        """
        if not _FIRST_DAY <= day <= _LAST_DAY:
            raise _outside(day)
        return date.fromordinal(day + _EPOCH_ORDINAL)

    def day_on(self, day: date) -> int:
        """The number of a date."""
        return day.toordinal() - _EPOCH_ORDINAL

    def midnight(self, day: int) -> datetime:
        """The moment at which a day starts, in the zone; 01:00 where clocks skip midnight.

        Raises:
            InvalidArgument: outside the years 1 to 9999.
        """
        return utc_of(self.start_of(day)).astimezone(self._starts.zone)


class _Starts(dict[int, int]):
    """Starts of days, found when first asked for."""

    def __init__(self, zone: tzinfo) -> None:
        super().__init__()
        self.zone = zone

    def __missing__(self, day: int) -> int:
        if not _FIRST_DAY <= day <= _LAST_DAY:
            raise _outside(day)
        wall = datetime.fromordinal(day + _EPOCH_ORDINAL)
        # fold=0 is the first of two midnights. Seen from a skipped one it lies at or after the gap.
        start = (wall.replace(tzinfo=self.zone, fold=0) - EPOCH) // _MICROSECOND
        if self._is_before(start - 1, day):
            self[day] = start
            return start
        # A gap that begins before midnight and ends after it: the day starts where the gap is.
        before, after = start - 2 * DAY_US, start
        while after - before > 1:
            middle = (before + after) // 2
            if self._is_before(middle, day):
                before = middle
            else:
                after = middle
        self[day] = after
        return after

    def _is_before(self, us: int, day: int) -> bool:
        return utc_of(us).astimezone(self.zone).toordinal() - _EPOCH_ORDINAL < day


def _outside(day: int) -> InvalidArgument:
    return InvalidArgument(f"day {shown(day)} is outside the years 1 to 9999; mend the date")


def _zone_info(zone: str) -> ZoneInfo:
    if type(zone) is not str:
        raise InvalidArgument(f"'zone' must be the name of a time zone, not {type_name(type(zone))}; give 'UTC'")
    try:
        return ZoneInfo(zone)
    # Depending on the text: no such key, a path outside the database, a folder, a name too long.
    except (KeyError, ValueError, OSError):
        near = [] if len(zone) > 60 else get_close_matches(zone, sorted(available_timezones()), n=3, cutoff=0.6)
        hint = f"; did you mean {', '.join(near)}?" if near else "; give an IANA name, such as 'Asia/Tokyo'"
        raise InvalidArgument(f"no time zone {shown(zone)}{hint}") from None
