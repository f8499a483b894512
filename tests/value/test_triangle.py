"""Cohort triangles of customers and of revenue: what a cell means, and that they add up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle.errors import CurrencyMismatch, InvalidArgument
from lifecycle.value import DurationTally, LogoTriangle, RevenueTriangle, SurvivorTally, kaplan_meier

cohort = st.sampled_from(["2024-01", "2024-02", "2024-03"])
contracts = st.lists(st.tuples(st.integers(1, 6), st.booleans(), cohort), max_size=25)
payers = st.lists(
    st.tuples(st.lists(st.integers(-50, 500), min_size=4, max_size=4), st.integers(0, 4), cohort), max_size=15
)


def _survivors(rows: list[tuple[int, bool, str]]) -> SurvivorTally:
    ages, lost, names = [row[0] for row in rows], np.array([row[1] for row in rows], np.bool_), [row[2] for row in rows]
    return SurvivorTally.of(ages, lost, unit="month", cohorts=names)


def _revenue(rows: list[tuple[list[int], int, str]]) -> RevenueTriangle:
    paid = np.array([row[0] for row in rows], np.int64).reshape(-1, 4)
    followed, names = [row[1] for row in rows], np.array([row[2] for row in rows], np.str_)
    return RevenueTriangle.of(paid, followed, cohorts=names, currency="EUR", unit="month")


@pytest.mark.smoke
def test_whole_cohorts_are_survivors_over_size() -> None:
    """Where all of a cohort are followed equally long, retention is what is left over the start; then nan."""
    counts = {"2021": [1000, 869, 743, 653], "2022": [500, 400, 300], "2023": [800]}
    triangle = LogoTriangle.of(SurvivorTally.of_counts(counts, unit="year"))
    assert triangle.cohort_keys == ("2021", "2022", "2023")
    expected = [[1, 0.869, 0.743, 0.653], [1, 0.8, 0.6, np.nan], [1, np.nan, np.nan, np.nan]]
    assert triangle.retention == pytest.approx(np.array(expected), nan_ok=True)
    assert triangle.period_retention[0] == pytest.approx([1, 0.869, 743 / 869, 653 / 743])
    assert triangle.mean_retention[:2] == pytest.approx([1, 1269 / 1500])
    assert triangle.mean_retention[3] == pytest.approx(1269 / 1500 * 1043 / 1269 * 653 / 743)


def test_customers_followed_for_less_do_not_count_as_lost() -> None:
    """Of four, one is new at age 1 and not followed further: the others decide about period 2."""
    tally = SurvivorTally.of([1, 2, 2, 2], [False, True, False, False], unit="month")
    triangle = LogoTriangle.of(tally)
    assert triangle.n_entering.tolist() == [[4, 4, 3]]
    assert triangle.n_staying.tolist() == [[4, 4, 2]]
    assert triangle.retention[0] == pytest.approx([1, 1, 2 / 3])


@given(contracts)
def test_all_cohorts_together_are_the_kaplan_meier_curve(rows: list[tuple[int, bool, str]]) -> None:
    """The mean retention is the product-limit curve of all customers at each age."""
    ages, lost = [row[0] for row in rows], np.array([row[1] for row in rows], np.bool_)
    curve = kaplan_meier(DurationTally.of(ages, lost))
    mean = LogoTriangle.of(_survivors(rows)).mean_retention
    assert mean[curve.times] == pytest.approx(curve.survival, abs=1e-12)


@given(contracts, contracts, contracts)
def test_logo_triangles_add_up(
    one: list[tuple[int, bool, str]], two: list[tuple[int, bool, str]], three: list[tuple[int, bool, str]]
) -> None:
    """The triangle of a sum is the sum of the triangles, in any order and grouping."""
    parts = [LogoTriangle.of(_survivors(rows)) for rows in (one, two, three)]
    whole = LogoTriangle.of(_survivors(one + two + three))
    assert (parts[0] + parts[1]) + parts[2] == whole
    assert parts[2] + (parts[1] + parts[0]) == whole
    assert hash(whole + LogoTriangle.zero("month")) == hash(whole)


@given(payers, payers, payers)
def test_revenue_triangles_add_up(
    one: list[tuple[list[int], int, str]],
    two: list[tuple[list[int], int, str]],
    three: list[tuple[list[int], int, str]],
) -> None:
    """The triangle of all customers is the sum over any split of them."""
    parts = [_revenue(rows) for rows in (one, two, three)]
    whole = _revenue(one + two + three)
    assert (parts[0] + parts[1]) + parts[2] == whole
    assert parts[2] + (parts[1] + parts[0]) == whole
    assert hash(whole + RevenueTriangle.zero("EUR", "month")) == hash(whole)


def test_revenue_compares_the_same_customers() -> None:
    """Who is followed for one period only is in the first column and in no base of the second."""
    paid = [[1000, 1500, 0], [2000, 0, 0], [4000, 9999, 9999]]
    triangle = RevenueTriangle.of(paid, [3, 3, 1], cohorts=["a", "a", "a"], currency="EUR", unit="month")
    assert triangle.minor.tolist() == [[7000, 1500, 0]]
    assert triangle.first_minor.tolist() == [[7000, 3000, 3000]]
    assert triangle.retention[0] == pytest.approx([1, 0.5, 0])


def test_sums_beyond_what_floats_hold_are_exact() -> None:
    """Amounts near 2**53 add up to the unit."""
    paid = [[2**53 - 1, 1], [2**53 - 2, 2], [5, 2**53 - 1]]
    triangle = RevenueTriangle.of(paid, [2, 2, 2], cohorts=["a", "a", "b"], currency="EUR", unit="month")
    assert triangle.minor.tolist() == [[2**54 - 3, 3], [5, 2**53 - 1]]


def test_revenue_of_known_totals() -> None:
    """27,000 that becomes 35,000 less 5,000 is 111 % net retention (the example of ChurnZero)."""
    triangle = RevenueTriangle.of_counts({"2023": [27_000_00, 30_000_00], "2024": [500]}, currency="USD", unit="year")
    assert triangle.retention[0, 1] == pytest.approx(1.11, abs=0.005)
    assert np.isnan(triangle.retention[1, 1])
    assert triangle.mean_retention[1] == pytest.approx(30 / 27)


def test_nothing_paid_at_first_has_no_ratio() -> None:
    """A cohort that began free has no retention of revenue, and nobody is an empty triangle."""
    free = RevenueTriangle.of_counts({"2024": [0, 100]}, currency="EUR", unit="month")
    assert np.isnan(free.retention).all()
    assert RevenueTriangle.zero("EUR", "month").retention.shape == (0, 0)
    assert LogoTriangle.zero("month").retention.shape == (0, 0)


def test_cells_cannot_be_written() -> None:
    """The arrays are copies and read-only."""
    triangle = RevenueTriangle.of_counts({"2024": [100, 90]}, currency="EUR", unit="month")
    with pytest.raises(ValueError, match="read-only"):
        triangle.minor[0, 0] = 5


def test_refuses_what_does_not_add_up() -> None:
    """Other currencies, other units and other things are refused."""
    month, year = RevenueTriangle.zero("EUR", "month"), RevenueTriangle.zero("EUR", "year")
    with pytest.raises(CurrencyMismatch, match="in EUR and USD do not add up"):
        _ = month + RevenueTriangle.zero("USD", "month")
    with pytest.raises(InvalidArgument, match="periods of a month and of a year"):
        _ = month + year
    with pytest.raises(InvalidArgument, match="periods of a month and of a year"):
        _ = LogoTriangle.zero("month") + LogoTriangle.zero("year")
    with pytest.raises(TypeError):
        _ = month + 1  # type: ignore[operator]


@pytest.mark.parametrize(
    ("paid", "followed", "names", "message"),
    [
        ([[1, 2]], [3], ["a"], "row 0 is followed for 3 periods, of 2 with amounts; give 0 to 2"),
        ([[1, 2]], [-1], ["a"], "row 0 is followed for -1 periods"),
        ([[1, 2]], [1, 1], ["a"], "rows differ in number"),
        ([1, 2], [1, 1], ["a", "a"], r"minor has the shape \(2,\); give \(n_customers, n_ages\)"),
        ([[1.5]], [1], ["a"], "no whole number"),
    ],
)
def test_refuses_rows_that_do_not_fit(
    paid: list[list[float]], followed: list[int], names: list[str], message: str
) -> None:
    """Periods beyond the amounts, other lengths and broken amounts are refused."""
    with pytest.raises(InvalidArgument, match=message):
        RevenueTriangle.of(paid, followed, cohorts=names, currency="EUR", unit="month")


def test_refuses_cells_that_do_not_fit() -> None:
    """Cells built by hand must fit the cohorts and be possible."""
    with pytest.raises(InvalidArgument, match="more staying than entering"):
        LogoTriangle(("a",), np.array([[1]]), np.array([[2]]), unit="month")
    with pytest.raises(InvalidArgument, match="1 cohorts, and cells of the shapes"):
        LogoTriangle(("a",), np.zeros((2, 1), np.int64), np.zeros((2, 1), np.int64), unit="month")
    with pytest.raises(InvalidArgument, match="do not ascend"):
        LogoTriangle(("b", "a"), np.zeros((2, 1), np.int64), np.zeros((2, 1), np.int64), unit="month")
    with pytest.raises(InvalidArgument, match="unit='hour' is unknown"):
        LogoTriangle.zero("hour")  # type: ignore[arg-type]
