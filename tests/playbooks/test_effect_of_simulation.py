"""What a simulation shows is what the same touchpoints show live."""

from __future__ import annotations

import random
from datetime import timedelta

from lifecycle import Touchpoint, TouchpointLog, replay
from lifecycle.model import HeldPlay, Play, RunChange
from lifecycle.playbooks import (
    Action,
    Cap,
    Goal,
    HeldColumns,
    Playbook,
    PlayColumns,
    contacts_per_customer,
    effect_of_changes,
    effect_of_columns,
    load_by_role,
    plays_by_week,
    raised,
)
from lifecycle.playbooks._measured_simulation import decided_columns, held_columns, run_columns
from lifecycle.playbooks._simulation import simulate

from .gym import START, gym

CALL = Playbook(
    "call_them",
    on=raised("fading"),
    steps=[
        Action("call", channel="phone", owners=("trainer", "desk"), cost=4.5),
        Action("send_email", channel="email", after_days=1, cost=0.1),
    ],
    goal=Goal("visits_7d >= 2", within_days=14),
    holdout=0.3,
)
HELP = Playbook("help_them", on=raised("angry"), steps=[Action("call", channel="phone")], priority=5, reentry="never")
GYM = gym(CALL, HELP, policies=[Cap(1, 20, channel="phone")])
UNTIL = START + timedelta(days=90)


def histories() -> list[list[Touchpoint]]:
    """Eighty members who come and stay away as chance has it."""
    chance, found = random.Random(7), []
    for number in range(80):
        name, day = f"m{number:02}", chance.random() * 20
        own = [Touchpoint(name, "joined", at=START + timedelta(days=day))]
        while (day := day + chance.choice([0.7, 3, 12.3, 16])) < 85:
            kind = chance.choice(["visit", "visit", "visit", "complaint"])
            own.append(Touchpoint(name, kind, at=START + timedelta(days=day)))
        found.append(own)
    return found


def lived() -> tuple[list[RunChange], list[Play], list[HeldPlay]]:
    """All of them live, until just before the end."""
    runs: list[RunChange] = []
    plays: list[Play] = []
    held: list[HeldPlay] = []
    for first, *others in histories():
        steps = [GYM.begin(first)]
        for touchpoint in others:
            steps.append(GYM.advance(steps[-1].customer, touchpoint))
        steps.append(GYM.pass_time(steps[-1].customer, UNTIL - timedelta(microseconds=1)))
        for step in steps:
            runs, plays, held = [*runs, *step.runs], [*plays, *step.plays], [*held, *step.held]
    return runs, plays, held


def test_a_simulation_shows_what_live_customers_show() -> None:
    """Effects, weeks, contacts and loads are equal, from live values and from the columns of a simulation."""
    runs, plays, held = lived()
    log = TouchpointLog.from_touchpoints(touchpoint for history in histories() for touchpoint in history)
    assert GYM.plan is not None
    simulation = simulate(GYM.plan, replay(GYM, log, until=UNTIL).record)
    decided, tries = decided_columns(simulation), held_columns(simulation)
    for playbook in (CALL, HELP):
        live = effect_of_changes(playbook, runs, plays, UNTIL)
        assert effect_of_columns(playbook, run_columns(simulation), decided, UNTIL) == live
        assert live.treated.n > 10
    assert live.uplift.note == "undefined because the playbook has no goal"
    live_held = HeldColumns.of(held)
    assert {"cap", "holdout"} >= set(live_held.policies)
    weeks, live_weeks = plays_by_week(decided, tries), plays_by_week(PlayColumns.of(plays), live_held)
    for name, values in live_weeks.to_dict().items():
        assert weeks[name].tolist() == values.tolist(), name
    assert live_weeks["held"].sum() > 20
    for summary in (contacts_per_customer, load_by_role):
        assert repr(summary(decided)) == repr(summary(PlayColumns.of(plays)))
