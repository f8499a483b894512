"""The tallies of purchases and of spend: exact, whatever the split, and nothing impossible in them."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle.errors import CurrencyMismatch, InvalidArgument
from lifecycle.value import PurchaseTally, SpendTally

pytestmark = pytest.mark.smoke

customers = st.tuples(st.integers(0, 5), st.integers(0, 4), st.integers(0, 4)).map(
    lambda drawn: (drawn[0], drawn[0] + drawn[1] if drawn[0] else 0, 2 * drawn[0] + drawn[1] + drawn[2])
)
Rows = list[tuple[int, int, int]]
bases = st.lists(customers, max_size=30)


def tally(rows: Rows) -> PurchaseTally:
    """The tally of customers (x, last_days, age_days)."""
    return PurchaseTally.of(*np.array(rows, np.int64).reshape(-1, 3).T)


@given(bases, bases, bases)
def test_purchase_tallies_are_a_commutative_monoid(one: Rows, two: Rows, three: Rows) -> None:
    """Any split of the customers gives the same tally and the same bytes; nobody changes nothing."""
    a, b, c = tally(one), tally(two), tally(three)
    whole = tally(one + two + three)
    assert (a + b) + c == a + (b + c) == c + b + a == whole
    assert (a + (b + c)).digest == whole.digest
    assert PurchaseTally.zero() + a == a == a + PurchaseTally.zero()
    assert whole.n_customers == len(one + two + three)
    assert whole.n_purchases == sum(row[0] for row in one + two + three)


@given(bases)
def test_a_tally_holds_each_customer_once(rows: Rows) -> None:
    """Written out again, the rows of a tally are the customers, sorted."""
    made = tally(rows)
    again = np.repeat(np.stack([made.x, made.last_days, made.age_days], axis=1), made.n, axis=0)
    assert [tuple(row) for row in again.tolist()] == sorted(rows)


def test_rows_too_wide_for_one_number_are_grouped_too() -> None:
    """Ages of which three do not fit into 63 bits are sorted column by column, to the same order."""
    big = 2**40
    x, last, age = [3, 0, 3, big], [big, 0, big, big], [2 * big, 5, 2 * big, 2 * big]
    made = PurchaseTally.of(x, last, age)
    assert made.x.tolist() == [0, 3, big]
    assert made.n.tolist() == [1, 2, 1]
    assert (made + made).n.tolist() == [2, 4, 2]


def test_columns_are_read_only_copies() -> None:
    """What was given is not kept, and what is held cannot be written to."""
    x = np.array([1, 0])
    made = PurchaseTally.of(x, [3, 0], [4, 4])
    x[0] = 9
    assert made.x.tolist() == [0, 1]
    with pytest.raises(ValueError, match="read-only"):
        made.x[0] = 5


@pytest.mark.parametrize(
    ("x", "last", "age", "message"),
    [
        (-1, 0, 5, "something negative"),
        (1, 6, 5, "a last purchase after the end"),
        (0, 3, 5, "a later purchase without a repeat day"),
        (1, 0, 5, "more repeat days than days"),
        (4, 3, 5, "more repeat days than days; merge the purchases of a day"),
        (0.5, 1, 5, "'x' is no whole number in row 1 (0.5)"),
        (np.nan, 1, 5, "'x' is no whole number in row 1 (nan)"),
    ],
)
def test_impossible_customers_are_refused(x: float, last: int, age: int, message: str) -> None:
    """The message says what is impossible about which row."""
    with pytest.raises(InvalidArgument, match=re.escape(message)):
        PurchaseTally.of([0, x], [0, last], [1, age])


def test_refused_shapes() -> None:
    """Columns of different lengths, texts, unsorted rows and rows of nobody are refused."""
    with pytest.raises(InvalidArgument, match="'x' has 2, 'last_days' has 1, 'age_days' has 2"):
        PurchaseTally.of([0, 0], [0], [1, 1])
    with pytest.raises(InvalidArgument, match="values of type"):
        PurchaseTally.of(["0"], ["0"], ["1"])
    with pytest.raises(InvalidArgument, match=r"'x' has the shape \(1, 2\)"):
        PurchaseTally.of([[0, 0]], [0], [1])
    twice = np.array([0, 0])
    with pytest.raises(InvalidArgument, match="row 1 does not come after"):
        PurchaseTally(twice, twice, twice, twice + 1)
    with pytest.raises(InvalidArgument, match="row 0 has no customers"):
        PurchaseTally(twice[:1], twice[:1], twice[:1], twice[:1])


def test_spend_tallies_add_up_in_one_currency() -> None:
    """Equal spend is one row, also where it is negative; another currency is refused."""
    one = SpendTally.of([2, 0, 1], [500, 0, -30], currency="EUR")
    two = SpendTally.of([2], [500], currency="EUR")
    both = one + two
    assert (both.x.tolist(), both.total_minor.tolist(), both.n.tolist()) == ([0, 1, 2], [0, -30, 500], [1, 1, 2])
    assert both == two + one == SpendTally.of([2, 2, 0, 1], [500, 500, 0, -30], currency="EUR")
    assert both + SpendTally.zero("EUR") == both
    assert both.digest != SpendTally.of([2, 2, 0, 1], [500, 500, 0, -30], currency="USD").digest
    with pytest.raises(CurrencyMismatch, match="one tally is in EUR, the other in USD"):
        one + SpendTally.zero("USD")
    with pytest.raises(InvalidArgument, match="spend on repeat days, but no such day"):
        SpendTally.of([0], [5], currency="EUR")
    with pytest.raises(InvalidArgument, match="not an ISO 4217 code"):
        SpendTally.zero("EURO")
