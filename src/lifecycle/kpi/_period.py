"""Stretches of time by their usual names: a year, a quarter, a month, a week, a day."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final, Self, TypeAlias

import attrs

from lifecycle.engine import Moment, instant
from lifecycle.errors import InvalidArgument
from lifecycle.model import Calendar, Window, utc_of

_MONTHS: Final = {"year": 12, "quarter": 3, "month": 1}
_DAYS: Final = {"week": 7, "day": 1}
_FORMS: Final = (
    (re.compile(r"(\d{4})"), "year"),
    (re.compile(r"(\d{4})-Q([1-4])"), "quarter"),
    (re.compile(r"(\d{4})-(\d{2})"), "month"),
    (re.compile(r"(\d{4})-W(\d{2})"), "week"),
    (re.compile(r"(\d{4})-(\d{2})-(\d{2})"), "day"),
)


@attrs.frozen
class Period:
    """A half-open stretch of time with a name, in one zone."""

    label: str
    """What people call it: 2026-Q1, or its two ends."""
    start_us: int
    """The first instant, in microseconds since 1970-01-01 UTC."""
    end_us: int
    """The first instant after it."""
    calendar: Calendar
    """The days of its zone."""
    _unit: str = ""

    @classmethod
    def of(cls, asked: AskedPeriod, zone: str) -> Self:
        """A period from the way in which people name it.

        Args:
            asked: '2026', '2026-Q1', '2026-03', '2026-W10' (ISO, from Monday), '2026-03-15'; two moments, of which
                the second is excluded; a window; or a period.
            zone: the IANA zone in which days begin.

        Raises:
            InvalidArgument: another form, no such date, or an end that is not after the start.
        """
        if isinstance(asked, Period):
            return cls(asked.label, asked.start_us, asked.end_us, asked.calendar, asked._unit)
        calendar = Calendar(zone)
        if isinstance(asked, str):
            return cls._named(asked, calendar)
        start, end = (asked.start, asked.end) if isinstance(asked, Window) else _pair(asked)
        start_us, end_us = instant(start, calendar), instant(end, calendar)
        if start_us >= end_us:
            raise InvalidArgument(f"the period ends ({end}) before it has begun ({start}); give start, then end")
        return cls(f"{_shown(start_us, calendar)}/{_shown(end_us, calendar)}", start_us, end_us, calendar)

    @classmethod
    def _named(cls, text: str, calendar: Calendar) -> Self:
        for form, unit in _FORMS:
            found = form.fullmatch(text)
            if found:
                return cls._from(_first_day(text, unit, [int(part) for part in found.groups()]), unit, calendar)
        raise InvalidArgument(
            f"{text!r} is no period; give '2026', '2026-Q1', '2026-03', '2026-W10', '2026-03-15', or (start, end)"
        )

    @classmethod
    def _from(cls, first: date, unit: str, calendar: Calendar) -> Self:
        start, end = (calendar.start_of(calendar.day_on(day)) for day in (first, _shifted(first, unit, 1)))
        return cls(_label(first, unit), start, end, calendar, unit)

    @property
    def zone(self) -> str:
        """The IANA zone of its days."""
        return self.calendar.zone

    @property
    def window(self) -> Window:
        """The same as a window of instants."""
        return Window(utc_of(self.start_us), utc_of(self.end_us))

    @property
    def days(self) -> float:
        """How long it is, in days of 24 hours."""
        return (self.end_us - self.start_us) / (24 * 3600 * 1_000_000)

    def previous(self, steps: int = 1) -> Self:
        """The period so many before: the month before, or as many days before as it is long.

        Raises:
            InvalidArgument: that would lie before 1970.
        """
        calendar = self.calendar
        first_day, end_day = calendar.day_of(self.start_us), calendar.day_of(self.end_us)
        if self._unit:
            return self._from(_shifted(calendar.date_of(first_day), self._unit, -steps), self._unit, calendar)
        is_whole = calendar.start_of(first_day) == self.start_us and calendar.start_of(end_day) == self.end_us
        if is_whole:
            days = (end_day - first_day) * steps
            start, end = calendar.start_of(first_day - days), calendar.start_of(end_day - days)
        else:
            start, end = (us - steps * (self.end_us - self.start_us) for us in (self.start_us, self.end_us))
        if start < 0:
            raise InvalidArgument(f"{steps} periods before {self.label} lie before 1970; ask for fewer")
        return type(self)(f"{_shown(start, calendar)}/{_shown(end, calendar)}", start, end, calendar)

    def __str__(self) -> str:
        return self.label


AskedPeriod: TypeAlias = Period | Window | str | tuple[Moment, Moment]
"""The ways to name a period."""


def _pair(asked: object) -> tuple[Moment, Moment]:
    if isinstance(asked, (tuple, list)) and len(asked) == 2:
        return asked[0], asked[1]
    raise InvalidArgument(f"{asked!r} is no period; give '2026-Q1', or (start, end)")


def _first_day(text: str, unit: str, parts: list[int]) -> date:
    try:
        match unit:
            case "week":
                first = date.fromisocalendar(parts[0], parts[1], 1)
            case "quarter":
                first = date(parts[0], 3 * parts[1] - 2, 1)
            case _:
                first = date(parts[0], *(*parts[1:], 1, 1)[:2])
    except ValueError as error:
        raise InvalidArgument(f"{text!r} is no {unit}: {error}") from None
    if not 1970 <= first.year < 2200:
        raise InvalidArgument(f"{text!r} is outside the years 1970 to 2199")
    return first


def _shifted(first: date, unit: str, steps: int) -> date:
    if unit in _DAYS:
        return first + timedelta(_DAYS[unit] * steps)
    months = first.year * 12 + first.month - 1 + _MONTHS[unit] * steps
    if months < 1970 * 12:
        raise InvalidArgument(f"{abs(steps)} {unit}s before {first} lie before 1970; ask for fewer")
    return date(months // 12, months % 12 + 1, 1)


def _label(first: date, unit: str) -> str:
    match unit:
        case "year":
            return f"{first.year}"
        case "quarter":
            return f"{first.year}-Q{first.month // 3 + 1}"
        case "month":
            return f"{first:%Y-%m}"
        case "week":
            year, week, _ = first.isocalendar()
            return f"{year}-W{week:02d}"
        case _:
            return first.isoformat()


def _shown(us: int, calendar: Calendar) -> str:
    day = calendar.day_of(us)
    if calendar.start_of(day) == us:
        return calendar.date_of(day).isoformat()
    return utc_of(us).isoformat()
