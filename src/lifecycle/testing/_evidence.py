"""Whether something happened that may start a playbook, found in the history and not in the run."""

from __future__ import annotations

from lifecycle.model import RunChange
from lifecycle.playbooks import Playbook, Trigger
from lifecycle.rules import make_where

from ._trial import Trial


def is_evident(trial: Trial, playbook: Playbook, entry: RunChange) -> bool:
    """Whether one of the triggers of a playbook came about at an entry."""
    return any(_came(trial, trigger, entry.at_us) for trigger in playbook.on)


def _came(trial: Trial, trigger: Trigger, at_us: int) -> bool:
    names = set(trigger.names)
    match trigger.sort:
        case "happened":
            return _happened(trial, trigger, at_us)
        case "raised" | "cleared":
            is_raised = trigger.sort == "raised"
            changes = trial.walked.signals
            return any(o.at_us == at_us and o.is_raised is is_raised and o.signal in names for o in changes)
        case "reached" | "overdue":
            is_reached = trigger.sort == "reached"
            changes_of = [change for step in trial.walked.steps for change in step.milestones if change.at_us == at_us]
            found = [one for one in changes_of if one.is_reached is is_reached]
            return any({one.milestone, f"{one.blueprint}.{one.milestone}"} & names for one in found)
        case "entered" | "left":
            return _moved(trial, trigger, at_us)
        case _:
            return _is_moment(trial, at_us)


def _happened(trial: Trial, trigger: Trigger, at_us: int) -> bool:
    context = trial.definition.program.context
    keys, where = {context.key(kind) for kind in trigger.names}, make_where(trigger.where, context.exponent)
    return any(
        one.at_us == at_us and trial.kind(one) in keys and (where is None or where.passes(one))
        for one in trial.history.touchpoints
    )


def _moved(trial: Trial, trigger: Trigger, at_us: int) -> bool:
    chart, names = trial.definition.program.chart, set(trigger.names)
    inside = {
        stage.id
        for leaf, stage in enumerate(chart.stages)
        if any(chart.nodes[node] in names for node in chart.paths[leaf])
    }
    for move in trial.walked.moves:
        source, target = move.source.id in inside, move.target.id in inside
        # Between two stages that are both named one is entered and the other left.
        is_between = move.target.id in names if trigger.sort == "entered" else move.source.id in names
        if move.at_us == at_us and (
            is_between or (target and not source) == (trigger.sort == "entered") != (source == target)
        ):
            return True
    is_first = at_us == trial.history.touchpoints[0].at_us
    return trigger.sort == "entered" and is_first and chart.stages[chart.initial].id in inside


def _is_moment(trial: Trial, at_us: int) -> bool:
    """Whether a touchpoint came, or a day of the definition's zone began."""
    calendar = trial.definition.program.calendar
    begins = calendar.start_of(calendar.day_of(at_us)) == at_us
    return begins or any(one.at_us == at_us for one in trial.history.touchpoints)
