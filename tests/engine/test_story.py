"""What a story answers: moves, stays, census, flow, tables as of a moment, and one customer in words."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from lifecycle import CustomerStory, Stage, Table, TouchpointLog, replay
from lifecycle.errors import InvalidArgument, LifecycleError, UnknownCustomer

from .shop import ANN, BO, CY, log_of, shop, story, tp
from .test_equality import column_run, live_run
from .worlds import make_world

pytestmark = pytest.mark.smoke


def rows(table: Table) -> list[tuple[Any, ...]]:
    """The rows of a table as tuples, instants as texts."""
    return [
        tuple(str(value) if isinstance(value, datetime | date) else value for value in row.values())
        for row in table.rows()
    ]


def test_repr_says_how_much() -> None:
    """A story shows how many customers and moves it holds, and where it ends."""
    assert repr(story()) == "<Story of 3 customers, 10 moves, until 2024-04-01 00:00:00+00:00>"
    assert story().until == datetime(2024, 4, 1, tzinfo=UTC)
    assert story().n_customers == 3
    assert [stage.id for stage in story().stages] == ["lead", "new", "loyal", "lost", "back"]
    assert story().stages[0] == Stage("lead", "Lead", "見込み", "prospect")


def test_moves_by_customer_and_time() -> None:
    """Every move is a row, with what caused it."""
    assert rows(story().moves) == [
        ("cy", "2024-02-01 12:00:00", "lead", "new", "bought", "touchpoint"),
        ("cy", "2024-02-03 12:00:00", "new", "lost", "stage_set", "person"),
        ("cy", "2024-02-06 12:00:00", "lost", "back", "visit", "touchpoint"),
        ("cy", "2024-02-07 12:00:00", "back", "loyal", "bought", "touchpoint"),
        ("cy", "2024-03-08 00:00:00", "loyal", "new", "cooled", "timer"),
        ("cy", "2024-03-23 00:00:00", "new", "lost", "silence", "timer"),
        ("ann", "2024-01-31 12:00:00", "lead", "new", "bought", "touchpoint"),
        ("ann", "2024-02-08 00:00:00", "new", "loyal", "bought", "touchpoint"),
        ("ann", "2024-03-09 00:00:00", "loyal", "new", "cooled", "timer"),
        ("ann", "2024-03-24 00:00:00", "new", "lost", "silence", "timer"),
    ]
    assert story().moves["at"].dtype == np.dtype("M8[us]")


def test_stays_end_where_the_next_begins() -> None:
    """Stays follow each other without a gap; the last one has no end."""
    stays = story().stays
    assert rows(stays)[0] == ("bo", "lead", "2024-02-09 12:00:00", None)
    assert len(stays) == len(story().moves) + story().n_customers
    ann = [row[1:] for row in rows(stays) if row[0] == "ann"]
    assert ann == [
        ("lead", "2024-01-30 12:00:00", "2024-01-31 12:00:00"),
        ("new", "2024-01-31 12:00:00", "2024-02-08 00:00:00"),
        ("loyal", "2024-02-08 00:00:00", "2024-03-09 00:00:00"),
        ("new", "2024-03-09 00:00:00", "2024-03-24 00:00:00"),
        ("lost", "2024-03-24 00:00:00", None),
    ]


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("year", [("2024-01-01", 1, 0, 0, 2, 0, 3)]),
        ("quarter", [("2024-01-01", 1, 0, 0, 2, 0, 3)]),
        (
            "month",
            [("2024-01-01", 0, 1, 0, 0, 0, 1), ("2024-02-01", 1, 0, 2, 0, 0, 3), ("2024-03-01", 1, 0, 0, 2, 0, 3)],
        ),
        (
            "week",
            [("2024-01-29", 0, 1, 0, 1, 0, 2)]
            + [(f"2024-02-{day:02d}", 1, 0, 2, 0, 0, 3) for day in (5, 12, 19, 26)]
            + [(f"2024-03-{day:02d}", 1, 2, 0, 0, 0, 3) for day in (4, 11)]
            + [(f"2024-03-{day:02d}", 1, 0, 0, 2, 0, 3) for day in (18, 25)],
        ),
    ],
)
def test_census_by_period(by: Any, expected: list[tuple[Any, ...]]) -> None:
    """At the end of each period, exclusive, every customer who has begun stands in one stage."""
    assert rows(story().census(by)) == expected
    assert list(story().census(by).columns) == ["period", "lead", "new", "loyal", "lost", "back", "total"]


def test_census_by_day() -> None:
    """Days run from the first touchpoint to the end of the story."""
    census = rows(story().census("day"))
    assert census[0] == ("2024-01-30", 1, 0, 0, 0, 0, 1)
    assert census[1] == ("2024-01-31", 0, 1, 0, 0, 0, 1)
    assert census[-1][0] == "2024-03-31"
    assert len(census) == 62


def test_another_period_is_refused() -> None:
    """A period that is no calendar period is refused with those that are."""
    with pytest.raises(InvalidArgument, match="by='decade' is not one of: day, week, month, quarter, year"):
        story().census("decade")  # type: ignore[arg-type]
    with pytest.raises(InvalidArgument, match="is not one of"):
        story().flow("")  # type: ignore[arg-type]


def test_flow_counts_moves_and_arrivals() -> None:
    """Moves are counted by source and target, arrivals come from '(new)'."""
    assert rows(story().flow()) == [
        ("lead", "new", 2),
        ("new", "loyal", 1),
        ("new", "lost", 3),
        ("loyal", "new", 2),
        ("lost", "back", 1),
        ("back", "loyal", 1),
        ("(new)", "lead", 3),
    ]
    assert [row for row in rows(story().flow("month")) if row[0] == "2024-01-01"] == [
        ("2024-01-01", "lead", "new", 1),
        ("2024-01-01", "(new)", "lead", 1),
    ]


def test_time_in_stage() -> None:
    """Per stage the stays, those still open, and the quartiles in days of those that ended."""
    found = {row[0]: row[1:] for row in rows(story().time_in_stage())}
    assert found["lead"] == (3, 1, 0.25, 0.5, 0.75)
    assert found["new"] == (4, 0, 6.125, 11.25, 15.0)
    assert found["lost"] == (3, 2, 3.0, 3.0, 3.0)
    nobody = replay(shop(), log_of(BO)).time_in_stage()
    assert rows(nobody)[1][:3] == ("new", 0, 0)
    assert np.isnan(nobody["median_days"]).all()


def test_as_of_gives_stage_and_facts() -> None:
    """As of a moment, exclusive, each customer who has begun has a stage and every fact."""
    table = story().as_of("2024-02-07")
    assert list(table.columns)[:3] == ["customer", "stage", "since"]
    assert list(table.columns)[3:] == list(shop().facts)
    cy, ann = table.rows()
    assert cy == {
        "customer": "cy", "stage": "back", "since": datetime(2024, 2, 6, 12), "purchases": 1, "purchases_30d": 1,
        "spend": 5.0, "mean_spend": 5.0, "plan": None, "renewal": None, "is_member": True, "since_visit": 0,
        "days_here": 0,
    }  # fmt: skip
    assert (ann["stage"], ann["spend"], ann["since_visit"], ann["days_here"]) == ("new", 19.9, 7, 6)


def test_as_of_has_a_dtype_per_sort_of_fact() -> None:
    """Counts are int64, money and quotients float64 in major units, texts objects, dates days, flags bool."""
    kinds = {name: column.dtype.str for name, column in story().as_of("2024-04-01").columns.items()}
    assert kinds == {
        "customer": "|O", "stage": "|O", "since": "<M8[us]", "purchases": "<i8", "purchases_30d": "<i8",
        "spend": "<f8", "mean_spend": "<f8", "plan": "|O", "renewal": "<M8[D]", "is_member": "|b1",
        "since_visit": "<i8", "days_here": "<i8",
    }  # fmt: skip
    ann = list(story().as_of("2024-04-01").rows())[-1]
    assert (ann["plan"], ann["renewal"], ann["spend"]) == ("pro", date(2024, 12, 24), 59.9)
    assert np.isnan(story().as_of("2024-04-01")["mean_spend"][0])


def test_as_of_takes_moments_in_any_form() -> None:
    """A date, its text and the instant of its midnight are one moment; after the end nothing is known."""
    expected = rows(story().as_of("2024-02-07"))
    assert rows(story().as_of(date(2024, 2, 7))) == expected
    assert rows(story().as_of(datetime(2024, 2, 7, tzinfo=UTC))) == expected
    assert rows(story().as_of("2024-02-07T01:00:00+01:00")) == expected
    assert repr(story().as_of("2099-01-01")) == repr(story().as_of("2024-04-01"))
    assert len(story().as_of("1999-01-01")) == 0
    for wrong in (datetime(2024, 2, 7), "2024-02-07T01:00:00", "yesterday", 20240207, None, "2024-02-30", b"2024"):
        with pytest.raises(InvalidArgument):
            story().as_of(wrong)  # type: ignore[arg-type]


def test_one_customer_in_words() -> None:
    """A customer's story says what happened, when, why, and with which figures."""
    assert str(story().customer("ann")) == (
        "ann: 6 touchpoints since 2024-01-30, now in lost\n"
        "  lead → new on 2024-01-31 12:00: 'bought'\n"
        "  new → loyal on 2024-02-08 00:00: 'bought'; purchases 3 ≥ 3; spend 59.90 ≥ 59.9\n"
        "  loyal → new on 2024-03-09: time: 'cooled'; purchases_30d 0 = 0\n"
        "  new → lost on 2024-03-24: time: 'silence'"
    )
    assert str(story().customer("cy")).splitlines()[2:5] == [
        "  new → lost on 2024-02-03 12:00: set by hand (Dee: moved away)",
        "  lost → back on 2024-02-06 12:00: 'visit'; days_here 3 ≥ 3; is_member: yes",
        "  back → loyal on 2024-02-07 12:00: 'bought'; spend 11.00 < 10 ✗",
    ]
    assert isinstance(story().customer("bo"), CustomerStory)
    assert str(story().customer("bo")) == "bo: 2 touchpoints since 2024-02-09, now in lead"


def test_times_are_told_in_the_zone_of_the_definition() -> None:
    """The same instants in Tokyo: other dates, other words."""
    tokyo = replay(shop("Asia/Tokyo"), log_of(ANN), until="2024-04-01")
    assert tokyo.why("ann", 0) == "lead → new on 2024-01-31 21:00: 'bought'"
    assert str(tokyo.until) == "2024-04-01 00:00:00+09:00"


def test_why() -> None:
    """One move is asked for by its position, the last one unless asked."""
    assert story().why("ann") == "new → lost on 2024-03-24: time: 'silence'"
    assert story().why("ann", 0) == "lead → new on 2024-01-31 12:00: 'bought'"
    assert story().why("ann", -2) == story().why("ann", 2)
    assert story().why("bo") == "bo never moved: in lead since 2024-02-09"
    for move in (4, -5):
        with pytest.raises(InvalidArgument, match=f"'ann' has 4 moves, counted from 0; there is no move {move}"):
            story().why("ann", move)


@pytest.mark.parametrize(
    ("customer", "stage", "words"),
    [
        (
            "ann",
            "back",
            (
                "ann is in lost, not in back:\n"
                "  to back on 'bought': no condition, only the event is awaited\n"
                "  to back on 'visit': days_here 7 ≥ 3; is_member: no ✗"
            ),
        ),
        (
            "bo",
            "lost",
            (
                "bo is in lead, not in lost:\n"
                "  the way there: lead → new → lost\n"
                "  to new on 'bought': no condition, only the event is awaited"
            ),
        ),
        ("cy", "lost", "cy does stand in lost"),
    ],
)
def test_why_not(customer: str, stage: str, words: str) -> None:
    """What it would take to stand elsewhere, with the figures of now, along the shortest way."""
    assert story().why_not(customer, stage) == words


def test_why_not_knows_compounds_and_timers() -> None:
    """A compound is reached with any stage in it, and a timer says when it is due."""
    before = replay(shop(), log_of(ANN), until="2024-03-01")
    assert before.why_not("ann", "active") == "ann does stand in active"
    assert before.why_not("ann", "lost").splitlines()[1:] == [
        "  to lost on 'silence' (45 days after last bought): no condition, only the event is awaited"
    ]
    assert before.why_not("ann", "new").splitlines()[1:] == [
        "  to new on 'cooled' (30 days after last bought, then every 10 days): purchases_30d 3 = 0 ✗"
    ]
    assert "to new on 'bought'" in story().why_not("bo", "active")


@pytest.mark.parametrize("stage", ["lead", "nirvana", "", "__class__"])
def test_no_way_leads_there(stage: str) -> None:
    """A stage out of reach, or unknown, is refused with those within reach."""
    with pytest.raises(
        InvalidArgument, match=r"no way leads from lost to .*; stages within reach: lost, back, loyal, new"
    ):
        story().why_not("ann", stage)


@pytest.mark.parametrize("id", ["dan", "Ann", "", 7, "ann\0", "x" * 10_000, "\ud800"])
def test_a_stranger_is_refused(id: Any) -> None:
    """An id that the log does not have is a declared error everywhere."""
    for ask in (story().customer, story().live, story().why, lambda id: story().why_not(id, "lost")):
        with pytest.raises((UnknownCustomer, InvalidArgument)):
            ask(id)


@pytest.mark.parametrize("id", [None, True, 1.5, b"ann", ["ann"], ("ann",)])
def test_what_is_no_id_is_refused(id: Any) -> None:
    """Something that cannot be an id is a declared error, not a failure inside."""
    for ask in (story().customer, story().live):
        with pytest.raises(LifecycleError):
            ask(id)


def test_a_number_is_its_text() -> None:
    """The customer 1 is the customer "1"."""
    numbered = replay(shop(), log_of((tp("1", "visit"),)))
    assert numbered.customer(1) == numbered.customer("1")
    assert numbered.customer(1).id == "1"
    assert numbered.live(1).id == "1"


@pytest.mark.parametrize("until", [None, "2024-01-01", datetime(2024, 1, 1, tzinfo=UTC)])
def test_an_empty_log_has_a_story(until: Any) -> None:
    """Without customers there is nothing to tell, and every answer is empty."""
    empty = replay(shop(), TouchpointLog.from_touchpoints([]), until=until)
    assert repr(empty).startswith("<Story of 0 customers, 0 moves, until ")
    assert len(empty.moves) == len(empty.stays) == len(empty.flow()) == len(empty.unanswered()) == 0
    assert empty.census()["total"].tolist() == [0]
    assert len(empty.as_of("2024-01-01")) == 0
    assert list(empty.as_of("2024-01-01").columns) == ["customer", "stage", "since", *shop().facts]
    assert empty.time_in_stage()["stays"].tolist() == [0] * 5
    with pytest.raises(UnknownCustomer):
        empty.customer("ann")


def test_nothing_at_or_after_the_end_is_seen() -> None:
    """`until` leaves out what comes at or after it, customers too (S2)."""
    early = replay(shop(), log_of(ANN, BO, CY), until=datetime(2024, 2, 9, 12, tzinfo=UTC))
    assert early.n_customers == 2
    assert len(early.log) == len(ANN) + len(CY)
    later = replay(shop(), log_of(ANN, BO, CY), until=datetime(2024, 2, 9, 12, 0, 0, 1, tzinfo=UTC))
    assert later.n_customers == 3


def test_the_end_is_the_midnight_after_the_last_touchpoint() -> None:
    """Without an end, the day of the last touchpoint of the whole log is told to its end, in the zone (S2)."""
    assert str(replay(shop(), log_of(ANN, BO)).until) == "2024-02-11 00:00:00+00:00"
    assert (
        str(replay(shop("America/New_York"), log_of((tp("a", "visit", -0.45),))).until) == "2024-01-30 00:00:00-05:00"
    )
    at_midnight = replay(shop(), log_of((tp("a", "visit", 0.5),)))
    assert str(at_midnight.until) == "2024-02-01 00:00:00+00:00"


def test_what_nobody_answered_is_counted() -> None:
    """Touchpoints to which the stage had no answer are counted by kind, touches and bookkeeping are not."""
    found = {kind: (met, missed) for kind, met, missed in rows(story().unanswered())}
    assert found["mystery"] == (1, 1)
    assert found["joined"] == (1, 1)
    assert found["visit"] == (5, 1)
    assert found["stage_set"] == found["profile_set"] == (1, 0)


@pytest.mark.parametrize("seed", range(40, 55))
def test_unanswered_is_that_of_the_live_engine(seed: int) -> None:
    """In random worlds both engines count the same touchpoints as unanswered."""
    world = make_world(seed, n_customers=8)
    table = column_run(world).unanswered()
    assert table["unanswered"].sum() == sum(customer.n_unanswered for customer, _ in live_run(world).values())
    assert table["touchpoints"].sum() == sum(len(history) for history in world.histories)


def test_live_goes_on_from_a_story() -> None:
    """The live customer of a story is the one that the live engine would have folded."""
    definition = shop()
    customer = definition.begin(ANN[0]).customer
    for touchpoint in ANN[1:]:
        customer = definition.advance(customer, touchpoint).customer
    customer = definition.pass_time(customer, story().until - timedelta(microseconds=1)).customer
    assert story().live("ann") == customer


def test_a_story_pickles() -> None:
    """A story's tables and log survive a pickle; so does one customer's story."""
    for value in (story().moves, story().as_of("2024-02-07")):
        again = pickle.loads(pickle.dumps(value))
        assert rows(again) == rows(value)
        assert again.title == value.title
    assert rows(replay(shop(), pickle.loads(pickle.dumps(story().log)), until="2024-04-01").moves) == rows(
        story().moves
    )


def test_tables_are_read_only() -> None:
    """What a story hands out cannot be changed under its hands."""
    for table in (story().moves, story().stays, story().census(), story().flow(), story().as_of("2024-02-07")):
        for column in table.columns.values():
            with pytest.raises(ValueError, match="read-only"):
                column[...] = column
