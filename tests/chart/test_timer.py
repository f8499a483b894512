"""Timers: what they say and what they refuse."""

from __future__ import annotations

from typing import Any

import pytest

from lifecycle.chart import ACTIVITY, ENTRY, DateOf, Timer
from lifecycle.errors import DefinitionError

pytestmark = pytest.mark.smoke


@pytest.mark.parametrize(
    ("timer", "text"),
    [
        (Timer("quiet", 45), "quiet: 45 days after last sign of life"),
        (Timer("quiet", after_days=1, since="visit"), "quiet: 1 day after last visit"),
        (Timer("quiet", 45, ("visit", "order")), "quiet: 45 days after last visit or order"),
        (Timer("nudge", 7, since=ENTRY, every_days=1), "nudge: 7 days after entry, then every 1 day"),
        (Timer("renew", -30, since=DateOf("renewal")), "renew: 30 days before renewal"),
        (
            Timer("renew", 0, since=DateOf("renewal"), every_days=365),
            "renew: on renewal, then every 365 days",
        ),
        (Timer("late", 3, since=DateOf("renewal")), "late: 3 days after renewal"),
    ],
)
def test_a_timer_says_when_it_is_due(timer: Timer, text: str) -> None:
    """A timer reads as a person would say it."""
    assert str(timer) == text


def test_the_kinds_of_a_timer_are_normalised() -> None:
    """Kinds are kept as written and compared in their normal form; other bases have none."""
    assert Timer("quiet", 3, since=("Order Completed", "visit")).kinds == ("order_completed", "visit")
    assert Timer("quiet", 3, since="Order Completed").since == "Order Completed"
    assert Timer("quiet", 3, since=ACTIVITY).kinds == ()


def test_a_list_of_kinds_becomes_a_tuple() -> None:
    """A timer is frozen, so a list of kinds is copied."""
    kinds: Any = ["visit", "order"]
    timer = Timer("quiet", 3, since=kinds)
    kinds.append("call")
    assert timer.since == ("visit", "order")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"event": "", "after_days": 3}, "the event is a text"),
        ({"event": 7, "after_days": 3}, "timer 7: the event is a text"),
        ({"after_days": 0}, "after_days=0 is not a whole number from 1 to 36500; only a timer since DateOf"),
        ({"after_days": -1, "since": ENTRY}, "after_days=-1 is not a whole number from 1"),
        ({"after_days": True}, "after_days=True is not a whole number"),
        ({"after_days": 1.5}, "after_days=1.5 is not a whole number"),
        ({"after_days": 10**9}, "after_days=1000000000 is not a whole number"),
        ({"after_days": -40_000, "since": DateOf("renewal")}, "from -36500 to 36500"),
        ({"after_days": 3, "every_days": 0}, "every_days=0 is not a whole number from 1 to 36500, or None"),
        ({"after_days": 3, "every_days": False}, "every_days=False is not a whole number"),
        (
            {"after_days": 3, "since": None},
            "since=None is no kind, tuple of kinds, ACTIVITY, ENTRY or DateOf",
        ),
        ({"after_days": 3, "since": ()}, "since=() is no kind"),
        ({"after_days": 3, "since": ""}, "since='' is no kind"),
        ({"after_days": 3, "since": " - "}, "since=' - '"),
        ({"after_days": 3, "since": DateOf(7)}, "must name a fact"),  # type: ignore[arg-type]
    ],
)
def test_a_timer_refuses(arguments: dict[str, Any], said: str) -> None:
    """A timer with a wrong field is refused with the value and what would do."""
    with pytest.raises(DefinitionError) as caught:
        Timer(**{"event": "quiet", **arguments})
    assert said in str(caught.value)
    assert str(caught.value).startswith("timer ")
