"""Local times of day as instants."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument
from lifecycle.log import days_of
from lifecycle.model import DAY_US, EPOCH, Calendar, utc_of
from lifecycle.rules import Column

Int64Array: TypeAlias = npt.NDArray[np.int64]
_MICROSECOND: Final = timedelta(microseconds=1)
_CHUNK: Final = 64
_SPAN: Final = 45  # 2**45 microseconds are 407 days


@lru_cache(maxsize=1_000)
def calendar_of(zone: str | None, otherwise: str) -> Calendar:
    """The calendar of a customer's zone, or of the definition's where it has none that exists."""
    if zone:
        try:
            return Calendar(zone)
        except InvalidArgument:
            pass
    return Calendar(otherwise)


@lru_cache(maxsize=262_144)
def instant_of(calendar: Calendar, day: int, minute: int) -> int:
    """The first instant of a local day on which the clock shows a minute of the day or later.

    Where clocks skip the minute it is the instant of the jump; where they show it twice, the first time.

    Args:
        calendar: the days of a zone.
        day: days since 1970-01-01.
        minute: 0 to 1,439.

    Returns:
        Microseconds since 1970-01-01 UTC.
    """
    zone = ZoneInfo(calendar.zone)
    wall = datetime.combine(calendar.date_of(day), datetime.min.time()) + timedelta(minutes=minute)
    early, late = sorted((wall.replace(tzinfo=zone, fold=fold) - EPOCH) // _MICROSECOND for fold in (0, 1))
    start = calendar.start_of(day)
    if early == late or _wall(zone, early) == wall:
        return max(early, start)
    while late - early > 1:  # skipped: the jump lies between the two readings
        middle = (early + late) // 2
        early, late = (middle, late) if _wall(zone, middle) < wall else (early, middle)
    return max(late, start)


def next_clock(calendar: Calendar, at_us: int, minute: int) -> int:
    """The first instant, at or after another, on which some local day reaches a minute of the day."""
    day = calendar.day_of(at_us)
    while (found := instant_of(calendar, day, minute)) < at_us:
        day += 1
    return found


def instants_of(calendar: Calendar, days: npt.NDArray[Any], minute: int) -> Int64Array:
    """As `instant_of`, for many days; shape as `days`."""
    if not len(days):
        return np.zeros(0, np.int64)
    low, high = int(days.min()) // _CHUNK, int(days.max()) // _CHUNK
    if (high - low) * _CHUNK > len(days) + _CHUNK:
        distinct, place = np.unique(days, return_inverse=True)
        return np.array([instant_of(calendar, day, minute) for day in distinct.tolist()], np.int64)[place]
    table = np.concatenate([_instants(calendar, chunk, minute) for chunk in range(low, high + 1)])
    found: Int64Array = table[days - low * _CHUNK]
    return found


@lru_cache(maxsize=8_192)
def _instants(calendar: Calendar, chunk: int, minute: int) -> Int64Array:
    """Of so many days in a row."""
    days = range(chunk * _CHUNK, (chunk + 1) * _CHUNK)
    found = np.array([instant_of(calendar, day, minute) for day in days], np.int64)
    found.flags.writeable = False
    return found


def next_clocks(calendar: Calendar, at: Int64Array, minute: int) -> Int64Array:
    """As `next_clock`, for many instants; shape (n,)."""
    days = days_of(at, calendar)
    found = instants_of(calendar, days, minute)
    while (late := found < at).any():
        days[late] += 1
        found[late] = instants_of(calendar, days[late], minute)
    return found


def by_zone(
    zones: Column, index: npt.NDArray[np.intp], otherwise: str, answer: Callable[[Calendar, Any], Int64Array]
) -> Int64Array:
    """An answer for some customers, worked out zone by zone.

    Args:
        zones: the names of the zones of all customers.
        index: which of them; shape (n,).
        otherwise: the zone of who has none that exists.
        answer: (calendar, some of `index`) → the answers for these.

    Returns:
        Shape (n,).
    """
    result = np.zeros(len(index), np.int64)
    if not len(index):
        return result
    codes = zones.values[index] if zones.valid is None else np.where(zones.valid[index], zones.values[index], -1)
    order = np.argsort(codes, kind="stable")
    distinct, first = np.unique(codes[order], return_index=True)
    for code, places in zip(distinct.tolist(), np.split(order, first[1:]), strict=True):
        calendar = calendar_of(zones.book[code] if code >= 0 else None, otherwise)
        result[places] = answer(calendar, index[places])
    return result


def offset_at(zone: str, at_us: int) -> tuple[int, int]:
    """How far a zone's clock is ahead of UTC at an instant, and an instant until which it stays so; microseconds."""
    span = at_us >> _SPAN
    starts, offsets = _offsets(zone, span)
    place = bisect_right(starts, at_us)
    return offsets[place - 1], starts[place] if place < len(starts) else (span + 1) << _SPAN


def offsets_at(zone: str, at: Int64Array) -> tuple[Int64Array, Int64Array]:
    """As `offset_at`, for many instants; shape (n,) each."""
    low, high = (int(at.min()) >> _SPAN, int(at.max()) >> _SPAN) if len(at) else (0, 0)
    starts, offsets = _offset_arrays(zone, low, high)
    place = np.searchsorted(starts, at, side="right")
    return offsets[place - 1], starts[place]


@lru_cache(maxsize=4_096)
def _offsets(zone: str, span: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """When the clock changes within a span of time, its beginning included, and its offsets from then on."""
    info, low, high = ZoneInfo(zone), span << _SPAN, (span + 1) << _SPAN
    starts, offsets = [low], [_offset(info, low)]
    for day in range(low, high, DAY_US):
        early, late = day, min(day + DAY_US, high - 1)
        if _offset(info, late) == offsets[-1]:
            continue
        while late - early > 1:
            middle = (early + late) // 2
            early, late = (middle, late) if _offset(info, middle) == offsets[-1] else (early, middle)
        starts.append(late)
        offsets.append(_offset(info, late))
    return tuple(starts), tuple(offsets)


@lru_cache(maxsize=1_024)
def _offset_arrays(zone: str, low: int, high: int) -> tuple[Int64Array, Int64Array]:
    spans = [_offsets(zone, span) for span in range(low, high + 1)]
    starts = [start for found, _ in spans for start in found]
    offsets = [offset for _, found in spans for offset in found]
    return np.array([*starts, (high + 1) << _SPAN], np.int64), np.array(offsets, np.int64)


def _offset(zone: ZoneInfo, at_us: int) -> int:
    found = utc_of(at_us).astimezone(zone).utcoffset()
    assert found is not None
    return found // _MICROSECOND


def _wall(zone: ZoneInfo, at_us: int) -> datetime:
    return utc_of(at_us).astimezone(zone).replace(tzinfo=None)
