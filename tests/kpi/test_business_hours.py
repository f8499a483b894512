"""Business hours: counted minute by minute, over weekends, holidays and the change of clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifecycle.errors import InvalidArgument
from lifecycle.kpi import BusinessHours
from lifecycle.model import Calendar

OFFICE = BusinessHours(holidays=(date(2026, 4, 6),))
NIGHT = BusinessHours("01:30", "04:00", week="1111111")
START = datetime(2026, 3, 27, tzinfo=UTC)  # clocks change in Berlin on the 29th
MINUTES = st.integers(0, 3 * 1440)


def _us(at: datetime) -> np.ndarray:
    return np.array([round(at.timestamp()) * 1_000_000])


def _hours(hours: BusinessHours, begin: datetime, end: datetime, zone: str = "UTC") -> float:
    return int(hours.between(_us(begin), _us(end), Calendar(zone))[0]) / 3600


def _by_hand(hours: BusinessHours, begin: datetime, minutes: int, zone: str) -> int:
    """The minutes at which it is open, one by one."""
    local = [(begin + timedelta(minutes=step)).astimezone(ZoneInfo(zone)) for step in range(minutes)]
    return sum(
        hours.week[at.weekday()] == "1" and at.date() not in hours.holidays and hours.opens <= at.time() < hours.closes
        for at in local
    )


@pytest.mark.smoke
def test_a_weekend_does_not_count() -> None:
    """From Friday 16:00 to Monday 10:00 it is open for two hours, and for ten to the Tuesday after a holiday."""
    friday = datetime(2026, 3, 27, 16, tzinfo=UTC)
    assert _hours(OFFICE, friday, datetime(2026, 3, 30, 10, tzinfo=UTC)) == 2
    assert _hours(OFFICE, datetime(2026, 4, 3, 16, tzinfo=UTC), datetime(2026, 4, 7, 10, tzinfo=UTC)) == 2


def test_hours_are_those_of_the_zone() -> None:
    """Nine in Tokyo is midnight in UTC."""
    night = datetime(2026, 3, 25, 0, tzinfo=UTC)
    assert _hours(OFFICE, night, night + timedelta(hours=8), "Asia/Tokyo") == 8
    assert _hours(OFFICE, night, night + timedelta(hours=8), "UTC") == 0


@settings(max_examples=25)
@given(st.sampled_from([OFFICE, BusinessHours("00:00", "23:30", week="0000111")]), MINUTES, MINUTES)
def test_it_is_as_counted_minute_by_minute(hours: BusinessHours, first: int, minutes: int) -> None:
    """Also where a clock is put forward on the way."""
    begin = START + timedelta(minutes=first)
    found = _hours(hours, begin, begin + timedelta(minutes=minutes), "Europe/Berlin")
    if hours is OFFICE:
        assert found * 60 == _by_hand(hours, begin, minutes, "Europe/Berlin")
    else:
        assert found * 60 == pytest.approx(_by_hand(hours, begin, minutes, "Europe/Berlin"))


def test_a_night_in_which_clocks_are_put_forward_is_shorter() -> None:
    """From 01:30 to 04:00 by the clock it is open for an hour and a half that night."""
    night = datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert _hours(NIGHT, night, night + timedelta(hours=9), "Europe/Berlin") == 1.5


@settings(max_examples=50)
@given(MINUTES, st.integers(1, 2000))
def test_the_limit_is_the_instant_by_which_it_was_open_so_long(first: int, minutes: int) -> None:
    """Not a microsecond earlier."""
    begin, calendar = _us(START + timedelta(minutes=first)), Calendar("Europe/Berlin")
    limit = OFFICE.after(begin, minutes / 60, int(begin[0]) + 60 * 86_400_000_000, calendar)
    assert OFFICE.between(begin, limit, calendar)[0] == minutes * 60
    assert OFFICE.between(begin, limit - 1, calendar)[0] == minutes * 60 - 1


def test_a_limit_beyond_the_end_is_never() -> None:
    """Nothing after the end is looked at."""
    begin = _us(datetime(2026, 3, 27, 16, tzinfo=UTC))
    end = int(_us(datetime(2026, 3, 30, 10, tzinfo=UTC))[0])
    assert OFFICE.after(begin, 2, end, Calendar("UTC"))[0] == np.iinfo(np.int64).max
    assert OFFICE.after(begin, 2, end + 1, Calendar("UTC"))[0] == end


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"opens": "17:00", "closes": "09:00"}, "from 17:00:00 to 09:00:00 is no stretch of a day"),
        ({"opens": "nine"}, "'nine' is no time of a day; give '09:00'"),
        ({"opens": time(9, tzinfo=UTC)}, "give times without a zone"),
        ({"week": "11111"}, "week='11111' is not seven signs"),
    ],
)
def test_what_are_no_hours_is_refused(wrong: dict[str, object], message: str) -> None:
    """With the value, and what to give."""
    with pytest.raises(InvalidArgument, match=message):
        BusinessHours(**wrong)  # type: ignore[arg-type]


def test_two_offices_never_share_a_name() -> None:
    """The name of a measurement carries all that differs."""
    offices = [
        BusinessHours(),
        OFFICE,
        BusinessHours("09:00:30"),
        BusinessHours(week="1111110"),
        BusinessHours("08:00"),
    ]
    assert len({repr(office) for office in offices}) == 5
    assert repr(offices[0]) == "BusinessHours('09:00', '17:00')"
