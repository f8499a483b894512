"""Touchpoints of one moment that say their own order."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lifecycle import Touchpoint, TouchpointLog, replay
from lifecycle.errors import InvalidArgument, LateTouchpoint

from .shop import shop

AT = datetime(2024, 2, 1, tzinfo=UTC)


def by_hand(stage: str, sequence: int) -> Touchpoint:
    """A stage set by hand at the one moment."""
    return Touchpoint("ann", "stage_set", AT, attributes={"stage": stage}, sequence=sequence)


def test_a_touchpoint_that_belongs_before_what_was_walked_is_late() -> None:
    """The story says so instead of telling another order than a replay of everything would."""
    old = replay(shop(), TouchpointLog.from_touchpoints([by_hand("lost", 2)]), until="2024-02-02")
    with pytest.raises(LateTouchpoint, match="'ann'"):
        old.extend(TouchpointLog.from_touchpoints([by_hand("back", 1)]), until="2024-02-02")


def test_attributes_that_are_named_by_ids_are_refused() -> None:
    """A thousand columns are enough; more are values that went into names."""
    touchpoints = [Touchpoint("ann", "visit", AT, attributes={f"seen_{n}": 1}) for n in range(1_001)]
    with pytest.raises(InvalidArgument, match="1001 different attributes"):
        TouchpointLog.from_touchpoints(touchpoints)
