"""Back-tests of a story are what the kernel finds on the same pairs, on random worlds."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pytest

from lifecycle import Absence, Happens, Question, Story
from lifecycle.backtest import Episodes, Moments, Outcomes, judge_columns, judge_episodes
from tests.signs.worlds import sign_world

from .standing import Pairs, standing
from .test_no_look_ahead import all_names, conditions, made


@pytest.mark.filterwarnings("ignore::lifecycle.errors.LifecycleWarning")
@pytest.mark.parametrize("first", range(400, 410, 5))
def test_results_are_those_of_the_kernel(first: int) -> None:
    """On random worlds every figure, intervals and lead times too, is what the kernel finds on the same pairs."""
    for seed in range(first, first + 5):
        world = sign_world(seed, n_customers=6)
        one = made(world)
        names = [*all_names(world.definition), *conditions(world, 2)]
        for question in questions(one, seed):
            check(one, names, question, seed)


def questions(one: Story, seed: int) -> list[Question]:
    """An entry into a role and one of a stage, a touchpoint and its absence."""
    stages, step = [stage.id for stage in one.stages], (3, 7, 30)[seed % 3]
    roles = sorted({stage.role for stage in one.stages})
    return [
        Question(roles[seed % len(roles)], horizon_days=20, every_days=step),
        Question(stages[seed % len(stages)], horizon_days=5, every_days=step, stages=tuple(stages)),
        Question(Happens(("visit", "use")), horizon_days=6, every_days=step),
        Question(Absence("visit"), horizon_days=9, every_days=step),
        Question(Absence(), horizon_days=4, every_days=step),
        Question(stages[0], horizon_days=9, every_days=step, among="since_visit >= 1 or n_all > 9"),
    ][seed % 6 :: 3]


def check(one: Story, names: list[str], question: Question, seed: int) -> None:
    """Hold a story's results against the kernel, which gets pairs and outcomes worked out the slow way."""
    outcomes, found, grid = outcomes_of(one, question), standing(one, names, question), grid_of(one, question)
    by_moment, by_episode = one.backtests(names, question), one.backtests(names, question, by="episodes")
    for name in names:
        risk, flags = (masks(one, pairs, grid) for pairs in (found[name].at_risk, found[name].flagged))
        place, customer = np.nonzero(risk)
        moments = Moments(customer, np.array(grid)[place], outcomes)
        wanted = judge_columns(zip(grid, risk, flags, strict=True), outcomes, name=name)
        assert attrs.evolve(by_moment[name], lead=None) == wanted, (seed, name)
        at_moments = judge_episodes(starts(flags, grid), outcomes, moments=moments, name=name)
        assert by_moment[name].lead == (None if outcomes.is_absence else at_moments.lead)
        exact = one.signs is not None and name in one.signs.signals and is_own(one, name, question)
        absent = isinstance(question.outcome, Absence)
        episodes = raises(one, name, absent=absent) if exact else starts(flags, grid)
        assert by_episode[name] == judge_episodes(episodes, outcomes, moments=moments, name=name), (seed, name)


def is_own(one: Story, name: str, question: Question) -> bool:
    """Whether who is at risk is who the signal is watched for; the questions name all stages or none."""
    assert one.signs is not None
    if question.among is not None:
        return False
    return question.stages is None or all(one.signs.watches[one.signs.signals[name]].watched)


def masks(one: Story, pairs: Pairs, grid: list[int]) -> np.ndarray[Any, Any]:
    """Pairs as flags; shape (n_moments, n_customers)."""
    found = np.zeros((len(grid), one.n_customers), bool)
    for id, at in pairs:
        found[grid.index(at), one.log.code_of(id)] = True
    return found


def raises(one: Story, name: str, *, absent: bool) -> Episodes:
    """The exact instants of a signal; what raised it comes before an absence."""
    table = one.episodes(name)
    start = table["start"].astype(np.int64) + (absent & (table["start_cause"] == "touchpoint"))
    return Episodes(np.array([one.log.code_of(id) for id in table["customer"]], np.int64), start)


def starts(flags: np.ndarray[Any, Any], grid: list[int]) -> Episodes:
    """The moments at which flags stand and did not at the moment before."""
    place, customer = np.nonzero(flags & ~np.concatenate([flags[:1] & False, flags[:-1]]))
    return Episodes(customer, np.array(grid)[place])


def outcomes_of(one: Story, question: Question) -> Outcomes:
    """The outcomes, from the tables of the story and the touchpoints of each customer."""
    outcome, absent = question.outcome, isinstance(question.outcome, Absence)
    if isinstance(outcome, str):
        roles = {stage.id: (stage.id, stage.role) for stage in one.stages}
        rows = [
            row for row in one.moves.rows() if outcome in roles[row["target"]] and outcome not in roles[row["source"]]
        ]
        who = [(one.log.code_of(row["customer"]), np.datetime64(row["at"], "us").astype(np.int64)) for row in rows]
        told = f"entering a stage of role {outcome!r}" if outcome not in roles else f"entering {outcome!r}"
        timed = sum(row["cause"] == "timer" for row in rows)
        told += f" ({100 * timed / len(rows):.0f} % by a timer)" if timed else ""
    else:
        who = [
            (code, int(np.datetime64(touchpoint.at.replace(tzinfo=None), "us").astype(np.int64)))
            for code in range(one.n_customers)
            for touchpoint in one.log.touchpoints(code)
            if (touchpoint.kind in outcome.kinds if outcome.kinds else touchpoint.kind not in SILENT)
        ]
        told = str(outcome)
    columns = np.array(who, np.int64).reshape(-1, 2)
    return Outcomes(
        columns[:, 0], columns[:, 1], horizon_days=question.horizon_days, end_us=one.record.until_us - 1,
        since_us=int(one.record.started.min()), name=told, is_absence=absent,
    )  # fmt: skip


SILENT = ("odd", "profile_set", "stage_set")
"""The kinds of the worlds that are no sign of life."""


def grid_of(one: Story, question: Question) -> list[int]:
    """Every moment of a question."""
    calendar = one.base.program.calendar
    first, end = int(one.record.started.min()), one.record.until_us
    days = range(calendar.day_of(first), calendar.day_of(end) + 1)
    starts = {calendar.start_of(day) for day in days if (day - 4) % question.every_days == 0}
    return sorted(at for at in starts if first <= at < end)
