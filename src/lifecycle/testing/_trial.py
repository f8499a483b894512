"""A history tried on a definition: walked through once or twice for all laws of all its playbooks."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Hashable
from functools import cached_property, lru_cache
from random import Random
from typing import Any, Final, TypeAlias

import attrs

from lifecycle.definition import Definition
from lifecycle.engine import Step
from lifecycle.model import DAY_US, Customer, Play, RunChange, Touchpoint, utc_of
from lifecycle.playbooks import Holdout

from ._history import History
from ._walking import Walked, until_us, walk_through

Entry: TypeAlias = tuple[str, int, str]
"""A run, as plays and changes name it: playbook, instant of entry, occasion."""
OVER: Final = frozenset({"exited", "escalated", "ended"})
"""After these a run decides nothing more; after a goal that exits neither."""
_KEPT: Final = 4
_STOPS: Final = 8


class Trial:
    """What a definition makes of a history, in several ways that must not matter."""

    def __init__(self, setup: Setup, history: History) -> None:
        self.setup, self.definition, self.history = setup, setup.definition, history
        self.until_us = until_us(history)
        self.error: Exception | None = None
        self.touched: str = ""
        try:
            self.walked = self._walked()
        except Exception as error:
            self.error = error
            self.walked = Walked(history, ())

    def _walked(self) -> Walked:
        """The walk itself, each customer looked at before and after it was advanced."""
        watched = _Watched(self.definition)
        walk = walk_through(watched, self.history)  # type: ignore[arg-type]
        self.touched = watched.touched
        return walk

    @cached_property
    def other(self) -> Walked:
        """The same with the playbooks in reverse order, and time passing at some more instants."""
        return walk_through(self.setup.reversed, self.history, self.stops)

    @cached_property
    def stops(self) -> tuple[int, ...]:
        """Some more instants at which time may pass."""
        draw, first = Random(len(self.history)), self.history.touchpoints[0].at_us
        return tuple(sorted(draw.randint(first, self.until_us) for _ in range(_STOPS)))

    @property
    def asks_later(self) -> bool:
        """Whether it is asked what follows after the end: up to a year more, so for some histories only."""
        return self.lot % 4 == 1

    @cached_property
    def lot(self) -> int:
        """A number of the history, by which some are chosen for more."""
        return zlib.crc32(repr(self.history.touchpoints[-1]).encode())

    @property
    def asks_untreated(self) -> bool:
        """Whether it is asked what becomes of everybody in the holdout: a walk more, so for some histories only."""
        return self.lot % 4 == 0

    @cached_property
    def untreated(self) -> Walked:
        """The same with everybody in the holdout."""
        return walk_through(self.setup.untreated, self.history)

    @cached_property
    def later(self) -> Walked:
        """What follows after the end, until every run must be over."""
        if self.passed_us == self.until_us:
            return Walked(self.history, ())
        customer = self.walked.steps[-1].customer
        return Walked(self.history, (self.definition.pass_time(customer, utc_of(self.passed_us)),))

    @cached_property
    def passed_us(self) -> int:
        """The instant until which time has passed, after `later`."""
        opened = self.open_at_end() if self.asks_later else []
        return max([self.until_us, *(entry[1] + self.setup.days_of(entry[0]) * DAY_US for entry in opened)])

    def open_at_end(self) -> list[Entry]:
        """The runs that no change has ended."""
        opened = {entry_of(one): None for one in self.walked.runs if one.event == "entered"}
        for change in self.walked.runs:
            if self.setup.is_over(change):
                opened.pop(entry_of(change), None)
        return list(opened)

    def kind(self, touchpoint: Touchpoint) -> str:
        """The event, or normalised kind, of a touchpoint."""
        return self.setup.kind(touchpoint)


@attrs.frozen(eq=False)
class Setup:
    """A definition with the variants of it that must not matter."""

    definition: Definition
    """Whose playbooks are tried."""

    @cached_property
    def reversed(self) -> Definition:
        """With its playbooks in reverse order."""
        return attrs.evolve(self.definition, playbooks=tuple(reversed(self.definition.playbooks)))

    @cached_property
    def untreated(self) -> Definition:
        """With everybody in the holdout of every playbook."""
        return attrs.evolve(
            self.definition, playbooks=[attrs.evolve(one, holdout=1.0) for one in self.definition.playbooks]
        )

    @cached_property
    def _days(self) -> dict[str, int]:
        return {playbook.name: playbook.max_days for playbook in self.definition.playbooks}

    @cached_property
    def _exits(self) -> dict[str, bool]:
        return {one.name: one.goal is not None and one.goal.exits for one in self.definition.playbooks}

    def days_of(self, playbook: str) -> int:
        """After how many days its runs end."""
        return self._days[playbook]

    def is_over(self, change: RunChange) -> bool:
        """Whether a run is over with a change."""
        return change.event in OVER or (change.event == "goal" and self._exits[change.playbook])

    def is_stop(self, change: RunChange) -> bool:
        """Whether nothing of a run may come after a change, not even what was held back."""
        return self.is_over(change) and change.event != "ended"

    def kind(self, touchpoint: Touchpoint) -> str:
        """The event, or normalised kind, of a touchpoint."""
        return self.definition.program.context.keys.get(touchpoint.kind_key, touchpoint.kind_key)

    @property
    def holdout(self) -> Holdout | None:
        """The holdout over all playbooks."""
        return next((one for one in self.definition.policies if isinstance(one, Holdout)), None)


class _Watched:
    """A definition that notes when a customer is not the same any more after it was advanced."""

    def __init__(self, definition: Definition) -> None:
        self.definition, self.touched = definition, ""
        self.begin = definition.begin

    def advance(self, customer: Customer, touchpoint: Touchpoint) -> Step:
        """As the definition's."""
        return self._looked_at(customer, lambda: self.definition.advance(customer, touchpoint), "advance")

    def pass_time(self, customer: Customer, now: Any) -> Step:
        """As the definition's."""
        return self._looked_at(customer, lambda: self.definition.pass_time(customer, now), "pass_time")

    def _looked_at(self, customer: Customer, act: Callable[[], Step], name: str) -> Step:
        before = _mark(customer)
        step = act()
        if before is None:
            self.touched = self.touched or f"the customer given to {name} holds something that can be changed"
        elif _mark(customer) != before:
            self.touched = self.touched or f"{name} has changed the customer that it was given"
        return step


def _mark(value: Hashable) -> int | None:
    try:
        return hash(value)
    except TypeError:
        return None


def entry_of(found: Play | RunChange) -> Entry:
    """The run that a play or a change belongs to."""
    return (found.playbook, found.entered_us, found.occasion)


@lru_cache(maxsize=32)
def setup_of(definition: Definition) -> Setup:
    """The variants of a definition, each made once."""
    return Setup(definition)


@attrs.frozen(eq=False)
class _Same:
    """A history that is only equal to itself: quick to look up."""

    history: History

    def __hash__(self) -> int:
        return id(self.history)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.history is self.history


@lru_cache(maxsize=_KEPT)
def _trial(definition: Definition, history: _Same) -> Trial:
    return Trial(setup_of(definition), history.history)


def trial_of(definition: Definition, history: History) -> Trial:
    """The trial of a history, kept for the next law that asks."""
    return _trial(definition, _Same(history))
