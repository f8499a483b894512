"""Movements of recurring revenue: published figures, a slow twin, the identity of stock and flow."""

from __future__ import annotations

from datetime import date
from functools import reduce
from operator import add

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle import TouchpointLog
from lifecycle.behaviour import (
    MOVEMENTS,
    MrrMovements,
    Periods,
    RecurringAmounts,
    Subscriptions,
    mrr_movements,
    paid_amounts,
    subscribed_amounts,
)
from lifecycle.errors import CurrencyMismatch, InvalidArgument

from .counting import ZONES, log_of, paid_by_period, rows_of

YEAR = Periods.between("2024-01-01", "2025-01-01")


def paying(*customers: tuple[int, ...]) -> RecurringAmounts:
    """What customers pay, month by month, in major units; 0 for nothing."""
    cells = [(who, month, paid * 1200) for who, months in enumerate(customers) for month, paid in enumerate(months)]
    who, month, paid = np.array([cell for cell in cells if cell[2]]).T
    return RecurringAmounts(YEAR, "EUR", who, month, paid)


def told(found: MrrMovements, month: int) -> dict[str, tuple[int, int]]:
    """The movements of a month in major units, with how many customers moved so."""
    amounts, customers = found.amounts[month].tolist(), found.customers[month].tolist()
    return {name: (amounts[place] // 1200, customers[place]) for place, name in enumerate(MOVEMENTS)}


def slow(paid: dict[str, dict[date, int]], starts: list[date], known: list[date]) -> tuple[np.ndarray, np.ndarray]:
    """Amounts in minor units and customers by period and movement, by loops over all periods known."""
    amounts, customers = (np.zeros((len(starts), len(MOVEMENTS)), int) for _ in range(2))
    for months in paid.values():
        ever, before = False, 0
        for day in known:
            now = months.get(day, 0)
            name = None
            if now and not ever:
                name = "new"
            elif before and not now:
                name = "churn"
            elif now and not before:
                name = "reactivation"
            elif now != before:
                name = "expansion" if now > before else "contraction"
            if name and day in starts:
                amounts[starts.index(day), MOVEMENTS.index(name)] += now - before
                customers[starts.index(day), MOVEMENTS.index(name)] += 1
            ever, before = ever or now > 0, now
    return amounts, customers


@given(rows_of(250), st.sampled_from(("week", "month")), st.sampled_from(ZONES), st.integers(0, 60))
def test_movements_are_those_of_the_slow_twin(rows: list, by: str, zone: str, since: int) -> None:
    """Any zone and period, in a window that knows what was paid before it."""
    first = date.fromordinal(date(2024, 3, 9).toordinal() + since)
    log, end = log_of(rows), date(2024, 11, 20)
    periods = Periods.between(first, end, by, zone=zone)
    found = mrr_movements(paid_amounts(log, periods))
    whole = Periods.between(date(2024, 2, 1), end, by, zone=zone)
    paid = paid_by_period(rows, by, zone)
    amounts, customers = slow(paid, periods.starts.tolist(), whole.starts.tolist())
    assert found.amounts.tolist() == (amounts * 12).tolist()
    assert found.customers.tolist() == customers.tolist()


@given(rows_of(250), st.sampled_from(("week", "month")))
def test_opening_and_movements_are_closing(rows: list, by: str) -> None:
    """In money and in customers, and one period's closing is the next one's opening; parts sum to the whole."""
    log = log_of(rows)
    periods = Periods.covering(log, by)
    found = mrr_movements(paid_amounts(log, periods))
    assert (found.opening + found.amounts.sum(axis=1)).tolist() == found.closing.tolist()
    assert found.opening[1:].tolist() == found.closing[:-1].tolist()
    joined = found.customers[:, [0, 1]].sum(axis=1) - found.customers[:, MOVEMENTS.index("churn")]
    assert (found.opening_customers + joined).tolist() == found.closing_customers.tolist()
    singles = [log.select(np.array([code])) for code in range(log.n_customers)]
    assert reduce(add, [mrr_movements(paid_amounts(one, periods)) for one in reversed(singles)]) == found


@pytest.mark.smoke
def test_a_month_with_every_movement_but_reactivation_is_as_published() -> None:
    """The figures of 2019-12 in the dbt playbook (V7), from customers made up to have them."""
    leavers = [(40, 0)] * 16 + [(65, 0)]
    movers = [(40, 60), (40, 60), (40, 50), (50, 35), (50, 35)]
    rest = [(45, 45)] * 19 + [(60, 60)]
    found = mrr_movements(paying(*leavers, *movers, *rest, (0, 40), (0, 40), (0, 20)))
    assert (found.opening[1] // 1200, found.opening_customers[1]) == (1840, 42)
    assert told(found, 1) == {
        "new": (100, 3), "reactivation": (0, 0), "expansion": (50, 3), "contraction": (-30, 2), "churn": (-705, 17)
    }  # fmt: skip
    assert (found.closing[1] // 1200, found.closing_customers[1]) == (1255, 28)
    ratio = found.quick_ratio(1)
    assert (ratio.value, ratio.numerator, ratio.denominator) == (150 / 735, 15_000, 73_500)


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("won", "lost", "ratio"), [((20, 8), (5, 3), 3.5), ((25, 10), (8, 4), 2.92), ((95, 28), (18, 7), 4.92)]
)
def test_the_quick_ratio_is_as_published(won: tuple[int, int], lost: tuple[int, int], ratio: float) -> None:
    """V9: (new + expansion) ÷ (churn + contraction)."""
    month = Periods.between("2024-01-01", "2024-02-01")
    zero = np.zeros(1, int)
    row = np.array([[won[0], 50, won[1], -lost[1], -lost[0]]]) * 1200
    found = MrrMovements(month, "EUR", row, np.ones((1, 5), int), zero, zero, zero, zero)
    assert found.quick_ratio().value == pytest.approx(ratio, abs=0.005)
    with_it = found.quick_ratio(with_reactivation=True).value
    assert with_it == pytest.approx((sum(won) + 50) / sum(lost))


@pytest.mark.smoke
def test_the_quick_ratio_of_no_loss_is_undefined() -> None:
    """0 below the line: undefined with the reason, and no error."""
    found = mrr_movements(paying((10, 10))).quick_ratio(1)
    assert found.value is None
    assert found.note == "undefined because nothing was lost"


def subscribed(customers: list[int], minor: list[int], months: list[int]) -> RecurringAmounts:
    """Subscriptions that all run from the start of 2024."""
    n = len(customers)
    starts, ends = np.full(n, "2024-01-01", "M8[us]"), np.full(n, "NaT", "M8[us]")
    return subscribed_amounts(Subscriptions(customers, starts, ends, minor, months, "EUR"), YEAR)


@pytest.mark.smoke
def test_yearly_prices_count_by_the_month() -> None:
    """V8: 100 of 100 a month and 50 of 600 a year are 12,500 a month; 4 of 500 a year are 166.67, rounded once."""
    found = mrr_movements(subscribed(list(range(150)), [10_000] * 100 + [60_000] * 50, [1] * 100 + [12] * 50))
    assert found.to_table()["closing"].tolist() == [1_250_000] * 12
    few = mrr_movements(subscribed(list(range(4)), [50_000] * 4, [12] * 4))
    assert few.amounts[0, 0] == 4 * 50_000
    assert few.to_table()["new"].tolist()[0] == 16_667


@pytest.mark.smoke
def test_one_of_several_subscriptions_that_ends_is_contraction() -> None:
    """The customer stays; the last one that ends is churn, in the month in which it does not run at the end."""
    starts = np.array(["2024-01-10", "2024-01-10"], "M8[us]")
    ends = np.array(["2024-03-01", "2024-04-15"], "M8[us]")
    both = Subscriptions([7, 7], starts, ends, [1000, 500], 1, "EUR")
    found = mrr_movements(subscribed_amounts(both, YEAR))
    assert found.closing[:5].tolist() == [18_000, 18_000, 6_000, 0, 0]
    assert told(found, 2)["contraction"] == (-10, 1)
    assert told(found, 3)["churn"] == (-5, 1)


@pytest.mark.smoke
def test_subscriptions_before_the_window_tell_new_from_back() -> None:
    """Who had one the year before comes back; who had none is new."""
    starts = np.array(["2023-02-01", "2024-02-01", "2024-02-01"], "M8[us]")
    ends = np.array(["2023-05-01", "NaT", "NaT"], "M8[us]")
    found = mrr_movements(subscribed_amounts(Subscriptions([0, 0, 1], starts, ends, [100] * 3, 1), YEAR))
    assert told(found, 1)["reactivation"][1] == 1
    assert told(found, 1)["new"][1] == 1


@pytest.mark.smoke
def test_the_end_of_the_log_is_not_churn() -> None:
    """Nobody looked after the last month, and a month in which the log ends is marked."""
    log = log_of([("a", "payment", 0, 100), ("a", "payment", 40 * 86_400_000_000, 100)])
    found = mrr_movements(paid_amounts(log))
    assert found.customers[:, MOVEMENTS.index("churn")].tolist() == [0, 0]
    assert found.to_table()["is_over"].tolist() == [True, False]
    assert "not over" in mrr_movements(paid_amounts(log_of([
        ("a", "payment", 0, 200), ("a", "payment", 40 * 86_400_000_000, 100)
    ]))).quick_ratio(1).note  # fmt: skip


@pytest.mark.smoke
def test_what_is_paid_back_takes_from_the_period() -> None:
    """A refund in the period lowers it; one above what was paid makes it nothing, and is counted."""
    rows = [("a", "payment", 0, 500), ("a", "payment", 1, -200), ("b", "payment", 0, 100), ("b", "payment", 1, -300)]
    found = paid_amounts(log_of(rows))
    assert (found.twelfths.tolist(), found.n_left_out) == ([300 * 12], 1)


@pytest.mark.smoke
def test_an_empty_log_has_no_movements() -> None:
    """No periods, no rows."""
    assert len(mrr_movements(paid_amounts(TouchpointLog.from_touchpoints([]))).to_table()) == 0
    none = Subscriptions([], np.zeros(0, "M8[us]"), np.zeros(0, "M8[us]"), [], 1)
    assert mrr_movements(subscribed_amounts(none, YEAR)).closing.tolist() == [0] * 12


@pytest.mark.smoke
def test_refusals_say_what_to_give() -> None:
    """Months that do not divide a year, ends before starts, cells out of order, and sums that are none."""
    when = np.array(["2024-02-01"], "M8[us]")
    with pytest.raises(InvalidArgument, match=r"months=\[5\] do not divide a year"):
        Subscriptions([0], when, when, [100], [5])
    with pytest.raises(InvalidArgument, match="has no start, or ends before it"):
        Subscriptions([0], when, when - 1, [100], 1)
    with pytest.raises(InvalidArgument, match="negative customer code or amount"):
        Subscriptions([0], when, when, [-100], 1)
    with pytest.raises(InvalidArgument, match="must ascend by customer and place"):
        RecurringAmounts(YEAR, None, [1, 0], [0, 0], [12, 12])
    with pytest.raises(InvalidArgument, match="there are 12, from 0"):
        mrr_movements(paying((1,))).quick_ratio(12)
    other = RecurringAmounts(YEAR, "USD", [0], [0], [12])
    with pytest.raises(CurrencyMismatch, match="EUR and USD have no sum"):
        mrr_movements(paying((1,))) + mrr_movements(other)
    two = TouchpointLog.from_columns(
        {
            "customer": ["a", "a"],
            "kind": ["payment"] * 2,
            "at": [0, 1],
            "amount": [1.0, 1.0],
            "currency": ["EUR", "USD"],
        },
        unit="us",
    )
    with pytest.raises(CurrencyMismatch, match="ask for one with currency="):
        paid_amounts(two)
    assert len(paid_amounts(two, currency="USD")) == 1
