"""What a playbook brought about: counts by the definition, intervals, costs, and what cannot be known."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifecycle.errors import InvalidArgument
from lifecycle.playbooks import (
    Action,
    Effect,
    Goal,
    Playbook,
    PlayColumns,
    RunColumns,
    effect_of_changes,
    effect_of_columns,
    raised,
)

from .outcomes import BOOK, DAY, START, START_US, Run, columns_of, histories, live_of, opinion_of

UNTIL = START + timedelta(days=25)


@settings(max_examples=150)
@given(histories(), st.integers(0, 45), st.randoms(use_true_random=False))
def test_live_values_and_columns_and_a_slow_count_agree(runs: list[Run], days: int, shuffler: random.Random) -> None:
    """From changes in any order, from columns in any order, and run by run: the same effect, until any end."""
    until = START + timedelta(days=days)
    expected = opinion_of(runs, until)
    changes, plays = live_of(runs)
    for values in (changes, plays):
        shuffler.shuffle(values)
    live = effect_of_changes(BOOK, iter(changes), iter(plays), until)
    turned = runs[:]
    shuffler.shuffle(turned)
    assert (
        live == effect_of_columns(BOOK, *columns_of(runs), until) == effect_of_columns(BOOK, *columns_of(turned), until)
    )
    arms = (live.treated, live.holdout)
    assert tuple(arm.n for arm in arms) == expected.n
    assert tuple(arm.n_goals for arm in arms) == expected.n_goals
    assert tuple(arm.n_runs for arm in arms) == expected.n_runs
    assert tuple(arm.n_run_goals for arm in arms) == expected.n_run_goals
    assert (live.n_open, live.n_open_runs) == (expected.n_open, expected.n_open_runs)
    assert (live.cost, live.cost_of_all) == pytest.approx((expected.cost, expected.cost_of_all))
    found = {(one.step, one.action): (one.n_runs, one.n_goals, one.n_after_goal) for one in live.actions}
    assert found == expected.actions
    assert str(live)


@settings(max_examples=50)
@given(histories(), st.integers(0, 25))
def test_what_comes_after_the_end_changes_nothing(runs: list[Run], days: int) -> None:
    """No peeking: the effect until an end is that of a history that stops there."""
    until = START + timedelta(days=days)
    end = START_US + days * DAY
    known = [
        attrs.evolve(
            run,
            goal_us=run.goal_us if run.goal_us is not None and run.goal_us < end else None,
            plays=tuple(play for play in run.plays if play[1] < end),
        )
        for run in runs
        if run.entered_us < end
    ]
    assert effect_of_changes(BOOK, *live_of(runs), until) == effect_of_changes(BOOK, *live_of(known), until)


def many(treated: tuple[int, int], holdout: tuple[int, int], *, cost: bool = True) -> list[Run]:
    """So many customers of each side, so many of them with a goal; each treated one was called."""
    sides = ((treated, False), (holdout, True))
    return [
        Run(
            f"{'h' if is_holdout else 't'}{number}",
            START_US,
            "",
            is_holdout,
            START_US + 3 * DAY if number < goals else None,
            ((1, START_US),) if cost and not is_holdout else (),
        )
        for (goals, n), is_holdout in sides
        for number in range(n)
    ]


def effect(runs: list[Run], until: datetime = UNTIL) -> Effect:
    """What runs show."""
    return effect_of_changes(BOOK, *live_of(runs), until)


@pytest.mark.smoke
def test_the_uplift_is_that_of_the_literature() -> None:
    """56 of 70 treated and 48 of 80 in the holdout: Newcombe's first example, 5.24 to 33.39 points."""
    found = effect(many((56, 70), (48, 80)))
    assert found.uplift.value == pytest.approx(0.2)
    assert (round(found.uplift.low or 0, 4), round(found.uplift.high or 0, 4)) == (0.0524, 0.3339)
    assert found.finding == "raises the goal rate"
    assert effect(many((10, 40), (12, 40))).finding == "no difference seen"
    assert effect(many((10, 90), (60, 90))).finding == "lowers the goal rate"


def test_costs_are_told_per_goal_and_per_extra_goal() -> None:
    """70 calls of 4.50 for 56 goals, 14 of them extra; the bounds are those of the rate and of the uplift."""
    found = effect(many((56, 70), (48, 80)))
    assert (found.cost, found.cost_of_all) == (315.0, 315.0)
    assert found.cost_per_goal.value == pytest.approx(315 / 56)
    assert found.cost_per_goal.low == pytest.approx(315 / (70 * (found.treated.rate.high or 0)))
    extra = found.cost_per_extra_goal
    assert extra.value == pytest.approx(315 / 14)
    assert (extra.low, extra.high) == (
        pytest.approx(315 / (70 * 0.33387), rel=1e-4),
        pytest.approx(315 / (70 * 0.05243), rel=1e-3),
    )


def test_an_extra_goal_that_may_not_be_there_has_no_upper_bound() -> None:
    """Where the interval of the uplift holds 0 an extra goal may cost anything; without uplift it is undefined."""
    unsure = effect(many((30, 60), (25, 60))).cost_per_extra_goal
    assert unsure.value is not None
    assert unsure.high is None
    assert unsure.note == "there may have been no extra goal"
    assert "no more often than the holdout" in effect(many((20, 60), (25, 60))).cost_per_extra_goal.note
    assert effect(many((20, 60), (10, 60), cost=False)).cost_per_goal.note == "undefined because no play had a cost"


def test_runs_of_one_customer_count_once() -> None:
    """Ten runs of one customer are one customer by the first run, and ten runs."""
    runs = [Run("ada", START_US + day * DAY, "", False, START_US + day * DAY + 1 if day else None) for day in range(10)]
    found = effect(runs)
    assert (found.treated.n, found.treated.n_goals) == (1, 0)
    assert (found.treated.n_runs, found.treated.n_run_goals) == (10, 9)


def test_an_open_customer_is_left_out_even_with_a_goal() -> None:
    """Ten days are over with the first instant after them: until then neither goal nor miss counts."""
    runs = [Run("ada", START_US, "", False, START_US + DAY), Run("bo", START_US, "", False, None)]
    on_time = effect(runs, START + timedelta(days=10))
    assert (on_time.treated.n, on_time.n_open, on_time.n_open_runs) == (0, 2, 2)
    after = effect(runs, START + timedelta(days=10, microseconds=1))
    assert (after.treated.n, after.treated.n_goals, after.n_open) == (2, 1, 0)


def test_a_goal_on_the_last_instant_counts_and_one_later_does_not() -> None:
    """Within ten times 24 hours, inclusive; later goals of another set-up of the playbook do not count."""
    runs = [
        Run("ada", START_US, "", False, START_US + 10 * DAY),
        Run("bo", START_US, "", False, START_US + 10 * DAY + 1),
    ]
    assert effect(runs).treated.n_goals == 1


def test_empty_arms_say_why() -> None:
    """Without a holdout, without anybody treated, without a goal: undefined because …, never 0 and never an error."""
    alone = effect(many((5, 40), (0, 0)))
    assert alone.uplift.note == alone.needed.note == "undefined because nobody is in the holdout"
    assert (alone.finding, alone.treated.rate.value, alone.holdout.rate.value) == ("unknown", 0.125, None)
    assert effect(many((0, 0), (5, 40))).uplift.note == "undefined because nobody was treated"
    nothing = effect([])
    assert nothing.uplift.note == "undefined because nobody was treated"
    assert nothing.n_open == 0
    aimless = Playbook("call_them", on=raised("fading"), steps=[Action("call")])
    found = effect_of_changes(aimless, *live_of(many((5, 40), (5, 40))), UNTIL)
    assert found.uplift.note == found.treated.rate.note == "undefined because the playbook has no goal"
    assert (found.treated.n, found.goal) == (40, "")


def test_few_customers_are_said() -> None:
    """Under 30 on one side the numbers say that they want care."""
    found = effect(many((30, 60), (3, 12)))
    assert found.treated.rate.note == ""
    assert found.holdout.rate.note == found.uplift.note == "only 12 customers: read it with care"


def test_a_goal_before_the_action_is_not_its_own() -> None:
    """A run whose goal came first is left out of what came after the action, and counted."""
    early = Run("ada", START_US, "", False, START_US + DAY, ((0, START_US + 2 * DAY), (1, START_US)))
    call, email = effect([early]).actions
    assert (call.action, call.n_runs, call.n_goals, call.n_after_goal) == ("call", 1, 1, 0)
    assert (email.action, email.n_runs, email.n_goals, email.n_after_goal) == ("send_email", 0, 0, 1)
    assert email.rate.note == "undefined because no such run is over"
    at_once = Run("ada", START_US, "", False, START_US + DAY, ((1, START_US + DAY),))
    assert effect([at_once]).actions[0].n_after_goal == 1


def test_a_play_at_the_end_has_not_happened() -> None:
    """The end is exclusive: a play decided right before it costs, one at it does not."""
    runs = [Run("ada", START_US, "", False, None, ((1, START_US + 24 * DAY), (0, START_US + 25 * DAY)))]
    assert effect(runs).cost_of_all == 4.5


def test_the_needed_size_is_for_the_uplift_seen_or_wanted() -> None:
    """With the shares as they were, or with another holdout; undefined where nothing differs."""
    found = effect(many((56, 70), (48, 80)))
    assert (found.needed.treated, found.needed.holdout) == (77, 88)
    assert found.needed_for(0.2).total == found.needed.total
    more = found.needed_for(0.05, power=0.9, holdout_share=0.1)
    assert (more.total or 0) > 5_000
    assert more.note == "to see +5.0 points from 60.0 % with power 90 %, confidence 95 %"
    assert effect(many((20, 40), (20, 40))).needed.note == "undefined because both rates are the same"
    assert effect(many((40, 40), (0, 40))).needed.total is not None
    assert effect(many((5, 40), (0, 0))).needed_for(0.1).note == "undefined because nobody is in the holdout"
    assert effect(many((0, 0), (4, 40))).needed_for(0.1, holdout_share=0.5).total is not None
    with pytest.raises(InvalidArgument, match=r"uplift=0\.5 from 0\.6"):
        found.needed_for(0.5)


def test_the_summary_is_for_people() -> None:
    """Arms, uplift, costs, what it takes, actions, what was left out."""
    open_one = Run("late", START_US + 20 * DAY, "", False, None)
    assert (
        str(effect([*many((56, 70), (48, 80)), open_one]))
        == """\
call_them: goal visits_30d >= 2 within 10 days, until 2026-01-30 00:00 UTC
  treated    80.0 % (69.2 to 87.7): 56 of 70 customers; 56 of 70 runs
  holdout    60.0 % (49.0 to 70.0): 48 of 80 customers; 48 of 80 runs
  uplift     +20.0 points (+5.2 to +33.4): raises the goal rate
  cost       315.00 for these customers, 315.00 for all runs
  per goal   5.62 (5.13 to 6.50): each goal of the treated
  per extra  22.50 (13.48 to 85.83): each goal that there would not have been
  needed     77 treated and 88 in the holdout: to see +20.0 points from 60.0 % with power 80 %, confidence 95 %
  step 0     80.0 % (69.2 to 87.7): call: 56 of 70 runs with it
  left out   customers 1, runs 1: their time for the goal is not over"""
    )


def test_an_effect_is_plain_values_too() -> None:
    """`to_dict` holds everything, the finding as well."""
    found = effect(many((56, 70), (48, 80))).to_dict()
    assert (found["finding"], found["treated"]["n"], found["actions"][0]["action"]) == (
        "raises the goal rate",
        70,
        "call",
    )


def test_wrong_arguments_are_refused() -> None:
    """A naive end, a confidence of 95, customers as texts here and numbers there."""
    with pytest.raises(InvalidArgument, match="no time zone"):
        effect([], datetime(2026, 1, 1))
    with pytest.raises(InvalidArgument, match="confidence=95"):
        effect_of_changes(BOOK, [], [], UNTIL, confidence=95)
    runs, plays = columns_of(many((1, 2), (1, 2)))
    texts = PlayColumns(plays.kinds, plays.customer.astype(str), plays.kind, plays.entered_us, plays.at_us)
    with pytest.raises(InvalidArgument, match="some columns hold numbers and others texts"):
        effect_of_columns(BOOK, runs, texts, UNTIL)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"customer": np.arange(3)}, "several lengths"),
        ({"playbook": np.array([0, 7])}, "from 0 to 7; give places from 0 to 0"),
        ({"playbook": np.array([0.0, 0.5])}, "give whole numbers"),
        ({"is_holdout": np.array([0, 1])}, "give flags"),
        ({"goal_us": np.array(["a", "b"])}, "give whole numbers"),
        ({"goal_us": np.zeros((2, 2), int)}, "has shape"),
    ],
)
def test_wrong_columns_are_refused(changed: dict[str, object], told: str) -> None:
    """The message says what is wrong with them."""
    given = {
        "customer": np.arange(2),
        "playbook": np.zeros(2, int),
        "entered_us": np.zeros(2, int),
        "is_holdout": np.zeros(2, bool),
        "goal_us": np.zeros(2, int),
    }
    with pytest.raises(InvalidArgument, match=told):
        RunColumns(("call_them",), **(given | changed))  # type: ignore[arg-type]


def test_a_narrower_goal_can_be_asked_of_the_same_runs() -> None:
    """The days are those of the playbook that is given: goals after them do not count."""
    runs = many((30, 60), (20, 60))
    sooner = attrs.evolve(BOOK, goal=Goal("visits_30d >= 2", within_days=2))
    found = effect_of_changes(sooner, *live_of(runs), START + timedelta(days=3))
    assert (found.treated.n, found.treated.n_goals) == (60, 0)
    assert found.until == datetime(2026, 1, 8, tzinfo=UTC)


def test_instants_may_be_numbers_or_datetimes() -> None:
    """Microseconds, `datetime64` and aware datetimes mean the same; a naive datetime is refused."""
    moments = [START, START + timedelta(microseconds=1)]
    columns = (np.array([START_US, START_US + 1]), np.array([START_US, START_US + 1], "M8[us]"), np.array(moments))
    for given_us in columns:
        flags, zeros = np.zeros(2, bool), np.zeros(2, int)
        assert RunColumns(("a",), zeros, zeros, given_us, flags, given_us).goal_us.tolist() == [START_US, START_US + 1]
    with pytest.raises(InvalidArgument, match="no time zone"):
        PlayColumns((), np.zeros(1, int), np.zeros(1, int), np.array([datetime(2026, 1, 1)]), np.zeros(1, int))
