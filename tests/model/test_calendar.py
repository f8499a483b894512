"""Local days: every moment is in one day, whatever clocks do."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle.errors import InvalidArgument
from lifecycle.model import Calendar

HOUR = 3_600_000_000
DAY = 24 * HOUR
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ZONES = [
    "UTC", "Etc/UTC", "Asia/Tokyo", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Asia/Beirut",
    "America/St_Johns", "Pacific/Apia", "Pacific/Kiritimati", "Pacific/Kwajalein", "Pacific/Chatham",
    "Asia/Kathmandu", "Africa/Monrovia", "Antarctica/Troll", "Australia/Lord_Howe", "America/Scoresbysund",
    "Asia/Gaza", "Africa/Cairo", "America/Havana", "Etc/GMT+12", "Etc/GMT-14",
]  # fmt: skip


def us(text: str) -> int:
    """Microseconds of an ISO text with offset."""
    return (datetime.fromisoformat(text) - EPOCH) // timedelta(microseconds=1)


def length(calendar: Calendar, day: date) -> float:
    """Hours that a day lasts."""
    number = calendar.day_on(day)
    return (calendar.start_of(number + 1) - calendar.start_of(number)) / HOUR


@pytest.mark.parametrize(
    ("zone", "day", "start", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), "2026-03-28T23:00+00:00", 23),
        ("Europe/Berlin", date(2026, 10, 25), "2026-10-24T22:00+00:00", 25),
        ("America/New_York", date(2026, 3, 8), "2026-03-08T05:00+00:00", 23),
        ("America/New_York", date(2026, 11, 1), "2026-11-01T04:00+00:00", 25),
        ("Australia/Lord_Howe", date(2026, 4, 5), "2026-04-04T13:00+00:00", 24.5),
        # Midnight skipped: the day starts at 01:00.
        ("America/Sao_Paulo", date(2018, 11, 4), "2018-11-04T03:00+00:00", 23),
        ("Asia/Beirut", date(2026, 3, 29), "2026-03-28T22:00+00:00", 23),
        # 23:00 repeated: the evening before is longer.
        ("America/Sao_Paulo", date(2018, 2, 17), "2018-02-17T02:00+00:00", 25),
        ("America/Sao_Paulo", date(2018, 2, 18), "2018-02-18T03:00+00:00", 24),
        # Midnight repeated: at 00:01 clocks went back to 23:01, and the new day had begun.
        ("America/St_Johns", date(2010, 11, 6), "2010-11-06T02:30+00:00", 24),
        ("America/St_Johns", date(2010, 11, 7), "2010-11-07T02:30+00:00", 25),
        # A date skipped: empty, and the next starts with it.
        ("Pacific/Apia", date(2011, 12, 29), "2011-12-29T10:00+00:00", 24),
        ("Pacific/Apia", date(2011, 12, 30), "2011-12-30T10:00+00:00", 0),
        ("Pacific/Apia", date(2011, 12, 31), "2011-12-30T10:00+00:00", 24),
        # A gap from 23:30 to 00:30: the day starts inside the gap's end, at 00:30.
        ("America/Toronto", date(1919, 3, 31), "1919-03-31T04:30+00:00", 23.5),
        # A leap day, and the ends of years.
        ("Asia/Tokyo", date(2024, 2, 29), "2024-02-28T15:00+00:00", 24),
        ("Asia/Tokyo", date(2026, 1, 1), "2025-12-31T15:00+00:00", 24),
        ("UTC", date(1970, 1, 1), "1970-01-01T00:00+00:00", 24),
        ("Etc/GMT+12", date(2025, 12, 31), "2025-12-31T12:00+00:00", 24),
    ],
)
def test_a_day_starts_at_its_first_moment_and_lasts_until_the_next(
    zone: str, day: date, start: str, hours: float
) -> None:
    """Starts and lengths of the days on which clocks change, and of ordinary ones."""
    calendar = Calendar(zone)
    assert calendar.start_of(calendar.day_on(day)) == us(start)
    assert length(calendar, day) == hours


@pytest.mark.parametrize(
    ("zone", "at", "expected"),
    [
        ("Asia/Tokyo", "2026-01-01T00:00+09:00", date(2026, 1, 1)),
        ("Asia/Tokyo", "2025-12-31T23:59:59.999999+09:00", date(2025, 12, 31)),
        ("America/New_York", "2024-02-29T23:59-05:00", date(2024, 2, 29)),
        ("America/Sao_Paulo", "2018-11-04T02:59:59+00:00", date(2018, 11, 3)),
        ("America/Sao_Paulo", "2018-11-04T03:00+00:00", date(2018, 11, 4)),
        ("Pacific/Apia", "2011-12-30T09:59:59+00:00", date(2011, 12, 29)),
        ("Pacific/Apia", "2011-12-30T10:00+00:00", date(2011, 12, 31)),
        # The hour that St John's lived twice belongs to the 7th: days never go back.
        ("America/St_Johns", "2010-11-07T02:30:30+00:00", date(2010, 11, 7)),
        ("America/St_Johns", "2010-11-07T02:31:30+00:00", date(2010, 11, 7)),
        ("UTC", "1969-12-31T23:59:59.999999+00:00", date(1969, 12, 31)),
    ],
)
def test_a_moment_is_in_the_last_day_that_has_started(zone: str, at: str, expected: date) -> None:
    """Days of moments beside midnights, skipped and repeated ones too."""
    calendar = Calendar(zone)
    assert calendar.date_of(calendar.day_of(us(at))) == expected


@given(
    zone=st.sampled_from(ZONES),
    moments=st.lists(st.integers(0, 231 * 365 * DAY), min_size=1, max_size=5),
    steps=st.lists(st.integers(-30 * HOUR, 30 * HOUR), max_size=5),
)
def test_days_tile_time_in_order(zone: str, moments: list[int], steps: list[int]) -> None:
    """Each moment lies between the start of its day and the next; later moments never have earlier days."""
    calendar = Calendar(zone)
    all_moments = sorted([*moments, *(moments[0] + step for step in steps)])
    days = [calendar.day_of(moment) for moment in all_moments]
    assert days == sorted(days)
    for moment, day in zip(all_moments, days, strict=True):
        assert calendar.start_of(day) <= moment < calendar.start_of(day + 1)


@pytest.mark.parametrize("zone", ZONES)
def test_every_day_of_seventy_years_starts_with_its_own_date(zone: str) -> None:
    """A day's first moment has its date, the microsecond before an earlier one, or it is skipped."""
    calendar, info = Calendar(zone), ZoneInfo(zone)

    def local(moment: int) -> date:
        return (EPOCH + timedelta(microseconds=moment)).astimezone(info).date()

    for day in range(70 * 365):
        start = calendar.start_of(day)
        assert local(start - 1) < calendar.date_of(day)
        assert local(start) == calendar.date_of(day) or start == calendar.start_of(day + 1)
        assert calendar.day_of(start - 1) < day <= calendar.day_of(start)


def test_midnight_is_aware_and_in_the_zone() -> None:
    """Midnight is told in the zone, and as 01:00 where clocks skip it."""
    calendar = Calendar("America/Sao_Paulo")
    skipped = calendar.midnight(calendar.day_on(date(2018, 11, 4)))
    assert skipped.isoformat() == "2018-11-04T01:00:00-02:00"
    assert calendar.midnight(calendar.day_on(date(2018, 11, 5))).isoformat() == "2018-11-05T00:00:00-02:00"
    assert Calendar("UTC").midnight(0) == EPOCH


def test_dates_and_days_are_one_to_one() -> None:
    """The number of a date leads back to the date."""
    calendar = Calendar("UTC")
    for day in (date(1969, 12, 31), date(1970, 1, 1), date(2024, 2, 29), date(2200, 12, 31)):
        assert calendar.date_of(calendar.day_on(day)) == day
    assert calendar.day_on(date(1970, 1, 2)) == 1


def test_calendars_are_values() -> None:
    """Two calendars of one zone are equal, hash alike and pickle by name, whatever they have looked up."""
    used, fresh = Calendar("Europe/Berlin"), Calendar("Europe/Berlin")
    used.day_of(10**15)
    assert used == fresh
    assert hash(used) == hash(fresh)
    assert pickle.dumps(used) == pickle.dumps(fresh)
    assert pickle.loads(pickle.dumps(used)) == used
    assert used != Calendar("Europe/Paris")
    assert repr(used) == "Calendar('Europe/Berlin')"


@pytest.mark.parametrize(
    "zone",
    ["Mars/Olympus", "", "../../etc/passwd", "/etc/passwd", "Europe", "a\0b", "x" * 10_000, "\ud800", "É"],
)
def test_an_unknown_zone_is_refused(zone: str) -> None:
    """No text but the name of a zone is taken, and nothing outside the database is read."""
    with pytest.raises(InvalidArgument, match="no time zone"):
        Calendar(zone)


def test_a_misspelt_zone_is_told_near_names() -> None:
    """The message offers names like the one that was given."""
    with pytest.raises(InvalidArgument, match=r"'Asia/Tokio'; did you mean Asia/Tokyo"):
        Calendar("Asia/Tokio")


def test_a_zone_that_is_no_text_is_refused() -> None:
    """A zone object is refused, since a definition stores names."""
    with pytest.raises(InvalidArgument, match="must be the name of a time zone, not ZoneInfo"):
        Calendar(ZoneInfo("UTC"))  # type: ignore[arg-type]


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo"])
@pytest.mark.parametrize("day", [10**7, -(10**7), 10**5000], ids=["late", "early", "huge"])
def test_days_outside_the_calendar_are_refused(zone: str, day: int) -> None:
    """A day beyond the years 1 to 9999 is a declared error, not an overflow."""
    calendar = Calendar(zone)
    for ask in (calendar.start_of, calendar.midnight, calendar.date_of):
        with pytest.raises(InvalidArgument, match="outside the years 1 to 9999"):
            ask(day)
