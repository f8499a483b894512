"""Blueprints: where they start, what is reached, late, overdue or open, and how much of the ideal customer is there."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from math import isnan

import pytest

from lifecycle import Definition, Flag, Touchpoint, TouchpointLog, replay
from lifecycle.signs import Blueprint, Criterion, Milestone, Signal

from .club import TICK, Told, both, club, tp, utc

pytestmark = pytest.mark.smoke

MAIL, JOINED = tp("mail", "2026-01-01T12:00"), tp("joined", "2026-01-05T12:00")
STEPS = (
    Milestone("goal", "visits >= 1", due_days=3, expectation="a plan", value="a talk", role="success", text_ja="目標"),
    Milestone("quick_win", "orders >= 1", due_days=10),
    Milestone("habit", "visits >= 3", due_days=30),
)


def plan(*milestones: Milestone, start: str | None = None, **parts: object) -> Blueprint:
    """A blueprint of some milestones."""
    return Blueprint("plan", milestones or STEPS, start=start, **parts)  # type: ignore[arg-type]


def statuses(told: Told, definition: Definition, at: str) -> dict[str, tuple[str, date, str | None, float | None]]:
    """Per milestone at an instant: status, due day, when it was reached, days late; live and columns agree."""
    now = utc(at)
    live = {
        one.milestone: (one.status, one.due, one.reached and f"{one.reached:%d %H:%M}")
        for one in definition.milestones_of(told.story.extend(until=now + TICK).live("ann"), now)
    }
    found = {}
    for row in told.story.extend(until=now + TICK).milestones().rows():
        reached = None if row["reached"] is None else f"{row['reached']:%d %H:%M}"
        days = None if isnan(row["days_late"]) else row["days_late"]
        assert live.pop(row["milestone"]) == (row["status"], row["due"], reached)
        found[row["milestone"]] = (row["status"], row["due"], reached, days)
    assert live == {}
    return found


def test_from_the_first_touchpoint() -> None:
    """Without a start the days count from the first touchpoint; each milestone is reached, late, overdue or open."""
    definition = club(blueprints=[plan()])
    visits = [tp("visit", f"2026-01-{day}T09:00") for day in ("03", "04", "20")]
    told = both(definition, MAIL, *visits[:2], tp("order", "2026-01-14T09:00"), visits[2], until="2026-01-21")
    assert told.steps() == [
        ("goal", True, "2026-01-03T09:00", "touchpoint"),
        ("quick_win", False, "2026-01-12T00:00", "time"),
        ("quick_win", True, "2026-01-14T09:00", "touchpoint"),
        ("habit", True, "2026-01-20T09:00", "touchpoint"),
    ]
    assert statuses(told, definition, "2026-01-21") == {
        "goal": ("reached", date(2026, 1, 4), "03 09:00", None),
        "quick_win": ("late", date(2026, 1, 11), "14 09:00", 3),
        "habit": ("reached", date(2026, 1, 31), "20 09:00", None),
    }


def test_as_days_go_by() -> None:
    """Open on its last day, overdue from the midnight after it, late once it is reached after that."""
    definition = club(blueprints=[plan(STEPS[1])])
    told = both(definition, MAIL, until="2026-01-02")
    found = {day: statuses(told, definition, f"2026-01-{day}")["quick_win"] for day in ("02", "11", "12", "20")}
    due = date(2026, 1, 11)
    assert found == {
        "02": ("open", due, None, None), "11": ("open", due, None, None), "12": ("overdue", due, None, 1),
        "20": ("overdue", due, None, 9),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("ordered", "status", "steps"),
    [
        ("2026-01-01T12:00", "reached", [(True, "2026-01-01T12:00", "touchpoint")]),
        ("2026-01-11T23:59", "reached", [(True, "2026-01-11T23:59", "touchpoint")]),
        ("2026-01-12T00:00", "late", [(False, "2026-01-12T00:00", "time"), (True, "2026-01-12T00:00", "touchpoint")]),
    ],
)
def test_the_due_day_is_the_last_day(ordered: str, status: str, steps: list[tuple[bool, str, str]]) -> None:
    """Ten days after 1 January is 11 January, the whole day long; at its end midnight comes first."""
    definition = club(blueprints=[plan(STEPS[1])])
    told = both(definition, MAIL, tp("order", ordered), until="2026-01-20")
    assert told.steps() == [("quick_win", *step) for step in steps]
    assert statuses(told, definition, "2026-01-20")["quick_win"][0] == status


def test_due_on_the_day_of_the_start() -> None:
    """With no days at all the day of the start is the last one."""
    definition = club(blueprints=[plan(Milestone("at_once", "orders >= 1", due_days=0))])
    assert both(definition, MAIL, until="2026-01-05").steps() == [("at_once", False, "2026-01-02T00:00", "time")]
    assert both(definition, MAIL, tp("order", "2026-01-01T23:00"), until="2026-01-05").steps() == [
        ("at_once", True, "2026-01-01T23:00", "touchpoint")
    ]


def test_overdue_is_told_once() -> None:
    """Asked every day, a milestone that is missed is told on the day after its last one, and never again."""
    definition = club(blueprints=[plan(STEPS[1])])
    customer = definition.begin(MAIL).customer
    told = []
    for day in range(40):
        step = definition.pass_time(customer, utc("2026-01-02T06:00") + timedelta(days=day))
        customer = step.customer
        told += [(day, str(change)) for change in step.milestones]
    assert told == [(10, "plan: quick_win overdue on 2026-01-12; orders 0 ≥ 1 ✗")]


def test_reached_by_time_and_latched() -> None:
    """Time can reach a milestone; once reached it stays so, whatever becomes of its condition."""
    week, busy = Milestone("week", "tenure >= 6", due_days=9), Milestone("busy", "visits_7d >= 2", due_days=9)
    definition = club(blueprints=[plan(week, busy)])
    visits = [tp("visit", f"2026-01-{day}T09:00") for day in ("02", "03", "20", "21")]
    told = both(definition, MAIL, *visits, until="2026-02-01")
    assert told.steps() == [
        ("busy", True, "2026-01-03T09:00", "touchpoint"), ("week", True, "2026-01-07T00:00", "time"),
    ]  # fmt: skip
    assert {status for status, *_ in statuses(told, definition, "2026-02-01").values()} == {"reached"}
    assert str(told.milestones[0]) == "plan: busy reached on 2026-01-03 09:00; visits_7d 2 ≥ 2"


# --- where it starts ------------------------------------------------------------------------------------------------


def test_from_the_first_entry_of_a_stage() -> None:
    """Before the entry nothing has begun, though the condition may hold; it is reached at the start then."""
    definition = club(blueprints=[plan(start="full")])
    visit, upgraded = tp("visit", "2026-01-06T09:00"), tp("upgraded", "2026-01-10T12:00")
    told = both(definition, MAIL, JOINED, visit, upgraded, until="2026-01-20")
    assert told.steps() == [("goal", True, "2026-01-10T12:00", "touchpoint")]
    before = both(definition, MAIL, JOINED, visit, until="2026-01-10T12:00")
    assert (before.steps(), len(before.story.milestones())) == ([], 0)
    assert definition.milestones_of(before.customer, utc("2026-01-10T11:00")) == ()
    assert statuses(told, definition, "2026-01-20")["quick_win"] == ("open", date(2026, 1, 20), None, None)


def test_the_first_entry_counts() -> None:
    """Entered twice, the days count from the first time."""
    definition = club(blueprints=[plan(STEPS[1], start="full")])
    moves = {"06": "upgraded", "08": "downgraded", "12": "upgraded"}
    path = [tp(kind, f"2026-01-{day}T12:00") for day, kind in moves.items()]
    told = both(definition, MAIL, JOINED, *path, until="2026-02-20")
    assert told.steps() == [("quick_win", False, "2026-01-17T00:00", "time")]


def test_a_compound_starts_it() -> None:
    """A stage inside a compound enters the compound; the initial stage is entered with the first touchpoint."""
    around = club(blueprints=[plan(STEPS[0], start="inside")])
    assert both(around, MAIL, JOINED, until="2026-01-20").steps() == [("goal", False, "2026-01-09T00:00", "time")]
    at_once = club(blueprints=[plan(STEPS[0], start="lead")])
    assert both(at_once, MAIL, JOINED, until="2026-01-20").steps() == [("goal", False, "2026-01-05T00:00", "time")]
    # Joined by the very first touchpoint: lead was entered, and left at once.
    assert both(at_once, JOINED, until="2026-01-20").steps() == [("goal", False, "2026-01-09T00:00", "time")]


def test_a_timer_that_enters_the_stage_starts_it() -> None:
    """The midnight that moves the customer is the start; the days count from that date."""
    definition = club(blueprints=[plan(Milestone("again", "visits >= 1", due_days=1, text="come back"), start="away")])
    told = both(definition, JOINED, tp("returned", "2026-04-05T12:00"), until="2026-05-01")  # away since 5 April 00:00
    assert told.steps() == [("again", False, "2026-04-07T00:00", "time")]
    lost = both(definition, JOINED, until="2026-05-01")
    assert lost.steps() == []


def test_not_while_lost() -> None:
    """Who is lost reaches nothing and is told of nothing; what was missed then is late after the return."""
    definition = club(blueprints=[plan(*STEPS[:2])])
    left, visit = tp("left", "2026-01-06T12:00"), tp("visit", "2026-01-08T09:00")
    told = both(definition, MAIL, JOINED, left, visit, tp("order", "2026-01-09T09:00"), until="2026-01-20")
    assert told.steps() == [("goal", False, "2026-01-05T00:00", "time")]
    assert {status for status, *_ in statuses(told, definition, "2026-01-20").values()} == {"overdue"}
    back = tp("returned", "2026-01-15T12:00")
    again = both(definition, MAIL, JOINED, left, visit, tp("order", "2026-01-09T09:00"), back, until="2026-01-20")
    assert again.steps()[1:] == [
        ("goal", True, "2026-01-15T12:00", "touchpoint"), ("quick_win", True, "2026-01-15T12:00", "touchpoint"),
    ]  # fmt: skip
    found = statuses(again, definition, "2026-01-20")
    assert (found["goal"][0], found["quick_win"][::3]) == ("late", ("late", 4))


# --- readings -------------------------------------------------------------------------------------------------------


def test_what_a_reading_holds() -> None:
    """Blueprint, milestone, status, due day, when, and the figures of now; several blueprints in declared order."""
    other = Blueprint("other", [Milestone("full", "stage == 'full'", due_days=5)], start="trial")
    definition = club(Signal("quiet", "quiet > 5"), blueprints=[plan(STEPS[0]), other])
    told = both(definition, JOINED, tp("visit", "2026-01-06T09:00"), until="2026-01-08")
    goal, full = definition.milestones_of(told.customer, utc("2026-01-12"))
    assert (goal.blueprint, goal.milestone, goal.status) == ("plan", "goal", "reached")
    assert goal.reached == utc("2026-01-06T09:00")
    assert (full.blueprint, full.status, full.due, full.reached) == ("other", "overdue", date(2026, 1, 10), None)
    assert [str(figure) for figure in full.figures] == ["stage 'trial' = 'full' ✗"]
    assert told.story.milestones()["blueprint"].tolist() == ["plan", "other"]
    declared = definition.blueprints[0].milestones[0]
    assert (declared.expectation, declared.value, declared.role) == ("a plan", "a talk", "success")


def test_a_milestone_reads_signals_and_health_of_its_instant() -> None:
    """It is looked at after the signals of the same instant."""
    plain = plan(Milestone("calm", "signal_seen and visits_7d >= 2", due_days=9))
    definition = club(Signal("seen", "visits >= 2", stages=("prospect",)), blueprints=[plain])
    told = both(definition, MAIL, tp("visit", "2026-01-02T09:00"), tp("visit", "2026-01-03T09:00"), until="2026-01-09")
    assert told.steps() == [("calm", True, "2026-01-03T09:00", "touchpoint")]


def test_as_of_a_moment_in_between() -> None:
    """The table as of a moment knows nothing of what was reached later, or begun later."""
    later_plan = Blueprint("late", [Milestone("x", "visits >= 9", due_days=1)], start="full")
    definition = club(blueprints=[plan(*STEPS[:2]), later_plan])
    order, upgraded = tp("order", "2026-01-09T09:00"), tp("upgraded", "2026-01-10T09:00")
    told = both(definition, MAIL, tp("visit", "2026-01-03T09:00"), JOINED, order, upgraded, until="2026-01-20")
    story = told.story
    early = {row["milestone"]: row["status"] for row in story.milestones("2026-01-03").rows()}
    assert early == {"goal": "open", "quick_win": "open"}
    later = {row["milestone"]: row["status"] for row in story.milestones(utc("2026-01-03T09:00") + TICK).rows()}
    assert later == {"goal": "reached", "quick_win": "open"}
    end = {row["milestone"]: (row["status"], row["stage"]) for row in story.milestones().rows()}
    assert end == {"goal": ("reached", "full"), "quick_win": ("reached", "full"), "x": ("overdue", "full")}


def test_time_to_first_value() -> None:
    """The first value is one of the milestones; the days to it are its date less that of the start."""
    blueprint = plan(start="trial", first_value="quick_win")
    assert blueprint.first_value == "quick_win"
    story = both(club(blueprints=[blueprint]), MAIL, JOINED, tp("order", "2026-01-12T09:00"), until="2026-01-20").story
    (row,) = (row for row in story.milestones().rows() if row["milestone"] == blueprint.first_value)
    assert (row["reached"].date() - (row["due"] - timedelta(days=10))).days == 7


# --- the ideal customer ---------------------------------------------------------------------------------------------

FIT = (
    Criterion("satisfied", "grade >= 8", weight=2),
    Criterion("busy", "visits >= 2"),
    Criterion("heard", "score >= 5 or signed", weight=5),
)


@pytest.mark.parametrize(
    ("touchpoints", "fit"),
    [
        ([], 0),  # of busy alone; who was never asked is neither satisfied nor not
        ([tp("visit", "2026-01-02"), tp("visit", "2026-01-02")], 100),
        ([tp("rated", "2026-01-02", grade=9)], 200 / 3),
        ([tp("rated", "2026-01-02", grade=3)], 0),
        ([tp("rated", "2026-01-02", grade=3, score=3)], 0),
        ([tp("rated", "2026-01-02", grade=3, score=7)], 500 / 8),
        ([tp("signed", "2026-01-02")], 500 / 6),  # the one part of an 'or' settles it
        ([tp("rated", "2026-01-02", grade=9, score=7), tp("visit", "2026-01-03"), tp("visit", "2026-01-03")], 100),
    ],
)
def test_how_much_of_the_ideal_customer(touchpoints: list[Touchpoint], fit: float) -> None:
    """The weight of the marks that the customer has, out of those that can be told; unknown marks are left out."""
    definition = club(blueprints=[plan(fit=FIT)], facts={"signed": Flag("signed")})
    told = both(definition, MAIL, *touchpoints, until="2026-01-04")
    assert definition.fit_of(told.customer, utc("2026-01-03T23:00")) == {"plan": pytest.approx(fit)}
    (row,) = told.story.fit().rows()
    assert row == {"customer": "ann", "stage": "lead", "plan": pytest.approx(fit)}


def test_nothing_known_of_the_ideal_customer() -> None:
    """Where every mark is unknown the fit is missing; a blueprint without marks has none."""
    definition = club(blueprints=[plan(fit=FIT[:1]), Blueprint("other", STEPS)])
    told = both(definition, MAIL, until="2026-01-04")
    assert definition.fit_of(told.customer, utc("2026-01-03")) == {"plan": None}
    table = told.story.fit()
    assert list(table.columns) == ["customer", "stage", "plan"]
    assert isnan(table["plan"][0])


def test_many_customers() -> None:
    """Rows are by blueprint, milestone and customer; who has not begun has none."""
    definition = club(blueprints=[plan(*STEPS[:2], start="trial")])
    touchpoints = [
        tp("joined", "2026-01-01T12:00", "ann"), tp("mail", "2026-01-01T12:00", "bob"),
        tp("joined", "2026-01-02T12:00", "cat"), tp("visit", "2026-01-03T12:00", "cat"),
        tp("visit", "2026-01-07T12:00", "ann"),
    ]  # fmt: skip
    table = replay(definition, TouchpointLog.from_touchpoints(touchpoints), until="2026-01-13").milestones()
    rows = [(row["milestone"], row["customer"], row["status"], row["days_late"]) for row in table.rows()]
    assert [row[:3] for row in rows] == [
        ("goal", "ann", "late"), ("goal", "cat", "reached"),
        ("quick_win", "ann", "overdue"), ("quick_win", "cat", "open"),
    ]  # fmt: skip
    assert [None if isnan(row[3]) else row[3] for row in rows] == [3, None, 1, None]
    assert table["due"].tolist() == [date(2026, 1, day) for day in (4, 5, 11, 12)]
    assert table["reached"].tolist() == [datetime(2026, 1, 7, 12), datetime(2026, 1, 3, 12), None, None]
