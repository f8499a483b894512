"""The tables that a machine class compiles to."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from lifecycle.model import Stage
from lifecycle.rules import BoundCondition

from ._timer import Timer


@attrs.frozen(eq=False)
class Route:
    """One way out of a stage on an event: a transition as seen from one leaf."""

    source: str
    """The id of the state that declares it: the stage itself or a compound around it."""
    event: str
    """The event that may take it."""
    aim: str
    """The id of the state that it names as its target; the compound's where it names one."""
    target: int
    """The leaf that is entered, or the present one where it has no target."""
    condition: BoundCondition | None
    """What must hold; None: it is always taken."""
    is_touch: bool
    """Whether it leaves the customer where she is."""
    text: str
    """For people: "onboarding → adoption on 'login' if logins_30d >= 3"."""

    def __str__(self) -> str:
        return self.text


@attrs.frozen(eq=False)
class Chart:
    """A machine class as tables: stages are leaves, compounds are flattened.

    Leaves and nodes are indexes; a leaf indexes `stages`, `paths` and `armed`, a node `nodes` and `labels`.
    """

    stages: tuple[Stage, ...]
    """The leaves in document order."""
    initial: int
    """The leaf in which a customer begins."""
    nodes: tuple[str, ...]
    """The ids of all states in document order, a compound before what is inside it."""
    labels: tuple[str, ...] = attrs.field(repr=False)
    """The English name of each node."""
    paths: tuple[tuple[int, ...], ...] = attrs.field(repr=False)
    """Per leaf its nodes, from the leaf itself outwards."""
    entries: Mapping[str, int] = attrs.field(repr=False)
    """The id of any state → the leaf that is entered with it."""
    routes: Mapping[tuple[int, str], tuple[Route, ...]] = attrs.field(repr=False)
    """(leaf, event) → what may be taken, in the order in which it is tried: the innermost state's
    transitions first, then in the order of the `.to()` calls. What can never be taken is left out."""
    events: tuple[str, ...]
    """The events that some stage answers."""
    timers: tuple[Timer, ...]
    """The timers as declared."""
    armed: tuple[tuple[tuple[int, int], ...], ...] = attrs.field(repr=False)
    """Per leaf the timers that it answers, as (timer, node of the innermost state that answers it)."""
