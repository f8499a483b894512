"""Periods by their usual names."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle import Window
from lifecycle.errors import InvalidArgument
from lifecycle.kpi import Period

pytestmark = pytest.mark.smoke


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("2026", "2026-01-01", "2027-01-01"),
        ("2026-Q1", "2026-01-01", "2026-04-01"),
        ("2026-Q4", "2026-10-01", "2027-01-01"),
        ("2026-12", "2026-12-01", "2027-01-01"),
        ("2026-W01", "2025-12-29", "2026-01-05"),
        ("2026-03-15", "2026-03-15", "2026-03-16"),
        (("2026-03-15", date(2026, 3, 20)), "2026-03-15", "2026-03-20"),
    ],
)
def test_a_period_is_half_open(name: str, start: str, end: str) -> None:
    """Its end is the start of the next."""
    found = Period.of(name, "UTC").window
    assert (found.start.date().isoformat(), found.end.date().isoformat()) == (start, end)


def test_days_begin_in_the_zone() -> None:
    """A month in Tokyo begins nine hours before that in London."""
    assert Period.of("2026-03", "Asia/Tokyo").window.start == datetime(2026, 2, 28, 15, tzinfo=UTC)


def test_a_window_is_a_period() -> None:
    """Instants, too."""
    window = Window(datetime(2026, 1, 1, 5, tzinfo=UTC), datetime(2026, 1, 2, 6, tzinfo=UTC))
    found = Period.of(window, "UTC")
    assert found.window == window
    assert found.previous().window.end == window.start
    assert found.days == pytest.approx(25 / 24)


@given(month=st.integers(0, 1200), steps=st.integers(1, 20))
def test_periods_follow_each_other(month: int, steps: int) -> None:
    """The end of the period before is the start of this, whatever the zone does in between."""
    year, place = 1995 + month // 12, month % 12 + 1
    for name in (f"{year}-{place:02d}", f"{year}-Q{(place + 2) // 3}", f"{year}", f"{year}-W{place:02d}"):
        period = Period.of(name, "Europe/Berlin")
        assert period.previous(steps + 1).end_us == period.previous(steps).start_us
        assert Period.of(period.label, "Europe/Berlin") == period


def test_the_period_before_days_is_as_long() -> None:
    """Twenty days before twenty days, also over the change of clocks."""
    found = Period.of((date(2026, 3, 20), date(2026, 4, 9)), "Europe/Berlin").previous()
    assert found.label == "2026-02-28/2026-03-20"


@pytest.mark.parametrize(
    "wrong", ["2026-Q5", "2026-13", "March", "2026-02-30", "2026-W60", "1969", 5, ("2026-01-02", "2026-01-01")]
)
def test_what_is_no_period_is_refused(wrong: object) -> None:
    """With what would be one."""
    with pytest.raises(InvalidArgument, match=r"period|quarter|month|day|week|outside|ends"):
        Period.of(wrong, "UTC")  # type: ignore[arg-type]
