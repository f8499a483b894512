"""No leakage: what is known at a moment is the same when everything later is deleted (S2)."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest

from lifecycle import Customer, Story, Table, TouchpointLog, replay
from lifecycle.engine import reader_of
from lifecycle.engine._telling import moves_of

from .test_equality import column_run
from .worlds import World, make_world

TICK = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moments(world: World, number: int) -> list[datetime]:
    """Moments of a world: some at random, some at a touchpoint, some at a midnight of its zone."""
    draw, calendar = random.Random(world.seed), world.definition.program.calendar
    every = [touchpoint.at for history in world.histories for touchpoint in history]
    first, found = min(every), []
    for _ in range(number):
        at = first + draw.random() * (world.until - first)
        midnight = calendar.midnight(calendar.day_of((at - EPOCH) // TICK)).astimezone(UTC)
        found.append(draw.choice((at, midnight, midnight + TICK, draw.choice(every), draw.choice(every) + TICK)))
    return [min(max(at, first + TICK), world.until) for at in found]


def until(world: World, at: datetime) -> Story:
    """The story of a world in which nothing at or after a moment ever happened."""
    kept = [touchpoint for history in world.histories for touchpoint in history if touchpoint.at < at]
    return replay(world.definition, TouchpointLog.from_touchpoints(kept), until=at)


def as_told(table: Table) -> dict[str, tuple[str, list[object]]]:
    """The columns of a table with their dtypes, missing numbers as None."""
    return {
        name: (values.dtype.str, [None if value != value else value for value in values.tolist()])
        for name, values in table.columns.items()
    }


@pytest.mark.filterwarnings("ignore::lifecycle.errors.LifecycleWarning")
@pytest.mark.parametrize("seed", range(300, 330))
def test_later_touchpoints_change_nothing_before(seed: int) -> None:
    """Stage, facts and moves as of a moment are those of a log that ends there."""
    world = make_world(seed, n_customers=12)
    story = column_run(world)
    for at in moments(world, 5):
        cut = until(world, at)
        told = as_told(story.as_of(at))
        assert told == as_told(cut.as_of(at))
        assert told["customer"][1] == cut.log.ids().tolist()
        edge = (at - EPOCH) // TICK
        for code, id in enumerate(cut.log.ids().tolist()):
            before = tuple(move for move in moves_of(story.record, story.log.code_of(id)) if move.at_us < edge)
            assert moves_of(cut.record, code) == before


@pytest.mark.filterwarnings("ignore::lifecycle.errors.LifecycleWarning")
@pytest.mark.parametrize("seed", range(330, 350))
def test_columns_know_what_the_live_engine_knew(seed: int) -> None:
    """As of a moment the columns give the stage and every fact that the live customer had just before it."""
    world = make_world(seed, n_customers=10)
    definition, story = world.definition, column_run(world)
    types = definition.program.facts.types
    for at in moments(world, 4):
        rows = {row["customer"]: row for row in story.as_of(at).rows()}
        assert set(rows) == {history[0].customer for history in world.histories if history[0].at < at}
        for history in world.histories:
            if history[0].at >= at:
                continue
            row, customer = rows[history[0].customer], live_at(world, history, at)
            assert row["stage"] == customer.stage.id
            assert row["since"].replace(tzinfo=UTC) == customer.since.astimezone(UTC)
            told = definition.facts_of(customer, at - TICK)
            read = reader_of(definition.program, customer, (at - TICK - EPOCH) // TICK)
            for name, kind in types.items():
                stored, shown, column = read(name), told[name], row[name]
                if stored is None:
                    assert column is None or column != column or column is False, name
                elif kind.unit == "date":
                    assert np.datetime64(column) == np.datetime64(int(stored), "D"), name
                elif isinstance(shown, Decimal):
                    assert column == float(shown), name
                else:
                    assert column == shown, name


def live_at(world: World, history: tuple[object, ...], at: datetime) -> Customer:
    """The live customer just before a moment."""
    seen = [touchpoint for touchpoint in history if touchpoint.at < at]  # type: ignore[attr-defined]
    customer = world.definition.begin(seen[0]).customer  # type: ignore[arg-type]
    for touchpoint in seen[1:]:
        customer = world.definition.advance(customer, touchpoint).customer  # type: ignore[arg-type]
    return world.definition.pass_time(customer, at - TICK).customer
