"""The MBG/NBD on the CDNOW sample, and where it differs from the BG/NBD."""

from __future__ import annotations

import numpy as np
import pytest

from lifecycle.value import BgNbd, MbgNbd, Purchases, PurchaseTally


def test_cdnow_parameters_are_the_published(cdnow_39_weeks: Purchases) -> None:
    """Parameters and log-likelihood of R's BTYDplus; 5e-5, where its optimiser stops."""
    fit = MbgNbd.fit(cdnow_39_weeks.tally())
    assert list(fit.parameters.values()) == pytest.approx([0.524844, 6.183093, 0.891388, 1.614048], rel=5e-5)
    assert fit.log_likelihood == pytest.approx(-9582.1357, abs=5e-5)
    assert fit.status == "converged"


def test_cdnow_over_78_weeks(cdnow_78_weeks: Purchases) -> None:
    """The refit on all weeks, which another implementation agrees on."""
    fit = MbgNbd.fit(cdnow_78_weeks.tally())
    assert list(fit.parameters.values()) == pytest.approx([0.6178, 8.657, 0.5515, 1.0091], abs=5e-4)


def test_example_log_in_days(example_purchases: Purchases) -> None:
    """The 5,000 customers of the lifetimes example; the digits that lifetimes gives."""
    fit = MbgNbd.fit(example_purchases.tally(), unit="day")
    assert list(fit.parameters.values()) == pytest.approx([1.1129, 7.7745, 1.8922, 2.11], rel=5e-4)


@pytest.mark.smoke
def test_who_bought_once_may_have_left_at_once() -> None:
    """Without a repeat purchase the chance to be there starts at b / (a + b) and falls; in the BG/NBD it stays 1."""
    model, other = MbgNbd(0.5, 6.0, 0.9, 1.6), BgNbd(0.5, 6.0, 0.9, 1.6)
    ages = np.array([0.0, 10.0, 100.0, 1000.0])
    there = model.p_alive(0, 0, ages)
    assert there[0] == pytest.approx(1.6 / 2.5, rel=1e-15)
    assert (np.diff(there) < 0).all()
    assert there[3] < 0.2
    assert other.p_alive(0, 0, ages).tolist() == [1.0] * 4


def test_one_purchase_by_hand() -> None:
    """The chance to be there after one repeat purchase, by Bayes' rule over who left then and who stayed."""
    r, alpha, a, b = 0.5, 6.0, 0.9, 1.6
    stayed = (alpha + 20) ** -(r + 1)
    left = a / (b + 1) * (alpha + 7) ** -(r + 1)
    assert float(MbgNbd(r, alpha, a, b).p_alive(1, 7, 20)) == pytest.approx(stayed / (stayed + left), rel=1e-14)


def test_few_customers_with_two_hills() -> None:
    """24 customers of CDNOW: the first search runs to a boundary of the chance to leave, 2 below the other hill."""
    x, last = [0] * 16 + [1, 2, 3, 3, 4, 4, 5, 5], [0] * 16 + [62, 80, 128, 194, 53, 175, 129, 207]
    age = [
        192, 203, 206, 209, 215, 218, 221, 225, 228, 235, 238, 241,
        244, 247, 254, 271, 258, 262, 212, 199, 266, 232, 196, 251,
    ]  # fmt: skip
    fit = MbgNbd.fit(PurchaseTally.of(x, last, age))
    assert fit.log_likelihood == pytest.approx(-102.1127, abs=1e-3)
    assert fit.status.startswith("boundary: r = ")
