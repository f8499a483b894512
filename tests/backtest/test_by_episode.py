"""By episode: each time a sign was raised, and each outcome on its own."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

from lifecycle.backtest import BacktestResult, Episodes, Moments, Outcomes, judge_episodes

from .twin import DAY, Pair, by_episode, by_moment, columns, make_world

END = 1000 * DAY


def one(episodes: list[Pair], outcomes: list[Pair], end_us: int = END, since_us: int | None = None) -> BacktestResult:
    """A back-test with a horizon of 10 days; instants in days."""
    known = [(who, day * DAY) for who, day in outcomes]
    found = Outcomes(*columns(known), horizon_days=10, end_us=end_us, since_us=since_us)
    return judge_episodes(Episodes(*columns([(who, day * DAY) for who, day in episodes])), found)


def figures(result: BacktestResult) -> tuple[float | None, ...]:
    """Hits, episodes, outcomes warned of, outcomes, and the median lead time."""
    assert result.lead is not None
    counts = (result.precision.numerator, result.n_episodes, result.recall.numerator, result.n_outcomes)
    return (*counts, result.lead.median.value)


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("raised", "lost", "wanted"),
    [
        ([100], [105], (1, 1, 1, 1, 5)),
        ([100], [110], (1, 1, 1, 1, 10)),
        ([100], [111], (0, 1, 0, 1, None)),
        ([100], [100], (0, 1, 0, 1, None)),
        ([100], [99], (0, 1, 0, 1, None)),
        ([100, 104], [106], (2, 2, 1, 1, 6)),
        ([94, 100], [106], (1, 2, 1, 1, 6)),
        ([100], [103, 108], (1, 1, 2, 2, 5.5)),
        ([100, 107], [103, 120], (1, 2, 1, 2, 3)),
        ([100, 100], [103], (2, 2, 1, 1, 3)),
        ([], [103], (0, 0, 0, 1, None)),
        ([100], [], (0, 1, 0, 0, None)),
    ],
    ids=[
        "hit",
        "last instant of the horizon",
        "too early a warning",
        "at the very instant",
        "after it",
        "first of two",
        "first within the horizon",
        "one warning of two outcomes",
        "each outcome its own",
        "raised twice at once",
        "never raised",
        "never lost",
    ],
)
def test_episodes_and_outcomes_are_matched(
    raised: list[int], lost: list[int], wanted: tuple[float | None, ...]
) -> None:
    """One customer: hits, episodes, outcomes warned of, outcomes, median lead time."""
    assert figures(one([(0, day) for day in raised], [(0, day) for day in lost])) == wanted


def test_an_episode_of_somebody_else_is_no_warning() -> None:
    """Neighbours in code and time do not count."""
    assert figures(one([(0, 100), (2, 100)], [(1, 105)])) == (0, 2, 0, 1, None)


def test_an_episode_near_the_end_is_no_false_alarm_but_a_warning() -> None:
    """Its precision cannot be known yet; that the outcome was warned of is."""
    result = one([(0, 100), (1, 95)], [(0, 105)], end_us=109 * DAY)
    assert figures(result) == (0, 1, 1, 1, 5)
    assert result.left_out.n_censored == 1


def test_outcomes_after_the_end_are_not_seen() -> None:
    """They neither make an episode right nor count as missed."""
    assert figures(one([(0, 100)], [(0, 106), (1, 106)], end_us=105 * DAY)) == (0, 0, 0, 0, None)


def test_outcomes_near_the_beginning_are_set_apart() -> None:
    """Who is lost less than a horizon after the first day may have been warned of before it."""
    result = one([(0, 3)], [(0, 9), (0, 10), (1, 30)], since_us=0)
    assert (figures(result)[2:], result.left_out.n_early, result.n_left_out) == ((1, 2, 7), 1, 1)
    assert result.precision.numerator == 1


def test_lift_needs_moments() -> None:
    """Without a grid nobody knows how often the outcome comes anyway."""
    result = one([(0, 100)], [(0, 105)])
    assert (result.base_rate.value, result.lift.value, result.verdict) == (None, None, "unknown")
    assert result.lift.note == "undefined because no moments were given"


def test_lift_is_precision_over_the_base_rate_of_the_moments() -> None:
    """Two of four episodes are right; of ten pairs the outcome follows two."""
    outcomes = Outcomes(*columns([(0, 5 * DAY), (1, 5 * DAY)]), horizon_days=10, end_us=END)
    moments = Moments(*columns([(customer, 0) for customer in range(10)]), outcomes)
    result = judge_episodes(Episodes([0, 1, 2, 3], [DAY] * 4), outcomes, moments=moments)
    assert (result.base_rate.value, result.precision.value) == (0.2, 0.5)
    assert result.lift.value == pytest.approx(2.5)


@pytest.mark.parametrize("first", range(0, 600, 50))
def test_the_counts_are_those_of_the_twin(first: int) -> None:
    """On random histories all counts and lead times equal those worked out one by one."""
    for seed in range(first, first + 50):
        world = make_world(seed)
        moments, outcomes, episodes = world.made()
        result, wanted = judge_episodes(episodes, outcomes, moments=moments), by_episode(world)
        found = (result.precision.numerator, result.n_episodes, result.left_out.n_censored)
        assert found == (wanted["hits"], wanted["judged"], wanted["censored"]), seed
        seen = (result.recall.numerator or 0, result.n_outcomes, result.left_out.n_early)
        assert seen == (len(wanted["leads"]), wanted["outcomes"], wanted["early"]), seed
        assert result.lead is not None
        if wanted["leads"]:
            quartiles = [result.lead.q1, result.lead.median.value, result.lead.q3]
            assert quartiles == pytest.approx(np.quantile(wanted["leads"], [0.25, 0.5, 0.75])), seed
        pairs = by_moment(world, world.flagged)
        counts = (result.base_rate.numerator, result.base_rate.denominator)
        assert counts == (pairs["tp"] + pairs["fn"], sum(pairs[key] for key in ("tp", "fp", "fn", "tn"))), seed


@pytest.mark.parametrize("seed", range(60))
def test_nothing_after_the_horizon_changes_an_episode(seed: int) -> None:
    """With the end fixed, outcomes beyond every episode's horizon leave the precision as it is."""
    world = make_world(seed)
    _, outcomes, episodes = world.made()
    last = max((at for _, at in world.episodes), default=0) + world.horizon_days * DAY
    early = [pair for pair in world.outcomes if pair[1] <= last]
    shifted = early + [(who, at + 3 * DAY) for who, at in world.outcomes if at > last]
    result = judge_episodes(episodes, outcomes).precision
    for changed in (early, shifted):
        assert judge_episodes(episodes, attrs.evolve(world, outcomes=changed).made()[1]).precision == result


@pytest.mark.parametrize("seed", range(60))
def test_nothing_after_the_end_changes_anything(seed: int) -> None:
    """Deleting the future gives the same result, lead times and counts included."""
    world = make_world(seed)
    moments, outcomes, episodes = world.made()
    past = [pair for pair in world.outcomes if pair[1] <= world.end_us]
    cut_moments, cut, _ = attrs.evolve(world, outcomes=past).made()
    assert judge_episodes(episodes, cut, moments=cut_moments) == judge_episodes(episodes, outcomes, moments=moments)


def test_the_order_of_episodes_does_not_matter() -> None:
    """Any order of episodes and outcomes gives the same result."""
    forward = one([(0, 100), (1, 30), (0, 96)], [(0, 105), (1, 33)])
    assert one([(0, 96), (0, 100), (1, 30)], [(1, 33), (0, 105)]) == forward
