"""Histories lead where they should, are valid, and shrink to little."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from lifecycle import Definition, Touchpoint, TouchpointLog, presets, replay
from lifecycle.errors import InvalidArgument
from lifecycle.testing import (
    History,
    Walked,
    customers,
    definitions,
    histories,
    logs,
    sampled_histories,
    touchpoints,
    walk_through,
)

from .club import club

PRESETS: dict[str, Definition] = {"saas": presets.saas(), "commerce": presets.commerce(), "service": presets.service()}
BY_STAGE = [(name, stage.id) for name, preset in PRESETS.items() for stage in preset.stages]
BY_SIGNAL = [(name, signal.name) for name, preset in PRESETS.items() for signal in preset.signals]
BY_PLAYBOOK = [(name, playbook.name) for name, preset in PRESETS.items() for playbook in preset.playbooks]


def share(definition: Definition, told: Callable[..., object], test: Callable[[Walked], bool], **goal: str) -> float:
    """How many of some histories pass a test."""
    found = [test(walk_through(definition, one)) for one in sampled_histories(definition, 20, **goal)]  # type: ignore[arg-type]
    return sum(found) / len(found)


@pytest.mark.parametrize(("preset", "stage"), BY_STAGE)
def test_histories_reach_a_stage(preset: str, stage: str) -> None:
    """Most of the histories that should reach a stage of a preset reach it."""

    def reaches(walked: Walked) -> bool:
        return any(step.customer.stage.id == stage for step in walked.steps) or any(
            stage in (move.source.id, move.target.id) for move in walked.moves
        )

    assert share(PRESETS[preset], sampled_histories, reaches, stage=stage) > 0.6


@pytest.mark.parametrize(("preset", "signal"), BY_SIGNAL)
def test_histories_raise_a_signal(preset: str, signal: str) -> None:
    """Most of the histories that should raise a signal of a preset raise it."""
    raises = lambda walked: any(one.is_raised and one.signal == signal for one in walked.signals)  # noqa: E731
    assert share(PRESETS[preset], sampled_histories, raises, signal=signal) > 0.5


@pytest.mark.parametrize(("preset", "playbook"), BY_PLAYBOOK)
def test_histories_start_a_playbook(preset: str, playbook: str) -> None:
    """Most of the histories that should start a playbook of a preset start it."""
    starts = lambda walked: any(one.event == "entered" and one.playbook == playbook for one in walked.runs)  # noqa: E731
    assert share(PRESETS[preset], sampled_histories, starts, playbook=playbook) > 0.5


@pytest.mark.parametrize("playbook", [one.name for one in club().playbooks])
def test_histories_start_every_sort_of_playbook(playbook: str) -> None:
    """Moves, signals, touchpoints, silences and dates are all brought about."""
    starts = lambda walked: any(one.event == "entered" and one.playbook == playbook for one in walked.runs)  # noqa: E731
    assert share(club(), sampled_histories, starts, playbook=playbook) > 0.5


def test_sampled_histories_are_the_same_for_the_same_seed() -> None:
    """A seed says it all; another seed gives others."""
    definition = PRESETS["saas"]
    first, again = list(sampled_histories(definition, 8)), list(sampled_histories(definition, 8))
    assert first == again
    assert first != list(sampled_histories(definition, 8, seed=1))


def test_sampled_histories_are_the_same_in_every_process() -> None:
    """The order in which sets happen to be does not matter."""
    script = (
        "from lifecycle import presets\nfrom lifecycle.testing import sampled_histories\n"
        "print(list(sampled_histories(presets.commerce(), 40)))"
    )
    found = [
        subprocess.run(
            [sys.executable, "-c", script],
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
            env=os.environ | {"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    ]
    assert found[0] == found[1]


def test_a_second_definition_of_the_same_words_gives_the_same_histories() -> None:
    """What a definition says counts, not which object says it."""
    assert list(sampled_histories(club(), 5)) == list(sampled_histories(club(), 5))


@given(histories(PRESETS["commerce"], min_size=2, max_size=9))
@settings(max_examples=80)
def test_histories_keep_their_bounds(history: History) -> None:
    """They are of one customer, in time order, and as long as asked for."""
    moments = [touchpoint.at for touchpoint in history.touchpoints]
    assert moments == sorted(moments)
    assert 2 <= len(history) <= 9
    assert history.until >= moments[-1]
    assert {touchpoint.customer for touchpoint in history.touchpoints} == {history.customer}


@given(histories(PRESETS["service"]))
@settings(max_examples=80)
def test_the_repr_of_a_history_makes_it_again(history: History) -> None:
    """What hypothesis shows can be pasted into a test."""
    assert eval(repr(history), {"History": History, "Touchpoint": Touchpoint}) == history


@pytest.mark.parametrize(
    ("test", "most"),
    [
        (lambda walked: any(one.signal == "fading" and one.is_raised for one in walked.signals), 2),
        (lambda walked: any(one.signal == "halved" and one.is_raised for one in walked.signals), 4),
        (lambda walked: any(move.target.id == "gone" for move in walked.moves), 2),
        (lambda walked: any(move.target.id == "friend" for move in walked.moves), 4),
        (lambda walked: any(play.playbook == "birthday" for play in walked.plays), 1),
        (lambda walked: any(play.playbook == "offer" for play in walked.plays), 1),
    ],
    ids=["fading", "halved", "gone", "friend", "birthday", "offer"],
)
def test_histories_shrink_to_few_touchpoints(test: Callable[[Walked], bool], most: int) -> None:
    """What is not needed for what was found is left out."""
    definition = club()
    small = find(histories(definition), lambda history: test(walk_through(definition, history)))
    assert len(small) <= most, small


@given(customers(PRESETS["saas"], stage="advocacy"))
@settings(max_examples=20)
def test_customers_stand_in_the_stage_asked_for(customer: object) -> None:
    """Stages, compounds and roles name where customers stand."""
    assert customer.stage.id in {"referrer", "testimonial", "co_creator"}  # type: ignore[attr-defined]


@given(logs(PRESETS["saas"], min_customers=2, max_customers=3))
@settings(max_examples=20)
def test_logs_can_be_replayed(log: TouchpointLog) -> None:
    """A log holds several customers."""
    assert 2 <= log.n_customers <= 3
    assert replay(PRESETS["saas"], log).census() is not None


@given(definitions())
@settings(max_examples=100)
def test_drawn_definitions_are_valid(definition: Definition) -> None:
    """Every drawn definition is one, and its stages are reached."""
    assert 2 <= len(definition.stages) <= 4


@given(st.data())
@settings(max_examples=60)
def test_touchpoints_fit_a_definition(data: st.DataObject) -> None:
    """Every touchpoint can begin a customer."""
    definition = PRESETS["commerce"]
    touchpoint = data.draw(touchpoints(definition, customer="ada"))
    assert definition.begin(touchpoint).customer.id == "ada"


@given(touchpoints(kinds=["login"]))
@settings(max_examples=20)
def test_touchpoints_without_a_definition(touchpoint: Touchpoint) -> None:
    """Kinds can be chosen."""
    assert touchpoint.kind == "login"


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"stage": "adopton"}, "no stage 'adopton'; did you mean 'adoption'?"),
        ({"signal": "logins_fell"}, "no signal 'logins_fell'; did you mean"),
        ({"playbook": "zzz"}, "no playbook 'zzz'; known are"),
        ({"stage": "churn", "signal": "detractor"}, "one of the three"),
        ({"min_size": 0}, "min_size=0"),
        ({"min_size": 5, "max_size": 4}, "max_size=4"),
    ],
    ids=["stage", "signal", "playbook", "two goals", "min_size", "max_size"],
)
def test_what_cannot_be_is_refused(asked: dict[str, object], message: str) -> None:
    """A name that is not there, or a size that cannot be, is refused at once."""
    with pytest.raises(InvalidArgument, match=message.replace("?", r"\?")):
        histories(PRESETS["saas"], **asked)  # type: ignore[arg-type]
