"""Playbooks compiled: what the live engine and the simulation both run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

import attrs

from lifecycle.rules import BoundCondition, Where
from lifecycle.signs import SignProgram

from ._bound_action import BoundAction
from ._playbook import Playbook, Tier
from ._policy import BoundPolicy
from ._trigger import Trigger

ENDED: Final = -1
"""In place of an op: no step is left."""


@attrs.frozen
class Act:
    """Try a play when its time has come; then the next op."""

    action: int
    """The number of the action."""


@attrs.frozen
class Await:
    """Wait for a touchpoint; then the next op, or another one when the time is over."""

    wait: int
    """Its place among the waits of the playbook."""
    days_us: int
    """How long."""
    otherwise: int
    """The op when the time is over."""


@attrs.frozen
class Jump:
    """Go on elsewhere; always further down."""

    to: int
    """The op."""


@attrs.frozen
class End:
    """Nothing is left."""


Op: TypeAlias = Act | Await | Jump | End


@attrs.frozen(eq=False)
class BoundWait:
    """What a wait listens to."""

    kinds: frozenset[str]
    """The kinds, as events or normalised."""
    match: str | None
    """The attribute that must equal the correlation key of the run."""
    where: Where | None
    """A filter over the touchpoint's attributes."""


@attrs.frozen(eq=False)
class BoundTrigger:
    """A trigger, looked up in a definition."""

    trigger: Trigger
    """What was declared."""
    numbers: frozenset[int] = frozenset()
    """Chart nodes, or places among the watches of the signs, depending on its sort."""
    kinds: frozenset[str] = frozenset()
    """Kinds, as events or normalised."""
    where: Where | None = None
    """A filter over the touchpoint's attributes."""
    condition: BoundCondition | None = None
    """What came true, for figures."""


@attrs.frozen(eq=False)
class BoundTier:
    """A tier, or all there is of a playbook without tiers."""

    tier: Tier | None
    """What was declared."""
    condition: BoundCondition | None
    """What must hold."""
    ops: tuple[Op, ...]
    """Its steps, flattened; jumps lead further down only, the last op is an `End`."""


@attrs.frozen(eq=False)
class BoundPlaybook:
    """A playbook inside a definition."""

    number: int
    """Its place in declared order."""
    playbook: Playbook
    """What was declared."""
    triggers: tuple[BoundTrigger, ...]
    """What starts it."""
    audience: BoundCondition | None
    """Who enters."""
    tiers: tuple[BoundTier, ...]
    """Its steps; exactly one without a declared tier where it has none."""
    waits: tuple[BoundWait, ...]
    """Its waits, over all tiers."""
    exit: int | None
    """The watch of its exit condition."""
    exit_kinds: frozenset[str]
    """The kinds that end it."""
    goal: int | None
    """The watch of its goal's condition."""
    goal_kinds: frozenset[str]
    """The kinds that reach its goal."""
    signals: tuple[tuple[int, int], ...]
    """Places and severities (0 info to 3 critical) of the signals that its tiers count."""

    @property
    def name(self) -> str:
        """What it is called."""
        return self.playbook.name


@attrs.frozen(eq=False)
class PlaybookProgram:
    """The playbooks of a definition, compiled."""

    signs: SignProgram
    """Stages, facts and signs below."""
    milestones: Mapping[tuple[str, str], int]
    """Blueprint and milestone → its place among the watches."""
    playbooks: tuple[BoundPlaybook, ...]
    """In declared order."""
    actions: tuple[BoundAction, ...]
    """All actions by number."""
    policies: tuple[tuple[str, BoundPolicy], ...]
    """Name and bound policy, in the order in which they are asked."""
    keeps_us: int
    """How long decided plays are remembered."""
    salt: str
    """For the holdouts."""
    global_holdout: float
    """The share of customers who get nothing at all."""
    starts_by_kind: Mapping[str, int]
    """Event or normalised kind → the playbooks that a touchpoint of it can start, one bit each."""
    ends_by_kind: Mapping[str, int]
    """The same for those whose runs it can end or carry on, or whose goal it can reach."""
    starts_by_watch: Mapping[int, int]
    """Place of a watch → the playbooks that its turning can start, one bit each."""
    ends_by_watch: Mapping[int, int]
    """The same for those whose runs it can end, or whose goal it can reach."""
    starts_by_move: int
    """The playbooks that moves can start, one bit each."""
    dates: tuple[tuple[int, int, str], ...]
    """Date triggers: playbook, place of the trigger, fact."""
    date_kinds: frozenset[str] | None
    """The kinds that can change such a date; None: every sign of life."""
