"""Signs compiled: what the live and the columnar engine both run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import attrs

from lifecycle.engine import Program
from lifecycle.rules import BoundCondition, Read

from ._blueprint import Blueprint, Criterion
from ._loyalty import Loyalty
from ._scoring import Scoring
from ._segment import Segment
from ._signal import Signal
from ._turning import Turner

WatchState: TypeAlias = tuple[int | None, int | None, int | None]
"""Since when it is up (microseconds), the first midnight of the run, the day to look again."""
DOWN: WatchState = (None, None, None)


@attrs.frozen(eq=False)
class Watch:
    """A condition watched over time: a signal, a segment or a milestone."""

    name: str
    """What it is called, unique among its sort."""
    of: Signal | Segment | None
    """What was declared; None for a milestone."""
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
    """Why time may change it."""

    @property
    def conditions(self) -> tuple[BoundCondition, ...]:
        """All its conditions."""
        return (self.raises,) if self.clears is None else (self.raises, self.clears)

    def asks(self, read: Read) -> tuple[bool, bool]:
        """Whether it is to be raised, and whether it is to be cleared."""
        if not isinstance(self.of, Signal):
            holds = self.raises.holds(read)
            return holds, not holds and self.journey is None
        verdict = self.raises.verdict(read)
        if self.clears is None:
            return verdict is True, verdict is False
        return verdict is True, verdict is not True and self.clears.verdict(read) is True

    def next_day(self, read: Read, states: tuple[Any, ...], today: int) -> int | None:
        """The first day after today on which time may change what it asks."""
        days = [turner.next_day(read, states, today) for turner in self.turners]
        return min([day for day in days if day is not None], default=None)


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
    by_kind: Mapping[str, tuple[int, ...]]
    """Kind → the watches that a touchpoint of it can change."""
    lively: tuple[int, ...]
    """The watches that every sign of life can change."""
    of_life: Mapping[str, tuple[int, ...]]
    """Kind → the watches that a touchpoint of it can change as a sign of life."""
    readers: Mapping[int, tuple[int, ...]]
    """Watch → the watches that read it."""
    leaves: Mapping[str, int]
    """Stage id → its number."""

    def concerned(self, kind: str, *, is_life: bool) -> tuple[int, ...]:
        """The watches that a touchpoint of a canonical kind can change; ascending."""
        return self.of_life.get(kind, self.lively) if is_life else self.by_kind.get(kind, ())


def routes(watches: Sequence[Watch]) -> dict[str, Any]:
    """Which watches a touchpoint can change, by kind."""
    lively = tuple(place for place, watch in enumerate(watches) if watch.kinds is None)
    kinds = {kind for watch in watches for kind in watch.kinds or ()}
    by_kind = {
        kind: tuple(place for place, watch in enumerate(watches) if watch.kinds is not None and kind in watch.kinds)
        for kind in sorted(kinds)
    }
    readers: dict[int, tuple[int, ...]] = {}
    for place, watch in enumerate(watches):
        for read in watch.reads:
            readers[read] = (*readers.get(read, ()), place)
    of_life = {kind: tuple(sorted(places + lively)) for kind, places in by_kind.items()}
    return {"by_kind": by_kind, "lively": lively, "of_life": of_life, "readers": readers}
