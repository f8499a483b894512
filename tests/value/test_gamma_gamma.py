"""The gamma-gamma model of spend: published figures, a twin by quadrature, and what it says where it fails."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lifecycle.errors import CurrencyMismatch, InvalidArgument
from lifecycle.value import GammaGamma, Purchases, SpendTally

NOTE_025 = GammaGamma(6.25, 3.74, 15.44, "USD")


def drawn(n: int, seed: int, model: GammaGamma) -> SpendTally:
    """Customers of a model, 1 to 6 repeat days each."""
    random = np.random.default_rng(seed)
    x = random.integers(1, 7, n)
    total = random.gamma(model.p * x) / (random.gamma(model.q, size=n) / model.v)
    return SpendTally.of(x, np.maximum(np.rint(100 * total), 1), currency=model.currency)


def test_cdnow_39_weeks(cdnow_39_weeks: Purchases) -> None:
    """Parameters and log-likelihood of the sample as published, to the digits that other programs agree on."""
    fit = GammaGamma.fit(cdnow_39_weeks.spend())
    assert [fit.parameters[name] for name in "pqv"] == pytest.approx([6.24935, 3.74426, 15.44431], rel=1e-4)
    # To the cent of the log-likelihood and beyond: 4 digits are printed.
    assert fit.log_likelihood == pytest.approx(-4055.9177, abs=5e-5)
    assert [fit.standard_errors[name] for name in "pqv"] == pytest.approx([1.1900, 0.2901, 4.1595], rel=2e-3)
    assert (fit.status, fit.n_customers, fit.left_out) == ("converged", 946, (1411, 0))
    assert fit.model.population_mean.value == pytest.approx(35.170499, abs=2e-4)
    assert fit.pearson == pytest.approx(0.114, abs=5e-4)
    assert "1,411 customers without repeat days left out" in repr(fit)


def test_cdnow_78_weeks(cdnow_78_weeks: Purchases) -> None:
    """The same for all 78 weeks."""
    fit = GammaGamma.fit(cdnow_78_weeks.spend())
    assert [fit.parameters[name] for name in "pqv"] == pytest.approx([4.68345, 4.18978, 24.39055], rel=1e-5)
    assert fit.log_likelihood == pytest.approx(-4884.5663, abs=5e-5)


def test_the_first_ten_customers_of_cdnow(cdnow_39_weeks: Purchases) -> None:
    """Expected spend with the rounded parameters of note 025 (4 digits), and with those of the fit (as printed)."""
    first = np.argsort(cdnow_39_weeks.ids.astype(int))[:10]
    x, paid = cdnow_39_weeks.x[first], cdnow_39_weeks.repeat_minor[first] / 100
    mean = np.divide(paid, x, out=np.zeros(10), where=x > 0)
    fit = GammaGamma.fit(cdnow_39_weeks.spend())
    exact = [24.6596, 18.9169, 35.2190, 35.2190, 35.2190, 71.4710, 18.9169, 35.2190, 27.2884, 35.2190]
    assert NOTE_025.expected_spend(x, mean) == pytest.approx(exact, abs=5e-5)
    printed = [24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17]
    # The note works with mean spends rounded to cents and truncates what it prints.
    assert fit.model.expected_spend(x, mean) == pytest.approx(printed, abs=0.012)


@pytest.mark.smoke
def test_expected_spend_as_printed() -> None:
    """Worked examples: three purchases at 35, with the parameters of the note and with round ones."""
    assert NOTE_025.expected_spend(3, 35) == pytest.approx(35.02792, abs=5e-6)
    assert GammaGamma(6, 4, 16, "USD").expected_spend(3, 35) == pytest.approx(34.571429, abs=5e-7)


@pytest.mark.smoke
@pytest.mark.parametrize(("x", "mean"), [(1, 5.0), (3, 35.0), (40, 12.5)])
def test_the_likelihood_is_the_mixture(x: int, mean: float) -> None:
    """The closed form equals the integral of the gamma density of a mean over the rates of all customers."""
    p, q, v = 2.5, 3.0, 20.0
    rates = np.exp(np.linspace(-14, 8, 40001))
    shape = p * x
    log_density = shape * np.log(rates * x) + (shape - 1) * math.log(mean) - rates * x * mean - math.lgamma(shape)
    log_prior = q * math.log(v) + (q - 1) * np.log(rates) - v * rates - math.lgamma(q)
    weights = np.exp(log_density + log_prior) * rates
    integral = float(((weights[1:] + weights[:-1]) / 2 * np.diff(np.log(rates))).sum())
    tally = SpendTally.of([x], [round(100 * mean * x)], currency="EUR")
    # The trapezoid rule over a smooth peak is exact to about 1e-10 here.
    assert GammaGamma(p, q, v, "EUR").log_likelihood(tally) == pytest.approx(math.log(integral), abs=1e-8)


@pytest.mark.smoke
def test_fits_of_shards_are_the_fit_of_the_whole() -> None:
    """Shards of customers add up to the same tally, and so to the same bits of every parameter."""
    model = GammaGamma(4, 3.5, 30, "EUR")
    one, two = drawn(300, 1, model), drawn(200, 2, model)
    whole, joined = GammaGamma.fit(one + two), GammaGamma.fit(two + one)
    assert (whole.parameters, whole.log_likelihood) == (joined.parameters, joined.log_likelihood)
    assert whole.data_digest == joined.data_digest


@pytest.mark.smoke
def test_a_fit_finds_the_parameters_that_made_the_data() -> None:
    """Of 20,000 drawn customers each parameter is within four standard errors, whatever the currency's minor unit."""
    model = GammaGamma(4, 3.5, 30, "EUR")
    fit = GammaGamma.fit(drawn(20_000, 5, model))
    for name, value in model.parameters.items():
        assert abs(math.log(fit.parameters[name] / value)) < 4 * fit.log_errors[name]
    assert fit.model.log_likelihood(drawn(20_000, 5, model)) == pytest.approx(fit.log_likelihood, rel=1e-12)
    # Means of few purchases are more skewed than those of many, so that ranks go together a little.
    assert abs(fit.spearman) < 0.08


@pytest.mark.smoke
def test_moments_are_those_of_draws() -> None:
    """Mean, variance between and variance within of a customer's spend agree with draws of their rate."""
    model = GammaGamma(4, 6, 30, "EUR")
    x, paid = np.array([0, 2]), np.array([0.0, 45.0])
    mean, between, within = model.spend_moments(x, paid)
    rates = model.draw_rates(x, paid, np.random.default_rng(3), 400_000)
    # Heavy tails: the fourth moment of x = 0 makes the third digit of a variance of 400,000 draws unsure.
    assert (4 / rates).mean(axis=0) == pytest.approx(mean, rel=5e-3)
    assert (4 / rates).var(axis=0) == pytest.approx(between, rel=5e-2)
    assert (4 / rates**2).mean(axis=0) == pytest.approx(within, rel=3e-2)


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("x", "total"), [([1], [500]), ([2, 2, 2], [500, 500, 500]), ([1, 2, 3], [100, 200, 300]), ([10**6], [10**9])]
)
def test_customers_who_are_all_alike_give_a_status(x: list[int], total: list[int]) -> None:
    """One customer, or equal means: finite parameters and a status that says that they mean nothing; no error."""
    fit = GammaGamma.fit(SpendTally.of(x, total, currency="EUR"))
    assert fit.status.startswith("boundary")
    assert all(math.isfinite(value) for value in [*fit.parameters.values(), fit.log_likelihood])
    spend = fit.model.expected_spend(np.array(x), np.array(total) / np.array(x) / 100)
    assert spend == pytest.approx(np.array(total) / np.array(x) / 100, rel=0.5)


@pytest.mark.smoke
def test_without_a_mean_it_says_so() -> None:
    """Up to q = 1 new customers have no mean: undefined with the reason, nan for x = 0, a number for who bought."""
    model = GammaGamma(3.0, 0.9, 10.0, "EUR")
    assert model.population_mean.value is None
    assert "undefined because q is 0.9" in model.population_mean.note
    assert np.isnan(model.expected_spend([0, 2], [0, 30])).tolist() == [True, False]
    assert np.isinf(GammaGamma(3.0, 1.5, 10.0, "EUR").spend_moments(0, 0)[1])


@pytest.mark.smoke
def test_linked_spend_is_noted() -> None:
    """Customers who buy more often and spend more each time are told of: a rank correlation from 0.30 on."""
    x = np.arange(1, 60)
    fit = GammaGamma.fit(SpendTally.of(x, x * (1000 + 100 * x), currency="EUR"))
    assert fit.spearman == pytest.approx(1)
    assert any("spends more each time (rank correlation 1.00)" in note for note in fit.notes)


@pytest.mark.smoke
def test_rank_correlation_with_ties() -> None:
    """Customers with equal numbers share their mean rank: 2 of 5 ties here, and each row may stand for several."""
    tally = SpendTally.of([1, 1, 2, 2, 3, 1], [500, 700, 600, 2600, 1500, 500], currency="EUR")
    # Ranks of x: 2 2 4.5 4.5 6 2; of the means 5 7 3 13 5 5: 3 5 1 6 3 3.
    one, two = np.array([2, 2, 4.5, 4.5, 6, 2]), np.array([3, 5, 1, 6, 3, 3])
    assert GammaGamma.fit(tally).spearman == pytest.approx(float(np.corrcoef(one, two)[0, 1]))


@pytest.mark.smoke
def test_free_and_returned_spend_is_left_out_and_counted() -> None:
    """Repeat days that bring nothing, or less, tell nothing of spend."""
    more = drawn(200, 9, NOTE_025)
    mixed = more + SpendTally.of([0, 0, 1, 2], [0, 0, 0, -500], currency="USD")
    assert GammaGamma.fit(mixed).left_out == (2, 2)
    assert GammaGamma.fit(mixed).parameters == GammaGamma.fit(more).parameters
    with pytest.raises(InvalidArgument, match="none of 1 customers paid on a repeat day"):
        GammaGamma.fit(SpendTally.of([0], [0], currency="USD"))


@pytest.mark.smoke
def test_refused_models_and_tallies() -> None:
    """Parameters that are not above 0 and tallies of another currency are refused."""
    with pytest.raises(InvalidArgument, match="GammaGamma: q=-1 is not above 0"):
        GammaGamma(1, -1, 1, "EUR")
    with pytest.raises(CurrencyMismatch, match="the model is of USD, the tally in EUR"):
        NOTE_025.log_likelihood(SpendTally.of([1], [100], currency="EUR"))
