"""Plays as KPIs: the effect of a playbook, period by period."""

from __future__ import annotations

import numpy as np
import pytest

from lifecycle import Story, TouchpointLog, replay
from lifecycle.errors import InvalidArgument
from lifecycle.kpi import Cut, Period, Played, measure, play_goal_rate, play_uplift, plays_per_customer
from lifecycle.playbooks import Action, Goal, Playbook, raised
from tests.playbooks.gym import gym, touch

from .club import cut_of
from .club import touch as club_touch

CALL = Playbook(
    "call", on=raised("fading"), steps=[Action("call"), Action("mail", after_days=3)],
    goal=Goal(touchpoint="visit", within_days=7), holdout=0.3,
)  # fmt: skip
HELLO = Playbook("hello", on=raised("angry"), steps=[Action("mail")])
WHO = [f"c{number}" for number in range(24)]


def log() -> TouchpointLog:
    """Customers who join one after another, in January and March; every third comes back, once or twice."""
    found = []
    for number, who in enumerate(WHO):
        month, day = ("01", 1 + number // 2) if number % 2 else ("03", 1 + number // 2)
        found += [touch(f"{month}-{day:02d} 08:00", "welcomed", who), touch(f"{month}-{day:02d} 09:00", "joined", who)]
        if number % 3 == 0:
            found += [touch(f"{month}-{day + 14:02d} 10:00", "visit", who), touch("05-01 10:00", "visit", who)]
    return TouchpointLog.from_touchpoints(found)


@pytest.fixture(scope="module")
def story() -> Story:
    """Until June."""
    return replay(gym(CALL, HELLO), log(), until="2026-06-01")


def cut(story: Story, period: str) -> Cut:
    """One period of it."""
    return Cut(story, Period.of(period, "UTC"))


def test_over_the_whole_log_it_is_the_effect_of_the_story(story: Story) -> None:
    """Counts of both sides, uplift and interval are those of `story.effect`."""
    effect, found = story.effect("call"), play_uplift.calculate(cut(story, "2026"), playbook="call")
    assert (found.treated.hits, found.treated.of) == (effect.treated.n_goals, effect.treated.n)
    assert (found.holdout.hits, found.holdout.of) == (effect.holdout.n_goals, effect.holdout.n)
    assert effect.holdout.n > 0 < effect.treated.n_goals
    finished = found.finish()
    assert (finished.value, finished.low, finished.high) == (
        effect.uplift.value, effect.uplift.low, effect.uplift.high,
    )  # fmt: skip
    rate = measure(cut(story, "2026"), play_goal_rate.using({"playbook": "call"}))
    assert (rate.value, rate.low, rate.high) == (
        effect.treated.rate.value, effect.treated.rate.low, effect.treated.rate.high,
    )  # fmt: skip


def test_a_year_is_the_sum_of_its_months(story: Story) -> None:
    """Each customer is judged once, in the month in which the days of the goal are over."""
    months = [play_uplift(cut(story, f"2026-{month:02d}")) for month in range(1, 6)]
    total = months[0]
    for month in months[1:]:
        total += month
    assert total == play_uplift(cut(story, "2026"))
    assert sum(month != months[1] for month in months) > 1


def test_nothing_is_judged_before_its_time(story: Story) -> None:
    """The log that ends with the period gives the same."""
    for month in ("2026-01", "2026-03"):
        there = cut(story, month)
        earlier = replay(gym(CALL, HELLO), log().before(there.end_us), until=there.period.window.end)
        for kpi in (play_uplift, play_goal_rate, plays_per_customer):
            assert kpi(cut(earlier, month)) == kpi(there)


def test_any_split_of_the_customers_gives_the_same(story: Story) -> None:
    """The holdout is by customer, so the parts add up."""
    whole = cut(story, "2026")
    parts = [whole.of_customers(np.flatnonzero(np.arange(len(WHO)) % 3 == part)) for part in range(3)]
    for kpi in (play_uplift, play_goal_rate, plays_per_customer):
        tallies = [kpi(part) for part in parts]
        assert tallies[2] + (tallies[0] + tallies[1]) == kpi(whole)


def test_plays_per_customer_counts_those_without(story: Story) -> None:
    """All plays of the story over all who were active."""
    found = plays_per_customer.calculate(cut(story, "2026"))
    assert (found.total, found.n) == (len(story.plays()), len(WHO))
    assert plays_per_customer.calculate(cut(story, "2026"), playbook="hello").total == 0
    assert plays_per_customer.calculate(cut(story, "2025")).n == 0


def test_a_playbook_that_is_not_there_is_refused(story: Story) -> None:
    """The message names those that are; a story without playbooks has an undefined uplift."""
    for kpi in (play_uplift, play_goal_rate, plays_per_customer):
        with pytest.raises(InvalidArgument, match="there is no playbook 'cal'; playbooks: call, hello"):
            kpi.calculate(cut(story, "2026"), playbook="cal")
    assert play_uplift.calculate(cut(story, "2026"), playbook="hello").treated.of == 0
    without = cut_of([club_touch("01-01", "joined")])
    assert isinstance(story, Played)
    assert measure(without, play_uplift).notes[0] == "undefined because there is nobody in the treated"
    assert measure(without, plays_per_customer).value == 0


def test_a_goal_on_the_last_instant_counts() -> None:
    """Within so many times 24 hours, inclusive, as in the effect of the story."""
    call = Playbook("call", on=raised("fading"), steps=[Action("call")], goal=Goal(touchpoint="visit", within_days=7))
    touchpoints = [touch("01-01 00:00", "joined", "c0"), touch("01-18 00:00", "visit", "c0")]
    made = replay(gym(call), TouchpointLog.from_touchpoints(touchpoints), until="2026-02-01")
    assert made.runs()["entered"][0] == np.datetime64("2026-01-11")
    found = play_goal_rate(cut(made, "2026")).finish()
    assert (found.numerator, found.denominator) == (made.effect("call").treated.n_goals, 1) == (1, 1)
