"""Signs in the identity of a definition: every part counts, none changes a definition without signs (S16)."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import lifecycle
from lifecycle.signs import Blueprint, Criterion, Health, Loyalty, Measure, Milestone, Segment, Signal

from .club import club

pytestmark = pytest.mark.smoke

VIP, OLD = Segment("vip", "orders >= 1"), Segment("old", "tenure > 9")
STEPS = [Milestone("goal", "visits >= 1", due_days=3)]
PARTS: dict[str, Any] = {
    "segments": [VIP, OLD],
    "health": Health([Measure("visits", bad=0, good=9), Measure("quiet", bad=9, good=0)]),
    "blueprints": [
        Blueprint("plan", [Milestone("goal", "visits >= 1", due_days=3)], fit=[Criterion("c", "visits > 1")])
    ],
    "loyalty": Loyalty("score >= 8", "orders >= 2"),
}
QUIET, LOW = Signal("quiet", "quiet > 5"), Signal("low", "score <= 6")
MEASURES = PARTS["health"].measures


def with_signs(*signals: Signal, **changes: Any) -> str:
    """The digest of the club with all sorts of signs, some of them changed."""
    return club(*(signals or (QUIET, LOW)), **{**PARTS, **changes}).digest


def quiet(**changes: Any) -> str:
    """The digest with one signal changed."""
    return with_signs(Signal(**{"name": "quiet", "condition": "quiet > 5", **changes}), LOW)


def health(*measures: Measure, **changes: Any) -> str:
    """The digest with another health."""
    return with_signs(health=Health(measures or MEASURES, **changes))


def step(**changes: Any) -> str:
    """The digest with one milestone changed."""
    one = Milestone(**{"name": "goal", "condition": "visits >= 1", "due_days": 3, **changes})
    return with_signs(blueprints=[Blueprint("plan", [one], fit=PARTS["blueprints"][0].fit)])


CHANGES = {
    "as it is": lambda: with_signs(),
    "a signal less": lambda: with_signs(QUIET),
    "the name of a signal": lambda: quiet(name="silent"),
    "a threshold": lambda: quiet(condition="quiet > 6"),
    "a condition": lambda: quiet(condition="unseen > 5"),
    "a topic": lambda: quiet(topic="voice"),
    "a severity": lambda: quiet(severity="info"),
    "a clearing condition": lambda: quiet(clear="quiet < 3"),
    "a dwell": lambda: quiet(dwell_days=1),
    "stages": lambda: quiet(stages="full"),
    "no stages": lambda: quiet(stages=()),
    "a text": lambda: quiet(text="silent"),
    "a Japanese text": lambda: quiet(text_ja="沈黙"),
    "a segment less": lambda: with_signs(segments=[VIP]),
    "no segments": lambda: with_signs(segments=()),
    "a segment's condition": lambda: with_signs(segments=[Segment("vip", "orders >= 2"), OLD]),
    "a segment's version": lambda: with_signs(segments=[Segment("vip", "orders >= 1", version="2"), OLD]),
    "a segment's date": lambda: with_signs(segments=[Segment("vip", "orders >= 1", dated=date(2026, 1, 1)), OLD]),
    "no health": lambda: with_signs(health=None),
    "a measure less": lambda: health(MEASURES[0]),
    "an end": lambda: health(Measure("visits", bad=0, good=8), MEASURES[1]),
    "a weight": lambda: health(Measure("visits", bad=0, good=9, weight=2), MEASURES[1]),
    "a missing policy": lambda: health(Measure("visits", bad=0, good=9, missing="zero"), MEASURES[1]),
    "bands": lambda: health(bands={"poor": 0, "fair": 50}),
    "a margin": lambda: health(margin=4),
    "check-ups": lambda: health(every_days=1),
    "a trend": lambda: health(trend_days=7),
    "staleness": lambda: health(stale_days=7),
    "stages of health": lambda: health(stages="full"),
    "weights": lambda: health(weights={"full": {"visits": 2}}),
    "other weights": lambda: health(weights={"full": {"visits": 3}}),
    "the order of weights": lambda: health(weights={"full": {"visits": 2}, "vip": {"quiet": 2}}),
    "the order of weights, turned": lambda: health(weights={"vip": {"quiet": 2}, "full": {"visits": 2}}),
    "no blueprints": lambda: with_signs(blueprints=()),
    "a milestone's condition": lambda: step(condition="visits >= 2"),
    "a due day": lambda: step(due_days=4),
    "an expectation": lambda: step(expectation="a plan"),
    "a value": lambda: step(value="a talk"),
    "a role": lambda: step(role="success"),
    "a milestone's text": lambda: step(text_ja="目標"),
    "a start": lambda: with_signs(blueprints=[Blueprint("plan", STEPS, start="full")]),
    "a fit": lambda: with_signs(blueprints=[Blueprint("plan", STEPS)]),
    "a first value": lambda: with_signs(blueprints=[Blueprint("plan", STEPS, first_value="goal")]),
    "no loyalty": lambda: with_signs(loyalty=None),
    "an attitude": lambda: with_signs(loyalty=Loyalty("score >= 9", "orders >= 2")),
    "a behaviour": lambda: with_signs(loyalty=Loyalty("score >= 8", "orders >= 3")),
    "the retained": lambda: with_signs(loyalty=Loyalty("score >= 8", "orders >= 2", stages="full")),
}


def test_whatever_is_declared_enters_the_digest() -> None:
    """Every part of every sign changes the identity of the definition."""
    digests = {name: make() for name, make in CHANGES.items()}
    assert len(set(digests.values())) == len(digests), digests


def test_equal_declarations_have_one_digest() -> None:
    """Built again, from lists or tuples, one stage as a text or in a tuple: the same definition."""
    assert with_signs() == with_signs(QUIET, LOW)
    assert quiet(stages="full") == quiet(stages=["full"]) == quiet(stages=("full",))
    assert with_signs(segments=tuple(PARTS["segments"])) == with_signs()
    assert health() == with_signs()


def test_without_signs_nothing_is_said_of_them() -> None:
    """A definition without signs has the canonical form that it had before there were any; empty lists are none."""
    plain = club()
    assert not {"signals", "segments", "health", "blueprints", "loyalty"} & plain.to_dict().keys()
    assert set(plain.to_dict()) == {
        "format", "name", "version", "zone", "currency", "events", "passive", "facts", "timers", "stages", "inside",
        "initial", "routes",
    }  # fmt: skip
    empty = club(segments=[], health=None, blueprints=(), loyalty=None)
    assert (empty.digest, empty.signs) == (plain.digest, None)


def test_the_canonical_form_holds_the_signs() -> None:
    """What the digest stands for can be read."""
    form = club(QUIET, **PARTS).to_dict()
    assert form["signals"][0]["condition"] == "quiet > 5"
    assert form["health"]["bands"] == [["poor", 0], ["fair", 40], ["good", 70]]
    assert form["blueprints"][0]["milestones"][0]["due_days"] == 3


PROGRAM = """
from tests.signs.test_identity import CHANGES
for make in CHANGES.values():
    print(make())
"""


def test_the_digest_is_the_same_in_every_process() -> None:
    """Another process, with other hashes of texts, gives the same digests."""
    root = Path(__file__).parents[2]
    path = os.pathsep.join([str(root), str(Path(lifecycle.__file__).parents[1])])
    found = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM], env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path},
            cwd=root, capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("0", "4711")
    }  # fmt: skip
    assert found == {"".join(f"{make()}\n" for make in CHANGES.values())}
