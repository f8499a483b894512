"""What policies have in common: which actions they mean, and how they count what was decided."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import DefinitionError
from lifecycle.signs import called

from ._playbook import PURPOSES
from ._policy import PASSES, Attempts, Int64Array, PolicySetup, Sent


def nth_last(ledger: tuple[Sent, ...], counted: tuple[bool, ...], n: int) -> int:
    """When the n-th last play of some actions was decided; -1 where there were fewer."""
    for sent in reversed(ledger):
        if counted[sent[1]]:
            n -= 1
            if not n:
                return sent[0]
    return -1


def held_until(attempts: Attempts, concerned: tuple[bool, ...], until: Int64Array) -> Int64Array:
    """What `judge_all` gives for a policy that holds some actions until later instants; shape (n,)."""
    result: Int64Array = np.where(of_actions(attempts, concerned) & (until > attempts.at_us), until, PASSES)
    return result


def of_actions(attempts: Attempts, concerned: tuple[bool, ...]) -> npt.NDArray[np.bool_]:
    """Which attempts are of some actions; shape (n,)."""
    found: npt.NDArray[np.bool_] = np.array(concerned, bool)[attempts.action]
    return found


@attrs.frozen
class Choice:
    """Some actions; where nothing is named, all."""

    channels: tuple[str, ...] = ()
    """By one of these channels."""
    purposes: tuple[str, ...] = ()
    """For one of these purposes."""
    playbooks: tuple[str, ...] = ()
    """Of one of these playbooks."""
    actions: tuple[str, ...] = ()
    """With one of these names."""

    def of(self, setup: PolicySetup, policy: object, *, transactional: bool) -> tuple[bool, ...]:
        """Per action whether it is one of them; `transactional`: those for which the customer waits too.

        Raises:
            DefinitionError: a playbook, action or purpose that nothing has.
        """
        known = setup.actions
        _refuse_unknown(policy, "playbook", self.playbooks, {one.playbook.name for one in known})
        _refuse_unknown(policy, "action", self.actions, {one.action.name for one in known})
        _refuse_unknown(policy, "purpose", self.purposes, {*PURPOSES, *(one.purpose for one in known)})
        return tuple(
            (transactional or not one.action.transactional)
            and (not self.channels or one.action.channel in self.channels)
            and (not self.purposes or one.purpose in self.purposes)
            and (not self.playbooks or one.playbook.name in self.playbooks)
            and (not self.actions or one.action.name in self.actions)
            for one in known
        )

    def __str__(self) -> str:
        parts = (("by", self.channels), ("for", self.purposes), ("of", self.playbooks), ("that are", self.actions))
        return "".join(f" {word} {' or '.join(names)}" for word, names in parts if names)


def _refuse_unknown(policy: object, sort: str, names: Iterable[str], known: set[str]) -> None:
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(sorted(known)) or 'none'}"
            raise DefinitionError(f"{called(policy)}: no {sort} is called {name!r}; {hint}")


def counted_days(days: int) -> str:
    """So many days, in words."""
    return "1 day" if days == 1 else f"{days:,} days"
