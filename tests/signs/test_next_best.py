"""The next best step: of the milestones not reached, what is due first, then what was declared first."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from lifecycle.errors import InvalidArgument
from lifecycle.signs import STATUSES, Blueprint, Milestone, Signal

from .club import TICK, both, club, tp, utc
from .test_equality import INSTANT, column_run, live_run
from .worlds import sign_world

PLAN = Blueprint(
    "plan",
    [
        Milestone("rating", "score >= 1", due_days=20),
        Milestone("visit", "visits >= 1", due_days=5),
        Milestone("order", "orders >= 1", due_days=5),
    ],
)
LATER = Blueprint("later", [Milestone("second", "visits >= 2", due_days=2)], start="inside")


def next_best(*kinds: str, until: str) -> tuple[str, str, date] | None:
    """Blueprint, milestone and due day that both engines call the next best step of a member since 2026-01-01."""
    touchpoints = [tp("joined", "2026-01-01T12:00")]
    touchpoints += [tp(kind, f"2026-01-02T{9 + hour:02}:00", score=5) for hour, kind in enumerate(kinds)]
    definition = club(blueprints=[PLAN, LATER])
    told = both(definition, *touchpoints, until=until)
    reading = definition.next_milestone(told.customer, utc(until) - TICK)
    found = None if reading is None else (reading.blueprint, reading.milestone, reading.due)
    rows = [row for row in told.story.milestones().rows() if row["next_best"]]
    assert [(row["blueprint"], row["milestone"], row["due"]) for row in rows] == ([] if found is None else [found])
    return found


def test_what_is_due_first_comes_first() -> None:
    """The due day decides, whatever blueprint a milestone belongs to and wherever it stands in it."""
    assert next_best(until="2026-01-02") == ("later", "second", date(2026, 1, 3))


def test_among_equals_the_order_of_declaration_decides() -> None:
    """Two milestones of one due day: the first one declared."""
    assert next_best("visit", "visit", until="2026-01-03") == ("plan", "order", date(2026, 1, 6))
    assert next_best("order", until="2026-01-03") == ("later", "second", date(2026, 1, 3))
    assert next_best("order", "visit", "visit", until="2026-01-03") == ("plan", "rating", date(2026, 1, 21))


def test_an_overdue_milestone_stays_the_next_step() -> None:
    """What is overdue comes before what is open: it was due earlier."""
    assert next_best("visit", until="2026-01-15") == ("later", "second", date(2026, 1, 3))


def test_when_all_are_reached_there_is_none() -> None:
    """Who has reached every milestone has no next step."""
    assert next_best("visit", "order", "rated", "visit", until="2026-01-03") is None


def test_no_blueprint_has_started() -> None:
    """Before a blueprint starts there is no step to take, live and in columns."""
    definition = club(blueprints=[LATER])
    told = both(definition, tp("visit", "2026-01-01T12:00"), until="2026-01-05")
    assert definition.next_milestone(told.customer, utc("2026-01-05")) is None
    assert len(told.story.milestones()) == 0
    assert told.story.milestones()["next_best"].dtype == bool


@pytest.mark.parametrize("first", range(3_000, 3_030, 10))
def test_both_engines_name_the_same_step(first: int) -> None:
    """On random blueprints the column marks, at any moment, what the live reading names."""
    n_named = 0
    for seed in range(first, first + 10):
        world = sign_world(seed, n_customers=6)
        story = column_run(world)
        begin = min(history[0].at for history in world.histories)
        for part in (0.3, 1.0):
            at = begin + (world.until - begin) * part
            rows = [row for row in story.milestones(at).rows() if row["next_best"]]
            named = {row["customer"]: (row["blueprint"], row["milestone"], row["due"]) for row in rows}
            assert len(named) == len(rows)
            for history in world.histories:
                if history[0].at < at:
                    customer, _ = live_run(world, history, at - INSTANT)
                    reading = world.definition.next_milestone(customer, at - INSTANT)
                    wanted = None if reading is None else (reading.blueprint, reading.milestone, reading.due)
                    assert named.pop(customer.id, None) == wanted, f"world {seed}, {customer.id} at {at}"
                    n_named += wanted is not None
            assert named == {}
    assert n_named > 20


@pytest.mark.parametrize("status", STATUSES)
def test_milestones_of_one_status(status: str) -> None:
    """A table of one status has exactly the rows of the whole table that have it, marks of next best included."""
    for seed in (3_001, 3_004, 3_007):
        story = column_run(sign_world(seed, n_customers=6))
        whole = [row for row in story.milestones().rows() if row["status"] == status]
        assert sorted(map(repr, story.milestones(status=status).rows())) == sorted(map(repr, whole))


def test_an_unknown_status_is_refused() -> None:
    """A status that does not exist is told with those that do."""
    told = both(club(blueprints=[PLAN]), tp("joined", "2026-01-01T12:00"), until="2026-01-05")
    with pytest.raises(InvalidArgument, match="'done'; statuses: reached, late, overdue, open"):
        told.story.milestones(status="done")  # type: ignore[arg-type]


def test_a_kept_signal_says_so() -> None:
    """A reading tells the signal whose condition holds from the one that is only not cleared yet."""
    definition = club(Signal("low", "score <= 6", clear="score >= 8"))
    start = (tp("joined", "2026-01-01T12:00"), tp("rated", "2026-01-02T12:00", score=5))
    low = both(definition, *start, until="2026-01-03").customer
    middle = both(definition, *start, tp("rated", "2026-01-02T13:00", score=7), until="2026-01-03").customer
    now = utc("2026-01-03") - timedelta(microseconds=1)
    assert [(one.signal.name, one.is_kept) for one in definition.signals_of(low, now)] == [("low", False)]
    assert [(one.signal.name, one.is_kept) for one in definition.signals_of(middle, now)] == [("low", True)]
