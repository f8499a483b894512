"""Findings about signs: what can never be, what never ends, what contradicts the stages."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from lifecycle.chart import ENTRY
from lifecycle.engine import Program
from lifecycle.rules import (
    BoundCondition,
    Compare,
    Difference,
    InStage,
    OldestOpen,
    Ratio,
    may_miss_under_not,
    names_of,
)
from lifecycle.signs import Blueprint, Signal, SignProgram, Watch

from ._finding import Finding, Setup, negated
from ._outcomes import ANYTHING, UNKNOWN, Verdicts, implies, outcomes


def review_signs(setup: Setup) -> Iterator[Finding]:
    """Everything about the signs of a definition that stands but deserves care."""
    if setup.signs is None:
        return
    for place, watch in _watches(setup.signs):
        if isinstance(watch.of, Signal):
            yield from _signal(setup, place, watch)
        else:
            yield from _negations(place, watch.raises)
        yield from _never(setup.program, place, watch)
    if setup.signs.loyalty is not None:
        for condition in setup.signs.loyalty[1:3]:
            yield from _negations("loyalty", condition)
    for blueprint in setup.declared.blueprints:
        yield from _days(setup.program, blueprint)
    yield from _health(setup)


def _watches(signs: SignProgram) -> Iterator[tuple[str, Watch]]:
    """Signals, segments and milestones, in declared order, with what to call them."""
    for name, place in signs.signals.items():
        yield f"signal {name!r}", signs.watches[place]
    for name, place in signs.segments.items():
        yield f"segment {name!r}", signs.watches[place]
    for journey in signs.journeys:
        for place in journey.places:
            watch = signs.watches[place]
            yield f"blueprint {journey.blueprint.name!r}, milestone {watch.name!r}", watch


def _negations(place: str, bound: BoundCondition) -> Iterator[Finding]:
    for name in may_miss_under_not(bound.condition, bound.types):
        yield negated(place, name)


# --- what can never be ------------------------------------------------------------------------------------------------


def _never(program: Program, place: str, watch: Watch) -> Iterator[Finding]:
    """A condition that cannot hold in any stage in which it is looked at."""
    leaves = [leaf for leaf, is_watched in enumerate(watch.watched) if is_watched]
    is_signal = isinstance(watch.of, Signal)
    possible = (outcomes(watch.raises.condition.root, partial(_in_stage, program, leaf, is_signal)) for leaf in leaves)
    if not any(True in found for found in possible):
        where = ", ".join(program.chart.stages[leaf].id for leaf in leaves) or "none of the stages"
        what = "raised" if is_signal else "reached" if watch.of is None else "joined by anybody"
        remedy = "change its condition, or the stages in which it is watched" if is_signal else "change its condition"
        text = f"it can never be {what}: it is looked at in {where}, where its condition cannot hold"
        yield Finding(place, text, remedy, code="never_true")


def _in_stage(program: Program, leaf: int, is_signal: bool, atom: Any) -> Verdicts:  # noqa: FBT001
    """What may come out of an atom while a customer is in a stage."""
    stage, around = program.chart.stages[leaf].id, {program.chart.nodes[node] for node in program.chart.paths[leaf]}
    if isinstance(atom, Compare) and atom.left.name == "stage":
        return frozenset({(stage == getattr(atom.right, "value", None)) == (atom.operator == "==")})
    staged = [
        program.facts.staged[part]
        for name in _facts_of(program, atom)
        for part in program.facts.parts(name)
        if part in program.facts.staged
    ]
    if any(fact.stage is not None and fact.stage not in around for fact in staged):
        return UNKNOWN if is_signal else frozenset({False})
    return ANYTHING if is_signal else frozenset({True, False})


def _facts_of(program: Program, atom: Any) -> list[str]:
    return [name for name in names_of(atom) if name in program.facts.types]


# --- what never ends --------------------------------------------------------------------------------------------------


def _signal(setup: Setup, place: str, watch: Watch) -> Iterator[Finding]:
    """A signal that nothing clears."""
    raises = watch.raises.condition.root
    if watch.clears is not None and implies(watch.clears.condition.root, raises):
        text = f"what clears it ({watch.clears.condition}) holds only while it is raised, so it is never cleared"
        remedy = "give clear= a condition that can hold when the other one does not"
        yield Finding(place, text, remedy, code="never_cleared")
        return
    ages = [name for name in watch.raises.types if _is_age(setup, name)]
    clears = raises if watch.clears is None else watch.clears.condition.root
    found = outcomes(clears, lambda atom: UNKNOWN if any(_is_age(setup, name) for name in names_of(atom)) else ANYTHING)
    if ages and (watch.clears is not None) not in found:
        text = f"once nothing is open any more, {ages[0]!r} is missing, and what is missing clears nothing"
        remedy = "pass clear= with a count of what is open: 'tickets_open == 0 or …'"
        yield Finding(place, text, remedy, code="never_cleared")


def _is_age(setup: Setup, name: str) -> bool:
    """Whether a fact is made of the age of what is open, which goes missing with it."""
    fact = setup.facts.get(name)
    if isinstance(fact, (Ratio, Difference)):
        return _is_age(setup, fact.of) or _is_age(setup, fact.to)
    return isinstance(fact, OldestOpen)


# --- blueprints and health against the stages -------------------------------------------------------------------------


def _days(program: Program, blueprint: Blueprint) -> Iterator[Finding]:
    """Milestones out of order, or due after their stage is over."""
    latest = blueprint.milestones[0]
    for milestone in blueprint.milestones[1:]:
        if milestone.due_days < latest.due_days:
            yield Finding(
                f"blueprint {blueprint.name!r}, milestone {milestone.name!r}",
                f"it is due on day {milestone.due_days}; {latest.name!r}, which it follows, on day {latest.due_days}",
                "order the milestones by the day they are due",
                code="milestone_days",
            )
        latest = max(latest, milestone, key=lambda one: one.due_days)
    over = _over(program, blueprint.start)
    if over is None:
        return
    for milestone in blueprint.milestones:
        if milestone.due_days > over[1]:
            yield Finding(
                f"blueprint {blueprint.name!r}, milestone {milestone.name!r}",
                f"it is due on day {milestone.due_days}; timer {over[0]!r} ends {blueprint.start!r} on day {over[1]}",
                "let it be due before, or the stage last longer",
                code="milestone_days",
            )


def _over(program: Program, start: str | None) -> tuple[str, int] | None:
    """The timer that ends a stage for everybody who is still in it, and on which day after its entry."""
    chart = program.chart
    if start is None:
        return None
    node = chart.nodes.index(start)
    inside = {leaf for leaf, path in enumerate(chart.paths) if node in path}
    ends = [
        (timer.event, timer.after_days)
        for number, timer in enumerate(chart.timers)
        if timer.since is ENTRY
        and all((number, node) in chart.armed[leaf] and _leaves(program, leaf, timer.event, inside) for leaf in inside)
    ]
    return min(ends, key=lambda end: end[1], default=None)


def _leaves(program: Program, leaf: int, event: str, inside: set[int]) -> bool:
    """Whether an event takes everybody in a stage out of some stages."""
    first, *_ = program.chart.routes[leaf, event]
    return first.condition is None and first.target not in inside


def _health(setup: Setup) -> Iterator[Finding]:
    """Weights of stages without a score, and measures that are missing in every stage that has one."""
    scoring = None if setup.signs is None else setup.signs.scoring
    if scoring is None:
        return
    chart = setup.program.chart
    around = [
        {chart.nodes[node] for node in path}
        for path, is_watched in zip(chart.paths, scoring.watched, strict=True)
        if is_watched
    ]
    for name in scoring.health.weights:
        if name in chart.nodes and not any(name in path for path in around):
            yield Finding(
                "health",
                f"the weights of {name!r} never apply: there is no score in that stage",
                "leave them out, or name the stage in stages=",
                code="idle_weights",
            )
    for measure in scoring.health.measures:
        fact = setup.facts[measure.fact]
        if isinstance(fact, InStage) and fact.stage is not None and not any(fact.stage in path for path in around):
            yield Finding(
                f"health, measure {measure.fact!r}",
                "it is missing wherever there is a score",
                f"measure something else, or name {fact.stage!r} in stages=",
                code="idle_measure",
            )
