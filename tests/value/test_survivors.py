"""Survivor tallies: what they count, that they add up, what they refuse."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle.errors import InvalidArgument
from lifecycle.value import SurvivorTally

customers = st.lists(st.tuples(st.integers(1, 9), st.booleans(), st.sampled_from(["a", "b", "c"])), max_size=30)


def _tally(rows: list[tuple[int, bool, str]]) -> SurvivorTally:
    return SurvivorTally.of(
        [age for age, _, _ in rows],
        np.array([lost for _, lost, _ in rows], np.bool_),
        unit="month",
        cohorts=[cohort for _, _, cohort in rows],
    )


@pytest.mark.smoke
def test_counts_of_a_cohort_are_losses_and_who_is_left() -> None:
    """1000, 869, 743 are 131 lost in period 1, 126 in period 2, and 743 kept at 2."""
    tally = SurvivorTally.of_counts({"2023": [1000, 869, 743]}, unit="year")
    assert tally.n_lost_by_age.tolist() == [0, 131, 126]
    assert tally.n_kept_by_age.tolist() == [0, 0, 743]
    assert tally.n_entering.tolist() == [1000, 1000, 869]


def test_customers_one_by_one_give_the_same_as_their_counts() -> None:
    """Durations and the numbers still there are two ways to say one thing."""
    durations = [1, 1, 2, 3, 3, 3]
    lost = [True, True, True, False, False, True]
    counted = SurvivorTally.of_counts({"all": [6, 4, 3, 2]}, unit="month")
    assert SurvivorTally.of(durations, lost, unit="month") == counted


@given(customers, customers, customers)
def test_any_split_gives_the_same_tally(
    one: list[tuple[int, bool, str]], two: list[tuple[int, bool, str]], three: list[tuple[int, bool, str]]
) -> None:
    """Addition is associative and commutative, and equals the tally of all, byte for byte."""
    whole = _tally(one + two + three)
    assert (_tally(one) + _tally(two)) + _tally(three) == whole
    assert _tally(three) + (_tally(two) + _tally(one)) == whole
    assert whole + SurvivorTally.zero("month") == whole
    assert hash(whole) == hash(_tally(three + one + two))


@given(customers)
def test_entering_counts_who_was_followed_through_the_period(rows: list[tuple[int, bool, str]]) -> None:
    """Entering a period are all whose duration reaches it: a slow count gives the same."""
    tally = _tally(rows)
    slow = [sum(age >= period for age, _, _ in rows) for period in range(len(tally.n_entering))]
    assert tally.n_entering.tolist() == slow
    assert tally.n_customers == len(rows)


def test_new_customers_are_counted_and_kept_at_zero() -> None:
    """Who joined in this period is a customer of age 0."""
    tally = SurvivorTally.of_counts({"new": [5]}, unit="week")
    assert (tally.n_customers, tally.n_kept_by_age.tolist()) == (5, [5])


def test_nobody_is_a_tally() -> None:
    """The tally of nobody has no rows, and cohorts of size 0 leave none."""
    assert len(SurvivorTally.zero("day")) == 0
    assert SurvivorTally.of_counts({"empty": [0, 0]}, unit="day") == SurvivorTally.zero("day")
    assert SurvivorTally.of([], [], unit="day").n_customers == 0


def test_units_do_not_mix() -> None:
    """Months and years are refused in one tally, and differ in their digest."""
    month, year = SurvivorTally.zero("month"), SurvivorTally.zero("year")
    with pytest.raises(InvalidArgument, match="periods of a month and of a year do not add up"):
        _ = month + year
    assert month != year


def test_columns_cannot_be_written() -> None:
    """The arrays are copies and read-only."""
    ages = np.array([1, 2])
    tally = SurvivorTally.of(ages, [True, False], unit="month")
    ages[0] = 9
    assert tally.age.tolist() == [1, 2]
    with pytest.raises(ValueError, match="read-only"):
        tally.age[0] = 5


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ([1000, 1001], "'2023' has 1001 at age 1, after 1000; survivors never grow"),
        ([10, -1], "has -1 at age 1"),
        ([-10], "has -10 at age 0"),
        ([], "has no numbers"),
        ([10.5], "no whole number"),
    ],
)
def test_refuses_impossible_counts(counts: list[int], message: str) -> None:
    """Survivors that grow, are negative or not whole are refused with cohort and place."""
    with pytest.raises(InvalidArgument, match=message):
        SurvivorTally.of_counts({"2023": counts}, unit="year")


@pytest.mark.parametrize(
    ("durations", "lost", "message"),
    [
        ([1, 0], [True, True], "1 of 2 rows have a loss at age 0; .* row 1"),
        ([-1], [False], "something negative"),
        ([86_400_000_000], [False], "an age above 10,000,000 periods; count whole periods of the unit"),
        ([1.5], [False], "no whole number in row 0"),
        ([1, 2], [True], "differ in length"),
        ([1], [1], "is_lost has values of type int64; give booleans"),
    ],
)
def test_refuses_impossible_customers(durations: list[float], lost: list[bool], message: str) -> None:
    """Losses before the first renewal, negative or broken durations are refused with the row."""
    with pytest.raises(InvalidArgument, match=message):
        SurvivorTally.of(durations, lost, unit="month")


def test_refuses_unknown_units_and_unsorted_rows() -> None:
    """A unit that is none, and columns that were not made by 'of', are refused."""
    with pytest.raises(InvalidArgument, match="unit='quarter' is unknown; give one of day, week"):
        SurvivorTally.zero("quarter")  # type: ignore[arg-type]
    with pytest.raises(InvalidArgument, match="do not ascend"):
        SurvivorTally(("a",), [0, 0], [2, 1], [1, 1], [0, 0], unit="month")  # type: ignore[arg-type]
    with pytest.raises(InvalidArgument, match="do not ascend or have no rows"):
        SurvivorTally(("a", "b"), [0], [2], [1], [0], unit="month")  # type: ignore[arg-type]


def test_shows_itself_in_a_line() -> None:
    """The text tells customers, cohorts, losses and unit."""
    tally = SurvivorTally.of_counts({"2023": [1000, 869], "2024": [500]}, unit="year")
    assert repr(tally) == "<SurvivorTally: 1,500 customers in 2 cohorts, 131 lost, by year>"
