"""Stages: census, flow, conversion and the time in them."""

from __future__ import annotations

import numpy as np
import pytest

from lifecycle import CustomerMachine, Definition, Story, TouchpointLog, replay, role
from lifecycle.errors import InvalidArgument
from lifecycle.kpi import (
    Apart,
    Cut,
    Period,
    WaitTally,
    measure,
    stage_census,
    stage_conversion,
    stage_flow,
    time_in_stage,
)
from lifecycle.tally import CountsTally, RatioTally
from lifecycle.value import DurationTally

from .club import cut_of, touch

MONTHS = [f"2025-{month:02d}" for month in range(1, 13)]


def _year(period: str = "2026") -> Cut:
    told = [touch("2025-12-20", "visit", who="old"), touch("01-03", "joined", who="old")]
    told += [touch("01-01", "visit", who=who) for who in ("ann", "bob", "cay", "dan")]
    told += [touch("02-01", "joined", who=who) for who in ("ann", "bob", "cay")]
    told += [touch("02-11", "left", who="ann"), touch("03-03", "left", who="bob"), touch("04-01", "joined", who="ann")]
    return cut_of(told, period)


def test_the_census_tells_who_stands_where() -> None:
    """At the end of February, everything strictly before it having happened; who has not begun is nowhere."""
    assert stage_census(_year("2026-02")) == CountsTally({"guest": 1, "member": 3, "gone": 1})
    assert stage_census(_year("2025-12")) == CountsTally({"guest": 1})


def test_the_flow_tells_who_moved_where() -> None:
    """With those who begin; a move at the end of the period belongs to the next."""
    assert stage_flow(_year("2026-01")) == CountsTally({"(new) → guest": 4, "guest → member": 1})
    assert stage_flow(_year("2026-02")) == CountsTally({"guest → member": 3, "member → gone": 1})
    assert stage_flow(_year("2026-04")) == CountsTally({"gone → member": 1})


@pytest.mark.parametrize("month", MONTHS)
def test_opening_and_moves_make_the_closing(made_story: Story, month: str) -> None:
    """For every stage: census before + in − out = census after."""
    cut = Cut(made_story, Period.of(month, "UTC"))
    before, flow, after = stage_census(cut.in_period(cut.period.previous())), stage_flow(cut), stage_census(cut)
    assert isinstance(before, CountsTally)
    assert isinstance(flow, CountsTally)
    assert isinstance(after, CountsTally)
    moves = [(name.split(" → "), count) for name, count in flow.counts]
    for stage in made_story.stages:
        into = sum(count for (_, target), count in moves if target == stage.id)
        out = sum(count for (source, _), count in moves if source == stage.id)
        assert before[stage.id] + into - out == after[stage.id]


def test_census_and_flow_are_those_of_the_story(made_story: Story) -> None:
    """The tables of the story, month by month, tell the same."""
    census = {str(row["period"])[:7]: row for row in made_story.census("month").rows()}
    flow = made_story.flow("month")
    for month in MONTHS:
        cut = Cut(made_story, Period.of(month, "UTC"))
        wanted = {stage.id: census[month][stage.id] for stage in made_story.stages}
        assert stage_census(cut) == CountsTally(wanted)
        moves = {
            f"{row['source']} → {row['target']}": row["moves"] for row in flow.rows() if str(row["period"])[:7] == month
        }
        assert stage_flow(cut) == CountsTally(moves)


def test_conversion_is_of_the_stays_begun_in_the_period() -> None:
    """Of the four guests of January none is a member at its end, and three in the year: Dan is still a guest."""
    assert stage_conversion(_year("2026-01")) == Apart(RatioTally(0, 4), 4, "of them still in prospect")
    assert stage_conversion(_year()) == Apart(RatioTally(3, 4), 1, "of them still in prospect")


def test_conversion_by_way_of_others_counts_until_one_comes_again() -> None:
    """Of four stays as a member two ended gone; Ann's second one has not, though her first did."""
    back = stage_conversion.using({"source": "member", "target": "gone"})
    assert back(_year()) == Apart(RatioTally(2, 5), 3, "of them still in member")
    assert stage_conversion.using({"source": "guest", "target": "gone"})(_year()).tally == RatioTally(2, 4)  # type: ignore[attr-defined]


class Stairs(CustomerMachine):
    """Up, down again, and up to the top."""

    low, middle, top = role.prospect(initial=True), role.active(), role.active()
    up = low.to(middle) | middle.to(top)
    down = middle.to(low)


def test_each_stay_has_its_own_outcome() -> None:
    """Who was low twice reached the top from the second time only; nobody is low any more."""
    told = [touch("01-01", "visit"), touch("01-02", "up"), touch("01-03", "down"), touch("01-04", "up")]
    log = TouchpointLog.from_touchpoints([*told, touch("01-05", "up")])
    cut = Cut(replay(Definition(Stairs, name="stairs"), log, until="2026-03-01"), Period.of("2026-01", "UTC"))
    found = stage_conversion.using({"source": "low", "target": "top"})(cut)
    assert found == Apart(RatioTally(1, 2), 0, "of them still in low")


def test_conversion_into_what_lies_inside_counts() -> None:
    """A role as the source and one of its stages as the target: all who are active are members."""
    into = stage_conversion.using({"source": "active", "target": "member"})
    assert into(_year()).tally == RatioTally(5, 5)  # type: ignore[attr-defined]


def test_what_is_no_stage_is_refused() -> None:
    """With the nearest known one; and a stage cannot convert into itself."""
    with pytest.raises(InvalidArgument, match=r"'membr'.*member"):
        time_in_stage.using({"stage": "membr"})(_year())
    with pytest.raises(InvalidArgument, match="source and target are both 'member'"):
        stage_conversion.using({"source": "member", "target": "member"})(_year())
    with pytest.raises(InvalidArgument, match="begun='always' is neither 'period' nor 'ever'"):
        time_in_stage.using({"begun": "always"})(_year())


def test_time_in_a_stage_counts_who_is_still_there() -> None:
    """In February three became members: ten days, and two who stay until its end; Old became one before."""
    day = 86_400
    of_month = time_in_stage(_year("2026-02"))
    assert of_month == WaitTally(DurationTally.of([10 * day, 28 * day, 28 * day], [True, False, False]), per=day)
    ever = time_in_stage.using({"begun": "ever"})(_year("2026-02"))
    wanted = DurationTally.of([10 * day, 28 * day, 28 * day, 57 * day], [True, False, False, False])
    assert ever == WaitTally(wanted, per=day)
    found = measure(_year("2026-03"), time_in_stage.using({"begun": "ever"}))
    assert (found.value, found.unit) == (30, "days")
    assert found.notes[-1] == "2 of 4 not yet: counted as censored"


def test_moves_inside_a_compound_do_not_end_a_stay(made_story: Story) -> None:
    """As many stays in the role as moves into it from outside, and as much time as in its stages together."""
    cut = Cut(made_story, Period.of("2025", "UTC"))
    ever = time_in_stage.using({"begun": "ever"})
    whole = ever(cut)
    stages = [stage.id for stage in made_story.stages if stage.role == "active"]
    parts = [ever.using({"stage": stage})(cut) for stage in stages]
    assert isinstance(whole, WaitTally)
    assert whole.waits.n_customers == len(
        Cut(made_story, Period.of(("2024-01-01", "2026-01-01"), "UTC")).moves_into("active")
    )
    assert _total(whole) == pytest.approx(sum(map(_total, parts)), abs=200)  # whole seconds, stay by stay


def _total(tally: object) -> int:
    assert isinstance(tally, WaitTally)
    return int(np.sum(tally.waits.duration * (tally.waits.n_events + tally.waits.n_censored)))
