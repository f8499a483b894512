"""The beta-discrete-Weibull model, its special case, and its null without differences between customers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from lifecycle.errors import InvalidArgument
from lifecycle.value import (
    BetaDiscreteWeibull,
    Discount,
    DiscreteWeibull,
    Geometric,
    ShiftedBetaGeometric,
    SurvivorTally,
)
from tests.value.segments import HIGH_END, REGULAR, observed


@pytest.mark.parametrize(
    ("survivors", "years", "parameters", "log_likelihood"),
    [
        (HIGH_END, 4, (0.2593, 1.7226, 1.5844), -1222.749),
        (HIGH_END, 7, (0.2143, 1.4266, 1.7236), -1605.314),
        (REGULAR, 4, (0.5230, 0.8943, 1.1964), -1401.383),
        (REGULAR, 7, (0.4556, 0.7793, 1.2835), -1679.603),
    ],
)
def test_fits_the_segments(
    survivors: tuple[int, ...], years: int, parameters: tuple[float, ...], log_likelihood: float
) -> None:
    """Parameters and log-likelihood equal those of two other programmes, to the digits printed."""
    fit = BetaDiscreteWeibull.fit(observed(survivors, years))
    assert fit.status == "converged"
    assert tuple(fit.parameters.values()) == pytest.approx(parameters, abs=6e-5)
    assert fit.log_likelihood == pytest.approx(log_likelihood, abs=6e-4)
    assert fit.model.log_likelihood(observed(survivors, years)) == pytest.approx(fit.log_likelihood, rel=1e-13)


def test_survivors_as_published() -> None:
    """The parameters of High End after 4 years give the ten survivors printed with them, to 5 digits of a per cent."""
    model = BetaDiscreteWeibull(0.25933745, 1.72255566, 1.58435482, "year")
    printed = [100, 86.91466, 74.19282, 65.47844, 59.29329, 54.66105, 51.03690, 48.10444, 45.66884, 43.60369, 41.82319]
    assert 100 * model.survival(np.arange(11)) == pytest.approx(printed, abs=6e-6)
    fitted = BetaDiscreteWeibull.fit(observed(HIGH_END, 4)).model
    # The printed fit stopped a little before the maximum.
    assert 100 * fitted.survival(np.arange(11)) == pytest.approx(printed, abs=2e-4)


def test_projects_high_end_from_seven_years() -> None:
    """Years 8 to 12 are 46.8, 44.8, 43.2, 41.7 and 40.4 %."""
    model = BetaDiscreteWeibull.fit(observed(HIGH_END, 7)).model
    assert 100 * model.survival(np.arange(8, 13)) == pytest.approx([46.8, 44.8, 43.2, 41.7, 40.4], abs=0.0501)


def test_shifted_beta_geometric_is_the_case_of_one() -> None:
    """With c = 1 survival and likelihood are those of the shifted beta-geometric."""
    general, special = BetaDiscreteWeibull(0.668, 3.806, 1.0, "year"), ShiftedBetaGeometric(0.668, 3.806, "year")
    t = np.arange(0, 50)
    assert general.survival(t) == pytest.approx(special.survival(t), rel=1e-13)
    tally = observed(HIGH_END, 7)
    assert general.log_likelihood(tally) == pytest.approx(special.log_likelihood(tally), rel=1e-13)


def test_customers_who_are_nearly_alike_lose_no_digits() -> None:
    """With parameters of hundreds of millions the first retention rate is still beta ÷ (alpha + beta)."""
    assert float(BetaDiscreteWeibull(3e8, 7e8, 1.5, "year").survival(1)) == pytest.approx(0.7, rel=1e-12)
    assert float(BetaDiscreteWeibull(0.5, 7e8, 1.5, "year").loss_probability(1)) == pytest.approx(0.5 / 7e8, rel=1e-7)


@pytest.mark.parametrize(("survivors", "statistic"), [(HIGH_END, 11.688), (REGULAR, 1.325)])
def test_likelihood_ratio_against_the_special_case(survivors: tuple[int, ...], statistic: float) -> None:
    """After 7 years twice the difference is 11.69 for High End (c is not 1) and 1.32 for Regular (it may be)."""
    tally = observed(survivors, 7)
    gain = BetaDiscreteWeibull.fit(tally).log_likelihood - ShiftedBetaGeometric.fit(tally).log_likelihood
    assert 2 * gain == pytest.approx(statistic, abs=0.002)


@pytest.mark.parametrize(
    ("survivors", "theta", "c", "log_likelihood", "geometric"),
    [(HIGH_END, 0.15, 0.7688, -1619.926, -1637.093), (REGULAR, 0.3812, 0.5716, -1688.520, -1794.621)],
)
def test_nulls_without_differences_between_customers(
    survivors: tuple[int, ...], theta: float, c: float, log_likelihood: float, geometric: float
) -> None:
    """Discrete Weibull and geometric after 7 years equal the figures of another programme."""
    tally = observed(survivors, 7)
    fit = DiscreteWeibull.fit(tally)
    assert (fit.model.theta, fit.model.c) == pytest.approx((theta, c), abs=6e-5)
    assert fit.log_likelihood == pytest.approx(log_likelihood, abs=6e-4)
    assert fit.model.log_likelihood(tally) == pytest.approx(fit.log_likelihood, rel=1e-12)
    assert Geometric.fit(tally).log_likelihood == pytest.approx(geometric, abs=6e-4)


@pytest.mark.parametrize("model", [BetaDiscreteWeibull, DiscreteWeibull])
def test_errors_are_of_the_parameters_told(model: type[BetaDiscreteWeibull] | type[DiscreteWeibull]) -> None:
    """A slow second difference of the log-likelihood, by the logs of the parameters told, gives the covariance."""
    tally = observed(HIGH_END, 7)
    fit = model.fit(tally)
    h, at = 1e-3, np.log(list(fit.parameters.values()))
    sides = h * np.eye(len(at))

    def value(step: npt.NDArray[np.float64]) -> float:
        moved = dict(zip(fit.parameters, np.exp(at + step).tolist(), strict=True))
        return model(**moved, unit="year").log_likelihood(tally)

    slow = [[(value(i + j) - value(i - j) - value(j - i) + value(-i - j)) / (4 * h**2) for j in sides] for i in sides]
    assert fit.log_covariance == pytest.approx(np.linalg.inv(-np.array(slow)), rel=2e-4)


def test_discounted_lifetimes_by_a_sum_of_many_digits() -> None:
    """DEL equals sums of 30 digits made with mpmath, for slow and for fast decay."""
    cases = [
        ((0.2143, 1.4266, 1.7236), 0.1, 6.09237910243011),
        ((0.2143, 1.4266, 1.7236), 0.005, 40.5160864139818),
        ((0.5, 0.9, 0.4), 0.01, 36.2166610080755),
        ((1.2, 3.0, 3.0), 0.02, 2.01729477424057),
    ]
    for parameters, rate, expected in cases:
        model = BetaDiscreteWeibull(*parameters, "year")
        assert model.expected_lifetime(Discount(rate)) == pytest.approx(expected, rel=1e-11)


@pytest.mark.parametrize("survivors", [[100] * 6, [100, 0], [1, 1], [1, 0], [5], [100, 90, 80], [8, 6, 6, 6, 6, 2]])
@pytest.mark.parametrize("model", [BetaDiscreteWeibull, DiscreteWeibull])
def test_boundaries_have_a_status(
    model: type[BetaDiscreteWeibull] | type[DiscreteWeibull], survivors: list[int]
) -> None:
    """Nobody lost, all lost, one customer, too few ages: a status and finite numbers, no exception."""
    tally = SurvivorTally.of_counts({"all": survivors}, unit="year")
    fit = model.fit(tally)
    assert fit.status == "converged" or fit.status.startswith("boundary:")
    assert np.isfinite(fit.log_likelihood)
    assert np.isfinite(fit.model.survival([0, 1, 5, 100])).all()
    assert fit.log_likelihood >= Geometric.fit(tally).log_likelihood - 1e-4
    if model is BetaDiscreteWeibull:
        assert fit.log_likelihood >= ShiftedBetaGeometric.fit(tally).log_likelihood - 1e-6


def test_geometric_is_losses_over_renewals() -> None:
    """Of 10 renewals 3 were lost: 0.3 with the error of a share; none or all lost is a boundary."""
    tally = SurvivorTally.of_counts({"all": [4, 3, 2, 1]}, unit="month")
    renewals = 4 + 3 + 2
    fit = Geometric.fit(tally)
    assert fit.model.theta == pytest.approx(3 / renewals)
    assert fit.standard_errors["theta"] == pytest.approx(np.sqrt(3 / renewals * (1 - 3 / renewals) / renewals))
    for survivors, status in (([3, 3], "boundary: theta = 0, since nobody was lost"), ([3, 0], "boundary: theta = 1")):
        found = Geometric.fit(SurvivorTally.of_counts({"all": survivors}, unit="month"))
        assert found.status.startswith(status)
        assert found.log_likelihood == 0
        assert found.model.survival([0, 1]).tolist() == [1, survivors[1] / 3]


def test_refuses_impossible_parameters() -> None:
    """A chance beyond 0 to 1 and a c that is not above 0 are refused."""
    with pytest.raises(InvalidArgument, match=r"Geometric: theta=1\.5 is not from 0 to 1"):
        Geometric(1.5, "year")
    with pytest.raises(InvalidArgument, match="BetaDiscreteWeibull: c=-1 is not above 0"):
        BetaDiscreteWeibull(1, 1, -1, "year")
    with pytest.raises(InvalidArgument, match="no customers"):
        DiscreteWeibull.fit(SurvivorTally.zero("year"))
