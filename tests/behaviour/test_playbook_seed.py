"""V7: the public subscription periods of the dbt playbook for recurring revenue, 121 periods of 55 customers."""

from __future__ import annotations

import numpy as np
import pytest

from lifecycle.behaviour import (
    MOVEMENTS,
    TWELFTHS,
    Periods,
    RecurringAmounts,
    Subscriptions,
    mrr_movements,
    retained_revenue,
    subscribed_amounts,
)

pytestmark = pytest.mark.smoke

PERIODS = """
1 22-25:50 27-29:50 29-31:75, 2 8-10:25, 3 8-9:50, 4 9-10:25,
5 22-23:50 23-26:25 30-31:50 31-32:25 32-33:50 33-35:25 35-36:40,
6 16-17:35 17-36:65, 7 12-13:55 13-35:70, 8 27-28:65 28-35:65, 9 16-17:85 17-36:75,
10 15-16:80 20-21:50 21-27:25 27-28:50 28-29:25 29-34:50 34-35:25 35-36:35, 11 20-21:30 21-36:50,
12 17-18:25 18-36:50, 13 31-32:25 32-36:50, 14 26-27:25 27-28:50 28-29:25 29-30:50 30-31:25 31-32:25 32-33:50 33-36:25,
15 25-26:30 26-36:30, 16 30-31:25 31-36:25, 17 22-23:25 23-28:50 28-29:25 29-32:40 32-33:35 33-34:65 34-35:100 35-36:95,
18 22-23:90 23-35:50, 19 28-29:25 29-36:50, 20 24-25:25 25-35:50, 21 22-23:25 23-35:50,
22 23-24:25 24-31:35, 23 26-27:35 27-36:50, 24 28-29:25 29-36:60, 25 31-32:30 32-33:35 33-36:45,
26 28-29:55 29-31:50, 27 30-31:130 31-36:125, 28 30-31:50 31-35:25, 29 29-30:50 30-35:35,
30 27-28:55 28-35:45, 31 34-35:50 35-36:25, 32 28-29:50 29-36:25, 33 33-34:50 34-35:25,
34 31-32:50 32-36:25, 35 33-34:50 34-35:25, 36 32-33:50 33-36:25, 37 32-33:25 33-36:25,
38 32-33:30 33-35:30, 39 34-35:35, 40 32-33:35 33-36:50, 41 34-35:25 35-36:50, 42 32-33:25 33-35:50,
43 34-35:25, 44 33-34:50 34-36:25, 45 33-34:45 34-36:35, 46 35-36:50, 47 33-34:25 34-35:50,
48 34-35:25, 49 34-35:50, 50 35-36:25, 51 36-37:50, 52 35-36:25, 53 36-37:50, 54 36-37:25,
55 36-37:50
"""
"""Customer, then each period as first month-month after it:amount; months count from 2017-01."""


def amounts() -> RecurringAmounts:
    """The playbook's customers by month, the month after the last one included."""
    known = []
    for told in PERIODS.replace("\n", " ").split(","):
        who, *periods = told.split()
        for period in periods:
            span, _, paid = period.partition(":")
            first, after = map(int, span.split("-"))
            known.append((int(who), first, after, int(paid)))
    customer, first, after, paid = np.array(known).T
    start = np.datetime64("2017-01")
    instants = [(start + months).astype("M8[us]") for months in (first, after)]
    subscriptions = Subscriptions(customer, *instants, paid * 100, np.array(1), "USD")
    return subscribed_amounts(subscriptions, Periods.between("2017-01-01", "2020-03-01", "month"))


def test_totals_of_all_movements() -> None:
    """New, reactivation, expansion, contraction, churn: amounts and counts; net 0, as all end."""
    found = mrr_movements(amounts())
    total = found.amounts.sum(axis=0) // (100 * TWELFTHS)
    assert dict(zip(MOVEMENTS, total.tolist(), strict=True)) == {
        "new": 2295, "reactivation": 150, "expansion": 660, "contraction": -555, "churn": -2550,
    }  # fmt: skip
    assert found.customers.sum(axis=0).tolist() == [55, 3, 30, 27, 58]
    assert total.sum() == 0


@pytest.mark.parametrize(
    ("month", "new", "mrr", "customers"), [("2018-11-01", (240, 5), 575, 11), ("2019-11-01", (210, 6), 1840, 42)]
)
def test_single_months(month: str, new: tuple[int, int], mrr: int, customers: int) -> None:
    """What came, the revenue, and how many pay."""
    found = mrr_movements(amounts())
    place = found.periods.period_of(month)
    assert (found.amounts[place, 0] // (100 * TWELFTHS), found.customers[place, 0]) == new
    assert (found.closing[place] // (100 * TWELFTHS), found.closing_customers[place]) == (mrr, customers)


def test_the_month_in_which_seventeen_leave() -> None:
    """2019-12: movements, retention, churn and quick ratio."""
    found = mrr_movements(amounts())
    place = found.periods.period_of("2019-12-01")
    assert (found.amounts[place] // (100 * TWELFTHS)).tolist() == [100, 0, 50, -30, -705]
    assert found.customers[place].tolist() == [3, 0, 3, 2, 17]
    assert (found.closing[place] // (100 * TWELFTHS), found.closing_customers[place]) == (1255, 28)
    ratio = found.quick_ratio(place)
    assert (ratio.numerator, ratio.denominator) == (150 * 100, 735 * 100)
    kept = retained_revenue(amounts(), place - 1, place)
    assert kept.net_revenue_retention.value == pytest.approx(0.6277, abs=5e-5)
    assert kept.gross_revenue_retention.value == pytest.approx(0.6005, abs=5e-5)
    assert kept.customer_churn_rate.value == pytest.approx(17 / 42)


def test_a_year_has_five_answers() -> None:
    """2018-11 to 2019-11, of 575 and 11 customers."""
    kept = retained_revenue(amounts(), "2018-11-01", "2019-11-01")
    answers = [
        kept.net_revenue_retention, kept.gross_revenue_retention, kept.gross_revenue_retention_summed,
        kept.net_revenue_retention_summed(with_reactivation=False),
        kept.net_revenue_retention_summed(with_reactivation=True),
    ]  # fmt: skip
    assert [round(100 * answer.value, 2) for answer in answers if answer.value is not None] == [
        97.39, 80.0, 40.0, 80.0, 97.39,
    ]  # fmt: skip
