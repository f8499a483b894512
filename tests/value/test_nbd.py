"""The NBD on the CDNOW sample: the customer base that nobody leaves."""

from __future__ import annotations

import pytest

from lifecycle.value import Discount, Nbd, Purchases


def test_cdnow_parameters_are_the_published(cdnow_39_weeks: Purchases) -> None:
    """Parameters and log-likelihood of R's BTYDplus."""
    fit = Nbd.fit(cdnow_39_weeks.tally())
    assert fit.parameters == pytest.approx({"r": 0.384766, "alpha": 12.072014}, rel=2e-6)
    assert fit.log_likelihood == pytest.approx(-9763.6576, abs=5e-5)


@pytest.mark.smoke
def test_expectations_by_hand() -> None:
    """The mean rate after 3 purchases in 10 weeks is (r + 3) / (alpha + 10); nobody leaves."""
    model = Nbd(0.5, 6.0)
    assert float(model.p_alive(3, 4, 10)) == 1.0
    assert float(model.conditional_purchases(3, 4, 10, 8)) == pytest.approx(3.5 / 16 * 8, rel=1e-15)
    assert float(model.predictive_variance(3, 4, 10, 8)) == pytest.approx(3.5 * 0.5 * 1.5, rel=1e-15)
    assert float(model.p_no_purchase(3, 4, 10, 8)) == pytest.approx(1.5**-3.5, rel=1e-14)


@pytest.mark.smoke
def test_an_endless_flow_is_worth_its_rate_over_the_discount() -> None:
    """At 1 % a week, continuous, each purchase per week is worth 100 of them."""
    weekly = Discount(0.01, per="week", compounding="continuous")
    assert float(Nbd(0.5, 6.0).discounted_purchases(3, 4, 10, weekly)) == pytest.approx(3.5 / 16 / 0.01, rel=1e-14)
