"""Results, as people and programs read them."""

from __future__ import annotations

import json

import numpy as np
import pytest

from lifecycle.backtest import (
    BacktestResult,
    Episodes,
    Estimate,
    LeadTime,
    LeftOut,
    Moments,
    Outcomes,
    Verdict,
    judge_episodes,
    judge_moments,
)

from .twin import DAY


def made(lift: Estimate, lead: LeadTime | None = None) -> BacktestResult:
    """A result with a certain lift."""
    share = Estimate(0.257, 0.221, 0.298, 257, 1000)
    rate = Estimate(0.032, 0.03, 0.034, 32, 1000, "only 12 customers: read it with care")
    way = "moments" if lead is None else "episodes"
    return BacktestResult(
        name="silent",
        outcome="churn",
        horizon_days=30,
        way=way,
        n_customers=1200,
        n_episodes=1500,
        n_outcomes=310,
        left_out=LeftOut(4000, 3, 2),
        precision=share,
        recall=share,
        base_rate=rate,
        lift=lift,
        lead=lead,
    )


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (1.2, 3, "better than chance"),
        (0.8, 1.1, "no better than chance"),
        (1, 2, "no better than chance"),
        (0.2, 1, "no better than chance"),
        (0.2, 0.9, "worse than chance"),
        (None, None, "unknown"),
    ],
)
def test_the_verdict_is_that_of_the_interval(low: float | None, high: float | None, verdict: Verdict) -> None:
    """Better only when the whole interval is above 1; a bound at 1 is chance."""
    result = made(Estimate(1.0, low, high, None, None))
    assert result.verdict == verdict
    assert low is None or verdict in str(result)


def test_a_result_is_a_report() -> None:
    """Question, counts, shares with intervals, verdict, lead time, what was left out."""
    lead = LeadTime(Estimate(19.0, 16.0, 22.0, 88, 88), 9.0, 26.0, 88)
    text = str(made(Estimate(8.03, 6.9, 9.3, 0.257, 0.032), lead))
    assert text == (
        "silent: does it foretell churn within 30 days?\n"
        "  by episode: customers 1,200; times raised 1,500; outcomes 310\n"
        "  precision  25.7 % (22.1 to 29.8): of the episodes it followed\n"
        "  recall     25.7 % (22.1 to 29.8): of the outcomes were warned of\n"
        "  base rate  3.20 % (3.00 to 3.40): of all moments of customers it followed, flagged or not "
        "[only 12 customers: read it with care]\n"
        "  lift       8.03 (6.90 to 9.30): better than chance\n"
        "  lead       19.0 days (16.0 to 22.0): in the median; half of them from 9.0 to 26.0 days\n"
        "  left out   4,000 episodes too near the end to be judged; 3 episodes at the very instant of the outcome; "
        "2 outcomes too near the beginning"
    )


def test_what_is_undefined_says_why() -> None:
    """A number that does not exist is written as its reason."""
    outcomes = Outcomes([], [], horizon_days=10, end_us=100 * DAY)
    text = str(judge_episodes(Episodes([], []), outcomes))
    assert "  precision  undefined because there was no episode" in text.splitlines()
    assert "  lead       undefined because no outcome was warned of" in text.splitlines()
    assert "left out" not in text


def test_a_result_by_moment_says_how_much_is_flagged() -> None:
    """The share of pairs that are flagged stands beside the number of raises."""
    outcomes = Outcomes([0], [5 * DAY], horizon_days=10, end_us=100 * DAY)
    moments = Moments([0, 0, 1, 1], [0, 7 * DAY, 0, 7 * DAY], outcomes)
    text = str(judge_moments(moments, [True, True, False, True], name="quiet"))
    opening = "  by moment: customers 2; times raised 2; outcomes 1; flagged at 3 of 4 moments of customers"
    assert text.splitlines()[1] == opening


def test_a_result_is_plain_values() -> None:
    """It can be written as JSON, with the verdict and the total of what was left out."""
    outcomes = Outcomes(np.array([0]), np.array([5 * DAY]), horizon_days=10, end_us=100 * DAY)
    moments = Moments([0, 0, 1, 1], [0, 7 * DAY, 0, 95 * DAY], outcomes)
    for result in (
        judge_moments(moments, [True, True, False, True]),
        judge_episodes(Episodes([0], [DAY]), outcomes, moments=moments),
    ):
        told = json.loads(json.dumps(result.to_dict()))
        assert told["verdict"] == result.verdict
        assert told["n_left_out"] == result.left_out.total
        assert told["precision"]["value"] == result.precision.value


def test_few_customers_are_noted() -> None:
    """A share of fewer than thirty customers says so, however many moments they have."""
    outcomes = Outcomes([0], [5 * DAY], horizon_days=10, end_us=100 * DAY)
    moments = Moments([0] * 40, np.arange(40) * DAY, outcomes)
    result = judge_moments(moments, [True] * 40)
    assert result.precision.note == "only 1 customer: read it with care"
    many = Moments(np.arange(30), np.zeros(30, int), outcomes)
    assert judge_moments(many, [True] * 30).precision.note == ""
