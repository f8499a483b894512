"""Signals live and in columns: once per episode, at exact moments, where they are watched, reading each other (S17)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lifecycle import (
    Count,
    CustomerMachine,
    Definition,
    Gap,
    Last,
    Ratio,
    Tenure,
    Timer,
    Touchpoint,
    TouchpointLog,
    replay,
    role,
)
from lifecycle.errors import InvalidArgument, UnknownCustomer
from lifecycle.signs import Blueprint, Health, Measure, Milestone, Segment, Signal

from .club import TICK, both, club, shown, tp, utc

pytestmark = pytest.mark.smoke

JOINED = tp("joined", "2026-01-01T12:00")
QUIET = Signal("quiet", "quiet > 5", topic="churn", severity="critical", text="Quiet", text_ja="沈黙")
LOW = Signal("low", "score <= 6")


def test_an_episode_is_told_once() -> None:
    """Asked every day for months, the signal is told on the day it is raised and on the day it is cleared."""
    definition = club(QUIET)
    step = definition.begin(JOINED)
    told = []
    for day in range(60):
        step = definition.pass_time(step.customer, utc("2026-01-01T18:00") + timedelta(days=day))
        told += [(day, change) for change in step.signals]
    ((day, raised),) = told
    assert (day, raised.signal, raised.is_raised, raised.cause) == (6, "quiet", True, "time")
    (cleared,) = definition.advance(step.customer, tp("visit", "2026-03-05T09:00")).signals
    assert (cleared.is_raised, cleared.cause, shown(cleared.at)) == (False, "touchpoint", "2026-03-05T09:00")
    whole = both(definition, JOINED, tp("visit", "2026-03-05T09:00"), until="2026-03-06")
    assert whole.signals == (raised, cleared)
    (row,) = whole.story.episodes("quiet").rows()
    assert row == {
        "customer": "ann", "signal": "quiet", "start": datetime(2026, 1, 7), "end": datetime(2026, 3, 5, 9),
        "start_cause": "time", "end_cause": "touchpoint",
    }  # fmt: skip


def test_a_change_says_what_and_why() -> None:
    """A change carries topic, severity, the instant in the definition's zone and the figures; it prints in words."""
    definition = club(QUIET, zone="Asia/Tokyo")
    told = both(definition, JOINED, tp("visit", "2026-01-20T09:00"), until="2026-01-21")
    raised, cleared = told.signals
    assert (raised.customer, raised.topic, raised.severity) == ("ann", "churn", "critical")
    assert raised.at.isoformat() == "2026-01-07T00:00:00+09:00"
    assert raised.figures[0].values == (("quiet", 6),)
    assert str(raised) == "quiet (critical) raised on 2026-01-07; quiet 6 > 5"
    assert str(cleared) == "quiet (critical) cleared on 2026-01-20 18:00; quiet 0 > 5 ✗"
    left = both(definition, JOINED, tp("left", "2026-01-20T09:00"), until="2026-01-21").signals[1]
    assert str(left) == "quiet (critical) cleared on 2026-01-20 18:00: stage left"
    assert left.figures == ()


def test_a_step_tells_its_signals() -> None:
    """`why` gives stage, signals and milestones in the order in which they happened."""
    plan = Blueprint("b", [Milestone("here", "tenure >= 0", due_days=1)])
    definition = club(QUIET, Signal("new", "stage == 'trial'"), blueprints=[plan])
    step = definition.begin(JOINED)
    assert step.why() == (
        "lead → trial on 2026-01-01 12:00: 'joined'\n"
        "new (warning) raised on 2026-01-01 12:00; stage 'trial' = 'trial'\n"
        "b: here reached on 2026-01-01 12:00; tenure 0 ≥ 0"
    )
    assert definition.pass_time(step.customer, utc("2026-01-03")).why() == "ann stays in trial"
    later = definition.advance(step.customer, tp("upgraded", "2026-01-09T12:00"))
    assert [line.split(" on ")[0] for line in later.why().splitlines()] == [
        "quiet (critical) raised", "trial → full", "new (warning) cleared",
    ]  # fmt: skip


# --- what is up now -------------------------------------------------------------------------------------------------


def test_what_is_up() -> None:
    """`signals_of` gives what is up in declared order with the figures of now; so does the table of that moment."""
    definition = club(LOW, QUIET)
    told = both(definition, JOINED, tp("rated", "2026-01-08T09:00", score=5), until="2026-01-12")
    raised = definition.signals_of(told.customer, utc("2026-01-11T23:59"))
    assert [one.signal for one in raised] == [LOW, QUIET]
    assert [one.since.isoformat() for one in raised] == ["2026-01-08T09:00:00+00:00", "2026-01-07T00:00:00+00:00"]
    assert str(raised[1]) == "quiet (critical) since 2026-01-07; quiet 10 > 5"
    table = told.story.signals()
    assert table["customer"].tolist() == ["ann", "ann"]
    assert table["signal"].tolist() == ["low", "quiet"]
    assert table["stage"].tolist() == ["trial", "trial"]
    assert table["since"].tolist() == [datetime(2026, 1, 8, 9), datetime(2026, 1, 7)]
    assert told.story.signals("2026-01-07")["signal"].tolist() == []
    assert told.story.signals(utc("2026-01-07") + TICK)["signal"].tolist() == ["quiet"]
    assert told.story.signs_at()["signal_low"].tolist() == [True]


def test_reading_does_not_change_the_customer() -> None:
    """What is up later is told without moving the customer on."""
    definition = club(QUIET)
    customer = definition.begin(JOINED).customer
    assert [one.signal.name for one in definition.signals_of(customer, utc("2026-06-01"))] == []  # away by then
    assert [one.signal.name for one in definition.signals_of(customer, utc("2026-02-01"))] == ["quiet"]
    assert definition.signals_of(customer, utc("2026-01-02")) == ()


def test_many_customers_keep_apart() -> None:
    """Each customer has its own episodes; tables are in order of signal, customer and time."""
    definition = club(LOW, QUIET)
    touchpoints = [
        tp("joined", "2026-01-01T12:00", "ann"), tp("rated", "2026-01-02T09:00", "ann", score=5),
        tp("joined", "2026-01-05T12:00", "bob"), tp("rated", "2026-01-06T09:00", "bob", score=9),
        tp("rated", "2026-01-07T09:00", "bob", score=1), tp("joined", "2026-01-20T12:00", "cy"),
    ]  # fmt: skip
    story = replay(definition, TouchpointLog.from_touchpoints(touchpoints), until="2026-01-22")
    rows = [(row["customer"], row["signal"], f"{row['start']:%d %H}") for row in story.episodes().rows()]
    assert rows == [
        ("ann", "low", "02 09"),
        ("bob", "low", "07 09"),
        ("ann", "quiet", "07 00"),
        ("bob", "quiet", "11 00"),
    ]
    assert [change.signal for change in story.signals_of("bob")] == ["low", "quiet"]
    assert story.signals_of("cy") == ()
    with pytest.raises(UnknownCustomer):
        story.signals_of("dee")
    with pytest.raises(InvalidArgument, match="there is no signal 'quite'; signals: low, quiet"):
        story.episodes("quite")


def test_nobody_at_all() -> None:
    """An empty log has empty tables of the same columns."""
    story = replay(club(QUIET), TouchpointLog.from_touchpoints([]), until="2026-01-01")
    assert len(story.signals()) == len(story.episodes()) == len(story.signs_at()) == 0


# --- exact moments --------------------------------------------------------------------------------------------------

MIDNIGHTS = [
    # zone, visit (UTC), days, the instant (UTC) of the midnight so many days after
    ("UTC", "2024-01-30T23:59:59.999999", 30, "2024-02-29T00:00"),
    ("Asia/Tokyo", "2024-01-30T14:59:59", 1, "2024-01-30T15:00"),
    ("Asia/Tokyo", "2024-01-30T15:00", 1, "2024-01-31T15:00"),
    ("America/New_York", "2024-03-10T12:00", 1, "2024-03-11T04:00"),
    ("America/New_York", "2024-11-03T12:00", 1, "2024-11-04T05:00"),
    ("Europe/London", "2024-03-30T12:00", 1, "2024-03-31T00:00"),  # clocks go forward an hour later
    ("Europe/London", "2024-03-31T12:00", 1, "2024-03-31T23:00"),
    ("Europe/London", "2024-10-26T12:00", 1, "2024-10-26T23:00"),  # clocks go back two hours later
    ("Europe/London", "2024-10-27T12:00", 1, "2024-10-28T00:00"),
    ("America/Sao_Paulo", "2018-11-03T12:00", 1, "2018-11-04T03:00"),  # 00:00 is skipped: the day begins at 01:00
    ("America/Sao_Paulo", "2018-11-01T12:00", 7, "2018-11-08T02:00"),
    ("America/Sao_Paulo", "2018-02-17T12:00", 1, "2018-02-18T03:00"),  # 23:00 comes twice the evening before
    ("America/Sao_Paulo", "2018-02-18T02:30", 1, "2018-02-18T03:00"),
    ("Asia/Kathmandu", "2024-05-05T18:14", 1, "2024-05-05T18:15"),
    ("Pacific/Apia", "2011-12-29T12:00", 1, "2011-12-30T10:00"),  # 30 December 2011 never came there
    ("Pacific/Apia", "2011-12-29T12:00", 2, "2011-12-30T10:00"),
    ("Pacific/Apia", "2011-12-29T12:00", 3, "2011-12-31T10:00"),
]


def timed(zone: str, days: int) -> Definition:
    """Signs of which time changes each so many days after a visit."""
    return club(
        Signal("gone", f"unseen >= {days}"),
        Signal("there", "seen_lately >= 1"),
        Signal("kept", "visits >= 1", dwell_days=days),
        zone=zone, timers=(), facts={"seen_lately": Count("visit").within(days)},
        blueprints=[Blueprint("b", [Milestone("never", "visits >= 9", due_days=days - 1)], start="trial")],
    )  # fmt: skip


@pytest.mark.parametrize(("zone", "visit", "days", "due"), MIDNIGHTS)
def test_time_changes_signs_at_midnights_of_the_zone(zone: str, visit: str, days: int, due: str) -> None:
    """Raised by age, cleared by a window, ripe by dwell, overdue: all at the first instant of the day, not before."""
    definition, at = timed(zone, days), utc(due)
    joined, seen = tp("joined", visit), tp("visit", visit)
    wanted = [("gone", True, shown(at), "time"), ("there", False, shown(at), "time"), ("kept", True, shown(at), "time")]
    before = both(definition, joined, seen, until=at)
    assert before.changes() == [("there", True, visit[:16], "touchpoint")]
    assert before.steps() == []
    after = both(definition, joined, seen, until=at + TICK)
    assert sorted(after.changes()[1:]) == sorted(wanted)
    assert after.steps() == [("never", False, shown(at), "time")]


@pytest.mark.parametrize(("zone", "visit", "days", "due"), MIDNIGHTS)
def test_a_touchpoint_at_midnight_comes_after_it(zone: str, visit: str, days: int, due: str) -> None:
    """A visit at the first instant of the day finds what midnight did, and undoes it: episodes of no length."""
    definition, at = timed(zone, days), utc(due)
    told = both(definition, tp("joined", visit), tp("visit", visit), Touchpoint("ann", "visit", at), until=at + TICK)
    mine = [change for change in told.changes() if change[0] in ("gone", "there")]
    assert mine == [
        ("there", True, visit[:16], "touchpoint"),
        ("gone", True, shown(at), "time"), ("there", False, shown(at), "time"),
        ("gone", False, shown(at), "touchpoint"), ("there", True, shown(at), "touchpoint"),
    ]  # fmt: skip
    (row,) = told.story.episodes("gone").rows()
    assert row["start"] == row["end"] == at.replace(tzinfo=None)


@pytest.mark.parametrize("zone", ["UTC", "America/Sao_Paulo", "Asia/Tokyo"])
def test_a_first_touchpoint_at_midnight(zone: str) -> None:
    """Who begins at 00:00 did not live through that midnight: dwell counts from the next."""
    definition = club(Signal("kept", "tenure >= 0", dwell_days=2), zone=zone)
    calendar = definition.program.calendar
    first = calendar.midnight(calendar.day_on(utc("2018-11-04").date())).astimezone(UTC)
    told = both(definition, Touchpoint("ann", "joined", first), until=first + timedelta(days=4))
    second = calendar.midnight(calendar.day_on(utc("2018-11-06").date())).astimezone(UTC)
    assert told.changes() == [("kept", True, shown(second), "time")]


def test_episodes_of_no_length_are_kept() -> None:
    """Raised and cleared by two touchpoints of one instant, and raised again by a third: two episodes."""
    at = "2026-01-03T09:00"
    rated = [tp("rated", at, score=score) for score in (5, 9, 4)]
    told = both(club(LOW), JOINED, *rated, until="2026-01-05")
    assert told.changes() == [
        ("low", True, at, "touchpoint"),
        ("low", False, at, "touchpoint"),
        ("low", True, at, "touchpoint"),
    ]
    rows = [(row["start"], row["end"]) for row in told.story.episodes().rows()]
    moment = datetime(2026, 1, 3, 9)
    assert rows == [(moment, moment), (moment, None)]
    assert told.story.signals()["since"].tolist() == [moment]


def test_midnights_count_while_it_is_up() -> None:
    """A dwell counts on while the signal is up between its two thresholds, also when only time makes it true again."""
    definition = club(Signal("patient", "quiet > 5 or grade >= 1", clear="score >= 8", dwell_days=3))
    touchpoints = [
        tp("rated", "2026-01-01T13:00", grade=0), tp("visit", "2026-01-10T09:00"),
        tp("rated", "2026-01-20T08:00", score=9), tp("visit", "2026-01-20T09:00"),
        tp("rated", "2026-01-20T10:00", grade=1),
    ]  # fmt: skip
    told = both(definition, JOINED, *touchpoints, until="2026-01-31")
    assert told.changes() == [  # true at the midnights of the 7th to the 10th, and from the 16th on
        ("patient", True, "2026-01-09T00:00", "time"), ("patient", False, "2026-01-20T09:00", "touchpoint"),
        ("patient", True, "2026-01-21T00:00", "time"),
    ]  # fmt: skip


# --- where it is watched --------------------------------------------------------------------------------------------

WHERE = [
    # stages=, the stages (of lead, trial, full, away, back) in which it is watched
    (None, "trial full back"),
    ("active", "trial full"),
    ("inside", "trial full"),
    ("full", "full"),
    (("lost", "returning"), "away back"),
    (("prospect", "full"), "lead full"),
    (("lead", "away", "lost"), "lead away"),
    ((), ""),
]
PATH = [  # through every stage: entered with these touchpoints
    ("lead", tp("mail", "2026-01-01T12:00")), ("trial", tp("joined", "2026-01-02T12:00")),
    ("full", tp("upgraded", "2026-01-03T12:00")), ("away", tp("left", "2026-01-04T12:00")),
    ("back", tp("returned", "2026-01-05T12:00")),
]  # fmt: skip


@pytest.mark.parametrize(("stages", "watched"), WHERE, ids=[str(stages) for stages, _ in WHERE])
def test_stages_by_role_compound_and_name(stages: object, watched: str) -> None:
    """A signal that always holds is up exactly in the stages that it names: by role, by compound, by name."""
    definition = club(Signal("here", "tenure >= 0", stages=stages))  # type: ignore[arg-type]
    told = both(definition, *(touchpoint for _, touchpoint in PATH), until="2026-01-06T12:00")
    up = []
    for stage, touchpoint in PATH:
        if len(told.story.signals(touchpoint.at + timedelta(hours=1))):
            up.append(stage)
    assert " ".join(up) == watched
    assert all(cause in ("touchpoint", "stage") for *_, cause in told.changes())
    ends = [(at, cause) for _, is_raised, at, cause in told.changes() if not is_raised]
    assert all(cause == "stage" for _, cause in ends)


def test_a_stage_counts_before_a_role_of_its_name() -> None:
    """Where a stage is called like a role, the name means the stage."""

    class Odd(CustomerMachine):
        """A stage of role active that is called lost."""

        lead = role.prospect(initial=True)
        lost = role.active()
        gone = role.lost()
        joined = lead.to(lost)
        left = lost.to(gone)

    facts = {"tenure": Tenure()}
    odd = Definition(Odd, name="odd", facts=facts, signals=[Signal("here", "tenure >= 0", stages="lost")])
    told = both(odd, JOINED, tp("left", "2026-01-03T12:00"), until="2026-01-09")
    assert told.changes() == [
        ("here", True, "2026-01-01T12:00", "touchpoint"), ("here", False, "2026-01-03T12:00", "stage"),
    ]  # fmt: skip


def test_a_timer_that_ends_the_stage_closes() -> None:
    """The midnight on which silence takes the customer away closes with cause 'stage', and raises nothing else."""
    definition = club(QUIET, Signal("late", "quiet >= 90"))
    told = both(definition, JOINED, until="2026-05-01")
    assert told.changes() == [
        ("quiet", True, "2026-01-07T00:00", "time"),
        ("quiet", False, "2026-04-01T00:00", "stage"),
    ]


def test_set_by_hand_closes() -> None:
    """A stage set by a person closes and raises like any other move."""
    away = tp("stage_set", "2026-01-09T10:00", stage="away", who="Bo")
    again = tp("stage_set", "2026-01-10T10:00", stage="full", who="Bo")
    told = both(club(QUIET), JOINED, away, again, until="2026-01-12")
    assert told.changes()[1:] == [
        ("quiet", False, "2026-01-09T10:00", "stage"),
        ("quiet", True, "2026-01-10T10:00", "touchpoint"),
    ]


# --- what it reads --------------------------------------------------------------------------------------------------


def test_signals_read_signals_in_any_order_of_declaration() -> None:
    """A chain of three is raised and cleared at one instant, though the last is declared first."""
    chain = [
        Signal("third", "signal_second and visits >= 0"),
        Signal("second", "signal_first"),
        Signal("first", "score <= 6"),
    ]
    rated = [tp("rated", "2026-01-03T09:00", score=5), tp("rated", "2026-01-05T09:00", score=9)]
    told = both(club(*chain), JOINED, *rated, until="2026-01-09")
    names, instants = ("first", "second", "third"), ("2026-01-03T09:00", "2026-01-05T09:00")
    assert told.changes() == [(name, at == instants[0], at, "touchpoint") for at in instants for name in names]
    assert told.story.signals("2026-01-04")["signal"].tolist() == ["third", "second", "first"]


def test_a_signal_reads_one_that_dwells_and_one_that_time_raises() -> None:
    """What reads a signal changes at the instant at which that does, also when only time does it."""
    patient = Signal("patient", "score <= 6", dwell_days=3)
    reading = Signal("both", "signal_patient and signal_quiet", clear="not signal_patient")
    low, visit = tp("rated", "2026-01-03T09:00", score=5), tp("visit", "2026-01-08T09:00")
    high = tp("rated", "2026-01-09T09:00", score=9)
    told = both(club(reading, QUIET, patient), JOINED, low, visit, high, until="2026-01-10")
    assert told.changes() == [
        ("patient", True, "2026-01-06T00:00", "time"), ("quiet", True, "2026-01-07T00:00", "time"),
        ("both", True, "2026-01-07T00:00", "time"), ("quiet", False, "2026-01-08T09:00", "touchpoint"),
        ("patient", False, "2026-01-09T09:00", "touchpoint"), ("both", False, "2026-01-09T09:00", "touchpoint"),
    ]  # fmt: skip


def test_a_signal_reads_the_stage_after_the_move() -> None:
    """`stage` is the leaf in which the customer stands once the touchpoint has moved it."""
    definition = club(Signal("new", "stage == 'trial' or stage == 'back'"), Signal("old", "stage != 'trial'"))
    told = both(definition, *(touchpoint for _, touchpoint in PATH), until="2026-01-06")
    assert [(name, is_raised, at[8:10]) for name, is_raised, at, _ in told.changes()] == [
        ("new", True, "02"), ("new", False, "03"), ("old", True, "03"), ("old", False, "04"), ("new", True, "05"),
        ("old", True, "05"),
    ]  # fmt: skip


def test_a_signal_reads_health() -> None:
    """Health moves a signal at touchpoints and midnights; where there is no score, it keeps what it was."""
    health = Health([Measure("quiet", bad=10, good=0), Measure("score", bad=0, good=10, missing="undefined")])
    definition = club(Signal("ill", "health < 50"), health=health)
    rated = [tp("rated", "2026-01-02T09:00", score=5)]
    told = both(definition, JOINED, *rated, tp("visit", "2026-01-20T09:00"), until="2026-02-01")
    # (10 - quiet) × 10 and 50 points, each half: below 50 once quiet is 6; from the 13th on there is no score.
    assert told.changes() == [("ill", True, "2026-01-07T00:00", "time")]
    scores = {day: told.story.health(f"2026-01-{day}")["health"].tolist() for day in ("07", "08", "13", "14")}
    assert scores == {"07": [50.0], "08": [45.0], "13": [25.0], "14": []}
    assert definition.signals_of(told.customer, utc("2026-01-31"))[0].figures[0].values == (("health", None),)


def test_facts_of_every_ageing() -> None:
    """Windows, ages, quotients of both, values that go stale, and a fact that time leaves alone: each on its day."""
    facts = {
        "fresh": Last("rated", of="score").stale_after(days=3), "gap": Gap("visit"), "late": Ratio("quiet", "gap"),
        "window": Count("visit").within(4, ago=3),
    }  # fmt: skip
    signals = [
        Signal("stopped", "late >= 2"),  # quiet 4 over a gap of 2
        Signal("slipped", "window >= 2"),  # the visits of the 2nd and the 4th, three to six days ago
        Signal("fresh", "fresh >= 0", clear="unseen >= 5"),
    ]
    visits = [
        tp("visit", "2026-01-02T09:00"),
        tp("visit", "2026-01-04T09:00"),
        tp("rated", "2026-01-04T10:00", score=1),
    ]
    told = both(club(*signals, facts=facts), JOINED, *visits, until="2026-01-20")
    assert sorted(told.changes()) == [
        ("fresh", False, "2026-01-09T00:00", "time"), ("fresh", True, "2026-01-04T10:00", "touchpoint"),
        ("slipped", False, "2026-01-09T00:00", "time"), ("slipped", True, "2026-01-07T00:00", "time"),
        ("stopped", True, "2026-01-08T00:00", "time"),
    ]  # fmt: skip


def test_a_skipped_day_is_a_day_of_its_own() -> None:
    """In Apia 30 December 2011 has no length: a timer due then must not bring that of the 31st forward."""

    class Odd(CustomerMachine):
        """Two timers on two days that begin at one instant."""

        here = role.active(initial=True)
        there = role.active()
        ping = here.to(there, cond="visits >= 9")
        go = here.to(there)

    odd = Definition(
        Odd,
        name="odd",
        zone="Pacific/Apia",
        facts={"visits": Count("visit"), "tenure": Tenure()},
        timers=[Timer("ping", 1, "visit"), Timer("go", 2, "visit")],
        signals=[Signal("moved", "stage == 'there' and tenure >= 0", dwell_days=2)],
    )
    told = both(odd, tp("visit", "2011-12-29T12:00"), until="2012-01-09")
    assert told.changes() == [("moved", True, "2011-12-31T10:00", "time")]


def test_a_segment_may_be_called_like_a_signal() -> None:
    """A signal and a segment of one name are two things."""
    twins = club(Signal("many", "visits >= 3"), segments=[Segment("many", "visits >= 1")])
    told = both(twins, JOINED, tp("visit", "2026-01-02T09:00"), until="2026-02-01")
    assert told.changes() == []
    log = TouchpointLog.from_touchpoints([JOINED, tp("visit", "2026-01-02T09:00")])
    assert len(replay(twins, log).segment("many")) == 1
