"""One definition, three ways to run it, one trajectory (the first promise of the library)."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from datetime import timedelta
from itertools import zip_longest

import pytest

from lifecycle import Customer, Move, Story, TouchpointLog, replay
from lifecycle.engine import NEVER_DAY
from lifecycle.engine._telling import moves_of
from lifecycle.errors import LifecycleWarning

from .oracle import Oracle, Trace
from .worlds import World, make_world

N_WORLDS, CHUNK = 520, 20


def live_run(world: World) -> dict[str, tuple[Customer, tuple[Move, ...]]]:
    """Each customer at the end, and every move, through the live engine."""
    found = {}
    for history in world.histories:
        step = world.definition.begin(history[0])
        moves = step.moves
        for touchpoint in history[1:]:
            step = world.definition.advance(step.customer, touchpoint)
            moves += step.moves
        step = world.definition.pass_time(step.customer, world.until - timedelta(microseconds=1))
        found[step.customer.id] = (step.customer, moves + step.moves)
    return found


def column_run(world: World) -> Story:
    """The story of the world."""
    log = TouchpointLog.from_touchpoints(touchpoint for history in world.histories for touchpoint in history)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LifecycleWarning)
        return replay(world.definition, log, until=world.until)


def trace(moves: tuple[Move, ...]) -> Trace:
    """The moves as the oracle writes them down."""
    return [(move.at_us, move.source.id, move.target.id, move.event, move.cause) for move in moves]


def disagreement(world: World, *, with_oracle: bool = True) -> str | None:
    """The first customer on whom two engines disagree, and how; None when all agree."""
    live, story, oracle = live_run(world), column_run(world), Oracle(world.definition)
    record = story.record
    for history in world.histories:
        id = history[0].customer
        customer, moves = live[id]
        code = record.log.code_of(id)
        where = f"world {world.seed}, {id}"
        if (found := first_difference(moves, moves_of(record, code))) is not None:
            return f"{where}: live and columns, {found}"
        due = None if record.due[code] == NEVER_DAY else int(record.due[code])
        if customer.due_day != due or customer.stage != story.stages[record.state.leaf[code]]:
            return f"{where}: live ends in {customer.stage}, due {customer.due_day}; columns due {due}"
        if with_oracle and (found := first_difference(trace(moves), oracle.run(history, record.until_us))) is not None:
            return f"{where}: live and python-statemachine, {found}"
    return None


def first_difference(left: Sequence[object], right: Sequence[object]) -> str | None:
    """The first place where two sequences differ."""
    for place, (one, other) in enumerate(zip_longest(left, right)):
        if one != other:
            return f"at {place}:\n{one!r}\n{other!r}"
    return None


@pytest.mark.parametrize("first", range(0, N_WORLDS, CHUNK))
def test_engines_agree(first: int) -> None:
    """Live, columns and python-statemachine give the same moves, times, causes and figures."""
    for seed in range(first, first + CHUNK):
        assert disagreement(make_world(seed)) is None


@pytest.mark.smoke
def test_engines_agree_on_a_few() -> None:
    """The same on a few worlds, for the legs of CI that only look in."""
    for seed in range(1_000, 1_010):
        assert disagreement(make_world(seed)) is None


def test_worlds_are_large_enough() -> None:
    """The budget of S27 is met: 500 definitions, 200,000 touchpoints, and most customers move."""
    worlds = [make_world(seed) for seed in range(0, N_WORLDS, 13)]
    touchpoints = sum(len(history) for world in worlds for history in world.histories) / len(worlds) * N_WORLDS
    assert N_WORLDS >= 500
    assert touchpoints >= 200_000
