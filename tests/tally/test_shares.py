"""Intervals of a share and of the difference of two: published figures, closed forms, how often they hold the truth."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist

import numpy as np
import pytest

from lifecycle.tally import newcombe, wilson


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_is_that_of_the_literature(hits: int, of: int, low: float, high: float) -> None:
    """The four examples of Newcombe (1998), Statistics in Medicine 17, to the digits printed."""
    found = wilson(np.array(hits / of), np.array(float(of)), 0.95)
    assert [round(float(bound), 4) for bound in found] == [low, high]


@pytest.mark.parametrize("hits", range(0, 13, 3))
def test_wilson_bounds_are_where_the_score_test_turns(hits: int) -> None:
    """At each bound inside (0, 1) the share differs from it by exactly z of its standard errors."""
    z = NormalDist().inv_cdf(0.95)
    low, high = (float(bound) for bound in wilson(np.array(hits / 12), np.array(12.0), 0.9))
    for bound in {low, high} - {0.0, 1.0}:
        assert abs(hits / 12 - bound) == pytest.approx(z * sqrt(bound * (1 - bound) / 12))
    assert (low == 0, high == 1) == (hits == 0, hits == 12)


def difference(hits: int, of: int, other_hits: int, other_of: int, confidence: float = 0.95) -> list[float]:
    """The difference of two shares with its interval."""
    parts = (np.array(float(part)) for part in (hits, of, other_hits, other_of))
    return [float(bound) for bound in newcombe(*parts, confidence)]


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("parts", "low", "high"),
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((0, 10, 0, 10), -0.2775, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1.0000),
        ((10, 10, 0, 10), 0.6075, 1.0000),
    ],
)
def test_newcombe_is_that_of_the_literature(parts: tuple[int, int, int, int], low: float, high: float) -> None:
    """All eight examples of table II of Newcombe (1998), method 10, to the digits printed."""
    found = difference(*parts)
    assert [round(bound, 4) for bound in found[1:]] == [low, high]
    assert found[0] == parts[0] / parts[1] - parts[2] / parts[3]


def test_newcombe_turns_round_with_its_samples() -> None:
    """The other way round everything has the other sign; more confidence is wider; the value is inside."""
    random = np.random.default_rng(4)
    of, other_of = random.integers(1, 200, (2, 500))
    hits, other_hits = random.integers(0, of + 1), random.integers(0, other_of + 1)
    value, low, high = newcombe(hits, of, other_hits, other_of, 0.95)
    back, back_low, back_high = newcombe(other_hits, other_of, hits, of, 0.95)
    assert (back == -value).all()
    np.testing.assert_allclose([back_low, back_high], [-high, -low], atol=1e-15)
    assert ((low <= value) & (value <= high) & (low >= -1) & (high <= 1)).all()
    _, wider_low, wider_high = newcombe(hits, of, other_hits, other_of, 0.99)
    assert ((wider_low <= low) & (high <= wider_high) & (wider_high - wider_low > high - low)).all()


def test_an_empty_sample_has_no_difference() -> None:
    """Without a customer on one side there is no number, and no warning either."""
    assert np.isnan(difference(0, 0, 3, 10)).all()
    assert np.isnan(difference(3, 10, 0, 0)).all()


SIZES = ((15, 15), (30, 30), (90, 30), (270, 30), (100, 100), (900, 100), (500, 500))
RATES = (0.05, 0.1, 0.3, 0.5, 0.8)


def test_newcombe_holds_the_truth_as_often_as_it_says() -> None:
    """Ten thousand pairs of samples per cell: 93 to 97 % on average, none of 30 or more under 91 %.

    Wald's interval fails the same grid, so the grid can tell.
    """
    random, held, naive = np.random.default_rng(28), {}, {}
    for size, other_size in SIZES:
        for rate in RATES:
            for other_rate in RATES:
                hits, other_hits = random.binomial(size, rate, 10_000), random.binomial(other_size, other_rate, 10_000)
                value, low, high = newcombe(hits, np.array(size), other_hits, np.array(other_size), 0.95)
                truth, cell = rate - other_rate, (size, other_size, rate, other_rate)
                held[cell] = float(np.mean((low <= truth) & (truth <= high)))
                spread = hits / size * (1 - hits / size) / size
                spread = spread + other_hits / other_size * (1 - other_hits / other_size) / other_size
                naive[cell] = float(np.mean(np.abs(value - truth) <= 1.96 * np.sqrt(spread)))
    assert 0.93 <= np.mean(list(held.values())) <= 0.97
    assert min(share for cell, share in held.items() if min(cell[:2]) >= 30) >= 0.91
    assert min(share for cell, share in naive.items() if min(cell[:2]) >= 30) < 0.91
