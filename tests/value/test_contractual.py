"""What holds for every model of contracts: curves, discounted lifetimes, draws, refusals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle.errors import InvalidArgument
from lifecycle.value import (
    BetaDiscreteWeibull,
    ContractModel,
    Discount,
    DiscreteWeibull,
    Geometric,
    ShiftedBetaGeometric,
    SurvivorTally,
)

MODELS = [
    ShiftedBetaGeometric(0.668, 3.806, "month"),
    BetaDiscreteWeibull(0.4556, 0.7793, 1.2835, "month"),
    Geometric(0.1033, "month"),
    DiscreteWeibull(0.15, 0.7688, "month"),
]
MONTHLY = Discount(0.01, per="month")
parameter = st.floats(1e-6, 1e6)


@pytest.mark.parametrize("model", MODELS)
def test_curve_loss_and_retention_agree(model: ContractModel) -> None:
    """Losses are the steps of the curve, retention its ratios, and the curve falls from 1."""
    t = np.arange(1, 40)
    curve = model.survival(np.arange(40))
    assert curve[0] == 1
    assert model.loss_probability(t) == pytest.approx(-np.diff(curve), rel=1e-9)
    assert model.retention_rate(t) == pytest.approx(curve[1:] / curve[:-1], rel=1e-12)


@pytest.mark.parametrize("model", MODELS)
def test_log_likelihood_is_the_sum_over_customers(model: ContractModel) -> None:
    """Each customer who was lost or is there adds the log of its own chance: a slow twin."""
    durations, lost = [1, 1, 2, 5, 9, 0, 9], [True, True, False, True, False, False, True]
    slow = sum(
        float(np.log(model.loss_probability(age) if gone else model.survival(age)))
        for age, gone in zip(durations, lost, strict=True)
    )
    tally = SurvivorTally.of(durations, lost, unit="month")
    assert model.log_likelihood(tally) == pytest.approx(slow, rel=1e-12)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("rate", [0.5, 0.01, 0.0005])
def test_lifetimes_are_the_sums_of_their_terms(model: ContractModel, rate: float) -> None:
    """DEL and DERL for ever equal plain sums, long enough to leave out less than 1e-13."""
    discount = Discount(rate, per="month")
    k = np.arange(int(32 / rate))
    factors = np.exp(-k * np.log1p(rate))
    assert model.expected_lifetime(discount) == pytest.approx(float(model.survival(k) @ factors), rel=1e-10)
    # The first term of the residual lifetime is the renewal that comes next: S(n) over S(n - 1).
    slow = [float(model.survival(k + n) @ factors / model.survival(n - 1)) for n in (1, 7, 40)]
    assert model.residual_lifetime([1, 7, 40], discount) == pytest.approx(slow, rel=1e-10)


def test_lifetime_of_the_shifted_beta_geometric_is_its_closed_form() -> None:
    """DEL and DERL equal 2F1 of 30 digits (mpmath), from fast to hardly any discounting."""
    cases = [
        (0.668, 3.806, 0.1, 3, 5.92259640761276, 6.29426061679319),
        (0.067, 0.267, 0.1, 2, 7.97348678265652, 9.45529943199553),
        (3.8, 15.2, 0.001, 5, 6.37533502822646, 6.78208006599549),
        (0.5, 2.0, 0.00001, 1, 742.108981891536, 741.116392981355),
        (50.0, 0.3, 0.1, 4, 1.00555221945071, 0.0668040230048724),
        (2000.0, 8000.0, 0.02, 7, 4.63789684938701, 3.71323506651366),
    ]
    for alpha, beta, rate, n, new, residual in cases:
        model = ShiftedBetaGeometric(alpha, beta, "year")
        assert model.expected_lifetime(Discount(rate)) == pytest.approx(new, rel=1e-12)
        assert float(model.residual_lifetime(n, Discount(rate))) == pytest.approx(residual, rel=1e-12)


@pytest.mark.parametrize("model", MODELS)
def test_a_new_customer_pays_once_and_then_as_after_one_payment(model: ContractModel) -> None:
    """DEL is the payment at the start and, one period later, DERL after one payment."""
    later = float(model.residual_lifetime(1, MONTHLY)) / 1.01
    assert model.expected_lifetime(MONTHLY) == pytest.approx(1 + later, rel=1e-11)


@pytest.mark.parametrize("model", MODELS)
def test_timing_moves_all_payments(model: ContractModel) -> None:
    """Payments at the end are worth one period less, in the middle half of it."""
    for timing, shift in (("middle", 0.5), ("end", 1.0)):
        late = Discount(0.01, per="month", timing=timing)  # type: ignore[arg-type]
        assert model.residual_lifetime(3, late) == pytest.approx(
            model.residual_lifetime(3, MONTHLY) * 1.01**-shift, rel=1e-13
        )


@pytest.mark.parametrize("model", MODELS)
def test_horizon_cuts_and_counts_a_part(model: ContractModel) -> None:
    """Three months and a half without discount are three terms and half of the fourth; far away it is for ever."""
    curve = model.survival(np.arange(5))
    half = Discount(0, horizon=(3.5, "month"))
    assert model.expected_lifetime(half) == pytest.approx(float(curve[:3].sum() + 0.5 * curve[3]), rel=1e-13)
    assert model.residual_lifetime(1, half) == pytest.approx(float(curve[1:4].sum() + 0.5 * curve[4]), rel=1e-13)
    far = Discount(0.1, per="month", horizon=(5000, "month"))
    assert model.expected_lifetime(far) == pytest.approx(model.expected_lifetime(Discount(0.1, per="month")), rel=1e-11)


def test_rate_is_taken_in_the_unit_of_the_model() -> None:
    """A year's rate in a model by month is a twelfth of its force."""
    yearly = Discount(1.01**12 - 1)
    assert MODELS[0].expected_lifetime(yearly) == pytest.approx(MODELS[0].expected_lifetime(MONTHLY), rel=1e-12)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("discount", [Discount(0.05, per="month"), Discount(0, horizon=(7.5, "month"), timing="end")])
def test_draws_have_the_mean_of_the_residual_lifetime(model: ContractModel, discount: Discount) -> None:
    """The mean of 40,000 draws is within four standard errors of DERL, customer by customer."""
    draws = model.draw_residual_lifetime([1, 2, 10], discount, generator=np.random.default_rng(7), n_draws=40_000)
    assert draws.shape == (40_000, 3)
    errors = draws.std(axis=0) / np.sqrt(40_000)
    assert (np.abs(draws.mean(axis=0) - model.residual_lifetime([1, 2, 10], discount)) < 4 * errors).all()


@pytest.mark.parametrize("model", MODELS)
def test_draws_follow_the_curve(model: ContractModel) -> None:
    """The share of draws with at least k payments is the share of those there after n - 1 periods that stay k more."""
    whole = Discount(0, horizon=(50, "month"))
    draws = model.draw_residual_lifetime([4], whole, generator=np.random.default_rng(11), n_draws=40_000)[:, 0]
    for k in (1, 2, 5, 20):
        share = float(model.survival(3 + k) / model.survival(3))
        assert abs((draws >= k).mean() - share) < 4 * np.sqrt(share * (1 - share) / 40_000)


@given(parameter, parameter, st.floats(0.05, 20))
def test_any_parameters_give_finite_numbers(alpha: float, beta: float, c: float) -> None:
    """From a millionth to a million: curves within 0 and 1, never rising, and finite lifetimes and draws."""
    t = np.array([0, 1, 2, 50, 1000, 1e6])
    for model in (
        ShiftedBetaGeometric(alpha, beta, "month"),
        BetaDiscreteWeibull(alpha, beta, c, "month"),
        DiscreteWeibull(min(alpha / (alpha + beta), 1.0), c, "month"),
    ):
        curve = model.survival(t)
        assert ((curve >= 0) & (curve <= 1)).all()
        assert (np.diff(curve) <= 1e-12).all()
        lifetime = model.expected_lifetime(Discount(0.1))
        assert 1 <= lifetime <= 1 / (1 - 1.1 ** (-1 / 12)) * (1 + 1e-9)
        draws = model.draw_residual_lifetime([1, 9], Discount(0.1), generator=np.random.default_rng(1), n_draws=20)
        assert np.isfinite(draws).all()


@pytest.mark.parametrize("model", [Geometric(1.0, "month"), DiscreteWeibull(1.0, 2.0, "month")])
def test_if_all_leave_at_once_nobody_pays_twice(model: ContractModel) -> None:
    """A chance of 1 to leave: one payment, none to come, and no retention rate where nobody can be."""
    assert model.survival([0, 1, 2]).tolist() == [1, 0, 0]
    assert model.expected_lifetime(MONTHLY) == 1
    assert model.residual_lifetime([1, 2], MONTHLY).tolist() == [0, 0]
    assert model.loss_probability([1, 2]).tolist() == [1, 0]
    assert model.retention_rate([1, 2]) == pytest.approx([0, np.nan], nan_ok=True)
    draws = model.draw_residual_lifetime([1, 2], MONTHLY, generator=np.random.default_rng(1), n_draws=3)
    assert (draws == 0).all()


@pytest.mark.parametrize("model", [Geometric(0.0, "month"), DiscreteWeibull(0.0, 2.0, "month")])
def test_if_nobody_leaves_it_is_an_annuity(model: ContractModel) -> None:
    """A chance of 0 to leave: payments for ever are worth 1 over the discount."""
    assert model.expected_lifetime(MONTHLY) == pytest.approx(1.01 / 0.01, rel=1e-11)
    draws = model.draw_residual_lifetime([1, 2], MONTHLY, generator=np.random.default_rng(1), n_draws=3)
    assert draws == pytest.approx(np.full((3, 2), 101), rel=1e-11)


@pytest.mark.parametrize("model", MODELS)
def test_refuses_times_that_do_not_exist(model: ContractModel) -> None:
    """Times below 0, a retention before the first renewal, and no payments are refused."""
    with pytest.raises(InvalidArgument, match="t=-1 is not 0 or more"):
        model.survival(-1)
    with pytest.raises(InvalidArgument, match="t=0 is not 1 or more; t counts from 1"):
        model.retention_rate([1, 0])
    with pytest.raises(InvalidArgument, match="n_payments=0 is not 1 or more"):
        model.residual_lifetime(0, MONTHLY)
    with pytest.raises(InvalidArgument, match="t=nan"):
        model.survival(np.nan)


def test_shapes_are_kept() -> None:
    """Answers have the shape of what was asked; of nobody there is an empty answer."""
    model = MODELS[0]
    assert model.survival(3).shape == ()
    assert model.survival(np.zeros((2, 3))).shape == (2, 3)
    assert model.residual_lifetime(np.ones((2, 3)), MONTHLY).shape == (2, 3)
    assert model.residual_lifetime([], MONTHLY).shape == (0,)
