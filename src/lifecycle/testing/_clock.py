"""A clock that stands still."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from lifecycle.errors import InvalidArgument

from ._history import instant


class FrozenClock:
    """A clock for hosts under test: it shows one instant until it is told to go on, and never goes back.

    Hand it to the host's code in place of `datetime.now`: it is called without arguments, or with a zone.

    Args:
        at: what it shows, aware, or a text.
        zone: the zone of texts, and of what it shows.

    Raises:
        InvalidArgument: `at` is no instant.

    >>> clock = FrozenClock("2026-01-05 10:00", zone="Asia/Tokyo")
    >>> clock.later(days=1, hours=2)().isoformat()
    '2026-01-06T12:00:00+09:00'
    """

    def __init__(self, at: str | datetime, *, zone: str = "UTC") -> None:
        self._zone = ZoneInfo(zone)
        self._now = instant(at, self._zone)

    def __call__(self, zone: ZoneInfo | None = None) -> datetime:
        """What it shows, in its zone or another."""
        return self._now.astimezone(zone or self._zone)

    def later(self, *, days: float = 0, hours: float = 0, minutes: float = 0) -> Self:
        """The same clock, put forward by so many times 24 hours, hours and minutes.

        Raises:
            InvalidArgument: that would be backwards.
        """
        return self.until(self._now + timedelta(days=days, hours=hours, minutes=minutes))

    def until(self, at: str | datetime) -> Self:
        """The same clock, put forward to an instant.

        Raises:
            InvalidArgument: that would be backwards, or `at` is no instant.
        """
        then = instant(at, self._zone)
        if then < self._now:
            raise InvalidArgument(f"the clock shows {self()}, and does not go back to {then.astimezone(self._zone)}")
        self._now = then
        return self

    def __repr__(self) -> str:
        return f"FrozenClock({self()})"
