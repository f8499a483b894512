"""What a fit tells of itself."""

from __future__ import annotations

import numpy as np
import pytest

from lifecycle.errors import InvalidArgument
from lifecycle.value import BgNbd, Fit, Nbd, PurchaseTally

TALLY = PurchaseTally.of([0, 0, 2, 3, 1, 7], [0, 0, 20, 30, 12, 60], [30, 50, 40, 70, 65, 70])


@pytest.fixture
def fit() -> Fit[Nbd]:
    """A fit made by hand: standard errors of the logarithms are 0.1 and 0.2."""
    return Fit(
        Nbd(0.5, 10.0), -100.0, "converged", log_covariance=np.diag([0.01, 0.04]), n_customers=1000, n_rows=80,
        data_digest="00",
    )  # fmt: skip


@pytest.mark.smoke
def test_errors_and_intervals_come_from_the_logarithms(fit: Fit[Nbd]) -> None:
    """A standard error is that of the logarithm times the value; bounds are e to the bounds of the logarithm."""
    assert fit.standard_errors == pytest.approx({"r": 0.05, "alpha": 2.0})
    assert fit.interval("alpha") == pytest.approx((10 * np.exp(-0.2 * 1.959964), 10 * np.exp(0.2 * 1.959964)))
    assert fit.interval("r", 0.5) == pytest.approx((0.5 * np.exp(-0.0674490), 0.5 * np.exp(0.0674490)))


def test_criteria_are_those_of_akaike_and_schwarz(fit: Fit[Nbd]) -> None:
    """2 k - 2 LL and k ln n - 2 LL."""
    assert fit.aic == 204.0
    assert fit.bic == pytest.approx(2 * np.log(1000) + 200)


def test_reads_as_one_block(fit: Fit[Nbd]) -> None:
    """Model, customers, unit, each parameter with its error, likelihood and status."""
    assert repr(fit).splitlines() == [
        "Nbd fitted to 1,000 customers (80 rows), time in weeks",
        "  r               0.5  standard error 0.05",
        "  alpha            10  standard error 2",
        "  log-likelihood -100.0000, AIC 204.00, BIC 213.82; converged",
    ]
    assert "<th>alpha</th><td>10</td><td>2</td>" in fit._repr_html_()


def test_a_boundary_has_no_standard_error() -> None:
    """Customers who all buy alike: the fit says so in its status, and gives nan, not a number."""
    fit = BgNbd.fit(PurchaseTally.of([5] * 30, [50] * 30, [60] * 30))
    assert fit.status.startswith("boundary: r = ")
    assert not fit.is_converged
    assert np.isnan(fit.standard_errors["r"])
    assert np.isnan(fit.interval("r")).all()


def test_tells_what_it_was_fitted_to() -> None:
    """Customers, rows and digest are those of the tally; the unit that of the model."""
    fit = Nbd.fit(TALLY, unit="day")
    assert (fit.n_customers, fit.n_rows, fit.data_digest, fit.unit) == (6, 6, TALLY.digest, "day")


def test_refuses_what_it_does_not_know(fit: Fit[Nbd]) -> None:
    """An unknown parameter, a confidence outside of (0, 1), a covariance of another size."""
    with pytest.raises(InvalidArgument, match="no parameter 'beta'; there are r, alpha"):
        fit.interval("beta")
    with pytest.raises(InvalidArgument, match="confidence=95 is not between 0 and 1"):
        fit.interval("r", 95)
    with pytest.raises(InvalidArgument, match=r"has the shape \(3, 3\), the model 2 parameters"):
        Fit(Nbd(1, 1), 0.0, "converged", log_covariance=np.eye(3), n_customers=1, n_rows=1, data_digest="")


def test_nobody_and_unknown_units_are_refused() -> None:
    """A model needs a customer, and a unit of time that exists."""
    with pytest.raises(InvalidArgument, match="no customers"):
        BgNbd.fit(PurchaseTally.zero())
    with pytest.raises(InvalidArgument, match="unit='fortnight' is no unit of time; give one of day, week"):
        BgNbd.fit(TALLY, unit="fortnight")  # type: ignore[arg-type]
