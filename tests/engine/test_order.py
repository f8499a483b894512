"""Order: customers in any order, logs in any split by customer, one moment in its given order: the same bytes (S3)."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from lifecycle import Count, CustomerMachine, Definition, InStage, Story, Table, Touchpoint, TouchpointLog, replay, role
from lifecycle.engine import _past, _replay

from .shop import shop, tp
from .test_equality import column_run
from .worlds import World, make_world

SEEDS = range(200, 212)


def as_bytes(table: Table) -> dict[str, tuple[str, Any]]:
    """The columns of a table, dtypes included: bytes, or objects where there are no bytes."""
    return {
        name: (values.dtype.str, values.tolist() if values.dtype == object else values.tobytes())
        for name, values in table.columns.items()
    }


def told(story: Story) -> list[object]:
    """Everything that a story says of its customers, as bytes."""
    tables = (
        story.moves,
        story.stays,
        story.as_of(story.until),
        story.census("day"),
        story.flow(),
        story.time_in_stage(),
    )
    return [as_bytes(table) for table in tables]


def touchpoints_of(world: World) -> list[Touchpoint]:
    """All touchpoints of a world, customer by customer."""
    return [touchpoint for history in world.histories for touchpoint in history]


def story_of(world: World, touchpoints: list[Touchpoint]) -> Story:
    """The story of some touchpoints of a world."""
    return replay(world.definition, TouchpointLog.from_touchpoints(touchpoints), until=world.until)


@pytest.mark.filterwarnings("ignore::lifecycle.errors.LifecycleWarning")
@pytest.mark.parametrize("seed", SEEDS)
def test_rows_in_any_order(seed: int) -> None:
    """Customers and their rows may be mixed in any way that keeps the order of rows of one moment."""
    world = make_world(seed, n_customers=10)
    expected, draw = told(column_run(world)), random.Random(seed)
    by_time = sorted(touchpoints_of(world), key=lambda touchpoint: touchpoint.at)
    assert told(story_of(world, by_time)) == expected
    histories = list(world.histories)
    draw.shuffle(histories)
    assert told(story_of(world, [touchpoint for history in histories for touchpoint in history])) == expected
    mixed = touchpoints_of(world)
    draw.shuffle(mixed)
    same = {id(touchpoint): place for place, touchpoint in enumerate(touchpoints_of(world))}
    # Of one customer and moment the given order must stay; all else is mixed.
    slots: dict[tuple[str, int], list[int]] = {}
    for place, touchpoint in enumerate(mixed):
        slots.setdefault((touchpoint.customer, touchpoint.at_us), []).append(place)
    for places in slots.values():
        kept = sorted((mixed[place] for place in places), key=lambda touchpoint: same[id(touchpoint)])
        for place, touchpoint in zip(places, kept, strict=True):
            mixed[place] = touchpoint
    assert told(story_of(world, mixed)) == expected


@pytest.mark.filterwarnings("ignore::lifecycle.errors.LifecycleWarning")
@pytest.mark.parametrize("seed", SEEDS)
def test_any_split_by_customer(seed: int) -> None:
    """The stories of parts of the customers, put together, are the story of all."""
    world = make_world(seed, n_customers=11)
    whole, draw = column_run(world), random.Random(seed)
    part_of = {history[0].customer: draw.randrange(3) for history in world.histories}
    stories = [
        story_of(world, [one for one in touchpoints_of(world) if part_of[one.customer] == part]) for part in range(3)
    ]
    for name in ("moves", "stays"):
        table = getattr(whole, name)
        tables = [getattr(story, name) for story in stories]
        place = {id: rank for rank, id in enumerate(whole.log.ids().tolist())}
        customers = np.concatenate([part["customer"] for part in tables])
        order = np.argsort([place[id] for id in customers], kind="stable")
        for column, values in table.columns.items():
            joined = np.concatenate([part[column] for part in tables])[order]
            assert joined.dtype == values.dtype
            assert joined.tolist() == values.tolist()
    counted = sum(story.census("year")["total"][-1] for story in stories if story.n_customers)
    assert counted == whole.census("year")["total"][-1]


@pytest.mark.filterwarnings("ignore::lifecycle.errors.LifecycleWarning")
@pytest.mark.parametrize("seed", SEEDS)
def test_any_size_of_blocks(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many customers are walked together, the story is the same."""
    world = make_world(seed, n_customers=10)
    expected = told(column_run(world))
    for rows, customers in ((1, 1), (40, 3), (10_000, 4)):
        monkeypatch.setattr(_replay, "BLOCK_ROWS", rows)
        monkeypatch.setattr(_replay, "BLOCK_CUSTOMERS", customers)
        monkeypatch.setattr(_past, "BLOCK_ROWS", rows)
        assert told(column_run(world)) == expected


@pytest.mark.smoke
def test_touchpoints_of_one_moment_count_in_their_order() -> None:
    """Of one moment, what comes first in the log comes first; `sequence` goes before that, the id never does."""
    at = datetime(2024, 1, 30, 12, tzinfo=UTC)

    def targets(*touchpoints: Touchpoint) -> list[str]:
        story = replay(shop(), TouchpointLog.from_touchpoints([tp("ann", "visit", -1), *touchpoints]))
        return story.moves["target"].tolist()  # type: ignore[no-any-return]

    def by_hand(stage: str, **about: Any) -> Touchpoint:
        return Touchpoint("ann", "stage_set", at, attributes={"stage": stage}, **about)

    assert targets(by_hand("lost"), by_hand("back")) == ["lost", "back"]
    assert targets(by_hand("back"), by_hand("lost")) == ["back", "lost"]
    assert targets(by_hand("lost", id="z"), by_hand("back", id="a")) == ["lost", "back"]
    assert targets(by_hand("lost", sequence=2), by_hand("back", sequence=1)) == ["back", "lost"]
    assert targets(by_hand("lost", sequence=-1), by_hand("back")) == ["lost", "back"]
    assert targets(by_hand("lost"), by_hand("back", sequence=-1)) == ["back", "lost"]


def test_a_thousand_touchpoints_of_one_moment() -> None:
    """A burst keeps its order: a thousand sets by hand end where the last one says."""
    at = datetime(2024, 1, 30, 12, tzinfo=UTC)
    stages = random.Random(7).choices(["lead", "new", "loyal", "lost", "back"], k=1_000)
    burst = [Touchpoint("ann", "stage_set", at, attributes={"stage": stage}) for stage in stages]
    story = replay(shop(), TouchpointLog.from_touchpoints(burst))
    changes = [stage for before, stage in zip(["lead", *stages], stages, strict=False) if stage != before]
    assert story.moves["target"].tolist() == changes
    assert set(story.moves["at"].tolist()) == {at.replace(tzinfo=None)}
    assert story.live("ann").stage.id == stages[-1]


def test_customers_by_number_then_by_text() -> None:
    """Customers stand by the length of their id, then by its signs: whole numbers in their order."""
    ids = ["10", "9", "b", "a", "B", "é", "aa", "2", "名"]
    histories = [tp(id, "bought", place, 5) for place, id in enumerate(ids)]
    story = replay(shop(), TouchpointLog.from_touchpoints(histories))
    assert story.moves["customer"].tolist() == sorted(ids, key=lambda id: (len(id), id))
    later = story.extend(TouchpointLog.from_touchpoints([tp("1", "bought", 20, 5)]), until=story.until + timedelta(20))
    assert later.moves["customer"].tolist() == sorted([*ids, "1"], key=lambda id: (len(id), id))


def test_a_transition_behind_one_that_waits_is_not_passed_over() -> None:
    """`here >= 30` first and `n >= 1` behind it on one event: the second is taken on the first day."""

    class Waits(CustomerMachine):
        """Two ways out of b on one event."""

        a, b, c = role.prospect(initial=True), role.active(), role.active()
        go = a.to(b)
        use = b.to(a, cond="here >= 30") | b.to(c, cond="n >= 1")

    waits = Definition(Waits, name="waits", facts={"here": InStage(), "n": Count("use")})
    begin = datetime(2026, 1, 1, 12, tzinfo=UTC)
    events = [("go", 0), ("use", 1), ("use", 40)]
    log = TouchpointLog.from_touchpoints(Touchpoint("ann", kind, begin + timedelta(days=day)) for kind, day in events)
    assert [str(move).partition(" on")[0] for move in replay(waits, log).customer("ann").moves] == ["a → b", "b → c"]
