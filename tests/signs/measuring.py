"""Health read by both engines, for the tests of health."""

from __future__ import annotations

from datetime import datetime

import pytest

from lifecycle import Definition, Last, Touchpoint, TouchpointLog, replay
from lifecycle.signs import Health, HealthReading

from .club import TICK, club, tp, utc

JOINED = tp("joined", "2026-01-01T12:00")
NAMES = "abcdef"
FACTS = {name: Last("measured", of=name) for name in NAMES}


def measured(at: str, **values: float) -> Touchpoint:
    """What is known of the measures from a moment on."""
    return tp("measured", at, **values)


def ill_or_well(health: Health, **parts: object) -> Definition:
    """The club with measures a to f."""
    return club(health=health, **{"facts": FACTS, "timers": (), **parts})


def health_at(definition: Definition, *touchpoints: Touchpoint, at: str | datetime) -> HealthReading:
    """Health at an instant; live and columns agree on all of it."""
    now = utc(at) if isinstance(at, str) else at
    customer = definition.begin(touchpoints[0]).customer
    for touchpoint in touchpoints[1:]:
        customer = definition.advance(customer, touchpoint).customer
    found = definition.health_of(customer, now)
    assert found is not None
    story = replay(definition, TouchpointLog.from_touchpoints(touchpoints), until=now + TICK)
    (wide,) = story.signs_at().rows()
    assert same(wide["health"], found.score)
    assert wide["band"] == found.band
    assert (wide["stale_days"], wide["is_stale"]) == (found.stale_days, found.is_stale)
    assert same(wide["trend"], found.trend)
    table = list(story.health().rows())
    assert len(table) == (found.score is not None)
    for row in table:
        assert all(row[name] == value or name == "trend" for name, value in wide.items() if name in row)
        assert same(row["trend"], found.trend)
        columns = [row[f"share_{share.fact}"] for share in found.shares]
        assert columns == pytest.approx([share.share for share in found.shares])
    return found


def same(column: float, live: float | None) -> bool:
    """Whether a number of a column is that of the live engine; nan is None."""
    return column != column if live is None else column == live
