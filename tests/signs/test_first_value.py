"""Time to first value: days to the milestone that a blueprint names, nobody left out."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from lifecycle import Blueprint, CustomerMachine, Definition, Flag, Milestone, Story, Touchpoint, TouchpointLog, replay
from lifecycle.chart import role


class Shop(CustomerMachine):
    """Two stages."""

    new = role.prospect(initial=True)
    bought = role.active()
    buy = new.to(bought)


def story(first_value: str | None) -> Story:
    """Ann gets value after four days, bob not yet, cy never bought."""
    definition = Definition(
        Shop,
        name="shop",
        facts={"has_used": Flag("use"), "has_asked": Flag("ask")},
        blueprints=[
            Blueprint(
                "start_well",
                [Milestone("asked", "has_asked", due_days=3), Milestone("used", "has_used", due_days=5)],
                start="bought",
                first_value=first_value,
            )
        ],
    )
    begin = datetime(2026, 3, 1, 10, tzinfo=UTC)
    events = [("ann", "buy", 0), ("ann", "use", 4), ("ann", "ask", 6), ("bob", "buy", 2), ("cy", "ask", 1)]
    touchpoints = [Touchpoint(who, kind, begin + timedelta(days=day)) for who, kind, day in events]
    return replay(definition, TouchpointLog.from_touchpoints(touchpoints), until="2026-03-11")


def test_days_from_start_to_first_value() -> None:
    """Who is not there yet is listed with the days so far; who has not started is not listed."""
    assert list(story("used").time_to_first_value().rows()) == [
        {"customer": "ann", "blueprint": "start_well", "start": date(2026, 3, 1), "days": 4, "is_reached": True},
        {"customer": "bob", "blueprint": "start_well", "start": date(2026, 3, 3), "days": 7, "is_reached": False},
    ]


def test_as_of_a_moment_the_future_is_unseen() -> None:
    """As of the third day Ann is not there yet, and Bob has not started."""
    assert list(story("used").time_to_first_value("2026-03-03").rows()) == [
        {"customer": "ann", "blueprint": "start_well", "start": date(2026, 3, 1), "days": 1, "is_reached": False},
    ]


@pytest.mark.smoke
def test_a_blueprint_without_a_first_value_is_not_asked() -> None:
    """No first value, no row."""
    assert len(story(None).time_to_first_value()) == 0
