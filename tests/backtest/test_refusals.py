"""What a back-test refuses, and what it says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from lifecycle.backtest import (
    Episodes,
    Moments,
    Outcomes,
    judge_columns,
    judge_episodes,
    judge_moments,
    judged,
    raised,
    suggest_threshold,
    sweep,
)
from lifecycle.errors import InvalidArgument

from .twin import DAY

OUTCOMES = Outcomes([0], [5 * DAY], horizon_days=10, end_us=100 * DAY)
MOMENTS = Moments([0, 1, 0], [0, 0, DAY], OUTCOMES)
SWEPT = sweep(MOMENTS, [1, 2, 3])


def columns(*moments: int, n: int = 2) -> list[tuple[int, Any, Any]]:
    """Columns with nobody flagged."""
    return [(at, np.ones(2, bool), np.zeros(n, bool)) for at in moments]


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: Outcomes([0, 1], [5], horizon_days=1, end_us=9), "Outcomes: customer, at_us: 2 and 1 values"),
        (lambda: Outcomes([-1], [5], horizon_days=1, end_us=9), "Outcomes.customer: codes from -1 to -1"),
        (lambda: Outcomes([2**31], [5], horizon_days=1, end_us=9), "from 0 to below 2\\*\\*31"),
        (lambda: Outcomes([0.5], [5], horizon_days=1, end_us=9), "Outcomes.customer: an array of float64"),
        (lambda: Outcomes(["ada"], [5], horizon_days=1, end_us=9), "Outcomes.customer: an array of <U3"),
        (lambda: Outcomes([[0]], [5], horizon_days=1, end_us=9), "with shape \\(1, 1\\)"),
        (lambda: Outcomes([0], [-(2**63)], horizon_days=1, end_us=9), "leave out what has no time"),
        (lambda: Outcomes([0], [5], horizon_days=0, end_us=9), "horizon_days=0 is no number of days above 0"),
        (lambda: Outcomes([0], [5], horizon_days=True, end_us=9), "horizon_days=True"),
        (lambda: Outcomes([0], [5], horizon_days=float("nan"), end_us=9), "horizon_days=nan"),
        (lambda: Outcomes([0], [5], horizon_days=1e-13, end_us=9), "less than a microsecond"),
        (lambda: Outcomes([0], [5], horizon_days=1, end_us=9.5), "Outcomes.end_us=9.5 is no instant"),  # type: ignore[arg-type]
        (lambda: Outcomes([0], [5], horizon_days=1, end_us=9, since_us=10), "since_us=10 is after end_us=9"),
        (lambda: Episodes([0, 1], [5]), "Episodes: customer, start_us: 2 and 1 values"),
        (lambda: Moments([0], [5, 6], OUTCOMES), "Moments: customer, at_us: 1 and 2 values"),
        (lambda: Moments([3, 4, 3], [5, 5, 5], OUTCOMES), "1 pairs are there again, the first of them customer 3 at 5"),
        (lambda: judge_moments(MOMENTS, [True]), "judge_moments: flagged: an array of bool with shape \\(1,\\)"),
        (lambda: judge_moments(MOMENTS, [1, 0, 1]), "give 3 flags \\(bool\\), one per moment"),
        (lambda: judge_moments(MOMENTS, [True] * 3, confidence=95), "confidence=95 is not between 0 and 1"),
        (lambda: raised(MOMENTS, [0.0] * 3), "raised: flagged: an array of float64"),
        (lambda: judge_columns(columns(5, 5), OUTCOMES), "5 after 5; give moments in ascending order"),
        (lambda: judge_columns(columns(5, n=3), OUTCOMES), "2 and 3 flags at 5"),
        (lambda: judge_columns([(5, np.ones(2), np.ones(2))], OUTCOMES), "judge_columns: an array of float64"),
        (lambda: judge_columns([], OUTCOMES, confidence=0), "confidence=0 is not"),
        (
            lambda: judge_episodes(Episodes([0], [5]), Outcomes([0], [5], horizon_days=1, end_us=9), moments=MOMENTS),
            "moments of other outcomes",
        ),
        (lambda: judge_episodes(Episodes([0], [5]), OUTCOMES, confidence=1.0), "confidence=1.0"),
        (lambda: sweep(MOMENTS, [1, 2]), "sweep: score: an array of int64 with shape \\(2,\\)"),
        (lambda: sweep(MOMENTS, ["a", "b", "c"]), "give 3 numbers, one per moment, nan where there is none"),
        (lambda: sweep(MOMENTS, [1, 2, 3], flagged_when=">"), "flagged_when='>' is neither"),  # type: ignore[arg-type]
        (lambda: sweep(MOMENTS, [1, 2, 3], thresholds=[np.nan]), "sweep: thresholds"),
        (lambda: sweep(MOMENTS, [1, 2, 3], thresholds=3), "give numbers in one dimension"),
        (lambda: suggest_threshold(SWEPT), "precision=None and alerts_per_week=None; give one of the two"),
        (lambda: suggest_threshold(SWEPT, precision=0.3, alerts_per_week=20), "give one of the two"),
        (lambda: suggest_threshold(SWEPT, precision=30), "suggest_threshold: precision=30 is not between 0 and 1"),
        (lambda: suggest_threshold(SWEPT, alerts_per_week=-1), "alerts_per_week=-1 is no number, 0 or more"),
        (lambda: suggest_threshold(SWEPT, alerts_per_week=float("nan")), "alerts_per_week=nan"),
        (lambda: suggest_threshold(SWEPT, precision=0.3, by="high"), "by='high' is neither"),  # type: ignore[arg-type]
        (lambda: judged(MOMENTS, [1, 2, 3], split_us=0, precision=0.3), "split_us=0 leaves 0 pairs to choose from"),
        (lambda: judged(MOMENTS, [1, 2, 3], split_us=99 * DAY, precision=0.3), "and 0 to judge"),
        (lambda: judged(MOMENTS, [1, 2, 3], split_us=None, precision=0.3), "split_us=None is no instant"),  # type: ignore[arg-type]
        (lambda: judged(MOMENTS, [1, 2], split_us=DAY, precision=0.3), "judged: score"),
    ],
)
def test_it_is_refused(call: Callable[[], object], said: str) -> None:
    """An argument that cannot be meant is refused with the value and what to do."""
    with pytest.raises(InvalidArgument, match=said):
        call()


def test_what_was_given_is_copied() -> None:
    """Changing an array afterwards changes nothing, and what is kept cannot be written to."""
    customer = np.array([0, 1])
    outcomes = Outcomes(customer, [5, 6], horizon_days=1, end_us=9)
    customer[0] = 1
    assert outcomes.customer.tolist() == [0, 1]
    assert not outcomes.customer.flags.writeable


def test_the_horizon_is_a_number_of_days_of_24_hours() -> None:
    """Half a day is 12 hours."""
    assert Outcomes([0], [5], horizon_days=0.5, end_us=9).horizon_us == DAY // 2
