"""Consecutive calendar periods of a zone, and the fast answer to which of them an instant is in."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Self, TypeAlias, get_args

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.engine import By, Moment, boundaries, instant, period_days
from lifecycle.errors import InvalidArgument
from lifecycle.log import TouchpointLog
from lifecycle.model import Calendar

from ._lookup import Lookup
from ._reading import span_of

Int64 = npt.NDArray[np.int64]
Weekday: TypeAlias = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
"""The day on which weeks begin."""


@attrs.frozen
class Periods:
    """Consecutive calendar periods, half-open, and until when they were watched.

    Make them with `between` or `covering`. Two are equal when they are the same periods, watched equally long; only
    results of equal periods add up.
    """

    by: By
    """day, week, month, quarter or year."""
    zone: str
    """The time zone whose midnights bound the periods."""
    first_weekday: Weekday
    """The day on which weeks begin."""
    first_day: int
    """The first day of the first period, in days since 1970-01-01."""
    end_day: int
    """The day after the last period; equal to `first_day` where there is no period."""
    until_us: int
    """What is at or after this instant does not count, in microseconds since 1970."""
    days: Int64 = attrs.field(init=False, repr=False, eq=False)
    """First day of each period, and the day after the last; shape (n + 1,)."""
    bounds: Int64 = attrs.field(init=False, repr=False, eq=False)
    """The instants at which those days begin, in microseconds since 1970; shape (n + 1,)."""

    def __attrs_post_init__(self) -> None:
        calendar = Calendar(self.zone)
        if self.first_weekday not in get_args(Weekday):
            raise InvalidArgument(f"first_weekday={self.first_weekday!r} is no day of the week; give 'monday'")
        days = _days(self.first_day, self.end_day - 1, self.by, self.first_weekday)
        for name, array in (("days", days), ("bounds", boundaries(days, calendar))):
            array.flags.writeable = False
            object.__setattr__(self, name, array)

    @classmethod
    def between(
        cls,
        since: Moment,
        until: Moment,
        by: By = "month",
        *,
        zone: str = "UTC",
        first_weekday: Weekday = "monday",
    ) -> Self:
        """The periods from that of `since`, taken whole, up to an end.

        Args:
            since: an instant of the first period, or a date: its 00:00 in the zone.
            until: what is at or after it does not count; inside a period, that period is not over.
            by: the calendar periods.
            zone: the time zone of the periods.
            first_weekday: the day on which weeks begin.

        Raises:
            InvalidArgument: `until` is not after `since`, or an argument is not of its kind.
        """
        calendar = Calendar(zone)
        first, end = instant(since, calendar), instant(until, calendar)
        if first >= end:
            raise InvalidArgument(f"periods from {since!r} until {until!r} are empty; give an end after the start")
        return cls._spanning(first, end, by, calendar, first_weekday)

    @classmethod
    def covering(
        cls, log: TouchpointLog, by: By = "month", *, zone: str = "UTC", first_weekday: Weekday = "monday"
    ) -> Self:
        """The periods from that of the first touchpoint of a log up to the midnight after its last (S2).

        Raises:
            InvalidArgument: an argument is not of its kind.

        Empty and missing: a log without touchpoints has no period.
        """
        calendar = Calendar(zone)
        if not len(log):
            period_days(0, 0, by)  # refuses what is no period
            return cls(by, zone, first_weekday, 0, 0, 0)
        first_us, last_us = span_of(log.block(0, log.n_customers))
        end = calendar.start_of(calendar.day_of(last_us) + 1)
        return cls._spanning(first_us, end, by, calendar, first_weekday)

    @classmethod
    def _spanning(cls, first_us: int, end_us: int, by: By, calendar: Calendar, first_weekday: Weekday) -> Self:
        if first_weekday not in get_args(Weekday):
            raise InvalidArgument(f"first_weekday={first_weekday!r} is no day of the week; give 'monday'")
        days = _days(calendar.day_of(first_us), calendar.day_of(end_us - 1), by, first_weekday)
        return cls(by, calendar.zone, first_weekday, int(days[0]), int(days[-1]), end_us)

    def __len__(self) -> int:
        return len(self.days) - 1

    @property
    def starts(self) -> npt.NDArray[np.datetime64]:
        """The first day of each period as a date; shape (n,)."""
        return self.days[:-1].astype("M8[D]")

    @property
    def is_over(self) -> npt.NDArray[np.bool_]:
        """Whether each period had ended when watching ended; only the last may not have. Shape (n,)."""
        return np.asarray(self.bounds[1:] <= self.until_us)

    @property
    def lookup(self) -> Lookup:
        """The table that finds the period of many instants at once."""
        edges = self.bounds.copy()
        edges[-1] = min(int(edges[-1]), self.until_us) if len(self) else edges[-1]
        return Lookup(edges)

    def index_of(self, at: Int64) -> npt.NDArray[np.int32]:
        """The period of each instant, from 0; -1 before the first, n at the end or after it.

        Args:
            at: microseconds since 1970-01-01 UTC, in any order.
        """
        return self.lookup.find(at)

    def period_of(self, moment: Moment) -> int:
        """The period that a moment is in, from 0.

        Raises:
            InvalidArgument: it is in none of them.
        """
        calendar = Calendar(self.zone)
        index = int(self.index_of(np.array([instant(moment, calendar)]))[0])
        if not 0 <= index < len(self):
            raise InvalidArgument(f"{moment!r} is in none of the {len(self)} periods ({self!r}); give one inside")
        return index

    def from_earlier(self, first_us: int) -> Self:
        """The same periods, and those before them back to that of an instant."""
        if not len(self) or first_us >= int(self.bounds[0]):
            return self
        return type(self)._spanning(first_us, self.until_us, self.by, Calendar(self.zone), self.first_weekday)

    def with_one_before(self) -> Self:
        """The same periods, and the one before them."""
        return self.from_earlier(int(self.bounds[0]) - 1)


def _days(first_day: int, last_day: int, by: By, first_weekday: Weekday) -> Int64:
    """The first days of the periods that cover two days, and the day after."""
    if last_day < first_day:
        return np.array([first_day], np.int64)
    late = get_args(Weekday).index(first_weekday) if by == "week" else 0
    return period_days(first_day - late, last_day - late, by) + late


def periods_for(log: TouchpointLog, by: By | Periods, zone: str | None) -> Periods:
    """The periods asked for: given as they are, or those that cover the log.

    Raises:
        InvalidArgument: a zone is given beside periods that have another.
    """
    if not isinstance(by, Periods):
        return Periods.covering(log, by, zone="UTC" if zone is None else zone)
    if zone is not None and zone != by.zone:
        raise InvalidArgument(f"zone={zone!r} beside periods in {by.zone!r}; leave it out, or make the periods with it")
    return by


def instants(times: object, n: int, name: str) -> Int64:
    """Instants as microseconds since 1970; what is missing is NaT, the smallest int64.

    Raises:
        InvalidArgument: not `n` instants, as datetime64 or whole microseconds.
    """
    if isinstance(times, (list, tuple)) and any(isinstance(time, datetime) for time in times):
        raise InvalidArgument(f"{name} holds datetime objects; give an array of datetime64 in UTC")
    found = np.asarray(times)
    if found.shape != (n,) or found.dtype.kind not in "iM":
        raise InvalidArgument(f"{name} has shape {found.shape} and dtype {found.dtype}; give {n} datetime64 in UTC")
    return found.astype("M8[us]").view(np.int64) if found.dtype.kind == "M" else found.astype(np.int64)
