"""The holdout report: published figures of CDNOW, and a small case that can be counted by hand."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from lifecycle.errors import InvalidArgument
from lifecycle.log import TouchpointLog
from lifecycle.value import (
    BgNbd,
    HoldoutReport,
    Intervals,
    MbgNbd,
    Nbd,
    ParetoNbd,
    Purchases,
    compare_models,
    holdout_report,
    purchases,
)


@pytest.fixture(scope="module")
def report(cdnow: TouchpointLog, cdnow_39_weeks: Purchases) -> HoldoutReport:
    """CDNOW: 39 weeks to fit, 39 weeks to judge."""
    models = (Nbd, BgNbd, ParetoNbd)
    how = Intervals(n_draws=100, seed=1)
    return holdout_report(cdnow, cdnow_39_weeks, until="1998-07-01", models=models, intervals=how)


def test_totals_and_errors_of_cdnow(report: HoldoutReport) -> None:
    """1,882 purchases came; the totals, mean absolute errors and correlations of both models as R has them."""
    assert (report.actual, report.n_customers, report.n_new) == (1882, 2357, 0)
    assert report["BgNbd"].total == pytest.approx(1653.39, abs=0.05)
    assert report["BgNbd"].total_error == pytest.approx(-0.121, abs=5e-4)
    assert report["BgNbd"].mean_absolute_error == pytest.approx(0.7855, abs=5e-5)
    assert report["BgNbd"].correlation == pytest.approx(0.6256, abs=5e-5)
    # R stops a little before the maximum: 1665.43 and 1665.69 by its two packages.
    assert report["ParetoNbd"].total == pytest.approx(1665.5, abs=0.2)
    assert report["ParetoNbd"].mean_absolute_error == pytest.approx(0.7545, abs=5e-5)
    assert report["ParetoNbd"].correlation == pytest.approx(0.6302, abs=5e-5)


def test_both_beat_those_who_think_that_nobody_leaves(report: HoldoutReport) -> None:
    """The naive forecast and NBD are half too high; the models are nearer by every measure."""
    for baseline in ("naive", "Nbd"):
        assert report[baseline].total_error == pytest.approx(0.557, abs=1e-3)
        for model in ("BgNbd", "ParetoNbd"):
            assert report[model].mean_absolute_error < report[baseline].mean_absolute_error
            assert report[model].root_mean_squared_error < report[baseline].root_mean_squared_error
    assert report["BgNbd"].brier_score < report["Nbd"].brier_score


def test_by_frequency_of_cdnow(report: HoldoutReport) -> None:
    """Mean purchases in the holdout by repeat days before it, as the BTYD walkthrough prints them."""
    table = report.by_frequency
    assert table["customers"].tolist() == [1411, 439, 214, 100, 62, 38, 29, 64]
    assert table["actual"] == pytest.approx([0.237, 0.697, 1.393, 1.560, 2.532, 2.947, 3.862, 6.359], abs=5e-4)
    assert table["BgNbd"] == pytest.approx([0.225, 0.523, 1.044, 1.520, 2.164, 2.654, 3.504, 6.157], abs=6e-4)
    # The walkthrough rounds its Pareto/NBD parameters, which moves the third digit.
    assert table["ParetoNbd"] == pytest.approx([0.138, 0.600, 1.196, 1.714, 2.399, 2.907, 3.819, 6.403], abs=1.1e-3)


def test_weekly_track_of_cdnow(report: HoldoutReport) -> None:
    """Weeks 20 to 25 of the walkthrough: what happened and what was expected, by week and added up."""
    weeks = slice(19, 25)
    assert report.weekly["actual"][weeks].tolist() == [73, 55, 70, 33, 56, 99]
    assert report.cumulative["actual"][weeks].tolist() == [1359, 1414, 1484, 1517, 1573, 1672]
    weekly = [76.865, 74.888, 73.046, 71.322, 69.704, 68.182]
    assert report.weekly["BgNbd"][weeks] == pytest.approx(weekly, abs=2e-3)
    added = [1312.458, 1387.346, 1460.392, 1531.713, 1601.418, 1669.6]
    assert report.cumulative["BgNbd"][weeks] == pytest.approx(added, abs=3e-3)
    weekly = [78.308, 76.419, 74.648, 72.983, 71.414, 69.933]
    # Parameters of the walkthrough are from an earlier stop: 0.01 % apart.
    assert report.weekly["ParetoNbd"][weeks] == pytest.approx(weekly, rel=1e-4)
    added = [1308.856, 1385.275, 1459.923, 1532.906, 1604.320, 1674.253]
    assert report.cumulative["ParetoNbd"][weeks] == pytest.approx(added, rel=1e-4)
    assert (report.split_week, len(report.weekly["actual"])) == (39, 78)
    assert report.weekly["actual"].sum() == 2457 + 1882


def test_intervals_of_cdnow(report: HoldoutReport) -> None:
    """Nine customers in ten, and more, keep within their own bounds; the total of Pareto/NBD does too."""
    for model in ("BgNbd", "ParetoNbd"):
        assert 0.93 <= report[model].share_held <= 1
    assert report["ParetoNbd"].holds_total
    assert not report["Nbd"].holds_total
    assert "ParetoNbd" in repr(report)
    assert "1,882 purchases of 2,357 customers" in repr(report)


def small(*days: str) -> TouchpointLog:
    """A log of customers a, b, … with purchases on days of January 2026, such as '1 3 9'."""
    rows = [("abcdef"[place], int(day)) for place, bought in enumerate(days) for day in bought.split()]
    at = [datetime(2026, 1, day, 12, tzinfo=UTC) for _, day in rows]
    return TouchpointLog.from_columns({"customer": [who for who, _ in rows], "at": at}, kind="=purchase")


def test_a_case_counted_by_hand() -> None:
    """Who buys for the first time in the holdout does not count; two purchases of a day are one."""
    log = small("1 3 11 11 14", "2 5", "12 13", "1 2 3 4 19")
    report = holdout_report(log, purchases(log, until="2026-01-11"), until="2026-01-21", models=(Nbd,))
    assert (report.actual, report.n_customers, report.n_new) == (3, 3, 1)
    assert report["naive"].total == pytest.approx(10 * (1 / 10 + 1 / 9 + 3 / 10))
    assert report["naive"].mean_absolute_error == pytest.approx((1 + 10 / 9 + 2) / 3)
    assert report["naive"].root_mean_squared_error == pytest.approx(np.sqrt((1 + (10 / 9) ** 2 + 4) / 3))
    assert report.weekly["actual"].tolist() == [5, 2]
    assert report.split_week == 2
    assert np.isnan(report.by_frequency["actual"][5])


def test_refused_holdouts() -> None:
    """A holdout without days, a calibration of other touchpoints and a model that was not judged are refused."""
    log = small("1 3 11", "2 5")
    early = purchases(log, until="2026-01-11")
    with pytest.raises(InvalidArgument, match="has 0 days, the calibration 2 customers"):
        holdout_report(log, early, until="2026-01-11")
    with pytest.raises(InvalidArgument, match="the log lacks purchases of the calibration"):
        holdout_report(small("1 11"), early)
    with pytest.raises(InvalidArgument, match="'BgNbd' was not judged; there are naive, Nbd"):
        holdout_report(log, early, models=(Nbd,))["BgNbd"]


def test_models_of_cdnow_compared(cdnow_39_weeks: Purchases) -> None:
    """Log-likelihoods as published (4 digits); MBG/NBD is best, and NBD is beaten by all."""
    found = compare_models(cdnow_39_weeks.tally())
    assert [type(fit.model).__name__ for fit in found.fits] == ["MbgNbd", "BgNbd", "ParetoNbd", "Nbd"]
    likelihoods = [row["log_likelihood"] for row in found.rows()]
    assert likelihoods == pytest.approx([-9582.1357, -9582.4292, -9594.9762, -9763.6576], abs=6e-5)
    ratio = {test.larger: test for test in found.tests}["BgNbd"]
    assert (ratio.simpler, ratio.freedom, ratio.is_at_edge) == ("Nbd", 2, True)
    assert ratio.statistic == pytest.approx(362.457, abs=1e-3)


def test_78_weeks_of_cdnow(cdnow_78_weeks: Purchases) -> None:
    """Refits of the whole period: parameters and log-likelihoods, to the digits that two programs share."""
    tally = cdnow_78_weeks.tally()
    found = compare_models(tally)
    golden = {
        "BgNbd": ([0.25356, 5.44726, 0.60737, 2.64723], -17138.2340),
        "MbgNbd": ([0.6178, 8.657, 0.5515, 1.0091], None),
        "ParetoNbd": ([0.5630, 12.5592, 0.4081, 10.5146], -17135.8359),
    }
    for name, (parameters, likelihood) in golden.items():
        assert list(found[name].parameters.values()) == pytest.approx(parameters, rel=1e-4)
        if likelihood is not None:
            assert found[name].log_likelihood == pytest.approx(likelihood, abs=6e-5)


def test_the_example_of_lifetimes(example_purchases: Purchases) -> None:
    """5,000 customers with time in days: a + b above 1, all parameters away from their usual places."""
    tally = example_purchases.tally()
    found = compare_models(tally, (BgNbd, MbgNbd), unit="day")
    assert (tally.n_customers, tally.n_purchases, len(tally)) == (5000, 9270, 2700)
    assert list(found["BgNbd"].parameters.values()) == pytest.approx([0.16385, 1.86428, 1.85034, 3.18106], rel=1e-4)
    assert found["BgNbd"].log_likelihood == pytest.approx(-39248.6261, abs=6e-5)
    assert list(found["MbgNbd"].parameters.values()) == pytest.approx([1.1129, 7.7745, 1.8922, 2.11], rel=6e-4)
