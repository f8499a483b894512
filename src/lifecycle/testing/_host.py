"""A host that only writes down what it is asked to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from lifecycle.errors import InvalidArgument
from lifecycle.model import Play
from lifecycle.playbooks import Action, HasPlaybooks, Hooks, Outcome, Playbook, PlayRecord, Retry, dispatch


class HookFailed(RuntimeError):
    """What a hook of a recording host raises when it was told to."""


class RecordingHost:
    """Has a hook for every action of a definition, each of which writes the play down and does nothing.

    Args:
        playbooks: a definition, a playbook, or several: whose actions.
        fails: action → how often its hook raises, before it no longer does; True: always.
        answers: action → what its hook returns.
        retry: how often a hook is tried for one play; None: as hooks are by default.

    Raises:
        InvalidArgument: `fails` or `answers` names an action that there is not.

    >>> from lifecycle.playbooks import Action, Playbook, happened
    >>> host = RecordingHost(Playbook("greet", on=happened("signup"), steps=[Action("send_card")]))
    >>> host.hooks.actions
    ('send_card',)
    """

    def __init__(
        self,
        playbooks: HasPlaybooks | Playbook | Iterable[Playbook],
        *,
        fails: Mapping[str, int | bool] | None = None,
        answers: Mapping[str, Outcome] | None = None,
        retry: Retry | None = None,
    ) -> None:
        self.hooks = Hooks() if retry is None else Hooks(retry=retry)
        self._fails: dict[str, int | bool] = dict(fails or {})
        self._answers = dict(answers or {})
        self._plays: list[Play] = []
        self._tries: list[Play] = []
        actions = _actions(playbooks)
        unknown = sorted({*self._fails, *self._answers} - set(actions))
        if unknown:
            raise InvalidArgument(
                f"RecordingHost: no playbook has the action {unknown[0]!r}; it has {', '.join(actions)}"
            )
        for action in actions:
            self.hooks.on(action)(self._carry_out)

    def _carry_out(self, play: Play, **_context: Any) -> Outcome | None:
        self._tries.append(play)
        left = self._fails.get(play.action, 0)
        if left is not False and left != 0:
            if left is not True:
                self._fails[play.action] = left - 1
            raise HookFailed(f"{play.action} was told to fail")
        self._plays.append(play)
        return self._answers.get(play.action)

    @property
    def plays(self) -> tuple[Play, ...]:
        """The plays that were carried out, in order."""
        return tuple(self._plays)

    @property
    def tries(self) -> tuple[Play, ...]:
        """All plays that hooks were given, in order, the failed ones too."""
        return tuple(self._tries)

    def of(self, action: str) -> tuple[Play, ...]:
        """The plays of one action that were carried out, in order."""
        return tuple(play for play in self._plays if play.action == action)

    def carry_out(self, plays: Iterable[Play], *, now: datetime) -> tuple[PlayRecord, ...]:
        """What became of plays, dispatched to the hooks at an instant.

        Raises:
            InvalidArgument: `now` is not aware.
        """
        return dispatch(plays, self.hooks, now=now)


def _actions(playbooks: HasPlaybooks | Playbook | Iterable[Playbook]) -> tuple[str, ...]:
    found: Iterable[Playbook]
    if isinstance(playbooks, Playbook):
        found = (playbooks,)
    else:
        found = playbooks.playbooks if isinstance(playbooks, HasPlaybooks) else playbooks
    actions: list[Action] = [action for playbook in found for action in playbook.actions]
    return tuple(dict.fromkeys(action.name for action in actions))
