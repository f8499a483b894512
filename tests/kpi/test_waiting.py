"""The tally of waits: it adds up exactly, and is finished as Kaplan and Meier do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle.errors import InvalidArgument
from lifecycle.kpi import WaitTally
from lifecycle.value import DurationTally, kaplan_meier

rows = st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=9)


def _tally(pairs: list[tuple[int, bool]], *, per: int = 2) -> WaitTally:
    return WaitTally(
        DurationTally.of([time for time, _ in pairs], [event for _, event in pairs] or [True][:0]), per=per
    )


@given(rows, rows, rows)
def test_tallies_of_waits_add_up(
    first: list[tuple[int, bool]], second: list[tuple[int, bool]], third: list[tuple[int, bool]]
) -> None:
    """In any order and with nothing; as the tally of all at once."""
    one, two, three = map(_tally, (first, second, third))
    assert (one + two) + three == one + (two + three) == _tally([*third, *first, *second])
    assert one + two == two + one
    assert one + WaitTally.zero() == one == WaitTally.zero() + one


def test_the_number_is_in_whole_units() -> None:
    """The weeks of remission under 6-MP (Freireich and others 1963) in days: a median of 23 weeks, 16 to no end."""
    weeks = [6, 6, 6, -6, 7, -9, 10, -10, -11, 13, 16, -17, -19, -20, 22, 23, -25, -32, -32, -34, -35]
    days = DurationTally.of([7 * abs(week) for week in weeks], [week > 0 for week in weeks])
    found = WaitTally(days, per=7).finish()
    plain = kaplan_meier(days).median()
    assert (found.value, found.high, found.numerator, found.denominator) == (23, None, 9, 21)
    assert found.low == (plain.low or 0) / 7
    assert WaitTally(days, per=7).notes == ("12 of 21 not yet: counted as censored",)


def test_other_quantiles_and_parts_are_not_mixed() -> None:
    """A median and a quartile are two numbers."""
    one = WaitTally(DurationTally.of([1], [True]))
    assert WaitTally(one.waits, quantile=0.25) != one
    with pytest.raises(InvalidArgument, match="different parts or quantiles; make both alike"):
        one + WaitTally(one.waits, quantile=0.25)
