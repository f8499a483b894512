"""Every sign of every preset is raised at its exact instant, and cleared at its exact instant."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from lifecycle import presets
from lifecycle.definition import Definition
from lifecycle.signs import Blueprint, Measure, Milestone, Segment, Signal

from . import commerce_signs, saas_signs, service_signs, shared_signs
from .signing import Sign, changes, column_changes, when_of
from .walking import Told, on, told

pytestmark = pytest.mark.smoke

PRESETS: dict[str, tuple[Callable[..., Definition], Any]] = {
    "saas": (presets.saas, saas_signs),
    "commerce": (presets.commerce, commerce_signs),
    "service": (presets.service, service_signs),
}
ROWS = [
    pytest.param(make, (table.BEGIN,), row, id=f"{name}-{row}-{place}")
    for name, (make, table) in PRESETS.items()
    for place, row in enumerate((*table.SIGNS, *shared_signs.SIGNS))
]


@pytest.mark.parametrize(("make", "begin", "row"), ROWS)
def test_the_sign_comes_and_goes_at_its_instant(
    make: Callable[..., Definition], begin: tuple[Told, ...], row: Sign
) -> None:
    """A told history raises the signal once, not a step before, and clears it once; the columns tell the same."""
    history = tuple(sorted((*begin, *row.history), key=lambda one: one[0]))
    definition = make(**row.limits)
    found = changes(definition, history, row.until)
    assert column_changes(definition, history, row.until) == found
    own = [one for one in found if one.signal == row.signal]
    assert [(one.is_raised, when_of(one, history)) for one in own] == row.expected
    assert all(one.figures for one in own if one.cause != "stage")


@pytest.mark.parametrize("name", PRESETS)
def test_no_sign_is_left_untold(name: str) -> None:
    """The told histories raise every signal of the preset, those over amounts too."""
    make, table = PRESETS[name]
    raised = {row.signal for row in (*table.SIGNS, *shared_signs.SIGNS) if row.raised}
    assert raised == {signal.name for signal in make(currency="EUR").signals}


@pytest.mark.parametrize("currency", [None, "EUR"])
@pytest.mark.parametrize("make", [preset for preset, _ in PRESETS.values()])
def test_every_sign_is_said_in_english_and_japanese(make: Callable[..., Definition], currency: str | None) -> None:
    """Signals, segments, measures, blueprints and milestones have a text in both languages."""
    definition = make(currency=currency)
    assert definition.health is not None
    said: list[Signal | Segment | Measure | Blueprint | Milestone] = [
        *definition.signals,
        *definition.segments,
        *definition.health.measures,
        *definition.blueprints,
        *(milestone for blueprint in definition.blueprints for milestone in blueprint.milestones),
    ]
    assert all(one.text.isascii() and one.text and one.text_ja and not one.text_ja.isascii() for one in said)


KINDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("login", ("contact", "level")),
    ("feature_used", ("contact",)),
    ("visit", ("service",)),
    ("booked", ("service",)),
    ("purchase", ("category",)),
    ("subscription_started", ()),
    ("product_viewed", ("product",)),
    ("site_visited", ("page",)),
    ("ticket", ("ticket",)),
    ("ticket_closed", ("ticket",)),
    ("inquiry", ()),
    ("nps", ("score",)),
    ("csat", ("score",)),
    ("voice", ("sentiment",)),
    ("complaint", ()),
    ("promise_made", ("promise", "due")),
    ("promise_kept", ("promise",)),
    ("promise_broken", ("promise",)),
    ("expectation_stated", ("expectation", "score")),
    ("experience_rated", ("expectation", "score")),
    ("mail_sent", ()),
    ("mail_opened", ()),
    ("message_sent", ("message",)),
    ("message_answered", ("message",)),
    ("usage_reported", ("used", "limit")),
    ("data_added", ("volume",)),
    ("feature_blocked", ()),
    ("meeting_cancelled", ()),
    ("booking_cancelled", ()),
    ("refund", ()),
    ("owner_changed", ()),
    ("event_attended", ()),
    ("setup_completed", ()),
    ("referral", ()),
)


def chance(random: Random) -> tuple[Told, ...]:
    """A history of anything, mostly of few kinds, over two years and more."""
    few, day, history = random.sample(KINDS, 8), 0, []
    for _ in range(random.randint(5, 60)):
        day += int(random.choice((0, 0, 1, 1, 2, 5, 20, 60)))
        kind, names = random.choice(few)
        values = {
            name: on(day + random.randint(-2, 9)) if name == "due"
            else random.randint(-10, 10) / 10 if name == "sentiment"
            else random.randint(0, 10) if name in {"score", "used", "limit", "volume"}
            else random.choice("abc")
            for name in names
            if random.random() < 0.9
        }  # fmt: skip
        history.append(told(day, kind, **values))
    return tuple(history)


@pytest.mark.parametrize("name", PRESETS)
def test_the_columns_tell_what_live_tells(name: str) -> None:
    """Of whatever happens, each signal is raised and cleared at the same instants, with the same figures."""
    make, table = PRESETS[name]
    definition, random, n_told = make(), Random(f"signs of {name}"), 0
    for _ in range(25):
        history = (table.BEGIN, *chance(random))
        until = history[-1][0] + random.choice((0, 40, 200))
        found = changes(definition, history, until)
        assert column_changes(definition, history, until) == found
        n_told += len(found)
    assert n_told > 100
