"""The MBG/CNBD-k: the MBG/NBD where k is 1; else against integrals, draws and neighbours."""

from __future__ import annotations

import numpy as np
import pytest

from lifecycle.errors import InvalidArgument
from lifecycle.value import MbgCnbd, MbgNbd, Purchases, PurchaseTally

PARAMETERS = (0.525, 6.183, 0.891, 1.614)
HISTORY = ([0, 0, 1, 6], [0, 0, 5, 25], [0, 30, 30, 30])


def test_one_stage_is_the_mbg_nbd(cdnow_39_weeks: Purchases) -> None:
    """The published fit of the MBG/NBD by other code; 1e-6, where the two searches stop."""
    tally = cdnow_39_weeks.tally()
    fit, twin = MbgCnbd.fit(tally, k=1), MbgNbd.fit(tally)
    assert fit.parameters == pytest.approx(twin.parameters, rel=1e-6)
    assert fit.log_likelihood == pytest.approx(-9582.1357, abs=5e-5)
    assert fit.log_covariance == pytest.approx(twin.log_covariance, rel=1e-4)


@pytest.mark.parametrize("ask", ["conditional_purchases", "predictive_variance", "p_no_purchase"])
def test_one_stage_predicts_as_the_mbg_nbd(ask: str) -> None:
    """By the roots of unity as by the series of the other model."""
    one, other = (getattr(model, ask)(*HISTORY, 39) for model in (MbgCnbd(1, *PARAMETERS), MbgNbd(*PARAMETERS)))
    assert one == pytest.approx(other, rel=1e-10)


def test_the_likelihood_is_an_integral_over_rates_and_chances() -> None:
    """One purchase on day 7 of 20, two stages: the sum over who left then and who is silent since, by plain sums."""
    r, alpha, a, b = PARAMETERS
    logs = np.linspace(-40, 6, 200_001)
    rate = np.exp(logs)
    weight = np.exp(r * logs - alpha * rate)
    weight /= weight.sum()
    bought = rate**2 * 7 * np.exp(-7 * rate)
    silent = np.exp(-13 * rate) * (1 + 13 * rate)
    stay = b / (a + b)
    stay_twice = stay * (b + 1) / (a + b + 1)
    expected = float((weight * bought * (stay - stay_twice + stay_twice * silent)).sum())
    found = MbgCnbd(2, *PARAMETERS, "day").log_likelihood(PurchaseTally.of([1], [7], [20]), sum_log_gaps=np.log(7))
    assert found == pytest.approx(np.log(expected), rel=1e-8)
    there = MbgCnbd(2, *PARAMETERS, "day").p_alive(1, 7, 20)
    assert float(there) == pytest.approx(float((weight * bought * silent).sum()) * stay_twice / expected, rel=1e-8)


@pytest.mark.parametrize("k", [2, 3])
def test_finds_the_parameters_behind_regular_customers(k: int) -> None:
    """30,000 customers drawn from the assumptions: within 4 standard errors and 5 %; the right k is the likeliest."""
    rng, n, true = np.random.default_rng(8), 30_000, (0.9, 40.0, 0.8, 2.5)
    rate, chance, age = rng.gamma(true[0], 1 / true[1], n), rng.beta(true[2], true[3], n), rng.integers(200, 601, n)
    x, last, now, gaps = np.zeros(n, int), np.zeros(n, int), np.zeros(n), 0.0
    live = np.flatnonzero(rng.random(n) > chance)
    while len(live):
        now[live] += rng.gamma(k, 1 / rate[live])
        live = live[now[live] <= age[live]]
        day = np.ceil(now[live]).astype(int)
        new = day > last[live]
        gaps += float(np.log((day - last[live])[new]).sum())
        x[live] += new
        last[live] = day
        live = live[rng.random(len(live)) > chance[live]]
    tally = PurchaseTally.of(x, last, age)
    fits = {each: MbgCnbd.fit(tally, k=each, sum_log_gaps=gaps, unit="day") for each in (1, 2, 3, 4)}
    assert max(fits, key=lambda each: fits[each].log_likelihood) == k
    assert fits[k].status == "converged"
    for name, value in zip(["r", "alpha", "a", "b"], true, strict=True):
        assert abs(np.log(fits[k].parameters[name] / value)) < 4 * fits[k].log_errors[name] + 0.05, name


def test_silence_says_more_of_regular_customers() -> None:
    """After five purchases ten days apart, thirty silent days leave less hope the more regular the gaps are."""
    there = [float(MbgCnbd(k, 0.9 * k, 9.0, 0.8, 2.5, "day").p_alive(5, 50, 80)) for k in (1, 2, 4)]
    assert there == sorted(there, reverse=True)
    assert there[2] < 0.5 * there[0]


def test_without_the_gaps_there_is_no_log_likelihood(cdnow_39_weeks: Purchases) -> None:
    """The parameters are found; a log-likelihood that other models could be compared with is not."""
    fit = MbgCnbd.fit(cdnow_39_weeks.tally(), k=2)
    assert fit.status == "converged"
    assert np.isnan(fit.log_likelihood)


def test_the_unit_changes_no_prediction(cdnow_39_weeks: Purchases) -> None:
    """Weeks and days: the same future; log-likelihoods differ by the purchases times ln 7."""
    tally = cdnow_39_weeks.tally()
    weeks, days = (MbgCnbd.fit(tally, k=2, sum_log_gaps=7000.0, unit=unit) for unit in ("week", "day"))
    expected = float(weeks.model.conditional_purchases(2, 10, 30, 26))
    assert float(days.model.conditional_purchases(2, 70, 210, 182)) == pytest.approx(expected, rel=1e-8)
    assert days.log_likelihood == pytest.approx(weeks.log_likelihood - 2457 * np.log(7), rel=1e-9)


def test_predictions_are_finite_at_all_ends() -> None:
    """X to a million, ages from 1e-6 to 1e6: never nan, never negative."""
    x, t_x, age = (
        np.array([0, 0, 1, 5, 1e6, 1e6]),
        np.array([0, 0, 1e-6, 3, 1e6, 5]),
        np.array([1e-6, 1e6, 1e6, 10, 1e6, 1e6]),
    )
    for scale in (1e-3, 1.0, 1e8):
        model = MbgCnbd(3, scale, 1.0, 0.5, scale)
        for t in (1e-6, 39.0, 1e6):
            for found in (model.conditional_purchases(x, t_x, age, t), model.predictive_variance(x, t_x, age, t)):
                assert (np.isfinite(found) & (found >= 0)).all()


@pytest.mark.smoke
@pytest.mark.parametrize("k", [0, 21, 1.5, True])
def test_stages_are_a_whole_number(k: object) -> None:
    """1 to 20."""
    with pytest.raises(InvalidArgument, match="is no whole number from 1 to 20"):
        MbgCnbd(k, *PARAMETERS)  # type: ignore[arg-type]
