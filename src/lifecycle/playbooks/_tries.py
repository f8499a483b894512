"""Plays tried in columns: which are decided, held back and dropped."""

from __future__ import annotations

import attrs
import numpy as np

from lifecycle.errors import DefinitionError
from lifecycle.model import DAY_US

from ._decided import Decided
from ._policy import NEVER_US, PASSES, Attempts, BoundPolicy
from ._queue import Queue
from ._scene import NEVER, IndexArray, Int64Array, Moments, Scene

STATES = ("revoked", "expired", "skipped")
"""Why a play was dropped."""
REVOKED, EXPIRED, SKIPPED = range(3)


class OneByOne(Exception):  # noqa: N818 (no error: the slow way is taken)
    """A policy can only be asked one play at a time."""


@attrs.frozen(eq=False)
class Due:
    """Plays that become due, in any order; shape (n,) each."""

    moments: Moments
    """When they are first tried: at the instant at which they are due."""
    run: IndexArray
    """The run that each belongs to."""
    action: IndexArray
    """The number of the action."""
    gone: Moments
    """When what is still held of the run is revoked; `NEVER` where it is not."""
    is_holdout: IndexArray
    """Whether the run gets nothing."""
    rank: Int64Array
    """Which comes first of several of one customer at one moment."""

    def __len__(self) -> int:
        return len(self.run)

    def take(self, index: IndexArray) -> Due:
        """Some of them."""
        return Due(
            self.moments.take(index), self.run[index], self.action[index], self.gone.take(index),
            self.is_holdout[index], self.rank[index],
        )  # fmt: skip


@attrs.frozen(eq=False)
class Tried:
    """What came of a try, at most; shape (n,) each."""

    play: IndexArray
    """Which of the plays that became due."""
    at_us: Int64Array
    """When."""
    code: IndexArray
    """A policy, a state, or nothing."""
    next_us: Int64Array
    """The next try; `NEVER` for none."""

    @classmethod
    def of(cls, play: IndexArray, at: Int64Array, code: IndexArray | int = -1, next_us: Int64Array | None = None) -> Tried:
        """Columns, those that are not given filled up."""
        codes = np.full(len(play), code) if isinstance(code, int) else code
        return cls(play, at, codes.astype(np.int16), np.full(len(play), NEVER) if next_us is None else next_us)

    @classmethod
    def join(cls, parts: list[Tried]) -> Tried:
        """All of them."""
        names = [field.name for field in attrs.fields(cls)]
        parts = parts or [cls.of(np.zeros(0, np.int64), np.zeros(0, np.int64))]
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


class Tries:
    """Tries all plays of a block of customers, each customer's in order, all customers side by side.

    Args:
        scene: the block.
        due: the plays.
    """

    def __init__(self, scene: Scene, due: Due) -> None:
        self.scene, self.program, self.due = scene, scene.program, due
        self.policies: list[BoundPolicy] = [policy for _, policy in scene.program.policies]  # type: ignore[misc]
        self.decided: list[Tried] = []
        self.held: list[Tried] = []
        self.dropped: list[Tried] = []
        days = [action.action.expires_days for action in scene.program.actions]
        self.expires_us = due.moments.at + np.array(days, np.int64)[due.action] * DAY_US
        self.holdout = len(self.policies)
        """In place of a policy: the holdout."""

    def go(self) -> None:
        """Everything until the end of the record.

        Raises:
            OneByOne: a policy can only be asked one play at a time.
        """
        due, every = self.due, np.arange(len(self.due))
        is_gone = ~due.moments.is_before(due.gone)
        self.dropped.append(Tried.of(every[is_gone], due.gone.at[is_gone], REVOKED))
        left = every[~is_gone]
        left = left[self.passes_only_if(left, due.moments.take(left))]
        is_held = due.is_holdout[left]
        out = left[is_held]
        self.held.append(Tried.of(out, due.moments.at[out], self.holdout))
        left = left[~is_held]
        if not self.policies:
            self.decided.append(Tried.of(left, due.moments.at[left]))
        elif len(left):
            self.side_by_side(left)

    def clear(self) -> None:
        """Forget what was found."""
        self.decided, self.held, self.dropped = [], [], []

    def passes_only_if(self, play: IndexArray, moments: Moments) -> IndexArray:
        """Which of some plays still make sense; the others are dropped; a mask."""
        passes, action = np.ones(len(play), bool), self.due.action[play]
        for number in np.unique(action).tolist():
            condition = self.program.actions[number].only_if
            if condition is not None:
                asked = np.flatnonzero(action == number)
                read = self.scene.history.reader(self.scene.points(moments.take(asked)))
                passes[asked] = condition.mask(read, len(asked))
        self.dropped.append(Tried.of(play[~passes], moments.at[~passes], SKIPPED))
        return passes

    def side_by_side(self, left: IndexArray) -> None:
        """One play of each customer after the other."""
        due = self.due
        order = np.lexsort(
            (due.rank[left], due.moments.stop[left], due.moments.at[left], due.moments.customer[left])
        )
        left = left[order]
        queue = Queue(due.moments.take(left), due.rank[left])
        decided = Decided(len(queue.next), self.program.keeps_us)
        while True:
            place, now = queue.pop()
            if not len(place):
                return
            play = left[place]
            keep = np.flatnonzero(self.is_still_due(play, now))
            place, play, now = place[keep], play[keep], now.take(keep)
            line = queue.line[place]
            policy, next_us = self.judged(play, now, line, decided)
            goes = policy < 0
            self.decided.append(Tried.of(play[goes], now.at[goes]))
            decided.add(line[goes], due.action[play[goes]], now.at[goes])
            stays = np.flatnonzero(~goes)
            if len(stays):
                self.held.append(Tried.of(play[stays], now.at[stays], policy[stays], next_us[stays]))
                again = stays[next_us[stays] < NEVER_US]
                self.hold(queue, place[again], play[again], next_us[again])

    def is_still_due(self, play: IndexArray, now: Moments) -> IndexArray:
        """Which of some plays, tried again or for the first time, have neither expired nor lost their sense; a mask."""
        again = np.flatnonzero(now.at > self.due.moments.at[play])
        keeps = np.ones(len(play), bool)
        if len(again):
            is_old = now.at[again] >= self.expires_us[play[again]]
            old = again[is_old]
            self.dropped.append(Tried.of(play[old], now.at[old], EXPIRED))
            keeps[old] = False
            again = again[~is_old]
            keeps[again] = self.passes_only_if(play[again], now.take(again))
        return keeps

    def judged(
        self, play: IndexArray, now: Moments, line: IndexArray, decided: Decided
    ) -> tuple[IndexArray, Int64Array]:
        """The first policy that holds each play, -1 for none, and the instant of the next try; shape (n,) each."""
        attempts = Attempts(
            now.customer + np.int32(self.scene.past.low), self.due.action[play].astype(np.int32), now.at,
            self.scene.history.reader(self.scene.points(now)),
            lambda counted, n: decided.sent(line, now.at, counted, n), self.scene.calendar.zone,
        )  # fmt: skip
        first, next_us = np.full(len(play), -1), np.full(len(play), NEVER)
        for number, policy in enumerate(self.policies):
            answer = policy.judge_all(attempts)
            if answer is None:
                raise OneByOne
            holds = (answer != PASSES) & (first < 0)
            if holds.any():
                self.refuse_past(number, holds & (answer <= now.at), attempts)
                first[holds], next_us[holds] = number, answer[holds]
        return first, next_us

    def refuse_past(self, number: int, wrong: IndexArray, attempts: Attempts) -> None:
        """Nothing is held until an instant that is over."""
        if wrong.any():
            place = int(np.flatnonzero(wrong)[0])
            name, action = self.program.policies[number][0], self.program.actions[int(attempts.action[place])]
            who = self.scene.past.record.log.ids(attempts.customer[place : place + 1])[0]
            raise DefinitionError(
                f"policy {name!r} holds {action.action.name!r} of {who!r} until an instant that "
                "is not later than now; give a later one, or None for never"
            )

    def hold(self, queue: Queue, place: IndexArray, play: IndexArray, next_us: Int64Array) -> None:
        """Try again when it is time, unless the run is gone by then or the record is over."""
        due = self.due
        again = self.scene.scheduled(due.moments.customer[play], np.minimum(next_us, self.expires_us[play]))
        gone = due.gone.take(play)
        is_gone = ~again.is_before(gone)
        self.dropped.append(Tried.of(play[is_gone], gone.at[is_gone], REVOKED))
        keeps = ~is_gone & (again.at < self.scene.until_us)
        queue.push(place[keeps], again.take(keeps))
