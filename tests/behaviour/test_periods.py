"""Calendar periods of a zone: where they begin, and which of them an instant is in."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle import TouchpointLog
from lifecycle.behaviour import Periods
from lifecycle.errors import InvalidArgument

from .counting import DAY, EPOCH, ZONES, local_day, log_of, period_start, rows_of

BY = ("day", "week", "month", "quarter", "year")


@given(rows_of(120), st.sampled_from(BY), st.sampled_from(ZONES))
def test_the_period_of_an_instant_is_that_of_its_local_date(rows: list, by: str, zone: str) -> None:
    """The lookup finds the period of the local date, whatever the zone and its change of clocks."""
    periods = Periods.covering(log_of(rows), by, zone=zone)
    at = np.array([row[2] for row in rows])
    expected = [period_start(local_day(us, zone), by) for us in at.tolist()]
    assert [periods.starts.tolist()[index] for index in periods.index_of(at).tolist()] == expected


@given(st.lists(st.integers(19_000 * DAY, 20_500 * DAY), max_size=50), st.sampled_from(BY), st.sampled_from(ZONES))
def test_the_lookup_is_a_search(instants: list[int], by: str, zone: str) -> None:
    """The table says what a binary search over the bounds says, at and beside each of them too."""
    periods = Periods.between("2023-01-01", "2024-06-20", by, zone=zone)
    near = (periods.bounds[:, None] + np.array([-1, 0, 1])).ravel()
    at = np.append(np.array(instants, np.int64), near)
    edges = np.append(periods.bounds[:-1], periods.until_us)
    assert periods.index_of(at).tolist() == (np.searchsorted(edges, at, side="right") - 1).tolist()


@pytest.mark.smoke
def test_weeks_begin_on_the_day_given() -> None:
    """2024-03-06 was a Wednesday: its week begins that day, on the Sunday or on the Monday before."""
    found = {
        weekday: Periods.between("2024-03-06", "2024-03-07", "week", first_weekday=weekday).starts.tolist()
        for weekday in ("monday", "sunday", "wednesday", "thursday")
    }
    expected = {"monday": 4, "sunday": 3, "wednesday": 6}
    assert found == {name: [date(2024, 3, day)] for name, day in expected.items()} | {"thursday": [date(2024, 2, 29)]}


@pytest.mark.smoke
def test_a_date_that_a_zone_skips_is_an_empty_period() -> None:
    """Samoa had no 2011-12-30: no instant is in it, and the next day follows at once."""
    periods = Periods.between("2011-12-29", "2012-01-01", "day", zone="Pacific/Apia")
    assert [str(day) for day in periods.starts] == ["2011-12-29", "2011-12-30", "2011-12-31"]
    assert periods.bounds[1] == periods.bounds[2]
    assert periods.index_of(periods.bounds[1:2] - np.array([1, 0])).tolist() == [0, 2]


@pytest.mark.smoke
def test_the_period_in_which_watching_ends_is_not_over() -> None:
    """An end inside a month leaves that month unfinished; an end at its end does not."""
    assert Periods.between("2024-01-01", "2024-02-15").is_over.tolist() == [True, False]
    assert Periods.between("2024-01-01", "2024-03-01").is_over.tolist() == [True, True]


@pytest.mark.smoke
def test_what_is_at_the_end_does_not_count() -> None:
    """The end itself is outside, the microsecond before it is inside (S2)."""
    periods = Periods.between("2024-01-01", "2024-02-15")
    assert periods.index_of(periods.until_us + np.array([-1, 0])).tolist() == [1, 2]


@pytest.mark.smoke
def test_an_empty_log_has_no_periods() -> None:
    """No touchpoint, no period, and nothing is in one."""
    assert len(Periods.covering(TouchpointLog.from_touchpoints([]))) == 0


@pytest.mark.smoke
def test_earlier_periods_stand_before_the_same_ones() -> None:
    """One more before, or as many as reach back to an instant; the end stays."""
    periods = Periods.between("2024-03-10", "2024-05-20")
    assert periods.with_one_before().starts.tolist()[1:] == periods.starts.tolist()
    back = periods.from_earlier((date(2023, 12, 31) - EPOCH).days * DAY)
    assert [str(day) for day in back.starts] == [f"{month}-01" for month in _MONTHS]
    assert back.until_us == periods.until_us


_MONTHS = ("2023-12", "2024-01", "2024-02", "2024-03", "2024-04", "2024-05")


@pytest.mark.smoke
def test_refusals_say_what_to_give() -> None:
    """An empty span, a foreign period and a foreign weekday are refused."""
    with pytest.raises(InvalidArgument, match="give an end after the start"):
        Periods.between("2024-01-01", "2024-01-01")
    with pytest.raises(InvalidArgument, match="not one of: day, week, month, quarter, year"):
        Periods.between("2024-01-01", "2024-02-01", "hour")
    with pytest.raises(InvalidArgument, match="no day of the week; give 'monday'"):
        Periods.between("2024-01-01", "2024-02-01", "week", first_weekday="mon")
    with pytest.raises(InvalidArgument, match="in none of the 1 periods"):
        Periods.between("2024-01-01", "2024-02-01").period_of("2024-02-01")
