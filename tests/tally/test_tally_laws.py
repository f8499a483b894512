"""Tallies add up: in any order, over any split, with nothing that changes nothing."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle.errors import CurrencyMismatch, InvalidArgument
from lifecycle.tally import (
    CountsTally,
    LinkTally,
    MeanTally,
    NpsTally,
    QuotientTally,
    RatioTally,
    SpreadTally,
    SumTally,
    Tally,
    UpliftTally,
    exact_dot,
    exact_sum,
    micro,
)

pytestmark = pytest.mark.smoke

small = st.integers(0, 10**6)
signed = st.integers(-(2**53) + 1, 2**53 - 1)
ratios = st.tuples(small, small).map(lambda pair: RatioTally(min(pair), max(pair)))
names = st.sampled_from(["a", "b", "stage → stage"])
KINDS: dict[str, st.SearchStrategy[Any]] = {
    "ratio": ratios,
    "uplift": st.builds(UpliftTally, ratios, ratios),
    "sum": st.builds(lambda total, n: SumTally(total, n, per=1200, currency="EUR"), signed, small),
    "quotient": st.builds(lambda top, n: QuotientTally(top, n, per=100, currency="EUR"), signed, small),
    "mean": st.lists(signed, max_size=5).map(lambda values: MeanTally.of(values, per=100)),
    "counts": st.dictionaries(names, small).map(lambda counts: CountsTally(counts, of="a")),
    "nps": st.builds(NpsTally, small, small, small),
    "link": st.lists(st.tuples(signed, signed), max_size=5).map(
        lambda pairs: LinkTally.of([pair[0] for pair in pairs], [pair[1] for pair in pairs])
    ),
    "spread": st.lists(signed, max_size=8).map(lambda values: SpreadTally.of(values, per=60, quantile=0.9)),
}


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_addition_is_associative_and_commutative_and_zero_changes_nothing(kind: str, data: st.DataObject) -> None:
    """The laws of a monoid, of every tally."""
    one, two, three = (data.draw(KINDS[kind]) for _ in range(3))
    assert (one + two) + three == one + (two + three)
    assert one + two == two + one
    zero = type(one).zero()
    assert zero + one == one + zero == one
    assert isinstance(one, Tally)


@given(values=st.lists(signed, max_size=30), cut=st.integers(0, 30))
def test_any_split_gives_the_same_tally(values: list[int], cut: int) -> None:
    """What is tallied in two parts is what is tallied at once."""
    array = np.array(values, np.int64)
    for make in (MeanTally.of, SpreadTally.of, SumTally.of_values):
        assert make(array[:cut]) + make(array[cut:]) == make(array)


@given(values=st.lists(signed, min_size=1, max_size=200))
def test_sums_of_whole_numbers_are_exact(values: list[int]) -> None:
    """No overflow and no rounding: Python's own integers say the same."""
    array = np.array(values, np.int64)
    assert exact_sum(np.repeat(array, 50)) == 50 * sum(values)
    assert exact_dot(array, array[::-1]) == sum(a * b for a, b in zip(values, values[::-1], strict=True))


@given(values=st.lists(signed, min_size=2, max_size=30))
def test_a_mean_is_what_fractions_say(values: list[int]) -> None:
    """Mean and variance from whole numbers, however large, are those of exact arithmetic."""
    found = MeanTally.of(values).finish()
    assert found.value == pytest.approx(float(Fraction(sum(values), len(values))), rel=1e-15, abs=1e-12)
    mean = Fraction(sum(values), len(values))
    variance = sum((value - mean) ** 2 for value in values) / (len(values) - 1)
    assert found.high is not None
    assert found.low is not None
    wanted = 2 * 12.7062047364 * (float(variance) / 2) ** 0.5
    if len(values) == 2:  # the quantile of one degree of freedom is known by heart
        assert found.high - found.low == pytest.approx(wanted, rel=1e-9, abs=1e-9)


@given(values=st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=60), q=st.sampled_from([0.1, 0.5, 0.9]))
def test_a_quantile_is_that_of_numpy(values: list[int], q: float) -> None:
    """From values and counts comes what numpy makes of the values."""
    found = SpreadTally.of(values, per=10, quantile=q).finish().value
    assert found == pytest.approx(float(np.quantile(np.array(values) / 10, q)), rel=1e-12, abs=1e-12)


def test_what_is_undefined_says_why() -> None:
    """Never 0, never inf, never an error."""
    for tally in (
        RatioTally(),
        UpliftTally(),
        QuotientTally(5, 0),
        MeanTally(),
        NpsTally(),
        LinkTally(),
        SpreadTally(),
    ):
        found = tally.finish()
        assert found.value is None
        assert found.note.startswith("undefined because")


def test_few_are_noted() -> None:
    """A share of fewer than 30 is marked."""
    assert RatioTally(1, 29).finish().note == "only 29 customers: read it with care"
    assert not RatioTally(1, 30).finish().note


def test_two_currencies_are_not_added() -> None:
    """Nor two kinds of parts."""
    with pytest.raises(CurrencyMismatch, match="EUR and USD in one sum"):
        SumTally(1, 1, currency="EUR") + SumTally(1, 1, currency="USD")
    with pytest.raises(InvalidArgument, match="parts of 100 and of 1 in one sum"):
        MeanTally.of([1], per=100) + MeanTally.of([1])
    with pytest.raises(InvalidArgument, match="the number is 'a' of one and 'b' of the other"):
        CountsTally({"a": 1}, of="a") + CountsTally({"b": 1}, of="b")


def test_floats_are_refused_and_micro_takes_them() -> None:
    """A float would make the sum depend on the order."""
    with pytest.raises(InvalidArgument, match="micro"):
        MeanTally.of([0.5])
    assert micro([0.1, -2.0000004]).tolist() == [100_000, -2_000_000]
    with pytest.raises(InvalidArgument, match="not finite"):
        micro([float("nan")])


def test_a_share_has_no_more_hits_than_trials() -> None:
    """More than all is a mistake of the caller."""
    with pytest.raises(InvalidArgument, match="3 hits of 2"):
        RatioTally(3, 2)
    with pytest.raises(InvalidArgument, match="hits=-1"):
        RatioTally(-1, 2)
