"""Dates that start playbooks, of many customers at once."""

from __future__ import annotations

from datetime import date

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lifecycle.playbooks import on_date
from lifecycle.playbooks._beginnings import next_dates
from lifecycle.playbooks._dates import next_date
from lifecycle.rules import Column

EPOCH = date(1970, 1, 1).toordinal()
LEAP_DAYS = [date(year, 2, 29).toordinal() - EPOCH for year in (1972, 2000, 2024, 2096)]
DAYS = st.integers(0, 50_000) | st.sampled_from([day + more for day in LEAP_DAYS for more in (-1, 0, 1, 365)])


@given(
    pairs=st.lists(st.tuples(st.none() | DAYS, DAYS), min_size=1, max_size=20),
    days=st.integers(-800, 800) | st.sampled_from([0, -1, 1]),
    yearly=st.booleans(),
)
def test_next_dates_are_those_of_each(pairs: list[tuple[int | None, int]], days: int, *, yearly: bool) -> None:
    """Whatever the date and the day after which is asked, leap days too: many give what each gives alone."""
    trigger = on_date("birthday", days=days, yearly=yearly)
    values = np.array([0 if value is None else value for value, _ in pairs], np.int64)
    valid = np.array([value is not None for value, _ in pairs])
    due, has = next_dates(trigger, Column(values, valid), np.array([after for _, after in pairs]))
    found = [int(day) if known else None for day, known in zip(due, has, strict=True)]
    assert found == [next_date(trigger, value, after) for value, after in pairs]
