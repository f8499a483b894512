"""Signs compiled: what the live and the columnar engine both run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import attrs

from lifecycle.engine import NEVER_DAY, Program
from lifecycle.rules import BoundCondition, Read

from ._asking import Ask
from ._blueprint import Blueprint, Criterion
from ._loyalty import Loyalty
from ._scoring import Scoring
from ._segment import Segment
from ._signal import Signal
from ._turning import Turner

WatchState: TypeAlias = tuple[int | None, int | None, int]
"""Since when it is up (microseconds), the first midnight of the run, the day to look again."""
_KINDS = 1_000  # kinds come from outside: what is kept of them is bounded
DOWN: WatchState = (None, None, NEVER_DAY)


@attrs.frozen(eq=False)
class Watch:
    """A condition watched over time: a signal, a segment or a milestone."""

    name: str
    """What it is called, unique among its sort."""
    of: Signal | Segment | None
    """What was declared; None for a milestone, and for a condition that playbooks watch."""
    raises: BoundCondition
    """What raises it."""
    clears: BoundCondition | None
    """What clears it; None: that `raises` does certainly not hold."""
    dwell: int
    """On how many midnights in a row it must hold before."""
    watched: tuple[bool, ...]
    """Whether it is watched, per stage."""
    journey: int | None
    """The blueprint of a milestone, which gates it; then it is never cleared."""
    kinds: frozenset[str] | None
    """The touchpoints that can change it; None: every sign of life."""
    reads: tuple[int, ...]
    """The watches whose state it reads; all stand before it."""
    turners: tuple[Turner, ...]
    """Why time may change it; for columns."""
    ask: Ask
    """Asks what raises it."""
    ask_clear: Ask | None
    """Asks what clears it."""

    @property
    def conditions(self) -> tuple[BoundCondition, ...]:
        """All its conditions."""
        return (self.raises,) if self.clears is None else (self.raises, self.clears)

    def asks(self, read: Read, states: tuple[Any, ...], today: int, *, is_up: bool) -> tuple[bool, bool, int]:
        """Whether it is to be raised, whether it is to be cleared, and the first day on which time may change that."""
        verdict, day = self.ask(read, states, today)
        if self.ask_clear is None or not is_up or verdict:
            return verdict is True, verdict is False, day
        # It stays up until the other condition holds, whatever this one does; but its midnights count for a dwell.
        clear, later = self.ask_clear(read, states, today)
        return False, clear is True, min(day, later) if self.dwell else later


@attrs.frozen(eq=False)
class Journey:
    """A blueprint, compiled."""

    blueprint: Blueprint
    """What was declared."""
    node: int | None
    """The state whose first entry starts it; None: the first touchpoint."""
    places: tuple[int, ...]
    """Its milestones among the watches."""
    fit: tuple[tuple[Criterion, BoundCondition], ...]
    """The marks of the ideal customer."""
    dues: tuple[tuple[int, int], ...] = attrs.field(
        init=False, default=attrs.Factory(lambda self: _dues(self), takes_self=True)
    )
    """Due days after the start and places among the watches of its milestones."""


def _dues(journey: Journey) -> tuple[tuple[int, int], ...]:
    days = (milestone.due_days for milestone in journey.blueprint.milestones)
    return tuple(zip(days, journey.places, strict=True))


@attrs.frozen(eq=False)
class ReadSlot:
    """The state of one fact, and the watches that read it, one bit each."""

    slot: int
    """Where the state is."""
    always: int
    """The watches that a touchpoint may change."""
    if_up: int
    """The watches that a touchpoint may change only when they are up: it makes their condition less true."""
    later: int
    """The watches to look at some days later, when a touchpoint first counts."""
    enters_after: int
    """After how many days it does."""


@attrs.frozen(eq=False)
class SignProgram:
    """The signs of a definition, compiled."""

    program: Program
    """The stages and facts under them."""
    watches: tuple[Watch, ...]
    """Signals, segments, milestones, in an order in which each reads only what stands before."""
    signals: Mapping[str, int]
    """Signal → its place, in declared order."""
    segments: Mapping[str, int]
    """Segment → its place, in declared order."""
    journeys: tuple[Journey, ...]
    """The blueprints."""
    scoring: Scoring | None
    """Health."""
    loyalty: tuple[Loyalty, BoundCondition, BoundCondition, tuple[bool, ...]] | None
    """Loyalty with its attitude and behaviour, and whether it is asked, per stage."""
    read_slots: Mapping[int, ReadSlot]
    """The facts' states that watches read, by slot."""
    readers: tuple[int, ...]
    """Per watch the watches that read it, one bit each."""
    leaves: Mapping[str, int]
    """Stage id → its number."""
    conditions: Mapping[str, int]
    """Condition that playbooks watch → its place."""

    _by_kind: dict[str, tuple[ReadSlot, ...]] = attrs.field(init=False, factory=dict, repr=False)

    def slots_of(self, kind: str) -> tuple[ReadSlot, ...]:
        """The facts' states that a touchpoint of a normalised kind can change and watches read."""
        found = self._by_kind.get(kind)
        if found is None:
            program = self.program
            key = program.context.keys.get(kind, kind)
            folds = program.facts.folds_of(key, is_life=key not in program.passive)
            found = tuple(self.read_slots[slot] for slot, _ in folds if slot in self.read_slots)
            if len(self._by_kind) < _KINDS:
                self._by_kind[kind] = found
        return found

    def changed(
        self, what: tuple[str, int], facts: tuple[tuple[Any, ...], tuple[Any, ...]], states: Sequence[WatchState]
    ) -> int:
        """The watches that a touchpoint may have changed, one bit each.

        Args:
            what: kind and day of the touchpoint.
            facts: the states of the facts before and after it.
            states: the states of the watches before it.
        """
        (kind, day), (before, after) = what, facts
        always = if_up = 0
        if after is not before:
            for read in self.slots_of(kind):
                old, new = before[read.slot], after[read.slot]
                if old is not new and old != new:
                    always |= read.always
                    if_up |= read.if_up
                    if read.later:
                        # Whoever is looked at before that day sees it then, in the fact's state.
                        enters = day + read.enters_after
                        later = read.later & ~always
                        while later:
                            bit = later & -later
                            later ^= bit
                            if states[bit.bit_length() - 1][2] > enters:
                                always |= bit
            if_up &= ~always
            while if_up:
                bit = if_up & -if_up
                if_up ^= bit
                if states[bit.bit_length() - 1][0] is not None:
                    always |= bit
        return always

    @property
    def everything(self) -> int:
        """All watches, one bit each."""
        return (1 << len(self.watches)) - 1
