"""Kaplan-Meier: published curves, intervals, medians and restricted means; the tally adds up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle.errors import InvalidArgument
from lifecycle.value import DurationTally, KaplanMeier, kaplan_meier

# Weeks of remission under 6-MP (Freireich and others 1963, Blood 21), censored ones with a minus.
REMISSION = [6, 6, 6, -6, 7, -9, 10, -10, -11, 13, 16, -17, -19, -20, 22, 23, -25, -32, -32, -34, -35]
# Acute myelogenous leukaemia (Miller 1997, Survival Analysis), maintained and not.
MAINTAINED = [9, 13, -13, 18, 23, -28, 31, 34, -45, 48, -161]
NOT_MAINTAINED = [5, 5, 8, 8, 12, -16, 23, 27, 30, 33, 43, 45]

rows = st.lists(st.tuples(st.integers(0, 12), st.booleans()), max_size=25)


def _tally(signed: list[int]) -> DurationTally:
    return DurationTally.of(np.abs(signed), np.array(signed) > 0)


def _curve(pairs: list[tuple[int, bool]], confidence: float = 0.95) -> KaplanMeier:
    tally = DurationTally.of([time for time, _ in pairs], np.array([event for _, event in pairs], np.bool_))
    return kaplan_meier(tally, confidence=confidence)


@pytest.mark.smoke
def test_remission_curve_is_the_published_one() -> None:
    """Share and standard error as printed by Klein and Moeschberger (2003), Table 4.1A, to 3 and 4 digits."""
    curve = kaplan_meier(_tally(REMISSION))
    steps = curve.n_events > 0
    assert curve.times[steps].tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert curve.n_at_risk[steps].tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert curve.survival[steps] == pytest.approx([0.857, 0.807, 0.753, 0.690, 0.628, 0.538, 0.448], abs=6e-4)
    errors = [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346]
    assert curve.standard_error[steps] == pytest.approx(errors, abs=6e-5)


def test_interval_equals_another_programme() -> None:
    """The log(-log) interval equals that of lifelines 0.30.3 to the digits that it prints."""
    value, low, high = kaplan_meier(_tally(REMISSION)).survival_at([6, 10, 21, 22, 35])
    assert value == pytest.approx([0.857143, 0.752941, 0.627451, 0.537815, 0.448179], abs=5e-7)
    assert low == pytest.approx([0.619718, 0.503200, 0.367511, 0.267779, 0.188052], abs=5e-7)
    assert high == pytest.approx([0.951552, 0.889362, 0.804912, 0.746791, 0.680143], abs=5e-7)


def test_median_with_its_interval() -> None:
    """Half are over at 23 weeks (published); the bounds are where the bounds of the curve cross a half."""
    median = kaplan_meier(_tally(REMISSION)).median()
    assert (median.value, median.low, median.high) == (23, 13, None)
    assert median.note == "no upper bound: too few were followed long enough"
    assert (median.numerator, median.denominator) == (9, 21)
    assert kaplan_meier(_tally(MAINTAINED)).median().value == 31


def test_restricted_mean_is_the_published_one() -> None:
    """R's survfit prints 52.6 (19.83) and 22.7 (4.18) for the two arms of the leukaemia study."""
    for signed, mean, error in ((MAINTAINED, 52.6, 19.83), (NOT_MAINTAINED, 22.7, 4.18)):
        found = kaplan_meier(_tally(signed)).restricted_mean(161)
        assert found.value == pytest.approx(mean, abs=0.05)
        assert found.high is not None
        assert found.value is not None
        assert (found.high - found.value) / 1.959964 == pytest.approx(error, abs=0.005)


@given(rows, rows, rows)
def test_any_split_gives_the_same_tally(
    one: list[tuple[int, bool]], two: list[tuple[int, bool]], three: list[tuple[int, bool]]
) -> None:
    """Addition is associative and commutative, and equals the tally of all, byte for byte."""

    def tally(pairs: list[tuple[int, bool]]) -> DurationTally:
        return DurationTally.of([time for time, _ in pairs], np.array([event for _, event in pairs], np.bool_))

    whole = tally(one + two + three)
    assert (tally(one) + tally(two)) + tally(three) == whole
    assert tally(three) + (tally(two) + tally(one)) == whole
    assert hash(whole + DurationTally.zero()) == hash(whole)


@given(rows)
def test_curve_equals_a_slow_twin(pairs: list[tuple[int, bool]]) -> None:
    """The product over the event times, written out customer by customer, gives the same curve."""
    curve = _curve(pairs)
    for place, time in enumerate(curve.times.tolist()):
        share = 1.0
        for step in sorted({other for other, event in pairs if event and other <= time}):
            events = sum(1 for other, event in pairs if event and other == step)
            share *= 1 - events / sum(1 for other, _ in pairs if other >= step)
        assert curve.survival[place] == pytest.approx(share, abs=1e-12)


@given(rows, st.sampled_from([0.5, 0.8, 0.95, 0.999]))
def test_bounds_hold_the_curve_and_stay_within_zero_and_one(pairs: list[tuple[int, bool]], confidence: float) -> None:
    """No interval is nan, leaves 0 to 1, or leaves out its own share."""
    curve = _curve(pairs, confidence)
    assert (curve.low >= 0).all()
    assert (curve.high <= 1).all()
    assert (curve.low <= curve.survival + 1e-12).all()
    assert (curve.survival <= curve.high + 1e-12).all()


@given(rows)
def test_weights_stand_for_customers(pairs: list[tuple[int, bool]]) -> None:
    """A row of weight 3 is three customers; one of weight 0 is nobody."""
    times, events = [time for time, _ in pairs], np.array([event for _, event in pairs], np.bool_)
    weights = [time % 4 for time in times]
    repeated = [pair for pair, weight in zip(pairs, weights, strict=True) for _ in range(weight)]
    one_by_one = DurationTally.of([time for time, _ in repeated], np.array([e for _, e in repeated], np.bool_))
    assert DurationTally.of(times, events, weights=weights) == one_by_one


def test_without_censoring_it_is_the_plain_share_and_mean() -> None:
    """If it happened to everybody, the curve is the share still waiting and its area the plain mean."""
    durations = [1, 2, 2, 5, 9, 9, 9, 14]
    curve = kaplan_meier(_tally(durations))
    assert curve.survival.tolist() == pytest.approx([7 / 8, 5 / 8, 4 / 8, 1 / 8, 0], abs=1e-15)
    # Where the curve has reached 0, the upper bound is that of the time before.
    assert curve.high[-1] == curve.high[-2] > 0
    mean = curve.restricted_mean()
    assert mean.value == pytest.approx(np.mean(durations))
    assert mean.high is not None
    assert mean.value is not None
    # Greenwood's variance of the mean is then that of the sample, over n.
    assert (mean.high - mean.value) / 1.959964 == pytest.approx(np.std(durations) / np.sqrt(8), rel=1e-6)
    assert curve.median().value == 5
    assert curve.quantile(0.25).value == 2


def test_before_the_first_event_and_after_the_end() -> None:
    """The share is 1 before anything, nan where nobody was followed, and stays 0 once it is 0."""
    value, low, high = kaplan_meier(_tally([3, -8])).survival_at([0, 2.9, 3, 8, 8.1, -1])
    assert value.tolist() == pytest.approx([1, 1, 0.5, 0.5, np.nan, np.nan], nan_ok=True)
    assert low[0] == pytest.approx(2 / (2 + 1.959964**2), rel=1e-6)  # Wilson: n / (n + z²)
    assert high[0] == 1
    assert kaplan_meier(_tally([3, 8])).survival_at([8, 100])[0].tolist() == [0, 0]


def test_to_nobody_and_to_everybody() -> None:
    """All censored: share 1 with an honest lower bound; all at once: share 0 with an honest upper bound."""
    none = kaplan_meier(_tally([-5] * 10))
    assert (none.survival[0], none.high[0]) == (1, 1)
    assert none.low[0] == pytest.approx(10 / (10 + 1.959964**2), rel=1e-6)
    assert none.median().note == "undefined because it has happened to fewer than 50 % so far (0 of 10)"
    every = kaplan_meier(_tally([5] * 10))
    assert (every.survival[0], every.low[0]) == (0, 0)
    assert every.high[0] == pytest.approx(1.959964**2 / (10 + 1.959964**2), rel=1e-6)
    assert np.isnan(every.standard_error[0])


def test_nobody_has_an_empty_curve() -> None:
    """Without customers there are no times, and every figure says why it is undefined."""
    curve = kaplan_meier(DurationTally.zero())
    assert len(curve.times) == 0
    assert curve.median().value is None
    assert curve.restricted_mean().note == "undefined because nobody was followed for any time"
    assert all(np.isnan(bound).all() for bound in curve.survival_at([0, 1]))


def test_mean_beyond_what_was_followed_is_undefined() -> None:
    """An area under a curve that is not known has no number."""
    curve = kaplan_meier(_tally([3, -8]))
    assert curve.restricted_mean(9).note == "undefined because nobody was followed beyond 8, and 9 is asked"
    assert curve.restricted_mean(8).value == pytest.approx(3 + 0.5 * 5)


def test_coverage_of_the_interval_of_the_curve() -> None:
    """Of 10,000 simulated samples of 50 with censoring, about 95 % of the intervals hold the truth at day 10."""
    generator = np.random.default_rng(20240501)
    true, held = float((1 - 0.05) ** 10), 0
    for _ in range(10_000):
        wait, follow = generator.geometric(0.05, 50), generator.integers(5, 60, 50)
        curve = kaplan_meier(DurationTally.of(np.minimum(wait, follow), wait <= follow))
        _, low, high = curve.survival_at(10)
        held += bool(low <= true <= high)
    assert 0.93 <= held / 10_000 <= 0.97


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([-1], [True]), "durations is negative in row 0"),
        (([1.5], [True]), "no whole number"),
        (([1], [1]), "is_event has values of type int64; give booleans"),
        (([1, 2], [True]), "differ in length"),
    ],
)
def test_refuses_impossible_rows(arguments: tuple[list[float], list[bool]], message: str) -> None:
    """Negative or broken durations and flags are refused."""
    with pytest.raises(InvalidArgument, match=message):
        DurationTally.of(*arguments)


def test_refuses_shares_and_weights_out_of_range() -> None:
    """Confidence, shares, weights and horizons that mean nothing are refused."""
    curve = kaplan_meier(_tally([3, -8]))
    with pytest.raises(InvalidArgument, match="confidence=95 is not between 0 and 1"):
        kaplan_meier(DurationTally.zero(), confidence=95)
    with pytest.raises(InvalidArgument, match="share=50 is not between"):
        curve.quantile(50)
    with pytest.raises(InvalidArgument, match="horizon=0 is not above 0"):
        curve.restricted_mean(0)
    with pytest.raises(InvalidArgument, match="weights is negative in row 1"):
        DurationTally.of([1, 2], [True, True], weights=[1, -1])
