"""No look-ahead: what a sign said at a moment is the same when everything after that moment is deleted or replaced."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import attrs
import pytest

from lifecycle import Definition, Question, Segment, Story, Touchpoint, TouchpointLog, replay
from lifecycle.backtest import score_story
from tests.engine.worlds import World
from tests.signs.worlds import _Signs, sign_world

from .gym import day, evolved
from .standing import Pairs, Standing, standing

pytestmark = pytest.mark.filterwarnings("ignore::lifecycle.errors.LifecycleWarning")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)


def made(world: World, touchpoints: Sequence[Touchpoint] | None = None, until: datetime | None = None) -> Story:
    """The story of a world, or of other touchpoints under its definition."""
    every = [touchpoint for history in world.histories for touchpoint in history]
    log = TouchpointLog.from_touchpoints(every if touchpoints is None else touchpoints)
    return replay(world.definition, log, until=world.until if until is None else until)


def conditions(world: World, number: int) -> list[str]:
    """Random conditions over facts, stage, health and signals."""
    signs = world.definition
    write = _Signs(random.Random(world.seed + 5), signs)
    write.has_health = signs.health is not None
    write.signals = [signal.name for signal in signs.signals]
    return [f"({write.text(2)})" for _ in range(number)]


def with_segments(definition: Definition, texts: Sequence[str]) -> Definition:
    """The definition with a segment for each condition, under the name `c0`, `c1` and so on."""
    more = [Segment(f"c{number}", text) for number, text in enumerate(texts)]
    return attrs.evolve(definition, segments=(*definition.segments, *more))


def all_names(definition: Definition) -> list[str]:
    """Every signal, segment and band."""
    bands = [] if definition.health is None else list(definition.health.bands)
    return [*(signal.name for signal in definition.signals), *(one.name for one in definition.segments), *bands]


def instant(us: int) -> datetime:
    """Microseconds as an instant."""
    return EPOCH + us * TICK


def question_of(world: World) -> Question:
    """A few moments, at another distance in each world."""
    roles = sorted({stage.role for stage in world.definition.stages})
    draw = random.Random(world.seed)
    return Question(draw.choice(roles), horizon_days=draw.choice((5, 20)), every_days=draw.choice((3, 7, 11, 30)))


def at(pairs: Pairs, moment: int) -> set[str]:
    """The customers at a moment."""
    return {customer for customer, when in pairs if when == moment}


@pytest.mark.parametrize("first", range(0, 20, 5))
def test_flags_are_those_of_a_log_that_ends_there(first: int) -> None:
    """At every moment each sign stands for exactly those for whom it stands when the log ends at that moment."""
    n_flags = 0
    for seed in range(first, first + 5):
        world = sign_world(seed, n_customers=6)
        texts = conditions(world, 3)
        names = [*all_names(world.definition), *texts]
        story = made(world)
        found = standing(story, names, question_of(world))
        twin = attrs.evolve(world, definition=with_segments(world.definition, texts))
        every = sorted({when for one in found.values() for _, when in one.at_risk})
        for moment in random.Random(seed).sample(every, min(len(every), 4)):
            ended = made(twin, before(world, moment), instant(moment))
            n_flags += compare(seed, found, ended, (names, texts), moment)
    assert n_flags > 40  # the worlds are no empty ones


def before(world: World, moment: int) -> list[Touchpoint]:
    """What had happened before a moment."""
    return [one for history in world.histories for one in history if one.at < instant(moment)]


def compare(
    seed: int, found: dict[str, Standing], ended: Story, asked: tuple[list[str], list[str]], moment: int
) -> int:
    """Hold the flags of a moment against a story that ends there; how many there were."""
    (names, texts), table, n_flags = asked, ended.signs_at(), 0
    signals = {one.removeprefix("signal_") for one in table.columns if one.startswith("signal_")}
    roles = {stage.id: stage.role for stage in ended.stages}
    usual = [roles[stage] in ("active", "returning") for stage in table["stage"]]
    assert at(found[texts[0]].at_risk, moment) == set(table["customer"][usual].tolist()), (seed, moment)
    for name in names:
        here = found[name]
        if name in texts:
            flags = table[f"c{texts.index(name)}"]
        elif name in signals:
            flags = table[f"signal_{name}"]
        elif name in table.columns:
            flags = table[name]
        else:
            flags = table["band"] == name
        wanted = set(table["customer"][flags].tolist()) & at(here.at_risk, moment)
        assert at(here.flagged, moment) == wanted, (seed, name, moment)
        n_flags += len(wanted)
    return n_flags


@pytest.mark.parametrize("first", range(100, 110, 5))
def test_later_touchpoints_can_be_deleted_or_replaced(first: int) -> None:
    """Flags and who is at risk at earlier moments stay when what comes later never came, or was something else."""
    for seed in range(first, first + 5):
        world = sign_world(seed, n_customers=6)
        names, question = [*all_names(world.definition), *conditions(world, 2)], question_of(world)
        draw = random.Random(seed)
        every = [one for history in world.histories for one in history]
        split = draw.choice(sorted(every, key=lambda one: one.at)).at
        early = [one for one in every if one.at < split]
        late = [one for one in every if one.at >= split]
        kinds = [one.kind for one in late if one.kind != "stage_set" and one.amount is None]
        other = [
            Touchpoint(one.customer, draw.choice(kinds), one.at + timedelta(hours=draw.randint(0, 99)))
            for one in late
            if kinds and draw.random() < 0.7
        ]
        wanted = standing(made(world), names, question)
        for replaced in (early, [*early, *other]):
            if not replaced:
                continue
            changed = standing(made(world, replaced, world.until), names, question)
            for name in names:
                for field in ("at_risk", "flagged"):
                    old, new = (
                        {pair for pair in getattr(one[name], field) if instant(pair[1]) <= split}
                        for one in (wanted, changed)
                    )
                    assert old == new, (seed, name, field)


@pytest.mark.parametrize("first", range(200, 210, 5))
def test_what_followed_is_read_from_the_horizon_only(first: int) -> None:
    """Who was followed at a moment stays when everything after its horizon is deleted."""
    for seed in range(first, first + 5):
        world = sign_world(seed, n_customers=6)
        question = question_of(world)
        name = world.definition.signals[0].name
        found = standing(made(world), [name], question)[name]
        moments = sorted({when for _, when in found.judged})
        for moment in random.Random(seed).sample(moments, min(len(moments), 4)):
            end = instant(moment) + timedelta(days=question.horizon_days) + TICK
            kept = [one for history in world.histories for one in history if one.at < end]
            ended = standing(made(world, kept, end), [name], question)[name]
            assert at(ended.judged, moment) == at(found.judged, moment), seed
            assert at(ended.followed, moment) == at(found.followed, moment), seed


@pytest.mark.parametrize("first", range(300, 310, 5))
def test_scores_are_those_of_a_log_that_ends_there(first: int) -> None:
    """Facts and health at every moment are those that a story has which ends there."""
    for seed in range(first, first + 5):
        world = sign_world(seed, n_customers=6)
        story, question = made(world), question_of(world)
        names = ["since_visit", "score_mean", "spend", *([] if world.definition.health is None else ["health"])]
        found = {name: scores(story, name, question) for name in names}
        every = sorted({when for _, when in found["spend"]})
        for moment in random.Random(seed).sample(every, min(len(every), 3)):
            ended = made(world, before(world, moment), instant(moment))
            facts, health = ended.as_of(instant(moment)), ended.signs_at()
            assert facts["customer"].tolist() == health["customer"].tolist()
            for name in names:
                values = (health if name == "health" else facts)[name].astype(float).tolist()
                known = {
                    id: None if value != value else value for id, value in zip(facts["customer"], values, strict=True)
                }
                here = {id: value for (id, when), value in found[name].items() if when == moment}
                assert here == {id: known[id] for id in here}, (seed, name)


def scores(story: Story, name: str, question: Question) -> dict[tuple[str, int], float | None]:
    """The score of each pair."""
    scored = score_story(story.record, story.signs, name, question)
    pairs = zip(story.log.ids(scored.moments.customer).tolist(), scored.moments.at_us.tolist(), strict=True)
    values = (None if value != value else value for value in scored.score.tolist())
    return dict(zip(pairs, values, strict=True))


@pytest.mark.parametrize("sign", ["quiet", "since_visit > 10", "rare", "fair", "visits_7d == 0"])
def test_a_touchpoint_at_the_very_moment_is_not_seen(sign: str) -> None:
    """Who comes at 00:00 of the 19th is quiet at that moment, as everybody whose log has dates only would be."""
    eve = [Touchpoint("eve", "joined", day(1, 5)), Touchpoint("eve", "visit", day(1, 6))]
    eve.append(Touchpoint("eve", "visit", day(1, 19, 0)))
    log = TouchpointLog.from_touchpoints(eve)
    one = replay(evolved(segments=[Segment("rare", "visits_7d == 0")]), log, until="2026-01-28")
    question = Question("gone", horizon_days=1)
    flagged = {instant(when).day for _, when in standing(one, [sign], question)[sign].flagged}
    assert flagged == {19}
    seen = {instant(when).day: score for (_, when), score in scores(one, "since_visit", question).items()}
    assert seen == {12: 5, 19: 12, 26: 6}
