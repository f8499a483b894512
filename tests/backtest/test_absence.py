"""An outcome that is an absence: nothing comes for a whole horizon, from the moment on."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

from lifecycle.backtest import (
    BacktestResult,
    Episodes,
    Moments,
    Outcomes,
    judge_columns,
    judge_episodes,
    judge_moments,
    sweep,
)

from .twin import DAY, Pair, columns

END = 1000 * DAY


def absent(purchases: list[Pair], end_us: int = END) -> Outcomes:
    """Nothing is bought for 10 days."""
    return Outcomes(*columns(purchases), horizon_days=10, end_us=end_us, is_absence=True, name="no purchase")


def cells(result: BacktestResult) -> tuple[int, ...]:
    """Flagged and followed, flagged only, followed only, neither."""
    assert result.counts is not None
    return attrs.astuple(result.counts)


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("bought", "wanted"),
    [
        ([], (1, 0, 0, 0)),
        ([99], (1, 0, 0, 0)),
        ([100], (0, 1, 0, 0)),
        ([105], (0, 1, 0, 0)),
        ([110], (1, 0, 0, 0)),
        ([40, 109, 300], (0, 1, 0, 0)),
    ],
    ids=["never", "before", "at the moment itself", "within", "after the horizon", "the last day of the horizon"],
)
def test_a_flagged_moment_is_right_when_nothing_comes(bought: list[int], wanted: tuple[int, ...]) -> None:
    """The horizon is the moment itself and all before its end; what came before it does not matter."""
    known = absent([(0, day * DAY) for day in bought])
    moments = Moments([0], [100 * DAY], known)
    assert cells(judge_moments(moments, [True])) == wanted
    assert cells(judge_columns([(100 * DAY, np.array([True]), np.array([True]))], known)) == wanted
    assert judge_episodes(Episodes([0], [100 * DAY]), known).precision.numerator == wanted[0]


def test_a_horizon_that_is_not_over_is_left_out() -> None:
    """Nobody knows yet whether something comes; the horizon ends just before its last instant."""
    for end_us, n_censored in ((110 * DAY - 2, 1), (110 * DAY - 1, 0)):
        result = judge_moments(Moments([0], [100 * DAY], absent([], end_us)), [True])
        assert (result.left_out.n_censored, result.left_out.n_at_outcome) == (n_censored, 0)
        episodes = judge_episodes(Episodes([0], [100 * DAY]), absent([], end_us))
        assert episodes.left_out.n_censored == n_censored


def test_each_absence_counts_once() -> None:
    """Three moments lie in the first absence, one in the second, of one customer; another has one without end."""
    known = absent([(0, 0), (0, 40 * DAY), (0, 90 * DAY)])
    moments = [(0, 5 * DAY), (0, 12 * DAY), (0, 20 * DAY), (0, 60 * DAY), (0, 85 * DAY), (1, 0), (1, 500 * DAY)]
    result = judge_moments(Moments(*columns(moments), known), np.zeros(7, bool))
    assert (cells(result), result.n_outcomes) == ((0, 0, 6, 1), 3)


def test_by_episode_it_has_no_date() -> None:
    """There is a precision, but no recall and no lead time, and the reason is said."""
    known = absent([(0, 20 * DAY), (1, 3 * DAY)])
    moments = Moments(*columns([(0, 0), (1, 0), (2, 0), (3, 0)]), known)
    result = judge_episodes(Episodes([0, 1, 2], [DAY, DAY, DAY]), known, moments=moments)
    assert (result.precision.numerator, result.n_episodes, result.n_outcomes) == (2, 3, 2)
    assert result.lift.value == pytest.approx((2 / 3) / (3 / 4))
    assert result.recall.note == "undefined because an absence has no date"
    assert result.lead is not None
    assert (result.lead.n, result.lead.median.value) == (0, None)


def test_silence_is_swept_against_absence() -> None:
    """The longer the silence at a moment, the surer that nothing comes: the label does not know the silence."""
    known = absent([(0, 50 * DAY), (1, 99 * DAY), (1, 104 * DAY)])
    moments = Moments([0, 1], [100 * DAY, 100 * DAY], known)
    swept = sweep(moments, [50, 1], thresholds=[30, 1])
    assert (swept.n_flagged.tolist(), swept.n_hits.tolist()) == ([1, 2], [1, 1])
