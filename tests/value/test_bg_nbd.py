"""The BG/NBD on the CDNOW sample, against the figures of the paper and of R packages."""

from __future__ import annotations

import numpy as np
import pytest

from lifecycle.value import BgNbd, Fit, Purchases, PurchaseTally

PAPER = BgNbd(0.243, 4.414, 0.793, 2.426, "week")
"""The parameters as printed by Fader, Hardie and Lee (2005)."""
BTYD = BgNbd(0.2425945, 4.4136019, 0.7929199, 2.4258881, "week")
"""The same with the digits of the R packages."""


@pytest.fixture(scope="module")
def tally(cdnow_39_weeks: Purchases) -> PurchaseTally:
    """The 2,357 customers."""
    return cdnow_39_weeks.tally()


@pytest.fixture(scope="module")
def fit(tally: PurchaseTally) -> Fit[BgNbd]:
    """Fitted to them."""
    return BgNbd.fit(tally)


def test_cdnow_parameters_are_the_published(fit: Fit[BgNbd], tally: PurchaseTally) -> None:
    """2,357 customers: parameters and log-likelihood of R's CLVTools; 1e-5, where its optimiser stops."""
    assert (fit.n_customers, tally.n_purchases) == (2357, 2457)
    assert fit.parameters == pytest.approx({"r": 0.2425945, "alpha": 4.4136019, "a": 0.79292, "b": 2.42590}, rel=1e-5)
    assert fit.log_likelihood == pytest.approx(-9582.4292, abs=5e-5)
    assert fit.status == "converged"


def test_cdnow_errors_and_intervals_are_the_published(fit: Fit[BgNbd]) -> None:
    """Standard errors to the digits printed, intervals from the logarithms."""
    printed = {"r": 0.012557, "alpha": 0.378224, "a": 0.185733, "b": 0.705407}
    assert fit.standard_errors == pytest.approx(printed, rel=5e-5)
    assert fit.interval("r") == pytest.approx((0.2192, 0.2685), abs=5e-5)
    assert fit.interval("alpha") == pytest.approx((3.731, 5.221), abs=5e-4)
    assert fit.interval("a") == pytest.approx((0.501, 1.255), abs=5e-4)
    assert fit.interval("b") == pytest.approx((1.372, 4.289), abs=1e-3)


def test_cdnow_over_78_weeks(cdnow_78_weeks: Purchases) -> None:
    """The refit on all weeks, which two other implementations agree on to the digits here."""
    fit = BgNbd.fit(cdnow_78_weeks.tally())
    assert list(fit.parameters.values()) == pytest.approx([0.25356, 5.44726, 0.60737, 2.64723], abs=5e-5)
    assert fit.log_likelihood == pytest.approx(-17138.2340, abs=5e-5)


def test_example_log_in_days(example_purchases: Purchases) -> None:
    """The 5,000 customers of the lifetimes example, in days; the digits that lifetimes gives."""
    tally = example_purchases.tally()
    fit = BgNbd.fit(tally, unit="day")
    assert (fit.n_customers, tally.n_purchases) == (5000, 9270)
    assert list(fit.parameters.values()) == pytest.approx([0.16385, 1.86428, 1.85034, 3.18106], abs=2e-4)
    assert fit.log_likelihood == pytest.approx(-39248.6261, abs=5e-4)


def test_the_most_eager_customer(fit: Fit[BgNbd]) -> None:
    """Customer 1516 of CDNOW (26 purchases in 31 weeks): the next year, and whether still there."""
    assert float(fit.model.conditional_purchases(26, 30.857143, 31, 52)) == pytest.approx(25.7573, abs=5e-5)
    assert float(fit.model.p_alive(26, 30.857143, 31)) == pytest.approx(0.96885, abs=1e-5)
    assert float(fit.model.conditional_purchases(26, 30.857143, 31, 39)) == pytest.approx(20.74892, abs=1e-4)


def test_more_purchases_can_mean_fewer_to_come() -> None:
    """The paradox of frequency: who bought often and then fell silent has left; 4e-4, as BTYD's parameters differ."""
    found = BTYD.conditional_purchases([10, 15, 20, 25], 20, 39, 52)
    assert found == pytest.approx([0.3474606, 0.04283391, 0.004158973, 0.0003585], rel=4e-4)


def test_customers_of_cdnow_one_by_one(fit: Fit[BgNbd]) -> None:
    """Chance to be there and purchases in 39 weeks of customers 1, 2 and 6, and of one without a repeat purchase."""
    x, t_x, age = [2, 1, 7, 0], np.array([213, 12, 206, 0]) / 7, np.array([272, 272, 272, 272]) / 7
    there, bought = fit.model.p_alive(x, t_x, age), fit.model.conditional_purchases(x, t_x, age, 39)
    assert there == pytest.approx([0.72661975, 0.21239019, 0.64183481, 1.0], abs=1e-6)
    assert bought == pytest.approx([1.22599333, 0.20341797, 3.33757254, 0.19479357], rel=1e-5)


def test_new_customers_are_those_of_the_paper(fit: Fit[BgNbd]) -> None:
    """The paper's spreadsheet (its parameters are rounded: 2e-4), BTYD's walkthrough, and R to the digits printed."""
    sheet = fit.model.expected_purchases([0.1429, 1, 3, 31.8571, 32, 78])
    assert sheet == pytest.approx([0.0078, 0.0532, 0.1506, 1.0405, 1.0437, 1.8576], rel=2e-4, abs=5e-5)
    assert float(fit.model.expected_purchases(52)) == pytest.approx(1.444004, abs=1e-5)
    weeks = PAPER.expected_purchases(np.arange(1, 11))
    printed = [
        0.0532679,
        0.1033897,
        0.1508652,
        0.1960682,
        0.2392882,
        0.2807559,
        0.3206588,
        0.3591523,
        0.3963668,
        0.4324134,
    ]
    assert weeks == pytest.approx(printed, abs=5e-8)


@pytest.mark.smoke
def test_conditional_expectation_of_the_paper() -> None:
    """The worked example of the paper's spreadsheet (2 purchases, weeks 30.43 and 38.86), and examples of BTYD."""
    assert float(PAPER.conditional_purchases(2, 30.43, 38.86, 39)) == pytest.approx(1.22602817, abs=5e-7)
    assert float(PAPER.conditional_purchases(10, 35, 39, 2)) == pytest.approx(0.391569207, abs=5e-9)
    assert float(PAPER.p_alive(23, 39, 39)) == pytest.approx(0.968555454, abs=5e-9)


@pytest.mark.smoke
def test_chances_of_counts_are_the_published() -> None:
    """The chance of n purchases within t weeks, to the digits printed."""
    printed = [
        0.0019995214, 0.0015170236, 0.0011633150, 0.0009003148, 0.0007023638,
        0.0005517902, 0.0004361913, 0.0003467171, 0.0002769613, 0.0002222260,
    ]  # fmt: skip
    assert PAPER.purchase_probability(np.arange(11, 21), 30) == pytest.approx(printed, abs=5e-11)
    assert float(PAPER.purchase_probability(10, 2)) == pytest.approx(1.07869e-07, rel=1e-5)
    assert float(PAPER.purchase_probability(0, 39)) == pytest.approx(0.5737864, abs=5e-8)


def test_all_of_cdnow_in_the_next_39_weeks(fit: Fit[BgNbd], cdnow_39_weeks: Purchases) -> None:
    """The sum over all customers, 1,653.4 (1,882 came), and the means by number of purchases, 0 to 6 and 7 up."""
    x, t_x, age = cdnow_39_weeks.x, cdnow_39_weeks.last_days / 7, cdnow_39_weeks.age_days / 7
    found = fit.model.conditional_purchases(x, t_x, age, 39)
    assert found.sum() == pytest.approx(1653.39, abs=0.05)
    bins = np.minimum(x, 7)
    assert np.bincount(bins).tolist() == [1411, 439, 214, 100, 62, 38, 29, 64]
    means = np.bincount(bins, found) / np.bincount(bins)
    assert means == pytest.approx([0.225, 0.523, 1.044, 1.520, 2.164, 2.654, 3.504, 6.157], abs=1.5e-3)


def test_cdnow_cohort_week_by_week(fit: Fit[BgNbd], cdnow_39_weeks: Purchases) -> None:
    """All repeat purchases of the cohort up to the end of weeks 20 to 25, as BTYD's walkthrough prints them."""
    start = (cdnow_39_weeks.first_day - cdnow_39_weeks.first_day.min()) / 7
    weeks = np.arange(19, 26)
    cumulative = [float(fit.model.expected_purchases(np.maximum(week - start, 0)).sum()) for week in weeks]
    printed = [1312.458, 1387.346, 1460.392, 1531.713, 1601.418, 1669.6]
    assert cumulative[1:] == pytest.approx(printed, rel=6e-3)
    assert np.diff(cumulative) == pytest.approx([76.865, 74.888, 73.046, 71.322, 69.704, 68.182], rel=6e-3)
