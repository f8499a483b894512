"""The net promoter score and correlations, against worked numbers."""

from __future__ import annotations

import numpy as np
import pytest

from lifecycle.errors import InvalidArgument
from lifecycle.tally import LinkTally, NpsTally

pytestmark = pytest.mark.smoke


def test_v11_score_standard_error_and_adjusted_interval() -> None:
    """P 162, N 108, D 54."""
    tally = NpsTally(162, 108, 54)
    found = tally.finish()
    assert found.value == pytest.approx(33.3, abs=0.05)
    assert tally.standard_error == pytest.approx(4.14, abs=0.005)
    assert tally.adjusted == pytest.approx(33.0, abs=0.05)
    assert (found.low, found.high) == (pytest.approx(24.9, abs=0.06), pytest.approx(41.1, abs=0.05))


def test_v11_few_answers() -> None:
    """P 10, N 5, D 5; and one promoter, whose plain interval would have no width."""
    found = NpsTally(10, 5, 5).finish()
    assert (found.value, found.low, found.high) == (25, pytest.approx(-11.7, abs=0.05), pytest.approx(55.2, abs=0.05))
    one = NpsTally(1, 0, 0).finish()
    assert (one.value, one.low, one.high) == (100, pytest.approx(-48.5, abs=0.05), pytest.approx(98.5, abs=0.05))


def test_fifty_thirty_twenty_of_a_hundred() -> None:
    """A score of 30 with a standard error of 7.81."""
    assert NpsTally(50, 30, 20).standard_error == pytest.approx(7.81, abs=0.005)


@pytest.mark.parametrize("answer", [11, 7.5, -1, float("nan")])
def test_answers_of_another_scale_are_refused(answer: float) -> None:
    """Neither clipped nor left out in silence."""
    with pytest.raises(InvalidArgument, match="no whole numbers from 0 to 10"):
        NpsTally.of_answers([9, answer])


def test_answers_are_sorted_into_three() -> None:
    """9 and 10, 7 and 8, 0 to 6."""
    assert NpsTally.of_answers(range(11)) == NpsTally(2, 2, 7)


def test_a_correlation_is_that_of_numpy() -> None:
    """And its interval holds it."""
    generator = np.random.default_rng(1)
    x = generator.integers(0, 10, 200)
    y = (x + generator.integers(-5, 6, 200) > 5).astype(np.int64)
    found = LinkTally.of(x, y).finish()
    assert found.value == pytest.approx(np.corrcoef(x, y)[0, 1], rel=1e-12)
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.value < found.high


def test_a_correlation_of_what_never_differs_is_undefined() -> None:
    """There is nothing to go together with."""
    assert (
        LinkTally.of([1, 1, 1, 1], [1, 2, 3, 4]).finish().note == "undefined because one of the two is the same for all"
    )
