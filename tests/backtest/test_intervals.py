"""Intervals of a back-test: what they are made of."""

from __future__ import annotations

import numpy as np

from lifecycle.backtest import Moments, Outcomes, judge_moments
from lifecycle.backtest._estimate import lead_time
from lifecycle.tally import wilson

from .twin import DAY


def test_lead_times_have_quartiles_and_an_exact_interval() -> None:
    """Of the days 1 to 20 the median lies from the 6th to the 15th with 95.9 %."""
    lead = lead_time(np.arange(20, 0, -1), 0.95)
    assert (lead.median.value, lead.median.low, lead.median.high) == (10.5, 6, 15)
    assert (lead.q1, lead.q3, lead.n) == (5.75, 15.25, 20)
    assert lead_time([3.0], 0.95).median.note == "too few outcomes for an interval"


def test_one_row_per_customer_is_plain_wilson() -> None:
    """At a single moment rows are independent, so the interval is that of the rows."""
    outcomes = Outcomes(np.arange(40), np.full(40, 3 * DAY), horizon_days=10, end_us=50 * DAY)
    moments = Moments(np.arange(100), np.zeros(100, np.int64), outcomes)
    found = judge_moments(moments, np.arange(100) % 3 == 0)
    hits, raises = 14, 34
    low, high = wilson(np.array(hits / raises), np.array(float(raises)), 0.95)
    assert (found.precision.numerator, found.precision.denominator) == (hits, raises)
    assert (found.precision.low, found.precision.high) == (float(low), float(high))
