"""What a policy is given, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol, TypeAlias, runtime_checkable

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.engine import Program
from lifecycle.rules import BoundCondition, Fact, Read, ReadColumn

from ._bound_action import BoundAction

Int64Array: TypeAlias = npt.NDArray[np.int64]
Sent: TypeAlias = tuple[int, int, str, str]
"""A play that was decided and still counts: instant, number of the action, contact, key."""
PASSES: Final = -1
"""In `judge_all`: nothing holds it."""
NEVER_US: Final = 2**62
"""An instant that does not come; in `judge_all`: held, and not tried again."""
ZONE: Final = "playbook.zone"
"""The hidden fact with the customer's time zone."""


@attrs.frozen
class Block:
    """A policy holds a play back."""

    reason: str
    """Why, in words."""
    next_us: int | None
    """The next instant, later than now, at which it is worth another try; None: never."""


@attrs.frozen(eq=False)
class Attempt:
    """One play of one customer at the instant at which it is tried."""

    customer: str
    """Whose."""
    action: BoundAction
    """What is to be done."""
    at_us: int
    """The instant."""
    contact: str
    """The contact at the account that started the run, '' for none."""
    read: Read
    """Reads facts, hidden ones too, `stage`, `health` and signals."""
    ledger: tuple[Sent, ...]
    """The plays decided before that still count, oldest first."""
    zone: str
    """The zone of the definition."""


@attrs.frozen(eq=False)
class Attempts:
    """Many attempts, in columns of shape (n,) each.

    A policy that asks to remember decided plays gets at most one of each customer, any other one perhaps several.
    """

    customer: npt.NDArray[np.int32]
    """Whose."""
    action: npt.NDArray[np.int32]
    """The number of the action."""
    at_us: Int64Array
    """The instants."""
    read: ReadColumn
    """Reads facts, hidden ones too, `stage`, `health` and signals at those instants."""
    sent: Callable[[tuple[bool, ...], int], Int64Array]
    """(counted actions, n) → when the n-th last play of these actions was decided; below 0 where there were fewer."""
    zone: str
    """The zone of the definition."""


class BoundPolicy(Protocol):
    """A policy inside a definition."""

    @property
    def keeps_us(self) -> int:
        """How long decided plays have to be remembered for it, in microseconds."""
        ...

    def judge(self, attempt: Attempt) -> Block | None:
        """Whether it holds a play back."""
        ...

    def judge_all(self, attempts: Attempts) -> Int64Array | None:
        """The same for many: `PASSES`, the next instant, or `NEVER_US`; None: it can only be asked one by one."""
        ...


@attrs.frozen(eq=False)
class PolicySetup:
    """What a definition lends its policies."""

    program: Program
    """Stages and facts."""
    actions: tuple[BoundAction, ...]
    """All actions of all playbooks, by number."""
    condition: Callable[[str], BoundCondition]
    """Binds a condition over facts, `stage`, `health` and signals."""
    stages: Callable[[tuple[str, ...]], tuple[bool, ...]]
    """Per stage (by number) whether it is one of some stages, compounds or roles."""


@runtime_checkable
class Policy(Protocol):
    """What may hold a play back; a host's own needs these three members."""

    @property
    def name(self) -> str:
        """What it is called in held plays."""
        ...

    def facts(self) -> Mapping[str, Fact]:
        """The hidden facts that it reads; their names hold a dot."""
        ...

    def bind(self, setup: PolicySetup, /) -> BoundPolicy:
        """The policy inside a definition."""
        ...


def applies(setup: PolicySetup, test: Callable[[BoundAction], Any]) -> tuple[bool, ...]:
    """Per action whether a test is true of it."""
    return tuple(bool(test(action)) for action in setup.actions)
