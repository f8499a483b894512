"""How far a change reaches: everything that may read otherwise, and what cannot."""

from __future__ import annotations

from typing import Any

import pytest

from lifecycle import Count, CustomerMachine, DateOf, Definition, Difference, InStage, Last, Ratio, Since, Timer, role
from lifecycle.definition._affected import affected
from lifecycle.signs import Health, Measure, Segment, Signal

FACTS: dict[str, Any] = {
    "visits": Count("visit"),
    "orders": Count("order"),
    "share": Ratio("visits", "orders"),
    "more": Difference("share", "orders"),
    "quiet": Since(),
    "here": InStage(),
    "opened": InStage(count="mail"),
    "end": Last("signed", of="end", type="date"),
}
SIGNALS = [
    Signal("low", "more < 5"), Signal("both", "signal_low and orders > 1"),
    Signal("calm", "orders > 3", clear="share < 1"), Signal("plain", "orders > 2"),
]  # fmt: skip
SEGMENTS = [
    Segment("ours", "orders > 1"), Segment("loud", "signal_both"), Segment("well", "health > 50"),
    Segment("mine", "stage == 'member'"), Segment("old", "here > 3"),
]  # fmt: skip
HEALTH = Health([Measure("orders", bad=0, good=9)], weights={"ours": {"orders": 2}})


def machine(condition: str) -> type[CustomerMachine]:
    """Member and away."""
    member, away = role.active(initial=True), role.lost()
    body = {"member": member, "away": away, "order": member.to(away, cond=condition), "over": member.to(away)}
    return type(CustomerMachine)("Made", (CustomerMachine,), body)


def shop(**changes: Any) -> Definition:
    """A shop, with some parts changed."""
    parts: dict[str, Any] = {
        "facts": FACTS, "signals": SIGNALS, "segments": SEGMENTS, "health": HEALTH,
        "timers": [Timer("over", 30, DateOf("end"))], "events": {"visit": ["came in"]},
    }  # fmt: skip
    facts = {**FACTS, **changes.pop("facts", {})}
    made = machine(changes.pop("condition", "orders > 5"))
    return Definition(made, **{"name": "shop", **parts, "facts": facts, **changes})


STAGED = {"stage", "here", "opened", "health", "signal_low", "signal_both", "signal_calm", "signal_plain"}
OF_STAGE = {"well", "mine", "old", "loud"}


@pytest.mark.parametrize(
    ("changes", "names", "segments"),
    [
        ({"name": "other", "version": "2"}, set(), set()),
        ({"facts": {"visits": Count("visit").within(7)}},
         {"visits", "share", "more", "signal_low", "signal_both", "signal_calm"}, {"loud"}),
        ({"facts": {"orders": Count("order").within(7)}},
         {"orders", "share", "more", *STAGED}, {"ours", *OF_STAGE}),
        ({"facts": {"extra": Count("order")}}, {"extra"}, set()),
        ({"facts": {"end": Last("signed", of="until", type="date")}}, {"end", *STAGED}, OF_STAGE),
        ({"condition": "orders > 6"}, STAGED, OF_STAGE),
        ({"timers": [Timer("over", 31, DateOf("end"))]}, STAGED, OF_STAGE),
        ({"passive": ["order"]}, {"quiet", *STAGED}, OF_STAGE),
        ({"events": {"visit": ["came in", "entered"]}},
         {"visits", "share", "more", "quiet", *STAGED}, OF_STAGE),
        ({"events": {"visit": ["came in", "mail"]}},
         {"visits", "share", "more", "quiet", *STAGED}, OF_STAGE),
        ({"zone": "Asia/Tokyo"}, {*FACTS, *STAGED}, {"ours", *OF_STAGE}),
        ({"signals": [Signal("low", "more < 6"), *SIGNALS[1:]]}, {"signal_low", "signal_both"}, {"loud"}),
        ({"signals": [Signal("low", "more < 5", dwell_days=2), *SIGNALS[1:]]}, {"signal_low", "signal_both"}, {"loud"}),
        ({"signals": [Signal("low", "more < 5", text="Told", severity="info"), *SIGNALS[1:]]}, set(), set()),
        ({"signals": [*SIGNALS, Signal("new", "orders > 1")]}, {"signal_new"}, set()),
        ({"signals": SIGNALS[:3]}, {"signal_plain"}, set()),
        ({"segments": [Segment("ours", "orders > 2"), *SEGMENTS[1:]]}, {"health"}, {"ours", "well"}),
        ({"segments": [Segment("ours", "orders > 1", version="2"), *SEGMENTS[1:]]}, set(), set()),
        ({"health": Health([Measure("orders", bad=0, good=8)])}, {"health"}, {"well"}),
    ],
)  # fmt: skip
def test_how_far_a_change_reaches(changes: dict[str, Any], names: set[str], segments: set[str]) -> None:
    """A change reaches what reads it, and what reads that; both ways round."""
    found = affected(shop(), shop(**changes))
    assert (found.names, found.segments) == (names, segments)
    assert found == affected(shop(**changes), shop())
    assert found.has_stages == ("stage" in names)
    assert found.signals == {name.removeprefix("signal_") for name in names if name.startswith("signal_")}


def test_what_is_no_sign_of_life_reaches_timers_of_silence() -> None:
    """A timer that counts from the last sign of life moves others when something else is one."""
    parts: dict[str, Any] = {"facts": {"end": FACTS["end"]}, "timers": [Timer("over", 30)]}
    first, second = (shop(**parts, passive=passive) for passive in ([], ["mail"]))
    assert affected(first, second).has_stages
