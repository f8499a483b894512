"""A sweep: every threshold is the sign that it stands for."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pytest

from lifecycle.backtest import Moments, Outcomes, Sweep, judge_moments, raised, sweep
from lifecycle.backtest._sweep import _ranks, _tallies
from lifecycle.tally import clustered_counts

from .twin import DAY, by_moment, columns, flags_at, make_world

WEEK = 7 * DAY


@pytest.mark.parametrize("flagged_when", [">=", "<="])
@pytest.mark.parametrize("first", range(0, 200, 50))
def test_each_threshold_is_the_sign_judged_alone(first: int, flagged_when: Literal[">=", "<="]) -> None:
    """Counts, shares, lift, intervals and alerts of a threshold are those of judging its flags."""
    for seed in range(first, first + 50):
        world = make_world(seed)
        moments, _, _ = world.made()
        swept = sweep(moments, world.score, flagged_when=flagged_when)
        for place in range(len(swept)):
            flagged = np.array(flags_at(swept, world.score, place), bool)
            alone = judge_moments(moments, flagged)
            assert alone.precision == swept.precision_at(place), seed
            assert alone.recall == swept.recall_at(place), seed
            # The sums are the same whole numbers; they are put together by other operations of the matrix library.
            for ours, theirs in ((alone.lift.low, swept.lift.low), (alone.lift.high, swept.lift.high)):
                assert ours is None or ours == pytest.approx(theirs[place], rel=1e-9), seed
            assert alone.base_rate == swept.base_rate
            if len(moments.instants) > 1:
                alerts = by_moment(world, flagged.tolist())["alerts"]
                assert swept.alerts_per_week[place] * moments.weeks == pytest.approx(alerts), seed


@pytest.mark.parametrize("seed", range(20))
def test_the_sums_are_exact(seed: int) -> None:
    """Summed by threshold they are the whole numbers that counting by customer gives."""
    world = make_world(seed)
    moments, _, _ = world.made()
    badness = np.array(world.score, float)
    cuts = np.array([4.0, 3, 2, 0])
    sums = _tallies(moments, _ranks(badness, cuts), len(cuts))
    for place, cut in enumerate(cuts):
        kept = moments.judged & (badness >= cut)
        groups = (kept & moments.followed, kept, moments.followed, moments.judged)
        alone = clustered_counts(np.stack([np.bincount(moments.customer[rows], minlength=7) for rows in groups]))
        assert np.array_equal(sums.total[place], alone.total)
        assert np.array_equal(sums.product[place], alone.product)
        assert np.array_equal(sums.n_customers[place], alone.n_customers)


@pytest.fixture
def moments() -> Moments:
    """Two hundred customers on 30 Mondays, some of them lost."""
    random = np.random.default_rng(3)
    customer, week = np.divmod(np.arange(200 * 30), 30)
    lost = Outcomes(np.arange(80), random.integers(10, 240, 80) * DAY, horizon_days=28, end_us=250 * DAY)
    return Moments(customer, week * WEEK, lost)


def test_thresholds_run_from_the_strictest(moments: Moments) -> None:
    """Scores that are few are each a threshold; recall only grows."""
    score = np.arange(len(moments)) % 7
    high, low = sweep(moments, score), sweep(moments, score, flagged_when="<=")
    assert high.threshold.tolist() == [6, 5, 4, 3, 2, 1, 0]
    assert low.threshold.tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert np.all(np.diff(high.recall.value) >= 0)
    assert (high.recall.value[-1], high.lift.value[-1]) == (1, pytest.approx(1))


def test_many_scores_are_thinned_out(moments: Moments) -> None:
    """At most a hundred thresholds, all of them scores that occur, from one pair flagged to all."""
    score = np.random.default_rng(4).normal(size=len(moments))
    swept = sweep(moments, score)
    assert 90 <= len(swept) <= 100
    assert set(swept.threshold.tolist()) <= set(score.tolist())
    assert (swept.n_flagged[0], swept.n_flagged[-1]) == (1, np.count_nonzero(moments.judged))
    assert np.all(np.diff(swept.n_flagged) > 0)


def test_asked_thresholds_need_not_occur(moments: Moments) -> None:
    """They are sorted, doubles are one, and between two scores nothing changes."""
    score = np.arange(len(moments)) % 7
    swept = sweep(moments, score, thresholds=[2.5, 9, 2.9, 2.5, 3])
    assert swept.threshold.tolist() == [9, 3, 2.9, 2.5]
    assert swept.n_flagged[0] == 0
    assert np.isnan(swept.precision.value[0])
    assert swept.precision_at(0).note == "undefined because nothing was flagged"
    assert len({int(count) for count in swept.n_flagged[1:]}) == 1


def test_a_missing_score_is_never_flagged(moments: Moments) -> None:
    """Not at the loosest threshold, and in neither direction; it is counted."""
    score = np.arange(len(moments)) % 7 * 1.0
    score[::2] = np.nan
    for flagged_when in (">=", "<="):
        swept = sweep(moments, score, flagged_when=flagged_when)  # type: ignore[arg-type]
        assert swept.n_flagged[-1] == np.count_nonzero(moments.judged[1::2])
        assert swept.n_missing == np.count_nonzero(moments.judged[::2])


def test_no_score_at_all_gives_no_threshold(moments: Moments) -> None:
    """All missing: an empty sweep with its base rate, which can be shown."""
    swept = sweep(moments, np.full(len(moments), np.nan))
    assert len(swept) == 0
    assert swept.base_rate.value is not None
    assert "base rate" in str(swept)


def test_endless_scores_are_scores(moments: Moments) -> None:
    """Infinity is above every threshold, and may be one."""
    score = np.where(np.arange(len(moments)) % 2, np.inf, 1.0)
    assert sweep(moments, score).threshold.tolist() == [np.inf, 1]


def test_scores_of_pairs_not_judged_choose_no_threshold(moments: Moments) -> None:
    """The future of who is left out is unknown, so their scores decide nothing."""
    score = np.where(moments.judged, np.arange(len(moments)) % 3, 1000)
    assert sweep(moments, score).threshold.tolist() == [2, 1, 0]


def test_alerts_are_raises_by_week() -> None:
    """Four Mondays are four weeks; standing on does not raise again, standing anew does."""
    outcomes = Outcomes([0], [10**15], horizon_days=1, end_us=2 * 10**15)
    moments = Moments([0] * 4 + [1] * 4, [week * WEEK for week in range(4)] * 2, outcomes)
    swept = sweep(moments, [5, 5, 0, 5, 1, 3, 3, 5])
    assert dict(zip(swept.threshold.tolist(), (swept.alerts_per_week * 4).tolist(), strict=True)) == {
        5: 3,
        3: 3,
        1: 3,
        0: 2,
    }


def test_one_moment_has_no_weeks() -> None:
    """How long a single moment stands for is unknown, so alerts per week are too."""
    outcomes = Outcomes([0], [DAY], horizon_days=1, end_us=9 * DAY)
    swept = sweep(Moments([0, 1], [0, 0], outcomes), [1, 2])
    assert np.isnan(swept.alerts_per_week).all()
    assert swept.to_dict()["alerts_per_week"] == [None, None]


def test_inputs_are_left_alone_and_results_are_read_only(moments: Moments) -> None:
    """Scores that may not be written to can be swept, and what comes out cannot be changed."""
    score = np.arange(len(moments)) % 7 * 1.0
    kept = score.copy()
    score.flags.writeable = False
    swept = sweep(moments, score, flagged_when="<=")
    assert np.array_equal(score, kept)
    arrays: list[Any] = [swept.threshold, swept.n_flagged, swept.precision.low, swept.alerts_per_week]
    assert not any(array.flags.writeable for array in arrays)


def test_a_sweep_is_a_table_for_people(moments: Moments) -> None:
    """A line per threshold, twenty at most, with interval; zero is not minus zero."""
    text = str(sweep(moments, np.arange(len(moments)) % 3, flagged_when="<=", name="visits"))
    lines = text.splitlines()
    assert lines[0] == "visits, flagged when <= threshold: the outcome within 28 days"
    assert lines[2].split()[0] == "0"
    assert len(lines) == 6
    many: Sweep = sweep(moments, np.random.default_rng(4).normal(size=len(moments)))
    assert len(str(many).splitlines()) == 23


def test_raises_are_those_of_the_flags(moments: Moments) -> None:
    """The alerts of a threshold are the episodes of its flags."""
    score = np.random.default_rng(9).integers(0, 4, len(moments))
    swept = sweep(moments, score)
    assert swept.alerts_per_week[1] * moments.weeks == pytest.approx(len(raised(moments, score >= 2)))
    assert columns([])[0].shape == (0,)
