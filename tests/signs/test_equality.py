"""One definition, signs live and in columns, and a slow second opinion: one history of signs (the first promise)."""

from __future__ import annotations

import warnings
from datetime import UTC, datetime, timedelta

import pytest

from lifecycle import Customer, MilestoneChange, SignalChange, Story, Touchpoint, TouchpointLog, replay
from lifecycle.errors import LifecycleWarning

from .oracle import SignOracle
from .worlds import World, sign_world

N_WORLDS, CHUNK = 80, 10
Changes = tuple[tuple[SignalChange, ...], tuple[MilestoneChange, ...]]
INSTANT = timedelta(microseconds=1)


def live_run(world: World, history: tuple[Touchpoint, ...], now: datetime) -> tuple[Customer, Changes]:
    """A customer at an instant, and everything that its signs did, through the live engine."""
    step = world.definition.begin(history[0])
    signals, milestones = step.signals, step.milestones
    for touchpoint in history[1:]:
        if touchpoint.at > now:
            break
        step = world.definition.advance(step.customer, touchpoint)
        signals, milestones = signals + step.signals, milestones + step.milestones
    step = world.definition.pass_time(step.customer, now)
    return step.customer, (signals + step.signals, milestones + step.milestones)


def column_run(world: World) -> Story:
    """The story of the world."""
    log = TouchpointLog.from_touchpoints(touchpoint for history in world.histories for touchpoint in history)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LifecycleWarning)
        return replay(world.definition, log, until=world.until)


def disagreement(world: World, *, with_oracle: bool) -> str | None:
    """The first customer on whose signs two engines disagree, and how; None when all agree."""
    story, oracle = column_run(world), SignOracle(world.definition)
    for history in world.histories:
        id = history[0].customer
        _, live = live_run(world, history, world.until - INSTANT)
        columns = story.signals_of(id), story.milestones_of(id)
        for one, other in zip(live, columns, strict=True):
            if one != other:
                return f"world {world.seed}, {id}: live {set(one) - set(other)}, columns {set(other) - set(one)}"
        if with_oracle:
            told = sorted(flat(*live) + members(story, id))
            thought = sorted(oracle.happened(history, story.record.until_us))
            if told != thought:
                return f"world {world.seed}, {id}: {set(told) ^ set(thought)}"
    return None


def flat(signals: tuple[SignalChange, ...], milestones: tuple[MilestoneChange, ...]) -> list[tuple[str, str, int, str]]:
    """Changes as the oracle writes them down."""
    found = [("raised" if one.is_raised else "cleared", one.signal, one.at_us, one.cause) for one in signals]
    return found + [
        ("reached" if one.is_reached else "overdue", f"{one.blueprint}.{one.milestone}", one.at_us, one.cause)
        for one in milestones
    ]


def members(story: Story, id: str) -> list[tuple[str, str, int, str]]:
    """Memberships of a customer as the oracle writes them down."""
    found = []
    for row in story.memberships().rows():
        if row["customer"] == id:
            found.append(("in", row["segment"], micros(row["start"]), row["start_cause"]))
            if row["end"] is not None:
                found.append(("out", row["segment"], micros(row["end"]), row["end_cause"]))
    return found


def micros(at: datetime) -> int:
    """A naive UTC datetime in microseconds."""
    return (at - datetime(1970, 1, 1)) // INSTANT


@pytest.mark.parametrize("first", range(0, N_WORLDS, CHUNK))
def test_engines_agree_on_signs(first: int) -> None:
    """Live and columns give the same episodes and milestones, with the same figures; so does the second opinion."""
    for seed in range(first, first + CHUNK):
        assert disagreement(sign_world(seed), with_oracle=seed % 4 == 0) is None


@pytest.mark.smoke
def test_engines_agree_on_a_few_signs() -> None:
    """The same on a few worlds, for the legs of CI that only look in."""
    for seed in range(1_000, 1_006):
        assert disagreement(sign_world(seed), with_oracle=True) is None


@pytest.mark.parametrize("first", range(2_000, 2_020, CHUNK))
def test_readings_agree_as_of_any_moment(first: int) -> None:
    """What is up, since when, health with band, trend and shares, milestones, fit and loyalty: live is columns."""
    for seed in range(first, first + CHUNK):
        world = sign_world(seed, n_customers=8)
        story = column_run(world)
        firsts = min(history[0].at for history in world.histories)
        for part in (0.2, 0.45, 0.7, 1.0):
            at = firsts + (world.until - firsts) * part
            assert as_columns(story, at) == as_live(world, at), f"world {seed} at {at}"


def as_columns(story: Story, at: datetime) -> dict[str, dict[str, object]]:
    """Every reading of every customer, from the tables."""
    found: dict[str, dict[str, object]] = {str(id): {} for id in story.signs_at(at)["customer"]}
    for row in story.signals(at).rows():
        found[row["customer"]]["signal " + row["signal"]] = micros(row["since"])
    for name in story.signs.segments if story.signs else ():
        for row in story.segment(name, at).rows():
            found[row["customer"]]["segment " + name] = micros(row["since"])
    for row in story.milestones(at).rows():
        key = f"{row['blueprint']}.{row['milestone']}"
        reached = None if row["reached"] is None else micros(row["reached"])
        found[row["customer"]][key] = (row["status"], row["due"], reached)
    for row in story.loyalty(at).rows():
        found[row["customer"]]["loyalty"] = row["loyalty"]
    for row in story.fit(at).rows():
        found[row["customer"]]["fit"] = {
            name: None if value != value else value for name, value in row.items() if name not in ("customer", "stage")
        }
    if story.signs and story.signs.scoring:
        for row in story.health(at).rows():
            trend = None if row["trend"] != row["trend"] else row["trend"]
            shares = {name[6:]: share for name, share in row.items() if name.startswith("share_")}
            found[row["customer"]]["health"] = (row["health"], row["band"], trend, row["stale_days"], row["is_stale"])
            found[row["customer"]]["shares"] = pytest.approx(shares, abs=1e-9)
    return found


def as_live(world: World, at: datetime) -> dict[str, dict[str, object]]:
    """Every reading of every customer, from the live engine."""
    found: dict[str, dict[str, object]] = {}
    definition, now = world.definition, at - INSTANT
    for history in world.histories:
        if history[0].at >= at:
            continue
        customer, _ = live_run(world, history, now)
        mine: dict[str, object] = {}
        for one in definition.signals_of(customer, now):
            mine["signal " + one.signal.name] = micros(one.since.astimezone(UTC).replace(tzinfo=None))
        for name, since in definition.segments_of(customer, now).items():
            mine["segment " + name] = micros(since.astimezone(UTC).replace(tzinfo=None))
        for milestone in definition.milestones_of(customer, now):
            reached = milestone.reached and micros(milestone.reached.astimezone(UTC).replace(tzinfo=None))
            mine[f"{milestone.blueprint}.{milestone.milestone}"] = (milestone.status, milestone.due, reached)
        if (loyalty := definition.loyalty_of(customer, now)) is not None:
            mine["loyalty"] = loyalty
        mine["fit"] = definition.fit_of(customer, now)
        health = definition.health_of(customer, now)
        if health is not None and health.score is not None:
            mine["health"] = (health.score, health.band, health.trend, health.stale_days, health.is_stale)
            mine["shares"] = {share.fact: share.share for share in health.shares}
        found[customer.id] = mine
    return found


def test_worlds_do_something() -> None:
    """The random signs are raised, cleared for every reason, reached and overdue: the equality is not empty."""
    seen: dict[tuple[str, str], int] = {}
    for seed in range(0, 60, 2):
        world = sign_world(seed)
        for history in world.histories:
            for sort, _, _, cause in flat(*live_run(world, history, world.until)[1]):
                seen[sort, cause] = seen.get((sort, cause), 0) + 1
    wanted = [("raised", "touchpoint"), ("raised", "time"), ("cleared", "touchpoint"), ("cleared", "time")]
    wanted += [("cleared", "stage"), ("reached", "touchpoint"), ("reached", "time"), ("overdue", "time")]
    assert {key for key in wanted if seen.get(key, 0) < 20} == set()
