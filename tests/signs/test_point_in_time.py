"""Signs of a moment know nothing of later, and a story extended piece by piece has the signs of the whole (S2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from lifecycle import Story, Table, TouchpointLog, replay
from lifecycle.engine import _past
from lifecycle.errors import LateTouchpoint
from lifecycle.signs import Blueprint, Criterion, Health, Loyalty, Measure, Milestone, Segment, Signal
from tests.engine.test_extend import cuts_of, in_pieces
from tests.engine.test_point_in_time import as_told, moments, until

from .club import EPOCH, TICK, club, tp
from .test_equality import column_run
from .worlds import sign_world

pytestmark = pytest.mark.filterwarnings("ignore::lifecycle.errors.LifecycleWarning")

TABLES: dict[str, Callable[[Story, datetime], Table]] = {
    "signals": lambda story, at: story.signals(at),
    "signs": lambda story, at: story.signs_at(at),
    "milestones": lambda story, at: story.milestones(at),
    "fit": lambda story, at: story.fit(at),
    "loyalty": lambda story, at: story.loyalty(at),
}


def told(story: Story, at: datetime) -> dict[str, object]:
    """Every table of signs as of a moment, and every change before it."""
    found: dict[str, object] = {name: as_told(table(story, at)) for name, table in TABLES.items()}
    assert story.signs is not None
    if story.signs.scoring is not None:
        found["health"] = as_told(story.health(at))
    for name in story.signs.segments:
        found[f"segment {name}"] = as_told(story.segment(name, at))
    edge = (at - EPOCH) // TICK
    for id in sorted({str(id) for id in story.signs_at(at)["customer"]}):
        changes = (*story.signals_of(id), *story.milestones_of(id))
        found[f"changes of {id}"] = [change for change in changes if change.at_us < edge]
    return found


@pytest.mark.parametrize("first", range(400, 416, 8))
def test_later_touchpoints_change_nothing_before(first: int) -> None:
    """Signals, segments, health, milestones, fit and loyalty of a moment are those of a log that ends there."""
    for seed in range(first, first + 8):
        world = sign_world(seed, n_customers=4)
        story = column_run(world)
        for at in moments(world, 2):
            assert told(story, at) == told(until(world, at), at), f"world {seed} at {at}"


@pytest.mark.parametrize("first", range(440, 456, 8))
def test_episodes_before_a_moment_are_those_of_the_log_before_it(first: int) -> None:
    """Cut at a moment, what was open then is open, and every episode closed before is as it was."""
    for seed in range(first, first + 8):
        world = sign_world(seed, n_customers=5)
        story = column_run(world)
        for at in moments(world, 2):
            edge = at.replace(tzinfo=None)
            for ask in (Story.episodes, Story.memberships):
                whole = [row for row in ask(story).rows() if row["start"] < edge]
                for row in whole:
                    if row["end"] is not None and row["end"] >= edge:
                        row["end"] = row["end_cause"] = None
                assert whole == list(ask(until(world, at)).rows()), f"world {seed} at {at}"


@pytest.mark.parametrize("first", range(500, 512, 6))
def test_pieces_are_the_whole(first: int) -> None:
    """Extended at random cuts, newcomers on the way, a story has the signs of one replay; so have live customers."""
    for seed in range(first, first + 6):
        world = sign_world(seed, n_customers=5)
        whole, pieces = column_run(world), in_pieces(world, cuts_of(world, 3))[-1]
        for at in (*moments(world, 1), world.until):
            assert told(pieces, at) == told(whole, at), f"world {seed} at {at}"
        for ask in (Story.episodes, Story.memberships):
            assert as_told(ask(pieces)) == as_told(ask(whole))
        for id in whole.log.ids().tolist():
            assert pieces.live(id) == whole.live(id)


@pytest.mark.smoke
def test_the_old_story_keeps_its_signs() -> None:
    """Time alone raises a signal in the longer story; the old one says what it said."""
    old = replay(club(Signal("quiet", "quiet > 5")), log("2026-01-01T12:00"), until="2026-01-05")
    longer = old.extend(until="2026-01-10")
    assert (len(old.signals()), len(longer.signals()), len(old.episodes())) == (0, 1, 0)
    again = longer.extend(log("2026-01-12T09:00", "visit"), until="2026-01-13")
    assert again.episodes()["end_cause"].tolist() == ["touchpoint"]
    assert longer.episodes()["end_cause"].tolist() == [None]


@pytest.mark.smoke
def test_what_is_late_for_an_extension() -> None:
    """What is older than the customer's last touchpoint is refused, signs or not."""
    story = replay(club(Signal("quiet", "quiet > 5")), log("2026-01-05T12:00"), until="2026-01-06")
    with pytest.raises(LateTouchpoint):
        story.extend(log("2026-01-04T09:00", "visit"), until="2026-01-13")


@pytest.mark.smoke
def test_nobody_has_the_same_columns() -> None:
    """An empty log, and a moment before anybody began, give tables without rows, of the same columns and types."""
    plan = Blueprint("plan", [Milestone("goal", "visits >= 1", due_days=3)], fit=[Criterion("a", "visits > 1")])
    definition = club(
        Signal("quiet", "quiet > 5"), segments=[Segment("seen", "visits >= 1")], blueprints=[plan],
        health=Health([Measure("visits", bad=0, good=3)]), loyalty=Loyalty("score >= 8", "visits >= 1"),
    )  # fmt: skip
    story = replay(definition, log("2026-01-05T12:00"), until="2026-01-20")
    nobody = replay(definition, TouchpointLog.from_touchpoints([]), until="2026-01-20")
    begin = EPOCH.replace(year=2026)
    asks = {**TABLES, "health": Story.health, "seen": lambda one, at: one.segment("seen", at)}
    for name, ask in asks.items():
        wanted = {column: values.dtype for column, values in ask(story, story.until).columns.items()}
        for table in (ask(nobody, nobody.until), ask(story, begin)):
            assert len(table) == 0, name
            assert {column: values.dtype for column, values in table.columns.items()} == wanted, name
    for ask_all in (Story.episodes, Story.memberships):
        assert len(ask_all(nobody)) == 0
        assert list(ask_all(nobody).columns) == list(ask_all(story).columns)


def log(at: str, kind: str = "joined") -> TouchpointLog:
    """A log of one touchpoint."""
    return TouchpointLog.from_touchpoints([tp(kind, at)])


def test_any_size_of_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many customers are looked at together, the signs are the same."""
    for seed in range(40, 46):
        world = sign_world(seed, n_customers=8)
        story = column_run(world)
        whole = [list(table.rows()) for table in (story.episodes(), story.memberships(), story.milestones())]
        with monkeypatch.context() as patched:
            patched.setattr(_past, "BLOCK_ROWS", 30)
            story = column_run(world)
            parts = [list(table.rows()) for table in (story.episodes(), story.memberships(), story.milestones())]
        for one, other in zip(whole, parts, strict=True):
            assert sorted(map(repr, one)) == sorted(map(repr, other))
