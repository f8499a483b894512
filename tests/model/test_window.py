"""Windows are half-open and made of moments, not of wall clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lifecycle.errors import InvalidArgument
from lifecycle.model import Window

START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)


def test_the_start_belongs_to_it_and_the_end_does_not() -> None:
    """A window holds its start and what lies before its end."""
    window = Window(START, END)
    assert window.contains(START)
    assert window.contains(END - TICK)
    assert not window.contains(END)
    assert not window.contains(START - TICK)


def test_an_empty_window_holds_nothing() -> None:
    """Start and end may be equal."""
    assert not Window(START, START).contains(START)


def test_windows_are_kept_in_utc() -> None:
    """The same moments told in two zones make equal windows."""
    tokyo = ZoneInfo("Asia/Tokyo")
    window = Window(START.astimezone(tokyo), END.astimezone(tokyo))
    assert window == Window(START, END)
    assert window.start.tzinfo is UTC


def test_the_repeated_hour_of_autumn_counts_as_an_hour() -> None:
    """From the first 02:30 to the second there is an hour, though the wall clock shows none."""
    first, second = (datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=f) for f in (0, 1))
    assert Window(first, second).contains(datetime(2026, 10, 25, 1, 0, tzinfo=UTC))
    with pytest.raises(InvalidArgument, match="is before 'start'"):
        Window(second, first)


def test_a_window_needs_aware_moments_in_order() -> None:
    """Naive times and an end before the start are refused by name."""
    with pytest.raises(InvalidArgument, match="'end' has no time zone"):
        Window(START, datetime(2026, 2, 1))
    with pytest.raises(InvalidArgument, match="'start' is a text"):
        Window("2026-01-01", END)  # type: ignore[arg-type]
    with pytest.raises(InvalidArgument, match=r"'end' .* is before 'start' .*; swap them"):
        Window(END, START)
    with pytest.raises(InvalidArgument, match="'at' has no time zone"):
        Window(START, END).contains(datetime(2026, 1, 2))
