"""Runs and plays of one playbook, drawn; and a slow second opinion about what they show."""

from __future__ import annotations

from datetime import UTC, datetime
from math import fsum

import attrs
import numpy as np
from hypothesis import strategies as st

from lifecycle.model import Play, RunChange, utc_of
from lifecycle.playbooks import Action, Goal, Playbook, PlayColumns, PlayKind, RunColumns, raised

HOUR = 3_600_000_000
DAY = 24 * HOUR
START = datetime(2026, 1, 5, tzinfo=UTC)
START_US = int(START.timestamp()) * 1_000_000
BOOK = Playbook(
    "call_them",
    on=raised("fading"),
    steps=[Action("call", channel="phone", cost=4.5), Action("send_email", channel="email", cost=0.1, after_days=2)],
    goal=Goal("visits_30d >= 2", within_days=10),
    holdout=0.3,
)
KINDS = (
    PlayKind("call_them", "1", "send_email", "email", (), 0.1),
    PlayKind("call_them", "0", "call", "phone", (), 4.5),
    PlayKind("other", "0", "call", "phone", (), 99.0),
)


@attrs.frozen
class Run:
    """One run and what became of it."""

    customer: str
    entered_us: int
    occasion: str
    is_holdout: bool
    goal_us: int | None
    plays: tuple[tuple[int, int], ...] = ()
    """Place in `KINDS` and instant."""
    playbook: str = "call_them"


def play_of(run: Run, kind: int, at_us: int) -> Play:
    """A decided play."""
    found = KINDS[kind]
    return Play(
        key=f"{run.customer}/{run.playbook}@1/{run.entered_us}:{run.occasion}/{found.step}",
        customer=run.customer,
        playbook=found.playbook,
        version="1",
        action=found.action,
        step=found.step,
        purpose="retain",
        channel=found.channel,
        owners=found.owners,
        entered_us=run.entered_us,
        due_us=at_us,
        at_us=at_us,
        expires_us=at_us + DAY,
        why="signal 'fading' raised",
        occasion=run.occasion,
        cost=found.cost,
    )


def changes_of(run: Run) -> list[RunChange]:
    """What the live engine tells of a run."""

    def change(event: str, at_us: int) -> RunChange:
        return RunChange(
            run.customer,
            run.playbook,
            event,
            at_us,
            run.entered_us,
            "",
            run.occasion,
            is_holdout=run.is_holdout,  # type: ignore[arg-type]
        )

    found = [change("entered", run.entered_us), change("ended", run.entered_us + 30 * DAY)]
    return found if run.goal_us is None else [*found, change("goal", run.goal_us)]


def live_of(runs: list[Run]) -> tuple[list[RunChange], list[Play]]:
    """All that the live engine tells, with some refusals between."""
    changes = [change for run in runs for change in changes_of(run)]
    changes += [attrs.evolve(change, event="refused", at_us=change.at_us + 1) for change in changes[:3]]
    return changes, [play_of(run, *play) for run in runs for play in run.plays]


def columns_of(runs: list[Run]) -> tuple[RunColumns, PlayColumns]:
    """The same as columns: customers as numbers, one column as `datetime64`."""
    number = {name: place for place, name in enumerate(sorted({run.customer for run in runs}, reverse=True))}
    names = ("other", "unused", "call_them")
    rows = [(run, kind, at_us) for run in runs for kind, at_us in run.plays]
    return (
        RunColumns(
            names,
            np.array([number[run.customer] for run in runs], np.int32),
            np.array([names.index(run.playbook) for run in runs], np.int8),
            np.array([run.entered_us for run in runs], "M8[us]"),
            np.array([run.is_holdout for run in runs], bool),
            np.array(["NaT" if run.goal_us is None else run.goal_us for run in runs], "M8[us]"),
            np.array([run.occasion for run in runs]),
        ),
        PlayColumns(
            KINDS,
            np.array([number[run.customer] for run, _, _ in rows], np.int32),
            np.array([kind for _, kind, _ in rows], np.int64),
            np.array([run.entered_us for run, _, _ in rows], np.int64),
            np.array([at_us for _, _, at_us in rows], np.int64),
            np.array([run.occasion for run, _, _ in rows]),
        ),
    )


@st.composite
def histories(draw: st.DrawFn) -> list[Run]:
    """Runs of up to eight customers over some weeks, two orders of one instant among them."""
    runs, seen = [], set()
    holdout = draw(st.frozensets(st.integers(0, 7)))
    for _ in range(draw(st.integers(0, 16))):
        number, hour = draw(st.integers(0, 7)), draw(st.integers(0, 30)) * 24
        occasion, playbook = draw(st.sampled_from(["", "A", "B"])), draw(st.sampled_from(["call_them"] * 4 + ["other"]))
        entered_us = START_US + hour * HOUR
        if (number, entered_us, occasion, playbook) in seen:
            continue
        seen.add((number, entered_us, occasion, playbook))
        goal = draw(st.none() | st.integers(1, 240))
        hours = draw(
            st.lists(st.tuples(st.integers(0, 1), st.integers(0, 300)), max_size=2, unique_by=lambda one: one[0])
        )
        plays = tuple((kind if playbook != "other" else 2, entered_us + hours * HOUR) for kind, hours in hours)
        plays = () if number in holdout else plays[:1] if playbook == "other" else plays
        goal_us = None if goal is None else entered_us + goal * HOUR
        runs.append(Run(f"c{number}", entered_us, occasion, number in holdout, goal_us, plays, playbook))
    return runs


@attrs.frozen
class Opinion:
    """Counts by the definition, run by run."""

    n: tuple[int, int]
    n_goals: tuple[int, int]
    n_runs: tuple[int, int]
    n_run_goals: tuple[int, int]
    n_open: int
    n_open_runs: int
    cost: float
    cost_of_all: float
    actions: dict[tuple[str, str], tuple[int, int, int]]
    """Per step and action: runs, goals, decided too late."""


def opinion_of(runs: list[Run], until: datetime) -> Opinion:
    """What the runs show, without arrays."""
    end, within = (until - utc_of(0)).total_seconds() * 1e6, 10 * DAY
    mine = [run for run in runs if run.playbook == "call_them" and run.entered_us < end]
    over = [run for run in mine if run.entered_us + within < end]
    n, n_goals, n_open, costs = [0, 0], [0, 0], 0, []
    for customer in {run.customer for run in mine}:
        theirs = [run for run in mine if run.customer == customer]
        begin = min(run.entered_us for run in theirs)
        first = [run for run in theirs if run.entered_us == begin]
        if not all(run in over for run in first):
            n_open += 1
            continue
        n[first[0].is_holdout] += 1
        n_goals[first[0].is_holdout] += any(run.goal_us is not None for run in first)
        costs += [KINDS[kind].cost for run in first for kind, at_us in run.plays if at_us < end]
    arms = [[run for run in over if run.is_holdout == side] for side in (False, True)]
    actions = {}
    for place in (1, 0):
        had = [(run, at) for run in over for kind, at in run.plays if kind == place and at < end]
        late = sum(run.goal_us is not None and run.goal_us <= at for run, at in had)
        goals = sum(run.goal_us is not None and run.goal_us > at for run, at in had)
        if any(kind == place and at < end for run in mine for kind, at in run.plays):
            actions[KINDS[place].step, KINDS[place].action] = (len(had) - late, goals, late)
    return Opinion(
        (n[0], n[1]),
        (n_goals[0], n_goals[1]),
        (len(arms[0]), len(arms[1])),
        (sum(run.goal_us is not None for run in arms[0]), sum(run.goal_us is not None for run in arms[1])),
        n_open,
        len(mine) - len(over),
        fsum(costs),
        fsum(KINDS[kind].cost for run in mine for kind, at in run.plays if at < end),
        actions,
    )
