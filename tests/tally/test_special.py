"""Special functions against values computed to 40 digits elsewhere, and against their own laws."""

from __future__ import annotations

from math import lgamma

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle.tally import beta_cdf, digamma, digamma_rise, hyp2f1, log_beta, log_gamma, log_gamma_rise, trigamma

EXACT = 1e-13  # relative: what is left of float64 after ten steps of the recurrence
AROUND_ZERO = 1e-14  # absolute, where a function crosses zero

GAMMA = [  # x, log gamma, digamma, trigamma
    (1e-6, 13.815509980749432, -1000000.57721402, 1000000000001.6449),
    (0.1, 2.252712651734206, -10.423754940411077, 101.43329915079276),
    (0.5, 0.57236494292470009, -1.9635100260214235, 4.9348022005446793),
    (1.5, -0.12078223763524522, 0.036489973978576521, 0.93480220054467931),
    (7.25, 7.0521854507385394, 1.910453526883736, 0.14787923315893217),
    (9.999, 12.799575780077412, 2.2516474172057353, 0.10517738667672887),
    (10, 12.80182748008147, 2.2517525890667211, 0.10516633568168575),
    (123.456, 469.60554712992947, 4.8118293238289854, 0.008132945834278198),
    (1e6, 12815504.569147612, 13.815510057964191, 1.0000005000001667e-6),
    (1e12, 26631021115915.652, 27.631021115928048, 1.0000000000005e-12),
]

RISES = [  # a, n, the rise of log gamma, that of digamma
    (0.001, 3.0, -6.2131087230474572, 1001.4987511239385),
    (0.25, 1.0, -1.3862943611198906, 4.0),
    (2.5, 0.5, 0.40846431008702615, 0.21962769445322395),
    (8.0, 1000.0, 5951.985234340143, 4.8995858569138492),
    (1000.0, 7.0, 48.375241599308638, 0.0069790905612628658),
    (1.0e8, 3.0, 55.262042261857096, 2.9999999700000005e-8),
    (1.0e12, 1.0, 27.631021115928548, 1.0e-12),
    (1.0e12, 1000000.0, 27631021.615927882, 9.9999950000083333e-7),
]

BETAS = [  # a, b, log beta
    (0.001, 0.002, 7.3132171044172354),
    (0.5, 0.5, 1.1447298858494002),
    (2.0, 3.0, -2.4849066497880003),
    (50.0, 60.0, -76.522723353350513),
    (0.3, 1.0e9, -5.1211817561608478),
    (1.0e6, 2.0e6, -1909548.290968533),
]

SHARES = [  # x, a, b, share of Beta(a, b) below x
    (0.1, 2.0, 3.0, 0.0523),
    (0.5, 0.5, 0.5, 0.5),
    (0.3, 10.0, 20.0, 0.36400408107194428),
    (0.999, 50.0, 0.7, 0.86779179203691527),
    (1.0e-5, 0.01, 5.0, 0.9099486514594585),
    (0.501, 1000.0, 1000.0, 0.53563055602571234),
]

HYPERGEOMETRIC = [  # a, b, c, z, 2F1
    (1.0, 3.806, 4.474, 1 / 1.1, 5.9225964076127642),
    (1.0, 1.267, 1.334, 0.995, 144.56103712972527),
    (0.243, 2.426, 2.219, 0.5, 1.2070970070440423),
    (1.5, 0.3, 2.0, 1 - 2**-23, 2.7599977105926845),
    (-0.2, 0.4, 0.7, 0.3, 0.96165031139716976),
    (1.0, 10.0, 402.0, 0.9999, 1.0255728178971338),
    (1.0, 5000.5, 5002.0, 0.99, 97.168703607581562),
]


@pytest.mark.smoke
@pytest.mark.parametrize(("x", "log", "first", "second"), GAMMA)
def test_gamma_functions_are_those_of_the_table(x: float, log: float, first: float, second: float) -> None:
    """Log gamma and its two derivatives from 1e-6 to 1e12, across the seam at 10."""
    assert float(log_gamma(x)) == pytest.approx(log, rel=EXACT, abs=AROUND_ZERO)
    assert float(digamma(x)) == pytest.approx(first, rel=EXACT, abs=AROUND_ZERO)
    assert float(trigamma(x)) == pytest.approx(second, rel=EXACT)


@pytest.mark.parametrize(("a", "n", "log", "first"), RISES)
def test_rises_lose_no_digits(a: float, n: float, log: float, first: float) -> None:
    """At a = 1e12 the plain difference has no digit left; the rise has thirteen."""
    assert float(log_gamma_rise(a, n)) == pytest.approx(log, rel=EXACT)
    assert float(digamma_rise(a, n)) == pytest.approx(first, rel=EXACT)


@pytest.mark.parametrize(("a", "b", "log"), BETAS)
def test_log_beta_is_that_of_the_table(a: float, b: float, log: float) -> None:
    """Both small, both large, far apart, and in either order."""
    assert float(log_beta(a, b)) == pytest.approx(log, rel=EXACT)
    assert float(log_beta(b, a)) == pytest.approx(log, rel=EXACT)


@pytest.mark.parametrize(("x", "a", "b", "share"), SHARES)
def test_beta_shares_are_those_of_the_table(x: float, a: float, b: float, share: float) -> None:
    """The incomplete beta function; 1e-12, since powers of up to 1000 are taken."""
    assert float(beta_cdf(x, a, b)) == pytest.approx(share, rel=1e-12)
    assert float(beta_cdf(1 - x, b, a)) == pytest.approx(1 - share, rel=1e-11)


def test_beta_shares_end_at_zero_and_one() -> None:
    """Nothing lies below 0, everything below 1."""
    assert beta_cdf([0.0, 1.0], 2.0, 0.5).tolist() == [0.0, 1.0]


@pytest.mark.parametrize(("a", "b", "c", "z", "value"), HYPERGEOMETRIC)
def test_hypergeometric_is_that_of_the_table(a: float, b: float, c: float, z: float, value: float) -> None:
    """Series, and integral near 1 where a series would need a million terms."""
    assert float(hyp2f1(a, b, c, z)) == pytest.approx(value, rel=1e-12)


def test_hypergeometric_broadcasts_and_is_one_at_zero() -> None:
    """Arrays of arguments give an array of that shape."""
    found = hyp2f1(1.0, np.array([[2.0], [3.0]]), 4.0, np.array([0.0, 0.5, 0.95]))
    assert found.shape == (2, 3)
    assert found[:, 0].tolist() == [1.0, 1.0]
    assert float(found[1, 2]) == pytest.approx(float(hyp2f1(1.0, 3.0, 4.0, 0.95)), rel=1e-15)


@given(st.floats(1e-3, 1e6))
def test_log_gamma_agrees_with_the_standard_library(x: float) -> None:
    """Another implementation of the same function."""
    assert float(log_gamma(x)) == pytest.approx(lgamma(x), rel=1e-13, abs=1e-13)


@given(st.floats(1e-3, 1e9), st.floats(0, 1e4), st.floats(0, 1e4))
def test_rises_add_up(a: float, m: float, n: float) -> None:
    """From a to a + m and on to a + m + n is from a to a + m + n."""
    whole = float(log_gamma_rise(a, m + n))
    parts = float(log_gamma_rise(a, m)) + float(log_gamma_rise(a + m, n))
    assert parts == pytest.approx(whole, rel=1e-11, abs=1e-11)


@given(st.floats(0.05, 20), st.floats(0.05, 20), st.floats(0.01, 0.999))
def test_hypergeometric_integral_and_series_agree(b: float, extra: float, z: float) -> None:
    """Euler's transformation turns one function into another one of the same value."""
    c = b + extra
    turned = (1 - z) ** (c - 1 - b) * float(hyp2f1(c - 1, extra, c, z)) if c > 1 else float(hyp2f1(1.0, b, c, z))
    assert float(hyp2f1(1.0, b, c, z)) == pytest.approx(turned, rel=1e-9)
