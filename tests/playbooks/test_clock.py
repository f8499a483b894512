"""Local times of day as instants, one by one and many at once."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifecycle.model import Calendar
from lifecycle.playbooks._clock import (
    by_zone,
    calendar_of,
    instant_of,
    instants_of,
    next_clock,
    next_clocks,
    offset_at,
    offsets_at,
)
from lifecycle.rules import Column

from .policing import DAY_US, EPOCH, HOUR_US, MINUTE_US, us
from .test_policies_quiet import ZONES, wall

YEARS = st.integers(us(2009, 1, 1), us(2027, 1, 1))
NEAR = st.sampled_from([us(2022, 3, 13), us(2022, 3, 27), us(2022, 10, 2), us(2022, 10, 30), us(2011, 12, 30)])
MOMENTS = st.one_of(YEARS, st.builds(lambda base, extra: base + extra, NEAR, st.integers(-2 * DAY_US, 2 * DAY_US)))
CLOCKS = st.integers(0, 1_439)


@given(zone=st.sampled_from(ZONES), at_us=MOMENTS, minute=CLOCKS)
@settings(max_examples=400, deadline=None)
def test_the_next_time_of_day(zone: str, at_us: int, minute: int) -> None:
    """The next such time is at or after the instant, comes within a day, and shows that minute unless it is skipped."""
    calendar = Calendar(zone)
    found = next_clock(calendar, at_us, minute)
    assert at_us <= found < at_us + 2 * DAY_US + 2 * HOUR_US
    shown, before = wall(zone, found), wall(zone, found - 1)
    is_skipped = shown.utcoffset() != before.utcoffset()
    assert is_skipped or (shown.hour * 60 + shown.minute, shown.second, shown.microsecond) == (minute, 0, 0)


@given(zone=st.sampled_from(ZONES), at_us=MOMENTS)
@settings(max_examples=200, deadline=None)
def test_the_first_minute_begins_the_day(zone: str, at_us: int) -> None:
    """The minute 0 of a day is where the day of the calendar starts."""
    calendar = Calendar(zone)
    day = calendar.day_of(at_us)
    assert instant_of(calendar, day, 0) == calendar.start_of(day)


@given(zone=st.sampled_from(ZONES), at=st.lists(MOMENTS, max_size=20), minute=CLOCKS)
@settings(max_examples=200, deadline=None)
def test_many_at_once(zone: str, at: list[int], minute: int) -> None:
    """Columns of instants, days and offsets are what one after the other gives."""
    calendar, column = Calendar(zone), np.array(at, np.int64)
    days = np.array([calendar.day_of(one) for one in at], np.int32)
    assert next_clocks(calendar, column, minute).tolist() == [next_clock(calendar, one, minute) for one in at]
    assert instants_of(calendar, days, minute).tolist() == [instant_of(calendar, day, minute) for day in days.tolist()]
    offsets, ends = offsets_at(zone, column)
    ones = [offset_at(zone, one) for one in at]
    assert offsets.tolist() == [offset for offset, _ in ones]
    assert all(one < low <= high or low == high for one, (_, low), high in zip(at, ones, ends.tolist(), strict=True))


@given(zone=st.sampled_from(ZONES), at_us=MOMENTS, share=st.floats(0, 1, exclude_max=True))
@settings(max_examples=400, deadline=None)
def test_offsets_are_those_of_the_zone(zone: str, at_us: int, share: float) -> None:
    """The offset is what zoneinfo says, now and at every instant until its end, which is later."""
    offset, end = offset_at(zone, at_us)
    assert end > at_us
    for instant in (at_us, at_us + int((end - at_us) * share), end - 1):
        found = wall(zone, instant).utcoffset()
        assert found == timedelta(microseconds=offset)


@pytest.mark.parametrize(
    ("clock", "expected"),
    [(150, us(2026, 3, 29, 1)), (119, us(2026, 3, 29, 0, 59)), (180, us(2026, 3, 29, 1)), (181, us(2026, 3, 29, 1, 1))],
    ids=["skipped", "before", "first shown", "after"],
)
def test_a_minute_that_is_skipped(clock: int, expected: int) -> None:
    """Clocks in Berlin jump from 02:00 to 03:00: what lies between is the jump."""
    calendar = Calendar("Europe/Berlin")
    assert instant_of(calendar, calendar.day_of(us(2026, 3, 29, 12)), clock) == expected


def test_a_minute_that_is_shown_twice() -> None:
    """Clocks in Berlin go back from 03:00 to 02:00: the first 02:30 counts."""
    calendar = Calendar("Europe/Berlin")
    assert instant_of(calendar, calendar.day_of(us(2026, 10, 25, 12)), 150) == us(2026, 10, 25, 0, 30)


def test_a_day_that_is_skipped() -> None:
    """Samoa had no 30 December 2011: all its times of day are the start of the 31st."""
    calendar = Calendar("Pacific/Apia")
    day = calendar.day_on((EPOCH + timedelta(microseconds=us(2011, 12, 30))).date())
    assert wall("Pacific/Apia", instant_of(calendar, day, 600)).date().isoformat() == "2011-12-31"
    assert next_clock(calendar, us(2011, 12, 30, 10) + 1, 600) == us(2011, 12, 30, 20)


def test_zones_that_do_not_exist() -> None:
    """A zone that nobody knows, or none, is that of the definition."""
    assert [calendar_of(zone, "Asia/Tokyo").zone for zone in (None, "", "Moon/Base", "Europe/Paris")] == [
        "Asia/Tokyo", "Asia/Tokyo", "Asia/Tokyo", "Europe/Paris",
    ]  # fmt: skip


def test_answers_by_zone() -> None:
    """Each customer is answered in the own zone, in the order in which they were asked."""
    known = np.array([True, True, False, True, True])
    zones = Column(np.array([1, 0, -1, 1, 2], np.int32), known, ("UTC", "Asia/Tokyo", "?"))
    asked: list[str] = []

    def answer(calendar: Calendar, places: np.ndarray) -> np.ndarray:
        asked.append(calendar.zone)
        return places * 10 + (calendar.zone == "Asia/Tokyo")

    assert by_zone(zones, np.array([4, 3, 2, 1]), "Europe/Paris", answer).tolist() == [40, 31, 20, 10]
    assert sorted(asked) == ["Asia/Tokyo", "Europe/Paris", "Europe/Paris", "UTC"]
    nobody = Column(np.zeros(3, np.int32), np.zeros(3, bool))
    assert by_zone(nobody, np.arange(3), "UTC", answer).tolist() == [0, 10, 20]
    assert by_zone(zones, np.array([], np.intp), "UTC", answer).tolist() == []


def test_every_zone_is_read_right_for_years() -> None:
    """Hour by hour over three years, the offsets of the 40 zones are those of zoneinfo."""
    hours = np.arange(us(2021, 1, 1), us(2024, 1, 1), HOUR_US // 2 + 7 * MINUTE_US)
    for zone in ZONES[::4]:
        info, (offsets, _) = ZoneInfo(zone), offsets_at(zone, hours)
        shown = [(EPOCH + timedelta(microseconds=one)).astimezone(info).utcoffset() for one in hours.tolist()]
        assert offsets.tolist() == [one // timedelta(microseconds=1) for one in shown if one is not None]
