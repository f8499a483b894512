"""Where a signal is up at the moments is the same, however it is told."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

from lifecycle import Absence, Happens, Health, Measure, Question, Signal, Touchpoint, TouchpointLog, replay
from lifecycle.backtest._asked import Asked, ask
from lifecycle.backtest._blocks import blocks
from lifecycle.backtest._looks import Looks, stood
from tests.engine.worlds import World
from tests.signs.worlds import sign_world

from .gym import day, evolved
from .standing import standing
from .test_no_look_ahead import made

pytestmark = pytest.mark.filterwarnings("ignore::lifecycle.errors.LifecycleWarning")
OVER_HEALTH = (
    Signal("low", "health < 40", clear="health >= 60"),
    Signal("high", "health > 60", clear="health < 30 or since_use > 5", stages=("active", "lost")),
    Signal("back", "not signal_low and health > 45", clear="signal_low"),
)


def over_health(world: World) -> World:
    """The world, if it has health, with signals over it, two of them with a second threshold."""
    definition = world.definition
    if definition.health is None:
        return world
    return attrs.evolve(
        world, definition=attrs.evolve(definition, signals=(*definition.signals, *OVER_HEALTH), blueprints=())
    )


def put(world: World, every_days: int) -> Asked:
    """A question to a world, with everybody at risk."""
    story = made(world)
    stages = tuple(stage.id for stage in story.stages)
    return ask(story.record, story.signs, Question(stages[0], every_days=every_days, stages=stages))


@pytest.mark.parametrize("first", range(500, 540, 10))
def test_looking_at_the_moments_is_following_the_history(first: int) -> None:
    """Each signal without dwell, looked at at the moments and in the gaps before, is where its episodes say."""
    n_open = n_worlds = 0
    for seed in range(first, first + 10):
        world = sign_world(seed, n_customers=6)
        if world.definition.health is None:
            continue
        n_worlds += 1
        world = over_health(world)
        signs, asked = world.definition.signs, put(world, (2, 7, 25)[seed % 3])
        assert signs is not None
        for block in blocks(asked, [asked.usual]):
            looks = Looks(signs, block, frozenset(signs.signals.values()))
            levels = looks.__dict__["_levels"] = {}
            for number in sorted(signs.signals.values()):
                if signs.watches[number].dwell == 0:
                    below = (levels[other] for other in signs.watches[number].reads if other in levels)
                    levels[number] = 1 + max(below, default=0)
            for name, number in signs.signals.items():
                wanted = stood(looks.history, number, block.instants)
                assert np.array_equal(looks.signal(number), wanted), (seed, name)
                n_open += int(np.count_nonzero(wanted))
    assert n_worlds > 3
    assert n_open > 100


def test_a_midnight_decides_though_the_same_day_undoes_it() -> None:
    """Raised at 00:00 of Sunday the 18th; a visit on that day leaves it open, so on Monday it still stands."""
    eve = [Touchpoint("eve", "joined", day(1, 5))]
    eve += [Touchpoint("eve", "visit", at) for at in (day(1, 10), day(1, 11), day(1, 18))]
    definition = evolved(
        health=Health([Measure("visits_7d", bad=0, good=2)]),
        signals=[Signal("low", "health < 30", clear="health > 60")],
    )
    one = replay(definition, TouchpointLog.from_touchpoints(eve), until="2026-01-20")
    found = standing(one, ["low"], Question("gone", horizon_days=1))["low"].flagged
    assert {np.datetime64(when, "us") for _, when in found} == {np.datetime64("2026-01-19")}


@pytest.mark.parametrize("seed", range(540, 546))
def test_a_sign_alone_is_what_it_is_among_others(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asking for one sign, in small blocks of customers, gives what asking for all at once gives."""
    world = over_health(sign_world(seed, n_customers=6))
    story, first = made(world), world.definition.signals[0].name
    names = [*(signal.name for signal in world.definition.signals), f"signal_{first} and n_all > 1"]
    for outcome in (story.stages[0].id, Absence("visit"), Happens("use")):
        question = Question(outcome, horizon_days=11)
        together, swept = story.backtests(names, question), story.sweep("since_visit", question)
        with monkeypatch.context() as small:
            small.setattr("lifecycle.backtest._asked._AT_ONCE", 7)
            small.setattr("lifecycle.backtest._blocks._ROWS", 9)
            small.setattr("lifecycle.backtest._looks._PAIRS", 5)
            small.setattr("lifecycle.backtest._gaps._PAIRS", 3)
            assert {name: story.backtest(name, question) for name in names} == dict(together), seed
            assert story.sweep("since_visit", question).to_dict() == swept.to_dict(), seed
