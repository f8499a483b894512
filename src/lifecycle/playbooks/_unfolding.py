"""One playbook over a block of customers: what happens to its runs, and which of its plays become due."""

from __future__ import annotations

from typing import Final

import attrs
import numpy as np

from lifecycle.model import RunEvent

from ._beginnings import beginnings
from ._courses import Courses, Entries, admitted, courses, occasions
from ._holdout import bucket
from ._program import BoundPlaybook
from ._reentry import accepted, once_only
from ._scene import IndexArray, Int64Array, Moments, Scene

EVENTS: Final[tuple[RunEvent, ...]] = ("entered", "refused", "goal", "exited", "escalated", "ended")
"""What can happen to a run."""
ENTERED, REFUSED, GOAL, EXITED, ESCALATED, ENDED = range(6)


@attrs.frozen(eq=False)
class Changes:
    """What happened to runs; shape (n,) each."""

    customer: IndexArray
    """Whose; a position in the log."""
    playbook: IndexArray
    """The number of the playbook."""
    event: IndexArray
    """A place in `EVENTS`."""
    at_us: Int64Array
    """When."""
    entered_us: Int64Array
    """When the run began; for a refusal when it would have begun."""
    occasion: IndexArray
    """The correlation key of the run."""
    tier: IndexArray
    """The place of the tier; -1 for a refusal."""
    is_holdout: IndexArray
    """Whether the run gets nothing."""

    def __len__(self) -> int:
        return len(self.at_us)

    @classmethod
    def join(cls, parts: list[Changes]) -> Changes:
        """All of them, part after part."""
        kinds = (np.int32, np.int16, np.int8, np.int64, np.int64, object, np.int16, bool)
        names = [field.name for field in attrs.fields(cls)]
        return cls(*(
            np.concatenate([np.zeros(0, kind), *(getattr(part, name) for part in parts)]).astype(kind, copy=False)
            for name, kind in zip(names, kinds, strict=True)
        ))  # fmt: skip

    def take(self, index: IndexArray) -> Changes:
        """Some of them."""
        return Changes(*(getattr(self, field.name)[index] for field in attrs.fields(Changes)))


@attrs.frozen(eq=False)
class Unfolded:
    """What one playbook does to a block of customers, before policies are asked."""

    number: int
    """The playbook."""
    changes: Changes
    """What happens to its runs."""
    runs: Entries
    """The runs that begin."""
    is_holdout: IndexArray
    """Whether each gets nothing."""
    gone: Moments
    """When what each still holds back is revoked; `NEVER_US` where it is not."""
    acts: tuple[tuple[int, IndexArray, Moments], ...]
    """Number of an action, places of runs, and when it is due for them."""


def unfolded(scene: Scene, book: BoundPlaybook) -> Unfolded:
    """What one playbook does to a block of customers."""
    found = beginnings(scene, book)
    tier = admitted(scene, book, found.moments)
    codes, texts = occasions(scene, book, found)
    may = np.flatnonzero(tier >= 0)
    entries = Entries(found.moments.take(may), tier[may], codes[may], texts)
    once = once_only(book.playbook, entries)
    if once is not None:
        may, entries = may[once], entries.take(once)
    course = courses(scene, book, entries)
    index, gives_way = np.arange(len(entries)), np.full(len(entries), -1)
    if once is None:
        made = accepted(book.playbook, entries, course.over)
        index = np.flatnonzero(made.is_entry)
        gives_way = made.gives_way[index]
    runs = entries.take(index)
    upgraded = Moments.never(runs.moments.customer).where(gives_way >= 0, entries.moments.take(gives_way))
    is_holdout = in_holdout(scene, book, runs.moments.customer)
    refused = np.ones(len(found), bool)
    refused[may[index]] = False
    who = np.flatnonzero(refused)
    turned_away = Entries(found.moments.take(who), np.full(len(who), -1, np.int64), codes[who], texts)
    told = _Told(scene, book.number)
    told.tell(REFUSED, turned_away, turned_away.moments, np.zeros(len(who), bool))
    _tell_runs(told, book, (course, index), (runs, upgraded, is_holdout))
    leave = course.leave.take(index)
    return Unfolded(
        book.number, Changes.join(told.parts), runs, is_holdout, leave.earlier(upgraded),
        _acts(scene, course, index, (leave, upgraded)),
    )  # fmt: skip


class _Told:
    """Changes of runs on their way into columns."""

    def __init__(self, scene: Scene, number: int) -> None:
        self.scene, self.number, self.parts = scene, number, list[Changes]()

    def tell(
        self, event: int, runs: Entries, when: Moments, is_holdout: IndexArray, chosen: IndexArray | None = None
    ) -> None:
        """One thing that happens to some runs."""
        if chosen is not None:
            runs, when, is_holdout = runs.take(chosen), when.take(chosen), is_holdout[chosen]
        n, start = len(runs), runs.moments
        self.parts.append(
            Changes(
                start.customer + self.scene.past.low, np.full(n, self.number), np.full(n, event), when.at, start.at,
                runs.book[runs.occasion], runs.tier, is_holdout,
            )
        )  # fmt: skip


def _tell_runs(
    told: _Told,
    book: BoundPlaybook,
    becomes: tuple[Courses, IndexArray],
    made: tuple[Entries, Moments, IndexArray],
) -> None:
    """What happens to the runs that begin."""
    (course, index), (runs, upgraded, is_holdout) = becomes, made
    end, leave, exits, goal = (one.take(index) for one in (course.end, course.leave, course.exit, course.goal))
    until_us = told.scene.until_us
    stays = upgraded.at > until_us
    by_goal = np.zeros(len(runs), bool)
    if book.playbook.goal is not None and book.playbook.goal.exits:
        by_goal = ~exits.is_before(goal)
    told.tell(ENTERED, runs, runs.moments, is_holdout)
    told.tell(GOAL, runs, goal, is_holdout, goal.at < until_us)
    told.tell(ESCALATED, runs, upgraded, is_holdout, ~stays)
    is_left = stays & (leave.at < until_us) & ~end.is_before(leave)
    told.tell(EXITED, runs, exits, is_holdout, is_left & ~by_goal)
    told.tell(ENDED, runs, end, is_holdout, stays & (end.at < until_us) & end.is_before(leave))


def _acts(
    scene: Scene, course: Courses, index: IndexArray, ends: tuple[Moments, Moments]
) -> tuple[tuple[int, IndexArray, Moments], ...]:
    """The plays of runs that begin and last until then."""
    leave, upgraded = ends
    run = np.full(len(course.end), -1, np.int64)
    run[index] = np.arange(len(index))
    acts = []
    for action, place, moments in course.acts:
        mine = run[place]
        known = np.flatnonzero((mine >= 0) & (moments.at < scene.until_us))
        mine, when = mine[known], moments.take(known)
        # What is due as a higher tier takes over is still due, and revoked.
        lasts = when.is_before(leave.take(mine)) & ~upgraded.take(mine).is_before(when)
        acts.append((action, mine[lasts], when.take(lasts)))
    return tuple(acts)


def in_holdout(scene: Scene, book: BoundPlaybook, customer: IndexArray) -> IndexArray:
    """Whether customers of a block are in the holdout of a playbook; shape as `customer`."""
    program, found = scene.program, np.zeros(len(customer), bool)
    for name, share in (("", program.global_holdout), (book.name, book.playbook.holdout)):
        if share > 0 and len(customer):
            distinct, place = np.unique(customer, return_inverse=True)
            ids = scene.past.record.log.ids(distinct + scene.past.low)
            found |= np.array([bucket(program.salt, name, who) < share for who in ids], bool)[place]
    return found
