"""Back-tests of a story, counted by hand."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

from lifecycle import (
    Absence,
    BacktestResult,
    Happens,
    Question,
    Signal,
    Sum,
    Touchpoint,
    TouchpointLog,
    replay,
    suggest_threshold,
)
from lifecycle.errors import InvalidArgument

from .gym import END, GYM, TWO_WEEKS, day, evolved, story, touchpoints


def cells(result: BacktestResult) -> tuple[int, ...]:
    """Flagged and followed, flagged only, followed only, neither."""
    assert result.counts is not None
    return attrs.astuple(result.counts)


@pytest.mark.smoke
def test_a_signal_is_counted_as_by_hand() -> None:
    """Ann is missed on the 12th and seen on the 19th; Cay is a false alarm; the rest is quiet, too late or too near."""
    result = story().backtest("quiet", TWO_WEEKS)
    assert cells(result) == (1, 1, 1, 9)
    assert (result.left_out.n_censored, result.left_out.n_at_outcome) == (4, 1)
    assert (result.n_customers, result.n_episodes, result.n_outcomes) == (3, 2, 1)
    assert [result.precision.value, result.recall.value] == [0.5, 0.5]
    assert result.lift.value == pytest.approx(3)
    assert result.lead is not None
    assert (result.lead.median.value, result.lead.n) == (7, 1)  # on the 19th; it was raised on the 17th
    assert (result.name, result.outcome, result.way) == (
        "quiet",
        "entering 'gone' (100 % by a timer)",
        "moments",
    )


@pytest.mark.smoke
def test_by_episode_it_is_counted_as_by_hand() -> None:
    """Raised twice on the 17th, once rightly, nine days before Ann is lost; the base rate is that of the moments."""
    result = story().backtest("quiet", TWO_WEEKS, by="episodes")
    assert (result.n_episodes, result.precision.numerator, result.n_outcomes, result.recall.value) == (2, 1, 1, 1)
    assert (result.base_rate.numerator, result.base_rate.denominator) == (2, 12)
    assert result.lift.value == pytest.approx(3)
    assert result.lead is not None
    assert result.lead.median.value == 9


@pytest.mark.smoke
def test_an_absence_looks_at_what_comes_and_not_at_what_came() -> None:
    """Ann does not come again after any moment; Cay does within two weeks, though she was silent as long as Ann."""
    result = story().backtest("quiet", Question(Absence("visit"), horizon_days=14))
    assert cells(result) == (2, 1, 1, 11)
    assert (result.left_out.n_censored, result.left_out.n_at_outcome, result.n_outcomes) == (2, 0, 1)
    assert (result.outcome, result.recall.value) == ("no visit", 2 / 3)
    assert result.lead is None  # an absence has no date


def test_a_touchpoint_can_be_the_outcome() -> None:
    """Within a week of every moment Bob comes; Cay from the moment on after which she does; Ann never."""
    result = story().backtest("not visits_7d >= 1", Question(Happens("visit"), horizon_days=7))
    flagged = 2 + 1  # Ann on the 19th and the 26th, Cay on the 19th, who comes
    assert cells(result)[:2] == (1, 2)
    assert sum(cells(result)[:2]) == flagged


def test_a_touchpoint_with_a_filter_can_be_the_outcome() -> None:
    """A filter over attributes that nobody has leaves no outcome."""
    result = story().backtest("quiet", Question(Happens("visit", where="channel == 'shop'"), horizon_days=7))
    assert (result.base_rate.value, result.outcome) == (0, "visit where channel == 'shop'")


@pytest.mark.parametrize(
    ("sign", "wanted"),
    [
        ("signal_quiet", (1, 1, 1, 9)),
        ("since_visit > 10", (1, 1, 1, 9)),
        ("signal_quiet and health < 50", (1, 1, 1, 9)),
        ("signal_quiet and stage == 'gone'", (0, 0, 2, 10)),
        ("since_visit >= 5", (2, 2, 0, 8)),
        ("regular", (1, 9, 1, 1)),
        ("poor", (0, 0, 2, 10)),
        ("fair", (1, 1, 1, 9)),
    ],
)
def test_segments_bands_and_conditions_are_counted_by_hand(sign: str, wanted: tuple[int, ...]) -> None:
    """Each is looked at where it stands at the moments, among the members."""
    assert cells(story().backtest(sign, TWO_WEEKS)) == wanted


def test_what_is_no_signal_is_raised_at_the_first_moment_at_which_it_stands() -> None:
    """The condition of the signal stands from the 17th; the moments see it on the 19th, a week before the loss."""
    result = story().backtest("since_visit > 10", TWO_WEEKS)
    assert result.lead is not None
    assert (result.n_episodes, result.lead.median.value) == (2, 7)


def test_several_signs_give_one_result_each_in_order() -> None:
    """None is all signals; a name given twice counts once; the table has a row for each."""
    found = story().backtests(["regular", "quiet", "regular"], TWO_WEEKS)
    assert list(found) == ["regular", "quiet"]
    assert list(story().backtests(question=TWO_WEEKS)) == ["quiet", "new"]
    assert found["quiet"] == story().backtest("quiet", TWO_WEEKS)
    assert found.table["sign"].tolist() == ["regular", "quiet"]
    assert found.table["lift"].tolist() == pytest.approx([(1 / 10) / (2 / 12), 3])
    assert found.to_dict()["quiet"]["verdict"] == found["quiet"].verdict
    assert "back-test by moments: entering 'gone' (100 % by a timer) within 14 days" in str(found)
    assert len(story().backtests([])) == 0


def test_a_signal_is_at_risk_where_it_is_watched() -> None:
    """Guests are watched by 'new' alone, and everybody joins before the first moment: nobody is at risk."""
    result = story().backtest("new", TWO_WEEKS)
    assert (result.n_customers, result.base_rate.value) == (0, None)


def test_the_question_can_say_who_is_at_risk() -> None:
    """With the lost at risk too, Ann is flagged nowhere after the loss, as the signal is not watched there."""
    wide = attrs.evolve(TWO_WEEKS, stages=("member", "lost"))
    result = story().backtest("quiet", wide)
    assert cells(result) == (1, 1, 1, 11)  # Ann on 2 and 9 February


def test_the_question_can_say_among_whom() -> None:
    """Among those who did not come for five days, both of Ann's moments are followed, and two others are not."""
    quiet = story().backtest("quiet", attrs.evolve(TWO_WEEKS, among="since_visit >= 5"))
    assert (cells(quiet), quiet.base_rate.value) == ((1, 1, 1, 1), 0.5)
    swept = story().sweep("since_visit", attrs.evolve(TWO_WEEKS, among="not signal_quiet"), thresholds=[5])
    assert (swept.n_flagged.tolist(), swept.n_hits.tolist(), swept.base_rate.denominator) == ([2], [1], 10)
    by_episode = story().backtest("quiet", attrs.evolve(TWO_WEEKS, among="since_visit >= 5"), by="episodes")
    assert by_episode.lead is not None
    assert by_episode.lead.median.value == 7  # at the moments


def test_moments_lie_between_since_and_until() -> None:
    """Moments are Mondays from `since` on and strictly before `until`; what comes after `until` is still seen."""
    early = story().backtest("quiet", attrs.evolve(TWO_WEEKS, until="2026-01-19"))
    assert (cells(early), early.n_left_out) == ((0, 0, 1, 2), 0)
    late = story().backtest("quiet", attrs.evolve(TWO_WEEKS, since="2026-01-13", until="2026-02-02"))
    assert (cells(late), late.left_out.n_at_outcome) == ((1, 1, 0, 3), 1)
    raised = story().backtest("quiet", attrs.evolve(TWO_WEEKS, since="2026-01-18"), by="episodes")
    assert (raised.n_episodes, raised.n_outcomes, raised.left_out.n_early) == (0, 0, 1)
    daily = story().backtest("quiet", attrs.evolve(TWO_WEEKS, every_days=1, until="2026-01-18"))
    assert cells(daily) == (1 - 1, 0, 6, 12 * 3 - 6)


def test_a_story_without_signs_can_test_conditions() -> None:
    """A condition over facts needs no signs; all signals of none are refused."""
    bare = story(evolved(signals=(), segments=(), health=None))
    assert bare.signs is None
    assert cells(bare.backtest("since_visit > 10", TWO_WEEKS)) == (1, 1, 1, 9)
    with pytest.raises(InvalidArgument, match="the definition has no signs"):
        bare.backtests()


def test_an_extended_story_is_tested_whole() -> None:
    """What an extension added counts as if it had been there."""
    short, late = story(until="2026-01-20"), [one for one in touchpoints() if one.at >= day(1, 20, 0)]
    longer = short.extend(TouchpointLog.from_touchpoints(late), until=END)
    assert longer.backtest("quiet", TWO_WEEKS) == story().backtest("quiet", TWO_WEEKS)


@pytest.mark.smoke
def test_a_fact_is_swept() -> None:
    """Eleven days of silence flag Ann and Cay on the 19th; five flag both on the 12th too."""
    swept = story().sweep("since_visit", TWO_WEEKS, thresholds=[5, 11])
    assert (swept.threshold.tolist(), swept.n_flagged.tolist(), swept.n_hits.tolist()) == ([11, 5], [2, 4], [1, 2])
    assert (swept.flagged_when, swept.name, swept.n_left_out) == (">=", "since_visit", 5)
    assert suggest_threshold(swept, precision=0.4, by="value").threshold == 5


def test_low_health_is_bad() -> None:
    """Health is swept from below: 45 points are 11 days of silence."""
    swept = story().sweep("health", TWO_WEEKS, thresholds=[45, 75])
    assert (swept.flagged_when, swept.n_flagged.tolist(), swept.n_hits.tolist()) == ("<=", [2, 4], [1, 2])


def test_a_threshold_is_chosen_before_and_judged_after() -> None:
    """Without a split there are as many moments to choose from as to judge."""
    question = Question("gone", horizon_days=7)
    halves = story().suggest_threshold("since_visit", question, precision=0.4)
    assert np.datetime64(halves.split_us, "us") == np.datetime64("2026-02-02")  # 12 and 19 January; 2, 9, 16 February
    assert (halves.result, halves.suggestion.threshold) == (None, None)
    away = Question(Absence("visit"), horizon_days=7)
    found = story().suggest_threshold("since_visit", away, alerts_per_week=5, split="2026-01-26")
    assert found.suggestion.threshold == 5  # Ann and Cay on the 12th, Ann on the 19th; Cay's on the 19th is false
    assert (found.suggestion.precision.value, found.suggestion.recall.value) == (0.75, 1)
    assert found.result is not None
    assert cells(found.result)[:3] == (1, 0, 0)  # Ann on the 26th


def test_money_is_swept_in_major_units() -> None:
    """A threshold of 10 is ten euros, not ten cents."""
    bought = [Touchpoint("ann", "bought", day(1, 6, 13), amount="12.50", currency="EUR")]
    definition = attrs.evolve(GYM, currency="EUR", facts={**GYM.facts, "spent": Sum("bought")})
    one = replay(definition, TouchpointLog.from_touchpoints([*touchpoints(), *bought]), until=END)
    swept = one.sweep("spent", TWO_WEEKS, thresholds=[12.5, 12.51])
    assert swept.n_flagged.tolist() == [0, 2]


def test_a_signal_that_reads_another_is_tested_though_it_never_was_up() -> None:
    """Signals that could never hold are not looked at; what reads them is right all the same."""
    signals = [
        Signal("never", "locker == 'x'"),
        Signal("both", "signal_never or since_visit > 10"),
        Signal("no", "not signal_never and since_visit > 10"),
    ]
    found = story(evolved(signals=signals)).backtests(question=TWO_WEEKS)
    assert [cells(found[name]) for name in ("never", "both", "no")] == [(0, 0, 2, 10), (1, 1, 1, 9), (1, 1, 1, 9)]
