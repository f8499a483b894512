"""One customer's run of a playbook, as a plain tuple, and what can happen at one moment."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias
from urllib.parse import quote

from lifecycle.model import MilestoneChange, Move, SignalChange, Touchpoint

from ._policy import NEVER_US
from ._program import ENDED, BoundPlaybook

Entries: TypeAlias = tuple[int | None, tuple[str, ...], tuple[str, ...]]
"""Of one playbook: the last entry's instant, the occasions entered at it, all occasions (where each counts once)."""
Waiting: TypeAlias = tuple[int, int, str, int, bool, int]
"""A goal not reached yet: playbook, entry, occasion, last instant, holdout, tier."""


class Run(NamedTuple):
    """One customer's way through a playbook; a tuple, so that it can be stored."""

    playbook: int
    """Its number."""
    tier: int
    """The place of its tier."""
    entered_us: int
    """When it began."""
    occasion: str
    """Its correlation key."""
    contact: str
    """The contact that started it."""
    is_holdout: bool
    """Whether it gets nothing."""
    zone: str
    """The customer's zone at the entry, '' where it was not known."""
    why: str
    """What started it."""
    figures: tuple[tuple[Any, ...], ...]
    """The evidence, as the fields of figures."""
    op: int
    """The op that comes next, `ENDED` for none."""
    next_us: int
    """When its time has come."""
    matched: int
    """The waits that were answered, one bit each."""
    held: tuple[tuple[int, int, int], ...]
    """Held plays: action, due, next try."""

    @property
    def is_open(self) -> bool:
        """Whether a step is left."""
        return self.op != ENDED

    @property
    def due_us(self) -> int:
        """The next instant at which it has something to do."""
        own = self.next_us if self.is_open else NEVER_US
        return min([own, *(one[2] for one in self.held)])


def begun(of: tuple[int, int, int, str], contact: str, why: str) -> Run:
    """A run at its first step: playbook, tier, entry and occasion, the contact, and what started it."""
    playbook, tier, entered_us, occasion = of
    return Run(playbook, tier, entered_us, occasion, contact, False, "", why, (), 0, entered_us, 0, ())  # noqa: FBT003


class Happening(NamedTuple):
    """What can start or end runs at one moment."""

    at_us: int
    """When."""
    day: int
    """The day of it."""
    touchpoint: Touchpoint | None
    """The touchpoint, if it is that of one."""
    kind: str
    """The event or normalised kind of the touchpoint."""
    moves: tuple[Move, ...]
    """The moves."""
    signals: tuple[SignalChange, ...]
    """The signals that were raised and cleared."""
    milestones: tuple[MilestoneChange, ...]
    """The milestones that were reached or became overdue."""
    entered: frozenset[int]
    """Chart nodes that were entered."""
    left: frozenset[int]
    """Chart nodes that were left."""
    up: frozenset[int]
    """Watches that were raised, reached or came true."""
    down: frozenset[int]
    """Signals that were cleared."""
    overdue: frozenset[int]
    """Milestones that became overdue."""
    dates: frozenset[tuple[int, int]]
    """Date triggers (playbook, trigger) whose day this is."""


def play_key(customer: str, book: BoundPlaybook, run: Run, step: str) -> str:
    """The idempotency key of a play: customer, playbook, version, entry and step."""
    occasion = f":{_quoted(run.occasion)}" if run.occasion else ""
    return f"{_quoted(customer)}/{book.name}@{_quoted(book.playbook.version)}/{run.entered_us}{occasion}/{step}"


@lru_cache(maxsize=4_096)
def _quoted(text: str) -> str:
    return quote(text, safe="")
