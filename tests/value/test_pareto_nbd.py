"""The Pareto/NBD on the CDNOW sample, against the figures of the papers and of R packages."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle.tally import hyp2f1
from lifecycle.value import Discount, Fit, ParetoNbd, Purchases, PurchaseTally

BTYD = ParetoNbd(0.55, 10.56, 0.61, 11.64, "week")
"""The parameters of the examples in BTYD."""
YEAR = Discount(float(np.log(1.1)) / 52, per="week", compounding="continuous")
"""10 % a year, by weeks of 1/52 year, as in R's examples."""


@pytest.fixture(scope="module")
def tally(cdnow_39_weeks: Purchases) -> PurchaseTally:
    """The 2,357 customers."""
    return cdnow_39_weeks.tally()


@pytest.fixture(scope="module")
def fit(tally: PurchaseTally) -> Fit[ParetoNbd]:
    """Fitted to them."""
    return ParetoNbd.fit(tally)


def test_cdnow_parameters_are_the_published(fit: Fit[ParetoNbd]) -> None:
    """Parameters, errors and log-likelihood of R's CLVTools; beta is so flat that it stops 5e-4 away."""
    assert list(fit.parameters.values()) == pytest.approx([0.55327, 10.57780, 0.60602, 11.66391], rel=5e-4)
    assert fit.log_likelihood == pytest.approx(-9594.9762, abs=5e-5)
    printed = [0.0476264, 0.8427222, 0.1872594, 6.2105448]
    assert list(fit.standard_errors.values()) == pytest.approx(printed, rel=1e-3)
    assert fit.status == "converged"


def test_cdnow_over_78_weeks(cdnow_78_weeks: Purchases) -> None:
    """The refit on all weeks: figures of the RFM-and-CLV paper, and of a second implementation."""
    fit = ParetoNbd.fit(cdnow_78_weeks.tally())
    assert list(fit.parameters.values()) == pytest.approx([0.5630, 12.5592, 0.4081, 10.5146], abs=2e-4)
    assert fit.log_likelihood == pytest.approx(-17135.8359, abs=5e-5)


def test_the_most_eager_customer(fit: Fit[ParetoNbd]) -> None:
    """Customer 1516 of CDNOW, as BTYD and CLVTools print it; 1e-4, as their parameters differ."""
    history = 26, 30.857143, 31
    assert float(fit.model.p_alive(*history)) == pytest.approx(0.997874, abs=1e-6)
    assert float(fit.model.conditional_purchases(*history, 52)) == pytest.approx(25.45647, rel=1e-4)
    assert float(fit.model.conditional_purchases(*history, 39)) == pytest.approx(20.11589, rel=1e-4)
    assert float(fit.model.discounted_purchases(*history, YEAR)) == pytest.approx(107.77198, rel=2e-3)
    assert float(fit.model.expected_purchases(52)) == pytest.approx(1.473434, rel=1e-4)


def test_more_purchases_can_mean_fewer_to_come(fit: Fit[ParetoNbd]) -> None:
    """The paradox of frequency, as BTYD's walkthrough prints it; 1e-3, as its parameters differ."""
    found = fit.model.conditional_purchases([10, 15, 20, 25], 20, 39, 52)
    assert found == pytest.approx([0.7062289, 0.1442396, 0.02250658, 0.00309267], rel=1e-3)


def test_customers_of_cdnow_one_by_one() -> None:
    """Customers 1, 2, 6 and one who bought once, at the parameters of CLVTools: there, purchases, discounted."""
    model = ParetoNbd(0.55327, 10.57780, 0.60602, 11.66391, "week")
    x, t_x, age = [2, 1, 7, 0], np.array([213, 12, 206, 0]) / 7, np.array([272, 272, 272, 272]) / 7
    assert model.p_alive(x, t_x, age) == pytest.approx([0.86916549, 0.16802798, 0.74950515, 0.29515762], rel=2e-5)
    bought = model.conditional_purchases(x, t_x, age, 39)
    assert bought == pytest.approx([1.45532078, 0.17115440, 3.71252290, 0.10709042], rel=2e-5)
    worth = model.discounted_purchases(x, t_x, age, YEAR)
    assert worth == pytest.approx([8.15900384, 0.95954749, 20.81361653, 0.60038391], rel=2e-5)


def test_all_of_cdnow_in_the_next_39_weeks(fit: Fit[ParetoNbd], cdnow_39_weeks: Purchases) -> None:
    """The sum over all customers, and the means by number of purchases, 0 to 6 and 7 up."""
    x, t_x, age = cdnow_39_weeks.x, cdnow_39_weeks.last_days / 7, cdnow_39_weeks.age_days / 7
    found = fit.model.conditional_purchases(x, t_x, age, 39)
    assert found.sum() == pytest.approx(1665.5, abs=0.3)
    bins = np.minimum(x, 7)
    means = np.bincount(bins, found) / np.bincount(bins)
    assert means == pytest.approx([0.138, 0.600, 1.196, 1.714, 2.399, 2.907, 3.819, 6.403], abs=1.5e-3)


@pytest.mark.smoke
def test_examples_of_the_r_package() -> None:
    """Expected purchases, chances of counts and chances to be there, to the digits printed by BTYD."""
    printed = [
        0, 0.05077821, 0.09916088, 0.14542507, 0.18979930, 0.23247466, 0.27361274, 0.31335159, 0.35181024, 0.38909211,
    ]  # fmt: skip
    assert BTYD.expected_purchases(np.arange(10)) == pytest.approx(printed, abs=5e-9)
    assert float(BTYD.conditional_purchases(10, 35, 39, 2)) == pytest.approx(0.388411723, abs=5e-9)
    assert float(BTYD.p_alive(0, 0, 39)) == pytest.approx(0.292403, abs=5e-7)
    assert float(BTYD.purchase_probability(10, 2)) == pytest.approx(1.8937076e-09, abs=5e-16)
    assert float(BTYD.purchase_probability(0, 39)) == pytest.approx(0.59593807, abs=5e-9)


@pytest.mark.smoke
def test_discounted_purchases_of_the_r_package() -> None:
    """DERT at 0.0027 a week, as in 'RFM and CLV' (2005) and BTYD's manual, to the digits printed."""
    model = ParetoNbd(0.5629966, 12.559037, 0.4081095, 10.5148048, "week")
    weekly = Discount(0.0027, per="week", compounding="continuous")
    assert float(model.discounted_purchases(7, 35, 77.86, weekly)) == pytest.approx(1.86418333, abs=5e-9)
    assert float(model.discounted_purchases(14, 77.86, 77.86, weekly)) == pytest.approx(35.6300409, abs=5e-8)
    assert float(model.discounted_purchases(0, 0, 77.86, weekly)) == pytest.approx(0.36475593, abs=5e-9)
    several = model.discounted_purchases([1, 2, 5, 10, 15, 20], 70, 77.86, weekly)
    assert several == pytest.approx([3.67113, 6.00830, 12.95602, 24.25996, 35.06963, 45.14546], abs=5e-6)


@given(st.floats(0.1, 3), st.floats(0.2, 40), st.floats(0.1, 3), st.floats(0.2, 40), st.integers(0, 30))
def test_chance_to_be_there_by_hypergeometric_functions(r: float, alpha: float, s: float, beta: float, x: int) -> None:
    """The quadrature over the time of leaving gives what the closed form of the literature gives."""
    t_x, age = (0.0 if x == 0 else 21.0), 39.0
    low, high = sorted([alpha, beta])
    power, shape = r + x, s + 1 if alpha >= beta else r + x

    def term(t: float) -> float:
        z = (high - low) / (high + t)
        return float(hyp2f1(power + s, shape, power + s + 1, z)) / (high + t) ** (power + s)

    left = s / (power + s) * (term(t_x) - term(age))
    stayed = (alpha + age) ** -power * (beta + age) ** -s
    expected = stayed / (stayed + left)
    assert float(ParetoNbd(r, alpha, s, beta).p_alive(x, t_x, age)) == pytest.approx(expected, rel=1e-7)


@pytest.mark.smoke
def test_very_many_purchases_are_no_number_too_many() -> None:
    """At 132 purchases and more other libraries give nan; 5,000 in 200 weeks and silence of 1 day, and of 9 weeks."""
    there = BTYD.p_alive([132, 5000, 5000], [190, 199.9, 191], 200)
    assert np.isfinite(there).all()
    assert there[1] > 0.05
    assert there[2] < 1e-50
