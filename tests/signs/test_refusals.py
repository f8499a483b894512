"""What is no signal, segment, health, blueprint or loyalty is refused when it is built, with place and remedy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from lifecycle import Definition, Last, TouchpointLog, replay
from lifecycle.errors import DefinitionError, InvalidArgument
from lifecycle.signs import Blueprint, Criterion, Health, Loyalty, Measure, Milestone, Segment, Signal

from .club import FACTS, club, tp, utc

pytestmark = pytest.mark.smoke

A = Measure("visits", bad=0, good=9)
STEP = Milestone("goal", "visits >= 1", due_days=3)

VALUES: list[tuple[Callable[[], object], str]] = [
    # --- names and texts
    (lambda: Signal("log in", "visits > 1"), "a name is letters, digits and underscores, such as 'login_stopped'"),
    (lambda: Signal("if", "visits > 1"), "Signal 'if': a name is letters"),
    (lambda: Signal(7, "visits > 1"), "Signal 7: a name is letters"),
    (lambda: Segment("", "visits > 1"), "Segment '': a name is letters"),
    (lambda: Milestone("a-b", "visits > 1", due_days=1), "Milestone 'a-b': a name is letters"),
    (lambda: Criterion("a b", "visits > 1"), "Criterion 'a b': a name is letters"),
    (lambda: Blueprint("a b", [STEP]), "Blueprint 'a b': a name is letters"),
    (lambda: Measure("a b", bad=0, good=1), "Measure 'a b': a fact is letters"),
    (lambda: Signal("a", 5), "Signal 'a': condition=5 is no text"),
    (lambda: Signal("a", "visits > 1", clear=5), "Signal 'a': clear=5 is no text"),
    (lambda: Signal("a", "visits > 1", text=None), "Signal 'a': text=None is no text"),
    (lambda: Segment("a", "visits > 1", version=2), "Segment 'a': version=2 is no text"),
    (lambda: Loyalty(None, "visits > 1"), "content=None is no text"),
    # --- signals
    (
        lambda: Signal("a", "visits > 1", severity="bad"),
        "Signal 'a': severity='bad' is none of info, watch, warning, critical",
    ),
    (
        lambda: Signal("a", "visits > 1", dwell_days=-1),
        "Signal 'a': dwell_days=-1 is not a whole number of days, 0 to 36,600",
    ),
    (lambda: Signal("a", "visits > 1", dwell_days=1.5), "Signal 'a': dwell_days=1.5 is not a whole number"),
    (lambda: Signal("a", "visits > 1", dwell_days=True), "Signal 'a': dwell_days=True is not a whole number"),
    # --- health
    (lambda: Measure("visits", bad=1, good=1), "Measure 'visits': bad and good are both 1; give two ends"),
    (lambda: Measure("visits", bad=0, good=float("inf")), "Measure 'visits': good=inf is not a finite number"),
    (lambda: Measure("visits", bad=float("nan"), good=1), "Measure 'visits': bad=nan is not a finite number"),
    (lambda: Measure("visits", bad="0", good=1), "Measure 'visits': bad='0' is not a finite number"),
    (
        lambda: Measure("visits", bad=0, good=1, weight=0),
        "Measure 'visits': weight=0 is not above 0; leave the measure out",
    ),
    (lambda: Measure("visits", bad=0, good=1, weight=-2), "Measure 'visits': weight=-2 is not above 0"),
    (
        lambda: Measure("visits", bad=0, good=1, missing="skip"),
        "Measure 'visits': missing='skip' is none of leave_out, zero, undefined",
    ),
    (lambda: Health([]), "Health: one measure or more, each of another fact; got none"),
    (lambda: Health([A, A]), "Health: one measure or more, each of another fact; got visits, visits"),
    (lambda: Health([A], bands={}), "Health: bands={} do not ascend from 0 to below 100"),
    (lambda: Health([A], bands={"poor": 10}), "Health: bands={'poor': 10} do not ascend from 0"),
    (lambda: Health([A], bands={"poor": 0, "fair": 50, "good": 40}), "do not ascend from 0 to below 100"),
    (lambda: Health([A], bands={"poor": 0, "fair": 0}), "do not ascend from 0 to below 100"),
    (lambda: Health([A], bands={"poor": 0, "good": 100}), "do not ascend from 0 to below 100"),
    (lambda: Health([A], margin=-1), "Health: margin=-1 is not from 0 to 50 points"),
    (lambda: Health([A], margin=51), "Health: margin=51 is not from 0 to 50 points"),
    (lambda: Health([A], margin=float("nan")), "Health: margin=nan is not from 0 to 50 points"),
    (lambda: Health([A], every_days=0), "Health: every_days=0 is never; give 1 or more"),
    (lambda: Health([A], trend_days=-7), "trend_days=-7 is not a whole number of days"),
    (lambda: Health([A], stale_days=1.5), "stale_days=1.5 is not a whole number of days"),
    (
        lambda: Health([A], weights={"full": {"orders": 1}}),
        "Health: weights of 'full': orders; give weights of measures, 0 or more",
    ),
    (lambda: Health([A], weights={"full": {"visits": -1}}), "Health: weights of 'full': visits; give weights"),
    (
        lambda: Health([A], weights={"full": {"visits": float("nan")}}),
        "Health: weights of 'full': visits; give weights",
    ),
    (lambda: Health([A], weights={"full": {"visits": 0}}), "Health: weights of 'full': all are 0; give weights"),
    # --- blueprints
    (lambda: Milestone("a", "visits > 1", due_days=-1), "Milestone 'a': due_days=-1 is not a whole number of days"),
    (lambda: Criterion("a", "visits > 1", weight=0), "Criterion 'a': weight=0 is not a number above 0"),
    (lambda: Criterion("a", "visits > 1", weight="2"), "Criterion 'a': weight='2' is not a number above 0"),
    (lambda: Blueprint("plan", []), "Blueprint 'plan': one milestone or more, each with its own name; got []"),
    (lambda: Blueprint("plan", [STEP, STEP]), "each with its own name; got ['goal', 'goal']"),
    (lambda: Blueprint("plan", [STEP], first_value="win"), "Blueprint 'plan': first_value='win' is none of goal"),
    (
        lambda: Blueprint("plan", [STEP], fit=[Criterion("a", "visits > 1"), Criterion("a", "visits > 2")]),
        "Blueprint 'plan': two marks of the ideal customer have one name",
    ),
    (lambda: Blueprint("plan", ["goal"]), "Blueprint: 'goal' is no Milestone; pass Milestone(…)"),
    (lambda: Blueprint("plan", [STEP], start=5), "Blueprint 'plan': start=5 is no text"),
    (lambda: Health("visits"), "Health: 'visits' is no Measure; pass Measure(…)"),
    (lambda: Health([A], margin="5"), "Health: margin='5' is not from 0 to 50 points"),
    (lambda: Health([A], bands={"poor": 0, 7: 50}), "are not names with numbers from 0 to below 100"),
    (lambda: Health([A], bands={"poor": 0, "good": float("nan")}), "are not names with numbers from 0 to below 100"),
    (lambda: Health([A], weights={"full": {"visits": "2"}}), "Health: weights of 'full': visits; give weights"),
    (lambda: Signal("a", "visits > 1", stages=5), "stages=5 are not the names of stages, compounds or roles"),
]


@pytest.mark.parametrize(("build", "message"), VALUES, ids=[message[:60] for _, message in VALUES])
def test_what_cannot_be_declared(build: Callable[[], object], message: str) -> None:
    """A declaration that cannot be is refused on its own, before any definition."""
    with pytest.raises(DefinitionError) as caught:
        build()
    assert message in str(caught.value)


TOGETHER: list[tuple[dict[str, Any], str]] = [
    # --- conditions
    (
        {"signals": [Signal("a", "visit > 1")]},
        "signal 'a': condition 'visit > 1' reads 'visit', which is not a fact; did you mean 'visits'?",
    ),
    ({"signals": [Signal("a", "visits >")]}, "signal 'a': condition 'visits >' cannot be read"),
    ({"signals": [Signal("a", "visits")]}, "signal 'a': condition 'visits'"),
    ({"signals": [Signal("a", "visits > 1", clear="visits < 'x'")]}, "signal 'a': condition \"visits < 'x'\""),
    ({"signals": [Signal("a", "stage > 3")]}, "signal 'a': condition 'stage > 3'"),
    (
        {"signals": [Signal("a", "health < 50")]},
        "signal 'a': condition 'health < 50' reads 'health'",
    ),
    ({"signals": [Signal("a", "signal_b")]}, "signal 'a': condition 'signal_b' reads 'signal_b'"),
    ({"signals": [Signal("b1", "visits > 1"), Signal("a", "signal_b2")]}, "did you mean 'signal_b1'?"),
    ({"signals": [Signal("a", "stage == 'fulll'")]}, "signal 'a': 'stage' is never 'fulll'; did you mean 'full'?"),
    ({"signals": [Signal("a", "stage != 'inside'")]}, "signal 'a': 'stage' is never 'inside'"),
    (
        {"segments": [Segment("s", "vists > 1")]},
        "segment 's': condition 'vists > 1' reads 'vists', which is not a fact; did you mean 'visits'?",
    ),
    (
        {"segments": [Segment("s", "stage == 'zzz'")]},
        "segment 's': 'stage' is never 'zzz'; stages: lead, trial, full, away, back",
    ),
    # --- names
    ({"signals": [Signal("a", "visits > 1"), Signal("a", "visits > 2")]}, "signals: 'a' is declared twice; rename one"),
    (
        {"segments": [Segment("s", "visits > 1"), Segment("s", "visits > 2")]},
        "segments: 's' is declared twice; rename one",
    ),
    ({"blueprints": [Blueprint("p", [STEP]), Blueprint("p", [STEP])]}, "blueprints: 'p' is declared twice; rename one"),
    # --- circles
    ({"signals": [Signal("a", "signal_a")]}, "signals: a read each other in a circle; leave one out"),
    (
        {
            "signals": [
                Signal("a", "signal_b"),
                Signal("b", "visits > 1", clear="signal_c"),
                Signal("c", "not signal_a"),
                Signal("d", "visits > 1"),
            ]
        },
        "signals: a, b, c read each other in a circle; leave one out",
    ),
    # --- stages
    (
        {"signals": [Signal("a", "visits > 1", stages="ful")]},
        "signal 'a': 'ful' is no stage, compound or role here; did you mean 'full'?",
    ),
    (
        {"health": Health([A], stages=("actives",))},
        "health: 'actives' is no stage, compound or role here; did you mean 'active'?",
    ),
    (
        {"loyalty": Loyalty("score > 1", "visits > 1", stages="zzz")},
        "loyalty: 'zzz' is no stage, compound or role here; known:",
    ),
    (
        {"blueprints": [Blueprint("p", [STEP], start="insde")]},
        "blueprint 'p': it starts in 'insde', which is no stage; did you mean 'inside'?",
    ),
    (
        {"blueprints": [Blueprint("p", [STEP], start="active")]},
        "blueprint 'p': it starts in 'active', which is no stage",
    ),
    # --- health
    ({"health": Health([Measure("vists", bad=0, good=1)])}, "health: 'vists' is not a fact"),
    ({"health": Health([Measure("plan", bad=0, good=1)])}, "health: 'plan' is a text, which has no scale"),
    ({"health": Health([Measure("renewal", bad=0, good=1)])}, "health: 'renewal' is a date, which has no scale"),
    ({"health": Health([Measure("health", bad=0, good=1)])}, "health: 'health' is not a fact"),
    (
        {"health": Health([A], weights={"vips": {"visits": 2}}), "segments": [Segment("vip", "orders > 1")]},
        "health: weights of 'vips', which is no stage, compound or segment; did you mean 'vip'?",
    ),
    (
        {"health": Health([A], weights={"vip": {"visits": 2}}), "segments": [Segment("vip", "health > 50")]},
        "health: weights of segment 'vip': condition 'health > 50' reads 'health'",
    ),
    (
        {
            "health": Health([A], weights={"vip": {"visits": 2}}),
            "segments": [Segment("vip", "signal_a")],
            "signals": [Signal("a", "health < 9")],
        },
        "health: weights of segment 'vip'",
    ),
    # --- blueprints and loyalty
    (
        {"blueprints": [Blueprint("p", [Milestone("m", "visist > 1", due_days=1)])]},
        "blueprint 'p', milestone 'm': condition 'visist > 1' reads 'visist'",
    ),
    (
        {"blueprints": [Blueprint("p", [STEP], fit=[Criterion("c", "visist > 1")])]},
        "blueprint 'p', mark 'c': condition 'visist > 1' reads 'visist'",
    ),
    (
        {"loyalty": Loyalty("scor > 1", "visits > 1")},
        "loyalty: condition 'scor > 1' reads 'scor', which is not a fact; did you mean 'score'?",
    ),
    (
        {"loyalty": Loyalty("score > 1", "visit > 1")},
        "loyalty: condition 'visit > 1' reads 'visit', which is not a fact; did you mean 'visits'?",
    ),
    ({"loyalty": Loyalty("visits > 1", "visits > 1")}, "loyalty: content 'visits > 1' reads nothing that can be"),
    # --- names of columns, and things of another class
    ({"segments": [Segment("customer", "visits > 1")]}, "segments: the name 'customer' is reserved; rename it"),
    ({"segments": [Segment("signal_a", "visits > 1")]}, "segments: the name 'signal_a' is reserved; rename it"),
    ({"blueprints": [Blueprint("band", [STEP])]}, "blueprints: the name 'band' is reserved; rename it"),
    ({"signals": ["quiet"]}, "signals: 'quiet' is no Signal; pass Signal(…)"),
]


def defined(parts: dict[str, Any]) -> Definition:
    """The club with some signs."""
    facts = {"plan": Last("signed", of="plan", type="text"), "renewal": Last("signed", of="renewal", type="date")}
    return club(
        *parts.get("signals", ()), facts=facts, **{name: part for name, part in parts.items() if name != "signals"}
    )


@pytest.mark.parametrize(("parts", "message"), TOGETHER, ids=[message[:60] for _, message in TOGETHER])
def test_what_does_not_fit_the_definition(parts: dict[str, Any], message: str) -> None:
    """What is declared well but does not fit the facts, stages and other signs is refused by the definition."""
    with pytest.raises(DefinitionError) as caught:
        defined(parts)
    assert message in str(caught.value)


def test_all_problems_are_told_together() -> None:
    """A definition names everything that is wrong with its signs at once."""
    with pytest.raises(DefinitionError) as caught:
        defined({
            "signals": [Signal("a", "vists > 1"), Signal("b", "visits > 1", stages="ful")],
            "segments": [Segment("s", "scor > 1")], "health": Health([Measure("vists", bad=0, good=1)]),
            "loyalty": Loyalty("scor > 1", "visits > 1"),
        })  # fmt: skip
    assert len(str(caught.value).splitlines()) == 1 + 5


@pytest.mark.parametrize("name", ["stage", "health", "signal_a"])
def test_reserved_names_are_no_facts(name: str) -> None:
    """`stage`, `health` and `signal_…` belong to the signs; a fact cannot take them."""
    with pytest.raises(DefinitionError, match=f"fact '{name}': the name is reserved"):
        club(facts={name: FACTS["visits"]})


def test_types_of_parts() -> None:
    """Health and loyalty of another class are refused."""
    for parts in ({"health": [A]}, {"loyalty": "score > 1"}):
        with pytest.raises(TypeError):
            club(**parts)


READINGS = ("signals_of", "segments_of", "health_of", "milestones_of", "fit_of", "loyalty_of")
TABLES = ("signals", "episodes", "memberships", "signs_at", "health", "milestones", "fit", "loyalty")
NO_SIGNS = "has no signs; pass signals, health, segments or blueprints to it"


def test_a_definition_without_signs() -> None:
    """Asked for signs it says what to pass; live and in columns."""
    definition = club()
    joined = tp("joined", "2026-01-01T12:00")
    customer = definition.begin(joined).customer
    assert definition.signs is None
    for name in READINGS:
        with pytest.raises(InvalidArgument, match=f"'club' {NO_SIGNS}"):
            getattr(definition, name)(customer, utc("2026-01-02"))
    story = replay(definition, TouchpointLog.from_touchpoints([joined]))
    for name in TABLES:
        with pytest.raises(InvalidArgument, match=f"the definition {NO_SIGNS}"):
            getattr(story, name)()
    for name in ("signals_of", "milestones_of"):
        with pytest.raises(InvalidArgument, match=NO_SIGNS):
            getattr(story, name)("ann")


def test_an_instant_must_be_aware() -> None:
    """Readings take aware instants only."""
    definition = club(Signal("a", "visits > 1"))
    customer = definition.begin(tp("joined", "2026-01-01T12:00")).customer
    for name in READINGS:
        with pytest.raises(InvalidArgument, match="now"):
            getattr(definition, name)(customer, datetime(2026, 1, 2))
