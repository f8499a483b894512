"""The BG/BB model on the donations of Fader, Hardie and Shang (2010), Marketing Science 29."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from lifecycle.errors import InvalidArgument
from lifecycle.value import BgBb, Discount, OpportunityTally

# x, last of 6, donors, and by BTYD 2.4.3 for R: P(alive next year), expected in five years, DERT at 10 %.
DONATIONS = np.array(
    [
        (6, 6, 1203, 0.930433, 3.752511, 5.909805),
        (5, 6, 728, 0.930433, 3.231582, 5.089399),
        (4, 6, 512, 0.930433, 2.710654, 4.268992),
        (3, 6, 357, 0.930433, 2.189726, 3.448585),
        (2, 6, 234, 0.930433, 1.668798, 2.628179),
        (1, 6, 129, 0.930433, 1.147869, 1.807772),
        (5, 5, 335, 0.521989, 1.812973, 2.855240),
        (4, 5, 284, 0.696804, 2.030016, 3.197058),
        (3, 5, 225, 0.766827, 1.804688, 2.842191),
        (2, 5, 173, 0.804555, 1.443027, 2.272614),
        (1, 5, 119, 0.828144, 1.021675, 1.609030),
        (4, 4, 240, 0.200192, 0.583225, 0.918518),
        (3, 4, 181, 0.439602, 1.034581, 1.629355),
        (2, 4, 155, 0.589662, 1.057600, 1.665607),
        (1, 4, 78, 0.680386, 0.839388, 1.321947),
        (3, 3, 322, 0.095015, 0.223613, 0.352167),
        (2, 3, 255, 0.298914, 0.536123, 0.844337),
        (1, 3, 129, 0.481363, 0.593854, 0.935257),
        (2, 2, 613, 0.066422, 0.119133, 0.187622),
        (1, 2, 277, 0.254722, 0.314248, 0.494908),
        (1, 1, 1091, 0.069471, 0.085706, 0.134978),
        (0, 0, 3464, 0.108149, 0.072873, 0.114767),
    ]
)
X, LAST, DONORS = DONATIONS[:, :3].astype(np.int64).T
AT_END = Discount(0.1, timing="end")
# The parameters that R stopped at; the likelihood is flat along a ridge, so they are a little off the maximum.
BY_R = BgBb(1.203528, 0.749726, 0.656781, 2.783796, "year")


def _donations() -> OpportunityTally:
    return OpportunityTally.of(X, LAST, np.full(22, 6), unit="year", weights=DONORS)


FIT = BgBb.fit(_donations())


@pytest.mark.smoke
def test_fits_the_donations() -> None:
    """1.204, .750, .657, 2.783 and -33225.58 are printed, to half a unit of the last digit."""
    assert FIT.status == "converged"
    assert FIT.n_customers == 11_104
    assert tuple(FIT.parameters.values()) == pytest.approx((1.204, 0.750, 0.657, 2.783), abs=6e-4)
    assert FIT.log_likelihood == pytest.approx(-33225.5813, abs=6e-5)
    assert FIT.model.log_likelihood(_donations()) == pytest.approx(FIT.log_likelihood, rel=1e-14)
    # R's own point is no better.
    assert BY_R.log_likelihood(_donations()) <= FIT.log_likelihood
    assert BY_R.log_likelihood(_donations()) == pytest.approx(-33225.5813, abs=6e-5)


@pytest.mark.parametrize(("model", "slack"), [(BY_R, 1.7e-4), (FIT.model, 1e-4)])
def test_predicts_each_row_as_another_programme(model: BgBb, slack: float) -> None:
    """All 22 rows equal R's: its parameters are printed with six digits, which leaves the fifth digit open."""
    assert model.p_alive(X, LAST, 6) == pytest.approx(DONATIONS[:, 3], abs=slack)
    assert model.conditional_purchases(X, LAST, 6, 5) == pytest.approx(DONATIONS[:, 4], abs=slack)
    assert model.discounted_purchases(X, LAST, 6, AT_END) == pytest.approx(DONATIONS[:, 5], abs=slack)


def test_new_donors_give_as_printed() -> None:
    """The expected number in 1 to 11 years is that of the note by Hardie, to four digits."""
    printed = [0.4985, 0.9233, 1.2969, 1.6323, 1.9381, 2.2202, 2.4826, 2.7285, 2.9603, 3.1798, 3.3887]
    assert FIT.model.expected_purchases(np.arange(1, 12)) == pytest.approx(printed, abs=5.5e-5)
    yearly = 11_104 * np.diff(FIT.model.expected_purchases(np.arange(12)))
    by_r = [5535.8, 4717.1, 4147.6, 3724.7, 3395.9, 3131.6, 2913.8, 2730.5, 2573.7, 2437.9, 2318.7]
    # R's parameters differ in the fifth digit.
    assert yearly == pytest.approx(by_r, abs=0.11)


def test_chances_of_each_number_of_donations() -> None:
    """In six years 3454.9 give nothing and 1253.1 each year (printed); the chances add up to 1."""
    found = 11_104 * FIT.model.purchase_probability(np.arange(8), 6)
    assert found[[0, 6, 7]] == pytest.approx([3454.9, 1253.1, 0], abs=0.051)
    assert found.sum() == pytest.approx(11_104, rel=1e-12)
    by_r = [3454.80, 1888.68, 1348.93, 1113.42, 1017.95, 1027.17, 1253.04]
    assert found[:7] == pytest.approx(by_r, abs=0.1)


def test_totals_and_customers_of_the_paper() -> None:
    """12884.2 donations expected in five years; .11, .59, .93 alive; two expectations of the walkthrough."""
    model = FIT.model
    assert float(DONORS @ model.conditional_purchases(X, LAST, 6, 5)) == pytest.approx(12884.2, abs=0.051)
    assert model.p_alive([0, 2, 6], [0, 4, 6], 6) == pytest.approx([0.11, 0.59, 0.93], abs=0.005)
    assert model.conditional_purchases([0, 4], [0, 5], 6, 10) == pytest.approx([0.1302169, 3.627858], abs=2e-4)


def test_expectations_by_frequency() -> None:
    """The means of five years by number of donations in six are those of the walkthrough, to four digits."""
    expected = DONORS * FIT.model.conditional_purchases(X, LAST, 6, 5)
    means = [expected[x == X].sum() / DONORS[x == X].sum() for x in range(7)]
    assert means == pytest.approx([0.0729, 0.3249, 0.7089, 1.3337, 2.0312, 2.7845, 3.7525], abs=1e-4)


def test_likelihood_is_the_mean_over_all_lives() -> None:
    """A slow twin: every pattern of six opportunities, written as a sum over the moment of leaving."""
    alpha, beta, gamma, delta = 0.9, 1.7, 0.6, 2.2

    def rise(start: float, steps: int) -> float:
        return float(np.prod([start + step for step in range(steps)]))

    def chance(x: int, last: int, n: int) -> float:
        there = rise(delta, n) / rise(gamma + delta, n)
        total = rise(alpha, x) * rise(beta, n - x) / rise(alpha + beta, n) * there
        for m in range(last, n):
            leaves = gamma * rise(delta, m) / rise(gamma + delta, m + 1)
            total += rise(alpha, x) * rise(beta, m - x) / rise(alpha + beta, m) * leaves
        return total

    model, whole = BgBb(alpha, beta, gamma, delta, "week"), 0.0
    for pattern in product((0, 1), repeat=4):
        x, last = sum(pattern), max((place + 1 for place, taken in enumerate(pattern) if taken), default=0)
        one = float(np.exp(model.log_likelihood(OpportunityTally.of([x], [last], [4], unit="week"))))
        assert one == pytest.approx(chance(x, last, 4), rel=1e-13)
        whole += one
    assert whole == pytest.approx(1, rel=1e-13)


def test_gradient_is_the_slope_of_the_likelihood() -> None:
    """At the maximum no step of a thousandth raises the log-likelihood, and it falls by the curvature."""
    at = np.log(list(FIT.parameters.values()))
    for place in range(4):
        for step in (-1e-3, 1e-3):
            moved = np.exp(at + step * np.eye(4)[place])
            alpha, beta, gamma, delta = moved.tolist()
            lower = BgBb(alpha, beta, gamma, delta, "year").log_likelihood(_donations())
            fall = FIT.log_likelihood - lower
            assert fall > 0
            curve = np.linalg.inv(FIT.log_covariance)[place, place]
            assert fall == pytest.approx(0.5 * curve * 1e-6, rel=0.02)


def test_cohorts_of_different_lengths_fit_together_in_any_split() -> None:
    """Customers with 3, 6 and 30 opportunities are one fit, equal for every split."""
    generator = np.random.default_rng(5)
    n = generator.choice([3, 6, 30], 3000)
    chance, leave = generator.beta(1.2, 0.75, 3000), generator.beta(0.66, 2.8, 3000)
    stays = np.minimum(generator.geometric(leave) - 1, n)
    taken = (np.arange(30) < stays[:, None]) & (generator.random((3000, 30)) < chance[:, None])
    x, last = taken.sum(axis=1), np.where(taken, np.arange(1, 31), 0).max(axis=1)
    whole = BgBb.fit(OpportunityTally.of(x, last, n, unit="week"))
    halves = [
        OpportunityTally.of(x[part], last[part], n[part], unit="week") for part in (slice(1000), slice(1000, None))
    ]
    assert BgBb.fit(halves[1] + halves[0]).model == whole.model
    true = {"alpha": 1.2, "beta": 0.75, "gamma": 0.66, "delta": 2.8}
    for name, value in true.items():
        low, high = whole.interval(name, 0.999)
        assert low < value < high


def test_draws_have_mean_variance_and_share_of_none() -> None:
    """40,000 draws agree with the closed forms within four standard errors, row by row."""
    model, n_draws = BgBb(1.204, 0.750, 0.657, 2.783, "year"), 40_000
    draws = model.draw_future(X, LAST, 6, 5, generator=np.random.default_rng(3), n_draws=n_draws)
    assert draws.shape == (n_draws, 22)
    variance = model.predictive_variance(X, LAST, 6, 5)
    assert (
        np.abs(draws.mean(axis=0) - model.conditional_purchases(X, LAST, 6, 5)) < 4 * np.sqrt(variance / n_draws)
    ).all()
    fourth = ((draws - draws.mean(axis=0)) ** 4).mean(axis=0)
    assert (np.abs(draws.var(axis=0) - variance) < 4 * np.sqrt((fourth - variance**2) / n_draws)).all()
    none = model.p_no_purchase(X, LAST, 6, 5)
    assert (np.abs((draws == 0).mean(axis=0) - none) < 4 * np.sqrt(none * (1 - none) / n_draws)).all()


def test_a_new_customer_is_one_without_history() -> None:
    """Without opportunities the conditional answers are those of a new customer."""
    model = BY_R
    for t in (0, 1, 7):
        assert float(model.conditional_purchases(0, 0, 0, t)) == pytest.approx(float(model.expected_purchases(t)))
        assert float(model.p_no_purchase(0, 0, 0, t)) == pytest.approx(float(model.purchase_probability(0, t)))


def test_discounting_to_a_horizon_and_by_timing() -> None:
    """Without a rate DERT to five years is the expectation of five years; at the start it is one period more worth."""
    flat = Discount(0, horizon="5y")
    assert BY_R.discounted_purchases(X, LAST, 6, flat) == pytest.approx(BY_R.conditional_purchases(X, LAST, 6, 5))
    at_start = BY_R.discounted_purchases(X, LAST, 6, Discount(0.1))
    assert at_start == pytest.approx(1.1 * BY_R.discounted_purchases(X, LAST, 6, AT_END), rel=1e-12)


@pytest.mark.parametrize(
    "rows",
    [
        ([0], [0], [0]),
        ([0], [0], [5]),
        ([1], [1], [1]),
        ([5], [5], [5]),
        ([0] * 100, [0] * 100, [7] * 100),
        ([3] * 100, [5] * 100, [7] * 100),
        ([1_000_000], [1_000_000], [1_000_000]),
    ],
)
def test_boundaries_have_a_status(rows: tuple[list[int], list[int], list[int]]) -> None:
    """One customer, all alike, nothing taken, all taken, a million taken: a status and finite numbers."""
    fit = BgBb.fit(OpportunityTally.of(*rows, unit="week"))
    assert fit.status.startswith("boundary:")
    assert np.isfinite(fit.log_likelihood)
    for model in (fit.model, BY_R):
        assert np.isfinite(model.conditional_purchases(*rows, 5)).all()
        assert np.isfinite(model.discounted_purchases(*rows, AT_END)).all()
        assert np.isfinite(model.predictive_variance(*rows, 5)).all()
        assert ((model.p_alive(*rows) >= 0) & (model.p_alive(*rows) <= 1)).all()


def test_shapes_are_kept() -> None:
    """Answers have the shape that the arguments broadcast to; of nobody there is an empty answer."""
    assert BY_R.p_alive(1, 2, 6).shape == ()
    assert BY_R.p_alive([[0], [1]], [[0], [1]], [5, 6, 7]).shape == (2, 3)
    assert BY_R.conditional_purchases([], [], [], 5).shape == (0,)
    assert BY_R.discounted_purchases([], [], [], AT_END).shape == (0,)


def test_refuses_impossible_histories() -> None:
    """Nobody to fit to, impossible or broken numbers, and parameters that are not above 0 are refused."""
    with pytest.raises(InvalidArgument, match="no customers"):
        BgBb.fit(OpportunityTally.zero("year"))
    with pytest.raises(InvalidArgument, match="last opportunity taken after all there were"):
        BY_R.p_alive(1, 7, 6)
    with pytest.raises(InvalidArgument, match="no whole number"):
        BY_R.conditional_purchases(1, 2, 6, 1.5)  # type: ignore[arg-type]
    with pytest.raises(InvalidArgument, match="BgBb: gamma=-1 is not above 0"):
        BgBb(1, 1, -1, 1, "year")
