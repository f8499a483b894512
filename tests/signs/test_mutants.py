"""A test that cannot fail proves nothing: faults planted in the signs of one engine are found by the comparison."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import attrs
import numpy as np
import pytest

from lifecycle.definition import _definition
from lifecycle.engine import NEVER_DAY
from lifecycle.rules import BoundCondition
from lifecycle.signs import _compile, _episodes, _going, _history, _moment, _program, _scoring, _telling, _turning
from lifecycle.signs._checkups import CheckUps
from lifecycle.signs._scoring import Scoring, natural, naturals
from tests.engine.worlds import World

from .test_equality import as_columns, as_live, column_run, disagreement
from .worlds import sign_world

N_WORLDS = 40
Fault = Callable[..., Any]
world_of = cache(lambda seed: sign_world(seed, n_customers=5))


# --- live -----------------------------------------------------------------------------------------------------------


def asks_otherwise(change: Callable[[bool, bool, Any, bool], tuple[bool, bool]]) -> Callable[[Fault], Fault]:
    """What a watch is to do, changed: (raised, cleared, clearing condition's answer, is up) → (raised, cleared)."""

    def wrong(right: Fault) -> Fault:
        def asks(self: _program.Watch, *known: Any, is_up: bool) -> tuple[bool, bool, int]:
            raised, cleared, day = right(self, *known, is_up=is_up)
            if self.journey is not None:
                return raised, cleared, day
            clears = None if self.ask_clear is None else self.ask_clear(*known)[0] is True
            return *change(raised, cleared, clears, is_up), day

        return asks

    return wrong


def keeps_outside(right: Fault) -> Fault:
    """Leaving the watched stages closes nothing."""
    return lambda self, watch, state, now, known: (
        (*state[:2], NEVER_DAY)
        if watch.journey is None and not watch.watched[known[0]]
        else right(self, watch, state, now, known)
    )


def starts_again(right: Fault) -> Fault:
    """A blueprint starts with every entry of its stage."""

    def begin(self: Any, entered: set[int], day: int) -> None:
        right(self, entered, day)
        pairs = zip(self.signs.journeys, self.journeys, strict=True)
        self.journeys = tuple((day, state[1]) if journey.node in entered else state for journey, state in pairs)

    return begin


def overdue_anywhere(right: Fault) -> Fault:
    """A milestone becomes overdue for the lost too."""

    def note(self: Any, day: int, at_us: int, leaf: int, read: Any) -> None:
        stages = self.program.chart.stages
        found = next((place for place, stage in enumerate(stages) if stage.role != "lost"), leaf)
        right(self, day, at_us, found, read)

    return note


# --- columns --------------------------------------------------------------------------------------------------------


def masks_otherwise(change: Callable[[Any, Any, Any], tuple[Any, Any]]) -> Callable[[Fault], Fault]:
    """Where signals are raised and cleared, changed: (raised, cleared, clearing condition's truth) → both."""

    def wrong(right: Fault) -> Fault:
        def masks(watch: Any, read: Any, n: int) -> tuple[Any, Any]:
            raised, cleared = right(watch, read, n)
            if watch.journey is not None:
                return raised, cleared
            return change(raised, cleared, None if watch.clears is None else watch.clears.bounds(read, n)[0])

        return masks

    return wrong


def unlatched(right: Fault) -> Fault:
    """A milestone is left again when its condition is."""
    return lambda watch, read, n: (
        right(watch, read, n) if watch.journey is None else (right(watch, read, n)[0], ~right(watch, read, n)[0])
    )


def first_days_only(right: Fault) -> Fault:
    """Of the days on which a score may move, only the first is looked at."""

    def between(*given: Any) -> list[Any]:
        found = []
        for turner in right(*given):
            spans = turner.spans
            short = None if spans is None else (lambda read, points, spans=spans: first_of(spans(read, points)))
            found.append(attrs.evolve(turner, spans=short))
        return found

    def first_of(spans: Any) -> Any:
        return spans[0], spans[1], spans[1]

    return between


def unclipped(value: Any, measure: Any) -> Any:
    """Points that go below the bad end and beyond the good one."""
    return (value - measure.bad) / (measure.good - measure.bad) * 100.0


MUTANTS: dict[str, tuple[object, str, Callable[[Fault], Fault]]] = {
    "live: a dwell is a day short": (
        _going.Going,
        "dwelt",
        lambda right: lambda self, dwell, *given: right(self, dwell - 1, *given),
    ),
    "live: a dwell counts touchpoints": (
        _going.Going,
        "dwelt",
        lambda right: lambda self, dwell, state, now, day: right(self, dwell, state, (now[0], True), day),
    ),
    "live: clearing beats raising": (
        _program.Watch,
        "asks",
        asks_otherwise(lambda raised, cleared, clears, is_up: (raised, cleared or bool(clears and is_up))),
    ),
    "live: missing clears": (
        _program.Watch,
        "asks",
        asks_otherwise(lambda raised, cleared, clears, _: (raised, not raised if clears is None else cleared)),
    ),
    "live: missing raises": (
        _program.Watch,
        "asks",
        asks_otherwise(lambda raised, cleared, clears, _: (not cleared if clears is None else raised, cleared)),
    ),
    "live: the second threshold is forgotten": (
        _program.Watch,
        "asks",
        asks_otherwise(
            lambda raised, cleared, clears, is_up: (raised, not raised and is_up if clears is not None else cleared)
        ),
    ),
    "live: leaving closes nothing": (_going.Going, "next_state", keeps_outside),
    "live: touchpoints come before the midnight of their day": (
        _going.Going,
        "pass_until",
        lambda right: lambda self, last_day: right(self, last_day - 1),
    ),
    "live: what a touchpoint changes is not asked": (_program.SignProgram, "changed", lambda right: lambda *given: 0),
    "live: what reads a signal is not asked again": (
        _definition,
        "compile_signs",
        lambda right: lambda *given: attrs.evolve(signs := right(*given), readers=(0,) * len(signs.watches)),
    ),
    "live: a blueprint starts a day early": (
        _going.Going,
        "begin_journeys",
        lambda right: lambda self, entered, day: right(self, entered, day - 1),
    ),
    "live: a blueprint starts again": (_going.Going, "begin_journeys", starts_again),
    "live: overdue among the lost": (_going.Going, "note_overdue", overdue_anywhere),
    "live: check-ups are not taken": (_going.Going, "catch_up", lambda right: lambda self, last_day: None),
    "live: the margin is ignored": (
        Scoring,
        "band",
        lambda right: lambda self, before, score: None if score is None else natural(self.edges(), score),
    ),
    "live: points are not clipped": (_scoring, "_points", lambda right: unclipped),
    "live: weights of stages are ignored": (Scoring, "weights", lambda right: lambda self, leaf, read: self._usual),
    "columns: a dwell is a day long": (
        _history.History,
        "_ripe",
        lambda right: lambda self, points, holds, dwell: right(self, points, holds, dwell + 1),
    ),
    "columns: clearing beats raising": (
        _history,
        "masks",
        masks_otherwise(
            lambda raised, cleared, clears: (raised, cleared) if clears is None else (raised & ~clears, clears)
        ),
    ),
    "columns: missing clears": (
        _history,
        "masks",
        masks_otherwise(lambda raised, cleared, clears: (raised, ~raised if clears is None else cleared)),
    ),
    "columns: missing raises": (
        _history,
        "masks",
        masks_otherwise(lambda raised, cleared, clears: (~cleared if clears is None else raised, cleared)),
    ),
    "columns: a milestone is not latched": (_history, "masks", unlatched),
    "columns: leaving closes nothing": (
        _history.History,
        "_is_watched",
        lambda right: (
            lambda self, watch, points: (
                np.ones(len(points), bool) if watch.journey is None else right(self, watch, points)
            )
        ),
    ),
    "columns: windows are not looked at": (
        _turning,
        "_stepping",
        lambda right: lambda *given: attrs.evolve(right(*given), days=None),
    ),
    "columns: a growing fact crosses a day late": (
        _turning,
        "_reach",
        lambda right: lambda *given: (found := right(*given)) and (found[0], found[1] + 1, found[2] + 1),
    ),
    "columns: a quotient is not looked at": (
        _turning,
        "_ratio",
        lambda right: lambda *given: attrs.evolve(right(*given), spans=None),
    ),
    "columns: a score is looked at once": (_compile, "between", first_days_only),
    "columns: a signal is read as it was before": (
        _episodes.Track,
        "at",
        lambda right: lambda self, past, points: right(self, past, attrs.evolve(points, stop=points.stop - 1)),
    ),
    "columns: a blueprint starts a day late": (
        _history.History,
        "started",
        lambda right: lambda self, journey: (found := right(self, journey)) and (found[0], found[1] + 1, found[2]),
    ),
    "columns: overdue a day late": (
        _telling,
        "_overdue",
        lambda right: lambda history, what, reached: right(history, (what[0] + 1, what[1]), reached),
    ),
    "columns: what a signal was before is forgotten": (
        _moment.BlockMoment,
        "_along",
        lambda right: lambda self, number, some: np.zeros(len(some), bool),
    ),
    "columns: the margin is ignored": (
        CheckUps,
        "_bounds",
        lambda right: lambda self, scores: (naturals(self.scoring.edges(), scores),) * 2,
    ),
    "columns: check-ups are a day late": (
        CheckUps,
        "scores",
        lambda right: lambda self, who, days: right(self, who, days + 1),
    ),
    "columns: points are not clipped": (_scoring, "_points_of", lambda right: unclipped),
    "columns: weights of stages are ignored": (
        Scoring,
        "weight_columns",
        lambda right: lambda self, leaf, read: np.repeat(np.array(self._usual)[:, None], len(leaf), axis=1),
    ),
    "columns: the unheard are guessed": (BoundCondition, "heard", lambda right: lambda self, read, n: np.ones(n, bool)),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_planted_fault_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault in the signs of one engine shows within a few worlds, in what happened or in what is read."""
    owner, attribute, fault = MUTANTS[name]
    monkeypatch.setattr(owner, attribute, fault(getattr(owner, attribute)))
    assert any(differs(seed) for seed in range(N_WORLDS)), f"no world shows that {name}"


def differs(seed: int) -> bool:
    """Whether the engines disagree on a world, its definition bound again, as a fault may sit in the binding."""
    world = world_of(seed)
    again: World = attrs.evolve(world, definition=attrs.evolve(world.definition))
    if disagreement(again, with_oracle=False) is not None:
        return True
    first = min(history[0].at for history in again.histories)
    at = first + (again.until - first) * 0.7
    return as_columns(column_run(again), at) != as_live(again, at)


def test_without_a_fault_nothing_is_found() -> None:
    """The worlds of the faults agree as they are."""
    assert not any(differs(seed) for seed in range(0, N_WORLDS, 3))


CLOCKS = {
    "a threshold is crossed a day late": (
        _turning,
        "_crossings",
        lambda right: lambda *given: tuple(crossing + 1 for crossing in right(*given)),
    ),
}


@pytest.mark.parametrize("name", CLOCKS)
def test_a_fault_of_both_engines_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What both engines share is compared with the slow second opinion."""
    owner, attribute, fault = CLOCKS[name]
    monkeypatch.setattr(owner, attribute, fault(getattr(owner, attribute)))
    worlds = (attrs.evolve(world_of(seed), definition=attrs.evolve(world_of(seed).definition)) for seed in range(8))
    assert any(disagreement(world, with_oracle=True) is not None for world in worlds), f"no world shows that {name}"
