"""A story whose playbooks are run over its log."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from lifecycle import Definition, Story, Touchpoint, TouchpointLog, replay
from lifecycle.errors import InvalidArgument, UnknownCustomer
from lifecycle.playbooks import Action, Cap, Goal, Playbook, QuietHours, entered, raised
from tests.playbooks.gym import Closed, at, gym, touch

CALL = Playbook(
    "call",
    on=raised("fading"),
    steps=[
        Action("call", channel="phone", owners=["trainer", "desk"], cost=5.0),
        Action("mail", channel="email", after_days=3),
    ],
    goal=Goal(touchpoint="visit", within_days=7),
    exit="stage == 'lapsed'",
    holdout=0.3,
)
HELLO = Playbook("hello", on=entered("trial"), steps=[Action("mail", channel="email")], purpose="onboard")
WHO = [f"c{number}" for number in range(20)]


def histories() -> list[Touchpoint]:
    """Twenty customers who join; every third comes back after two weeks."""
    found = []
    for number, who in enumerate(WHO):
        found += [touch("01-01 08:00", "welcomed", who), touch("01-02 09:00", "joined", who)]
        if number % 3 == 0:
            found.append(touch("01-16 10:00", "visit", who))
    return found


def played(definition: Definition | None = None) -> Story:
    """The story until the end of March."""
    made = gym(CALL, HELLO, policies=[QuietHours("21:00", "08:00"), Cap(1, 2)]) if definition is None else definition
    return replay(made, TouchpointLog.from_touchpoints(histories()), until="2026-04-01")


@pytest.mark.smoke
def test_plays_are_those_of_the_live_engine() -> None:
    """The same keys at the same instants, and the same held and dropped ones."""
    story = played()
    steps = [step for who in WHO for step in story.plays_of(who)]
    assert list(story.plays()["key"]) == [play.key for step in steps for play in step.plays]
    assert list(story.plays()["at"].astype("i8")) == [play.at_us for step in steps for play in step.plays]
    assert len(story.held()) == sum(len(step.held) for step in steps) > 0
    assert set(story.held()["policy"]) == {"quiet_hours", "holdout"}
    assert len(story.dropped()) == sum(len(step.dropped) for step in steps)
    assert len(story.runs()) == sum(len(step.runs) for step in steps)
    assert story.simulation is story.simulation


def test_the_customer_of_a_story_goes_on_live() -> None:
    """With its runs: what is left to do comes later."""
    definition = gym(Playbook("late", on=entered("trial"), steps=[Action("mail", after_days=100)]))
    customer = played(definition).live("c0")
    step = definition.pass_time(customer, datetime(2026, 5, 1, tzinfo=UTC))
    assert [play.action for play in step.plays] == ["mail"]


def test_an_effect_counts_goals_of_both_sides() -> None:
    """Who came back within a week of the signal, of the treated and of the holdout."""
    story = played()
    found = story.effect("call")
    runs = story.runs()
    is_entry = (runs["event"] == "entered") & (runs["playbook"] == "call")
    assert found.treated.n + found.holdout.n == len(set(runs["customer"][is_entry])) == 20
    assert found.holdout.n == len(set(runs["customer"][is_entry & runs["is_holdout"]])) > 0
    assert found.treated.n_goals + found.holdout.n_goals == 7
    with pytest.raises(InvalidArgument, match="there is no playbook 'cal'; playbooks: call, hello"):
        story.effect("cal")


def test_weeks_contacts_and_load() -> None:
    """Every decided play is in one week, one channel, and the load of each of its roles."""
    story = played()
    n_plays = len(story.plays())
    weeks = story.plays_by_week()
    assert int(weeks["decided"].sum()) == n_plays
    assert np.datetime64("2026-01-05") in weeks["week"]
    contacts = story.contacts()
    assert int(contacts["plays"][list(contacts["channel"]).index("(all)")]) == n_plays
    calls = int((story.plays()["action"] == "call").sum())
    assert int(story.load()["trainer"].sum()) == int(story.load()["desk"].sum()) == calls > 0


def test_who_is_forgotten_and_how_plays_and_losses_meet() -> None:
    """Nobody heard of anything since the middle of January, and all are lost by March."""
    story = played()
    found = story.forgotten(60)
    assert set(found["customer"]) == set(WHO)
    assert float(found["days"].max()) < 91
    lost = story.churn_overlap("call", days=40)
    assert lost.reached.value is not None
    everything = story.churn_overlap(days=40)
    assert everything.lost_after.value is not None


def test_two_set_ups_are_compared_play_by_play() -> None:
    """A later step of one playbook is told as moved."""
    story = played(gym(HELLO))
    later = played(gym(Playbook("hello", on=entered("trial"), steps=[Action("mail", channel="email", after_days=2)])))
    table = story.play_diff(later).by_playbook
    assert [int(table[name][0]) for name in ("before", "after", "moved", "same")] == [20, 20, 20, 0]


def test_why_there_is_no_play() -> None:
    """What starts it, what stands in the way, and when it is worth another try."""
    story = played(gym(CALL, HELLO, policies=[Closed("03-20")]))
    found = story.why_no_play("c1", "call", "2026-01-08")
    assert not found.is_free
    assert [reason.matter for reason in found.reasons] == ["trigger", "policy"]
    assert "days_since_visit 6 ≥ 10 ✗" in str(found)
    assert found.reasons[1].next_try == at("03-20")
    running = story.why_no_play("c1", "call", "2026-01-12")
    assert "its last run has not ended" in str(running)
    assert "call is held back" in str(running)
    free = played(gym(CALL)).why_no_play("c1", "call", "2026-01-08")
    assert free.is_free == (free.reasons[-1].matter == "trigger")
    assert str(free).startswith("call for c1 at 2026-01-07 23:59\n  trigger: it starts with: signal 'fading' raised")
    for playbook, when, message in (("cal", None, "did you mean 'call'?"), ("call", "2025-12-31", "had not begun")):
        with pytest.raises(InvalidArgument, match=message):
            story.why_no_play("c1", playbook, when)
    with pytest.raises(UnknownCustomer):
        story.why_no_play("nobody", "call")


def test_a_definition_says_why_not_live() -> None:
    """The same question to a live customer."""
    definition = gym(CALL)
    customer = definition.begin(touch("01-01", "welcomed")).customer
    found = definition.why_not(customer, "call", at("01-05"))
    assert found.reasons[0].matter == "trigger"
    with pytest.raises(InvalidArgument, match="has no playbooks"):
        gym().why_not(gym().begin(touch("01-01", "welcomed")).customer, "call", at("01-05"))


def test_without_playbooks_there_is_nothing_to_ask() -> None:
    """Each question says what is missing."""
    story = played(gym())
    for ask in (story.plays, story.held, story.runs, story.plays_by_week, story.contacts, story.load, story.forgotten):
        with pytest.raises(InvalidArgument, match="the definition has no playbooks"):
            ask()
    assert story.plan is None
