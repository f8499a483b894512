"""What lies under the predictions: draws of futures, closed moments, slopes of parameters."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import numpy as np
import pytest

from lifecycle.value import (
    BgNbd,
    Discount,
    Fit,
    GammaGamma,
    Intervals,
    MbgCnbd,
    MbgNbd,
    Nbd,
    ParetoNbd,
    PurchaseModel,
    PurchaseNotes,
    Purchases,
    PurchaseTally,
    SpendTally,
    predict,
)
from lifecycle.value._customer_ids import CustomerIds
from lifecycle.value._future import _counted, draw_futures
from lifecycle.value._intervals import drawn_models, moved, parameter_variance
from lifecycle.value._prediction import _drawn, total_moments
from lifecycle.value._purchase_moments import Base, expected, moments, within
from lifecycle.value._spending import OnePrice, spending

Array = np.ndarray[Any, Any]

MODELS: list[PurchaseModel] = [
    BgNbd(0.8, 6.0, 0.9, 2.4, "week"),
    MbgNbd(0.9, 6.2, 0.9, 1.6, "week"),
    ParetoNbd(0.9, 7.0, 0.6, 11.6, "week"),
    Nbd(0.8, 9.0, "week"),
]
HISTORY = (np.array([0.0, 1, 4, 12]), np.array([0.0, 10, 30, 37]), np.array([20.0, 38, 38, 38]))
FINITE = Discount(0.6, horizon=(80, "week"))
ENDLESS = Discount(0.6)
MILD = Discount(0.1, horizon="2y")
NAMES = [type(model).__name__ for model in MODELS]


def four() -> Base:
    """The four histories as a base of four customers."""
    x, last, age = HISTORY
    place = np.arange(4)
    return Base(x, last, age, place, (x, last, age), place)


@pytest.mark.parametrize("discount", [FINITE, ENDLESS], ids=["finite", "endless"])
@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_draws_have_the_closed_mean(model: PurchaseModel, discount: Discount) -> None:
    """The mean of 40,000 drawn futures is the closed discounted expectation of each history."""
    generator = np.random.default_rng(11)
    future = draw_futures(model, HISTORY, discount, generator, 40_000)
    closed = model.discounted_purchases(*HISTORY, discount)
    given = future.mean()
    # Four standard errors of each.
    assert np.abs(given.mean(axis=0) - closed).max() < 4 * (given.std(axis=0) / 200).max()
    bought, weight = future.purchases(generator)
    drawn = bought * weight + future.n_last * future.worth
    assert np.abs(drawn.mean(axis=0) - closed).max() < 4 * (drawn.std(axis=0) / 200).max()
    assert drawn.var(axis=0) == pytest.approx(given.var(axis=0) + future.variance().mean(axis=0), rel=0.05)


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_without_discount_draws_are_counts_of_the_closed_variance(model: PurchaseModel) -> None:
    """At a rate of 0 draws are whole purchases with the closed mean and variance."""
    generator = np.random.default_rng(12)
    future = draw_futures(model, HISTORY, Discount(0.0, horizon="80w"), generator, 40_000)
    bought, weight = future.purchases(generator)
    drawn = bought + future.n_last
    assert (weight == 1).all()
    assert (future.worth == 1).all()
    assert drawn.mean(axis=0) == pytest.approx(model.conditional_purchases(*HISTORY, 80.0), rel=0.03)
    # The fourth moments are large: the third digit of a variance of 40,000 draws is unsure.
    assert drawn.var(axis=0) == pytest.approx(model.predictive_variance(*HISTORY, 80.0), rel=0.08)


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_expected_within_a_horizon_is_the_integral_of_the_model(model: PurchaseModel) -> None:
    """By parts over purchases, or by the model over its rate: the same, to 7 digits, also far out."""
    for discount in (FINITE, ENDLESS, Discount(0.1), Discount(0.1, horizon="39w"), Discount(0.1, horizon="10y")):
        closed = model.discounted_purchases(*HISTORY, discount)
        assert expected(model, four(), discount) == pytest.approx(closed, rel=1e-7)
    assert within(model, four(), 80.0) == pytest.approx(model.conditional_purchases(*HISTORY, 80.0), rel=1e-12)


@pytest.mark.parametrize("discount", [MILD, FINITE, ENDLESS], ids=["mild", "finite", "endless"])
@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_moments_are_those_of_draws(model: PurchaseModel, discount: Discount) -> None:
    """Variance and squared discounts of the discounted purchases, against 40,000 draws of another seed."""
    once, spread, twice = moments(model, four(), discount)
    future = draw_futures(model, HISTORY, discount, np.random.default_rng(13), 40_000)
    assert once == pytest.approx(future.mean().mean(axis=0), rel=0.03)
    # The closed variance scales by the mean discount, the other is of 4,096 draws: both within a few percent.
    drawn = future.variance().mean(axis=0) + future.mean().var(axis=0)
    assert spread == pytest.approx(drawn, rel=0.12)
    assert spread.sum() == pytest.approx(drawn.sum(), rel=0.06)
    square = (future.variance() + future.n_last * future.worth**2).mean(axis=0)
    assert twice == pytest.approx(square, rel=0.03)


def test_other_models_are_drawn_by_their_counts() -> None:
    """A model that is not known here is drawn by its own `draw_future`, each purchase at its mean worth."""
    generator, known = np.random.default_rng(14), BgNbd(0.8, 6.0, 0.9, 2.4, "week")
    future = _counted(known, HISTORY, FINITE, generator, 20_000)
    assert future.mean().mean(axis=0) == pytest.approx(known.discounted_purchases(*HISTORY, FINITE), rel=0.05)
    assert (future.purchases(generator)[0] == 0).all()


def test_a_model_to_which_the_last_purchase_matters() -> None:
    """MBG/CNBD-k buyers are regular, so that silence tells when they buy next: histories are not put together."""
    model, history = MbgCnbd(2, 1.0, 5.0, 0.9, 2.4, "week"), alike(3, x=2, paid=100)
    late = attrs.evolve(history, last_day=history.last_day - np.array([0, 60, 120]))
    base = Base.of(late, model)
    assert len(base.x) == 3
    for discount in (Discount(0.1, horizon="1y"), Discount(0.1)):
        assert expected(model, base, discount) == pytest.approx(
            model.discounted_purchases(*base.histories, discount), rel=1e-5
        )
    fit = MbgCnbd.fit(PurchaseTally.of([0, 1, 4, 2, 0, 7], [0, 9, 30, 20, 0, 35], [40] * 6), k=2)
    table = predict(fit, late, horizon="1y", intervals=Intervals(n_draws=50))
    assert np.isfinite([*table["low"], *table["high"]]).all()


def test_the_parameter_interval_of_cdnow(cdnow_39_weeks: Purchases) -> None:
    """What the parameters alone leave open of 39 weeks of CDNOW: 1,513 to 1,809, as 1,000 draws gave elsewhere."""
    fit = BgNbd.fit(cdnow_39_weeks.tally())
    base = Base.of(cdnow_39_weeks, fit.model)
    count = base.summed(np.ones(len(base)))
    spread = np.sqrt(parameter_variance(fit, lambda model: float(within(model, base, 39.0) @ count)))
    mean = float(within(fit.model, base, 39.0) @ count)
    assert mean * np.exp(-1.96 * spread / mean) == pytest.approx(1513, abs=10)
    assert mean * np.exp(1.96 * spread / mean) == pytest.approx(1809, abs=10)
    _, total, variance = total_moments(fit, base, OnePrice(len(base), 1.0, "purchases"), Discount(0.0, horizon="39w"))
    assert total == pytest.approx(mean)
    assert variance > spread**2 + mean


def test_drawn_models_have_the_covariance_of_the_fit() -> None:
    """4,000 models drawn around a fit: mean and covariance of the logarithms, within what so many can tell."""
    fit = Nbd.fit(PurchaseTally.of([0, 1, 4, 0, 2, 9], [0, 9, 30, 0, 20, 34], [40, 40, 40, 30, 35, 36]))
    logs = np.log([list(model.parameters.values()) for model in drawn_models(fit, np.random.default_rng(1), 4000)])
    assert logs.mean(axis=0) == pytest.approx(np.log(list(fit.parameters.values())), abs=0.1)
    assert np.cov(logs.T) == pytest.approx(fit.log_covariance, rel=0.1)


def test_slopes_are_exact_for_powers() -> None:
    """The delta method on r ÷ alpha: its variance is the square of it times that of the difference of logarithms."""
    fit: Fit[Nbd] = Nbd.fit(PurchaseTally.of([0, 1, 4, 0, 2, 9], [0, 9, 30, 0, 20, 34], [40, 40, 40, 30, 35, 36]))
    mean = fit.model.r / fit.model.alpha
    side = np.array([1.0, -1.0])
    known = mean**2 * float(side @ fit.log_covariance @ side)
    assert parameter_variance(fit, lambda model: model.r / model.alpha) == pytest.approx(known, rel=1e-3)


def test_moved_models_stay_in_their_range() -> None:
    """A step far beyond the bound ends at the bound."""
    model = moved(GammaGamma(2.0, 3.0, 4.0, "EUR"), np.array([100.0, -100.0, np.log(2)]))
    assert model.v == pytest.approx(8.0)
    assert (model.p, model.q) == pytest.approx((np.exp(20), np.exp(-20)))


def test_the_variance_of_the_total_is_that_of_draws() -> None:
    """Parameters of spend, means of customers, chance: the closed variance of 60 customers is that of 6,000 draws."""
    history = alike(60, x=0, paid=0)
    # With x = 0 nothing is known of a fit but its parameters, so any fit will do as a frame.
    frame = Nbd.fit(PurchaseTally.of([0, 1, 4], [0, 9, 30], [40, 40, 40]))
    spend = GammaGamma.fit(SpendTally.of([1, 2, 3], [500, 2000, 900], currency="EUR"))
    for spread, close in ((0.0, 0.06), (0.02, 0.15)):
        buying = attrs.evolve(frame, model=Nbd(2.0, 40.0, "week"), log_covariance=np.eye(2) * spread / 2)
        known = attrs.evolve(spend, model=GammaGamma(4.0, 5.0, 40.0, "EUR"), log_covariance=np.eye(3) * spread)
        paying, base = spending(known, history), Base.of(history, buying.model)
        _, mean, variance = total_moments(buying, base, paying, FINITE)
        drawn = _drawn(buying, base, paying, FINITE, (4, 6000, slice(0, 60))).sum(axis=1)
        # Drawn parameters are log-normal, slopes are straight: where they spread, both differ by a few percent.
        assert drawn.mean() == pytest.approx(mean, rel=0.05)
        assert drawn.var() == pytest.approx(variance, rel=close)


def alike(n: int, *, x: int, paid: int) -> Purchases:
    """Customers of whom each is like the others: 30 weeks old, x repeat days, the last one a week ago."""
    today, full = date(2026, 1, 1), np.full(n, 1)
    day = (today - date(1970, 1, 1)).days
    known: dict[str, Any] = {"kinds": ("purchase",), "zone": "UTC", "currency": "EUR", "notes": PurchaseNotes()}
    who = CustomerIds([str(place) for place in range(n)])
    columns = (full * (day - 210), full * (day - 7), full * (x + 1), full * 0, full * paid)
    return Purchases(who, *columns, until=today, age_on=today, **known)
