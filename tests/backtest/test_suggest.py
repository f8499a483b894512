"""Which threshold to take, and an honest look at it."""

from __future__ import annotations

import json

import numpy as np
import pytest

from lifecycle.backtest import Moments, Outcomes, Sweep, judge_moments, judged, suggest_threshold, sweep

from .twin import DAY

WEEK, END = 7 * DAY, 366 * DAY


def silence(n_customers: int, seed: int = 1) -> tuple[Moments, np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """Customers on 52 Mondays whose score grows before they are lost."""
    random = np.random.default_rng(seed)
    lost = np.where(random.random(n_customers) < 0.5, random.integers(20, 500, n_customers), 10_000) * DAY
    customer, week = np.divmod(np.arange(n_customers * 52), 52)
    at = week * WEEK
    is_there = at < lost[customer]
    customer, at = customer[is_there], at[is_there]
    known = Outcomes(np.flatnonzero(lost < END), lost[lost < END], horizon_days=30, end_us=END, name="churn")
    near = np.maximum(0, 60 - (lost[customer] - at) / DAY) * (random.random(n_customers) < 0.7)[customer]
    return Moments(customer, at, known), near + random.gamma(1, 10, len(at))


@pytest.fixture(scope="module")
def swept() -> Sweep:
    """A sweep over a score that is worth something."""
    return sweep(*silence(400))


@pytest.mark.parametrize("by", ["low", "value"])
@pytest.mark.parametrize("wish", [0.05, 0.2, 0.4, 0.6])
def test_the_loosest_threshold_that_is_precise_enough(swept: Sweep, wish: float, by: str) -> None:
    """It has the largest recall of all whose precision, or its lower bound, reaches the wish."""
    reached = swept.precision.low if by == "low" else swept.precision.value
    found = suggest_threshold(swept, precision=wish, by=by)  # type: ignore[arg-type]
    fits = np.flatnonzero(reached >= wish)
    best = max(fits, key=lambda place: (swept.recall.value[place], -place))
    assert found.threshold == swept.threshold[best]
    assert found.recall.value == swept.recall.value[best]
    assert found.precision == swept.precision_at(int(best))


def test_the_lower_bound_is_stricter(swept: Sweep) -> None:
    """Asked by its lower bound a threshold is at least as high as by its value."""
    low = suggest_threshold(swept, precision=0.4).threshold
    value = suggest_threshold(swept, precision=0.4, by="value").threshold
    assert low is not None
    assert value is not None
    assert low > value


@pytest.mark.parametrize("budget", [0.5, 3, 10])
def test_the_loosest_threshold_within_the_budget(swept: Sweep, budget: float) -> None:
    """It raises no more alerts a week than wished for, and the next one would."""
    found = suggest_threshold(swept, alerts_per_week=budget)
    place = int(np.flatnonzero(swept.threshold == found.threshold)[0])
    assert swept.alerts_per_week[place] <= budget < swept.alerts_per_week[place + 1]
    assert found.alerts_per_week == swept.alerts_per_week[place]


def test_a_sign_that_always_stands_is_not_cheap() -> None:
    """Everybody flagged for ever is raised once each; that is no way to keep to a budget."""
    moments, score = silence(400)
    whole = sweep(moments, score)
    budget = whole.alerts_per_week[-1] * 1.01
    assert budget < whole.alerts_per_week.max()
    found = suggest_threshold(whole, alerts_per_week=float(budget))
    assert found.threshold is not None
    assert found.threshold > np.median(score)


def test_nothing_precise_enough_says_what_could_be_had(swept: Sweep) -> None:
    """No value, and a note with the best there is."""
    found = suggest_threshold(swept, precision=0.999)
    assert (found.threshold, found.precision.value, found.alerts_per_week) == (None, None, None)
    assert found.note.startswith("the best lower bound of the precision is ")
    assert str(found).startswith("no threshold for a precision of 99.9 % or more")


def test_nothing_cheap_enough_says_what_could_be_had() -> None:
    """A budget below the rarest threshold has no answer."""
    moments, score = silence(100)
    found = suggest_threshold(sweep(moments, (score > 5) * 1.0), alerts_per_week=0.01)
    assert found.threshold is None
    assert found.note.startswith("the fewest are ")


def test_thresholds_that_flag_nobody_are_no_answer(swept: Sweep) -> None:
    """A threshold above every score keeps to any budget and is worth nothing."""
    moments, score = silence(100)
    found = suggest_threshold(sweep(moments, score, thresholds=[1e6, 2e6]), alerts_per_week=5)
    assert found.threshold is None
    found = suggest_threshold(sweep(moments, score, thresholds=[1e6]), precision=0.1)
    assert found.note == "no threshold flags anybody"


def test_without_outcomes_there_is_nothing_to_choose_by() -> None:
    """The note says that the outcome never followed."""
    moments = Moments([0, 0], [0, WEEK], Outcomes([], [], horizon_days=1, end_us=END))
    swept = sweep(moments, [1, 2])
    for found in (suggest_threshold(swept, precision=0.3), suggest_threshold(swept, alerts_per_week=20)):
        assert (found.threshold, found.note) == (None, "the outcome never followed")


def test_of_equal_recall_the_strictest() -> None:
    """Flagging more without seeing more is worse."""
    outcomes = Outcomes([0], [DAY], horizon_days=7, end_us=END)
    moments = Moments([0, 1, 2], [0, 0, 0], outcomes)
    found = suggest_threshold(sweep(moments, [3, 2, 1]), precision=0.01, by="value")
    assert (found.threshold, found.recall.value) == (3, 1)


def test_a_suggestion_says_that_it_flatters(swept: Sweep) -> None:
    """For people: the threshold, its figures, and that they come from where it was chosen."""
    found = suggest_threshold(swept, precision=0.4)
    text = str(found)
    assert text.startswith(f">= {found.threshold:g} for a precision of 40.0 % or more (lower bound of the precision)")
    assert "which flatters" in text
    assert json.loads(json.dumps(found.to_dict()))["threshold"] == found.threshold


def test_chosen_before_and_judged_after() -> None:
    """The choice is that of the moments before with what was known then, the judgement that of the moments after."""
    moments, score = silence(400)
    split = 26 * WEEK
    found = judged(moments, score, split_us=split, precision=0.3)
    early = moments.at_us < split
    outcomes = moments.outcomes
    known = outcomes.at_us < split
    past = Outcomes(outcomes.customer[known], outcomes.at_us[known], horizon_days=30, end_us=split - 1, name="churn")
    chosen = suggest_threshold(
        sweep(Moments(moments.customer[early], moments.at_us[early], past), score[early]), precision=0.3
    )
    assert found.suggestion.threshold == chosen.threshold
    assert chosen.threshold is not None
    after = Moments(moments.customer[~early], moments.at_us[~early], outcomes)
    alone = judge_moments(after, score[~early] >= chosen.threshold)
    assert found.result is not None
    assert found.result.counts == alone.counts
    assert "judged from then on" in str(found)
    assert json.loads(json.dumps(found.to_dict()))["result"]["verdict"] == "better than chance"


@pytest.mark.parametrize("seed", range(10))
def test_the_choice_sees_nothing_of_the_time_after(seed: int) -> None:
    """Scores, outcomes and moments from the split on can be anything: the same threshold is chosen."""
    moments, score = silence(150, seed)
    split, random = 26 * WEEK, np.random.default_rng(seed)
    outcomes = moments.outcomes
    early = outcomes.at_us < split
    other = Outcomes(
        np.append(outcomes.customer[early], random.integers(0, 150, 40)),
        np.append(outcomes.at_us[early], random.integers(split, END, 40)),
        horizon_days=30,
        end_us=END,
    )
    mixed = np.where(moments.at_us < split, score, random.permutation(score))
    changed = Moments(moments.customer, moments.at_us, other)
    one, two = (
        judged(moments, score, split_us=split, precision=0.2),
        judged(changed, mixed, split_us=split, precision=0.2),
    )
    assert one.suggestion == two.suggestion


def test_low_scores_are_judged_too() -> None:
    """With '<=' the flags after the split are those at the threshold and below."""
    moments, score = silence(400)
    high, low = (
        judged(moments, score, split_us=26 * WEEK, precision=0.3),
        judged(moments, -score, split_us=26 * WEEK, precision=0.3, flagged_when="<="),
    )
    assert high.result is not None
    assert low.result is not None
    assert high.suggestion.threshold == -(low.suggestion.threshold or 0)
    assert high.result.counts == low.result.counts


def test_a_wish_that_nothing_fulfils_is_not_judged() -> None:
    """No threshold before, no judgement after."""
    moments, score = silence(100)
    found = judged(moments, score, split_us=26 * WEEK, precision=0.999)
    assert (found.result, found.suggestion.threshold) == (None, None)
    assert found.to_dict()["result"] is None
    assert "no threshold for a precision" in str(found)


def test_choosing_among_noise_flatters_and_judging_later_does_not() -> None:
    """On a worthless score the best of many thresholds looks good where it was chosen; afterwards it is chance."""
    lifts = []
    for seed in range(12):
        moments, _ = silence(150, seed)
        score = np.random.default_rng(seed).normal(size=len(moments))
        swept = sweep(moments.until(26 * WEEK), score[moments.at_us < 26 * WEEK])
        best = float(np.nanmax(np.where(swept.n_flagged >= 20, swept.precision.value, np.nan)))
        found = judged(moments, score, split_us=26 * WEEK, alerts_per_week=3)
        assert found.result is not None
        lifts.append((best / (swept.base_rate.value or 1), found.result.verdict))
    assert np.mean([lift for lift, _ in lifts]) > 1.3
    assert sum(verdict == "no better than chance" for _, verdict in lifts) >= 10
