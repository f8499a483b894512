"""The shifted beta-geometric model against the figures of its papers."""

from __future__ import annotations

import numpy as np
import pytest

from lifecycle.errors import InvalidArgument
from lifecycle.value import Discount, Geometric, ShiftedBetaGeometric, SurvivorTally
from tests.value.segments import HIGH_END, REGULAR, observed

YEARS = np.arange(1, 13)


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("survivors", "years", "alpha", "beta", "log_likelihood"),
    [
        (HIGH_END, 7, 0.668, 3.806, -1611.158),
        (REGULAR, 7, 0.704, 1.182, -1680.265),
        (HIGH_END, 4, 1.281, 7.790, -1225.135),
        (REGULAR, 4, 0.764, 1.296, -1401.559),
    ],
)
def test_fits_the_segments(
    survivors: tuple[int, ...], years: int, alpha: float, beta: float, log_likelihood: float
) -> None:
    """Parameters and log-likelihood are those of Fader and Hardie (2007), to the three digits printed."""
    fit = ShiftedBetaGeometric.fit(observed(survivors, years))
    assert fit.status == "converged"
    assert (fit.model.alpha, fit.model.beta) == pytest.approx((alpha, beta), abs=5.5e-4)
    assert fit.log_likelihood == pytest.approx(log_likelihood, abs=6e-4)
    assert fit.model.log_likelihood(observed(survivors, years)) == pytest.approx(fit.log_likelihood, rel=1e-14)


@pytest.mark.parametrize(
    ("survivors", "years", "projected"),
    [
        (HIGH_END, 7, [85.1, 74.7, 67.0, 61.0, 56.2, 52.2, 48.9, 46.0, 43.6, 41.4, 39.5, 37.8]),
        (REGULAR, 7, [62.7, 47.4, 38.8, 33.2, 29.2, 26.2, 23.9, 22.0, 20.4, 19.1, 18.0, 17.0]),
        (HIGH_END, 4, [85.9, 75.0, 66.3, 59.2, 53.4, 48.6, 44.4, 40.9, 37.8, 35.2, 32.8, 30.7]),
        (REGULAR, 4, [62.9, 47.2, 38.3, 32.5, 28.4, 25.4, 23.0, 21.0, 19.4, 18.1, 16.9, 16.0]),
    ],
)
def test_projects_the_survivors(survivors: tuple[int, ...], years: int, projected: list[float]) -> None:
    """The survivors of years 1 to 12 in per cent are those of the paper, to the one digit printed."""
    model = ShiftedBetaGeometric.fit(observed(survivors, years)).model
    assert 100 * model.survival(YEARS) == pytest.approx(projected, abs=0.0501)


def test_log_likelihood_at_one_and_one() -> None:
    """Per customer of the High End segment it is -2.1155455, as other programmes give it."""
    tally = observed(HIGH_END, 7)
    assert ShiftedBetaGeometric(1, 1, "year").log_likelihood(tally) / 1000 == pytest.approx(-2.1155455, abs=5e-8)


def test_chances_of_each_period_at_one_and_one() -> None:
    """Alpha = beta = 1 gives 1/2, 1/6, 1/12, 1/20, 1/30, as printed in the appendix."""
    model = ShiftedBetaGeometric(1, 1, "year")
    assert model.loss_probability(np.arange(1, 6)) == pytest.approx([1 / 2, 1 / 6, 1 / 12, 1 / 20, 1 / 30], rel=1e-13)


def test_cohorts_of_different_lengths_fit_together() -> None:
    """The four cohorts of Fader and Hardie (2010) give 3.80 and 15.19; further digits by another programme."""
    sizes = [10000, 8000, 6480, 5307, 4391]
    cohorts = {str(2003 + start): sizes[: 5 - start] for start in range(4)}
    fit = ShiftedBetaGeometric.fit(SurvivorTally.of_counts(cohorts, unit="year"))
    assert (fit.model.alpha, fit.model.beta) == pytest.approx((3.798126, 15.191910), rel=1e-5)
    assert fit.log_likelihood == pytest.approx(-40255.837, abs=6e-4)
    parts = [SurvivorTally.of_counts({name: row}, unit="year") for name, row in cohorts.items()]
    together = ShiftedBetaGeometric.fit(sum(parts, SurvivorTally.zero("year")))
    assert together.model == fit.model
    assert together.data_digest == fit.data_digest


@pytest.mark.parametrize(
    ("alpha", "beta", "printed", "digits"),
    [
        (3.80, 15.20, [3.31, 3.45, 3.59, 3.72, 3.84], [3.3098, 3.4510, 3.5865, 3.7168, 3.8421]),
        (0.067, 0.267, [7.68, 9.46, 9.86, 10.06, 10.19], [7.6708, 9.4553, 9.8508, 10.0562, 10.1886]),
    ],
)
def test_residual_lifetime_after_payments(alpha: float, beta: float, printed: list[float], digits: list[float]) -> None:
    """DERL after 1 to 5 payments at 10 % is Table 3 of Fader and Hardie (2010), whose parameters are rounded."""
    found = ShiftedBetaGeometric(alpha, beta, "year").residual_lifetime(np.arange(1, 6), Discount(0.1))
    assert found == pytest.approx(printed, abs=0.0101)
    assert found == pytest.approx(digits, abs=6e-5)


@pytest.mark.parametrize(
    ("alpha", "beta", "new", "residual"),
    [
        (0.668, 3.806, 5.9226, [5.4149, 5.9018, 6.2943, 6.6203, 6.8971, 7.1360, 7.3451, 7.5299]),
        (0.704, 1.182, 3.6951, [2.9647, 4.1035, 4.8701, 5.4424, 5.8944, 6.2647, 6.5760, 6.8426]),
    ],
)
def test_lifetimes_of_the_segments(alpha: float, beta: float, new: float, residual: list[float]) -> None:
    """DEL and DERL of both segments at 10 % a year; 7.530 after 8 payments is printed by another programme."""
    model = ShiftedBetaGeometric(alpha, beta, "year")
    assert model.expected_lifetime(Discount(0.1)) == pytest.approx(new, abs=6e-5)
    assert model.residual_lifetime(np.arange(1, 9), Discount(0.1)) == pytest.approx(residual, abs=6e-5)


def test_retention_rises_although_no_customer_changes() -> None:
    """The retention rate is (beta + t - 1) ÷ (alpha + beta + t - 1)."""
    model, t = ShiftedBetaGeometric(0.668, 3.806, "year"), np.arange(1, 30)
    assert model.retention_rate(t) == pytest.approx((3.806 + t - 1) / (0.668 + 3.806 + t - 1), rel=1e-13)
    assert (np.diff(model.retention_rate(t)) > 0).all()


def test_errors_and_their_scale() -> None:
    """Standard errors come from the curvature: a slow second difference of the log-likelihood gives the same."""
    tally = observed(HIGH_END, 7)
    fit = ShiftedBetaGeometric.fit(tally)
    h, at = 1e-3, np.log([fit.model.alpha, fit.model.beta])

    def value(step: tuple[int, int]) -> float:
        alpha, beta = np.exp(at + h * np.array(step))
        return ShiftedBetaGeometric(float(alpha), float(beta), "year").log_likelihood(tally)

    one = (value((1, 0)) - 2 * value((0, 0)) + value((-1, 0))) / h**2
    two = (value((0, 1)) - 2 * value((0, 0)) + value((0, -1))) / h**2
    both = (value((1, 1)) - value((1, -1)) - value((-1, 1)) + value((-1, -1))) / (4 * h**2)
    slow = np.linalg.inv(-np.array([[one, both], [both, two]]))
    assert fit.log_covariance == pytest.approx(slow, rel=1e-4)


@pytest.mark.parametrize(
    "survivors",
    [[1000, 900, 810, 729, 656, 590], [100] * 6, [100, 0], [1, 1], [1, 0], [5], [10**9, 9 * 10**8, 81 * 10**7]],
)
def test_boundaries_have_a_status(survivors: list[int]) -> None:
    """One chance for all, nobody lost, all lost, one customer: a status and finite numbers, no exception."""
    tally = SurvivorTally.of_counts({"all": survivors}, unit="year")
    fit = ShiftedBetaGeometric.fit(tally)
    assert fit.status.startswith("boundary:")
    assert np.isfinite(fit.log_likelihood)
    assert np.isfinite(fit.model.survival([0, 1, 5, 100])).all()
    assert np.isfinite(fit.model.residual_lifetime([1, 5], Discount(0.1))).all()
    # At the boundary it is the geometric model, up to what the bound of the parameters leaves.
    assert fit.log_likelihood == pytest.approx(Geometric.fit(tally).log_likelihood, rel=1e-6, abs=1e-3)


def test_refuses_nobody_and_impossible_parameters() -> None:
    """No customers, parameters that are not above 0, and an unknown unit are refused."""
    with pytest.raises(InvalidArgument, match="no customers"):
        ShiftedBetaGeometric.fit(SurvivorTally.zero("year"))
    with pytest.raises(InvalidArgument, match="ShiftedBetaGeometric: alpha=0 is not above 0"):
        ShiftedBetaGeometric(0, 1, "year")
    with pytest.raises(InvalidArgument, match="unit='quarter' is unknown"):
        ShiftedBetaGeometric(1, 1, "quarter")  # type: ignore[arg-type]
