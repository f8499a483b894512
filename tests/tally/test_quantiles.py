"""Quantiles: the usual tables, and whole numbers."""

from __future__ import annotations

from itertools import accumulate
from math import comb

import numpy as np
import pytest

from lifecycle.tally import median_ranks, t_quantile


@pytest.mark.parametrize(
    ("freedom", "confidence", "published", "within"),
    [
        (1, 0.95, 12.706, 1e-4),
        (2, 0.95, 4.303, 1e-4),
        (3, 0.95, 3.182, 1e-2),
        (5, 0.95, 2.571, 2e-3),
        (10, 0.95, 2.228, 5e-4),
        (30, 0.95, 2.042, 5e-4),
        (5, 0.9, 2.015, 2e-3),
        (10, 0.99, 3.169, 2e-3),
        (1e9, 0.95, 1.959964, 1e-6),
    ],
)
def test_student_is_that_of_the_tables(freedom: float, confidence: float, published: float, within: float) -> None:
    """The two-sided quantiles of the usual tables, as near as is said."""
    assert float(t_quantile(np.array(freedom), confidence)) == pytest.approx(published, rel=within)


@pytest.mark.parametrize("n", [0, 1, 2, 5, 6, 7, 20, 101, 1000])
def test_median_ranks_are_the_widest_that_chance_allows(n: int) -> None:
    """By whole numbers: below the lower rank lies at most 2.5 %, and with the next rank more."""
    ranks = median_ranks(n, 0.95)
    below = [2 * ways * 20 <= 2**n for ways in accumulate(comb(n, k) for k in range(n))]
    if ranks is None:
        assert n < 6
        assert not any(below)
    else:
        assert below[ranks[0]]
        assert not below[ranks[0] + 1]
        assert ranks[1] == n - 1 - ranks[0]


def test_a_median_of_many_has_ranks_too() -> None:
    """A million values: the ranks are z standard deviations from the middle."""
    ranks = median_ranks(1_000_000, 0.95)
    assert ranks is not None
    assert ranks[0] == pytest.approx(500_000 - 1.96 * 500, abs=2)
