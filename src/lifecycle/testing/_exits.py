"""Plays that come after the exit of their run, the exit found in the history and not in the run."""

from __future__ import annotations

from collections.abc import Iterable

from lifecycle.model import Play, Touchpoint
from lifecycle.playbooks import Playbook
from lifecycle.rules import text_of

from ._reading import bound, reading
from ._trial import Entry, Trial, entry_of


def plays_after_exit(trial: Trial, playbook: Playbook, plays: Iterable[Play]) -> str:
    """The first play that comes after the end of its run, in words; nothing where there is none."""
    by_run: dict[Entry, list[Play]] = {}
    for play in plays:
        by_run.setdefault(entry_of(play), []).append(play)
    for entry, own in by_run.items():
        ends = [
            (one.at_us, one.why) for one in trial.walked.runs if entry_of(one) == entry and trial.setup.is_stop(one)
        ]
        ends += [(at_us, f"touchpoint {kind!r}") for at_us, kind in _touched(trial, playbook, entry)]
        ends += _turned(trial, playbook, entry, max(play.at_us for play in own))
        for at_us, why in ends:
            for play in own:
                if play.at_us > at_us:
                    return f"a run was over ({why}), and yet:\n  {play}"
    return ""


def _touched(trial: Trial, playbook: Playbook, entry: Entry) -> list[tuple[int, str]]:
    """The first touchpoint after the entry that ends a run."""
    context = trial.definition.program.context
    kinds = {context.key(kind) for kind in playbook.exit_on}
    if playbook.goal is not None and playbook.goal.exits and playbook.goal.touchpoint:
        limit = entry[1] + playbook.goal.within_days * 86_400_000_000
        kinds |= {context.key(kind) for kind in playbook.goal.touchpoint} if limit > trial.until_us else set()
    after = [
        one
        for one in trial.history.touchpoints
        if one.at_us > entry[1] and trial.kind(one) in kinds and _concerns(one, playbook, entry)
    ]
    return [(after[0].at_us, after[0].kind)] if after else []


def _concerns(touchpoint: Touchpoint, playbook: Playbook, entry: Entry) -> bool:
    """Whether a touchpoint speaks of a run: one that names a key speaks of the runs of that key only."""
    named = None if playbook.key is None else text_of(touchpoint, playbook.key)
    return not named or named == entry[2]


def _turned(trial: Trial, playbook: Playbook, entry: Entry, last_us: int) -> list[tuple[int, str]]:
    """The first touchpoint after the entry at which the exit condition certainly holds."""
    if playbook.exit is None:
        return []
    condition = bound(trial.definition, playbook.exit)
    for touchpoint, step in zip(trial.history.touchpoints, trial.walked.steps, strict=False):
        is_between = entry[1] < touchpoint.at_us < last_us
        if is_between and condition.verdict(reading(trial.definition, step.customer, touchpoint.at_us)) is True:
            return [(touchpoint.at_us, f"exit {playbook.exit}")]
    return []
