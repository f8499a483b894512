"""One history of plays: what the live engine decides, touchpoint by touchpoint, and what the columns decide."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import attrs
import pytest

from lifecycle import Play, Step, Table, TouchpointLog, replay
from lifecycle.errors import LifecycleWarning
from lifecycle.playbooks import NEVER_US, AccountLimit, Simulation, _reentry, simulate
from tests.engine.worlds import World

from .worlds import playbook_world

N_WORLDS, CHUNK = 60, 10
NAMES = ("key", "customer", "playbook", "action", "step", "purpose", "channel", "due", "at", "entered", "occasion")
OF_RUNS = ("customer", "playbook", "event", "at", "entered", "occasion", "tier", "is_holdout")
MISSING = -(2**63)
Told = dict[str, Counter[tuple[Any, ...]]]


def live_told(world: World) -> Told:
    """Everything that playbooks do to everybody, through the live engine."""
    return told_of(step for history in world.histories for step in steps_of(world, history))


def steps_of(world: World, history: Any) -> list[Step]:
    """The steps of one customer until just before the end."""
    steps = [world.definition.begin(history[0])]
    for touchpoint in history[1:]:
        steps.append(world.definition.advance(steps[-1].customer, touchpoint))
    return [*steps, world.definition.pass_time(steps[-1].customer, world.until - timedelta(microseconds=1))]


def told_of(steps: Iterable[Step]) -> Told:
    """Plays, held and dropped plays and runs as plain rows."""
    found: Told = {name: Counter() for name in ("plays", "held", "dropped", "runs")}
    for step in steps:
        found["plays"].update(map(flat, step.plays))
        found["held"].update((*flat(one.play), one.policy, one.next_us) for one in step.held)
        found["dropped"].update((*flat(one.play), one.state) for one in step.dropped)
        found["runs"].update(
            (one.customer, one.playbook, one.event, one.at_us, one.entered_us, one.occasion, one.tier, one.is_holdout)
            for one in step.runs
        )
    return found


def flat(play: Play) -> tuple[Any, ...]:
    """A play as a plain row."""
    return (
        play.key, play.customer, play.playbook, play.action, play.step, play.purpose, play.channel, play.due_us,
        play.at_us, play.entered_us, play.occasion,
    )  # fmt: skip


def simulated(world: World) -> Simulation:
    """What the columns say."""
    log = TouchpointLog.from_touchpoints(touchpoint for history in world.histories for touchpoint in history)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LifecycleWarning)
        story = replay(world.definition, log, until=world.until)
    assert world.definition.plan is not None
    return simulate(world.definition.plan, story.record)


def column_told(simulation: Simulation) -> Told:
    """The tables of a simulation as plain rows."""
    return {
        "plays": rows(simulation.plays_table(), NAMES),
        "held": rows(simulation.held_table(), (*NAMES, "policy", "next")),
        "dropped": rows(simulation.dropped_table(), (*NAMES, "state")),
        "runs": rows(simulation.runs_table(), OF_RUNS),
    }


def rows(table: Table, names: Iterable[str]) -> Counter[tuple[Any, ...]]:
    """Some columns of a table, row by row, instants in microseconds."""
    columns: list[list[Any]] = []
    for name in names:
        values = table[name]
        if values.dtype.kind == "M":
            columns.append([None if value == MISSING else value for value in values.view("i8").tolist()])
        else:
            columns.append(values.tolist())
    return Counter(zip(*columns, strict=True))


def disagreement(world: World) -> str | None:
    """What only one of the two says; None where they agree."""
    live, columns = live_told(world), column_told(simulated(world))
    for name in live:
        if live[name] != columns[name]:
            return (
                f"world {world.seed}, {name}: live {live[name] - columns[name]}, columns {columns[name] - live[name]}"
            )
    return None


@pytest.mark.parametrize("first", range(0, N_WORLDS, CHUNK))
def test_engines_agree_on_playbooks(first: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Live and columns decide, hold and drop the same plays at the same instants, and tell the same of all runs."""
    for seed in range(first, first + CHUNK):
        # Few customers are gone through one by one, which so small a world would always be.
        monkeypatch.setattr(_reentry, "FEW", 0 if seed % 2 else 24)
        assert disagreement(playbook_world(seed, n_customers=8)) is None


@pytest.mark.smoke
def test_engines_agree_on_a_few_playbooks() -> None:
    """The same on a few worlds, for the legs of CI that only look in."""
    for seed in range(1_000, 1_004):
        assert disagreement(playbook_world(seed, n_customers=6)) is None


def test_worlds_do_something_in_columns() -> None:
    """The random playbooks do everything that playbooks can do, and columns tell it: the equality is not empty."""
    seen: Counter[str] = Counter()
    n_slow = n_customers = 0
    for seed in range(200, 240):
        simulation = simulated(playbook_world(seed, n_customers=16))
        n_slow, n_customers = n_slow + len(simulation.one_by_one), n_customers + simulation.record.n_customers
        seen["play"] += len(simulation.plays)
        seen["held until"] += int((simulation.held.next_us < NEVER_US).sum())
        seen["held for ever"] += int((simulation.held.next_us == NEVER_US).sum())
        seen.update(simulation.dropped_table()["state"].tolist())
        seen.update(simulation.runs_table()["event"].tolist())
    wanted = ("entered", "refused", "goal", "exited", "ended", "expired", "skipped", "play", "held until")
    assert {name for name in wanted if seen[name] < 100} == set()
    assert {name for name in ("escalated", "revoked", "held for ever") if seen[name] < 8} == set()
    assert n_slow < n_customers / 5


def test_who_had_a_play_taken_back_goes_one_by_one() -> None:
    """Only the customers whose log says that a play failed are asked through the live engine."""
    worlds = (playbook_world(seed) for seed in range(300, 340))
    found = 0
    for world in worlds:
        plan = world.definition.plan
        assert plan is not None
        if not plan.keeps_us or any(isinstance(policy, AccountLimit) for policy in world.definition.policies):
            continue
        failed = {
            touchpoint.customer
            for history in world.histories
            for touchpoint in history
            if touchpoint.kind == "play_outcome" and touchpoint.attribute("outcome") == "failed"
        }
        simulation = simulated(world)
        assert set(simulation.record.log.ids(simulation.one_by_one)) == failed
        found += len(failed)
    assert found


def test_policies_that_columns_cannot_ask_are_asked_one_by_one() -> None:
    """With one such policy whoever has a play goes through the live engine, and nothing else changes."""
    n_slow = 0
    for seed in range(400, 406):
        world = playbook_world(seed, n_customers=6)
        policies = (*world.definition.policies, AccountLimit(3, name="per_account"))
        world = attrs.evolve(world, definition=attrs.evolve(world.definition, policies=policies))
        assert disagreement(world) is None
        n_slow += len(simulated(world).one_by_one)
    assert n_slow
