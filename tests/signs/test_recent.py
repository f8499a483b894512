"""How often signals were raised and cleared lately: counted without walking everybody, equal to the episodes."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest

from lifecycle import Story
from lifecycle.errors import InvalidArgument
from lifecycle.signs import Signal

from .club import both, club, tp
from .test_equality import column_run
from .worlds import sign_world


def from_episodes(story: Story, at: datetime, days: int) -> list[tuple[str, int, int, int, int]]:
    """The counts, told from all episodes of everybody."""
    calendar = story.record.program.calendar
    end_us = (at - datetime(1970, 1, 1, tzinfo=at.tzinfo)) // timedelta(microseconds=1)
    end_us = min(end_us, story.record.until_us)
    first_us = calendar.start_of(calendar.day_of(end_us - 1) + 1 - days)
    end, first = np.datetime64(end_us, "us"), np.datetime64(first_us, "us")
    rows = []
    for name in story.signs.signals if story.signs else ():
        table = story.episodes(name)
        start, over, cause = table["start"], table["end"], table["end_cause"]
        is_over = ~np.isnat(over) & (over < end)
        lately = is_over & (over >= first)
        up, raised = (start < end) & ~is_over, (start < end) & (start >= first)
        counts = (up, raised, lately & (cause != "stage"), lately & (cause == "stage"))
        rows.append((name, *(int(mask.sum()) for mask in counts)))
    return rows


@pytest.mark.parametrize("first", range(4_000, 4_040, 10))
def test_the_counts_are_those_of_the_episodes(first: int) -> None:
    """On random signs, at any moment and for any number of days, every count is that of all episodes."""
    total = np.zeros(4, int)
    for seed in range(first, first + 10):
        world = sign_world(seed)
        story = column_run(world)
        begin = min(history[0].at for history in world.histories)
        for part, days in ((0.0, 3), (0.4, 28), (0.7, 40), (1.0, 7), (1.2, 60)):
            at = begin + (world.until - begin) * part
            found = [
                tuple(row[name] for name in ("signal", "up", "raised", "cleared", "left"))
                for row in story.signal_counts(at, days=days).rows()
            ]
            assert found == from_episodes(story, at, days), f"world {seed} at {at}"
            total += np.array([row[1:] for row in found], int).sum(axis=0)
    assert (total > 3).all()


def test_a_day_counts_from_its_midnight() -> None:
    """Seven days before a midnight begin at the midnight seven days earlier, inclusive."""
    signal = Signal("low", "score <= 6", topic="voice", severity="critical")
    start = (tp("joined", "2026-01-01T12:00"), tp("rated", "2026-01-05T00:00", score=5))
    story = both(club(signal), *start, tp("rated", "2026-01-08T00:00", score=9), until="2026-01-20").story
    wanted = {"signal": "low", "topic": "voice", "severity": "critical"}
    for at, counts in (
        ("2026-01-05", (0, 0, 0, 0)),
        ("2026-01-06", (1, 1, 0, 0)),
        ("2026-01-12", (0, 1, 1, 0)),
        ("2026-01-13", (0, 0, 1, 0)),
        ("2026-01-16", (0, 0, 0, 0)),
    ):
        (row,) = story.signal_counts(at, days=7).rows()
        assert row == wanted | dict(zip(("up", "raised", "cleared", "left"), counts, strict=True)), at


def test_who_left_is_not_counted_as_cleared() -> None:
    """An episode that ends because the customer left the watched stages counts as left."""
    story = both(
        club(Signal("low", "score <= 6")),
        tp("joined", "2026-01-01T12:00"), tp("rated", "2026-01-02T09:00", score=5), tp("left", "2026-01-03T09:00"),
        until="2026-01-10",
    ).story  # fmt: skip
    (row,) = story.signal_counts().rows()
    assert (row["up"], row["raised"], row["cleared"], row["left"]) == (0, 1, 0, 1)


@pytest.mark.parametrize("days", [0, -1, 1.5, True, "28"])
def test_days_that_are_none_are_refused(days: object) -> None:
    """The days are a whole number above 0."""
    story = both(club(Signal("low", "score <= 6")), tp("joined", "2026-01-01T12:00"), until="2026-01-10").story
    with pytest.raises(InvalidArgument, match="days="):
        story.signal_counts(days=days)  # type: ignore[arg-type]
