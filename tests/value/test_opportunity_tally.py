"""Tallies of opportunities taken: that they add up, and what they refuse."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle.errors import InvalidArgument
from lifecycle.value import OpportunityTally


@st.composite
def _customer(draw: st.DrawFn) -> tuple[int, int, int]:
    n = draw(st.integers(0, 8))
    last = draw(st.integers(0, n))
    return draw(st.integers(min(1, last), last)), last, n


customers = st.lists(_customer(), max_size=20)


def _tally(rows: list[tuple[int, int, int]]) -> OpportunityTally:
    return OpportunityTally.of(
        [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows], unit="week"
    )


@given(customers, customers, customers)
def test_any_split_gives_the_same_tally(
    one: list[tuple[int, int, int]], two: list[tuple[int, int, int]], three: list[tuple[int, int, int]]
) -> None:
    """Addition is associative and commutative, and equals the tally of all, byte for byte."""
    whole = _tally(one + two + three)
    assert (_tally(one) + _tally(two)) + _tally(three) == whole
    assert _tally(three) + (_tally(two) + _tally(one)) == whole
    assert hash(whole + OpportunityTally.zero("week")) == hash(whole)
    assert whole.n_customers == len(one + two + three)


@pytest.mark.smoke
def test_weights_stand_for_customers() -> None:
    """Equal rows are one row with a count, be they given one by one or weighted."""
    weighted = OpportunityTally.of([2, 0], [4, 0], [6, 6], unit="year", weights=[2, 3])
    assert weighted == OpportunityTally.of([2, 0, 0, 2, 0], [4, 0, 0, 4, 0], [6] * 5, unit="year")
    assert weighted.n.tolist() == [3, 2]
    assert repr(weighted) == "<OpportunityTally: 5 customers in 2 rows, 4 taken, by year>"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ((-1, 0, 6), "something negative"),
        ((1, 7, 6), "last opportunity taken after all there were"),
        ((0, 2, 6), "a last opportunity taken, and none taken"),
        ((3, 2, 6), "more opportunities taken than there were by the last one"),
        ((2, 0, 6), "more opportunities taken than there were by the last one"),
    ],
)
def test_refuses_impossible_customers(row: tuple[int, int, int], message: str) -> None:
    """A customer who cannot be is refused with row and numbers."""
    with pytest.raises(InvalidArgument, match=rf"1 of 2 rows have .*{message}.* \(first: row 1, x={row[0]}"):
        _tally([(1, 1, 6), row])


def test_refuses_weights_and_units() -> None:
    """Weights below 1, other lengths, unknown units and mixed units are refused."""
    with pytest.raises(InvalidArgument, match="weights has 0 in row 1; leave the row out"):
        OpportunityTally.of([0, 0], [0, 0], [1, 2], unit="week", weights=[1, 0])
    with pytest.raises(InvalidArgument, match="differ in length"):
        OpportunityTally.of([0, 0], [0], [1, 2], unit="week")
    with pytest.raises(InvalidArgument, match="unit='hour' is unknown"):
        OpportunityTally.zero("hour")  # type: ignore[arg-type]
    with pytest.raises(InvalidArgument, match="opportunities of each week and each year do not add up"):
        _ = OpportunityTally.zero("week") + OpportunityTally.zero("year")
