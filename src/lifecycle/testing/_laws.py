"""The laws of playbooks, as checks of single histories."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from typing import Any, Final, TypeAlias

import attrs

from lifecycle.definition import Definition
from lifecycle.errors import InvalidArgument
from lifecycle.model import DAY_US, Play, RunChange
from lifecycle.playbooks import Playbook

from ._evidence import is_evident
from ._exits import plays_after_exit
from ._history import History
from ._policy_laws import violations
from ._trial import Entry, Trial, entry_of, trial_of
from ._walking import Walked, walk_through

Check: TypeAlias = Callable[[History], None]
"""Raises AssertionError where a history breaks a law."""
Law: TypeAlias = Callable[["Case"], str]
"""What is wrong, or nothing."""


@attrs.frozen(eq=False)
class Case:
    """One playbook in a trial."""

    trial: Trial
    """The trial."""
    playbook: Playbook
    """The playbook."""

    @property
    def plays(self) -> tuple[Play, ...]:
        """Its plays."""
        return self.plays_of(self.trial.walked)

    def plays_of(self, walked: Walked) -> tuple[Play, ...]:
        """Its plays in a walk."""
        return tuple(play for play in walked.plays if play.playbook == self.playbook.name)

    def runs_of(self, walked: Walked) -> tuple[RunChange, ...]:
        """What happened to its runs in a walk."""
        return tuple(change for change in walked.runs if change.playbook == self.playbook.name)

    def all_of(self, walked: Walked) -> tuple[tuple[Any, ...], ...]:
        """All that a walk says of it, in order: plays, runs, what was held and dropped."""
        name = self.playbook.name
        held = tuple(one for one in walked.held if one.play.playbook == name)
        dropped = tuple(one for one in walked.dropped if one.play.playbook == name)
        return self.plays_of(walked), self.runs_of(walked), held, dropped

    def entries(self) -> dict[Entry, RunChange]:
        """Its runs that began."""
        return {entry_of(one): one for one in self.runs_of(self.trial.walked) if one.event == "entered"}


def playbook_laws(playbook: str | Playbook, definition: Definition) -> tuple[tuple[str, Check], ...]:
    """The laws that every playbook keeps, whatever customers do: pairs of an id and a check of one history.

    Args:
        playbook: one of the definition's, by name or itself; another one is tried beside them.
        definition: the stages, facts, signs and policies around it.

    Returns:
        Pairs; a check is given a `History`, and raises AssertionError with what is wrong and where. Checks of one
        definition share the work: give one history to all of them before the next.

    Raises:
        InvalidArgument: the definition has no playbook of that name.
    """
    whole, declared = _within(playbook, definition)
    return tuple((name, _check(name, law, declared, whole)) for name, law in LAWS.items())


def _within(playbook: str | Playbook, definition: Definition) -> tuple[Definition, Playbook]:
    by_name = {one.name: one for one in definition.playbooks}
    if isinstance(playbook, str):
        if playbook not in by_name:
            known = ", ".join(by_name) or "none"
            raise InvalidArgument(f"playbook_laws: the definition has no playbook {playbook!r}; it has: {known}")
        return definition, by_name[playbook]
    if by_name.get(playbook.name) == playbook:
        return definition, playbook
    others = [one for one in definition.playbooks if one.name != playbook.name]
    return attrs.evolve(definition, playbooks=(*others, playbook)), playbook


def _check(name: str, law: Law, playbook: Playbook, definition: Definition) -> Check:
    def check(history: History) -> None:
        trial = trial_of(definition, history)
        if trial.error is not None:
            if law is _never_raises:
                raise AssertionError(f"{playbook.name} {name}: {trial.error!r}") from trial.error
            return
        complaint = law(Case(trial, playbook))
        if complaint:
            raise AssertionError(f"{playbook.name} {name}: {complaint}")

    check.__name__ = check.__qualname__ = name
    check.__doc__ = law.__doc__
    return check


def _never_raises(_case: Case) -> str:
    """No history makes it fail."""
    return ""


def _input_is_untouched(case: Case) -> str:
    """What is given to `advance` and `pass_time` is the same afterwards."""
    return case.trial.touched


def _same_input_same_plays(case: Case) -> str:
    """The same history gives the same plays again."""
    trial = case.trial
    if case.all_of(trial.other) == case.all_of(trial.walked):
        return ""
    return _difference(case, walk_through(trial.definition, trial.history), "the second time")


def _order_does_not_matter(case: Case) -> str:
    """It decides the same wherever it stands among the playbooks."""
    trial = case.trial
    if case.all_of(trial.other) == case.all_of(trial.walked):
        return ""
    return _difference(case, walk_through(trial.setup.reversed, trial.history), "with the playbooks in reverse order")


def _time_passes_how_it_may(case: Case) -> str:
    """It decides the same however often the host lets time pass."""
    trial = case.trial
    if case.all_of(trial.other) == case.all_of(trial.walked):
        return ""
    return _difference(case, walk_through(trial.definition, trial.history, trial.stops), "where time passes more often")


def _difference(case: Case, other: Walked, when: str) -> str:
    for first, second in zip(case.all_of(case.trial.walked), case.all_of(other), strict=True):
        if first != second:
            mine = "".join(f"\n  - {one}" for one in first if one not in second)
            its = "".join(f"\n  + {one}" for one in second if one not in first)
            return f"it decides otherwise {when} (- the first time, + {when}){mine}{its}"
    return ""


def _no_play_without_evidence(case: Case) -> str:
    """Every play belongs to a run that something started, and says what."""
    entries = case.entries()
    for play in case.plays:
        if not play.why:
            return f"a play does not say why:\n  {play!r}"
        if entry_of(play) not in entries:
            return f"a play belongs to no run that was entered:\n  {play}"
    for entry in entries.values():
        if not is_evident(case.trial, case.playbook, entry):
            return f"nothing that could start it happened then:\n  {entry}"
    return ""


def _decided_in_time(case: Case) -> str:
    """A play is decided from when it is due until it expires, and within the days of its run."""
    for play in case.plays:
        if not play.entered_us <= play.due_us <= play.at_us < play.expires_us:
            return (
                f"a play is decided before it is due, or after it has expired ({play.due} to {play.expires}):\n  {play}"
            )
        if play.due_us >= play.entered_us + case.playbook.max_days * DAY_US:
            return f"a play is due after the {case.playbook.max_days} days of its run:\n  {play}"
    return ""


def _key_is_unique(case: Case) -> str:
    """No two plays have one key, and no step of a run is decided twice."""
    seen: dict[str, Play] = {}
    for play in case.trial.walked.plays:
        if play.key in seen and case.playbook.name in (play.playbook, seen[play.key].playbook):
            return f"two plays have the key {play.key!r}:\n  {seen[play.key]}\n  {play}"
        seen[play.key] = play
    steps = sorted((entry_of(play), play.step) for play in case.plays)
    twice = [one for one, group in groupby(steps) if len(list(group)) > 1]
    return f"step {twice[0][1]!r} of one run is decided twice" if twice else ""


def _policies_hold(case: Case) -> str:
    """No play is decided that a policy of the definition forbids."""
    return next((complaint for name, complaint in violations(case.trial) if name == case.playbook.name), "")


def _holdout_gets_nothing(case: Case) -> str:
    """Who is in the holdout enters as all do, and gets nothing."""
    treated = {entry for entry, change in case.entries().items() if not change.is_holdout}
    for play in case.plays:
        if entry_of(play) not in treated:
            return f"a play for a run in the holdout:\n  {play}"
    if case.plays and case.trial.asks_untreated:
        others = case.plays_of(case.trial.untreated)
        if others:
            return f"with everybody in the holdout there is a play:\n  {others[0]}"
        entered = {entry_of(one) for one in case.runs_of(case.trial.untreated) if one.event == "entered"}
        if entered != set(case.entries()):
            return "with everybody in the holdout other customers enter, so that the two cannot be compared"
    return ""


def _exit_stops_everything(case: Case) -> str:
    """After its exit a run decides nothing more, not even what was held back."""
    return plays_after_exit(case.trial, case.playbook, case.plays)


def _every_entry_ends(case: Case) -> str:
    """Every run ends, at the latest when its days are over."""
    over = {entry_of(one) for one in (*case.trial.walked.runs, *case.trial.later.runs) if case.trial.setup.is_over(one)}
    for entry, change in case.entries().items():
        if entry not in over and case.trial.passed_us >= entry[1] + case.playbook.max_days * DAY_US:
            return f"a run has not ended after {case.playbook.max_days} days:\n  {change}"
    return ""


LAWS: Final[dict[str, Law]] = {
    "never_raises": _never_raises,
    "same_input_same_plays": _same_input_same_plays,
    "input_is_untouched": _input_is_untouched,
    "no_play_without_evidence": _no_play_without_evidence,
    "decided_in_time": _decided_in_time,
    "key_is_unique": _key_is_unique,
    "policies_hold": _policies_hold,
    "holdout_gets_nothing": _holdout_gets_nothing,
    "exit_stops_everything": _exit_stops_everything,
    "every_entry_ends": _every_entry_ends,
    "order_does_not_matter": _order_does_not_matter,
    "time_passes_how_it_may": _time_passes_how_it_may,
}
