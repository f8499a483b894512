"""Onboarding: completed within n days, milestones by their day, and the time to the first value."""

from __future__ import annotations

from collections import Counter
from functools import cache

import attrs
import pytest

from lifecycle import (
    Blueprint,
    Count,
    CustomerMachine,
    Definition,
    Milestone,
    Story,
    Touchpoint,
    TouchpointLog,
    replay,
    role,
)
from lifecycle.errors import InvalidArgument
from lifecycle.kpi import (
    Apart,
    Cut,
    Period,
    WaitTally,
    measure,
    milestone_rate,
    onboarding_completion_rate,
    overdue_milestones,
    time_to_first_value,
)
from lifecycle.tally import CountsTally, RatioTally
from lifecycle.value import DurationTally

from .club import cut_of, touch


class School(CustomerMachine):
    """Pupils learn, and then use it by themselves."""

    lead = role.prospect(initial=True)
    onboarding, adoption = role.active(), role.active()
    gone = role.lost()
    joined = lead.to(onboarding)
    use = onboarding.to(adoption, cond="uses >= 2")
    left = onboarding.to(gone) | adoption.to(gone)


STEPS = (Milestone("setup", "setups >= 1", due_days=7), Milestone("habit", "uses >= 2", due_days=20))


@cache
def _school(*, has_blueprint: bool = True) -> Definition:
    bare = Definition(School, name="school", facts={"setups": Count("setup"), "uses": Count("use")})
    first = Blueprint("onboarding", STEPS, start="onboarding", first_value="setup")
    later = Blueprint("journey", (Milestone("more", "uses >= 9", due_days=10),))
    return attrs.evolve(bare, blueprints=(first, later)) if has_blueprint else bare


def _told() -> list[Touchpoint]:
    told = [touch("01-01", "visit", who=who) for who in ("ann", "bob", "cay", "dan", "eve", "fay")]
    told += [touch("01-10 15:00", "joined", who=who) for who in ("ann", "bob", "cay", "dan")]
    # Ann: set up on day 2, by habit on day 20, the last one. Bob: a day too late with both. Cay: leaves.
    told += [touch("01-12 01:00", "setup", who="ann"), touch("01-15", "use", who="ann")]
    told += [touch("01-30 23:00", "use", who="ann")]
    told += [touch("01-18", "setup", who="bob"), touch("01-19", "use", who="bob"), touch("01-31", "use", who="bob")]
    told += [touch("01-10 16:00", "setup", who="cay"), touch("01-20", "left", who="cay")]
    # Eve begins later; Fay never does.
    told += [touch("01-20", "joined", who="eve"), touch("01-24", "setup", who="eve")]
    return sorted(told, key=lambda one: one.at)


def _cut(period: object = ("2026-01-01", "2026-02-01"), *, has_blueprint: bool = True) -> Cut:
    log = TouchpointLog.from_touchpoints(_told())
    definition = _school(has_blueprint=has_blueprint)
    return Cut(replay(definition, log, until="2026-06-01"), Period.of(period, "UTC"))  # type: ignore[arg-type]


def test_completed_is_who_reached_all_milestones_in_time() -> None:
    """Of the four whose 20 days ended in January only Ann; Eve is still within hers, and counts in February."""
    twenty = onboarding_completion_rate.using({"days": 20})
    assert twenty(_cut()) == Apart(RatioTally(1, 4), 1, "still within their 20 days")
    assert twenty(_cut("2026-02")) == Apart(RatioTally(0, 1), 0, "still within their 20 days")
    assert twenty.using({"milestone": "setup"})(_cut()).tally == RatioTally(3, 4)  # type: ignore[attr-defined]


def test_each_counts_in_the_period_in_which_the_last_day_ends() -> None:
    """Day 20 is 30 January: not before it is over, and never twice."""
    twenty = onboarding_completion_rate.using({"days": 20})
    by_day = [twenty(_cut(f"2026-01-{day}")) for day in (29, 30, 31)]
    assert [one.tally for one in by_day] == [RatioTally(), RatioTally(1, 4), RatioTally()]  # type: ignore[attr-defined]
    assert [one.n for one in by_day] == [5, 1, 1]  # type: ignore[attr-defined]


def test_without_a_blueprint_the_stage_tells() -> None:
    """Ann on day 20 and Bob on day 21 go on to another active stage; Cay leaves, which is no completion."""
    bare = _cut(("2026-01-01", "2026-03-01"), has_blueprint=False)
    twenty = onboarding_completion_rate.using({"days": 20})
    assert twenty(bare).tally == RatioTally(1, 5)  # type: ignore[attr-defined]
    assert twenty.using({"days": 21})(bare).tally == RatioTally(2, 5)  # type: ignore[attr-defined]


def test_what_cannot_be_asked_is_refused() -> None:
    """Neither blueprint nor stage; no such milestone; no days; no first value."""
    with pytest.raises(InvalidArgument, match="neither a blueprint nor a stage 'onboarding'; blueprints: none"):
        onboarding_completion_rate(cut_of([touch("01-01", "joined")]))
    with pytest.raises(InvalidArgument, match="no milestone 'goal'; milestones: setup, habit"):
        onboarding_completion_rate.using({"milestone": "goal"})(_cut())
    with pytest.raises(InvalidArgument, match="days=-1 is negative"):
        onboarding_completion_rate.using({"days": -1})(_cut())
    with pytest.raises(InvalidArgument, match="no blueprint 'arrival'; blueprints: onboarding, journey"):
        milestone_rate.using({"blueprint": "arrival"})(_cut())
    with pytest.raises(InvalidArgument, match="blueprint 'journey' names no first value"):
        time_to_first_value.using({"blueprint": "journey"})(_cut())


def test_a_milestone_counts_when_its_day_is_over() -> None:
    """Set up by day 7: Ann, Cay and Eve of five, Bob on day 8. By habit by day 20: Ann of four, Eve's is not due."""
    assert milestone_rate.using({"milestone": "setup"})(_cut()) == Apart(RatioTally(3, 5), 0, "not due yet")
    assert milestone_rate.using({"milestone": "habit"})(_cut()) == Apart(RatioTally(1, 4), 1, "not due yet")
    assert milestone_rate(_cut()) == Apart(RatioTally(4, 9), 1, "not due yet")


def test_overdue_is_what_is_not_reached_past_its_day() -> None:
    """On 1 February Dan lacks both; Bob got there late, Cay is lost. The journey of all others is late."""
    wanted = {"onboarding: setup": 1, "onboarding: habit": 1, "journey: more": 5}
    assert overdue_milestones(_cut()) == CountsTally(wanted)
    assert overdue_milestones.using({"blueprint": "journey"})(_cut()) == CountsTally({"journey: more": 5})


def test_nothing_is_overdue_on_its_day() -> None:
    """Set-up is due on 17 January: late are two of four at the end of the 18th, none a day before."""
    only = overdue_milestones.using({"blueprint": "onboarding"})
    late = [only(_cut(f"2026-01-{day}"))["onboarding: setup"] for day in (17, 18)]  # type: ignore[index]
    assert late == [0, 1]


def test_the_first_value_counts_who_waits() -> None:
    """Two days, eight, none and four; Dan waits since 21 days. The median of the five is 4."""
    waits = DurationTally.of([2, 8, 0, 21, 4], [True, True, True, False, True])
    assert time_to_first_value(_cut()) == WaitTally(waits)
    found = measure(_cut(), time_to_first_value)
    assert (found.value, found.unit, found.numerator, found.denominator) == (4, "days", 4, 5)
    assert found.notes[-1] == "1 of 5 not yet: counted as censored"


def test_the_first_value_is_of_those_who_started_in_the_period() -> None:
    """From 20 January only Eve; before that day she is not there yet."""
    assert time_to_first_value(_cut("2026-01-20")) == WaitTally(DurationTally.of([0], [False]))
    assert time_to_first_value(_cut("2026-02")) == WaitTally()
    found = measure(_cut("2026-01-20"), time_to_first_value)
    assert found.value is None
    assert found.notes[0].startswith("undefined because it has happened to fewer than 50 %")


def test_the_numbers_are_those_of_the_story(made_story: Story) -> None:
    """The tables of the story, customer by customer, give the same tallies."""
    cut = Cut(made_story, Period.of("2025", "UTC"))
    rows = [*made_story.time_to_first_value("2026-01-01").rows()]
    waits = [(row["days"], row["is_reached"]) for row in rows if str(row["start"]) >= "2025-01-01"]
    days, is_reached = zip(*waits, strict=True)
    assert time_to_first_value(cut) == WaitTally(DurationTally.of(days, is_reached))
    lost = {row["customer"] for row in made_story.as_of("2026-01-01").rows() if row["stage"] == "churn"}
    overdue = [*made_story.milestones("2026-01-01", status="overdue").rows()]
    names = Counter(f"{row['blueprint']}: {row['milestone']}" for row in overdue if row["customer"] not in lost)
    assert overdue_milestones(cut) == CountsTally(names)
