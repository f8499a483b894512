"""Answering and solving: what counts, in which period, and what is still open."""

from __future__ import annotations

from typing import cast

import pytest

from lifecycle.errors import InvalidArgument
from lifecycle.kpi import (
    Apart,
    BusinessHours,
    Cut,
    Kpi,
    Tickets,
    first_response_time,
    first_response_time_p90,
    handover_breach_rate,
    measure,
    resolution_time,
    resolution_time_p90,
    sla_breach_rate,
)
from lifecycle.tally import RatioTally, SpreadTally

from .club import cut_of, touch


def _hours(kpi: Kpi, cut: Cut) -> list[float]:
    """The times behind a number, one by one, in hours."""
    spread = cast(SpreadTally, cast(Apart, kpi(cut)).tally)
    return [spread.at_rank(rank) for rank in range(spread.n)]


def _march() -> Cut:
    told = [touch("02-27 10:00", "ticket_opened", ticket="a"), touch("03-02 10:00", "ticket_answered", ticket="a")]
    told += [touch("03-02 12:00", "ticket_opened", ticket="a"), touch("03-03 10:00", "ticket_closed", ticket="a")]
    told += [touch("03-04 09:00", "ticket_opened", ticket="b"), touch("03-04 10:30", "message_sent", ticket="c")]
    told += [touch("03-05 09:00", "ticket_closed", ticket="b"), touch("03-06 09:00", "ticket_opened", ticket="b")]
    told += [touch("03-20 09:00", "ticket_opened", who="bob"), touch("03-20 10:00", "message_sent", who="bob")]
    told += [touch("04-01 00:00", "ticket_closed", ticket="b"), touch("04-02 00:00", "ticket_closed", who="bob")]
    return cut_of(told, "2026-03")


def test_the_first_answer_counts_where_it_falls() -> None:
    """a: on Monday, then opened while it is open; b: by its closing, c's message is none; Bob's in an hour; b again."""
    assert _hours(first_response_time, _march()) == [1, 24, 72]
    found = measure(_march(), first_response_time)
    assert (found.value, found.unit, found.denominator) == (24, "hours", 3)
    assert found.notes[-1] == "1 still open"


def test_nine_of_ten_is_a_number_of_its_own() -> None:
    """The 0.9 quantile: four fifths of the way from 24 to 72."""
    assert measure(_march(), first_response_time_p90).value == pytest.approx(24 + 0.8 * 48)


def test_resolution_is_from_opening_to_closing() -> None:
    """A from its first opening; b twice, the second one closed after the period; Bob's is not closed yet."""
    assert _hours(resolution_time, _march()) == [24, 96]
    found = measure(_march(), resolution_time)
    assert (found.value, found.notes[-1]) == (60, "2 still open")
    mine = resolution_time.using({"tickets": Tickets(opened="ticket_opened", closed=("ticket_answered",))})
    assert _hours(mine, _march()) == [72]
    assert measure(_march(), resolution_time_p90).value == pytest.approx(24 + 0.9 * 72)


def test_what_was_settled_before_is_in_the_period_before() -> None:
    """April holds what was closed in April only: b's second time, and Bob's."""
    april = Cut(_march().story, cut_of([touch("04-01", "visit")], "2026-04").period)
    assert _hours(resolution_time, april) == [303, 615]
    assert _hours(first_response_time, april) == [615]


def test_hours_of_business_leave_the_weekend_out() -> None:
    """A waited from Friday 10:00 to Monday 10:00: eight hours; opened again, from 12:00 to 10:00: six."""
    office = first_response_time.using({"hours": BusinessHours()})
    assert _hours(office, _march()) == [1, 8, 8]
    assert office.label == "first_response_time[hours=BusinessHours('09:00', '17:00')]"


def test_a_limit_passed_is_a_breach_when_it_passes() -> None:
    """A's limit of 48 hours passed on 1 March; its answer comes too late to matter, and the others were in time."""
    two_days = sla_breach_rate.using({"limit_hours": 48.0})
    tally = two_days(_march())
    assert (tally.tally, tally.n) == (RatioTally(2, 4), 0)  # type: ignore[attr-defined]
    february = Cut(_march().story, _march().period.previous())
    assert two_days(february) == Apart(RatioTally(), 1, "within their limit and not answered yet")


def test_an_answer_at_the_limit_is_in_time() -> None:
    """A day to the second; a second later it is a breach."""
    told = [touch("03-01 10:00", "ticket_opened"), touch("03-02 10:00", "ticket_answered")]
    told += [
        touch("03-01 10:00", "ticket_opened", who="bob"),
        touch("2026-03-02 10:00:01", "ticket_answered", who="bob"),
    ]
    assert sla_breach_rate(cut_of(told)).tally == RatioTally(1, 2)  # type: ignore[attr-defined]


def test_a_limit_in_hours_of_business_waits_for_monday() -> None:
    """Eight hours from Friday 10:00 are over on Monday 10:00: an answer at that instant is in time."""
    told = [touch("02-27 10:00", "ticket_opened"), touch("03-02 10:00", "ticket_answered")]
    eight = sla_breach_rate.using({"limit_hours": 8, "hours": BusinessHours()})
    assert eight(cut_of(told)).tally == RatioTally(0, 1)  # type: ignore[attr-defined]
    assert eight.using({"limit_hours": 7.99})(cut_of(told)).tally == RatioTally(1, 1)  # type: ignore[attr-defined]
    with pytest.raises(InvalidArgument, match="limit_hours=0 is not above 0"):
        sla_breach_rate.using({"limit_hours": 0})(cut_of(told))


def test_a_handover_is_to_be_followed_by_a_meeting() -> None:
    """Ann's on the last of ten days, Bob's on the day after; Cay's days are not over."""
    told = [touch(f"03-0{day}", "owner_changed", who=who) for day, who in ((1, "ann"), (1, "bob"), (9, "cay"))]
    told += [touch("03-11 23:00", "meeting_held", who="ann"), touch("03-12 00:00", "message_answered", who="bob")]
    ten = handover_breach_rate.using({"days": 10})
    found = ten(cut_of(told, ("2026-03-01", "2026-03-15")))  # type: ignore[arg-type]
    assert found == Apart(RatioTally(1, 2), 1, "within their limit and not answered yet")
    # Bob's breach belongs to the day that was his last one.
    assert ten(cut_of(told, "2026-03-11")).tally == RatioTally(1, 2)  # type: ignore[attr-defined]
    assert ten(cut_of(told, "2026-03-12")).tally == RatioTally()  # type: ignore[attr-defined]


def test_what_is_counted_apart_must_be_one_thing() -> None:
    """Tallies of two KPIs do not add up."""
    one = Apart(RatioTally(1, 2), 3, "still open")
    assert one + one == Apart(RatioTally(2, 4), 6, "still open")
    assert Apart(RatioTally(1, 2), 0, "still open").notes == ()
    with pytest.raises(InvalidArgument, match="'still open' and 'not due yet' are counted apart"):
        one + Apart(RatioTally(1, 2), 3, "not due yet")
