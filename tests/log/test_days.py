"""Days of many instants at once are those of the calendar, one by one."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from lifecycle.log import days_of
from lifecycle.model import Calendar

ZONES = [
    "UTC", "Asia/Tokyo", "America/New_York", "America/Sao_Paulo", "America/St_Johns", "Asia/Beirut", "Asia/Kathmandu",
    "Europe/London", "Pacific/Apia", "Pacific/Kiritimati", "Pacific/Kwajalein", "Pacific/Pago_Pago", "Antarctica/Troll",
]  # fmt: skip
YEARS = [date(1993, 8, 1), date(2010, 10, 20), date(2011, 12, 20), date(2018, 10, 20), date(2024, 3, 1)]


@pytest.mark.smoke
@pytest.mark.parametrize("zone", ZONES)
def test_days_around_every_midnight(zone: str) -> None:
    """At each midnight, and a microsecond before it, where clocks change and dates are skipped too."""
    calendar = Calendar(zone)
    for begin in YEARS:
        first = calendar.day_on(begin)
        starts = [calendar.start_of(day) for day in range(first, first + 40)]
        instants = np.array([start + beside for start in starts for beside in (-1, 0, 1, 43_200_000_000)], np.int64)
        for some_of_them in (instants, instants[::-1], instants[:1]):
            days = days_of(some_of_them, calendar)
            assert days.dtype == np.int32
            assert days.tolist() == [calendar.day_of(int(at)) for at in some_of_them]
    assert len(days_of(np.zeros(0, np.int64), calendar)) == 0


@settings(max_examples=50, deadline=None)
@given(some.sampled_from(ZONES), some.lists(some.integers(0, 7_000_000_000_000_000), min_size=1, max_size=5))
def test_days_of_any_instants(zone: str, instants: list[int]) -> None:
    """However far the instants of one log lie apart, from 1970 to 2191."""
    calendar = Calendar(zone)
    assert days_of(np.array(instants, np.int64), calendar).tolist() == [calendar.day_of(at) for at in instants]
