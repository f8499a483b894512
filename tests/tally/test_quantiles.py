"""Quantiles: the usual tables, and whole numbers."""

from __future__ import annotations

from itertools import accumulate
from math import comb

import numpy as np
import pytest

from lifecycle.tally import median_ranks, t_quantile


@pytest.mark.parametrize(
    ("freedom", "confidence", "quantile"),
    [
        (1, 0.5, 1.0),
        (1, 0.95, 12.706204736174705),
        (1, 0.999, 636.61924876871962),
        (2, 0.95, 4.3026527297494639),
        (3, 0.5, 0.76489232840434528),
        (3, 0.95, 3.1824463052837096),
        (3, 0.999, 12.923978636687483),
        (4.5, 0.95, 2.6589123472044038),
        (5, 0.9, 2.0150483733330233),
        (5, 0.95, 2.5705818356363155),
        (10, 0.95, 2.2281388519862747),
        (10, 0.99, 3.1692726726169513),
        (30, 0.999, 3.6459586350420218),
        (120, 0.5, 0.67653972491252022),
        (1999, 0.999, 3.2954005769273776),
        (2001, 0.999, 3.2953956989743548),
        (1e9, 0.95, 1.9599639869123255),
    ],
)
def test_student_is_that_of_the_tables(freedom: float, confidence: float, quantile: float) -> None:
    """Two-sided quantiles, computed to 30 digits elsewhere; a part of a degree too, and across the seam at 2000."""
    assert float(t_quantile(np.array(freedom), confidence)) == pytest.approx(quantile, rel=1e-10)


def test_student_keeps_the_shape_of_its_degrees() -> None:
    """Many degrees at once, below and above the seam, each as alone; below 1 counts as 1."""
    freedom = np.array([[0.0, 1.0], [5.0, 1e6]])
    found = t_quantile(freedom, 0.95)
    assert found.shape == (2, 2)
    assert found[0, 0] == found[0, 1]
    assert found[1].tolist() == [float(t_quantile(np.array(v), 0.95)) for v in (5.0, 1e6)]


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
