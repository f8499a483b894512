"""Random revisions of random definitions: facts, timers, signs, now and then the calendar."""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable

import attrs

from lifecycle import Definition, TouchpointLog, compare
from lifecycle.definition import Review
from lifecycle.errors import LifecycleWarning
from lifecycle.signs import Segment
from tests.engine.worlds import World, _facts
from tests.signs.worlds import _health, _signal, _Signs, sign_world


def revised(definition: Definition, seed: int) -> Definition:
    """The definition with one to three things changed."""
    draw = random.Random(seed)
    for _ in range(draw.randint(1, 3)):
        change = draw.choice(CHANGES)
        try:
            definition = change(draw, definition)
        except ValueError:  # by chance something that cannot be built
            continue
    return attrs.evolve(definition, version="2")


def _fact(draw: random.Random, old: Definition) -> Definition:
    fresh = _facts(draw, list(old.program.chart.nodes))
    names = [name for name in fresh if name in old.facts]
    return attrs.evolve(old, facts={**old.facts, **{name: fresh[name] for name in draw.sample(names, 3)}})


def _timer(draw: random.Random, old: Definition) -> Definition:
    if not old.timers:
        return old
    place = draw.randrange(len(old.timers))
    days = draw.choice((1, 3, 6, 12, 25))
    timers = [attrs.evolve(one, after_days=days) if n == place else one for n, one in enumerate(old.timers)]
    return attrs.evolve(old, timers=timers)


def _sign(draw: random.Random, old: Definition) -> Definition:
    place = draw.randrange(len(old.signals))
    write = _Signs(draw, old)
    write.has_health = old.health is not None
    fresh = _signal(draw, write, old.signals[place].name)
    part = draw.choice(("condition", "clear", "dwell_days", "stages", None))
    if part is not None:
        fresh = attrs.evolve(old.signals[place], **{part: getattr(fresh, part)})
    signals = [fresh if n == place else one for n, one in enumerate(old.signals)]
    return attrs.evolve(old, signals=signals)


def _segment(draw: random.Random, old: Definition) -> Definition:
    write = _Signs(draw, old)
    write.signals, write.has_health = [signal.name for signal in old.signals], old.health is not None
    name = draw.choice(("q0", "q1", "q9"))
    kept = [one for one in old.segments if one.name != name]
    return attrs.evolve(old, segments=[*kept, Segment(name, write.text(2))])


def _score(draw: random.Random, old: Definition) -> Definition:
    if old.health is None:
        return old
    return attrs.evolve(old, health=_health(draw, [stage.id for stage in old.stages]))


def _kinds(draw: random.Random, old: Definition) -> Definition:
    return attrs.evolve(old, passive=draw.choice(([], ["odd"], ["odd", "answer"])))


def _gone(draw: random.Random, old: Definition) -> Definition:
    place = draw.randrange(len(old.signals))
    return attrs.evolve(old, signals=[one for n, one in enumerate(old.signals) if n != place])


def _zone(draw: random.Random, old: Definition) -> Definition:
    return attrs.evolve(old, zone=draw.choice(("UTC", "Asia/Tokyo", "America/St_Johns")))


CHANGES: tuple[Callable[[random.Random, Definition], Definition], ...] = (
    _fact, _timer, _sign, _sign, _sign, _segment, _segment, _score, _kinds, _gone, _zone,
)  # fmt: skip


def reviewed(seed: int, *, n_customers: int = 8) -> tuple[World, Review]:
    """A random world, and the review of a random revision of its definition."""
    world = sign_world(seed, n_customers=n_customers)
    log = TouchpointLog.from_touchpoints(touchpoint for history in world.histories for touchpoint in history)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LifecycleWarning)
        return world, compare(world.definition, revised(world.definition, seed + 1), log, until=world.until)
