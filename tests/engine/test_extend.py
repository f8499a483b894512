"""A story extended piece by piece is the replay of everything."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from lifecycle import Story, Touchpoint, TouchpointLog, replay
from lifecycle.engine._telling import moves_of
from lifecycle.errors import CurrencyMismatch, InvalidArgument, LateTouchpoint

from .shop import ANN, BO, CY, log_of, shop, story, tp
from .test_equality import column_run
from .test_order import as_bytes, told, touchpoints_of
from .worlds import World, make_world


def cuts_of(world: World, number: int) -> list[datetime]:
    """Ends of pieces: any instants, midnights among them, the end of the world last."""
    draw = random.Random(world.seed)
    every = sorted(touchpoint.at for touchpoint in touchpoints_of(world))
    span = world.until - every[0]
    found = []
    for _ in range(number):
        at = every[0] + draw.random() * span
        at = draw.choice((at, at.replace(hour=draw.choice((0, 3, 5, 13)), minute=0, second=0, microsecond=0)))
        found.append(min(at, world.until))
    return [*sorted(found), world.until]


def in_pieces(world: World, cuts: list[datetime]) -> list[Story]:
    """The story after each piece."""
    stories: list[Story] = []
    low = datetime(1970, 1, 1, tzinfo=UTC)
    for high in cuts:
        part = TouchpointLog.from_touchpoints([one for one in touchpoints_of(world) if low <= one.at < high])
        stories.append(stories[-1].extend(part, until=high) if stories else replay(world.definition, part, until=high))
        low = max(low, high)
    return stories


@pytest.mark.filterwarnings("ignore::lifecycle.errors.LifecycleWarning")
@pytest.mark.parametrize("seed", range(500, 530))
def test_pieces_are_the_whole(seed: int) -> None:
    """Moves, figures, stays, facts, due days and live customers are those of one replay; newcomers come on the way."""
    world = make_world(seed, n_customers=10)
    whole, pieces = column_run(world), in_pieces(world, cuts_of(world, 3))[-1]
    assert told(pieces) == told(whole)
    assert pieces.until == whole.until
    for name in ("started", "due"):
        assert np.array_equal(getattr(pieces.record, name), getattr(whole.record, name)), name
    at = world.until - (world.until - touchpoints_of(world)[0].at) / 3
    assert as_bytes(pieces.as_of(at)) == as_bytes(whole.as_of(at))
    for code, id in enumerate(whole.log.ids().tolist()):
        assert pieces.live(id) == whole.live(id)
        assert moves_of(pieces.record, code) == moves_of(whole.record, code)


@pytest.mark.filterwarnings("ignore::lifecycle.errors.LifecycleWarning")
@pytest.mark.parametrize("seed", range(530, 536))
def test_many_pieces_settle(seed: int) -> None:
    """More than eight extensions are settled on the way; every story on the way is right, and stays as it was."""
    world = make_world(seed, n_customers=8)
    cuts = cuts_of(world, 19)
    stories = in_pieces(world, cuts)
    assert max(len(one.steps) for one in stories) <= 8
    for end, one in zip(cuts, stories, strict=True):
        kept = [touchpoint for touchpoint in touchpoints_of(world) if touchpoint.at < end]
        whole = replay(world.definition, TouchpointLog.from_touchpoints(kept), until=end)
        assert told(one) == told(whole)


@pytest.mark.smoke
def test_the_old_story_stays() -> None:
    """Extending makes a new story; the old one says what it said, and can be extended again, otherwise."""
    old = replay(shop(), log_of(ANN[:3], CY[:2]), until="2024-02-07")
    before = told(old)
    one = old.extend(log_of(ANN[3:], CY[3:], BO), until="2024-04-01")
    other = old.extend(log_of((tp("ann", "visit", 8),)), until="2024-02-08")
    assert told(old) == before
    assert one.n_customers == 3
    assert other.n_customers == 2
    assert told(old.extend(log_of(ANN[3:], CY[3:], BO), until="2024-04-01")) == told(one)


@pytest.mark.smoke
def test_time_alone() -> None:
    """Without touchpoints time passes: who is due moves."""
    early = replay(shop(), log_of(ANN, BO, CY), until="2024-02-15")
    for later in (early.extend(until="2024-04-01"), early.extend(log_of(), until="2024-04-01")):
        assert told(later) == told(story())
    by_day = early
    for day in range(46):
        by_day = by_day.extend(until=datetime(2024, 2, 16, tzinfo=UTC) + timedelta(days=day))
    assert told(by_day) == told(story())
    assert told(early.extend()) == told(early)
    assert told(early.extend(log_of())) == told(early)


@pytest.mark.smoke
def test_from_nothing() -> None:
    """An empty story is extended to any other."""
    empty = replay(shop(), log_of(), until="2024-01-01")
    assert told(empty.extend(log_of(ANN, BO, CY), until="2024-04-01")) == told(story())
    twice = empty.extend(log_of(), until="2024-01-15").extend(log_of(BO, CY, ANN), until="2024-04-01")
    assert told(twice) == told(story())
    assert told(empty.extend(log_of())) == told(empty)


def test_the_end_of_an_extension() -> None:
    """Without an end it is the midnight after the last touchpoint, or the old end if that is later."""
    old = replay(shop(), log_of(ANN), until="2024-03-01")
    assert str(old.extend(log_of(BO)).until) == "2024-03-01 00:00:00+00:00"
    assert str(old.extend(log_of((tp("bo", "visit", 40),))).until) == "2024-03-11 00:00:00+00:00"
    with pytest.raises(InvalidArgument, match="the new end is before the old one; replay the log"):
        old.extend(log_of(BO), until="2024-02-28")
    cut = old.extend(log_of((tp("bo", "visit", 40), tp("ann", "visit", 50))), until="2024-03-11")
    assert cut.n_customers == 2
    assert len(cut.log) == len(ANN) + 1


def test_an_extension_that_is_refused_changes_nothing() -> None:
    """Late touchpoints, other currencies and unknown stages are refused; the story stays usable."""
    old = replay(shop(), log_of(ANN), until="2024-03-10")
    before = told(old)
    yen = Touchpoint("bo", "bought", datetime(2024, 3, 10, tzinfo=UTC), amount=5, currency="JPY")
    for late in (tp("ann", "visit", 8.9), tp("ann", "visit", 38)):
        with pytest.raises(LateTouchpoint) as caught:
            old.extend(log_of((late,)))
        assert "1 customers, the first is 'ann', have touchpoints older than what was" in str(caught.value)
    with pytest.raises(CurrencyMismatch, match="the log has amounts in JPY"):
        old.extend(log_of((yen,)))
    with pytest.raises(ValueError, match="'stage_set' touchpoints name a stage"):
        old.extend(log_of((tp("ann", "stage_set", 60, stage="vip"),)))
    assert told(old) == before
    assert told(old.extend(log_of((tp("ann", "visit", 60),)))) == told(
        replay(shop(), log_of((*ANN, tp("ann", "visit", 60))))
    )


def test_touchpoints_of_the_last_moment_may_follow() -> None:
    """What comes later in the log but at the same moment is folded after it."""
    at = datetime(2024, 2, 1, tzinfo=UTC)
    sets = [Touchpoint("ann", "stage_set", at, attributes={"stage": stage}) for stage in ("lost", "back", "loyal")]
    old = replay(shop(), TouchpointLog.from_touchpoints(sets[:1]), until="2024-02-02")
    new = old.extend(TouchpointLog.from_touchpoints(sets[1:]), until="2024-02-02")
    assert new.moves["target"].tolist() == ["lost", "back", "loyal"]


def test_a_story_goes_on_live() -> None:
    """A customer taken from a story is advanced by hand to where an extension has it."""
    definition = shop()
    old = replay(definition, log_of(ANN), until="2024-03-01")
    customer = definition.advance(old.live("ann"), tp("ann", "bought", 40, 5)).customer
    new = old.extend(log_of((tp("ann", "bought", 40, 5),)), until=customer.last_seen + timedelta(microseconds=1))
    assert new.live("ann") == customer


@pytest.mark.smoke
def test_what_came_before_is_dropped_by_its_id() -> None:
    """A touchpoint that is delivered again, with its id, moves nobody a second time."""
    at = datetime(2024, 2, 1, tzinfo=UTC)
    by_hand = Touchpoint("ann", "stage_set", at, attributes={"stage": "lost"})
    bought = Touchpoint("ann", "bought", at + timedelta(hours=1), amount=50, currency="EUR", id="e1")
    again = Touchpoint("ann", "bought", at + timedelta(hours=2), amount=50, currency="EUR", id="e2")
    old = replay(shop(), TouchpointLog.from_touchpoints([by_hand, bought]), until="2024-02-02")
    new = old.extend(TouchpointLog.from_touchpoints([bought, again, again]), until="2024-02-02")
    whole = replay(shop(), TouchpointLog.from_touchpoints([by_hand, bought, bought, again]), until="2024-02-02")
    assert whole.moves["target"].tolist() == ["lost", "back", "loyal"]
    assert told(new) == told(whole)
    assert told(new.extend(TouchpointLog.from_touchpoints([again]))) == told(whole)
