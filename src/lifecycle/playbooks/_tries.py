"""Plays tried in columns: which are decided, held back and dropped."""

from __future__ import annotations

from typing import Final

import attrs
import numpy as np

from lifecycle.errors import DefinitionError
from lifecycle.model import DAY_US

from ._decided import Decided
from ._policy import NEVER_US, PASSES, Attempts
from ._queue import Queue
from ._scene import IndexArray, Int64Array, Moments, Scene

STATES: Final = ("revoked", "expired", "skipped")
"""Why a play was dropped."""
REVOKED, EXPIRED, SKIPPED = range(3)


class OneByOne(Exception):
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
    """When what is still held of the run is revoked; `NEVER_US` where it is not."""
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
    """What came of tries; shape (n,) each."""

    play: IndexArray
    """Which of the plays that became due."""
    at_us: Int64Array
    """When."""
    code: IndexArray
    """A policy, a state, or -1."""
    next_us: Int64Array
    """The next try; `NEVER_US` for none."""

    @classmethod
    def of(
        cls, play: IndexArray, at: Int64Array, code: IndexArray | int = -1, next_us: Int64Array | None = None
    ) -> Tried:
        """Columns, those that are not given filled up."""
        codes = np.full(len(play), code) if isinstance(code, int) else code
        return cls(play, at, codes.astype(np.int16), np.full(len(play), NEVER_US) if next_us is None else next_us)

    @classmethod
    def join(cls, parts: list[Tried]) -> Tried:
        """All of them."""
        names = [field.name for field in attrs.fields(cls)]
        parts = parts or [cls.of(np.zeros(0, np.int64), np.zeros(0, np.int64))]
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


class Tries:
    """Tries all plays of a block of customers.

    Policies that remember no decided plays are asked about all plays at once; those that do about one play of each
    customer after the other, in order.

    Args:
        scene: the block.
        due: the plays.
    """

    def __init__(self, scene: Scene, due: Due) -> None:
        self.scene, self.program, self.due = scene, scene.program, due
        self.policies = [policy for _, policy in scene.program.policies]
        self.remembers = [policy.keeps_us > 0 for policy in self.policies]
        self.n_first = self.remembers.index(True) if any(self.remembers) else len(self.policies)
        """So many policies are asked before the first that remembers."""
        self.decided: list[Tried] = []
        self.held: list[Tried] = []
        self.dropped: list[Tried] = []
        days = [action.action.expires_days for action in scene.program.actions]
        self.expires_us = due.moments.at + np.array(days, np.int64)[due.action] * DAY_US
        self.answers = np.full((len(self.policies), len(due)), PASSES, np.int64)
        """What policies that remember nothing say to each play at its next try."""

    def go(self) -> None:
        """Everything until the end of the record.

        Raises:
            OneByOne: a policy can only be asked one play at a time.
            DefinitionError: a policy holds a play until an instant that is over.
        """
        due, every = self.due, np.arange(len(self.due))
        is_gone = ~due.moments.is_before(due.gone)
        self.dropped.append(Tried.of(every[is_gone], due.gone.at[is_gone], REVOKED))
        left = every[~is_gone]
        left = left[self.makes_sense(left, due.moments.take(left))]
        is_held = due.is_holdout[left]
        out = left[is_held]
        self.held.append(Tried.of(out, due.moments.at[out], len(self.policies)))
        left = left[~is_held]
        left, moments = self.settled(left, due.moments.take(left))
        if not any(self.remembers):
            self.decided.append(Tried.of(left, moments.at))
        elif len(left):
            self.side_by_side(left, moments)

    def clear(self) -> None:
        """Forget what was found."""
        self.decided, self.held, self.dropped = [], [], []

    def makes_sense(self, play: IndexArray, moments: Moments) -> IndexArray:
        """Which of some plays still make sense by their own condition; the others are dropped; a mask."""
        passes, action = np.ones(len(play), bool), self.due.action[play]
        for number in np.unique(action).tolist():
            condition = self.program.actions[number].only_if
            if condition is not None:
                asked = np.flatnonzero(action == number)
                read = self.scene.history.reader(self.scene.points(moments.take(asked)))
                passes[asked] = condition.mask(read, len(asked))
        self.dropped.append(Tried.of(play[~passes], moments.at[~passes], SKIPPED))
        return passes

    # --- policies that remember nothing -------------------------------------------------------------------------------

    def settled(self, play: IndexArray, moments: Moments) -> tuple[IndexArray, Moments]:
        """Plays that get past the first policies, and when; those that do not are held, dropped, or tried again."""
        ready: list[IndexArray] = []
        when: list[Moments] = []
        while len(play):
            attempts = self.attempts(play, moments)
            first, next_us = self.asked(attempts, range(self.n_first), {})
            goes = np.flatnonzero(first < 0)
            ready.append(play[goes])
            when.append(moments.take(goes))
            stays = np.flatnonzero(first >= 0)
            play, moments = self.hold(play[stays], moments.at[stays], first[stays], next_us[stays])
        plays, times = np.concatenate([np.zeros(0, np.int64), *ready]), _joined(when)
        if any(self.remembers) and len(plays):
            attempts = self.attempts(plays, times)
            for number in range(self.n_first, len(self.policies)):
                if not self.remembers[number]:
                    self.answers[number, plays] = self.answer(number, attempts)
        return plays, times

    def attempts(self, play: IndexArray, now: Moments) -> Attempts:
        """Tries of plays, for policies that remember nothing."""
        return self.attempts_after(play, now, lambda _, __: np.full(len(play), -1, np.int64))

    def attempts_after(self, play: IndexArray, now: Moments, sent: object) -> Attempts:
        """Tries of plays, with a way to ask for decided ones."""
        return Attempts(
            now.customer + np.int32(self.scene.past.low), self.due.action[play].astype(np.int32), now.at,
            self.scene.history.reader(self.scene.points(now)), sent, self.scene.calendar.zone,  # type: ignore[arg-type]
        )  # fmt: skip

    def answer(self, number: int, attempts: Attempts) -> Int64Array:
        """What one policy says."""
        answer = self.policies[number].judge_all(attempts)
        if answer is None:
            raise OneByOne
        return answer

    def asked(self, attempts: Attempts, numbers: range, known: dict[int, Int64Array]) -> tuple[IndexArray, Int64Array]:
        """The first of some policies that holds each play, -1 for none, and the instant of the next try."""
        n = len(attempts.at_us)
        first, next_us = np.full(n, -1), np.full(n, NEVER_US)
        for number in numbers:
            answer = known[number] if number in known else self.answer(number, attempts)
            holds = answer != PASSES
            if holds.any():
                holds &= first < 0
                self.refuse_past(number, holds & (answer <= attempts.at_us), attempts)
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

    def hold(
        self, play: IndexArray, at: Int64Array, policy: IndexArray, next_us: Int64Array
    ) -> tuple[IndexArray, Moments]:
        """Note held plays; those that are tried again while their run lasts and they make sense, and when."""
        due = self.due
        self.held.append(Tried.of(play, at, policy, np.where(next_us < NEVER_US, next_us, NEVER_US)))
        again = np.flatnonzero(next_us < NEVER_US)
        play, next_us = play[again], next_us[again]
        when = self.scene.scheduled(due.moments.customer[play], np.minimum(next_us, self.expires_us[play]))
        gone = due.gone.take(play)
        is_gone = ~when.is_before(gone)
        self.dropped.append(Tried.of(play[is_gone], gone.at[is_gone], REVOKED))
        comes = ~is_gone & (when.at < self.scene.until_us)
        is_old = comes & (when.at >= self.expires_us[play])
        self.dropped.append(Tried.of(play[is_old], when.at[is_old], EXPIRED))
        left = np.flatnonzero(comes & ~is_old)
        play, when = play[left], when.take(left)
        sense = self.makes_sense(play, when)
        return play[sense], when.take(sense)

    # --- policies that remember ---------------------------------------------------------------------------------------

    def side_by_side(self, left: IndexArray, moments: Moments) -> None:
        """One play of each customer after the other."""
        due = self.due
        order = np.lexsort((due.rank[left], moments.stop, moments.at, moments.customer))
        left = left[order]
        queue, place_of = Queue(moments.take(order), due.rank[left]), np.full(len(due), -1, np.int64)
        place_of[left] = np.arange(len(left))
        decided = Decided(len(queue.next), self.program.keeps_us)
        rest = range(self.n_first, len(self.policies))
        while True:
            place, now = queue.pop()
            if not len(place):
                return
            play, line = left[place], queue.line[place]
            attempts = self.attempts_after(play, now, decided.asked(line, now.at))
            known = {number: self.answers[number, play] for number in rest if not self.remembers[number]}
            policy, next_us = self.asked(attempts, rest, known)
            goes = policy < 0
            self.decided.append(Tried.of(play[goes], now.at[goes]))
            decided.add(line[goes], due.action[play[goes]], now.at[goes])
            stays = np.flatnonzero(~goes)
            if len(stays):
                again, when = self.hold(play[stays], now.at[stays], policy[stays], next_us[stays])
                again, when = self.settled(again, when)
                queue.push(place_of[again], when)


def _joined(parts: list[Moments]) -> Moments:
    return Moments.join([Moments.never(np.zeros(0, np.int32)), *parts])
